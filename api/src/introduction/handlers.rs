//! The HTTP of introductions.

use actix_web::{HttpResponse, get, patch, post, put, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{Introduction, IntroductionChange, IntroductionEnd, IntroductionFilters, IntroductionPage, NewIntroduction},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, PathReference, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_introductions)
        .service(show_introduction)
        .service(offer_introduction)
        .service(change_introduction)
        .service(accept_introduction)
        .service(decline_introduction)
        .service(close_introduction)
        .service(withdraw_introduction)
        .service(show_introduction_by_reference)
        .service(upsert_introduction_by_reference);
}

/// List introductions
///
/// A promoter sees its own, a network company those that were offered to it, a master those under the agreements it supervises too.
#[utoipa::path(tag = "promotion", params(IntroductionFilters, PageQuery),
    responses((status = 200, description = "A page of introductions.", body = IntroductionPage)))]
#[get("/v1/introductions")]
async fn list_introductions(
    app: web::Data<App>,
    read: Read,
    filters: Query<IntroductionFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show an introduction
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The introduction.", body = Introduction)))]
#[get("/v1/introductions/{introduction_id}")]
async fn show_introduction(app: web::Data<App>, read: Read, id: PathId<kind::Introduction>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Introduce a prospect
///
/// To the other party of your agreement or to a master, for a promoter whose figure introduces prospects (R18). Whether others
/// introduced the prospect, or are protected for it, you are not told, nor does it matter here: of several introductions the company
/// accepts one.
#[utoipa::path(tag = "promotion", request_body = NewIntroduction,
    responses((status = 201, description = "The new introduction.", body = Introduction)))]
#[post("/v1/introductions")]
async fn offer_introduction(app: web::Data<App>, write: Write<NewIntroduction>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::offer).await
}

/// Change an introduction
///
/// The promoter changes its note as long as the introduction is offered; each reader, the names that its systems have for it.
#[utoipa::path(tag = "promotion", request_body = IntroductionChange,
    responses((status = 200, description = "The introduction as it is now.", body = Introduction)))]
#[patch("/v1/introductions/{introduction_id}")]
async fn change_introduction(
    app: web::Data<App>,
    write: Write<IntroductionChange>,
    id: PathId<kind::Introduction>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Show the introduction that you call by an external reference
#[utoipa::path(tag = "promotion", responses((status = 200, description = "The introduction.", body = Introduction)))]
#[get("/v1/introductions/by-reference/{system}/{external_id}")]
async fn show_introduction_by_reference(app: web::Data<App>, read: Read, name: PathReference) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_by_reference(tx, caller, &name.0)).await
}

/// Make or change the introduction that you call by an external reference
///
/// The same request again changes nothing. To whom it introduces whom stays as it was offered; its note changes as long as it is
/// offered. `If-Match` guards against changes of others.
#[utoipa::path(tag = "promotion", request_body = NewIntroduction,
    responses((status = 200, description = "The introduction as it is now.", body = Introduction)))]
#[put("/v1/introductions/by-reference/{system}/{external_id}")]
async fn upsert_introduction_by_reference(
    app: web::Data<App>,
    write: Write<NewIntroduction>,
    name: PathReference,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, new| commands::upsert(work, &name.0, new)).await
}

/// Accept an introduction
///
/// By the company that it was offered to. Of several introductions of a prospect the one accepted first counts, until it is closed:
/// accepting another one is refused with `another_introduction_counts`. From now on your registration of the prospect, your
/// proposal and its signature move the introduction; name it in the proposal, and it is its promoter's place in the sale.
#[utoipa::path(tag = "promotion", request_body = Nothing,
    responses((status = 200, description = "The introduction, accepted.", body = Introduction)))]
#[post("/v1/introductions/{introduction_id}/accept")]
async fn accept_introduction(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Introduction>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::accept(work, id.0)).await
}

/// Decline an introduction
///
/// By the company that it was offered to, for a reason that its promoter reads.
#[utoipa::path(tag = "promotion", request_body = IntroductionEnd,
    responses((status = 200, description = "The introduction, declined.", body = Introduction)))]
#[post("/v1/introductions/{introduction_id}/decline")]
async fn decline_introduction(
    app: web::Data<App>,
    write: Write<IntroductionEnd>,
    id: PathId<kind::Introduction>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::decline(work, id.0, said)).await
}

/// Close an introduction
///
/// By the company that accepted it, when nothing came of it: another one of the prospect can be accepted then. One that led to a
/// customer stays.
#[utoipa::path(tag = "promotion", request_body = IntroductionEnd,
    responses((status = 200, description = "The introduction, closed.", body = Introduction)))]
#[post("/v1/introductions/{introduction_id}/close")]
async fn close_introduction(
    app: web::Data<App>,
    write: Write<IntroductionEnd>,
    id: PathId<kind::Introduction>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, said| commands::close(work, id.0, said)).await
}

/// Withdraw an introduction
///
/// By its promoter, as long as it is not answered.
#[utoipa::path(tag = "promotion", request_body = Nothing,
    responses((status = 200, description = "The introduction, withdrawn.", body = Introduction)))]
#[post("/v1/introductions/{introduction_id}/withdraw")]
async fn withdraw_introduction(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Introduction>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::withdraw(work, id.0)).await
}
