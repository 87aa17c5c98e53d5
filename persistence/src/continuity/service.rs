//! Services on masters' contracts that another company took over: who does the partner's part from which day on (R49).

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::id::ContractId;

use super::Takeover;
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, service_takeovers},
};

/// The takeovers of a contract's services, in order.
///
/// # Errors
/// Those of the database.
pub fn service_takeovers_of(conn: &mut Conn, contract: ContractId) -> Result<Vec<Takeover>, DbError> {
    type Row = (i32, Uid, String, Option<Uid>, NaiveDate, Uid, At);
    let rows: Vec<Row> = service_takeovers::table
        .inner_join(companies::table.on(companies::id.eq(service_takeovers::company_id)))
        .filter(service_takeovers::contract_id.eq(Uid::from(contract)))
        .order(service_takeovers::number)
        .select((
            service_takeovers::number,
            service_takeovers::company_id,
            companies::kind,
            service_takeovers::agreement_id,
            service_takeovers::from_day,
            service_takeovers::case_id,
            service_takeovers::recorded_at,
        ))
        .load(conn)?;
    let read = |(number, company, kind, agreement, from, case, at): Row| {
        let (company, agreement) = (company_of(&kind, company)?, agreement.map(Uid::id));
        Ok(Takeover { contract, number, company, agreement, from, case: case.id(), recorded_at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps a takeover of a contract's services. The contract follows it.
///
/// # Errors
/// Those of the database, which refuses a number that is not the next, and the company that does them already.
pub fn add_service_takeover(conn: &mut Conn, takeover: &Takeover) -> Result<(), DbError> {
    let Takeover { contract, number, company, agreement, from, case, recorded_at } = takeover;
    diesel::insert_into(service_takeovers::table)
        .values((
            service_takeovers::contract_id.eq(Uid::from(*contract)),
            service_takeovers::number.eq(number),
            service_takeovers::company_id.eq(Uid::from(*company)),
            service_takeovers::agreement_id.eq(agreement.map(Uid::from)),
            service_takeovers::from_day.eq(from),
            service_takeovers::case_id.eq(Uid::from(*case)),
            service_takeovers::recorded_at.eq(At::from(*recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}
