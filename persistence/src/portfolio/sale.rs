//! The sales to a customer of a portfolio: those of the place's company, up to the end of the place (R20, D22).

use diesel::prelude::*;
use domain::id::ContractId;

use super::Place;
use crate::{
    columns::Uid,
    db::{Conn, MultiBackend},
    error::DbError,
    schema::contracts,
    view::{Page, paged},
};

/// A page of the contracts of the place's customer with its company that were signed before the place ended, newest first.
///
/// # Errors
/// Those of the database.
pub fn page_sales(conn: &mut Conn, place: &Place, page: &Page) -> Result<Vec<ContractId>, DbError> {
    let of_both = contracts::table
        .filter(contracts::customer_id.eq(Uid::from(place.customer)))
        .filter(contracts::seller_id.eq(Uid::from(place.company)));
    let mut query: contracts::BoxedQuery<'_, MultiBackend> = of_both.into_boxed();
    if let Some(until) = place.days.until {
        query = query.filter(contracts::signed_on.lt(until));
    }
    let found: Vec<Uid> = paged!(query, contracts, page).select(contracts::id).load(conn)?;
    Ok(found.into_iter().map(Uid::id).collect())
}
