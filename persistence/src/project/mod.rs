//! Projects, the advice given in them and their milestones (R21).

mod advice;
mod company;
mod milestone;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, CompanyId, CustomerId, MasterId, NetworkId, PartnerId, ProjectId},
    project::{Project as Status, ProjectParty, ProjectState},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, projects},
    view::{Page, View, paged, visible_to_parties},
};

pub use advice::{Advice, insert_advice, page_advice};
pub use company::{
    ProjectCompany, add_company, companies_of, going_on_advised_by, going_on_with, going_on_without_customer, taken_by,
};
pub use milestone::{Milestone, find_milestone, insert_milestone, milestones_of, page_milestones, update_milestone};

/// A project as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the consultant's agreement.
    pub master: MasterId,
    /// The network company whose customer it is for.
    pub company: CompanyId,
    /// Since when it is with that company, where it was with another before (R49).
    pub company_from: Option<NaiveDate>,
    /// The consultant.
    pub partner: PartnerId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// The customer, once the company has said which it is.
    pub customer: Option<CustomerId>,
    /// The customer's name when it was proposed or accepted.
    pub customer_name: String,
    /// The code of the area of expertise that it is within.
    pub area: String,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// Where it stands, and who proposed it.
    pub status: Status,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// The day by which it is to be done.
    pub due_on: Option<NaiveDate>,
    /// The day it ended.
    pub ended_on: Option<NaiveDate>,
    /// Why it was declined or cancelled.
    pub reason: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_default_value = false, treat_none_as_null = true)]
struct ProjectRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    company_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    customer_id: Option<Uid>,
    customer_name: String,
    area: String,
    title: String,
    description: Option<String>,
    proposed_by: String,
    state: String,
    starts_on: NaiveDate,
    due_on: Option<NaiveDate>,
    ended_on: Option<NaiveDate>,
    reason: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
    company_from: Option<NaiveDate>,
}

impl From<&Project> for ProjectRow {
    fn from(project: &Project) -> Self {
        let Project {
            id,
            network,
            master,
            company,
            company_from,
            partner,
            agreement,
            customer,
            customer_name,
            area,
            title,
            description,
            status: Status { state, proposed_by },
            starts_on,
            due_on,
            ended_on,
            reason,
            version,
            created_at,
            updated_at,
        } = project;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            company_id: (*company).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            customer_id: customer.map(Uid::from),
            customer_name: customer_name.clone(),
            area: area.clone(),
            title: title.clone(),
            description: description.clone(),
            proposed_by: proposed_by.code().to_owned(),
            state: state.code().to_owned(),
            starts_on: *starts_on,
            due_on: *due_on,
            ended_on: *ended_on,
            reason: reason.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            company_from: *company_from,
        }
    }
}

fn read((row, company_kind): (ProjectRow, String)) -> Result<Project, DbError> {
    let ProjectRow {
        id,
        network_id,
        master_id,
        company_id,
        partner_id,
        agreement_id,
        customer_id,
        customer_name,
        area,
        title,
        description,
        proposed_by,
        state,
        starts_on,
        due_on,
        ended_on,
        reason,
        version,
        created_at,
        updated_at,
        company_from,
    } = row;
    let corrupt = |what: &str| DbError::Corrupt(format!("project {}: {what}", id.0));
    Ok(Project {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        company: company_of(&company_kind, company_id)?,
        company_from,
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        customer: customer_id.map(Uid::id),
        customer_name,
        area,
        title,
        description,
        status: Status {
            state: ProjectState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            proposed_by: ProjectParty::from_code(&proposed_by).ok_or_else(|| corrupt("proposed by"))?,
        },
        starts_on,
        due_on,
        ended_on,
        reason,
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    })
}

/// Projects with the kind of their company, ready to be narrowed.
macro_rules! all {
    () => {
        projects::table.inner_join(companies::table.on(companies::id.eq(projects::company_id))).into_boxed()
    };
}
use all;

/// Loads what a query of [`all`] finds.
macro_rules! load {
    ($query:expr, $conn:expr) => {{
        let rows: Vec<(ProjectRow, String)> = $query.select((ProjectRow::as_select(), companies::kind)).load($conn)?;
        rows.into_iter().map(read).collect::<Result<Vec<Project>, DbError>>()
    }};
}
use load;

/// Keeps a new project.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, project: &Project) -> Result<(), DbError> {
    diesel::insert_into(projects::table).values(ProjectRow::from(project)).execute(conn)?;
    Ok(())
}

/// Keeps a changed project, unless it was changed since `project.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, project: &Project) -> Result<bool, DbError> {
    let before = project.version.saturating_sub(1);
    let unchanged = projects::table.find(Uid::from(project.id)).filter(projects::version.eq(before));
    Ok(diesel::update(unchanged).set(ProjectRow::from(project)).execute(conn)? == 1)
}

/// A project that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: ProjectId) -> Result<Option<Project>, DbError> {
    Ok(load!(visible_to_parties!(all!(), projects, view).filter(projects::id.eq(Uid::from(id))), conn)?.pop())
}

/// Which projects a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those that stand here.
    pub state: Option<ProjectState>,
    /// Those of a consultant.
    pub partner: Option<PartnerId>,
    /// Those with a company.
    pub company: Option<CompanyId>,
    /// Those for a customer.
    pub customer: Option<CustomerId>,
    /// Those within an area.
    pub area: Option<String>,
}

/// A page of the projects that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: Filters, page: &Page) -> Result<Vec<Project>, DbError> {
    let Filters { state, partner, company, customer, area } = filters;
    let mut query = visible_to_parties!(all!(), projects, view);
    if let Some(state) = state {
        query = query.filter(projects::state.eq(state.code()));
    }
    if let Some(partner) = partner {
        query = query.filter(projects::partner_id.eq(Uid::from(partner)));
    }
    if let Some(company) = company {
        query = query.filter(projects::company_id.eq(Uid::from(company)));
    }
    if let Some(customer) = customer {
        query = query.filter(projects::customer_id.eq(Uid::from(customer)));
    }
    if let Some(area) = area {
        query = query.filter(projects::area.eq(area));
    }
    load!(paged!(query, projects, page), conn)
}
