//! Past sales that amendments reach, and the terms by which they are counted again, each sale once.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    dsl::{count, exists, not},
    prelude::*,
};
use domain::id::{AmendmentId, AttributionId, ContractId, MasterId, PartnershipTypeId, RestatementId, TermsId};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{agreements, attributions, contracts, restated_places, restatements, terms, uncounted_sales},
};

/// The sales that an amendment reaches: signed from its day on, under agreements of its type that are no special ones, on a version
/// before its own (R2, R6, R90).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The type whose terms are changed.
    pub type_id: PartnershipTypeId,
    /// The number of the amendment's version, or the one that it would get.
    pub number: i32,
    /// The first day of signing.
    pub from: NaiveDate,
    /// The last day of signing, if there is one.
    pub to: Option<NaiveDate>,
    /// The master that supervises the sales, where one is asked for.
    pub master: Option<MasterId>,
}

/// The places in sales that an amendment reaches, ready to be narrowed.
macro_rules! reached {
    ($reached:expr) => {{
        let Reached { type_id, number, from, to, master } = *$reached;
        let mut query = attributions::table
            .inner_join(contracts::table.on(contracts::id.eq(attributions::contract_id)))
            .inner_join(agreements::table.on(agreements::id.eq(attributions::agreement_id)))
            .inner_join(terms::table.on(terms::id.eq(attributions::terms_id)))
            .filter(attributions::part_of_id.is_null())
            .filter(agreements::type_id.eq(Uid::from(type_id)))
            .filter(agreements::special_terms.is_null())
            .filter(terms::number.lt(number))
            .filter(contracts::signed_on.ge(from))
            .into_boxed::<MultiBackend>();
        if let Some(to) = to {
            query = query.filter(contracts::signed_on.le(to));
        }
        if let Some(master) = master {
            query = query.filter(contracts::master_id.eq(Uid::from(master)));
        }
        query
    }};
}

/// How many sales an amendment reaches.
///
/// # Errors
/// Those of the database.
pub fn count_reached(conn: &mut Conn, reached: &Reached) -> Result<i64, DbError> {
    Ok(reached!(reached).select(count(attributions::contract_id).aggregate_distinct()).get_result(conn)?)
}

/// How many sales of the type and of the same days are not reached, since they were made under special terms.
///
/// # Errors
/// Those of the database.
pub fn count_special(conn: &mut Conn, reached: &Reached) -> Result<i64, DbError> {
    let Reached { type_id, number: _, from, to, master } = *reached;
    let mut query = attributions::table
        .inner_join(contracts::table.on(contracts::id.eq(attributions::contract_id)))
        .inner_join(agreements::table.on(agreements::id.eq(attributions::agreement_id)))
        .filter(attributions::part_of_id.is_null())
        .filter(agreements::type_id.eq(Uid::from(type_id)))
        .filter(agreements::special_terms.is_not_null())
        .filter(contracts::signed_on.ge(from))
        .into_boxed::<MultiBackend>();
    if let Some(to) = to {
        query = query.filter(contracts::signed_on.le(to));
    }
    if let Some(master) = master {
        query = query.filter(contracts::master_id.eq(Uid::from(master)));
    }
    Ok(query.select(count(attributions::contract_id).aggregate_distinct()).get_result(conn)?)
}

