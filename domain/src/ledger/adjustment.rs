//! Adjustments: what a master changes of an entry by decision, with a reason, once a second person approves (D20).

use std::cmp::Ordering;

use crate::{
    code::coded,
    decided::Decided,
    ledger::{Correction, CorrectionKind, Entry, EntryFault, can_be_stated},
    money::Money,
};

/// Which way an adjustment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdjustmentDirection {
    /// More is due than the entry says.
    Increase,
    /// Less is due than the entry says.
    Decrease,
}

coded! { AdjustmentDirection { Increase => "increase", Decrease => "decrease", } }

/// Where an adjustment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdjustmentState {
    /// Somebody proposed it: nothing is due by it.
    Proposed,
    /// A second person approved it: its entry is posted.
    Approved,
    /// A second person refused it.
    Rejected,
}

coded! { AdjustmentState { Proposed => "proposed", Approved => "approved", Rejected => "rejected", } }

/// Why an adjustment cannot be proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustmentRefusal {
    /// It would change nothing, or something the other way.
    NotPositive,
    /// It is in another currency than the entry.
    OtherCurrency {
        /// The entry's amount.
        entry: Money,
    },
    /// It takes more than is left of the entry, or of the accrual that it corrects.
    MoreThanLeft {
        /// What is left after all corrections.
        left: Money,
    },
    /// With all that was added to the entry before, it comes to more than the books take of one.
    TooLarge,
}

impl AdjustmentRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPositive => "amount_not_positive",
            Self::OtherCurrency { .. } => "other_currency",
            Self::MoreThanLeft { .. } => "more_than_left",
            Self::TooLarge => "amounts_too_large",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NotPositive | Self::OtherCurrency { .. } | Self::MoreThanLeft { .. } => "D20",
            Self::TooLarge => "D12",
        }
    }
}

/// What is left of an entry that is to be adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adjustable {
    /// What is left of the entry itself after its corrections.
    pub entry: Money,
    /// What is left of the accrual that it corrects, in all, after everything that corrects it; of an accrual, what is left of it.
    pub accrual: Money,
    /// Whether it takes something back of that accrual.
    pub takes_back: bool,
}

impl Adjustable {
    /// The most that an adjustment can come to; none where what can be added is bounded by the books alone. Nobody comes to owe for what was taken back of it
    /// already, in whatever way.
    fn most(self, direction: AdjustmentDirection) -> Option<Money> {
        let Self { entry, accrual, takes_back } = self;
        match (direction, takes_back) {
            (AdjustmentDirection::Increase, false) => None,
            (AdjustmentDirection::Increase, true) => Some(accrual),
            (AdjustmentDirection::Decrease, true) => Some(entry),
            (AdjustmentDirection::Decrease, false) => {
                Some(if accrual.compare(entry) == Some(Ordering::Less) { accrual } else { entry })
            }
        }
    }
}

