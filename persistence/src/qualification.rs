//! Qualifications of partners, and whether a partner is qualified on a day (R43, R56, R64, R72).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    agreement::Validity,
    id::{MasterId, NetworkId, PartnerId, QualificationId},
    qualification::{QualificationState, Standing},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::qualifications,
    view::{Due, Page, View, due, paged, visible_to},
};

/// A qualification as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qualification {
    /// Its id.
    pub id: QualificationId,
    /// Its network.
    pub network: NetworkId,
    /// The master that reviews it.
    pub master: MasterId,
    /// The partner whose it is.
    pub partner: PartnerId,
    /// The code of its kind in the network.
    pub kind: String,
    /// What shows it, as JSON.
    pub evidence: String,
    /// What was said about it.
    pub note: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// Why it was refused or revoked.
    pub reason: Option<String>,
    /// Who decided it last, and when.
    pub decided: Option<(String, DateTime<Utc>)>,
    /// Its version.
    pub version: i64,
    /// When it was handed in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which qualifications are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QualificationFilter {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those of a kind.
    pub kind: Option<String>,
    /// Those in a state.
    pub state: Option<QualificationState>,
    /// Those that are valid on a day.
    pub valid_on: Option<NaiveDate>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = qualifications, treat_none_as_default_value = false, treat_none_as_null = true)]
