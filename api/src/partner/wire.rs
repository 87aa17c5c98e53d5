//! The JSON of partners.

use chrono::{DateTime, Utc};
use domain::partner::{PartnerRecord, TaxId};
use persistence::partner as store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{extract::present, network::definition::LegalForm, pages, wire::ExternalReference, write::Resource};

/// A partner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Partner {
    /// Its id.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// Its name, as it is registered.
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
    /// Whether its ability to bill customers is recorded (R13).
    pub billing_ability: bool,
    /// Whether structure and competence for technical support are recorded (R56).
    pub support_structure: bool,
    /// Whether the technical qualification to start up a customer is recorded (R64).
    pub technical_qualification: bool,
    /// Where it is written to.
    #[schema(example = "geral@douro.example")]
    pub email: String,
    /// Where it is called.
    #[schema(required, example = "+351 220 000 000")]
    pub phone: Option<String>,
    /// The language it is written to in.
    #[schema(example = "pt")]
    pub language: String,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Partner {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/partners/{}", self.id))
    }
}

impl Partner {
    /// The partner with the names that its reader has for it.
    #[must_use]
    pub fn of(partner: store::Partner, external_references: Vec<ExternalReference>) -> Self {
        let store::Partner {
            id,
            network: _,
            master,
            name,
            record,
            tax_id_written,
            email,
            phone,
            language,
            version,
            created_at,
            updated_at,
        } = partner;
        let PartnerRecord {
            legal_form,
            country,
            registration_number,
            tax_id: _,
            billing_ability,
            support_structure,
            technical_qualification,
        } = record;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            name,
            legal_form: legal_form.into(),
            country: country.code().to_owned(),
            registration_number,
            tax_id: tax_id_written,
            billing_ability,
            support_structure,
            technical_qualification,
            email,
            phone,
            language,
            external_references,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(PartnerPage of Partner);

/// What a partner comes in with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPartner {
    /// Its name, as it is registered.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Douro Sistemas, Lda.")]
    pub name: String,
    /// Its legal form (R5).
    pub legal_form: LegalForm,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", example = "PT")]
    pub country: String,
    /// Its number in the company register.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, pattern = r"\S", example = "PT-501442600")]
    pub registration_number: Option<String>,
    /// Its tax id, as people write it; it is checked.
    #[serde(default)]
    #[schema(min_length = 4, max_length = 40, example = "501 442 600")]
    pub tax_id: Option<String>,
    /// Whether its ability to bill customers is recorded (R13).
    #[serde(default)]
    pub billing_ability: bool,
    /// Whether structure and competence for technical support are recorded (R56).
    #[serde(default)]
    pub support_structure: bool,
    /// Whether the technical qualification to start up a customer is recorded (R64).
    #[serde(default)]
    pub technical_qualification: bool,
    /// Where it is written to.
    #[schema(format = "email", max_length = 254, example = "geral@douro.example")]
    pub email: String,
    /// Where it is called.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 40, pattern = r"^[+0-9][0-9 ().\-/]*$", example = "+351 220 000 000")]
    pub phone: Option<String>,
    /// The language it is written to in.
    #[schema(pattern = "^[a-z]{2}$", example = "pt")]
    pub language: String,
    /// The names that your other systems have for it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}

/// What changes of a partner (JSON merge patch): absent fields stay, null takes away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerChange {
    /// Its name, as it is registered.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Douro Sistemas, Lda.", nullable = false)]
    pub name: Option<String>,
    /// Its number in the company register.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 60, pattern = r"\S", example = "PT-501442600")]
    pub registration_number: Option<Option<String>>,
    /// Its tax id, as people write it; it is checked.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 4, max_length = 40, example = "501 442 600")]
    pub tax_id: Option<Option<String>>,
    /// Whether its ability to bill customers is recorded (R13).
    #[schema(nullable = false)]
    pub billing_ability: Option<bool>,
    /// Whether structure and competence for technical support are recorded (R56). Once an agreement in force asks for them, they are
    /// shown by a qualification with its evidence, and no more declared here.
    #[schema(nullable = false)]
    pub support_structure: Option<bool>,
    /// Whether the technical qualification to start up a customer is recorded (R64, R72). Once an agreement in force asks for it, it is
    /// shown by a qualification with its evidence, and no more declared here.
    #[schema(nullable = false)]
    pub technical_qualification: Option<bool>,
    /// Where it is written to.
    #[schema(format = "email", max_length = 254, example = "geral@douro.example", nullable = false)]
    pub email: Option<String>,
    /// Where it is called.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 40, pattern = r"^[+0-9][0-9 ().\-/]*$", example = "+351 220 000 000")]
    pub phone: Option<Option<String>>,
    /// The language it is written to in.
    #[schema(pattern = "^[a-z]{2}$", example = "pt", nullable = false)]
    pub language: Option<String>,
    /// The names that your other systems have for it, in place of those they had.
    #[schema(max_items = 20, nullable = false)]
    pub external_references: Option<Vec<ExternalReference>>,
}

/// The tax id of `country` that `text` is.
pub(crate) fn read_tax_id(
    country: domain::partner::Country,
    text: &str,
    pointer: &str,
) -> Result<TaxId, crate::problem::Violation> {
    TaxId::parse(country, text).map_err(|reason| {
        crate::problem::Violation::at(pointer, reason.code())
            .rule(reason.rule())
            .with("value", text)
            .with("country", country.code())
    })
}
