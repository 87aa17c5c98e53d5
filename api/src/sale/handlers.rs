//! The HTTP of sales.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands::{self, annuity, contract, proposal},
    wire::{
        Annuity, AnnuityPage, AnnuityQuery, Cancellation, Contract, ContractPage, ContractQuery, Decline, InstalmentPage,
        InstalmentQuery, NewInstalment, NewProposal, Proposal, ProposalPage, ProposalQuery, RecordedInstalment, Revision,
        Signature,
    },
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_proposals)
        .service(show_proposal)
        .service(create_proposal)
        .service(revise_proposal)
        .service(send_proposal)
        .service(sign_proposal)
        .service(decline_proposal)
        .service(withdraw_proposal)
        .service(list_contracts)
        .service(show_contract)
        .service(renew_contract)
        .service(cancel_contract)
        .service(list_annuities)
        .service(show_annuity)
        .service(list_instalments)
        .service(record_instalment);
}

/// List proposals
///
/// A master sees those it supervises, a partner those it sells or brings.
#[utoipa::path(tag = "proposals", params(ProposalQuery, PageQuery), responses((status = 200, description = "A page of proposals.", body = ProposalPage)))]
#[get("/v1/proposals")]
async fn list_proposals(
    app: web::Data<App>,
    read: Read,
    query: Query<ProposalQuery>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| proposal::list(tx, caller, &query.0, &paging)).await
}

/// Show a proposal
#[utoipa::path(tag = "proposals", responses((status = 200, description = "The proposal with its current version.", body = Proposal)))]
#[get("/v1/proposals/{proposal_id}")]
async fn show_proposal(app: web::Data<App>, read: Read, id: PathId<kind::Proposal>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| proposal::show(tx, caller, id.0)).await
}

/// Make a proposal
///
/// List prices are the catalogue's of today. Each line has the duties that the agreement's terms give it unless it names others; a
/// line that breaks the partner's responsibilities is refused, with every broken rule. Under terms that let the partner
/// contract customers it is the seller; under others it brings the sale, and the master contracts.
#[utoipa::path(tag = "proposals", request_body = NewProposal, responses((status = 201, description = "The new proposal, a draft.", body = Proposal)))]
#[post("/v1/proposals")]
async fn create_proposal(app: web::Data<App>, write: Write<NewProposal>) -> Result<HttpResponse, Problem> {
    app.create(write, proposal::create).await
}

/// Put a later version in a proposal's place
///
/// As long as it is a draft or sent. The new version is a draft, at the list prices of today; earlier ones are kept.
#[utoipa::path(tag = "proposals", request_body = Revision, responses((status = 201, description = "The proposal with its new version.", body = Proposal)))]
#[post("/v1/proposals/{proposal_id}/versions")]
async fn revise_proposal(
    app: web::Data<App>,
    write: Write<Revision>,
    id: PathId<kind::Proposal>,
) -> Result<HttpResponse, Problem> {
    app.create(write, move |work, revision| proposal::revise(work, id.0, revision)).await
}

/// Note that the prospect has the proposal
#[utoipa::path(tag = "proposals", request_body = Nothing, responses((status = 200, description = "The proposal, sent.", body = Proposal)))]
#[post("/v1/proposals/{proposal_id}/send")]
async fn send_proposal(app: web::Data<App>, write: Write<Nothing>, id: PathId<kind::Proposal>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| proposal::send(work, id.0)).await
}

/// Sign a proposal
///
/// Makes the contract with its annuities, the customer where it is none yet, and freezes who earns by it: agreements, terms,
/// stages and the numbers of the sale (D11). The registration of the prospect is won. Whose introduction of the prospect the seller
/// accepted has its place in its first sale, whether or not the proposal names it (R18); a promoter whose agreement is not in force
/// then is told so by an outcome.
#[utoipa::path(tag = "proposals", request_body = Signature, responses((status = 201, description = "The contract.", body = Contract)))]
#[post("/v1/proposals/{proposal_id}/sign")]
async fn sign_proposal(
    app: web::Data<App>,
    write: Write<Signature>,
    id: PathId<kind::Proposal>,
) -> Result<HttpResponse, Problem> {
    app.create(write, move |work, signature| commands::sign(work, id.0, signature)).await
}

/// Note that the prospect does not want the proposal
#[utoipa::path(tag = "proposals", request_body = Decline, responses((status = 200, description = "The proposal, declined.", body = Proposal)))]
#[post("/v1/proposals/{proposal_id}/decline")]
async fn decline_proposal(
    app: web::Data<App>,
    write: Write<Decline>,
    id: PathId<kind::Proposal>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, decline| proposal::decline(work, id.0, decline)).await
}

