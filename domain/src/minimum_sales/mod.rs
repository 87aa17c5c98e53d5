//! Minimum sales: how many sales an agreement's terms ask for in each of its years, and how many were signed (R57, D13).
//!
//! A year is an anniversary year of the agreement. Of a year in which the agreement was in force on some of its days only, because it
//! ended or was suspended, those days' part of the minimum is asked for, rounded down. What counts is what the partner signed under
//! its agreement's type, cancelled or not (D11). A shortfall is found and shown to the master; it changes nothing by itself.

use chrono::{Days, Months, NaiveDate};

/// A year of an agreement, from an anniversary of its first day to the day before the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreementYear {
    /// Its number, from 1.
    pub number: u32,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
}

/// The anniversary of an agreement's first day after so many years. One that starts on 29 February has its anniversary on the 28th
/// where a year has no 29th. `None` where the calendar ends.
fn anniversary(start: NaiveDate, years: u32) -> Option<NaiveDate> {
    start.checked_add_months(Months::new(years.checked_mul(12)?))
}

impl AgreementYear {
    /// The `number`th year, from 1, of an agreement with this first day. `None` where the calendar ends.
    #[must_use]
    pub fn of(start: NaiveDate, number: u32) -> Option<Self> {
        let ends_on = anniversary(start, number)?.pred_opt()?;
        Some(Self { number, starts_on: anniversary(start, number.checked_sub(1)?)?, ends_on })
    }

    /// The year that a day falls in; none before the first.
    #[must_use]
    pub fn on(start: NaiveDate, day: NaiveDate) -> Option<Self> {
        let whole = day.years_since(start)?;
        // On the day before an anniversary of 29 February the calendar counts otherwise than anniversaries do.
        let year = Self::of(start, whole.checked_add(1)?)?;
        if day <= year.ends_on { Some(year) } else { Self::of(start, year.number.checked_add(1)?) }
    }

    /// Its days, the first one first.
    pub fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.starts_on.iter_days().take_while(move |day| *day <= self.ends_on)
    }

    /// How many days it has.
    #[must_use]
    pub fn length(self) -> u32 {
        count(self.days())
    }
}

fn count(days: impl Iterator<Item = NaiveDate>) -> u32 {
    u32::try_from(days.count()).unwrap_or(u32::MAX)
}

/// A part of a number by days, rounded down (D13).
fn part(of: u32, days: u32, all: u32) -> u32 {
    let product = u64::from(of).saturating_mul(u64::from(days));
    product.checked_div(u64::from(all)).and_then(|part| u32::try_from(part).ok()).unwrap_or(0)
}

/// Where a year of an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum YearStanding {
    /// It runs.
    Running,
    /// Enough was signed.
    Met,
    /// It is over, and sales are missing.
    Short,
}

/// What a year of an agreement asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredSales {
    /// The year.
    pub year: AgreementYear,
    /// What the terms ask for in a whole year.
    pub per_year: u32,
    /// How many of its days the agreement is in force.
    pub days_in_force: u32,
    /// How many sales that makes.
    pub required: u32,
    /// Its last day on which the agreement is in force; none where it is on no day.
    pub last_day: Option<NaiveDate>,
}

impl RequiredSales {
    /// What a year asks for of an agreement that is in force on the days that `in_force` says.
    #[must_use]
    pub fn of(year: AgreementYear, per_year: u32, in_force: impl Fn(NaiveDate) -> bool) -> Self {
        let days: Vec<_> = year.days().filter(|day| in_force(*day)).collect();
        let days_in_force = count(days.iter().copied());
        Self {
            year,
            per_year,
            days_in_force,
            required: part(per_year, days_in_force, year.length()),
            last_day: days.last().copied(),
        }
    }

    /// How many sales are missing where `signed` were signed.
    #[must_use]
    pub const fn missing(self, signed: u32) -> u32 {
        self.required.saturating_sub(signed)
    }

    /// Where the year stands with `signed` sales: enough are enough, whether it is over or not.
    #[must_use]
    pub const fn standing(self, signed: u32, is_over: bool) -> YearStanding {
        match (self.missing(signed), is_over) {
            (0, _) => YearStanding::Met,
            (_, false) => YearStanding::Running,
            (_, true) => YearStanding::Short,
        }
    }

    /// How many sales an even pace would have signed by the end of a day: the part of the days in force so far, rounded down.
    #[must_use]
    pub fn expected_by(self, day: NaiveDate, in_force: impl Fn(NaiveDate) -> bool) -> u32 {
        let so_far = count(self.year.days().take_while(|it| *it <= day).filter(|it| in_force(*it)));
        part(self.required, so_far, self.days_in_force)
    }

