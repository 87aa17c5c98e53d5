//! Accounting periods: what is closed takes no more entries, so that what was stated of it stays true (§7.3).

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{code::coded, decided::Decided};

/// How long an accounting period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodLength {
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
}

coded! { PeriodLength { Month => "month", Quarter => "quarter", } }

/// The days of one accounting period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodDays {
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
}

impl PeriodLength {
    /// The period that a day is in. `None` where the calendar ends.
    #[must_use]
    pub fn around(self, day: NaiveDate) -> Option<PeriodDays> {
        let months = match self {
            Self::Month => 1,
            Self::Quarter => 3,
        };
        let into_period = day.month0().checked_rem(months)?;
        let starts_on = day.with_day(1)?.checked_sub_months(Months::new(into_period))?;
        let ends_on = starts_on.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?;
        Some(PeriodDays { starts_on, ends_on })
    }
}

/// Why a period cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseRefusal {
    /// No period ends on that day.
    NoPeriodEnd {
        /// The last day of the period that it is in.
        ends_on: NaiveDate,
    },
    /// The period is not over.
    NotOver {
        /// The day it is now.
        today: NaiveDate,
    },
    /// The calendar does not reach that far.
    BeyondCalendar,
}

impl CloseRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoPeriodEnd { .. } => "no_period_end",
            Self::NotOver { .. } => "period_not_over",
            Self::BeyondCalendar => "beyond_calendar",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D20"
    }
}

/// Closes the periods up to the one that ends on `ends_on`: all that are open since `closed_through`, the last day that is
/// closed, in their order; or that one alone where none was closed before. Closed before, nothing changes.
///
/// # Errors
/// Every [`CloseRefusal`] at once.
pub fn close(
    length: PeriodLength,
    ends_on: NaiveDate,
    closed_through: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Decided<Vec<PeriodDays>>, Vec<CloseRefusal>> {
    let beyond = || vec![CloseRefusal::BeyondCalendar];
    let last = length.around(ends_on).ok_or_else(beyond)?;
    let wrong_day = (last.ends_on != ends_on).then_some(CloseRefusal::NoPeriodEnd { ends_on: last.ends_on });
    let running = (ends_on >= today).then_some(CloseRefusal::NotOver { today });
    let refusals: Vec<_> = wrong_day.into_iter().chain(running).collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let Some(closed_through) = closed_through else { return Ok(Decided::Changed(vec![last])) };
    let (mut closing, mut through) = (Vec::new(), closed_through);
    while through < ends_on {
        let starts_on = through.checked_add_days(Days::new(1)).ok_or_else(beyond)?;
        // The length may have changed since: the first period begins where the one before ended.
        let next = PeriodDays { starts_on, ..length.around(starts_on).ok_or_else(beyond)? };
        through = next.ends_on;
        closing.push(next);
    }
    Ok(if closing.is_empty() { Decided::Unchanged } else { Decided::Changed(closing) })
}

/// The day that is stated on what happened on a day: that day, or the first one after the closed periods where its period is closed.
/// `None` where the calendar ends.
#[must_use]
pub fn open_day(happened_on: NaiveDate, closed_through: Option<NaiveDate>) -> Option<NaiveDate> {
    match closed_through {
        Some(closed) if closed >= happened_on => closed.checked_add_days(Days::new(1)),
        _ => Some(happened_on),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(starts_on: &str, ends_on: &str) -> PeriodDays {
        PeriodDays { starts_on: day(starts_on), ends_on: day(ends_on) }
    }

    #[test]
    fn a_period_is_a_calendar_month_or_quarter() {
        use PeriodLength::{Month, Quarter};
        let table = [
            (Month, "2026-02-01", "2026-02-01", "2026-02-28"),
            (Month, "2028-02-29", "2028-02-01", "2028-02-29"),
            (Month, "2026-12-31", "2026-12-01", "2026-12-31"),
            (Quarter, "2026-01-01", "2026-01-01", "2026-03-31"),
            (Quarter, "2026-03-31", "2026-01-01", "2026-03-31"),
            (Quarter, "2026-04-01", "2026-04-01", "2026-06-30"),
            (Quarter, "2026-12-31", "2026-10-01", "2026-12-31"),
        ];
        for (length, within, starts_on, ends_on) in table {
            assert_eq!(length.around(day(within)), Some(days(starts_on, ends_on)), "{length:?} {within}");
        }
    }

    #[test]
    fn a_period_is_closed_from_the_day_after_its_last_one() {
        let close = |today| close(PeriodLength::Month, day("2026-03-31"), None, day(today));
        assert_eq!(close("2026-03-31"), Err(vec![CloseRefusal::NotOver { today: day("2026-03-31") }]));
        assert_eq!(close("2026-04-01"), Ok(Decided::Changed(vec![days("2026-03-01", "2026-03-31")])));
    }

    #[test]
    fn a_day_within_a_period_closes_nothing_and_every_reason_is_told() {
        let refused = close(PeriodLength::Quarter, day("2026-02-28"), None, day("2026-02-20"));
        let expected =
            vec![CloseRefusal::NoPeriodEnd { ends_on: day("2026-03-31") }, CloseRefusal::NotOver { today: day("2026-02-20") }];
        assert_eq!(refused, Err(expected));
    }

    #[test]
    fn periods_close_in_their_order_without_a_gap_and_once() {
        let close = |through| close(PeriodLength::Month, day("2026-04-30"), Some(day(through)), day("2026-06-01"));
        let both = vec![days("2026-03-01", "2026-03-31"), days("2026-04-01", "2026-04-30")];
        assert_eq!(close("2026-02-28"), Ok(Decided::Changed(both)));
        assert_eq!(close("2026-04-30"), Ok(Decided::Unchanged));
        assert_eq!(close("2026-05-31"), Ok(Decided::Unchanged));
    }

    #[test]
    fn after_a_change_of_length_the_first_period_begins_where_the_one_before_ended() {
        let closed = close(PeriodLength::Quarter, day("2026-06-30"), Some(day("2026-04-30")), day("2026-07-01"));
        assert_eq!(closed, Ok(Decided::Changed(vec![days("2026-05-01", "2026-06-30")])));
    }

    #[test]
    fn what_happens_in_a_closed_period_is_dated_into_the_open_one() {
        let open = |through: Option<&str>| open_day(day("2026-03-31"), through.map(day));
        assert_eq!(open(None), Some(day("2026-03-31")));
        assert_eq!(open(Some("2026-03-30")), Some(day("2026-03-31")));
        assert_eq!(open(Some("2026-03-31")), Some(day("2026-04-01")));
        assert_eq!(open(Some("2026-04-30")), Some(day("2026-05-01")));
    }
}
