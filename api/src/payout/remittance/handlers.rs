//! The HTTP of remittances.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewRemittancePayment, RemittanceFilters, RemittancePage, RemittancePayment, RemittancePaymentPage},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_remittances)
        .service(list_remittance_payments)
        .service(show_remittance_payment)
        .service(record_remittance_payment);
}

/// List remittances
///
/// How each partner stands with its master, by currency: what its closed statements say that it owes, what it paid of it, and how
/// long the rest has been overdue. A partner sees its own, a master those of whoever owes it.
#[utoipa::path(tag = "payouts", params(RemittanceFilters, PageQuery), responses((status = 200, description = "A page of remittances: of so many partners.", body = RemittancePage)))]
#[get("/v1/remittances")]
async fn list_remittances(
    app: web::Data<App>,
    read: Read,
    filters: Query<RemittanceFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// List what partners paid
#[utoipa::path(tag = "payouts", params(RemittanceFilters, PageQuery), responses((status = 200, description = "A page of payments.", body = RemittancePaymentPage)))]
#[get("/v1/remittance-payments")]
async fn list_remittance_payments(
    app: web::Data<App>,
    read: Read,
    filters: Query<RemittanceFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_payments(tx, caller, &filters.0, &paging)).await
}

/// Show what a partner paid
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The payment.", body = RemittancePayment)))]
#[get("/v1/remittance-payments/{remittance_payment_id}")]
async fn show_remittance_payment(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::RemittancePayment>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_payment(tx, caller, id.0)).await
}

/// Record what a partner paid
///
/// All of what it owes, a part of it, or more: it settles the oldest statement first, and what is left settles later ones. A bank's
/// statement records it by itself.
#[utoipa::path(tag = "payouts", request_body = NewRemittancePayment, responses((status = 201, description = "The payment, with what it settles.", body = RemittancePayment)))]
#[post("/v1/remittance-payments")]
async fn record_remittance_payment(app: web::Data<App>, write: Write<NewRemittancePayment>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::record).await
}
