//! With which company a project is since when: appended, never changed (R49).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    continuity::Recorded,
    id::{CompanyId, ContinuityCaseId, CustomerId, PartnerId, ProjectId},
    project::ProjectState,
};

use super::{Project, ProjectRow, all, load, read};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, project_companies, projects},
};

const GOING_ON: [&str; 2] = [ProjectState::Proposed.code(), ProjectState::Running.code()];

/// That a project is with a company, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectCompany {
    /// The project.
    pub project: ProjectId,
    /// Its place in the project's history, from 1.
    pub number: i32,
    /// The company.
    pub company: CompanyId,
    /// The first day; none since the project began.
    pub from: Option<NaiveDate>,
    /// The case that moved it; none where nothing did.
    pub case: Option<ContinuityCaseId>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl ProjectCompany {
    /// What the domain reads of it.
    #[must_use]
    pub const fn recorded(&self) -> Recorded {
        Recorded { company: self.company, from: self.from }
    }
}

/// With whom a project was, in order; empty where it never changed hands.
///
/// # Errors
/// Those of the database.
pub fn companies_of(conn: &mut Conn, project: ProjectId) -> Result<Vec<ProjectCompany>, DbError> {
    type Row = (i32, Uid, String, Option<NaiveDate>, Option<Uid>, At);
    let rows: Vec<Row> = project_companies::table
        .inner_join(companies::table.on(companies::id.eq(project_companies::company_id)))
        .filter(project_companies::project_id.eq(Uid::from(project)))
        .order(project_companies::number)
        .select((
            project_companies::number,
            project_companies::company_id,
            companies::kind,
            project_companies::from_day,
            project_companies::case_id,
            project_companies::recorded_at,
        ))
        .load(conn)?;
    let read = |(number, company, kind, from, case, at): Row| {
        let (company, case) = (company_of(&kind, company)?, case.map(Uid::id));
        Ok(ProjectCompany { project, number, company, from, case, recorded_at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

/// Appends to a project's history.
///
/// # Errors
/// Those of the database, which refuses a number that is not the next.
pub fn add_company(conn: &mut Conn, with: &ProjectCompany) -> Result<(), DbError> {
    let ProjectCompany { project, number, company, from, case, recorded_at } = with;
    diesel::insert_into(project_companies::table)
        .values((
            project_companies::project_id.eq(Uid::from(*project)),
            project_companies::number.eq(number),
            project_companies::company_id.eq(Uid::from(*company)),
            project_companies::from_day.eq(from),
            project_companies::case_id.eq(case.map(Uid::from)),
            project_companies::recorded_at.eq(At::from(*recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The projects of a customer with a company that go on, oldest first; and those that the company advises itself, which its master has
/// in its place.
///
/// # Errors
/// Those of the database.
pub fn going_on_with(conn: &mut Conn, company: CompanyId, customer: CustomerId) -> Result<Vec<Project>, DbError> {
    let of_both = all!()
        .filter(projects::company_id.eq(Uid::from(company)).or(projects::partner_id.eq(Uid::from(company))))
        .filter(projects::customer_id.eq(Uid::from(customer)))
        .filter(projects::state.eq_any(GOING_ON));
    load!(of_both.order(projects::id), conn)
}

/// Projects with a company that consultants proposed to it and that say no customer yet: `limit` of them at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn going_on_without_customer(conn: &mut Conn, company: CompanyId, limit: i64) -> Result<Vec<Project>, DbError> {
    let open = all!()
        .filter(projects::company_id.eq(Uid::from(company)))
        .filter(projects::customer_id.is_null())
        .filter(projects::state.eq_any(GOING_ON));
    load!(open.order(projects::id).limit(limit), conn)
}

/// The projects that a partner advises and that go on: `limit` of them at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn going_on_advised_by(conn: &mut Conn, partner: PartnerId, limit: i64) -> Result<Vec<Project>, DbError> {
    let open = all!().filter(projects::partner_id.eq(Uid::from(partner))).filter(projects::state.eq_any(GOING_ON));
    load!(open.order(projects::id).limit(limit), conn)
}

/// The projects that changed hands by a case, for a customer or for none yet, whoever has them now.
///
/// # Errors
/// Those of the database.
pub fn taken_by(conn: &mut Conn, case: ContinuityCaseId, customer: Option<CustomerId>) -> Result<Vec<Project>, DbError> {
    let by_case = project_companies::table.filter(project_companies::case_id.eq(Uid::from(case)));
    let moved = all!().filter(projects::id.eq_any(by_case.select(project_companies::project_id)));
    let moved = match customer {
        Some(customer) => moved.filter(projects::customer_id.eq(Uid::from(customer))),
        None => moved.filter(projects::customer_id.is_null()),
    };
    load!(moved.order(projects::id), conn)
}
