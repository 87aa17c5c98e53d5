//! Courses.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    academy::{CourseKind, CourseState},
    id::{CompanyId, CourseId, MasterId, NetworkId, PartnerId},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::courses,
    view::{Page, View, paged},
};

/// A course as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Its id.
    pub id: CourseId,
    /// Its network.
    pub network: NetworkId,
    /// The master that it is made with, which publishes it.
    pub master: MasterId,
    /// The instructor that wrote it; none where the master did.
    pub instructor: Option<PartnerId>,
    /// What it is.
    pub kind: CourseKind,
    /// Its title by language, as JSON.
    pub titles: String,
    /// What it is about by language, as JSON.
    pub descriptions: String,
    /// The kind of qualification that it gives to whoever passes.
    pub qualification: Option<String>,
    /// How many months its certificates are valid; none without end.
    pub certificate_months: Option<u32>,
    /// The benefit that a place in it is.
    pub benefit: Option<String>,
    /// Where it stands.
    pub state: CourseState,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Why it was given back or is given no more.
    pub reason: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Course {
    /// The company that wrote it.
    #[must_use]
    pub fn author(&self) -> CompanyId {
        self.instructor.map_or(CompanyId::Master(self.master), CompanyId::Partner)
    }
}

/// Which courses are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CourseFilter {
    /// Those of a kind.
    pub kind: Option<CourseKind>,
    /// Those in a state.
    pub state: Option<CourseState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = courses, treat_none_as_default_value = false, treat_none_as_null = true)]
struct CourseRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Option<Uid>,
    kind: String,
    titles: String,
    descriptions: String,
    qualification: Option<String>,
    certificate_months: Option<i64>,
    benefit: Option<String>,
    state: String,
    published_at: Option<At>,
    reason: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Course> for CourseRow {
    fn from(course: &Course) -> Self {
        let Course {
            id,
            network,
            master,
            instructor,
            kind,
            titles,
            descriptions,
            qualification,
            certificate_months,
            benefit,
            state,
            published_at,
            reason,
            version,
            created_at,
            updated_at,
        } = course;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: instructor.map(Uid::from),
            kind: kind.code().to_owned(),
            titles: titles.clone(),
            descriptions: descriptions.clone(),
            qualification: qualification.clone(),
            certificate_months: certificate_months.map(i64::from),
            benefit: benefit.clone(),
            state: state.code().to_owned(),
            published_at: published_at.map(At::from),
            reason: reason.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<CourseRow> for Course {
    type Error = DbError;

    fn try_from(row: CourseRow) -> Result<Self, DbError> {
        let CourseRow {
            id,
            network_id,
            master_id,
            partner_id,
            kind,
            titles,
            descriptions,
            qualification,
            certificate_months,
            benefit,
            state,
            published_at,
            reason,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("course {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            instructor: partner_id.map(Uid::id),
            kind: CourseKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
            titles,
            descriptions,
            qualification,
            certificate_months: certificate_months.map(u32::try_from).transpose().map_err(|_| corrupt("months"))?,
            benefit,
            state: CourseState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            published_at: published_at.map(|at| at.0),
            reason,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new course.
///
/// # Errors
/// Those of the database.
pub fn insert_course(conn: &mut Conn, course: &Course) -> Result<(), DbError> {
    diesel::insert_into(courses::table).values(CourseRow::from(course)).execute(conn)?;
    Ok(())
}

/// Keeps a changed course, unless it was changed since `course.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_course(conn: &mut Conn, course: &Course) -> Result<bool, DbError> {
    let before = course.version.saturating_sub(1);
    let unchanged = courses::table.find(Uid::from(course.id)).filter(courses::version.eq(before));
    Ok(diesel::update(unchanged).set(CourseRow::from(course)).execute(conn)? == 1)
}

/// A course that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_course(conn: &mut Conn, view: &View, id: CourseId) -> Result<Option<Course>, DbError> {
    let query = visible(view).filter(courses::id.eq(Uid::from(id)));
    let row: Option<CourseRow> = query.select(CourseRow::as_select()).get_result(conn).optional()?;
    row.map(Course::try_from).transpose()
}

/// A page of the courses that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_courses(conn: &mut Conn, view: &View, filter: CourseFilter, page: &Page) -> Result<Vec<Course>, DbError> {
    let CourseFilter { kind, state } = filter;
    let mut query = visible(view);
    if let Some(kind) = kind {
        query = query.filter(courses::kind.eq(kind.code()));
    }
    if let Some(state) = state {
        query = query.filter(courses::state.eq(state.code()));
    }
    let rows: Vec<CourseRow> = paged!(query, courses, page).select(CourseRow::as_select()).load(conn)?;
    rows.into_iter().map(Course::try_from).collect()
}

/// Everybody in the network sees what was published; what was not is its author's and its master's (D22).
fn visible(view: &View) -> courses::BoxedQuery<'static, MultiBackend> {
    let query = courses::table.filter(courses::network_id.eq(Uid::from(view.network))).into_boxed();
    let public = courses::published_at.is_not_null();
    match view.company {
        CompanyId::Master(id) => query.filter(public.or(courses::master_id.eq(Uid::from(id)))),
        CompanyId::Partner(id) => query.filter(public.or(courses::partner_id.eq(Uid::from(id)))),
    }
}
