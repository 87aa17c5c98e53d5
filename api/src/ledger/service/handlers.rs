//! The HTTP of services.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewService, Service, ServiceFilters, ServicePage, ServiceRefusal},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_services)
        .service(show_service)
        .service(report_service)
        .service(confirm_service)
        .service(refuse_service)
        .service(withdraw_service);
}

/// List services
///
/// A partner sees those it did and those that served it, a master those under the agreements it supervises.
#[utoipa::path(tag = "ledger", params(ServiceFilters, PageQuery), responses((status = 200, description = "A page of services.", body = ServicePage)))]
#[get("/v1/services")]
async fn list_services(
    app: web::Data<App>,
    read: Read,
    filters: Query<ServiceFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a service
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The service.", body = Service)))]
#[get("/v1/services/{service_id}")]
async fn show_service(app: web::Data<App>, read: Read, id: PathId<kind::Service>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Report a service
///
/// What a partner did for a network company and its agreement's terms pay a fee for: by the piece, by time, by the course or in
/// kind. The fee is that of the terms in force for the agreement; nothing is due before the company that was served confirms it.
///
/// A project that followed its customer from a company that failed is paid by whoever has it on the day: under the agreement that it
/// began under, though that ended with the company, or under a new one with whoever has it.
#[utoipa::path(tag = "ledger", request_body = NewService, responses((status = 201, description = "The reported service.", body = Service)))]
#[post("/v1/services")]
async fn report_service(app: web::Data<App>, write: Write<NewService>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Confirm a service
///
/// By the company that it served, which owes the fee from now on. What is remunerated in kind is recorded with its value, and
/// no money moves.
#[utoipa::path(tag = "ledger", request_body = Nothing, responses((status = 200, description = "The service, confirmed.", body = Service)))]
#[post("/v1/services/{service_id}/confirm")]
async fn confirm_service(app: web::Data<App>, write: Write<Nothing>, id: PathId<kind::Service>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::confirm(work, id.0)).await
}

/// Refuse a service
///
/// By the company that it served, for a reason that its partner reads.
#[utoipa::path(tag = "ledger", request_body = ServiceRefusal, responses((status = 200, description = "The service, refused.", body = Service)))]
#[post("/v1/services/{service_id}/refuse")]
async fn refuse_service(
    app: web::Data<App>,
    write: Write<ServiceRefusal>,
    id: PathId<kind::Service>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, refusal| commands::refuse(work, id.0, refusal)).await
}

/// Withdraw a service
///
/// By the partner that reported it, as long as it is not decided.
#[utoipa::path(tag = "ledger", request_body = Nothing, responses((status = 200, description = "The service, withdrawn.", body = Service)))]
#[post("/v1/services/{service_id}/withdraw")]
async fn withdraw_service(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Service>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}
