//! What a plan comes to, before anything is written: what each company takes over, and what of the open proposals it cannot offer.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::{CompanyId, ContinuityCaseId, ContractId, CustomerId},
    ledger::{PeriodDays, Responsible, by_service_period},
    money::{Currency, Money},
    partner::TaxId,
};
use persistence::{
    continuity::{self as store, Plan},
    customer,
    db::{Conn, Tx},
    registration,
    sale::{self, Proposal},
};

use super::{
    super::wire::{ContinuityMoney, ContinuityPreview, ContinuityShare, UncarriedLine, UncarriedProposal, UncarriedReason},
    look::find,
    plan::{self, Taker},
    takers::Takers,
};
use crate::{
    access::Caller,
    calendar,
    ledger::contract_year::{ContractYear, too_large},
    problem::Problem,
    sale::commands::succession::Carrier,
};

/// What one company takes over.
#[derive(Default)]
struct Share {
    customers: BTreeSet<CustomerId>,
    contracts: BTreeSet<ContractId>,
    protections: usize,
    proposals: usize,
    projects: usize,
    portfolio_places: usize,
    /// What customers pay, and what was posted, by currency.
    money: BTreeMap<Currency, (Money, Money)>,
}

impl Share {
    fn add(&mut self, contracted: Money, posted: Money) -> Result<(), Problem> {
        let nothing = Money::zero(contracted.currency());
        let (of_contracts, of_ledger) = self.money.entry(contracted.currency()).or_insert((nothing, nothing));
        *of_contracts = of_contracts.checked_add(contracted).ok_or_else(too_large)?;
        *of_ledger = of_ledger.checked_add(posted).ok_or_else(too_large)?;
        Ok(())
    }

    fn shown(self, company: CompanyId) -> ContinuityShare {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let money = self.money.into_values();
        ContinuityShare {
            company: company.into(),
            customers: count(self.customers.len()),
            contracts: count(self.contracts.len()),
            protections: count(self.protections),
            proposals: count(self.proposals),
            projects: count(self.projects),
            portfolio_places: count(self.portfolio_places),
            money: money
                .map(|(contracted, posted)| ContinuityMoney { contracted: contracted.into(), posted: posted.into() })
                .collect(),
        }
    }
}

/// Says what the plan comes to; nothing is written.
pub(crate) fn preview(tx: &mut Tx<'_>, caller: &Caller, id: ContinuityCaseId) -> Result<ContinuityPreview, Problem> {
    let case = find(tx, caller, id)?;
    let now = tx.now()?;
    let today: NaiveDate = calendar::today(tx.conn, case.network, case.master, now)?;
    let guarantees = plan::guarantees(tx.conn, &case, today)?;
    let to_consider = guarantees.into_iter().filter(|it| !it.considered).map(|it| it.guarantee.to_string());
    let (mut shares, mut uncarried) = (Shares::new(), Vec::new());
    if let Some(plan) = case.plan {
        let takers = Takers::of(tx.conn, &case, plan)?;
        add_customers(tx.conn, &case, plan, &takers, &mut shares)?;
        add_followed(tx.conn, &case, &takers, &mut shares)?;
        add_protections(tx.conn, &case, &takers, now, &mut shares)?;
        uncarried = add_proposals(tx.conn, &case, &takers, (now, today), &mut shares)?;
    }
    Ok(ContinuityPreview {
        case_id: id.to_string(),
        left: store::left_of(tx.conn, case.partner)?.into(),
        guarantees_to_consider: to_consider.collect(),
        companies: shares.into_iter().map(|(company, share)| share.shown(company)).collect(),
        proposals_not_carried: uncarried,
    })
}

type Shares = BTreeMap<CompanyId, Share>;

