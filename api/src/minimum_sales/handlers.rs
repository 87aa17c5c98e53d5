//! The HTTP of minimum sales.

use actix_web::{HttpResponse, get, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{AgreementMinimumSales, MinimumSalesFilters, MinimumSalesPage},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_minimum_sales).service(show_agreement_minimum_sales);
}

/// List minimum sales
///
/// The agreements in force or suspended whose terms ask for sales, each with the pace of the year that runs (R57, D13): a partner's own,
/// and those that a master supervises.
#[utoipa::path(tag = "minimum-sales", params(MinimumSalesFilters, PageQuery), responses((status = 200, description = "A page of agreements with their pace.", body = MinimumSalesPage)))]
#[get("/v1/minimum-sales")]
async fn list_minimum_sales(
    app: web::Data<App>,
    read: Read,
    filters: Query<MinimumSalesFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging, language)).await
}

/// Show the minimum sales of an agreement
///
/// Each of its anniversary years: what it asks for, pro rata of the days in force and rounded down, and what was signed. A shortfall is a
/// finding for the master and changes nothing by itself (D13).
#[utoipa::path(tag = "minimum-sales", responses((status = 200, description = "The agreement's years.", body = AgreementMinimumSales)))]
#[get("/v1/agreements/{agreement_id}/minimum-sales")]
async fn show_agreement_minimum_sales(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0, language)).await
}
