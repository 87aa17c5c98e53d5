//! What a decision may say, and what follows from it.

use std::cmp::Ordering;

use crate::{
    dispute::{DisputeEffect, DisputeGrounds, DisputeOutcome, Keeper},
    money::Rate,
};

/// A decision as a master words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// How it is decided.
    pub outcome: DisputeOutcome,
    /// The parts of challenger and holder in the commissions; only where the outcome is shared.
    pub shares: Option<(Rate, Rate)>,
    /// What the decision does.
    pub effects: &'a [DisputeEffect],
}

/// What follows from a decision. It replaces what followed from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// How it is decided.
    pub outcome: DisputeOutcome,
    /// Whose the protection is from now on.
    pub protection: Keeper,
    /// The holder's part in the commissions of what was sold by the registration; the rest is the challenger's.
    pub holder_share: Rate,
}

/// Why a decision is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulingRefusal {
    /// A shared decision says who gets how much.
    SharesMissing,
    /// Any other one leaves nothing to share.
    SharesNotAsked,
    /// The parts do not come to exactly the whole.
    SharesNotWhole,
    /// A part of nothing, or of everything, is no part: that is dismissed, or upheld.
    ShareOfNothing,
    /// Shares have their effect by re-attribution alone.
    SharesWithoutEffect,
    /// What is dismissed changes nothing.
    EffectOfDismissal,
    /// A protection ends, or it goes on with the challenger.
    ReleaseAndTransfer,
    /// No evidence of the challenger is dated earlier than the holder's protection (D18).
    NoEarlierEvidence,
}

impl RulingRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SharesMissing => "shares_missing",
            Self::SharesNotAsked => "shares_not_asked",
            Self::SharesNotWhole => "shares_not_whole",
            Self::ShareOfNothing => "share_of_nothing",
            Self::SharesWithoutEffect => "shares_without_effect",
            Self::EffectOfDismissal => "effect_of_dismissal",
            Self::ReleaseAndTransfer => "release_and_transfer",
            Self::NoEarlierEvidence => "no_earlier_evidence",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NoEarlierEvidence => "D18",
            _ => "R37",
        }
    }
}

/// What follows from a decision. `earlier_evidence` says whether a piece of the challenger's evidence is dated earlier than the
/// holder's protection: prior negotiation cannot be found without one (D18).
///
/// # Errors
/// Every [`RulingRefusal`] at once.
pub fn rule(asked: Asked<'_>, grounds: DisputeGrounds, earlier_evidence: bool) -> Result<Ruling, Vec<RulingRefusal>> {
    let Asked { outcome, shares, effects } = asked;
    let has = |effect| effects.contains(&effect);
    let (release, transfer) = (has(DisputeEffect::ReleaseProtection), has(DisputeEffect::TransferProtection));
    let reattribute = has(DisputeEffect::ReattributeCommissions);
    let mut refusals = wrong_shares(outcome, shares);
    if outcome == DisputeOutcome::Shared && !reattribute {
        refusals.push(RulingRefusal::SharesWithoutEffect);
    }
    if outcome == DisputeOutcome::Dismissed && !effects.is_empty() {
        refusals.push(RulingRefusal::EffectOfDismissal);
    }
    if release && transfer {
        refusals.push(RulingRefusal::ReleaseAndTransfer);
    }
    if outcome != DisputeOutcome::Dismissed && grounds == DisputeGrounds::PriorNegotiation && !earlier_evidence {
        refusals.push(RulingRefusal::NoEarlierEvidence);
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let protection = match (release, transfer) {
        (_, true) => Keeper::Challenger,
        (true, false) => Keeper::Nobody,
        (false, false) => Keeper::Holder,
    };
    let holder_share = match (outcome, shares) {
        (DisputeOutcome::Shared, Some((_, holder))) => holder,
        (DisputeOutcome::Upheld, _) if reattribute => Rate::ZERO,
        _ => Rate::ONE,
    };
    Ok(Ruling { outcome, protection, holder_share })
}

fn wrong_shares(outcome: DisputeOutcome, shares: Option<(Rate, Rate)>) -> Vec<RulingRefusal> {
    let (challenger, holder) = match (outcome, shares) {
        (DisputeOutcome::Shared, Some(shares)) => shares,
        (DisputeOutcome::Shared, None) => return vec![RulingRefusal::SharesMissing],
        (_, Some(_)) => return vec![RulingRefusal::SharesNotAsked],
        (_, None) => return Vec::new(),
    };
    let whole = challenger.checked_add(holder).map(|sum| sum.cmp(&Rate::ONE)) == Some(Ordering::Equal);
    let nothing = challenger == Rate::ZERO || holder == Rate::ZERO;
    let not_whole = (!whole).then_some(RulingRefusal::SharesNotWhole);
    not_whole.into_iter().chain(nothing.then_some(RulingRefusal::ShareOfNothing)).collect()
}
