//! The HTTP of statements, closing runs and tax profiles.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    closing, commands, deadline,
    document::{self, Format},
    wire::{
        DocumentForm, NewStatementRun, NewTaxProfile, StatementDeadlinePage, StatementDocument, StatementFilters, StatementPage,
        StatementPdf, StatementRun, StatementRunPage, TaxProfile, TaxProfileFilters, TaxProfilePage,
    },
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write, text_header},
    problem::{Code, Problem},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_tax_profiles)
        .service(show_tax_profile)
        .service(record_tax_profile)
        .service(list_statement_runs)
        .service(show_statement_run)
        .service(start_statement_run)
        .service(list_statement_deadlines)
        .service(list_statements)
        .service(show_statement)
        .service(show_statement_document);
}

/// List tax profiles
///
/// How companies are taxed, from which day on. A partner sees its own, a master those of the partners that it supervises and of
/// the network's masters.
#[utoipa::path(tag = "statements", params(TaxProfileFilters, PageQuery),
    responses((status = 200, description = "A page of tax profiles.", body = TaxProfilePage)))]
#[get("/v1/tax-profiles")]
async fn list_tax_profiles(
    app: web::Data<App>,
    read: Read,
    filters: Query<TaxProfileFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_tax_profiles(tx, caller, &filters.0, &paging)).await
}

/// Show a tax profile
#[utoipa::path(tag = "statements", responses((status = 200, description = "The tax profile.", body = TaxProfile)))]
#[get("/v1/tax-profiles/{tax_profile_id}")]
async fn show_tax_profile(app: web::Data<App>, read: Read, id: PathId<kind::TaxProfile>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_tax_profile(tx, caller, id.0)).await
}

/// Record how a company is taxed
///
/// From a day on, until a later profile of the company takes its place; statements that are closed do not change. The standard
/// rates of each country stand in the network's policies. Across a border of the Union, a registered customer accounts for the tax
/// of a supplier with the `standard` regime.
#[utoipa::path(tag = "statements", request_body = NewTaxProfile,
    responses((status = 201, description = "The new tax profile.", body = TaxProfile)))]
#[post("/v1/tax-profiles")]
async fn record_tax_profile(app: web::Data<App>, write: Write<NewTaxProfile>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::record_tax_profile).await
}

/// List closing runs
#[utoipa::path(tag = "statements", params(PageQuery),
    responses((status = 200, description = "A page of closing runs.", body = StatementRunPage)))]
#[get("/v1/statement-runs")]
async fn list_statement_runs(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_runs(tx, caller, &paging)).await
}

/// Show a closing run
///
/// With how many entries are stated and how many statements closed so far.
#[utoipa::path(tag = "statements", responses((status = 200, description = "The closing run.", body = StatementRun)))]
#[get("/v1/statement-runs/{statement_run_id}")]
async fn show_statement_run(app: web::Data<App>, read: Read, id: PathId<kind::StatementRun>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_run(tx, caller, id.0)).await
}

/// Start a closing run
///
/// It makes all statements of the network for a period that has ended, in a currency: each ledger entry that became payable by the
/// period's end and stands on no earlier statement comes to stand on exactly one. The period is closed in the ledger at once; the
/// statements are made in the background, whatever becomes of the process that was asked. One run at a time for a currency; the
/// same period and currency again answers with the same run. A run that would have to state an amount at a standard rate of value
/// added tax that the network does not know is refused with every company concerned. Should a rate be lost while a run goes on, the
/// statement is made without tax (`no_rate`), and `statement.untaxed` tells the master.
#[utoipa::path(tag = "statements", request_body = NewStatementRun,
    responses((status = 201, description = "The closing run.", body = StatementRun), (status = 200, description = "The closing run that was started before.", body = StatementRun)))]
#[post("/v1/statement-runs")]
async fn start_statement_run(app: web::Data<App>, write: Write<NewStatementRun>) -> Result<HttpResponse, Problem> {
    let dry_run = write.dry_run;
    let response = app.create_once(write, commands::start).await?;
    if !dry_run {
        let db = app.db.clone();
        actix_web::rt::spawn(async move {
            if let Err(problem) = closing::go_on(&db).await {
                log::warn!("closing run: {}", problem.cause().unwrap_or_else(|| problem.to_string()));
            }
        });
    }
    Ok(response)
}

/// List statement deadlines
///
/// The periods and currencies of the network whose statements are not made yet, with the day by which they are to be given: all of
/// them, on one page. `statement.due` is told once when a period has ended, `statement.overdue` once when its day has passed.
#[utoipa::path(tag = "statements",
    responses((status = 200, description = "The deadlines.", body = StatementDeadlinePage)))]
#[get("/v1/statement-deadlines")]
async fn list_statement_deadlines(app: web::Data<App>, read: Read) -> Result<HttpResponse, Problem> {
    app.list(read, deadline::list).await
}

/// List statements
///
/// Closed ones, without their lines. You see what you owe and are owed; a master also sees the statements of the partners that it
/// supervises.
#[utoipa::path(tag = "statements", params(StatementFilters, PageQuery),
    responses((status = 200, description = "A page of statements.", body = StatementPage)))]
#[get("/v1/statements")]
async fn list_statements(
    app: web::Data<App>,
    read: Read,
    filters: Query<StatementFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a statement
///
/// As it was sealed, the same bytes for ever, in the form that you accept: JSON, CSV or PDF. `Repr-Digest` has the SHA-256 of the
/// bytes; for JSON it is the `content_hash` of the list.
///
/// The CSV has a row of headings, then one row a line with the members of the JSON's lines and of their `calculation`, under the
/// same names, and last a row each for `opening_balance`, `vat`, `withheld` where something is kept back, `paid_total` and
/// `closing_balance`, named in the column `item`; what is taken off has its sign turned, so that the last column adds up.
#[utoipa::path(tag = "statements", responses((status = 200, description = "The statement.", content(
    (StatementDocument = "application/json"), (String = "text/csv"), (StatementPdf = "application/pdf")))))]
#[get("/v1/statements/{statement_id}")]
async fn show_statement(
    app: web::Data<App>,
    read: Read,
    request: HttpRequest,
    id: PathId<kind::Statement>,
) -> Result<HttpResponse, Problem> {
    let accept = text_header(&request, "accept");
    let format = Format::preferred(accept.as_deref()).ok_or_else(|| Problem::new(Code::NotAcceptable))?;
    document::send(&app, read, id.0, format).await
}

/// Show a statement in a form
///
/// The same as `GET /v1/statements/{statement_id}`, for callers that cannot say what they accept.
#[utoipa::path(tag = "statements", params(DocumentForm), responses((status = 200, description = "The statement.", content(
    (StatementDocument = "application/json"), (String = "text/csv"), (StatementPdf = "application/pdf")))))]
#[get("/v1/statements/{statement_id}/document")]
async fn show_statement_document(
    app: web::Data<App>,
    read: Read,
    form: Query<DocumentForm>,
    id: PathId<kind::Statement>,
) -> Result<HttpResponse, Problem> {
    document::send(&app, read, id.0, form.0.format.unwrap_or(Format::Pdf)).await
}
