//! The JSON of areas of expertise.

use chrono::{DateTime, NaiveDate, Utc};
use domain::expertise::Expertise as Status;
use persistence::expertise as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::ExpertiseState;
use crate::{network::definition::Code, pages, write::Resource};

/// An area of expertise of a project consultant (R21).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Expertise {
    /// Its id.
    #[schema(example = "expertise_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises the consultant's agreement, and decides.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The consultant.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its agreement, whose terms name the area.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The area's code.
    #[schema(example = "business_management")]
    pub area: String,
    /// What shows it.
    #[schema(example = "Twelve years as a chartered accountant.")]
    pub description: String,
    /// Where a document is that shows it.
    #[schema(required, example = "https://files.example/certificate.pdf")]
    pub document: Option<String>,
    /// Where it stands.
    pub state: ExpertiseState,
    /// The day it was declared.
    pub declared_on: NaiveDate,
    /// The first day for which it is confirmed.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The first day for which it is confirmed no more; null where it does not run out.
    #[schema(required)]
    pub until: Option<NaiveDate>,
    /// Why it was refused or revoked.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was declared.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Expertise {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/expertise/{}", self.id))
    }
}

impl From<store::Expertise> for Expertise {
    fn from(kept: store::Expertise) -> Self {
        let store::Expertise {
            id,
            network: _,
            master,
            company: _,
            partner,
            agreement,
            area,
            description,
            document,
            status: Status { state, declared_on, days },
            reason,
            decided_by: _,
            version,
            created_at,
            updated_at,
        } = kept;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            area,
            description,
            document,
            state: state.into(),
            declared_on,
            from: days.map(|days| days.from),
            until: days.and_then(|days| days.until),
            reason,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(ExpertisePage of Expertise);

/// Which areas of expertise are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExpertiseFilters {
    /// Only those of this consultant.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those of this area.
    #[param(pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "business_management", nullable = false)]
    pub area: Option<String>,
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<ExpertiseState>,
    /// Only those that are confirmed for this day.
    #[param(example = "2026-03-02", nullable = false)]
    pub on_day: Option<NaiveDate>,
}

/// An area of expertise to declare.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExpertise {
    /// Your agreement, in force today, whose figure advises projects.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The area's code, one of the agreement's terms.
    pub area: Code,
    /// What shows it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Twelve years as a chartered accountant.")]
    pub description: String,
    /// Where a document is that shows it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "https://files.example/certificate.pdf")]
    pub document: Option<String>,
}

/// A master's confirmation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseConfirmation {
    /// The first day for which it is confirmed, not before its declaration. Left out: today.
    #[serde(default)]
    #[schema(nullable = false, example = "2026-03-02")]
    pub from: Option<NaiveDate>,
    /// The first day for which it is confirmed no more. Left out where it does not run out.
    #[serde(default)]
    #[schema(example = "2028-03-02")]
    pub until: Option<NaiveDate>,
}

/// Why an area is not confirmed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseRefusal {
    /// Why, as the consultant reads it.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "No reference is of the last five years.")]
    pub reason: String,
}

/// The end of a confirmation before its time.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseRevocation {
    /// The first day for which it is confirmed no more: today or later. Left out: today.
    #[serde(default)]
    #[schema(nullable = false, example = "2026-03-02")]
    pub until: Option<NaiveDate>,
    /// Why, as the consultant reads it.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "The certificate was withdrawn.")]
    pub reason: String,
}
