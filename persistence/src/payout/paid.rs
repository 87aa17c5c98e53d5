//! Payouts with what they take of statements, and the steps that they went through.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{BankAccountId, CompanyId, MasterId, NetworkId, PartnerId, PayoutId, PayoutRunId, StatementId},
    money::{Currency, Money},
    payout::PayoutState,
};

use super::payer_of;
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{payout_parts, payout_steps, payouts, statements},
    view::{Page, View, paged, visible_to},
};

/// One amount that a payer pays a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// The network.
    pub network: NetworkId,
    /// The payer.
    pub payer: CompanyId,
    /// Its master: itself, where it is one.
    pub master: MasterId,
    /// Whom it pays.
    pub partner: PartnerId,
    /// The run it goes to the bank with.
    pub run: PayoutRunId,
    /// How much: nothing where what the partner owes back took all of it.
    pub amount: Money,
    /// The partner's account; none where nothing is transferred.
    pub account: Option<BankAccountId>,
    /// How far it has come.
    pub state: PayoutState,
    /// Why it failed, came back or was called off.
    pub reason: Option<String>,
    /// Who made it.
    pub made_by: String,
    /// The day it was paid.
    pub paid_on: Option<NaiveDate>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a payout takes of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutPart {
    /// The statement.
    pub statement: StatementId,
    /// All of what it owes the partner, or less than nothing for what the partner owes back.
    pub amount: Money,
}

