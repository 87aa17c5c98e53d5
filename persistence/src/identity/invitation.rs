//! Invitations: one-time tokens with which a person sets a password. Only their digests are kept.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::{InvitationId, UserId};

use super::Digest;
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::invitations,
};

/// An invitation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it invites.
    pub user: UserId,
    /// Its token's digest.
    pub token: Digest,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// When it was used, or replaced by another.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
struct InvitationRow {
    id: Uid,
    user_id: Uid,
    token_hash: String,
    expires_at: At,
    used_at: Option<At>,
    created_at: At,
}

/// Keeps a new invitation.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, invitation: &Invitation) -> Result<(), DbError> {
    let Invitation { id, user, token: Digest(token), expires_at, used_at, created_at } = invitation;
    let row = InvitationRow {
        id: (*id).into(),
        user_id: (*user).into(),
        token_hash: token.clone(),
        expires_at: (*expires_at).into(),
        used_at: used_at.map(At::from),
        created_at: (*created_at).into(),
    };
    diesel::insert_into(invitations::table).values(&row).execute(conn)?;
    Ok(())
}

/// The invitation whose token has this digest.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, token: &Digest) -> Result<Option<Invitation>, DbError> {
    let row: Option<InvitationRow> = invitations::table
        .filter(invitations::token_hash.eq(&token.0))
        .select(InvitationRow::as_select())
        .get_result(conn)
        .optional()?;
    Ok(row.map(|row| {
        let InvitationRow { id, user_id, token_hash, expires_at, used_at, created_at } = row;
        Invitation {
            id: id.id(),
            user: user_id.id(),
            token: Digest(token_hash),
            expires_at: expires_at.0,
            used_at: used_at.map(|at| at.0),
            created_at: created_at.0,
        }
    }))
}

/// Ends every invitation of a person that was not used yet.
///
/// # Errors
/// Those of the database.
pub fn end_all(conn: &mut Conn, user: UserId, now: DateTime<Utc>) -> Result<usize, DbError> {
    let open = invitations::table.filter(invitations::user_id.eq(Uid::from(user))).filter(invitations::used_at.is_null());
    Ok(diesel::update(open).set(invitations::used_at.eq(At::from(now))).execute(conn)?)
}
