//! The answers kept for requests that may come again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{columns::At, db::Conn, error::DbError, schema::idempotency_keys};

/// The answer of a request that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// A digest of what was asked.
    pub request_hash: String,
    /// The HTTP status.
    pub status: i32,
    /// The resource's entity tag.
    pub etag: Option<String>,
    /// Where the resource is.
    pub location: Option<String>,
    /// The body.
    pub answer: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
struct Row {
    principal: String,
    key: String,
    request_hash: String,
    status: i32,
    etag: Option<String>,
    location: Option<String>,
    answer: String,
    created_at: At,
}

/// The answer kept for `principal`'s `key`.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, principal: &str, key: &str) -> Result<Option<KeptAnswer>, DbError> {
    let row: Option<Row> = idempotency_keys::table.find((principal, key)).select(Row::as_select()).get_result(conn).optional()?;
    Ok(row.map(|row| {
        let Row { principal: _, key: _, request_hash, status, etag, location, answer, created_at: _ } = row;
        KeptAnswer { request_hash, status, etag, location, answer }
    }))
}

/// Keeps an answer.
///
/// # Errors
/// Those of the database.
pub fn keep(conn: &mut Conn, principal: &str, key: &str, kept: KeptAnswer, now: DateTime<Utc>) -> Result<(), DbError> {
    let KeptAnswer { request_hash, status, etag, location, answer } = kept;
    let row = Row {
        principal: principal.to_owned(),
        key: key.to_owned(),
        request_hash,
        status,
        etag,
        location,
        answer,
        created_at: now.into(),
    };
    diesel::insert_into(idempotency_keys::table).values(&row).execute(conn)?;
    Ok(())
}

/// Forgets the answers kept before `before`, and says how many.
///
/// # Errors
/// Those of the database.
pub fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(At::from(before)));
    Ok(diesel::delete(old).execute(conn)?)
}
