//! What a network's file says of payouts and remittances.

use domain::{
    money::{Currency, Money},
    network as rules,
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AmountText, CurrencyCode, Fault};
use crate::schema::step;

/// When a payout needs a second person, and when a remittance is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutsDocument {
    /// For each currency the largest payout that goes to the bank without a second person's approval. In a currency that is not
    /// named here every payout is approved.
    #[serde(default)]
    #[schema(example = json!({"EUR": "5000.00"}))]
    pub approval_above: IndexMap<CurrencyCode, AmountText>,
    /// Days from the last day of a period to the day on which a partner's remittance for it is due.
    #[schema(maximum = 3650, example = 30)]
    pub remittance_days: u32,
}

/// Every payout is approved, and remittances are due after a month, where a network does not say.
impl Default for PayoutsDocument {
    fn default() -> Self {
        Self { approval_above: IndexMap::new(), remittance_days: 30 }
    }
}

impl PayoutsDocument {
    /// What is wrong with it, at `at`.
    pub(super) fn faults(&self, at: &str) -> Vec<Fault> {
        let Self { approval_above, remittance_days: _ } = self;
        let at = |code: &CurrencyCode| step(&format!("{at}/approval_above"), &code.0);
        let wrong = approval_above.iter().filter_map(|(code, amount)| match Currency::from_code(&code.0) {
            None => Some(Fault::new(at(code), "unknown_currency", format!("ISO 4217 knows no currency {}", code.0))),
            Some(currency) => {
                let error = Money::parse(&amount.0, currency).err()?;
                Some(Fault::new(at(code), "wrong_amount", error.to_string()))
            }
        });
        wrong.collect()
    }
}

impl From<&PayoutsDocument> for rules::PayoutPolicy {
    fn from(document: &PayoutsDocument) -> Self {
        let PayoutsDocument { approval_above, remittance_days } = document;
        // What is no amount was refused when the file was read.
        let limit = |(code, amount): (&CurrencyCode, &AmountText)| {
            Currency::from_code(&code.0).and_then(|currency| Money::parse(&amount.0, currency).ok())
        };
        Self { approval_above: approval_above.iter().filter_map(limit).collect(), remittance_days: *remittance_days }
    }
}
