//! The JSON of follow-ups and of the proposals that are followed.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::follow_up as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::ContactKind;
use crate::{pages, sale::wire::ProposalState, wire::Company, write::Resource};

/// A client manager's note of a contact, about a proposal that it follows or with a customer of its portfolio (R19, R20). It never
/// changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FollowUp {
    /// Its id.
    #[schema(example = "follow_up_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises the client manager's agreement.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The network company whose proposal or customer it is.
    pub company: Company,
    /// The client manager.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The proposal that it is about.
    #[schema(required, example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposal_id: Option<String>,
    /// The customer's place in the portfolio that it is about.
    #[schema(required, example = json!(null))]
    pub portfolio_place_id: Option<String>,
    /// How they were in contact.
    pub kind: ContactKind,
    /// The day.
    pub dated_on: NaiveDate,
    /// What came of it.
    #[schema(example = "They ask for payroll as well; the board decides on Friday.")]
    pub note: String,
    /// The day of the next contact, if one was agreed.
    #[schema(required)]
    pub next_on: Option<NaiveDate>,
    /// When it was noted.
    pub recorded_at: DateTime<Utc>,
}

impl Resource for FollowUp {
    fn version(&self) -> Option<i64> {
        Some(1)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/follow-ups/{}", self.id))
    }
}

impl From<store::FollowUp> for FollowUp {
    fn from(follow_up: store::FollowUp) -> Self {
        let store::FollowUp {
            id,
            network: _,
            master,
            company,
            partner,
            agreement,
            subject,
            kind,
            dated_on,
            note,
            next_on,
            noted_by: _,
            recorded_at,
        } = follow_up;
        let (proposal, place) = match subject {
            store::Subject::Proposal(id) => (Some(id.to_string()), None),
            store::Subject::Place(id) => (None, Some(id.to_string())),
        };
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            company: company.into(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            proposal_id: proposal,
            portfolio_place_id: place,
            kind: kind.into(),
            dated_on,
            note,
            next_on,
            recorded_at,
        }
    }
}

pages!(FollowUpPage of FollowUp);

/// Which follow-ups are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FollowUpFilters {
    /// Only those about this proposal.
    #[param(
        pattern = "^proposal_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "proposal_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub proposal_id: Option<String>,
    /// Only those with the customer of this place.
    #[param(
        pattern = "^portfolio_place_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "portfolio_place_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub portfolio_place_id: Option<String>,
    /// Only those of this client manager.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those whose next contact is on this day or before.
    #[param(example = "2026-03-09", nullable = false)]
    pub next_by: Option<NaiveDate>,
}

/// A contact to note, about a proposal or with a customer: one of the two is named.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFollowUp {
    /// Your agreement, in force on the day of the contact.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// A proposal that you follow under it.
    #[serde(default)]
    #[schema(pattern = "^proposal_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposal_id: Option<String>,
    /// A customer's place in your portfolio under it.
    #[serde(default)]
    #[schema(pattern = "^portfolio_place_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub portfolio_place_id: Option<String>,
    /// How you were in contact.
    pub kind: ContactKind,
    /// The day: today at the latest.
    #[schema(example = "2026-03-02")]
    pub dated_on: NaiveDate,
    /// What came of it.
    #[schema(
        min_length = 1,
        max_length = 2000,
        pattern = r"\S",
        example = "They ask for payroll as well; the board decides on Friday."
    )]
    pub note: String,
    /// The day of the next contact, not before this one.
    #[serde(default)]
    #[schema(example = "2026-03-09")]
    pub next_on: Option<NaiveDate>,
}

/// A proposal that a client manager follows, as far as it may see it: for whom, by whom, and how it stands. What is offered, at which
/// prices and margins, is the company's business (D22).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FollowedProposal {
    /// The proposal's id.
    #[schema(example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The network company whose proposal it is.
    pub company: Company,
    /// For whom: the prospect's or customer's name.
    #[schema(example = "Conservas do Mar, S.A.")]
    pub prospect: String,
    /// Where it stands.
    pub state: ProposalState,
    /// The number of its current version, from 1.
    #[schema(example = 1)]
    pub number: u32,
    /// The last day on which it can be signed.
    #[schema(required)]
    pub valid_until: Option<NaiveDate>,
    /// The day it was signed.
    #[schema(required)]
    pub signed_on: Option<NaiveDate>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The proposal's version, which is its `ETag`.
    pub version: i64,
}

impl Resource for FollowedProposal {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

pages!(FollowedProposalPage of FollowedProposal);
