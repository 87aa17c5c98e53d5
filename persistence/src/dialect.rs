//! The statements that need the concrete connection, because `MultiConnection` cannot carry them.
//!
//! A test counts them. If you are here to add one: first look for a form that both engines share.

use chrono::{DateTime, Utc};
use diesel::{
    connection::{AnsiTransactionManager, SimpleConnection},
    prelude::*,
    sql_types::{BigInt, Bool, Timestamptz},
};

use crate::{columns::micros, conn::Conn, error::DbError};

/// Runs one expression with the concrete connection of either engine.
macro_rules! on_each {
    ($conn:expr, postgres($p:ident) => $postgres:expr, sqlite($s:ident) => $sqlite:expr) => {
        match $conn {
            Conn::Postgres($p) => $postgres,
            Conn::Sqlite($s) => $sqlite,
        }
    };
}

/// Begins a transaction that writes: serializable on PostgreSQL, with the write lock taken at once on SQLite.
pub(crate) fn begin_write(conn: &mut Conn) -> QueryResult<()> {
    on_each!(conn,
        postgres(p) => AnsiTransactionManager::begin_transaction_sql(p, "BEGIN ISOLATION LEVEL SERIALIZABLE"),
        sqlite(s) => AnsiTransactionManager::begin_transaction_sql(s, "BEGIN IMMEDIATE"))
}

/// Begins a transaction that reads one snapshot.
pub(crate) fn begin_read(conn: &mut Conn) -> QueryResult<()> {
    on_each!(conn,
        postgres(p) => AnsiTransactionManager::begin_transaction_sql(p, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        sqlite(s) => AnsiTransactionManager::begin_transaction_sql(s, "BEGIN"))
}

/// The time: the database's own where several processes share one server, the host's where the database is a local file.
pub(crate) fn clock(conn: &mut Conn) -> QueryResult<DateTime<Utc>> {
    let now = on_each!(conn,
        postgres(p) => diesel::select(diesel::dsl::sql::<Timestamptz>("clock_timestamp()")).get_result(p)?,
        sqlite(_s) => DateTime::from(std::time::SystemTime::now()));
    Ok(micros(now))
}

/// Whether `key` is this transaction's alone until it ends. On SQLite there is one writer, so it always is.
///
/// # Errors
/// Those of the database.
pub fn try_claim(conn: &mut Conn, key: i64) -> Result<bool, DbError> {
    Ok(on_each!(conn,
        postgres(p) => diesel::select(diesel::dsl::sql::<Bool>("pg_try_advisory_xact_lock(").bind::<BigInt, _>(key).sql(")")).get_result(p)?,
        sqlite(_s) => true))
}

/// The first transaction whose events may still be missing: the feed stops before it.
///
/// # Errors
/// Those of the database.
pub fn feed_horizon(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(on_each!(conn,
        postgres(p) => diesel::select(diesel::dsl::sql::<BigInt>("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")).get_result(p)?,
        sqlite(_s) => i64::MAX))
}

/// Sets up a new connection.
pub(crate) fn prepare(conn: &mut Conn, writes: bool) -> QueryResult<()> {
    on_each!(conn,
    postgres(p) => p.batch_execute(
        "SET TIME ZONE 'UTC'; SET statement_timeout = '15s'; SET lock_timeout = '10s'; \
         SET idle_in_transaction_session_timeout = '15s'; SET application_name = 'entente'"),
    sqlite(s) => {
        s.batch_execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768; \
             PRAGMA mmap_size = 268435456")?;
        if writes { Ok(()) } else { s.batch_execute("PRAGMA query_only = ON") }
    })
}

/// Begins migrating: one process at a time on PostgreSQL, and with foreign keys off on SQLite, where rebuilding a table
/// would otherwise delete the rows that point to it.
pub(crate) fn begin_migrating(conn: &mut Conn) -> QueryResult<()> {
    on_each!(conn,
        postgres(p) => p.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(7305809155)"),
        sqlite(s) => s.batch_execute("PRAGMA foreign_keys = OFF"))
}

/// Ends migrating.
pub(crate) fn end_migrating(conn: &mut Conn) -> QueryResult<()> {
    on_each!(conn,
        postgres(p) => p.batch_execute("SELECT pg_advisory_unlock(7305809155)"),
        sqlite(s) => s.batch_execute("PRAGMA foreign_keys = ON"))
}
