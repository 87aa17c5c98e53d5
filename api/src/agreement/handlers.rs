//! The HTTP of agreements.

use actix_web::{HttpResponse, get, patch, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    actions, commands,
    wire::{
        Agreement, AgreementChange, AgreementFilters, AgreementPage, AgreementReason, NewAgreement, NewStage, NewSupervision,
        SupervisionPage,
    },
};
use crate::{
    amendment::{self, wire::AgreementAmendmentPage},
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    network::definition::TermsDocument,
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_agreements)
        .service(create_agreement)
        .service(show_agreement)
        .service(change_agreement)
        .service(show_agreement_terms)
        .service(list_agreement_amendments)
        .service(submit_agreement)
        .service(begin_agreement_supervision)
        .service(list_agreement_supervisions)
        .service(decide_agreement_supervision)
        .service(suspend_agreement)
        .service(resume_agreement)
        .service(terminate_agreement)
        .service(set_agreement_stage);
}

/// List agreements
///
/// A master sees those it supervises, a partner those it is a party of: its own, and those of its promoters.
#[utoipa::path(tag = "agreements", params(AgreementFilters, PageQuery), responses((status = 200, description = "A page of agreements.", body = AgreementPage)))]
#[get("/v1/agreements")]
async fn list_agreements(
    app: web::Data<App>,
    read: Read,
    filters: Query<AgreementFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Draft an agreement
///
/// It is made on the version of the terms that is in force on its first day, and supervised by the master of the reseller
/// party, else by the counterparty (D21): where that is another master than yours, the draft is in its hands. What breaks a
/// rule is refused with every broken rule and its number; with `dry_run` the answer is the same and nothing is kept.
#[utoipa::path(tag = "agreements", request_body = NewAgreement, responses((status = 201, description = "The draft.", body = Agreement)))]
#[post("/v1/agreements")]
async fn create_agreement(app: web::Data<App>, write: Write<NewAgreement>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Show an agreement
#[utoipa::path(tag = "agreements", responses((status = 200, description = "The agreement.", body = Agreement)))]
#[get("/v1/agreements/{agreement_id}")]
async fn show_agreement(app: web::Data<App>, read: Read, id: PathId<kind::Agreement>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Change a draft
///
/// An agreement that was handed in changes no more: refuse it in its supervision first. Only your own names for it may change
/// in any state.
#[utoipa::path(tag = "agreements", request_body = AgreementChange, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[patch("/v1/agreements/{agreement_id}")]
async fn change_agreement(
    app: web::Data<App>,
    write: Write<AgreementChange>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Show the terms as an agreement has them
///
/// The terms of the version that it is on, with its special terms merged in (RFC 7396).
#[utoipa::path(tag = "agreements", responses((status = 200, description = "The effective terms.", body = TermsDocument)))]
#[get("/v1/agreements/{agreement_id}/terms")]
async fn show_agreement_terms(app: web::Data<App>, read: Read, id: PathId<kind::Agreement>) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::show_terms(tx, caller, id.0)).await
}

/// List the amendments of an agreement
///
/// The versions of its type's terms by which its sales are counted from their day on, although an earlier version was signed (R90):
/// all of them, oldest first, on one page, each with what it changes. `agreement.amended` tells of each when it is published.
#[utoipa::path(tag = "agreements", responses((status = 200, description = "The amendments.", body = AgreementAmendmentPage)))]
#[get("/v1/agreements/{agreement_id}/amendments")]
async fn list_agreement_amendments(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| amendment::agreement_amendments(tx, caller, id.0)).await
}

/// Hand a draft in
///
/// It is held against every rule again.
#[utoipa::path(tag = "agreements", request_body = Nothing, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[post("/v1/agreements/{agreement_id}/submit")]
async fn submit_agreement(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| actions::submit(work, id.0)).await
}

/// Begin the supervision of an agreement
#[utoipa::path(tag = "agreements", request_body = Nothing, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[post("/v1/agreements/{agreement_id}/begin-supervision")]
async fn begin_agreement_supervision(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| actions::begin_supervision(work, id.0)).await
}

/// List the supervision decisions on an agreement
#[utoipa::path(tag = "agreements", params(PageQuery), responses((status = 200, description = "A page of decisions.", body = SupervisionPage)))]
#[get("/v1/agreements/{agreement_id}/supervisions")]
async fn list_agreement_supervisions(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Agreement>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| actions::list_supervisions(tx, caller, id.0, &paging)).await
}

/// Decide on an agreement under supervision
///
/// The checklist of its terms is answered item by item. Approved, the agreement is active: nothing becomes active in another
/// way, and nothing that breaks a rule does. Refused, it is a draft again, to be corrected.
#[utoipa::path(tag = "agreements", request_body = NewSupervision, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[post("/v1/agreements/{agreement_id}/supervisions")]
async fn decide_agreement_supervision(
    app: web::Data<App>,
    write: Write<NewSupervision>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| actions::decide(work, id.0, new)).await
}

/// Suspend an agreement
///
/// It has no effects until it is resumed.
#[utoipa::path(tag = "agreements", request_body = AgreementReason, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[post("/v1/agreements/{agreement_id}/suspend")]
async fn suspend_agreement(
    app: web::Data<App>,
    write: Write<AgreementReason>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| actions::suspend(work, id.0, why)).await
}

/// Resume a suspended agreement
///
/// It is held against every rule again.
#[utoipa::path(tag = "agreements", request_body = Nothing, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[post("/v1/agreements/{agreement_id}/resume")]
async fn resume_agreement(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| actions::resume(work, id.0)).await
}

/// Terminate an agreement
#[utoipa::path(tag = "agreements", request_body = AgreementReason, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[post("/v1/agreements/{agreement_id}/terminate")]
async fn terminate_agreement(
    app: web::Data<App>,
    write: Write<AgreementReason>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| actions::terminate(work, id.0, why)).await
}

/// Enter a stage of growth
///
/// On the master's own decision. A way back to an earlier stage, or the next one once all that it asks for is there, needs nothing
/// more. A stage that is not the next one, or asks for what is not there, needs a `reason`, which stays with it; without one the answer
/// names all that it passes over. The first stage of an agreement is the next one where it has none yet. How a partner grows by what it
/// has done is a promotion's: see `POST /v1/promotions`. It counts from its first day: not before today or a stage that is decided already,
/// and of the first stage, before which nothing was sold, not before the agreement's start. What was sold before the decision keeps
/// what it was sold under (R39).
#[utoipa::path(tag = "agreements", request_body = NewStage, responses((status = 200, description = "The agreement as it is now.", body = Agreement)))]
#[post("/v1/agreements/{agreement_id}/stages")]
async fn set_agreement_stage(
    app: web::Data<App>,
    write: Write<NewStage>,
    id: PathId<kind::Agreement>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| actions::set_stage(work, id.0, new)).await
}
