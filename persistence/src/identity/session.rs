//! Sessions and their refresh tokens: a session is the family of all tokens that came from one sign-in.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*};
use domain::id::{SessionId, UserId};

use super::Digest;
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{refresh_tokens, sessions},
};

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// When it was ended before that.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// A refresh token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Its digest.
    pub token: Digest,
    /// Its session.
    pub session: SessionId,
    /// The token that was exchanged for it; none for a session's first.
    pub parent: Option<Digest>,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// When it was first used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
struct SessionRow {
    id: Uid,
    user_id: Uid,
    expires_at: At,
    revoked_at: Option<At>,
    created_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
struct TokenRow {
    hash: String,
    session_id: Uid,
    parent_hash: Option<String>,
    expires_at: At,
    used_at: Option<At>,
    created_at: At,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        let SessionRow { id, user_id, expires_at, revoked_at, created_at } = row;
        Self {
            id: id.id(),
            user: user_id.id(),
            expires_at: expires_at.0,
            revoked_at: revoked_at.map(|at| at.0),
            created_at: created_at.0,
        }
    }
}

impl From<TokenRow> for RefreshToken {
    fn from(row: TokenRow) -> Self {
        let TokenRow { hash, session_id, parent_hash, expires_at, used_at, created_at } = row;
        Self {
            token: Digest(hash),
            session: session_id.id(),
            parent: parent_hash.map(Digest),
            expires_at: expires_at.0,
            used_at: used_at.map(|at| at.0),
            created_at: created_at.0,
        }
    }
}

/// Keeps a new session.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, session: &Session) -> Result<(), DbError> {
    let Session { id, user, expires_at, revoked_at, created_at } = session;
    let row = SessionRow {
        id: (*id).into(),
        user_id: (*user).into(),
        expires_at: (*expires_at).into(),
        revoked_at: revoked_at.map(At::from),
        created_at: (*created_at).into(),
    };
    diesel::insert_into(sessions::table).values(&row).execute(conn)?;
    Ok(())
}

/// A session.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, id: SessionId) -> Result<Option<Session>, DbError> {
    let row: Option<SessionRow> =
        sessions::table.find(Uid::from(id)).select(SessionRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(Session::from))
}

/// Ends a session, unless it was ended before: `false` then.
///
/// # Errors
/// Those of the database.
pub fn revoke(conn: &mut Conn, id: SessionId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let live = sessions::table.find(Uid::from(id)).filter(sessions::revoked_at.is_null());
    Ok(diesel::update(live).set(sessions::revoked_at.eq(At::from(now))).execute(conn)? == 1)
}

/// Ends every session of a person.
///
/// # Errors
/// Those of the database.
pub fn revoke_all(conn: &mut Conn, user: UserId, now: DateTime<Utc>) -> Result<usize, DbError> {
    let live = sessions::table.filter(sessions::user_id.eq(Uid::from(user))).filter(sessions::revoked_at.is_null());
    Ok(diesel::update(live).set(sessions::revoked_at.eq(At::from(now))).execute(conn)?)
}

/// Keeps a new refresh token.
///
/// # Errors
/// Those of the database.
pub fn insert_token(conn: &mut Conn, token: &RefreshToken) -> Result<(), DbError> {
    let RefreshToken { token: Digest(hash), session, parent, expires_at, used_at, created_at } = token;
    let row = TokenRow {
        hash: hash.clone(),
        session_id: (*session).into(),
        parent_hash: parent.as_ref().map(|Digest(parent)| parent.clone()),
        expires_at: (*expires_at).into(),
        used_at: used_at.map(At::from),
        created_at: (*created_at).into(),
    };
    diesel::insert_into(refresh_tokens::table).values(&row).execute(conn)?;
    Ok(())
}

/// The refresh token that has this digest.
///
/// # Errors
/// Those of the database.
pub fn find_token(conn: &mut Conn, token: &Digest) -> Result<Option<RefreshToken>, DbError> {
    let row: Option<TokenRow> = refresh_tokens::table.find(&token.0).select(TokenRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(RefreshToken::from))
}

/// Marks a refresh token as used, unless it was used before: `false` then.
///
/// # Errors
/// Those of the database.
pub fn use_token(conn: &mut Conn, token: &Digest, now: DateTime<Utc>) -> Result<bool, DbError> {
    let unused = refresh_tokens::table.find(&token.0).filter(refresh_tokens::used_at.is_null());
    Ok(diesel::update(unused).set(refresh_tokens::used_at.eq(At::from(now))).execute(conn)? == 1)
}

/// Whether a token that `parent` was exchanged for was used itself.
///
/// # Errors
/// Those of the database.
pub fn child_was_used(conn: &mut Conn, session: SessionId, parent: &Digest) -> Result<bool, DbError> {
    let used = refresh_tokens::table
        .filter(refresh_tokens::session_id.eq(Uid::from(session)))
        .filter(refresh_tokens::parent_hash.eq(&parent.0))
        .filter(refresh_tokens::used_at.is_not_null());
    Ok(diesel::select(exists(used)).get_result(conn)?)
}

/// Forgets the refresh tokens that could not be used any more before `before`, and says how many.
///
/// # Errors
/// Those of the database.
pub fn forget_tokens(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let old = refresh_tokens::table.filter(refresh_tokens::expires_at.lt(At::from(before)));
    Ok(diesel::delete(old).execute(conn)?)
}
