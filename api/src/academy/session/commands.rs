//! The use cases of sessions of courses: each one transaction.

use domain::{
    academy::{CourseState, EnrolmentAction, SessionDraft, SessionRefusal, SessionState},
    id::{CompanyId, CourseId, CourseSessionId},
};
use persistence::{academy as store, db::Tx, event::Audience, network};

use super::wire::{
    CourseSession, CourseSessionCancellation, CourseSessionChange, CourseSessionFilters, CourseSessionPage, NewCourseSession,
};
use crate::{
    academy::{course::still_teaches, enrolment},
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a session.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: CourseSessionId) -> Result<CourseSession, Problem> {
    let found = store::find_session(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?;
    Ok(CourseSession::of(found, caller.company))
}

/// Lists the sessions of the network.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &CourseSessionFilters,
    paging: &Paging,
) -> Result<CourseSessionPage, Problem> {
    let CourseSessionFilters { course_id, state, starts_from } = filters;
    let filter = store::SessionFilter {
        course: filter_id("course_id", course_id.as_ref())?,
        state: state.map(Into::into),
        from: *starts_from,
    };
    let found = store::page_sessions(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |session| (session.id.uuid(), session.updated_at));
    Ok(CourseSessionPage { data: found.into_iter().map(|session| CourseSession::of(session, caller.company)).collect(), next })
}

