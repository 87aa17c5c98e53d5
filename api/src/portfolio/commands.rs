//! The use cases of portfolios: each one transaction.

use chrono::NaiveDate;
use domain::{
    decided::Decided,
    id::{AgreementId, CompanyId, ContractId, CustomerId, PortfolioPlaceId},
    network::Capability,
    portfolio::{PlaceRefusal, begin},
};
use persistence::{
    agreement::Agreement, customer, db::Tx, error::Constraint, event::Audience, portfolio as store, portfolio::Kept,
    sale::Contract,
};

use super::wire::{NewPortfolioPlace, PortfolioEnd, PortfolioFilters, PortfolioHandOver, PortfolioPlace, PortfolioPlacePage};
use crate::{
    access::Caller,
    continuity::suspension,
    extract::Paging,
    problem::{Code, Problem, Violation},
    promotion::{Acting, Pointers, only, violations},
    sale::commands::parties::Bound,
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Whether a company is shown which place was handed over: no client manager learns of another (D22).
fn sees_origin(place: &store::Place, company: CompanyId) -> bool {
    company.master().is_some() || place.company == company
}

fn shown(kept: Kept, company: CompanyId) -> PortfolioPlace {
    let names_origin = sees_origin(&kept.place, company);
    PortfolioPlace::of(kept, names_origin)
}

/// Shows a place in a portfolio.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: PortfolioPlaceId) -> Result<PortfolioPlace, Problem> {
    Ok(shown(store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?, caller.company))
}

/// Lists the places in portfolios that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &PortfolioFilters,
    paging: &Paging,
) -> Result<PortfolioPlacePage, Problem> {
    let PortfolioFilters { partner_id, agreement_id, customer_id, on_day } = filters;
    let filters = store::Filters {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        agreement: filter_id("agreement_id", agreement_id.as_ref())?,
        customer: filter_id("customer_id", customer_id.as_ref())?,
        on: *on_day,
    };
    let found = store::page(tx.conn, &caller.view(), filters, &paging.page())?;
    let (places, next) = paging.cut(found, |kept| (kept.place.id.uuid(), kept.place.updated_at));
    Ok(PortfolioPlacePage { data: places.into_iter().map(|kept| shown(kept, caller.company)).collect(), next })
}

/// Where a refused day stands in a request.
fn refused(refusal: PlaceRefusal, pointer: &'static str) -> Violation {
    let violation = Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        PlaceRefusal::Taken => violation,
        PlaceRefusal::BeforeTheLastEnded { until } | PlaceRefusal::EndedBefore { until } => violation.with("until", until),
        PlaceRefusal::NotAfterItsFirstDay { from } => violation.with("from", from),
    }
}

fn taken() -> Problem {
    Problem::already_exists(refused(PlaceRefusal::Taken, "/customer_id"))
}

/// Where a place comes from.
#[derive(Clone, Copy)]
enum Origin {
    Handed(Option<PortfolioPlaceId>),
    Won(ContractId),
}

/// Keeps a new place after the customer's last one with the company.
fn enter(
    work: &mut Work<'_, '_>,
    agreement: &Agreement,
    (customer, company): (CustomerId, CompanyId),
    from: NaiveDate,
    origin: Origin,
) -> Result<Kept, Problem> {
    let last = store::last_of(work.conn(), customer, company)?;
    let days = begin(last.as_ref().map(|place| place.days), from).map_err(|refusal| match refusal {
        PlaceRefusal::Taken => taken(),
        other => Problem::invalid(vec![refused(other, "/from")]),
    })?;
    let now = work.now()?;
    let (won_by, handed_from) = match origin {
        Origin::Handed(from) => (None, from),
        Origin::Won(contract) => (Some(contract), None),
    };
    let place = store::Place {
        id: work.new_id(),
        network: agreement.network,
        master: agreement.master,
        company,
        partner: agreement.partner,
        agreement: agreement.id,
        customer,
        won_by,
        handed_from,
        days,
        previous_until: last.and_then(|place| place.days.until),
        reason: None,
        ended_by: None,
        took_over: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &place).map_err(|error| match error.broken() {
        Some(Constraint::OneOpenPlace) => taken(),
        _ => error.into(),
    })?;
    let view = persistence::view::View { network: place.network, company: place.company };
    let kept = store::find(work.conn(), &view, place.id)?.ok_or_else(|| Problem::internal(format!("no {}", place.id)))?;
    record(work, "portfolio_place.entered", &kept)?;
    Ok(kept)
}

