//! The use cases of bank statements: each one transaction.

use std::collections::BTreeSet;

use domain::{
    id::{BankEntryId, BankStatementId, CompanyId, PartnerId, PayoutId},
    payout::EntryState,
};
use persistence::{db::Tx, partner, payout as store};

use super::{
    file::{BankFile, Movement},
    matching::{about_payout, collected, matched},
    wire::{BankEntry, BankEntryFilters, BankEntryPage, BankStatement, BankStatementPage, Dismissal, Match},
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    payout::payer::Payer,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Lists the bank statements of the caller's company.
pub(super) fn list_statements(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<BankStatementPage, Problem> {
    let found = store::page_bank_statements(tx.conn, &caller.view(), &paging.page())?;
    let (statements, next) = paging.cut(found, |statement| (statement.id.uuid(), statement.recorded_at));
    Ok(BankStatementPage { data: statements.into_iter().map(BankStatement::from).collect(), next })
}

/// Shows a bank statement.
pub(super) fn show_statement(tx: &mut Tx<'_>, caller: &Caller, id: BankStatementId) -> Result<BankStatement, Problem> {
    Ok(store::find_bank_statement(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.into())
}

/// Lists the movements on the accounts of the caller's company.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &BankEntryFilters,
    paging: &Paging,
) -> Result<BankEntryPage, Problem> {
    let BankEntryFilters { state, bank_statement_id } = filters;
    let of = filter_id("bank_statement_id", bank_statement_id.as_ref())?;
    let found = store::page_bank_entries(tx.conn, &caller.view(), state.map(EntryState::from), of, &paging.page())?;
    let (entries, next) = paging.cut(found, |entry| (entry.id.uuid(), entry.updated_at));
    Ok(BankEntryPage { data: entries.into_iter().map(BankEntry::from).collect(), next })
}

/// Shows a movement.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: BankEntryId) -> Result<BankEntry, Problem> {
    Ok(store::find_bank_entry(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.into())
}

/// Takes a bank's file: what earlier files said is passed over, the rest is matched. The same file again changes nothing.
pub(super) fn import(work: &mut Work<'_, '_>, file: &BankFile) -> Result<BankStatement, Problem> {
    let (network, now) = (work.caller()?.network, work.now()?);
    let payer = Payer::of(work)?;
    if let Some(known) = store::bank_statement_of(work.conn(), payer.company, &file.content_hash)? {
        work.nothing_changed();
        return Ok(known.into());
    }
    let today = calendar::today(work.conn(), network, payer.master, now)?;
    let early = file.movements.iter().filter(|movement| movement.booked_on > today);
    let early: Vec<Violation> = early.take(1).map(|_| Violation::at("", "dated_in_future").with("today", today)).collect();
    if !early.is_empty() {
        return Err(Problem::invalid(early));
    }
    let news = unknown(work, payer.company, &file.movements)?;
    let count = |count: usize| i32::try_from(count).map_err(|_| Problem::internal("too many movements"));
    let statement = store::BankStatement {
        id: work.new_id(),
        network,
        payer: payer.company,
        master: payer.master,
        format: file.format.to_owned(),
        content_hash: file.content_hash.clone(),
        entry_count: count(file.movements.len())?,
        known_count: count(file.movements.len().saturating_sub(news.len()))?,
        imported_by: work.actor(),
        recorded_at: now,
    };
    store::insert_bank_statement(work.conn(), &statement)?;
    for movement in news {
        take(work, &statement, movement)?;
    }
    let audience = payer.alone();
    let (subject, body) = (statement.id.to_string(), BankStatement::from(statement));
    work.record(Change { network, kind: "bank_statement.imported", subject, version: 1, audience, body: &body })?;
    Ok(body)
}

/// The movements that no earlier file said.
fn unknown<'f>(work: &mut Work<'_, '_>, payer: CompanyId, movements: &'f [Movement]) -> Result<Vec<&'f Movement>, Problem> {
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    let accounts: BTreeSet<&str> = movements.iter().map(|movement| movement.account.as_str()).collect();
    for account in accounts {
        let own = movements.iter().filter(|movement| movement.account == account);
        let references: Vec<String> = own.map(|movement| movement.reference.clone()).collect();
        let known = store::known_references(work.conn(), payer, account, &references)?;
        seen.extend(known.into_iter().map(|reference| (account, reference)));
    }
    let mut news = Vec::new();
    for movement in movements {
        if seen.insert((movement.account.as_str(), movement.reference.clone())) {
            news.push(movement);
        }
    }
    Ok(news)
}

