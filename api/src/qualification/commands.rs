//! The use cases of qualifications: each one transaction.

use chrono::{NaiveDate, TimeDelta};
use domain::{
    agreement::Validity,
    decided::Decided,
    id::{CompanyId, MasterId, PartnerId, QualificationId},
    qualification::{Closing, QualificationKind, QualificationRefusal, QualificationState, Standing},
};
use persistence::{
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    partner, qualification as store,
};

use super::{
    lapse,
    wire::{
        NewQualification, Qualification, QualificationEvidence, QualificationFilters, QualificationGrant, QualificationPage,
        QualificationReason,
    },
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    network::qualification_kinds,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a qualification.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: QualificationId) -> Result<Qualification, Problem> {
    Qualification::of(store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?)
}

/// Lists the qualifications that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &QualificationFilters,
    paging: &Paging,
) -> Result<QualificationPage, Problem> {
    let QualificationFilters { partner_id, kind, state, valid_on } = filters;
    let filter = store::QualificationFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        kind: kind.as_ref().map(|kind| kind.0.clone()),
        state: state.map(Into::into),
        valid_on: *valid_on,
    };
    let found = store::page(tx.conn, &caller.view(), &filter, &paging.page())?;
    let (found, next) = paging.cut(found, |qualification| (qualification.id.uuid(), qualification.updated_at));
    Ok(QualificationPage { data: found.into_iter().map(Qualification::of).collect::<Result<_, _>>()?, next })
}

/// Hands in a qualification.
pub(super) fn submit(work: &mut Work<'_, '_>, new: &NewQualification) -> Result<Qualification, Problem> {
    let NewQualification { partner_id, kind, evidence, note } = new;
    let of = whose(work, partner_id.as_deref())?;
    let now = work.now()?;
    let today = calendar::today(work.conn(), of.network, of.master, now)?;
    let kinds = qualification_kinds(work.conn(), of.network)?;
    let mut violations: Vec<Violation> = unknown_kind(&kinds, &kind.0).into_iter().collect();
    violations.extend(dated_in_future(evidence, today));
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let submitted = store::Qualification {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        partner: of.id,
        kind: kind.0.clone(),
        evidence: serde_json::to_string(evidence).map_err(|error| Problem::internal(error.to_string()))?,
        note: note.clone(),
        standing: Standing::SUBMITTED,
        reason: None,
        decided: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &submitted).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneSubmittedQualification) => {
            Problem::already_exists(Violation::at("/kind", "qualification_submitted_already"))
        }
        _ => error.into(),
    })?;
    record(work, "qualification.submitted", submitted)
}

/// The partner that is meant: the caller's own company, or one that its master supervises.
fn whose(work: &mut Work<'_, '_>, named: Option<&str>) -> Result<partner::Partner, Problem> {
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let invalid = |violation| Problem::invalid(vec![violation]);
    let named: Option<PartnerId> = named.map(|text| wire::id(text, "/partner_id")).transpose().map_err(invalid)?;
    let id = match (company, named) {
        (CompanyId::Partner(own), None) => own,
        (_, Some(named)) => named,
        (CompanyId::Master(_), None) => return Err(invalid(Violation::at("/partner_id", "partner_missing"))),
    };
    // To a partner another one is nobody (D22).
    partner::find(work.conn(), &view, id)?.ok_or_else(|| invalid(Violation::at("/partner_id", "unknown_partner")))
}

fn unknown_kind(kinds: &[QualificationKind], code: &str) -> Option<Violation> {
    if kinds.iter().any(|kind| kind.code == code) {
        return None;
    }
    let known: Vec<&str> = kinds.iter().map(|kind| kind.code.as_str()).collect();
    Some(Violation::at("/kind", "unknown_qualification").with("kind", code).with("known", known.join(", ")))
}

fn dated_in_future(evidence: &[QualificationEvidence], today: NaiveDate) -> Vec<Violation> {
    let ahead = evidence.iter().enumerate().filter(|(_, piece)| piece.dated_on.is_some_and(|day| day > today));
    let violation = |place: usize| Violation::at(format!("/evidence/{place}/dated_on"), "dated_in_future").with("today", today);
    ahead.map(|(place, _)| violation(place)).collect()
}

/// Takes a qualification back that was not decided.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: QualificationId) -> Result<Qualification, Problem> {
    let found = load(work, id)?;
    let decided = found.standing.close(Closing::Withdraw);
    let decided = decided.map_err(|refusal| refused("withdraw", &[refusal]))?;
    keep(work, found, decided, None, "qualification.withdrawn")
}

/// Grants a qualification from a day to a day.
pub(super) fn grant(work: &mut Work<'_, '_>, id: QualificationId, grant: &QualificationGrant) -> Result<Qualification, Problem> {
    let found = load(work, id)?;
    let QualificationGrant { valid_from, valid_until, reason } = grant;
    let today = today(work, &found)?;
    let kinds = qualification_kinds(work.conn(), found.network)?;
    let kind = kinds.iter().find(|kind| kind.code == found.kind);
    // What the caller leaves out is what was granted before, where it asks again.
    let before = found.standing.validity;
    let start = valid_from.or(before.map(|before| before.start)).unwrap_or(today);
    let usual = || before.map_or_else(|| kind.and_then(|kind| kind.last_day(start)), |before| before.end);
    let validity = Validity { start, end: valid_until.or_else(usual) };
    let decided = found.standing.grant(validity, today).map_err(|refusals| refused("grant", &refusals))?;
    keep(work, found, decided, reason.clone(), "qualification.granted")
}

