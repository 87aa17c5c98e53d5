//! Recovery plans: what of a debt payouts may take, and from when (D20).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{EntryId, MasterId, NetworkId, PartnerId, PayoutId, RecoveryPlanId},
    ledger::{PlanState, PlannedInstalment},
    money::{Currency, Money},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{entries, payout_parts, recovery_instalments, recovery_plans, statement_lines},
    view::{Due, Page, View, due, paged, visible_to},
};

/// A plan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryPlan {
    /// Its id.
    pub id: RecoveryPlanId,
    /// Its network.
    pub network: NetworkId,
    /// The master of the debt.
    pub master: MasterId,
    /// The entry by which the partner owes back.
    pub entry: EntryId,
    /// The partner.
    pub partner: PartnerId,
    /// Why there is one.
    pub reason: String,
    /// Where it stands.
    pub state: PlanState,
    /// The day on which payouts had taken all of the debt; none before.
    pub recovered_on: Option<NaiveDate>,
    /// The parts of the debt, by day.
    pub instalments: Vec<PlannedInstalment>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = recovery_plans, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PlanRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    entry_id: Uid,
    partner_id: Uid,
    reason: String,
    state: String,
    version: i64,
    created_at: At,
    updated_at: At,
    recovered_on: Option<NaiveDate>,
}

impl From<&RecoveryPlan> for PlanRow {
    fn from(plan: &RecoveryPlan) -> Self {
        let RecoveryPlan {
            id,
            network,
            master,
            entry,
            partner,
            reason,
            state,
            recovered_on,
            instalments: _,
            version,
            created_at,
            updated_at,
        } = plan;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            entry_id: (*entry).into(),
            partner_id: (*partner).into(),
            reason: reason.clone(),
            state: kept(*state).code().to_owned(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            recovered_on: *recovered_on,
        }
    }
}

/// The state as its column has it: a plan by which all was taken is an active one with a day on which it was.
const fn kept(state: PlanState) -> PlanState {
    match state {
        PlanState::Active | PlanState::Recovered => PlanState::Active,
        PlanState::Cancelled => PlanState::Cancelled,
    }
}

fn plan(conn: &mut Conn, row: PlanRow) -> Result<RecoveryPlan, DbError> {
    let PlanRow { id, network_id, master_id, entry_id, partner_id, reason, state, version, created_at, updated_at, recovered_on } =
        row;
    let corrupt = |what: &str| DbError::Corrupt(format!("recovery plan {}: {what}", id.0));
    let code: String = entries::table.find(entry_id).select(entries::currency).get_result(conn)?;
    let currency: Currency = code.parse().map_err(|_| corrupt("currency"))?;
    let instalments: Vec<(NaiveDate, i64)> = recovery_instalments::table
        .filter(recovery_instalments::plan_id.eq(id))
        .order(recovery_instalments::due_on.asc())
        .select((recovery_instalments::due_on, recovery_instalments::amount_minor))
        .load(conn)?;
    let planned = |(due_on, minor)| PlannedInstalment { due_on, amount: Money::from_minor(minor, currency) };
    Ok(RecoveryPlan {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        entry: entry_id.id(),
        partner: partner_id.id(),
        reason,
        state: match PlanState::from_code(&state).ok_or_else(|| corrupt("state"))? {
            PlanState::Active if recovered_on.is_some() => PlanState::Recovered,
            state => state,
        },
        recovered_on,
        instalments: instalments.into_iter().map(planned).collect(),
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    })
}

