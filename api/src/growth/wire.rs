//! The JSON of promotions and of what stages ask for.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{agreement::StageStep, growth as rules};
use persistence::growth as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{PromotionState, StageConditionKind};
use crate::{agreement::wire::Finding, network::definition::Side, pages, problem::Problem, write::Resource};

/// Something that a stage asks of a partner, measured from the partner's own record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageCondition {
    /// What it is about.
    pub kind: StageConditionKind,
    /// Which qualification of the network, or item of the stage's checklist; null where there is nothing to name.
    #[schema(required, example = "helpdesk_experience")]
    pub code: Option<String>,
    /// How much is asked for; 1 of a qualification or an item.
    #[schema(example = 3)]
    pub required: u32,
    /// How much there is.
    #[schema(example = 2)]
    pub actual: u32,
    /// Whether there is as much as is asked for.
    pub met: bool,
}

impl From<&rules::CheckedCondition> for StageCondition {
    fn from(condition: &rules::CheckedCondition) -> Self {
        let met = condition.is_met();
        let rules::CheckedCondition { kind, code, required, actual } = condition;
        Self { kind: (*kind).into(), code: code.clone(), required: *required, actual: *actual, met }
    }
}

/// A partner's growth into the next stage of its terms (R39).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Promotion {
    /// Its id.
    #[schema(example = "promotion_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The master that decides.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The stage that the partner grows from.
    #[schema(example = "own_services")]
    pub stage_before: String,
    /// The stage that it grows into.
    #[schema(example = "helpdesk")]
    pub stage: String,
    /// The first day of the stage: as it was proposed, and once it is approved as it was decided.
    #[schema(example = "2026-04-01")]
    pub from: NaiveDate,
    /// Where it stands.
    pub state: PromotionState,
    /// Everything that the stage asks for, as it was measured when the promotion was proposed, and again when it was approved.
    pub conditions: Vec<StageCondition>,
    /// Whether all of it was there.
    pub conditions_met: bool,
    /// The day on which it was measured.
    #[schema(example = "2026-03-02")]
    pub measured_on: NaiveDate,
    /// The side that proposed it, and may take it back.
    pub proposed_side: Side,
    /// Who proposed it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposed_by: String,
    /// In the words of who proposed it.
    #[schema(required, example = "Our helpdesk is staffed since January.")]
    pub note: Option<String>,
    /// The master's answers to the stage's checklist, once it is approved (R28).
    #[schema(required)]
    pub findings: Option<Vec<Finding>>,
    /// Why it was approved or refused.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Who decided it or took it back.
    #[schema(required, example = json!(null))]
    pub decided_by: Option<String>,
    /// When.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Promotion {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/promotions/{}", self.id))
    }
}

pages!(PromotionPage of Promotion);

impl TryFrom<store::Promotion> for Promotion {
    type Error = Problem;

    fn try_from(promotion: store::Promotion) -> Result<Self, Problem> {
        let store::Promotion {
            id,
            network: _,
            master,
            partner,
            agreement,
            stage_before,
            step: StageStep { from, stage },
            state,
            proposed_side,
            proposed_by,
            note,
            conditions,
            measured_on,
            findings,
            reason,
            decided,
            version,
            created_at,
            updated_at,
        } = promotion;
        let corrupt = |error: serde_json::Error| Problem::internal(format!("{id}: {error}"));
        let conditions: Vec<StageCondition> = serde_json::from_str(&conditions).map_err(corrupt)?;
        let (decided_by, decided_at) = decided.unzip();
        Ok(Self {
            id: id.to_string(),
            agreement_id: agreement.to_string(),
            partner_id: partner.to_string(),
            master_id: master.to_string(),
            stage_before,
            stage,
            from,
            state: state.into(),
            conditions_met: conditions.iter().all(|condition| condition.met),
            conditions,
            measured_on,
            proposed_side: proposed_side.into(),
            proposed_by,
            note,
            findings: findings.as_deref().map(serde_json::from_str).transpose().map_err(corrupt)?,
            reason,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        })
    }
}

/// Which promotions are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromotionFilters {
    /// Those of this partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those of this agreement.
    #[param(
        pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "agreement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub agreement_id: Option<String>,
    /// Those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<PromotionState>,
}

/// What a promotion is made from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPromotion {
    /// The agreement whose partner is to grow.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The stage to grow into: the one after the agreement's latest.
    #[schema(min_length = 1, max_length = 63, pattern = "^[a-z][a-z0-9_]*$", example = "helpdesk")]
    pub stage: String,
    /// Its first day; today, where it is left out.
    #[serde(default)]
    #[schema(example = "2026-04-01")]
    pub from: Option<NaiveDate>,
    /// In your words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Our helpdesk is staffed since January.")]
    pub note: Option<String>,
}

/// A master's approval of a promotion.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionApproval {
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Three months of answers within the hour.")]
    pub reason: String,
    /// The first day of the stage. Left out, it is the day that was proposed, or today where that day is over.
    #[serde(default)]
    #[schema(example = "2026-04-01")]
    pub from: Option<NaiveDate>,
    /// One finding for each item of the stage's checklist (R28).
    #[serde(default)]
    #[schema(max_items = 200)]
    pub findings: Vec<Finding>,
}

/// A master's refusal of a promotion.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionDenial {
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Two customers still wait for their start-up.")]
    pub reason: String,
}

/// How far an agreement's partner has grown, and what the next stage asks for, measured now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementGrowth {
    /// The agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The agreement's latest stage; null where it has none yet.
    #[schema(required, example = "own_services")]
    pub stage: Option<String>,
    /// The first day of that stage, which may be still to come.
    #[schema(required, example = "2026-01-01")]
    pub since: Option<NaiveDate>,
    /// The next stage; null after the last one, and where there is none yet.
    #[schema(required)]
    pub next: Option<NextStage>,
    /// The day on which it was measured.
    #[schema(example = "2026-03-02")]
    pub measured_on: NaiveDate,
}

/// A stage that comes next, and what it asks for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextStage {
    /// The stage's code in the terms.
    #[schema(example = "helpdesk")]
    pub stage: String,
    /// Everything that it asks for. Items of its checklist are met once a master has found so.
    pub conditions: Vec<StageCondition>,
    /// Whether all of it is there.
    pub conditions_met: bool,
}
