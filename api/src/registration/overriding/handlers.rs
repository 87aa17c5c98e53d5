//! The HTTP of overrides.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewOverride, Override, OverridePage},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_overrides).service(grant_override).service(show_override).service(revoke_override);
}

/// List the overrides of a registration
///
/// For the master that supervises it.
#[utoipa::path(tag = "registrations", params(PageQuery),
    responses((status = 200, description = "A page of overrides.", body = OverridePage)))]
#[get("/v1/registrations/{registration_id}/overrides")]
async fn list_overrides(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Registration>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, id.0, &paging)).await
}

/// Let a company sell inside a protection
///
/// It may make and sign proposals for the prospect in spite of the protection, and customers may be taken over for it (R36, R37).
/// The protection goes on. What is sold inside it earns the company nothing: commissions do not count these lines, and all that
/// the customer pays for them is its master's. The holder is told that there is an override and why, and not for whom.
#[utoipa::path(tag = "registrations", request_body = NewOverride,
    responses((status = 201, description = "The new override.", body = Override)))]
#[post("/v1/registrations/{registration_id}/overrides")]
async fn grant_override(
    app: web::Data<App>,
    write: Write<NewOverride>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.create(write, move |work, new| commands::grant(work, id.0, new)).await
}

/// Show an override
#[utoipa::path(tag = "registrations", responses((status = 200, description = "The override.", body = Override)))]
#[get("/v1/overrides/{override_id}")]
async fn show_override(app: web::Data<App>, read: Read, id: PathId<kind::Override>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Take an override back
///
/// What was signed stays as it was signed; proposals that are open cannot be signed any more.
#[utoipa::path(tag = "registrations", request_body = Nothing,
    responses((status = 200, description = "The override as it is now.", body = Override)))]
#[post("/v1/overrides/{override_id}/revoke")]
async fn revoke_override(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Override>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::revoke(work, id.0)).await
}
