//! The use cases of disputes: each one transaction.

mod decide;
mod effects;
mod export;
mod hearing;
mod open;

use domain::{
    dispute::{DisputeRefusal, DisputeSide},
    id::{DisputeId, MasterId},
};
use persistence::{db::Tx, dispute as store, event::Audience};

pub(crate) use decide::{appeal, decide, finalise_due};
pub(crate) use export::file;
pub(crate) use hearing::{hear, speak, withdraw};
pub(crate) use open::open;

use super::{
    show::{Beside, Reader},
    wire::{Dispute, DisputeFilters, DisputePage},
};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    registration::commands::note_dispute,
    wire::filter_id,
    write::{Change, Work},
};

/// Both parties of a dispute.
const BOTH: &[DisputeSide] = &[DisputeSide::Challenger, DisputeSide::Holder];

/// Shows a dispute.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: DisputeId) -> Result<Dispute, Problem> {
    let found = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let beside = Beside::of(tx.conn, std::slice::from_ref(&found))?;
    beside.shown(&found, Reader::of(&found, caller.company))
}

/// Lists the disputes that the caller may see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, filters: &DisputeFilters, paging: &Paging) -> Result<DisputePage, Problem> {
    let DisputeFilters { state, registration_id } = filters;
    let registration = filter_id("registration_id", registration_id.as_ref())?;
    let filters = store::Filters { state: state.map(Into::into), registration };
    let found = store::page(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (disputes, next) = paging.cut(found, |dispute| {
        let changed = dispute.side_of(caller.company).map_or(dispute.updated_at, |side| dispute.seen_by(side).updated_at);
        (dispute.id.uuid(), changed)
    });
    let beside = Beside::of(tx.conn, &disputes)?;
    let data = disputes.iter().map(|dispute| beside.shown(dispute, Reader::of(dispute, caller.company)));
    Ok(DisputePage { data: data.collect::<Result<_, _>>()?, next })
}

/// The dispute that the caller means to change, in the version that it sees.
fn load(work: &mut Work<'_, '_>, id: DisputeId) -> Result<store::Dispute, Problem> {
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(Reader::of(&found, company).version(&found))?;
    Ok(found)
}

/// The dispute of a party that means to change it, and its side.
fn load_as_party(work: &mut Work<'_, '_>, id: DisputeId) -> Result<(store::Dispute, DisputeSide), Problem> {
    let found = load(work, id)?;
    let side = found.side_of(work.caller()?.company).ok_or_else(|| Problem::new(Code::Forbidden))?;
    Ok((found, side))
}

/// The master that the caller is of.
fn own_master(work: &Work<'_, '_>) -> Result<MasterId, Problem> {
    work.caller()?.company.master().ok_or_else(|| Problem::new(Code::Forbidden))
}

/// Keeps a changed dispute as its next version, which is a new one for the sides that see the change, too.
fn keep(work: &mut Work<'_, '_>, dispute: &mut store::Dispute, seen_by: &[DisputeSide]) -> Result<(), Problem> {
    let (before, now) = (dispute.version, work.now()?);
    dispute.version = before.saturating_add(1);
    dispute.updated_at = now;
    for side in seen_by {
        match side {
            DisputeSide::Challenger => dispute.seen_by_challenger = dispute.seen_by_challenger.next(now),
            DisputeSide::Holder => dispute.seen_by_holder = dispute.seen_by_holder.next(now),
        }
    }
    if store::update(work.conn(), dispute)? { Ok(()) } else { Err(Problem::new(Code::VersionMismatch).with("version", before)) }
}

/// Tells what happened to a dispute: each master and each of the sides in an event of its own, with what it may see. A party is
/// never told that it was the other one's doing (D22); the holder is told nothing before the hearing.
fn tell(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    dispute: &store::Dispute,
    sides: &[DisputeSide],
    by: Option<DisputeSide>,
) -> Result<(), Problem> {
    let beside = Beside::of(work.conn(), std::slice::from_ref(dispute))?;
    let all = beside.shown(dispute, Reader::Master)?;
    let appealed_to = dispute.appeal_master.filter(|_| dispute.appealed_at.is_some());
    for master in [Some(dispute.master), appealed_to].into_iter().flatten() {
        let audience = Audience { master: Some(master), ..Audience::default() };
        work.record(change_of(kind, dispute, Reader::Master, audience, &all))?;
    }
    for side in sides.iter().copied().filter(|side| *side == DisputeSide::Challenger || dispute.heard_at.is_some()) {
        let reader = Reader::Party(side);
        let body = beside.shown(dispute, reader)?;
        let audience = Audience { partner: Some(dispute.partner_on(side)), ..Audience::default() };
        let told = change_of(kind, dispute, reader, audience, &body);
        if by.is_none_or(|by| by == side) { work.record(told)? } else { work.record_as_service(told)? }
    }
    Ok(())
}

/// What happened to a dispute, in the version and the words of one reader.
fn change_of<'b>(
    kind: &'static str,
    dispute: &store::Dispute,
    reader: Reader,
    audience: Audience,
    body: &'b Dispute,
) -> Change<'b> {
    let (network, subject, version) = (dispute.network, dispute.id.to_string(), reader.version(dispute));
    Change { network, kind, subject, version, audience, body }
}

/// The dispute as the caller may see it.
fn as_shown(work: &mut Work<'_, '_>, dispute: &store::Dispute) -> Result<Dispute, Problem> {
    let company = work.caller()?.company;
    let beside = Beside::of(work.conn(), std::slice::from_ref(dispute))?;
    beside.shown(dispute, Reader::of(dispute, company))
}

/// Shows a dispute that already is as asked.
fn as_before(work: &mut Work<'_, '_>, dispute: &store::Dispute) -> Result<Dispute, Problem> {
    work.nothing_changed();
    as_shown(work, dispute)
}

/// Tells that a dispute ended, and that the registration is not disputed any more.
fn end(work: &mut Work<'_, '_>, kind: &'static str, dispute: &store::Dispute, by: Option<DisputeSide>) -> Result<(), Problem> {
    tell(work, kind, dispute, BOTH, by)?;
    if dispute.heard_at.is_some() {
        note_dispute(work, dispute.registration, "registration.dispute_ended")?;
    }
    Ok(())
}

/// What somebody who was refused is told.
fn refused(refusals: &[DisputeRefusal]) -> Problem {
    let mut violations = Vec::new();
    for refusal in refusals {
        let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
        violations.push(match *refusal {
            DisputeRefusal::WrongState { action, state } => return Problem::state_conflict(action.code(), state.code()),
            DisputeRefusal::DeadlinePast { side: DisputeSide::Challenger } => at("/challenger_until"),
            DisputeRefusal::DeadlinePast { side: DisputeSide::Holder } => at("/holder_until"),
            DisputeRefusal::HearingOver { until }
            | DisputeRefusal::NotHeard { until }
            | DisputeRefusal::AppealTooLate { until }
            | DisputeRefusal::StillAppealable { until } => at("").with("until", until.to_rfc3339()),
            DisputeRefusal::NothingLost | DisputeRefusal::OutOfCalendar => at(""),
        });
    }
    Problem::invalid(violations)
}
