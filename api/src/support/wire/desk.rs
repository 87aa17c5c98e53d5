//! The JSON of support desks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{network::definition::ItemKind, wire::Company, write::Resource};

/// Who answers a customer on a day, by the duty of support on the lines of the contracts that run on it (R53, R54, R67). It is read from
/// them and kept nowhere else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupportDesk {
    /// The customer.
    #[schema(example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: String,
    /// The day.
    #[schema(example = "2026-07-01")]
    pub day: NaiveDate,
    /// Whom the customer turns to: a partner that has the support of network lines or gives its helpdesk, else the master; without a
    /// contract that runs, the company that answers for the customer.
    pub first_contact: Company,
    /// The contracts that run on the day, as far as you may see them.
    pub contracts: Vec<DeskContract>,
    /// How the companies named above are reached, as far as you may know.
    pub contacts: Vec<DeskContact>,
}

impl Resource for SupportDesk {}

/// Who answers for a contract.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskContract {
    /// The contract.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// Whom its customer turns to.
    pub first_contact: Company,
    /// Whether the other company answers for some of its lines.
    pub shared: bool,
    /// Its lines.
    pub lines: Vec<DeskLine>,
}

/// Who answers for a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskLine {
    /// The line.
    #[schema(example = "line_01h2xcejqtf2nbrexx3vqjhp41")]
    pub line_id: String,
    /// Its catalogue item.
    #[schema(example = "item_01h2xcejqtf2nbrexx3vqjhp41")]
    pub item_id: String,
    /// Whose item it is.
    pub kind: ItemKind,
    /// Who answers the customer's questions.
    pub support: Company,
    /// Who brings new versions (R80).
    pub maintenance: Company,
}

/// How a company is reached. A partner sees its own address and the master's name; a master sees all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeskContact {
    /// The company.
    pub company: Company,
    /// Its name.
    #[schema(example = "Douro Sistemas, Lda.")]
    pub name: String,
    /// Where it is written to.
    #[schema(required, example = "geral@douro.example")]
    pub email: Option<String>,
    /// Where it is called.
    #[schema(required, example = "+351 220 000 000")]
    pub phone: Option<String>,
}

/// Of which day the desk is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeskQuery {
    /// The day. Left out, it is today where the customer's master is.
    #[param(nullable = false)]
    pub day: Option<NaiveDate>,
}
