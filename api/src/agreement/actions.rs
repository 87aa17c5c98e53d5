//! The use cases that move an agreement through its life: each one transaction, each decided by the domain.

use chrono::TimeDelta;
use domain::{
    agreement::{self as rules, AgreementRefusal, AgreementState, StageHistory, StageStep, SupervisedAgreement, may_enter_stage},
    decided::Decided,
    id::{AgreementId, PartnerId},
};
use persistence::{agreement as store, db::Tx, view::Page};

use super::{
    commands::{load, own_master, save, unchanged},
    facts::Gathered,
    refusals::{self, Asked},
    terms_of,
    wire::{Agreement, AgreementReason, NewStage, NewSupervision, Supervision, SupervisionPage, read_findings},
};
use crate::{
    access::Caller, calendar, continuity::suspension, extract::Paging, growth::unexplained, problem::Problem, write::Work,
};

type Transition = Result<Decided<AgreementState>, Vec<AgreementRefusal>>;

/// Carries out what the domain decided.
fn go(
    work: &mut Work<'_, '_>,
    agreement: store::Agreement,
    decided: Transition,
    kind: &'static str,
    reason: Option<&str>,
) -> Result<Agreement, Problem> {
    match decided.map_err(|refusals| refusals::problem(refusals, Asked::Action))? {
        Decided::Unchanged => unchanged(work, agreement),
        Decided::Changed(state) => save(work, kind, store::Agreement { state, reason: reason.map(str::to_owned), ..agreement }),
    }
}

/// Carries out what the domain decided, unless it would let an agreement of a partner take effect that a case suspends (R49).
fn let_in(
    work: &mut Work<'_, '_>,
    agreement: store::Agreement,
    decided: Transition,
    kind: &'static str,
) -> Result<Agreement, Problem> {
    if matches!(decided, Ok(Decided::Changed(AgreementState::Active)))
        && let Some(violation) = suspension(work, Some(agreement.partner), "")?
    {
        return Err(Problem::invalid(vec![violation]));
    }
    go(work, agreement, decided, kind, None)
}

/// What an agreement is judged by, as it stands now.
fn gathered(work: &mut Work<'_, '_>, agreement: &store::Agreement) -> Result<Gathered, Problem> {
    let (_, terms) = terms_of(work.conn(), agreement)?;
    Gathered::of(work, agreement, terms)
}

/// Hands a draft in.
pub(crate) fn submit(work: &mut Work<'_, '_>, id: AgreementId) -> Result<Agreement, Problem> {
    let agreement = load(work, id)?;
    let gathered = gathered(work, &agreement)?;
    let decided = rules::submit(agreement.state, &gathered.facts(&agreement));
    go(work, agreement, decided, "agreement.submitted", None)
}

/// Starts the supervision of a submitted agreement (R7).
pub(crate) fn begin_supervision(work: &mut Work<'_, '_>, id: AgreementId) -> Result<Agreement, Problem> {
    let agreement = load(work, id)?;
    let (by, (_, terms)) = (own_master(work)?, terms_of(work.conn(), &agreement)?);
    let supervised =
        SupervisedAgreement { state: agreement.state, master: agreement.master, checklist: &terms.checklist, latest: None };
    let decided = rules::begin_supervision(&supervised, by);
    go(work, agreement, decided, "agreement.supervision_begun", None)
}

