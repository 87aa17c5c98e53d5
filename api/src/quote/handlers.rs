//! The HTTP of quotes.

use actix_web::{HttpResponse, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewQuote, Quote},
};
use crate::{app::App, extract::Write, problem::Problem};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(quote_sale);
}

/// Quote a sale
///
/// What the sale would bring to everyone involved, for each contract year and rule, with the computation, by the terms, stages,
/// list prices and numbers of the day. Nothing is written. A master and the company that would sell see everybody's part; a
/// partner that brings or promotes the sale sees its own.
#[utoipa::path(tag = "quotes", request_body = NewQuote, responses((status = 200, description = "What the sale would bring.", body = Quote)))]
#[post("/v1/quotes")]
async fn quote_sale(app: web::Data<App>, write: Write<NewQuote>) -> Result<HttpResponse, Problem> {
    let language = write.language;
    app.change(write, move |work, new| commands::quote(work, new, language)).await
}
