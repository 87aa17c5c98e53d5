//! The entries of one source, sealed.

use std::collections::BTreeMap;

use crate::{
    id::AnyId,
    ledger::Entry,
    money::{Currency, Money},
};

/// What made the entries of a journal: an annuity, a service, a dispute… by its id. A source that makes entries more than once
/// counts its turns: an annuity by its version, and each turn makes one journal at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    id: AnyId,
    turn: i64,
}

impl Source {
    /// The `turn`th time that something makes entries.
    #[must_use]
    pub fn new(id: impl Into<AnyId>, turn: i64) -> Self {
        Self { id: id.into(), turn }
    }

    /// What it is.
    #[must_use]
    pub const fn id(&self) -> &AnyId {
        &self.id
    }

    /// Which time it is.
    #[must_use]
    pub const fn turn(&self) -> i64 {
        self.turn
    }
}

/// The entries of one source, sealed with their count and their total per currency, so that a missing or added entry shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    source: Source,
    entries: Vec<Entry>,
    line_count: u32,
    totals: BTreeMap<Currency, Money>,
}

/// The most that a journal comes to, in minor units: ten million million of a currency with cents. Thousands of them still add up to
/// a balance that can be held, so that what was posted can always be stated and paid.
pub const JOURNAL_MAX: i64 = 1_000_000_000_000_000;

/// Whether a journal of this total is one that balances can be made of.
#[must_use]
pub const fn can_be_stated(total: Money) -> bool {
    total.minor() <= JOURNAL_MAX
}

/// Why entries make no journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalFault {
    /// A journal without entries says nothing.
    Empty,
    /// More entries, or a larger total, than can be held.
    TooLarge,
}

impl Journal {
    /// Seals the entries of one source.
    ///
    /// # Errors
    /// [`JournalFault`] when there are none, or too many.
    pub fn seal(source: Source, entries: Vec<Entry>) -> Result<Self, JournalFault> {
        if entries.is_empty() {
            return Err(JournalFault::Empty);
        }
        let line_count = u32::try_from(entries.len()).map_err(|_| JournalFault::TooLarge)?;
        let mut totals = BTreeMap::new();
        for entry in &entries {
            let amount = entry.amount();
            let total = totals.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
            *total = total.checked_add(amount).ok_or(JournalFault::TooLarge)?;
        }
        Ok(Self { source, entries, line_count, totals })
    }

    /// What made it.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// Its entries, in the order in which they were decided.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many entries it has.
    #[must_use]
    pub const fn line_count(&self) -> u32 {
        self.line_count
    }

    /// The sum of the amounts of its entries in each currency, whichever way they go.
    #[must_use]
    pub const fn totals(&self) -> &BTreeMap<Currency, Money> {
        &self.totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{AnnuityId, CompanyId},
        ledger::{EntryKind, Parties},
    };

    fn source() -> Source {
        Source::new("annuity_01h2xcejqtf2nbrexx3vqjhp41".parse::<AnnuityId>().unwrap(), 1)
    }

    fn entry(minor: i64, currency: Currency) -> Entry {
        let master = CompanyId::Master("master_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap());
        let partner = CompanyId::Partner("partner_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap());
        let parties = Parties::new(master, partner).unwrap();
        Entry::new(parties, Money::from_minor(minor, currency), EntryKind::Commission, None).unwrap()
    }

    #[test]
    fn thousands_of_the_largest_journals_add_up() {
        let largest = Money::from_minor(JOURNAL_MAX, Currency::EUR);
        assert_eq!((largest.to_string().as_str(), can_be_stated(largest)), ("10000000000000.00", true));
        assert!(!can_be_stated(Money::from_minor(JOURNAL_MAX + 1, Currency::EUR)));
        assert!(largest.checked_times(9_000).is_some());
    }

    #[test]
    fn a_journal_is_sealed_with_its_count_and_a_total_per_currency() {
        let entries = vec![entry(100, Currency::EUR), entry(7, Currency::JPY), entry(250, Currency::EUR)];
        let journal = Journal::seal(source(), entries.clone()).unwrap();
        assert_eq!((journal.source(), journal.line_count()), (&source(), 3));
        assert_eq!(journal.entries(), entries);
        let totals: Vec<_> = journal.totals().values().map(|total| (total.currency(), total.minor())).collect();
        assert_eq!(totals, [(Currency::EUR, 350), (Currency::JPY, 7)]);
    }

    #[test]
    fn a_journal_without_entries_is_refused() {
        assert_eq!(Journal::seal(source(), vec![]), Err(JournalFault::Empty));
    }

    #[test]
    fn a_total_that_cannot_be_held_is_refused() {
        let entries = vec![entry(i64::MAX, Currency::EUR), entry(1, Currency::EUR)];
        assert_eq!(Journal::seal(source(), entries), Err(JournalFault::TooLarge));
    }
}
