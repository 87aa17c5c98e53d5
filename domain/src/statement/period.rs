//! The periods that statements are made for: calendar months or quarters.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use crate::ledger::{PeriodDays, PeriodLength};

/// A calendar month or quarter, written `2026-03` or `2026-Q1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
    length: PeriodLength,
}

/// The text names no period.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is neither a month like 2026-03 nor a quarter like 2026-Q1")]
pub struct UnknownPeriod {
    /// What was written.
    pub text: String,
}

impl Period {
    /// The period of a length that a day lies in. `None` at the end of the calendar.
    #[must_use]
    pub fn of(day: NaiveDate, length: PeriodLength) -> Option<Self> {
        let PeriodDays { starts_on: first, ends_on: last } = length.around(day)?;
        Some(Self { first, last, length })
    }

    /// The first day.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        self.first
    }

    /// The last day.
    #[must_use]
    pub const fn last(self) -> NaiveDate {
        self.last
    }

    /// How long it is.
    #[must_use]
    pub const fn length(self) -> PeriodLength {
        self.length
    }

    /// The period after it. `None` at the end of the calendar.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::of(self.last.succ_opt()?, self.length)
    }

    /// Whether all of it is past on `today`: its last day ends when the next one begins.
    #[must_use]
    pub fn has_ended(self, today: NaiveDate) -> bool {
        self.last < today
    }

    /// The day by which its statements are to be given: the last day of the month after the quarter in which the commission
    /// became due (Article 12 of Directive 86/653/EEC). `None` at the end of the calendar.
    #[must_use]
    pub fn due_on(self) -> Option<NaiveDate> {
        let quarter = Self::of(self.last, PeriodLength::Quarter)?;
        Some(Self::of(quarter.last.succ_opt()?, PeriodLength::Month)?.last)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            PeriodLength::Month => write!(f, "{:04}-{:02}", self.first.year(), self.first.month()),
            PeriodLength::Quarter => write!(f, "{:04}-Q{}", self.first.year(), self.first.quarter()),
        }
    }
}

impl FromStr for Period {
    type Err = UnknownPeriod;

    fn from_str(text: &str) -> Result<Self, UnknownPeriod> {
        let unknown = || UnknownPeriod { text: text.to_owned() };
        let (year, part) = text.split_once('-').ok_or_else(unknown)?;
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let (number, length, months) = match part.strip_prefix('Q') {
            Some(quarter) if digits(quarter, 1) => (quarter, PeriodLength::Quarter, 3),
            None if digits(part, 2) => (part, PeriodLength::Month, 1),
            _ => return Err(unknown()),
        };
        if !digits(year, 4) {
            return Err(unknown());
        }
        let year: i32 = year.parse().map_err(|_| unknown())?;
        let number: u32 = number.parse().map_err(|_| unknown())?;
        let month0: u32 = number.checked_sub(1).and_then(|before| before.checked_mul(months)).ok_or_else(unknown)?;
        let first = month0.checked_add(1).and_then(|month| NaiveDate::from_ymd_opt(year, month, 1)).ok_or_else(unknown)?;
        Self::of(first, length).ok_or_else(unknown)
    }
}
