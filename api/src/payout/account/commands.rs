//! The use cases of bank accounts: each one transaction.

use std::collections::BTreeMap;

use domain::{
    decided::Decided,
    id::{BankAccountId, CompanyId, MasterId, PartnerId},
    partner::Country,
    payout::{AccountFault, AccountNumber, AccountState, AccountVerdict, Confirmation, ConfirmationRefusal, decide_account},
};
use persistence::{
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    partner, payout as store,
};

use super::wire::{BankAccount, BankAccountFilters, BankAccountPage, NewBankAccount};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a bank account.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: BankAccountId) -> Result<BankAccount, Problem> {
    Ok(store::find_account(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.into())
}

/// Lists the bank accounts that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &BankAccountFilters,
    paging: &Paging,
) -> Result<BankAccountPage, Problem> {
    let BankAccountFilters { partner_id, state } = filters;
    let filters =
        store::AccountFilters { partner: filter_id("partner_id", partner_id.as_ref())?, state: state.map(AccountState::from) };
    let found = store::page_accounts(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (accounts, next) = paging.cut(found, |account| (account.id.uuid(), account.updated_at));
    Ok(BankAccountPage { data: accounts.into_iter().map(BankAccount::from).collect(), next })
}

/// Whose account is set.
struct Owner {
    master: MasterId,
    partner: Option<PartnerId>,
}

impl Owner {
    fn read(work: &mut Work<'_, '_>, new: &NewBankAccount) -> Result<Self, Problem> {
        let (company, view) = (work.caller()?.company, work.caller()?.view());
        let named: Option<PartnerId> = match &new.partner_id {
            Some(text) => Some(wire::id(text, "/partner_id").map_err(|violation| Problem::invalid(vec![violation]))?),
            None => company.partner(),
        };
        let Some(id) = named else {
            return company.master().map(|master| Self { master, partner: None }).ok_or_else(Problem::not_found);
        };
        let found = partner::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
        Ok(Self { master: found.master, partner: Some(id) })
    }

    fn company(&self) -> CompanyId {
        self.partner.map_or(CompanyId::Master(self.master), CompanyId::Partner)
    }
}

/// The most local fields an account has, and the most characters of each.
const FIELDS_MAX: usize = 10;
const FIELD_LENGTH_MAX: usize = 60;

/// Sets a bank account.
pub(super) fn set(work: &mut Work<'_, '_>, new: &NewBankAccount) -> Result<BankAccount, Problem> {
    let owner = Owner::read(work, new)?;
    let (network, caller_company, now) = (work.caller()?.network, work.caller()?.company, work.now()?);
    let today = calendar::today(work.conn(), network, owner.master, now)?;
    let mut violations = field_violations(&new.fields);
    let currency = wire::currency(&new.currency, "/currency").map_err(|violation| violations.push(violation));
    let valid_from = new.valid_from.unwrap_or(today);
    if valid_from < today {
        violations.push(Violation::at("/valid_from", "valid_from_past").with("today", today));
    }
    let number = read_number(new, &mut violations);
    let (Ok(currency), Some((country, number)), true) = (currency, number, violations.is_empty()) else {
        return Err(Problem::invalid(violations));
    };
    let by_owner = caller_company == owner.company();
    let actor = work.actor();
    let account = store::BankAccount {
        id: work.new_id(),
        network,
        master: owner.master,
        partner: owner.partner,
        holder: new.holder.trim().to_owned(),
        country,
        currency,
        number,
        valid_from,
        state: if by_owner { AccountState::Confirmed } else { AccountState::Pending },
        set_by: actor.clone(),
        decided_by: by_owner.then_some(actor),
        decided_at: by_owner.then_some(now),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_account(work.conn(), &account).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OnePendingAccount) => Problem::already_exists(Violation::at("/currency", "account_pending")),
        _ => error.into(),
    })?;
    finish(work, "bank_account.set", account)
}

fn read_number(new: &NewBankAccount, violations: &mut Vec<Violation>) -> Option<(Country, AccountNumber)> {
    let Ok(country) = Country::parse(&new.country) else {
        violations.push(Violation::at("/country", "unknown_country").with("value", &new.country));
        return None;
    };
    match AccountNumber::read(country, new.iban.as_deref(), new.bic.as_deref(), &new.fields) {
        Ok(number) => Some((country, number)),
        Err(faults) => {
            violations.extend(faults.iter().map(refused));
            None
        }
    }
}

fn refused(fault: &AccountFault) -> Violation {
    let at = |pointer: &str| Violation::at(pointer, fault.code());
    match fault {
        AccountFault::IbanOrFields => at("/iban"),
        AccountFault::WrongIban { reason } => at("/iban").with("reason", reason),
        AccountFault::IbanOfOtherCountry { found } => at("/iban").with("found", found),
        AccountFault::WrongBic { reason } => at("/bic").with("reason", reason),
        AccountFault::BicWithoutIban => at("/bic"),
        AccountFault::FieldsMissing { expected } => at("/fields").with("expected", expected),
    }
}

/// What is wrong with local fields, whatever the country.
fn field_violations(fields: &BTreeMap<String, String>) -> Vec<Violation> {
    let word = |name: &str| {
        (1..=30).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let plain = |value: &str| {
        !value.trim().is_empty() && value.chars().count() <= FIELD_LENGTH_MAX && !value.chars().any(char::is_control)
    };
    let wrong = fields.iter().filter(|(name, value)| !word(name) || !plain(value));
    let mut violations: Vec<Violation> =
        wrong.map(|_| Violation::at("/fields", "wrong_account_field").with("limit", FIELD_LENGTH_MAX)).collect();
    violations.truncate(1);
    if fields.len() > FIELDS_MAX {
        violations.push(Violation::at("/fields", "too_many_account_fields").with("limit", FIELDS_MAX));
    }
    violations
}

/// Confirms or rejects a bank account that a master set.
pub(super) fn decide(work: &mut Work<'_, '_>, id: BankAccountId, verdict: AccountVerdict) -> Result<BankAccount, Problem> {
    let view = work.caller()?.view();
    let mut account = store::find_account(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(account.version)?;
    let by = work.actor();
    let (action, kind) = match verdict {
        AccountVerdict::Confirm => ("confirm", "bank_account.confirmed"),
        AccountVerdict::Reject => ("reject", "bank_account.rejected"),
    };
    let confirmation = Confirmation { state: account.state, set_by: &account.set_by };
    let decided = decide_account(confirmation, &by, verdict).map_err(|refusal| match refusal {
        ConfirmationRefusal::SamePerson => Problem::invalid(vec![Violation::at("", "same_person")]),
        ConfirmationRefusal::Decided { state } => Problem::state_conflict(action, state.code()),
    })?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return Ok(account.into());
    };
    let (before, now) = (account.version, work.now()?);
    (account.state, account.decided_by, account.decided_at) = (state, Some(by), Some(now));
    (account.version, account.updated_at) = (before.saturating_add(1), now);
    if !store::update_account(work.conn(), &account)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, account)
}

/// Records what happened to a bank account, for its owner and its master, and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, account: store::BankAccount) -> Result<BankAccount, Problem> {
    let audience = Audience { master: Some(account.master), partner: account.partner, counterparty: None };
    let (network, subject, version) = (account.network, account.id.to_string(), account.version);
    let body = BankAccount::from(account);
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}
