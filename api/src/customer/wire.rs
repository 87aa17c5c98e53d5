//! The JSON of customers.

use chrono::{DateTime, Utc};
use persistence::customer as store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::present,
    pages,
    wire::{Company, ExternalReference},
    write::Resource,
};

/// A prospect that signed, known by tax id or registered domain (D17).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Customer {
    /// Its id.
    #[schema(example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The company that answers for it: exactly one at every instant (R51).
    pub responsible: Company,
    /// Its name.
    #[schema(example = "Conservas do Mar, S.A.")]
    pub name: String,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(example = "PT")]
    pub country: String,
    /// Its tax id, as it was written.
    #[schema(required, example = "502 011 475")]
    pub tax_id: Option<String>,
    /// Its registered domain.
    #[schema(required, example = "conservas.pt")]
    pub domain: Option<String>,
    /// Where it is written to.
    #[schema(required, example = "compras@conservas.pt")]
    pub email: Option<String>,
    /// The code of the segment that its master puts it into. Rules may be about the customers of some segments only; what counts for
    /// a contract is the segment of the day of signing.
    #[schema(required, example = "public_sector")]
    pub segment: Option<String>,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Customer {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/customers/{}", self.id))
    }
}

impl Customer {
    /// The customer with the names that its reader has for it.
    #[must_use]
    pub fn of(customer: store::Customer, external_references: Vec<ExternalReference>) -> Self {
        let store::Customer {
            id,
            network: _,
            master,
            responsible,
            identity,
            tax_id_written,
            email,
            segment,
            version,
            created_at,
            updated_at,
        } = customer;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            responsible: responsible.into(),
            name: identity.name().to_owned(),
            country: identity.country().code().to_owned(),
            tax_id: tax_id_written,
            domain: identity.domain().map(ToString::to_string),
            email,
            segment,
            external_references,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(CustomerPage of Customer);

/// What a customer comes in with: it needs a tax id or a domain (D17).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// The company that answers for it (R51): your master unless you name a partner that it supervises. It stays as it is
    /// when a customer is made again by its external reference.
    #[serde(default)]
    #[schema(pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub responsible_id: Option<String>,
    /// Its name.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Conservas do Mar, S.A.")]
    pub name: String,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", example = "PT")]
    pub country: String,
    /// Its tax id, as people write it; it is checked.
    #[serde(default)]
    #[schema(min_length = 4, max_length = 40, example = "502 011 475")]
    pub tax_id: Option<String>,
    /// Its domain; of a host name or a URL, the registered domain is kept.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 300, example = "www.conservas.pt")]
    pub domain: Option<String>,
    /// Where it is written to.
    #[serde(default)]
    #[schema(format = "email", max_length = 254, example = "compras@conservas.pt")]
    pub email: Option<String>,
    /// The code of the segment that you put it into.
    #[serde(default)]
    #[schema(pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "public_sector")]
    pub segment: Option<String>,
    /// The names that your other systems have for it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}

/// What changes of a customer (JSON merge patch): absent fields stay, null takes away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Conservas do Mar, S.A.", nullable = false)]
    pub name: Option<String>,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", example = "PT", nullable = false)]
    pub country: Option<String>,
    /// Its tax id, as people write it; it is checked.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 4, max_length = 40, example = "502 011 475")]
    pub tax_id: Option<Option<String>>,
    /// Its domain; of a host name or a URL, the registered domain is kept.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 300, example = "www.conservas.pt")]
    pub domain: Option<Option<String>>,
    /// Where it is written to.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = "email", max_length = 254, example = "compras@conservas.pt")]
    pub email: Option<Option<String>>,
    /// The code of its segment, which only a master changes. Contracts that were signed before keep the one they were signed with.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "public_sector")]
    pub segment: Option<Option<String>>,
    /// The names that your other systems have for it, in place of those they had.
    #[schema(max_items = 20, nullable = false)]
    pub external_references: Option<Vec<ExternalReference>>,
}
