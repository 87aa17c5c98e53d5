//! The JSON of qualifications.

use chrono::{DateTime, NaiveDate, Utc};
use domain::qualification::Standing;
use persistence::qualification as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::QualificationState;
use crate::{network::definition::Code, pages, problem::Problem, write::Resource};

/// What a partner has shown that it can do, as a master granted it for a time (R43, R56, R64, R72).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Qualification {
    /// Its id.
    #[schema(example = "qualification_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that reviews it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner whose it is.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its kind: a code of the network's `qualifications`.
    #[schema(example = "technical_start_up")]
    pub kind: String,
    /// What shows it.
    pub evidence: Vec<QualificationEvidence>,
    /// What its partner said about it.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// Where it stands.
    pub state: QualificationState,
    /// The first day on which it counts, in its master's calendar.
    #[schema(required, example = "2026-03-02")]
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it counts: it ends at midnight where its master is. Null where it does not run out.
    #[schema(required, example = "2028-03-01")]
    pub valid_until: Option<NaiveDate>,
    /// The first day on which it counts no more, because it was revoked.
    #[schema(required, example = json!(null))]
    pub revoked_on: Option<NaiveDate>,
    /// What the master said when it decided.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// When it was decided last.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was handed in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Qualification {
    /// The qualification as it is shown.
    ///
    /// # Errors
    /// `internal_error` when its evidence cannot be read.
    pub(super) fn of(qualification: store::Qualification) -> Result<Self, Problem> {
        let store::Qualification {
            id,
            network: _,
            master,
            partner,
            kind,
            evidence,
            note,
            standing: Standing { state, validity, revoked_on },
            reason,
            decided,
            version,
            created_at,
            updated_at,
        } = qualification;
        Ok(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            kind,
            evidence: serde_json::from_str(&evidence).map_err(|error| Problem::internal(format!("{id}: {error}")))?,
            note,
            state: state.into(),
            valid_from: validity.map(|validity| validity.start),
            valid_until: validity.and_then(|validity| validity.end),
            revoked_on,
            reason,
            decided_at: decided.map(|(_, at)| at),
            version,
            created_at,
            updated_at,
        })
    }
}

impl Resource for Qualification {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/qualifications/{}", self.id))
    }
}

pages!(QualificationPage of Qualification);

/// Something that shows a qualification.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualificationEvidence {
    /// What it is.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "Diploma of the technical training.")]
    pub description: String,
    /// Its date: today at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "2026-02-20")]
    pub dated_on: Option<NaiveDate>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 500, example = "https://files.example/diploma.pdf")]
    pub document: Option<String>,
}

/// A qualification to hand in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQualification {
    /// The partner whose it is, where a master hands it in for it. Left out: your own company.
    #[serde(default)]
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub partner_id: Option<String>,
    /// Its kind: a code of the network's `qualifications`.
    pub kind: Code,
    /// What shows it.
    #[schema(min_items = 1, max_items = 20)]
    pub evidence: Vec<QualificationEvidence>,
    /// In your words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Two of our people passed the test.")]
    pub note: Option<String>,
}

/// From when to when a qualification is granted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualificationGrant {
    /// The first day on which it counts. Left out: today, where its master is.
    #[serde(default)]
    #[schema(example = "2026-03-02")]
    pub valid_from: Option<NaiveDate>,
    /// The last day on which it counts: today at the earliest. Left out: as many months as its kind has, or without end.
    #[serde(default)]
    #[schema(example = "2028-03-01")]
    pub valid_until: Option<NaiveDate>,
    /// What its partner reads of the review.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Both passed; well done.")]
    pub reason: Option<String>,
}

/// Why a qualification is refused or revoked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualificationReason {
    /// Why, as its partner reads it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The diploma is of another product.")]
    pub reason: String,
}

/// Which qualifications are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QualificationFilters {
    /// Only those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those of a kind.
    #[param(inline, nullable = false)]
    pub kind: Option<Code>,
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<QualificationState>,
    /// Only those that count on this day.
    #[param(example = "2026-03-02", nullable = false)]
    pub valid_on: Option<NaiveDate>,
}
