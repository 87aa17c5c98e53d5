//! Customers go over to whoever takes over, or come back: each in one piece with its contracts and their money (R51, D19).

use std::fmt;

use chrono::NaiveDate;
use domain::{
    id::{AgreementId, CompanyId, ContractId, CustomerId},
    ledger::Source,
};
use persistence::{
    continuity::{self as store, MoveDirection},
    customer::{self, Customer},
    event::Audience,
    network, partner, sale,
    view::View,
};
use serde::Serialize;

use super::{
    along::{come_back, come_back_without_customer, follow, follow_without_customer},
    fit::ensure_still_fit,
    planned,
    takers::Takers,
};
use crate::{
    ledger::posting::post_as,
    problem::{Code, Problem},
    wire::Company,
    write::{Change, Work},
};

/// What each customer's contact is to be told: who answers from now on.
#[derive(Debug, Serialize)]
struct ResponsibilityNotice {
    customer_id: String,
    customer_name: String,
    contact_email: Option<String>,
    responsible: Company,
    responsible_name: String,
    responsible_email: Option<String>,
    from: NaiveDate,
}

/// That another company does the partner's services on a contract, and who is to be told.
#[derive(Debug, Serialize)]
struct ServicesNotice {
    contract_id: String,
    customer_id: String,
    customer_name: String,
    contact_email: Option<String>,
    services_by: Company,
    services_by_name: String,
    services_by_email: Option<String>,
    from: NaiveDate,
}

/// That another company answers for a contract.
#[derive(Debug, Serialize)]
struct ContractNotice {
    contract_id: String,
    customer_id: String,
    responsible: Company,
    from: NaiveDate,
}

/// Who takes over, and from when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    pub(super) company: CompanyId,
    pub(super) agreement: Option<AgreementId>,
    pub(super) from: NaiveDate,
}

/// Years of a contract that one takeover can post at most, so that no turn is counted twice.
const TURNS_A_TAKEOVER: i64 = 1 << 16;

/// Lets the next customers go over: those that the partner answers for, then those of which it answers for a contract or does services
/// on one. Then the projects that are for no customer yet.
pub(super) fn over(work: &mut Work<'_, '_>, case: &store::Case, limit: i64) -> Result<usize, Problem> {
    let plan = planned(case)?;
    let mut next = store::next_customers(work.conn(), case.partner, limit)?;
    let room = room(limit, next.len());
    if room > 0 {
        let others = store::customers_of_contracts(work.conn(), case.partner, limit)?;
        let others: Vec<CustomerId> = others.into_iter().filter(|id| !next.contains(id)).collect();
        next.extend(others.into_iter().take(usize::try_from(room).unwrap_or(0)));
    }
    let takers = Takers::among(work.conn(), case, plan, &next)?;
    let mut fit = Vec::new();
    for customer in &next {
        let taker = takers.of_customer(*customer);
        if !fit.contains(&taker) {
            ensure_still_fit(work, case, taker)?;
            fit.push(taker);
        }
        let (company, agreement) = taker;
        let hand = Hand { company, agreement, from: plan.from };
        move_customer(work, case, *customer, MoveDirection::Over, hand)?;
    }
    let room = self::room(limit, next.len());
    if room == 0 {
        return Ok(next.len());
    }
    let (company, agreement) = takers.rest();
    let rest = follow_without_customer(work, case, Hand { company, agreement, from: plan.from }, room)?;
    Ok(next.len().saturating_add(rest))
}

fn room(limit: i64, taken: usize) -> i64 {
    limit.saturating_sub(i64::try_from(taken).unwrap_or(limit))
}

/// Lets the next customers come back to the partner, from the same day: as if they had never gone.
pub(super) fn back(work: &mut Work<'_, '_>, case: &store::Case, limit: i64) -> Result<usize, Problem> {
    let plan = planned(case)?;
    let hand = Hand { company: case.partner.into(), agreement: None, from: plan.from };
    let next = store::moved_and_not_back(work.conn(), case.id, case.plan_number, limit)?;
    for customer in &next {
        move_customer(work, case, *customer, MoveDirection::Back, hand)?;
    }
    if room(limit, next.len()) > 0 {
        come_back_without_customer(work, case, hand)?;
    }
    Ok(next.len())
}

