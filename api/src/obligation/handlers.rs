//! The HTTP of obligations.

use actix_web::{HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{ObligationPage, ObligationQuery},
};
use crate::{
    app::App,
    extract::{Query, Read},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_obligations);
}

/// List obligations
///
/// Everything that runs out or is due, the nearest first: a partner's own, and for a master those of the partners that it supervises
/// and its own.
#[utoipa::path(tag = "obligations", params(ObligationQuery), responses((status = 200, description = "A page of obligations.", body = ObligationPage)))]
#[get("/v1/obligations")]
async fn list_obligations(app: web::Data<App>, read: Read, query: Query<ObligationQuery>) -> Result<HttpResponse, Problem> {
    let language = read.language;
    app.list(read, move |tx, caller| commands::list(tx, caller, &query.0, language)).await
}
