//! Promotions of partners into the next stage of their terms (R39 to R46), and the record that they are measured by.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    agreement::StageStep,
    growth::PromotionState,
    id::{AgreementId, MasterId, NetworkId, PartnerId, PromotionId},
    network::Side,
    sale::ContractState,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{contracts, promotions},
    view::{Page, View, paged, visible_to},
};

/// A promotion as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// Its id.
    pub id: PromotionId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the agreement, and decides.
    pub master: MasterId,
    /// The partner that grows.
    pub partner: PartnerId,
    /// By which agreement.
    pub agreement: AgreementId,
    /// The stage that it grows from.
    pub stage_before: String,
    /// The stage that it grows into, and its first day: as proposed, and once approved as decided.
    pub step: StageStep,
    /// Where it stands.
    pub state: PromotionState,
    /// The side that proposed it.
    pub proposed_side: Side,
    /// Who proposed it.
    pub proposed_by: String,
    /// In the words of who proposed it.
    pub note: Option<String>,
    /// What the stage asks for, as it was measured last: JSON.
    pub conditions: String,
    /// The day on which it was measured.
    pub measured_on: NaiveDate,
    /// The master's answers to the stage's checklist: JSON.
    pub findings: Option<String>,
    /// Why it was approved or refused.
    pub reason: Option<String>,
    /// Who decided it or took it back, and when.
    pub decided: Option<(String, DateTime<Utc>)>,
    /// Its version.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = promotions, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PromotionRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    stage_before: String,
    stage: String,
    from_day: NaiveDate,
    state: String,
    proposed_side: String,
    proposed_by: String,
    note: Option<String>,
    conditions: String,
    measured_on: NaiveDate,
    findings: Option<String>,
    reason: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<At>,
    entered_on: Option<NaiveDate>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Promotion> for PromotionRow {
    fn from(promotion: &Promotion) -> Self {
        let Promotion {
            id,
            network,
            master,
            partner,
            agreement,
            stage_before,
            step: StageStep { from, stage },
            state,
            proposed_side,
            proposed_by,
            note,
            conditions,
            measured_on,
            findings,
            reason,
            decided,
            version,
            created_at,
            updated_at,
        } = promotion.clone();
        let (decided_by, decided_at) = decided.unzip();
        Self {
            id: id.into(),
            network_id: network.into(),
            master_id: master.into(),
            partner_id: partner.into(),
            agreement_id: agreement.into(),
            stage_before,
            stage,
            from_day: from,
            state: state.code().to_owned(),
            proposed_side: proposed_side.code().to_owned(),
            proposed_by,
            note,
            conditions,
            measured_on,
            findings,
            reason,
            decided_by,
            decided_at: decided_at.map(At::from),
            entered_on: (state == PromotionState::Approved).then_some(from),
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

impl TryFrom<PromotionRow> for Promotion {
    type Error = DbError;

    fn try_from(row: PromotionRow) -> Result<Self, DbError> {
        let PromotionRow {
            id,
            network_id,
            master_id,
            partner_id,
            agreement_id,
            stage_before,
            stage,
            from_day: from,
            state,
            proposed_side,
            proposed_by,
            note,
            conditions,
            measured_on,
            findings,
            reason,
            decided_by,
            decided_at,
            entered_on: _,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("promotion {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            agreement: agreement_id.id(),
            stage_before,
            step: StageStep { from, stage },
            state: PromotionState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            proposed_side: Side::from_code(&proposed_side).ok_or_else(|| corrupt("side"))?,
            proposed_by,
            note,
            conditions,
            measured_on,
            findings,
            reason,
            decided: decided_by.zip(decided_at.map(|at| at.0)),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new promotion.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneProposedPromotion`] where another one of the agreement waits.
pub fn insert(conn: &mut Conn, promotion: &Promotion) -> Result<(), DbError> {
    diesel::insert_into(promotions::table).values(PromotionRow::from(promotion)).execute(conn)?;
    Ok(())
}

/// Keeps a changed promotion, unless it was changed since `promotion.version - 1`: `false` then. The stage that an approved one
/// leads to is kept before.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, promotion: &Promotion) -> Result<bool, DbError> {
    let before = promotion.version.saturating_sub(1);
    let unchanged = promotions::table.find(Uid::from(promotion.id)).filter(promotions::version.eq(before));
    Ok(diesel::update(unchanged).set(PromotionRow::from(promotion)).execute(conn)? == 1)
}

/// A promotion that `view` may see: its partner and its master do.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: PromotionId) -> Result<Option<Promotion>, DbError> {
    let query = visible_to!(promotions::table.into_boxed(), promotions, view).filter(promotions::id.eq(Uid::from(id)));
    let row: Option<PromotionRow> = query.select(PromotionRow::as_select()).get_result(conn).optional()?;
    row.map(Promotion::try_from).transpose()
}

/// A promotion, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn by_id(conn: &mut Conn, id: PromotionId) -> Result<Option<Promotion>, DbError> {
    let row: Option<PromotionRow> =
        promotions::table.find(Uid::from(id)).select(PromotionRow::as_select()).get_result(conn).optional()?;
    row.map(Promotion::try_from).transpose()
}

/// What a list of promotions is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those of this partner.
    pub partner: Option<PartnerId>,
    /// Those of this agreement.
    pub agreement: Option<AgreementId>,
    /// Those that stand here.
    pub state: Option<PromotionState>,
}

/// A page of the promotions that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: &Filters, page: &Page) -> Result<Vec<Promotion>, DbError> {
    let Filters { partner, agreement, state } = *filters;
    let mut query = visible_to!(promotions::table.into_boxed(), promotions, view);
    if let Some(partner) = partner {
        query = query.filter(promotions::partner_id.eq(Uid::from(partner)));
    }
    if let Some(agreement) = agreement {
        query = query.filter(promotions::agreement_id.eq(Uid::from(agreement)));
    }
    if let Some(state) = state {
        query = query.filter(promotions::state.eq(state.code()));
    }
    let rows: Vec<PromotionRow> = paged!(query, promotions, page).select(PromotionRow::as_select()).load(conn)?;
    rows.into_iter().map(Promotion::try_from).collect()
}

/// How many customers have an active contract that the partner sold or brought.
///
/// # Errors
/// Those of the database.
pub fn active_customers(conn: &mut Conn, partner: PartnerId) -> Result<usize, DbError> {
    let active = contracts::table
        .filter(contracts::partner_id.eq(Uid::from(partner)))
        .filter(contracts::state.eq(ContractState::Active.code()));
    let customers: Vec<Uid> = active.select(contracts::customer_id).distinct().load(conn)?;
    Ok(customers.len())
}
