//! The HTTP of partners.

use actix_web::{HttpResponse, get, patch, post, put, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewPartner, Partner, PartnerChange, PartnerPage},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, PathReference, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_partners)
        .service(show_partner)
        .service(create_partner)
        .service(change_partner)
        .service(show_partner_by_reference)
        .service(upsert_partner_by_reference);
}

/// List partners
///
/// A master sees those it supervises, a partner itself.
#[utoipa::path(tag = "partners", params(PageQuery), responses((status = 200, description = "A page of partners.", body = PartnerPage)))]
#[get("/v1/partners")]
async fn list_partners(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &paging)).await
}

/// Show a partner
#[utoipa::path(tag = "partners", responses((status = 200, description = "The partner.", body = Partner)))]
#[get("/v1/partners/{partner_id}")]
async fn show_partner(app: web::Data<App>, read: Read, id: PathId<kind::Partner>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Take a partner into the network
///
/// For masters that onboard by script; whoever applies by itself comes in through an application. The partner is supervised
/// by the caller's master.
#[utoipa::path(tag = "partners", request_body = NewPartner, responses((status = 201, description = "The new partner.", body = Partner)))]
#[post("/v1/partners")]
async fn create_partner(app: web::Data<App>, write: Write<NewPartner>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Change a partner's record
#[utoipa::path(tag = "partners", request_body = PartnerChange, responses((status = 200, description = "The partner as it is now.", body = Partner)))]
#[patch("/v1/partners/{partner_id}")]
async fn change_partner(
    app: web::Data<App>,
    write: Write<PartnerChange>,
    id: PathId<kind::Partner>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Show the partner that you call by an external reference
#[utoipa::path(tag = "partners", responses((status = 200, description = "The partner.", body = Partner)))]
#[get("/v1/partners/by-reference/{system}/{external_id}")]
async fn show_partner_by_reference(app: web::Data<App>, read: Read, name: PathReference) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_by_reference(tx, caller, &name.0)).await
}

/// Make or change the partner that you call by an external reference
///
/// The same request again changes nothing. `If-Match` guards against changes of others.
#[utoipa::path(tag = "partners", request_body = NewPartner, responses((status = 200, description = "The partner as it is now.", body = Partner)))]
#[put("/v1/partners/by-reference/{system}/{external_id}")]
async fn upsert_partner_by_reference(
    app: web::Data<App>,
    write: Write<NewPartner>,
    name: PathReference,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::upsert(work, &name.0, new)).await
}
