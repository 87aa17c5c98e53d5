//! Projects that follow their customer, once another company answers for it (R49).

use chrono::NaiveDate;
use domain::{
    continuity::{Recorded, responsible_on, spans},
    id::{CompanyId, ContinuityCaseId, CustomerId},
    project::ProjectState,
};
use persistence::project as store;

use super::commands::keep;
use crate::{calendar, problem::Problem, write::Work};

/// With whom a project was on a day: with one company for good where it never changed hands.
///
/// # Errors
/// Those of the database.
pub(crate) fn company_on(work: &mut Work<'_, '_>, found: &store::Project, day: NaiveDate) -> Result<CompanyId, Problem> {
    let history = store::companies_of(work.conn(), found.id)?;
    let recorded: Vec<Recorded> = history.iter().map(store::ProjectCompany::recorded).collect();
    Ok(responsible_on(&spans(&recorded), day).map_or(found.company, |span| span.company))
}

/// Lets a project go on with another company from a day on. A consultant that would have it with itself has it with the master.
///
/// # Errors
/// Those of the database.
pub(crate) fn follow(
    work: &mut Work<'_, '_>,
    found: store::Project,
    company: CompanyId,
    (from, case): (NaiveDate, ContinuityCaseId),
) -> Result<(), Problem> {
    let company = with_whom(&found, company);
    if company == found.company { Ok(()) } else { change_hands(work, found, company, (from, case)) }
}

/// With whom a project is that goes over to a company: a consultant has none with itself.
fn with_whom(found: &store::Project, company: CompanyId) -> CompanyId {
    if company == CompanyId::Partner(found.partner) { CompanyId::Master(found.master) } else { company }
}

/// Ends a project whose consultant failed: nobody advises it any more.
///
/// # Errors
/// Those of the database.
pub(crate) fn end_by_failure(work: &mut Work<'_, '_>, mut found: store::Project, reason: &str) -> Result<(), Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), found.network, found.master, now)?;
    (found.status.state, found.ended_on, found.reason) = (ProjectState::Cancelled, Some(today), Some(reason.to_owned()));
    keep(work, found, "project.cancelled").map(drop)
}

/// Lets all projects of a customer that go on follow it from one company to another.
///
/// # Errors
/// Those of the database.
pub(crate) fn follow_all(
    work: &mut Work<'_, '_>,
    customer: CustomerId,
    (before, after): (CompanyId, CompanyId),
    (from, case): (NaiveDate, ContinuityCaseId),
) -> Result<(), Problem> {
    for found in store::going_on_with(work.conn(), before, customer)? {
        follow(work, found, after, (from, case))?;
    }
    Ok(())
}

/// Lets the projects that a case moved, for a customer or for none yet, be as if they had never gone. What ended meanwhile stays.
///
/// # Errors
/// Those of the database.
pub(crate) fn come_back(
    work: &mut Work<'_, '_>,
    customer: Option<CustomerId>,
    company: CompanyId,
    (from, case): (NaiveDate, ContinuityCaseId),
) -> Result<(), Problem> {
    for found in store::taken_by(work.conn(), case, customer)? {
        let goes_on = matches!(found.status.state, ProjectState::Proposed | ProjectState::Running);
        let last = store::companies_of(work.conn(), found.id)?.pop();
        let company = with_whom(&found, company);
        let by_case = last.is_some_and(|last| last.case == Some(case) && last.company != company);
        if goes_on && by_case {
            change_hands(work, found, company, (from, case))?;
        }
    }
    Ok(())
}

/// Appends to a project's history, and lets the project follow it. The first time it is also written down with whom it began.
fn change_hands(
    work: &mut Work<'_, '_>,
    found: store::Project,
    company: CompanyId,
    (from, case): (NaiveDate, ContinuityCaseId),
) -> Result<(), Problem> {
    let (project, recorded_at) = (found.id, work.now()?);
    let mut history = store::companies_of(work.conn(), project)?;
    let before = history.len();
    let with = |number, company, from, case| store::ProjectCompany { project, number, company, from, case, recorded_at };
    if history.is_empty() {
        history.push(with(1, found.company, None, None));
    }
    let number = history.last().map_or(1, |last| last.number.saturating_add(1));
    history.push(with(number, company, Some(from), Some(case)));
    for new in history.iter().skip(before) {
        store::add_company(work.conn(), new)?;
    }
    let recorded: Vec<Recorded> = history.iter().map(store::ProjectCompany::recorded).collect();
    let company_from = spans(&recorded).last().and_then(|last| last.from);
    keep(work, store::Project { company, company_from, ..found }, "project.company_changed")?;
    Ok(())
}
