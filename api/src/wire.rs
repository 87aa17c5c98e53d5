//! Shapes that several capabilities put on the wire.

use std::str::FromStr;

use domain::{
    id::CompanyId,
    money::{Currency, Money as Amount},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{Problem, Violation};

/// An exact amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Decimal, with exactly the currency's number of digits.
    #[schema(pattern = r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,4})?$", example = "1234.50")]
    pub amount: String,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
}

impl From<Amount> for Money {
    fn from(amount: Amount) -> Self {
        Self { amount: amount.to_string(), currency: amount.currency().code().to_owned() }
    }
}

impl Money {
    /// The amount, or what is wrong with it at `pointer`.
    ///
    /// # Errors
    /// One violation.
    pub fn read(&self, pointer: &str) -> Result<Amount, Violation> {
        let currency = currency(&self.currency, &format!("{pointer}/currency"))?;
        Amount::parse(&self.amount, currency).map_err(|reason| {
            Violation::at(format!("{pointer}/amount"), "wrong_amount")
                .with("currency", currency.code())
                .with("digits", domain::money::exponent(currency))
                .with("reason", reason)
        })
    }
}

/// A currency by its code.
///
/// # Errors
/// One violation at `pointer`.
pub fn currency(code: &str, pointer: &str) -> Result<Currency, Violation> {
    Currency::from_str(code).map_err(|_| Violation::at(pointer, "unknown_currency").with("value", code))
}

/// The name that another system has for a resource. Each company has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalReference {
    /// The other system.
    #[schema(min_length = 1, max_length = 60, pattern = r"^[a-z0-9][a-z0-9._-]*$", example = "hubspot")]
    pub system: String,
    /// Its id there.
    #[schema(min_length = 1, max_length = 200, pattern = r"^[^/\x00-\x1f]+$", example = "4711")]
    pub id: String,
}

/// A master or a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Company {
    /// Which of the two.
    pub kind: CompanyKind,
    /// Its id.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
}

/// What kind of company it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompanyKind {
    /// A master.
    Master,
    /// A partner.
    Partner,
}

impl From<CompanyId> for Company {
    fn from(id: CompanyId) -> Self {
        let kind = match id {
            CompanyId::Master(_) => CompanyKind::Master,
            CompanyId::Partner(_) => CompanyKind::Partner,
        };
        Self { kind, id: id.to_string() }
    }
}

/// An id in a body.
///
/// # Errors
/// One violation at `pointer` when it is no id of this kind.
pub fn id<K: domain::id::StaticType>(text: &str, pointer: &str) -> Result<domain::id::Id<K>, Violation> {
    text.parse().map_err(|_| Violation::at(pointer, "wrong_id").with("kind", K::TYPE))
}

/// An id that a list is narrowed to, in a query parameter.
///
/// # Errors
/// `invalid_request` when it is no id of this kind.
pub fn filter_id<K: domain::id::StaticType>(
    name: &'static str,
    text: Option<&String>,
) -> Result<Option<domain::id::Id<K>>, Problem> {
    let wrong = || Problem::invalid(vec![Violation::of_parameter(name, "wrong_id").with("kind", K::TYPE)]);
    text.map(|text| text.parse().map_err(|_| wrong())).transpose()
}

/// A currency as the filter `currency`.
///
/// # Errors
/// `invalid_request` when there is no such currency.
pub fn filter_currency(code: Option<&String>) -> Result<Option<Currency>, Problem> {
    let unknown =
        |code: &String| Problem::invalid(vec![Violation::of_parameter("currency", "unknown_currency").with("value", code)]);
    code.map(|code| code.parse().map_err(|_| unknown(code))).transpose()
}

/// A master's or partner's id as a filter.
///
/// # Errors
/// `invalid_request` when it is neither.
pub fn filter_company(name: &'static str, text: Option<&str>) -> Result<Option<CompanyId>, Problem> {
    let wrong = || Problem::invalid(vec![Violation::of_parameter(name, "wrong_id").with("kind", "master | partner")]);
    text.map(|text| company_id(text, "").map_err(|_| wrong())).transpose()
}

/// A master's or partner's id in a body.
///
/// # Errors
/// One violation at `pointer` when it is neither.
pub fn company_id(text: &str, pointer: &str) -> Result<CompanyId, Violation> {
    let master = text.parse().map(CompanyId::Master);
    let partner = || text.parse().map(CompanyId::Partner);
    master.or_else(|_| partner()).map_err(|_| Violation::at(pointer, "wrong_id").with("kind", "master | partner"))
}
