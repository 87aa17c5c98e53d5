//! Milestones of projects: set by either party, with the progress that the consultant reports (R21).

use domain::{
    id::{MilestoneId, ProjectId},
    project::{MilestoneRefusal, Progress, ProjectParty, ProjectState, check_due},
};
use persistence::{db::Tx, project as store};

use super::{
    commands::{Seen, audience},
    wire::{Milestone, MilestoneChange, MilestonePage, NewMilestone},
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    write::{Change, Work},
};

/// Lists the milestones of a project that the caller may see.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, id: ProjectId, paging: &Paging) -> Result<MilestonePage, Problem> {
    let project = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let now = tx.now()?;
    let today = calendar::today(tx.conn, project.network, project.master, now)?;
    let found = store::page_milestones(tx.conn, id, &paging.page())?;
    let (milestones, next) = paging.cut(found, |milestone| (milestone.id.uuid(), milestone.updated_at));
    Ok(MilestonePage { data: milestones.into_iter().map(|milestone| Milestone::of(milestone, today)).collect(), next })
}

/// Shows a milestone of a project that the caller may see.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: MilestoneId) -> Result<Milestone, Problem> {
    let found = store::find_milestone(tx.conn, id)?.ok_or_else(Problem::not_found)?;
    let project = store::find(tx.conn, &caller.view(), found.project)?.ok_or_else(Problem::not_found)?;
    let now = tx.now()?;
    let today = calendar::today(tx.conn, project.network, project.master, now)?;
    Ok(Milestone::of(found, today))
}

/// What is wrong with a milestone, as an answer says it.
pub(super) fn refused(refusal: MilestoneRefusal, pointer: &str) -> Violation {
    let violation = Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        MilestoneRefusal::DueBeforeStart { starts_on } => violation.with("starts_on", starts_on),
        MilestoneRefusal::ReachedBefore { reached_on } => violation.with("reached_on", reached_on),
    }
}

/// A project that has ended has no more milestones to set or to reach.
fn ensure_open(seen: &Seen, action: &str, running: bool) -> Result<(), Problem> {
    let state = seen.project.status.state;
    let open = state == ProjectState::Running || (!running && state == ProjectState::Proposed);
    if open { Ok(()) } else { Err(Problem::state_conflict(action, state.code())) }
}

/// Sets a milestone.
pub(super) fn set(work: &mut Work<'_, '_>, id: ProjectId, new: &NewMilestone) -> Result<Milestone, Problem> {
    let NewMilestone { title, due_on } = new;
    let seen = Seen::load(work, id)?;
    seen.party(work)?;
    ensure_open(&seen, "set", false)?;
    if let Some(refusal) = check_due(seen.project.starts_on, *due_on) {
        return Err(Problem::invalid(vec![refused(refusal, "/due_on")]));
    }
    let now = work.now()?;
    let milestone = store::Milestone {
        id: work.new_id(),
        project: id,
        title: title.clone(),
        due_on: *due_on,
        progress: Progress::NONE,
        note: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_milestone(work.conn(), &milestone)?;
    record(work, "milestone.set", &seen, milestone)
}

/// Changes a milestone: its day by either party, its progress by the consultant while the project runs.
pub(super) fn change(work: &mut Work<'_, '_>, id: MilestoneId, change: &MilestoneChange) -> Result<Milestone, Problem> {
    let MilestoneChange { due_on, progress, note } = change;
    let before = store::find_milestone(work.conn(), id)?.ok_or_else(Problem::not_found)?;
    let seen = Seen::load(work, before.project)?;
    work.expect_version(before.version)?;
    let party = seen.party(work)?;
    let reports = progress.is_some() || note.is_some();
    if reports && party != ProjectParty::Consultant {
        return Err(Problem::new(Code::Forbidden));
    }
    ensure_open(&seen, "change", reports)?;
    let mut wrong = Vec::new();
    let due_on = due_on.unwrap_or(before.due_on);
    wrong.extend(check_due(seen.project.starts_on, due_on).map(|refusal| refused(refusal, "/due_on")));
    let progress = progress.map_or(Ok(before.progress), |percent| before.progress.report(percent, seen.today));
    let progress = progress.map_err(|refusal| wrong.push(refused(refusal, "/progress")));
    let (Ok(progress), true) = (progress, wrong.is_empty()) else { return Err(Problem::invalid(wrong)) };
    let mut after = store::Milestone { due_on, progress, ..before.clone() };
    if note.is_some() {
        after.note.clone_from(note);
    }
    if after == before {
        work.nothing_changed();
        return Ok(Milestone::of(before, seen.today));
    }
    after.version = before.version.saturating_add(1);
    after.updated_at = work.now()?;
    if !store::update_milestone(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before.version));
    }
    record(work, "milestone.changed", &seen, after)
}

/// Refuses to complete a project one of whose milestones is not reached: all of them are said.
pub(super) fn ensure_all_reached(work: &mut Work<'_, '_>, id: ProjectId) -> Result<(), Problem> {
    let open = store::milestones_of(work.conn(), id)?.into_iter().filter(|milestone| milestone.progress.reached_on.is_none());
    let open: Vec<Violation> =
        open.map(|milestone| Violation::at("", "milestone_not_reached").rule("R21").with("title", milestone.title)).collect();
    if open.is_empty() { Ok(()) } else { Err(Problem::invalid(open)) }
}

fn record(work: &mut Work<'_, '_>, kind: &'static str, seen: &Seen, milestone: store::Milestone) -> Result<Milestone, Problem> {
    let (network, version) = (seen.project.network, milestone.version);
    let body = Milestone::of(milestone, seen.today);
    let audience = audience(&seen.project);
    work.record(Change { network, kind, subject: body.id.clone(), version, audience, body: &body })?;
    Ok(body)
}
