//! The HTTP of disputes.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    file::DisputeFile,
    wire::{
        Dispute, DisputeFilters, DisputeHearing, DisputePage, DisputeRuling, NewDispute, NewDisputeAppeal, NewDisputeStatement,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_disputes)
        .service(show_dispute)
        .service(show_dispute_file)
        .service(open_dispute)
        .service(hear_dispute)
        .service(add_dispute_statement)
        .service(decide_dispute)
        .service(appeal_dispute)
        .service(withdraw_dispute);
}

/// List disputes
///
/// A master sees those over registrations that it supervises and those that were appealed to it; a partner those that it
/// opened, and those over its own registrations from the start of the hearing on.
#[utoipa::path(tag = "disputes", params(DisputeFilters, PageQuery),
    responses((status = 200, description = "A page of disputes.", body = DisputePage)))]
#[get("/v1/disputes")]
async fn list_disputes(
    app: web::Data<App>,
    read: Read,
    filters: Query<DisputeFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a dispute
#[utoipa::path(tag = "disputes", responses((status = 200, description = "The dispute, as its reader may see it.", body = Dispute)))]
#[get("/v1/disputes/{dispute_id}")]
async fn show_dispute(app: web::Data<App>, read: Read, id: PathId<kind::Dispute>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Export the file of a dispute
///
/// All of it in one document: the dispute with what both sides said, the registrations concerned as they were and are, the
/// decisions, the ledger entries that they made, and the events in order.
#[utoipa::path(tag = "disputes", responses((status = 200, description = "The whole file.", body = DisputeFile)))]
#[get("/v1/disputes/{dispute_id}/file")]
async fn show_dispute_file(app: web::Data<App>, read: Read, id: PathId<kind::Dispute>) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::file(tx, caller, id.0)).await
}

/// Open a dispute
///
/// Over a prospect that another partner's protection keeps you off, or did until it was won. The protection is found for you,
/// and nothing is told of it. Where none stands in your way, there is `nothing_to_dispute`. Prior negotiation is found on
/// evidence alone that is dated earlier than the protection (D18), which only masters compare. You have one open dispute over a
/// protection at a time.
#[utoipa::path(tag = "disputes", request_body = NewDispute,
    responses((status = 201, description = "The new dispute.", body = Dispute)))]
#[post("/v1/disputes")]
async fn open_dispute(app: web::Data<App>, write: Write<NewDispute>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::open).await
}

/// Start hearing both sides
///
/// From now on the holder sees that its registration is disputed, and the protection goes on. Each side adds statements and
/// evidence until its own deadline.
#[utoipa::path(tag = "disputes", request_body = DisputeHearing,
    responses((status = 200, description = "The dispute as it is now.", body = Dispute)))]
#[post("/v1/disputes/{dispute_id}/hear")]
async fn hear_dispute(
    app: web::Data<App>,
    write: Write<DisputeHearing>,
    id: PathId<kind::Dispute>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, hearing| commands::hear(work, id.0, hearing)).await
}

/// Add a statement to a dispute
///
/// In the hearing, before your side's deadline. The other side never sees it.
#[utoipa::path(tag = "disputes", request_body = NewDisputeStatement,
    responses((status = 200, description = "The dispute as it is now.", body = Dispute)))]
#[post("/v1/disputes/{dispute_id}/statements")]
async fn add_dispute_statement(
    app: web::Data<App>,
    write: Write<NewDisputeStatement>,
    id: PathId<kind::Dispute>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, statement| commands::speak(work, id.0, statement)).await
}

/// Decide a dispute
///
/// Once both sides were heard: the challenger was when it opened the dispute, the holder is with its first statement or when
/// its deadline has passed. The effects happen with the decision, all or none. It may be appealed for the days that the
/// network's policy says, where there is another master; else it is final. On an appeal the other master decides for good, and
/// its decision takes the place of the first one, effects included.
#[utoipa::path(tag = "disputes", request_body = DisputeRuling,
    responses((status = 200, description = "The dispute as it is now.", body = Dispute)))]
#[post("/v1/disputes/{dispute_id}/decide")]
async fn decide_dispute(
    app: web::Data<App>,
    write: Write<DisputeRuling>,
    id: PathId<kind::Dispute>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, ruling| commands::decide(work, id.0, ruling)).await
}

/// Appeal against a decision
///
/// Once, by a side that lost something, before `appealable_until`. Another master of the network then sees the file and decides
/// for good. Until it does, the first decision stands.
#[utoipa::path(tag = "disputes", request_body = NewDisputeAppeal,
    responses((status = 200, description = "The dispute as it is now.", body = Dispute)))]
#[post("/v1/disputes/{dispute_id}/appeal")]
async fn appeal_dispute(
    app: web::Data<App>,
    write: Write<NewDisputeAppeal>,
    id: PathId<kind::Dispute>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, appeal| commands::appeal(work, id.0, appeal)).await
}

/// Take a dispute back
///
/// By the challenger, before a decision.
#[utoipa::path(tag = "disputes", request_body = Nothing,
    responses((status = 200, description = "The dispute as it is now.", body = Dispute)))]
#[post("/v1/disputes/{dispute_id}/withdraw")]
async fn withdraw_dispute(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Dispute>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}