/// Refuses a qualification, for a reason that its partner reads.
pub(super) fn refuse(work: &mut Work<'_, '_>, id: QualificationId, why: &QualificationReason) -> Result<Qualification, Problem> {
    let found = load(work, id)?;
    let decided = found.standing.close(Closing::Refuse).map_err(|refusal| refused("refuse", &[refusal]))?;
    keep(work, found, decided, Some(why.reason.clone()), "qualification.refused")
}

/// Takes a granted qualification away, from today on.
pub(super) fn revoke(work: &mut Work<'_, '_>, id: QualificationId, why: &QualificationReason) -> Result<Qualification, Problem> {
    let found = load(work, id)?;
    let today = today(work, &found)?;
    let decided = found.standing.revoke(today).map_err(|refusal| refused("revoke", &[refusal]))?;
    if let Decided::Changed(standing) = decided {
        let revoked = store::Qualification { standing, ..found.clone() };
        let kept = keep(work, found, decided, Some(why.reason.clone()), "qualification.revoked")?;
        lapse::find(work, &revoked, today)?;
        return Ok(kept);
    }
    keep(work, found, decided, Some(why.reason.clone()), "qualification.revoked")
}

/// Ends every qualification whose last day is over where its master is. How many there were.
///
/// # Errors
/// Those of the database.
pub fn expire_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    // No calendar is more than a day ahead.
    let latest = now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now).date_naive();
    let mut days = calendar::Days::at(now);
    let mut expired: usize = 0;
    for found in store::ended_before(work.conn(), latest)? {
        let today = days.of(work.conn(), found.network, found.master)?;
        if let Decided::Changed(standing) = found.standing.expire(today) {
            let over = store::Qualification { standing, ..found };
            let since = standing.validity.and_then(|validity| validity.end?.succ_opt()).unwrap_or(today);
            save(work, over.clone(), "qualification.expired")?;
            lapse::find(work, &over, since)?;
            expired = expired.saturating_add(1);
        }
    }
    if expired == 0 {
        work.nothing_changed();
    }
    Ok(expired)
}

fn today(work: &mut Work<'_, '_>, of: &store::Qualification) -> Result<NaiveDate, Problem> {
    let now = work.now()?;
    calendar::today(work.conn(), of.network, of.master, now)
}

fn load(work: &mut Work<'_, '_>, id: QualificationId) -> Result<store::Qualification, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Every refusal in one problem: a conflict where the state is wrong, whatever else is.
fn refused(action: &str, refusals: &[QualificationRefusal]) -> Problem {
    let state = refusals.iter().find_map(|refusal| match refusal {
        QualificationRefusal::WrongState { state } => Some(Problem::state_conflict(action, state.code())),
        _ => None,
    });
    let violation = |refusal: &QualificationRefusal| {
        let at = |pointer: &str| Violation::at(pointer, refusal.code());
        match refusal {
            QualificationRefusal::WrongState { .. } => None,
            QualificationRefusal::EndsBeforeStart => Some(at("/valid_until")),
            QualificationRefusal::OverAlready { today } => Some(at("/valid_until").with("today", today)),
        }
    };
    state.unwrap_or_else(|| Problem::invalid(Vec::new())).violations(refusals.iter().filter_map(violation).collect())
}

/// Keeps what was decided; the same again changes nothing.
fn keep(
    work: &mut Work<'_, '_>,
    found: store::Qualification,
    decided: Decided<Standing>,
    reason: Option<String>,
    kind: &'static str,
) -> Result<Qualification, Problem> {
    let Decided::Changed(standing) = decided else {
        work.nothing_changed();
        return Qualification::of(found);
    };
    let by_master = standing.state != QualificationState::Withdrawn;
    let decided = by_master.then_some((work.actor(), work.now()?));
    save(work, store::Qualification { standing, reason, decided, ..found }, kind)
}

fn save(work: &mut Work<'_, '_>, mut qualification: store::Qualification, kind: &'static str) -> Result<Qualification, Problem> {
    let before = qualification.version;
    (qualification.version, qualification.updated_at) = (before.saturating_add(1), work.now()?);
    if !store::update(work.conn(), &qualification)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, kind, qualification)
}

/// Puts a qualification under the eyes of the master that its partner went over to (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn change_master(work: &mut Work<'_, '_>, id: QualificationId, master: MasterId) -> Result<(), Problem> {
    let found = store::by_id(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (network, version, left) = (found.network, found.version.saturating_add(1), found.master);
    save(work, store::Qualification { master, ..found }, "qualification.master_changed")?;
    work.tell_left("qualification.left", (network, id.to_string(), version), left.into())
}

/// Records what happened to a qualification, for its partner and its master (D22), and shows it.
pub(crate) fn record(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    qualification: store::Qualification,
) -> Result<Qualification, Problem> {
    let (network, version) = (qualification.network, qualification.version);
    let audience = Audience { master: Some(qualification.master), partner: Some(qualification.partner), counterparty: None };
    let shown = Qualification::of(qualification)?;
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
