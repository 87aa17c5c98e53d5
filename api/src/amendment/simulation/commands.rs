//! The use cases of simulations: keep what was found, and show it.

use domain::id::{CompanyId, SimulatedDifferenceId, SimulationId};
use persistence::{amendment as store, columns::Uid, db::Tx, event::Audience};

use super::{
    compute::{Found, own_master},
    wire::{
        NewSimulation, SimulatedDifference, SimulatedDifferenceFilters, SimulatedDifferencePage, SimulatedTotalPage, Simulation,
        SimulationFilters, SimulationPage, totals,
    },
};
use crate::{
    access::Caller,
    extract::Paging,
    ledger::posting::to_json,
    problem::Problem,
    wire::filter_id,
    write::{Change, Work},
};

/// Keeps what was found.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewSimulation, found: &Found) -> Result<Simulation, Problem> {
    let master = own_master(work.caller()?)?;
    let simulation = store::Simulation {
        id: work.new_id(),
        network: found.amendment.network,
        master,
        amendment: found.amendment.id,
        signed_from: new.signed_from,
        signed_to: new.signed_to,
        sales: found.sales,
        left_out: found.left_out,
        made_by: work.actor(),
        recorded_at: work.now()?,
    };
    let mut differences = Vec::with_capacity(found.differences.len());
    for one in &found.differences {
        let id: SimulatedDifferenceId = work.new_id();
        let mut explanation = one.explanation.clone();
        explanation.ledger_entry_id = id.to_string();
        differences.push(store::Difference { id, explanation: to_json(&explanation)?, ..one.difference.clone() });
    }
    store::append_simulation(work.conn(), &simulation, &differences)?;
    let (network, subject) = (simulation.network, simulation.id.to_string());
    let rules = store::totals_by_rule(work.conn(), simulation.id)?;
    let shown = Simulation::of(simulation, rules)?;
    let audience = Audience { master: Some(master), partner: None, counterparty: None };
    work.record(Change { network, kind: "simulation.made", subject, version: 1, audience, body: &shown })?;
    Ok(shown)
}

/// Shows a simulation.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: SimulationId) -> Result<Simulation, Problem> {
    let found = store::find_simulation(tx.conn, own_master(caller)?, id)?.ok_or_else(Problem::not_found)?;
    let rules = store::totals_by_rule(tx.conn, id)?;
    Simulation::of(found, rules)
}

/// Lists the simulations of the caller's master.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &SimulationFilters,
    paging: &Paging,
) -> Result<SimulationPage, Problem> {
    let SimulationFilters { amendment_id } = filters;
    let filter = store::SimulationFilter { amendment: filter_id("amendment_id", amendment_id.as_ref())? };
    let found = store::page_simulations(tx.conn, own_master(caller)?, filter, &paging.page())?;
    let (found, next) = paging.cut(found, |simulation| (simulation.id.uuid(), simulation.recorded_at));
    let mut data = Vec::with_capacity(found.len());
    for simulation in found {
        let rules = store::totals_by_rule(tx.conn, simulation.id)?;
        data.push(Simulation::of(simulation, rules)?);
    }
    Ok(SimulationPage { data, next })
}

/// Lists what each partner would gain and lose.
pub(super) fn list_totals(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SimulationId,
    paging: &Paging,
) -> Result<SimulatedTotalPage, Problem> {
    store::find_simulation(tx.conn, own_master(caller)?, id)?.ok_or_else(Problem::not_found)?;
    let rows = store::page_totals(tx.conn, id, &paging.page())?;
    let now = tx.now()?;
    let (totals, next) = paging.cut(totals(rows)?, |total| (Uid::from(CompanyId::Partner(total.0)).0, now));
    Ok(SimulatedTotalPage { data: totals.into_iter().map(|(_, total)| total).collect(), next })
}

/// Lists what would change, rule by rule and contract year by contract year.
pub(super) fn list_differences(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SimulationId,
    filters: &SimulatedDifferenceFilters,
    paging: &Paging,
) -> Result<SimulatedDifferencePage, Problem> {
    let found = store::find_simulation(tx.conn, own_master(caller)?, id)?.ok_or_else(Problem::not_found)?;
    let partner = filter_id("partner_id", filters.partner_id.as_ref())?;
    let rows = store::page_differences(tx.conn, id, partner, &paging.page())?;
    let (rows, next) = paging.cut(rows, |difference| (difference.id.uuid(), found.recorded_at));
    let data: Result<_, _> = rows.into_iter().map(SimulatedDifference::of).collect();
    Ok(SimulatedDifferencePage { data: data?, next })
}

/// Shows one difference, with its explanation.
pub(super) fn show_difference(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SimulatedDifferenceId,
) -> Result<SimulatedDifference, Problem> {
    let found = store::find_difference(tx.conn, own_master(caller)?, id)?.ok_or_else(Problem::not_found)?;
    SimulatedDifference::of(found)
}
