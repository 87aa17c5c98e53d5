//! What a partner itself has for its customers, should it fail (R50): it comes first, the network's own means after it.

use chrono::NaiveDate;

use crate::{code::coded, decided::Decided};

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
    fn every_code_leads_back_to_its_value() {
        assert!(GuaranteeKind::ALL.iter().all(|word| GuaranteeKind::from_code(word.code()) == Some(*word)));
        assert!(GuaranteeState::ALL.iter().all(|word| GuaranteeState::from_code(word.code()) == Some(*word)));
    }
}
