//! The HTTP of support desks.

use actix_web::{HttpResponse, get, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::commands;
use crate::{
    app::App,
    extract::{PathId, Query, Read},
    problem::Problem,
    support::wire::{DeskQuery, SupportDesk},
};

pub(in crate::support) fn routes(config: &mut ServiceConfig) {
    config.service(show_support_desk);
}

/// Show a customer's support desk
///
/// Who answers the customer on a day: the partner on whose lines the duty of support is its own, else the master (R43, R54, R67).
#[utoipa::path(tag = "support", params(DeskQuery), responses((status = 200, description = "The desk.", body = SupportDesk)))]
#[get("/v1/customers/{customer_id}/support-desk")]
async fn show_support_desk(
    app: web::Data<App>,
    read: Read,
    query: Query<DeskQuery>,
    id: PathId<kind::Customer>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0, query.0.day)).await
}