struct QualificationRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    kind: String,
    evidence: String,
    note: Option<String>,
    state: String,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    revoked_on: Option<NaiveDate>,
    reason: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Qualification> for QualificationRow {
    fn from(qualification: &Qualification) -> Self {
        let Qualification {
            id,
            network,
            master,
            partner,
            kind,
            evidence,
            note,
            standing: Standing { state, validity, revoked_on },
            reason,
            decided,
            version,
            created_at,
            updated_at,
        } = qualification;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            kind: kind.clone(),
            evidence: evidence.clone(),
            note: note.clone(),
            state: state.code().to_owned(),
            valid_from: validity.map(|validity| validity.start),
            valid_until: validity.and_then(|validity| validity.end),
            revoked_on: *revoked_on,
            reason: reason.clone(),
            decided_by: decided.as_ref().map(|(by, _)| by.clone()),
            decided_at: decided.as_ref().map(|(_, at)| (*at).into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<QualificationRow> for Qualification {
    type Error = DbError;

    fn try_from(row: QualificationRow) -> Result<Self, DbError> {
        let QualificationRow {
            id,
            network_id,
            master_id,
            partner_id,
            kind,
            evidence,
            note,
            state,
            valid_from,
            valid_until,
            revoked_on,
            reason,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = row;
        let state = QualificationState::from_code(&state);
        let state = state.ok_or_else(|| DbError::Corrupt(format!("qualification {}: state", id.0)))?;
        let validity = valid_from.map(|start| Validity { start, end: valid_until });
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            kind,
            evidence,
            note,
            standing: Standing { state, validity, revoked_on },
            reason,
            decided: decided_by.zip(decided_at.map(|at| at.0)),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new qualification.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneSubmittedQualification`] when another of the partner and kind waits.
pub fn insert(conn: &mut Conn, qualification: &Qualification) -> Result<(), DbError> {
    diesel::insert_into(qualifications::table).values(QualificationRow::from(qualification)).execute(conn)?;
    Ok(())
}

/// Keeps a changed qualification, unless it was changed since `qualification.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, qualification: &Qualification) -> Result<bool, DbError> {
    let before = qualification.version.saturating_sub(1);
    let unchanged = qualifications::table.find(Uid::from(qualification.id)).filter(qualifications::version.eq(before));
    Ok(diesel::update(unchanged).set(QualificationRow::from(qualification)).execute(conn)? == 1)
}

/// A qualification that `view` may see: a partner its own, a master those that it reviews.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: QualificationId) -> Result<Option<Qualification>, DbError> {
    let query =
        visible_to!(qualifications::table.into_boxed(), qualifications, view).filter(qualifications::id.eq(Uid::from(id)));
    let row: Option<QualificationRow> = query.select(QualificationRow::as_select()).get_result(conn).optional()?;
    row.map(Qualification::try_from).transpose()
}

/// A qualification, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn by_id(conn: &mut Conn, id: QualificationId) -> Result<Option<Qualification>, DbError> {
    let query = qualifications::table.find(Uid::from(id)).select(QualificationRow::as_select());
    let row: Option<QualificationRow> = query.get_result(conn).optional()?;
    row.map(Qualification::try_from).transpose()
}

/// A page of the qualifications that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filter: &QualificationFilter, page: &Page) -> Result<Vec<Qualification>, DbError> {
    let QualificationFilter { partner, kind, state, valid_on } = filter;
    let mut query = visible_to!(qualifications::table.into_boxed(), qualifications, view);
    if let Some(partner) = partner {
        query = query.filter(qualifications::partner_id.eq(Uid::from(*partner)));
    }
    if let Some(kind) = kind {
        query = query.filter(qualifications::kind.eq(kind.clone()));
    }
    if let Some(state) = state {
        query = query.filter(qualifications::state.eq(state.code()));
    }
    if let Some(day) = valid_on {
        query = query
            .filter(qualifications::valid_from.le(*day))
            .filter(qualifications::valid_until.is_null().or(qualifications::valid_until.ge(*day)))
            .filter(qualifications::revoked_on.is_null().or(qualifications::revoked_on.gt(*day)));
    }
    let rows: Vec<QualificationRow> = paged!(query, qualifications, page).select(QualificationRow::as_select()).load(conn)?;
    rows.into_iter().map(Qualification::try_from).collect()
}

/// The granted qualifications that `view` may see and that have a last day, by that day; those of one partner alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn expiring(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    due: &Due<NaiveDate>,
) -> Result<Vec<Qualification>, DbError> {
    let mut query = visible_to!(qualifications::table.into_boxed(), qualifications, view)
        .filter(qualifications::state.eq(QualificationState::Granted.code()))
        .filter(qualifications::valid_until.is_not_null());
    if let Some(partner) = partner {
        query = query.filter(qualifications::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<QualificationRow> = due!(query, qualifications, valid_until, id, due, std::convert::identity)
        .select(QualificationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Qualification::try_from).collect()
}

/// Whether a partner has a qualification of a kind that is valid on a day of its master's calendar. Where a later revocation or
/// the last day is after it, the day stays as it was.
///
/// # Errors
/// Those of the database.
pub fn is_qualified(conn: &mut Conn, partner: PartnerId, kind: &str, on: NaiveDate) -> Result<bool, DbError> {
    Ok(shown_by(conn, partner, &[kind], on)?.unwrap_or(false))
}

/// What the qualifications of some kinds say of a partner on a day: whether one of them is valid on it. None where none had begun
/// by then, so that they say nothing.
///
/// # Errors
/// Those of the database.
pub fn shown_by(conn: &mut Conn, partner: PartnerId, kinds: &[&str], on: NaiveDate) -> Result<Option<bool>, DbError> {
    let begun: Vec<QualificationRow> = qualifications::table
        .filter(qualifications::partner_id.eq(Uid::from(partner)))
        .filter(qualifications::kind.eq_any(kinds))
        .filter(qualifications::valid_from.le(on))
        .select(QualificationRow::as_select())
        .load(conn)?;
    let begun: Vec<Qualification> = begun.into_iter().map(Qualification::try_from).collect::<Result<_, _>>()?;
    let holds = begun.iter().any(|qualification| qualification.standing.holds_on(on));
    Ok((!begun.is_empty()).then_some(holds))
}

/// The granted qualifications whose last day is before a day, whoever may see them.
///
/// # Errors
/// Those of the database.
pub fn ended_before(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Qualification>, DbError> {
    let rows: Vec<QualificationRow> = qualifications::table
        .filter(qualifications::state.eq(QualificationState::Granted.code()))
        .filter(qualifications::valid_until.lt(day))
        .order(qualifications::id)
        .select(QualificationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Qualification::try_from).collect()
}
