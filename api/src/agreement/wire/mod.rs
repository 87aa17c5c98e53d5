//! The JSON of agreements, their supervisions and their stages.

mod supervision;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    agreement::{StageStep, StateStep},
    id::CompanyId,
};
use persistence::agreement as store;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
pub(in crate::agreement) use supervision::read_findings;
pub use supervision::{Finding, NewSupervision, Supervision, SupervisionPage, SupervisionSummary};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::present,
    pages,
    problem::Problem,
    wire::{Company, ExternalReference},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// Whether an agreement takes its type's terms as they are (`standard`) or was made on demand (`special`; R2, R6).
    AgreementKind of domain::agreement::AgreementKind {
        /// As they are.
        Standard,
        /// Made on demand.
        Special,
    }

    /// Where an agreement stands. Only an `active` one has effects, from its first day to its last (R7).
    AgreementState of domain::agreement::AgreementState {
        /// It can still be changed.
        Draft,
        /// It waits for its supervising master.
        Submitted,
        /// The master checks it.
        UnderSupervision,
        /// Approved.
        Active,
        /// Without effects for the time being.
        Suspended,
        /// Ended by a decision.
        Terminated,
        /// Ended by its last day.
        Expired,
    }

    /// What a master decides on an agreement: `approve` lets it take effect, `refuse` sends it back to be corrected (R28).
    SupervisionDecision of domain::agreement::SupervisionDecision {
        /// It takes effect.
        Approve,
        /// It goes back to its draft.
        Refuse,
    }

    /// What a master found on one item of the checklist (R28).
    FindingOutcome of domain::agreement::FindingOutcome {
        /// The practice is kept.
        Met,
        /// It is not.
        NotMet,
        /// It does not concern this agreement.
        NotApplicable,
    }
}

/// An agreement: the contract between a partner and its counterparty under some terms, supervised by a master (R7).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Agreement {
    /// Its id.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises it (D21).
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The other party.
    pub counterparty: Company,
    /// The code of what the partner is by it.
    #[schema(example = "reseller")]
    pub partnership_type: String,
    /// The id of what the partner is by it.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partnership_type_id: String,
    /// The version of the type's terms that it was made on, and stays on (R90).
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: String,
    /// Where the terms stand as this agreement has them: those of the version, with the special terms merged in.
    #[schema(example = "/v1/agreements/agreement_01h2xcejqtf2nbrexx3vqjhp41/terms")]
    pub effective_terms: String,
    /// Standard or special (R2, R6).
    pub kind: AgreementKind,
    /// The language it is signed in.
    #[schema(example = "pt")]
    pub language: String,
    /// The language that counts where two versions of it differ (D1).
    #[schema(example = "pt")]
    pub governing_language: String,
    /// What it changes in the terms of its type: a JSON merge patch (RFC 7396), as it was written (R2, R6).
    #[schema(required, value_type = Option<Object>, example = json!({"margin_uplift": "0.07"}))]
    pub special_terms: Option<Value>,
    /// The exclusivity it grants beside the per-prospect protection (R30, D1).
    #[schema(required)]
    pub exclusivity: Option<ExclusivityGrant>,
    /// Its first day.
    #[schema(example = "2026-01-01")]
    pub starts_on: NaiveDate,
    /// Its last day, still included.
    #[schema(required, example = "2028-12-31")]
    pub ends_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: AgreementState,
    /// Why it was suspended or terminated.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// The states it was in, in the order in which it entered them. Of those whose first day has come, the last one is the state of
    /// a day: what was `active` on the day of a sale counts for it, whatever came after (R7, D15).
    pub states: Vec<AgreementStateStep>,
    /// The stages of growth, in the order of their first days (R39).
    pub stages: Vec<AgreementStage>,
    /// The latest supervision decision.
    #[schema(required)]
    pub supervision: Option<SupervisionSummary>,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Agreement {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/agreements/{}", self.id))
    }
}

pages!(AgreementPage of Agreement);

/// What is shown of an agreement beside its own row.
pub(in crate::agreement) struct Beside {
    pub type_code: String,
    pub states: Vec<store::EnteredState>,
    pub stages: Vec<store::Stage>,
    pub supervision: Option<store::Supervision>,
    pub external_references: Vec<ExternalReference>,
}

