//! The HTTP of portfolios.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands, sale,
    wire::{
        NewPortfolioPlace, PortfolioEnd, PortfolioFilters, PortfolioHandOver, PortfolioPlace, PortfolioPlacePage,
        PortfolioSalePage,
    },
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_portfolio_places)
        .service(show_portfolio_place)
        .service(create_portfolio_place)
        .service(hand_over_portfolio_place)
        .service(end_portfolio_place)
        .service(list_portfolio_sales);
}

/// List the places of customers in portfolios
///
/// A client manager sees its portfolio, a network company the portfolios of its customers, a master those under the agreements it
/// supervises too.
#[utoipa::path(tag = "promotion", params(PortfolioFilters, PageQuery),
    responses((status = 200, description = "A page of places.", body = PortfolioPlacePage)))]
#[get("/v1/portfolio-places")]
async fn list_portfolio_places(
    app: web::Data<App>,
    read: Read,
    filters: Query<PortfolioFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a customer's place in a portfolio
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The place.", body = PortfolioPlace)))]
#[get("/v1/portfolio-places/{portfolio_place_id}")]
async fn show_portfolio_place(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::PortfolioPlace>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Put a customer into a portfolio
///
/// By the company that answers for the customer: it hands it to a client manager that works with it. A customer that is won with a
/// client manager comes into its portfolio by itself, on the day of signing. On any day a customer is in one portfolio of a company at
/// most (R20).
#[utoipa::path(tag = "promotion", request_body = NewPortfolioPlace,
    responses((status = 201, description = "The customer's place.", body = PortfolioPlace)))]
#[post("/v1/portfolio-places")]
async fn create_portfolio_place(app: web::Data<App>, write: Write<NewPortfolioPlace>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Hand a customer over to another client manager
///
/// By the company. The place ends and another one begins on the same day; the answer is the new one. What was earned, and what earlier
/// sales go on earning, stays with whoever has a place in them (D19).
#[utoipa::path(tag = "promotion", request_body = PortfolioHandOver,
    responses((status = 200, description = "The customer's new place.", body = PortfolioPlace)))]
#[post("/v1/portfolio-places/{portfolio_place_id}/hand-over")]
async fn hand_over_portfolio_place(
    app: web::Data<App>,
    write: Write<PortfolioHandOver>,
    id: PathId<kind::PortfolioPlace>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, to| commands::hand_over(work, id.0, to)).await
}

/// End a customer's place in a portfolio
///
/// By the company, or by the client manager that gives the customer back.
#[utoipa::path(tag = "promotion", request_body = PortfolioEnd,
    responses((status = 200, description = "The place, with its end.", body = PortfolioPlace)))]
#[post("/v1/portfolio-places/{portfolio_place_id}/end")]
async fn end_portfolio_place(
    app: web::Data<App>,
    write: Write<PortfolioEnd>,
    id: PathId<kind::PortfolioPlace>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, end| commands::end(work, id.0, end)).await
}

/// List the sales to a customer of a portfolio
///
/// Those of the place's company that were signed before the place ended: what was sold of the network and how it stands, and no prices
/// (D22).
#[utoipa::path(tag = "promotion", params(PageQuery),
    responses((status = 200, description = "A page of sales.", body = PortfolioSalePage)))]
#[get("/v1/portfolio-places/{portfolio_place_id}/sales")]
async fn list_portfolio_sales(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::PortfolioPlace>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| sale::list(tx, caller, id.0, &paging)).await
}
