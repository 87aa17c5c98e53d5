//! The HTTP of applications.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{
        Acceptance, AcceptedApplication, Application, ApplicationFilters, ApplicationPage, NewApplication, ReceivedApplication,
        Rejection,
    },
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    identity::secret::{Purpose, Secret},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_applications)
        .service(submit_application)
        .service(show_application)
        .service(accept_application)
        .service(reject_application);
}

/// Apply to a master
///
/// Open to anybody. The named master decides; the answer says no more than what was sent, an id and the state.
#[utoipa::path(tag = "applications", request_body = NewApplication, responses((status = 201, description = "The application was received.", body = ReceivedApplication)))]
#[post("/v1/applications")]
async fn submit_application(app: web::Data<App>, write: Write<NewApplication>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::submit).await
}

/// List the applications to your master
#[utoipa::path(tag = "applications", params(ApplicationFilters, PageQuery), responses((status = 200, description = "A page of applications.", body = ApplicationPage)))]
#[get("/v1/applications")]
async fn list_applications(
    app: web::Data<App>,
    read: Read,
    filters: Query<ApplicationFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    let state = filters.0.state.map(Into::into);
    app.list(read, move |tx, caller| commands::list(tx, caller, state, &paging)).await
}

/// Show an application to your master
#[utoipa::path(tag = "applications", responses((status = 200, description = "The application.", body = Application)))]
#[get("/v1/applications/{application_id}")]
async fn show_application(app: web::Data<App>, read: Read, id: PathId<kind::Application>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Accept an application
///
/// It makes the partner and, unless told otherwise, invites the contact as its administrator: pass the one-time token on, it
/// is shown once. What is not on its record yet, such as its ability to bill, is recorded on the partner.
#[utoipa::path(tag = "applications", request_body = Acceptance, responses((status = 200, description = "The new partner and the invitation.", body = AcceptedApplication)))]
#[post("/v1/applications/{application_id}/accept")]
async fn accept_application(
    app: web::Data<App>,
    write: Write<Acceptance>,
    id: PathId<kind::Application>,
) -> Result<HttpResponse, Problem> {
    let token = Secret::generate(Purpose::Invitation);
    app.change(write, move |work, how| commands::accept(work, id.0, how, &token)).await
}

/// Reject an application
#[utoipa::path(tag = "applications", request_body = Rejection, responses((status = 200, description = "The application as it is now.", body = Application)))]
#[post("/v1/applications/{application_id}/reject")]
async fn reject_application(
    app: web::Data<App>,
    write: Write<Rejection>,
    id: PathId<kind::Application>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::reject(work, id.0, why)).await
}
