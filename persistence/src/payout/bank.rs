//! What banks say moved on a payer's account, and what it was found to be about.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{BankEntryId, BankStatementId, CompanyId, MasterId, NetworkId, PayoutId, PayoutRunId, RemittancePaymentId},
    money::{Currency, Money},
    payout::{EntryOutcome, EntryState},
};

use super::{own, payer_of};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{bank_entries, bank_statements},
    view::{Page, View, paged},
};

/// A file from a payer's bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankStatement {
    /// Its id.
    pub id: BankStatementId,
    /// The network.
    pub network: NetworkId,
    /// Whose account it is about.
    pub payer: CompanyId,
    /// Its master: itself, where it is one.
    pub master: MasterId,
    /// How it is written: `camt_053` or `csv`.
    pub format: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub content_hash: String,
    /// How many entries it has.
    pub entry_count: i32,
    /// How many of them an earlier file had.
    pub known_count: i32,
    /// Who brought it.
    pub imported_by: String,
    /// When it came in.
    pub recorded_at: DateTime<Utc>,
}

/// One movement on a payer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankEntry {
    /// Its id.
    pub id: BankEntryId,
    /// The network.
    pub network: NetworkId,
    /// Whose account it is about.
    pub payer: CompanyId,
    /// Its master: itself, where it is one.
    pub master: MasterId,
    /// The file it came in.
    pub bank_statement: BankStatementId,
    /// The account, as the bank calls it.
    pub account: String,
    /// The bank's own reference, or what stands for it.
    pub reference: String,
    /// The day it was booked.
    pub booked_on: NaiveDate,
    /// How much came in, or went out, where it is below nothing.
    pub amount: Money,
    /// The end-to-end id that came with it.
    pub end_to_end_id: Option<String>,
    /// The text that came with it.
    pub text: Option<String>,
    /// Who paid or was paid, as the bank says.
    pub counterparty: Option<String>,
    /// Why it came back, in the bank's code.
    pub return_reason: Option<String>,
    /// Where it stands.
    pub state: EntryState,
    /// What it meant.
    pub outcome: Option<EntryOutcome>,
    /// The payout that it paid or brought back.
    pub payout: Option<PayoutId>,
    /// The run whose payouts it paid all at once.
    pub run: Option<PayoutRunId>,
    /// The partner's payment that it brought.
    pub payment: Option<RemittancePaymentId>,
    /// Who matched or dismissed it by hand.
    pub decided_by: Option<String>,
    /// Why it was dismissed.
    pub reason: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = bank_statements, treat_none_as_default_value = false)]
struct StatementRow {
    id: Uid,
    network_id: Uid,
    payer_id: Uid,
    master_id: Uid,
    format: String,
    content_hash: String,
    entry_count: i32,
    known_count: i32,
    imported_by: String,
    recorded_at: At,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = bank_entries, treat_none_as_default_value = false, treat_none_as_null = true)]
