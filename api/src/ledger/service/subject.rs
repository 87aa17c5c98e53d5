//! What a service is about: an introduction or a project of its partner with the company that pays it, a course that the partner
//! wrote for it or a session that it held (R18, R21, R22, R24).

use chrono::NaiveDate;
use domain::{
    academy::{CourseState, SessionState},
    id::{CompanyId, CourseId, CourseSessionId, IntroductionId, ProjectId},
    ledger::{IntroductionFeeRefusal, check_introduction_fee},
    money::Decimal,
    network::Fee,
    project::ProjectState,
};
use persistence::{
    academy,
    agreement::Agreement,
    db::Conn,
    introduction,
    ledger::{ServiceSubject, is_reported_for},
    project,
};

use crate::{
    calendar,
    problem::{Problem, Violation},
    project::company_on,
    sale::commands::parties::Bound,
    write::Work,
};

type Read = Result<Result<ServiceSubject, Violation>, Problem>;

/// Whose service it is, whom it was done for, and when.
type Done<'a> = (&'a Agreement, CompanyId, NaiveDate);

/// Reads what a service that was done on a day for a company is about. What is not the partner's own under its agreement, and with that
/// company, is not there (D22).
pub(super) fn read(work: &mut Work<'_, '_>, text: &str, (bound, served, done_on): (&Bound, CompanyId, NaiveDate)) -> Read {
    let done = (&bound.agreement, served, done_on);
    if let Ok(id) = text.parse() {
        return introduction(work, id, done);
    }
    if let Ok(id) = text.parse() {
        return project(work, id, done);
    }
    if let Ok(id) = text.parse() {
        return course(work, id, done);
    }
    match text.parse() {
        Ok(id) => session(work, id, done),
        Err(_) => Ok(Err(at("unknown_subject"))),
    }
}

fn at(code: &'static str) -> Violation {
    Violation::at("/subject_id", code).rule("R24")
}

fn introduction(work: &mut Work<'_, '_>, id: IntroductionId, (of, served, _): Done<'_>) -> Read {
    let view = work.caller()?.view();
    let found = introduction::find(work.conn(), &view, id)?;
    let found = found.filter(|found| found.agreement == of.id && found.company == served);
    Ok(match found {
        None => Err(at("unknown_subject")),
        Some(found) if !found.status.state.counts() => Err(at("subject_not_agreed").with("state", found.status.state.code())),
        Some(_) => Ok(ServiceSubject::Introduction(id)),
    })
}

fn project(work: &mut Work<'_, '_>, id: ProjectId, (of, served, done_on): Done<'_>) -> Read {
    let view = work.caller()?.view();
    let found = match project::find(work.conn(), &view, id)? {
        Some(found) if is_under(&found, of) && company_on(work, &found, done_on)? == served => Some(found),
        _ => None,
    };
    Ok(match found {
        None => Err(at("unknown_subject")),
        Some(found) if matches!(found.status.state, ProjectState::Proposed | ProjectState::Declined) => {
            Err(at("subject_not_agreed").with("state", found.status.state.code()))
        }
        Some(found) if done_on < found.starts_on => Err(at("done_before_project").with("starts_on", found.starts_on)),
        Some(_) => Ok(ServiceSubject::Project(id)),
    })
}

/// What keeps a fee from being paid for the introduction that a service is about.
pub(super) fn paid_before(
    conn: &mut Conn,
    subject: ServiceSubject,
    (fee, quantity): (&Fee, Decimal),
) -> Result<Vec<Violation>, Problem> {
    let ServiceSubject::Introduction(id) = subject else { return Ok(Vec::new()) };
    let reported = is_reported_for(conn, id, &fee.code)?;
    let refusals = check_introduction_fee(fee.unit, quantity, reported).err().unwrap_or_default();
    Ok(refusals.into_iter().map(refused).collect())
}

/// How a refusal of a fee for an introduction is told.
pub(super) fn refused(refusal: IntroductionFeeRefusal) -> Violation {
    let pointer = match refusal {
        IntroductionFeeRefusal::NotOne => "/quantity",
        IntroductionFeeRefusal::AlreadyReported => "/subject_id",
    };
    Violation::at(pointer, refusal.code()).rule(refusal.rule())
}

/// Whether an agreement pays for a project: it began under it, or followed its customer to another company, with which its consultant made
/// this one (R49, D19).
fn is_under(found: &project::Project, of: &Agreement) -> bool {
    found.agreement == of.id || (found.partner == of.partner && found.company_from.is_some())
}

/// The company with which a project was on a day that began under an agreement and followed its customer from the agreement's other
/// party; none where it did not, or no project is named (R49, D19).
pub(super) fn followed_to(
    work: &mut Work<'_, '_>,
    subject: Option<&str>,
    (of, day): (&Agreement, NaiveDate),
) -> Result<Option<CompanyId>, Problem> {
    let Some(id) = subject.and_then(|text| text.parse().ok()) else { return Ok(None) };
    let view = work.caller()?.view();
    let Some(found) = project::find(work.conn(), &view, id)?.filter(|found| found.agreement == of.id) else { return Ok(None) };
    let company = company_on(work, &found, day)?;
    Ok((found.company_from.is_some() && company != of.counterparty).then_some(company))
}

/// A course that the partner wrote with the master that pays it, which published it.
fn course(work: &mut Work<'_, '_>, id: CourseId, (of, served, _): Done<'_>) -> Read {
    let view = work.caller()?.view();
    let found = academy::find_course(work.conn(), &view, id)?;
    let found = found.filter(|found| found.instructor == Some(of.partner) && served == CompanyId::Master(found.master));
    Ok(match found {
        None => Err(at("unknown_subject")),
        Some(found) if matches!(found.state, CourseState::Draft | CourseState::Submitted) => {
            Err(at("subject_not_agreed").with("state", found.state.code()))
        }
        Some(_) => Ok(ServiceSubject::Course(id)),
    })
}

/// A session of a course of the partner's, which it held: it is over, and the service was done on its first day or later.
fn session(work: &mut Work<'_, '_>, id: CourseSessionId, (of, served, done_on): Done<'_>) -> Read {
    let now = work.now()?;
    let found = academy::find_session(work.conn(), of.network, id)?;
    let found = found.filter(|found| found.instructor == Some(of.partner) && served == CompanyId::Master(found.master));
    let Some(found) = found else { return Ok(Err(at("unknown_subject"))) };
    if found.state == SessionState::Cancelled {
        return Ok(Err(at("subject_not_agreed").with("state", found.state.code())));
    }
    let starts_on = calendar::of(work.conn(), found.network, found.master)?.day_of(found.starts_at);
    Ok(if now < found.ends_at || done_on < starts_on {
        Err(at("session_not_held").with("ends_at", found.ends_at).with("starts_on", starts_on))
    } else {
        Ok(ServiceSubject::CourseSession(id))
    })
}
