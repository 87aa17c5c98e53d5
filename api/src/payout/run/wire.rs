//! The JSON of payout runs and payouts.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::payout as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    pages,
    wire::{Company, Money},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// How far a payout has come: `pending` until a second person approves it, `approved`, `sent` to the bank, `paid`; or it
    /// `failed` at the bank, was `returned` by it, or `canceled` before the bank had it. These three free the statements that it
    /// held for a later payout.
    PayoutState of domain::payout::PayoutState {
        /// A second person has to approve it.
        Pending,
        /// It may go to the bank.
        Approved,
        /// The bank has it.
        Sent,
        /// The partner has the money.
        Paid,
        /// The bank did not carry it out.
        Failed,
        /// The money came back.
        Returned,
        /// It was called off before the bank had it.
        Canceled,
    }
}

/// The payouts of one payer in one currency that go to its bank together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutRun {
    /// Its id.
    #[schema(example = "payout_run_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The payer.
    pub payer: Company,
    /// The currency of its payouts.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The payer's account.
    #[schema(example = "bank_account_01h2xcejqtf2nbrexx3vqjhp41")]
    pub account_id: String,
    /// The day on which the bank is to pay: no earlier than the day on which the run is sent.
    pub execute_on: NaiveDate,
    /// How many payouts stand where, and what they come to.
    pub payouts: Vec<PayoutTally>,
    /// What went to the bank; nothing before the run is sent.
    pub files: Vec<PayoutFile>,
    /// Who made it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub made_by: String,
    /// Who sent it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub sent_by: Option<String>,
    /// When it went to the bank.
    #[schema(required)]
    pub sent_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// The payouts of a run that stand at one place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutTally {
    /// Where.
    pub state: PayoutState,
    /// How many.
    #[schema(example = 12)]
    pub count: usize,
    /// What they come to.
    pub amount: Money,
}

/// Something that went to the bank.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutFile {
    /// How it is written: `pain_001` or `csv`.
    #[schema(example = "pain_001")]
    pub format: String,
    /// Where its bytes are.
    #[schema(example = "/v1/payout-runs/payout_run_01h2xcejqtf2nbrexx3vqjhp41/pain-001")]
    pub href: String,
    /// SHA-256 of the bytes, in hexadecimal digits.
    #[schema(example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    pub content_hash: String,
}

impl Resource for PayoutRun {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/payout-runs/{}", self.id))
    }
}

pages!(PayoutRunPage of PayoutRun);

impl PayoutRun {
    /// A run with its payouts and files.
    pub(super) fn of(run: store::PayoutRun, payouts: Vec<PayoutTally>, files: Vec<(String, String)>) -> Self {
        let store::PayoutRun {
            id,
            network: _,
            payer,
            master: _,
            currency,
            account,
            execute_on,
            made_by,
            sent_by,
            sent_at,
            version,
            created_at,
            updated_at,
        } = run;
        let files = files.into_iter().map(|(format, content_hash)| {
            let href = format!("/v1/payout-runs/{id}/{}", format.replace('_', "-"));
            PayoutFile { format, href, content_hash }
        });
        Self {
            id: id.to_string(),
            payer: payer.into(),
            currency: currency.code().to_owned(),
            account_id: account.to_string(),
            execute_on,
            payouts,
            files: files.collect(),
            made_by,
            sent_by,
            sent_at,
            version,
            created_at,
            updated_at,
        }
    }
}

/// A new run, and the partners that it leaves out although something is open between them and the payer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadePayoutRun {
    /// The run.
    #[serde(flatten)]
    pub run: PayoutRun,
    /// Whom it leaves out, and why.
    pub left_out: Vec<LeftOut>,
}

impl Resource for MadePayoutRun {
    fn version(&self) -> Option<i64> {
        self.run.version()
    }

    fn location(&self) -> Option<String> {
        self.run.location()
    }
}

/// A partner that a run leaves out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeftOut {
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Why.
    pub reason: LeftOutReason,
}

/// Why a run leaves a partner out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    /// It has no confirmed bank account in the currency.
    NoBankAccount,
    /// Nothing is owed to it: it owes.
    OnlyDebts,
    /// The run is full: the next one pays it.
    RunIsFull,
}

