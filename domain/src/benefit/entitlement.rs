//! How often a partner may have a benefit, and in which time.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};

use crate::{agreement::Validity, code::coded, money::Rate, sale::contract_year};

/// What terms give a partner beside money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benefit {
    /// Its code, unique in the terms.
    pub code: String,
    /// How many times a year; none where it is not counted by years.
    pub quantity_per_year: Option<u32>,
    /// The discount on the list price that it is (R84): such a benefit comes once, unless it is counted by years.
    pub discount: Option<Rate>,
    /// Which years count.
    pub year: BenefitYear,
    /// What a year brings of which the agreement has a part only.
    pub part_years: PartYears,
}

/// Which years a benefit is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BenefitYear {
    /// Anniversary years of the first agreement that gave it to the partner.
    Agreement,
    /// Calendar years.
    Calendar,
}

coded! { BenefitYear { Agreement => "agreement", Calendar => "calendar", } }

/// What a year brings of which the agreement has a part only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartYears {
    /// All of it.
    Whole,
    /// As much as the whole months of the part are of twelve, rounded down.
    ProRata,
}

coded! { PartYears { Whole => "whole", ProRata => "pro_rata", } }

/// How often a benefit may be had, and in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entitlement {
    /// The days of the year on which it may be had; none where it is not counted by years.
    pub period: Option<Validity>,
    /// The days whose uses are counted together, by whichever agreement of the partner they are; none where it is not counted by years.
    pub counted: Option<Validity>,
    /// How often; none without limit.
    pub quantity: Option<u32>,
}

/// Nothing is left of a benefit (R81 to R85).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// How often it may be had.
    pub quantity: u32,
}

impl Benefit {
    /// What an agreement with these days gives on a day to a partner that has had the benefit since `since`, by this agreement or by one
    /// before it: years go on when another agreement takes the place of the first. None on a day that is not the agreement's, or out
    /// of the calendar.
    #[must_use]
    pub fn entitlement(&self, agreement: Validity, since: NaiveDate, on: NaiveDate) -> Option<Entitlement> {
        if !agreement.contains(on) {
            return None;
        }
        let Some(quantity) = self.quantity_per_year else {
            return Some(Entitlement { period: None, counted: None, quantity: self.discount.map(|_| 1) });
        };
        let since = since.min(agreement.start);
        let (first, last) = self.year_of(since, on)?;
        let start = first.max(since);
        let end = agreement.end.map_or(last, |end| end.min(last));
        let whole = (start, end) == (first, last);
        let quantity = match self.part_years {
            PartYears::ProRata if !whole => quantity.checked_mul(whole_months(start, end))?.checked_div(12)?,
            PartYears::ProRata | PartYears::Whole => quantity,
        };
        let until = |end| Some(Validity { start, end: Some(end) });
        Some(Entitlement { period: until(end), counted: until(last), quantity: Some(quantity) })
    }

    /// The first and the last day of the year that a day lies in.
    fn year_of(&self, start: NaiveDate, on: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        match self.year {
            BenefitYear::Calendar => {
                Some((NaiveDate::from_ymd_opt(on.year(), 1, 1)?, NaiveDate::from_ymd_opt(on.year(), 12, 31)?))
            }
            BenefitYear::Agreement => {
                let begun = u32::try_from(on.year().checked_sub(start.year())?).ok()?;
                let of = |number: u32| contract_year(start, number).filter(|(first, last)| *first <= on && on <= *last);
                of(begun.checked_add(1)?).or_else(|| of(begun))
            }
        }
    }
}

/// How many whole months lie between two days, both included.
fn whole_months(start: NaiveDate, end: NaiveDate) -> u32 {
    let last_day = |months: u32| start.checked_add_months(Months::new(months)).and_then(|day| day.pred_opt());
    (1..=12).take_while(|months| last_day(*months).is_some_and(|last| last <= end)).last().unwrap_or(0)
}

impl Entitlement {
    /// The place that one more use takes: the lowest free one from 1, or none where there is no limit.
    ///
    /// # Errors
    /// [`Exhausted`].
    pub fn next_place(&self, taken: &BTreeSet<u32>) -> Result<Option<u32>, Exhausted> {
        let Some(quantity) = self.quantity else { return Ok(None) };
        let free = (1..=quantity).find(|place| !taken.contains(place));
        free.map(Some).ok_or(Exhausted { quantity })
    }
}
