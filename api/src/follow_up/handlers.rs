//! The HTTP of follow-ups and of the proposals that are followed.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands, followed,
    wire::{FollowUp, FollowUpFilters, FollowUpPage, FollowedProposal, FollowedProposalPage, NewFollowUp},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_followed_proposals)
        .service(show_followed_proposal)
        .service(list_follow_ups)
        .service(show_follow_up)
        .service(note_follow_up);
}

/// List the proposals that you follow
///
/// For a partner whose figure follows proposals (R19): those that the prospects it introduced got, those that name its agreement, and
/// those to the customers of its portfolio, once they were sent.
#[utoipa::path(tag = "promotion", params(PageQuery),
    responses((status = 200, description = "A page of proposals.", body = FollowedProposalPage)))]
#[get("/v1/followed-proposals")]
async fn list_followed_proposals(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| followed::list(tx, caller, &paging)).await
}

/// Show a proposal that you follow
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The proposal.", body = FollowedProposal)))]
#[get("/v1/followed-proposals/{proposal_id}")]
async fn show_followed_proposal(app: web::Data<App>, read: Read, id: PathId<kind::Proposal>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| followed::show(tx, caller, id.0)).await
}

/// List follow-ups
///
/// A client manager sees its own, a network company those about its proposals and customers, a master those under the agreements it
/// supervises too.
#[utoipa::path(tag = "promotion", params(FollowUpFilters, PageQuery),
    responses((status = 200, description = "A page of follow-ups.", body = FollowUpPage)))]
#[get("/v1/follow-ups")]
async fn list_follow_ups(
    app: web::Data<App>,
    read: Read,
    filters: Query<FollowUpFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a follow-up
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The follow-up.", body = FollowUp)))]
#[get("/v1/follow-ups/{follow_up_id}")]
async fn show_follow_up(app: web::Data<App>, read: Read, id: PathId<kind::FollowUp>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Note a contact
///
/// About a proposal that you follow (R19), or with a customer on a day of its place in your portfolio (R20). It is kept as it is; what is
/// wrong with it is said in another one.
#[utoipa::path(tag = "promotion", request_body = NewFollowUp,
    responses((status = 201, description = "The follow-up.", body = FollowUp)))]
#[post("/v1/follow-ups")]
async fn note_follow_up(app: web::Data<App>, write: Write<NewFollowUp>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::note).await
}
