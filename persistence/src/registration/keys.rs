//! What prospects are known by (D17): one row for each key of a registration and each product line that it claims.
//!
//! That no two protections overlap is the schema's to hold. A line of a key is protected once by a unique index, and a key is
//! protected either as a whole or by lines: each protecting row points to the one head that says which.

use diesel::{
    prelude::*,
    result::{DatabaseErrorKind, Error},
};
use domain::{
    id::{NetworkId, PartnerId, RegistrationId},
    registration::{RegistrationState, Scope},
};

use super::{
    Registration,
    scope::{is_within, lines_of},
};
use crate::{
    columns::Uid,
    db::Conn,
    error::{Constraint, DbError},
    schema::{protected_prospects, registration_keys},
};

#[derive(Insertable)]
#[diesel(table_name = registration_keys, treat_none_as_default_value = false)]
struct KeyRow {
    registration_id: Uid,
    key: String,
    line: String,
    network_id: Uid,
    partner_id: Uid,
    live: bool,
    protects: bool,
    mode: Option<&'static str>,
}

const fn mode_of(scope: &Scope) -> &'static str {
    match scope {
        Scope::Whole => "whole",
        Scope::Lines(_) => "lines",
    }
}

/// Keeps what a registration claims, in the place of what it claimed before.
pub(super) fn replace(conn: &mut Conn, registration: &Registration) -> Result<(), DbError> {
    remove(conn, registration.id)?;
    insert(conn, registration)
}

/// Keeps what a new registration claims.
pub(super) fn insert(conn: &mut Conn, registration: &Registration) -> Result<(), DbError> {
    let Registration { id, network, partner, scope, status, .. } = registration;
    let protects = status.state == RegistrationState::Accepted;
    let mode = protects.then_some(mode_of(scope));
    for key in registration.keys() {
        if let Some(mode) = mode {
            ensure_head(conn, *network, &key, mode)?;
        }
        for line in lines_of(scope) {
            let row = KeyRow {
                registration_id: (*id).into(),
                key: key.clone(),
                line: line.to_owned(),
                network_id: (*network).into(),
                partner_id: (*partner).into(),
                live: registration.is_live(),
                protects,
                mode,
            };
            diesel::insert_into(registration_keys::table).values(row).execute(conn).map_err(in_other_mode)?;
        }
    }
    Ok(())
}

/// The one foreign key that can be missing is the head's in this mode: the key is protected in the other one. SQLite does not
/// tell which foreign key it was.
fn in_other_mode(error: Error) -> DbError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => DbError::Broken(Constraint::OneProtection),
        other => other.into(),
    }
}

/// Makes the head of a protected key, unless there is one.
fn ensure_head(conn: &mut Conn, network: NetworkId, key: &str, mode: &str) -> Result<(), DbError> {
    let heads = protected_prospects::table.find((Uid::from(network), key));
    if diesel::select(diesel::dsl::exists(heads)).get_result(conn)? {
        return Ok(());
    }
    diesel::insert_into(protected_prospects::table)
        .values((
            protected_prospects::network_id.eq(Uid::from(network)),
            protected_prospects::key.eq(key),
            protected_prospects::mode.eq(mode),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes a registration's rows away, and with the last protection of a key its head.
fn remove(conn: &mut Conn, registration: RegistrationId) -> Result<(), DbError> {
    let own = registration_keys::table.filter(registration_keys::registration_id.eq(Uid::from(registration)));
    let protected: Vec<(Uid, String)> = own
        .filter(registration_keys::protects)
        .select((registration_keys::network_id, registration_keys::key))
        .distinct()
        .load(conn)?;
    diesel::delete(own).execute(conn)?;
    for (network, key) in protected {
        let others = registration_keys::table
            .filter(registration_keys::network_id.eq(network))
            .filter(registration_keys::key.eq(&key))
            .filter(registration_keys::protects);
        if !diesel::select(diesel::dsl::exists(others)).get_result::<bool>(conn)? {
            diesel::delete(protected_prospects::table.find((network, &key))).execute(conn)?;
        }
    }
    Ok(())
}

/// The partner's own live registrations for one of these keys whose scopes overlap with this one.
pub(super) fn live_of(
    conn: &mut Conn,
    network: NetworkId,
    partner: PartnerId,
    keys: &[String],
    scope: &Scope,
) -> Result<Vec<RegistrationId>, DbError> {
    let found: Vec<(Uid, String)> = registration_keys::table
        .filter(registration_keys::network_id.eq(Uid::from(network)))
        .filter(registration_keys::partner_id.eq(Uid::from(partner)))
        .filter(registration_keys::key.eq_any(keys))
        .filter(registration_keys::live)
        .select((registration_keys::registration_id, registration_keys::line))
        .load(conn)?;
    Ok(found.into_iter().filter(|(_, line)| is_within(line, scope)).map(|(id, _)| id.id()).collect())
}

/// The live registrations that claim one of these keys in a scope that overlaps with this one.
pub(super) fn claimants(conn: &mut Conn, network: NetworkId, keys: &[String], scope: &Scope) -> Result<Vec<Uid>, DbError> {
    let found: Vec<(Uid, String)> = registration_keys::table
        .filter(registration_keys::network_id.eq(Uid::from(network)))
        .filter(registration_keys::key.eq_any(keys))
        .filter(registration_keys::live)
        .select((registration_keys::registration_id, registration_keys::line))
        .load(conn)?;
    Ok(found.into_iter().filter(|(_, line)| is_within(line, scope)).map(|(id, _)| id).collect())
}

/// The registrations that hold a protection of one of these keys in a scope that overlaps with this one.
pub(super) fn holders(conn: &mut Conn, network: NetworkId, keys: &[String], scope: &Scope) -> Result<Vec<Uid>, DbError> {
    let found: Vec<(Uid, String)> = registration_keys::table
        .filter(registration_keys::network_id.eq(Uid::from(network)))
        .filter(registration_keys::key.eq_any(keys))
        .filter(registration_keys::protects)
        .select((registration_keys::registration_id, registration_keys::line))
        .load(conn)?;
    Ok(found.into_iter().filter(|(_, line)| is_within(line, scope)).map(|(id, _)| id).collect())
}

/// The registrations, live or not, that claim one of these keys in a scope that overlaps with this one.
pub(super) fn claims(conn: &mut Conn, network: NetworkId, keys: &[String], scope: &Scope) -> Result<Vec<Uid>, DbError> {
    let found: Vec<(Uid, String)> = registration_keys::table
        .filter(registration_keys::network_id.eq(Uid::from(network)))
        .filter(registration_keys::key.eq_any(keys))
        .select((registration_keys::registration_id, registration_keys::line))
        .load(conn)?;
    Ok(found.into_iter().filter(|(_, line)| is_within(line, scope)).map(|(id, _)| id).collect())
}
