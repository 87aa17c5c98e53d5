//! The JSON of accounting periods.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::ledger as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{network::definition::CurrencyCode, pages, write::Resource};

/// An accounting period that is closed: no entry of its currency is dated into it or before it any more.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountingPeriod {
    /// Its id.
    #[schema(example = "period_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The currency of the entries that it closes.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// When it was closed.
    pub closed_at: DateTime<Utc>,
    /// Its version, which is its `ETag`: it never changes.
    pub version: i64,
}

impl From<store::Period> for AccountingPeriod {
    fn from(period: store::Period) -> Self {
        // Who closed it is in its event, which masters see.
        let store::Period { id, network: _, currency, days, closed_by: _, closed_at } = period;
        Self {
            id: id.to_string(),
            currency: currency.code().to_owned(),
            starts_on: days.starts_on,
            ends_on: days.ends_on,
            closed_at,
            version: 1,
        }
    }
}

impl Resource for AccountingPeriod {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/periods/{}", self.id))
    }
}

pages!(AccountingPeriodPage of AccountingPeriod);

/// Which period is closed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPeriod {
    /// The currency of its entries.
    pub currency: CurrencyCode,
    /// Its last day, which is over: the last of a month or quarter, as the network's policy says.
    #[schema(example = "2026-03-31")]
    pub ends_on: NaiveDate,
}

/// Which periods are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeriodFilters {
    /// Those of a currency.
    #[param(pattern = "^[A-Z]{3}$", example = "EUR", nullable = false)]
    pub currency: Option<String>,
}