/// Puts a customer of the caller's into a portfolio.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewPortfolioPlace) -> Result<PortfolioPlace, Problem> {
    let NewPortfolioPlace { agreement_id, customer_id, from } = new;
    let acting = Acting::seen(work, agreement_id)?;
    let (company, view) = (work.caller()?.company, work.caller()?.view());
    // A client manager is no company that keeps its own customers with itself.
    if company == CompanyId::Partner(acting.bound.agreement.partner) {
        return Err(Problem::new(Code::Forbidden));
    }
    let customer: CustomerId = wire::id(customer_id, "/customer_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let found = customer::find(work.conn(), &view, customer)?.ok_or_else(Problem::not_found)?;
    let refusals = acting.refusals(work, Capability::Portfolio, company, *from)?;
    let mut wrong = violations(&refusals, Pointers { agreement: "/agreement_id", company: "" }, *from);
    wrong.extend(suspension(work, company.partner(), "")?);
    if found.responsible != company {
        wrong.push(Violation::at("/customer_id", "customer_answered_by_another").rule("R51"));
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let kept = enter(work, &acting.bound.agreement, (customer, company), *from, Origin::Handed(None))?;
    Ok(shown(kept, company))
}

/// A customer that was won together with a client manager comes into its portfolio, unless it is in one of the company's already (R20).
pub(crate) fn win(work: &mut Work<'_, '_>, contract: &Contract, promoters: &[Bound], answers: CompanyId) -> Result<(), Problem> {
    let keeper = promoters.iter().find(|promoter| promoter.terms.capabilities.contains(&Capability::Portfolio));
    let Some(keeper) = keeper.filter(|_| answers == contract.seller) else { return Ok(()) };
    let last = store::last_of(work.conn(), contract.customer, contract.seller)?;
    if begin(last.map(|place| place.days), contract.signed_on).is_err() {
        return Ok(());
    }
    let origin = Origin::Won(contract.id);
    enter(work, &keeper.agreement, (contract.customer, contract.seller), contract.signed_on, origin)?;
    Ok(())
}

fn load(work: &mut Work<'_, '_>, id: PortfolioPlaceId) -> Result<Kept, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.place.version)?;
    Ok(found)
}

/// Ends a place on a day and keeps it; none where it ended so before.
fn finish(
    work: &mut Work<'_, '_>,
    found: &Kept,
    (until, pointer): (NaiveDate, &'static str),
    reason: Option<&String>,
) -> Result<Option<Kept>, Problem> {
    let decided = found.place.days.end(until).map_err(|refusal| match refusal {
        PlaceRefusal::EndedBefore { .. } => Problem::state_conflict("end", "ended"),
        other => Problem::invalid(vec![refused(other, pointer)]),
    })?;
    let Decided::Changed(days) = decided else { return Ok(None) };
    let before = found.place.version;
    let place = store::Place {
        days,
        reason: reason.cloned(),
        version: before.saturating_add(1),
        updated_at: work.now()?,
        ..found.place.clone()
    };
    if !store::update(work.conn(), &place)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    Ok(Some(Kept { place, ..found.clone() }))
}

/// Hands a customer over to another client manager, from a day on.
pub(super) fn hand_over(
    work: &mut Work<'_, '_>,
    id: PortfolioPlaceId,
    to: &PortfolioHandOver,
) -> Result<PortfolioPlace, Problem> {
    let PortfolioHandOver { agreement_id, from, reason } = to;
    let found = load(work, id)?;
    let company = found.place.company;
    only(work, company)?;
    let acting = Acting::seen(work, agreement_id)?;
    if let Some(again) = handed_before(work, &found, acting.bound.agreement.id, *from)? {
        work.nothing_changed();
        return Ok(shown(again, company));
    }
    let refusals = acting.refusals(work, Capability::Portfolio, company, *from)?;
    let mut wrong = violations(&refusals, Pointers { agreement: "/agreement_id", company: "" }, *from);
    wrong.extend(suspension(work, company.partner(), "")?);
    if acting.bound.agreement.partner == found.place.partner {
        wrong.push(Violation::at("/agreement_id", "same_manager").rule("R20"));
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let ended = finish(work, &found, (*from, "/from"), reason.as_ref())?;
    let ended = ended.ok_or_else(|| Problem::state_conflict("hand_over", "ended"))?;
    record(work, "portfolio_place.ended", &ended)?;
    let kept = enter(work, &acting.bound.agreement, (found.place.customer, company), *from, Origin::Handed(Some(id)))?;
    Ok(shown(kept, company))
}

/// The place that the same hand-over made before.
fn handed_before(work: &mut Work<'_, '_>, found: &Kept, to: AgreementId, from: NaiveDate) -> Result<Option<Kept>, Problem> {
    if found.place.days.until != Some(from) {
        return Ok(None);
    }
    Ok(store::handed_from(work.conn(), found.place.id)?.filter(|kept| kept.place.agreement == to))
}

/// Ends a place: by the company, or by the client manager that gives the customer back.
pub(super) fn end(work: &mut Work<'_, '_>, id: PortfolioPlaceId, end: &PortfolioEnd) -> Result<PortfolioPlace, Problem> {
    let PortfolioEnd { until, reason } = end;
    let found = load(work, id)?;
    let company = work.caller()?.company;
    if company != CompanyId::Partner(found.place.partner) {
        only(work, found.place.company)?;
    }
    let Some(ended) = finish(work, &found, (*until, "/until"), reason.as_ref())? else {
        work.nothing_changed();
        return Ok(shown(found, company));
    };
    record(work, "portfolio_place.ended", &ended)?;
    Ok(shown(ended, company))
}

/// Records what happened to a place, for its client manager, the company and the master.
pub(super) fn record(work: &mut Work<'_, '_>, kind: &'static str, kept: &Kept) -> Result<(), Problem> {
    let store::Place { id, network, master, partner, company, version, .. } = kept.place;
    let audience = Audience { master: Some(master), partner: Some(partner), counterparty: Some(company) };
    let body = PortfolioPlace::of(kept.clone(), false);
    work.record(Change { network, kind, subject: id.to_string(), version, audience, body: &body })
}
