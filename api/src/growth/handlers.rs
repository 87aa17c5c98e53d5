//! The HTTP of promotions.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{AgreementGrowth, NewPromotion, Promotion, PromotionApproval, PromotionDenial, PromotionFilters, PromotionPage},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(show_agreement_growth)
        .service(list_promotions)
        .service(propose_promotion)
        .service(show_promotion)
        .service(approve_promotion)
        .service(refuse_promotion)
        .service(withdraw_promotion);
}

/// Show how far a partner has grown
///
/// The latest stage of an agreement and what the next one asks for, measured now from the partner's own record.
#[utoipa::path(tag = "agreements", responses((status = 200, description = "Stage, next stage and its conditions.", body = AgreementGrowth)))]
#[get("/v1/agreements/{agreement_id}/growth")]
async fn show_agreement_growth(app: web::Data<App>, read: Read, id: PathId<kind::Agreement>) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::show_growth(tx, caller, id.0)).await
}

/// List promotions
///
/// A master sees those of the agreements that it supervises, a partner its own.
#[utoipa::path(tag = "agreements", params(PromotionFilters, PageQuery),
    responses((status = 200, description = "A page of promotions.", body = PromotionPage)))]
#[get("/v1/promotions")]
async fn list_promotions(
    app: web::Data<App>,
    read: Read,
    filters: Query<PromotionFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Propose a promotion
///
/// Into the stage that comes after the agreement's latest, by the partner or its master (R39). Everything that the stage asks for
/// is measured from the partner's own record and told; what is not there yet keeps the promotion from being approved, not from
/// being proposed. One waits for its master at a time. With `dry_run` the answer is the same and nothing is kept.
#[utoipa::path(tag = "agreements", request_body = NewPromotion,
    responses((status = 201, description = "The promotion.", body = Promotion)))]
#[post("/v1/promotions")]
async fn propose_promotion(app: web::Data<App>, write: Write<NewPromotion>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::propose).await
}

/// Show a promotion
#[utoipa::path(tag = "agreements", responses((status = 200, description = "The promotion.", body = Promotion)))]
#[get("/v1/promotions/{promotion_id}")]
async fn show_promotion(app: web::Data<App>, read: Read, id: PathId<kind::Promotion>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Approve a promotion
///
/// Everything that the stage asks for is measured again and has to be there, and each item of its checklist is answered; what is
/// missing is told at once. The stage begins on the day that is decided: never before today, the agreement's start or a stage that
/// is decided already. The months in the stage before are those that are over on that day. A sale that is signed on that day or later
/// counts by it, and one that was signed before the decision keeps what it was signed under (R39).
#[utoipa::path(tag = "agreements", request_body = PromotionApproval,
    responses((status = 200, description = "The promotion as it is now.", body = Promotion)))]
#[post("/v1/promotions/{promotion_id}/approve")]
async fn approve_promotion(
    app: web::Data<App>,
    write: Write<PromotionApproval>,
    id: PathId<kind::Promotion>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, approval| commands::approve(work, id.0, approval)).await
}

/// Refuse a promotion
#[utoipa::path(tag = "agreements", request_body = PromotionDenial,
    responses((status = 200, description = "The promotion as it is now.", body = Promotion)))]
#[post("/v1/promotions/{promotion_id}/refuse")]
async fn refuse_promotion(
    app: web::Data<App>,
    write: Write<PromotionDenial>,
    id: PathId<kind::Promotion>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, denial| commands::refuse(work, id.0, denial)).await
}

/// Take a promotion back
///
/// On the side that proposed it, while it waits for its master.
#[utoipa::path(tag = "agreements", request_body = Nothing,
    responses((status = 200, description = "The promotion as it is now.", body = Promotion)))]
#[post("/v1/promotions/{promotion_id}/withdraw")]
async fn withdraw_promotion(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Promotion>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}
