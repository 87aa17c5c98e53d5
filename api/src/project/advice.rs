//! Advice given in projects (R21): by the consultant, on a day for which its area of expertise is confirmed.

use domain::{
    id::ProjectId,
    project::{ProjectParty, ProjectState},
};
use persistence::{db::Tx, project as store};

use super::{
    area,
    commands::{Seen, audience},
    wire::{NewProjectAdvice, ProjectAdvice, ProjectAdvicePage},
};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    promotion::Acting,
    write::{Change, Work},
};

/// Lists the advice given in a project that the caller may see.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, id: ProjectId, paging: &Paging) -> Result<ProjectAdvicePage, Problem> {
    store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let found = store::page_advice(tx.conn, id, &paging.page())?;
    let (advice, next) = paging.cut(found, |advice| (advice.id.uuid(), advice.recorded_at));
    Ok(ProjectAdvicePage { data: advice.into_iter().map(ProjectAdvice::from).collect(), next })
}

/// Records a piece of advice.
pub(super) fn give(work: &mut Work<'_, '_>, id: ProjectId, new: &NewProjectAdvice) -> Result<ProjectAdvice, Problem> {
    let NewProjectAdvice { dated_on, advice, document } = new;
    let seen = Seen::load(work, id)?;
    if seen.party(work)? != ProjectParty::Consultant {
        return Err(Problem::new(Code::Forbidden));
    }
    let state = seen.project.status.state;
    if state != ProjectState::Running {
        return Err(Problem::state_conflict("advise", state.code()));
    }
    let acting = Acting::of(work, seen.project.network, seen.project.agreement)?;
    let mut wrong = Vec::new();
    if *dated_on > seen.today {
        wrong.push(Violation::at("/dated_on", "dated_in_future").with("today", seen.today));
    }
    let goes_on = acting.ended_by_failure() && seen.project.company_from.is_some();
    if !acting.bound.is_in_force(*dated_on) && !goes_on {
        wrong.push(Violation::at("/dated_on", "agreement_not_in_force").rule("R7").with("day", *dated_on));
    }
    wrong.extend(area::refusal(work, &acting, &seen.project.area, (*dated_on, "/dated_on"))?);
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let given = store::Advice {
        id: work.new_id(),
        project: id,
        dated_on: *dated_on,
        advice: advice.clone(),
        document: document.clone(),
        given_by: work.actor(),
        recorded_at: work.now()?,
    };
    store::insert_advice(work.conn(), &given)?;
    let body = ProjectAdvice::from(given);
    let (network, audience) = (seen.project.network, audience(&seen.project));
    work.record(Change { network, kind: "project.advised", subject: body.id.clone(), version: 1, audience, body: &body })?;
    Ok(body)
}
