//! The JSON of support requests.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::{identity::user::User, support as store};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{pages, words::mirrored, write::Resource};

mirrored! {
    stored;

    /// What a master is asked to draft.
    SupportDocument of domain::support::SupportDocument {
        /// A proposal.
        Proposal,
        /// A contract: the version of a proposal that is about to be signed.
        Contract,
    }

    /// Where a support request stands.
    SupportRequestState of domain::support::SupportState {
        /// A partner asked.
        Requested,
        /// Somebody of the master is to do it.
        Assigned,
        /// Somebody does it.
        InProgress,
        /// The partner has the document, which is marked as issued with support.
        HandedOver,
        /// It is over.
        Closed,
        /// The master does not do it.
        Declined,
    }
}

/// A partner's request that its master drafts a proposal or a contract for it (R41).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupportRequest {
    /// Its id.
    #[schema(example = "support_request_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that is asked.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner that asks.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement under which it sells.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// What is to be drafted.
    pub document: SupportDocument,
    /// The registration of the prospect that it is for.
    #[schema(required, example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub registration_id: Option<String>,
    /// The customer that it is for, where it is one already.
    #[schema(required, example = json!(null))]
    pub customer_id: Option<String>,
    /// What is wanted.
    #[schema(example = "Three modules for twelve users, with the start-up.")]
    pub description: String,
    /// The day by which it is wanted.
    #[schema(required)]
    pub wanted_by: Option<NaiveDate>,
    /// Where it stands.
    pub state: SupportRequestState,
    /// Who of the master does it.
    #[schema(required)]
    pub assignee: Option<SupportAssignee>,
    /// The proposal that was handed over: it is marked as issued with support, and so is the contract that it becomes.
    #[schema(required, example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposal_id: Option<String>,
    /// Why it was declined.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Who asked.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub requested_by: String,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for SupportRequest {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/support-requests/{}", self.id))
    }
}

pages!(SupportRequestPage of SupportRequest);

/// The person of a master that does a request, as both sides see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupportAssignee {
    /// The person's id.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub user_id: String,
    /// The name.
    #[schema(example = "Ana Sousa")]
    pub name: String,
    /// Where the person is written to.
    #[schema(example = "ana@altoga.example")]
    pub email: String,
}

impl SupportRequest {
    /// The request with the person that does it.
    pub(in crate::support) fn of(request: store::SupportRequest, assignee: Option<User>) -> Self {
        let store::SupportRequest {
            id,
            network: _,
            master,
            partner,
            agreement,
            document,
            registration,
            customer,
            description,
            wanted_by,
            state,
            assignee: _,
            proposal,
            reason,
            requested_by,
            version,
            created_at,
            updated_at,
        } = request;
        let person = |user: User| SupportAssignee { user_id: user.id.to_string(), name: user.name, email: user.email };
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            document: document.into(),
            registration_id: registration.map(|id| id.to_string()),
            customer_id: customer.map(|id| id.to_string()),
            description,
            wanted_by,
            state: state.into(),
            assignee: assignee.map(person),
            proposal_id: proposal.map(|id| id.to_string()),
            reason,
            requested_by,
            version,
            created_at,
            updated_at,
        }
    }
}

/// What a partner asks for. The prospect is registered (`registration_id`), or a customer already (`customer_id`).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSupportRequest {
    /// Your agreement, in force today.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// What is to be drafted.
    pub document: SupportDocument,
    /// Your registration of the prospect, as long as it protects.
    #[serde(default)]
    #[schema(pattern = "^registration_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub registration_id: Option<String>,
    /// Your customer.
    #[serde(default)]
    #[schema(pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub customer_id: Option<String>,
    /// What is wanted.
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S", example = "Three modules for twelve users, with the start-up.")]
    pub description: String,
    /// The day by which it is wanted: not before today.
    #[serde(default)]
    pub wanted_by: Option<NaiveDate>,
}

/// Who does a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportAssignment {
    /// A person of your master that can sign in.
    #[schema(pattern = "^user_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub assignee_id: String,
}

/// What is handed over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// A proposal of the partner for the same prospect or customer that is not signed, declined or withdrawn.
    #[schema(pattern = "^proposal_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposal_id: String,
}

/// Why a request is declined.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportDecline {
    /// In words that the partner reads.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "You have drafted three like it: use the last one.")]
    pub reason: String,
}

/// Which requests are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SupportFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those that somebody does.
    #[param(pattern = "^user_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "user_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub assignee_id: Option<String>,
    /// Those for a document.
    #[param(inline, nullable = false)]
    pub document: Option<SupportDocument>,
    /// Those in a state.
    #[param(inline, nullable = false)]
    pub state: Option<SupportRequestState>,
}
