//! The use cases of enrolments that partners have: each one transaction.

use domain::{
    academy::{EnrolmentAction, EnrolmentState, SessionState},
    id::{CompanyId, CourseSessionId, EnrolmentId, PartnerId},
};
use persistence::{
    academy as store, benefit,
    db::{Conn, Tx},
    error::{Constraint, DbError},
};

use super::{
    advance::{advance, record},
    wire::{Enrolment, EnrolmentFilters, EnrolmentPage, NewEnrolment},
};
use crate::{
    academy::session,
    access::Caller,
    benefit::{Source, commands as benefits, take},
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::Work,
};

/// Shows an enrolment.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: EnrolmentId) -> Result<Enrolment, Problem> {
    let found = store::find_enrolment(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found, caller.company)
}

/// Lists the enrolments that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &EnrolmentFilters,
    paging: &Paging,
) -> Result<EnrolmentPage, Problem> {
    let EnrolmentFilters { course_session_id, partner_id, state } = filters;
    let partner: Option<PartnerId> = filter_id("partner_id", partner_id.as_ref())?;
    // An instructor cannot find out by trying which partner somebody is of (D22).
    if partner.is_some() && caller.company.partner().is_some() && caller.company.partner() != partner {
        return Ok(EnrolmentPage { data: Vec::new(), next: None });
    }
    let session = filter_id("course_session_id", course_session_id.as_ref())?;
    let filter = store::EnrolmentFilter { session, partner, state: state.map(Into::into) };
    let found = store::page_enrolments(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |enrolment| (enrolment.id.uuid(), enrolment.updated_at));
    let data: Result<_, Problem> = found.into_iter().map(|found| shown(tx.conn, found, caller.company)).collect();
    Ok(EnrolmentPage { data: data?, next })
}

pub(super) fn shown(conn: &mut Conn, enrolment: store::Enrolment, reader: CompanyId) -> Result<Enrolment, Problem> {
    let session = store::find_session(conn, enrolment.network, enrolment.session)?;
    Ok(Enrolment::of(enrolment, session.and_then(|session| session.link), reader))
}

/// The session of an enrolment.
pub(super) fn session_of(work: &mut Work<'_, '_>, enrolment: &store::Enrolment) -> Result<store::Session, Problem> {
    let found = store::find_session(work.conn(), enrolment.network, enrolment.session)?;
    found.ok_or_else(|| Problem::internal(format!("{}: no session", enrolment.id)))
}

/// Enrols one of a partner's people, or puts it on the waiting list.
pub(super) fn enrol(work: &mut Work<'_, '_>, new: &NewEnrolment) -> Result<Enrolment, Problem> {
    let NewEnrolment { course_session_id, person } = new;
    let caller = work.caller()?;
    let (network, view, company) = (caller.network, caller.view(), caller.company);
    let partner = company.partner().ok_or_else(Problem::not_found)?;
    let invalid = |violation| Problem::invalid(vec![violation]);
    let id: CourseSessionId = wire::id(course_session_id, "/course_session_id").map_err(invalid)?;
    let found = store::find_session(work.conn(), network, id)?.ok_or_else(Problem::not_found)?;
    let now = work.now()?;
    if found.state != SessionState::Scheduled {
        return Err(Problem::state_conflict("enrol", found.state.code()));
    }
    if found.starts_at <= now {
        return Err(Problem::state_conflict("enrol", "begun"));
    }
    let course = store::find_course(work.conn(), &view, found.course)?.ok_or_else(Problem::not_found)?;
    let has_place = found.taken < found.capacity;
    let made = store::Enrolment {
        id: work.new_id(),
        network,
        master: found.master,
        host: found.instructor,
        partner,
        course: found.course,
        session: found.id,
        person_name: person.name.clone(),
        person_email: person.email.trim().to_lowercase(),
        state: if has_place { EnrolmentState::Enrolled } else { EnrolmentState::Waiting },
        score: None,
        note: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_enrolment(work.conn(), &made).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneLiveEnrolment) => Problem::already_exists(Violation::at("/person/email", "enrolled_already")),
        _ => error.into(),
    })?;
    if let Some(code) = &course.benefit {
        take_benefit(work, partner, code, &found)?;
    }
    record(work, "enrolment.made", &made, &found)?;
    let link = found.link.clone();
    if has_place {
        let taken = found.taken.saturating_add(1);
        session::keep(work, store::Session { taken, ..found }, "course_session.place_taken")?;
    }
    Ok(Enrolment::of(made, link, company))
}

/// Takes the benefit that a place in a course is, unless others of the partner's people are in the session by it already.
fn take_benefit(work: &mut Work<'_, '_>, partner: PartnerId, code: &str, session: &store::Session) -> Result<(), Problem> {
    if benefit::of_session(work.conn(), partner, session.id)?.is_some() {
        return Ok(());
    }
    let on = calendar::of(work.conn(), session.network, session.master)?.day_of(session.starts_at);
    let pointer = "/course_session_id";
    let given = benefits::chosen(work, partner, code, on)?;
    let given = given.ok_or_else(|| Problem::invalid(vec![benefits::not_given(pointer, code, on)]))?;
    let taken = take(work, &given, (on, Source::Session(session.id)), None, pointer)?;
    taken.map(drop).map_err(|violation| Problem::invalid(vec![violation]))
}

/// Gives a place back; whoever waits longest moves up.
pub(super) fn cancel(work: &mut Work<'_, '_>, id: EnrolmentId) -> Result<Enrolment, Problem> {
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let found = store::find_enrolment(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    if ![CompanyId::Partner(found.partner), CompanyId::Master(found.master)].contains(&company) {
        return Err(Problem::new(Code::Forbidden));
    }
    let of = session_of(work, &found)?;
    let had_place = found.state.has_place();
    let Some(cancelled) = advance(work, found.clone(), EnrolmentAction::Cancel, &of, "enrolment.cancelled")? else {
        work.nothing_changed();
        return shown(work.conn(), found, company);
    };
    if had_place {
        let taken = of.taken.saturating_sub(1);
        let filled = session::fill(work, store::Session { taken, ..of })?;
        session::keep(work, filled, "course_session.place_freed")?;
    }
    shown(work.conn(), cancelled, company)
}

/// Takes everybody off the waiting list whose session has begun. How many there were.
///
/// # Errors
/// Those of the database.
pub fn miss_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    let mut missed: usize = 0;
    for found in store::missed_before(work.conn(), now)? {
        let of = session_of(work, &found)?;
        advance(work, found, EnrolmentAction::Miss, &of, "enrolment.missed")?;
        missed = missed.saturating_add(1);
    }
    if missed == 0 {
        work.nothing_changed();
    }
    Ok(missed)
}