/// Where a payout stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutStep {
    /// The payout.
    pub payout: PayoutId,
    /// Where it stood.
    pub state: PayoutState,
    /// Why.
    pub reason: Option<String>,
    /// Who brought it there.
    pub actor: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// What a list of payouts is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PayoutFilters {
    /// Those of a run.
    pub run: Option<PayoutRunId>,
    /// Those to a partner.
    pub partner: Option<PartnerId>,
    /// Those that stand here.
    pub state: Option<PayoutState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = payouts, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PayoutRow {
    id: Uid,
    network_id: Uid,
    payer_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    run_id: Uid,
    amount_minor: i64,
    currency: String,
    account_id: Option<Uid>,
    state: String,
    reason: Option<String>,
    made_by: String,
    paid_on: Option<NaiveDate>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Payout> for PayoutRow {
    fn from(payout: &Payout) -> Self {
        let Payout {
            id,
            network,
            payer,
            master,
            partner,
            run,
            amount,
            account,
            state,
            reason,
            made_by,
            paid_on,
            version,
            created_at,
            updated_at,
        } = payout.clone();
        Self {
            id: id.into(),
            network_id: network.into(),
            payer_id: payer.into(),
            master_id: master.into(),
            partner_id: partner.into(),
            run_id: run.into(),
            amount_minor: amount.minor(),
            currency: amount.currency().code().to_owned(),
            account_id: account.map(Uid::from),
            state: state.code().to_owned(),
            reason,
            made_by,
            paid_on,
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

impl TryFrom<PayoutRow> for Payout {
    type Error = DbError;

    fn try_from(row: PayoutRow) -> Result<Self, DbError> {
        let PayoutRow {
            id,
            network_id,
            payer_id,
            master_id,
            partner_id,
            run_id,
            amount_minor,
            currency,
            account_id,
            state,
            reason,
            made_by,
            paid_on,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("payout {}: {what}", id.0));
        let currency = Currency::from_code(&currency).ok_or_else(|| corrupt("currency"))?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            payer: payer_of(payer_id, master_id),
            master: master_id.id(),
            partner: partner_id.id(),
            run: run_id.id(),
            amount: Money::from_minor(amount_minor, currency),
            account: account_id.map(Uid::id),
            state: PayoutState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            reason,
            made_by,
            paid_on,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = payout_parts, treat_none_as_default_value = false)]
struct PartRow {
    payout_id: Uid,
    statement_id: Uid,
    kind: String,
    amount_minor: i64,
    live: bool,
}

/// Keeps a new payout with what it takes of statements. No two live payouts take what one statement owes: the second one is
/// refused.
///
/// # Errors
/// Those of the database, which refuses a statement that a live payout pays.
pub fn insert_payout(conn: &mut Conn, payout: &Payout, parts: &[PayoutPart]) -> Result<(), DbError> {
    diesel::insert_into(payouts::table).values(PayoutRow::from(payout)).execute(conn)?;
    for PayoutPart { statement, amount } in parts {
        let kind = if amount.sign().is_gt() { "owed" } else { "debt" };
        let row = PartRow {
            payout_id: payout.id.into(),
            statement_id: (*statement).into(),
            kind: kind.to_owned(),
            amount_minor: amount.minor(),
            live: payout.state.is_live(),
        };
        diesel::insert_into(payout_parts::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Keeps a payout that went a step further, unless it was changed since `payout.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_payout(conn: &mut Conn, payout: &Payout) -> Result<bool, DbError> {
    let before = payout.version.saturating_sub(1);
    let unchanged = payouts::table.find(Uid::from(payout.id)).filter(payouts::version.eq(before));
    Ok(diesel::update(unchanged).set(PayoutRow::from(payout)).execute(conn)? == 1)
}

/// A payout that `view` may see: its payer, its partner and the payer's master do.
///
/// # Errors
/// Those of the database.
pub fn find_payout(conn: &mut Conn, view: &View, id: PayoutId) -> Result<Option<Payout>, DbError> {
    let query = visible_to!(payouts::table.into_boxed(), payouts, view, or payer_id).filter(payouts::id.eq(Uid::from(id)));
    let row: Option<PayoutRow> = query.select(PayoutRow::as_select()).get_result(conn).optional()?;
    row.map(Payout::try_from).transpose()
}

/// A page of the payouts that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_payouts(conn: &mut Conn, view: &View, filters: &PayoutFilters, page: &Page) -> Result<Vec<Payout>, DbError> {
    let mut query = visible_to!(payouts::table.into_boxed(), payouts, view, or payer_id);
    if let Some(run) = filters.run {
        query = query.filter(payouts::run_id.eq(Uid::from(run)));
    }
    if let Some(partner) = filters.partner {
        query = query.filter(payouts::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = filters.state {
        query = query.filter(payouts::state.eq(state.code()));
    }
    let rows: Vec<PayoutRow> = paged!(query, payouts, page).select(PayoutRow::as_select()).load(conn)?;
    rows.into_iter().map(Payout::try_from).collect()
}

/// The payouts of a run, in the order in which they were made.
///
/// # Errors
/// Those of the database.
pub fn payouts_of(conn: &mut Conn, run: PayoutRunId) -> Result<Vec<Payout>, DbError> {
    let rows: Vec<PayoutRow> = payouts::table
        .filter(payouts::run_id.eq(Uid::from(run)))
        .order(payouts::id.asc())
        .select(PayoutRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Payout::try_from).collect()
}

/// What payouts take of statements, each with its payout: what is owed first, then debts.
///
/// # Errors
/// Those of the database.
pub fn parts_of_all(conn: &mut Conn, of: &[Payout]) -> Result<Vec<(PayoutId, PayoutPart)>, DbError> {
    let ids: Vec<Uid> = of.iter().map(|payout| payout.id.into()).collect();
    let rows: Vec<PartRow> = payout_parts::table
        .filter(payout_parts::payout_id.eq_any(ids))
        .order((payout_parts::payout_id.asc(), payout_parts::kind.desc(), payout_parts::statement_id.asc()))
        .select(PartRow::as_select())
        .load(conn)?;
    let parts = rows.into_iter().filter_map(|PartRow { payout_id, statement_id, amount_minor, kind: _, live: _ }| {
        let payout = of.iter().find(|payout| Uid::from(payout.id) == payout_id)?;
        let amount = Money::from_minor(amount_minor, payout.amount.currency());
        Some((payout.id, PayoutPart { statement: statement_id.id(), amount }))
    });
    Ok(parts.collect())
}

/// The periods of statements, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn periods_of(conn: &mut Conn, of: &[StatementId]) -> Result<Vec<String>, DbError> {
    let ids: Vec<Uid> = of.iter().map(|id| Uid::from(*id)).collect();
    let found = statements::table.filter(statements::id.eq_any(ids)).order((statements::last_day.asc(), statements::id.asc()));
    Ok(found.select(statements::period).load(conn)?)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = payout_steps, treat_none_as_default_value = false)]
struct StepRow {
    payout_id: Uid,
    position: i32,
    state: String,
    reason: Option<String>,
    actor: String,
    recorded_at: At,
}

/// Keeps where a payout stands now, after the steps before.
///
/// # Errors
/// Those of the database.
pub fn append_step(conn: &mut Conn, step: &PayoutStep) -> Result<(), DbError> {
    let PayoutStep { payout, state, reason, actor, recorded_at } = step.clone();
    let of = payout_steps::table.filter(payout_steps::payout_id.eq(Uid::from(payout)));
    let last: Option<i32> = of.select(diesel::dsl::max(payout_steps::position)).get_result(conn)?;
    let row = StepRow {
        payout_id: payout.into(),
        position: last.unwrap_or(0).saturating_add(1),
        state: state.code().to_owned(),
        reason,
        actor,
        recorded_at: recorded_at.into(),
    };
    diesel::insert_into(payout_steps::table).values(row).execute(conn)?;
    Ok(())
}

/// Where a payout stood, one after the other.
///
/// # Errors
/// Those of the database.
pub fn steps_of(conn: &mut Conn, payout: PayoutId) -> Result<Vec<PayoutStep>, DbError> {
    let rows: Vec<StepRow> = payout_steps::table
        .filter(payout_steps::payout_id.eq(Uid::from(payout)))
        .order(payout_steps::position.asc())
        .select(StepRow::as_select())
        .load(conn)?;
    let steps = rows.into_iter().map(|StepRow { payout_id: _, position: _, state, reason, actor, recorded_at }| {
        let state = PayoutState::from_code(&state).ok_or_else(|| DbError::Corrupt(format!("{payout}: step {state}")))?;
        Ok(PayoutStep { payout, state, reason, actor, recorded_at: recorded_at.0 })
    });
    steps.collect()
}