    /// The day on which it is known whether enough was signed: the year's last, or the last one of an agreement that ended before.
    #[must_use]
    pub fn closes_on(self, ended_on: Option<NaiveDate>) -> NaiveDate {
        ended_on.map_or(self.year.ends_on, |day| day.min(self.year.ends_on)).max(self.year.starts_on)
    }
}

/// The years of an agreement that are over on a day and not judged yet, the earliest first: `judged` of them were. An agreement that
/// ended for good has its last year on `ended_on`, its last day; one that is over before it began has none.
#[must_use]
pub fn years_over(start: NaiveDate, ended_on: Option<NaiveDate>, judged: u32, today: NaiveDate) -> Vec<AgreementYear> {
    let Some(yesterday) = today.checked_sub_days(Days::new(1)) else { return Vec::new() };
    let last = ended_on.map_or(yesterday, |ended_on| ended_on.min(yesterday));
    let numbers = judged.saturating_add(1)..;
    let years = numbers.map_while(|number| AgreementYear::of(start, number)).take_while(|year| year.starts_on <= last);
    years.filter(|year| year.ends_on <= last || ended_on.is_some_and(|ended_on| ended_on <= yesterday)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days_of(year: AgreementYear) -> (String, String) {
        (year.starts_on.to_string(), year.ends_on.to_string())
    }

    fn year(start: &str, number: u32) -> AgreementYear {
        AgreementYear::of(day(start), number).unwrap()
    }

    /// What a year asks for, fifteen a year, of an agreement that is in force on these stretches of days.
    fn required(year: AgreementYear, stretches: &[(&str, &str)]) -> u32 {
        let within = |on: NaiveDate| stretches.iter().any(|(from, to)| (day(from)..=day(to)).contains(&on));
        RequiredSales::of(year, 15, within).required
    }

    #[test]
    fn d13_a_year_runs_from_an_anniversary_to_the_day_before_the_next() {
        assert_eq!(days_of(year("2026-03-02", 1)), ("2026-03-02".to_owned(), "2027-03-01".to_owned()));
        assert_eq!(days_of(year("2026-03-02", 2)), ("2027-03-02".to_owned(), "2028-03-01".to_owned()));
        assert_eq!(year("2026-03-02", 1).length(), 365);
        assert_eq!(year("2026-03-02", 2).length(), 366, "29 February 2028 is in it");
    }

    #[test]
    fn d13_an_agreement_of_29_february_has_its_anniversary_on_the_28th_where_there_is_no_29th() {
        let years = [
            ("2028-02-29", "2029-02-27"),
            ("2029-02-28", "2030-02-27"),
            ("2030-02-28", "2031-02-27"),
            ("2031-02-28", "2032-02-28"),
        ];
        for (number, (from, to)) in (1..).zip(years) {
            assert_eq!(days_of(year("2028-02-29", number)), (from.to_owned(), to.to_owned()), "year {number}");
        }
        assert_eq!(days_of(year("2028-02-29", 5)).0, "2032-02-29");
        for (on, number) in [("2028-02-29", 1), ("2029-02-27", 1), ("2029-02-28", 2), ("2032-02-28", 4), ("2032-02-29", 5)] {
            assert_eq!(AgreementYear::on(day("2028-02-29"), day(on)).unwrap().number, number, "{on}");
        }
        assert_eq!(AgreementYear::on(day("2028-02-29"), day("2028-02-28")), None);
    }

    #[test]
    fn d13_a_whole_year_asks_for_the_minimum_and_a_part_for_its_part_rounded_down() {
        let of_2026 = year("2026-01-01", 1);
        assert_eq!(required(of_2026, &[("2026-01-01", "2026-12-31")]), 15);
        assert_eq!(required(of_2026, &[("2026-01-01", "2026-12-30")]), 14, "364 of 365 days are less than 15");
        // 15 × 73 / 365 is 3 exactly, a day less is less.
        assert_eq!(required(of_2026, &[("2026-01-01", "2026-03-14")]), 3);
        assert_eq!(required(of_2026, &[("2026-01-01", "2026-03-13")]), 2);
        assert_eq!(required(of_2026, &[]), 0);
        // A leap year has a day more to divide by: 15 × 73 / 366 is below 3.
        assert_eq!(required(year("2028-01-01", 1), &[("2028-01-01", "2028-03-13")]), 2);
        assert_eq!(required(year("2028-01-01", 1), &[("2028-01-01", "2028-03-14")]), 3);
        assert_eq!(required(year("2028-01-01", 1), &[("2028-01-01", "2028-12-31")]), 15);
    }

    #[test]
    fn d13_days_of_a_suspension_ask_for_nothing() {
        // 292 of 365 days are four fifths.
        let around = [("2026-01-01", "2026-04-30"), ("2026-07-13", "2026-12-31")];
        assert_eq!(required(year("2026-01-01", 1), &around), 12);
        let a_day_more = [("2026-01-01", "2026-04-29"), ("2026-07-13", "2026-12-31")];
        assert_eq!(required(year("2026-01-01", 1), &a_day_more), 11);
    }

    #[test]
    fn d13_fifteen_of_fifteen_leave_nothing_missing_and_fourteen_one() {
        let whole = RequiredSales::of(year("2026-01-01", 1), 15, |_| true);
        assert_eq!([14, 15, 16].map(|signed| whole.missing(signed)), [1, 0, 0]);
        assert_eq!([14, 15].map(|signed| whole.standing(signed, false)), [YearStanding::Running, YearStanding::Met]);
        assert_eq!([14, 15].map(|signed| whole.standing(signed, true)), [YearStanding::Short, YearStanding::Met]);
    }

    #[test]
    fn d13_an_even_pace_is_the_part_of_the_days_so_far_rounded_down() {
        let whole = RequiredSales::of(year("2026-01-01", 1), 15, |_| true);
        let table =
            [("2025-12-31", 0), ("2026-01-01", 0), ("2026-01-24", 0), ("2026-01-25", 1), ("2026-12-30", 14), ("2026-12-31", 15)];
        for (on, expected) in table {
            assert_eq!(whole.expected_by(day(on), |_| true), expected, "{on}");
        }
        let nothing = RequiredSales::of(year("2026-01-01", 1), 15, |_| false);
        assert_eq!((nothing.expected_by(day("2026-12-31"), |_| false), nothing.last_day), (0, None));
    }

    #[test]
    fn d13_a_year_is_over_on_its_anniversary_and_not_before() {
        let over = |judged, today: &str| -> Vec<u32> {
            years_over(day("2026-01-01"), None, judged, day(today)).into_iter().map(|year| year.number).collect()
        };
        assert_eq!(over(0, "2026-12-31"), Vec::<u32>::new());
        assert_eq!(over(0, "2027-01-01"), [1]);
        assert_eq!(over(1, "2027-01-01"), Vec::<u32>::new(), "judged once");
        assert_eq!(over(0, "2029-06-01"), [1, 2, 3], "none is passed over");
        assert_eq!(over(2, "2029-06-01"), [3]);
    }

    #[test]
    fn d13_the_last_year_of_an_agreement_that_ended_is_over_the_day_after() {
        let over = |ended_on: &str, judged, today: &str| -> Vec<u32> {
            years_over(day("2026-01-01"), Some(day(ended_on)), judged, day(today)).into_iter().map(|year| year.number).collect()
        };
        assert_eq!(over("2026-09-30", 0, "2026-09-30"), Vec::<u32>::new());
        assert_eq!(over("2026-09-30", 0, "2026-10-01"), [1]);
        assert_eq!(over("2027-12-31", 0, "2030-01-01"), [1, 2], "nothing after its end");
        assert_eq!(over("2025-12-31", 0, "2030-01-01"), Vec::<u32>::new(), "it ended before it began");
        let first = RequiredSales::of(year("2026-01-01", 1), 15, |on| on <= day("2026-09-30"));
        assert_eq!(first.closes_on(Some(day("2026-09-30"))), day("2026-09-30"));
        assert_eq!((first.closes_on(None), first.closes_on(Some(day("2027-05-01")))), (day("2026-12-31"), day("2026-12-31")));
    }

    proptest! {
        #[test]
        fn d13_every_day_from_the_first_on_is_in_exactly_one_year(start in 0_u64..1_500, after in 0_u64..4_000) {
            let start = day("2024-01-01").checked_add_days(Days::new(start)).unwrap();
            let on = start.checked_add_days(Days::new(after)).unwrap();
            let year = AgreementYear::on(start, on).unwrap();
            prop_assert!(year.starts_on <= on && on <= year.ends_on);
            prop_assert_eq!(AgreementYear::of(start, year.number), Some(year));
            let next = AgreementYear::of(start, year.number + 1).unwrap();
            prop_assert_eq!(year.ends_on.succ_opt(), Some(next.starts_on));
        }

        #[test]
        fn d13_the_pace_never_falls_and_ends_at_what_is_required(per_year in 0_u32..400, off in prop::collection::btree_set(0_u32..365, 0..80)) {
            let of_2026 = year("2026-01-01", 1);
            let in_force = |on: NaiveDate| !off.contains(&chrono::Datelike::ordinal0(&on));
            let asked = RequiredSales::of(of_2026, per_year, in_force);
            let paces: Vec<_> = of_2026.days().step_by(13).chain([of_2026.ends_on]).map(|on| asked.expected_by(on, in_force)).collect();
            prop_assert!(paces.is_sorted());
            prop_assert_eq!(paces.last(), Some(&asked.required));
        }
    }
}
