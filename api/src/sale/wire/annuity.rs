//! The JSON of annuities and instalments.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::sale as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{pages, wire::Money, words::mirrored, write::Resource};

/// What a customer pays the seller of its contract for one contract year, net of tax (D12). Own services of an integrator that bills
/// them itself stand on the contract and are none of its annuities (R69 to R74).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Annuity {
    /// Its id.
    #[schema(example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The contract.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// The contract year, from 1.
    #[schema(example = 1)]
    pub year: u32,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// The year's lines at list prices.
    pub list: Money,
    /// The year's lines after discounts: what the customer pays the seller.
    pub contracted: Money,
    /// What was invoiced, before credits.
    pub invoiced: Money,
    /// What was credited.
    pub credited: Money,
    /// What was collected, before refunds.
    pub collected: Money,
    /// What was refunded.
    pub refunded: Money,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was scheduled.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Annuity {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/annuities/{}", self.id))
    }
}

impl From<store::Annuity> for Annuity {
    fn from(annuity: store::Annuity) -> Self {
        let store::Annuity {
            id,
            network: _,
            master: _,
            partner: _,
            contract,
            year,
            starts_on,
            ends_on,
            currency: _,
            list,
            contracted,
            invoiced,
            credited,
            collected,
            refunded,
            version,
            created_at,
            updated_at,
            waits_for_start: _,
        } = annuity;
        Self {
            id: id.to_string(),
            contract_id: contract.to_string(),
            year,
            starts_on,
            ends_on,
            list: list.into(),
            contracted: contracted.into(),
            invoiced: invoiced.into(),
            credited: credited.into(),
            collected: collected.into(),
            refunded: refunded.into(),
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(AnnuityPage of Annuity);

/// What a list of annuities is narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AnnuityQuery {
    /// Only those of this contract.
    #[param(
        pattern = "^contract_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "contract_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub contract_id: Option<String>,
    /// Only those of this contract year, counted from 1.
    #[param(minimum = 1, maximum = 1000, example = 1, nullable = false)]
    pub year: Option<u32>,
}

mirrored! {
    stored;

    /// Whose fault it is that something was not performed: the `master`'s. Nothing is taken back then of what partners earned (D20).
    Fault of domain::sale::Fault {
        /// The master's.
        Master,
    }

    /// What happened to a part of an annuity: an `invoice` to the customer, a `collection` of its payment, a `credit` note, or a
    /// `refund` of what it had paid.
    InstalmentKind of domain::sale::InstalmentKind {
        /// The customer was billed.
        Invoice,
        /// The customer paid.
        Collection,
        /// A credit note: the customer owes less.
        Credit,
        /// The customer got back what it had paid: with the credit note of that money it counts once, and without one as much (D20).
        Refund,
    }
}

/// A part of an annuity that was invoiced, collected, credited or refunded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Instalment {
    /// Its id.
    #[schema(example = "instalment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The annuity.
    #[schema(example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: String,
    /// What happened.
    pub kind: InstalmentKind,
    /// How much of the annuity, net of tax.
    pub amount: Money,
    /// The day of the document.
    pub dated_on: NaiveDate,
    /// The document's own number.
    #[schema(example = "INV-2026-0042")]
    pub reference: String,
    /// Why, where it was said.
    #[schema(required, example = "The module could not be delivered.")]
    pub reason: Option<String>,
    /// Whose fault it is that something was credited or refunded.
    #[schema(required)]
    pub at_fault: Option<Fault>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl From<store::Instalment> for Instalment {
    fn from(instalment: store::Instalment) -> Self {
        let store::Instalment { id, annuity, kind, amount, dated_on, reference, reason, at_fault, recorded_at } = instalment;
        Self {
            id: id.to_string(),
            annuity_id: annuity.to_string(),
            kind: kind.into(),
            amount: amount.into(),
            dated_on,
            reference,
            reason,
            at_fault: at_fault.map(Into::into),
            recorded_at,
        }
    }
}

pages!(InstalmentPage of Instalment);

/// The parameters of a list of instalments, which never change.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the parameters; `Paging` reads them")]
pub struct InstalmentQuery {
    /// How many rows at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<i64>,
    /// The cursor of the page before, from its `next`.
    #[param(
        min_length = 1,
        max_length = 400,
        pattern = "^[A-Za-z0-9_-]+$",
        example = "eyJpZCI6IjAxOTNkNWQ4In0",
        nullable = false
    )]
    after: Option<String>,
}

/// A recorded instalment, and the annuity with its new totals.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecordedInstalment {
    /// What was recorded.
    pub instalment: Instalment,
    /// The annuity as it is now.
    pub annuity: Annuity,
}

impl Resource for RecordedInstalment {
    fn version(&self) -> Option<i64> {
        Some(self.annuity.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/annuities/{}/instalments", self.annuity.id))
    }
}

/// An instalment to record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstalment {
    /// What happened.
    pub kind: InstalmentKind,
    /// How much of the annuity, net of tax: invoices up to what was contracted, collections and credits up to what was invoiced,
    /// refunds up to what was collected.
    pub amount: Money,
    /// The day of the document: today at the latest.
    #[schema(example = "2026-07-01")]
    pub dated_on: NaiveDate,
    /// The document's own number, once for each kind.
    #[schema(min_length = 1, max_length = 120, pattern = r"\S", example = "INV-2026-0042")]
    pub reference: String,
    /// Why.
    #[serde(default)]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 500,
        pattern = r"\S",
        example = "The module could not be delivered."
    )]
    pub reason: Option<String>,
    /// Whose fault a credit or refund is, where its master admits that it is its own, with a reason: nothing is taken back then
    /// of what partners earned. What is credited by its fault is refunded by its fault too (D20).
    #[serde(default)]
    #[schema(nullable = false)]
    pub at_fault: Option<Fault>,
}
