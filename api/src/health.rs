//! Whether the service lives, and whether it can work.

use std::sync::atomic::Ordering;

use actix_web::{HttpResponse, get, web};
use persistence::{
    error::DbError,
    migrate::{SchemaState, schema_state},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    app::App,
    problem::{Code, Problem},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(check_liveness).service(check_readiness);
}

/// That the service is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: anything else is a problem.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Tell whether the process lives
///
/// It never looks at the database.
#[utoipa::path(tag = "health", responses((status = 200, description = "It lives.", body = Health)))]
#[get("/health/live")]
async fn check_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Tell whether the service can work
///
/// The database answers, its schema is the one that this program knows, and the process is not about to end.
#[utoipa::path(tag = "health", responses((status = 200, description = "It can work.", body = Health)))]
#[get("/health/ready")]
async fn check_readiness(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    if app.draining.load(Ordering::Relaxed) {
        return Err(Problem::new(Code::Unavailable).retry_after(5));
    }
    let target = app.db.target().clone();
    let schema = app.db.read(move |tx| schema_state(tx.conn, &target)).await;
    match schema {
        Ok(SchemaState::Current) => Ok(HttpResponse::Ok().json(Health { status: "ok" })),
        Ok(other) => {
            log::warn!("the schema is {other:?}");
            Err(Problem::new(Code::Unavailable).retry_after(5))
        }
        Err(error) => Err(Problem::from(DbError::Unavailable(error.to_string()))),
    }
}
