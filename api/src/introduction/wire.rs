//! The JSON of introductions.

use chrono::{DateTime, NaiveDate, Utc};
use domain::introduction::Introduction as Status;
use persistence::introduction as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{IntroductionReason, IntroductionState, IntroductionStepKind};
use crate::{
    extract::present,
    pages,
    registration::wire::{NewProspect, Prospect},
    wire::{Company, ExternalReference},
    write::Resource,
};

/// A promoter's introduction of a prospect to a network company, and the prospect's way to a customer (R18).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Introduction {
    /// Its id.
    #[schema(example = "introduction_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises the promoter's agreement.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The promoter.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The promoter's agreement, by which it earns if a sale comes of it.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The network company that the prospect is introduced to (D6).
    pub company: Company,
    /// Whom.
    pub prospect: Prospect,
    /// What the promoter says of it.
    #[schema(required, example = "They want to leave their spreadsheets; ask for Ms Faria.")]
    pub note: Option<String>,
    /// Where it stands.
    pub state: IntroductionState,
    /// Why it was declined or closed.
    #[schema(required)]
    pub reason: Option<IntroductionReason>,
    /// What the company said then.
    #[schema(required, example = json!(null))]
    pub answer: Option<String>,
    /// The day it was offered.
    pub offered_on: NaiveDate,
    /// The day the company accepted, declined or closed it.
    #[schema(required)]
    pub answered_on: Option<NaiveDate>,
    /// What it led to, in the order in which it happened.
    pub way: Vec<IntroductionStep>,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was offered.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A step of an introduced prospect on its way to a customer. What it led to is named to the company and to the master that
/// supervises both; the promoter sees that and when it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntroductionStep {
    /// What it led to.
    pub kind: IntroductionStepKind,
    /// The day it did.
    pub reached_on: NaiveDate,
    /// Whether the introduction is its promoter's place in the sale (R10). False before, and where the promoter's agreement was not in
    /// force.
    pub in_sale: bool,
    /// The registration.
    #[schema(required, example = json!(null))]
    pub registration_id: Option<String>,
    /// The proposal.
    #[schema(required, example = json!(null))]
    pub proposal_id: Option<String>,
    /// The contract that was signed.
    #[schema(required, example = json!(null))]
    pub contract_id: Option<String>,
    /// The customer that the prospect became.
    #[schema(required, example = json!(null))]
    pub customer_id: Option<String>,
}

impl IntroductionStep {
    fn of(step: store::Step, names: bool) -> Self {
        let store::Step { introduction: _, led, reached_on, recorded_at: _ } = step;
        let bare = Self {
            kind: led.step().into(),
            reached_on,
            in_sale: false,
            registration_id: None,
            proposal_id: None,
            contract_id: None,
            customer_id: None,
        };
        match led {
            store::Led::Customer { in_sale, .. } if !names => Self { in_sale, ..bare },
            _ if !names => bare,
            store::Led::Registration(id) => Self { registration_id: Some(id.to_string()), ..bare },
            store::Led::Proposal(id) => Self { proposal_id: Some(id.to_string()), ..bare },
            store::Led::Customer { contract, customer, in_sale } => {
                Self { in_sale, contract_id: Some(contract.to_string()), customer_id: Some(customer.to_string()), ..bare }
            }
        }
    }
}

impl Resource for Introduction {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/introductions/{}", self.id))
    }
}

impl Introduction {
    /// The introduction with its way, of which `names` says whether its reader may see what each step led to, and the names that its
    /// reader has for it.
    #[must_use]
    pub fn of(
        introduction: store::Introduction,
        way: Vec<store::Step>,
        names: bool,
        external_references: Vec<ExternalReference>,
    ) -> Self {
        let store::Introduction {
            id,
            network: _,
            master,
            partner,
            agreement,
            company,
            prospect,
            tax_id_written,
            email,
            note,
            status: Status { state, reason },
            answer,
            offered_on,
            answered,
            version,
            created_at,
            updated_at,
        } = introduction;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            company: company.into(),
            prospect: Prospect {
                name: prospect.name().to_owned(),
                country: prospect.country().code().to_owned(),
                tax_id: tax_id_written,
                domain: prospect.domain().map(ToString::to_string),
                email,
            },
            note,
            state: state.into(),
            reason: reason.map(Into::into),
            answer,
            offered_on,
            answered_on: answered.map(|(on, _)| on),
            way: way.into_iter().map(|step| IntroductionStep::of(step, names)).collect(),
            external_references,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(IntroductionPage of Introduction);

/// Which introductions are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IntroductionFilters {
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<IntroductionState>,
    /// Only those under this agreement of a promoter.
    #[param(
        pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "agreement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub agreement_id: Option<String>,
    /// Only those of this promoter.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those to this network company.
    #[param(
        pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "partner_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub company_id: Option<String>,
}

/// What an introduction is made from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntroduction {
    /// Your agreement, in force today, whose figure introduces prospects.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The network company that you introduce it to: the other party of your agreement, unless you name a master (D5, D6).
    #[serde(default)]
    #[schema(
        pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        nullable = false,
        example = "partner_01h2xcejqtf2nbrexx3vqjhp41"
    )]
    pub company_id: Option<String>,
    /// Whom you introduce.
    pub prospect: NewProspect,
    /// What you say of it.
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 2000,
        pattern = r"\S",
        example = "They want to leave their spreadsheets; ask for Ms Faria."
    )]
    pub note: Option<String>,
    /// The names that your other systems have for it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}

/// What changes of an introduction: absent fields stay.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntroductionChange {
    /// What its promoter says of it, as long as it is offered.
    #[serde(default, deserialize_with = "present")]
    #[schema(
        value_type = Option<String>,
        min_length = 1,
        max_length = 2000,
        pattern = r"\S",
        example = "They want to leave their spreadsheets; ask for Ms Faria."
    )]
    pub note: Option<Option<String>>,
    /// The names that your other systems have for it, in place of those they had.
    #[schema(max_items = 20, nullable = false)]
    pub external_references: Option<Vec<ExternalReference>>,
}

/// Why an introduction is declined, or why nothing came of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntroductionEnd {
    /// The reason, which its promoter reads.
    pub reason: IntroductionReason,
    /// In your words, which its promoter reads; needed where the reason is `other`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "They signed with a competitor last month.")]
    pub note: Option<String>,
}
