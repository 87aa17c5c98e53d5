//! The JSON of tax profiles.

use chrono::{DateTime, NaiveDate, Utc};
use domain::statement as rules;
use persistence::statement as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Billing, VatRegime};
use crate::{pages, wire::Company, write::Resource};

/// What payers keep back of each payment for their tax office.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WithholdingTerms {
    /// The part of the lines' sum.
    #[schema(example = "0.015")]
    pub rate: String,
    /// The law that says so.
    #[schema(example = "IRRF, Decreto 9.580/2018, art. 714")]
    pub legal_note: String,
}

/// How a company is taxed from a day on. It never changes: what is different later is another profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TaxProfile {
    /// Its id.
    #[schema(example = "tax_profile_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The company.
    pub company: Company,
    /// The first day on which it holds, until a later one of the company takes its place.
    pub valid_from: NaiveDate,
    /// How value added tax is dealt with.
    pub regime: VatRegime,
    /// The number that it is registered under for value added tax, as it was written: so it stands on its statements, but for a Greek
    /// number, which begins with `EL` there.
    #[schema(required, example = "FR40303265045")]
    pub vat_number: Option<String>,
    /// What the law wants to be said of its regime.
    #[schema(required, example = "IVA - regime de isenção (artigo 53.º do CIVA)")]
    pub legal_note: Option<String>,
    /// What is kept back of each payment; null where nothing is.
    #[schema(required)]
    pub withholding: Option<WithholdingTerms>,
    /// Who writes the invoice for what its statements state.
    pub billing: Billing,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for TaxProfile {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/tax-profiles/{}", self.id))
    }
}

pages!(TaxProfilePage of TaxProfile);

impl From<store::TaxProfile> for TaxProfile {
    fn from(profile: store::TaxProfile) -> Self {
        let store::TaxProfile { id, network: _, company, profile, recorded_by: _, recorded_at } = profile;
        let rules::TaxProfile { valid_from, regime, vat_number, legal_note, withholding, billing } = profile;
        let withholding =
            withholding.map(|rules::Withholding { rate, legal_note }| WithholdingTerms { rate: rate.to_string(), legal_note });
        Self {
            id: id.to_string(),
            company: company.into(),
            valid_from,
            regime: regime.into(),
            vat_number: vat_number.map(|number| number.written),
            legal_note,
            withholding,
            billing: billing.into(),
            version: 1,
            created_at: recorded_at,
            updated_at: recorded_at,
        }
    }
}

/// What payers are to keep back of each payment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWithholding {
    /// The part of the lines' sum: more than nothing.
    #[schema(pattern = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", example = "0.015")]
    pub rate: String,
    /// The law that says so.
    #[schema(min_length = 1, max_length = 400, example = "IRRF, Decreto 9.580/2018, art. 714")]
    pub legal_note: String,
}

/// How a company is taxed from a day on.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTaxProfile {
    /// The company: a partner that you supervise, or your own.
    #[schema(pattern = "^(partner|master)_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub company_id: String,
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// How value added tax is dealt with.
    pub regime: VatRegime,
    /// The number that the company is registered under in its country, as it is to stand on its statements: needed for `standard` and
    /// `reverse_charge`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 32, example = "FR40303265045")]
    pub vat_number: Option<String>,
    /// What the law wants to be said of the regime: needed for `exempt`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 400, example = "IVA - regime de isenção (artigo 53.º do CIVA)")]
    pub legal_note: Option<String>,
    /// What payers keep back of each payment, if anything.
    #[serde(default)]
    pub withholding: Option<NewWithholding>,
    /// Who writes the invoice for what its statements state.
    pub billing: Billing,
}

/// Which profiles are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaxProfileFilters {
    /// Those of a company.
    #[param(
        pattern = "^(partner|master)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "partner_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub company_id: Option<String>,
}
