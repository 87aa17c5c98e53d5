//! The HTTP of sub-networks.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    picture, report, tree,
    wire::{PartnerTree, SubNetwork, SubNetworkPeriod},
};
use crate::{
    app::App,
    extract::{Nothing, PathId, Query, Read, text_header},
    negotiate::preferred,
    problem::{Code, Problem},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(show_sub_network).service(show_partner_tree);
}

/// Show a partner's sub-network
///
/// Its promoters and their sales in a period, what the partner owes them by commission, what the uplift of its margin brought it,
/// and which part of the one the other offsets (R44 to R47). The partner itself sees it, and its master. A partner without
/// promoters has an empty one.
#[utoipa::path(tag = "partners", params(SubNetworkPeriod),
    responses((status = 200, description = "The sub-network.", body = SubNetwork)))]
#[get("/v1/partners/{partner_id}/sub-network")]
async fn show_sub_network(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Partner>,
    period: Query<SubNetworkPeriod>,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| report::show(tx, caller, id.0, &period.0)).await
}

/// Show the tree of partners
///
/// Who stands under whom today, by agreements in force: a master sees the partners that it supervises with their promoters, a
/// reseller itself and its promoters, a promoter itself. As JSON, or as a picture to whoever accepts `image/svg+xml`.
#[utoipa::path(tag = "partners", responses((status = 200, description = "The tree.", content(
    (PartnerTree = "application/json"), (String = "image/svg+xml")))))]
#[get("/v1/partner-tree")]
async fn show_partner_tree(
    app: web::Data<App>,
    read: Read,
    _query: Query<Nothing>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let accept = text_header(&request, "accept");
    let form =
        preferred(accept.as_deref(), &["application/json", "image/svg+xml"]).ok_or_else(|| Problem::new(Code::NotAcceptable))?;
    let (caller, language) = (read.caller, read.language);
    let shown = app.db.read(move |tx| tree::show(tx, &caller, language)).await?;
    Ok(match form {
        "image/svg+xml" => HttpResponse::Ok().content_type("image/svg+xml; charset=utf-8").body(picture::draw(&shown, language)),
        _ => HttpResponse::Ok().json(shown),
    })
}
