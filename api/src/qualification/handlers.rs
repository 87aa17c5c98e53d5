//! The HTTP of qualifications.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewQualification, Qualification, QualificationFilters, QualificationGrant, QualificationPage, QualificationReason},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_qualifications)
        .service(show_qualification)
        .service(submit_qualification)
        .service(withdraw_qualification)
        .service(grant_qualification)
        .service(refuse_qualification)
        .service(revoke_qualification);
}

/// List qualifications
///
/// A partner sees its own, a master those of the partners it supervises.
#[utoipa::path(tag = "qualifications", params(QualificationFilters, PageQuery),
    responses((status = 200, description = "A page of qualifications.", body = QualificationPage)))]
#[get("/v1/qualifications")]
async fn list_qualifications(
    app: web::Data<App>,
    read: Read,
    filters: Query<QualificationFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a qualification
#[utoipa::path(tag = "qualifications", responses((status = 200, description = "The qualification.", body = Qualification)))]
#[get("/v1/qualifications/{qualification_id}")]
async fn show_qualification(app: web::Data<App>, read: Read, id: PathId<kind::Qualification>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Hand in a qualification
///
/// With what shows it; `GET /v1/network` lists the kinds. It counts for nothing before the master grants it, and a partner has
/// one of a kind at a time that waits. A master may hand it in for a partner that it supervises.
#[utoipa::path(tag = "qualifications", request_body = NewQualification,
    responses((status = 201, description = "The qualification, submitted.", body = Qualification)))]
#[post("/v1/qualifications")]
async fn submit_qualification(app: web::Data<App>, write: Write<NewQualification>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::submit).await
}

/// Withdraw a qualification
///
/// By its partner, as long as it is not decided.
#[utoipa::path(tag = "qualifications", request_body = Nothing,
    responses((status = 200, description = "The qualification as it is now.", body = Qualification)))]
#[post("/v1/qualifications/{qualification_id}/withdraw")]
async fn withdraw_qualification(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Qualification>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}

/// Grant a qualification
///
/// From a day to a day, both included: while it counts, it meets the requirement of terms that its kind names, and opens the
/// duties that are closed without it (R56, R64, R72). It ends at midnight where its master is.
#[utoipa::path(tag = "qualifications", request_body = QualificationGrant,
    responses((status = 200, description = "The qualification as it is now.", body = Qualification)))]
#[post("/v1/qualifications/{qualification_id}/grant")]
async fn grant_qualification(
    app: web::Data<App>,
    write: Write<QualificationGrant>,
    id: PathId<kind::Qualification>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, grant| commands::grant(work, id.0, grant)).await
}

/// Refuse a qualification
///
/// For a reason that its partner reads.
#[utoipa::path(tag = "qualifications", request_body = QualificationReason,
    responses((status = 200, description = "The qualification as it is now.", body = Qualification)))]
#[post("/v1/qualifications/{qualification_id}/refuse")]
async fn refuse_qualification(
    app: web::Data<App>,
    write: Write<QualificationReason>,
    id: PathId<kind::Qualification>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::refuse(work, id.0, why)).await
}

/// Revoke a qualification
///
/// It counts no more from today on, where its master is. What was done before stays as it was.
#[utoipa::path(tag = "qualifications", request_body = QualificationReason,
    responses((status = 200, description = "The qualification as it is now.", body = Qualification)))]
#[post("/v1/qualifications/{qualification_id}/revoke")]
async fn revoke_qualification(
    app: web::Data<App>,
    write: Write<QualificationReason>,
    id: PathId<kind::Qualification>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::revoke(work, id.0, why)).await
}
