//! The HTTP of benefits.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{
        BenefitRefusal, BenefitUse, BenefitUseFilters, BenefitUsePage, NewBenefitUse, PartnerBenefitPage, PartnerBenefitQuery,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_partner_benefits)
        .service(list_benefit_uses)
        .service(show_benefit_use)
        .service(request_benefit)
        .service(grant_benefit)
        .service(refuse_benefit)
        .service(note_benefit_use)
        .service(withdraw_benefit);
}

/// List the benefits of a partner
///
/// What the terms of its agreements in force give on a day, how much of it was asked for, granted and had, and what is left.
#[utoipa::path(tag = "benefits", params(PartnerBenefitQuery),
    responses((status = 200, description = "The benefits.", body = PartnerBenefitPage)))]
#[get("/v1/partners/{partner_id}/benefits")]
async fn list_partner_benefits(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Partner>,
    query: Query<PartnerBenefitQuery>,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_given(tx, caller, id.0, &query.0)).await
}

/// List uses of benefits
///
/// A partner sees its own, a master those under the agreements it supervises.
#[utoipa::path(tag = "benefits", params(BenefitUseFilters, PageQuery),
    responses((status = 200, description = "A page of uses.", body = BenefitUsePage)))]
#[get("/v1/benefit-uses")]
async fn list_benefit_uses(
    app: web::Data<App>,
    read: Read,
    filters: Query<BenefitUseFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a use of a benefit
#[utoipa::path(tag = "benefits", responses((status = 200, description = "The use.", body = BenefitUse)))]
#[get("/v1/benefit-uses/{benefit_use_id}")]
async fn show_benefit_use(app: web::Data<App>, read: Read, id: PathId<kind::BenefitUse>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Ask for a benefit
///
/// One that your terms give on the day that it is wanted for, and of which something is left: what is asked for, granted and had
/// counts. A benefit that is a discount comes with the proposal that names it (R84), and a place in a seminar with the enrolment.
#[utoipa::path(tag = "benefits", request_body = NewBenefitUse,
    responses((status = 201, description = "The use, requested.", body = BenefitUse)))]
#[post("/v1/benefit-uses")]
async fn request_benefit(app: web::Data<App>, write: Write<NewBenefitUse>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::request).await
}

/// Grant a benefit
///
/// One that was asked for: by a request, or by a proposal of the partner's own instance, which is signed only then (R84).
#[utoipa::path(tag = "benefits", request_body = Nothing,
    responses((status = 200, description = "The use as it is now.", body = BenefitUse)))]
#[post("/v1/benefit-uses/{benefit_use_id}/grant")]
async fn grant_benefit(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::BenefitUse>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::grant(work, id.0)).await
}

/// Refuse a benefit
///
/// For a reason that its partner reads; it counts no more.
#[utoipa::path(tag = "benefits", request_body = BenefitRefusal,
    responses((status = 200, description = "The use as it is now.", body = BenefitUse)))]
#[post("/v1/benefit-uses/{benefit_use_id}/refuse")]
async fn refuse_benefit(
    app: web::Data<App>,
    write: Write<BenefitRefusal>,
    id: PathId<kind::BenefitUse>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, refusal| commands::refuse(work, id.0, refusal)).await
}

/// Note that a benefit was had
#[utoipa::path(tag = "benefits", request_body = Nothing,
    responses((status = 200, description = "The use as it is now.", body = BenefitUse)))]
#[post("/v1/benefit-uses/{benefit_use_id}/use")]
async fn note_benefit_use(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::BenefitUse>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::note_use(work, id.0)).await
}

/// Give a benefit back
///
/// By its partner, before it was had: it counts no more.
#[utoipa::path(tag = "benefits", request_body = Nothing,
    responses((status = 200, description = "The use as it is now.", body = BenefitUse)))]
#[post("/v1/benefit-uses/{benefit_use_id}/withdraw")]
async fn withdraw_benefit(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::BenefitUse>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}
