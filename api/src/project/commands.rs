//! The use cases of projects: each one transaction.

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, CustomerId, ProjectId},
    network::Capability,
    project::{Project as Status, ProjectAction, ProjectParty, ProjectRefusal, ProjectState, check_due},
};
use persistence::{customer, db::Tx, event::Audience, project as store, reference::Referred};

use super::{
    area, milestone,
    wire::{NewProject, Project, ProjectAcceptance, ProjectChange, ProjectEnd, ProjectFilters, ProjectPage},
};
use crate::{
    access::Caller,
    calendar,
    continuity::suspension,
    extract::Paging,
    problem::{Code, Problem, Violation},
    promotion::{Acting, Pointers, violations},
    reference::{self, ensure_as_made},
    wire::{self, ExternalReference, company_id, filter_company, filter_id},
    write::{Change, Work},
};

/// Shows a project.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ProjectId) -> Result<Project, Problem> {
    let found = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    Ok(Project::of(found, references))
}

/// Lists the projects that the caller may see.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, filters: &ProjectFilters, paging: &Paging) -> Result<ProjectPage, Problem> {
    let ProjectFilters { state, partner_id, company_id, customer_id, area } = filters;
    let filters = store::Filters {
        state: state.map(Into::into),
        partner: filter_id("partner_id", partner_id.as_ref())?,
        company: filter_company("company_id", company_id.as_deref())?,
        customer: filter_id("customer_id", customer_id.as_ref())?,
        area: area.clone(),
    };
    let found = store::page(tx.conn, &caller.view(), filters, &paging.page())?;
    let (projects, next) = paging.cut(found, |project| (project.id.uuid(), project.updated_at));
    let ids: Vec<_> = projects.iter().map(|project| project.id.uuid()).collect();
    let mut references = reference::of_all(tx.conn, caller.company, &ids)?;
    let data = projects.into_iter().map(|project| {
        let own = references.extract_if(.., |(id, _)| *id == project.id.uuid()).map(|(_, reference)| reference).collect();
        Project::of(project, own)
    });
    Ok(ProjectPage { data: data.collect(), next })
}