/// Take a proposal back
#[utoipa::path(tag = "proposals", request_body = Nothing, responses((status = 200, description = "The proposal, withdrawn.", body = Proposal)))]
#[post("/v1/proposals/{proposal_id}/withdraw")]
async fn withdraw_proposal(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Proposal>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| proposal::withdraw(work, id.0)).await
}

/// List contracts
///
/// A master sees those it supervises, a partner those it sold or brought. Promoters see what they earn in the ledger.
#[utoipa::path(tag = "contracts", params(ContractQuery, PageQuery), responses((status = 200, description = "A page of contracts.", body = ContractPage)))]
#[get("/v1/contracts")]
async fn list_contracts(
    app: web::Data<App>,
    read: Read,
    query: Query<ContractQuery>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| contract::list(tx, caller, &query.0, &paging)).await
}

/// Show a contract
#[utoipa::path(tag = "contracts", responses((status = 200, description = "The contract.", body = Contract)))]
#[get("/v1/contracts/{contract_id}")]
async fn show_contract(app: web::Data<App>, read: Read, id: PathId<kind::Contract>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| contract::show(tx, caller, id.0)).await
}

/// Renew a contract
///
/// Adds the next contract year with its annuity, at the same prices. Each call adds one: send an `Idempotency-Key` or `If-Match`.
#[utoipa::path(tag = "contracts", request_body = Nothing, responses((status = 200, description = "The contract, a year longer.", body = Contract)))]
#[post("/v1/contracts/{contract_id}/renew")]
async fn renew_contract(app: web::Data<App>, write: Write<Nothing>, id: PathId<kind::Contract>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| contract::renew(work, id.0)).await
}

/// Cancel a contract
///
/// The day is the first on which it runs no more. Years that had not begun by then are neither billed nor collected any more, and
/// earn nothing; what was billed can be credited and refunded.
///
/// Of the year that had begun, what a rule with the trigger `contracted` counts is what was performed: the year's amount by the days on
/// which the contract ran, `contracted × days ÷ days of the year`, rounded half up, or what was billed and neither credited nor
/// refunded where that is more; and no more than what credit notes and refunds leave of the year. The rest is taken back by a new
/// entry at the frozen rate; an invoice that is recorded later may raise it again, up to what it bills. The triggers `invoiced` and
/// `collected` follow bills and payments, as ever. A year that costs the customer nothing is due on its first day and by its days
/// alone, whatever the trigger: of one that is cut short, `in full × days ÷ days of the year` stays. Where the master is at fault
/// nothing is taken back (D20). The numbers of its sale stay: no other sale is renumbered (D11).
#[utoipa::path(tag = "contracts", request_body = Cancellation, responses((status = 200, description = "The contract, cancelled.", body = Contract)))]
#[post("/v1/contracts/{contract_id}/cancel")]
async fn cancel_contract(
    app: web::Data<App>,
    write: Write<Cancellation>,
    id: PathId<kind::Contract>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, cancellation| contract::cancel(work, id.0, cancellation)).await
}

/// List annuities
#[utoipa::path(tag = "annuities", params(AnnuityQuery, PageQuery), responses((status = 200, description = "A page of annuities.", body = AnnuityPage)))]
#[get("/v1/annuities")]
async fn list_annuities(
    app: web::Data<App>,
    read: Read,
    query: Query<AnnuityQuery>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| annuity::list(tx, caller, &query.0, &paging)).await
}

/// Show an annuity
#[utoipa::path(tag = "annuities", responses((status = 200, description = "The annuity with its totals.", body = Annuity)))]
#[get("/v1/annuities/{annuity_id}")]
async fn show_annuity(app: web::Data<App>, read: Read, id: PathId<kind::Annuity>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| annuity::show(tx, caller, id.0)).await
}

/// List an annuity's instalments
///
/// Newest first. They never change.
#[utoipa::path(tag = "annuities", params(InstalmentQuery), responses((status = 200, description = "A page of instalments.", body = InstalmentPage)))]
#[get("/v1/annuities/{annuity_id}/instalments")]
async fn list_instalments(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Annuity>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| annuity::list_instalments(tx, caller, id.0, &paging)).await
}

/// Record an instalment
///
/// What was invoiced, collected, credited or refunded of an annuity, by the company that contracted the customer or its master.
/// What it makes due is posted to the ledger in the same transaction.
#[utoipa::path(tag = "annuities", request_body = NewInstalment, responses((status = 201, description = "The instalment, and the annuity with its new totals.", body = RecordedInstalment)))]
#[post("/v1/annuities/{annuity_id}/instalments")]
async fn record_instalment(
    app: web::Data<App>,
    write: Write<NewInstalment>,
    id: PathId<kind::Annuity>,
) -> Result<HttpResponse, Problem> {
    app.create(write, move |work, new| annuity::record(work, id.0, new)).await
}