impl Agreement {
    /// The agreement as its reader sees it.
    ///
    /// # Errors
    /// `internal_error` when what is kept is no JSON.
    pub(in crate::agreement) fn of(agreement: store::Agreement, beside: Beside) -> Result<Self, Problem> {
        let store::Agreement {
            id,
            network: _,
            master,
            partner,
            counterparty,
            type_id,
            terms_id,
            kind,
            language,
            governing_language,
            special_terms,
            exclusivity,
            single: _,
            minimum_sales: _,
            starts_on,
            ends_on,
            state,
            reason,
            version,
            created_at,
            updated_at,
        } = agreement;
        let Beside { type_code, states, stages, supervision, external_references } = beside;
        let corrupt = |error: serde_json::Error| Problem::internal(format!("{id}: {error}"));
        Ok(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            counterparty: counterparty.into(),
            partnership_type: type_code,
            partnership_type_id: type_id.to_string(),
            terms_id: terms_id.to_string(),
            effective_terms: format!("/v1/agreements/{id}/terms"),
            kind: kind.into(),
            language,
            governing_language,
            special_terms: special_terms.as_deref().map(serde_json::from_str).transpose().map_err(corrupt)?,
            exclusivity: exclusivity.as_deref().map(serde_json::from_str).transpose().map_err(corrupt)?,
            starts_on,
            ends_on,
            state: state.into(),
            reason,
            states: states.into_iter().map(AgreementStateStep::from).collect(),
            stages: stages.into_iter().map(AgreementStage::from).collect(),
            supervision: supervision.map(SupervisionSummary::from),
            external_references,
            version,
            created_at,
            updated_at,
        })
    }
}

/// An exclusivity that an agreement grants. By territory there is none (R30); by sector or activity it takes a special agreement
/// with a master's explicit approval and a reason (D1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExclusivityGrant {
    /// The territory.
    #[schema(required, example = json!(null))]
    pub territory: Option<String>,
    /// The business sector.
    #[schema(required, example = "dental clinics")]
    pub sector: Option<String>,
    /// The business activity.
    #[schema(required, example = json!(null))]
    pub activity: Option<String>,
    /// Why.
    #[schema(required, example = "It built the connector that this sector needs.")]
    pub reason: Option<String>,
    /// The master that explicitly approved it.
    #[schema(required, example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub approved_by: Option<String>,
}

/// The exclusivity asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExclusivity {
    /// The territory: always refused (R30).
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Minho")]
    pub territory: Option<String>,
    /// The business sector.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "dental clinics")]
    pub sector: Option<String>,
    /// The business activity.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "payroll bureaux")]
    pub activity: Option<String>,
    /// Why.
    #[schema(max_length = 2000, example = "It built the connector that this sector needs.")]
    pub reason: Option<String>,
    /// Whether your master explicitly approves it (D1).
    #[serde(default)]
    pub approved: bool,
}

/// A state that an agreement entered, and its first day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementStateStep {
    /// The state.
    pub state: AgreementState,
    /// The first day on which it counts. An approval reaches back to the agreement's start.
    #[schema(example = "2026-01-01")]
    pub from: NaiveDate,
    /// Why it was suspended or terminated.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Who decided it; `system` where a last day was over.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: String,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
}

impl From<store::EnteredState> for AgreementStateStep {
    fn from(entered: store::EnteredState) -> Self {
        let store::EnteredState { step: StateStep { from, state }, reason, decided_by, decided_at } = entered;
        Self { state: state.into(), from, reason, decided_by, decided_at }
    }
}

/// A stage of growth and its first day (R39).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementStage {
    /// The stage's code in the terms.
    #[schema(example = "facilitator")]
    pub stage: String,
    /// The first day on which it counts.
    #[schema(example = "2026-01-01")]
    pub from: NaiveDate,
    /// Why it was entered, where that was said: the reason of a promotion, a demotion, or a stage entered on the master's own decision.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Who decided it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: String,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
}

impl From<store::Stage> for AgreementStage {
    fn from(stage: store::Stage) -> Self {
        let store::Stage { step: StageStep { from, stage }, reason, decided_by, decided_at } = stage;
        Self { stage, from, reason, decided_by, decided_at }
    }
}

