//! The JSON of pursuits.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::id::RegistrationId;
use persistence::pursuit as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{PursuitReason, PursuitState};
use crate::{
    network::definition::Code,
    pages,
    registration::wire::{NewProspect, Prospect},
    write::Resource,
};

/// A master's own pursuit of a prospect (R36, D7).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Pursuit {
    /// Its id.
    #[schema(example = "pursuit_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that pursues.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// Whom.
    pub prospect: Prospect,
    /// The product lines that it is about, in the order of their codes; null where it is about the whole prospect (D17).
    #[schema(required, value_type = Option<Vec<Code>>, example = json!(["crm", "erp"]))]
    pub product_lines: Option<BTreeSet<String>>,
    /// Where it stands.
    pub state: PursuitState,
    /// Why it was closed.
    #[schema(required)]
    pub reason: Option<PursuitReason>,
    /// What was said about it.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// The registrations under you that claim the prospect and were handed in before the pursuit was opened. It is not meant
    /// against them: while it is open none of them can be accepted, so close it as `given_way`, or reject them with a reason.
    #[schema(example = json!(["registration_01h2xcejqtf2nbrexx3vqjhp41"]))]
    pub earlier_registrations: Vec<String>,
    /// Who opened it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub opened_by: String,
    /// Who closed it.
    #[schema(required, example = json!(null))]
    pub closed_by: Option<String>,
    /// When.
    #[schema(required)]
    pub closed_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Pursuit {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/pursuits/{}", self.id))
    }
}

impl Pursuit {
    /// The pursuit with the claims that came before it.
    #[must_use]
    pub fn of(pursuit: store::Pursuit, earlier: &[RegistrationId]) -> Self {
        let store::Pursuit {
            id,
            network: _,
            master,
            prospect,
            scope,
            tax_id_written,
            email,
            status,
            note,
            opened_by,
            closed,
            version,
            created_at,
            updated_at,
        } = pursuit;
        let (closed_by, closed_at) = closed.unzip();
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            prospect: Prospect {
                name: prospect.name().to_owned(),
                country: prospect.country().code().to_owned(),
                tax_id: tax_id_written,
                domain: prospect.domain().map(ToString::to_string),
                email,
            },
            product_lines: scope.lines().cloned(),
            state: status.state().into(),
            reason: status.closed.map(Into::into),
            note,
            earlier_registrations: earlier.iter().map(ToString::to_string).collect(),
            opened_by,
            closed_by,
            closed_at,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(PursuitPage of Pursuit);

/// Which pursuits are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PursuitFilters {
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<PursuitState>,
}

/// What a pursuit is made from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPursuit {
    /// Whom you pursue.
    pub prospect: NewProspect,
    /// The product lines of the catalogue that it is about; without them, or null, it is about the whole prospect (D17).
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50, example = json!(["crm", "erp"]))]
    pub product_lines: Option<Vec<Code>>,
    /// In your words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "They asked us directly at the fair.")]
    pub note: Option<String>,
}

/// Why a pursuit is closed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PursuitEnd {
    /// The reason.
    pub reason: PursuitReason,
    /// In your words; needed where the reason is `other`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "A partner had met them a week before.")]
    pub note: Option<String>,
}
