//! The JSON of portfolios.

use chrono::{DateTime, NaiveDate, Utc};
use domain::portfolio::PlaceDays;
use persistence::portfolio as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{network::definition::ItemKind, pages, sale::wire::ContractState, wire::Company, write::Resource};

/// A customer's place in a client manager's portfolio, together with a network company (R20).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PortfolioPlace {
    /// Its id.
    #[schema(example = "portfolio_place_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises the client manager's agreement.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The network company whose customer it is.
    pub company: Company,
    /// The client manager.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The customer.
    pub customer: PortfolioCustomer,
    /// The first day of the place.
    pub from: NaiveDate,
    /// The first day on which the customer is there no more; null while it stays.
    #[schema(required)]
    pub until: Option<NaiveDate>,
    /// Whether the client manager won the customer: the sale names it as a promoter. Else the customer was handed to it.
    pub won: bool,
    /// Why the place ended.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// The place that was handed over to this one; shown to the company and to masters (D22).
    #[schema(required, example = json!(null))]
    pub handed_from_id: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A customer, as far as its client manager needs to know it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PortfolioCustomer {
    /// Its id.
    #[schema(example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its name.
    #[schema(example = "Conservas do Mar, S.A.")]
    pub name: String,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(example = "PT")]
    pub country: String,
}

impl Resource for PortfolioPlace {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/portfolio-places/{}", self.id))
    }
}

impl PortfolioPlace {
    /// The place, of which `names_origin` says whether its reader may see where it came from.
    #[must_use]
    pub fn of(kept: store::Kept, names_origin: bool) -> Self {
        let store::Kept { place, name, country } = kept;
        let store::Place {
            id,
            network: _,
            master,
            company,
            partner,
            agreement,
            customer,
            won_by,
            handed_from,
            days: PlaceDays { from, until },
            previous_until: _,
            reason,
            ended_by: _,
            took_over: _,
            version,
            created_at,
            updated_at,
        } = place;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            company: company.into(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            customer: PortfolioCustomer { id: customer.to_string(), name, country },
            from,
            until,
            won: won_by.is_some(),
            reason,
            handed_from_id: handed_from.filter(|_| names_origin).map(|id| id.to_string()),
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(PortfolioPlacePage of PortfolioPlace);

/// A sale to a customer of a portfolio, as far as its client manager may see it: what was sold of the network and how it stands. Prices,
/// margins, the company's own lines and who else takes part are the company's business (D22).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PortfolioSale {
    /// The contract's id.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// The day it was signed.
    pub signed_on: NaiveDate,
    /// The first day of its first contract year.
    pub starts_on: NaiveDate,
    /// How many contract years it has.
    #[schema(example = 1)]
    pub years: u32,
    /// Where it stands.
    pub state: ContractState,
    /// The day it ended, or was cancelled.
    #[schema(required)]
    pub ended_on: Option<NaiveDate>,
    /// Whether the client manager has a place in the sale, by which it earns.
    pub in_sale: bool,
    /// The network's modules and services in it.
    pub items: Vec<PortfolioItem>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What was sold of the network.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PortfolioItem {
    /// The catalogue item.
    #[schema(example = "item_01h2xcejqtf2nbrexx3vqjhp41")]
    pub item_id: String,
    /// Whose it is.
    pub kind: ItemKind,
    /// How many units.
    #[schema(example = 1)]
    pub quantity: u32,
}

pages!(PortfolioSalePage of PortfolioSale);

/// Which places are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PortfolioFilters {
    /// Only those of this client manager.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those under this agreement.
    #[param(
        pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "agreement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub agreement_id: Option<String>,
    /// Only those of this customer.
    #[param(
        pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "customer_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub customer_id: Option<String>,
    /// Only those that have this day.
    #[param(example = "2026-03-02", nullable = false)]
    pub on_day: Option<NaiveDate>,
}

/// A customer to put into a portfolio.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPortfolioPlace {
    /// The client manager's agreement, with you or under a master that you are.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The customer, which you answer for.
    #[schema(pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: String,
    /// The first day, on which the agreement is in force.
    #[schema(example = "2026-03-02")]
    pub from: NaiveDate,
}

/// A hand-over to another client manager.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortfolioHandOver {
    /// The agreement of the client manager that takes over.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// Its first day, which is the first one on which the other has the customer no more.
    #[schema(example = "2026-04-01")]
    pub from: NaiveDate,
    /// Why, as the client manager reads it that hands over.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "You move to the south.")]
    pub reason: Option<String>,
}

/// The end of a customer's place in a portfolio.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortfolioEnd {
    /// The first day on which it is there no more.
    #[schema(example = "2026-04-01")]
    pub until: NaiveDate,
    /// Why.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "We look after it ourselves from now on.")]
    pub reason: Option<String>,
}