/// Customers, with their contracts and the money of these; of a master's contract that is what the partner bills itself.
fn add_customers(conn: &mut Conn, case: &store::Case, plan: Plan, takers: &Takers, shares: &mut Shares) -> Result<(), Problem> {
    for customer in store::next_customers(conn, case.partner, i64::MAX)? {
        shares.entry(takers.of_customer(customer).0).or_default().customers.insert(customer);
    }
    for (contract, customer) in store::services_at_stake(conn, case.partner)? {
        let share = shares.entry(takers.of_customer(customer).0).or_default();
        share.customers.insert(customer);
        share.contracts.insert(contract);
    }
    let posted = store::posted_to_partner(conn, case.partner)?;
    for annuity in store::annuities_at_stake(conn, case.partner)? {
        let share = shares.entry(takers.of_customer(annuity.customer).0).or_default();
        share.customers.insert(annuity.customer);
        share.contracts.insert(annuity.contract);
        let nothing = Money::zero(annuity.contracted.currency());
        let posted = posted.get(&annuity.annuity).copied().unwrap_or(nothing);
        let days = PeriodDays { starts_on: annuity.starts_on, ends_on: annuity.ends_on };
        let goes = |amount| going(amount, days, case, plan);
        share.add(goes(annuity.contracted)?, goes(posted)?)?;
    }
    for (id, customer) in store::annuities_beside(conn, case.partner)? {
        let annuity = sale::annuity(conn, id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
        let days = PeriodDays { starts_on: annuity.starts_on, ends_on: annuity.ends_on };
        let year = ContractYear::load(conn, &annuity)?;
        if year.has_lines_apart() {
            let share = shares.entry(takers.of_customer(customer).0).or_default();
            share.add(going(year.contracted_apart()?, days, case, plan)?, Money::zero(annuity.currency))?;
        }
    }
    Ok(())
}

/// Projects and places in portfolios, which follow their customers.
fn add_followed(conn: &mut Conn, case: &store::Case, takers: &Takers, shares: &mut Shares) -> Result<(), Problem> {
    let (of_projects, of_places) = store::customers_followed(conn, case.partner)?;
    for customer in of_projects {
        let (company, _) = customer.map_or(takers.rest(), |customer| takers.of_customer(customer));
        let share = shares.entry(company).or_default();
        share.projects = share.projects.saturating_add(1);
    }
    for customer in of_places {
        let share = shares.entry(takers.of_customer(customer).0).or_default();
        share.portfolio_places = share.portfolio_places.saturating_add(1);
    }
    Ok(())
}

/// Protections that go to a partner; the others end.
fn add_protections(
    conn: &mut Conn,
    case: &store::Case,
    takers: &Takers,
    now: DateTime<Utc>,
    shares: &mut Shares,
) -> Result<(), Problem> {
    let live = store::live_registrations(conn, case.partner, i64::MAX)?;
    for found in registration::by_ids(conn, &live)?.into_iter().filter(|found| found.status.is_protecting(now)) {
        if let Some((company, _)) = takers.of_protection(found.id) {
            let share = shares.entry(company).or_default();
            share.protections = share.protections.saturating_add(1);
        }
    }
    Ok(())
}

/// Open proposals, each with whoever offers it from now on; those of which something cannot be offered.
fn add_proposals(
    conn: &mut Conn,
    case: &store::Case,
    takers: &Takers,
    (now, today): (DateTime<Utc>, NaiveDate),
    shares: &mut Shares,
) -> Result<Vec<UncarriedProposal>, Problem> {
    let mut carriers: BTreeMap<Taker, Carrier> = BTreeMap::new();
    let mut uncarried = Vec::new();
    let open = sale::open_of(conn, case.partner, i64::MAX)?;
    let ids: Vec<_> = open.iter().map(|proposal| proposal.id).collect();
    let gone = sale::successors_of(conn, &ids)?;
    for proposal in open.iter().filter(|proposal| gone.iter().all(|(before, _)| *before != proposal.id)) {
        let taker = takers.of_proposal(proposal.into());
        let carrier = match carriers.entry(taker) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Carrier::of(conn, (case.network, case.master), taker.1, today)?),
        };
        let reason = obstacle(conn, case, proposal, (takers, &*carrier), now)?;
        let current = sale::current_version(conn, proposal)?;
        let (carried, left) = carrier.carry(conn, proposal.currency, &current.lines)?;
        let stands = reason.is_none() && !carried.is_empty();
        let share = shares.entry(taker.0).or_default();
        share.proposals = share.proposals.saturating_add(usize::from(stands));
        if !left.is_empty() || reason.is_some() {
            uncarried.push(UncarriedProposal {
                proposal_id: proposal.id.to_string(),
                company: taker.0.into(),
                reason,
                lines: left.into_iter().map(UncarriedLine::from).collect(),
            });
        }
    }
    Ok(uncarried)
}

/// What keeps a proposal as a whole from standing again.
fn obstacle(
    conn: &mut Conn,
    case: &store::Case,
    proposal: &Proposal,
    (takers, carrier): (&Takers, &Carrier),
    now: DateTime<Utc>,
) -> Result<Option<UncarriedReason>, Problem> {
    let seller = carrier.seller();
    if proposal.benefit.is_some() {
        return Ok(Some(UncarriedReason::OwnInstance));
    }
    if let Some(id) = proposal.customer {
        let answers = customer::by_id(conn, id)?.map(|customer| customer.responsible);
        let goes = answers == Some(case.partner.into()) || answers == Some(seller);
        return Ok((!goes).then_some(UncarriedReason::ProspectNotAvailable));
    }
    let Some(found) = proposal.registration.map(|id| registration::by_ids(conn, &[id])).transpose()?.and_then(|mut it| it.pop())
    else {
        return Ok(Some(UncarriedReason::ProspectNotAvailable));
    };
    if let Some(partner) = carrier.partner() {
        let own = takers.of_protection(found.id).is_some_and(|(company, _)| company == CompanyId::Partner(partner));
        let goes = found.status.is_protecting(now) && own;
        return Ok((!goes).then_some(UncarriedReason::ProtectionEnds));
    }
    let (tax_key, domain) = (found.prospect.tax_id().map(TaxId::key), found.prospect.domain().map(ToString::to_string));
    let known = customer::find_by_keys(conn, case.network, tax_key.as_deref(), domain.as_deref())?;
    let of_another = known.iter().any(|customer| customer.responsible != seller);
    Ok(of_another.then_some(UncarriedReason::ProspectNotAvailable))
}

/// What goes over of an amount of a service period.
fn going(amount: Money, days: PeriodDays, case: &store::Case, plan: Plan) -> Result<Money, Problem> {
    let answers = [
        Responsible { company: case.partner.into(), from: NaiveDate::MIN },
        Responsible { company: plan.company, from: plan.from },
    ];
    let parts = by_service_period(amount, days, &answers).map_err(|_| too_large())?;
    let over = parts.iter().filter(|part| part.company == plan.company).map(|part| part.amount);
    Money::sum(over, amount.currency()).ok_or_else(too_large)
}
