//! The use cases of courses: each one transaction.

use domain::{
    academy::{CourseAction, CourseState},
    decided::Decided,
    id::{AgreementId, CompanyId, CourseId, MasterId, NetworkId, PartnerId},
    network::Capability,
};
use persistence::{academy as store, agreement, db::Tx, event::Audience, network};

use super::wire::{Course, CourseChange, CourseFilters, CoursePage, CourseReason, NewCourse};
use crate::{
    academy::{read_texts, text_faults},
    access::Caller,
    agreement::read_terms,
    calendar,
    extract::Paging,
    network::{definition, qualification_kinds},
    problem::{Code, Problem, Violation},
    sale::commands::parties::{Bound, not_in_force},
    wire,
    write::{Change, Work},
};

/// Shows a course.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: CourseId) -> Result<Course, Problem> {
    Course::of(store::find_course(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?, caller.company)
}

/// Lists the courses that the caller may see.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, filters: &CourseFilters, paging: &Paging) -> Result<CoursePage, Problem> {
    let CourseFilters { kind, state } = filters;
    let filter = store::CourseFilter { kind: kind.map(Into::into), state: state.map(Into::into) };
    let found = store::page_courses(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |course| (course.id.uuid(), course.updated_at));
    let data = found.into_iter().map(|course| Course::of(course, caller.company));
    Ok(CoursePage { data: data.collect::<Result<_, _>>()?, next })
}

/// Writes a course.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewCourse) -> Result<Course, Problem> {
    let NewCourse { agreement_id, kind, titles, descriptions, qualification, certificate_months, benefit } = new;
    let network = work.caller()?.network;
    let ((master, instructor), refused) = author(work, agreement_id.as_deref())?;
    let written = |texts| serde_json::to_string(texts).map_err(|error| Problem::internal(error.to_string()));
    let now = work.now()?;
    let course = store::Course {
        id: work.new_id(),
        network,
        master,
        instructor,
        kind: (*kind).into(),
        titles: written(titles)?,
        descriptions: written(descriptions)?,
        qualification: qualification.as_ref().map(|code| code.0.clone()),
        certificate_months: *certificate_months,
        benefit: benefit.as_ref().map(|code| code.0.clone()),
        state: CourseState::Draft,
        published_at: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut violations = refused;
    violations.extend(faults(work, &course, (titles, descriptions))?);
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    store::insert_course(work.conn(), &course)?;
    record(work, "course.created", course)
}

type Author = (MasterId, Option<PartnerId>);

/// Who writes it, and with which master; and what keeps the caller from writing courses (R22).
fn author(work: &mut Work<'_, '_>, agreement: Option<&str>) -> Result<(Author, Vec<Violation>), Problem> {
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let partner = match company {
        CompanyId::Master(master) => return Ok(((master, None), unneeded(agreement))),
        CompanyId::Partner(partner) => partner,
    };
    let missing = || Problem::invalid(vec![Violation::at("/agreement_id", "instructor_agreement_missing").rule("R22")]);
    let invalid = |violation| Problem::invalid(vec![violation]);
    let id: AgreementId = wire::id(agreement.ok_or_else(missing)?, "/agreement_id").map_err(invalid)?;
    let found = agreement::find(work.conn(), &view, id)?.filter(|found| found.partner == partner);
    let bound = Bound::of(work, found.ok_or_else(Problem::not_found)?)?;
    let (network, master, now) = (bound.agreement.network, bound.agreement.master, work.now()?);
    let today = calendar::today(work.conn(), network, master, now)?;
    let idle = (!bound.is_in_force(today)).then(|| not_in_force("/agreement_id", "agreement_not_in_force", today));
    let other = (!bound.terms.capabilities.contains(&Capability::Courses))
        .then(|| Violation::at("/agreement_id", "authors_no_courses").rule("R22"));
    Ok(((master, Some(partner)), [idle, other].into_iter().flatten().collect()))
}

