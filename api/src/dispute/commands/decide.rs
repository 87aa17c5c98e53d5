//! Decisions: the supervising master's, another one's on an appeal, and their finality.

use std::collections::BTreeSet;

use domain::{
    decided::Decided,
    dispute::{self as rules, Asked, DisputeEffect, DisputeOutcome, DisputeSide, DisputeState, Ruling, RulingRefusal},
    id::{DisputeId, MasterId},
    money::Rate,
};
use persistence::{dispute as store, network};

use super::{
    super::{
        show::Beside,
        wire::{Dispute, DisputeRuling, DisputeShares, NewDisputeAppeal},
    },
    BOTH, as_before, as_shown, effects, end, keep, load, load_as_party, own_master, refused, tell,
};
use crate::{
    network::policies,
    problem::{Code, Problem, Violation},
    write::Work,
};

/// How many decisions become final in one transaction.
const FINAL_AT_ONCE: i64 = 100;

/// Decides a dispute, with its effects. The same decision again changes nothing.
pub(crate) fn decide(work: &mut Work<'_, '_>, id: DisputeId, asked: &DisputeRuling) -> Result<Dispute, Problem> {
    let mut dispute = load(work, id)?;
    let (master, now) = (own_master(work)?, work.now()?);
    let beside = Beside::of(work.conn(), std::slice::from_ref(&dispute))?;
    let before = beside.decisions(id).last().cloned();
    let appealed = dispute.status.state == DisputeState::Appealed;
    if before.as_ref().is_some_and(|before| !appealed && says_the_same(before, master, asked)) {
        return as_before(work, &dispute);
    }
    let in_charge = if appealed { dispute.appeal_master } else { Some(dispute.master) };
    if in_charge != Some(master) {
        return Err(Problem::new(Code::Forbidden));
    }
    let other = another_master(work, &dispute)?;
    let policy = policies(work.conn(), dispute.network)?.disputes;
    dispute.status = rules::decide(dispute.status, other.is_some(), now, policy).map_err(|refusals| refused(&refusals))?;
    let ruling = rule(&dispute, asked, beside.has_earlier_evidence(&dispute))?;
    let moved = effects::move_protection(work, &dispute, before.as_ref(), ruling.protection)?;
    let decision = store::Decision {
        dispute: id,
        number: if appealed { 2 } else { 1 },
        master,
        outcome: ruling.outcome,
        effects: effects_of(asked),
        holder_share: ruling.holder_share,
        protection: moved.keeper,
        made_registration: moved.made,
        reasons: asked.reasons.clone(),
        challenger_note: asked.challenger_note.clone(),
        holder_note: asked.holder_note.clone(),
        decided_by: work.actor(),
        decided_at: now,
    };
    store::insert_decision(work.conn(), &decision)?;
    effects::divide_commissions(work, &dispute, before.as_ref(), ruling)?;
    if !appealed {
        dispute.appeal_master = other;
    }
    let is_final = dispute.status.state == DisputeState::Final;
    dispute.ended_at = is_final.then_some(now);
    keep(work, &mut dispute, BOTH)?;
    tell(work, "dispute.decided", &dispute, BOTH, None)?;
    if is_final {
        end(work, "dispute.final", &dispute, None)?;
    }
    as_shown(work, &dispute)
}

/// What follows from the decision, or everything that is wrong with it.
fn rule(dispute: &store::Dispute, asked: &DisputeRuling, earlier_evidence: bool) -> Result<Ruling, Problem> {
    let shares = asked.shares.as_ref().map(read_shares).transpose().map_err(Problem::invalid)?;
    let effects = effects_of(asked);
    let asked = Asked { outcome: asked.outcome.into(), shares, effects: &effects };
    rules::rule(asked, dispute.grounds, earlier_evidence).map_err(|refusals| {
        let at = |refusal: &RulingRefusal| match refusal {
            RulingRefusal::SharesMissing
            | RulingRefusal::SharesNotAsked
            | RulingRefusal::SharesNotWhole
            | RulingRefusal::ShareOfNothing => "/shares",
            RulingRefusal::SharesWithoutEffect | RulingRefusal::EffectOfDismissal | RulingRefusal::ReleaseAndTransfer => {
                "/effects"
            }
            RulingRefusal::NoEarlierEvidence => "/outcome",
        };
        Problem::invalid(refusals.iter().map(|it| Violation::at(at(it), it.code()).rule(it.rule())).collect())
    })
}

