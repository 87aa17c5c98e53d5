//! Whose fault it is that something was not performed: what is the master's takes nothing back of what partners earned (D20).

use std::cmp::Ordering;

use crate::{
    code::coded,
    money::Money,
    sale::{AnnuityState, InstalmentKind},
};

/// Whose fault a credit, a refund or a cancellation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The master's.
    Master,
}

coded! { Fault { Master => "master", } }

/// Why a fault cannot be recorded with an instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultRefusal {
    /// Nothing is taken back by it.
    NothingTakenBack,
    /// A fault has a reason.
    NoReason,
    /// A master's fault is the master's to admit.
    NotAdmitted,
}

impl FaultRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingTakenBack => "fault_takes_nothing_back",
            Self::NoReason => "fault_without_reason",
            Self::NotAdmitted => "fault_not_admitted",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D20"
    }
}

/// Checks the fault that is recorded with an instalment.
///
/// # Errors
/// Every [`FaultRefusal`] at once.
pub fn check_fault(kind: InstalmentKind, has_reason: bool, by_master: bool) -> Result<(), Vec<FaultRefusal>> {
    let takes_back = matches!(kind, InstalmentKind::Credit | InstalmentKind::Refund);
    let refusals: Vec<_> = [
        (!takes_back).then_some(FaultRefusal::NothingTakenBack),
        (!has_reason).then_some(FaultRefusal::NoReason),
        (!by_master).then_some(FaultRefusal::NotAdmitted),
    ]
    .into_iter()
    .flatten()
    .collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// What an amount would have come to without what the master's fault took of it: never more than the whole. `None` for amounts of
/// several currencies, or too large.
#[must_use]
pub fn forgiving(reached: Money, at_masters_fault: Money, whole: Money) -> Option<Money> {
    let forgiven = reached.checked_add(at_masters_fault)?;
    Some(if forgiven.compare(whole)? == Ordering::Greater { whole } else { forgiven })
}

/// What of the money that was given back is the master's fault: what it refunded, less the money of its own credit notes, which those
/// count already. Of what was refunded and is not given back, its refunds are the first, up to what it credited. `None` for amounts of
/// several currencies (D20).
#[must_use]
pub fn given_back_by_fault(state: &AnnuityState, credited: Money, refunded: Money) -> Option<Money> {
    let given_back = state.given_back();
    let of_notes = state.refunded().checked_sub(given_back)?;
    let of_own_notes = lesser(lesser(refunded, credited)?, of_notes)?;
    lesser(given_back, refunded.checked_sub(of_own_notes)?)
}

fn lesser(one: Money, other: Money) -> Option<Money> {
    Some(if one.compare(other)?.is_gt() { other } else { one })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn d20_a_master_admits_its_fault_in_a_credit_or_refund_with_a_reason() {
        use FaultRefusal::{NoReason, NotAdmitted, NothingTakenBack};
        for kind in [InstalmentKind::Credit, InstalmentKind::Refund] {
            assert_eq!(check_fault(kind, true, true), Ok(()));
            assert_eq!(check_fault(kind, false, true), Err(vec![NoReason]));
            assert_eq!(check_fault(kind, true, false), Err(vec![NotAdmitted]));
        }
        for kind in [InstalmentKind::Invoice, InstalmentKind::Collection] {
            assert_eq!(check_fault(kind, false, false), Err(vec![NothingTakenBack, NoReason, NotAdmitted]));
        }
        assert!(Fault::ALL.iter().all(|fault| Fault::from_code(fault.code()) == Some(*fault)));
    }

    #[test]
    fn d20_what_the_masters_fault_took_counts_as_reached_up_to_the_whole() {
        let eur = |minor| Money::from_minor(minor, Currency::EUR);
        let table = [(80_000, 40_000, 120_000), (80_000, 0, 80_000), (80_000, 40_001, 120_000), (0, 100, 100)];
        for (reached, fault, expected) in table {
            assert_eq!(forgiving(eur(reached), eur(fault), eur(120_000)), Some(eur(expected)), "{reached} {fault}");
        }
        assert_eq!(forgiving(eur(1), Money::from_minor(1, Currency::JPY), eur(2)), None);
    }

    #[test]
    fn d20_the_money_of_the_masters_own_credit_note_is_not_given_back_by_its_fault_as_well() {
        let eur = |minor| Money::from_minor(minor, Currency::EUR);
        // Credited and refunded in all, by the fault of these, and what of the rest given back is the fault's.
        let table = [
            // A refund without a note; with another one that is nobody's fault.
            ([0, 500], [0, 500], 500),
            ([0, 800], [0, 500], 500),
            // A note and its money, and a refund of its own beside it.
            ([400, 800], [400, 400], 0),
            ([300, 500], [300, 300], 0),
            // A note of what was paid, of which the money is not refunded yet; then more than that.
            ([400, 0], [400, 0], 0),
            ([400, 600], [400, 600], 200),
            // Another's note and its money, and a refund by the fault beside it.
            ([400, 800], [0, 400], 400),
        ];
        for ([credited, refunded], [by_fault, refunded_by_fault], expected) in table {
            let state = AnnuityState::from_amounts(eur(1200), [eur(1200), eur(credited)], [eur(1200), eur(refunded)]);
            let found = given_back_by_fault(&state.unwrap(), eur(by_fault), eur(refunded_by_fault));
            assert_eq!(found, Some(eur(expected)), "{credited} {refunded} {by_fault} {refunded_by_fault}");
        }
        // A note of what was never paid has no money to refund.
        let unpaid = AnnuityState::from_amounts(eur(1200), [eur(1200), eur(400)], [eur(800), eur(300)]).unwrap();
        assert_eq!(given_back_by_fault(&unpaid, eur(400), eur(300)), Some(eur(300)));
    }
}