/// Keeps a new plan.
///
/// # Errors
/// Those of the database, which refuses a second active plan for one debt.
pub fn insert_plan(conn: &mut Conn, plan: &RecoveryPlan) -> Result<(), DbError> {
    diesel::insert_into(recovery_plans::table).values(PlanRow::from(plan)).execute(conn)?;
    for PlannedInstalment { due_on, amount } in &plan.instalments {
        diesel::insert_into(recovery_instalments::table)
            .values((
                recovery_instalments::plan_id.eq(Uid::from(plan.id)),
                recovery_instalments::due_on.eq(due_on),
                recovery_instalments::amount_minor.eq(amount.minor()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps a changed plan, unless it was changed since `plan.version - 1`: `false` then. Its instalments never change.
///
/// # Errors
/// Those of the database.
pub fn update_plan(conn: &mut Conn, plan: &RecoveryPlan) -> Result<bool, DbError> {
    let before = plan.version.saturating_sub(1);
    let unchanged = recovery_plans::table.find(Uid::from(plan.id)).filter(recovery_plans::version.eq(before));
    Ok(diesel::update(unchanged).set(PlanRow::from(plan)).execute(conn)? == 1)
}

/// A plan that `view` may see: a master those of the debts it supervises, a partner its own.
///
/// # Errors
/// Those of the database.
pub fn find_plan(conn: &mut Conn, view: &View, id: RecoveryPlanId) -> Result<Option<RecoveryPlan>, DbError> {
    let query = recovery_plans::table.filter(recovery_plans::id.eq(Uid::from(id))).into_boxed();
    let row: Option<PlanRow> =
        visible_to!(query, recovery_plans, view).select(PlanRow::as_select()).get_result(conn).optional()?;
    row.map(|row| plan(conn, row)).transpose()
}

/// A page of the plans that `view` may see: those of one partner and in one state alone, where these are named.
///
/// # Errors
/// Those of the database.
pub fn page_plans(
    conn: &mut Conn,
    view: &View,
    (partner, state): (Option<PartnerId>, Option<PlanState>),
    page: &Page,
) -> Result<Vec<RecoveryPlan>, DbError> {
    let mut query = visible_to!(recovery_plans::table.into_boxed(), recovery_plans, view);
    if let Some(partner) = partner {
        query = query.filter(recovery_plans::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = state {
        query = query
            .filter(recovery_plans::state.eq(kept(state).code()))
            .filter(recovery_plans::recovered_on.is_not_null().eq(state == PlanState::Recovered));
    }
    let rows: Vec<PlanRow> = paged!(query, recovery_plans, page).select(PlanRow::as_select()).load(conn)?;
    rows.into_iter().map(|row| plan(conn, row)).collect()
}

/// The plans that were not cancelled of the debts on those statements of which a payout takes something.
///
/// # Errors
/// Those of the database.
pub fn plans_touched_by(conn: &mut Conn, payout: PayoutId) -> Result<Vec<RecoveryPlan>, DbError> {
    let taken = payout_parts::table.filter(payout_parts::payout_id.eq(Uid::from(payout))).select(payout_parts::statement_id);
    let stated = statement_lines::table.filter(statement_lines::statement_id.eq_any(taken)).select(statement_lines::entry_id);
    let rows: Vec<PlanRow> = recovery_plans::table
        .filter(recovery_plans::state.eq(PlanState::Active.code()))
        .filter(recovery_plans::entry_id.eq_any(stated))
        .order(recovery_plans::id.asc())
        .select(PlanRow::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| plan(conn, row)).collect()
}

/// Whether a debt has a plan that was not cancelled.
///
/// # Errors
/// Those of the database.
pub fn is_planned(conn: &mut Conn, debt: EntryId) -> Result<bool, DbError> {
    let active = recovery_plans::table
        .filter(recovery_plans::entry_id.eq(Uid::from(debt)))
        .filter(recovery_plans::state.eq(PlanState::Active.code()));
    Ok(diesel::select(diesel::dsl::exists(active)).get_result(conn)?)
}

/// An instalment of an active plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstalmentDue {
    /// The plan.
    pub plan: RecoveryPlanId,
    /// The partner whose debt it is.
    pub partner: PartnerId,
    /// The instalment.
    pub planned: PlannedInstalment,
}

/// The instalments from a day on of the active plans that `view` may see, by their days; those of one partner alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn instalments_due(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    from: NaiveDate,
    due: &Due<NaiveDate>,
) -> Result<Vec<InstalmentDue>, DbError> {
    let planned = recovery_instalments::table
        .inner_join(recovery_plans::table.on(recovery_plans::id.eq(recovery_instalments::plan_id)))
        .inner_join(entries::table.on(entries::id.eq(recovery_plans::entry_id)))
        .filter(recovery_plans::state.eq(PlanState::Active.code()))
        .filter(recovery_plans::recovered_on.is_null())
        .filter(recovery_instalments::due_on.ge(from))
        .into_boxed();
    let mut query = visible_to!(planned, recovery_plans, view);
    if let Some(partner) = partner {
        query = query.filter(recovery_plans::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<(Uid, Uid, NaiveDate, i64, String)> =
        due!(query, recovery_instalments, due_on, plan_id, due, std::convert::identity)
            .select((
                recovery_plans::id,
                recovery_plans::partner_id,
                recovery_instalments::due_on,
                recovery_instalments::amount_minor,
                entries::currency,
            ))
            .load(conn)?;
    let read = |(plan, partner, due_on, minor, code): (Uid, Uid, NaiveDate, i64, String)| {
        let currency: Currency = code.parse().map_err(|_| DbError::Corrupt(format!("recovery plan {}: currency", plan.0)))?;
        let planned = PlannedInstalment { due_on, amount: Money::from_minor(minor, currency) };
        Ok(InstalmentDue { plan: plan.id(), partner: partner.id(), planned })
    };
    rows.into_iter().map(read).collect()
}
