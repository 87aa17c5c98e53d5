//! Integrations: ways into the system for other systems, and their secrets' digests.

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*};
use domain::id::{CompanyId, IntegrationId, NetworkId, SecretId};

use super::{Digest, company_of};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{companies, integration_secrets, integrations},
    view::{Page, View, paged},
};

/// An integration as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id, which is its client id too.
    pub id: IntegrationId,
    /// Its network.
    pub network: NetworkId,
    /// The company it acts for.
    pub company: CompanyId,
    /// Its name.
    pub name: String,
    /// Its scopes, separated by spaces; the API gives them their meaning.
    pub scopes: String,
    /// Whether it may no longer come in.
    pub revoked: bool,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A secret of an integration as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its id.
    pub id: SecretId,
    /// Whose it is.
    pub integration: IntegrationId,
    /// Its digest.
    pub digest: Digest,
    /// Until when it can be used, once another replaces it.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = integrations, treat_none_as_default_value = false)]
struct IntegrationRow {
    id: Uid,
    network_id: Uid,
    company_id: Uid,
    name: String,
    scopes: String,
    state: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = integration_secrets, treat_none_as_default_value = false)]
struct SecretRow {
    id: Uid,
    integration_id: Uid,
    hash: String,
    expires_at: Option<At>,
    created_at: At,
}

const ACTIVE: &str = "active";
const REVOKED: &str = "revoked";

impl From<&Integration> for IntegrationRow {
    fn from(integration: &Integration) -> Self {
        let Integration { id, network, company, name, scopes, revoked, version, created_at, updated_at } = integration;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            company_id: (*company).into(),
            name: name.clone(),
            scopes: scopes.clone(),
            state: if *revoked { REVOKED } else { ACTIVE }.to_owned(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<(IntegrationRow, String)> for Integration {
    type Error = DbError;

    fn try_from((row, company_kind): (IntegrationRow, String)) -> Result<Self, DbError> {
        let IntegrationRow { id, network_id, company_id, name, scopes, state, version, created_at, updated_at } = row;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            company: company_of(&company_kind, company_id)?,
            name,
            scopes,
            revoked: state == REVOKED,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new integration.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, integration: &Integration) -> Result<(), DbError> {
    diesel::insert_into(integrations::table).values(IntegrationRow::from(integration)).execute(conn)?;
    Ok(())
}

/// Keeps a changed integration, unless it was changed since `integration.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, integration: &Integration) -> Result<bool, DbError> {
    let before = integration.version.saturating_sub(1);
    let unchanged = integrations::table.find(Uid::from(integration.id)).filter(integrations::version.eq(before));
    Ok(diesel::update(unchanged).set(IntegrationRow::from(integration)).execute(conn)? == 1)
}

macro_rules! found {
    ($conn:expr, $filter:expr) => {{
        let row: Option<(IntegrationRow, String)> = integrations::table
            .inner_join(companies::table.on(companies::id.eq(integrations::company_id)))
            .filter($filter)
            .select((IntegrationRow::as_select(), companies::kind))
            .get_result($conn)
            .optional()?;
        row.map(Integration::try_from).transpose()
    }};
}

/// An integration of the company that looks.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: IntegrationId) -> Result<Option<Integration>, DbError> {
    found!(conn, integrations::id.eq(Uid::from(id)).and(integrations::company_id.eq(Uid::from(view.company))))
}

/// An integration of any company that may come in now with a secret of this digest.
///
/// # Errors
/// Those of the database.
pub fn find_by_secret(
    conn: &mut Conn,
    id: IntegrationId,
    secret: &Digest,
    now: DateTime<Utc>,
) -> Result<Option<Integration>, DbError> {
    let live = integration_secrets::table
        .filter(integration_secrets::integration_id.eq(integrations::id))
        .filter(integration_secrets::hash.eq(&secret.0))
        .filter(integration_secrets::expires_at.is_null().or(integration_secrets::expires_at.gt(At::from(now))));
    found!(conn, integrations::id.eq(Uid::from(id)).and(integrations::state.eq(ACTIVE)).and(exists(live)))
}

/// A page of the integrations of the company that looks.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, page: &Page) -> Result<Vec<Integration>, DbError> {
    let query = integrations::table
        .inner_join(companies::table.on(companies::id.eq(integrations::company_id)))
        .filter(integrations::company_id.eq(Uid::from(view.company)))
        .into_boxed();
    let rows: Vec<(IntegrationRow, String)> =
        paged!(query, integrations, page).select((IntegrationRow::as_select(), companies::kind)).load(conn)?;
    rows.into_iter().map(Integration::try_from).collect()
}

/// Keeps a new secret.
///
/// # Errors
/// Those of the database.
pub fn insert_secret(conn: &mut Conn, secret: &Secret) -> Result<(), DbError> {
    let Secret { id, integration, digest: Digest(digest), expires_at, created_at } = secret;
    let row = SecretRow {
        id: (*id).into(),
        integration_id: (*integration).into(),
        hash: digest.clone(),
        expires_at: expires_at.map(At::from),
        created_at: (*created_at).into(),
    };
    diesel::insert_into(integration_secrets::table).values(&row).execute(conn)?;
    Ok(())
}

/// The secrets of an integration that can be used at `now`, oldest first.
///
/// # Errors
/// Those of the database.
pub fn live_secrets(conn: &mut Conn, id: IntegrationId, now: DateTime<Utc>) -> Result<Vec<Secret>, DbError> {
    let rows: Vec<SecretRow> = integration_secrets::table
        .filter(integration_secrets::integration_id.eq(Uid::from(id)))
        .filter(integration_secrets::expires_at.is_null().or(integration_secrets::expires_at.gt(At::from(now))))
        .order(integration_secrets::id.asc())
        .select(SecretRow::as_select())
        .load(conn)?;
    let secrets = rows.into_iter().map(|row| {
        let SecretRow { id, integration_id, hash, expires_at, created_at } = row;
        Secret {
            id: id.id(),
            integration: integration_id.id(),
            digest: Digest(hash),
            expires_at: expires_at.map(|at| at.0),
            created_at: created_at.0,
        }
    });
    Ok(secrets.collect())
}

/// Ends the secrets of an integration at `end`, but for those that end before it anyway.
///
/// # Errors
/// Those of the database.
pub fn end_secrets(conn: &mut Conn, id: IntegrationId, end: DateTime<Utc>) -> Result<usize, DbError> {
    let longer = integration_secrets::table
        .filter(integration_secrets::integration_id.eq(Uid::from(id)))
        .filter(integration_secrets::expires_at.is_null().or(integration_secrets::expires_at.gt(At::from(end))));
    Ok(diesel::update(longer).set(integration_secrets::expires_at.eq(At::from(end))).execute(conn)?)
}
