//! A plan is carried out, taken back or made final: piece by piece, by any process, until nothing is left to do.

use domain::{
    continuity::{
        CaseState, close as decide_closing, confirm as decide_confirming, execute as decide_execution,
        revert as decide_reverting, worked_off,
    },
    decided::Decided,
    id::{ContinuityCaseId, SessionId},
};
use persistence::{
    continuity as store,
    db::{Db, Tx},
    view::View,
};

use super::{
    super::wire::{ContinuityCase, ContinuityRun},
    finish::{ensure_all_fit, finalise},
    hand_over::{back, over},
    load, plan, refused, save, unchanged,
};
use crate::{
    access::{Bearer, Caller, Role},
    problem::Problem,
    write::{Job, Work},
};

/// How much one turn of the service itself carries out in a transaction.
const TURN: i64 = 10;

/// Carries the plan out from the day of the takeover on.
pub(crate) fn execute(work: &mut Work<'_, '_>, id: ContinuityCaseId, run: &ContinuityRun) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    let today = plan::today(work, &case)?;
    let from = case.plan.map_or(today, |plan| plan.from);
    let decided = decide_execution(case.state, from, today).map_err(refused)?;
    go_on(work, case, decided, run.limit)
}

/// Takes back what was carried out.
pub(crate) fn revert(work: &mut Work<'_, '_>, id: ContinuityCaseId, run: &ContinuityRun) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    let decided = decide_reverting(case.state).map_err(refused)?;
    go_on(work, case, decided, run.limit)
}

/// Makes the takeover final.
pub(crate) fn confirm(work: &mut Work<'_, '_>, id: ContinuityCaseId, run: &ContinuityRun) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    let decided = decide_confirming(case.state).map_err(refused)?;
    if case.state == CaseState::Executed {
        ensure_all_fit(work, &case)?;
    }
    go_on(work, case, decided, run.limit)
}

fn go_on(work: &mut Work<'_, '_>, case: store::Case, decided: Decided<CaseState>, limit: i64) -> Result<ContinuityCase, Problem> {
    match decided {
        Decided::Unchanged => unchanged(work, case),
        Decided::Changed(state) => advance(work, store::Case { state, ..case }, limit),
    }
}

/// Does the next pieces, `limit` of them at most. Where there were fewer, nothing is left.
fn advance(work: &mut Work<'_, '_>, case: store::Case, limit: i64) -> Result<ContinuityCase, Problem> {
    let done = match case.state {
        CaseState::Executing => over(work, &case, limit)?,
        CaseState::Reverting => back(work, &case, limit)?,
        CaseState::Confirming => finalise(work, &case, limit)?,
        _ => 0,
    };
    let done = i64::try_from(done).unwrap_or(limit);
    let mut case = case;
    if done < limit {
        // What was taken back is planned and approved anew.
        let again = i32::from(case.state == CaseState::Reverting);
        case.plan_number = case.plan_number.saturating_add(again);
        case.state = worked_off(case.state);
    }
    let kind = match case.state {
        CaseState::Executing => "continuity_case.executing",
        CaseState::Executed => "continuity_case.executed",
        CaseState::Reverting => "continuity_case.reverting",
        CaseState::Confirming => "continuity_case.confirming",
        CaseState::Confirmed => "continuity_case.confirmed",
        _ => "continuity_case.reverted",
    };
    save(work, kind, case)
}

/// Closes a case with which nobody was left alone.
pub(crate) fn close(work: &mut Work<'_, '_>, id: ContinuityCaseId) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    let left = store::left_of(work.conn(), case.partner)?;
    let Decided::Changed(state) = decide_closing(case.state, left).map_err(refused)? else {
        return unchanged(work, case);
    };
    let ended_at = Some(work.now()?);
    save(work, "continuity_case.closed", store::Case { state, ended_at, ..case })
}

/// Goes on with every case that is being carried out, until nothing is left of it or another process is at it. How many turns it
/// took. What keeps one plan from being carried out any more keeps no other.
///
/// # Errors
/// Those of the database, once every case had its turns; the first of them, or of what keeps a plan from being carried out.
pub async fn continue_takeovers(db: &Db) -> Result<usize, Problem> {
    let (mut turns, mut failed): (usize, Option<Problem>) = (0, None);
    for (id, view) in db.read(|tx| Ok::<_, Problem>(store::at_work(tx.conn)?)).await? {
        loop {
            let mut job = Job::named("continue-takeovers");
            // A customer hangs together with whatever is billed, signed and told meanwhile.
            match db.write_alone(move |tx| turn(&mut job, tx, &view, id)).await {
                Ok(true) => turns = turns.saturating_add(1),
                Ok(false) => break,
                Err(problem) => {
                    failed = failed.or(Some(problem));
                    break;
                }
            }
        }
    }
    failed.map_or(Ok(turns), Err)
}

/// One turn of one case; whether it is still at work afterwards. It is done for whoever approved the plan last.
fn turn(job: &mut Job, tx: &mut Tx<'_>, view: &View, id: ContinuityCaseId) -> Result<bool, Problem> {
    let Some(case) = store::find_case(tx.conn, view, id)? else { return Ok(false) };
    if worked_off(case.state) == case.state {
        return Ok(false);
    }
    let approvals = store::approvals_of(tx.conn, id, case.plan_number)?;
    let approver = approvals.last().and_then(|last| last.approved_by.parse().ok());
    let approver = approver.ok_or_else(|| Problem::internal(format!("{id}: nobody approved it")))?;
    let caller = Caller {
        bearer: Bearer::Person { user: approver, session: SessionId::from_uuid(case.id.uuid()) },
        network: case.network,
        company: case.master.into(),
        role: Some(Role::Supervisor),
        scopes: Vec::new(),
    };
    let state = case.state;
    let after = job.run(tx, Some(&caller), |work| advance(work, case, TURN))?;
    Ok(after.state == state.into())
}
