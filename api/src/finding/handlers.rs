//! The HTTP of findings.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{FindingFilters, MasterFinding, MasterFindingPage, NewFindingDecision},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_findings).service(show_finding).service(acknowledge_finding).service(decide_finding);
}

/// List findings
///
/// What the service found and your master has to look at.
#[utoipa::path(tag = "findings", params(FindingFilters, PageQuery), responses((status = 200, description = "A page of findings.", body = MasterFindingPage)))]
#[get("/v1/findings")]
async fn list_findings(
    app: web::Data<App>,
    read: Read,
    filters: Query<FindingFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging, language)).await
}

/// Show a finding
#[utoipa::path(tag = "findings", responses((status = 200, description = "The finding.", body = MasterFinding)))]
#[get("/v1/findings/{finding_id}")]
async fn show_finding(app: web::Data<App>, read: Read, id: PathId<kind::Finding>) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0, language)).await
}

/// Acknowledge a finding
///
/// It says that your master knows of it, and nothing else.
#[utoipa::path(tag = "findings", request_body = Nothing, responses((status = 200, description = "The finding, acknowledged.", body = MasterFinding)))]
#[post("/v1/findings/{finding_id}/acknowledge")]
async fn acknowledge_finding(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Finding>,
) -> Result<HttpResponse, Problem> {
    let language = write.language;
    app.change(write, move |work, _| commands::acknowledge(work, id.0, language)).await
}

/// Decide a finding
///
/// It says what comes of it. It has no consequence by itself: no agreement, stage or amount changes (D13).
#[utoipa::path(tag = "findings", request_body = NewFindingDecision, responses((status = 200, description = "The finding, decided.", body = MasterFinding)))]
#[post("/v1/findings/{finding_id}/decide")]
async fn decide_finding(
    app: web::Data<App>,
    write: Write<NewFindingDecision>,
    id: PathId<kind::Finding>,
) -> Result<HttpResponse, Problem> {
    let language = write.language;
    app.change(write, move |work, decision| commands::decide(work, id.0, decision, language)).await
}
