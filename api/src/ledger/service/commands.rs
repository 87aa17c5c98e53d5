//! The use cases of services: report, confirm, refuse, withdraw.

use domain::{
    commission::OutcomeReason,
    decided::Decided,
    id::{AgreementId, CompanyId, EntryId, ServiceId},
    ledger::{Entry, EntryKind, IntroductionFeeRefusal, Parties, ServiceState, Source, check_quantity, fee_of},
    money::Decimal,
    network::{Fee, FeeKind},
};
use persistence::{
    agreement::{self, Agreement},
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    ledger as store,
};

use super::{
    outcome, subject,
    wire::{NewService, Service, ServiceFilters, ServicePage, ServiceRefusal},
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    ledger::{calculation::Calculation, explanation::ServiceExplanation, journal, posting::to_json},
    problem::{Code, Problem, Violation},
    promotion::ended_by_failure,
    sale::commands::parties::{Bound, not_in_force},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a service.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ServiceId) -> Result<Service, Problem> {
    Service::of(store::find_service(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?)
}

/// Lists the services that the caller may see.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, filters: &ServiceFilters, paging: &Paging) -> Result<ServicePage, Problem> {
    let ServiceFilters { partner_id, agreement_id, state } = filters;
    let filter = store::ServiceFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        agreement: filter_id("agreement_id", agreement_id.as_ref())?,
        state: state.map(Into::into),
    };
    let found = store::page_services(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |service| (service.id.uuid(), service.updated_at));
    Ok(ServicePage { data: found.into_iter().map(Service::of).collect::<Result<_, _>>()?, next })
}

/// Reports a service.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewService) -> Result<Service, Problem> {
    let bound = own_agreement(work, &new.agreement_id)?;
    let reported = read(work, new, bound)?;
    store::insert_service(work.conn(), &reported).map_err(|error: DbError| match error.broken() {
        Some(Constraint::ServiceReference) => Problem::already_exists(Violation::at("/reference", "service_reference_taken")),
        Some(Constraint::OneServiceForIntroduction) => {
            Problem::invalid(vec![subject::refused(IntroductionFeeRefusal::AlreadyReported)])
        }
        _ => error.into(),
    })?;
    record(work, "service.reported", reported)
}

