//! The HTTP of networks, masters, partnership types and terms.

use actix_web::{HttpResponse, get, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    catalogue, commands,
    wire::{Master, MasterPage, Network, NetworkOutlinePage, PartnershipType, PartnershipTypePage, Terms, TermsPage, TermsQuery},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_networks)
        .service(show_network)
        .service(list_masters)
        .service(show_master)
        .service(list_partnership_types)
        .service(show_partnership_type)
        .service(list_terms)
        .service(show_terms)
        .configure(catalogue::handlers::routes);
}

/// List networks
///
/// For whoever would like to join one: whom to apply to, and as what.
#[utoipa::path(tag = "network", params(PageQuery), responses((status = 200, description = "A page of networks.", body = NetworkOutlinePage)))]
#[get("/v1/networks")]
async fn list_networks(app: web::Data<App>, paging: Paging) -> Result<HttpResponse, Problem> {
    let page = app.db.read(move |tx| commands::list_networks(tx, &paging)).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Show your network
///
/// With its policies: its decisions where its documents are silent.
#[utoipa::path(tag = "network", responses((status = 200, description = "The network.", body = Network)))]
#[get("/v1/network")]
async fn show_network(app: web::Data<App>, read: Read) -> Result<HttpResponse, Problem> {
    app.show(read, commands::show_network).await
}

/// List masters
///
/// The companies that run the network.
#[utoipa::path(tag = "network", params(PageQuery), responses((status = 200, description = "A page of masters.", body = MasterPage)))]
#[get("/v1/masters")]
async fn list_masters(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_masters(tx, caller, &paging)).await
}

/// Show a master
#[utoipa::path(tag = "network", responses((status = 200, description = "The master.", body = Master)))]
#[get("/v1/masters/{master_id}")]
async fn show_master(app: web::Data<App>, read: Read, id: PathId<kind::Master>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_master(tx, caller, id.0)).await
}

/// List partnership types
///
/// The figures that a partner of the network can be, each with the terms in force today.
#[utoipa::path(tag = "network", params(PageQuery), responses((status = 200, description = "A page of partnership types.", body = PartnershipTypePage)))]
#[get("/v1/partnership-types")]
async fn list_partnership_types(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_types(tx, caller, &paging)).await
}

/// Show a partnership type
#[utoipa::path(tag = "network", responses((status = 200, description = "The partnership type.", body = PartnershipType)))]
#[get("/v1/partnership-types/{partnership_type_id}")]
async fn show_partnership_type(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::PartnershipType>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_type(tx, caller, id.0)).await
}

/// List the terms of a partnership type
///
/// Every version there is, past and to come. What was signed under one stays under it.
#[utoipa::path(tag = "network", params(PageQuery), responses((status = 200, description = "A page of terms.", body = TermsPage)))]
#[get("/v1/partnership-types/{partnership_type_id}/terms")]
async fn list_terms(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::PartnershipType>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_terms(tx, caller, id.0, &paging)).await
}

/// Show a version of terms
///
/// What is signed, and what everything is decided by. It never changes.
#[utoipa::path(tag = "network", params(TermsQuery), responses((status = 200, description = "The terms.", body = Terms)))]
#[get("/v1/terms/{terms_id}")]
async fn show_terms(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Terms>,
    query: Query<TermsQuery>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_terms(tx, caller, id.0, query.0.language.as_deref())).await
}
