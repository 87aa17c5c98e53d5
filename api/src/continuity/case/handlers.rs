//! The HTTP of cases.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{
        ContinuityCase, ContinuityCasePage, ContinuityFilters, ContinuityHoldingFilter, ContinuityHoldingPage,
        ContinuityMovePage, ContinuityPreview, ContinuityRun, ContinuityWithdrawal, NewContinuityCase, NewContinuityEvidence,
        NewGuaranteeUse, NewTakeoverAssignments, NewTakeoverPlan,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_continuity_cases)
        .service(show_continuity_case)
        .service(open_continuity_case)
        .service(add_continuity_evidence)
        .service(suspend_failing_partner)
        .service(list_continuity_holdings)
        .service(consider_guarantee)
        .service(plan_takeover)
        .service(assign_customers)
        .service(preview_takeover)
        .service(approve_takeover)
        .service(execute_takeover)
        .service(revert_takeover)
        .service(confirm_takeover)
        .service(list_takeover_moves)
        .service(close_continuity_case)
        .service(withdraw_continuity_case);
}

type Id = PathId<kind::ContinuityCase>;

/// List continuity cases
///
/// A master sees those that it opened. Partners see none.
#[utoipa::path(tag = "continuity", params(ContinuityFilters, PageQuery),
    responses((status = 200, description = "A page of cases.", body = ContinuityCasePage)))]
#[get("/v1/continuity-cases")]
async fn list_continuity_cases(
    app: web::Data<App>,
    read: Read,
    filters: Query<ContinuityFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a continuity case
#[utoipa::path(tag = "continuity", responses((status = 200, description = "The case.", body = ContinuityCase)))]
#[get("/v1/continuity-cases/{continuity_case_id}")]
async fn show_continuity_case(app: web::Data<App>, read: Read, id: Id) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Open a continuity case
///
/// About a partner company that you supervise and that fails its customers, with the reason and dated evidence (R49). There is one
/// about a partner at a time. Nothing changes for the partner by it alone.
#[utoipa::path(tag = "continuity", request_body = NewContinuityCase,
    responses((status = 201, description = "The new case.", body = ContinuityCase)))]
#[post("/v1/continuity-cases")]
async fn open_continuity_case(app: web::Data<App>, write: Write<NewContinuityCase>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::open).await
}

/// Add evidence to a continuity case
#[utoipa::path(tag = "continuity", request_body = NewContinuityEvidence,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/evidence")]
async fn add_continuity_evidence(
    app: web::Data<App>,
    write: Write<NewContinuityEvidence>,
    id: Id,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::add_evidence(work, id.0, new)).await
}

/// Suspend the partner
///
/// Its active agreements are suspended, and until the case ends it registers, proposes and signs nothing, whoever does it for it. It
/// is told by the events of its agreements.
#[utoipa::path(tag = "continuity", request_body = Nothing,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/suspend")]
async fn suspend_failing_partner(app: web::Data<App>, write: Write<Nothing>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::suspend(work, id.0)).await
}

/// List what hangs on the partner
///
/// Everything of one kind that has to go somewhere else: customers, with who takes them over; contracts that run; open proposals;
/// live registrations; agreements, its promoters' among them; projects that go on; places of its customers in portfolios.
#[utoipa::path(tag = "continuity", params(ContinuityHoldingFilter, PageQuery),
    responses((status = 200, description = "A page of what hangs on the partner.", body = ContinuityHoldingPage)))]
#[get("/v1/continuity-cases/{continuity_case_id}/holdings")]
async fn list_continuity_holdings(
    app: web::Data<App>,
    read: Read,
    id: Id,
    filter: Query<ContinuityHoldingFilter>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::holdings(tx, caller, id.0, &filter.0, &paging)).await
}

/// Say what is made of a guarantee
///
/// The partner's own guarantees come first (R50): each that is in force is used, or it is said why not, before a plan can be
/// approved. What was said of one stays. No more is used of one than is left of it (`left`), in whichever cases it was used.
#[utoipa::path(tag = "continuity", request_body = NewGuaranteeUse,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/guarantees")]
async fn consider_guarantee(app: web::Data<App>, write: Write<NewGuaranteeUse>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::consider(work, id.0, new)).await
}

/// Plan the takeover
///
/// Who takes over all that no assignment names: your master, or another partner that it supervises and that contracts customers
/// under an agreement in force; from which day; and what becomes of the protections. A new plan takes the place of the old one, and
/// needs two new approvals. The day is none before the case was opened.
#[utoipa::path(tag = "continuity", request_body = NewTakeoverPlan,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/plan")]
async fn plan_takeover(app: web::Data<App>, write: Write<NewTakeoverPlan>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::plan(work, id.0, new)).await
}

