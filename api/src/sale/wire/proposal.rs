//! The JSON of proposals.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::ProposalId;
use persistence::sale as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::line::{Line, NewLine, YearAmounts};
use crate::{
    network::definition::Code,
    pages,
    wire::{Company, ExternalReference},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// Where a version of a proposal stands: a `draft` can still be changed, a `sent` one is with the prospect, a `signed` one is a
    /// contract, `declined` by the prospect, `withdrawn` by its seller, or `superseded` by a later version.
    ProposalState of domain::sale::ProposalState {
        /// It can still be changed.
        Draft,
        /// The prospect has it.
        Sent,
        /// The prospect signed: there is a contract.
        Signed,
        /// The prospect does not want it.
        Declined,
        /// Its seller took it back.
        Withdrawn,
        /// A later version took its place.
        Superseded,
    }
}

/// A proposal, with its current version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Proposal {
    /// Its id.
    #[schema(example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises the sale.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The company that would contract the customer: a partner whose terms let it, else the master (R11, R13).
    pub seller: Company,
    /// The partner that sells or brings the sale; null where a master sells by itself (D7).
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: Option<String>,
    /// That partner's agreement.
    #[schema(required, example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The registration of the prospect it is for.
    #[schema(required, example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub registration_id: Option<String>,
    /// The customer it is for.
    #[schema(required, example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: Option<String>,
    /// The currency of all its prices.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Where its current version stands.
    pub state: ProposalState,
    /// Why it was declined; or `partner_failed` or `takeover_reverted`, where it was withdrawn with its partner's customers (R49).
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Whether its master helped to issue it (R41).
    #[schema(example = false)]
    pub issued_with_support: bool,
    /// The open proposal of a partner that failed its customers which this one took over; shown to masters (R49, D22).
    #[schema(required, example = json!(null))]
    pub follows_id: Option<String>,
    /// The proposal that took this one over, its partner having failed its customers; shown to masters (R49, D22).
    #[schema(required, example = json!(null))]
    pub successor_id: Option<String>,
    /// The number of its current version, from 1.
    #[schema(example = 1)]
    pub number: u32,
    /// How many contract years it offers.
    #[schema(example = 1)]
    pub years: u32,
    /// The agreements of the promoters that take part; shown to the seller and its master.
    #[schema(example = json!([]))]
    pub promoters: Vec<String>,
    /// The introductions that brought the prospect, whose promoters are among `promoters`; shown to whom those are shown (R18).
    #[schema(example = json!([]))]
    pub introductions: Vec<String>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What the lines come to in the first contract year.
    pub first_year: YearAmounts,
    /// What the lines come to in each later contract year.
    pub later_years: YearAmounts,
    /// The last day on which it can be signed.
    #[schema(required)]
    pub valid_until: Option<NaiveDate>,
    /// The day it was signed.
    #[schema(required)]
    pub signed_on: Option<NaiveDate>,
    /// The benefit whose discount it is made with: the partner's own instance (R84).
    #[schema(required, example = json!(null))]
    pub benefit: Option<String>,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version as a resource, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which proposals took which over, as far as the reader is shown it.
pub(crate) enum Lineage {
    /// The reader is no master.
    Hidden,
    /// Each proposal that was taken over, and the one that took it over.
    Shown(Vec<(ProposalId, ProposalId)>),
}

impl Lineage {
    const fn is_shown(&self) -> bool {
        matches!(self, Self::Shown(_))
    }

    fn successor_of(&self, id: ProposalId) -> Option<ProposalId> {
        let Self::Shown(pairs) = self else { return None };
        pairs.iter().find(|(before, _)| *before == id).map(|(_, successor)| *successor)
    }
}

impl Resource for Proposal {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/proposals/{}", self.id))
    }
}

