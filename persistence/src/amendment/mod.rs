//! Amendments of terms: proposed by one person of a master, decided by another, and what they change of past sales (R86, R90).

mod restatement;
mod simulation;
mod uncounted;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    amendment::{AmendmentState, Reach},
    id::{AmendmentId, MasterId, NetworkId, PartnershipTypeId, TermsId},
};

pub use restatement::{
    Reached, count_reached, count_special, insert_restatement, next_reached, reached_between, restate_place, restated_terms,
};
pub use simulation::{
    Come, Difference, Simulation, SimulationFilter, TotalOfPartner, TotalOfRule, append_simulation, find_difference,
    find_simulation, page_differences, page_simulations, page_totals, totals_by_rule,
};

pub use uncounted::{UncountedSale, count_uncounted, insert_uncounted, is_left, page_uncounted};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    network::TermsVersion,
    schema::{amendments, terms},
    view::{Page, paged},
};

/// An amendment as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Its id.
    pub id: AmendmentId,
    /// The network whose terms it changes.
    pub network: NetworkId,
    /// The master that proposed it.
    pub master: MasterId,
    /// The type whose terms it changes.
    pub type_id: PartnershipTypeId,
    /// Which agreements it is about.
    pub reach: Reach,
    /// From which day it counts.
    pub effective_from: NaiveDate,
    /// What is signed, by language, as JSON.
    pub texts: String,
    /// What is decided by, as JSON.
    pub document: String,
    /// Why it was proposed.
    pub reason: String,
    /// Where it stands.
    pub state: AmendmentState,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who decided it, or withdrew it.
    pub decided_by: Option<String>,
    /// Why it was decided so.
    pub decision_reason: Option<String>,
    /// The version that it became.
    pub terms: Option<TermsId>,
    /// How many past sales were counted again by it.
    pub restated_sales: i32,
    /// How often past sales are being counted again: once, and once more each time it was resumed.
    pub turn: i32,
    /// How many past sales could not be counted in the last turn.
    pub uncounted_sales: i32,
    /// Its version.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which amendments are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AmendmentFilter {
    /// Those of a type.
    pub type_id: Option<PartnershipTypeId>,
    /// Those in a state.
    pub state: Option<AmendmentState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = amendments, treat_none_as_default_value = false, treat_none_as_null = true)]