fn take(work: &mut Work<'_, '_>, statement: &store::BankStatement, movement: &Movement) -> Result<(), Problem> {
    let Movement { account, reference, booked_on, amount, end_to_end_id, order, text, counterparty, return_reason } =
        movement.clone();
    let entry = store::BankEntry {
        id: work.new_id(),
        network: statement.network,
        payer: statement.payer,
        master: statement.master,
        bank_statement: statement.id,
        account,
        reference,
        booked_on,
        amount,
        end_to_end_id,
        text,
        counterparty,
        return_reason,
        state: EntryState::Unmatched,
        outcome: None,
        payout: None,
        run: None,
        payment: None,
        decided_by: None,
        reason: None,
        version: 1,
        created_at: statement.recorded_at,
        updated_at: statement.recorded_at,
    };
    let entry = matched(work, entry, order.as_deref())?;
    store::insert_bank_entry(work.conn(), &entry)?;
    let kind = if entry.state == EntryState::Matched { "bank_entry.matched" } else { "bank_entry.unmatched" };
    tell(work, kind, entry).map(|_| ())
}

/// Records what happened to a movement, for its payer alone, and shows it.
fn tell(work: &mut Work<'_, '_>, kind: &'static str, entry: store::BankEntry) -> Result<BankEntry, Problem> {
    let audience = Payer { company: entry.payer, master: entry.master }.alone();
    let (network, subject, version) = (entry.network, entry.id.to_string(), entry.version);
    let body = BankEntry::from(entry);
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}

/// A movement that waits for a person.
fn waiting(work: &mut Work<'_, '_>, id: BankEntryId, action: &str) -> Result<store::BankEntry, Problem> {
    let view = work.caller()?.view();
    let entry = store::find_bank_entry(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(entry.version)?;
    if entry.state == EntryState::Unmatched { Ok(entry) } else { Err(Problem::state_conflict(action, entry.state.code())) }
}

fn keep(work: &mut Work<'_, '_>, kind: &'static str, mut entry: store::BankEntry) -> Result<BankEntry, Problem> {
    let before = entry.version;
    entry.decided_by = Some(work.actor());
    (entry.version, entry.updated_at) = (before.saturating_add(1), work.now()?);
    if !store::update_bank_entry(work.conn(), &entry)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    tell(work, kind, entry)
}

/// Says what a movement is about.
pub(super) fn match_by_hand(work: &mut Work<'_, '_>, id: BankEntryId, with: &Match) -> Result<BankEntry, Problem> {
    let entry = waiting(work, id, "match")?;
    let view = work.caller()?.view();
    let refused = |pointer: &str, code| Problem::invalid(vec![Violation::at(pointer, code)]);
    let invalid = |violation| Problem::invalid(vec![violation]);
    let known = match (&with.payout_id, &with.partner_id) {
        (Some(text), None) => {
            let id: PayoutId = wire::id(text, "/payout_id").map_err(invalid)?;
            let payout = store::find_payout(work.conn(), &view, id)?.filter(|payout| payout.payer == entry.payer);
            let payout = payout.ok_or_else(Problem::not_found)?;
            about_payout(work, &entry, payout)?.ok_or_else(|| refused("/payout_id", "bank_entry_does_not_fit"))?
        }
        (None, Some(text)) => {
            let id: PartnerId = wire::id(text, "/partner_id").map_err(invalid)?;
            // What is owed is owed to masters.
            let master = view.company.master().ok_or_else(Problem::not_found)?;
            partner::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
            if !entry.amount.sign().is_gt() {
                return Err(refused("/partner_id", "bank_entry_does_not_fit"));
            }
            collected(work, &entry, master, id)?
        }
        (Some(_), Some(_)) | (None, None) => return Err(refused("/payout_id", "payout_or_partner")),
    };
    keep(work, "bank_entry.matched", known)
}

/// Says that a movement is about nothing here.
pub(super) fn dismiss(work: &mut Work<'_, '_>, id: BankEntryId, why: &Dismissal) -> Result<BankEntry, Problem> {
    let entry = waiting(work, id, "dismiss")?;
    let dismissed = store::BankEntry { state: EntryState::Dismissed, reason: Some(why.reason.clone()), ..entry };
    keep(work, "bank_entry.dismissed", dismissed)
}
