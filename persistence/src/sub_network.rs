//! What is kept of a reseller's sub-network: its promoters' places in its sales, and what was posted for them (R44 to R47).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    id::{AgreementId, AnnuityId, PartnerId},
    money::{Currency, Money},
};

use crate::{
    columns::Uid,
    db::Conn,
    error::DbError,
    sale::{Annuity, Role, annuity},
    schema::{annuities, attributions, contracts, entries, partners},
};

/// From the first day to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// The names of partners, whoever may see them.
///
/// # Errors
/// Those of the database.
pub fn names_of(conn: &mut Conn, of: &[PartnerId]) -> Result<BTreeMap<PartnerId, String>, DbError> {
    let ids: Vec<Uid> = of.iter().copied().map(Uid::from).collect();
    let named: Vec<(Uid, String)> =
        partners::table.filter(partners::id.eq_any(ids)).select((partners::id, partners::name)).load(conn)?;
    Ok(named.into_iter().map(|(id, name)| (id.id(), name)).collect())
}

/// The contract years that begin in some days, of the sales in which a partner contracted the customer. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn years_of_seller(conn: &mut Conn, seller: PartnerId, days: Days) -> Result<Vec<Annuity>, DbError> {
    let ids: Vec<Uid> = annuities::table
        .inner_join(contracts::table.on(contracts::id.eq(annuities::contract_id)))
        .filter(contracts::seller_id.eq(Uid::from(seller)))
        .filter(annuities::starts_on.ge(days.from))
        .filter(annuities::starts_on.le(days.to))
        .order((annuities::starts_on.asc(), annuities::id.asc()))
        .select(annuities::id)
        .load(conn)?;
    let mut years = Vec::new();
    for id in ids.into_iter().map(Uid::id::<domain::id::kind::Annuity>) {
        years.push(annuity(conn, id)?.ok_or_else(|| missing(id))?);
    }
    Ok(years)
}

fn missing(id: AnnuityId) -> DbError {
    DbError::Corrupt(format!("{id} is gone"))
}

/// How many sales that were signed in some days each of `agreements` promoted.
///
/// # Errors
/// Those of the database.
pub fn promoted_sales(conn: &mut Conn, agreements: &[AgreementId], days: Days) -> Result<BTreeMap<AgreementId, u32>, DbError> {
    let ids: Vec<Uid> = agreements.iter().copied().map(Uid::from).collect();
    let places: Vec<Uid> = attributions::table
        .inner_join(contracts::table.on(contracts::id.eq(attributions::contract_id)))
        .filter(attributions::agreement_id.eq_any(ids))
        .filter(attributions::role.eq(Role::Promoter.code()))
        .filter(attributions::part_of_id.is_null())
        .filter(contracts::signed_on.ge(days.from))
        .filter(contracts::signed_on.le(days.to))
        .select(attributions::agreement_id)
        .load(conn)?;
    let mut counted: BTreeMap<AgreementId, u32> = BTreeMap::new();
    for place in places {
        let count = counted.entry(place.id()).or_default();
        *count = count.saturating_add(1);
    }
    Ok(counted)
}

/// What was posted in some days from a reseller to each of its promoters' agreements, less what was taken back, by currency.
///
/// # Errors
/// Those of the database, and of a sum that is too large to hold.
pub fn posted_to(
    conn: &mut Conn,
    reseller: PartnerId,
    agreements: &[AgreementId],
    days: Days,
) -> Result<BTreeMap<AgreementId, Vec<Money>>, DbError> {
    let (ids, reseller): (Vec<Uid>, _) = (agreements.iter().copied().map(Uid::from).collect(), Uid::from(reseller));
    let rows: Vec<(Uid, Uid, String, i64)> = entries::table
        .filter(entries::agreement_id.eq_any(ids))
        .filter(entries::debtor_id.eq(reseller).or(entries::creditor_id.eq(reseller)))
        .filter(entries::dated_on.ge(days.from))
        .filter(entries::dated_on.le(days.to))
        .order((entries::agreement_id.asc(), entries::currency.asc()))
        .select((entries::agreement_id, entries::debtor_id, entries::currency, entries::amount_minor))
        .load(conn)?;
    let mut posted: BTreeMap<AgreementId, Vec<Money>> = BTreeMap::new();
    for (agreement, debtor, code, minor) in rows {
        let currency: Currency = code.parse().map_err(|_| DbError::Corrupt(format!("entry currency {code}")))?;
        let amount = Money::from_minor(if debtor == reseller { minor } else { minor.saturating_neg() }, currency);
        let sums = posted.entry(agreement.id()).or_default();
        match sums.last_mut().filter(|sum| sum.currency() == currency) {
            Some(sum) => *sum = sum.checked_add(amount).ok_or_else(|| DbError::Corrupt(format!("the sum of {}", agreement.0)))?,
            None => sums.push(amount),
        }
    }
    Ok(posted)
}
