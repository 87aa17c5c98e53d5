//! How statements are taxed: the law as data with dates.

use chrono::NaiveDate;
use domain::{
    partner::Country,
    statement::{self as rules, TaxRules},
};
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CountryCode, Fault, RateText};
use crate::schema::step;

/// The law of taxes, as far as statements need it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxesDocument {
    /// The countries across whose borders a registered customer accounts for the tax.
    #[serde(default)]
    #[schema(value_type = BTreeSet<CountryCode>)]
    pub union: IndexSet<CountryCode>,
    /// The standard rates of value added tax, by country.
    #[serde(default)]
    pub standard_rates: IndexMap<CountryCode, Vec<StandardRateDocument>>,
}

/// A standard rate of value added tax, until a later one of the country takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardRateDocument {
    /// The first day on which it holds.
    #[schema(example = "2011-01-01")]
    pub from: NaiveDate,
    /// The rate.
    pub rate: RateText,
}

impl From<&TaxesDocument> for TaxRules {
    /// What [`TaxesDocument::faults`] would refuse is left out.
    fn from(document: &TaxesDocument) -> Self {
        let TaxesDocument { union, standard_rates } = document;
        let rate = |StandardRateDocument { from, rate }: &StandardRateDocument| {
            Some(rules::VatRate { from: *from, rate: rate.0.parse().ok()? })
        };
        let rates = standard_rates
            .iter()
            .filter_map(|(code, rates)| Some((Country::parse(&code.0).ok()?, rates.iter().filter_map(rate).collect())));
        Self { union: union.iter().filter_map(|code| Country::parse(&code.0).ok()).collect(), rates: rates.collect() }
    }
}

impl TaxesDocument {
    /// Every fault of meaning, below the pointer `at`.
    pub(super) fn faults(&self, at: &str) -> Vec<Fault> {
        let unknown = |pointer: String, code: &CountryCode| {
            Country::parse(&code.0)
                .is_err()
                .then(|| Fault::new(pointer, "unknown_country", format!("ISO 3166 knows no country {}", code.0)))
        };
        let union = self.union.iter().enumerate().filter_map(|(position, code)| unknown(format!("{at}/union/{position}"), code));
        let mut faults: Vec<Fault> = union.collect();
        for (code, rates) in &self.standard_rates {
            let at = step(&format!("{at}/standard_rates"), &code.0);
            faults.extend(unknown(at.clone(), code));
            for (position, rate) in rates.iter().enumerate() {
                let at = format!("{at}/{position}");
                if let Err(error) = rate.rate.0.parse::<domain::money::Rate>() {
                    faults.push(Fault::new(format!("{at}/rate"), "wrong_rate", error.to_string()));
                }
                let before = position.checked_sub(1).and_then(|before| rates.get(before));
                if before.is_some_and(|before| before.from >= rate.from) {
                    let message = "a rate holds later than the one before";
                    faults.push(Fault::new(format!("{at}/from"), "dates_not_ascending", message));
                }
            }
        }
        faults
    }
}
