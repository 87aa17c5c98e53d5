//! The HTTP of payout runs and payouts.

use actix_web::{HttpResponse, get, http::header, post, web};
use domain::{id::kind, payout::PayoutAction};
use persistence::payout::FileFormat;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands, make,
    step::{self, Happened},
    wire::{
        MadePayoutRun, NewPayoutRun, Payout, PayoutFilters, PayoutHistory, PayoutPage, PayoutPayment, PayoutReason, PayoutRun,
        PayoutRunPage,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_payout_runs)
        .service(show_payout_run)
        .service(create_payout_run)
        .service(send_payout_run)
        .service(show_payout_run_pain_001)
        .service(show_payout_run_csv)
        .service(list_payouts)
        .service(show_payout)
        .service(list_payout_steps)
        .service(approve_payout)
        .service(cancel_payout)
        .service(pay_payout)
        .service(fail_payout)
        .service(return_payout);
}

/// List payout runs
#[utoipa::path(tag = "payouts", params(PageQuery), responses((status = 200, description = "A page of payout runs.", body = PayoutRunPage)))]
#[get("/v1/payout-runs")]
async fn list_payout_runs(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_runs(tx, caller, &paging)).await
}

/// Show a payout run
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The payout run.", body = PayoutRun)))]
#[get("/v1/payout-runs/{payout_run_id}")]
async fn show_payout_run(app: web::Data<App>, read: Read, id: PathId<kind::PayoutRun>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_run(tx, caller, id.0)).await
}

/// Make a payout run
///
/// One payout for each partner to whom your closed statements in the currency owe something: all of what each statement owes, less
/// what the partner owes back. What takes back what was never paid is set off in full; debts take no more than the network's policy
/// lets them, and nothing that a recovery plan keeps for later (D20). No statement is ever in two payouts that are under way or
/// paid. A payout above the policy's limit waits for a second person's approval. With `dry_run` it says what would be paid. A
/// reseller pays its promoters so (R47), a master everybody else.
#[utoipa::path(tag = "payouts", request_body = NewPayoutRun, responses((status = 201, description = "The run, and whom it leaves out.", body = MadePayoutRun)))]
#[post("/v1/payout-runs")]
async fn create_payout_run(app: web::Data<App>, write: Write<NewPayoutRun>) -> Result<HttpResponse, Problem> {
    app.create(write, make::make).await
}

/// Send a payout run
///
/// Makes what goes to the bank, once: ISO 20022 `pain.001.001.09` for euros between accounts with an IBAN, comma-separated values
/// for everything else. No payout of the run may wait for approval: approve or cancel it first.
#[utoipa::path(tag = "payouts", request_body = Nothing, responses((status = 200, description = "The run, sent.", body = PayoutRun)))]
#[post("/v1/payout-runs/{payout_run_id}/send")]
async fn send_payout_run(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::PayoutRun>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::send(work, id.0)).await
}

async fn bytes(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::PayoutRun>,
    (format, media_type): (FileFormat, &'static str),
) -> Result<HttpResponse, Problem> {
    let caller = read.caller;
    let file = app.db.read(move |tx| commands::file(tx, &caller, id.0, format)).await?;
    let etag = format!("\"{}\"", file.content_hash);
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, media_type)).insert_header((header::ETAG, etag)).body(file.body))
}

/// Show the bank's order of a payout run
///
/// ISO 20022 `pain.001.001.09`, the same bytes each time.
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The order.", body = String, content_type = "application/xml")))]
#[get("/v1/payout-runs/{payout_run_id}/pain-001")]
async fn show_payout_run_pain_001(app: web::Data<App>, read: Read, id: PathId<kind::PayoutRun>) -> Result<HttpResponse, Problem> {
    bytes(app, read, id, (FileFormat::Pain001, "application/xml")).await
}

