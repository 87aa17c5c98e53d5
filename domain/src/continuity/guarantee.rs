//! What a partner itself has for its customers, should it fail (R50): it comes first, the network's own means after it.

use chrono::NaiveDate;

use crate::{
    code::coded,
    decided::Decided,
    money::{Currency, Money},
};

/// Of which kind a guarantee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuaranteeKind {
    /// A bank pays.
    BankGuarantee,
    /// An insurer pays.
    Insurance,
    /// Money was deposited.
    Deposit,
    /// Another company steps in by contract.
    Successor,
    /// What customers need to go on is deposited with a third party.
    SourceCodeEscrow,
    /// Something else, in the words of what it covers.
    Other,
}

coded! {
    GuaranteeKind {
        BankGuarantee => "bank_guarantee",
        Insurance => "insurance",
        Deposit => "deposit",
        Successor => "successor",
        SourceCodeEscrow => "source_code_escrow",
        Other => "other",
    }
}

/// Where a guarantee stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuaranteeState {
    /// It stands, within its days.
    Active,
    /// It was taken back.
    Withdrawn,
}

coded! {
    GuaranteeState {
        Active => "active",
        Withdrawn => "withdrawn",
    }
}

/// The days of a guarantee end before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndsBeforeStart {
    /// The first day.
    pub valid_from: NaiveDate,
}

/// Whether a guarantee's days follow one another.
///
/// # Errors
/// [`EndsBeforeStart`].
pub fn check_validity(valid_from: NaiveDate, valid_until: Option<NaiveDate>) -> Result<(), EndsBeforeStart> {
    if valid_until.is_some_and(|until| until < valid_from) { Err(EndsBeforeStart { valid_from }) } else { Ok(()) }
}

/// Why a guarantee is not used for so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuaranteeUseRefusal {
    /// It is in another currency.
    OtherCurrency {
        /// Its own.
        expected: Currency,
    },
    /// It has less left.
    MoreThanLeft {
        /// What is left.
        left: Money,
    },
}

impl GuaranteeUseRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherCurrency { .. } => "other_currency",
            Self::MoreThanLeft { .. } => "guarantee_used_up",
        }
    }
}

/// What is left of a guarantee of which so much was used, in its currency; nothing where more was.
#[must_use]
pub fn left_of(amount: Money, used: &[Money]) -> Money {
    let nothing = Money::zero(amount.currency());
    let left = Money::sum(used.iter().copied(), amount.currency()).and_then(|used| amount.checked_sub(used));
    left.filter(|left| !left.sign().is_lt()).unwrap_or(nothing)
}

/// Whether a guarantee of an amount, of which so much was used before, can be used for so much, or for something that is not known in
/// money.
///
/// # Errors
/// The refusal.
pub fn check_use(amount: Option<Money>, used: &[Money], asked: Option<Money>) -> Result<(), GuaranteeUseRefusal> {
    let Some(amount) = amount else { return Ok(()) };
    let left = left_of(amount, used);
    let enough = match asked {
        Some(asked) if asked.currency() != amount.currency() => {
            return Err(GuaranteeUseRefusal::OtherCurrency { expected: amount.currency() });
        }
        Some(asked) => left.checked_sub(asked).is_some_and(|rest| !rest.sign().is_lt()),
        None => left.sign().is_gt(),
    };
    if enough { Ok(()) } else { Err(GuaranteeUseRefusal::MoreThanLeft { left }) }
}

/// Takes a guarantee back. The same again changes nothing.
#[must_use]
pub fn withdraw(state: GuaranteeState) -> Decided<GuaranteeState> {
    match state {
        GuaranteeState::Active => Decided::Changed(GuaranteeState::Withdrawn),
        GuaranteeState::Withdrawn => Decided::Unchanged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r50_a_guarantee_lasts_a_day_at_least() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (first, before) = (day("2026-03-02"), day("2026-03-01"));
        assert_eq!(check_validity(first, None), Ok(()));
        assert_eq!(check_validity(first, Some(first)), Ok(()));
        assert_eq!(check_validity(first, Some(before)), Err(EndsBeforeStart { valid_from: first }));
    }

    #[test]
    fn r50_no_more_is_used_of_a_guarantee_than_is_left() {
        let money = |minor, currency: &str| Money::from_minor(minor, currency.parse().unwrap());
        let eur = |minor| money(minor, "EUR");
        let used = [eur(30_000), eur(20_000)];
        let check = |asked| check_use(Some(eur(100_000)), &used, Some(asked));
        assert_eq!((left_of(eur(100_000), &used), left_of(eur(40_000), &used)), (eur(50_000), eur(0)));
        assert_eq!((check(eur(49_999)), check(eur(50_000))), (Ok(()), Ok(())));
        assert_eq!(check(eur(50_001)), Err(GuaranteeUseRefusal::MoreThanLeft { left: eur(50_000) }));
        let expected = "EUR".parse().unwrap();
        assert_eq!(check(money(1, "BRL")), Err(GuaranteeUseRefusal::OtherCurrency { expected }));
    }

    #[test]
    fn r50_a_guarantee_that_is_used_up_is_not_used_and_one_without_an_amount_is() {
        let eur = |minor| Money::from_minor(minor, "EUR".parse().unwrap());
        let refused = Err(GuaranteeUseRefusal::MoreThanLeft { left: eur(0) });
        assert_eq!(check_use(Some(eur(100)), &[eur(100)], None), refused);
        assert_eq!((check_use(Some(eur(100)), &[eur(99)], None), check_use(None, &[], Some(eur(1)))), (Ok(()), Ok(())));
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(GuaranteeKind::ALL.iter().all(|word| GuaranteeKind::from_code(word.code()) == Some(*word)));
        assert!(GuaranteeState::ALL.iter().all(|word| GuaranteeState::from_code(word.code()) == Some(*word)));
    }
}
