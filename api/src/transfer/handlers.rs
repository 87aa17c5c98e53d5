//! The HTTP of transfers.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands, execute,
    wire::{
        NewPartnerTransfer, PartnerTransfer, PartnerTransferDecision, PartnerTransferFilters, PartnerTransferPage,
        PartnerTransferRun, PartnerTransferWithdrawal,
    },
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_partner_transfers)
        .service(show_partner_transfer)
        .service(propose_partner_transfer)
        .service(decide_partner_transfer)
        .service(execute_partner_transfer)
        .service(withdraw_partner_transfer);
}

/// List transfers
///
/// Both masters see a transfer, and the partner that it is about.
#[utoipa::path(tag = "partners", params(PartnerTransferFilters, PageQuery),
    responses((status = 200, description = "A page of transfers.", body = PartnerTransferPage)))]
#[get("/v1/partner-transfers")]
async fn list_partner_transfers(
    app: web::Data<App>,
    read: Read,
    filters: Query<PartnerTransferFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a transfer
#[utoipa::path(tag = "partners", responses((status = 200, description = "The transfer.", body = PartnerTransfer)))]
#[get("/v1/partner-transfers/{transfer_id}")]
async fn show_partner_transfer(app: web::Data<App>, read: Read, id: PathId<kind::Transfer>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Propose a transfer
///
/// Of a partner that you supervise, to another master or to another partnership type, from a day on (D4). On that day one agreement
/// takes the other's place, on the terms that are then in force; every rule that it would break is told now. Promoters' agreements,
/// the customers' supervision, live registrations and open proposals follow (one that could never be signed under the new terms is taken
/// back, and so is a promotion into a stage that they do not have), and so do promotions that wait, guarantees, qualifications, areas of expertise,
/// and what was asked for and is not done. What was sold before stays under the old terms, with the old master, which is owed its share
/// of it; should others take it over from the partner, they answer under the new one (D19).
#[utoipa::path(tag = "partners", request_body = NewPartnerTransfer,
    responses((status = 201, description = "The new transfer.", body = PartnerTransfer)))]
#[post("/v1/partner-transfers")]
async fn propose_partner_transfer(app: web::Data<App>, write: Write<NewPartnerTransfer>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::propose).await
}

/// Decide a transfer
///
/// For the master that the partner goes over to; of a change of type, as another person than whoever proposed it. To accept is to
/// supervise the agreement that comes: the checklist of its terms is answered item by item (R7, R28).
#[utoipa::path(tag = "partners", request_body = PartnerTransferDecision,
    responses((status = 200, description = "The transfer as it is now.", body = PartnerTransfer)))]
#[post("/v1/partner-transfers/{transfer_id}/decide")]
async fn decide_partner_transfer(
    app: web::Data<App>,
    write: Write<PartnerTransferDecision>,
    id: PathId<kind::Transfer>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, decision| commands::decide(work, id.0, decision)).await
}

/// Carry a transfer out
///
/// From its day on. The agreements change places at once; a request lets at most `limit` customers, registrations and proposals
/// follow, the service goes on by itself, and a request that is repeated goes on, too, until the transfer is `done`. Whatever one of the
/// masters, the partner or its promoters write from that day on comes after it: they find the agreement that has begun. Where another
/// rule holds the transfer up, nothing is signed under the agreement that it ends, either: `transfer_is_due`.
#[utoipa::path(tag = "partners", request_body = PartnerTransferRun,
    responses((status = 200, description = "The transfer as it is now.", body = PartnerTransfer)))]
#[post("/v1/partner-transfers/{transfer_id}/execute")]
async fn execute_partner_transfer(
    app: web::Data<App>,
    write: Write<PartnerTransferRun>,
    id: PathId<kind::Transfer>,
) -> Result<HttpResponse, Problem> {
    app.change_transfer(write, move |work, run| execute::execute(work, id.0, run)).await
}

/// Take a transfer back
///
/// Before its day.
#[utoipa::path(tag = "partners", request_body = PartnerTransferWithdrawal,
    responses((status = 200, description = "The transfer as it is now.", body = PartnerTransfer)))]
#[post("/v1/partner-transfers/{transfer_id}/withdraw")]
async fn withdraw_partner_transfer(
    app: web::Data<App>,
    write: Write<PartnerTransferWithdrawal>,
    id: PathId<kind::Transfer>,
) -> Result<HttpResponse, Problem> {
    app.change_transfer(write, move |work, why| commands::withdraw(work, id.0, why)).await
}