fn move_customer(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    id: CustomerId,
    direction: MoveDirection,
    hand: Hand,
) -> Result<(), Problem> {
    let found = customer::by_id(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let from_whom = found.responsible;
    let partner = CompanyId::Partner(case.partner);
    let moves = match direction {
        MoveDirection::Over => from_whom == partner,
        // Whoever took it over by this case gives it back; who got it since from somebody else does not.
        MoveDirection::Back => from_whom != partner && went_by(work, case, id)?,
    };
    if moves {
        hand_over(work, case, found, hand)?;
        match direction {
            MoveDirection::Over => follow(work, case, id, hand)?,
            MoveDirection::Back => come_back(work, case, (id, from_whom), hand)?,
        }
    }
    let contracts = match direction {
        MoveDirection::Over => store::contracts_answered(work.conn(), id, partner)?,
        MoveDirection::Back => contracts_to_return(work, case, id)?,
    };
    for contract in &contracts {
        take_over(work, case, *contract, hand)?;
    }
    let served = match direction {
        MoveDirection::Over => store::contracts_served(work.conn(), id, partner)?,
        MoveDirection::Back => services_to_return(work, case, id)?,
    };
    for contract in &served {
        take_services_over(work, case, *contract, hand)?;
    }
    let changed = contracts.len().saturating_add(served.len());
    let moved = store::Move {
        case: case.id,
        plan: case.plan_number,
        customer: id,
        direction,
        company: hand.company,
        contracts: i32::try_from(changed).unwrap_or(i32::MAX),
        recorded_at: work.now()?,
    };
    Ok(store::add_move(work.conn(), &moved)?)
}

/// Whether the last thing that moved a customer was this case.
fn went_by(work: &mut Work<'_, '_>, case: &store::Case, customer: CustomerId) -> Result<bool, Problem> {
    let history = store::responsibilities_of(work.conn(), customer)?;
    Ok(history.last().is_some_and(|last| last.cause.as_deref() == Some(case.id.to_string().as_str())))
}

/// The contracts of a customer that went by this case and did not come back since.
fn contracts_to_return(work: &mut Work<'_, '_>, case: &store::Case, customer: CustomerId) -> Result<Vec<ContractId>, Problem> {
    let mut returning = Vec::new();
    for contract in store::contracts_of(work.conn(), customer)? {
        let last = store::takeovers_of(work.conn(), contract)?.pop();
        if last.is_some_and(|last| last.case == case.id && last.company != CompanyId::Partner(case.partner)) {
            returning.push(contract);
        }
    }
    Ok(returning)
}

/// The contracts of a customer of which the services went by this case and did not come back since.
fn services_to_return(work: &mut Work<'_, '_>, case: &store::Case, customer: CustomerId) -> Result<Vec<ContractId>, Problem> {
    let mut returning = Vec::new();
    for contract in store::contracts_of(work.conn(), customer)? {
        let last = store::service_takeovers_of(work.conn(), contract)?.pop();
        if last.is_some_and(|last| last.case == case.id && last.company != CompanyId::Partner(case.partner)) {
            returning.push(contract);
        }
    }
    Ok(returning)
}

/// Another company answers for a customer from now on, and its contact is to be told.
fn hand_over(work: &mut Work<'_, '_>, case: &store::Case, found: Customer, hand: Hand) -> Result<(), Problem> {
    let (now, before) = (work.now()?, found.version);
    let history = store::responsibilities_of(work.conn(), found.id)?;
    let recorded = store::Responsibility {
        customer: found.id,
        number: history.last().map_or(1, |last| last.number.saturating_add(1)),
        company: hand.company,
        from: Some(hand.from),
        cause: Some(case.id.to_string()),
        recorded_at: now,
    };
    store::add_responsibility(work.conn(), &recorded)?;
    let left = found.responsible;
    let after = Customer { responsible: hand.company, version: before.saturating_add(1), updated_at: now, ..found };
    if !customer::update(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    tell(work, &after, hand)?;
    // A master sees its customers whoever answers for them.
    if left.partner().is_some() {
        work.tell_left("customer.left", (after.network, after.id.to_string(), after.version), left)?;
    }
    Ok(())
}

/// Tells the company that answers from now on, and its master, whom to write to. Who answered before is not told who does (D22).
fn tell(work: &mut Work<'_, '_>, customer: &Customer, hand: Hand) -> Result<(), Problem> {
    let (responsible_name, responsible_email) = named(work, customer, hand.company)?;
    let notice = ResponsibilityNotice {
        customer_id: customer.id.to_string(),
        customer_name: customer.identity.name().to_owned(),
        contact_email: customer.email.clone(),
        responsible: hand.company.into(),
        responsible_name,
        responsible_email,
        from: hand.from,
    };
    let audience = Audience { master: Some(customer.master), partner: hand.company.partner(), counterparty: None };
    let (network, subject, version) = (customer.network, customer.id.to_string(), customer.version);
    work.record(Change { network, kind: "customer.responsibility_changed", subject, version, audience, body: &notice })
}

/// What a company is called, and where it is written to.
fn named(work: &mut Work<'_, '_>, customer: &Customer, company: CompanyId) -> Result<(String, Option<String>), Problem> {
    let network = customer.network;
    Ok(match company {
        CompanyId::Master(id) => {
            let found = network::find_master(work.conn(), network, id)?;
            (found.map(|found| found.display_name).unwrap_or_default(), None)
        }
        CompanyId::Partner(id) => {
            let found = partner::find(work.conn(), &View { network, company }, id)?;
            found.map(|found| (found.name, Some(found.email))).unwrap_or_default()
        }
    })
}

/// Another company answers for a contract from a day on, and its money follows, by new entries.
fn take_over(work: &mut Work<'_, '_>, case: &store::Case, id: ContractId, hand: Hand) -> Result<(), Problem> {
    let number = store::takeovers_of(work.conn(), id)?.last().map_or(1, |last| last.number.saturating_add(1));
    let takeover = takeover(work, case, (id, number), hand)?;
    let found = contract(work, id)?;
    // Who sold it answers under the agreement by which it did.
    let agreement = takeover.agreement.filter(|_| hand.company != found.seller);
    store::add_takeover(work.conn(), &store::Takeover { agreement, ..takeover })?;
    let changed = next_version(work, found)?;
    let notice = ContractNotice {
        contract_id: id.to_string(),
        customer_id: changed.customer.to_string(),
        responsible: hand.company.into(),
        from: hand.from,
    };
    record(work, "contract.taken_over", &changed, hand.company, &notice)?;
    post_again(work, case, id, number)
}

/// Another company does the partner's services on a contract from a day on, its master's sale stays where it is, and what is due for
/// them year by year follows (R49, D19).
fn take_services_over(work: &mut Work<'_, '_>, case: &store::Case, id: ContractId, hand: Hand) -> Result<(), Problem> {
    let number = store::service_takeovers_of(work.conn(), id)?.last().map_or(1, |last| last.number.saturating_add(1));
    let takeover = takeover(work, case, (id, number), hand)?;
    let found = contract(work, id)?;
    let agreement = takeover.agreement.filter(|_| hand.company.partner() != found.partner);
    store::add_service_takeover(work.conn(), &store::Takeover { agreement, ..takeover })?;
    let changed = next_version(work, found)?;
    let customer =
        customer::by_id(work.conn(), changed.customer)?.ok_or_else(|| Problem::internal(format!("{id}: for nobody")))?;
    let (services_by_name, services_by_email) = named(work, &customer, hand.company)?;
    let notice = ServicesNotice {
        contract_id: id.to_string(),
        customer_id: customer.id.to_string(),
        customer_name: customer.identity.name().to_owned(),
        contact_email: customer.email,
        services_by: hand.company.into(),
        services_by_name,
        services_by_email,
        from: hand.from,
    };
    record(work, "contract.services_taken_over", &changed, hand.company, &notice)?;
    post_again(work, case, id, number)
}

fn contract(work: &mut Work<'_, '_>, id: ContractId) -> Result<sale::Contract, Problem> {
    sale::contract(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))
}

fn takeover(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    (contract, number): (ContractId, i32),
    Hand { company, agreement, from }: Hand,
) -> Result<store::Takeover, Problem> {
    Ok(store::Takeover { contract, number, company, agreement, from, case: case.id, recorded_at: work.now()? })
}

fn next_version(work: &mut Work<'_, '_>, found: sale::Contract) -> Result<sale::Contract, Problem> {
    let (before, updated_at) = (found.version, work.now()?);
    let changed = sale::Contract { version: before.saturating_add(1), updated_at, ..found };
    if sale::update_contract(work.conn(), &changed)? {
        Ok(changed)
    } else {
        Err(Problem::new(Code::VersionMismatch).with("version", before))
    }
}

/// Tells whoever has it now, and its master.
fn record(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    contract: &sale::Contract,
    company: CompanyId,
    notice: &(impl Serialize + fmt::Debug),
) -> Result<(), Problem> {
    let audience = Audience { master: Some(contract.master), partner: company.partner(), counterparty: None };
    let (network, subject, version) = (contract.network, contract.id.to_string(), contract.version);
    work.record(Change { network, kind, subject, version, audience, body: notice })
}

/// Posts the years of a contract anew, for those that answer now.
fn post_again(work: &mut Work<'_, '_>, case: &store::Case, id: ContractId, number: i32) -> Result<(), Problem> {
    for annuity in sale::annuities_of(work.conn(), id)? {
        let turn = i64::from(number).saturating_mul(TURNS_A_TAKEOVER).saturating_add(i64::from(annuity.year));
        post_as(work, &annuity, Source::new(id, turn), case.id.to_string())?;
    }
    Ok(())
}
