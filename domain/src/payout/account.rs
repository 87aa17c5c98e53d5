//! Bank accounts: an IBAN, or what banks of other countries want to know.

use std::collections::BTreeMap;

use sepa::{Bic, Iban, validate_bic, validate_iban};

use crate::{code::coded, decided::Decided, partner::Country};

/// The number of a bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountNumber {
    /// An IBAN (ISO 13616), with the bank's BIC (ISO 9362) where it is known.
    Iban {
        /// The IBAN.
        iban: Iban,
        /// The BIC.
        bic: Option<Bic>,
    },
    /// What banks of a country without IBANs call it by, each under its name.
    Local(BTreeMap<String, String>),
}

/// What is wrong with a bank account. An answer lists all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountFault {
    /// An account has an IBAN or local fields: one of the two.
    IbanOrFields,
    /// The text is no IBAN.
    WrongIban {
        /// Why not.
        reason: String,
    },
    /// The IBAN is of another country than the account.
    IbanOfOtherCountry {
        /// The country of the IBAN.
        found: String,
    },
    /// The text is no BIC.
    WrongBic {
        /// Why not.
        reason: String,
    },
    /// A BIC says nothing without the IBAN that it belongs to.
    BicWithoutIban,
    /// Banks of the country want to know more.
    FieldsMissing {
        /// The combinations of fields, any of which is enough.
        expected: String,
    },
}

impl AccountFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::IbanOrFields => "iban_or_fields",
            Self::WrongIban { .. } => "wrong_iban",
            Self::IbanOfOtherCountry { .. } => "iban_of_other_country",
            Self::WrongBic { .. } => "wrong_bic",
            Self::BicWithoutIban => "bic_without_iban",
            Self::FieldsMissing { .. } => "account_fields_missing",
        }
    }
}

/// What accounts of a country need that have no IBAN: any of these combinations of fields.
const LOCAL_FIELDS: [(&str, &[&[&str]]); 4] = [
    ("BR", &[&["bank", "branch", "account"], &["pix_key"]]),
    ("US", &[&["routing_number", "account"]]),
    ("JP", &[&["bank", "branch", "account"]]),
    ("BH", &[&["bank", "account"]]),
];

/// What accounts of any other country need.
const ANY_COUNTRY: &[&[&str]] = &[&["account"]];

/// How many characters of a number are shown at its end.
const SHOWN: usize = 4;

impl AccountNumber {
    /// Reads the number of an account in `country`.
    ///
    /// # Errors
    /// Every [`AccountFault`] at once.
    pub fn read(
        country: Country,
        iban: Option<&str>,
        bic: Option<&str>,
        fields: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<AccountFault>> {
        let mut faults = Vec::new();
        let bic = read_bic(bic, &mut faults);
        let number = match (iban, fields.is_empty()) {
            (Some(text), true) => read_iban(country, text, &mut faults).map(|iban| Self::Iban { iban, bic }),
            (None, false) => {
                faults.extend(bic.map(|_| AccountFault::BicWithoutIban));
                faults.extend(missing_fields(country, fields));
                Some(Self::Local(fields.clone()))
            }
            (Some(_), false) | (None, true) => {
                faults.push(AccountFault::IbanOrFields);
                None
            }
        };
        number.filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// The number as it is shown to people: its beginning and its end.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Iban { iban, .. } => format!("{}…{}", iban.as_str().get(..4).unwrap_or_default(), end_of(iban.as_str())),
            Self::Local(fields) => {
                let shown = |(name, value): (&String, &String)| format!("{name} …{}", end_of(value));
                fields.iter().map(shown).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// The last characters of a number, and none of a number that is no longer than twice as many.
fn end_of(number: &str) -> String {
    let length = number.chars().count();
    if length < SHOWN.saturating_mul(2) { String::new() } else { number.chars().skip(length.saturating_sub(SHOWN)).collect() }
}

fn read_iban(country: Country, text: &str, faults: &mut Vec<AccountFault>) -> Option<Iban> {
    match validate_iban(text) {
        Ok(iban) if iban.country_code() != country.code() => {
            faults.push(AccountFault::IbanOfOtherCountry { found: iban.country_code().to_owned() });
            None
        }
        Ok(iban) => Some(iban),
        Err(reason) => {
            faults.push(AccountFault::WrongIban { reason: reason.to_string() });
            None
        }
    }
}

fn read_bic(text: Option<&str>, faults: &mut Vec<AccountFault>) -> Option<Bic> {
    let read = validate_bic(text?);
    faults.extend(read.as_ref().err().map(|reason| AccountFault::WrongBic { reason: reason.to_string() }));
    read.ok()
}

fn missing_fields(country: Country, fields: &BTreeMap<String, String>) -> Option<AccountFault> {
    let known = LOCAL_FIELDS.iter().find(|(code, _)| *code == country.code());
    let expected = known.map_or(ANY_COUNTRY, |(_, combinations)| combinations);
    let enough = expected.iter().any(|combination| combination.iter().all(|field| fields.contains_key(*field)));
    let names = || expected.iter().map(|combination| combination.join(" + ")).collect::<Vec<_>>().join(" / ");
    (!enough).then(|| AccountFault::FieldsMissing { expected: names() })
}

/// Where a bank account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountState {
    /// A master set it for a partner, and a second person has to confirm it.
    Pending,
    /// It can be paid to.
    Confirmed,
    /// It was not confirmed.
    Rejected,
}

coded! { AccountState { Pending => "pending", Confirmed => "confirmed", Rejected => "rejected", } }

/// What a second person says of a bank account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountVerdict {
    /// It is right.
    Confirm,
    /// It is not.
    Reject,
}

/// A bank account as far as its confirmation asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation<'a> {
    /// Where it stands.
    pub state: AccountState,
    /// Who set it.
    pub set_by: &'a str,
}

/// Why a bank account cannot be decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmationRefusal {
    /// Who set it cannot confirm it.
    SamePerson,
    /// It was decided otherwise.
    Decided {
        /// Where it stands.
        state: AccountState,
    },
}

/// Decides a bank account that a master set for a partner: another person than the one who set it does.
///
/// # Errors
/// [`ConfirmationRefusal`].
pub fn decide_account(
    account: Confirmation<'_>,
    by: &str,
    verdict: AccountVerdict,
) -> Result<Decided<AccountState>, ConfirmationRefusal> {
    let to = match verdict {
        AccountVerdict::Confirm => AccountState::Confirmed,
        AccountVerdict::Reject => AccountState::Rejected,
    };
    match account.state {
        state if state == to => Ok(Decided::Unchanged),
        AccountState::Pending if account.set_by == by && verdict == AccountVerdict::Confirm => {
            Err(ConfirmationRefusal::SamePerson)
        }
        AccountState::Pending => Ok(Decided::Changed(to)),
        state => Err(ConfirmationRefusal::Decided { state }),
    }
}
