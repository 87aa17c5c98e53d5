//! The documents of statements: JSON in parts, sealed by the digest of its bytes, and other forms made from it once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::StatementId;

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{statement_documents, statement_parts, statement_seals},
};

/// A form that is made from the sealed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// A table of the lines.
    Csv,
    /// For people.
    Pdf,
}

impl DocumentFormat {
    /// The stable code, which is the ending of a file's name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Pdf => "pdf",
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = statement_parts, treat_none_as_default_value = false)]
struct PartRow<'p> {
    statement_id: Uid,
    number: i32,
    body: &'p str,
}

#[derive(Insertable)]
#[diesel(table_name = statement_seals, treat_none_as_default_value = false)]
struct SealRow<'s> {
    statement_id: Uid,
    part_count: i32,
    content_hash: &'s str,
    sealed_at: At,
}

#[derive(Insertable)]
#[diesel(table_name = statement_documents, treat_none_as_default_value = false)]
struct DocumentRow<'d> {
    statement_id: Uid,
    format: &'d str,
    body: &'d [u8],
    recorded_at: At,
}

/// Appends a part of a statement's document.
///
/// # Errors
/// Those of the database, which refuses a part of a sealed statement.
pub fn append_part(conn: &mut Conn, statement: StatementId, number: i32, body: &str) -> Result<(), DbError> {
    let row = PartRow { statement_id: statement.into(), number, body };
    diesel::insert_into(statement_parts::table).values(&row).execute(conn)?;
    Ok(())
}

/// How many parts a statement's document has so far.
///
/// # Errors
/// Those of the database.
pub fn part_count(conn: &mut Conn, statement: StatementId) -> Result<i32, DbError> {
    let of_statement = statement_parts::table.filter(statement_parts::statement_id.eq(Uid::from(statement)));
    let count: i64 = of_statement.count().get_result(conn)?;
    i32::try_from(count).map_err(|_| DbError::Corrupt(format!("{statement}: {count} parts")))
}

/// A part of a statement's document.
///
/// # Errors
/// Those of the database.
pub fn part(conn: &mut Conn, statement: StatementId, number: i32) -> Result<Option<String>, DbError> {
    let found = statement_parts::table.find((Uid::from(statement), number)).select(statement_parts::body);
    Ok(found.get_result(conn).optional()?)
}

/// Seals a statement: from now on it is seen, and nothing of it changes.
///
/// # Errors
/// Those of the database, which refuses a statement whose lines, payments or parts are not those it says.
pub fn seal(
    conn: &mut Conn,
    statement: StatementId,
    part_count: i32,
    content_hash: &str,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let row = SealRow { statement_id: statement.into(), part_count, content_hash, sealed_at: at.into() };
    diesel::insert_into(statement_seals::table).values(&row).execute(conn)?;
    Ok(())
}

/// A form of a sealed statement, if it was made.
///
/// # Errors
/// Those of the database.
pub fn find_document(conn: &mut Conn, statement: StatementId, format: DocumentFormat) -> Result<Option<Vec<u8>>, DbError> {
    let found = statement_documents::table.find((Uid::from(statement), format.code())).select(statement_documents::body);
    Ok(found.get_result(conn).optional()?)
}

/// Keeps a form of a sealed statement.
///
/// # Errors
/// Those of the database, which refuses a second one.
pub fn keep_document(
    conn: &mut Conn,
    statement: StatementId,
    format: DocumentFormat,
    body: &[u8],
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let row = DocumentRow { statement_id: statement.into(), format: format.code(), body, recorded_at: at.into() };
    diesel::insert_into(statement_documents::table).values(&row).execute(conn)?;
    Ok(())
}
