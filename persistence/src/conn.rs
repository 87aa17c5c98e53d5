//! The connection to either engine, and what diesel derives from it.

#![allow(missing_docs, reason = "diesel's derive writes items without docs")]

use diesel::{PgConnection, SqliteConnection};

/// A connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}