/// What an agreement is made of. It begins as a draft, on the version of the terms that is in force on its first day (R86).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgreement {
    /// The partner.
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// What the partner becomes: a partnership type's code or id.
    #[schema(max_length = 63, pattern = "^[a-z][a-z0-9_]*$", example = "reseller")]
    pub partnership_type: String,
    /// The other party: a master or a partner. Left out, it is your master.
    #[serde(default)]
    #[schema(pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub counterparty_id: Option<String>,
    /// Standard, unless it is made on demand (R2, R6).
    #[serde(default = "standard")]
    pub kind: AgreementKind,
    /// The language it is signed in: one that the terms exist in.
    #[schema(pattern = "^[a-z]{2}(-[A-Z]{2})?$", example = "pt")]
    pub language: String,
    /// The language that counts where two versions of it differ (D1). Left out, it is the language it is signed in.
    #[serde(default)]
    #[schema(pattern = "^[a-z]{2}(-[A-Z]{2})?$", example = "pt")]
    pub governing_language: Option<String>,
    /// What it changes in the terms of its type: a JSON merge patch (RFC 7396) on the terms' document. Special agreements
    /// only (R2, R6).
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({"margin_uplift": "0.07"}))]
    pub special_terms: Option<Map<String, Value>>,
    /// The exclusivity it is to grant beside the per-prospect protection (R30, D1).
    #[serde(default)]
    pub exclusivity: Option<NewExclusivity>,
    /// Its first day.
    #[schema(example = "2026-01-01")]
    pub starts_on: NaiveDate,
    /// Its last day, still included. Left out, it has none.
    #[serde(default)]
    #[schema(example = "2028-12-31")]
    pub ends_on: Option<NaiveDate>,
    /// The names that your other systems have for it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}

fn standard() -> AgreementKind {
    AgreementKind::Standard
}

/// What changes of a draft (JSON merge patch): absent fields stay, null takes away. The external references may change later, too.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementChange {
    /// The other party: a master or a partner.
    #[schema(
        pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "master_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub counterparty_id: Option<String>,
    /// Standard or special (R2, R6).
    #[schema(nullable = false)]
    pub kind: Option<AgreementKind>,
    /// The language it is signed in.
    #[schema(pattern = "^[a-z]{2}(-[A-Z]{2})?$", example = "pt", nullable = false)]
    pub language: Option<String>,
    /// The language that counts where two versions of it differ (D1).
    #[schema(pattern = "^[a-z]{2}(-[A-Z]{2})?$", example = "pt", nullable = false)]
    pub governing_language: Option<String>,
    /// The special terms, in place of those there were: a merge patch is replaced as a whole, since null means something in it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>, example = json!({"margin_uplift": "0.07"}))]
    pub special_terms: Option<Option<Map<String, Value>>>,
    /// The exclusivity, in place of the one there was.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NewExclusivity>)]
    pub exclusivity: Option<Option<NewExclusivity>>,
    /// Its first day. The version of the terms follows it (R86).
    #[schema(example = "2026-01-01", nullable = false)]
    pub starts_on: Option<NaiveDate>,
    /// Its last day, still included.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>, example = "2028-12-31")]
    pub ends_on: Option<Option<NaiveDate>>,
    /// The names that your other systems have for it, in place of those they had.
    #[schema(max_items = 20, nullable = false)]
    pub external_references: Option<Vec<ExternalReference>>,
}

/// Why something is done to an agreement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementReason {
    /// In words.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The billing licence has lapsed.")]
    pub reason: String,
}

/// A stage to enter (R39).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStage {
    /// The stage's code in the terms.
    #[schema(min_length = 1, max_length = 63, pattern = "^[a-z][a-z0-9_]*$", example = "facilitator")]
    pub stage: String,
    /// The first day on which it counts: never before it.
    #[schema(example = "2026-01-01")]
    pub from: NaiveDate,
    /// Why: it is said where the stage is not the next one, or asks for what is not there, and stays with the stage.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "It came with ten years of helpdesk.")]
    pub reason: Option<String>,
}

/// Which agreements to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgreementFilters {
    /// Those of this partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those in this state.
    #[param(nullable = false, inline)]
    pub state: Option<AgreementState>,
    /// Those of this partnership type: its code or id.
    #[param(max_length = 63, pattern = "^[a-z][a-z0-9_]*$", example = "reseller", nullable = false)]
    pub partnership_type: Option<String>,
}

/// The other party that a body names.
pub(in crate::agreement) fn counterparty(text: &str) -> Result<CompanyId, crate::problem::Violation> {
    crate::wire::company_id(text, "/counterparty_id")
}
