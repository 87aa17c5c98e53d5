//! The HTTP of projects.

use actix_web::{HttpResponse, get, patch, post, put, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    advice, commands, milestone,
    wire::{
        Milestone, MilestoneChange, MilestonePage, NewMilestone, NewProject, NewProjectAdvice, Project, ProjectAcceptance,
        ProjectAdvice, ProjectAdvicePage, ProjectChange, ProjectEnd, ProjectFilters, ProjectPage,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, PathReference, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_projects)
        .service(show_project)
        .service(propose_project)
        .service(change_project)
        .service(accept_project)
        .service(decline_project)
        .service(cancel_project)
        .service(complete_project)
        .service(list_project_advice)
        .service(give_project_advice)
        .service(list_project_milestones)
        .service(set_project_milestone)
        .service(show_milestone)
        .service(change_milestone)
        .service(show_project_by_reference)
        .service(upsert_project_by_reference);
}

/// List projects
///
/// A consultant sees its own, a network company those for its customers, a master those under the agreements it supervises too.
#[utoipa::path(tag = "promotion", params(ProjectFilters, PageQuery),
    responses((status = 200, description = "A page of projects.", body = ProjectPage)))]
#[get("/v1/projects")]
async fn list_projects(
    app: web::Data<App>,
    read: Read,
    filters: Query<ProjectFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a project
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The project.", body = Project)))]
#[get("/v1/projects/{project_id}")]
async fn show_project(app: web::Data<App>, read: Read, id: PathId<kind::Project>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Propose a project
///
/// By a network company to a consultant whose agreement it sees, for a customer that it answers for; or by a consultant to the network
/// company that it works with, for a customer that it calls by name. The other party accepts. A consultant works within its own areas of
/// expertise only, those that a master has confirmed for the project's first day: any other is refused with the reason (R21).
#[utoipa::path(tag = "promotion", request_body = NewProject,
    responses((status = 201, description = "The proposed project.", body = Project)))]
#[post("/v1/projects")]
async fn propose_project(app: web::Data<App>, write: Write<NewProject>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::propose).await
}

/// Change a project
#[utoipa::path(tag = "promotion", request_body = ProjectChange,
    responses((status = 200, description = "The project as it is now.", body = Project)))]
#[patch("/v1/projects/{project_id}")]
async fn change_project(
    app: web::Data<App>,
    write: Write<ProjectChange>,
    id: PathId<kind::Project>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Show the project that you call by an external reference
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The project.", body = Project)))]
#[get("/v1/projects/by-reference/{system}/{external_id}")]
async fn show_project_by_reference(app: web::Data<App>, read: Read, name: PathReference) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_by_reference(tx, caller, &name.0)).await
}

/// Propose or change the project that you call by an external reference
///
/// The same request again changes nothing. What was proposed stays, and its names change. `If-Match` guards against changes of others.
#[utoipa::path(tag = "promotion", request_body = NewProject,
    responses((status = 200, description = "The project as it is now.", body = Project)))]
#[put("/v1/projects/by-reference/{system}/{external_id}")]
async fn upsert_project_by_reference(
    app: web::Data<App>,
    write: Write<NewProject>,
    name: PathReference,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::upsert(work, &name.0, new)).await
}

/// Accept a project
///
/// By the party that did not propose it; a company names its customer where the consultant proposed it.
#[utoipa::path(tag = "promotion", request_body = ProjectAcceptance,
    responses((status = 200, description = "The project, running.", body = Project)))]
#[post("/v1/projects/{project_id}/accept")]
async fn accept_project(
    app: web::Data<App>,
    write: Write<ProjectAcceptance>,
    id: PathId<kind::Project>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::accept(work, id.0, said)).await
}

/// Decline a project
///
/// By the party that did not propose it.
#[utoipa::path(tag = "promotion", request_body = ProjectEnd,
    responses((status = 200, description = "The project, declined.", body = Project)))]
#[post("/v1/projects/{project_id}/decline")]
async fn decline_project(
    app: web::Data<App>,
    write: Write<ProjectEnd>,
    id: PathId<kind::Project>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::decline(work, id.0, said)).await
}

/// Cancel a project
///
/// By either party, as long as it has not ended.
#[utoipa::path(tag = "promotion", request_body = ProjectEnd,
    responses((status = 200, description = "The project, cancelled.", body = Project)))]
#[post("/v1/projects/{project_id}/cancel")]
async fn cancel_project(
    app: web::Data<App>,
    write: Write<ProjectEnd>,
    id: PathId<kind::Project>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::cancel(work, id.0, said)).await
}

/// Complete a project
///
/// By the company, once all its milestones are reached.
#[utoipa::path(tag = "promotion", request_body = Nothing,
    responses((status = 200, description = "The project, completed.", body = Project)))]
#[post("/v1/projects/{project_id}/complete")]
async fn complete_project(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Project>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::complete(work, id.0)).await
}

/// List the advice given in a project
#[utoipa::path(tag = "promotion", params(PageQuery),
    responses((status = 200, description = "A page of advice.", body = ProjectAdvicePage)))]
#[get("/v1/projects/{project_id}/advice")]
async fn list_project_advice(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Project>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| advice::list(tx, caller, id.0, &paging)).await
}

/// Give advice in a project
///
/// By its consultant, while the project runs, on a day for which its area of expertise is confirmed.
#[utoipa::path(tag = "promotion", request_body = NewProjectAdvice,
    responses((status = 201, description = "The advice.", body = ProjectAdvice)))]
#[post("/v1/projects/{project_id}/advice")]
async fn give_project_advice(
    app: web::Data<App>,
    write: Write<NewProjectAdvice>,
    id: PathId<kind::Project>,
) -> Result<HttpResponse, Problem> {
    app.create(write, move |work, new| advice::give(work, id.0, new)).await
}

/// List the milestones of a project
#[utoipa::path(tag = "promotion", params(PageQuery),
    responses((status = 200, description = "A page of milestones.", body = MilestonePage)))]
#[get("/v1/projects/{project_id}/milestones")]
async fn list_project_milestones(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Project>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| milestone::list(tx, caller, id.0, &paging)).await
}

/// Set a milestone
///
/// By either party of the project, as long as it has not ended.
#[utoipa::path(tag = "promotion", request_body = NewMilestone,
    responses((status = 201, description = "The milestone.", body = Milestone)))]
#[post("/v1/projects/{project_id}/milestones")]
async fn set_project_milestone(
    app: web::Data<App>,
    write: Write<NewMilestone>,
    id: PathId<kind::Project>,
) -> Result<HttpResponse, Problem> {
    app.create(write, move |work, new| milestone::set(work, id.0, new)).await
}

/// Show a milestone
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The milestone.", body = Milestone)))]
#[get("/v1/milestones/{milestone_id}")]
async fn show_milestone(app: web::Data<App>, read: Read, id: PathId<kind::Milestone>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| milestone::show(tx, caller, id.0)).await
}

/// Change a milestone
///
/// Its day by either party; its progress by the consultant, while the project runs.
#[utoipa::path(tag = "promotion", request_body = MilestoneChange,
    responses((status = 200, description = "The milestone as it is now.", body = Milestone)))]
#[patch("/v1/milestones/{milestone_id}")]
async fn change_milestone(
    app: web::Data<App>,
    write: Write<MilestoneChange>,
    id: PathId<kind::Milestone>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| milestone::change(work, id.0, change)).await
}
