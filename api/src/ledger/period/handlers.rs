//! The HTTP of accounting periods.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{AccountingPeriod, AccountingPeriodPage, NewPeriod, PeriodFilters},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_periods).service(show_period).service(close_period);
}

/// List closed accounting periods
///
/// Newest first. What is not on the list is open.
#[utoipa::path(tag = "ledger", params(PeriodFilters, PageQuery), responses((status = 200, description = "A page of periods.", body = AccountingPeriodPage)))]
#[get("/v1/periods")]
async fn list_periods(
    app: web::Data<App>,
    read: Read,
    filters: Query<PeriodFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a closed accounting period
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The period.", body = AccountingPeriod)))]
#[get("/v1/periods/{period_id}")]
async fn show_period(app: web::Data<App>, read: Read, id: PathId<kind::Period>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Close an accounting period
///
/// The one that ends on that day, for the whole network and one currency, and those before it that are open: periods close in
/// their order, once, and stay closed. No entry is dated into a closed period any more: what happens later, corrections of it
/// included, is dated into the open one.
#[utoipa::path(tag = "ledger", request_body = NewPeriod, responses((status = 201, description = "The closed period.", body = AccountingPeriod), (status = 200, description = "The period, which was closed before.", body = AccountingPeriod)))]
#[post("/v1/periods")]
async fn close_period(app: web::Data<App>, write: Write<NewPeriod>) -> Result<HttpResponse, Problem> {
    app.create_once(write, commands::create).await
}
