//! The JSON of catalogue items.

use chrono::{DateTime, NaiveDate, Utc};
use indexmap::IndexMap;
use persistence::network as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::present,
    network::{
        definition::{Code, ItemKind, Language, Period, Texts},
        texts,
    },
    pages,
    problem::Problem,
    wire::{Company, Money},
    write::Resource,
};

/// Something that can be sold (R4).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CatalogueItem {
    /// Its id.
    #[schema(example = "item_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its code, unique among its provider's.
    #[schema(example = "financials")]
    pub code: String,
    /// Whose it is, which decides where its money goes.
    pub kind: ItemKind,
    /// Who provides it: a master for what is the network's (R48), the partner for its own.
    pub provider: Company,
    /// Its name, by language.
    pub names: Texts,
    /// The product line it belongs to; a prospect can be protected for some product lines only (D17).
    #[schema(required, example = "erp")]
    pub product_line: Option<String>,
    /// Whether it can still be sold.
    pub state: ItemState,
    /// Its list prices, net of tax, by currency and period, the earliest first. None: it is priced in each proposal.
    pub prices: Vec<Price>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it, or the list of its prices, last changed.
    pub updated_at: DateTime<Utc>,
}

/// Whether an item can still be sold: `active`, or `retired` and kept for what was sold before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It can be sold.
    Active,
    /// It stays in what was sold, and is sold no more.
    Retired,
}

impl Resource for CatalogueItem {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/catalogue-items/{}", self.id))
    }
}

impl CatalogueItem {
    /// The item with its prices.
    ///
    /// # Errors
    /// `internal_error` when what is kept cannot be read.
    pub fn of(item: store::CatalogueItem, prices: Vec<store::Price>) -> Result<Self, Problem> {
        let store::CatalogueItem {
            id,
            network: _,
            provider,
            code,
            kind,
            names,
            product_line,
            active,
            version,
            created_at,
            updated_at,
        } = item;
        Ok(Self {
            id: id.to_string(),
            code,
            kind: kind.into(),
            provider: provider.into(),
            names: texts(&names)?,
            product_line,
            state: if active { ItemState::Active } else { ItemState::Retired },
            prices: prices.into_iter().map(Price::from).collect(),
            version,
            created_at,
            updated_at,
        })
    }
}

pages!(CatalogueItemPage of CatalogueItem);

/// A list price, net of tax, until a later one in its currency for its period takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPrice {
    /// The amount: nothing or more.
    pub price: Money,
    /// What it is for.
    pub period: Period,
    /// The first day on which it holds.
    #[schema(example = "2027-01-01")]
    pub from: NaiveDate,
}

/// A list price, net of tax, until a later one in its currency for its period takes its place. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Price {
    /// The amount.
    pub price: Money,
    /// What it is for.
    pub period: Period,
    /// The first day on which it holds.
    #[schema(example = "2027-01-01")]
    pub from: NaiveDate,
}

impl From<store::Price> for Price {
    fn from(price: store::Price) -> Self {
        let store::Price { period, from, amount } = price;
        Self { price: amount.into(), period: period.into(), from }
    }
}

/// The name of an item in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 1, max_length = 200, pattern = r"\S", example = "Migration of archives")]
pub struct ItemName(pub String);

/// The name of an item in one language, or null to take it away.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"\S", example = "Migration of archives")]
pub struct ItemNameChange(pub Option<String>);

/// Which of a partner's own kinds an item is: `partner_own` (R42) or `partner_helpdesk` (R43).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnItemKind {
    /// A product or service of its own.
    PartnerOwn,
    /// Its daily helpdesk for its customers.
    PartnerHelpdesk,
}

impl From<OwnItemKind> for domain::network::ItemKind {
    fn from(kind: OwnItemKind) -> Self {
        match kind {
            OwnItemKind::PartnerOwn => Self::PartnerOwn,
            OwnItemKind::PartnerHelpdesk => Self::PartnerHelpdesk,
        }
    }
}

/// What a partner's own item comes in with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCatalogueItem {
    /// Its code, unique among your own.
    pub code: Code,
    /// Which of your own kinds it is.
    pub kind: OwnItemKind,
    /// Its name, by language: in the network's default language, and in any other of its languages.
    #[schema(value_type = IndexMap<Language, ItemName>, example = json!({"en": "Migration of archives"}))]
    pub names: IndexMap<Language, ItemName>,
    /// The product line it belongs to (D17).
    #[serde(default)]
    pub product_line: Option<Code>,
    /// Its list prices, net of tax. None: it is priced in each proposal.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub prices: Vec<NewPrice>,
}

/// What changes of a partner's own item (JSON merge patch): absent fields stay, null takes away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueItemChange {
    /// The names that change, by language; null takes one away.
    #[schema(value_type = Option<IndexMap<Language, ItemNameChange>>, nullable = false, example = json!({"en": "Migration of archives"}))]
    pub names: Option<IndexMap<Language, ItemNameChange>>,
    /// The product line it belongs to (D17).
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Code>)]
    pub product_line: Option<Option<Code>>,
    /// Whether it can still be sold.
    #[schema(nullable = false)]
    pub state: Option<ItemState>,
}

/// Which items a list has.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// Only those of this kind.
    #[param(nullable = false)]
    pub kind: Option<ItemKind>,
    /// Only those of this product line.
    #[param(pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "erp", nullable = false)]
    pub product_line: Option<String>,
}
