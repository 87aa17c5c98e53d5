//! People and integrations: who calls, and for which company.

pub mod integration;
pub mod invitation;
pub mod session;
pub mod user;

use diesel::prelude::*;
use domain::id::{CompanyId, IntegrationId, MasterId, NetworkId, SessionId, UserId};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{companies, integrations, masters, networks, sessions, users},
};

/// The digest of a secret, or of a password with its salt: all that is kept of either. It is never shown, not even here.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(pub String);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// Somebody or something that calls, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The network.
    pub network: NetworkId,
    /// The company it acts for.
    pub company: CompanyId,
    /// A person's role, or an integration's scopes.
    pub rights: Rights,
}

/// What a caller may do, as text; the API gives it its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// A person's role.
    Role(String),
    /// An integration's scopes, separated by spaces.
    Scopes(String),
}

pub(crate) fn company_of(kind: &str, id: Uid) -> Result<CompanyId, DbError> {
    match kind {
        "master" => Ok(CompanyId::Master(id.id())),
        "partner" => Ok(CompanyId::Partner(id.id())),
        other => Err(DbError::Corrupt(format!("company kind {other}"))),
    }
}

/// The person of a live session, unless the person was disabled or the session ended.
///
/// # Errors
/// Those of the database.
pub fn find_person(
    conn: &mut Conn,
    user: UserId,
    session: SessionId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Option<Principal>, DbError> {
    let row: Option<(Uid, Uid, String, String)> = users::table
        .inner_join(companies::table.on(companies::id.eq(users::company_id)))
        .inner_join(sessions::table.on(sessions::user_id.eq(users::id)))
        .filter(users::id.eq(Uid::from(user)))
        .filter(users::state.eq("active"))
        .filter(sessions::id.eq(Uid::from(session)))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(At::from(now)))
        .select((users::network_id, users::company_id, companies::kind, users::role))
        .get_result(conn)
        .optional()?;
    let Some((network, company, kind, role)) = row else { return Ok(None) };
    Ok(Some(Principal { network: network.id(), company: company_of(&kind, company)?, rights: Rights::Role(role) }))
}

/// An integration, unless it was revoked.
///
/// # Errors
/// Those of the database.
pub fn find_integration(conn: &mut Conn, integration: IntegrationId) -> Result<Option<Principal>, DbError> {
    let row: Option<(Uid, Uid, String, String)> = integrations::table
        .inner_join(companies::table.on(companies::id.eq(integrations::company_id)))
        .filter(integrations::id.eq(Uid::from(integration)))
        .filter(integrations::state.eq("active"))
        .select((integrations::network_id, integrations::company_id, companies::kind, integrations::scopes))
        .get_result(conn)
        .optional()?;
    let Some((network, company, kind, scopes)) = row else { return Ok(None) };
    Ok(Some(Principal { network: network.id(), company: company_of(&kind, company)?, rights: Rights::Scopes(scopes) }))
}

/// The code of a network.
///
/// # Errors
/// Those of the database.
pub fn network_code(conn: &mut Conn, network: NetworkId) -> Result<String, DbError> {
    Ok(networks::table.find(Uid::from(network)).select(networks::code).get_result(conn)?)
}

/// The network of a company.
///
/// # Errors
/// Those of the database.
pub fn network_of(conn: &mut Conn, company: CompanyId) -> Result<Option<NetworkId>, DbError> {
    let found: Option<Uid> =
        companies::table.find(Uid::from(company)).select(companies::network_id).get_result(conn).optional()?;
    Ok(found.map(Uid::id))
}

/// A master by the codes of its network and its own.
///
/// # Errors
/// Those of the database.
pub fn find_master(conn: &mut Conn, network: &str, master: &str) -> Result<Option<MasterId>, DbError> {
    let found: Option<Uid> = masters::table
        .inner_join(networks::table.on(networks::id.eq(masters::network_id)))
        .filter(networks::code.eq(network))
        .filter(masters::code.eq(master))
        .select(masters::id)
        .get_result(conn)
        .optional()?;
    Ok(found.map(Uid::id))
}
