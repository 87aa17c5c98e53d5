//! A case is opened, gets evidence, suspends the partner, and may be given up.

use chrono::NaiveDate;
use domain::{
    continuity::{CaseState, may_amend, may_suspend, may_withdraw},
    decided::Decided,
    id::{ContinuityCaseId, MasterId, NetworkId, PartnerId},
};
use persistence::{
    continuity as store,
    error::{Constraint, DbError},
    partner, transfer,
};

use super::{
    super::wire::{ContinuityCase, ContinuityWithdrawal, NewContinuityCase, NewContinuityEvidence},
    finish, load, refused, save, unchanged,
};
use crate::{
    agreement::{resume_suspended, suspend_all},
    calendar,
    problem::{Problem, Violation},
    wire,
    write::Work,
};

/// Opens a case; everything that is wrong with it is said at once.
pub(crate) fn open(work: &mut Work<'_, '_>, new: &NewContinuityCase) -> Result<ContinuityCase, Problem> {
    let NewContinuityCase { partner_id, reason, statement, evidence } = new;
    let (network, view) = (work.caller()?.network, work.caller()?.view());
    let master = work.caller()?.company.master().ok_or_else(Problem::not_found)?;
    let mut violations = evidence_faults(work, (network, master), evidence, "/evidence")?;
    let partner: Result<PartnerId, Violation> = wire::id(partner_id, "/partner_id");
    let known = match &partner {
        Ok(id) => partner::find(work.conn(), &view, *id)?.ok_or_else(|| Violation::at("/partner_id", "unknown_partner")),
        Err(violation) => Err(violation.clone()),
    };
    if let Ok(partner) = &known
        && transfer::is_being_carried_out(work.conn(), partner.id)?
    {
        violations.push(Violation::at("/partner_id", "transfer_is_carried_out").rule("D4"));
    }
    let known = match known {
        Ok(known) if violations.is_empty() => known,
        known => {
            violations.extend(known.err());
            return Err(Problem::invalid(violations));
        }
    };
    let now = work.now()?;
    let case = store::Case {
        id: work.new_id(),
        network,
        master,
        partner: known.id,
        reason: (*reason).into(),
        statement: statement.clone(),
        state: CaseState::Open,
        plan_number: 0,
        plan: None,
        suspended: None,
        opened_by: work.actor(),
        note: None,
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_case(work.conn(), &case).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneContinuityCase) => {
            Problem::already_exists(Violation::at("/partner_id", "continuity_case_is_open").rule("R49"))
        }
        _ => error.into(),
    })?;
    keep_evidence(work, case.id, 1, evidence)?;
    finish(work, "continuity_case.opened", case)
}

/// Evidence that is dated in the future shows nothing.
fn evidence_faults(
    work: &mut Work<'_, '_>,
    (network, master): (NetworkId, MasterId),
    evidence: &[NewContinuityEvidence],
    pointer: &str,
) -> Result<Vec<Violation>, Problem> {
    let now = work.now()?;
    let today: NaiveDate = calendar::today(work.conn(), network, master, now)?;
    let late = evidence.iter().enumerate().filter(|(_, piece)| piece.dated_on > today);
    let at = |number: usize| {
        let place = if pointer.is_empty() { "/dated_on".to_owned() } else { format!("{pointer}/{number}/dated_on") };
        Violation::at(place, "dated_in_future").rule("R49").with("today", today)
    };
    Ok(late.map(|(number, _)| at(number)).collect())
}

fn keep_evidence(
    work: &mut Work<'_, '_>,
    case: ContinuityCaseId,
    first: i32,
    evidence: &[NewContinuityEvidence],
) -> Result<(), Problem> {
    let (recorded_by, recorded_at) = (work.actor(), work.now()?);
    for (number, piece) in (first..).zip(evidence) {
        let NewContinuityEvidence { dated_on, description, document } = piece.clone();
        let kept = store::Evidence { number, dated_on, description, document, recorded_by: recorded_by.clone(), recorded_at };
        store::add_evidence(work.conn(), case, &kept)?;
    }
    Ok(())
}

/// Adds a piece of evidence.
pub(crate) fn add_evidence(
    work: &mut Work<'_, '_>,
    id: ContinuityCaseId,
    new: &NewContinuityEvidence,
) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    may_amend(case.state).map_err(refused)?;
    let violations = evidence_faults(work, (case.network, case.master), std::slice::from_ref(new), "")?;
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let next = store::evidence_of(work.conn(), id)?.last().map_or(1, |last| last.number.saturating_add(1));
    keep_evidence(work, id, next, std::slice::from_ref(new))?;
    save(work, "continuity_case.evidence_added", case)
}

/// Suspends the partner: its active agreements, and whatever is new. Once suspended it stays so until the case ends.
pub(crate) fn suspend(work: &mut Work<'_, '_>, id: ContinuityCaseId) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    let Decided::Changed(()) = may_suspend(case.state, case.suspended.is_some()).map_err(refused)? else {
        return unchanged(work, case);
    };
    let now = work.now()?;
    // What is said of it among masters is not the partner's to read.
    for agreement in suspend_all(work, case.partner, case.reason.code())? {
        store::add_suspension(work.conn(), id, agreement, now)?;
    }
    let suspended = Some((work.actor(), now));
    save(work, "continuity_case.partner_suspended", store::Case { suspended, ..case })
}

/// Gives a case up. The agreements that it suspended go on.
pub(crate) fn withdraw(
    work: &mut Work<'_, '_>,
    id: ContinuityCaseId,
    why: &ContinuityWithdrawal,
) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    let Decided::Changed(state) = may_withdraw(case.state).map_err(refused)? else {
        return unchanged(work, case);
    };
    for agreement in store::suspended_by(work.conn(), id)? {
        resume_suspended(work, agreement)?;
    }
    let (note, ended_at) = (Some(why.note.clone()), Some(work.now()?));
    save(work, "continuity_case.withdrawn", store::Case { state, note, ended_at, ..case })
}
