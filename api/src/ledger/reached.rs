//! What an annuity has come to by each trigger, and how explanations tell it (D12, D20).

use domain::{
    commission::Performed,
    money::Money as Amount,
    network::Trigger,
    sale::{AnnuityState, Blameless, ContractState, Fault, days_served},
};
use persistence::sale::{Annuity, Contract};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::contract_year::broken;
use crate::{problem::Problem, wire::Money};

/// What an annuity has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    standing: Amount,
    invoiced: Amount,
    collected: Amount,
    /// On how many of its days a year is performed that costs the customer nothing; none for one that is whole, or has a price.
    performed: Option<Performed>,
    /// How it came to that; none for a whole year that nothing has happened to.
    told: Option<Told>,
}

/// What of an annuity is told beside its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    state: AnnuityState,
    /// The days on which a cancelled contract ran in the year, and all of its days.
    days: Option<(u32, u32)>,
    /// What was the master's fault, where that is forgiven; `state` is without it.
    forgiven: Option<Blameless>,
}

impl Reached {
    /// To date: what credits, refunds and a cancellation leave of the whole, of what was billed, and of what was collected (D12, D20).
    pub(crate) fn to_date(annuity: &Annuity, contract: &Contract) -> Result<Self, Problem> {
        let days = contract.ended_on.filter(|_| contract.state == ContractState::Cancelled);
        let days = days.map(|ended_on| days_served((annuity.starts_on, annuity.ends_on), ended_on));
        Self::of(annuity, Told { state: annuity.state()?, days, forgiven: None })
    }

    /// The same as if what was the master's fault had not happened: what partners are owed stays as it is by it (D20).
    pub(super) fn forgiving(annuity: &Annuity, contract: &Contract, blameless: Option<Blameless>) -> Result<Self, Problem> {
        let reached = Self::to_date(annuity, contract)?;
        let days = reached.told.and_then(|told| told.days).filter(|_| contract.at_fault != Some(Fault::Master));
        let state = blameless.map_or_else(|| annuity.state(), |blameless| Ok(blameless.state()))?;
        Self::of(annuity, Told { state, days, forgiven: blameless })
    }

    fn of(annuity: &Annuity, told: Told) -> Result<Self, Problem> {
        let Told { state, days, forgiven: _ } = told;
        let standing = match days {
            Some((served, all)) => {
                let worth = annuity.contracted.proportion(served.into(), all.into());
                state.standing_of_cancelled(worth.ok_or_else(|| broken(annuity, "amounts"))?)
            }
            None => state.standing(),
        };
        let performed = match days {
            _ if annuity.waits_for_start => {
                let (days, of) = days_served((annuity.starts_on, annuity.ends_on), annuity.starts_on);
                Some(Performed { days, of })
            }
            Some((days, of)) if annuity.contracted.sign().is_eq() => Some(Performed { days, of }),
            _ => None,
        };
        Ok(Self { standing, invoiced: state.billed(), collected: state.collected(), performed, told: Some(told) })
    }

    /// The whole of what was contracted.
    pub(crate) const fn whole(contracted: Amount) -> Self {
        Self { standing: contracted, invoiced: contracted, collected: contracted, performed: None, told: None }
    }

    /// On how many of its days a year is performed that costs the customer nothing.
    pub(super) const fn performed(self) -> Option<Performed> {
        self.performed
    }

    /// What a trigger has come to.
    pub(crate) const fn by(self, trigger: Trigger) -> Amount {
        match trigger {
            Trigger::Contracted => self.standing,
            Trigger::Invoiced => self.invoiced,
            Trigger::Collected => self.collected,
        }
    }

    /// Whether a trigger has come to the same.
    pub(super) fn is_as_much_by(self, other: Self, trigger: Trigger) -> bool {
        self.by(trigger) == other.by(trigger) && self.performed == other.performed
    }

    /// Whether each trigger has come to the same.
    pub(crate) fn is_as_much_as(self, other: Self) -> bool {
        Self { told: None, ..self } == Self { told: None, ..other }
    }

    /// How it came to be, as explanations tell it.
    pub(super) fn explained(self) -> Option<AnnuityToDate> {
        let Told { state, days, forgiven } = self.told?;
        let (nothing, by_fault) =
            (Amount::zero(state.contracted().currency()), |of: fn(&Blameless) -> Amount| forgiven.as_ref().map(of));
        let [credited, refunded] = [Blameless::credited, Blameless::refunded].map(|of| by_fault(of).unwrap_or(nothing));
        let [invoiced_again, collected_again] = [Blameless::invoiced_again, Blameless::collected_again].map(by_fault);
        let collected = state.collected().checked_add(state.refunded())?;
        let with = |counts: Amount, again: Option<Amount>| counts.checked_add(again.unwrap_or(nothing));
        Some(AnnuityToDate {
            invoiced: with(state.invoiced(), invoiced_again)?.into(),
            credited: state.credited().checked_add(credited)?.into(),
            collected: with(collected, collected_again)?.into(),
            refunded: state.refunded().checked_add(refunded)?.into(),
            given_back: state.given_back().into(),
            days_served: days.map(|(served, _)| served),
            days_of_year: days.map(|(_, all)| all),
            credited_by_fault: credited.into(),
            refunded_by_fault: refunded.into(),
            invoiced_again: invoiced_again.map(Money::from),
            collected_again: collected_again.map(Money::from),
        })
    }
}

/// What happened to an annuity to date: `reached` can be computed of it, by the trigger of the rule (D12, D20).
///
/// What the master's fault credited and refunded is counted apart and changes nothing: `invoiced` counts without `invoiced_again`,
/// `credited` without `credited_by_fault`, `collected` without `collected_again` and `refunded` without `refunded_by_fault`. Of what
/// so counts:
///
/// - `invoiced`: what was invoiced, less what was credited and what was given back.
/// - `collected`: what was collected, less what was refunded.
/// - `contracted`: what was contracted, less what was credited and not billed again, and less what was given back. What was billed
///   again is `invoiced` less `contracted`, where it is more. Of a cancelled contract it is no more than what its days are worth,
///   `contracted × days_served ÷ days_of_year`, rounded half up, or than what `invoiced` counts where that is more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnnuityToDate {
    /// What was invoiced, before credits.
    pub invoiced: Money,
    /// What was credited.
    pub credited: Money,
    /// What was collected, before refunds.
    pub collected: Money,
    /// What was refunded.
    pub refunded: Money,
    /// What was refunded of what is still billed: as much as `collected` less `refunded` is below `invoiced` less `credited`, and no
    /// more than was refunded, each of them as it counts. So a credit note and the refund of its money count once, and giving back
    /// an overpayment counts nothing.
    pub given_back: Money,
    /// On how many days of the contract year the contract ran; null where it was not cancelled, or where that is the master's fault.
    #[schema(required, example = 182)]
    pub days_served: Option<u32>,
    /// How many days the contract year has; null in the same cases.
    #[schema(required, example = 365)]
    pub days_of_year: Option<u32>,
    /// What was credited by the master's fault, where it stays with the partner.
    pub credited_by_fault: Money,
    /// What was refunded by the master's fault, where it stays with the partner.
    pub refunded_by_fault: Money,
    /// What was invoiced again of what was credited by the master's fault; null where nothing stays with the partner.
    #[serde(default)]
    #[schema(required)]
    pub invoiced_again: Option<Money>,
    /// What was collected again of what was credited or refunded by the master's fault; null where nothing stays with the partner.
    #[serde(default)]
    #[schema(required)]
    pub collected_again: Option<Money>,
}
