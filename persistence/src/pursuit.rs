//! Masters' own pursuits of prospects, and the keys that an open one keeps others off (R36).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    id::{CompanyId, MasterId, NetworkId, PursuitId},
    partner::TaxId,
    pursuit::{Pursuit as Status, PursuitReason, PursuitState},
    registration::{ProspectIdentity, Scope},
};

use crate::{
    columns::{At, Uid},
    customer::read_identity,
    db::{Conn, MultiBackend},
    error::DbError,
    registration::{
        matching::{self, NameEntry, SubjectKind},
        scope,
    },
    schema::{pursuit_keys, pursuits},
    view::{Page, View, paged},
};

/// A pursuit as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pursuit {
    /// Its id.
    pub id: PursuitId,
    /// Its network.
    pub network: NetworkId,
    /// The master that pursues.
    pub master: MasterId,
    /// Whom.
    pub prospect: ProspectIdentity,
    /// For what.
    pub scope: Scope,
    /// The prospect's tax id as it was written.
    pub tax_id_written: Option<String>,
    /// Where the prospect is written to.
    pub email: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// What was said about it.
    pub note: Option<String>,
    /// Who opened it.
    pub opened_by: String,
    /// Who closed it, and when.
    pub closed: Option<(String, DateTime<Utc>)>,
    /// Its version.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pursuits, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PursuitRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    prospect_name: String,
    country: String,
    tax_id: Option<String>,
    tax_key: Option<String>,
    domain: Option<String>,
    email: Option<String>,
    product_lines: Option<String>,
    state: String,
    reason: Option<String>,
    note: Option<String>,
    opened_by: String,
    closed_by: Option<String>,
    closed_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Pursuit> for PursuitRow {
    fn from(pursuit: &Pursuit) -> Self {
        let Pursuit {
            id,
            network,
            master,
            prospect,
            scope,
            tax_id_written,
            email,
            status,
            note,
            opened_by,
            closed,
            version,
            created_at,
            updated_at,
        } = pursuit;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            prospect_name: prospect.name().to_owned(),
            country: prospect.country().code().to_owned(),
            tax_id: tax_id_written.clone(),
            tax_key: prospect.tax_id().map(TaxId::key),
            domain: prospect.domain().map(|domain| domain.as_str().to_owned()),
            email: email.clone(),
            product_lines: scope::written(scope),
            state: status.state().code().to_owned(),
            reason: status.closed.map(|reason| reason.code().to_owned()),
            note: note.clone(),
            opened_by: opened_by.clone(),
            closed_by: closed.as_ref().map(|(by, _)| by.clone()),
            closed_at: closed.as_ref().map(|(_, at)| (*at).into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<PursuitRow> for Pursuit {
    type Error = DbError;

    fn try_from(row: PursuitRow) -> Result<Self, DbError> {
        let PursuitRow {
            id,
            network_id,
            master_id,
            prospect_name,
            country,
            tax_id,
            tax_key,
            domain,
            email,
            product_lines,
            state: _,
            reason,
            note,
            opened_by,
            closed_by,
            closed_at,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("pursuit {}: {what}", id.0));
        let closed = reason.map(|code| PursuitReason::from_code(&code).ok_or_else(|| corrupt("reason"))).transpose()?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            prospect: read_identity(&prospect_name, &country, tax_key.as_deref(), domain.as_deref()).map_err(corrupt)?,
            scope: scope::read(product_lines.as_deref()),
            tax_id_written: tax_id,
            email,
            status: Status { closed },
            note,
            opened_by,
            closed: closed_by.zip(closed_at.map(|at| at.0)),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

impl Pursuit {
    /// What its prospect is known by: `tax_id:PT:501442600`, `domain:acme.pt`.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.prospect.keys().iter().map(ToString::to_string).collect()
    }

    /// What the index of names keeps of it while it is open.
    fn name_entry(&self) -> NameEntry<'_> {
        NameEntry {
            kind: SubjectKind::Pursuit,
            subject: self.id.uuid(),
            network: self.network,
            master: self.master,
            company: self.master.into(),
            country: self.prospect.country(),
            name: self.prospect.name(),
            protects: true,
        }
    }
}

/// Keeps a new pursuit, and keeps others off its prospect.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OnePursuit`] where another open one stands in an overlapping scope.
pub fn insert(conn: &mut Conn, pursuit: &Pursuit) -> Result<(), DbError> {
    diesel::insert_into(pursuits::table).values(PursuitRow::from(pursuit)).execute(conn)?;
    for key in pursuit.keys() {
        for line in scope::lines_of(&pursuit.scope) {
            diesel::insert_into(pursuit_keys::table)
                .values((
                    pursuit_keys::pursuit_id.eq(Uid::from(pursuit.id)),
                    pursuit_keys::key.eq(&key),
                    pursuit_keys::line.eq(line),
                    pursuit_keys::network_id.eq(Uid::from(pursuit.network)),
                    pursuit_keys::master_id.eq(Uid::from(pursuit.master)),
                ))
                .execute(conn)?;
        }
    }
    matching::keep_new(conn, &pursuit.name_entry())
}

/// Keeps a closed pursuit, unless it was changed since `pursuit.version - 1`: `false` then. It keeps nobody off any more.
///
/// # Errors
/// Those of the database.
pub fn close(conn: &mut Conn, pursuit: &Pursuit) -> Result<bool, DbError> {
    let before = pursuit.version.saturating_sub(1);
    let unchanged = pursuits::table.find(Uid::from(pursuit.id)).filter(pursuits::version.eq(before));
    if diesel::update(unchanged).set(PursuitRow::from(pursuit)).execute(conn)? != 1 {
        return Ok(false);
    }
    diesel::delete(pursuit_keys::table.filter(pursuit_keys::pursuit_id.eq(Uid::from(pursuit.id)))).execute(conn)?;
    matching::remove(conn, pursuit.id.uuid())?;
    Ok(true)
}

/// The open pursuits that stand on one of these keys in an overlapping scope, whoever may see them, each with its master.
///
/// # Errors
/// Those of the database.
pub fn open_for(
    conn: &mut Conn,
    network: NetworkId,
    keys: &[String],
    scope: &Scope,
) -> Result<Vec<(PursuitId, MasterId)>, DbError> {
    let found: Vec<(Uid, Uid, String)> = pursuit_keys::table
        .filter(pursuit_keys::network_id.eq(Uid::from(network)))
        .filter(pursuit_keys::key.eq_any(keys))
        .order((pursuit_keys::pursuit_id, pursuit_keys::key, pursuit_keys::line))
        .select((pursuit_keys::pursuit_id, pursuit_keys::master_id, pursuit_keys::line))
        .load(conn)?;
    let mut open: Vec<_> = found
        .into_iter()
        .filter(|(_, _, line)| scope::is_within(line, scope))
        .map(|(pursuit, master, _)| (pursuit.id(), master.id()))
        .collect();
    open.dedup();
    Ok(open)
}

/// A pursuit that `view` may see: a master's own.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: PursuitId) -> Result<Option<Pursuit>, DbError> {
    let Some(query) = visible(view) else { return Ok(None) };
    let query = query.filter(pursuits::id.eq(Uid::from(id)));
    let row: Option<PursuitRow> = query.select(PursuitRow::as_select()).get_result(conn).optional()?;
    row.map(Pursuit::try_from).transpose()
}

/// A page of the pursuits that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, state: Option<PursuitState>, page: &Page) -> Result<Vec<Pursuit>, DbError> {
    let Some(mut query) = visible(view) else { return Ok(Vec::new()) };
    if let Some(state) = state {
        query = query.filter(pursuits::state.eq(state.code()));
    }
    let rows: Vec<PursuitRow> = paged!(query, pursuits, page).select(PursuitRow::as_select()).load(conn)?;
    rows.into_iter().map(Pursuit::try_from).collect()
}

/// A master sees its own pursuits; what masters pursue is no partner's business (D22).
fn visible(view: &View) -> Option<pursuits::BoxedQuery<'static, MultiBackend>> {
    let CompanyId::Master(master) = view.company else { return None };
    let of_network = pursuits::table.filter(pursuits::network_id.eq(Uid::from(view.network)));
    Some(of_network.filter(pursuits::master_id.eq(Uid::from(master))).into_boxed())
}
