//! Entry fees: what a partner owes its master for the segment that it is conceded, computed on the segment's commercial potential
//! (R58, D14).
//!
//! A conceded segment says where somebody is expected to sell, and never grants exclusivity: the same one may be conceded to others,
//! and protects nothing (R30, R32). What is assessed may be assessed anew until it is invoiced; from then on it is frozen.

use std::cmp::Ordering;

use crate::{
    code::coded,
    decided::Decided,
    money::{Decimal, Money},
    network::{self, EntryFeeFormula},
};

/// Where an entry fee stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryFeeState {
    /// Somebody assessed it: nothing is owed by it.
    Assessed,
    /// A second person approved it.
    Approved,
    /// A second person refused it: it may be assessed anew.
    Rejected,
    /// It is invoiced, owed and frozen.
    Invoiced,
    /// It was paid.
    Paid,
    /// It was taken back before it was invoiced.
    Withdrawn,
}

coded! {
    EntryFeeState {
        Assessed => "assessed",
        Approved => "approved",
        Rejected => "rejected",
        Invoiced => "invoiced",
        Paid => "paid",
        Withdrawn => "withdrawn",
    }
}

impl EntryFeeState {
    /// Whether it was invoiced, so that nothing of its assessment changes any more (D14).
    #[must_use]
    pub const fn is_frozen(self) -> bool {
        matches!(self, Self::Invoiced | Self::Paid)
    }
}

/// What can be done with an entry fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryFeeAction {
    /// Assess it anew.
    Revise,
    /// Let it be invoiced.
    Approve,
    /// Send it back to be assessed anew.
    Reject,
    /// Take it back.
    Withdraw,
    /// Ask for the money.
    Invoice,
    /// Note that it was paid.
    RecordPayment,
}

coded! {
    EntryFeeAction {
        Revise => "revise",
        Approve => "approve",
        Reject => "reject",
        Withdraw => "withdraw",
        Invoice => "invoice",
        RecordPayment => "record_payment",
    }
}

/// Why an action on an entry fee is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryFeeRefusal {
    /// The action is none of this state's.
    WrongState {
        /// What was asked.
        action: EntryFeeAction,
        /// Where the entry fee stands.
        state: EntryFeeState,
    },
    /// Who assessed it does not decide it.
    SamePerson,
}

/// Carries an action out. The same decision again changes nothing; a revision is a new one each time.
///
/// # Errors
/// [`EntryFeeRefusal`]: a second person decides, what is invoiced is frozen, and nothing is invoiced that was not approved.
pub fn decide(
    state: EntryFeeState,
    action: EntryFeeAction,
    by_who_assessed: bool,
) -> Result<Decided<EntryFeeState>, EntryFeeRefusal> {
    use EntryFeeState::{Approved, Assessed, Invoiced, Paid, Rejected, Withdrawn};
    let (from, to): (&[EntryFeeState], _) = match action {
        EntryFeeAction::Revise => (&[Assessed, Approved, Rejected], Assessed),
        EntryFeeAction::Approve => (&[Assessed], Approved),
        EntryFeeAction::Reject => (&[Assessed], Rejected),
        EntryFeeAction::Withdraw => (&[Assessed, Approved, Rejected], Withdrawn),
        EntryFeeAction::Invoice => (&[Approved], Invoiced),
        EntryFeeAction::RecordPayment => (&[Invoiced], Paid),
    };
    if state == to && action != EntryFeeAction::Revise {
        return Ok(Decided::Unchanged);
    }
    if !from.contains(&state) {
        return Err(EntryFeeRefusal::WrongState { action, state });
    }
    let decides = matches!(action, EntryFeeAction::Approve | EntryFeeAction::Reject);
    if decides && by_who_assessed { Err(EntryFeeRefusal::SamePerson) } else { Ok(Decided::Changed(to)) }
}

/// What an assessment comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssessedFee {
    /// Before it is rounded.
    pub exact: Decimal,
    /// The fee.
    pub fee: Money,
}

/// Why a potential gives no fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssessmentRefusal {
    /// The potential is nothing, or less.
    NotPositive,
    /// The fee would round to nothing: there is nothing to invoice.
    NothingDue,
    /// The fee is larger than can be held.
    TooLarge,
}

impl AssessmentRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPositive => "amount_not_positive",
            Self::NothingDue => "entry_fee_is_nothing",
            Self::TooLarge => "amounts_too_large",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D14"
    }
}

/// The fee for a segment of this yearly potential, by the formula and the rate of the terms: rounded once, half up (D14).
///
/// # Errors
/// [`AssessmentRefusal`].
pub fn assess(terms: network::EntryFee, potential: Money) -> Result<AssessedFee, AssessmentRefusal> {
    if potential.sign() != Ordering::Greater {
        return Err(AssessmentRefusal::NotPositive);
    }
    let network::EntryFee { rate, formula } = terms;
    let exact = match formula {
        EntryFeeFormula::RateOfPotential => potential.decimal().checked_mul(rate.decimal()),
    };
    let exact = exact.ok_or(AssessmentRefusal::TooLarge)?.normalize();
    let fee = Money::round(exact, potential.currency()).ok_or(AssessmentRefusal::TooLarge)?;
    if fee.sign() == Ordering::Greater { Ok(AssessedFee { exact, fee }) } else { Err(AssessmentRefusal::NothingDue) }
}

