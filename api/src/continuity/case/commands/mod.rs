//! The use cases of continuity cases: each one transaction.

mod along;
mod finish;
mod fit;
mod hand_over;
mod look;
mod open;
mod plan;
mod preview;
mod run;
mod takers;
mod wind_up;

use domain::{continuity::CaseRefusal, id::ContinuityCaseId};
use persistence::{
    continuity as store,
    db::{Conn, Tx},
    event::Audience,
};

pub(crate) use look::{holdings, list, moves};
pub(crate) use open::{add_evidence, open, suspend, withdraw};
pub(crate) use plan::{approve, assign, consider, plan};
pub(crate) use preview::preview;
pub use run::continue_takeovers;
pub(crate) use run::{close, confirm, execute, revert};

use super::wire::{CaseBeside, ContinuityCase};
use crate::{
    access::Caller,
    problem::{Code, Problem, Violation},
    write::{Change, Work},
};

/// Shows a case.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ContinuityCaseId) -> Result<ContinuityCase, Problem> {
    let found = store::find_case(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
}

fn shown(conn: &mut Conn, case: store::Case) -> Result<ContinuityCase, Problem> {
    let beside = CaseBeside {
        evidence: store::evidence_of(conn, case.id)?,
        uses: store::guarantee_uses_of(conn, case.id)?,
        approvals: store::approvals_of(conn, case.id, case.plan_number)?,
        assigned: store::count_assignments(conn, case.id)?,
        moves: store::moves_count(conn, case.id, case.plan_number)?,
    };
    Ok(ContinuityCase::of(case, beside))
}

/// The case that the caller means to change.
fn load(work: &mut Work<'_, '_>, id: ContinuityCaseId) -> Result<store::Case, Problem> {
    let view = work.caller()?.view();
    let found = store::find_case(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// The plan of a case that is being carried out.
fn planned(case: &store::Case) -> Result<store::Plan, Problem> {
    case.plan.ok_or_else(|| Problem::internal(format!("{}: no plan", case.id)))
}

/// Keeps a changed case as its next version, tells its master, and shows it.
fn save(work: &mut Work<'_, '_>, kind: &'static str, mut case: store::Case) -> Result<ContinuityCase, Problem> {
    let before = case.version;
    case.version = before.saturating_add(1);
    case.updated_at = work.now()?;
    if !store::update_case(work.conn(), &case)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, case)
}

/// Records what happened to a case, for its master alone (D22), and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, case: store::Case) -> Result<ContinuityCase, Problem> {
    let audience = Audience { master: Some(case.master), partner: None, counterparty: None };
    let (network, subject, version) = (case.network, case.id.to_string(), case.version);
    let body = shown(work.conn(), case)?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}

/// Shows a case that already is as asked.
fn unchanged(work: &mut Work<'_, '_>, case: store::Case) -> Result<ContinuityCase, Problem> {
    work.nothing_changed();
    shown(work.conn(), case)
}

/// What somebody who was refused is told.
#[expect(clippy::needless_pass_by_value, reason = "it stands where a refusal is mapped")]
fn refused(refusals: Vec<CaseRefusal>) -> Problem {
    let mut violations = Vec::new();
    for refusal in &refusals {
        let at = Violation::at("", refusal.code()).rule(refusal.rule());
        violations.push(match refusal {
            CaseRefusal::WrongState { action, state } => return Problem::state_conflict(action.code(), state.code()),
            CaseRefusal::NotSuspended | CaseRefusal::NotPlanned => at,
            CaseRefusal::GuaranteeNotConsidered { guarantee } => at.with("guarantee", guarantee),
            CaseRefusal::NotYet { from } => at.with("from", from),
            CaseRefusal::SomethingLeft(left) => at
                .with("customers", left.customers)
                .with("contracts", left.contracts)
                .with("proposals", left.proposals)
                .with("registrations", left.registrations)
                .with("projects", left.projects)
                .with("portfolio_places", left.portfolio_places)
                .with("support_requests", left.support_requests)
                .with("introductions", left.introductions)
                .with("promoter_agreements", left.promoter_agreements),
        });
    }
    Problem::invalid(violations)
}
