//! The HTTP of amendments and simulations.

use std::sync::Arc;

use actix_web::{HttpResponse, get, http::StatusCode, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands, restate, simulation, uncountable,
    wire::{Amendment, AmendmentDecision, AmendmentFilters, AmendmentPage, NewAmendment, UncountedSalePage},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::{Code, Problem},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_amendments)
        .service(show_amendment)
        .service(propose_amendment)
        .service(approve_amendment)
        .service(resume_amendment)
        .service(list_uncounted_sales)
        .service(reject_amendment)
        .service(withdraw_amendment)
        .configure(simulation::handlers::routes);
}

/// List amendments
///
/// Proposed and decided versions of the terms of the network's types, without what they say.
#[utoipa::path(tag = "amendments", params(AmendmentFilters, PageQuery), responses((status = 200, description = "A page of amendments.", body = AmendmentPage)))]
#[get("/v1/amendments")]
async fn list_amendments(
    app: web::Data<App>,
    read: Read,
    filters: Query<AmendmentFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show an amendment
///
/// With what it changes of the version before.
#[utoipa::path(tag = "amendments", responses((status = 200, description = "The amendment.", body = Amendment)))]
#[get("/v1/amendments/{amendment_id}")]
async fn show_amendment(app: web::Data<App>, read: Read, id: PathId<kind::Amendment>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Propose an amendment
///
/// A further version of a partnership type's terms, from a day on. Contradictions are refused, all at once; nothing changes by it
/// before a second person approves it. Until then it can be simulated on past sales.
#[utoipa::path(tag = "amendments", request_body = NewAmendment, responses((status = 201, description = "The proposed amendment.", body = Amendment)))]
#[post("/v1/amendments")]
async fn propose_amendment(app: web::Data<App>, write: Write<NewAmendment>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Approve an amendment
///
/// By another person than proposed it, with a reason. Its version is published and applies from its day. Sales that were signed since
/// that day and that it reaches are counted again: each difference is posted into the open period, as an `adjustment` of what was
/// posted or as what is earned now. That goes on in the background, whatever becomes of the process that was asked; until then the
/// amendment is `applying`. Sales that the terms cannot count keep it from being approved, each by its name; one that turns out to be
/// so later is set aside, and the amendment ends as `incomplete`. Who is a party of an agreement that it reaches is told by
/// `agreement.amended`.
#[utoipa::path(tag = "amendments", request_body = AmendmentDecision, responses((status = 200, description = "The amendment, approved.", body = Amendment)))]
#[post("/v1/amendments/{amendment_id}/approve")]
async fn approve_amendment(
    app: web::Data<App>,
    write: Write<AmendmentDecision>,
    id: PathId<kind::Amendment>,
) -> Result<HttpResponse, Problem> {
    // Counting takes long and writes nothing: it has a snapshot of its own, and nobody who writes waits for it.
    let caller = write.caller.clone().ok_or_else(|| Problem::new(Code::AuthenticationRequired))?;
    let found = Arc::new(app.db.read(move |tx| uncountable::of_proposed(tx, &caller, id.0)).await?);
    let response = app.change(write, move |work, decision| commands::approve(work, id.0, decision, &found)).await?;
    go_on_after(&app, &response);
    Ok(response)
}

/// Goes on with past sales in the background, after a request that gave reason to.
fn go_on_after(app: &App, response: &HttpResponse) {
    if response.status() != StatusCode::OK {
        return;
    }
    let db = app.db.clone();
    actix_web::rt::spawn(async move {
        if let Err(problem) = restate::go_on(&db).await {
            log::warn!("amendments: {}", problem.cause().unwrap_or_else(|| problem.to_string()));
        }
    });
}

/// Resume an amendment
///
/// One that is `incomplete` goes on with the sales that it could not count; what it counted stays counted.
#[utoipa::path(tag = "amendments", request_body = Nothing, responses((status = 200, description = "The amendment, applying again.", body = Amendment)))]
#[post("/v1/amendments/{amendment_id}/resume")]
async fn resume_amendment(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Amendment>,
) -> Result<HttpResponse, Problem> {
    let response = app.change(write, move |work, _| commands::resume(work, id.0)).await?;
    go_on_after(&app, &response);
    Ok(response)
}

/// List the sales that an amendment could not count
///
/// Those of your master, as they were found when it was last tried. They bring what they brought before the amendment.
#[utoipa::path(tag = "amendments", params(PageQuery), responses((status = 200, description = "A page of sales.", body = UncountedSalePage)))]
#[get("/v1/amendments/{amendment_id}/uncounted-sales")]
async fn list_uncounted_sales(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Amendment>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.list(read, move |tx, caller| commands::list_uncounted(tx, caller, id.0, &paging, language)).await
}

/// Reject an amendment
///
/// By another person than proposed it, with a reason.
#[utoipa::path(tag = "amendments", request_body = AmendmentDecision, responses((status = 200, description = "The amendment, rejected.", body = Amendment)))]
#[post("/v1/amendments/{amendment_id}/reject")]
async fn reject_amendment(
    app: web::Data<App>,
    write: Write<AmendmentDecision>,
    id: PathId<kind::Amendment>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, decision| commands::reject(work, id.0, decision)).await
}

/// Withdraw an amendment
///
/// By the master that proposed it, with a reason.
#[utoipa::path(tag = "amendments", request_body = AmendmentDecision, responses((status = 200, description = "The amendment, withdrawn.", body = Amendment)))]
#[post("/v1/amendments/{amendment_id}/withdraw")]
async fn withdraw_amendment(
    app: web::Data<App>,
    write: Write<AmendmentDecision>,
    id: PathId<kind::Amendment>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, decision| commands::withdraw(work, id.0, decision)).await
}
