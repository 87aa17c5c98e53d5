//! The HTTP of customers.

use actix_web::{HttpResponse, get, patch, post, put, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{Customer, CustomerChange, CustomerPage, NewCustomer},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, PathReference, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_customers)
        .service(show_customer)
        .service(create_customer)
        .service(change_customer)
        .service(show_customer_by_reference)
        .service(upsert_customer_by_reference);
}

/// List customers
///
/// A master sees those it supervises, a partner those it is responsible for.
#[utoipa::path(tag = "customers", params(PageQuery), responses((status = 200, description = "A page of customers.", body = CustomerPage)))]
#[get("/v1/customers")]
async fn list_customers(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &paging)).await
}

/// Show a customer
#[utoipa::path(tag = "customers", responses((status = 200, description = "The customer.", body = Customer)))]
#[get("/v1/customers/{customer_id}")]
async fn show_customer(app: web::Data<App>, read: Read, id: PathId<kind::Customer>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Take an existing customer over
///
/// For masters whose customers were there before the network's records. Others become customers by signing.
#[utoipa::path(tag = "customers", request_body = NewCustomer, responses((status = 201, description = "The new customer.", body = Customer)))]
#[post("/v1/customers")]
async fn create_customer(app: web::Data<App>, write: Write<NewCustomer>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Change a customer's record
#[utoipa::path(tag = "customers", request_body = CustomerChange, responses((status = 200, description = "The customer as it is now.", body = Customer)))]
#[patch("/v1/customers/{customer_id}")]
async fn change_customer(
    app: web::Data<App>,
    write: Write<CustomerChange>,
    id: PathId<kind::Customer>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Show the customer that you call by an external reference
#[utoipa::path(tag = "customers", responses((status = 200, description = "The customer.", body = Customer)))]
#[get("/v1/customers/by-reference/{system}/{external_id}")]
async fn show_customer_by_reference(app: web::Data<App>, read: Read, name: PathReference) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_by_reference(tx, caller, &name.0)).await
}

/// Make or change the customer that you call by an external reference
///
/// The same request again changes nothing. `If-Match` guards against changes of others.
#[utoipa::path(tag = "customers", request_body = NewCustomer, responses((status = 200, description = "The customer as it is now.", body = Customer)))]
#[put("/v1/customers/by-reference/{system}/{external_id}")]
async fn upsert_customer_by_reference(
    app: web::Data<App>,
    write: Write<NewCustomer>,
    name: PathReference,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::upsert(work, &name.0, new)).await
}
