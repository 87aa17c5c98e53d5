//! The HTTP of responsibility.

use actix_web::{HttpResponse, get, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{CustomerResponsibility, ResponsibilityDay},
};
use crate::{
    app::App,
    extract::{PathId, Query, Read},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(show_customer_responsibility);
}

/// Show who answers for a customer on a day
///
/// On every day exactly one company does (R51). A master also sees who did before. A partner sees the days on which it answers
/// itself: of any other day it is told that there is nothing to see.
#[utoipa::path(tag = "customers", params(ResponsibilityDay),
    responses((status = 200, description = "Who answers for the customer.", body = CustomerResponsibility)))]
#[get("/v1/customers/{customer_id}/responsibility")]
async fn show_customer_responsibility(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Customer>,
    day: Query<ResponsibilityDay>,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::show(tx, caller, id.0, &day.0)).await
}
