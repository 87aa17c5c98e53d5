//! The HTTP of simulations.

use std::sync::Arc;

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    compute::compute,
    wire::{
        NewSimulation, SimulatedDifference, SimulatedDifferenceFilters, SimulatedDifferencePage, SimulatedQuery,
        SimulatedTotalPage, Simulation, SimulationFilters, SimulationPage,
    },
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::{Code, Problem},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_simulations)
        .service(show_simulation)
        .service(simulate_amendment)
        .service(list_simulated_totals)
        .service(list_simulated_differences)
        .service(show_simulated_difference);
}

/// List simulations
///
/// Those of your master.
#[utoipa::path(tag = "amendments", params(SimulationFilters, PageQuery), responses((status = 200, description = "A page of simulations.", body = SimulationPage)))]
#[get("/v1/simulations")]
async fn list_simulations(
    app: web::Data<App>,
    read: Read,
    filters: Query<SimulationFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a simulation
#[utoipa::path(tag = "amendments", responses((status = 200, description = "The simulation.", body = Simulation)))]
#[get("/v1/simulations/{simulation_id}")]
async fn show_simulation(app: web::Data<App>, read: Read, id: PathId<kind::Simulation>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Simulate an amendment on past sales
///
/// The sales of your master that were signed in the days asked for, as far as the amendment could reach them, are counted by the
/// functions that count real ones: what is due to date by its terms, held against what was posted. Sale numbers, stages and what was
/// refunded so far are as they are. Nothing is written but the simulation. Sales that the terms cannot count are refused, each by its
/// name.
#[utoipa::path(tag = "amendments", request_body = NewSimulation, responses((status = 201, description = "The simulation.", body = Simulation)))]
#[post("/v1/simulations")]
async fn simulate_amendment(app: web::Data<App>, write: Write<NewSimulation>) -> Result<HttpResponse, Problem> {
    // Counting takes long and writes nothing: it has a snapshot of its own, and nobody who writes waits for it.
    let (caller, body) = (write.caller.clone().ok_or_else(|| Problem::new(Code::AuthenticationRequired))?, write.body.clone());
    let found = Arc::new(app.db.read(move |tx| compute(tx, &caller, &body)).await?);
    app.create(write, move |work, new| commands::create(work, new, &found)).await
}

/// List what each partner would gain
///
/// By each company that it is paid by or pays, and by currency; newest partner first.
#[utoipa::path(tag = "amendments", params(SimulatedQuery), responses((status = 200, description = "A page of totals.", body = SimulatedTotalPage)))]
#[get("/v1/simulations/{simulation_id}/totals")]
async fn list_simulated_totals(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Simulation>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_totals(tx, caller, id.0, &paging)).await
}

/// List what would change
///
/// One difference for each rule, partner and contract year of which the amount would be another.
#[utoipa::path(tag = "amendments", params(SimulatedDifferenceFilters, SimulatedQuery), responses((status = 200, description = "A page of differences.", body = SimulatedDifferencePage)))]
#[get("/v1/simulations/{simulation_id}/differences")]
async fn list_simulated_differences(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Simulation>,
    filters: Query<SimulatedDifferenceFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_differences(tx, caller, id.0, &filters.0, &paging)).await
}

/// Show what would change of one amount
///
/// With the explanation of what would be due.
#[utoipa::path(tag = "amendments", responses((status = 200, description = "The difference.", body = SimulatedDifference)))]
#[get("/v1/simulated-differences/{simulated_difference_id}")]
async fn show_simulated_difference(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::SimulatedDifference>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_difference(tx, caller, id.0)).await
}