/// Checks an adjustment of an entry of which this is left.
///
/// # Errors
/// Every [`AdjustmentRefusal`] at once.
pub fn check_adjustment(direction: AdjustmentDirection, amount: Money, of: Adjustable) -> Result<(), Vec<AdjustmentRefusal>> {
    let mut refusals = Vec::new();
    if amount.sign() != Ordering::Greater {
        refusals.push(AdjustmentRefusal::NotPositive);
    }
    match (amount.compare(of.entry), of.most(direction)) {
        (None, _) => refusals.push(AdjustmentRefusal::OtherCurrency { entry: of.entry }),
        (Some(_), Some(left)) if amount.compare(left) == Some(Ordering::Greater) => {
            refusals.push(AdjustmentRefusal::MoreThanLeft { left });
        }
        (Some(_), None) if !of.entry.checked_add(amount).is_some_and(can_be_stated) => refusals.push(AdjustmentRefusal::TooLarge),
        (Some(_), _) => {}
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// Why a proposed adjustment cannot be decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionRefusal {
    /// Who proposed it does not decide it.
    SamePerson,
    /// It was decided the other way.
    WrongState {
        /// Where it stands.
        state: AdjustmentState,
    },
}

/// Decides an adjustment. Decided the same way again, nothing changes.
///
/// # Errors
/// [`DecisionRefusal`]: a second person decides, and once.
pub fn decide_adjustment(
    state: AdjustmentState,
    to: AdjustmentState,
    by_who_proposed: bool,
) -> Result<Decided<AdjustmentState>, DecisionRefusal> {
    match state {
        state if state == to => Ok(Decided::Unchanged),
        AdjustmentState::Proposed if by_who_proposed => Err(DecisionRefusal::SamePerson),
        AdjustmentState::Proposed => Ok(Decided::Changed(to)),
        state => Err(DecisionRefusal::WrongState { state }),
    }
}

/// The entry that an adjustment of `entry` makes, named by its id in `correction`.
///
/// # Errors
/// [`EntryFault`] when it would be no entry.
pub fn adjusting(
    entry: &Entry,
    corrects: crate::id::EntryId,
    direction: AdjustmentDirection,
    amount: Money,
) -> Result<Entry, EntryFault> {
    let parties = match direction {
        AdjustmentDirection::Increase => entry.parties(),
        AdjustmentDirection::Decrease => entry.parties().swapped(),
    };
    Entry::new(parties, amount, entry.kind(), Some(Correction { kind: CorrectionKind::Adjustment, corrects }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::CompanyId,
        ledger::{EntryKind, JOURNAL_MAX, Parties},
        money::Currency,
    };

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    #[test]
    fn d20_no_more_is_taken_than_is_left_of_the_entry_and_no_more_added_than_the_books_take_of_one() {
        use AdjustmentDirection::{Decrease, Increase};
        let left = eur(18_000);
        let table = [
            (Decrease, 18_000, Ok(())),
            (Decrease, 18_001, Err(vec![AdjustmentRefusal::MoreThanLeft { left }])),
            (Increase, 18_001, Ok(())),
            (Increase, JOURNAL_MAX - 18_000, Ok(())),
            (Increase, JOURNAL_MAX - 17_999, Err(vec![AdjustmentRefusal::TooLarge])),
            (Increase, i64::MAX, Err(vec![AdjustmentRefusal::TooLarge])),
            (Increase, 0, Err(vec![AdjustmentRefusal::NotPositive])),
            (Decrease, -1, Err(vec![AdjustmentRefusal::NotPositive])),
        ];
        let of = Adjustable { entry: left, accrual: left, takes_back: false };
        for (direction, minor, expected) in table {
            assert_eq!(check_adjustment(direction, eur(minor), of), expected, "{direction:?} {minor}");
        }
        let yen = Money::from_minor(0, Currency::JPY);
        let both = vec![AdjustmentRefusal::NotPositive, AdjustmentRefusal::OtherCurrency { entry: left }];
        assert_eq!(check_adjustment(Increase, yen, of), Err(both));
    }

    #[test]
    fn d20_what_was_taken_back_of_an_accrual_in_whatever_way_is_taken_back_once() {
        use AdjustmentDirection::{Decrease, Increase};
        let (entry, accrual) = (eur(2_000), eur(1_500));
        // An increase of an accrual of which less is left than it brought; and a reversal of that accrual.
        let table = [(Decrease, false, 1_500), (Increase, true, 1_500), (Decrease, true, 2_000)];
        for (direction, takes_back, most) in table {
            let of = Adjustable { entry, accrual, takes_back };
            assert_eq!(check_adjustment(direction, eur(most), of), Ok(()), "{direction:?} {takes_back}");
            let refused = Err(vec![AdjustmentRefusal::MoreThanLeft { left: eur(most) }]);
            assert_eq!(check_adjustment(direction, eur(most + 1), of), refused, "{direction:?} {takes_back}");
        }
        assert_eq!(check_adjustment(Increase, eur(9_999), Adjustable { entry, accrual, takes_back: false }), Ok(()));
    }

    #[test]
    fn d20_a_second_person_decides_and_once() {
        use AdjustmentState::{Approved, Proposed, Rejected};
        for (to, other) in [(Approved, Rejected), (Rejected, Approved)] {
            assert_eq!(decide_adjustment(Proposed, to, false), Ok(Decided::Changed(to)));
            assert_eq!(decide_adjustment(Proposed, to, true), Err(DecisionRefusal::SamePerson));
            assert_eq!(decide_adjustment(to, to, false), Ok(Decided::Unchanged));
            assert_eq!(decide_adjustment(other, to, false), Err(DecisionRefusal::WrongState { state: other }));
        }
    }

    #[test]
    fn an_adjustment_adds_to_its_entry_or_takes_from_it() {
        let master = CompanyId::Master("master_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap());
        let partner = CompanyId::Partner("partner_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap());
        let id = "entry_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap();
        let entry = Entry::new(Parties::new(master, partner).unwrap(), eur(18_000), EntryKind::Commission, None).unwrap();
        for (direction, debtor) in [(AdjustmentDirection::Increase, master), (AdjustmentDirection::Decrease, partner)] {
            let adjusted = adjusting(&entry, id, direction, eur(500)).unwrap();
            assert_eq!(
                (adjusted.parties().debtor(), adjusted.amount(), adjusted.kind()),
                (debtor, eur(500), EntryKind::Commission)
            );
            assert_eq!(adjusted.correction(), Some(Correction { kind: CorrectionKind::Adjustment, corrects: id }));
        }
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(AdjustmentState::ALL.iter().all(|state| AdjustmentState::from_code(state.code()) == Some(*state)));
        assert!(AdjustmentDirection::ALL.iter().all(|it| AdjustmentDirection::from_code(it.code()) == Some(*it)));
    }
}
