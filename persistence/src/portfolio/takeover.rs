//! Places that follow their customer to the company that answers for it from a day on (R49).

use diesel::prelude::*;
use domain::id::{CompanyId, ContinuityCaseId, CustomerId};

use super::{Kept, PlaceRow, all, load, read};
use crate::{
    columns::Uid,
    db::Conn,
    error::DbError,
    schema::{companies, customers, portfolio_places},
};

/// The place of a customer in the portfolios of a company that has no end; there is one at most.
///
/// # Errors
/// Those of the database.
pub fn open_of(conn: &mut Conn, company: CompanyId, customer: CustomerId) -> Result<Option<Kept>, DbError> {
    let open = all!()
        .filter(portfolio_places::company_id.eq(Uid::from(company)))
        .filter(portfolio_places::customer_id.eq(Uid::from(customer)))
        .filter(portfolio_places::until_day.is_null());
    Ok(load!(open, conn)?.pop())
}

/// The places of a customer that a case ended.
///
/// # Errors
/// Those of the database.
pub fn ended_by(conn: &mut Conn, case: ContinuityCaseId, customer: CustomerId) -> Result<Vec<Kept>, DbError> {
    let ended = all!()
        .filter(portfolio_places::case_id.eq(Uid::from(case)))
        .filter(portfolio_places::customer_id.eq(Uid::from(customer)));
    load!(ended, conn)
}
