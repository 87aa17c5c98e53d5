//! The JSON of applications.

use chrono::{DateTime, Utc};
use domain::partner as rules;
use persistence::application as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    identity::wire::InvitationToken,
    network::definition::{Code, LegalForm},
    pages,
    write::Resource,
};

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    /// It waits for the named master.
    Submitted,
    /// The master takes the partner in.
    Accepted,
    /// The master does not.
    Rejected,
    /// The would-be partner took it back.
    Withdrawn,
}

impl From<rules::ApplicationState> for ApplicationState {
    fn from(state: rules::ApplicationState) -> Self {
        match state {
            rules::ApplicationState::Submitted => Self::Submitted,
            rules::ApplicationState::Accepted => Self::Accepted,
            rules::ApplicationState::Rejected => Self::Rejected,
            rules::ApplicationState::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<ApplicationState> for rules::ApplicationState {
    fn from(state: ApplicationState) -> Self {
        match state {
            ApplicationState::Submitted => Self::Submitted,
            ApplicationState::Accepted => Self::Accepted,
            ApplicationState::Rejected => Self::Rejected,
            ApplicationState::Withdrawn => Self::Withdrawn,
        }
    }
}

/// What a would-be partner sends to one master (R3).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// The network's code.
    pub network: Code,
    /// The code of the master that is to decide.
    pub master: Code,
    /// The code of the partnership type that you want to become.
    pub partnership_type: Code,
    /// Your name, as it is registered.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Douro Sistemas, Lda.")]
    pub name: String,
    /// Your legal form (R5).
    pub legal_form: LegalForm,
    /// Where you are established (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", example = "PT")]
    pub country: String,
    /// Your number in the company register.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, pattern = r"\S", example = "PT-501442600")]
    pub registration_number: Option<String>,
    /// Your tax id, as people write it; it is checked.
    #[serde(default)]
    #[schema(min_length = 4, max_length = 40, example = "501 442 600")]
    pub tax_id: Option<String>,
    /// The person to talk to.
    #[schema(min_length = 1, max_length = 120, pattern = r"\S", example = "Rui Melo")]
    pub contact_name: String,
    /// Where that person is written to.
    #[schema(format = "email", min_length = 3, max_length = 254, example = "rui@douro.example")]
    pub email: String,
    /// Where that person is called.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 40, pattern = r"^[+0-9][0-9 ().\-/]*$", example = "+351 220 000 000")]
    pub phone: Option<String>,
    /// The language that person is written to in.
    #[schema(pattern = "^[a-z]{2}$", example = "pt")]
    pub language: String,
    /// What you want to say.
    #[serde(default)]
    #[schema(max_length = 4000, example = "We serve forty dental clinics in the north.")]
    pub message: Option<String>,
}

/// An application as it was received: what was sent, and no more than its id and state beside it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceivedApplication {
    /// Its id.
    #[schema(example = "application_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// What was sent.
    pub application: NewApplication,
}

impl Resource for ReceivedApplication {}

/// An application, as the master that it names sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Application {
    /// Its id.
    #[schema(example = "application_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that decides it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The code of what the applicant wants to become.
    #[schema(example = "reseller")]
    pub partnership_type: String,
    /// The id of what the applicant wants to become.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partnership_type_id: String,
    /// The applicant's name, as it is registered.
    #[schema(example = "Douro Sistemas, Lda.")]
    pub name: String,
    /// Its legal form (R5).
    pub legal_form: LegalForm,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(example = "PT")]
    pub country: String,
    /// Its number in the company register.
    #[schema(required, example = "PT-501442600")]
    pub registration_number: Option<String>,
    /// Its tax id, as it was written.
    #[schema(required, example = "501 442 600")]
    pub tax_id: Option<String>,
    /// The person to talk to.
    #[schema(example = "Rui Melo")]
    pub contact_name: String,
    /// Where that person is written to.
    #[schema(example = "rui@douro.example")]
    pub email: String,
    /// Where that person is called.
    #[schema(required, example = "+351 220 000 000")]
    pub phone: Option<String>,
    /// The language that person is written to in.
    #[schema(example = "pt")]
    pub language: String,
    /// What the applicant says.
    #[schema(required, example = "We serve forty dental clinics in the north.")]
    pub message: Option<String>,
    /// Where it stands.
    pub state: ApplicationState,
    /// Why it was rejected.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// The partner it became.
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: Option<String>,
    /// Who decided it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// When it was decided.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Application {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/applications/{}", self.id))
    }
}

pages!(ApplicationPage of Application);

impl Application {
    /// The application for a type of this code.
    #[must_use]
    pub fn of(application: store::Application, type_code: String) -> Self {
        let store::Application {
            id,
            network: _,
            master,
            type_id,
            name,
            legal_form,
            country,
            registration_number,
            tax_id: _,
            tax_id_written,
            contact_name,
            email,
            phone,
            language,
            message,
            state,
            reason,
            partner,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = application;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partnership_type: type_code,
            partnership_type_id: type_id.to_string(),
            name,
            legal_form: legal_form.into(),
            country: country.code().to_owned(),
            registration_number,
            tax_id: tax_id_written,
            contact_name,
            email,
            phone,
            language,
            message,
            state: state.into(),
            reason,
            partner_id: partner.map(|id| id.to_string()),
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        }
    }
}

/// How an application is accepted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Whether the contact is invited as the partner's administrator.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub invite_administrator: bool,
}

fn yes() -> bool {
    true
}

/// An accepted application, and the way in for the new partner.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedApplication {
    /// The application.
    pub application: Application,
    /// The new partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The one-time invitation of the contact as the partner's administrator. Shown once: a repeated request answers null here.
    #[schema(required)]
    pub invitation: Option<InvitationToken>,
}

impl Resource for AcceptedApplication {
    fn version(&self) -> Option<i64> {
        Some(self.application.version)
    }

    fn kept(&self) -> serde_json::Result<String> {
        let Self { application, partner_id, invitation: _ } = self;
        serde_json::to_string(&Self { application: application.clone(), partner_id: partner_id.clone(), invitation: None })
    }
}

/// Why an application is rejected.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// In words, for your own record.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "We cannot train more partners this year.")]
    pub reason: String,
}

/// Which applications to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApplicationFilters {
    /// Those in this state.
    #[param(nullable = false, inline)]
    pub state: Option<ApplicationState>,
}