/// Decides on an agreement under supervision: nothing else lets it take effect (R7, R28).
pub(crate) fn decide(work: &mut Work<'_, '_>, id: AgreementId, new: &NewSupervision) -> Result<Agreement, Problem> {
    let agreement = load(work, id)?;
    let (by, (_, terms)) = (own_master(work)?, terms_of(work.conn(), &agreement)?);
    let latest = store::latest_supervisions(work.conn(), &[id])?.pop().map(|kept| judged(&kept)).transpose()?;
    let supervision =
        rules::Supervision { decision: new.decision.into(), findings: new.findings.iter().map(rules::Finding::from).collect() };
    let checklist = terms.checklist.clone();
    let supervised =
        SupervisedAgreement { state: agreement.state, master: agreement.master, checklist: &checklist, latest: latest.as_ref() };
    let gathered = Gathered::of(work, &agreement, terms)?;
    let decided = rules::supervise(&supervised, by, &gathered.facts(&agreement), &supervision);
    if let Ok(Decided::Changed(_)) = decided {
        keep_supervision(work, id, new)?;
    }
    let kind = match supervision.decision {
        rules::SupervisionDecision::Approve => "agreement.approved",
        rules::SupervisionDecision::Refuse => "agreement.refused",
    };
    let_in(work, agreement, decided, kind)
}

/// A kept decision as the domain compares it.
fn judged(kept: &store::Supervision) -> Result<rules::Supervision, Problem> {
    let findings = read_findings(kept)?;
    Ok(rules::Supervision { decision: kept.decision, findings: findings.iter().map(rules::Finding::from).collect() })
}

fn keep_supervision(work: &mut Work<'_, '_>, agreement: AgreementId, new: &NewSupervision) -> Result<(), Problem> {
    let NewSupervision { decision, findings, note } = new;
    let supervision = store::Supervision {
        id: work.new_id(),
        agreement,
        decision: (*decision).into(),
        findings: serde_json::to_string(findings).map_err(|error| Problem::internal(error.to_string()))?,
        note: note.clone(),
        decided_by: work.actor(),
        decided_at: work.now()?,
    };
    Ok(store::add_supervision(work.conn(), &supervision)?)
}

/// Lists the supervision decisions on an agreement.
pub(crate) fn list_supervisions(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: AgreementId,
    paging: &Paging,
) -> Result<SupervisionPage, Problem> {
    let agreement = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let found = store::page_supervisions(tx.conn, agreement.id, &paging.page())?;
    let (supervisions, next) = paging.cut(found, |supervision| (supervision.id.uuid(), supervision.decided_at));
    Ok(SupervisionPage { data: supervisions.into_iter().map(Supervision::of).collect::<Result<_, _>>()?, next })
}

/// Stops an active agreement for the time being.
pub(crate) fn suspend(work: &mut Work<'_, '_>, id: AgreementId, why: &AgreementReason) -> Result<Agreement, Problem> {
    let agreement = load(work, id)?;
    let decided = rules::suspend(agreement.state);
    go(work, agreement, decided, "agreement.suspended", Some(&why.reason))
}

/// Lets a suspended agreement go on, if it still breaks no rule and no case suspends its partner.
pub(crate) fn resume(work: &mut Work<'_, '_>, id: AgreementId) -> Result<Agreement, Problem> {
    let agreement = load(work, id)?;
    let gathered = gathered(work, &agreement)?;
    let decided = rules::resume(agreement.state, &gathered.facts(&agreement));
    let_in(work, agreement, decided, "agreement.resumed")
}

/// Suspends every active agreement of a partner that the caller supervises: which.
pub(crate) fn suspend_all(work: &mut Work<'_, '_>, partner: PartnerId, reason: &str) -> Result<Vec<AgreementId>, Problem> {
    let view = work.caller()?.view();
    let filters = store::Filters { partner: Some(partner), state: Some(AgreementState::Active), type_id: None };
    let all = Page { limit: i64::MAX, after: None, updated_since: None };
    let mut suspended = Vec::new();
    for agreement in store::page(work.conn(), &view, &filters, &all)? {
        suspended.push(agreement.id);
        let decided = rules::suspend(agreement.state);
        go(work, agreement, decided, "agreement.suspended", Some(reason))?;
    }
    Ok(suspended)
}