/// A customer that the company answers for.
fn customer_of(
    work: &mut Work<'_, '_>,
    company: CompanyId,
    text: &str,
) -> Result<Result<customer::Customer, Violation>, Problem> {
    let id: CustomerId = wire::id(text, "/customer_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let view = work.caller()?.view();
    let found = customer::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    let answered = || Violation::at("/customer_id", "customer_answered_by_another").rule("R51");
    Ok(if found.responsible == company { Ok(found) } else { Err(answered()) })
}

/// Who proposes a project to whom, and for which customer.
struct Asked {
    by: ProjectParty,
    company: CompanyId,
    customer: Option<CustomerId>,
    customer_name: String,
}

fn asked(work: &mut Work<'_, '_>, new: &NewProject, acting: &Acting, wrong: &mut Vec<Violation>) -> Result<Asked, Problem> {
    let (caller, of) = (work.caller()?.company, &acting.bound.agreement);
    let at = |pointer: &str, code| Violation::at(pointer, code).rule("R21");
    if caller == CompanyId::Partner(of.partner) {
        let company = match &new.company_id {
            Some(text) => company_id(text, "/company_id").map_err(|violation| Problem::invalid(vec![violation]))?,
            None => of.counterparty,
        };
        // A consultant has no business with the ids of others' customers (D22).
        wrong.extend(new.customer_id.as_ref().map(|_| at("/customer_id", "customer_by_name")));
        wrong.extend(new.customer_name.is_none().then(|| at("/customer_name", "customer_by_name")));
        let customer_name = new.customer_name.clone().unwrap_or_default();
        return Ok(Asked { by: ProjectParty::Consultant, company, customer: None, customer_name });
    }
    let by = ProjectParty::Company;
    wrong.extend(new.company_id.as_ref().map(|_| at("/company_id", "company_is_you")));
    wrong.extend(new.customer_name.as_ref().map(|_| at("/customer_name", "customer_by_id")));
    let Some(text) = &new.customer_id else {
        wrong.push(at("/customer_id", "customer_by_id"));
        return Ok(Asked { by, company: caller, customer: None, customer_name: String::new() });
    };
    match customer_of(work, caller, text)? {
        Ok(found) => {
            let customer_name = found.identity.name().to_owned();
            Ok(Asked { by, company: caller, customer: Some(found.id), customer_name })
        }
        Err(violation) => {
            wrong.push(violation);
            Ok(Asked { by, company: caller, customer: None, customer_name: String::new() })
        }
    }
}

/// Proposes a project.
pub(super) fn propose(work: &mut Work<'_, '_>, new: &NewProject) -> Result<Project, Problem> {
    let acting = Acting::seen(work, &new.agreement_id)?;
    let mut wrong = Vec::new();
    let Asked { by, company, customer, customer_name } = asked(work, new, &acting, &mut wrong)?;
    let refusals = acting.refusals(work, Capability::Projects, company, new.starts_on)?;
    wrong.extend(violations(&refusals, Pointers::BODY, new.starts_on));
    wrong.extend(suspended_itself(work, company)?);
    wrong.extend(area::refusal(work, &acting, &new.area.0, (new.starts_on, "/area"))?);
    wrong.extend(new.due_on.and_then(|due| check_due(new.starts_on, due)).map(|it| milestone::refused(it, "/due_on")));
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let (of, now) = (&acting.bound.agreement, work.now()?);
    let project = store::Project {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        company,
        company_from: None,
        partner: of.partner,
        agreement: of.id,
        customer,
        customer_name,
        area: new.area.0.clone(),
        title: new.title.clone(),
        description: new.description.clone(),
        status: Status { state: ProjectState::Proposed, proposed_by: by },
        starts_on: new.starts_on,
        due_on: new.due_on,
        ended_on: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &project)?;
    refer(work, project.id, &new.external_references)?;
    finish(work, "project.proposed", project)
}

/// What keeps a company from new projects while a case suspends it. A consultant is told nothing of that (D22).
fn suspended_itself(work: &mut Work<'_, '_>, company: CompanyId) -> Result<Option<Violation>, Problem> {
    let itself = work.caller()?.company == company;
    suspension(work, company.partner().filter(|_| itself), "")
}

/// A project that the caller sees, which part it has in it, and the day it is where its master is.
pub(super) struct Seen {
    pub(super) project: store::Project,
    pub(super) today: NaiveDate,
}

impl Seen {
    pub(super) fn load(work: &mut Work<'_, '_>, id: ProjectId) -> Result<Self, Problem> {
        let (view, now) = (work.caller()?.view(), work.now()?);
        let project = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
        let today = calendar::today(work.conn(), project.network, project.master, now)?;
        Ok(Self { project, today })
    }

    /// Which party of it the caller is.
    ///
    /// # Errors
    /// `forbidden` for a master that only supervises it.
    pub(super) fn party(&self, work: &Work<'_, '_>) -> Result<ProjectParty, Problem> {
        let company = work.caller()?.company;
        if company == self.project.company {
            return Ok(ProjectParty::Company);
        }
        let consultant = CompanyId::Partner(self.project.partner);
        if company == consultant { Ok(ProjectParty::Consultant) } else { Err(Problem::new(Code::Forbidden)) }
    }
}

/// Lets the domain decide where a project stands. None where the same was decided before.
fn decide(work: &mut Work<'_, '_>, seen: &Seen, action: ProjectAction) -> Result<Option<ProjectState>, Problem> {
    work.expect_version(seen.project.version)?;
    let party = seen.party(work)?;
    let decided = seen.project.status.after(action, party).map_err(|refusal| match refusal {
        ProjectRefusal::OtherParty => Problem::new(Code::Forbidden),
        ProjectRefusal::WrongState { state } => Problem::state_conflict(action.word(), state.code()),
    })?;
    Ok(decided.changed())
}

/// Keeps a changed project as its next version, and records what happened.
pub(super) fn keep(work: &mut Work<'_, '_>, mut project: store::Project, kind: &'static str) -> Result<Project, Problem> {
    let before = project.version;
    project.version = before.saturating_add(1);
    project.updated_at = work.now()?;
    if !store::update(work.conn(), &project)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, project)
}

fn as_before(work: &mut Work<'_, '_>, seen: Seen) -> Result<Project, Problem> {
    work.nothing_changed();
    let company = work.caller()?.company;
    let references = reference::of(work.conn(), company, seen.project.id.uuid())?;
    Ok(Project::of(seen.project, references))
}

