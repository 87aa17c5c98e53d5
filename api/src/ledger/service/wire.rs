//! The JSON of services.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::ledger as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ledger::words::ServiceState,
    network::definition::{Code, CurrencyCode, FeeKind, FeeUnit},
    pages,
    problem::Problem,
    wire::{Company, Money},
    write::Resource,
};

/// A service of a partner for a network company, which its agreement's terms pay a fee for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Service {
    /// Its id: the source of its ledger entry.
    #[schema(example = "service_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises the agreement.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner that did it.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement whose terms pay it.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The network company that it served, which pays it (R10, R25).
    pub served: Company,
    /// The fee's code in the terms.
    #[schema(example = "course")]
    pub fee: String,
    /// How it is remunerated.
    pub kind: FeeKind,
    /// What the fee is for one of.
    pub unit: FeeUnit,
    /// What one unit brings.
    pub rate: Money,
    /// How many units: a decimal.
    #[schema(example = "7.5")]
    pub quantity: String,
    /// What they come to: the value alone where it is in kind, of which no money moves.
    pub amount: Money,
    /// The day on which it was done.
    pub done_on: NaiveDate,
    /// What was done.
    #[schema(example = "Two webinars on stock keeping.")]
    pub description: String,
    /// What shows it.
    pub evidence: Vec<ServiceEvidence>,
    /// The introduction, project, course or session of a course that it is about.
    #[schema(required, example = "project_01h2xcejqtf2nbrexx3vqjhp41")]
    pub subject_id: Option<String>,
    /// The partner's own number for it.
    #[schema(required, example = "S-2026-7")]
    pub reference: Option<String>,
    /// Where it stands.
    pub state: ServiceState,
    /// Why it was refused.
    #[schema(required, example = "The second webinar was not held.")]
    pub reason: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was reported.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Service {
    /// The service as it is shown.
    ///
    /// # Errors
    /// `internal_error` when its evidence cannot be read.
    pub(super) fn of(service: store::Service) -> Result<Self, Problem> {
        let store::Service {
            id,
            network: _,
            master,
            partner,
            agreement,
            terms: _,
            served,
            fee,
            kind,
            unit,
            rate,
            quantity,
            amount,
            done_on,
            description,
            evidence,
            subject,
            reference,
            state,
            reason,
            decided_by: _,
            version,
            created_at,
            updated_at,
        } = service;
        Ok(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            served: served.into(),
            fee,
            kind: kind.into(),
            unit: unit.into(),
            rate: rate.into(),
            quantity: quantity.to_string(),
            amount: amount.into(),
            done_on,
            description,
            evidence: serde_json::from_str(&evidence).map_err(|error| Problem::internal(format!("{id}: {error}")))?,
            subject_id: subject.map(|subject| subject.written()),
            reference,
            state: state.into(),
            reason,
            version,
            created_at,
            updated_at,
        })
    }
}

impl Resource for Service {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/services/{}", self.id))
    }
}

pages!(ServicePage of Service);

/// Something that shows a service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceEvidence {
    /// What it is.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "Attendance list of 12 May.")]
    pub description: String,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, example = "https://files.example/attendance.pdf")]
    pub document: Option<String>,
}

/// A service to report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewService {
    /// The agreement whose terms pay it; yours, and in force on the day on which it was done.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The network company that it served: the agreement's other party, or whoever had the project on that day that followed its customer
    /// (R49), unless it was the master that supervises it.
    #[serde(default)]
    #[schema(nullable = false, example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub served_id: Option<String>,
    /// The fee's code in the terms.
    pub fee: Code,
    /// The currency to be paid in, one of the fee's.
    pub currency: CurrencyCode,
    /// How many units, more than nothing: whole, or in hundredths where time is paid.
    #[schema(pattern = r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?$", example = "7.5")]
    pub quantity: String,
    /// The day on which it was done: today at the latest.
    #[schema(example = "2026-03-02")]
    pub done_on: NaiveDate,
    /// What was done.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "Two webinars on stock keeping.")]
    pub description: String,
    /// What shows it.
    #[schema(min_items = 1, max_items = 20)]
    pub evidence: Vec<ServiceEvidence>,
    /// What it is about: an introduction of yours that the company accepted or a project of yours with it, under the same agreement; a
    /// course that you wrote and that the master published, or a session of one that you held, where the master pays it (R22).
    #[serde(default)]
    #[schema(
        nullable = false,
        pattern = "^(introduction|project|course|course_session)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "project_01h2xcejqtf2nbrexx3vqjhp41"
    )]
    pub subject_id: Option<String>,
    /// Your own number for it, once for each agreement.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 120, pattern = r"\S", example = "S-2026-7")]
    pub reference: Option<String>,
}

/// Why a service is refused.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceRefusal {
    /// Why, as its partner reads it.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "The second webinar was not held.")]
    pub reason: String,
}

/// Which services are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ServiceFilters {
    /// Those that a partner did.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those of an agreement.
    #[param(
        pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "agreement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub agreement_id: Option<String>,
    /// Those in a state.
    #[param(inline, nullable = false)]
    pub state: Option<ServiceState>,
}
