//! The HTTP of the ledger.

use actix_web::{HttpResponse, get, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands, settlement,
    wire::{
        AnnuitySettlement, BalanceFilters, BalancePage, BalanceQuery, EntryExplanation, LedgerEntry, LedgerEntryFilters,
        LedgerEntryPage, Outcome, OutcomeFilters, OutcomePage,
    },
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_ledger_entries)
        .service(show_ledger_entry)
        .service(explain_ledger_entry)
        .service(list_balances)
        .service(list_outcomes)
        .service(show_outcome)
        .service(show_settlement)
        .configure(super::adjustment::routes)
        .configure(super::period::routes)
        .configure(super::recovery::routes)
        .configure(super::service::routes);
}

/// List ledger entries
///
/// You see what you owe and are owed; a master also sees what its partners owe and are owed on the contracts it supervises.
#[utoipa::path(tag = "ledger", params(LedgerEntryFilters, PageQuery), responses((status = 200, description = "A page of entries.", body = LedgerEntryPage)))]
#[get("/v1/ledger-entries")]
async fn list_ledger_entries(
    app: web::Data<App>,
    read: Read,
    filters: Query<LedgerEntryFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a ledger entry
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The entry.", body = LedgerEntry)))]
#[get("/v1/ledger-entries/{ledger_entry_id}")]
async fn show_ledger_entry(app: web::Data<App>, read: Read, id: PathId<kind::Entry>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Explain a ledger entry
///
/// Terms, rule, inputs, lines and every step with its value, as they were when the entry was made: enough to compute the amount
/// again with nothing but decimals.
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The explanation.", body = EntryExplanation)))]
#[get("/v1/ledger-entries/{ledger_entry_id}/explanation")]
async fn explain_ledger_entry(app: web::Data<App>, read: Read, id: PathId<kind::Entry>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::explain(tx, caller, id.0)).await
}

/// List balances
///
/// What you and each of your counterparties owe each other, for each currency: the sums of the entries between you, whole and by
/// how far they have come. With `partner_id`, a master sees them as a partner that it supervises does.
#[utoipa::path(tag = "ledger", params(BalanceFilters, BalanceQuery), responses((status = 200, description = "A page of balances.", body = BalancePage)))]
#[get("/v1/balances")]
async fn list_balances(
    app: web::Data<App>,
    read: Read,
    filters: Query<BalanceFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::balances(tx, caller, &filters.0, &paging)).await
}

/// List outcomes
///
/// Why sales earned nothing, and services brought no money. A partner sees its own and those of whom it would have paid, a master those
/// on the contracts and services it supervises.
#[utoipa::path(tag = "ledger", params(OutcomeFilters, PageQuery), responses((status = 200, description = "A page of outcomes.", body = OutcomePage)))]
#[get("/v1/outcomes")]
async fn list_outcomes(
    app: web::Data<App>,
    read: Read,
    filters: Query<OutcomeFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.list(read, move |tx, caller| commands::list_outcomes(tx, caller, &filters.0, &paging, language)).await
}

/// Show an outcome
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The outcome.", body = Outcome)))]
#[get("/v1/outcomes/{outcome_id}")]
async fn show_outcome(app: web::Data<App>, read: Read, id: PathId<kind::Outcome>) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.show(read, move |tx, caller| commands::show_outcome(tx, caller, id.0, language)).await
}

/// Show where the money of a contract year goes
///
/// For the company that sells and its master: what the customer pays, what is due to the master, what is kept, what promoters
/// are paid, and which part of that the uplift offsets. An integrator that bills its own services beside its master's sale reads
/// these alone (R69 to R74).
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The settlement of the whole year.", body = AnnuitySettlement)))]
#[get("/v1/annuities/{annuity_id}/settlement")]
async fn show_settlement(app: web::Data<App>, read: Read, id: PathId<kind::Annuity>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| settlement::show(tx, caller, id.0)).await
}
