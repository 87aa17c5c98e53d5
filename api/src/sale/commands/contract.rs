//! Contracts: read, renewed, cancelled.

use domain::{
    decided::Decided,
    id::{CompanyId, ContractId},
    sale::{CancellationRefusal, ContractState, cancel as decide_cancellation},
};
use persistence::{
    continuity::answerer_of,
    db::{Conn, Tx},
    event::Audience,
    sale as store,
};

use super::{
    super::wire::{Cancellation, Contract, ContractPage, ContractQuery},
    annuity, met_another, today, unheld,
};
use crate::{
    access::Caller,
    continuity::suspension,
    extract::Paging,
    ledger,
    problem::{Code, Problem, Violation},
    reference,
    wire::{ExternalReference, filter_id},
    write::{Change, Work},
};

/// Whether a company is shown who earns by a contract: its seller and masters see all, another partner itself (D22).
fn sees(contract: &store::Contract, attribution: &store::Attribution, company: CompanyId) -> bool {
    company.master().is_some() || contract.seller == company || company.partner() == Some(attribution.partner)
}

/// Whom a company is shown as the one that serves the customer: itself, and to a master whoever does (D22).
fn seen_serving(server: Option<CompanyId>, company: CompanyId) -> Option<CompanyId> {
    server.filter(|server| company.master().is_some() || *server == company)
}

fn shown(
    contract: store::Contract,
    lines: Vec<store::Line>,
    mut attributions: Vec<store::Attribution>,
    (company, server): (CompanyId, Option<CompanyId>),
    references: Vec<ExternalReference>,
) -> Result<Contract, Problem> {
    let id = contract.id;
    attributions.retain(|attribution| sees(&contract, attribution, company));
    let server = seen_serving(server, company);
    Contract::of(as_its_own(contract, company), lines, attributions, server, references).ok_or_else(|| unheld(id))
}

fn server_of(conn: &mut Conn, contract: &store::Contract) -> Result<Option<CompanyId>, Problem> {
    Ok(store::servers_of(conn, &[contract.id])?.remove(&contract.id))
}

/// The contract as a partner sees it that took it over, or the services on it that its master sold: whose it was before is nobody's
/// business (D22).
fn as_its_own(contract: store::Contract, company: CompanyId) -> store::Contract {
    let taken_over = company.partner().filter(|_| company != contract.seller).filter(|id| contract.partner != Some(*id));
    match taken_over {
        Some(partner) => {
            let seller = if contract.seller.master().is_some() { contract.seller } else { company };
            store::Contract { seller, partner: Some(partner), ..contract }
        }
        None => contract,
    }
}

/// Shows a contract.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ContractId) -> Result<Contract, Problem> {
    let found = store::find_contract(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let lines = store::lines_of(tx.conn, found.proposal, found.number)?;
    let attributions = store::attributions_of(tx.conn, id)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    let server = server_of(tx.conn, &found)?;
    shown(found, lines, attributions, (caller.company, server), references)
}

/// Lists the contracts that the caller may see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, query: &ContractQuery, paging: &Paging) -> Result<ContractPage, Problem> {
    let ContractQuery { customer_id, partner_id, state } = query;
    let filters = store::ContractFilters {
        customer: filter_id("customer_id", customer_id.as_ref())?,
        partner: filter_id("partner_id", partner_id.as_ref())?,
        state: state.map(ContractState::from),
    };
    let found = store::page_contracts(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (contracts, next) = paging.cut(found, |contract| (contract.id.uuid(), contract.updated_at));
    let signed: Vec<_> = contracts.iter().map(|contract| (contract.proposal, contract.number, contract.currency)).collect();
    let versions = store::versions(tx.conn, &signed)?;
    let ids: Vec<_> = contracts.iter().map(|contract| contract.id).collect();
    let uuids: Vec<_> = ids.iter().map(ContractId::uuid).collect();
    let mut attributions = store::attributions_of_all(tx.conn, &ids)?;
    let mut references = reference::of_all(tx.conn, caller.company, &uuids)?;
    let servers = store::servers_of(tx.conn, &ids)?;
    let data = contracts.into_iter().zip(versions).map(|(contract, version)| {
        let id = contract.id;
        let earning = attributions.extract_if(.., |attribution| attribution.contract == id).collect();
        let names = references.extract_if(.., |(of, _)| *of == id.uuid()).map(|(_, name)| name).collect();
        shown(contract, version.lines, earning, (caller.company, servers.get(&id).copied()), names)
    });
    Ok(ContractPage { data: data.collect::<Result<_, _>>()?, next })
}