/// Plans a session of a published course.
pub(super) fn plan(work: &mut Work<'_, '_>, new: &NewCourseSession) -> Result<CourseSession, Problem> {
    let NewCourseSession { course_id, venue, place, link, language, starts_at, ends_at, capacity } = new;
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let id: CourseId = wire::id(course_id, "/course_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let course = store::find_course(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    if company != course.author() && company != CompanyId::Master(course.master) {
        return Err(Problem::new(Code::Forbidden));
    }
    if course.state != CourseState::Published {
        return Err(Problem::state_conflict("plan_session", course.state.code()));
    }
    let now = work.now()?;
    let session = store::Session {
        id: work.new_id(),
        network: course.network,
        master: course.master,
        instructor: course.instructor,
        course: course.id,
        venue: (*venue).into(),
        place: place.clone(),
        link: link.clone(),
        language: language.clone(),
        starts_at: *starts_at,
        ends_at: *ends_at,
        capacity: *capacity,
        taken: 0,
        state: SessionState::Scheduled,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut violations = faults(work, &session)?;
    if !still_teaches(work, &course)? {
        violations.push(Violation::at("/course_id", "authors_no_courses").rule("R22"));
    }
    let languages = network::find_network(work.conn(), course.network)?.ok_or_else(Problem::not_found)?.languages;
    if !languages.contains(language) {
        let violation = Violation::at("/language", "language_not_of_network").rule("R86");
        violations.push(violation.with("language", language).with("languages", languages.join(", ")));
    }
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    store::insert_session(work.conn(), &session)?;
    record(work, "course_session.planned", session)
}

/// Everything that is wrong with a session.
fn faults(work: &mut Work<'_, '_>, session: &store::Session) -> Result<Vec<Violation>, Problem> {
    let draft = SessionDraft {
        venue: session.venue,
        place: session.place.as_deref(),
        link: session.link.as_deref(),
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        capacity: session.capacity,
        taken: session.taken,
    };
    let now = work.now()?;
    let violation = |refusal: SessionRefusal| {
        let at = |pointer: &str| Violation::at(pointer, refusal.code());
        match refusal {
            SessionRefusal::PlaceMissing => at("/place"),
            SessionRefusal::LinkMissing => at("/link"),
            SessionRefusal::EndsBeforeStart => at("/ends_at"),
            SessionRefusal::StartsInPast => at("/starts_at"),
            SessionRefusal::FewerPlacesThanTaken { taken } => at("/capacity").with("taken", taken),
        }
    };
    Ok(draft.faults(now).into_iter().map(violation).collect())
}

/// A session that the caller gives and that has not begun.
fn load(work: &mut Work<'_, '_>, id: CourseSessionId, action: &str) -> Result<store::Session, Problem> {
    let (network, company, now) = (work.caller()?.network, work.caller()?.company, work.now()?);
    let found = store::find_session(work.conn(), network, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    if !found.is_given_by(company) {
        return Err(Problem::new(Code::Forbidden));
    }
    if found.state == SessionState::Scheduled && found.starts_at <= now {
        return Err(Problem::state_conflict(action, "begun"));
    }
    Ok(found)
}

/// Changes a session; whoever waits moves up where there are more places.
pub(super) fn change(
    work: &mut Work<'_, '_>,
    id: CourseSessionId,
    change: &CourseSessionChange,
) -> Result<CourseSession, Problem> {
    let before = load(work, id, "change")?;
    if before.state == SessionState::Cancelled {
        return Err(Problem::state_conflict("change", before.state.code()));
    }
    let CourseSessionChange { place, link, starts_at, ends_at, capacity } = change;
    let after = store::Session {
        place: place.clone().or_else(|| before.place.clone()),
        link: link.clone().or_else(|| before.link.clone()),
        starts_at: starts_at.unwrap_or(before.starts_at),
        ends_at: ends_at.unwrap_or(before.ends_at),
        capacity: capacity.unwrap_or(before.capacity),
        ..before.clone()
    };
    if after == before {
        work.nothing_changed();
        return Ok(CourseSession::of(before, work.caller()?.company));
    }
    let violations = faults(work, &after)?;
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let session = fill(work, after)?;
    keep(work, session, "course_session.changed")
}

/// Gives every free place of a session to whoever waits longest. The session is the caller's to keep.
///
/// # Errors
/// Those of the database.
pub(in crate::academy) fn fill(work: &mut Work<'_, '_>, mut session: store::Session) -> Result<store::Session, Problem> {
    while session.taken < session.capacity {
        let Some(first) = store::next_waiting(work.conn(), session.id)? else { break };
        enrolment::advance(work, first, EnrolmentAction::MoveUp, &session, "enrolment.moved_up")?;
        session.taken = session.taken.saturating_add(1);
    }
    Ok(session)
}

/// Cancels a session, and every enrolment in it.
pub(super) fn cancel(
    work: &mut Work<'_, '_>,
    id: CourseSessionId,
    why: &CourseSessionCancellation,
) -> Result<CourseSession, Problem> {
    let found = load(work, id, "cancel")?;
    if found.state == SessionState::Cancelled {
        work.nothing_changed();
        return Ok(CourseSession::of(found, work.caller()?.company));
    }
    for live in store::live_of_session(work.conn(), id)? {
        enrolment::advance(work, live, EnrolmentAction::Cancel, &found, "enrolment.cancelled")?;
    }
    let cancelled = store::Session { state: SessionState::Cancelled, taken: 0, reason: Some(why.reason.clone()), ..found };
    keep(work, cancelled, "course_session.cancelled")
}

/// Keeps a changed session as its next version.
///
/// # Errors
/// Those of the database.
pub(in crate::academy) fn keep(
    work: &mut Work<'_, '_>,
    mut session: store::Session,
    kind: &'static str,
) -> Result<CourseSession, Problem> {
    let before = session.version;
    (session.version, session.updated_at) = (before.saturating_add(1), work.now()?);
    if !store::update_session(work.conn(), &session)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, kind, session)
}

/// Records what happened to a session, for whoever gives it, and shows it.
fn record(work: &mut Work<'_, '_>, kind: &'static str, session: store::Session) -> Result<CourseSession, Problem> {
    let audience = Audience { master: Some(session.master), partner: session.instructor, counterparty: None };
    let (network, version) = (session.network, session.version);
    let told = CourseSession::of(session.clone(), CompanyId::Master(session.master));
    work.record(Change { network, kind, subject: told.id.clone(), version, audience, body: &told })?;
    Ok(CourseSession::of(session, work.caller()?.company))
}
