//! The JSON of contracts.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::CompanyId;
use persistence::sale as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    annuity::Fault,
    line::{Line, YearAmounts},
};
use crate::{
    pages,
    wire::{Company, ExternalReference},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// Where a contract stands: `active`, `cancelled` before its time (D20), or `ended`.
    ContractState of domain::sale::ContractState {
        /// It runs.
        Active,
        /// It was ended before its time (D20).
        Cancelled,
        /// It ran to its end.
        Ended,
    }
}

/// What a customer signed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Contract {
    /// Its id.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The company that contracted the customer, and bills it (R11, R13).
    pub seller: Company,
    /// The partner that sold it or brought it; null where a master sold by itself (D7).
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: Option<String>,
    /// The company that has the partner's duties on its lines (R53): its partner, or whoever took the contract or the services on it over
    /// (R49). Null where its partner does nothing on it, and for a partner that does not do it any more (D22).
    #[schema(required)]
    pub served_by: Option<Company>,
    /// The customer.
    #[schema(example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: String,
    /// The proposal that was signed.
    #[schema(example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposal_id: String,
    /// The number of the proposal's version that was signed.
    #[schema(example = 1)]
    pub number: u32,
    /// The currency of all its prices.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The day it was signed.
    pub signed_on: NaiveDate,
    /// The first day of its first contract year.
    pub starts_on: NaiveDate,
    /// How many contract years it has; each has an annuity.
    #[schema(example = 1)]
    pub years: u32,
    /// Where it stands.
    pub state: ContractState,
    /// The day it was cancelled, or ended.
    #[schema(required)]
    pub ended_on: Option<NaiveDate>,
    /// Why it was cancelled.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Whose fault that was: what is the master's takes nothing back of what partners earned (D20).
    #[schema(required)]
    pub at_fault: Option<Fault>,
    /// Whether its master helped to issue the proposal that was signed (R41).
    #[schema(example = false)]
    pub issued_with_support: bool,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What the lines come to in the first contract year.
    pub first_year: YearAmounts,
    /// What the lines come to in each later contract year.
    pub later_years: YearAmounts,
    /// Who earns by it, as far as you may know: its master and its seller see all, another partner itself (D22).
    pub attributions: Vec<Attribution>,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Contract {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/contracts/{}", self.id))
    }
}

impl Contract {
    /// The contract with the lines that were signed and those attributions that its reader may see; none for amounts that cannot
    /// be held.
    pub(crate) fn of(
        contract: store::Contract,
        lines: Vec<store::Line>,
        attributions: Vec<store::Attribution>,
        served_by: Option<CompanyId>,
        external_references: Vec<ExternalReference>,
    ) -> Option<Self> {
        let store::Contract {
            id,
            network: _,
            master,
            seller,
            partner,
            customer,
            customer_country: _,
            customer_segment: _,
            proposal,
            number,
            currency,
            signed_on,
            starts_on,
            years,
            state,
            ended_on,
            reason,
            at_fault,
            issued_with_support,
            version,
            created_at,
            updated_at,
        } = contract;
        let (first_year, later_years) = (YearAmounts::of(&lines, 1)?, YearAmounts::of(&lines, 2)?);
        Some(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            seller: seller.into(),
            partner_id: partner.map(|id| id.to_string()),
            served_by: served_by.map(Company::from),
            customer_id: customer.to_string(),
            proposal_id: proposal.to_string(),
            number,
            currency: currency.code().to_owned(),
            signed_on,
            starts_on,
            years,
            state: state.into(),
            ended_on,
            reason,
            at_fault: at_fault.map(Into::into),
            issued_with_support,
            lines: lines.into_iter().map(Line::from).collect(),
            first_year,
            later_years,
            attributions: attributions.into_iter().map(Attribution::from).collect(),
            external_references,
            version,
            created_at,
            updated_at,
        })
    }
}

pages!(ContractPage of Contract);

/// What a list of contracts is narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContractQuery {
    /// Only those of this customer.
    #[param(
        pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "customer_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub customer_id: Option<String>,
    /// Only those that this partner sold or brought.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<ContractState>,
}

/// A partner's place in a sale, frozen when the contract was signed (D11).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Attribution {
    /// Its id.
    #[schema(example = "attribution_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement it earns by.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// Which part it has.
    pub role: AttributionRole,
    /// The version of the terms that the agreement was made on; special terms count as well.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: String,
    /// The code of the stage in force on the day of signing, where the terms have stages (R39).
    #[schema(required, example = "stage_3")]
    pub stage: Option<String>,
    /// Whether the margin is raised, because a supervised promoter contract was active on the day of signing (D15).
    pub uplift: bool,
    /// Who owes it commissions, or to whom it owes share or buy price (R10, R15, R47, R55).
    pub payer: Company,
    /// The number of the sale among the partner's, from 1 (D11).
    #[schema(example = 1)]
    pub ordinal: u32,
}

/// Which part a partner has in a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributionRole {
    /// It sells, or brings the sale to the master that contracts.
    Seller,
    /// It promotes the sale of another company (R9, R10).
    Promoter,
}

impl From<store::Attribution> for Attribution {
    fn from(attribution: store::Attribution) -> Self {
        let store::Attribution {
            id,
            network: _,
            contract: _,
            agreement,
            partner,
            role,
            terms_id,
            terms_in_force: _,
            stage,
            uplift,
            payer,
            counts_in: _,
            ordinal,
            recorded_at: _,
        } = attribution;
        let role = match role {
            store::Role::Seller => AttributionRole::Seller,
            store::Role::Promoter => AttributionRole::Promoter,
        };
        Self {
            id: id.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            role,
            terms_id: terms_id.to_string(),
            stage,
            uplift,
            payer: payer.into(),
            ordinal,
        }
    }
}

/// The end of a contract before its time (D20).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// Why.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "The customer closed its business.")]
    pub reason: String,
    /// The first day on which it runs no more: from the day of signing to today.
    #[schema(example = "2026-07-01")]
    pub ended_on: NaiveDate,
    /// Whose fault it is, where it is the master's: nothing is taken back then of what partners earned (D20).
    #[serde(default)]
    #[schema(nullable = false)]
    pub at_fault: Option<Fault>,
}
