//! The JSON of findings.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::finding as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    pages,
    problem::{Language, Problem, say},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// What was found: `minimum_sales_shortfall`, a year of an agreement with fewer sales than its terms ask for (R57, D13);
    /// `qualification_lapsed`, a qualification that is over and that an agreement in force asks for (R43, R64, R72).
    MasterFindingKind of domain::finding::FindingKind {
        /// Fewer sales than the terms ask for.
        MinimumSalesShortfall,
        /// A qualification that is over and asked for.
        QualificationLapsed,
    }

    /// Where a finding stands.
    MasterFindingState of domain::finding::FindingState {
        /// Nobody has looked at it.
        Open,
        /// Somebody of the master knows of it.
        Acknowledged,
        /// The master said what comes of it.
        Decided,
    }

    /// What of an agreement asks for a qualification: its type, the stage that its partner has grown into or one before it, or a duty
    /// that is closed to its partner without it.
    LapseAskedBy of domain::qualification::AskedBy {
        /// Its type.
        Type,
        /// A stage.
        Stage,
        /// A duty.
        Duty,
    }

    /// What a master says of a finding. Nothing follows of itself: what is to change is changed where it is always changed.
    MasterFindingDecision of domain::finding::FindingDecision {
        /// Nothing comes of it.
        NoAction,
        /// The partner is reminded.
        Reminder,
        /// A plan is agreed with the partner.
        ImprovementPlan,
        /// The agreement is gone through with the partner.
        AgreementReview,
    }
}

/// What the service found and a master has to look at. No partner is demoted, suspended or charged by it: a finding has no consequence
/// by itself (D13).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MasterFinding {
    /// Its id.
    #[schema(example = "finding_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that has to look at it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner it is about.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement it is about.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// What was found.
    pub kind: MasterFindingKind,
    /// Where it stands.
    pub state: MasterFindingState,
    /// The day it was found for: of a shortfall, the year's last; of a lapse, the first without the qualification.
    pub found_on: NaiveDate,
    /// What was found, in words, in your language.
    #[schema(example = "14 of 15 sales were signed in the year that ended on 2026-12-31.")]
    pub detail: String,
    /// What was counted, where it is a `minimum_sales_shortfall`.
    #[schema(required)]
    pub minimum_sales: Option<MinimumSalesShortfall>,
    /// What is over, where it is a `qualification_lapsed`.
    #[schema(required)]
    pub qualification: Option<QualificationLapse>,
    /// Who acknowledged it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub acknowledged_by: Option<String>,
    /// What was decided.
    #[schema(required)]
    pub decision: Option<MasterFindingDecision>,
    /// Why.
    #[schema(required, example = "The partner hired a second salesperson in October.")]
    pub reason: Option<String>,
    /// Who decided it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for MasterFinding {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/findings/{}", self.id))
    }
}

pages!(MasterFindingPage of MasterFinding);

/// A year of an agreement in which sales were missing: `required` is `per_year` times `days_in_force` of `days_in_year`, rounded
/// down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinimumSalesShortfall {
    /// The year's number, from 1.
    #[schema(example = 1)]
    pub year: u32,
    /// Its first day.
    #[schema(example = "2026-01-01")]
    pub starts_on: NaiveDate,
    /// Its last day, or the last one of an agreement that ended before.
    #[schema(example = "2026-12-31")]
    pub ends_on: NaiveDate,
    /// How many sales the terms ask for in a whole year.
    #[schema(example = 15)]
    pub per_year: u32,
    /// How many days the year has.
    #[schema(example = 365)]
    pub days_in_year: u32,
    /// On how many of them the agreement was in force.
    #[schema(example = 365)]
    pub days_in_force: u32,
    /// How many sales that asked for.
    #[schema(example = 15)]
    pub required: u32,
    /// How many were signed.
    #[schema(example = 14)]
    pub signed: u32,
    /// How many were missing.
    #[schema(example = 1)]
    pub missing: u32,
}

/// A qualification that is over, and what of the agreement asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QualificationLapse {
    /// The qualification.
    #[schema(example = "qualification_01h2xcejqtf2nbrexx3vqjhp41")]
    pub qualification_id: String,
    /// The code of its kind.
    #[schema(example = "technical_start_up")]
    pub kind: String,
    /// Whether it was revoked; else its last day is over.
    #[schema(example = false)]
    pub revoked: bool,
    /// The last day on which it was valid.
    #[schema(example = "2026-12-31")]
    pub ended_on: NaiveDate,
    /// What asks for it.
    pub asked_by: Vec<LapseAskedBy>,
}

impl QualificationLapse {
    fn params(&self) -> Vec<(&'static str, String)> {
        let asked_by: Vec<&str> = self.asked_by.iter().map(|by| domain::qualification::AskedBy::from(*by).code()).collect();
        vec![("qualification", self.kind.clone()), ("ended_on", self.ended_on.to_string()), ("asked_by", asked_by.join(", "))]
    }
}

impl MinimumSalesShortfall {
    fn params(&self) -> Vec<(&'static str, String)> {
        vec![("signed", self.signed.to_string()), ("required", self.required.to_string()), ("ends_on", self.ends_on.to_string())]
    }
}

impl MasterFinding {
    /// The finding in a language.
    ///
    /// # Errors
    /// `internal_error` when what was found cannot be read.
    pub(super) fn of(finding: store::Finding, language: Language) -> Result<Self, Problem> {
        let store::Finding {
            id,
            network: _,
            master,
            partner,
            agreement,
            kind,
            about: _,
            found_on,
            facts,
            status,
            acknowledged_by,
            reason,
            decided_by,
            version,
            created_at,
            updated_at,
        } = finding;
        let unreadable = |error: serde_json::Error| Problem::internal(format!("{id}: {error}"));
        let (mut minimum_sales, mut qualification) = (None, None);
        let params = match kind {
            domain::finding::FindingKind::MinimumSalesShortfall => {
                let shortfall: MinimumSalesShortfall = serde_json::from_str(&facts).map_err(unreadable)?;
                minimum_sales.insert(shortfall).params()
            }
            domain::finding::FindingKind::QualificationLapsed => {
                let lapse: QualificationLapse = serde_json::from_str(&facts).map_err(unreadable)?;
                qualification.insert(lapse).params()
            }
        };
        Ok(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            kind: kind.into(),
            state: status.state.into(),
            found_on,
            detail: say(language, &format!("finding.{}", kind.code()), &params),
            minimum_sales,
            qualification,
            acknowledged_by,
            decision: status.decision.map(Into::into),
            reason,
            decided_by,
            version,
            created_at,
            updated_at,
        })
    }
}

/// What comes of a finding.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFindingDecision {
    /// The decision.
    pub decision: MasterFindingDecision,
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The partner hired a second salesperson in October.")]
    pub reason: String,
}

/// Which findings are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindingFilters {
    /// Those about a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those about an agreement.
    #[param(
        pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "agreement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub agreement_id: Option<String>,
    /// Those of a kind.
    #[param(inline, nullable = false)]
    pub kind: Option<MasterFindingKind>,
    /// Those in a state.
    #[param(inline, nullable = false)]
    pub state: Option<MasterFindingState>,
}