/// The contract that the caller means to change.
fn load(work: &mut Work<'_, '_>, id: ContractId) -> Result<store::Contract, Problem> {
    let view = work.caller()?.view();
    let found = store::find_contract(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Keeps a changed contract as its next version.
fn keep(work: &mut Work<'_, '_>, mut contract: store::Contract) -> Result<store::Contract, Problem> {
    let before = contract.version;
    contract.version = before.saturating_add(1);
    contract.updated_at = work.now()?;
    if store::update_contract(work.conn(), &contract)? { Ok(contract) } else { Err(met_another(before)) }
}

/// Adds the next contract year, at the same prices.
pub(crate) fn renew(work: &mut Work<'_, '_>, id: ContractId) -> Result<Contract, Problem> {
    let found = load(work, id)?;
    // Who sold it and lost it to another company has nothing to say any more.
    let (company, answers) = (work.caller()?.company, answerer_of(work.conn(), &found)?);
    if company == found.seller && company != answers && company != CompanyId::Master(found.master) {
        return Err(Problem::new(Code::Forbidden));
    }
    if found.state != ContractState::Active {
        return Err(Problem::state_conflict("renew", found.state.code()));
    }
    // Another year is a new promise, whoever makes it for the partner that answers; what its master sold goes on without it.
    for partner in [answers.partner(), company.partner()] {
        if let Some(violation) = suspension(work, partner, "")? {
            return Err(Problem::invalid(vec![violation]));
        }
    }
    let year = found.years.saturating_add(1);
    let lines = store::lines_of(work.conn(), found.proposal, found.number)?;
    let renewed = keep(work, store::Contract { years: year, ..found })?;
    let shown = finish(work, "contract.renewed", renewed.clone())?;
    let today = today(work, renewed.network, renewed.master)?;
    annuity::schedule(work, &renewed, &lines, (year, today))?;
    ledger::unplaced::tell_again(work, &renewed)?;
    Ok(shown)
}

/// Ends a contract before its time (D20). The numbers of its sale stay (D11).
pub(crate) fn cancel(work: &mut Work<'_, '_>, id: ContractId, cancellation: &Cancellation) -> Result<Contract, Problem> {
    let found = load(work, id)?;
    let today = today(work, found.network, found.master)?;
    let decided =
        decide_cancellation(found.state, found.signed_on, cancellation.ended_on, today).map_err(|refusals| refused(&refusals))?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return with_names(work, found);
    };
    let Cancellation { reason, ended_on, at_fault } = cancellation;
    let (reason, at_fault) = (Some(reason.clone()), at_fault.map(Into::into));
    let ended = keep(work, store::Contract { state, ended_on: Some(*ended_on), reason, at_fault, ..found })?;
    let shown = finish(work, "contract.cancelled", ended.clone())?;
    annuity::cut_short(work, &ended, *ended_on)?;
    Ok(shown)
}

fn refused(refusals: &[CancellationRefusal]) -> Problem {
    let mut violations = Vec::new();
    for refusal in refusals {
        let at = Violation::at("/ended_on", refusal.code()).rule(refusal.rule());
        violations.push(match refusal {
            CancellationRefusal::WrongState { state } => return Problem::state_conflict("cancel", state.code()),
            CancellationRefusal::BeforeSigning { signed_on } => at.with("signed_on", signed_on),
            CancellationRefusal::InFuture { today } => at.with("today", today),
        });
    }
    Problem::invalid(violations)
}

/// Records what happened to a contract, for its master and its partner, and shows it.
pub(super) fn finish(work: &mut Work<'_, '_>, kind: &'static str, contract: store::Contract) -> Result<Contract, Problem> {
    let audience = Audience { master: Some(contract.master), partner: contract.partner, counterparty: None };
    let (network, subject, version) = (contract.network, contract.id.to_string(), contract.version);
    // What an event shows is what each of its readers may see, and no names that one company has for it.
    let least = contract.partner.map_or(contract.seller, CompanyId::Partner);
    let lines = store::lines_of(work.conn(), contract.proposal, contract.number)?;
    let attributions = store::attributions_of(work.conn(), contract.id)?;
    let server = server_of(work.conn(), &contract)?;
    let body = shown(contract.clone(), lines, attributions, (least, server), Vec::new())?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    with_names(work, contract)
}

/// A contract as the caller may see it, with the names that the caller has for it.
pub(super) fn with_names(work: &mut Work<'_, '_>, contract: store::Contract) -> Result<Contract, Problem> {
    let company = work.caller()?.company;
    let lines = store::lines_of(work.conn(), contract.proposal, contract.number)?;
    let attributions = store::attributions_of(work.conn(), contract.id)?;
    let references = reference::of(work.conn(), company, contract.id.uuid())?;
    let server = server_of(work.conn(), &contract)?;
    shown(contract, lines, attributions, (company, server), references)
}
