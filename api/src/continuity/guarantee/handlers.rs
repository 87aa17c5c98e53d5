//! The HTTP of guarantees.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{Guarantee, GuaranteeFilters, GuaranteePage, GuaranteeWithdrawal, NewGuarantee},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_guarantees).service(show_guarantee).service(record_guarantee).service(withdraw_guarantee);
}

/// List guarantees
///
/// A master sees those of the partners that it supervises, a partner its own.
#[utoipa::path(tag = "continuity", params(GuaranteeFilters, PageQuery),
    responses((status = 200, description = "A page of guarantees.", body = GuaranteePage)))]
#[get("/v1/guarantees")]
async fn list_guarantees(
    app: web::Data<App>,
    read: Read,
    filters: Query<GuaranteeFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a guarantee
#[utoipa::path(tag = "continuity", responses((status = 200, description = "The guarantee.", body = Guarantee)))]
#[get("/v1/guarantees/{guarantee_id}")]
async fn show_guarantee(app: web::Data<App>, read: Read, id: PathId<kind::Guarantee>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Record a guarantee
///
/// What a partner company has for its customers should it fail them: it comes before the network's own means (R50). A partner
/// records its own, a master those of a partner that it supervises.
#[utoipa::path(tag = "continuity", request_body = NewGuarantee,
    responses((status = 201, description = "The new guarantee.", body = Guarantee)))]
#[post("/v1/guarantees")]
async fn record_guarantee(app: web::Data<App>, write: Write<NewGuarantee>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::record).await
}

/// Withdraw a guarantee
///
/// It counts no more from now on; what a case made of it stays. Not while a case about the partner is open: nobody takes a
/// guarantee back when it is needed.
#[utoipa::path(tag = "continuity", request_body = GuaranteeWithdrawal,
    responses((status = 200, description = "The guarantee as it is now.", body = Guarantee)))]
#[post("/v1/guarantees/{guarantee_id}/withdraw")]
async fn withdraw_guarantee(
    app: web::Data<App>,
    write: Write<GuaranteeWithdrawal>,
    id: PathId<kind::Guarantee>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::withdraw(work, id.0, why)).await
}
