//! The use cases of recovery plans: make one, end it, read them.

use chrono::NaiveDate;
use domain::{
    decided::Decided,
    id::{CompanyId, EntryId, PayoutId, RecoveryPlanId},
    ledger::{PlanRefusal, PlanState, PlannedInstalment, check_plan, taken_by},
    money::Money,
};
use persistence::{
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    ledger as store, payout,
};

use super::wire::{NewRecoveryPlan, PlannedInstalment as WrittenInstalment, RecoveryPlan, RecoveryPlanFilters, RecoveryPlanPage};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a plan.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: RecoveryPlanId) -> Result<RecoveryPlan, Problem> {
    let found = store::find_plan(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
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
    let data: Result<_, Problem> = found.into_iter().map(|plan| shown(tx.conn, plan)).collect();
    Ok(RecoveryPlanPage { data: data?, next })
}

/// A plan with what its instalments take, where the debt stands on a statement and so has its taxes.
fn shown(conn: &mut Conn, plan: store::RecoveryPlan) -> Result<RecoveryPlan, Problem> {
    let stated = payout::stated_debt(conn, plan.entry)?;
    let currency = plan.instalments.first().map(|planned| planned.amount.currency());
    let taken = stated.zip(currency).map(|(stated, currency)| {
        let taken = taken_by(&plan.instalments, currency, |part| stated.debt_of(part));
        taken.ok_or_else(|| Problem::internal(format!("{}: its amounts", plan.id)))
    });
    Ok(RecoveryPlan::of(plan, taken.transpose()?.as_deref()))
}

/// Makes a plan for a debt.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewRecoveryPlan) -> Result<RecoveryPlan, Problem> {
    let NewRecoveryPlan { ledger_entry_id, reason, instalments } = new;
    let entry: EntryId = wire::id(ledger_entry_id, "/ledger_entry_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let debt = debt(work, entry)?;
    let left = store::left_of(work.conn(), entry)?.entry;
    let now = work.now()?;
    let today = calendar::today(work.conn(), debt.network, debt.entry.master, now)?;
    let planned = read(instalments, left, today).map_err(Problem::invalid)?;
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
fn read(instalments: &[WrittenInstalment], left: Money, today: NaiveDate) -> Result<Vec<PlannedInstalment>, Vec<Violation>> {
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
    for refusal in check_plan(left, today, &planned).err().into_iter().flatten() {
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
        recovered_on: None,
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
    if movement.correction().is_some() && owes_back && !posted.paid { Ok(posted) } else { Err(at("no_debt")) }
}

/// Ends a plan: payouts net the debt as if there were none.
pub(super) fn cancel(work: &mut Work<'_, '_>, id: RecoveryPlanId) -> Result<RecoveryPlan, Problem> {
    let view = work.caller()?.view();
    let found = store::find_plan(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    let decided = found.state.cancel().map_err(|state| Problem::state_conflict("cancel", state.code()))?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return shown(work.conn(), found);
    };
    keep(work, "recovery_plan.cancelled", store::RecoveryPlan { state, ..found })
}

/// Follows what a payout that was paid, or that came back, has taken of planned debts: a plan is recovered while all of its is taken.
pub(crate) fn follow(work: &mut Work<'_, '_>, payout: PayoutId, today: NaiveDate) -> Result<(), Problem> {
    let plans = store::plans_touched_by(work.conn(), payout)?;
    let debts: Vec<EntryId> = plans.iter().map(|plan| plan.entry).collect();
    let reached = payout::entries_reached(work.conn(), &debts)?;
    for plan in plans {
        let Decided::Changed(state) = plan.state.follow(reached.paid.contains(&plan.entry)) else { continue };
        let (kind, recovered_on) = match state {
            PlanState::Recovered => ("recovery_plan.recovered", Some(today)),
            PlanState::Active | PlanState::Cancelled => ("recovery_plan.resumed", None),
        };
        keep(work, kind, store::RecoveryPlan { state, recovered_on, ..plan })?;
    }
    Ok(())
}

/// Keeps a plan that changed, and tells it.
fn keep(work: &mut Work<'_, '_>, kind: &'static str, changed: store::RecoveryPlan) -> Result<RecoveryPlan, Problem> {
    let before = changed.version;
    let after = store::RecoveryPlan { version: before.saturating_add(1), updated_at: work.now()?, ..changed };
    if !store::update_plan(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, kind, after)
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
        PlanRefusal::Past { instalment, today } => of(instalment, "due_on").with("today", today),
        PlanRefusal::NotLater { instalment } => of(instalment, "due_on"),
        PlanRefusal::NotTheDebt { debt } => {
            at("/instalments".to_owned()).with("debt", debt).with("currency", debt.currency().code())
        }
    }
}

fn record(work: &mut Work<'_, '_>, kind: &'static str, plan: store::RecoveryPlan) -> Result<RecoveryPlan, Problem> {
    let (network, version) = (plan.network, plan.version);
    let audience = Audience { master: Some(plan.master), partner: Some(plan.partner), counterparty: None };
    let shown = shown(work.conn(), plan)?;
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
