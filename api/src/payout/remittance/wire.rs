//! The JSON of remittances.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::{CompanyId, StatementId},
    payout::{Ageing, Allocated},
};
use persistence::payout::{self as store, RemittanceAccount};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::standing::{OpenRemittance, Standing, reference_of};
use crate::{
    pages,
    wire::{Company, Money},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// How long something has been overdue.
    RemittanceBucket of domain::payout::Bucket {
        /// It is not due yet, or due today.
        Current,
        /// 1 to 30 days.
        Thirty,
        /// 31 to 60 days.
        Sixty,
        /// 61 to 90 days.
        Ninety,
        /// More than 90 days.
        Older,
    }
}

/// How a partner stands with its master in one currency: what its statements say that it owes (R15, R55), what it paid, and how
/// old the rest is. Payments settle the oldest statement first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Remittance {
    /// The partner, which owes.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The master, which is owed.
    pub payee: Company,
    /// The currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What is open.
    pub open: Money,
    /// What was paid before it was owed.
    pub unallocated: Money,
    /// What is open, by how long it has been overdue.
    pub ageing: Vec<AgedAmount>,
    /// The statements, the oldest first.
    pub statements: Vec<OwedRemittance>,
}

/// What has been overdue for so long.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgedAmount {
    /// How long.
    pub bucket: RemittanceBucket,
    /// How much.
    pub amount: Money,
}

/// A statement by which a partner owes its master.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwedRemittance {
    /// The statement.
    #[schema(example = "statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub statement_id: String,
    /// Its period.
    #[schema(example = "2026-03")]
    pub period: String,
    /// What to write on the payment, so that it is known when it comes in.
    #[schema(example = "RS01h2xcejqtf2nbrexx3vqjhp41")]
    pub payment_reference: String,
    /// The day by which it is to be paid.
    pub due_on: NaiveDate,
    /// What it makes due: less than nothing where the master owes it back.
    pub due: Money,
    /// What payments settled of it.
    pub settled: Money,
    /// What is open of it.
    pub open: Money,
    /// How long it has been overdue; null where nothing is open.
    #[schema(required)]
    pub bucket: Option<RemittanceBucket>,
    /// The highest level of the reminders that were sent of it; 0 for none.
    #[schema(example = 0)]
    pub reminder_level: u32,
}

pages!(RemittancePage of Remittance);

impl OwedRemittance {
    /// A statement as it stands on a day.
    pub(super) fn of(owed: OpenRemittance, today: NaiveDate) -> Self {
        let bucket = owed.bucket(today).map(RemittanceBucket::from);
        let OpenRemittance { stated, due_on, settled, open } = owed;
        let store::OwedStatement { statement, period, last_day: _, due, reminded } = stated;
        Self {
            statement_id: statement.to_string(),
            period,
            payment_reference: reference_of(statement),
            due_on,
            due: due.into(),
            settled: settled.into(),
            open: open.into(),
            bucket,
            reminder_level: reminded,
        }
    }
}

impl Remittance {
    /// How a partner stands on a day.
    pub(super) fn of(account: &RemittanceAccount, standing: Standing, ageing: &Ageing, today: NaiveDate) -> Self {
        let Standing { remittances, unallocated, allocations: _ } = standing;
        let aged = |(bucket, amount): &(domain::payout::Bucket, domain::money::Money)| AgedAmount {
            bucket: (*bucket).into(),
            amount: (*amount).into(),
        };
        Self {
            partner_id: account.partner.to_string(),
            payee: CompanyId::Master(account.master).into(),
            currency: account.currency.code().to_owned(),
            open: ageing.total.into(),
            unallocated: unallocated.into(),
            ageing: ageing.buckets.iter().map(aged).collect(),
            statements: remittances.into_iter().map(|owed| OwedRemittance::of(owed, today)).collect(),
        }
    }
}

/// A reminder of a statement that is overdue.
#[derive(Debug, Clone, Serialize)]
pub struct RemittanceReminder {
    /// The partner, which owes.
    pub partner_id: String,
    /// Its level: 1 from the first day on, then one more for each bucket.
    pub level: u32,
    /// What is overdue.
    #[serde(flatten)]
    pub remittance: OwedRemittance,
}

/// What a partner paid its master.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RemittancePayment {
    /// Its id.
    #[schema(example = "remittance_payment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The partner, which paid.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The master, which was paid.
    pub payee: Company,
    /// How much.
    pub amount: Money,
    /// The day it came in.
    pub received_on: NaiveDate,
    /// What the bank or the master calls it.
    #[schema(example = "2026030200001")]
    pub reference: String,
    /// What it settles, the oldest statement first. What is left settles later ones.
    pub allocations: Vec<RemittanceAllocation>,
    /// Who recorded it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub recorded_by: String,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

/// What a payment settles of a statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RemittanceAllocation {
    /// The statement.
    #[schema(example = "statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub statement_id: String,
    /// How much of it.
    pub amount: Money,
}

impl Resource for RemittancePayment {
    fn location(&self) -> Option<String> {
        Some(format!("/v1/remittance-payments/{}", self.id))
    }
}

pages!(RemittancePaymentPage of RemittancePayment);

impl RemittancePayment {
    /// A payment with what it settles.
    pub(super) fn of(payment: store::RemittancePayment, allocations: Vec<Allocated<StatementId>>) -> Self {
        let store::RemittancePayment {
            id,
            network: _,
            master,
            partner,
            amount,
            received_on,
            reference,
            recorded_by,
            recorded_at,
        } = payment;
        let allocations = allocations.into_iter().map(|Allocated { statement, amount }| RemittanceAllocation {
            statement_id: statement.to_string(),
            amount: amount.into(),
        });
        Self {
            id: id.to_string(),
            partner_id: partner.to_string(),
            payee: CompanyId::Master(master).into(),
            amount: amount.into(),
            received_on,
            reference,
            allocations: allocations.collect(),
            recorded_by,
            created_at: recorded_at,
        }
    }
}

/// What a list of remittances, or of what was paid of them, is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RemittanceFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
}

/// A payment to record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRemittancePayment {
    /// The partner that paid.
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// How much.
    pub amount: Money,
    /// The day it came in: today at the latest. Left out: today.
    #[serde(default)]
    pub received_on: Option<NaiveDate>,
    /// What the bank calls it: the same reference is recorded once.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "2026030200001")]
    pub reference: String,
}