/// Show the list of a payout run's transfers
///
/// Comma-separated values, for what goes to accounts without an IBAN or in another currency than the euro; the same bytes each time.
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The list.", body = String, content_type = "text/csv")))]
#[get("/v1/payout-runs/{payout_run_id}/csv")]
async fn show_payout_run_csv(app: web::Data<App>, read: Read, id: PathId<kind::PayoutRun>) -> Result<HttpResponse, Problem> {
    bytes(app, read, id, (FileFormat::Csv, "text/csv")).await
}

/// List payouts
///
/// A partner sees what it is paid and what it pays, a master what it pays and what its partners pay.
#[utoipa::path(tag = "payouts", params(PayoutFilters, PageQuery), responses((status = 200, description = "A page of payouts.", body = PayoutPage)))]
#[get("/v1/payouts")]
async fn list_payouts(
    app: web::Data<App>,
    read: Read,
    filters: Query<PayoutFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a payout
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The payout.", body = Payout)))]
#[get("/v1/payouts/{payout_id}")]
async fn show_payout(app: web::Data<App>, read: Read, id: PathId<kind::Payout>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// List what a payout went through
///
/// From its beginning, with who brought it there. Steps never change.
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The steps.", body = PayoutHistory)))]
#[get("/v1/payouts/{payout_id}/steps")]
async fn list_payout_steps(app: web::Data<App>, read: Read, id: PathId<kind::Payout>) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::steps(tx, caller, id.0)).await
}

/// Approve a payout
///
/// By another person than the one who made it.
#[utoipa::path(tag = "payouts", request_body = Nothing, responses((status = 200, description = "The payout, approved.", body = Payout)))]
#[post("/v1/payouts/{payout_id}/approve")]
async fn approve_payout(app: web::Data<App>, write: Write<Nothing>, id: PathId<kind::Payout>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| step::take(work, id.0, PayoutAction::Approve, &Happened::default())).await
}

/// Call a payout off
///
/// Before the bank has it. The statements that it held can be paid by a later run.
#[utoipa::path(tag = "payouts", request_body = PayoutReason, responses((status = 200, description = "The payout, canceled.", body = Payout)))]
#[post("/v1/payouts/{payout_id}/cancel")]
async fn cancel_payout(
    app: web::Data<App>,
    write: Write<PayoutReason>,
    id: PathId<kind::Payout>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| step::take(work, id.0, PayoutAction::Cancel, &Happened::because(&why.reason))).await
}

/// Note that a payout was paid
///
/// Where no bank statement says so: a bank's statement notes it by itself.
#[utoipa::path(tag = "payouts", request_body = PayoutPayment, responses((status = 200, description = "The payout, paid.", body = Payout)))]
#[post("/v1/payouts/{payout_id}/pay")]
async fn pay_payout(app: web::Data<App>, write: Write<PayoutPayment>, id: PathId<kind::Payout>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, paid| step::take(work, id.0, PayoutAction::Pay, &Happened::on(paid.paid_on))).await
}

/// Note that the bank did not carry a payout out
///
/// The statements that it held can be paid by a later run.
#[utoipa::path(tag = "payouts", request_body = PayoutReason, responses((status = 200, description = "The payout, failed.", body = Payout)))]
#[post("/v1/payouts/{payout_id}/fail")]
async fn fail_payout(app: web::Data<App>, write: Write<PayoutReason>, id: PathId<kind::Payout>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| step::take(work, id.0, PayoutAction::Fail, &Happened::because(&why.reason))).await
}

/// Note that a payout came back
///
/// It reopens what it paid: the statements that it held can be paid by a later run.
#[utoipa::path(tag = "payouts", request_body = PayoutReason, responses((status = 200, description = "The payout, returned.", body = Payout)))]
#[post("/v1/payouts/{payout_id}/return")]
async fn return_payout(
    app: web::Data<App>,
    write: Write<PayoutReason>,
    id: PathId<kind::Payout>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| step::take(work, id.0, PayoutAction::Return, &Happened::because(&why.reason))).await
}