/// Whether an instructor may still make courses with a master: by an agreement in force whose terms let it (R22). A master may.
///
/// # Errors
/// Those of the database.
pub(in crate::academy) fn still_teaches(work: &mut Work<'_, '_>, course: &store::Course) -> Result<bool, Problem> {
    let Some(partner) = course.instructor.filter(|partner| work.caller().is_ok_and(|by| by.company == (*partner).into())) else {
        return Ok(true);
    };
    let now = work.now()?;
    let today = calendar::today(work.conn(), course.network, course.master, now)?;
    for held in agreement::in_force_of(work.conn(), partner, today)? {
        let bound = Bound::of(work, held)?;
        if bound.agreement.master == course.master && bound.terms.capabilities.contains(&Capability::Courses) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unneeded(agreement: Option<&str>) -> Vec<Violation> {
    agreement.map(|_| Violation::at("/agreement_id", "agreement_of_instructors").rule("R22")).into_iter().collect()
}

/// Everything that is wrong with what a course says.
fn faults(
    work: &mut Work<'_, '_>,
    course: &store::Course,
    (titles, descriptions): (&definition::Texts, &definition::Texts),
) -> Result<Vec<Violation>, Problem> {
    let mut violations = text_faults(work.conn(), course.network, titles, "/titles")?;
    violations.extend(text_faults(work.conn(), course.network, descriptions, "/descriptions")?);
    if let Some(code) = &course.qualification {
        let kinds = qualification_kinds(work.conn(), course.network)?;
        if !kinds.iter().any(|kind| kind.code == *code) {
            let known: Vec<&str> = kinds.iter().map(|kind| kind.code.as_str()).collect();
            let violation = Violation::at("/qualification", "unknown_qualification");
            violations.push(violation.with("kind", code).with("known", known.join(", ")));
        }
    }
    if let Some(code) = &course.benefit {
        violations.extend(benefit_fault(work, course.network, code)?);
    }
    Ok(violations)
}

/// A place in a course can only be a benefit that some terms give, and never a discount.
fn benefit_fault(work: &mut Work<'_, '_>, network: NetworkId, code: &str) -> Result<Option<Violation>, Problem> {
    for of_type in network::types_of(work.conn(), network)? {
        for version in network::terms_of(work.conn(), of_type.id)? {
            let (document, _) = read_terms(&version)?;
            let found = document.benefits.get(&definition::Code(code.to_owned()));
            if found.is_some_and(|benefit| benefit.discount.is_none()) {
                return Ok(None);
            }
        }
    }
    Ok(Some(Violation::at("/benefit", "unknown_benefit").rule("R81").with("benefit", code)))
}

/// Changes a draft.
pub(super) fn change(work: &mut Work<'_, '_>, id: CourseId, change: &CourseChange) -> Result<Course, Problem> {
    let before = load(work, id)?;
    of_author(work, &before)?;
    before.state.after(CourseAction::Change).map_err(|state| Problem::state_conflict("change", state.code()))?;
    let CourseChange { titles, descriptions, qualification, certificate_months, benefit } = change;
    let mut after = before.clone();
    let written = |texts: &definition::Texts| serde_json::to_string(texts).map_err(|error| Problem::internal(error.to_string()));
    if let Some(titles) = titles {
        after.titles = written(titles)?;
    }
    if let Some(descriptions) = descriptions {
        after.descriptions = written(descriptions)?;
    }
    if let Some(code) = qualification {
        after.qualification = code.as_ref().map(|code| code.0.clone());
    }
    if let Some(code) = benefit {
        after.benefit = code.as_ref().map(|code| code.0.clone());
    }
    after.certificate_months = certificate_months.unwrap_or(after.certificate_months);
    let texts = (read_texts(&after.titles)?, read_texts(&after.descriptions)?);
    let violations = faults(work, &after, (&texts.0, &texts.1))?;
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    if after == before {
        work.nothing_changed();
        return Course::of(before, work.caller()?.company);
    }
    save(work, after, "course.changed")
}

/// Hands a draft in.
pub(super) fn submit(work: &mut Work<'_, '_>, id: CourseId) -> Result<Course, Problem> {
    let found = load(work, id)?;
    of_author(work, &found)?;
    if !still_teaches(work, &found)? {
        return Err(Problem::invalid(vec![Violation::at("", "authors_no_courses").rule("R22")]));
    }
    step(work, found, CourseAction::Submit, None, "course.submitted")
}

/// Gives a course back to its author.
pub(super) fn give_back(work: &mut Work<'_, '_>, id: CourseId, why: &CourseReason) -> Result<Course, Problem> {
    let found = load(work, id)?;
    of_master(work, &found)?;
    step(work, found, CourseAction::Return, Some(&why.reason), "course.returned")
}

/// Publishes a course.
pub(super) fn publish(work: &mut Work<'_, '_>, id: CourseId) -> Result<Course, Problem> {
    let found = load(work, id)?;
    of_master(work, &found)?;
    step(work, found, CourseAction::Publish, None, "course.published")
}

/// Retires a course.
pub(super) fn retire(work: &mut Work<'_, '_>, id: CourseId, why: &CourseReason) -> Result<Course, Problem> {
    let found = load(work, id)?;
    if work.caller()?.company != CompanyId::Master(found.master) {
        of_author(work, &found)?;
    }
    step(work, found, CourseAction::Retire, Some(&why.reason), "course.retired")
}

fn load(work: &mut Work<'_, '_>, id: CourseId) -> Result<store::Course, Problem> {
    let view = work.caller()?.view();
    let found = store::find_course(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Who may see a course does not therefore change it.
fn of_author(work: &Work<'_, '_>, course: &store::Course) -> Result<(), Problem> {
    if work.caller()?.company == course.author() { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
}

fn of_master(work: &Work<'_, '_>, course: &store::Course) -> Result<(), Problem> {
    if work.caller()?.company == CompanyId::Master(course.master) { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
}

/// Keeps a course where the domain says that it stands; the same again changes nothing.
fn step(
    work: &mut Work<'_, '_>,
    found: store::Course,
    action: CourseAction,
    reason: Option<&String>,
    kind: &'static str,
) -> Result<Course, Problem> {
    let decided = found.state.after(action).map_err(|state| Problem::state_conflict(action.code(), state.code()))?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return Course::of(found, work.caller()?.company);
    };
    let published_at = if state == CourseState::Published { Some(work.now()?) } else { found.published_at };
    save(work, store::Course { state, published_at, reason: reason.cloned(), ..found }, kind)
}

fn save(work: &mut Work<'_, '_>, mut course: store::Course, kind: &'static str) -> Result<Course, Problem> {
    let before = course.version;
    (course.version, course.updated_at) = (before.saturating_add(1), work.now()?);
    if !store::update_course(work.conn(), &course)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, kind, course)
}

/// Records what happened to a course, for its author and its master, and shows it.
fn record(work: &mut Work<'_, '_>, kind: &'static str, course: store::Course) -> Result<Course, Problem> {
    let audience = Audience { master: Some(course.master), partner: course.instructor, counterparty: None };
    let (network, version, company) = (course.network, course.version, work.caller()?.company);
    let shown = Course::of(course, company)?;
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
