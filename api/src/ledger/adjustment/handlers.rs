//! The HTTP of adjustments.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{Adjustment, AdjustmentDecision, AdjustmentFilters, AdjustmentPage, NewAdjustment},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_adjustments)
        .service(show_adjustment)
        .service(propose_adjustment)
        .service(approve_adjustment)
        .service(reject_adjustment);
}

/// List adjustments
///
/// A master sees those of the entries it supervises. Partners see the entries that come of them, with the reason.
#[utoipa::path(tag = "ledger", params(AdjustmentFilters, PageQuery), responses((status = 200, description = "A page of adjustments.", body = AdjustmentPage)))]
#[get("/v1/adjustments")]
async fn list_adjustments(
    app: web::Data<App>,
    read: Read,
    filters: Query<AdjustmentFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show an adjustment
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The adjustment.", body = Adjustment)))]
#[get("/v1/adjustments/{adjustment_id}")]
async fn show_adjustment(app: web::Data<App>, read: Read, id: PathId<kind::Adjustment>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Propose an adjustment of a ledger entry
///
/// By the master that supervises what made the entry: more or less is due than it says, for a reason that its parties read.
/// Nothing is due by it before a second person approves it. It stands beside what the rule makes due, for good: what is credited,
/// refunded or cancelled later takes back what is left of the entry, and nothing that an adjustment took before (D20).
#[utoipa::path(tag = "ledger", request_body = NewAdjustment, responses((status = 201, description = "The proposed adjustment.", body = Adjustment)))]
#[post("/v1/adjustments")]
async fn propose_adjustment(app: web::Data<App>, write: Write<NewAdjustment>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Approve an adjustment
///
/// By another person than proposed it. Its entry is posted into the open period; its parties are told.
#[utoipa::path(tag = "ledger", request_body = AdjustmentDecision, responses((status = 200, description = "The adjustment, approved.", body = Adjustment)))]
#[post("/v1/adjustments/{adjustment_id}/approve")]
async fn approve_adjustment(
    app: web::Data<App>,
    write: Write<AdjustmentDecision>,
    id: PathId<kind::Adjustment>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, decision| commands::approve(work, id.0, decision)).await
}

/// Reject an adjustment
///
/// By another person than proposed it.
#[utoipa::path(tag = "ledger", request_body = AdjustmentDecision, responses((status = 200, description = "The adjustment, rejected.", body = Adjustment)))]
#[post("/v1/adjustments/{adjustment_id}/reject")]
async fn reject_adjustment(
    app: web::Data<App>,
    write: Write<AdjustmentDecision>,
    id: PathId<kind::Adjustment>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, decision| commands::reject(work, id.0, decision)).await
}
