//! Payout runs, and the files of them that went to the bank.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{BankAccountId, CompanyId, MasterId, NetworkId, PayoutRunId},
    money::Currency,
};

use super::{own, payer_of};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{payout_files, payout_runs},
    view::{Page, View, paged},
};

/// The payouts of one payer in one currency that go to its bank together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutRun {
    /// Its id.
    pub id: PayoutRunId,
    /// The network.
    pub network: NetworkId,
    /// The payer.
    pub payer: CompanyId,
    /// Its master: itself, where it is one.
    pub master: MasterId,
    /// The currency of its payouts.
    pub currency: Currency,
    /// The payer's account.
    pub account: BankAccountId,
    /// The day on which the bank is to pay.
    pub execute_on: NaiveDate,
    /// Who made it.
    pub made_by: String,
    /// Who handed it to the bank.
    pub sent_by: Option<String>,
    /// When it went to the bank.
    pub sent_at: Option<DateTime<Utc>>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = payout_runs, treat_none_as_default_value = false, treat_none_as_null = true)]
struct RunRow {
    id: Uid,
    network_id: Uid,
    payer_id: Uid,
    master_id: Uid,
    currency: String,
    account_id: Uid,
    execute_on: NaiveDate,
    made_by: String,
    sent_by: Option<String>,
    sent_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&PayoutRun> for RunRow {
    fn from(run: &PayoutRun) -> Self {
        let PayoutRun {
            id,
            network,
            payer,
            master,
            currency,
            account,
            execute_on,
            made_by,
            sent_by,
            sent_at,
            version,
            created_at,
            updated_at,
        } = run.clone();
        Self {
            id: id.into(),
            network_id: network.into(),
            payer_id: payer.into(),
            master_id: master.into(),
            currency: currency.code().to_owned(),
            account_id: account.into(),
            execute_on,
            made_by,
            sent_by,
            sent_at: sent_at.map(At::from),
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

impl TryFrom<RunRow> for PayoutRun {
    type Error = DbError;

    fn try_from(row: RunRow) -> Result<Self, DbError> {
        let RunRow {
            id,
            network_id,
            payer_id,
            master_id,
            currency,
            account_id,
            execute_on,
            made_by,
            sent_by,
            sent_at,
            version,
            created_at,
            updated_at,
        } = row;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            payer: payer_of(payer_id, master_id),
            master: master_id.id(),
            currency: Currency::from_code(&currency).ok_or_else(|| DbError::Corrupt(format!("payout run {}: currency", id.0)))?,
            account: account_id.id(),
            execute_on,
            made_by,
            sent_by,
            sent_at: sent_at.map(|at| at.0),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new run.
///
/// # Errors
/// Those of the database.
pub fn insert_run(conn: &mut Conn, run: &PayoutRun) -> Result<(), DbError> {
    diesel::insert_into(payout_runs::table).values(RunRow::from(run)).execute(conn)?;
    Ok(())
}

/// Keeps a run that went to the bank, unless it was changed since `run.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_run(conn: &mut Conn, run: &PayoutRun) -> Result<bool, DbError> {
    let before = run.version.saturating_sub(1);
    let unchanged = payout_runs::table.find(Uid::from(run.id)).filter(payout_runs::version.eq(before));
    Ok(diesel::update(unchanged).set(RunRow::from(run)).execute(conn)? == 1)
}

/// A run that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_run(conn: &mut Conn, view: &View, id: PayoutRunId) -> Result<Option<PayoutRun>, DbError> {
    let row: Option<RunRow> = own!(payout_runs, view)
        .filter(payout_runs::id.eq(Uid::from(id)))
        .select(RunRow::as_select())
        .get_result(conn)
        .optional()?;
    row.map(PayoutRun::try_from).transpose()
}

/// A page of the runs that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_runs(conn: &mut Conn, view: &View, page: &Page) -> Result<Vec<PayoutRun>, DbError> {
    let query = own!(payout_runs, view);
    let rows: Vec<RunRow> = paged!(query, payout_runs, page).select(RunRow::as_select()).load(conn)?;
    rows.into_iter().map(PayoutRun::try_from).collect()
}

/// How what goes to a bank is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// ISO 20022 `pain.001.001.09`, for euros between accounts with an IBAN.
    Pain001,
    /// Comma-separated values, for everything else.
    Csv,
}

impl FileFormat {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pain001 => "pain_001",
            Self::Csv => "csv",
        }
    }
}

/// What went to the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutFile {
    /// The run.
    pub run: PayoutRunId,
    /// How it is written.
    pub format: FileFormat,
    /// Its bytes.
    pub body: Vec<u8>,
    /// SHA-256 of the bytes, in hexadecimal digits.
    pub content_hash: String,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = payout_files, treat_none_as_default_value = false)]
struct FileRow<'f> {
    run_id: Uid,
    format: &'f str,
    body: &'f [u8],
    content_hash: &'f str,
    recorded_at: At,
}

/// Keeps what went to the bank: once.
///
/// # Errors
/// Those of the database.
pub fn insert_file(conn: &mut Conn, file: &PayoutFile) -> Result<(), DbError> {
    let PayoutFile { run, format, body, content_hash, recorded_at } = file;
    let row = FileRow { run_id: (*run).into(), format: format.code(), body, content_hash, recorded_at: (*recorded_at).into() };
    diesel::insert_into(payout_files::table).values(row).execute(conn)?;
    Ok(())
}

/// What of a run went to the bank in a format.
///
/// # Errors
/// Those of the database.
pub fn find_file(conn: &mut Conn, run: PayoutRunId, format: FileFormat) -> Result<Option<PayoutFile>, DbError> {
    let row: Option<(Vec<u8>, String, At)> = payout_files::table
        .find((Uid::from(run), format.code()))
        .select((payout_files::body, payout_files::content_hash, payout_files::recorded_at))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(body, content_hash, recorded_at)| PayoutFile { run, format, body, content_hash, recorded_at: recorded_at.0 }))
}

/// The formats in which a run went to the bank, with the digests of their bytes.
///
/// # Errors
/// Those of the database.
pub fn files_of(conn: &mut Conn, run: PayoutRunId) -> Result<Vec<(String, String)>, DbError> {
    let files = payout_files::table.filter(payout_files::run_id.eq(Uid::from(run))).order(payout_files::format.asc());
    Ok(files.select((payout_files::format, payout_files::content_hash)).load(conn)?)
}