/// Agrees to a project: the consultant's area has to be confirmed on its first day still.
pub(super) fn accept(work: &mut Work<'_, '_>, id: ProjectId, said: &ProjectAcceptance) -> Result<Project, Problem> {
    let seen = Seen::load(work, id)?;
    let Some(state) = decide(work, &seen, ProjectAction::Accept)? else { return as_before(work, seen) };
    let Seen { mut project, .. } = seen;
    let acting = Acting::of(work, project.network, project.agreement)?;
    let on = project.starts_on;
    let refusals = acting.refusals(work, Capability::Projects, project.company, on)?;
    let mut wrong = violations(&refusals, Pointers::ACTION, on);
    wrong.extend(suspended_itself(work, project.company)?);
    wrong.extend(area::refusal(work, &acting, &project.area, (on, ""))?);
    match (&said.customer_id, project.customer) {
        (None, Some(_)) => {}
        (Some(_), Some(_)) => wrong.push(Violation::at("/customer_id", "customer_named_before").rule("R21")),
        (None, None) => wrong.push(Violation::at("/customer_id", "customer_by_id").rule("R21")),
        (Some(text), None) => match customer_of(work, project.company, text)? {
            Ok(found) => (project.customer, project.customer_name) = (Some(found.id), found.identity.name().to_owned()),
            Err(violation) => wrong.push(violation),
        },
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    project.status.state = state;
    keep(work, project, "project.accepted")
}

fn end(
    work: &mut Work<'_, '_>,
    id: ProjectId,
    reason: Option<&String>,
    (action, kind): (ProjectAction, &'static str),
) -> Result<Project, Problem> {
    let seen = Seen::load(work, id)?;
    let Some(state) = decide(work, &seen, action)? else { return as_before(work, seen) };
    if action == ProjectAction::Complete {
        milestone::ensure_all_reached(work, id)?;
    }
    let Seen { mut project, today } = seen;
    (project.status.state, project.ended_on, project.reason) = (state, Some(today), reason.cloned());
    keep(work, project, kind)
}

/// Declines a project that the other party proposed.
pub(super) fn decline(work: &mut Work<'_, '_>, id: ProjectId, said: &ProjectEnd) -> Result<Project, Problem> {
    end(work, id, Some(&said.reason), (ProjectAction::Decline, "project.declined"))
}

/// Gives a project up.
pub(super) fn cancel(work: &mut Work<'_, '_>, id: ProjectId, said: &ProjectEnd) -> Result<Project, Problem> {
    end(work, id, Some(&said.reason), (ProjectAction::Cancel, "project.cancelled"))
}

/// Completes a project whose milestones are all reached.
pub(super) fn complete(work: &mut Work<'_, '_>, id: ProjectId) -> Result<Project, Problem> {
    end(work, id, None, (ProjectAction::Complete, "project.completed"))
}

/// Changes what the caller's other systems call a project.
pub(super) fn change(work: &mut Work<'_, '_>, id: ProjectId, change: &ProjectChange) -> Result<Project, Problem> {
    let seen = Seen::load(work, id)?;
    work.expect_version(seen.project.version)?;
    seen.party(work)?;
    let company = work.caller()?.company;
    let known = reference::of(work.conn(), company, id.uuid())?;
    let ProjectChange { external_references } = change;
    let Some(references) = external_references.as_ref().filter(|references| !reference::are_same(references, &known)) else {
        return as_before(work, seen);
    };
    refer(work, id, references)?;
    keep(work, seen.project, "project.changed")
}

/// The project that the caller calls by this name.
pub(super) fn show_by_reference(tx: &mut Tx<'_>, caller: &Caller, name: &ExternalReference) -> Result<Project, Problem> {
    let found = reference::find(tx.conn, caller.company, Referred::Project, name)?;
    show(tx, caller, ProjectId::from_uuid(found.ok_or_else(Problem::not_found)?))
}

/// Proposes the project that the caller calls by this name, or changes its names: twice the same changes nothing. What was proposed
/// stays.
pub(super) fn upsert(work: &mut Work<'_, '_>, name: &ExternalReference, new: &NewProject) -> Result<Project, Problem> {
    let company = work.caller()?.company;
    let mut new = new.clone();
    new.external_references.retain(|reference| reference.system != name.system);
    new.external_references.push(name.clone());
    let Some(found) = reference::find(work.conn(), company, Referred::Project, name)? else {
        return propose(work, &new);
    };
    let id = ProjectId::from_uuid(found);
    let before = Seen::load(work, id)?.project;
    let NewProject {
        agreement_id,
        company_id,
        customer_id,
        customer_name,
        area,
        title,
        description,
        starts_on,
        due_on,
        external_references,
    } = new;
    // With whom it is follows its customer, and a customer that was called by name has its own name once it is agreed.
    let with = before.company_from.is_none().then(|| before.company.to_string());
    let for_whom = before.customer.map(|id| id.to_string());
    let other = [
        (agreement_id != before.agreement.to_string(), "/agreement_id"),
        (company_id.zip(with).is_some_and(|(named, with)| named != with), "/company_id"),
        (customer_id.is_some() && customer_id != for_whom, "/customer_id"),
        (customer_name.is_some_and(|named| for_whom.is_none() && named != before.customer_name), "/customer_name"),
        (area.0 != before.area, "/area"),
        (title != before.title, "/title"),
        (description != before.description, "/description"),
        (starts_on != before.starts_on, "/starts_on"),
        (due_on != before.due_on, "/due_on"),
    ];
    ensure_as_made(&other, "R21")?;
    change(work, id, &ProjectChange { external_references: Some(external_references) })
}

fn refer(work: &mut Work<'_, '_>, id: ProjectId, references: &[ExternalReference]) -> Result<(), Problem> {
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Project, id.uuid(), references)
}

/// Whom what happens in a project concerns: its parties, and the master.
pub(super) fn audience(project: &store::Project) -> Audience {
    let store::Project { master, partner, company, .. } = *project;
    Audience { master: Some(master), partner: Some(partner), counterparty: Some(company) }
}

fn finish(work: &mut Work<'_, '_>, kind: &'static str, project: store::Project) -> Result<Project, Problem> {
    let (network, subject, version) = (project.network, project.id.to_string(), project.version);
    let body = Project::of(project.clone(), Vec::new());
    work.record(Change { network, kind, subject, version, audience: audience(&project), body: &body })?;
    let company = work.caller()?.company;
    let references = reference::of(work.conn(), company, project.id.uuid())?;
    Ok(Project::of(project, references))
}
