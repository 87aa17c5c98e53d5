//! The JSON of transfers.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::transfer as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{PartnerTransferKind, PartnerTransferState};
use crate::{
    agreement::wire::Finding,
    pages,
    problem::{Problem, Violation},
    write::Resource,
};

/// A partner goes over to another master, or to another partnership type, from a day on (D4).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerTransfer {
    /// Its id.
    #[schema(example = "transfer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// What changes.
    pub kind: PartnerTransferKind,
    /// The master before.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub from_master_id: String,
    /// The master afterwards.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp42")]
    pub to_master_id: String,
    /// The agreement that ends on the day before.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The agreement that takes its place; there is none of this id before the transfer is carried out.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp42")]
    pub successor_id: String,
    /// The partnership type of the agreement that comes, by its id.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partnership_type_id: String,
    /// The stage that it begins with, or would by what is decided now; null where its type has none.
    #[schema(required, example = "daily_helpdesk")]
    pub stage: Option<String>,
    /// Its first day.
    pub from: NaiveDate,
    /// Why.
    #[schema(example = "The partner moved to Brazil.")]
    pub reason: String,
    /// Where the transfer stands.
    pub state: PartnerTransferState,
    /// Who proposed it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposed_by: String,
    /// Who decided it.
    #[schema(required, example = json!(null))]
    pub decided_by: Option<String>,
    /// When.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// What the decision rests on.
    pub findings: Vec<Finding>,
    /// What was said with the decision, or when it was taken back.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// The rules that hold it up since its day came: it is carried out once none does. Nothing where none does.
    pub held_up_by: Vec<TransferObstacle>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A rule that holds a transfer up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TransferObstacle {
    /// The code, as a refusal to carry it out names it.
    #[schema(example = "continuity_case_is_open")]
    pub code: String,
    /// The number of the rule.
    #[schema(required, example = "R49")]
    pub rule: Option<String>,
}

impl TransferObstacle {
    /// What a refusal names.
    pub(super) fn of(refusal: &Problem) -> Vec<Self> {
        let of = |broken: &Violation| Self { code: broken.code.to_owned(), rule: broken.rule.as_deref().map(str::to_owned) };
        refusal.errors().iter().map(of).collect()
    }

    fn read(transfer: &store::Transfer) -> Result<Vec<Self>, Problem> {
        let Some(written) = &transfer.held_up_by else { return Ok(Vec::new()) };
        serde_json::from_str(written).map_err(|error| Problem::internal(format!("{}: {error}", transfer.id)))
    }
}

impl Resource for PartnerTransfer {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/partner-transfers/{}", self.id))
    }
}

/// What a kept decision rests on.
///
/// # Errors
/// `internal_error` when what is kept is no JSON.
pub(super) fn findings_of(transfer: &store::Transfer) -> Result<Vec<Finding>, Problem> {
    let Some(decided) = &transfer.decided else { return Ok(Vec::new()) };
    serde_json::from_str(&decided.findings).map_err(|error| Problem::internal(format!("{}: {error}", transfer.id)))
}

impl PartnerTransfer {
    /// The transfer as all of its readers see it.
    ///
    /// # Errors
    /// `internal_error` when what is kept is no JSON.
    pub(crate) fn of(transfer: store::Transfer) -> Result<Self, Problem> {
        let (findings, obstacles) = (findings_of(&transfer)?, TransferObstacle::read(&transfer)?);
        let store::Transfer {
            id,
            network: _,
            partner,
            kind,
            from_master,
            to_master,
            agreement,
            successor,
            type_id,
            stage,
            keeps_stage: _,
            from,
            reason,
            state,
            proposed_by,
            decided,
            note,
            held_up_by: _,
            version,
            created_at,
            updated_at,
        } = transfer;
        let (decided_by, decided_at) = decided.map(|decided| (decided.by, decided.at)).unzip();
        Ok(Self {
            id: id.to_string(),
            partner_id: partner.to_string(),
            kind: kind.into(),
            from_master_id: from_master.to_string(),
            to_master_id: to_master.to_string(),
            agreement_id: agreement.to_string(),
            successor_id: successor.to_string(),
            partnership_type_id: type_id.to_string(),
            stage,
            from,
            reason,
            state: state.into(),
            proposed_by,
            decided_by,
            decided_at,
            findings,
            note,
            held_up_by: obstacles,
            version,
            created_at,
            updated_at,
        })
    }
}

pages!(PartnerTransferPage of PartnerTransfer);

/// Which transfers are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartnerTransferFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<PartnerTransferState>,
    /// Those by which this changes.
    #[param(inline, nullable = false)]
    pub kind: Option<PartnerTransferKind>,
}

/// What is proposed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPartnerTransfer {
    /// The partner.
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// What changes: then either the master or the partnership type is named.
    pub kind: PartnerTransferKind,
    /// The master that the partner goes over to.
    #[serde(default)]
    #[schema(pattern = "^master_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "master_01h2xcejqtf2nbrexx3vqjhp42")]
    pub to_master_id: Option<String>,
    /// The code of the partnership type that it goes over to.
    #[serde(default)]
    #[schema(pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "affiliate")]
    pub partnership_type: Option<String>,
    /// The agreement that ends. Without it, the partner's only active agreement with your master is meant.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The stage that the new agreement begins with. Without it, it is the one that the old agreement has on that day, and those that
    /// were decided for later days come in their time (R39); of another partnership type, where its terms have it, too.
    #[serde(default)]
    #[schema(pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "daily_helpdesk")]
    pub stage: Option<String>,
    /// The first day of the new agreement: not before today.
    pub from: NaiveDate,
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The partner moved to Brazil.")]
    pub reason: String,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerTransferVerdict {
    /// It happens on its day.
    Accept,
    /// It does not.
    Refuse,
}

/// A decision on a transfer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerTransferDecision {
    /// What is decided.
    pub decision: PartnerTransferVerdict,
    /// To accept: one finding for each item of the checklist of the terms that come.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub findings: Vec<Finding>,
    /// On the whole; needed to refuse.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S", example = "Seen at their office.")]
    pub note: Option<String>,
}

/// How much follows by one request.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerTransferRun {
    /// How many customers, registrations and proposals at most.
    #[serde(default = "chunk")]
    #[schema(minimum = 1, maximum = 200, default = 100)]
    pub limit: i64,
}

const fn chunk() -> i64 {
    100
}

/// Why a transfer is taken back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerTransferWithdrawal {
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The partner stays.")]
    pub note: String,
}
