//! The HTTP of registrations.

use actix_web::{HttpResponse, get, patch, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    matches::{self, RegistrationMatches},
    wire::{
        NewRegistration, Registration, RegistrationActionRequest, RegistrationChange, RegistrationEnd, RegistrationExtension,
        RegistrationFilters, RegistrationMoment, RegistrationPage, RegistrationTransfer, RegistrationWin,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .configure(super::check::routes)
        .configure(super::overriding::routes)
        .service(list_registrations)
        .service(show_registration)
        .service(list_registration_matches)
        .service(submit_registration)
        .service(change_registration)
        .service(hand_in_registration)
        .service(begin_registration_review)
        .service(request_registration_action)
        .service(accept_registration)
        .service(reject_registration)
        .service(release_registration)
        .service(transfer_registration)
        .service(extend_registration)
        .service(win_registration)
        .service(lose_registration)
        .service(withdraw_registration);
}

/// List registrations
///
/// A master sees those it supervises that were handed in, a partner its own. With `as_of`, a master sees those that protected then,
/// each as it was then, whatever became of it since; with the prospect's tax id or domain as well, who held it.
#[utoipa::path(tag = "registrations", params(RegistrationFilters, PageQuery),
    responses((status = 200, description = "A page of registrations.", body = RegistrationPage)))]
#[get("/v1/registrations")]
async fn list_registrations(
    app: web::Data<App>,
    read: Read,
    filters: Query<RegistrationFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a registration
///
/// With `as_of`, as it was then. What changed since does not show in it.
#[utoipa::path(tag = "registrations", params(RegistrationMoment), responses((status = 200, description = "The registration.", body = Registration)))]
#[get("/v1/registrations/{registration_id}")]
async fn show_registration(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Registration>,
    moment: Query<RegistrationMoment>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0, &moment.0)).await
}

/// Show what stands beside a registration
///
/// Other live registrations, customers and masters' own pursuits that are the same prospect by tax id or domain, or may be by
/// their name (D17), with how alike the names are and in what, so that you can decide. Of what another master supervises you see
/// that there is one and why it matches, but not whose.
#[utoipa::path(tag = "registrations",
    responses((status = 200, description = "Everything that stands beside it.", body = RegistrationMatches)))]
#[get("/v1/registrations/{registration_id}/matches")]
async fn list_registration_matches(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| matches::show(tx, caller, id.0)).await
}

/// Register a prospect
///
/// Once negotiation has started, with dated evidence of it (R33, R34, D2). It protects from a master's acceptance on, and not
/// before (R35). A prospect that you cannot have now is refused with `prospect_not_available`, whatever the cause. Where the terms
/// of your agreement limit how many live registrations you may have, one more is refused with `capacity_exceeded`.
#[utoipa::path(tag = "registrations", request_body = NewRegistration,
    responses((status = 201, description = "The new registration.", body = Registration)))]
#[post("/v1/registrations")]
async fn submit_registration(app: web::Data<App>, write: Write<NewRegistration>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Add to a registration
///
/// While it is a `draft`, `submitted` or `action_required`. With `prospect`, `product_lines` or `evidence`, it is handed in again,
/// unless it is a draft.
#[utoipa::path(tag = "registrations", request_body = RegistrationChange,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[patch("/v1/registrations/{registration_id}")]
async fn change_registration(
    app: web::Data<App>,
    write: Write<RegistrationChange>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Hand in a draft, or again what was sent back
///
/// A draft claims its prospect from now on, as a new registration does. What waits already stays as it is.
#[utoipa::path(tag = "registrations", request_body = Nothing,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/submit")]
async fn hand_in_registration(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::submit(work, id.0)).await
}

/// Start examining a registration
#[utoipa::path(tag = "registrations", request_body = Nothing,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/begin-review")]
async fn begin_registration_review(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::begin_review(work, id.0)).await
}

/// Send a registration back to its partner
///
/// It becomes `action_required`, and `submitted` again once the partner has added to it.
#[utoipa::path(tag = "registrations", request_body = RegistrationActionRequest,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/request-action")]
async fn request_registration_action(
    app: web::Data<App>,
    write: Write<RegistrationActionRequest>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, request| commands::request_action(work, id.0, request)).await
}

/// Accept a registration
///
/// From now on no other partner competes for the prospect (R35, R36), for the days that the network says (D3).
#[utoipa::path(tag = "registrations", request_body = Nothing,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/accept")]
async fn accept_registration(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::accept(work, id.0)).await
}

/// Reject a registration
#[utoipa::path(tag = "registrations", request_body = RegistrationEnd,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/reject")]
async fn reject_registration(
    app: web::Data<App>,
    write: Write<RegistrationEnd>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, end| commands::reject(work, id.0, end)).await
}

/// End the protection of a registration
#[utoipa::path(tag = "registrations", request_body = RegistrationEnd,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/release")]
async fn release_registration(
    app: web::Data<App>,
    write: Write<RegistrationEnd>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, end| commands::release(work, id.0, end)).await
}

/// Pass a protection on to another partner
///
/// It ends for the one and goes on for the other until the same instant, with neither a gap nor two of them, and neither learns
/// of the other (D22). Open proposals of the partner that loses it cannot be signed any more. The capacity of the partner that
/// gets it counts the prospect, and does not stop a master's decision. The answer is the registration that protects from now on.
#[utoipa::path(tag = "registrations", request_body = RegistrationTransfer,
    responses((status = 201, description = "The registration that protects from now on.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/transfer")]
async fn transfer_registration(
    app: web::Data<App>,
    write: Write<RegistrationTransfer>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.create(write, move |work, transfer| commands::transfer(work, id.0, transfer)).await
}

/// Protect a prospect longer
///
/// On evidence of activity since the acceptance, up to the network's cap (D3). The same evidence again changes nothing.
#[utoipa::path(tag = "registrations", request_body = RegistrationExtension,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/extend")]
async fn extend_registration(
    app: web::Data<App>,
    write: Write<RegistrationExtension>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, extension| commands::extend(work, id.0, extension)).await
}

/// Note that the prospect signed
#[utoipa::path(tag = "registrations", request_body = RegistrationWin,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/win")]
async fn win_registration(
    app: web::Data<App>,
    write: Write<RegistrationWin>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, win| commands::win_by_hand(work, id.0, win)).await
}

/// Note that the prospect will not sign
#[utoipa::path(tag = "registrations", request_body = RegistrationEnd,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/lose")]
async fn lose_registration(
    app: web::Data<App>,
    write: Write<RegistrationEnd>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, end| commands::lose(work, id.0, end)).await
}

/// Take a registration back
///
/// The prospect is free again.
#[utoipa::path(tag = "registrations", request_body = Nothing,
    responses((status = 200, description = "The registration as it is now.", body = Registration)))]
#[post("/v1/registrations/{registration_id}/withdraw")]
async fn withdraw_registration(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Registration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}