struct AmendmentRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    type_id: Uid,
    reach: String,
    effective_from: NaiveDate,
    texts: String,
    document: String,
    reason: String,
    state: String,
    proposed_by: String,
    decided_by: Option<String>,
    decision_reason: Option<String>,
    terms_id: Option<Uid>,
    restated_sales: i32,
    turn: i32,
    uncounted_sales: i32,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Amendment> for AmendmentRow {
    fn from(amendment: &Amendment) -> Self {
        let Amendment {
            id,
            network,
            master,
            type_id,
            reach,
            effective_from,
            texts,
            document,
            reason,
            state,
            proposed_by,
            decided_by,
            decision_reason,
            terms,
            restated_sales,
            turn,
            uncounted_sales,
            version,
            created_at,
            updated_at,
        } = amendment;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            type_id: (*type_id).into(),
            reach: reach.code().to_owned(),
            effective_from: *effective_from,
            texts: texts.clone(),
            document: document.clone(),
            reason: reason.clone(),
            state: state.code().to_owned(),
            proposed_by: proposed_by.clone(),
            decided_by: decided_by.clone(),
            decision_reason: decision_reason.clone(),
            terms_id: terms.map(Uid::from),
            restated_sales: *restated_sales,
            turn: *turn,
            uncounted_sales: *uncounted_sales,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<AmendmentRow> for Amendment {
    type Error = DbError;

    fn try_from(row: AmendmentRow) -> Result<Self, DbError> {
        let AmendmentRow {
            id,
            network_id,
            master_id,
            type_id,
            reach,
            effective_from,
            texts,
            document,
            reason,
            state,
            proposed_by,
            decided_by,
            decision_reason,
            terms_id,
            restated_sales,
            turn,
            uncounted_sales,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("amendment {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            type_id: type_id.id(),
            reach: Reach::from_code(&reach).ok_or_else(|| corrupt("reach"))?,
            effective_from,
            texts,
            document,
            reason,
            state: AmendmentState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            proposed_by,
            decided_by,
            decision_reason,
            terms: terms_id.map(Uid::id),
            restated_sales,
            turn,
            uncounted_sales,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new amendment.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, amendment: &Amendment) -> Result<(), DbError> {
    diesel::insert_into(amendments::table).values(AmendmentRow::from(amendment)).execute(conn)?;
    Ok(())
}

/// Keeps a changed amendment, unless it was changed since `amendment.version - 1`: `false` then.
///
/// # Errors
/// Those of the database, which refuses a change of what was proposed or decided;
/// [`crate::error::Constraint::OneApplyingAmendment`] when another one of the type still counts past sales again.
pub fn update(conn: &mut Conn, amendment: &Amendment) -> Result<bool, DbError> {
    let before = amendment.version.saturating_sub(1);
    let unchanged = amendments::table.find(Uid::from(amendment.id)).filter(amendments::version.eq(before));
    Ok(diesel::update(unchanged).set(AmendmentRow::from(amendment)).execute(conn)? == 1)
}

/// An amendment of a network's terms.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, network: NetworkId, id: AmendmentId) -> Result<Option<Amendment>, DbError> {
    let query = amendments::table.find(Uid::from(id)).filter(amendments::network_id.eq(Uid::from(network)));
    let row: Option<AmendmentRow> = query.select(AmendmentRow::as_select()).get_result(conn).optional()?;
    row.map(Amendment::try_from).transpose()
}

/// An amendment, of whichever network.
///
/// # Errors
/// Those of the database.
pub fn by_id(conn: &mut Conn, id: AmendmentId) -> Result<Option<Amendment>, DbError> {
    let query = amendments::table.find(Uid::from(id)).select(AmendmentRow::as_select());
    let row: Option<AmendmentRow> = query.get_result(conn).optional()?;
    row.map(Amendment::try_from).transpose()
}

/// A page of the amendments of a network's terms.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, network: NetworkId, filter: AmendmentFilter, page: &Page) -> Result<Vec<Amendment>, DbError> {
    let AmendmentFilter { type_id, state } = filter;
    let mut query = amendments::table.filter(amendments::network_id.eq(Uid::from(network))).into_boxed();
    if let Some(type_id) = type_id {
        query = query.filter(amendments::type_id.eq(Uid::from(type_id)));
    }
    if let Some(state) = state {
        query = query.filter(amendments::state.eq(state.code()));
    }
    let rows: Vec<AmendmentRow> = paged!(query, amendments, page).select(AmendmentRow::as_select()).load(conn)?;
    rows.into_iter().map(Amendment::try_from).collect()
}

/// The amendments whose changes of past sales are being posted, in any network. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn applying(conn: &mut Conn) -> Result<Vec<AmendmentId>, DbError> {
    let query = amendments::table.filter(amendments::state.eq(AmendmentState::Applying.code()));
    let ids: Vec<Uid> = query.order(amendments::id).select(amendments::id).load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// The versions of a type's terms that came of amendments, and stand in no file of the network's.
///
/// # Errors
/// Those of the database.
pub fn versions_by_amendment(conn: &mut Conn, type_id: PartnershipTypeId) -> Result<BTreeSet<TermsId>, DbError> {
    let query = amendments::table.filter(amendments::type_id.eq(Uid::from(type_id))).select(amendments::terms_id);
    let ids: Vec<Option<Uid>> = query.load(conn)?;
    Ok(ids.into_iter().flatten().map(Uid::id).collect())
}

/// The version by which sales under agreements that were signed on an earlier version are counted on a day, where an amendment
/// reaches them: the last one that does (R90).
///
/// # Errors
/// Those of the database.
pub fn reaching(
    conn: &mut Conn,
    type_id: PartnershipTypeId,
    signed: TermsId,
    on: NaiveDate,
) -> Result<Option<TermsVersion>, DbError> {
    let number: i32 = terms::table.find(Uid::from(signed)).select(terms::number).get_result(conn)?;
    let found: Option<Uid> = amendments::table
        .inner_join(terms::table.on(amendments::terms_id.eq(terms::id.nullable())))
        .filter(amendments::type_id.eq(Uid::from(type_id)))
        .filter(amendments::reach.eq(Reach::ExistingAgreements.code()))
        .filter(terms::effective_from.le(on))
        .filter(terms::number.gt(number))
        .order(terms::number.desc())
        .select(terms::id)
        .first(conn)
        .optional()?;
    match found {
        Some(id) => crate::network::find_terms(conn, id.id()),
        None => Ok(None),
    }
}

/// The versions that count sales under agreements of a type that were signed on an earlier version, after the one of a number: those of
/// approved amendments of agreements that exist, in their order.
///
/// # Errors
/// Those of the database.
pub fn all_reaching(conn: &mut Conn, type_id: PartnershipTypeId, after: i32) -> Result<Vec<TermsVersion>, DbError> {
    let ids: Vec<Uid> = amendments::table
        .inner_join(terms::table.on(amendments::terms_id.eq(terms::id.nullable())))
        .filter(amendments::type_id.eq(Uid::from(type_id)))
        .filter(amendments::reach.eq(Reach::ExistingAgreements.code()))
        .filter(terms::number.gt(after))
        .order(terms::number.asc())
        .select(terms::id)
        .load(conn)?;
    let mut versions = Vec::with_capacity(ids.len());
    for id in ids {
        versions.extend(crate::network::find_terms(conn, id.id())?);
    }
    Ok(versions)
}
