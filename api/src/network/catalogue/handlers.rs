//! The HTTP of the catalogue.

use actix_web::{HttpResponse, get, patch, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{CatalogueItem, CatalogueItemChange, CatalogueItemPage, ItemQuery, NewCatalogueItem, NewPrice},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(in crate::network) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_catalogue_items)
        .service(show_catalogue_item)
        .service(create_catalogue_item)
        .service(change_catalogue_item)
        .service(set_catalogue_price);
}

/// List catalogue items
///
/// What the network sells, and your own; a master sees those of the partners it supervises.
#[utoipa::path(tag = "catalogue", params(ItemQuery, PageQuery), responses((status = 200, description = "A page of catalogue items.", body = CatalogueItemPage)))]
#[get("/v1/catalogue-items")]
async fn list_catalogue_items(
    app: web::Data<App>,
    read: Read,
    query: Query<ItemQuery>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &query.0, &paging)).await
}

/// Show a catalogue item
///
/// With every list price it has had and will have.
#[utoipa::path(tag = "catalogue", responses((status = 200, description = "The catalogue item.", body = CatalogueItem)))]
#[get("/v1/catalogue-items/{catalogue_item_id}")]
async fn show_catalogue_item(app: web::Data<App>, read: Read, id: PathId<kind::CatalogueItem>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// List a product or service of your own
///
/// For partners; what the network sells comes from the network.
#[utoipa::path(tag = "catalogue", request_body = NewCatalogueItem, responses((status = 201, description = "The new catalogue item.", body = CatalogueItem)))]
#[post("/v1/catalogue-items")]
async fn create_catalogue_item(app: web::Data<App>, write: Write<NewCatalogueItem>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Change an item of your own
#[utoipa::path(tag = "catalogue", request_body = CatalogueItemChange, responses((status = 200, description = "The catalogue item as it is now.", body = CatalogueItem)))]
#[patch("/v1/catalogue-items/{catalogue_item_id}")]
async fn change_catalogue_item(
    app: web::Data<App>,
    write: Write<CatalogueItemChange>,
    id: PathId<kind::CatalogueItem>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Set a price of an item of your own
///
/// From a day on. A price that was set never changes: a later one takes its place. The same price again changes nothing.
#[utoipa::path(tag = "catalogue", request_body = NewPrice, responses((status = 200, description = "The catalogue item as it is now.", body = CatalogueItem)))]
#[post("/v1/catalogue-items/{catalogue_item_id}/prices")]
async fn set_catalogue_price(
    app: web::Data<App>,
    write: Write<NewPrice>,
    id: PathId<kind::CatalogueItem>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::set_price(work, id.0, new)).await
}