/// Lets an agreement that was suspended go on, unless it is not suspended any more or breaks a rule by now.
pub(crate) fn resume_suspended(work: &mut Work<'_, '_>, id: AgreementId) -> Result<(), Problem> {
    let view = work.caller()?.view();
    let Some(agreement) = store::find(work.conn(), &view, id)? else { return Ok(()) };
    let gathered = gathered(work, &agreement)?;
    let decided = rules::resume(agreement.state, &gathered.facts(&agreement));
    if agreement.state == AgreementState::Suspended && decided.is_ok() {
        go(work, agreement, decided, "agreement.resumed", None)?;
    }
    Ok(())
}

/// Ends an agreement.
pub(crate) fn terminate(work: &mut Work<'_, '_>, id: AgreementId, why: &AgreementReason) -> Result<Agreement, Problem> {
    let agreement = load(work, id)?;
    let decided = rules::terminate(agreement.state);
    go(work, agreement, decided, "agreement.terminated", Some(&why.reason))
}

/// Ends an agreement with a partner that failed its customers: it has nobody to work for under it any more (R26, R49).
///
/// # Errors
/// Those of the database.
pub(crate) fn end_by_failure(work: &mut Work<'_, '_>, agreement: store::Agreement, reason: &str) -> Result<(), Problem> {
    let decided = rules::terminate(agreement.state);
    go(work, agreement, decided, "agreement.terminated", Some(reason)).map(drop)
}

/// Enters a stage of growth from a day on: the first one, or another on the master's own decision. What that passes over is done for a
/// reason, which is kept (R39).
pub(crate) fn set_stage(work: &mut Work<'_, '_>, id: AgreementId, new: &NewStage) -> Result<Agreement, Problem> {
    let agreement = load(work, id)?;
    let now = work.now()?;
    let (_, terms) = terms_of(work.conn(), &agreement)?;
    let kept = store::stages_of(work.conn(), id)?.into_iter().map(|stage| stage.step).collect();
    let history = StageHistory::from_steps(kept).map_err(|_| Problem::internal(format!("{id}: stages out of order")))?;
    let today = calendar::today(work.conn(), agreement.network, agreement.master, now)?;
    let step = StageStep { from: new.from, stage: new.stage.clone() };
    let decided = history.enter(&terms, step.clone(), agreement.starts_on, today);
    if decided == Ok(Decided::Unchanged) {
        return unchanged(work, agreement);
    }
    may_enter_stage(agreement.state).map_err(|refusal| refusals::problem(vec![refusal], Asked::Action))?;
    let mut violations = decided.err().map(|refusals| refusals::stages(&refusals)).unwrap_or_default();
    if new.reason.is_none() {
        violations.extend(unexplained(work, &agreement, &step)?);
    }
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    enter_stage(work, agreement, step, new.reason.clone())
}

/// Lets an agreement enter a stage that may be entered.
pub(crate) fn enter_stage(
    work: &mut Work<'_, '_>,
    agreement: store::Agreement,
    step: StageStep,
    reason: Option<String>,
) -> Result<Agreement, Problem> {
    let stage = store::Stage { step, reason, decided_by: work.actor(), decided_at: work.now()? };
    store::add_stage(work.conn(), agreement.id, &stage)?;
    save(work, "agreement.stage_set", agreement)
}

/// Ends every agreement whose last day is over where its master is. How many there were.
///
/// # Errors
/// Those of the database.
pub fn expire_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    // No calendar is more than a day ahead.
    let latest = now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now).date_naive();
    let mut expired: usize = 0;
    for agreement in store::ended_before(work.conn(), latest)? {
        let today = calendar::today(work.conn(), agreement.network, agreement.master, now)?;
        if let Ok(Decided::Changed(state)) = rules::expire(agreement.state, agreement.validity(), today) {
            save(work, "agreement.expired", store::Agreement { state, ..agreement })?;
            expired = expired.saturating_add(1);
        }
    }
    if expired == 0 {
        work.nothing_changed();
    }
    Ok(expired)
}