impl Proposal {
    /// The proposal with its current version, as its reader may see it; none for amounts that cannot be held.
    pub(crate) fn of(
        proposal: store::Proposal,
        current: store::ProposalVersion,
        shows_promoters: bool,
        lineage: &Lineage,
        external_references: Vec<ExternalReference>,
    ) -> Option<Self> {
        let store::Proposal {
            id,
            network: _,
            master,
            seller,
            partner,
            agreement,
            registration,
            customer,
            currency,
            state,
            number,
            valid_until,
            signed_on,
            benefit,
            reason,
            issued_with_support,
            follows,
            version,
            created_at,
            updated_at,
        } = proposal;
        let store::ProposalVersion { proposal: _, number: _, years, promoters, introductions, lines, recorded_at: _ } = current;
        let (first_year, later_years) = (YearAmounts::of(&lines, 1)?, YearAmounts::of(&lines, 2)?);
        Some(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            seller: seller.into(),
            partner_id: partner.map(|id| id.to_string()),
            agreement_id: agreement.map(|id| id.to_string()),
            registration_id: registration.map(|id| id.to_string()),
            customer_id: customer.map(|id| id.to_string()),
            currency: currency.code().to_owned(),
            state: state.into(),
            reason,
            issued_with_support,
            follows_id: follows.filter(|_| lineage.is_shown()).map(|id| id.to_string()),
            successor_id: lineage.successor_of(id).map(|id| id.to_string()),
            number,
            years,
            promoters: promoters.iter().filter(|_| shows_promoters).map(ToString::to_string).collect(),
            introductions: introductions.iter().filter(|_| shows_promoters).map(|(id, _)| id.to_string()).collect(),
            lines: lines.into_iter().map(Line::from).collect(),
            first_year,
            later_years,
            valid_until,
            signed_on,
            benefit,
            external_references,
            version,
            created_at,
            updated_at,
        })
    }
}

pages!(ProposalPage of Proposal);

/// What a list of proposals is narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProposalQuery {
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<ProposalState>,
    /// Only those for this customer.
    #[param(
        pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "customer_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub customer_id: Option<String>,
    /// Only those for this registered prospect.
    #[param(
        pattern = "^registration_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "registration_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub registration_id: Option<String>,
}

const fn one_year() -> u32 {
    1
}

/// A proposal to make. The prospect is registered by the partner (`registration_id`), or is a customer already (`customer_id`).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProposal {
    /// The agreement under which the partner sells, or brings the sale to the master. Left out where a master sells by itself (D7).
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The partner's accepted registration of the prospect (R35).
    #[serde(default)]
    #[schema(pattern = "^registration_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub registration_id: Option<String>,
    /// The customer, where it is one already.
    #[serde(default)]
    #[schema(pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub customer_id: Option<String>,
    /// The benefit of the agreement's terms whose discount it is made with: the partner's own instance, which the master sells to the
    /// partner itself, once, and once the master granted it (R84). The customer is then the partner, by its tax id; neither it nor the price has to be named.
    #[serde(default)]
    pub benefit: Option<Code>,
    /// The currency of all prices (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// The last day on which it can be signed.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// How many contract years it offers.
    #[serde(default = "one_year")]
    #[schema(minimum = 1, maximum = 10, default = 1, example = 1)]
    pub years: u32,
    /// The agreements of the promoters that take part in the sale (R10).
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub promoters: Vec<String>,
    /// The introductions that you accepted and that brought the prospect: each makes its promoter one of the sale (R10, R18). The first
    /// sale to the prospect is its promoter's even where it is left out.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub introductions: Vec<String>,
    /// What is offered.
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewLine>,
    /// The names that your other systems have for it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}

/// A later version of a proposal, in place of the current one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// The last day on which it can be signed. Left out, the proposal's stays.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// How many contract years it offers.
    #[serde(default = "one_year")]
    #[schema(minimum = 1, maximum = 10, default = 1, example = 1)]
    pub years: u32,
    /// The agreements of the promoters that take part in the sale (R10).
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub promoters: Vec<String>,
    /// The introductions that you accepted and that brought the prospect: each makes its promoter one of the sale (R10, R18). The first
    /// sale to the prospect is its promoter's even where it is left out.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub introductions: Vec<String>,
    /// What is offered, at the list prices of today.
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewLine>,
}

/// Why the prospect does not want it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// In words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "Chose another product.")]
    pub reason: Option<String>,
}

/// A prospect's signature.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The day it was signed: today at the latest.
    #[schema(example = "2026-07-01")]
    pub signed_on: NaiveDate,
    /// The first day of the first contract year. Left out: the day of signing.
    #[serde(default)]
    #[schema(example = "2026-07-01")]
    pub starts_on: Option<NaiveDate>,
    /// The names that your other systems have for the contract.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}
