//! What a service is about: an introduction or a project of its partner with the company that pays it (R18, R21, R24).

use chrono::NaiveDate;
use domain::{id::CompanyId, project::ProjectState};
use persistence::{introduction, ledger::ServiceSubject, project};

use crate::{
    problem::{Problem, Violation},
    sale::commands::parties::Bound,
    write::Work,
};

/// Reads what a service that was done on a day for a company is about. What is not the partner's own under its agreement, and with that
/// company, is not there (D22).
pub(super) fn read(
    work: &mut Work<'_, '_>,
    text: &str,
    (bound, served, done_on): (&Bound, CompanyId, NaiveDate),
) -> Result<Result<ServiceSubject, Violation>, Problem> {
    let (view, agreement) = (work.caller()?.view(), bound.agreement.id);
    let at = |code| Violation::at("/subject_id", code).rule("R24");
    if let Ok(id) = text.parse() {
        let found = introduction::find(work.conn(), &view, id)?;
        let found = found.filter(|found| found.agreement == agreement && found.company == served);
        return Ok(match found {
            None => Err(at("unknown_subject")),
            Some(found) if !found.status.state.counts() => Err(at("subject_not_agreed").with("state", found.status.state.code())),
            Some(_) => Ok(ServiceSubject::Introduction(id)),
        });
    }
    let Ok(id) = text.parse() else { return Ok(Err(at("unknown_subject"))) };
    let found = project::find(work.conn(), &view, id)?;
    let found = found.filter(|found| found.agreement == agreement && found.company == served);
    Ok(match found {
        None => Err(at("unknown_subject")),
        Some(found) if matches!(found.status.state, ProjectState::Proposed | ProjectState::Declined) => {
            Err(at("subject_not_agreed").with("state", found.status.state.code()))
        }
        Some(found) if done_on < found.starts_on => Err(at("done_before_project").with("starts_on", found.starts_on)),
        Some(_) => Ok(ServiceSubject::Project(id)),
    })
}
