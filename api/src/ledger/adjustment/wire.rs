//! The JSON of adjustments.

use chrono::{DateTime, Utc};
use persistence::ledger as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ledger::words::{AdjustmentDirection, AdjustmentState},
    pages,
    wire::Money,
    write::Resource,
};

/// What a master changes of a ledger entry by decision. Once a second person approved it, it is an entry of its own that names
/// the one it corrects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Adjustment {
    /// Its id: the source of its entry.
    #[schema(example = "adjustment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master of the entry.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The entry that it corrects.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// Which way it goes.
    pub direction: AdjustmentDirection,
    /// How much.
    pub amount: Money,
    /// Why, as its parties read it.
    #[schema(example = "The customer was brought by another campaign than was recorded.")]
    pub reason: String,
    /// Where it stands.
    pub state: AdjustmentState,
    /// Who proposed it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposed_by: String,
    /// Who decided it: never the same person.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// What was said to the decision.
    #[schema(required, example = "Agreed with the partner.")]
    pub note: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<store::Adjustment> for Adjustment {
    fn from(adjustment: store::Adjustment) -> Self {
        let store::Adjustment {
            id,
            network: _,
            master,
            entry,
            direction,
            amount,
            reason,
            state,
            proposed_by,
            decided_by,
            note,
            version,
            created_at,
            updated_at,
        } = adjustment;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            ledger_entry_id: entry.to_string(),
            direction: direction.into(),
            amount: amount.into(),
            reason,
            state: state.into(),
            proposed_by,
            decided_by,
            note,
            version,
            created_at,
            updated_at,
        }
    }
}

impl Resource for Adjustment {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/adjustments/{}", self.id))
    }
}

pages!(AdjustmentPage of Adjustment);

/// An adjustment to propose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdjustment {
    /// The entry that it corrects.
    #[schema(pattern = "^entry_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// Which way it goes.
    pub direction: AdjustmentDirection,
    /// How much: more than nothing. No more is taken back of an entry than is left of it after its corrections, those of a change of
    /// rules, of a refund and of other adjustments alike.
    pub amount: Money,
    /// Why, as its parties read it.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "The customer was brought by another campaign.")]
    pub reason: String,
}

/// A decision on a proposed adjustment.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentDecision {
    /// What is said to it.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 1000, pattern = r"\S", example = "Agreed with the partner.")]
    pub note: Option<String>,
}

/// Which adjustments are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AdjustmentFilters {
    /// Those of an entry.
    #[param(pattern = "^entry_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "entry_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub ledger_entry_id: Option<String>,
    /// Those in a state.
    #[param(inline, nullable = false)]
    pub state: Option<AdjustmentState>,
}
