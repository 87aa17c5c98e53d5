//! The schema's steps, the same on both engines, run once however many processes start together.

use std::fs::File;

use diesel::{Connection, RunQueryDsl, sql_types::Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    db::{Conn, Target},
    dialect,
    error::DbError,
    registration::matching,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// How the schema of a database stands to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// They agree.
    Current,
    /// Steps are missing: `entente migrate` runs them.
    Behind,
    /// The database has steps that this program does not know.
    Ahead,
}

/// Which way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Run the steps that are missing.
    Up,
    /// Undo every step, and with them everything that is stored.
    Down,
}

fn steps(target: &Target) -> EmbeddedMigrations {
    match target {
        Target::Sqlite(_) => SQLITE,
        Target::Postgres(_) => POSTGRES,
    }
}

fn broken(error: impl std::fmt::Display) -> DbError {
    DbError::Unavailable(error.to_string())
}

/// Brings the schema up to this program's, or down to nothing, and names the steps taken. On the way up the index of names is
/// brought up to this program's rules, too, which no step in SQL can do.
///
/// # Errors
/// [`DbError::Unavailable`] with what the database said; each step is taken whole or not at all.
pub fn migrate(target: &Target, direction: Direction) -> Result<Vec<String>, DbError> {
    // On SQLite nothing in the database can hold several steps together, so a file beside it does.
    let turn = target.path().map(|path| File::create(path.with_added_extension("migrating"))).transpose().map_err(broken)?;
    if let Some(file) = &turn {
        file.lock().map_err(broken)?;
    }
    let mut conn = target.connect(true).map_err(broken)?;
    dialect::begin_migrating(&mut conn)?;
    let taken = match direction {
        Direction::Up => conn.run_pending_migrations(steps(target)),
        Direction::Down => conn.revert_all_migrations(steps(target)),
    };
    let names = taken.map_err(broken)?.iter().map(ToString::to_string).collect();
    if direction == Direction::Up {
        matching::refresh(&mut conn)?;
    }
    dialect::end_migrating(&mut conn)?;
    Ok(names)
}

/// Compares the schema of a database with this program's.
///
/// # Errors
/// Those of the database.
pub fn schema_state(conn: &mut Conn, target: &Target) -> Result<SchemaState, DbError> {
    use diesel::migration::MigrationSource;

    let known: Vec<String> = MigrationSource::<crate::db::MultiBackend>::migrations(&steps(target))
        .map_err(broken)?
        .iter()
        .map(|step| step.name().version().to_string())
        .collect();
    #[derive(diesel::QueryableByName)]
    struct Applied {
        #[diesel(sql_type = Text)]
        version: String,
    }
    // Before the first step there is no such table; a savepoint keeps the transaction usable.
    let applied: Vec<Applied> = conn
        .transaction(|conn| diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(conn))
        .unwrap_or_default();
    let applied: Vec<String> = applied.into_iter().map(|row| row.version).collect();
    Ok(if applied.iter().any(|version| !known.contains(version)) {
        SchemaState::Ahead
    } else if known.iter().any(|version| !applied.contains(version)) {
        SchemaState::Behind
    } else {
        SchemaState::Current
    })
}