struct EntryRow {
    id: Uid,
    network_id: Uid,
    payer_id: Uid,
    master_id: Uid,
    bank_statement_id: Uid,
    account: String,
    reference: String,
    booked_on: NaiveDate,
    amount_minor: i64,
    currency: String,
    end_to_end_id: Option<String>,
    text: Option<String>,
    counterparty: Option<String>,
    return_reason: Option<String>,
    state: String,
    outcome: Option<String>,
    payout_id: Option<Uid>,
    run_id: Option<Uid>,
    payment_id: Option<Uid>,
    decided_by: Option<String>,
    reason: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&BankEntry> for EntryRow {
    fn from(entry: &BankEntry) -> Self {
        let BankEntry {
            id,
            network,
            payer,
            master,
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
        } = entry.clone();
        Self {
            id: id.into(),
            network_id: network.into(),
            payer_id: payer.into(),
            master_id: master.into(),
            bank_statement_id: bank_statement.into(),
            account,
            reference,
            booked_on,
            amount_minor: amount.minor(),
            currency: amount.currency().code().to_owned(),
            end_to_end_id,
            text,
            counterparty,
            return_reason,
            state: state.code().to_owned(),
            outcome: outcome.map(|outcome| outcome.code().to_owned()),
            payout_id: payout.map(Uid::from),
            run_id: run.map(Uid::from),
            payment_id: payment.map(Uid::from),
            decided_by,
            reason,
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

impl TryFrom<EntryRow> for BankEntry {
    type Error = DbError;

    fn try_from(row: EntryRow) -> Result<Self, DbError> {
        let EntryRow {
            id,
            network_id,
            payer_id,
            master_id,
            bank_statement_id,
            account,
            reference,
            booked_on,
            amount_minor,
            currency,
            end_to_end_id,
            text,
            counterparty,
            return_reason,
            state,
            outcome,
            payout_id,
            run_id,
            payment_id,
            decided_by,
            reason,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("bank entry {}: {what}", id.0));
        let currency = Currency::from_code(&currency).ok_or_else(|| corrupt("currency"))?;
        let outcome = outcome.map(|code| EntryOutcome::from_code(&code).ok_or_else(|| corrupt("outcome"))).transpose()?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            payer: payer_of(payer_id, master_id),
            master: master_id.id(),
            bank_statement: bank_statement_id.id(),
            account,
            reference,
            booked_on,
            amount: Money::from_minor(amount_minor, currency),
            end_to_end_id,
            text,
            counterparty,
            return_reason,
            state: EntryState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            outcome,
            payout: payout_id.map(Uid::id),
            run: run_id.map(Uid::id),
            payment: payment_id.map(Uid::id),
            decided_by,
            reason,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a bank's file.
///
/// # Errors
/// Those of the database, which refuses the same bytes of the same payer twice.
pub fn insert_bank_statement(conn: &mut Conn, statement: &BankStatement) -> Result<(), DbError> {
    let BankStatement { id, network, payer, master, format, content_hash, entry_count, known_count, imported_by, recorded_at } =
        statement.clone();
    let row = StatementRow {
        id: id.into(),
        network_id: network.into(),
        payer_id: payer.into(),
        master_id: master.into(),
        format,
        content_hash,
        entry_count,
        known_count,
        imported_by,
        recorded_at: recorded_at.into(),
    };
    diesel::insert_into(bank_statements::table).values(row).execute(conn)?;
    Ok(())
}

impl From<StatementRow> for BankStatement {
    fn from(row: StatementRow) -> Self {
        let StatementRow {
            id,
            network_id,
            payer_id,
            master_id,
            format,
            content_hash,
            entry_count,
            known_count,
            imported_by,
            recorded_at,
        } = row;
        Self {
            id: id.id(),
            network: network_id.id(),
            payer: payer_of(payer_id, master_id),
            master: master_id.id(),
            format,
            content_hash,
            entry_count,
            known_count,
            imported_by,
            recorded_at: recorded_at.0,
        }
    }
}

/// The file of a payer's bank that has these bytes, if it came in before.
///
/// # Errors
/// Those of the database.
pub fn bank_statement_of(conn: &mut Conn, payer: CompanyId, content_hash: &str) -> Result<Option<BankStatement>, DbError> {
    let query = bank_statements::table
        .filter(bank_statements::payer_id.eq(Uid::from(payer)))
        .filter(bank_statements::content_hash.eq(content_hash));
    let row: Option<StatementRow> = query.select(StatementRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(BankStatement::from))
}

/// The references of a payer's account that are known already, of these.
///
/// # Errors
/// Those of the database.
pub fn known_references(conn: &mut Conn, payer: CompanyId, account: &str, references: &[String]) -> Result<Vec<String>, DbError> {
    let mut known = Vec::new();
    for chunk in references.chunks(500) {
        let found: Vec<String> = bank_entries::table
            .filter(bank_entries::payer_id.eq(Uid::from(payer)))
            .filter(bank_entries::account.eq(account))
            .filter(bank_entries::reference.eq_any(chunk))
            .select(bank_entries::reference)
            .load(conn)?;
        known.extend(found);
    }
    Ok(known)
}

/// Whether a movement is known to have paid a payout, or to have brought it back.
///
/// # Errors
/// Those of the database.
pub fn is_banked(conn: &mut Conn, payout: PayoutId, outcome: EntryOutcome) -> Result<bool, DbError> {
    let known = bank_entries::table
        .filter(bank_entries::payout_id.eq(Uid::from(payout)))
        .filter(bank_entries::outcome.eq(outcome.code()));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn)?)
}

/// A page of the files that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_bank_statements(conn: &mut Conn, view: &View, page: &Page) -> Result<Vec<BankStatement>, DbError> {
    let query = own!(bank_statements, view);
    let rows: Vec<StatementRow> =
        paged!(query, bank_statements, page, changed recorded_at).select(StatementRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(BankStatement::from).collect())
}

/// A file that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_bank_statement(conn: &mut Conn, view: &View, id: BankStatementId) -> Result<Option<BankStatement>, DbError> {
    let query = own!(bank_statements, view).filter(bank_statements::id.eq(Uid::from(id)));
    let row: Option<StatementRow> = query.select(StatementRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(BankStatement::from))
}

/// Keeps a movement.
///
/// # Errors
/// Those of the database.
pub fn insert_bank_entry(conn: &mut Conn, entry: &BankEntry) -> Result<(), DbError> {
    diesel::insert_into(bank_entries::table).values(EntryRow::from(entry)).execute(conn)?;
    Ok(())
}

/// Keeps a movement that was matched or dismissed, unless it was changed since `entry.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_bank_entry(conn: &mut Conn, entry: &BankEntry) -> Result<bool, DbError> {
    let before = entry.version.saturating_sub(1);
    let unchanged = bank_entries::table.find(Uid::from(entry.id)).filter(bank_entries::version.eq(before));
    Ok(diesel::update(unchanged).set(EntryRow::from(entry)).execute(conn)? == 1)
}

/// A movement that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_bank_entry(conn: &mut Conn, view: &View, id: BankEntryId) -> Result<Option<BankEntry>, DbError> {
    let query = own!(bank_entries, view).filter(bank_entries::id.eq(Uid::from(id)));
    let row: Option<EntryRow> = query.select(EntryRow::as_select()).get_result(conn).optional()?;
    row.map(BankEntry::try_from).transpose()
}

/// A page of the movements that `view` may see, of one state or all, of one file or all.
///
/// # Errors
/// Those of the database.
pub fn page_bank_entries(
    conn: &mut Conn,
    view: &View,
    state: Option<EntryState>,
    of: Option<BankStatementId>,
    page: &Page,
) -> Result<Vec<BankEntry>, DbError> {
    let mut query = own!(bank_entries, view);
    if let Some(state) = state {
        query = query.filter(bank_entries::state.eq(state.code()));
    }
    if let Some(of) = of {
        query = query.filter(bank_entries::bank_statement_id.eq(Uid::from(of)));
    }
    let rows: Vec<EntryRow> = paged!(query, bank_entries, page).select(EntryRow::as_select()).load(conn)?;
    rows.into_iter().map(BankEntry::try_from).collect()
}