/// The caller's own agreement.
fn own_agreement(work: &mut Work<'_, '_>, text: &str) -> Result<Bound, Problem> {
    let id: AgreementId = wire::id(text, "/agreement_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let found = agreement::find(work.conn(), &view, id)?.filter(|found| CompanyId::Partner(found.partner) == company);
    Bound::of(work, found.ok_or_else(Problem::not_found)?)
}

/// The service as it is kept, or everything that is wrong with it.
fn read(work: &mut Work<'_, '_>, new: &NewService, bound: Bound) -> Result<store::Service, Problem> {
    let now = work.now()?;
    let of = &bound.agreement;
    let today = calendar::today(work.conn(), of.network, of.master, now)?;
    let mut violations = Vec::new();
    if new.done_on > today {
        violations.push(Violation::at("/done_on", "dated_in_future").with("today", today));
    }
    let followed_to = subject::followed_to(work, new.subject_id.as_deref(), (of, new.done_on))?;
    // What followed its customer goes on, though the agreement ended with the company that failed it.
    let goes_on = followed_to.is_some() && ended_by_failure(of);
    if !goes_on && !bound.is_in_force(new.done_on) {
        violations.push(not_in_force("/agreement_id", "agreement_not_in_force", new.done_on));
    }
    let served = served(new, of, followed_to).unwrap_or_else(|violation| {
        violations.push(violation);
        of.counterparty
    });
    let subject = match &new.subject_id {
        Some(text) => {
            subject::read(work, text, (&bound, served, new.done_on))?.map_err(|violation| violations.push(violation)).ok()
        }
        None => None,
    };
    let fees = bound.document.fees_to_domain().map_err(|faults| Problem::internal(format!("{}: {faults:?}", of.id)))?;
    let priced = priced(new, &fees);
    violations.extend(priced.as_ref().err().into_iter().flatten().cloned());
    if let (Some(about), Ok((fee, _, quantity, _))) = (subject, &priced) {
        violations.extend(subject::paid_before(work.conn(), about, (fee, *quantity))?);
    }
    let (Ok((fee, rate, quantity, amount)), true) = (priced, violations.is_empty()) else {
        return Err(Problem::invalid(violations));
    };
    Ok(store::Service {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        partner: of.partner,
        agreement: of.id,
        terms: of.terms_id,
        served,
        fee: fee.code,
        kind: fee.kind,
        unit: fee.unit,
        rate,
        quantity,
        amount,
        done_on: new.done_on,
        description: new.description.clone(),
        evidence: to_json(&new.evidence)?,
        subject,
        reference: new.reference.clone(),
        state: ServiceState::Reported,
        reason: None,
        decided_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

/// The company that was served: the other party of the agreement or whoever answers for its customer since, or the master that supervises
/// it (R10, R25, D19).
fn served(new: &NewService, of: &Agreement, followed_to: Option<CompanyId>) -> Result<CompanyId, Violation> {
    let other_party = followed_to.unwrap_or(of.counterparty);
    let Some(text) = &new.served_id else { return Ok(other_party) };
    let company = wire::company_id(text, "/served_id")?;
    let may_pay = [other_party, CompanyId::Master(of.master)];
    if may_pay.contains(&company) { Ok(company) } else { Err(Violation::at("/served_id", "not_the_served").rule("R25")) }
}

type Priced = (Fee, domain::money::Money, Decimal, domain::money::Money);

/// The fee, its rate, the quantity and what they come to; or all that keeps it from being paid.
fn priced(new: &NewService, fees: &[Fee]) -> Result<Priced, Vec<Violation>> {
    let known = || fees.iter().map(|fee| fee.code.as_str()).collect::<Vec<_>>().join(", ");
    let fee = fees.iter().find(|fee| fee.code == new.fee.0);
    let fee = fee.ok_or_else(|| vec![Violation::at("/fee", "unknown_fee").rule("R24").with("allowed", known())])?;
    let mut violations = Vec::new();
    let rate = wire::currency(&new.currency.0, "/currency").and_then(|currency| {
        let unpaid = || Violation::at("/currency", "fee_in_other_currency").rule("R24").with("currency", currency.code());
        fee.rate(currency).ok_or_else(unpaid)
    });
    violations.extend(rate.as_ref().err().cloned());
    let quantity: Decimal = new.quantity.parse().unwrap_or_default();
    let refusals = check_quantity(fee.unit, quantity).err().unwrap_or_default();
    violations.extend(refusals.iter().map(|refusal| Violation::at("/quantity", refusal.code()).rule(refusal.rule())));
    let amount = rate.as_ref().ok().and_then(|rate| fee_of(*rate, quantity));
    match (rate, amount) {
        (Ok(rate), Some((_, amount))) if violations.is_empty() => Ok((fee.clone(), rate, quantity.normalize(), amount)),
        (Ok(_), None) if violations.is_empty() => Err(vec![Violation::at("/quantity", "amounts_too_large").rule("R24")]),
        _ => Err(violations),
    }
}

/// Confirms a service: its fee is due, or an outcome says why none is.
pub(super) fn confirm(work: &mut Work<'_, '_>, id: ServiceId) -> Result<Service, Problem> {
    let found = load(work, id)?;
    of_company(work, found.served)?;
    let Some(confirmed) = decide(work, found.clone(), ServiceState::Confirmed, None)? else { return Service::of(found) };
    match (confirmed.kind, confirmed.amount.minor()) {
        (FeeKind::InKind, _) => outcome::tell(work, &confirmed, OutcomeReason::InKind)?,
        (_, 0) => outcome::tell(work, &confirmed, OutcomeReason::RoundsToNothing)?,
        _ => post(work, &confirmed)?,
    }
    record(work, "service.confirmed", confirmed)
}

/// Refuses a service, for a reason that its partner reads.
pub(super) fn refuse(work: &mut Work<'_, '_>, id: ServiceId, refusal: &ServiceRefusal) -> Result<Service, Problem> {
    let found = load(work, id)?;
    of_company(work, found.served)?;
    let reason = Some(refusal.reason.clone());
    let Some(refused) = decide(work, found.clone(), ServiceState::Refused, reason)? else { return Service::of(found) };
    outcome::tell(work, &refused, OutcomeReason::ServiceRefused)?;
    record(work, "service.refused", refused)
}

/// Takes a service back that was not decided.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: ServiceId) -> Result<Service, Problem> {
    let found = load(work, id)?;
    of_company(work, CompanyId::Partner(found.partner))?;
    let Some(withdrawn) = decide(work, found.clone(), ServiceState::Withdrawn, None)? else { return Service::of(found) };
    record(work, "service.withdrawn", withdrawn)
}

fn load(work: &mut Work<'_, '_>, id: ServiceId) -> Result<store::Service, Problem> {
    let view = work.caller()?.view();
    let found = store::find_service(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Who may see a service does not therefore decide it.
fn of_company(work: &Work<'_, '_>, company: CompanyId) -> Result<(), Problem> {
    if work.caller()?.company == company { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
}

/// The service as it is kept after a decision; none where it was decided so before.
fn decide(
    work: &mut Work<'_, '_>,
    found: store::Service,
    to: ServiceState,
    reason: Option<String>,
) -> Result<Option<store::Service>, Problem> {
    let decided = found.state.decide(to).map_err(|state| Problem::state_conflict(to.code(), state.code()))?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return Ok(None);
    };
    let before = found.version;
    let (decided_by, updated_at) = (Some(work.actor()), work.now()?);
    let after = store::Service { state, reason, decided_by, version: before.saturating_add(1), updated_at, ..found };
    if !store::update_service(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    Ok(Some(after))
}

/// Posts the fee of a confirmed service: the company that was served owes it to the partner (R25).
fn post(work: &mut Work<'_, '_>, service: &store::Service) -> Result<(), Problem> {
    let broken = |what: &str| Problem::internal(format!("{}: {what}", service.id));
    let parties = Parties::new(service.served, CompanyId::Partner(service.partner)).map_err(|_| broken("parties"))?;
    let movement = Entry::new(parties, service.amount, EntryKind::Fee, None).map_err(|_| broken("amount"))?;
    let dated_on = journal::open_day(work, service.network, service.master, service.amount.currency())?;
    let version = persistence::network::find_terms(work.conn(), service.terms)?.ok_or_else(|| broken("no terms"))?;
    let id: EntryId = work.new_id();
    let explanation = ServiceExplanation::of(id, service).ok_or_else(|| broken("amount"))?;
    let entry = store::Entry {
        id,
        master: service.master,
        movement,
        partner: service.partner,
        agreement: service.agreement,
        terms: service.terms,
        sale: None,
        rule: service.fee.clone(),
        explanation: to_json(&explanation)?,
        calculation: to_json(&Calculation::from(&explanation))?,
        dated_on,
        payable_on: dated_on,
    };
    let journal = store::Journal {
        id: work.new_id(),
        network: service.network,
        source: Source::new(service.id, 1),
        cause: Some(service.id.to_string()),
        entries: vec![entry],
        recorded_at: work.now()?,
    };
    journal::append(work, journal, |_| Some((version.number, None)))
}

fn record(work: &mut Work<'_, '_>, kind: &'static str, service: store::Service) -> Result<Service, Problem> {
    let (network, version) = (service.network, service.version);
    let audience = Audience { master: Some(service.master), partner: Some(service.partner), counterparty: Some(service.served) };
    let shown = Service::of(service)?;
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