fn read_shares(shares: &DisputeShares) -> Result<(Rate, Rate), Vec<Violation>> {
    let DisputeShares { challenger, holder } = shares;
    let read = |text: &str, pointer| text.parse::<Rate>().map_err(|_| Violation::at(pointer, "wrong_share").rule("R37"));
    match (read(challenger, "/shares/challenger"), read(holder, "/shares/holder")) {
        (Ok(challenger), Ok(holder)) => Ok((challenger, holder)),
        (challenger, holder) => Err([challenger.err(), holder.err()].into_iter().flatten().collect()),
    }
}

/// Each effect once, in one order.
fn effects_of(asked: &DisputeRuling) -> Vec<DisputeEffect> {
    asked.effects.iter().copied().map(DisputeEffect::from).collect::<BTreeSet<_>>().into_iter().collect()
}

fn says_the_same(decision: &store::Decision, master: MasterId, asked: &DisputeRuling) -> bool {
    let shares = asked.shares.as_ref().map(|shares| read_shares(shares).ok());
    let same_shares = match (decision.outcome, shares) {
        (DisputeOutcome::Shared, Some(shares)) => shares == Some((decision.holder_share.complement(), decision.holder_share)),
        (_, shares) => shares.is_none(),
    };
    same_shares
        && (decision.master, decision.outcome) == (master, asked.outcome.into())
        && decision.effects == effects_of(asked)
        && (&decision.reasons, &decision.challenger_note, &decision.holder_note)
            == (&asked.reasons, &asked.challenger_note, &asked.holder_note)
}

/// The master that an appeal goes to: of the others of the network, the one that joined first.
fn another_master(work: &mut Work<'_, '_>, dispute: &store::Dispute) -> Result<Option<MasterId>, Problem> {
    let masters = network::masters_of(work.conn(), dispute.network)?;
    Ok(masters.into_iter().map(|master| master.id).filter(|id| *id != dispute.master).min())
}

/// Asks another master to decide. The same appeal again changes nothing.
pub(crate) fn appeal(work: &mut Work<'_, '_>, id: DisputeId, appeal: &NewDisputeAppeal) -> Result<Dispute, Problem> {
    let (mut dispute, side) = load_as_party(work, id)?;
    let now = work.now()?;
    let outcome = store::decisions_of(work.conn(), id)?.last().map(|decision| decision.outcome);
    let decided = rules::appeal(dispute.status, side, outcome.unwrap_or(DisputeOutcome::Shared), now);
    let Decided::Changed(status) = decided.map_err(|refusals| refused(&refusals))? else {
        return match dispute.appeal.as_ref() == Some(&appeal.statement) {
            true => as_before(work, &dispute),
            false => Err(Problem::state_conflict(rules::DisputeAction::Appeal.code(), dispute.status.state.code())),
        };
    };
    (dispute.status, dispute.appealed_at) = (status, Some(now));
    dispute.appeal = Some(appeal.statement.clone());
    keep(work, &mut dispute, BOTH)?;
    tell(work, "dispute.appealed", &dispute, BOTH, Some(side))?;
    as_shown(work, &dispute)
}

/// Makes every decision final that nobody can appeal any more, each exactly once whatever the number of processes. How many:
/// where it is the most that one transaction takes, there may be more.
///
/// # Errors
/// Those of the database.
pub(crate) fn finalise_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    let mut done = 0_usize;
    for mut dispute in store::unappealed(work.conn(), now, FINAL_AT_ONCE)? {
        let decided = rules::finalise(dispute.status, now).map_err(|_| Problem::internal("finality of an open decision"))?;
        let Decided::Changed(status) = decided else { continue };
        (dispute.status, dispute.ended_at) = (status, dispute.status.appealable_until);
        keep(work, &mut dispute, BOTH)?;
        end(work, "dispute.final", &dispute, None)?;
        done = done.saturating_add(1);
    }
    Ok(done)
}

/// Which side a keeper is.
pub(super) const fn side_of(keeper: rules::Keeper) -> Option<DisputeSide> {
    match keeper {
        rules::Keeper::Holder => Some(DisputeSide::Holder),
        rules::Keeper::Challenger => Some(DisputeSide::Challenger),
        rules::Keeper::Nobody => None,
    }
}
