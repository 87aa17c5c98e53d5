//! The HTTP of areas of expertise.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{
        Expertise, ExpertiseConfirmation, ExpertiseFilters, ExpertisePage, ExpertiseRefusal, ExpertiseRevocation, NewExpertise,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_expertise)
        .service(show_expertise)
        .service(declare_expertise)
        .service(confirm_expertise)
        .service(refuse_expertise)
        .service(revoke_expertise)
        .service(withdraw_expertise);
}

/// List areas of expertise
///
/// A consultant sees its own, a company those of the consultants that it has an agreement with, a master those under the agreements it
/// supervises too.
#[utoipa::path(tag = "promotion", params(ExpertiseFilters, PageQuery),
    responses((status = 200, description = "A page of areas of expertise.", body = ExpertisePage)))]
#[get("/v1/expertise")]
async fn list_expertise(
    app: web::Data<App>,
    read: Read,
    filters: Query<ExpertiseFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show an area of expertise
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The area of expertise.", body = Expertise)))]
#[get("/v1/expertise/{expertise_id}")]
async fn show_expertise(app: web::Data<App>, read: Read, id: PathId<kind::Expertise>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Declare an area of expertise
///
/// For a partner whose figure advises projects, in one of the areas of its agreement's terms. It works there once a master has confirmed
/// it, and for the days of that (R21).
#[utoipa::path(tag = "promotion", request_body = NewExpertise,
    responses((status = 201, description = "The declared area.", body = Expertise)))]
#[post("/v1/expertise")]
async fn declare_expertise(app: web::Data<App>, write: Write<NewExpertise>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::declare).await
}

/// Confirm an area of expertise
///
/// By the master that supervises the consultant's agreement, from a day on and perhaps until another one.
#[utoipa::path(tag = "promotion", request_body = ExpertiseConfirmation,
    responses((status = 200, description = "The area, confirmed.", body = Expertise)))]
#[post("/v1/expertise/{expertise_id}/confirm")]
async fn confirm_expertise(
    app: web::Data<App>,
    write: Write<ExpertiseConfirmation>,
    id: PathId<kind::Expertise>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::confirm(work, id.0, said)).await
}

/// Refuse an area of expertise
#[utoipa::path(tag = "promotion", request_body = ExpertiseRefusal,
    responses((status = 200, description = "The area, refused.", body = Expertise)))]
#[post("/v1/expertise/{expertise_id}/refuse")]
async fn refuse_expertise(
    app: web::Data<App>,
    write: Write<ExpertiseRefusal>,
    id: PathId<kind::Expertise>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::refuse(work, id.0, said)).await
}

/// Revoke an area of expertise
///
/// By the master, from today or a later day on: what was done within it stays.
#[utoipa::path(tag = "promotion", request_body = ExpertiseRevocation,
    responses((status = 200, description = "The area, revoked.", body = Expertise)))]
#[post("/v1/expertise/{expertise_id}/revoke")]
async fn revoke_expertise(
    app: web::Data<App>,
    write: Write<ExpertiseRevocation>,
    id: PathId<kind::Expertise>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::revoke(work, id.0, said)).await
}

/// Withdraw an area of expertise
///
/// By its consultant, as long as it is not decided.
#[utoipa::path(tag = "promotion", request_body = Nothing,
    responses((status = 200, description = "The area, withdrawn.", body = Expertise)))]
#[post("/v1/expertise/{expertise_id}/withdraw")]
async fn withdraw_expertise(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Expertise>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}
