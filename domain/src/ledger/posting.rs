//! What to append, given what is due to date and what was posted before.

use std::cmp::Ordering;

use crate::{
    id::EntryId,
    ledger::{Correction, CorrectionKind, Entry, EntryFault, EntryKind, Parties},
    money::Money,
};

/// What was posted so far for one annuity, agreement and rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// Accruals less reversals.
    pub total: Money,
    /// The latest entry: the one that a reversal corrects.
    pub latest: EntryId,
}

/// What to append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// More is due: from debtor to creditor.
    Accrual {
        /// How much more.
        amount: Money,
    },
    /// Less is due: from creditor back to debtor (D20).
    Reversal {
        /// How much less.
        amount: Money,
        /// The entry it corrects.
        corrects: EntryId,
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
}

/// Decides what to append so that the ledger says exactly what is due to date: the positive difference as an accrual, the
/// negative one as a reversal, and nothing when they agree. Deciding twice posts nothing twice (D12, D20).
///
/// # Errors
/// [`PostingFault`] when the amounts cannot be compared or less than nothing is said to be due.
pub fn post(entitled: Money, posted: Option<Posted>) -> Result<Option<Movement>, PostingFault> {
    if entitled.sign() == Ordering::Less {
        return Err(PostingFault::NegativeEntitlement { entitled });
    }
    let Some(Posted { total, latest }) = posted else {
        return Ok((entitled.sign() == Ordering::Greater).then_some(Movement::Accrual { amount: entitled }));
    };
    let not_comparable = PostingFault::NotComparable { entitled, posted: total };
    let difference = entitled.checked_sub(total).ok_or(not_comparable)?;
    Ok(match difference.sign() {
        Ordering::Equal => None,
        Ordering::Greater => Some(Movement::Accrual { amount: difference }),
        Ordering::Less => Some(Movement::Reversal { amount: difference.checked_abs().ok_or(not_comparable)?, corrects: latest }),
    })
}

impl Movement {
    /// The entry to append, where `parties` are those of an accrual: a reversal swaps them and names what it corrects.
    ///
    /// # Errors
    /// [`EntryFault`] when it would be no entry.
    pub fn entry(self, parties: Parties, kind: EntryKind) -> Result<Entry, EntryFault> {
        match self {
            Self::Accrual { amount } => Entry::new(parties, amount, kind, None),
            Self::Reversal { amount, corrects } => {
                let correction = Correction { kind: CorrectionKind::Reversal, corrects };
                Entry::new(parties.swapped(), amount, kind, Some(correction))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::CompanyId,
        ledger::{EntryState, NotNext},
        money::Currency,
    };

    fn eur(text: &str) -> Money {
        Money::parse(text, Currency::EUR).unwrap()
    }

    fn entry_id() -> EntryId {
        "entry_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap()
    }

    fn master() -> CompanyId {
        CompanyId::Master("master_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap())
    }

    fn partner() -> CompanyId {
        CompanyId::Partner("partner_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap())
    }

    fn posted(total: &str) -> Option<Posted> {
        Some(Posted { total: eur(total), latest: entry_id() })
    }

    #[test]
    fn the_difference_between_due_and_posted_is_what_moves() {
        let reversal = |amount| Some(Movement::Reversal { amount: eur(amount), corrects: entry_id() });
        let accrual = |amount| Some(Movement::Accrual { amount: eur(amount) });
        assert_eq!(post(eur("0.00"), None), Ok(None));
        assert_eq!(post(eur("0.01"), None), Ok(accrual("0.01")));
        assert_eq!(post(eur("99.99"), posted("100.00")), Ok(reversal("0.01")));
        assert_eq!(post(eur("100.00"), posted("100.00")), Ok(None));
        assert_eq!(post(eur("100.01"), posted("100.00")), Ok(accrual("0.01")));
        assert_eq!(post(eur("0.00"), posted("180.00")), Ok(reversal("180.00")));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let yen = Money::from_minor(100, Currency::JPY);
        assert_eq!(post(yen, posted("1.00")), Err(PostingFault::NotComparable { entitled: yen, posted: eur("1.00") }));
        let lowest = Money::from_minor(i64::MIN, Currency::EUR);
        assert_eq!(
            post(eur("0.01"), Some(Posted { total: lowest, latest: entry_id() })),
            Err(PostingFault::NotComparable { entitled: eur("0.01"), posted: lowest })
        );
    }

    #[test]
    fn less_than_nothing_is_never_due() {
        assert_eq!(post(eur("-0.01"), None), Err(PostingFault::NegativeEntitlement { entitled: eur("-0.01") }));
        assert_eq!(post(eur("-0.01"), posted("1.00")), Err(PostingFault::NegativeEntitlement { entitled: eur("-0.01") }));
    }

    #[test]
    fn an_accrual_goes_from_debtor_to_creditor_and_a_reversal_back_naming_what_it_corrects() {
        let parties = Parties::new(master(), partner()).unwrap();
        let accrual = post(eur("180.00"), None).unwrap().unwrap().entry(parties, EntryKind::Commission).unwrap();
        assert_eq!((accrual.parties(), accrual.amount(), accrual.correction()), (parties, eur("180.00"), None));
        assert_eq!((accrual.kind(), accrual.state()), (EntryKind::Commission, EntryState::Accrued));

        let reversal = post(eur("90.00"), posted("180.00")).unwrap().unwrap().entry(parties, EntryKind::Commission).unwrap();
        assert_eq!((reversal.parties().debtor(), reversal.parties().creditor()), (partner(), master()));
        assert_eq!(reversal.amount(), eur("90.00"));
        assert_eq!(reversal.correction(), Some(Correction { kind: CorrectionKind::Reversal, corrects: entry_id() }));
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
    fn an_entry_goes_forward_and_skips_only_the_hold() {
        use EntryState::{Accrued, Held, Paid, Payable, Stated};
        let allowed = [(Accrued, Held), (Accrued, Payable), (Held, Payable), (Payable, Stated), (Stated, Paid)];
        for from in EntryState::ALL {
            for to in EntryState::ALL {
                assert_eq!(from.may_become(to), allowed.contains(&(from, to)), "{from:?} {to:?}");
            }
        }
        let parties = Parties::new(master(), partner()).unwrap();
        let entry = Entry::new(parties, eur("1.00"), EntryKind::Share, None).unwrap();
        assert_eq!(entry.clone().become_state(Paid), Err(NotNext { from: Accrued, to: Paid }));
        assert_eq!(entry.become_state(Payable).unwrap().state(), Payable);
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(EntryKind::ALL.iter().all(|kind| EntryKind::from_code(kind.code()) == Some(*kind)));
        assert!(EntryState::ALL.iter().all(|state| EntryState::from_code(state.code()) == Some(*state)));
        assert!(CorrectionKind::ALL.iter().all(|kind| CorrectionKind::from_code(kind.code()) == Some(*kind)));
        assert_eq!(EntryKind::from_code("Commission"), None);
    }
}
