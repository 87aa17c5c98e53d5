//! Protections that went from one partner to another by a master's decision, and registrations wherever they stand.

use diesel::prelude::*;
use domain::{
    id::{NetworkId, RegistrationId},
    registration::{RegistrationState, Scope},
};

use super::{Registration, keys, row::RegistrationRow};
use crate::{columns::Uid, db::Conn, error::DbError, schema::registrations};

/// These registrations, whoever may see them.
///
/// # Errors
/// Those of the database.
pub fn by_ids(conn: &mut Conn, ids: &[RegistrationId]) -> Result<Vec<Registration>, DbError> {
    let ids: Vec<Uid> = ids.iter().copied().map(Uid::from).collect();
    let rows: Vec<RegistrationRow> =
        registrations::table.filter(registrations::id.eq_any(ids)).select(RegistrationRow::as_select()).load(conn)?;
    rows.into_iter().map(Registration::try_from).collect()
}

/// The registration that won the prospect of one of these keys last, in an overlapping scope, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn last_won_for(conn: &mut Conn, network: NetworkId, of: &[String], scope: &Scope) -> Result<Option<Registration>, DbError> {
    let claims = keys::claims(conn, network, of, scope)?;
    let row: Option<RegistrationRow> = registrations::table
        .filter(registrations::id.eq_any(claims))
        .filter(registrations::state.eq(RegistrationState::Won.code()))
        .order((registrations::ended_at.desc(), registrations::id.desc()))
        .select(RegistrationRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Registration::try_from).transpose()
}

/// Notes where the protection of a registration came from.
///
/// # Errors
/// Those of the database, which refuses to take two protections from one.
pub fn note_taken_from(conn: &mut Conn, registration: RegistrationId, from: RegistrationId) -> Result<(), DbError> {
    diesel::update(registrations::table.find(Uid::from(registration)))
        .set(registrations::taken_from_id.eq(Some(Uid::from(from))))
        .execute(conn)?;
    Ok(())
}

/// Where the protections of registrations came from and where they went: each pair of which one is among `ids`, as the one that
/// it went to and the one that it came from.
///
/// # Errors
/// Those of the database.
pub fn passings(conn: &mut Conn, ids: &[RegistrationId]) -> Result<Vec<(RegistrationId, RegistrationId)>, DbError> {
    let ids: Vec<Option<Uid>> = ids.iter().copied().map(Uid::from).map(Some).collect();
    let rows: Vec<(Uid, Option<Uid>)> = registrations::table
        .filter(registrations::taken_from_id.is_not_null())
        .filter(registrations::id.nullable().eq_any(ids.clone()).or(registrations::taken_from_id.eq_any(ids)))
        .select((registrations::id, registrations::taken_from_id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(to, from)| from.map(|from| (to.id(), from.id()))).collect())
}
