//! The JSON of overrides.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use persistence::registration as store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{network::definition::Code, pages, wire::Company, write::Resource};

/// A master's leave for one company to sell inside another's protection (R36, R37).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Override {
    /// Its id.
    #[schema(example = "override_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that gave it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The registration whose protection it is about.
    #[schema(example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub registration_id: String,
    /// The company that may sell.
    pub company: Company,
    /// Why. The holder of the protection reads it.
    #[schema(example = "The customer asked for the other partner in writing.")]
    pub reason: String,
    /// The product lines that it may sell, in the order of their codes; null where it is all that is protected.
    #[schema(required, value_type = Option<Vec<Code>>, example = json!(["crm", "erp"]))]
    pub product_lines: Option<BTreeSet<String>>,
    /// The last day on which it may, where the master is.
    #[schema(required)]
    pub expires_on: Option<NaiveDate>,
    /// Who gave it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub granted_by: String,
    /// Who took it back.
    #[schema(required, example = json!(null))]
    pub revoked_by: Option<String>,
    /// When.
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Override {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/overrides/{}", self.id))
    }
}

impl From<store::Override> for Override {
    fn from(given: store::Override) -> Self {
        let store::Override {
            id,
            network: _,
            master,
            registration,
            company,
            reason,
            scope,
            expires_on,
            granted_by,
            revoked,
            version,
            created_at,
            updated_at,
        } = given;
        let (revoked_by, revoked_at) = revoked.unzip();
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            registration_id: registration.to_string(),
            company: company.into(),
            reason,
            product_lines: scope.lines().cloned(),
            expires_on,
            granted_by,
            revoked_by,
            revoked_at,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(OverridePage of Override);

/// What an override is made from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOverride {
    /// The company that may sell: another partner of the network, or a master.
    #[schema(pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub company_id: String,
    /// Why. The holder of the protection reads it: name nobody.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The customer asked for another partner in writing.")]
    pub reason: String,
    /// The product lines that it may sell; without them, or null, all that is protected.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50, example = json!(["crm", "erp"]))]
    pub product_lines: Option<Vec<Code>>,
    /// The last day on which it may, where you are; without it, as long as the protection stands.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
}

/// What the holder of a protection is told of an override: that there is one and why, and not for whom (D22).
#[derive(Debug, Clone, Serialize)]
pub(super) struct ToldHolder {
    /// The registration that protects.
    registration_id: String,
    /// Why.
    reason: String,
    /// What may be sold; null where it is all that is protected.
    product_lines: Option<BTreeSet<String>>,
    /// The last day on which it may.
    expires_on: Option<NaiveDate>,
    /// When it was taken back, if it was.
    revoked_at: Option<DateTime<Utc>>,
}

impl From<&store::Override> for ToldHolder {
    fn from(given: &store::Override) -> Self {
        Self {
            registration_id: given.registration.to_string(),
            reason: given.reason.clone(),
            product_lines: given.scope.lines().cloned(),
            expires_on: given.expires_on,
            revoked_at: given.revoked.as_ref().map(|(_, at)| *at),
        }
    }
}
