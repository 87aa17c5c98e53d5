//! The JSON of bank statements and their movements.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::payout as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{pages, wire::Money, words::mirrored, write::Resource};

mirrored! {
    stored;

    /// Where a movement stands: `matched` to what it is about, `unmatched` until a person says what it is about, or `dismissed` by
    /// one.
    BankEntryState of domain::payout::EntryState {
        /// It is known what it is about.
        Matched,
        /// A person has to say what it is about.
        Unmatched,
        /// A person said that it is about nothing here.
        Dismissed,
    }

    /// What a movement meant: payouts were `paid`, a payout was `returned`, or what a partner owes was `collected`.
    BankEntryOutcome of domain::payout::EntryOutcome {
        /// Payouts were paid.
        Paid,
        /// A payout came back.
        Returned,
        /// A partner paid what it owes.
        Collected,
    }
}

/// A file from the payer's bank.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BankStatement {
    /// Its id.
    #[schema(example = "bank_statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// How it is written: `camt_053` or `csv`.
    #[schema(example = "camt_053")]
    pub format: String,
    /// SHA-256 of its bytes, in hexadecimal digits: the same bytes are taken once.
    #[schema(example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    pub content_hash: String,
    /// How many movements it has.
    #[schema(example = 12)]
    pub entry_count: i32,
    /// How many of them an earlier file had: they were passed over.
    #[schema(example = 0)]
    pub known_count: i32,
    /// Who brought it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub imported_by: String,
    /// When it came in.
    pub created_at: DateTime<Utc>,
}

impl Resource for BankStatement {
    fn version(&self) -> Option<i64> {
        Some(1)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/bank-statements/{}", self.id))
    }
}

pages!(BankStatementPage of BankStatement);

impl From<store::BankStatement> for BankStatement {
    fn from(statement: store::BankStatement) -> Self {
        let store::BankStatement {
            id,
            network: _,
            payer: _,
            master: _,
            format,
            content_hash,
            entry_count,
            known_count,
            imported_by,
            recorded_at,
        } = statement;
        Self { id: id.to_string(), format, content_hash, entry_count, known_count, imported_by, created_at: recorded_at }
    }
}

/// One movement on the payer's account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BankEntry {
    /// Its id.
    #[schema(example = "bank_entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The file it came in.
    #[schema(example = "bank_statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub bank_statement_id: String,
    /// The account, as the bank calls it.
    #[schema(example = "PT50000201231234567890154")]
    pub account: String,
    /// The bank's own reference, or what stands for it.
    #[schema(example = "2026030200001")]
    pub reference: String,
    /// The day it was booked.
    pub booked_on: NaiveDate,
    /// How much came in; below nothing it went out.
    pub amount: Money,
    /// The end-to-end id that came with it.
    #[schema(required, example = "PO01h2xcejqtf2nbrexx3vqjhp41")]
    pub end_to_end_id: Option<String>,
    /// The text that came with it.
    #[schema(required, example = "2026-03")]
    pub text: Option<String>,
    /// Who paid or was paid, as the bank says.
    #[schema(required, example = "Fromagerie du Lac SARL")]
    pub counterparty: Option<String>,
    /// Why it came back, in the bank's code.
    #[schema(required, example = "AC04")]
    pub return_reason: Option<String>,
    /// Where it stands.
    pub state: BankEntryState,
    /// What it meant; null as long as nobody knows.
    #[schema(required)]
    pub outcome: Option<BankEntryOutcome>,
    /// The payout that it paid or brought back.
    #[schema(required, example = "payout_01h2xcejqtf2nbrexx3vqjhp41")]
    pub payout_id: Option<String>,
    /// The run whose payouts it paid all at once.
    #[schema(required, example = json!(null))]
    pub payout_run_id: Option<String>,
    /// The partner's payment that it brought.
    #[schema(required, example = json!(null))]
    pub remittance_payment_id: Option<String>,
    /// Who matched or dismissed it by hand.
    #[schema(required, example = json!(null))]
    pub decided_by: Option<String>,
    /// Why it was dismissed.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for BankEntry {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/bank-entries/{}", self.id))
    }
}

pages!(BankEntryPage of BankEntry);

impl From<store::BankEntry> for BankEntry {
    fn from(entry: store::BankEntry) -> Self {
        let store::BankEntry {
            id,
            network: _,
            payer: _,
            master: _,
            bank_statement,
            account,
            reference,
            booked_on,
            amount,
            end_to_end_id,
            text,
            counterparty,
            return_reason,
            state,
            outcome,
            payout,
            run,
            payment,
            decided_by,
            reason,
            version,
            created_at,
            updated_at,
        } = entry;
        Self {
            id: id.to_string(),
            bank_statement_id: bank_statement.to_string(),
            account,
            reference,
            booked_on,
            amount: amount.into(),
            end_to_end_id,
            text,
            counterparty,
            return_reason,
            state: state.into(),
            outcome: outcome.map(BankEntryOutcome::from),
            payout_id: payout.map(|id| id.to_string()),
            payout_run_id: run.map(|id| id.to_string()),
            remittance_payment_id: payment.map(|id| id.to_string()),
            decided_by,
            reason,
            version,
            created_at,
            updated_at,
        }
    }
}

/// Which movements are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BankEntryFilters {
    /// Those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<BankEntryState>,
    /// Those of a file.
    #[param(
        pattern = "^bank_statement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "bank_statement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub bank_statement_id: Option<String>,
}

/// What a movement is about: a payout, or what a partner owes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The payout that it paid, or brought back.
    #[serde(default)]
    #[schema(pattern = "^payout_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "payout_01h2xcejqtf2nbrexx3vqjhp41")]
    pub payout_id: Option<String>,
    /// The partner that paid what it owes.
    #[serde(default)]
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub partner_id: Option<String>,
}

/// Why a movement is about nothing here.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    /// In words.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "The bank's own fee.")]
    pub reason: String,
}