/// A payout run to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayoutRun {
    /// The currency of the statements to pay (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// The day on which the bank is to pay: today at the earliest. Left out: today.
    #[serde(default)]
    pub execute_on: Option<NaiveDate>,
    /// The partners to pay. Left out: all to whom something is owed.
    #[serde(default)]
    #[schema(max_items = 200, example = json!([]))]
    pub partner_ids: Vec<String>,
}

/// One amount that a payer pays a partner: the sum of its parts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Payout {
    /// Its id.
    #[schema(example = "payout_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The run it goes to the bank with.
    #[schema(example = "payout_run_01h2xcejqtf2nbrexx3vqjhp41")]
    pub payout_run_id: String,
    /// Who pays.
    pub payer: Company,
    /// Whom it pays.
    pub payee: Company,
    /// How much: nothing where what the partner owes back took all of it.
    pub amount: Money,
    /// The partner's account; null where nothing is transferred.
    #[schema(required, example = "bank_account_01h2xcejqtf2nbrexx3vqjhp41")]
    pub account_id: Option<String>,
    /// The end-to-end id that banks carry from the payer's order to the partner's statement.
    #[schema(example = "PO01h2xcejqtf2nbrexx3vqjhp41")]
    pub end_to_end_id: String,
    /// What it takes of statements: all that each owes the partner, less what the partner owes back by it, as far as policy and
    /// recovery plans let it (D20).
    pub parts: Vec<PayoutPart>,
    /// How far it has come.
    pub state: PayoutState,
    /// Why it failed, came back or was called off.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// The day it was paid.
    #[schema(required)]
    pub paid_on: Option<NaiveDate>,
    /// Who made it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub made_by: String,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a payout takes of a statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutPart {
    /// The statement.
    #[schema(example = "statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub statement_id: String,
    /// How much of it: less than nothing for what the partner owes back by it.
    pub amount: Money,
}

impl Resource for Payout {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/payouts/{}", self.id))
    }
}

pages!(PayoutPage of Payout);

impl Payout {
    /// A payout with its parts.
    pub(crate) fn of(payout: store::Payout, parts: Vec<store::PayoutPart>) -> Self {
        let end_to_end_id = super::step::end_to_end_id(payout.id);
        let store::Payout {
            id,
            network: _,
            payer,
            master: _,
            partner,
            run,
            amount,
            account,
            state,
            reason,
            made_by,
            paid_on,
            version,
            created_at,
            updated_at,
        } = payout;
        let parts = parts.into_iter().map(|store::PayoutPart { statement, amount }| PayoutPart {
            statement_id: statement.to_string(),
            amount: amount.into(),
        });
        Self {
            id: id.to_string(),
            payout_run_id: run.to_string(),
            payer: payer.into(),
            payee: domain::id::CompanyId::Partner(partner).into(),
            amount: amount.into(),
            account_id: account.map(|id| id.to_string()),
            end_to_end_id,
            parts: parts.collect(),
            state: state.into(),
            reason,
            paid_on,
            made_by,
            version,
            created_at,
            updated_at,
        }
    }
}

/// Where a payout stood.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutStep {
    /// Where.
    pub state: PayoutState,
    /// Why.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Who brought it there: the id of a person, or `system` where the network's policy or a bank's statement did.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub actor: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Everything that a payout went through, from its beginning.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PayoutHistory {
    /// The steps.
    pub data: Vec<PayoutStep>,
}

impl From<store::PayoutStep> for PayoutStep {
    fn from(step: store::PayoutStep) -> Self {
        let store::PayoutStep { payout: _, state, reason, actor, recorded_at } = step;
        Self { state: state.into(), reason, actor, created_at: recorded_at }
    }
}

/// Which payouts are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PayoutFilters {
    /// Those of a run.
    #[param(
        pattern = "^payout_run_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "payout_run_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub payout_run_id: Option<String>,
    /// Those to a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<PayoutState>,
}

/// Why a payout is called off, failed or came back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutReason {
    /// In words, or the bank's code.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "AC04")]
    pub reason: String,
}

/// A payment that somebody saw on the payer's account.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutPayment {
    /// The day it was paid: from the day of its approval to today. Left out: today. Said again, it is the same day.
    #[serde(default)]
    pub paid_on: Option<NaiveDate>,
}
