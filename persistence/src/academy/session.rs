//! Sessions of courses.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    academy::{SessionState, Venue},
    id::{CompanyId, CourseId, CourseSessionId, MasterId, NetworkId, PartnerId},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::course_sessions,
    view::{Page, View, paged},
};

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: CourseSessionId,
    /// Its network.
    pub network: NetworkId,
    /// The master of its course.
    pub master: MasterId,
    /// The instructor of its course; none where the master gives it.
    pub instructor: Option<PartnerId>,
    /// Its course.
    pub course: CourseId,
    /// How it is given.
    pub venue: Venue,
    /// Where, if on site.
    pub place: Option<String>,
    /// Its link, if online.
    pub link: Option<String>,
    /// The language it is given in.
    pub language: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// For how many it has places.
    pub capacity: u32,
    /// How many are taken.
    pub taken: u32,
    /// Where it stands.
    pub state: SessionState,
    /// Why it does not take place.
    pub reason: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Session {
    /// Whether a company gives the session: the master of its course, or its instructor.
    #[must_use]
    pub fn is_given_by(&self, company: CompanyId) -> bool {
        company == CompanyId::Master(self.master) || self.instructor.map(CompanyId::Partner) == Some(company)
    }
}

/// Which sessions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionFilter {
    /// Those of a course.
    pub course: Option<CourseId>,
    /// Those in a state.
    pub state: Option<SessionState>,
    /// Those that begin at this instant or later.
    pub from: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = course_sessions, treat_none_as_default_value = false, treat_none_as_null = true)]
struct SessionRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Option<Uid>,
    course_id: Uid,
    venue: String,
    place: Option<String>,
    link: Option<String>,
    language: String,
    starts_at: At,
    ends_at: At,
    capacity: i64,
    taken: i64,
    state: String,
    reason: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let Session {
            id,
            network,
            master,
            instructor,
            course,
            venue,
            place,
            link,
            language,
            starts_at,
            ends_at,
            capacity,
            taken,
            state,
            reason,
            version,
            created_at,
            updated_at,
        } = session;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: instructor.map(Uid::from),
            course_id: (*course).into(),
            venue: venue.code().to_owned(),
            place: place.clone(),
            link: link.clone(),
            language: language.clone(),
            starts_at: (*starts_at).into(),
            ends_at: (*ends_at).into(),
            capacity: (*capacity).into(),
            taken: (*taken).into(),
            state: state.code().to_owned(),
            reason: reason.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = DbError;

    fn try_from(row: SessionRow) -> Result<Self, DbError> {
        let SessionRow {
            id,
            network_id,
            master_id,
            partner_id,
            course_id,
            venue,
            place,
            link,
            language,
            starts_at,
            ends_at,
            capacity,
            taken,
            state,
            reason,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("course session {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            instructor: partner_id.map(Uid::id),
            course: course_id.id(),
            venue: Venue::from_code(&venue).ok_or_else(|| corrupt("venue"))?,
            place,
            link,
            language,
            starts_at: starts_at.0,
            ends_at: ends_at.0,
            capacity: u32::try_from(capacity).map_err(|_| corrupt("capacity"))?,
            taken: u32::try_from(taken).map_err(|_| corrupt("taken"))?,
            state: SessionState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            reason,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new session.
///
/// # Errors
/// Those of the database.
pub fn insert_session(conn: &mut Conn, session: &Session) -> Result<(), DbError> {
    diesel::insert_into(course_sessions::table).values(SessionRow::from(session)).execute(conn)?;
    Ok(())
}

/// Keeps a changed session, unless it was changed since `session.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_session(conn: &mut Conn, session: &Session) -> Result<bool, DbError> {
    let before = session.version.saturating_sub(1);
    let unchanged = course_sessions::table.find(Uid::from(session.id)).filter(course_sessions::version.eq(before));
    Ok(diesel::update(unchanged).set(SessionRow::from(session)).execute(conn)? == 1)
}

/// A session of the network: everybody in it may know of it.
///
/// # Errors
/// Those of the database.
pub fn find_session(conn: &mut Conn, network: NetworkId, id: CourseSessionId) -> Result<Option<Session>, DbError> {
    let query = course_sessions::table.find(Uid::from(id)).filter(course_sessions::network_id.eq(Uid::from(network)));
    let row: Option<SessionRow> = query.select(SessionRow::as_select()).get_result(conn).optional()?;
    row.map(Session::try_from).transpose()
}

/// A page of the sessions of the network that `view` looks at.
///
/// # Errors
/// Those of the database.
pub fn page_sessions(conn: &mut Conn, view: &View, filter: SessionFilter, page: &Page) -> Result<Vec<Session>, DbError> {
    let SessionFilter { course, state, from } = filter;
    let mut query: course_sessions::BoxedQuery<'static, MultiBackend> =
        course_sessions::table.filter(course_sessions::network_id.eq(Uid::from(view.network))).into_boxed();
    if let Some(course) = course {
        query = query.filter(course_sessions::course_id.eq(Uid::from(course)));
    }
    if let Some(state) = state {
        query = query.filter(course_sessions::state.eq(state.code()));
    }
    if let Some(from) = from {
        query = query.filter(course_sessions::starts_at.ge(At::from(from)));
    }
    let rows: Vec<SessionRow> = paged!(query, course_sessions, page).select(SessionRow::as_select()).load(conn)?;
    rows.into_iter().map(Session::try_from).collect()
}
