//! The history of customers' responsible companies: appended, never changed (R51).
//!
//! A new customer begins its history by itself: the schema sees to that, and lets it change hands by nothing else.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    continuity::Recorded,
    id::{CompanyId, CustomerId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, responsibilities},
};

/// That a company answers for a customer, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsibility {
    /// The customer.
    pub customer: CustomerId,
    /// Its place in the customer's history, from 1.
    pub number: i32,
    /// The company.
    pub company: CompanyId,
    /// The first day; none since ever.
    pub from: Option<NaiveDate>,
    /// What moved it, by its id.
    pub cause: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Responsibility {
    /// What the domain reads of it.
    #[must_use]
    pub const fn recorded(&self) -> Recorded {
        Recorded { company: self.company, from: self.from }
    }
}

/// What was recorded of a customer, in order. It is never empty.
///
/// # Errors
/// Those of the database.
pub fn responsibilities_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<Responsibility>, DbError> {
    type Row = (i32, Uid, String, Option<NaiveDate>, Option<String>, At);
    let rows: Vec<Row> = responsibilities::table
        .inner_join(companies::table.on(companies::id.eq(responsibilities::company_id)))
        .filter(responsibilities::customer_id.eq(Uid::from(customer)))
        .order(responsibilities::number)
        .select((
            responsibilities::number,
            responsibilities::company_id,
            companies::kind,
            responsibilities::from_day,
            responsibilities::cause,
            responsibilities::recorded_at,
        ))
        .load(conn)?;
    let read = |(number, company, kind, from, cause, at): Row| {
        let company = company_of(&kind, company)?;
        Ok(Responsibility { customer, number, company, from, cause, recorded_at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

/// Appends to a customer's history. The customer follows it.
///
/// # Errors
/// Those of the database, which refuses a number that is not the next, and the company that answers already.
pub fn add_responsibility(conn: &mut Conn, responsibility: &Responsibility) -> Result<(), DbError> {
    let Responsibility { customer, number, company, from, cause, recorded_at } = responsibility;
    diesel::insert_into(responsibilities::table)
        .values((
            responsibilities::customer_id.eq(Uid::from(*customer)),
            responsibilities::number.eq(number),
            responsibilities::company_id.eq(Uid::from(*company)),
            responsibilities::from_day.eq(from),
            responsibilities::cause.eq(cause),
            responsibilities::recorded_at.eq(At::from(*recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}
