//! A transfer is carried out on its day: the agreements change places at once, and what hangs on them follows, by any process.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    agreement::AgreementState,
    decided::Decided,
    id::{CompanyId, MasterId, PartnerId, SessionId, TransferId},
    transfer::{TransferState, execute as decide_execution},
};
use persistence::{
    agreement::{self, Agreement},
    continuity,
    db::{Conn, Db, Tx},
    error::CommandError,
    transfer as store,
    view::{Page, View},
};

use super::{
    commands::{coming, ending, give_up, hold_up, kept_stage, load, refused, save, unchanged},
    hanging,
    wire::{PartnerTransfer, PartnerTransferRun, TransferObstacle, findings_of},
};
use crate::{
    access::{Bearer, Caller, Role},
    agreement::succession::{follow_master, succeed},
    calendar, customer, growth, partner,
    problem::{Problem, Violation},
    registration, sale,
    write::{Job, Work},
};

/// How much one turn of the service itself carries out in a transaction.
const TURN: i64 = 50;
/// What the service's own turns are called in events.
const NAME: &str = "continue-transfers";

/// Carries a transfer out, or goes on.
pub(crate) fn execute(work: &mut Work<'_, '_>, id: TransferId, run: &PartnerTransferRun) -> Result<PartnerTransfer, Problem> {
    let transfer = load(work, id)?;
    let now = work.now()?;
    let today = begun_day(work.conn(), &transfer, now)?;
    match decide_execution(transfer.state, transfer.from, today).map_err(|refusals| refused(&refusals))? {
        Decided::Unchanged => unchanged(work, transfer),
        Decided::Changed(_) => advance(work, transfer, run.limit),
    }
}

/// The agreements change places first; then the next pieces follow, `limit` of them at most. Where the agreement has ended meanwhile,
/// the transfer is taken back.
fn advance(work: &mut Work<'_, '_>, mut transfer: store::Transfer, limit: i64) -> Result<PartnerTransfer, Problem> {
    if transfer.state == TransferState::Agreed {
        // Whose customers are taken over goes nowhere meanwhile: whoever supervises it carries the case out.
        if continuity::has_open_case(work.conn(), transfer.partner)? {
            return Err(Problem::invalid(vec![Violation::at("", "continuity_case_is_open").rule("R49")]));
        }
        if matches!(ending(work, &transfer)?.state, AgreementState::Terminated | AgreementState::Expired) {
            return give_up(work, transfer);
        }
        change_places(work, &mut transfer)?;
        transfer.state = TransferState::Executing;
        transfer.held_up_by = None;
    }
    let done = follow(work, &transfer, limit)?;
    let kind = if i64::try_from(done).unwrap_or(limit) < limit {
        transfer.state = TransferState::Done;
        "partner_transfer.done"
    } else {
        "partner_transfer.executing"
    };
    save(work, kind, transfer)
}

fn change_places(work: &mut Work<'_, '_>, transfer: &mut store::Transfer) -> Result<(), Problem> {
    let undecided = || Problem::internal(format!("{}: nobody decided it", transfer.id));
    let decided_by = transfer.decided.as_ref().ok_or_else(undecided)?.by.clone();
    let (before, findings) = (ending(work, transfer)?, findings_of(transfer)?);
    if transfer.keeps_stage {
        let stage = kept_stage(work, &before, coming(transfer))?;
        transfer.stage = stage;
    }
    succeed(work, before, coming(transfer), (&findings, transfer.note.as_deref(), &decided_by))?;
    if transfer.to_master == transfer.from_master {
        return Ok(());
    }
    partner::commands::change_master(work, transfer.network, transfer.partner, transfer.to_master)?;
    for id in store::promoters_bound_to(work.conn(), transfer.partner)? {
        let found = agreement::find_in_network(work.conn(), transfer.network, id)?;
        let Some(found) = found.filter(|found| found.master != transfer.to_master) else { continue };
        let promoter = found.partner;
        follow_master(work, found, transfer.to_master)?;
        if !is_bound_to(work, transfer, promoter)? {
            partner::commands::change_master(work, transfer.network, promoter, transfer.to_master)?;
        }
    }
    Ok(())
}

