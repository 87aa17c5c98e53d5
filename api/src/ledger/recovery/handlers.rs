//! The HTTP of recovery plans.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{NewRecoveryPlan, RecoveryPlan, RecoveryPlanFilters, RecoveryPlanPage},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_recovery_plans).service(show_recovery_plan).service(make_recovery_plan).service(cancel_recovery_plan);
}

/// List recovery plans
///
/// A master sees those of the debts it supervises, a partner its own.
#[utoipa::path(tag = "ledger", params(RecoveryPlanFilters, PageQuery), responses((status = 200, description = "A page of plans.", body = RecoveryPlanPage)))]
#[get("/v1/recovery-plans")]
async fn list_recovery_plans(
    app: web::Data<App>,
    read: Read,
    filters: Query<RecoveryPlanFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a recovery plan
#[utoipa::path(tag = "ledger", responses((status = 200, description = "The plan.", body = RecoveryPlan)))]
#[get("/v1/recovery-plans/{recovery_plan_id}")]
async fn show_recovery_plan(app: web::Data<App>, read: Read, id: PathId<kind::RecoveryPlan>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Make a recovery plan
///
/// What a partner owes back by a correction is taken from its payouts in instalments: none before its day. They are of the debt as the
/// ledger has it, before taxes; the tax that goes with each is taken with it. One plan of a debt is active at a time.
#[utoipa::path(tag = "ledger", request_body = NewRecoveryPlan, responses((status = 201, description = "The plan.", body = RecoveryPlan)))]
#[post("/v1/recovery-plans")]
async fn make_recovery_plan(app: web::Data<App>, write: Write<NewRecoveryPlan>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Cancel a recovery plan
///
/// What is left of the debt is netted from payouts as if there were no plan. A plan by which all was taken cannot be cancelled.
#[utoipa::path(tag = "ledger", request_body = Nothing, responses((status = 200, description = "The plan, cancelled.", body = RecoveryPlan)))]
#[post("/v1/recovery-plans/{recovery_plan_id}/cancel")]
async fn cancel_recovery_plan(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::RecoveryPlan>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::cancel(work, id.0)).await
}
