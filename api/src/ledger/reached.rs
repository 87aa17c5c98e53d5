//! What an annuity has come to by each trigger, and how explanations tell it (D12, D20).

use domain::{
    money::Money as Amount,
    network::Trigger,
    sale::{AnnuityState, ContractState, Fault, days_served, forgiving, given_back_by_fault},
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
    /// How it came to that; none for a whole year that nothing has happened to.
    told: Option<Told>,
}

/// What of an annuity is told beside its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    state: AnnuityState,
    /// The days on which a cancelled contract ran in the year, and all of its days.
    days: Option<(u32, u32)>,
    /// What the master's fault credited and refunded, where that is forgiven.
    forgiven: (Amount, Amount),
}

impl Reached {
    /// To date: what credits, refunds and a cancellation leave of the whole, of what was billed, and of what was collected (D12, D20).
    pub(crate) fn to_date(annuity: &Annuity, contract: &Contract) -> Result<Self, Problem> {
        let nothing = Amount::zero(annuity.currency);
        let days = contract.ended_on.filter(|_| contract.state == ContractState::Cancelled);
        let days = days.map(|ended_on| days_served((annuity.starts_on, annuity.ends_on), ended_on));
        Self::of(annuity, days, (nothing, nothing))
    }

    /// The same as if what was the master's fault had not been taken back: what partners are owed of it stays with them (D20).
    pub(super) fn forgiving(
        annuity: &Annuity,
        contract: &Contract,
        (credited, refunded): (Amount, Amount),
    ) -> Result<Self, Problem> {
        let reached = Self::to_date(annuity, contract)?;
        let days = reached.told.and_then(|told| told.days).filter(|_| contract.at_fault != Some(Fault::Master));
        Self::of(annuity, days, (credited, refunded))
    }

    fn of(annuity: &Annuity, days: Option<(u32, u32)>, forgiven: (Amount, Amount)) -> Result<Self, Problem> {
        let (state, unheld) = (annuity.state()?, || broken(annuity, "amounts"));
        let (credited, refunded) = forgiven;
        let of_given_back = given_back_by_fault(&state, credited, refunded).ok_or_else(unheld)?;
        let of_bill = credited.checked_add(of_given_back).ok_or_else(unheld)?;
        let forgive = |reached, fault| forgiving(reached, fault, annuity.contracted).ok_or_else(unheld);
        let standing = match days {
            Some((served, all)) => {
                let worth = annuity.contracted.proportion(served.into(), all.into()).ok_or_else(unheld)?;
                state.standing_of_cancelled(worth)
            }
            None => state.standing(),
        };
        Ok(Self {
            standing: forgive(standing, of_bill)?,
            invoiced: forgive(state.billed(), of_bill)?,
            collected: forgive(state.collected(), refunded)?,
            told: Some(Told { state, days, forgiven }),
        })
    }

    /// The whole of what was contracted.
    pub(crate) const fn whole(contracted: Amount) -> Self {
        Self { standing: contracted, invoiced: contracted, collected: contracted, told: None }
    }

    /// What a trigger has come to.
    pub(crate) const fn by(self, trigger: Trigger) -> Amount {
        match trigger {
            Trigger::Contracted => self.standing,
            Trigger::Invoiced => self.invoiced,
            Trigger::Collected => self.collected,
        }
    }

    /// Whether each trigger has come to the same.
    pub(crate) fn is_as_much_as(self, other: Self) -> bool {
        Self { told: None, ..self } == Self { told: None, ..other }
    }

    /// How it came to be, as explanations tell it.
    pub(super) fn explained(self) -> Option<AnnuityToDate> {
        let Told { state, days, forgiven: (credited, refunded) } = self.told?;
        let collected = state.collected().checked_add(state.refunded())?;
        Some(AnnuityToDate {
            invoiced: state.invoiced().into(),
            credited: state.credited().into(),
            collected: collected.into(),
            refunded: state.refunded().into(),
            given_back: state.given_back().into(),
            days_served: days.map(|(served, _)| served),
            days_of_year: days.map(|(_, all)| all),
            credited_by_fault: credited.into(),
            refunded_by_fault: refunded.into(),
        })
    }
}

/// What happened to an annuity to date: `reached` can be computed of it, by the trigger of the rule (D12, D20).
///
/// - `invoiced`: what was invoiced, less what was credited and what was given back.
/// - `collected`: what was collected, less what was refunded.
/// - `contracted`: what was contracted, less what was credited and not billed again, and less what was given back. What was billed
///   again is `invoiced` less `contracted`, where it is more. Of a cancelled contract it is no more than what its days are worth,
///   `contracted × days_served ÷ days_of_year`, rounded half up, or than what `invoiced` counts where that is more.
///
/// Where the master is at fault, what it credited and refunded by its fault is added again, up to what was contracted: for
/// `collected` what was refunded by it; for the others what was credited by it, and what of `given_back` was refunded by it and is not
/// the money of its own credit notes: no more than `refunded_by_fault`, less the least of `refunded_by_fault`, `credited_by_fault` and
/// `refunded` less `given_back`.
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
    /// more than was refunded. So a credit note and the refund of its money count once, and giving back an overpayment counts
    /// nothing.
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
}
