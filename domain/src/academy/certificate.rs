//! Certificates: what somebody who passed can show, for a time.

use chrono::NaiveDate;

use crate::agreement::Validity;

/// A certificate, as far as rules ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// From the day of issue to its last; without a last day it does not run out.
    pub validity: Validity,
}

impl Certificate {
    /// A certificate of a course whose certificates are valid for some months, or without end.
    #[must_use]
    pub fn issue(on: NaiveDate, months: Option<u32>) -> Self {
        let last = |months| Validity::last_day_of_months(on, months);
        Self { validity: Validity { start: on, end: months.and_then(last) } }
    }

    /// Whether it is valid on a day.
    #[must_use]
    pub fn is_valid_on(&self, day: NaiveDate) -> bool {
        self.validity.contains(day)
    }
}