/// What a segment is compared by: the same word is the same segment, small or large, with space around it or not (D14).
#[must_use]
pub fn segment_key(segment: &str) -> String {
    segment.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn terms(rate: &str) -> network::EntryFee {
        network::EntryFee { rate: rate.parse().unwrap(), formula: EntryFeeFormula::RateOfPotential }
    }

    fn fee_of(rate: &str, potential: &str, currency: Currency) -> Result<String, AssessmentRefusal> {
        assess(terms(rate), Money::parse(potential, currency).unwrap()).map(|assessed| assessed.fee.to_string())
    }

    #[test]
    fn d14_a_segment_is_the_same_however_it_is_written() {
        for written in ["retail stores", "Retail Stores", "  RETAIL   stores "] {
            assert_eq!(segment_key(written), "retail stores");
        }
        assert_eq!(segment_key("Études"), segment_key("études"));
        assert_ne!(segment_key("retail"), segment_key("retail stores"));
    }

    #[test]
    fn r58_the_fee_is_the_terms_rate_of_the_potential_rounded_half_up_once() {
        let table = [
            ("0.05", "250000.00", Currency::EUR, "12500.00"),
            // 0.05 × 0.10 is half a cent.
            ("0.05", "0.10", Currency::EUR, "0.01"),
            ("0.05", "100.29", Currency::EUR, "5.01"),
            ("0.05", "100.30", Currency::EUR, "5.02"),
            ("0.333333", "10", Currency::JPY, "3"),
            ("0.05", "1.010", Currency::BHD, "0.051"),
        ];
        for (rate, potential, currency, fee) in table {
            assert_eq!(fee_of(rate, potential, currency), Ok(fee.to_owned()), "{rate} of {potential} {}", currency.code());
        }
        let assessed = assess(terms("0.05"), Money::parse("100.29", Currency::EUR).unwrap()).unwrap();
        assert_eq!(assessed.exact.to_string(), "5.0145");
    }

    #[test]
    fn d14_a_potential_of_nothing_gives_no_fee_and_a_fee_of_nothing_is_none() {
        assert_eq!(fee_of("0.05", "0.00", Currency::EUR), Err(AssessmentRefusal::NotPositive));
        assert_eq!(fee_of("0.05", "-1.00", Currency::EUR), Err(AssessmentRefusal::NotPositive));
        assert_eq!(fee_of("0.05", "0.09", Currency::EUR), Err(AssessmentRefusal::NothingDue));
        assert_eq!(fee_of("0", "100.00", Currency::EUR), Err(AssessmentRefusal::NothingDue));
    }

    #[test]
    fn d14_every_action_belongs_to_its_states_alone() {
        use EntryFeeAction::{Approve, Invoice, RecordPayment, Reject, Revise, Withdraw};
        use EntryFeeState::{Approved, Assessed, Invoiced, Paid, Rejected, Withdrawn};
        let moves = [
            (Assessed, Revise, Assessed),
            (Approved, Revise, Assessed),
            (Rejected, Revise, Assessed),
            (Assessed, Approve, Approved),
            (Assessed, Reject, Rejected),
            (Assessed, Withdraw, Withdrawn),
            (Approved, Withdraw, Withdrawn),
            (Rejected, Withdraw, Withdrawn),
            (Approved, Invoice, Invoiced),
            (Invoiced, RecordPayment, Paid),
        ];
        let repeated =
            [(Approved, Approve), (Rejected, Reject), (Withdrawn, Withdraw), (Invoiced, Invoice), (Paid, RecordPayment)];
        for state in EntryFeeState::ALL {
            for action in EntryFeeAction::ALL {
                let moved = moves.iter().find(|(from, by, _)| (*from, *by) == (state, action));
                let expected = match moved {
                    Some((.., to)) => Ok(Decided::Changed(*to)),
                    None if repeated.contains(&(state, action)) => Ok(Decided::Unchanged),
                    None => Err(EntryFeeRefusal::WrongState { action, state }),
                };
                assert_eq!(decide(state, action, false), expected, "{action:?} of {state:?}");
            }
        }
    }

    #[test]
    fn d14_a_second_person_decides_an_assessment() {
        use EntryFeeAction::{Approve, Invoice, Reject, Revise};
        use EntryFeeState::{Approved, Assessed};
        for action in [Approve, Reject] {
            assert_eq!(decide(Assessed, action, true), Err(EntryFeeRefusal::SamePerson));
        }
        assert_eq!(decide(Assessed, Revise, true), Ok(Decided::Changed(Assessed)));
        assert!(decide(Approved, Invoice, true).is_ok());
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(EntryFeeState::ALL.iter().all(|state| EntryFeeState::from_code(state.code()) == Some(*state)));
        assert!(EntryFeeAction::ALL.iter().all(|action| EntryFeeAction::from_code(action.code()) == Some(*action)));
        let frozen: Vec<_> = EntryFeeState::ALL.into_iter().filter(|state| state.is_frozen()).collect();
        assert_eq!(frozen, [EntryFeeState::Invoiced, EntryFeeState::Paid]);
    }
}
