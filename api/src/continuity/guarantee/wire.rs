//! The JSON of guarantees.

use chrono::{DateTime, NaiveDate, Utc};
use domain::continuity::left_of;
use persistence::continuity as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::super::words::{GuaranteeKind, GuaranteeState};
use crate::{pages, wire::Money, write::Resource};

/// What a partner itself has for its customers, should it fail them (R50).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Guarantee {
    /// Its id.
    #[schema(example = "guarantee_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Of which kind it is.
    pub kind: GuaranteeKind,
    /// What it covers.
    #[schema(example = "Support of all customers for twelve months")]
    pub covers: String,
    /// Up to which amount; null where it is not about money.
    #[schema(required)]
    pub amount: Option<Money>,
    /// What is left of it after what cases used so far; null where it is not about money.
    #[schema(required)]
    pub left: Option<Money>,
    /// Who gives it.
    #[schema(example = "Banco do Douro")]
    pub provider: String,
    /// What it is called there.
    #[schema(required, example = "G-2026-118")]
    pub reference: Option<String>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day; null where it has none.
    #[schema(required)]
    pub valid_until: Option<NaiveDate>,
    /// Where it stands.
    pub state: GuaranteeState,
    /// Why it was withdrawn.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Who recorded it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub recorded_by: String,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Guarantee {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/guarantees/{}", self.id))
    }
}

impl Guarantee {
    /// The guarantee, of which so much was used.
    pub(super) fn of(guarantee: store::Guarantee, used: &[domain::money::Money]) -> Self {
        let store::Guarantee {
            id,
            network: _,
            master: _,
            partner,
            kind,
            covers,
            amount,
            provider,
            reference,
            valid_from,
            valid_until,
            state,
            reason,
            recorded_by,
            version,
            created_at,
            updated_at,
        } = guarantee;
        Self {
            id: id.to_string(),
            partner_id: partner.to_string(),
            kind: kind.into(),
            covers,
            left: amount.map(|amount| left_of(amount, used).into()),
            amount: amount.map(Into::into),
            provider,
            reference,
            valid_from,
            valid_until,
            state: state.into(),
            reason,
            recorded_by,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(GuaranteePage of Guarantee);

/// Which guarantees are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GuaranteeFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<GuaranteeState>,
}

/// A guarantee to be recorded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGuarantee {
    /// The partner whose it is; your own company if you are a partner.
    #[serde(default)]
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: Option<String>,
    /// Of which kind it is.
    pub kind: GuaranteeKind,
    /// What it covers.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Support of all customers for twelve months")]
    pub covers: String,
    /// Up to which amount, where it is about money: more than nothing.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Who gives it.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Banco do Douro")]
    pub provider: String,
    /// What it is called there.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "G-2026-118")]
    pub reference: Option<String>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day, if it has one.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
}

/// Why a guarantee is withdrawn.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeWithdrawal {
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Replaced by a higher one.")]
    pub reason: String,
}
