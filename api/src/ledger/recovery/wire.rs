//! The JSON of recovery plans.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{ledger as rules, money};
use persistence::ledger as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{ledger::words::PlanState, pages, problem::Violation, wire::Money, write::Resource};

/// A debt that payouts take in instalments: before its day no payout takes one, nor anything of the taxes that go with it, and never
/// more than the network's policy lets debts take (D20).
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
    /// The day on which payouts that were paid had taken all of it; null before.
    #[schema(required, example = "2026-07-02")]
    pub recovered_on: Option<NaiveDate>,
    /// Its instalments, by day: they come to what was left of the debt, before taxes.
    pub instalments: Vec<RecoveryInstalment>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl RecoveryPlan {
    /// A plan, with what payouts take by each instalment, where that is known.
    pub(super) fn of(plan: store::RecoveryPlan, taken: Option<&[money::Money]>) -> Self {
        let store::RecoveryPlan {
            id,
            network: _,
            master,
            entry,
            partner,
            reason,
            state,
            recovered_on,
            instalments,
            version,
            created_at,
            updated_at,
        } = plan;
        let with_taxes = |place: usize| taken.and_then(|taken| taken.get(place)).copied().map(Money::from);
        let instalment = |(place, planned): (usize, rules::PlannedInstalment)| {
            let rules::PlannedInstalment { due_on, amount } = planned;
            RecoveryInstalment { due_on, amount: amount.into(), with_taxes: with_taxes(place) }
        };
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            ledger_entry_id: entry.to_string(),
            partner_id: partner.to_string(),
            reason,
            state: state.into(),
            recovered_on,
            instalments: instalments.into_iter().enumerate().map(instalment).collect(),
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

/// A part of a debt, the first day on which a payout may take it, and what payouts take by it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecoveryInstalment {
    /// The day.
    #[schema(example = "2026-04-01")]
    pub due_on: NaiveDate,
    /// How much of the debt, before taxes.
    pub amount: Money,
    /// That with its part of the taxes of the statement on which the debt stands: what payouts take by it. The instalments come to the
    /// debt with its taxes to the cent. Null until the debt is stated, and so has its taxes.
    #[schema(required)]
    pub with_taxes: Option<Money>,
}

/// A part of a debt to plan, and the first day on which a payout may take it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedInstalment {
    /// The day: today, where the debt's master is, or later, and later than that of the instalment before.
    #[schema(example = "2026-04-01")]
    pub due_on: NaiveDate,
    /// How much of the debt, before taxes: what goes with it of the taxes of the debt's statement is taken with it.
    pub amount: Money,
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
    /// Its instalments, by day: they come to what is left of the entry, as the ledger has it, before taxes.
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