/// Assign customers and prospects to somebody else
///
/// Other than whom the plan names, for these customers and protected prospects of the partner, with all that hangs on them. What was
/// approved needs two new approvals.
#[utoipa::path(tag = "continuity", request_body = NewTakeoverAssignments,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/assignments")]
async fn assign_customers(app: web::Data<App>, write: Write<NewTakeoverAssignments>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::assign(work, id.0, new)).await
}

/// Preview the takeover
///
/// What still hangs on the partner, which guarantees nothing was said of, what the plan brings each company, with the money of the
/// service days from the takeover on, and what of the open proposals nobody can offer any more. Nothing is written.
#[utoipa::path(tag = "continuity", responses((status = 200, description = "What the plan comes to.", body = ContinuityPreview)))]
#[get("/v1/continuity-cases/{continuity_case_id}/preview")]
async fn preview_takeover(app: web::Data<App>, read: Read, id: Id) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::preview(tx, caller, id.0)).await
}

/// Approve the plan
///
/// It takes two different people. Before, the partner is suspended, somebody takes over, and each guarantee in force was considered.
#[utoipa::path(tag = "continuity", request_body = Nothing,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/approve")]
async fn approve_takeover(app: web::Data<App>, write: Write<Nothing>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::approve(work, id.0)).await
}

/// Carry the plan out
///
/// From the day of the takeover: customer by customer, each in one transaction with its contracts and their money, its projects and its
/// place in a portfolio, and each once. What was offered to it stands again as a draft of whoever takes over (`successor_id`), as far as
/// that can offer it; the partner's own offer stays as it is until the takeover is confirmed, and nobody can sign it.
/// A request carries out at most `limit` customers; the service goes on by itself, whichever process is there, and a request that is
/// repeated goes on, too, until the case is `executed`. Each customer's contact is written to by whoever follows the event
/// `customer.responsibility_changed`.
#[utoipa::path(tag = "continuity", request_body = ContinuityRun,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/execute")]
async fn execute_takeover(app: web::Data<App>, write: Write<ContinuityRun>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, run| commands::execute(work, id.0, run)).await
}

/// Take back what was carried out
///
/// Until it is confirmed: each customer goes back to the partner from the same day, with its contracts and their money, by new
/// entries, its projects and its place in a portfolio. Drafts that stood in the partner's place are withdrawn; where the customer
/// has decided on one by then, the partner's own proposal is. The case is then open again.
#[utoipa::path(tag = "continuity", request_body = ContinuityRun,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/revert")]
async fn revert_takeover(app: web::Data<App>, write: Write<ContinuityRun>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, run| commands::revert(work, id.0, run)).await
}

/// Make the takeover final
///
/// What cannot be taken back is done now: protections of the partner go to whoever takes the prospect over, or end; its other
/// registrations are rejected. Its open proposals are withdrawn, each naming its successor where somebody else can offer it: a partner by
/// the protection that it gets, a master to the prospect as its customer. Refused as long as somebody who takes over cannot any more.
#[utoipa::path(tag = "continuity", request_body = ContinuityRun,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/confirm")]
async fn confirm_takeover(app: web::Data<App>, write: Write<ContinuityRun>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, run| commands::confirm(work, id.0, run)).await
}

/// List the customers that went over
///
/// By the current plan, each once.
#[utoipa::path(tag = "continuity", params(PageQuery),
    responses((status = 200, description = "A page of moves.", body = ContinuityMovePage)))]
#[get("/v1/continuity-cases/{continuity_case_id}/moves")]
async fn list_takeover_moves(app: web::Data<App>, read: Read, id: Id, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::moves(tx, caller, id.0, &paging)).await
}

/// Close a continuity case
///
/// Once it is confirmed, and not with one customer left (R51): neither a customer nor a contract, an open proposal or a live
/// registration hangs on the partner.
#[utoipa::path(tag = "continuity", request_body = Nothing,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/close")]
async fn close_continuity_case(app: web::Data<App>, write: Write<Nothing>, id: Id) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::close(work, id.0)).await
}

/// Give a continuity case up
///
/// Before its plan is carried out. The agreements that it suspended go on, as far as they still break no rule.
#[utoipa::path(tag = "continuity", request_body = ContinuityWithdrawal,
    responses((status = 200, description = "The case as it is now.", body = ContinuityCase)))]
#[post("/v1/continuity-cases/{continuity_case_id}/withdraw")]
async fn withdraw_continuity_case(
    app: web::Data<App>,
    write: Write<ContinuityWithdrawal>,
    id: Id,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::withdraw(work, id.0, why)).await
}
