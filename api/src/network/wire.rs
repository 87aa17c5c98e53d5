//! The JSON of networks, masters, partnership types and terms.

use chrono::{DateTime, NaiveDate, Utc};
use indexmap::IndexMap;
use persistence::network as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    definition::{Code, Language, PoliciesDocument, QualificationKindDocument, TermsDocument, TermsTextDocument, Texts},
    stored::{read, texts},
};
use crate::{pages, problem::Problem, write::Resource};

/// A network, as somebody sees it who would like to join: whom to apply to, and as what.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkOutline {
    /// Its id.
    #[schema(example = "network_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its code.
    #[schema(example = "example_network")]
    pub code: String,
    /// Its name.
    #[schema(example = "Example Network")]
    pub name: String,
    /// The language that every text of the network has.
    #[schema(example = "en")]
    pub default_language: String,
    /// The languages that its texts may have.
    #[schema(example = json!(["en", "fr"]))]
    pub languages: Vec<String>,
    /// Its masters: an application names one of them (R3).
    pub masters: Vec<MasterOutline>,
    /// The figures that a partner can be (R1).
    pub partnership_types: Vec<PartnershipTypeOutline>,
}

/// A master, as somebody sees it who would like to join.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MasterOutline {
    /// Its id.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its code.
    #[schema(example = "pt")]
    pub code: String,
    /// The name it is known by.
    #[schema(example = "Example Software")]
    pub display_name: String,
    /// The country it is established in (ISO 3166-1 alpha-2).
    #[schema(example = "PT")]
    pub country: String,
}

/// A partnership type, as somebody sees it who would like to join.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnershipTypeOutline {
    /// Its id.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its code.
    #[schema(example = "reseller")]
    pub code: String,
    /// Its name, by language.
    pub names: Texts,
    /// What it is, by language.
    pub descriptions: Texts,
}

impl NetworkOutline {
    /// The outline of a network.
    ///
    /// # Errors
    /// `internal_error` when what is kept cannot be read.
    pub fn of(network: store::Network, masters: Vec<store::Master>, types: Vec<store::PartnershipType>) -> Result<Self, Problem> {
        let store::Network { id, code, name, default_language, languages, .. } = network;
        let masters = masters.into_iter().map(|store::Master { id, code, display_name, country, .. }| MasterOutline {
            id: id.to_string(),
            code,
            display_name,
            country: country.code().to_owned(),
        });
        let types = types.into_iter().map(|store::PartnershipType { id, code, names, descriptions, .. }| {
            Ok(PartnershipTypeOutline { id: id.to_string(), code, names: texts(&names)?, descriptions: texts(&descriptions)? })
        });
        Ok(Self {
            id: id.to_string(),
            code,
            name,
            default_language,
            languages,
            masters: masters.collect(),
            partnership_types: types.collect::<Result<_, Problem>>()?,
        })
    }
}

pages!(NetworkOutlinePage of NetworkOutline);

