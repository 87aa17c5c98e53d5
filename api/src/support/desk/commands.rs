//! The use case of support desks: to derive one from the contracts that run on a day.

use chrono::NaiveDate;
use domain::{
    continuity::{Recorded, responsible_on, spans},
    id::{CompanyId, CustomerId},
    network::{Duty, Side},
    sale::runs_on,
    support as rules,
};
use persistence::{
    continuity::{Responsibility, Takeover, responsibilities_of, service_takeovers_of, takeovers_of},
    customer,
    db::{Conn, Tx},
    network, partner, sale as store,
};

use crate::{
    access::Caller,
    calendar,
    problem::Problem,
    support::wire::{DeskContact, DeskContract, DeskLine, SupportDesk},
};

/// Shows who answers a customer on a day.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: CustomerId, day: Option<NaiveDate>) -> Result<SupportDesk, Problem> {
    let view = caller.view();
    let customer = customer::find(tx.conn, &view, id)?.ok_or_else(Problem::not_found)?;
    let now = tx.now()?;
    let day = match day {
        Some(day) => day,
        None => calendar::today(tx.conn, customer.network, customer.master, now)?,
    };
    let responsible = responsible(tx.conn, id, day)?;
    // Who answered before the caller took the customer over is not its business (D22).
    if caller.company.partner().is_some() && responsible.partner().is_some() && responsible != caller.company {
        return Err(Problem::not_found());
    }
    let found = store::contracts_of_customer(tx.conn, &view, id)?;
    let running = found.into_iter().filter(|it| runs_on((it.starts_on, it.years), it.ended_on, day));
    let mut desks = Vec::new();
    for contract in running {
        let lines = store::lines_of(tx.conn, contract.proposal, contract.number)?;
        let taker = taker_on(tx.conn, &contract, day)?;
        desks.push(desk(&contract, taker, lines));
    }
    let first = first_contact(&desks, responsible);
    let contacts = contacts(tx.conn, caller, first, &desks)?;
    Ok(SupportDesk {
        customer_id: id.to_string(),
        day,
        first_contact: first.into(),
        contracts: desks.into_iter().map(|desk| desk.shown).collect(),
        contacts,
    })
}

/// The desk of one contract, and the companies that it names.
struct Desk {
    first: CompanyId,
    named: Vec<CompanyId>,
    shown: DeskContract,
}

/// The company that answers for a customer on a day (R51).
fn responsible(conn: &mut Conn, customer: CustomerId, day: NaiveDate) -> Result<CompanyId, Problem> {
    let recorded: Vec<Recorded> = responsibilities_of(conn, customer)?.iter().map(Responsibility::recorded).collect();
    let span = responsible_on(&spans(&recorded), day);
    Ok(span.ok_or_else(|| Problem::internal(format!("{customer}: nobody answers")))?.company)
}

/// The company that does the partner's part of a contract on a day in its place; none where nobody took it over by then (R49): the
/// contract that the partner sold, or its services on the one that a master did.
fn taker_on(conn: &mut Conn, contract: &store::Contract, day: NaiveDate) -> Result<Option<CompanyId>, Problem> {
    let Some(partner) = contract.partner.map(CompanyId::Partner) else { return Ok(None) };
    let own = contract.seller == partner;
    let taken = if own { takeovers_of(conn, contract.id)? } else { service_takeovers_of(conn, contract.id)? };
    let first = Recorded { company: partner, from: None };
    let recorded: Vec<Recorded> = std::iter::once(first).chain(taken.iter().map(Takeover::recorded)).collect();
    let answers = responsible_on(&spans(&recorded), day).map(|span| span.company);
    Ok(answers.filter(|company| *company != partner))
}

/// What the partner does on a contract is done by whoever took it over.
fn desk(contract: &store::Contract, taker: Option<CompanyId>, lines: Vec<store::Line>) -> Desk {
    let company = |side: Side| match (side, contract.partner) {
        (Side::Partner, Some(partner)) => taker.unwrap_or(CompanyId::Partner(partner)),
        _ => CompanyId::Master(contract.master),
    };
    let sides: Vec<_> = lines.iter().map(|line| rules::DeskLine { kind: line.kind, duties: &line.duties }).collect();
    let rules::SupportDesk { first_contact, shared } = rules::desk(&sides);
    let maintained = |line: &store::Line| company(line.duties.get(&Duty::Maintenance).copied().unwrap_or(Side::Master));
    let who: Vec<_> = lines.iter().zip(&sides).map(|(line, side)| (company(rules::supporter(*side)), maintained(line))).collect();
    let named = who.iter().flat_map(|(support, maintenance)| [*support, *maintenance]).collect();
    let shown = lines.iter().zip(&who).map(|(line, (support, maintenance))| DeskLine {
        line_id: line.id.to_string(),
        item_id: line.item_id.to_string(),
        kind: line.kind.into(),
        support: (*support).into(),
        maintenance: (*maintenance).into(),
    });
    let first = company(first_contact);
    let shown =
        DeskContract { contract_id: contract.id.to_string(), first_contact: first.into(), shared, lines: shown.collect() };
    Desk { first, named, shown }
}

/// Whom the customer turns to where several contracts run: the company that answers for it if it is one of theirs, else a partner
/// before the master, the one of the oldest contract first.
fn first_contact(desks: &[Desk], responsible: CompanyId) -> CompanyId {
    let all = || desks.iter().map(|desk| desk.first);
    let partners = all().find(|company| company.partner().is_some());
    all()
        .find(|company| *company == responsible && company.partner().is_some())
        .or(partners)
        .or(all().next())
        .unwrap_or(responsible)
}

/// How the companies of a desk are reached. Where a partner is written to is its own business and its masters'.
fn contacts(conn: &mut Conn, caller: &Caller, first: CompanyId, desks: &[Desk]) -> Result<Vec<DeskContact>, Problem> {
    let mut companies: Vec<CompanyId> = desks.iter().flat_map(|desk| &desk.named).copied().chain([first]).collect();
    companies.sort_unstable();
    companies.dedup();
    let mut contacts = Vec::new();
    for company in companies {
        let contact = match company {
            CompanyId::Master(id) => network::find_master(conn, caller.network, id)?.map(|master| DeskContact {
                company: company.into(),
                name: master.display_name,
                email: None,
                phone: None,
            }),
            CompanyId::Partner(id) => partner::find(conn, &caller.view(), id)?.map(|partner| DeskContact {
                company: company.into(),
                name: partner.name,
                email: Some(partner.email),
                phone: partner.phone,
            }),
        };
        contacts.extend(contact);
    }
    Ok(contacts)
}
