//! What to append, given what is due to date and what was posted before.

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::{
    id::EntryId,
    ledger::{Correction, CorrectionKind, Entry, EntryFault, EntryKind, Parties},
    money::Money,
};

/// What was posted so far for one annuity, agreement and rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Accruals less what was taken back, without what was adjusted by decision.
    pub total: Money,
    /// The accruals of which something is left, oldest first.
    pub open: Vec<OpenAccrual>,
    /// What adjustments by decision took of the accruals: it is taken back of nobody again (D20).
    pub adjusted: Money,
}

impl Posted {
    /// The same with an adjustment by decision: what it adds to an entry, or takes of it where it is less than nothing. What it takes
    /// beyond what is left of that entry, it takes of the others, the latest first (D20). `None` for amounts that cannot be added.
    #[must_use]
    pub fn adjusted(self, entry: EntryId, by: Money) -> Option<Self> {
        let Self { total, mut open, mut adjusted } = self;
        if let Some(accrual) = open.iter_mut().find(|accrual| accrual.entry == entry) {
            accrual.left = accrual.left.checked_add(by)?;
        }
        if by.sign() == Ordering::Less {
            adjusted = adjusted.checked_sub(by)?;
        }
        Some(Self { total, open, adjusted })
    }

    /// The same, of accruals some of which have less than nothing left: that is taken of the others, the latest first, and those of
    /// which nothing is left are left out.
    #[must_use]
    pub fn settled(self) -> Option<Self> {
        let Self { total, mut open, adjusted } = self;
        let nothing = Money::zero(total.currency());
        let below = open.iter().map(|accrual| accrual.left).filter(|left| left.sign() == Ordering::Less);
        let mut missing = Money::sum(below, total.currency())?;
        for accrual in open.iter_mut().rev() {
            match accrual.left.sign() {
                Ordering::Less => accrual.left = nothing,
                Ordering::Equal => {}
                Ordering::Greater => {
                    let rest = accrual.left.checked_add(missing)?;
                    (accrual.left, missing) = if rest.sign() == Ordering::Less { (nothing, rest) } else { (rest, nothing) };
                }
            }
        }
        open.retain(|accrual| accrual.left.sign() == Ordering::Greater);
        Some(Self { total, open, adjusted })
    }
}

/// An accrual that was not taken back, or not all of it; or what a change of rules added to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAccrual {
    /// The entry.
    pub entry: EntryId,
    /// What is left of it, after what was taken back and adjusted.
    pub left: Money,
    /// The first day on which it may be stated and paid.
    pub payable_on: NaiveDate,
    /// Whether it was paid out.
    pub paid: bool,
}

/// What to append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// More is due: from debtor to creditor.
    Accrual {
        /// How much more.
        amount: Money,
    },
    /// More is due than an entry brought, by a change of rules: from debtor to creditor.
    Raised {
        /// How much more.
        amount: Money,
        /// The entry it corrects.
        correction: Correction,
    },
    /// Less is due: from creditor back to debtor (D20).
    TakenBack {
        /// How much less.
        amount: Money,
        /// The entry it corrects, and why: a reversal, a clawback where that entry was paid out, or an adjustment where it is the
        /// rules that changed.
        correction: Correction,
        /// What was left of that entry before.
        left: Money,
        /// The first day on which that entry may be stated and paid: nothing is taken back on a statement before it.
        not_before: NaiveDate,
    },
}

/// Why nothing can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostingFault {
    /// Less than nothing cannot be due: a debt the other way is an entry of its own.
    NegativeEntitlement {
        /// What was said to be due.
        entitled: Money,
    },
    /// What is due and what was posted are in two currencies, or their difference is too large to hold.
    NotComparable {
        /// What is due to date.
        entitled: Money,
        /// What was posted.
        posted: Money,
    },
    /// More is to be taken back than is left of all accruals, and adjustments did not take that much of them.
    NothingLeft {
        /// What no accrual is left for.
        rest: Money,
    },
}

