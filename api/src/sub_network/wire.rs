//! The JSON of sub-networks.

use chrono::NaiveDate;
use domain::sub_network::CurrencyFigures;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    agreement::wire::{AgreementState, SupervisionSummary},
    wire::Money,
};

/// Which days a sub-network is looked at.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubNetworkPeriod {
    /// The first day; the first of this year, where it is left out.
    #[param(nullable = false, example = "2026-01-01")]
    pub from: Option<NaiveDate>,
    /// The last day, still included; today, where it is left out.
    #[param(nullable = false, example = "2026-12-31")]
    pub to: Option<NaiveDate>,
}

/// A reseller's promoters, what it pays them, and what they bring it (R44 to R47).
///
/// Commissions and uplift are those of the whole contract years that begin in the period, whatever was billed of them: `years` has
/// each of them, as `GET /v1/annuities/{annuity_id}/settlement` explains it, and the sums are these and no others.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubNetwork {
    /// The reseller.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The first day.
    #[schema(example = "2026-01-01")]
    pub from: NaiveDate,
    /// The last day.
    #[schema(example = "2026-12-31")]
    pub to: NaiveDate,
    /// The promoters whose contract with the reseller was in force on some day of the period.
    pub promoters: Vec<SubNetworkPromoter>,
    /// What it all comes to, for each currency.
    pub figures: Vec<SubNetworkFigures>,
    /// The contract years that begin in the period, in which a promoter earns or the uplift brought something.
    pub years: Vec<SubNetworkYear>,
}

/// A promoter of a reseller.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubNetworkPromoter {
    /// Its contract with the reseller.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The promoter.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its name.
    #[schema(example = "Inês Prado")]
    pub name: String,
    /// The code of what it is by its contract.
    #[schema(example = "client_manager")]
    pub partnership_type: String,
    /// Where the contract stands now.
    pub state: AgreementState,
    /// The decision of the master that supervises it (R26).
    #[schema(required)]
    pub supervision: Option<SupervisionSummary>,
    /// How many sales of the reseller that were signed in the period it promoted.
    #[schema(example = 2)]
    pub sales: u32,
    /// Its commissions of the contract years that begin in the period, for each currency (R47).
    pub commissions: Vec<Money>,
    /// What was posted for it in the ledger in the period, less what was taken back, for each currency.
    pub posted: Vec<Money>,
}

/// What a sub-network costs and brings in one currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubNetworkFigures {
    /// The currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What the reseller owes its promoters (R47).
    pub commissions: Money,
    /// The margin that the sub-network brought it (R45, D15).
    pub uplift: Money,
    /// Which part of the commissions the uplift offsets, to six digits; null where they cost nothing (R46).
    #[schema(required, example = "0.5")]
    pub offset_ratio: Option<String>,
}

impl From<CurrencyFigures> for SubNetworkFigures {
    fn from(figures: CurrencyFigures) -> Self {
        let CurrencyFigures { commissions, uplift, offset_ratio } = figures;
        Self {
            currency: commissions.currency().code().to_owned(),
            commissions: commissions.into(),
            uplift: uplift.into(),
            offset_ratio: offset_ratio.map(|ratio| ratio.to_string()),
        }
    }
}

/// One contract year of a reseller's sale, as far as its sub-network is concerned.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubNetworkYear {
    /// The annuity.
    #[schema(example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: String,
    /// The contract.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// The contract year, from 1.
    #[schema(example = 1)]
    pub year: u32,
    /// Its first day.
    #[schema(example = "2026-03-02")]
    pub starts_on: NaiveDate,
    /// What promoters earn by it.
    pub commissions: Money,
    /// The margin that the sub-network brought in it.
    pub uplift: Money,
}

/// Who stands under whom on a day: masters, the partners that contract with them, and the promoters of these.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerTree {
    /// The day.
    #[schema(example = "2026-03-02")]
    pub day: NaiveDate,
    /// The masters.
    pub masters: Vec<TreeMaster>,
}

/// A master with the partners under it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TreeMaster {
    /// The master.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// Its name.
    #[schema(example = "Altoga Software")]
    pub name: String,
    /// The partners.
    pub partners: Vec<TreePartner>,
}

/// A partner with its promoters (R44).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TreePartner {
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its name.
    #[schema(example = "Douro Sistemas, Lda.")]
    pub name: String,
    /// Its agreements in force.
    pub agreements: Vec<TreeAgreement>,
    /// Its promoters.
    pub promoters: Vec<TreePromoter>,
}

/// A promoter in a sub-network. It has none of its own: a sub-network is one level deep (R44).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TreePromoter {
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its name.
    #[schema(example = "Inês Prado")]
    pub name: String,
    /// Its agreements in force.
    pub agreements: Vec<TreeAgreement>,
}

/// An agreement by which a partner stands where it does.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TreeAgreement {
    /// The agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The code of what the partner is by it.
    #[schema(example = "reseller")]
    pub partnership_type: String,
    /// What the partner is by it, in the caller's language where the network has it.
    #[schema(example = "Reseller")]
    pub partnership_type_name: String,
    /// The stage that it has on the day; null where it has none.
    #[schema(required, example = "sub_network")]
    pub stage: Option<String>,
    /// What the stage is called in the caller's language, or in the network's default one; null where it has none.
    #[schema(required, example = "Sub-network of promoters")]
    pub stage_name: Option<String>,
}
