//! The JSON of supervisions (R7, R28).

use chrono::{DateTime, Utc};
use domain::agreement as rules;
use persistence::agreement as store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FindingOutcome, SupervisionDecision};
use crate::{pages, problem::Problem};

/// A supervision decision without its findings.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupervisionSummary {
    /// Its id.
    #[schema(example = "supervision_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// What was decided.
    pub decision: SupervisionDecision,
    /// Who decided.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

impl From<store::Supervision> for SupervisionSummary {
    fn from(supervision: store::Supervision) -> Self {
        let store::Supervision { id, agreement: _, decision, findings: _, note: _, decided_by, decided_at } = supervision;
        Self { id: id.to_string(), decision: decision.into(), decided_by, decided_at }
    }
}

/// A supervision decision and what it rests on (R28).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Supervision {
    /// Its id.
    #[schema(example = "supervision_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// What was decided.
    pub decision: SupervisionDecision,
    /// One finding for each item of the checklist.
    pub findings: Vec<Finding>,
    /// What the master says on the whole.
    #[schema(required, example = "Seen at their office.")]
    pub note: Option<String>,
    /// Who decided.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

pages!(SupervisionPage of Supervision);

impl Supervision {
    /// The decision as its reader sees it.
    ///
    /// # Errors
    /// `internal_error` when what is kept is no JSON.
    pub(in crate::agreement) fn of(supervision: store::Supervision) -> Result<Self, Problem> {
        let findings = read_findings(&supervision)?;
        let store::Supervision { id, agreement, decision, findings: _, note, decided_by, decided_at } = supervision;
        Ok(Self {
            id: id.to_string(),
            agreement_id: agreement.to_string(),
            decision: decision.into(),
            findings,
            note,
            decided_by,
            decided_at,
        })
    }
}

/// What a kept decision rests on.
pub(in crate::agreement) fn read_findings(supervision: &store::Supervision) -> Result<Vec<Finding>, Problem> {
    let corrupt = |error: serde_json::Error| Problem::internal(format!("{}: {error}", supervision.id));
    serde_json::from_str(&supervision.findings).map_err(corrupt)
}

/// A master's answer to one item of the checklist (R28).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The item's code in the terms.
    #[schema(min_length = 1, max_length = 63, pattern = "^[a-z][a-z0-9_]*$", example = "best_practices_accepted")]
    pub item: String,
    /// What was found.
    pub outcome: FindingOutcome,
    /// In the master's words.
    #[serde(default)]
    #[schema(max_length = 2000, example = "Signed on paper, kept in the file.")]
    pub note: Option<String>,
}

impl From<&Finding> for rules::Finding {
    fn from(finding: &Finding) -> Self {
        let Finding { item, outcome, note } = finding;
        Self { item_code: item.clone(), outcome: (*outcome).into(), note: note.clone() }
    }
}

/// A decision on an agreement under supervision: the whole checklist is answered, item by item (R28).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSupervision {
    /// What is decided.
    pub decision: SupervisionDecision,
    /// One finding for each item of the checklist in the agreement's terms. It is what you declare, and makes no record of what it is
    /// about: that an entry fee was assessed is no assessment, and until there is one, your obligations say so (R58).
    #[schema(max_items = 200)]
    pub findings: Vec<Finding>,
    /// On the whole.
    #[serde(default)]
    #[schema(max_length = 4000, example = "Seen at their office.")]
    pub note: Option<String>,
}
