//! The use cases of recovery plans: make one, end it, read them.

use domain::{
    decided::Decided,
    id::{CompanyId, EntryId, RecoveryPlanId},
    ledger::{PlanRefusal, PlanState, PlannedInstalment, check_plan},
    money::Money,
};
use persistence::{
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    ledger as store,
};

use super::wire::{NewRecoveryPlan, PlannedInstalment as WrittenInstalment, RecoveryPlan, RecoveryPlanFilters, RecoveryPlanPage};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a plan.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: RecoveryPlanId) -> Result<RecoveryPlan, Problem> {
    let found = store::find_plan(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    Ok(found.into())
}

/// Lists the plans that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &RecoveryPlanFilters,
    paging: &Paging,
) -> Result<RecoveryPlanPage, Problem> {
    let RecoveryPlanFilters { partner_id, state } = filters;
    let narrowed = (filter_id("partner_id", partner_id.as_ref())?, state.map(Into::into));
    let found = store::page_plans(tx.conn, &caller.view(), narrowed, &paging.page())?;
    let (found, next) = paging.cut(found, |plan| (plan.id.uuid(), plan.updated_at));
    Ok(RecoveryPlanPage { data: found.into_iter().map(RecoveryPlan::from).collect(), next })
}

/// Makes a plan for a debt.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewRecoveryPlan) -> Result<RecoveryPlan, Problem> {
    let NewRecoveryPlan { ledger_entry_id, reason, instalments } = new;
    let entry: EntryId = wire::id(ledger_entry_id, "/ledger_entry_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let debt = debt(work, entry)?;
    let left = store::left_of(work.conn(), entry)?.entry;
    let planned = read(instalments, left).map_err(Problem::invalid)?;
    if store::is_planned(work.conn(), entry)? {
        return Err(planned_already());
    }
    let plan = made(work, &debt, reason.clone(), planned)?;
    store::insert_plan(work.conn(), &plan).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneRecoveryPlan) => planned_already(),
        _ => error.into(),
    })?;
    record(work, "recovery_plan.made", plan)
}

/// The instalments of a plan for what is left of a debt, or everything that is wrong with them: what cannot be read hides nothing of
/// the others, but what they come to together.
fn read(instalments: &[WrittenInstalment], left: Money) -> Result<Vec<PlannedInstalment>, Vec<Violation>> {
    let (mut planned, mut places, mut violations) = (Vec::new(), Vec::new(), Vec::new());
    for (place, instalment) in instalments.iter().enumerate() {
        match instalment.read(place) {
            Ok(instalment) => {
                planned.push(instalment);
                places.push(place);
            }
            Err(violation) => violations.push(violation),
        }
    }
    let unread = !violations.is_empty();
    for refusal in check_plan(left, &planned).err().into_iter().flatten() {
        if !(unread && matches!(refusal, PlanRefusal::NotTheDebt { .. })) {
            violations.push(refused(refusal, &places));
        }
    }
    if violations.is_empty() { Ok(planned) } else { Err(violations) }
}

fn made(
    work: &mut Work<'_, '_>,
    debt: &store::PostedEntry,
    reason: String,
    instalments: Vec<PlannedInstalment>,
) -> Result<store::RecoveryPlan, Problem> {
    let now = work.now()?;
    Ok(store::RecoveryPlan {
        id: work.new_id(),
        network: debt.network,
        master: debt.entry.master,
        entry: debt.entry.id,
        partner: debt.entry.partner,
        reason,
        state: PlanState::Active,
        instalments,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

fn planned_already() -> Problem {
    Problem::already_exists(Violation::at("/ledger_entry_id", "debt_planned_already").rule("D20"))
}

/// The entry by which a partner owes back, if the caller's master supervises what it is about.
fn debt(work: &mut Work<'_, '_>, entry: EntryId) -> Result<store::PostedEntry, Problem> {
    let caller = work.caller()?;
    let (view, master) = (caller.view(), caller.company.master());
    let found = store::find(work.conn(), &view, entry)?.filter(|posted| Some(posted.entry.master) == master);
    let at = |code| Problem::invalid(vec![Violation::at("/ledger_entry_id", code).rule("D20")]);
    let posted = found.ok_or_else(|| at("unknown_entry"))?;
    let movement = &posted.entry.movement;
    let owes_back = movement.parties().debtor() == CompanyId::Partner(posted.entry.partner);
    if movement.correction().is_some() && owes_back { Ok(posted) } else { Err(at("no_debt")) }
}

/// Ends a plan: payouts net the debt as if there were none.
pub(super) fn cancel(work: &mut Work<'_, '_>, id: RecoveryPlanId) -> Result<RecoveryPlan, Problem> {
    let view = work.caller()?.view();
    let found = store::find_plan(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    let Decided::Changed(state) = found.state.cancel() else {
        work.nothing_changed();
        return Ok(found.into());
    };
    let before = found.version;
    let after = store::RecoveryPlan { state, version: before.saturating_add(1), updated_at: work.now()?, ..found };
    if !store::update_plan(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, "recovery_plan.cancelled", after)
}

/// The refusal of instalments that have these places in the request.
fn refused(refusal: PlanRefusal, places: &[usize]) -> Violation {
    let at = |pointer: String| Violation::at(pointer, refusal.code()).rule(refusal.rule());
    let of = |instalment: usize, field: &str| {
        at(format!("/instalments/{}/{field}", places.get(instalment).copied().unwrap_or(instalment)))
    };
    match refusal {
        PlanRefusal::NotPositive { instalment } => of(instalment, "amount/amount"),
        PlanRefusal::OtherCurrency { instalment, debt } => {
            of(instalment, "amount/currency").with("expected", debt.currency().code())
        }
        PlanRefusal::NotLater { instalment } => of(instalment, "due_on"),
        PlanRefusal::NotTheDebt { debt } => {
            at("/instalments".to_owned()).with("debt", debt).with("currency", debt.currency().code())
        }
    }
}

fn record(work: &mut Work<'_, '_>, kind: &'static str, plan: store::RecoveryPlan) -> Result<RecoveryPlan, Problem> {
    let (network, version) = (plan.network, plan.version);
    let audience = Audience { master: Some(plan.master), partner: Some(plan.partner), counterparty: None };
    let shown = RecoveryPlan::from(plan);
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
