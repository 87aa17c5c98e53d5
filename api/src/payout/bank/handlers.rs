//! The HTTP of bank statements.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    file::{BankFile, FILE_MAX, Written},
    wire::{BankEntry, BankEntryFilters, BankEntryPage, BankStatement, BankStatementPage, Dismissal, Match},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Upload, Write},
    problem::{Code, Problem},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_bank_statements)
        .service(show_bank_statement)
        .service(import_bank_statement)
        .service(list_bank_entries)
        .service(show_bank_entry)
        .service(match_bank_entry)
        .service(dismiss_bank_entry);
}

/// List bank statements
#[utoipa::path(tag = "payouts", params(PageQuery), responses((status = 200, description = "A page of bank statements.", body = BankStatementPage)))]
#[get("/v1/bank-statements")]
async fn list_bank_statements(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_statements(tx, caller, &paging)).await
}

/// Show a bank statement
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The bank statement.", body = BankStatement)))]
#[get("/v1/bank-statements/{bank_statement_id}")]
async fn show_bank_statement(app: web::Data<App>, read: Read, id: PathId<kind::BankStatement>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_statement(tx, caller, id.0)).await
}

/// Bring a bank's statement
///
/// ISO 20022 `camt.053` (`application/xml`), or comma-separated values (`text/csv`) with the columns `booked_on`, `amount` and
/// `currency`, and any of `account`, `reference`, `end_to_end_id`, `text`, `counterparty` and `return_reason`; up to 4 MiB. Each
/// booked movement is matched by its ids and to the cent: what went out pays payouts, what came back returns them, what came in
/// with the reference of a remittance is collected, all of what is owed or a part of it; that reference is read in any of
/// `end_to_end_id`, `reference` and `text`. The rest waits for a person. What an earlier file said is passed over, and the
/// same file again changes nothing.
#[utoipa::path(tag = "payouts", request_body(content((String = "application/xml"), (String = "text/csv"))), responses((status = 201, description = "The bank statement.", body = BankStatement), (status = 200, description = "The bank statement, which the same file brought before.", body = BankStatement)))]
#[post("/v1/bank-statements")]
async fn import_bank_statement(app: web::Data<App>, upload: Upload<FILE_MAX>) -> Result<HttpResponse, Problem> {
    let (media_type, mut write) = upload.opened();
    let written = match media_type.as_str() {
        "application/xml" | "text/xml" => Written::Camt053,
        _ => Written::Csv,
    };
    let bytes = std::mem::take(&mut write.body);
    let read = web::block(move || BankFile::read(written, &bytes)).await;
    let file = read.map_err(|_| Problem::new(Code::Unavailable).retry_after(1))??;
    app.create_once(write, move |work, _| commands::import(work, &file)).await
}

/// List the movements of bank statements
#[utoipa::path(tag = "payouts", params(BankEntryFilters, PageQuery), responses((status = 200, description = "A page of movements.", body = BankEntryPage)))]
#[get("/v1/bank-entries")]
async fn list_bank_entries(
    app: web::Data<App>,
    read: Read,
    filters: Query<BankEntryFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a movement of a bank statement
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The movement.", body = BankEntry)))]
#[get("/v1/bank-entries/{bank_entry_id}")]
async fn show_bank_entry(app: web::Data<App>, read: Read, id: PathId<kind::BankEntry>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Say what a movement is about
///
/// A payout that it paid or brought back, to the cent; or a partner that paid what it owes.
#[utoipa::path(tag = "payouts", request_body = Match, responses((status = 200, description = "The movement, matched.", body = BankEntry)))]
#[post("/v1/bank-entries/{bank_entry_id}/match")]
async fn match_bank_entry(
    app: web::Data<App>,
    write: Write<Match>,
    id: PathId<kind::BankEntry>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, with| commands::match_by_hand(work, id.0, with)).await
}

/// Say that a movement is about nothing here
#[utoipa::path(tag = "payouts", request_body = Dismissal, responses((status = 200, description = "The movement, dismissed.", body = BankEntry)))]
#[post("/v1/bank-entries/{bank_entry_id}/dismiss")]
async fn dismiss_bank_entry(
    app: web::Data<App>,
    write: Write<Dismissal>,
    id: PathId<kind::BankEntry>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::dismiss(work, id.0, why)).await
}