/// Decides what to append so that the ledger says exactly what is due to date: the positive difference as an accrual, the
/// negative one spread over the accruals it concerns, and nothing when they agree. Deciding twice posts nothing twice (D12, D20).
///
/// The latest accrual is taken back first: what was performed came before what was not. What adjustments took of the accruals is
/// not taken back a second time: where nothing else is left, nothing is (D20).
///
/// # Errors
/// [`PostingFault`] when the amounts cannot be compared, less than nothing is said to be due, or no accrual is left.
pub fn post(entitled: Money, posted: Option<&Posted>) -> Result<Vec<Movement>, PostingFault> {
    if entitled.sign() == Ordering::Less {
        return Err(PostingFault::NegativeEntitlement { entitled });
    }
    let Some(Posted { total, open, adjusted }) = posted else {
        let due = entitled.sign() == Ordering::Greater;
        return Ok(due.then_some(Movement::Accrual { amount: entitled }).into_iter().collect());
    };
    let not_comparable = PostingFault::NotComparable { entitled, posted: *total };
    let difference = entitled.checked_sub(*total).ok_or(not_comparable)?;
    match difference.sign() {
        Ordering::Equal => Ok(Vec::new()),
        Ordering::Greater => Ok(vec![Movement::Accrual { amount: difference }]),
        Ordering::Less => take_back(difference.checked_abs().ok_or(not_comparable)?, (open, *adjusted), |accrual| {
            if accrual.paid { CorrectionKind::Clawback } else { CorrectionKind::Reversal }
        }),
    }
}

/// Decides what to append after a change of rules, so that the ledger says exactly what is due to date by the new ones: every
/// difference is an adjustment of what was posted by the old ones. What adds to it adjusts the latest accrual; where none is left,
/// it is earned now and corrects nothing.
///
/// # Errors
/// Those of [`post`].
pub fn restate(entitled: Money, posted: Option<&Posted>) -> Result<Vec<Movement>, PostingFault> {
    let adjusts = |entry| Correction { kind: CorrectionKind::Adjustment, corrects: entry };
    let Some(Posted { total, open, adjusted }) = posted else { return post(entitled, None) };
    let Some(latest) = open.last() else { return post(entitled, posted) };
    if entitled.sign() == Ordering::Less {
        return Err(PostingFault::NegativeEntitlement { entitled });
    }
    let not_comparable = PostingFault::NotComparable { entitled, posted: *total };
    let difference = entitled.checked_sub(*total).ok_or(not_comparable)?;
    match difference.sign() {
        Ordering::Equal => Ok(Vec::new()),
        Ordering::Greater => Ok(vec![Movement::Raised { amount: difference, correction: adjusts(latest.entry) }]),
        Ordering::Less => {
            let amount = difference.checked_abs().ok_or(not_comparable)?;
            take_back(amount, (open, *adjusted), |_| CorrectionKind::Adjustment)
        }
    }
}

/// Spreads what is to be taken back over the accruals that are left.
fn take_back(
    amount: Money,
    (open, adjusted): (&[OpenAccrual], Money),
    kind: impl Fn(&OpenAccrual) -> CorrectionKind,
) -> Result<Vec<Movement>, PostingFault> {
    let (mut rest, mut movements) = (amount, Vec::new());
    for accrual in open.iter().rev() {
        if rest.sign() == Ordering::Equal {
            break;
        }
        let left = &accrual.left;
        let part = if rest.compare(*left) == Some(Ordering::Less) { rest } else { *left };
        let correction = Correction { kind: kind(accrual), corrects: accrual.entry };
        rest = rest.checked_sub(part).ok_or(PostingFault::NotComparable { entitled: rest, posted: part })?;
        movements.push(Movement::TakenBack { amount: part, correction, left: *left, not_before: accrual.payable_on });
    }
    if rest.compare(adjusted).is_some_and(Ordering::is_le) { Ok(movements) } else { Err(PostingFault::NothingLeft { rest }) }
}

