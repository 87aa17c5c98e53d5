//! The HTTP of entry fees.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{
        EntryFee, EntryFeeApproval, EntryFeeFilters, EntryFeePage, EntryFeeRejection, EntryFeeRevision, NewEntryFee,
        NewEntryFeeInvoice, NewEntryFeePayment,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_entry_fees)
        .service(show_entry_fee)
        .service(assess_entry_fee)
        .service(revise_entry_fee)
        .service(approve_entry_fee)
        .service(reject_entry_fee)
        .service(withdraw_entry_fee)
        .service(invoice_entry_fee)
        .service(record_entry_fee_payment);
}

/// List entry fees
///
/// A master sees those that are owed to it, a partner its own.
#[utoipa::path(tag = "entry-fees", params(EntryFeeFilters, PageQuery), responses((status = 200, description = "A page of entry fees.", body = EntryFeePage)))]
#[get("/v1/entry-fees")]
async fn list_entry_fees(
    app: web::Data<App>,
    read: Read,
    filters: Query<EntryFeeFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show an entry fee
#[utoipa::path(tag = "entry-fees", responses((status = 200, description = "The entry fee.", body = EntryFee)))]
#[get("/v1/entry-fees/{entry_fee_id}")]
async fn show_entry_fee(app: web::Data<App>, read: Read, id: PathId<kind::EntryFee>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Assess an entry fee
///
/// From the yearly potential of the segment that is conceded, at the rate and by the formula of the agreement's terms (R58). Nothing
/// is owed by it before a second person approved it and it is invoiced. A segment of an agreement has one entry fee.
#[utoipa::path(tag = "entry-fees", request_body = NewEntryFee, responses((status = 201, description = "The entry fee.", body = EntryFee)))]
#[post("/v1/entry-fees")]
async fn assess_entry_fee(app: web::Data<App>, write: Write<NewEntryFee>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::assess).await
}

/// Assess an entry fee anew
///
/// As long as it is not invoiced. Earlier assessments stay on record, and an approval of one of them counts no more.
#[utoipa::path(tag = "entry-fees", request_body = EntryFeeRevision, responses((status = 200, description = "The entry fee, assessed anew.", body = EntryFee)))]
#[post("/v1/entry-fees/{entry_fee_id}/revise")]
async fn revise_entry_fee(
    app: web::Data<App>,
    write: Write<EntryFeeRevision>,
    id: PathId<kind::EntryFee>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, revision| commands::revise(work, id.0, revision)).await
}

/// Approve an entry fee
///
/// By another person than the one who assessed it (D14).
#[utoipa::path(tag = "entry-fees", request_body = EntryFeeApproval, responses((status = 200, description = "The entry fee, approved.", body = EntryFee)))]
#[post("/v1/entry-fees/{entry_fee_id}/approve")]
async fn approve_entry_fee(
    app: web::Data<App>,
    write: Write<EntryFeeApproval>,
    id: PathId<kind::EntryFee>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, approval| commands::approve(work, id.0, approval)).await
}

/// Reject an entry fee
///
/// By another person than the one who assessed it. It may be assessed anew.
#[utoipa::path(tag = "entry-fees", request_body = EntryFeeRejection, responses((status = 200, description = "The entry fee, rejected.", body = EntryFee)))]
#[post("/v1/entry-fees/{entry_fee_id}/reject")]
async fn reject_entry_fee(
    app: web::Data<App>,
    write: Write<EntryFeeRejection>,
    id: PathId<kind::EntryFee>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, rejection| commands::reject(work, id.0, rejection)).await
}

/// Withdraw an entry fee
///
/// As long as it is not invoiced. What was invoiced is changed by an adjustment of its ledger entry.
#[utoipa::path(tag = "entry-fees", request_body = Nothing, responses((status = 200, description = "The entry fee, withdrawn.", body = EntryFee)))]
#[post("/v1/entry-fees/{entry_fee_id}/withdraw")]
async fn withdraw_entry_fee(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::EntryFee>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}

/// Invoice an entry fee
///
/// Once it is approved. From now on the partner owes it to the master in the ledger, payable from the day it is due, and nothing of
/// its assessment changes any more (D14).
#[utoipa::path(tag = "entry-fees", request_body = NewEntryFeeInvoice, responses((status = 200, description = "The entry fee, invoiced.", body = EntryFee)))]
#[post("/v1/entry-fees/{entry_fee_id}/invoice")]
async fn invoice_entry_fee(
    app: web::Data<App>,
    write: Write<NewEntryFeeInvoice>,
    id: PathId<kind::EntryFee>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, invoice| commands::invoice(work, id.0, invoice)).await
}

/// Record the payment of an entry fee
///
/// It is a payment of the partner's to its master, of the fee, like those that are recorded as remittance payments: the next statement
/// counts it, and its reference is taken once. An entry fee whose statement the partner settles is paid without it.
#[utoipa::path(tag = "entry-fees", request_body = NewEntryFeePayment, responses((status = 200, description = "The entry fee, paid.", body = EntryFee)))]
#[post("/v1/entry-fees/{entry_fee_id}/record-payment")]
async fn record_entry_fee_payment(
    app: web::Data<App>,
    write: Write<NewEntryFeePayment>,
    id: PathId<kind::EntryFee>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, payment| commands::record_payment(work, id.0, payment)).await
}
