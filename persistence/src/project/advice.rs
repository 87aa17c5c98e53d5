//! Advice given in projects: kept as it was given.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::id::{AdviceId, ProjectId};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::project_advice,
    view::{Page, paged},
};

/// A piece of advice as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Its id.
    pub id: AdviceId,
    /// The project.
    pub project: ProjectId,
    /// The day it was given.
    pub dated_on: NaiveDate,
    /// What was advised.
    pub advice: String,
    /// Where a document is.
    pub document: Option<String>,
    /// Who gave it.
    pub given_by: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = project_advice, treat_none_as_default_value = false)]
struct AdviceRow {
    id: Uid,
    project_id: Uid,
    dated_on: NaiveDate,
    advice: String,
    document: Option<String>,
    given_by: String,
    recorded_at: At,
}

impl From<AdviceRow> for Advice {
    fn from(row: AdviceRow) -> Self {
        let AdviceRow { id, project_id, dated_on, advice, document, given_by, recorded_at } = row;
        Self { id: id.id(), project: project_id.id(), dated_on, advice, document, given_by, recorded_at: recorded_at.0 }
    }
}

/// Keeps a piece of advice.
///
/// # Errors
/// Those of the database.
pub fn insert_advice(conn: &mut Conn, given: &Advice) -> Result<(), DbError> {
    let Advice { id, project, dated_on, advice, document, given_by, recorded_at } = given.clone();
    let row = AdviceRow {
        id: id.into(),
        project_id: project.into(),
        dated_on,
        advice,
        document,
        given_by,
        recorded_at: recorded_at.into(),
    };
    diesel::insert_into(project_advice::table).values(row).execute(conn)?;
    Ok(())
}

/// A page of the advice given in a project. It changes only by coming in.
///
/// # Errors
/// Those of the database.
pub fn page_advice(conn: &mut Conn, project: ProjectId, page: &Page) -> Result<Vec<Advice>, DbError> {
    let of_project = project_advice::table.filter(project_advice::project_id.eq(Uid::from(project)));
    let query = paged!(of_project.into_boxed::<MultiBackend>(), project_advice, page, changed recorded_at);
    let rows: Vec<AdviceRow> = query.select(AdviceRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Advice::from).collect())
}
