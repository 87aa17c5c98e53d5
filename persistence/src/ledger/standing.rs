//! How far entries have come, as SQL: what [`EntryState::on`] decides of one entry, for as many as there are.

use chrono::NaiveDate;
use domain::{id::MasterId, ledger::EntryState};

use crate::columns::Uid;

/// Which day it is where each master of a network is: an entry's days are those of its master's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Today {
    days: Vec<(MasterId, NaiveDate)>,
}

impl Today {
    /// The day of each master.
    #[must_use]
    pub const fn new(days: Vec<(MasterId, NaiveDate)>) -> Self {
        Self { days }
    }

    /// Whether the day in `column` of the entry `e` has come.
    fn has_come(&self, e: &str, column: &str) -> String {
        let of_master = |(master, day): &(MasterId, NaiveDate)| {
            format!("({e}.master_id = '{}' AND {e}.{column} <= '{day}')", Uid::from(*master).0)
        };
        let any: Vec<String> = self.days.iter().map(of_master).collect();
        if any.is_empty() { "1 = 0".to_owned() } else { any.join(" OR ") }
    }

    /// The code of the state of the entry `e`, which is `stated` as well where its statement was paid.
    pub(super) fn state_of(&self, e: &str) -> String {
        let (payable, dated) = (self.has_come(e, "payable_on"), self.has_come(e, "dated_on"));
        format!(
            "CASE WHEN EXISTS (SELECT 1 FROM statement_lines l JOIN statement_seals t ON t.statement_id = l.statement_id \
             WHERE l.entry_id = {e}.id) THEN '{}' WHEN {payable} THEN '{}' WHEN {dated} THEN '{}' ELSE '{}' END",
            EntryState::Stated.code(),
            EntryState::Payable.code(),
            EntryState::Held.code(),
            EntryState::Accrued.code(),
        )
    }
}