impl Movement {
    /// The entry to append, where `parties` are those of an accrual: what is taken back swaps them and names what it corrects.
    ///
    /// # Errors
    /// [`EntryFault`] when it would be no entry.
    pub fn entry(self, parties: Parties, kind: EntryKind) -> Result<Entry, EntryFault> {
        match self {
            Self::Accrual { amount } => Entry::new(parties, amount, kind, None),
            Self::Raised { amount, correction } => Entry::new(parties, amount, kind, Some(correction)),
            Self::TakenBack { amount, correction, left: _, not_before: _ } => {
                Entry::new(parties.swapped(), amount, kind, Some(correction))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        id::CompanyId,
        ledger::{EntryState, Standing, payable_on},
        money::Currency,
    };

    fn eur(text: &str) -> Money {
        Money::parse(text, Currency::EUR).unwrap()
    }

    fn cents(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    const ENTRIES: [&str; 3] =
        ["entry_01h2xcejqtf2nbrexx3vqjhp41", "entry_01h2xcejqtf2nbrexx3vqjhp42", "entry_01h2xcejqtf2nbrexx3vqjhp43"];

    fn entry_id(number: usize) -> EntryId {
        ENTRIES[number].parse().unwrap()
    }

    fn master() -> CompanyId {
        CompanyId::Master("master_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap())
    }

    fn partner() -> CompanyId {
        CompanyId::Partner("partner_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap())
    }

    /// A day for each number.
    fn day(number: usize) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, u32::try_from(number + 1).unwrap()).unwrap()
    }

    /// Accruals of which this much is left, each payable on its day, the first ones paid out.
    fn posted(left: &[&str], paid: usize) -> Posted {
        let open: Vec<_> = left
            .iter()
            .enumerate()
            .map(|(number, left)| OpenAccrual {
                entry: entry_id(number),
                left: eur(left),
                payable_on: day(number),
                paid: number < paid,
            })
            .collect();
        let total = Money::sum(open.iter().map(|accrual| accrual.left), Currency::EUR).unwrap();
        Posted { total, open, adjusted: eur("0.00") }
    }

    fn back(kind: CorrectionKind, number: usize, amount: &str, left: &str) -> Movement {
        let correction = Correction { kind, corrects: entry_id(number) };
        Movement::TakenBack { amount: eur(amount), correction, left: eur(left), not_before: day(number) }
    }

    #[test]
    fn the_difference_between_due_and_posted_is_what_moves() {
        let accrual = |amount| Ok(vec![Movement::Accrual { amount: eur(amount) }]);
        let before = posted(&["100.00"], 0);
        assert_eq!(post(eur("0.00"), None), Ok(vec![]));
        assert_eq!(post(eur("0.01"), None), accrual("0.01"));
        assert_eq!(post(eur("99.99"), Some(&before)), Ok(vec![back(CorrectionKind::Reversal, 0, "0.01", "100.00")]));
        assert_eq!(post(eur("100.00"), Some(&before)), Ok(vec![]));
        assert_eq!(post(eur("100.01"), Some(&before)), accrual("0.01"));
        assert_eq!(post(eur("0.00"), Some(&before)), Ok(vec![back(CorrectionKind::Reversal, 0, "100.00", "100.00")]));
    }

    #[test]
    fn d20_what_is_taken_back_is_spread_over_the_accruals_from_the_latest_one() {
        use CorrectionKind::Reversal;
        let before = posted(&["60.00", "20.00", "100.00"], 0);
        assert_eq!(post(eur("80.00"), Some(&before)), Ok(vec![back(Reversal, 2, "100.00", "100.00")]));
        let spread = vec![back(Reversal, 2, "100.00", "100.00"), back(Reversal, 1, "0.01", "20.00")];
        assert_eq!(post(eur("79.99"), Some(&before)), Ok(spread));
        let all =
            vec![back(Reversal, 2, "100.00", "100.00"), back(Reversal, 1, "20.00", "20.00"), back(Reversal, 0, "60.00", "60.00")];
        assert_eq!(post(eur("0.00"), Some(&before)), Ok(all));
    }

    #[test]
    fn d20_what_was_paid_out_is_clawed_back_and_the_rest_reversed() {
        let before = posted(&["60.00", "20.00"], 1);
        let both = vec![back(CorrectionKind::Reversal, 1, "20.00", "20.00"), back(CorrectionKind::Clawback, 0, "30.00", "60.00")];
        assert_eq!(post(eur("30.00"), Some(&before)), Ok(both));
    }

    #[test]
    fn r86_after_a_change_of_rules_every_difference_adjusts_what_was_posted_by_the_old_ones() {
        use CorrectionKind::Adjustment;
        let before = posted(&["60.00", "20.00"], 1);
        let raised = Movement::Raised { amount: eur("0.01"), correction: Correction { kind: Adjustment, corrects: entry_id(1) } };
        assert_eq!(restate(eur("80.01"), Some(&before)), Ok(vec![raised]));
        assert_eq!(restate(eur("80.00"), Some(&before)), Ok(vec![]));
        // What was paid out is adjusted, too: nobody took anything back of it.
        let both = vec![back(Adjustment, 1, "20.00", "20.00"), back(Adjustment, 0, "30.00", "60.00")];
        assert_eq!(restate(eur("30.00"), Some(&before)), Ok(both));
        let earned = vec![Movement::Accrual { amount: eur("5.00") }];
        assert_eq!(restate(eur("5.00"), None), Ok(earned.clone()));
        let nothing_left = Posted { total: eur("0.00"), open: vec![], adjusted: eur("0.00") };
        assert_eq!(restate(eur("5.00"), Some(&nothing_left)), Ok(earned));
        let refused = Err(PostingFault::NegativeEntitlement { entitled: eur("-0.01") });
        assert_eq!(restate(eur("-0.01"), Some(&before)), refused);
    }

    #[test]
    fn what_is_added_to_an_entry_goes_its_way_and_names_it() {
        let parties = Parties::new(master(), partner()).unwrap();
        let raised =
            restate(eur("100.00"), Some(&posted(&["60.00"], 0))).unwrap()[0].entry(parties, EntryKind::Commission).unwrap();
        assert_eq!((raised.parties(), raised.amount()), (parties, eur("40.00")));
        assert_eq!(raised.correction(), Some(Correction { kind: CorrectionKind::Adjustment, corrects: entry_id(0) }));
    }

    #[test]
    fn more_than_all_accruals_is_not_taken_back() {
        let before = Posted { total: eur("100.00"), ..posted(&["60.00"], 0) };
        assert_eq!(post(eur("0.00"), Some(&before)), Err(PostingFault::NothingLeft { rest: eur("40.00") }));
    }

    #[test]
    fn d20_what_an_adjustment_took_of_an_accrual_is_not_taken_back_again() {
        use CorrectionKind::Reversal;
        let adjusted = |by: &[(usize, &str)]| {
            let before = posted(&["60.00", "20.00", "100.00"], 0);
            let after = by.iter().try_fold(before, |before, (number, by)| before.adjusted(entry_id(*number), eur(by)));
            after.unwrap().settled().unwrap()
        };
        // All of the last one: the next is taken back, and of what was earned before it what is due, 80.00.
        let before = adjusted(&[(2, "-100.00")]);
        assert_eq!(post(eur("180.00"), Some(&before)), Ok(vec![]));
        assert_eq!(
            post(eur("100.00"), Some(&before)),
            Ok(vec![back(Reversal, 1, "20.00", "20.00"), back(Reversal, 0, "60.00", "60.00")])
        );
        assert_eq!(
            post(eur("0.00"), Some(&before)),
            Ok(vec![back(Reversal, 1, "20.00", "20.00"), back(Reversal, 0, "60.00", "60.00")])
        );
        // More is due than was posted before, whatever was adjusted.
        assert_eq!(post(eur("180.01"), Some(&before)), Ok(vec![Movement::Accrual { amount: eur("0.01") }]));
        // What was added to one is left of it, and stays where as much as was posted is taken back.
        let before = adjusted(&[(2, "20.00")]);
        assert_eq!(post(eur("150.00"), Some(&before)), Ok(vec![back(Reversal, 2, "30.00", "120.00")]));
        let all =
            vec![back(Reversal, 2, "120.00", "120.00"), back(Reversal, 1, "20.00", "20.00"), back(Reversal, 0, "40.00", "60.00")];
        assert_eq!(post(eur("0.00"), Some(&before)), Ok(all));
        // What was taken beyond what is left of one is taken of the latest other one.
        let before = adjusted(&[(0, "-70.00")]);
        assert_eq!(before.open.iter().map(|accrual| accrual.left).collect::<Vec<_>>(), [eur("20.00"), eur("90.00")]);
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let yen = Money::from_minor(100, Currency::JPY);
        let before = posted(&["1.00"], 0);
        assert_eq!(post(yen, Some(&before)), Err(PostingFault::NotComparable { entitled: yen, posted: eur("1.00") }));
        let lowest = Posted { total: cents(i64::MIN), open: vec![], adjusted: cents(0) };
        let refused = PostingFault::NotComparable { entitled: eur("0.01"), posted: cents(i64::MIN) };
        assert_eq!(post(eur("0.01"), Some(&lowest)), Err(refused));
    }

    #[test]
    fn less_than_nothing_is_never_due() {
        let refused = Err(PostingFault::NegativeEntitlement { entitled: eur("-0.01") });
        assert_eq!(post(eur("-0.01"), None), refused);
        assert_eq!(post(eur("-0.01"), Some(&posted(&["1.00"], 0))), refused);
    }

    #[test]
    fn an_accrual_goes_from_debtor_to_creditor_and_what_is_taken_back_the_other_way_naming_what_it_corrects() {
        let parties = Parties::new(master(), partner()).unwrap();
        let accrual = post(eur("180.00"), None).unwrap()[0].entry(parties, EntryKind::Commission).unwrap();
        assert_eq!((accrual.parties(), accrual.amount(), accrual.correction()), (parties, eur("180.00"), None));
        assert_eq!(accrual.kind(), EntryKind::Commission);

        let taken = post(eur("90.00"), Some(&posted(&["180.00"], 0))).unwrap()[0].entry(parties, EntryKind::Commission).unwrap();
        assert_eq!((taken.parties().debtor(), taken.parties().creditor()), (partner(), master()));
        assert_eq!(taken.amount(), eur("90.00"));
        assert_eq!(taken.correction(), Some(Correction { kind: CorrectionKind::Reversal, corrects: entry_id(0) }));
    }

    #[test]
    fn nobody_owes_itself() {
        assert_eq!(Parties::new(partner(), partner()), Err(EntryFault::SameCompany { company: partner() }));
    }

    #[test]
    fn an_entry_moves_more_than_nothing() {
        let parties = Parties::new(master(), partner()).unwrap();
        for (amount, accepted) in [("-0.01", false), ("0.00", false), ("0.01", true)] {
            assert_eq!(Entry::new(parties, eur(amount), EntryKind::Share, None).is_ok(), accepted, "{amount}");
        }
    }

    #[test]
    fn how_far_an_entry_has_come_follows_from_days_and_from_what_was_stated_and_paid() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        let standing = |stated, paid| Standing { dated_on: day(10), payable_on: day(20), stated, paid };
        let table = [
            (9, false, false, EntryState::Accrued),
            (10, false, false, EntryState::Held),
            (19, false, false, EntryState::Held),
            (20, false, false, EntryState::Payable),
            (20, true, false, EntryState::Stated),
            (20, true, true, EntryState::Paid),
        ];
        for (today, stated, paid, expected) in table {
            assert_eq!(EntryState::on(day(today), standing(stated, paid)), expected, "{today} {stated} {paid}");
        }
        let at_once = Standing { dated_on: day(10), payable_on: day(10), stated: false, paid: false };
        assert_eq!(EntryState::on(day(10), at_once), EntryState::Payable);
    }

    #[test]
    fn what_is_held_back_is_payable_after_that_many_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (hold_days, expected) in [(0, "2026-02-20"), (1, "2026-02-21"), (30, "2026-03-22")] {
            assert_eq!(payable_on(day("2026-02-20"), hold_days), Some(day(expected)));
        }
        assert_eq!(payable_on(NaiveDate::MAX, 1), None);
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(EntryKind::ALL.iter().all(|kind| EntryKind::from_code(kind.code()) == Some(*kind)));
        assert!(EntryState::ALL.iter().all(|state| EntryState::from_code(state.code()) == Some(*state)));
        assert!(CorrectionKind::ALL.iter().all(|kind| CorrectionKind::from_code(kind.code()) == Some(*kind)));
        assert_eq!(EntryKind::from_code("Commission"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_due_in_whatever_order_the_movements_come_to_it_and_no_accrual_gives_more_than_it_has(
            due in proptest::collection::vec(0i64..500, 1..30),
        ) {
            let (mut posted, mut made) = (None::<Posted>, 0usize);
            for entitled in due {
                for movement in post(cents(entitled), posted.as_ref()).unwrap() {
                    let before = posted.take().unwrap_or(Posted { total: cents(0), adjusted: cents(0), open: vec![] });
                    posted = Some(match movement {
                        Movement::Accrual { amount } | Movement::Raised { amount, .. } => {
                            let accrual = OpenAccrual { entry: numbered(made), left: amount, payable_on: day(0), paid: false };
                            made += 1;
                            let open = before.open.into_iter().chain([accrual]).collect();
                            Posted { total: before.total.checked_add(amount).unwrap(), open, ..before }
                        }
                        Movement::TakenBack { amount, correction, left, not_before: _ } => {
                            let mut open = before.open;
                            let of = open.iter_mut().find(|accrual| accrual.entry == correction.corrects).unwrap();
                            prop_assert_eq!(of.left, left);
                            of.left = left.checked_sub(amount).unwrap();
                            prop_assert!(of.left.sign() != Ordering::Less && amount.sign() == Ordering::Greater);
                            open.retain(|accrual| accrual.left.sign() == Ordering::Greater);
                            Posted { total: before.total.checked_sub(amount).unwrap(), open, ..before }
                        }
                    });
                }
                let total = posted.as_ref().map_or(0, |posted| posted.total.minor());
                prop_assert_eq!(total, entitled);
                prop_assert!(post(cents(entitled), posted.as_ref()).unwrap().is_empty());
            }
        }
    }

    /// A different entry for each number.
    fn numbered(number: usize) -> EntryId {
        EntryId::from_uuid(uuid::Uuid::from_u128(u128::try_from(number).unwrap()))
    }
}