/// The caller's network and its policies.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Network {
    /// Its id.
    #[schema(example = "network_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its code.
    #[schema(example = "example_network")]
    pub code: String,
    /// Its name.
    #[schema(example = "Example Network")]
    pub name: String,
    /// The language that every text of the network has.
    #[schema(example = "en")]
    pub default_language: String,
    /// The languages that its texts may have.
    #[schema(example = json!(["en", "fr"]))]
    pub languages: Vec<String>,
    /// Its decisions where its documents are silent: the D numbers.
    pub policies: PoliciesDocument,
    /// What its partners can show that they are able to do, by code (R43, R56, R64, R72).
    pub qualifications: IndexMap<Code, QualificationKindDocument>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Network {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Network {
    /// The network.
    ///
    /// # Errors
    /// `internal_error` when what is kept cannot be read.
    pub fn of(network: store::Network) -> Result<Self, Problem> {
        let store::Network {
            id,
            code,
            name,
            default_language,
            languages,
            policies,
            qualifications,
            version,
            created_at,
            updated_at,
        } = network;
        Ok(Self {
            id: id.to_string(),
            code,
            name,
            default_language,
            languages,
            policies: read(&policies)?,
            qualifications: read(&qualifications)?,
            version,
            created_at,
            updated_at,
        })
    }
}

/// A master (R8).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Master {
    /// Its id.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its code.
    #[schema(example = "pt")]
    pub code: String,
    /// The name it contracts under.
    #[schema(example = "Example Software, Lda.")]
    pub legal_name: String,
    /// The name it is known by.
    #[schema(example = "Example Software")]
    pub display_name: String,
    /// The country it is established in (ISO 3166-1 alpha-2).
    #[schema(example = "PT")]
    pub country: String,
    /// The currency it keeps its accounts in (ISO 4217).
    #[schema(example = "EUR")]
    pub currency: String,
    /// The time zone whose calendar days its dates are (IANA).
    #[schema(example = "Europe/Lisbon")]
    pub time_zone: String,
    /// Its tax id, as it was written.
    #[schema(required, example = "PT501964843")]
    pub tax_id: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Master {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl From<store::Master> for Master {
    fn from(master: store::Master) -> Self {
        let store::Master {
            id,
            network: _,
            code,
            legal_name,
            display_name,
            country,
            currency,
            time_zone,
            tax_id,
            version,
            created_at,
            updated_at,
        } = master;
        Self {
            id: id.to_string(),
            code,
            legal_name,
            display_name,
            country: country.code().to_owned(),
            currency: currency.code().to_owned(),
            time_zone,
            tax_id,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(MasterPage of Master);

/// A partnership type: a figure that a partner can be (R1).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnershipType {
    /// Its id.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its code.
    #[schema(example = "reseller")]
    pub code: String,
    /// Its name, by language.
    pub names: Texts,
    /// What it is, by language.
    pub descriptions: Texts,
    /// The version of its terms that new agreements are made under today; null before the first takes effect.
    #[schema(required)]
    pub terms_in_force: Option<TermsHead>,
    /// Its version, which is its `ETag`. It also rises on the day on which further terms take effect.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it, or the list of its terms, last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for PartnershipType {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl PartnershipType {
    /// The type on a day, of whose terms `heads` are all the versions from the first.
    ///
    /// # Errors
    /// `internal_error` when what is kept cannot be read.
    pub fn of(partnership_type: store::PartnershipType, heads: &[store::TermsHead], today: NaiveDate) -> Result<Self, Problem> {
        let store::PartnershipType { id, network: _, code, names, descriptions, version, created_at, updated_at } =
            partnership_type;
        let effective = heads.iter().filter(|head| head.effective_from <= today);
        // Neither part ever falls, so that their sum is another one whenever the answer is.
        let version = version.saturating_add(i64::try_from(effective.clone().count()).unwrap_or(i64::MAX));
        Ok(Self {
            id: id.to_string(),
            code,
            names: texts(&names)?,
            descriptions: texts(&descriptions)?,
            terms_in_force: effective.max_by_key(|head| head.number).copied().map(TermsHead::from),
            version,
            created_at,
            updated_at,
        })
    }
}

pages!(PartnershipTypePage of PartnershipType);

/// A version of a type's terms, without what it says (R86, R90).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TermsHead {
    /// Its id.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The type whose terms they are.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partnership_type_id: String,
    /// Its number, from 1 for each type.
    #[schema(example = 1)]
    pub number: i32,
    /// The first day on which new agreements are made under it.
    #[schema(example = "2014-01-01")]
    pub effective_from: NaiveDate,
    /// When it was published. It has not changed since.
    pub created_at: DateTime<Utc>,
}

impl From<store::TermsHead> for TermsHead {
    fn from(head: store::TermsHead) -> Self {
        let store::TermsHead { id, type_id, number, effective_from, created_at } = head;
        Self { id: id.to_string(), partnership_type_id: type_id.to_string(), number, effective_from, created_at }
    }
}

pages!(TermsPage of TermsHead);

/// A version of a type's terms: what is signed, and what everything is decided by. It never changes (R86, R90).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Terms {
    /// Its id.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The type whose terms they are.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partnership_type_id: String,
    /// Its number, from 1 for each type.
    #[schema(example = 1)]
    pub number: i32,
    /// The first day on which new agreements are made under it.
    #[schema(example = "2014-01-01")]
    pub effective_from: NaiveDate,
    /// What is signed, by language.
    #[schema(example = json!({"en": {"title": "Reseller", "body": "Resellers sell to and contract end customers."}}))]
    pub texts: IndexMap<Language, TermsTextDocument>,
    /// What everything is decided by.
    pub terms: TermsDocument,
    /// Its version, which is its `ETag`: its number.
    pub version: i64,
    /// When it was published.
    pub created_at: DateTime<Utc>,
}

impl Resource for Terms {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl Terms {
    /// A version of terms with its texts in every language.
    ///
    /// # Errors
    /// `internal_error` when what is kept cannot be read.
    pub fn of(terms: &store::TermsVersion) -> Result<Self, Problem> {
        let store::TermsVersion { id, network: _, type_id, number, effective_from, texts, document, created_at } = terms;
        Ok(Self {
            id: id.to_string(),
            partnership_type_id: type_id.to_string(),
            number: *number,
            effective_from: *effective_from,
            texts: read(texts)?,
            terms: read(document)?,
            version: i64::from(*number),
            created_at: *created_at,
        })
    }

    /// The same with its text in `language` alone, or in `otherwise` where it has none in it.
    #[must_use]
    pub fn in_language(mut self, language: &str, otherwise: &str) -> Self {
        let spoken = if self.texts.keys().any(|known| known.0 == language) { language } else { otherwise };
        self.texts.retain(|known, _| known.0 == spoken);
        self
    }
}

/// In which language terms are shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TermsQuery {
    /// Show the text in this language alone; in the network's default language where there is none in it.
    #[param(pattern = "^[a-z]{2}(-[A-Z]{2})?$", example = "fr", nullable = false)]
    pub language: Option<String>,
}
