//! Closing runs: what makes all statements of a period and currency, in steps that any process can go on with.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{MasterId, NetworkId, PartnerId, StatementRunId},
    money::Currency,
    statement::Period,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{entries, statement_runs},
    view::{Page, paged},
};

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Some statements are not made yet.
    Running,
    /// All are.
    Completed,
}

impl RunState {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Running, Self::Completed].into_iter().find(|state| state.code() == code)
    }
}

/// A closing run as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: StatementRunId,
    /// Its network.
    pub network: NetworkId,
    /// Its currency.
    pub currency: Currency,
    /// Its period.
    pub period: Period,
    /// The day by which its statements are to be given.
    pub due_on: NaiveDate,
    /// The last day of the run before.
    pub after: Option<NaiveDate>,
    /// How far it is.
    pub state: RunState,
    /// How many entries are to be stated.
    pub entry_count: i64,
    /// How many are.
    pub entries_stated: i64,
    /// How many statements are closed.
    pub statements_closed: i64,
    /// Up to which partner statements were opened.
    pub opened_to: Option<PartnerId>,
    /// Up to which partner all statements are sealed.
    pub sealed_to: Option<PartnerId>,
    /// Who started it.
    pub started_by: String,
    /// For which master.
    pub master: MasterId,
    /// Its version.
    pub version: i64,
    /// When it was started.
    pub created_at: DateTime<Utc>,
    /// When it last went on.
    pub updated_at: DateTime<Utc>,
    /// When it was completed.
    pub completed_at: Option<DateTime<Utc>>,
}

impl Run {
    /// The day after which entries became payable that no run before has stated: without one before, before any period.
    pub(super) fn after_day(&self) -> NaiveDate {
        self.after.unwrap_or_else(|| NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default())
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = statement_runs, treat_none_as_default_value = false, treat_none_as_null = true)]
struct RunRow {
    id: Uid,
    network_id: Uid,
    currency: String,
    period: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    due_on: NaiveDate,
    after_day: Option<NaiveDate>,
    state: String,
    entry_count: i64,
    entries_stated: i64,
    statements_closed: i64,
    opened_to: Option<Uid>,
    sealed_to: Option<Uid>,
    started_by: String,
    master_id: Uid,
    version: i64,
    created_at: At,
    updated_at: At,
    completed_at: Option<At>,
}

impl From<&Run> for RunRow {
    fn from(run: &Run) -> Self {
        let Run {
            id,
            network,
            currency,
            period,
            due_on,
            after,
            state,
            entry_count,
            entries_stated,
            statements_closed,
            opened_to,
            sealed_to,
            started_by,
            master,
            version,
            created_at,
            updated_at,
            completed_at,
        } = run;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            currency: currency.code().to_owned(),
            period: period.to_string(),
            first_day: period.first(),
            last_day: period.last(),
            due_on: *due_on,
            after_day: *after,
            state: state.code().to_owned(),
            entry_count: *entry_count,
            entries_stated: *entries_stated,
            statements_closed: *statements_closed,
            opened_to: opened_to.map(Uid::from),
            sealed_to: sealed_to.map(Uid::from),
            started_by: started_by.clone(),
            master_id: (*master).into(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            completed_at: completed_at.map(At::from),
        }
    }
}

impl TryFrom<RunRow> for Run {
    type Error = DbError;

    fn try_from(row: RunRow) -> Result<Self, DbError> {
        let RunRow {
            id,
            network_id,
            currency,
            period,
            first_day: _,
            last_day: _,
            due_on,
            after_day,
            state,
            entry_count,
            entries_stated,
            statements_closed,
            opened_to,
            sealed_to,
            started_by,
            master_id,
            version,
            created_at,
            updated_at,
            completed_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("statement run {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            currency: currency.parse().map_err(|_| corrupt("currency"))?,
            period: period.parse().map_err(|_| corrupt("period"))?,
            due_on,
            after: after_day,
            state: RunState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            entry_count,
            entries_stated,
            statements_closed,
            opened_to: opened_to.map(Uid::id),
            sealed_to: sealed_to.map(Uid::id),
            started_by,
            master: master_id.id(),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
            completed_at: completed_at.map(|at| at.0),
        })
    }
}

/// Keeps a new run.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneStatementRun`] while another of the network and currency is running.
pub fn insert_run(conn: &mut Conn, run: &Run) -> Result<(), DbError> {
    diesel::insert_into(statement_runs::table).values(RunRow::from(run)).execute(conn)?;
    Ok(())
}

/// Keeps a run that went on, unless it went on since `run.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_run(conn: &mut Conn, run: &Run) -> Result<bool, DbError> {
    let before = run.version.saturating_sub(1);
    let unchanged = statement_runs::table.find(Uid::from(run.id)).filter(statement_runs::version.eq(before));
    Ok(diesel::update(unchanged).set(RunRow::from(run)).execute(conn)? == 1)
}

/// A run of a network.
///
/// # Errors
/// Those of the database.
pub fn find_run(conn: &mut Conn, network: NetworkId, id: StatementRunId) -> Result<Option<Run>, DbError> {
    let row: Option<RunRow> = statement_runs::table
        .filter(statement_runs::network_id.eq(Uid::from(network)))
        .filter(statement_runs::id.eq(Uid::from(id)))
        .select(RunRow::as_select())
        .get_result(conn)
        .optional()?;
    row.map(Run::try_from).transpose()
}

/// A run, whatever its network.
///
/// # Errors
/// Those of the database.
pub fn run_of(conn: &mut Conn, id: StatementRunId) -> Result<Option<Run>, DbError> {
    let row = statement_runs::table.find(Uid::from(id)).select(RunRow::as_select()).get_result(conn).optional()?;
    row.map(Run::try_from).transpose()
}

/// The run of a network and currency for the latest period.
///
/// # Errors
/// Those of the database.
pub fn last_run(conn: &mut Conn, network: NetworkId, currency: Currency) -> Result<Option<Run>, DbError> {
    let row: Option<RunRow> = statement_runs::table
        .filter(statement_runs::network_id.eq(Uid::from(network)))
        .filter(statement_runs::currency.eq(currency.code()))
        .order(statement_runs::last_day.desc())
        .select(RunRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Run::try_from).transpose()
}

/// The runs that are not completed.
///
/// # Errors
/// Those of the database.
pub fn running_runs(conn: &mut Conn) -> Result<Vec<StatementRunId>, DbError> {
    let running = statement_runs::table.filter(statement_runs::state.eq(RunState::Running.code()));
    let ids: Vec<Uid> = running.order(statement_runs::id.asc()).select(statement_runs::id).load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// A page of a network's runs.
///
/// # Errors
/// Those of the database.
pub fn page_runs(conn: &mut Conn, network: NetworkId, page: &Page) -> Result<Vec<Run>, DbError> {
    let query = statement_runs::table.filter(statement_runs::network_id.eq(Uid::from(network))).into_boxed();
    let rows: Vec<RunRow> = paged!(query, statement_runs, page).select(RunRow::as_select()).load(conn)?;
    rows.into_iter().map(Run::try_from).collect()
}

/// How many entries a run has to state.
///
/// # Errors
/// Those of the database.
pub fn count_to_state(conn: &mut Conn, run: &Run) -> Result<i64, DbError> {
    let count = entries::table
        .filter(entries::network_id.eq(Uid::from(run.network)))
        .filter(entries::currency.eq(run.currency.code()))
        .filter(entries::payable_on.gt(run.after_day()))
        .filter(entries::payable_on.le(run.period.last()))
        .count();
    Ok(count.get_result(conn)?)
}
