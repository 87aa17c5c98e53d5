//! What terms give a partner beside money (R81 to R85).

use domain::benefit::{Benefit, BenefitYear as Year, PartYears as Parts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Code, Fault, RateText, TermsDocument, Texts,
    words::{BenefitYear, PartYears},
};
use crate::schema::step;

/// What a partner gets beside money (R81 to R85).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenefitDocument {
    /// What it is, by language.
    pub texts: Texts,
    /// How many times a year. Left out where it is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1000, example = 2)]
    pub quantity_per_year: Option<u32>,
    /// The discount on the list price that it is: it comes once, unless it is counted by years. Left out where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub discount: Option<RateText>,
    /// Which years count. Left out: anniversary years of the agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub year: Option<BenefitYear>,
    /// What a year brings of which the agreement has a part only. Left out: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub part_years: Option<PartYears>,
}

impl BenefitDocument {
    /// The benefit that the domain decides by.
    #[must_use]
    pub fn to_domain(&self, code: &Code) -> Benefit {
        let Self { texts: _, quantity_per_year, discount, year, part_years } = self;
        Benefit {
            code: code.0.clone(),
            quantity_per_year: *quantity_per_year,
            // Its pattern lets in nothing but rates.
            discount: discount.as_ref().and_then(|rate| rate.0.parse().ok()),
            year: year.map_or(Year::Agreement, Into::into),
            part_years: part_years.map_or(Parts::Whole, Into::into),
        }
    }
}

impl TermsDocument {
    /// What is wrong with the benefits, pointing into this document: years are said of what is not counted by years.
    pub(super) fn benefit_faults(&self) -> Vec<Fault> {
        let uncounted = self.benefits.iter().filter(|(_, benefit)| benefit.quantity_per_year.is_none());
        let said = |(code, benefit): (&Code, &BenefitDocument)| {
            let at = step("/benefits", &code.0);
            let years = [("year", benefit.year.is_some()), ("part_years", benefit.part_years.is_some())];
            let fault = move |(field, _): (&str, bool)| {
                Fault::new(format!("{at}/{field}"), "quantity_missing", "the benefit is not counted by years")
            };
            years.into_iter().filter(|(_, said)| *said).map(fault)
        };
        uncounted.flat_map(said).collect()
    }
}
