//! The JSON of minimum sales.

use chrono::{DateTime, NaiveDate, Utc};
use domain::minimum_sales::{self as rules, RequiredSales};
use persistence::minimum_sales as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{pages, words::mirrored, write::Resource};

mirrored! {
    /// Where a year stands: enough was signed (`met`), it runs (`running`), or it is over and sales are missing (`short`).
    MinimumSalesState of rules::YearStanding {
        /// It runs.
        Running,
        /// Enough was signed.
        Met,
        /// It is over, and sales are missing.
        Short,
    }
}

/// How an agreement whose terms ask for sales keeps its pace in the year that runs (R57, D13).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MinimumSales {
    /// The agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The master that supervises it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// How many sales its terms ask for in a whole year.
    #[schema(example = 15)]
    pub per_year: u32,
    /// The year that runs; null before the agreement starts.
    #[schema(required)]
    pub year: Option<MinimumSalesYear>,
}

pages!(MinimumSalesPage of MinimumSales);

/// The years of an agreement, as far as its terms ask for sales (R57, D13).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementMinimumSales {
    /// The agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The master that supervises it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// How many sales its terms ask for in a whole year; null where they ask for none.
    #[schema(required, example = 15)]
    pub per_year: Option<u32>,
    /// Its years, from the first to the one that runs, or to the last one of an agreement that has ended.
    pub years: Vec<MinimumSalesYear>,
}

impl Resource for AgreementMinimumSales {}

/// An anniversary year of an agreement. `required` is `per_year` times `days_in_force` of `days_in_year`, rounded down, as the agreement
/// stands today: a suspension asks for less by each of its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MinimumSalesYear {
    /// Its number, from 1.
    #[schema(example = 1)]
    pub number: u32,
    /// Its first day.
    #[schema(example = "2026-01-01")]
    pub starts_on: NaiveDate,
    /// Its last day, or the last one of an agreement that ends before.
    #[schema(example = "2026-12-31")]
    pub ends_on: NaiveDate,
    /// Where it stands.
    pub state: MinimumSalesState,
    /// How many days it has.
    #[schema(example = 365)]
    pub days_in_year: u32,
    /// On how many of them the agreement is in force.
    #[schema(example = 365)]
    pub days_in_force: u32,
    /// How many sales that asks for.
    #[schema(example = 15)]
    pub required: u32,
    /// How many sales the partner signed in it under its agreement's type: cancelled ones among them (D11).
    #[schema(example = 11)]
    pub signed: u32,
    /// How many are missing.
    #[schema(example = 4)]
    pub missing: u32,
    /// How many an even pace would have signed by the end of today: its part of the days in force so far, rounded down; null once the
    /// year is over.
    #[schema(required, example = 11)]
    pub expected_by_today: Option<u32>,
    /// Whether at least as many were signed; null once the year is over.
    #[schema(required, example = true)]
    pub on_pace: Option<bool>,
    /// The days from today to its last day; null once the year is over.
    #[schema(required, example = 74)]
    pub days_left: Option<i64>,
    /// The pace in words, in your language.
    #[schema(example = "11 of 15 sales, 74 days left; 11 were to be expected by today.")]
    pub detail: String,
    /// What was counted when it was over; null before. What is recorded later of a day within it changes nothing of that.
    #[schema(required)]
    pub judged: Option<JudgedYear>,
    /// The finding that was made of it, where sales were missing; shown to masters.
    #[schema(required, example = json!(null))]
    pub finding_id: Option<String>,
}

/// What was counted of a year when it was over: once, and for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JudgedYear {
    /// Its number.
    #[schema(example = 1)]
    pub year: u32,
    /// Its first day.
    #[schema(example = "2026-01-01")]
    pub starts_on: NaiveDate,
    /// Its last day.
    #[schema(example = "2026-12-31")]
    pub ends_on: NaiveDate,
    /// How many sales it asked for.
    #[schema(example = 15)]
    pub required: u32,
    /// How many were signed.
    #[schema(example = 14)]
    pub signed: u32,
    /// When it was counted.
    pub judged_at: DateTime<Utc>,
}

impl JudgedYear {
    pub(super) fn of(year: &store::JudgedYear) -> Self {
        Self {
            year: year.number,
            starts_on: year.starts_on,
            ends_on: year.ends_on,
            required: year.required,
            signed: year.signed,
            judged_at: year.judged_at,
        }
    }
}

/// What is known of a year on a day.
pub(super) struct Pace {
    pub(super) asked: RequiredSales,
    pub(super) ends_on: NaiveDate,
    pub(super) signed: u32,
    /// What an even pace would have signed, and the days that are left; none once the year is over.
    pub(super) running: Option<(u32, i64)>,
}

impl Pace {
    /// Where it stands.
    pub(super) const fn standing(&self) -> rules::YearStanding {
        self.asked.standing(self.signed, self.running.is_none())
    }

    /// Whether enough was signed for an even pace.
    pub(super) fn is_on_pace(&self) -> Option<bool> {
        self.running.map(|(expected, _)| self.signed >= expected)
    }
}

impl MinimumSalesYear {
    pub(super) fn of(pace: &Pace, detail: String, judged: Option<&store::JudgedYear>, shows_finding: bool) -> Self {
        let RequiredSales { year, per_year: _, days_in_force, required, last_day: _ } = pace.asked;
        let finding = judged.filter(|_| shows_finding).and_then(|judged| judged.finding);
        Self {
            number: year.number,
            starts_on: year.starts_on,
            ends_on: pace.ends_on,
            state: pace.standing().into(),
            days_in_year: year.length(),
            days_in_force,
            required,
            signed: pace.signed,
            missing: pace.asked.missing(pace.signed),
            expected_by_today: pace.running.map(|(expected, _)| expected),
            on_pace: pace.is_on_pace(),
            days_left: pace.running.map(|(_, left)| left),
            detail,
            judged: judged.map(JudgedYear::of),
            finding_id: finding.map(|finding| finding.to_string()),
        }
    }
}

/// Which agreements are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MinimumSalesFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
}
