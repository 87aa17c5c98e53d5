//! The JSON of recovery plans.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ledger as rules;
use persistence::ledger as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{ledger::words::PlanState, pages, problem::Violation, wire::Money, write::Resource};

/// A debt that payouts take in instalments: before its day no payout takes one, and never more than the network's policy lets
/// debts take.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecoveryPlan {
    /// Its id.
    #[schema(example = "recovery_plan_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises what the debt is about.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The entry by which the partner owes back.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Why there is one.
    #[schema(example = "The partner asked for it.")]
    pub reason: String,
    /// Where it stands.
    pub state: PlanState,
    /// Its instalments, by day: they come to the debt.
    pub instalments: Vec<PlannedInstalment>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<store::RecoveryPlan> for RecoveryPlan {
    fn from(plan: store::RecoveryPlan) -> Self {
        let store::RecoveryPlan {
            id,
            network: _,
            master,
            entry,
            partner,
            reason,
            state,
            instalments,
            version,
            created_at,
            updated_at,
        } = plan;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            ledger_entry_id: entry.to_string(),
            partner_id: partner.to_string(),
            reason,
            state: state.into(),
            instalments: instalments.into_iter().map(PlannedInstalment::from).collect(),
            version,
            created_at,
            updated_at,
        }
    }
}

impl Resource for RecoveryPlan {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/recovery-plans/{}", self.id))
    }
}

pages!(RecoveryPlanPage of RecoveryPlan);

/// A part of a debt, and the first day on which a payout may take it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedInstalment {
    /// The day.
    #[schema(example = "2026-04-01")]
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Money,
}

impl From<rules::PlannedInstalment> for PlannedInstalment {
    fn from(planned: rules::PlannedInstalment) -> Self {
        let rules::PlannedInstalment { due_on, amount } = planned;
        Self { due_on, amount: amount.into() }
    }
}

impl PlannedInstalment {
    /// The instalment at a place, or what is wrong with it.
    pub(super) fn read(&self, place: usize) -> Result<rules::PlannedInstalment, Violation> {
        let amount = self.amount.read(&format!("/instalments/{place}/amount"))?;
        Ok(rules::PlannedInstalment { due_on: self.due_on, amount })
    }
}

/// A recovery plan to make.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecoveryPlan {
    /// The entry by which the partner owes back: a correction of what it had earned.
    #[schema(pattern = "^entry_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// Why there is one.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "The partner asked for it.")]
    pub reason: String,
    /// Its instalments, by day: they come to what is left of the entry.
    #[schema(min_items = 1, max_items = 120)]
    pub instalments: Vec<PlannedInstalment>,
}

/// Which plans are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecoveryPlanFilters {
    /// Those for a partner's debts.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those in a state.
    #[param(inline, nullable = false)]
    pub state: Option<PlanState>,
}