/// The places in the first `limit` sales that an amendment reaches and has neither counted again yet nor set aside in this turn, by
/// sale.
///
/// # Errors
/// Those of the database.
pub fn next_reached(
    conn: &mut Conn,
    (amendment, turn): (AmendmentId, i32),
    reached: &Reached,
    limit: i64,
) -> Result<BTreeMap<ContractId, Vec<AttributionId>>, DbError> {
    let done = restatements::table
        .filter(restatements::amendment_id.eq(Uid::from(amendment)))
        .filter(restatements::contract_id.eq(attributions::contract_id));
    let set_aside = uncounted_sales::table
        .filter(uncounted_sales::amendment_id.eq(Uid::from(amendment)))
        .filter(uncounted_sales::turn.eq(turn))
        .filter(uncounted_sales::contract_id.eq(attributions::contract_id));
    let sales: Vec<Uid> = reached!(reached)
        .filter(not(exists(done)))
        .filter(not(exists(set_aside)))
        .select(attributions::contract_id)
        .distinct()
        .order(attributions::contract_id)
        .limit(limit)
        .load(conn)?;
    let places = reached!(reached).filter(attributions::contract_id.eq_any(sales));
    by_sale(places.select((attributions::contract_id, attributions::id)).order(attributions::id).load(conn)?)
}

/// The places in the sales that an amendment reaches after one of them, by sale: those of `limit` sales at most.
///
/// # Errors
/// Those of the database.
pub fn reached_between(
    conn: &mut Conn,
    reached: &Reached,
    after: Option<ContractId>,
    limit: i64,
) -> Result<BTreeMap<ContractId, Vec<AttributionId>>, DbError> {
    let mut query = reached!(reached);
    if let Some(after) = after {
        query = query.filter(attributions::contract_id.gt(Uid::from(after)));
    }
    let sales: Vec<Uid> =
        query.select(attributions::contract_id).distinct().order(attributions::contract_id).limit(limit).load(conn)?;
    let places = reached!(reached).filter(attributions::contract_id.eq_any(sales));
    by_sale(places.select((attributions::contract_id, attributions::id)).order(attributions::id).load(conn)?)
}

fn by_sale(rows: Vec<(Uid, Uid)>) -> Result<BTreeMap<ContractId, Vec<AttributionId>>, DbError> {
    let mut places: BTreeMap<ContractId, Vec<AttributionId>> = BTreeMap::new();
    for (sale, place) in rows {
        places.entry(sale.id()).or_default().push(place.id());
    }
    Ok(places)
}

/// Says that a sale is counted again by an amendment.
///
/// # Errors
/// Those of the database, which refuses a second time.
pub fn insert_restatement(
    conn: &mut Conn,
    id: RestatementId,
    amendment: AmendmentId,
    sale: ContractId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(restatements::table)
        .values((
            restatements::id.eq(Uid::from(id)),
            restatements::amendment_id.eq(Uid::from(amendment)),
            restatements::contract_id.eq(Uid::from(sale)),
            restatements::recorded_at.eq(At::from(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets a place in a restated sale be counted by a version from now on.
///
/// # Errors
/// Those of the database, which refuses a second time.
pub fn restate_place(conn: &mut Conn, by: RestatementId, place: AttributionId, version: TermsId) -> Result<(), DbError> {
    diesel::insert_into(restated_places::table)
        .values((
            restated_places::attribution_id.eq(Uid::from(place)),
            restated_places::terms_id.eq(Uid::from(version)),
            restated_places::restatement_id.eq(Uid::from(by)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The versions by which the places in a sale were counted again, those of a place from the first. The last one counts.
///
/// # Errors
/// Those of the database.
pub fn restated_terms(conn: &mut Conn, sale: ContractId) -> Result<BTreeMap<AttributionId, Vec<TermsId>>, DbError> {
    let rows: Vec<(Uid, Uid)> = restated_places::table
        .inner_join(restatements::table.on(restatements::id.eq(restated_places::restatement_id)))
        .inner_join(terms::table.on(terms::id.eq(restated_places::terms_id)))
        .filter(restatements::contract_id.eq(Uid::from(sale)))
        .order((restated_places::attribution_id, terms::number))
        .select((restated_places::attribution_id, terms::id))
        .load(conn)?;
    let mut by_place: BTreeMap<AttributionId, Vec<TermsId>> = BTreeMap::new();
    for (place, version) in rows {
        by_place.entry(place.id()).or_default().push(version.id());
    }
    Ok(by_place)
}
