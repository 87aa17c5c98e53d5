//! The HTTP of bank accounts.

use actix_web::{HttpResponse, get, post, web};
use domain::{id::kind, payout::AccountVerdict};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{BankAccount, BankAccountFilters, BankAccountPage, NewBankAccount},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_bank_accounts)
        .service(show_bank_account)
        .service(set_bank_account)
        .service(confirm_bank_account)
        .service(reject_bank_account);
}

/// List bank accounts
///
/// A master sees its own and those of the partners it supervises, a partner its own; numbers are masked.
#[utoipa::path(tag = "payouts", params(BankAccountFilters, PageQuery), responses((status = 200, description = "A page of bank accounts.", body = BankAccountPage)))]
#[get("/v1/bank-accounts")]
async fn list_bank_accounts(
    app: web::Data<App>,
    read: Read,
    filters: Query<BankAccountFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a bank account
#[utoipa::path(tag = "payouts", responses((status = 200, description = "The bank account, its number masked.", body = BankAccount)))]
#[get("/v1/bank-accounts/{bank_account_id}")]
async fn show_bank_account(app: web::Data<App>, read: Read, id: PathId<kind::BankAccount>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Set a bank account
///
/// It takes the place of the company's account in that currency from its first day on; earlier payouts keep the account that they
/// went to. What its owner sets holds at once; what a master sets for a partner waits for the partner, or a second person of the
/// master, to confirm it.
#[utoipa::path(tag = "payouts", request_body = NewBankAccount, responses((status = 201, description = "The bank account, its number masked.", body = BankAccount)))]
#[post("/v1/bank-accounts")]
async fn set_bank_account(app: web::Data<App>, write: Write<NewBankAccount>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::set).await
}

/// Confirm a bank account
///
/// By the partner whose it is, or by another person of the master than the one who set it.
#[utoipa::path(tag = "payouts", request_body = Nothing, responses((status = 200, description = "The bank account, confirmed.", body = BankAccount)))]
#[post("/v1/bank-accounts/{bank_account_id}/confirm")]
async fn confirm_bank_account(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::BankAccount>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::decide(work, id.0, AccountVerdict::Confirm)).await
}

/// Reject a bank account
#[utoipa::path(tag = "payouts", request_body = Nothing, responses((status = 200, description = "The bank account, rejected.", body = BankAccount)))]
#[post("/v1/bank-accounts/{bank_account_id}/reject")]
async fn reject_bank_account(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::BankAccount>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::decide(work, id.0, AccountVerdict::Reject)).await
}
