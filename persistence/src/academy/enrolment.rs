//! Enrolments of partners' people.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    academy::EnrolmentState,
    id::{CompanyId, CourseId, CourseSessionId, EnrolmentId, MasterId, NetworkId, PartnerId},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{course_sessions, enrolments},
    view::{Page, View, paged},
};

/// An enrolment as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// Its network.
    pub network: NetworkId,
    /// The master of the course.
    pub master: MasterId,
    /// The instructor of the course; none where the master gives it.
    pub host: Option<PartnerId>,
    /// The partner whose person it is.
    pub partner: PartnerId,
    /// The course.
    pub course: CourseId,
    /// The session.
    pub session: CourseSessionId,
    /// The person's name.
    pub person_name: String,
    /// The person's e-mail address, in lower case.
    pub person_email: String,
    /// Where it stands.
    pub state: EnrolmentState,
    /// The score that was reached, of a hundred.
    pub score: Option<u32>,
    /// What was said of attendance or result.
    pub note: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which enrolments are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EnrolmentFilter {
    /// Those in a session.
    pub session: Option<CourseSessionId>,
    /// Those of a partner's people.
    pub partner: Option<PartnerId>,
    /// Those in a state.
    pub state: Option<EnrolmentState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = enrolments, treat_none_as_default_value = false, treat_none_as_null = true)]
struct EnrolmentRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    host_id: Option<Uid>,
    partner_id: Uid,
    course_id: Uid,
    session_id: Uid,
    person_name: String,
    person_email: String,
    state: String,
    score: Option<i64>,
    note: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Enrolment> for EnrolmentRow {
    fn from(enrolment: &Enrolment) -> Self {
        let Enrolment {
            id,
            network,
            master,
            host,
            partner,
            course,
            session,
            person_name,
            person_email,
            state,
            score,
            note,
            version,
            created_at,
            updated_at,
        } = enrolment;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            host_id: host.map(Uid::from),
            partner_id: (*partner).into(),
            course_id: (*course).into(),
            session_id: (*session).into(),
            person_name: person_name.clone(),
            person_email: person_email.clone(),
            state: state.code().to_owned(),
            score: score.map(i64::from),
            note: note.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<EnrolmentRow> for Enrolment {
    type Error = DbError;

    fn try_from(row: EnrolmentRow) -> Result<Self, DbError> {
        let EnrolmentRow {
            id,
            network_id,
            master_id,
            host_id,
            partner_id,
            course_id,
            session_id,
            person_name,
            person_email,
            state,
            score,
            note,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("enrolment {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            host: host_id.map(Uid::id),
            partner: partner_id.id(),
            course: course_id.id(),
            session: session_id.id(),
            person_name,
            person_email,
            state: EnrolmentState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            score: score.map(u32::try_from).transpose().map_err(|_| corrupt("score"))?,
            note,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new enrolment.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneLiveEnrolment`] where the person has one in the session.
pub fn insert_enrolment(conn: &mut Conn, enrolment: &Enrolment) -> Result<(), DbError> {
    diesel::insert_into(enrolments::table).values(EnrolmentRow::from(enrolment)).execute(conn)?;
    Ok(())
}

/// Keeps a changed enrolment, unless it was changed since `enrolment.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_enrolment(conn: &mut Conn, enrolment: &Enrolment) -> Result<bool, DbError> {
    let before = enrolment.version.saturating_sub(1);
    let unchanged = enrolments::table.find(Uid::from(enrolment.id)).filter(enrolments::version.eq(before));
    Ok(diesel::update(unchanged).set(EnrolmentRow::from(enrolment)).execute(conn)? == 1)
}

/// An enrolment that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_enrolment(conn: &mut Conn, view: &View, id: EnrolmentId) -> Result<Option<Enrolment>, DbError> {
    let query = visible(view).filter(enrolments::id.eq(Uid::from(id)));
    let row: Option<EnrolmentRow> = query.select(EnrolmentRow::as_select()).get_result(conn).optional()?;
    row.map(Enrolment::try_from).transpose()
}

/// A page of the enrolments that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_enrolments(conn: &mut Conn, view: &View, filter: EnrolmentFilter, page: &Page) -> Result<Vec<Enrolment>, DbError> {
    let EnrolmentFilter { session, partner, state } = filter;
    let mut query = visible(view);
    if let Some(session) = session {
        query = query.filter(enrolments::session_id.eq(Uid::from(session)));
    }
    if let Some(partner) = partner {
        query = query.filter(enrolments::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = state {
        query = query.filter(enrolments::state.eq(state.code()));
    }
    let rows: Vec<EnrolmentRow> = paged!(query, enrolments, page).select(EnrolmentRow::as_select()).load(conn)?;
    rows.into_iter().map(Enrolment::try_from).collect()
}

/// A partner sees those of its own people, whoever gives the course all that are in it (D22).
fn visible(view: &View) -> enrolments::BoxedQuery<'static, MultiBackend> {
    let query = enrolments::table.filter(enrolments::network_id.eq(Uid::from(view.network))).into_boxed();
    match view.company {
        CompanyId::Master(id) => query.filter(enrolments::master_id.eq(Uid::from(id))),
        CompanyId::Partner(id) => {
            let id = Uid::from(id);
            query.filter(enrolments::partner_id.eq(id).or(enrolments::host_id.eq(id)))
        }
    }
}

/// The enrolments in a session that were neither given back nor missed, in the order in which they came.
///
/// # Errors
/// Those of the database.
pub fn live_of_session(conn: &mut Conn, session: CourseSessionId) -> Result<Vec<Enrolment>, DbError> {
    let over = EnrolmentState::ALL.into_iter().filter(|state| !state.is_live()).map(EnrolmentState::code);
    let rows: Vec<EnrolmentRow> = enrolments::table
        .filter(enrolments::session_id.eq(Uid::from(session)))
        .filter(enrolments::state.ne_all(over.collect::<Vec<_>>()))
        .order(enrolments::id)
        .select(EnrolmentRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Enrolment::try_from).collect()
}

/// The first on the waiting list of a session.
///
/// # Errors
/// Those of the database.
pub fn next_waiting(conn: &mut Conn, session: CourseSessionId) -> Result<Option<Enrolment>, DbError> {
    let row: Option<EnrolmentRow> = enrolments::table
        .filter(enrolments::session_id.eq(Uid::from(session)))
        .filter(enrolments::state.eq(EnrolmentState::Waiting.code()))
        .order(enrolments::id)
        .select(EnrolmentRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Enrolment::try_from).transpose()
}

/// The enrolments that still wait although their session began by `now`, in any network.
///
/// # Errors
/// Those of the database.
pub fn missed_before(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Enrolment>, DbError> {
    let rows: Vec<EnrolmentRow> = enrolments::table
        .inner_join(course_sessions::table.on(course_sessions::id.eq(enrolments::session_id)))
        .filter(enrolments::state.eq(EnrolmentState::Waiting.code()))
        .filter(course_sessions::starts_at.le(At::from(now)))
        .order(enrolments::id)
        .select(EnrolmentRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Enrolment::try_from).collect()
}
