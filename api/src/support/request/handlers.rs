//! The HTTP of support requests.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::commands;
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
    support::wire::{
        HandOver, NewSupportRequest, SupportAssignment, SupportDecline, SupportFilters, SupportRequest, SupportRequestPage,
    },
};

pub(in crate::support) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_support_requests)
        .service(show_support_request)
        .service(request_support)
        .service(assign_support_request)
        .service(start_support_request)
        .service(hand_over_support_request)
        .service(close_support_request)
        .service(decline_support_request);
}

/// List support requests
///
/// A master sees those of the partners that it supervises, a partner its own.
#[utoipa::path(tag = "support", params(SupportFilters, PageQuery), responses((status = 200, description = "A page of requests.", body = SupportRequestPage)))]
#[get("/v1/support-requests")]
async fn list_support_requests(
    app: web::Data<App>,
    read: Read,
    filters: Query<SupportFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a support request
#[utoipa::path(tag = "support", responses((status = 200, description = "The request.", body = SupportRequest)))]
#[get("/v1/support-requests/{support_request_id}")]
async fn show_support_request(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::SupportRequest>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Ask for support
///
/// A partner asks its master to draft a proposal or a contract for a prospect that it registered, or for a customer of its own (R41).
#[utoipa::path(tag = "support", request_body = NewSupportRequest, responses((status = 201, description = "The request.", body = SupportRequest)))]
#[post("/v1/support-requests")]
async fn request_support(app: web::Data<App>, write: Write<NewSupportRequest>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Assign a support request
///
/// To a person of your master, as often as needed until it is handed over.
#[utoipa::path(tag = "support", request_body = SupportAssignment, responses((status = 200, description = "The request, assigned.", body = SupportRequest)))]
#[post("/v1/support-requests/{support_request_id}/assign")]
async fn assign_support_request(
    app: web::Data<App>,
    write: Write<SupportAssignment>,
    id: PathId<kind::SupportRequest>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, assignment| commands::assign(work, id.0, assignment)).await
}

/// Start on a support request
#[utoipa::path(tag = "support", request_body = Nothing, responses((status = 200, description = "The request, in progress.", body = SupportRequest)))]
#[post("/v1/support-requests/{support_request_id}/start")]
async fn start_support_request(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::SupportRequest>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::start(work, id.0)).await
}

/// Hand a drafted document over
///
/// The proposal is the partner's, who goes on with it. It is marked as issued with support, and so is the contract that it becomes (R41).
#[utoipa::path(tag = "support", request_body = HandOver, responses((status = 200, description = "The request, handed over.", body = SupportRequest)))]
#[post("/v1/support-requests/{support_request_id}/hand-over")]
async fn hand_over_support_request(
    app: web::Data<App>,
    write: Write<HandOver>,
    id: PathId<kind::SupportRequest>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, hand_over| commands::hand_over(work, id.0, hand_over)).await
}

/// Close a support request
///
/// The partner ends it at any time; its master once it is handed over.
#[utoipa::path(tag = "support", request_body = Nothing, responses((status = 200, description = "The request, closed.", body = SupportRequest)))]
#[post("/v1/support-requests/{support_request_id}/close")]
async fn close_support_request(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::SupportRequest>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::close(work, id.0)).await
}

/// Decline a support request
///
/// For a reason that the partner reads, as long as nothing was handed over.
#[utoipa::path(tag = "support", request_body = SupportDecline, responses((status = 200, description = "The request, declined.", body = SupportRequest)))]
#[post("/v1/support-requests/{support_request_id}/decline")]
async fn decline_support_request(
    app: web::Data<App>,
    write: Write<SupportDecline>,
    id: PathId<kind::SupportRequest>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, decline| commands::decline(work, id.0, decline)).await
}
