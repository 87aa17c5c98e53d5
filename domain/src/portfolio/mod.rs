//! Portfolios: the customers that a client manager won or was handed, each with a network company, from a day on (R20).
//!
//! A customer has one place at most in the portfolios of a company on any day: a place begins where the one before has ended, and a
//! hand-over ends one and begins another on the same day. Where another company answers for the customer from a day on, its place
//! goes there on the [first day](PlaceDays::leaves_on) that it can; taken back, the one place has no day and the other no end.

use chrono::NaiveDate;

use crate::decided::Decided;

/// The days of a customer's place in a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceDays {
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which it is there no more; none while it stays.
    pub until: Option<NaiveDate>,
}

/// Why a place cannot begin or end so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceRefusal {
    /// The customer has a place with the company already.
    Taken,
    /// It begins before the place before has ended.
    BeforeTheLastEnded {
        /// When that ends.
        until: NaiveDate,
    },
    /// It ends on its first day, or before.
    NotAfterItsFirstDay {
        /// The first day.
        from: NaiveDate,
    },
    /// It ended on another day.
    EndedBefore {
        /// On which.
        until: NaiveDate,
    },
}

impl PlaceRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Taken => "customer_in_portfolio",
            Self::BeforeTheLastEnded { .. } => "portfolio_places_overlap",
            Self::NotAfterItsFirstDay { .. } => "not_after_first_day",
            Self::EndedBefore { .. } => "portfolio_place_ended",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "R20"
    }
}

impl PlaceDays {
    /// Whether a day is one of them.
    #[must_use]
    pub fn contain(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The days with an end. The same end again changes nothing.
    ///
    /// # Errors
    /// [`PlaceRefusal::EndedBefore`], [`PlaceRefusal::NotAfterItsFirstDay`].
    pub fn end(self, until: NaiveDate) -> Result<Decided<Self>, PlaceRefusal> {
        match self.until {
            Some(ended) if ended == until => Ok(Decided::Unchanged),
            Some(until) => Err(PlaceRefusal::EndedBefore { until }),
            None if until <= self.from => Err(PlaceRefusal::NotAfterItsFirstDay { from: self.from }),
            None => Ok(Decided::Changed(Self { until: Some(until), ..self })),
        }
    }

    /// The first day on which it is there no more, where another company answers for the customer from `from` on: it has had one day
    /// at least. None for a place on the last day that there is.
    #[must_use]
    pub fn leaves_on(self, from: NaiveDate) -> Option<NaiveDate> {
        Some(self.from.succ_opt()?.max(from))
    }

    /// The days of a place that never was: what brought it was taken back.
    #[must_use]
    pub const fn void(self) -> Self {
        Self { until: Some(self.from), ..self }
    }

    /// Whether it has no day.
    #[must_use]
    pub fn is_void(self) -> bool {
        self.until == Some(self.from)
    }

    /// The days without an end: what ended it was taken back.
    #[must_use]
    pub const fn reopened(self) -> Self {
        Self { until: None, ..self }
    }
}

/// The days of a place that begins on `from`, given the last place of the customer with the company.
///
/// # Errors
/// [`PlaceRefusal::Taken`], [`PlaceRefusal::BeforeTheLastEnded`].
pub fn begin(last: Option<PlaceDays>, from: NaiveDate) -> Result<PlaceDays, PlaceRefusal> {
    match last {
        Some(PlaceDays { until: None, .. }) => Err(PlaceRefusal::Taken),
        Some(PlaceDays { until: Some(until), .. }) if from < until => Err(PlaceRefusal::BeforeTheLastEnded { until }),
        _ => Ok(PlaceDays { from, until: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(from: &str, until: Option<&str>) -> PlaceDays {
        PlaceDays { from: day(from), until: until.map(day) }
    }

    #[test]
    fn r20_a_place_begins_where_the_one_before_has_ended() {
        let begin = |last, from: &str| begin(last, day(from));
        assert_eq!(begin(None, "2026-03-02"), Ok(days("2026-03-02", None)));
        assert_eq!(begin(Some(days("2026-01-01", None)), "2026-03-02"), Err(PlaceRefusal::Taken));
        let last = Some(days("2026-01-01", Some("2026-03-02")));
        assert_eq!(begin(last, "2026-03-01"), Err(PlaceRefusal::BeforeTheLastEnded { until: day("2026-03-02") }));
        assert_eq!(begin(last, "2026-03-02"), Ok(days("2026-03-02", None)));
        assert_eq!(begin(last, "2026-03-03"), Ok(days("2026-03-03", None)));
    }

    #[test]
    fn r20_a_place_ends_once_after_its_first_day() {
        let open = days("2026-03-02", None);
        let refused = Err(PlaceRefusal::NotAfterItsFirstDay { from: day("2026-03-02") });
        assert_eq!(open.end(day("2026-03-01")), refused);
        assert_eq!(open.end(day("2026-03-02")), refused);
        let ended = days("2026-03-02", Some("2026-03-03"));
        assert_eq!(open.end(day("2026-03-03")), Ok(Decided::Changed(ended)));
        assert_eq!(ended.end(day("2026-03-03")), Ok(Decided::Unchanged));
        assert_eq!(ended.end(day("2026-03-04")), Err(PlaceRefusal::EndedBefore { until: day("2026-03-03") }));
    }

    #[test]
    fn r49_a_place_follows_its_customer_from_the_day_of_the_takeover_and_after_its_own_first_day() {
        let open = days("2026-03-02", None);
        for (from, leaves) in [
            ("2026-03-01", "2026-03-03"),
            ("2026-03-02", "2026-03-03"),
            ("2026-03-03", "2026-03-03"),
            ("2026-03-04", "2026-03-04"),
        ] {
            assert_eq!(open.leaves_on(day(from)), Some(day(leaves)), "{from}");
        }
        assert_eq!(PlaceDays { from: NaiveDate::MAX, until: None }.leaves_on(day("2026-03-02")), None);
    }

    #[test]
    fn r49_a_place_that_was_taken_back_has_no_day() {
        let (ended, void) = (days("2026-03-02", Some("2026-03-03")), days("2026-03-02", None).void());
        assert_eq!((void.is_void(), ended.is_void(), days("2026-03-02", None).is_void()), (true, false, false));
        assert!(["2026-03-01", "2026-03-02", "2026-03-03"].into_iter().all(|text| !void.contain(day(text))));
        assert_eq!((void.reopened(), ended.reopened()), (days("2026-03-02", None), days("2026-03-02", None)));
    }

    #[test]
    fn r20_a_day_is_in_one_of_two_places_that_follow_each_other() {
        let (before, after) = (days("2026-01-01", Some("2026-03-02")), days("2026-03-02", None));
        for (text, first, second) in [
            ("2025-12-31", false, false),
            ("2026-01-01", true, false),
            ("2026-03-01", true, false),
            ("2026-03-02", false, true),
            ("2026-03-03", false, true),
        ] {
            assert_eq!((before.contain(day(text)), after.contain(day(text))), (first, second), "{text}");
        }
    }
}
