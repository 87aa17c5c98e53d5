//! The JSON of responsibility.

use chrono::{DateTime, NaiveDate, Utc};
use domain::continuity::Span;
use persistence::continuity as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::wire::Company;

/// Who answers for a customer on a day: exactly one company (R51).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerResponsibility {
    /// The customer.
    #[schema(example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: String,
    /// The day.
    pub day: NaiveDate,
    /// The company that answers on it.
    pub responsible: Company,
    /// Its first day; null since the customer is known.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// Its last day; null while nobody else took over.
    #[schema(required)]
    pub until: Option<NaiveDate>,
    /// All that was recorded, in order. A later record counts from its first day on, whatever was recorded before. Masters see it
    /// whole, a partner as far as it is about itself (D22).
    pub history: Vec<RecordedResponsibility>,
}

/// That a company answers for a customer, as it was recorded once and for ever.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordedResponsibility {
    /// The company.
    pub responsible: Company,
    /// The first day; null since the customer is known.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// What moved it; null where nothing did, or where it is not yours to see.
    #[schema(required, example = "continuity_case_01h2xcejqtf2nbrexx3vqjhp41")]
    pub cause_id: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// The day that is asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResponsibilityDay {
    /// The day; today, where the customer's master is, if none is named.
    #[param(nullable = false, example = "2026-03-02")]
    pub day: Option<NaiveDate>,
}

impl RecordedResponsibility {
    /// What was recorded, with its cause where the reader may see that.
    pub(crate) fn of(recorded: store::Responsibility, sees_cause: bool) -> Self {
        let store::Responsibility { customer: _, number: _, company, from, cause, recorded_at } = recorded;
        Self { responsible: company.into(), from, cause_id: cause.filter(|_| sees_cause), recorded_at }
    }
}

impl CustomerResponsibility {
    /// The span that covers a day, with the records that its reader may see.
    pub(crate) fn of(customer_id: String, day: NaiveDate, span: Span, history: Vec<RecordedResponsibility>) -> Self {
        let Span { company, from, until } = span;
        Self { customer_id, day, responsible: company.into(), from, until, history }
    }
}
