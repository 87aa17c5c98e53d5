//! The statements that need the concrete connection, because `MultiConnection` cannot carry them.
//!
//! A test counts them. If you are here to add one: first look for a form that both engines share.

use chrono::{DateTime, Utc};
use diesel::{
    connection::{AnsiTransactionManager, SimpleConnection},
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Timestamptz},
};
use domain::id::EntryId;
use sha2::{Digest, Sha256};

use crate::{
    columns::{Uid, micros},
    conn::Conn,
    error::DbError,
    schema::{prospect_name_keys, statement_lines},
};

/// Runs one expression with the concrete connection of either engine.
macro_rules! on_each {
    ($conn:expr, postgres($p:ident) => $postgres:expr, sqlite($s:ident) => $sqlite:expr) => {
        match $conn {
            Conn::Postgres($p) => $postgres,
            Conn::Sqlite($s) => $sqlite,
        }
    };
}

/// How a transaction that writes goes with the others of its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// Beside others: where two meet, one of them begins anew.
    Beside,
    /// While no other writes, so that it meets none.
    Alone,
}

/// Begins a transaction that writes: serializable on PostgreSQL, with the write lock taken at once on SQLite, where every writer is
/// alone.
///
/// On PostgreSQL each holds a lock on a table from its first statement on, those beside others one that they share. Locking a table
/// takes no snapshot: whoever waited to be alone sees everything that it waited for.
pub(crate) fn begin_write(conn: &mut Conn, writing: Writing) -> QueryResult<()> {
    on_each!(conn,
        postgres(p) => {
            let begin = match writing {
                Writing::Beside => "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE networks IN ROW SHARE MODE",
                Writing::Alone => "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE networks IN EXCLUSIVE MODE",
            };
            let begun = AnsiTransactionManager::begin_transaction_sql(p, begin);
            if begun.is_err() {
                // What began before the lock was refused is a transaction that nobody else knows of.
                let _unknown = p.batch_execute("ROLLBACK");
            }
            begun
        },
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

#[diesel::declare_sql_function]
extern "SQL" {
    /// SHA-256 of a text's bytes in UTF-8, in hexadecimal digits. On PostgreSQL the schema has it.
    fn sha256_hex(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// SHA-256 of a text, in hexadecimal digits.
fn digest(text: String) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sets up a new connection.
pub(crate) fn prepare(conn: &mut Conn, writes: bool) -> QueryResult<()> {
    on_each!(conn,
    postgres(p) => p.batch_execute(
        "SET TIME ZONE 'UTC'; SET statement_timeout = '15s'; SET lock_timeout = '10s'; \
         SET idle_in_transaction_session_timeout = '15s'; SET max_parallel_workers_per_gather = 0; \
         SET application_name = 'entente'"),
    sqlite(s) => {
        s.batch_execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768; \
             PRAGMA temp_store = MEMORY; \
             PRAGMA mmap_size = 268435456")?;
        sha256_hex_utils::register_impl(s, digest)?;
        if writes { Ok(()) } else { s.batch_execute("PRAGMA query_only = ON") }
    })
}

/// Keeps the keys of a name: one statement where each costs a journey to the server.
pub(crate) fn insert_name_keys(conn: &mut Conn, keys: &[i64], protects: bool, number: i64) -> QueryResult<()> {
    let row = |key: &i64| NameKeyRow { key: *key, protects, number };
    on_each!(conn,
    postgres(p) => {
        let rows: Vec<NameKeyRow> = keys.iter().map(row).collect();
        diesel::insert_into(prospect_name_keys::table).values(rows).execute(p).map(drop)
    },
    sqlite(s) => {
        for key in keys {
            diesel::insert_into(prospect_name_keys::table).values(row(key)).execute(s)?;
        }
        Ok(())
    })
}

#[derive(Insertable)]
#[diesel(table_name = prospect_name_keys, treat_none_as_default_value = false)]
struct NameKeyRow {
    key: i64,
    protects: bool,
    number: i64,
}

/// How many lines one statement of SQLite takes: it binds four values for each, and 32,766 at most.
const LINES_AT_ONCE: usize = 1_000;

/// Puts lines on a statement, each as position, entry and amount: many at once, since one by one each would cost PostgreSQL a journey
/// to the server, and SQLite a copy of the pages that it changes, to which it could return.
pub(crate) fn insert_statement_lines(conn: &mut Conn, statement: Uid, lines: &[(i32, EntryId, i64)]) -> QueryResult<()> {
    let row = |&(position, entry, amount_minor): &(i32, EntryId, i64)| StatementLineRow {
        statement_id: statement,
        position,
        entry_id: entry.into(),
        amount_minor,
    };
    on_each!(conn,
    postgres(p) => {
        let rows: Vec<_> = lines.iter().map(row).collect();
        diesel::copy_from(statement_lines::table).from_insertable(rows).execute(p).map(drop)
    },
    sqlite(s) => {
        for some in lines.chunks(LINES_AT_ONCE) {
            diesel::insert_into(statement_lines::table).values(some.iter().map(row).collect::<Vec<_>>()).execute(s)?;
        }
        Ok(())
    })
}

#[derive(Insertable)]
#[diesel(table_name = statement_lines, treat_none_as_default_value = false)]
struct StatementLineRow {
    statement_id: Uid,
    position: i32,
    entry_id: Uid,
    amount_minor: i64,
}

/// The names under each of these keys, as key and number: of one key at most `limit`, those that protect first.
pub(crate) fn numbers_by_name_keys(conn: &mut Conn, keys: &[i64], limit: i64) -> QueryResult<Vec<(i64, i64)>> {
    use prospect_name_keys::{key, number, protects, table};

    on_each!(conn,
    postgres(p) => NumbersByNameKeys { keys: keys.to_vec(), limit }.load(p),
    sqlite(s) => {
        let mut found = Vec::new();
        for one in keys {
            let of_key = table.filter(key.eq(one)).order((protects.desc(), number.desc())).limit(limit);
            found.extend(of_key.select((key, number)).load::<(i64, i64)>(s)?);
        }
        Ok(found)
    })
}

/// A statement of its own, so that it is prepared once and not on each run.
struct NumbersByNameKeys {
    keys: Vec<i64>,
    limit: i64,
}

impl QueryId for NumbersByNameKeys {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for NumbersByNameKeys {
    type SqlType = (BigInt, BigInt);
}

impl RunQueryDsl<PgConnection> for NumbersByNameKeys {}

impl QueryFragment<Pg> for NumbersByNameKeys {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT sought.key, k.number FROM unnest(");
        out.push_bind_param::<Array<BigInt>, _>(&self.keys)?;
        out.push_sql(
            ") AS sought (key) CROSS JOIN LATERAL (SELECT number FROM prospect_name_keys WHERE prospect_name_keys.key = sought.key \
             ORDER BY protects DESC, number DESC LIMIT ",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(") k");
        Ok(())
    }
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
