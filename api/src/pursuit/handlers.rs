//! The HTTP of pursuits.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewPursuit, Pursuit, PursuitEnd, PursuitFilters, PursuitPage},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_pursuits).service(show_pursuit).service(open_pursuit).service(close_pursuit);
}

/// List pursuits
///
/// A master sees its own.
#[utoipa::path(tag = "registrations", params(PursuitFilters, PageQuery),
    responses((status = 200, description = "A page of pursuits.", body = PursuitPage)))]
#[get("/v1/pursuits")]
async fn list_pursuits(
    app: web::Data<App>,
    read: Read,
    filters: Query<PursuitFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a pursuit
#[utoipa::path(tag = "registrations", responses((status = 200, description = "The pursuit.", body = Pursuit)))]
#[get("/v1/pursuits/{pursuit_id}")]
async fn show_pursuit(app: web::Data<App>, read: Read, id: PathId<kind::Pursuit>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Pursue a prospect yourself
///
/// While it is open, registrations, proposals and contracts of partners and of other masters for the prospect are refused like
/// inside a protection (R36, D7). It is refused where a partner's protection stands or another company has the prospect as its
/// customer. It is not meant against what a partner handed in before: `earlier_registrations` names such claims.
#[utoipa::path(tag = "registrations", request_body = NewPursuit,
    responses((status = 201, description = "The new pursuit.", body = Pursuit)))]
#[post("/v1/pursuits")]
async fn open_pursuit(app: web::Data<App>, write: Write<NewPursuit>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::open).await
}

/// Close a pursuit
///
/// The prospect is free again.
#[utoipa::path(tag = "registrations", request_body = PursuitEnd,
    responses((status = 200, description = "The pursuit as it is now.", body = Pursuit)))]
#[post("/v1/pursuits/{pursuit_id}/close")]
async fn close_pursuit(
    app: web::Data<App>,
    write: Write<PursuitEnd>,
    id: PathId<kind::Pursuit>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, end| commands::close(work, id.0, end)).await
}
