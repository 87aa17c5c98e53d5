//! Milestones of projects and their progress.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{MilestoneId, ProjectId},
    project::Progress,
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::milestones,
    view::{Page, paged},
};

/// A milestone as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Its id.
    pub id: MilestoneId,
    /// The project.
    pub project: ProjectId,
    /// What is reached then.
    pub title: String,
    /// The day by which it is to be reached.
    pub due_on: NaiveDate,
    /// How far it has come.
    pub progress: Progress,
    /// What was said of its progress last.
    pub note: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = milestones, treat_none_as_default_value = false, treat_none_as_null = true)]
struct MilestoneRow {
    id: Uid,
    project_id: Uid,
    title: String,
    due_on: NaiveDate,
    progress: i32,
    reached_on: Option<NaiveDate>,
    note: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Milestone> for MilestoneRow {
    fn from(milestone: &Milestone) -> Self {
        let Milestone { id, project, title, due_on, progress, note, version, created_at, updated_at } = milestone;
        Self {
            id: (*id).into(),
            project_id: (*project).into(),
            title: title.clone(),
            due_on: *due_on,
            progress: i32::from(progress.percent),
            reached_on: progress.reached_on,
            note: note.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<MilestoneRow> for Milestone {
    type Error = DbError;

    fn try_from(row: MilestoneRow) -> Result<Self, DbError> {
        let MilestoneRow { id, project_id, title, due_on, progress, reached_on, note, version, created_at, updated_at } = row;
        let percent = u8::try_from(progress).map_err(|_| DbError::Corrupt(format!("milestone {}: progress {progress}", id.0)))?;
        Ok(Self {
            id: id.id(),
            project: project_id.id(),
            title,
            due_on,
            progress: Progress { percent, reached_on },
            note,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new milestone.
///
/// # Errors
/// Those of the database.
pub fn insert_milestone(conn: &mut Conn, milestone: &Milestone) -> Result<(), DbError> {
    diesel::insert_into(milestones::table).values(MilestoneRow::from(milestone)).execute(conn)?;
    Ok(())
}

/// Keeps a changed milestone, unless it was changed since `milestone.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_milestone(conn: &mut Conn, milestone: &Milestone) -> Result<bool, DbError> {
    let before = milestone.version.saturating_sub(1);
    let unchanged = milestones::table.find(Uid::from(milestone.id)).filter(milestones::version.eq(before));
    Ok(diesel::update(unchanged).set(MilestoneRow::from(milestone)).execute(conn)? == 1)
}

/// A milestone, whoever may see its project.
///
/// # Errors
/// Those of the database.
pub fn find_milestone(conn: &mut Conn, id: MilestoneId) -> Result<Option<Milestone>, DbError> {
    let query = milestones::table.find(Uid::from(id)).select(MilestoneRow::as_select());
    let row: Option<MilestoneRow> = query.get_result(conn).optional()?;
    row.map(Milestone::try_from).transpose()
}

/// All milestones of a project, oldest first.
///
/// # Errors
/// Those of the database.
pub fn milestones_of(conn: &mut Conn, project: ProjectId) -> Result<Vec<Milestone>, DbError> {
    let of_project = milestones::table.filter(milestones::project_id.eq(Uid::from(project)));
    let rows: Vec<MilestoneRow> = of_project.order(milestones::id).select(MilestoneRow::as_select()).load(conn)?;
    rows.into_iter().map(Milestone::try_from).collect()
}

/// A page of the milestones of a project.
///
/// # Errors
/// Those of the database.
pub fn page_milestones(conn: &mut Conn, project: ProjectId, page: &Page) -> Result<Vec<Milestone>, DbError> {
    let of_project = milestones::table.filter(milestones::project_id.eq(Uid::from(project)));
    let query = paged!(of_project.into_boxed::<MultiBackend>(), milestones, page);
    let rows: Vec<MilestoneRow> = query.select(MilestoneRow::as_select()).load(conn)?;
    rows.into_iter().map(Milestone::try_from).collect()
}
