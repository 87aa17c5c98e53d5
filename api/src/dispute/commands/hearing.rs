//! The hearing: it begins, both sides speak, or the challenger takes the dispute back.

use domain::{
    decided::Decided,
    dispute::{self as rules, DisputeSide},
    id::DisputeId,
};
use persistence::dispute as store;

use super::{
    super::wire::{Dispute, DisputeHearing, NewDisputeStatement},
    BOTH, as_before, as_shown, end, keep, load, load_as_party,
    open::{read_evidence, say},
    own_master, refused, tell,
};
use crate::{
    network::policies,
    problem::{Code, Problem},
    registration::commands::note_dispute,
    write::Work,
};

/// Starts hearing both sides. The same again changes nothing.
pub(crate) fn hear(work: &mut Work<'_, '_>, id: DisputeId, hearing: &DisputeHearing) -> Result<Dispute, Problem> {
    let mut dispute = load(work, id)?;
    if own_master(work)? != dispute.master {
        return Err(Problem::new(Code::Forbidden));
    }
    let now = work.now()?;
    let days = policies(work.conn(), dispute.network)?.disputes.hearing_days;
    let usual = rules::days_after(now, days).map_err(|refusals| refused(&refusals))?;
    let known = dispute.status.hearing;
    let until = |asked: Option<_>, known: Option<_>| asked.map(persistence::columns::micros).or(known).unwrap_or(usual);
    let challenger_until = until(hearing.challenger_until, known.map(|known| known.challenger_until));
    let holder_until = until(hearing.holder_until, known.map(|known| known.holder_until));
    let decided = rules::hear(dispute.status, challenger_until, holder_until, now);
    let Decided::Changed(status) = decided.map_err(|refusals| refused(&refusals))? else {
        return as_before(work, &dispute);
    };
    (dispute.status, dispute.heard_at) = (status, Some(now));
    keep(work, &mut dispute, BOTH)?;
    note_dispute(work, dispute.registration, "registration.disputed")?;
    tell(work, "dispute.heard", &dispute, BOTH, None)?;
    as_shown(work, &dispute)
}

/// Adds what a side says. The other one learns nothing of it.
pub(crate) fn speak(work: &mut Work<'_, '_>, id: DisputeId, new: &NewDisputeStatement) -> Result<Dispute, Problem> {
    let (mut dispute, side) = load_as_party(work, id)?;
    let now = work.now()?;
    dispute.status = rules::speak(dispute.status, side, now).map_err(|refusals| refused(&refusals))?;
    let partner = dispute.partner_on(side);
    let evidence = read_evidence(work, partner, &new.evidence)?.map_err(Problem::invalid)?;
    say(work, &dispute, side, &new.statement, evidence)?;
    keep(work, &mut dispute, &[side])?;
    tell(work, "dispute.statement_added", &dispute, &[side], Some(side))?;
    as_shown(work, &dispute)
}

/// Takes a dispute back, before a decision. Only the challenger does. The same again changes nothing.
pub(crate) fn withdraw(work: &mut Work<'_, '_>, id: DisputeId) -> Result<Dispute, Problem> {
    let (mut dispute, side) = load_as_party(work, id)?;
    if side != DisputeSide::Challenger {
        return Err(Problem::new(Code::Forbidden));
    }
    let decided = rules::withdraw(dispute.status).map_err(|refusals| refused(&refusals))?;
    let Decided::Changed(status) = decided else { return as_before(work, &dispute) };
    (dispute.status, dispute.ended_at) = (status, Some(work.now()?));
    let seen_by = seeing(&dispute);
    keep(work, &mut dispute, seen_by)?;
    end(work, "dispute.withdrawn", &dispute, Some(side))?;
    as_shown(work, &dispute)
}

/// The sides that see a change of the whole dispute: the holder does from the hearing on.
pub(super) fn seeing(dispute: &store::Dispute) -> &'static [DisputeSide] {
    if dispute.heard_at.is_some() { BOTH } else { &[DisputeSide::Challenger] }
}
