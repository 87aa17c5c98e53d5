//! Findings for masters: each is found once, acknowledged and decided (D13).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    finding::{Finding as Status, FindingDecision, FindingKind, FindingState},
    id::{AgreementId, CompanyId, FindingId, MasterId, NetworkId, PartnerId},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::findings,
    view::{Due, Page, View, due, paged, visible_to},
};

/// A finding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// Its network.
    pub network: NetworkId,
    /// The master that has to look at it.
    pub master: MasterId,
    /// The partner it is about.
    pub partner: PartnerId,
    /// The agreement it is about.
    pub agreement: AgreementId,
    /// What was found.
    pub kind: FindingKind,
    /// What of the agreement it is about: there is one finding of a kind about it.
    pub about: String,
    /// The day it was found for.
    pub found_on: NaiveDate,
    /// What was found, as JSON.
    pub facts: String,
    /// Where it stands.
    pub status: Status,
    /// Who acknowledged it.
    pub acknowledged_by: Option<String>,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which findings are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindingFilter {
    /// Those about a partner.
    pub partner: Option<PartnerId>,
    /// Those about an agreement.
    pub agreement: Option<AgreementId>,
    /// Those of a kind.
    pub kind: Option<FindingKind>,
    /// Those in a state.
    pub state: Option<FindingState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = findings, treat_none_as_default_value = false, treat_none_as_null = true)]
struct FindingRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    kind: String,
    about: String,
    found_on: NaiveDate,
    facts: String,
    state: String,
    acknowledged_by: Option<String>,
    decision: Option<String>,
    reason: Option<String>,
    decided_by: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Finding> for FindingRow {
    fn from(finding: &Finding) -> Self {
        let Finding {
            id,
            network,
            master,
            partner,
            agreement,
            kind,
            about,
            found_on,
            facts,
            status,
            acknowledged_by,
            reason,
            decided_by,
            version,
            created_at,
            updated_at,
        } = finding;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            kind: kind.code().to_owned(),
            about: about.clone(),
            found_on: *found_on,
            facts: facts.clone(),
            state: status.state.code().to_owned(),
            acknowledged_by: acknowledged_by.clone(),
            decision: status.decision.map(|decision| decision.code().to_owned()),
            reason: reason.clone(),
            decided_by: decided_by.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<FindingRow> for Finding {
    type Error = DbError;

    fn try_from(row: FindingRow) -> Result<Self, DbError> {
        let FindingRow {
            id,
            network_id,
            master_id,
            partner_id,
            agreement_id,
            kind,
            about,
            found_on,
            facts,
            state,
            acknowledged_by,
            decision,
            reason,
            decided_by,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("finding {}: {what}", id.0));
        let decision = decision.map(|code| FindingDecision::from_code(&code).ok_or_else(|| corrupt("decision"))).transpose()?;
        let state = FindingState::from_code(&state).ok_or_else(|| corrupt("state"))?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            agreement: agreement_id.id(),
            kind: FindingKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
            about,
            found_on,
            facts,
            status: Status { state, decision },
            acknowledged_by,
            reason,
            decided_by,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new finding.
///
/// # Errors
/// Those of the database, which refuses a second finding of a kind about the same.
pub fn insert_finding(conn: &mut Conn, finding: &Finding) -> Result<(), DbError> {
    diesel::insert_into(findings::table).values(FindingRow::from(finding)).execute(conn)?;
    Ok(())
}

/// Keeps a changed finding, unless it was changed since `finding.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_finding(conn: &mut Conn, finding: &Finding) -> Result<bool, DbError> {
    let before = finding.version.saturating_sub(1);
    let unchanged = findings::table.find(Uid::from(finding.id)).filter(findings::version.eq(before));
    Ok(diesel::update(unchanged).set(FindingRow::from(finding)).execute(conn)? == 1)
}

/// A master sees its own findings; they are no partner's to see.
fn visible(view: &View) -> Option<findings::BoxedQuery<'static, MultiBackend>> {
    let CompanyId::Master(master) = view.company else { return None };
    Some(findings::table.filter(findings::master_id.eq(Uid::from(master))).into_boxed())
}

/// A finding that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_finding(conn: &mut Conn, view: &View, id: FindingId) -> Result<Option<Finding>, DbError> {
    let Some(query) = visible(view) else { return Ok(None) };
    let row: Option<FindingRow> =
        query.filter(findings::id.eq(Uid::from(id))).select(FindingRow::as_select()).get_result(conn).optional()?;
    row.map(Finding::try_from).transpose()
}

/// A page of the findings that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_findings(conn: &mut Conn, view: &View, filter: FindingFilter, page: &Page) -> Result<Vec<Finding>, DbError> {
    let Some(mut query) = visible(view) else { return Ok(Vec::new()) };
    let FindingFilter { partner, agreement, kind, state } = filter;
    if let Some(partner) = partner {
        query = query.filter(findings::partner_id.eq(Uid::from(partner)));
    }
    if let Some(agreement) = agreement {
        query = query.filter(findings::agreement_id.eq(Uid::from(agreement)));
    }
    if let Some(kind) = kind {
        query = query.filter(findings::kind.eq(kind.code()));
    }
    if let Some(state) = state {
        query = query.filter(findings::state.eq(state.code()));
    }
    let rows: Vec<FindingRow> = paged!(query, findings, page).select(FindingRow::as_select()).load(conn)?;
    rows.into_iter().map(Finding::try_from).collect()
}

/// The findings of a kind about the partners that `view` may see, decided or not, oldest first; those about one partner alone, if it is
/// named. What they say of a partner's own record is its own to know, though the finding is not.
///
/// # Errors
/// Those of the database.
pub fn of_kind(conn: &mut Conn, view: &View, partner: Option<PartnerId>, kind: FindingKind) -> Result<Vec<Finding>, DbError> {
    let mut query = visible_to!(findings::table.into_boxed(), findings, view).filter(findings::kind.eq(kind.code()));
    if let Some(partner) = partner {
        query = query.filter(findings::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<FindingRow> = query.order(findings::id.asc()).select(FindingRow::as_select()).load(conn)?;
    rows.into_iter().map(Finding::try_from).collect()
}

/// The findings that `view` may see and that are not decided, by the day they were found for; those about one partner alone, if it is
/// named.
///
/// # Errors
/// Those of the database.
pub fn undecided(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    due: &Due<NaiveDate>,
) -> Result<Vec<Finding>, DbError> {
    let Some(query) = visible(view) else { return Ok(Vec::new()) };
    let mut query = query.filter(findings::state.ne(FindingState::Decided.code()));
    if let Some(partner) = partner {
        query = query.filter(findings::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<FindingRow> =
        due!(query, findings, found_on, id, due, std::convert::identity).select(FindingRow::as_select()).load(conn)?;
    rows.into_iter().map(Finding::try_from).collect()
}
