//! What a partner is told that asks whether a prospect is to be had: as little as it needs (R36, D17, D22).

use std::collections::BTreeSet;

use crate::code::coded;

/// Whether a prospect is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckStatus {
    /// Nothing stands in the way.
    Clear,
    /// It cannot be had now.
    Protected,
    /// A master may find that it is one that cannot be had (D17).
    PossibleMatch,
    /// The partner has it: by a live registration, or as a customer.
    Own,
}

coded! {
    CheckStatus {
        Clear => "clear",
        Protected => "protected",
        PossibleMatch => "possible_match",
        Own => "own",
    }
}

/// What two prospects share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchedOn {
    /// The tax id: the same.
    TaxId,
    /// The registered domain: the same.
    Domain,
    /// A name that is like the other, in the same country: perhaps the same.
    Name,
}

coded! {
    MatchedOn {
        TaxId => "tax_id",
        Domain => "domain",
        Name => "name",
    }
}

/// Whose a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The partner's own: it claims the prospect, or answers for the customer.
    Own,
    /// Somebody else's who keeps others off: by a protection, as a customer, or by a master's pursuit. A claim that no master
    /// has accepted keeps nobody off, and is no match.
    Anothers,
}

/// What the partner is told of everything that matches. What keeps it off counts more than what is its own, and what is the same
/// more than what is alike; what is told is what the match that counts was made on.
#[must_use]
pub fn check(matches: &BTreeSet<(Whose, MatchedOn)>) -> (CheckStatus, Vec<MatchedOn>) {
    let alike = |on: &MatchedOn| *on == MatchedOn::Name;
    let made_on = |whose, by_name| -> Vec<MatchedOn> {
        matches.iter().filter(|(of, on)| *of == whose && alike(on) == by_name).map(|(_, on)| *on).collect()
    };
    [
        (CheckStatus::Protected, made_on(Whose::Anothers, false)),
        (CheckStatus::Own, made_on(Whose::Own, false)),
        (CheckStatus::PossibleMatch, made_on(Whose::Anothers, true)),
        (CheckStatus::Own, made_on(Whose::Own, true)),
    ]
    .into_iter()
    .find(|(_, on)| !on.is_empty())
    .unwrap_or((CheckStatus::Clear, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What matches, and what is told of it.
    type Told = (&'static [(Whose, MatchedOn)], CheckStatus, &'static [MatchedOn]);

    #[test]
    fn r36_d17_d22_what_keeps_off_counts_most_and_what_is_the_same_more_than_what_is_alike() {
        use MatchedOn::{Domain, Name, TaxId};
        use Whose::{Anothers, Own};
        let table: &[Told] = &[
            (&[], CheckStatus::Clear, &[]),
            (&[(Anothers, TaxId)], CheckStatus::Protected, &[TaxId]),
            (&[(Anothers, Domain), (Anothers, TaxId)], CheckStatus::Protected, &[TaxId, Domain]),
            (&[(Anothers, Domain), (Anothers, Name)], CheckStatus::Protected, &[Domain]),
            (&[(Own, TaxId), (Anothers, Domain)], CheckStatus::Protected, &[Domain]),
            (&[(Own, TaxId), (Own, Domain), (Own, Name)], CheckStatus::Own, &[TaxId, Domain]),
            (&[(Own, TaxId), (Anothers, Name)], CheckStatus::Own, &[TaxId]),
            (&[(Anothers, Name)], CheckStatus::PossibleMatch, &[Name]),
            (&[(Own, Name), (Anothers, Name)], CheckStatus::PossibleMatch, &[Name]),
            (&[(Own, Name)], CheckStatus::Own, &[Name]),
        ];
        for (matches, status, on) in table {
            let told = check(&matches.iter().copied().collect());
            assert_eq!(told, (*status, on.to_vec()), "{matches:?}");
        }
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(CheckStatus::ALL.iter().all(|word| CheckStatus::from_code(word.code()) == Some(*word)));
        assert!(MatchedOn::ALL.iter().all(|word| MatchedOn::from_code(word.code()) == Some(*word)));
    }
}
