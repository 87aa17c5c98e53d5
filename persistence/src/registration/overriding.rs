//! Masters' overrides: who may sell inside a protection, and what was sold there (R36).

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{CompanyId, ContractId, LineId, MasterId, NetworkId, OverrideId, RegistrationId},
    registration::Scope,
};

use super::scope;
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, overrides, partners, protected_lines},
    view::{Page, View, paged},
};

/// A master's leave for one company to sell inside another's protection, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Its id.
    pub id: OverrideId,
    /// Its network.
    pub network: NetworkId,
    /// The master that gave it.
    pub master: MasterId,
    /// The registration whose protection it is about.
    pub registration: RegistrationId,
    /// The company that may sell.
    pub company: CompanyId,
    /// Why.
    pub reason: String,
    /// What it may sell.
    pub scope: Scope,
    /// The last day on which it may, where the master is.
    pub expires_on: Option<NaiveDate>,
    /// Who gave it.
    pub granted_by: String,
    /// Who took it back, and when.
    pub revoked: Option<(String, DateTime<Utc>)>,
    /// Its version.
    pub version: i64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Override {
    /// Whether it was given and not taken back, up to its last day.
    #[must_use]
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        self.revoked.is_none() && self.expires_on.is_none_or(|last| on <= last)
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = overrides, treat_none_as_default_value = false, treat_none_as_null = true)]
struct OverrideRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    registration_id: Uid,
    company_id: Uid,
    reason: String,
    product_lines: Option<String>,
    expires_on: Option<NaiveDate>,
    state: String,
    granted_by: String,
    revoked_by: Option<String>,
    revoked_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Override> for OverrideRow {
    fn from(given: &Override) -> Self {
        let Override {
            id,
            network,
            master,
            registration,
            company,
            reason,
            scope,
            expires_on,
            granted_by,
            revoked,
            version,
            created_at,
            updated_at,
        } = given;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            registration_id: (*registration).into(),
            company_id: (*company).into(),
            reason: reason.clone(),
            product_lines: scope::written(scope),
            expires_on: *expires_on,
            state: if revoked.is_some() { "revoked" } else { "active" }.to_owned(),
            granted_by: granted_by.clone(),
            revoked_by: revoked.as_ref().map(|(by, _)| by.clone()),
            revoked_at: revoked.as_ref().map(|(_, at)| (*at).into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl OverrideRow {
    fn read(self, kind: &str) -> Result<Override, DbError> {
        let Self {
            id,
            network_id,
            master_id,
            registration_id,
            company_id,
            reason,
            product_lines,
            expires_on,
            state: _,
            granted_by,
            revoked_by,
            revoked_at,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Override {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            registration: registration_id.id(),
            company: company_of(kind, company_id)?,
            reason,
            scope: scope::read(product_lines.as_deref()),
            expires_on,
            granted_by,
            revoked: revoked_by.zip(revoked_at.map(|at| at.0)),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new override.
///
/// # Errors
/// Those of the database.
pub fn insert_override(conn: &mut Conn, given: &Override) -> Result<(), DbError> {
    diesel::insert_into(overrides::table).values(OverrideRow::from(given)).execute(conn)?;
    Ok(())
}

/// Keeps a changed override, unless it was changed since `given.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_override(conn: &mut Conn, given: &Override) -> Result<bool, DbError> {
    let before = given.version.saturating_sub(1);
    let unchanged = overrides::table.find(Uid::from(given.id)).filter(overrides::version.eq(before));
    Ok(diesel::update(unchanged).set(OverrideRow::from(given)).execute(conn)? == 1)
}

/// An override that `view` may see: its master's.
///
/// # Errors
/// Those of the database.
pub fn find_override(conn: &mut Conn, view: &View, id: OverrideId) -> Result<Option<Override>, DbError> {
    let CompanyId::Master(master) = view.company else { return Ok(None) };
    let found: Option<(OverrideRow, String)> = overrides::table
        .inner_join(companies::table.on(companies::id.eq(overrides::company_id)))
        .filter(overrides::id.eq(Uid::from(id)))
        .filter(overrides::master_id.eq(Uid::from(master)))
        .select((OverrideRow::as_select(), companies::kind))
        .get_result(conn)
        .optional()?;
    found.map(|(row, kind)| row.read(&kind)).transpose()
}

/// A page of the overrides of a registration, for its master.
///
/// # Errors
/// Those of the database.
pub fn page_overrides(conn: &mut Conn, view: &View, registration: RegistrationId, page: &Page) -> Result<Vec<Override>, DbError> {
    let CompanyId::Master(master) = view.company else { return Ok(Vec::new()) };
    let query = overrides::table
        .inner_join(companies::table.on(companies::id.eq(overrides::company_id)))
        .filter(overrides::registration_id.eq(Uid::from(registration)))
        .filter(overrides::master_id.eq(Uid::from(master)))
        .into_boxed();
    let rows: Vec<(OverrideRow, String)> =
        paged!(query, overrides, page).select((OverrideRow::as_select(), companies::kind)).load(conn)?;
    rows.into_iter().map(|(row, kind)| row.read(&kind)).collect()
}

/// The overrides of these registrations that were not taken back, whoever may see them, each with the master that contracts for
/// the company that may sell, where that contracts nobody itself: the one that it is, or that supervises it.
///
/// # Errors
/// Those of the database.
pub fn overrides_of(conn: &mut Conn, registrations: &[RegistrationId]) -> Result<Vec<(Override, MasterId)>, DbError> {
    let ids: Vec<Uid> = registrations.iter().copied().map(Uid::from).collect();
    let rows: Vec<(OverrideRow, String, Option<Uid>)> = overrides::table
        .inner_join(companies::table.on(companies::id.eq(overrides::company_id)))
        .left_join(partners::table.on(partners::id.eq(overrides::company_id)))
        .filter(overrides::registration_id.eq_any(ids))
        .filter(overrides::state.eq("active"))
        .order(overrides::id)
        .select((OverrideRow::as_select(), companies::kind, partners::master_id.nullable()))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, kind, supervisor)| {
            let master = supervisor.unwrap_or(row.company_id);
            Ok((row.read(&kind)?, master.id()))
        })
        .collect()
}

/// Whether a company is one of a network.
///
/// # Errors
/// Those of the database.
pub fn is_of_network(conn: &mut Conn, network: NetworkId, company: CompanyId) -> Result<bool, DbError> {
    let kind = if company.master().is_some() { "master" } else { "partner" };
    let found = companies::table
        .filter(companies::id.eq(Uid::from(company)))
        .filter(companies::network_id.eq(Uid::from(network)))
        .filter(companies::kind.eq(kind));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

/// A line of a contract that was sold inside another's protection, frozen when it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtectedLine {
    /// The contract.
    pub contract: ContractId,
    /// The line.
    pub line: LineId,
    /// The registration that protected.
    pub registration: RegistrationId,
    /// By which override it could be sold.
    pub by_override: OverrideId,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// Keeps that a line was sold inside a protection.
///
/// # Errors
/// Those of the database.
pub fn insert_protected_line(conn: &mut Conn, sold: &ProtectedLine) -> Result<(), DbError> {
    let ProtectedLine { contract, line, registration, by_override, recorded_at } = *sold;
    diesel::insert_into(protected_lines::table)
        .values((
            protected_lines::contract_id.eq(Uid::from(contract)),
            protected_lines::line_id.eq(Uid::from(line)),
            protected_lines::registration_id.eq(Uid::from(registration)),
            protected_lines::override_id.eq(Uid::from(by_override)),
            protected_lines::recorded_at.eq(At::from(recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The lines of a contract that were sold inside another's protection.
///
/// # Errors
/// Those of the database.
pub fn protected_lines_of(conn: &mut Conn, contract: ContractId) -> Result<BTreeSet<LineId>, DbError> {
    let lines: Vec<Uid> = protected_lines::table
        .filter(protected_lines::contract_id.eq(Uid::from(contract)))
        .select(protected_lines::line_id)
        .load(conn)?;
    Ok(lines.into_iter().map(Uid::id).collect())
}