/// Whether a promoter still has an agreement under the eyes of the master before.
fn is_bound_to(work: &mut Work<'_, '_>, transfer: &store::Transfer, promoter: PartnerId) -> Result<bool, Problem> {
    let view = View { network: transfer.network, company: CompanyId::Master(transfer.from_master) };
    let one = Page { limit: 1, after: None, updated_since: None };
    for state in [AgreementState::Active, AgreementState::Suspended] {
        let filters = agreement::Filters { partner: Some(promoter), state: Some(state), type_id: None };
        if !agreement::page(work.conn(), &view, &filters, &one)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Lets the next customers, registrations, proposals and all else that hangs on the partner follow. How many.
fn follow(work: &mut Work<'_, '_>, transfer: &store::Transfer, limit: i64) -> Result<usize, Problem> {
    let successor = successor(work, transfer)?;
    let mut done: usize = 0;
    let room = |done: usize| limit.saturating_sub(i64::try_from(done).unwrap_or(limit));
    let moves = transfer.to_master != transfer.from_master;
    for id in store::customers_to_follow(work.conn(), transfer.partner, transfer.from_master, if moves { limit } else { 0 })? {
        customer::commands::change_master(work, id, transfer.to_master)?;
        done = done.saturating_add(1);
    }
    for id in store::registrations_to_follow(work.conn(), transfer.agreement, room(done))? {
        registration::commands::follow_agreement(work, id, &successor)?;
        done = done.saturating_add(1);
    }
    for id in store::proposals_to_follow(work.conn(), transfer.agreement, room(done))? {
        sale::commands::proposal::follow_agreement(work, id, &successor)?;
        done = done.saturating_add(1);
    }
    for id in store::promotions_to_follow(work.conn(), transfer.agreement, room(done))? {
        growth::follow_agreement(work, id, &successor)?;
        done = done.saturating_add(1);
    }
    if moves {
        done = done.saturating_add(hanging::follow(work, transfer, &successor, room(done))?);
    }
    Ok(done)
}

fn successor(work: &mut Work<'_, '_>, transfer: &store::Transfer) -> Result<Agreement, Problem> {
    let found = agreement::find_in_network(work.conn(), transfer.network, transfer.successor)?;
    found.ok_or_else(|| Problem::internal(format!("{}: no {}", transfer.id, transfer.successor)))
}

/// Carries out, before anything else is written for the caller, the transfers whose day has come and that concern it: on that day one
/// agreement has taken the other's place, whenever the service itself comes to it (D4). One that rules hold up is left as it is.
///
/// # Errors
/// Those of the database.
pub(crate) fn carry_out_due(work: &mut Work<'_, '_>) -> Result<(), Problem> {
    let Ok(view) = work.caller().map(Caller::view) else { return Ok(()) };
    let now = work.now()?;
    for transfer in store::due_for(work.conn(), &view, latest_day(now))? {
        if !is_due(work.tx(), &transfer)? {
            continue;
        }
        let caller = decider(&transfer, transfer.to_master)?;
        match work.on_behalf_of(&caller, NAME, |work| advance(work, transfer, TURN)) {
            Err(problem) if problem.database().is_some() => return Err(problem),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

/// The latest day that it is anywhere: no calendar is more than a day ahead.
fn latest_day(now: DateTime<Utc>) -> NaiveDate {
    now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now).date_naive()
}

/// The day that has begun where both masters are: before it, the agreement that comes would not be in force yet, and the one that goes
/// not any more (D4).
fn begun_day(conn: &mut Conn, transfer: &store::Transfer, now: DateTime<Utc>) -> Result<NaiveDate, Problem> {
    let before = calendar::today(conn, transfer.network, transfer.from_master, now)?;
    Ok(before.min(calendar::today(conn, transfer.network, transfer.to_master, now)?))
}

/// Whether there is something to carry out of a transfer today.
fn is_due(tx: &mut Tx<'_>, transfer: &store::Transfer) -> Result<bool, Problem> {
    let now = tx.now()?;
    let today = begun_day(tx.conn, transfer, now)?;
    Ok(matches!(decide_execution(transfer.state, transfer.from, today), Ok(Decided::Changed(_))))
}

/// Carries out every transfer whose day has come, and goes on with those that were begun. How many turns it took. What keeps one of
/// them keeps no other.
///
/// # Errors
/// Once every transfer had its turns, the first of those of the database, or of what keeps an agreement from taking another's place.
pub async fn continue_transfers(db: &Db) -> Result<usize, Problem> {
    let (mut turns, mut failed): (usize, Option<Problem>) = (0, None);
    let due = db.read(|tx| {
        let now = tx.now()?;
        Ok::<_, Problem>(store::due(tx.conn, latest_day(now))?)
    });
    for transfer in due.await? {
        let view = View { network: transfer.network, company: CompanyId::Master(transfer.to_master) };
        loop {
            let (mut job, id) = (Job::named(NAME), transfer.id);
            match db.write(move |tx| turn(&mut job, tx, &view, id)).await {
                Ok(true) => turns = turns.saturating_add(1),
                Ok(false) => break,
                Err(problem) => {
                    let (mut job, by) = (Job::named(NAME), TransferObstacle::of(&problem));
                    if !by.is_empty() {
                        db.write(move |tx| tell_held_up(&mut job, tx, &view, id, &by)).await?;
                    }
                    failed = failed.or(Some(problem));
                    break;
                }
            }
        }
    }
    failed.map_or(Ok(turns), Err)
}

/// One turn of one transfer; whether it is still at work afterwards. It is done for whoever decided it.
fn turn(job: &mut Job, tx: &mut Tx<'_>, view: &View, id: TransferId) -> Result<bool, Problem> {
    let Some(transfer) = store::find(tx.conn, view, id)? else { return Ok(false) };
    if !is_due(tx, &transfer)? {
        return Ok(false);
    }
    let caller = decider(&transfer, transfer.to_master)?;
    let after = job.run(tx, Some(&caller), |work| advance(work, transfer, TURN))?;
    Ok(after.state == TransferState::Executing.into())
}

/// Lets a transfer say which rules hold it up.
fn tell_held_up(job: &mut Job, tx: &mut Tx<'_>, view: &View, id: TransferId, by: &[TransferObstacle]) -> Result<(), Problem> {
    let Some(transfer) = store::find(tx.conn, view, id)? else { return Ok(()) };
    let caller = decider(&transfer, transfer.to_master)?;
    job.run(tx, Some(&caller), |work| hold_up(work, id, by))
}

fn decider(transfer: &store::Transfer, master: MasterId) -> Result<Caller, Problem> {
    let user = transfer.decided.as_ref().and_then(|decided| decided.by.parse().ok());
    let user = user.ok_or_else(|| Problem::internal(format!("{}: nobody decided it", transfer.id)))?;
    Ok(Caller {
        bearer: Bearer::Person { user, session: SessionId::from_uuid(transfer.id.uuid()) },
        network: transfer.network,
        company: master.into(),
        role: Some(Role::Supervisor),
        scopes: Vec::new(),
    })
}
