//! The JSON of checks.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use persistence::registration as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::super::words::{CheckStatus, MatchedOn};
use crate::{network::definition::Code, write::Resource};

/// How long every answer to a check is, in bytes.
const LENGTH: usize = 96;

/// A prospect that may be to be had. It needs a name, a tax id or a domain.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckedProspect {
    /// Its name. Without it, nothing is said about names that are like it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Conservas do Mar, S.A.")]
    pub name: Option<String>,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", example = "PT")]
    pub country: String,
    /// Its tax id, as people write it; it is checked.
    #[serde(default)]
    #[schema(min_length = 4, max_length = 40, example = "502 011 475")]
    pub tax_id: Option<String>,
    /// Its domain; of a host name or a URL, the registered domain counts.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 300, example = "www.conservas.pt")]
    pub domain: Option<String>,
}

/// What a check asks for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheck {
    /// Who may be to be had.
    pub prospect: CheckedProspect,
    /// The product lines that it is about; without them, or null, it is about the whole prospect (D17).
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50, example = json!(["crm", "erp"]))]
    pub product_lines: Option<Vec<Code>>,
}

/// Whether a prospect is to be had.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckAnswer {
    /// Whether it is.
    pub status: CheckStatus,
    /// What this was found by; empty where nothing was.
    #[schema(example = json!(["tax_id"]))]
    pub matched_on: Vec<MatchedOn>,
}

impl Resource for CheckAnswer {
    /// The JSON and as much white space after it as it takes for every answer to be of the same length (D22).
    fn body(&self) -> serde_json::Result<String> {
        let mut body = serde_json::to_string(self)?;
        body.extend(std::iter::repeat_n(' ', LENGTH.saturating_sub(body.len())));
        Ok(body)
    }
}

/// A check that a partner made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegistrationCheck {
    /// Its id.
    #[schema(example = "check_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The partner that asked.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Who asked for it: a person or an integration.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub asked_by: String,
    /// The name that was asked for.
    #[schema(required, example = "Conservas do Mar, S.A.")]
    pub name: Option<String>,
    /// The country.
    #[schema(example = "PT")]
    pub country: String,
    /// The tax id that was asked for, with its country.
    #[schema(required, example = "PT:502011475")]
    pub tax_id: Option<String>,
    /// The registered domain that was asked for.
    #[schema(required, example = "conservas.pt")]
    pub domain: Option<String>,
    /// The product lines that were asked for; null where it was the whole prospect.
    #[schema(required, value_type = Option<Vec<Code>>, example = json!(["crm", "erp"]))]
    pub product_lines: Option<BTreeSet<String>>,
    /// A digest of the prospect: the same prospect in the same words has the same one.
    #[schema(example = "0n7P0dUv4n1S9a0ZkKcB3w")]
    pub prospect_digest: String,
    /// What the partner was told.
    pub status: CheckStatus,
    /// What it was told that this was found by.
    pub matched_on: Vec<MatchedOn>,
    /// How many prospects the partner had asked for in the 24 hours up to this check, this one included.
    #[schema(minimum = 1, example = 12)]
    pub prospects_in_day: u32,
    /// When.
    pub checked_at: DateTime<Utc>,
}

impl From<store::Check> for RegistrationCheck {
    fn from(check: store::Check) -> Self {
        let store::Check {
            id,
            network: _,
            master: _,
            partner,
            actor,
            digest,
            name,
            country,
            tax_key,
            domain,
            scope,
            status,
            matched_on,
            prospects_in_day,
            recorded_at,
        } = check;
        Self {
            id: id.to_string(),
            partner_id: partner.to_string(),
            asked_by: actor,
            name,
            country,
            tax_id: tax_key,
            domain,
            product_lines: scope.lines().cloned(),
            prospect_digest: digest,
            status: status.into(),
            matched_on: matched_on.into_iter().map(Into::into).collect(),
            prospects_in_day,
            checked_at: recorded_at,
        }
    }
}

/// How much a partner asked for in the past 24 hours.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerChecks {
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// How many prospects it asked for.
    #[schema(minimum = 1, example = 12)]
    pub prospects: u32,
    /// When it last did.
    #[schema(required)]
    pub last_at: Option<DateTime<Utc>>,
}

impl From<store::Curiosity> for PartnerChecks {
    fn from(of: store::Curiosity) -> Self {
        let store::Curiosity { partner, prospects, last_at } = of;
        Self { partner_id: partner.to_string(), prospects, last_at }
    }
}

/// A page of a list of checks.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegistrationCheckPage {
    /// The rows.
    pub data: Vec<RegistrationCheck>,
    /// The partners that asked in the past 24 hours, those that asked for most prospects first, whatever the page shows.
    pub partners: Vec<PartnerChecks>,
    /// The cursor of the next page for `after`; null on the last one.
    #[schema(required, example = json!(null))]
    pub next: Option<String>,
}

/// Which checks are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CheckFilters {
    /// Only those of this partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
}

/// What a master is told of a partner that asks for many prospects.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CheckWarning {
    /// The partner.
    pub(super) partner_id: String,
    /// How many prospects it asked for in 24 hours.
    pub(super) prospects: u32,
    /// From how many on its master is told.
    pub(super) warn_at: u32,
    /// How many it may ask for.
    pub(super) prospects_per_day: u32,
}

#[cfg(test)]
mod tests {
    use domain::registration as rules;

    use super::*;

    #[test]
    fn d22_every_answer_to_a_check_is_of_the_same_length() {
        let on = rules::MatchedOn::ALL;
        for status in rules::CheckStatus::ALL {
            for matched in 0..=on.len() {
                let matched_on = on.iter().take(matched).copied().map(Into::into).collect();
                let body = CheckAnswer { status: status.into(), matched_on }.body().unwrap();
                assert_eq!(body.len(), LENGTH, "{body}");
                let read: serde_json::Value = serde_json::from_str(&body).unwrap();
                assert_eq!(read["status"], status.code());
            }
        }
    }
}
