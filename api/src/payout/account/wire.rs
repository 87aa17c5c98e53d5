//! The JSON of bank accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::payout::AccountNumber;
use persistence::payout as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{pages, wire::Company, words::mirrored, write::Resource};

mirrored! {
    stored;

    /// Where a bank account stands: `pending` until a second person confirms what a master set for a partner, `confirmed`, or
    /// `rejected`.
    BankAccountState of domain::payout::AccountState {
        /// A second person has to confirm it.
        Pending,
        /// It can be paid to.
        Confirmed,
        /// It was not confirmed.
        Rejected,
    }
}

/// A bank account of a company. Its number is masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BankAccount {
    /// Its id.
    #[schema(example = "bank_account_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The company whose it is.
    pub owner: Company,
    /// Whom it is registered for at the bank.
    #[schema(example = "Fromagerie du Lac SARL")]
    pub holder: String,
    /// Where the bank is (ISO 3166-1).
    #[schema(example = "FR")]
    pub country: String,
    /// The currency that it is used for (ISO 4217).
    #[schema(example = "EUR")]
    pub currency: String,
    /// The beginning and the end of its number.
    #[schema(example = "FR76…0189")]
    pub number: String,
    /// The bank's BIC (ISO 9362).
    #[schema(required, example = "BNPAFRPP")]
    pub bic: Option<String>,
    /// The first day on which it is used.
    pub valid_from: NaiveDate,
    /// Where it stands.
    pub state: BankAccountState,
    /// Who set it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub set_by: String,
    /// Who confirmed or rejected it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// When it was decided.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for BankAccount {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/bank-accounts/{}", self.id))
    }
}

pages!(BankAccountPage of BankAccount);

impl From<store::BankAccount> for BankAccount {
    fn from(account: store::BankAccount) -> Self {
        let owner = account.company().into();
        let store::BankAccount {
            id,
            network: _,
            master: _,
            partner: _,
            holder,
            country,
            currency,
            number,
            valid_from,
            state,
            set_by,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = account;
        let bic = match &number {
            AccountNumber::Iban { bic, .. } => bic.as_ref().map(|bic| bic.as_str().to_owned()),
            AccountNumber::Local(_) => None,
        };
        Self {
            id: id.to_string(),
            owner,
            holder,
            country: country.code().to_owned(),
            currency: currency.code().to_owned(),
            number: number.masked(),
            bic,
            valid_from,
            state: state.into(),
            set_by,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        }
    }
}

/// A bank account to set.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBankAccount {
    /// The partner whose it is, where a master sets it. Left out: your own company.
    #[serde(default)]
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub partner_id: Option<String>,
    /// Whom it is registered for at the bank.
    #[schema(min_length = 1, max_length = 70, pattern = r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$", example = "Fromagerie du Lac SARL")]
    pub holder: String,
    /// Where the bank is (ISO 3166-1).
    #[schema(pattern = "^[A-Z]{2}$", example = "FR")]
    pub country: String,
    /// The currency that it is used for (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// The IBAN (ISO 13616), where banks of the country have one.
    #[serde(default)]
    #[schema(min_length = 15, max_length = 42, example = "FR76 3000 6000 0112 3456 7890 189")]
    pub iban: Option<String>,
    /// The bank's BIC (ISO 9362).
    #[serde(default)]
    #[schema(min_length = 8, max_length = 11, example = "AGRIFRPP")]
    pub bic: Option<String>,
    /// What banks of a country without IBANs call it by: `bank`, `branch` and `account`, or `pix_key`, in Brazil; `account` at
    /// least elsewhere. Instead of an IBAN.
    #[serde(default)]
    #[schema(example = json!({}))]
    pub fields: BTreeMap<String, String>,
    /// The first day on which it is used: today at the earliest. Left out: today.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
}

/// Which bank accounts are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BankAccountFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<BankAccountState>,
}
