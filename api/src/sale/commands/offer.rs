//! What is offered: lines priced by the catalogue, with their duties, and the promoters that take part. Everything that is wrong
//! with it is found at once.

use chrono::NaiveDate;
use domain::{
    id::{AgreementId, CatalogueItemId, CompanyId},
    money::{Currency, Money},
    network::Period,
    sale::{LineDraft, LineFault, OfferedLine, SaleRefusal, broken_rules, duties_of},
};
use persistence::{agreement, introduction::Introduction, network, sale as store};

use super::{
    super::wire::{NewLine, NewProposal, Revision},
    introduced,
    parties::{Bound, Parties, not_in_force},
};
use crate::{
    problem::{Problem, Violation},
    wire,
    write::Work,
};

/// What a body asks to offer.
pub(crate) struct Asked<'b> {
    pub(crate) years: u32,
    pub(crate) promoters: &'b [String],
    pub(crate) introductions: &'b [String],
    pub(crate) lines: &'b [NewLine],
}

impl<'b> From<&'b NewProposal> for Asked<'b> {
    fn from(new: &'b NewProposal) -> Self {
        Self { years: new.years, promoters: &new.promoters, introductions: &new.introductions, lines: &new.lines }
    }
}

impl<'b> From<&'b Revision> for Asked<'b> {
    fn from(revision: &'b Revision) -> Self {
        let Revision { valid_until: _, years, promoters, introductions, lines } = revision;
        Self { years: *years, promoters, introductions, lines }
    }
}

/// An offer that breaks no rule.
pub(crate) struct Offer {
    pub(crate) years: u32,
    pub(crate) promoters: Vec<AgreementId>,
    pub(crate) introductions: Vec<Introduction>,
    pub(crate) lines: Vec<store::Line>,
}

/// A line as it was read, with its place in the body.
struct Read {
    position: usize,
    item: CatalogueItemId,
    offered: OfferedLine,
}

/// Reads what is offered on `day` in `currency`; everything that is wrong with it goes to `violations`.
pub(crate) fn read(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    (currency, day): (Currency, NaiveDate),
    asked: &Asked<'_>,
    violations: &mut Vec<Violation>,
) -> Result<Offer, Problem> {
    let Asked { years, promoters, introductions, lines } = *asked;
    let mut promoters = read_promoters(work, parties, day, promoters, violations)?;
    let introductions = introduced::read(work, parties, day, introductions, violations)?;
    introduced::add_promoters(&mut promoters, &introductions);
    let mut readable = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        match read_line(work, parties, (currency, day), position, line)? {
            Ok(read) => readable.push(read),
            Err(found) => violations.extend(found),
        }
    }
    let stage = parties.stage_on(work.conn(), day)?;
    let offered: Vec<OfferedLine> = readable.iter().map(|line| line.offered.clone()).collect();
    let closed = parties.closed_on(work.conn(), day)?;
    let refusals = broken_rules(parties.sale_terms(stage.as_deref(), &closed), parties.side(), &offered);
    for SaleRefusal { line, fault } in refusals {
        // Where no line could be read there is something else to say than that there is none.
        if fault != LineFault::NoLines {
            let position = line.and_then(|line| readable.get(line)).map(|line| line.position);
            violations.push(broken(position, &fault, Pointing::IntoBody).with("day", day));
        }
    }
    let terms = parties.bound.as_ref().map(|bound| &bound.terms);
    let lines = readable.into_iter().map(|Read { position: _, item, offered: OfferedLine { line, .. } }| store::Line {
        id: work.new_id(),
        item_id: item,
        kind: line.item_kind,
        item_code: line.item.as_deref().map(str::to_owned),
        product_line: line.product_line.as_deref().map(str::to_owned),
        period: line.period,
        quantity: line.quantity,
        list: line.list_price,
        net: line.net_price,
        duties: duties_of(terms, &line),
    });
    Ok(Offer { years, promoters, introductions, lines: lines.collect() })
}

fn read_line(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    (currency, day): (Currency, NaiveDate),
    position: usize,
    new: &NewLine,
) -> Result<Result<Read, Vec<Violation>>, Problem> {
    let NewLine { item_id, period, quantity, net_price, duties } = new;
    let at = |field: &str| format!("/lines/{position}/{field}");
    let mut violations = Vec::new();
    let net = match net_price.as_ref().map(|price| price.read(&at("net_price"))).transpose() {
        Ok(Some(net)) if net.currency() != currency => {
            violations.push(
                Violation::at(at("net_price"), "other_currency")
                    .rule("D12")
                    .with("line", position.saturating_add(1))
                    .with("expected", currency.code()),
            );
            None
        }
        Ok(net) => net,
        Err(violation) => {
            violations.push(violation);
            None
        }
    };
    let item = match wire::id(item_id, &at("item_id")) {
        Ok(id) => find_item(work, parties, id)?.ok_or_else(|| Violation::at(at("item_id"), "item_not_offered").rule("R4")),
        Err(violation) => Err(violation),
    };
    let item = match item {
        Ok(item) if violations.is_empty() => item,
        item => {
            violations.extend(item.err());
            return Ok(Err(violations));
        }
    };
    let period = Period::from(*period);
    let catalogue_price = network::price_on(work.conn(), item.id, currency, period, day)?;
    if item.kind.is_partners() && catalogue_price.is_none() && net.is_none() {
        return Ok(Err(vec![Violation::at(at("net_price"), "price_needed").rule("R4")]));
    }
    // Without a catalogue price the domain refuses a network line; a partner prices its own as it likes.
    let list_price = catalogue_price.or(net).unwrap_or(Money::zero(currency));
    let line = LineDraft {
        item_kind: item.kind,
        item: Some(item.code.into()),
        product_line: item.product_line.map(Into::into),
        period,
        quantity: *quantity,
        list_price,
        net_price: net.unwrap_or(list_price),
        duties: (*duties).into(),
    };
    Ok(Ok(Read { position, item: item.id, offered: OfferedLine { line, catalogue_price } }))
}

/// An item that can be offered in this sale: one of the network, or the partner's own.
fn find_item(work: &mut Work<'_, '_>, parties: &Parties, id: CatalogueItemId) -> Result<Option<network::CatalogueItem>, Problem> {
    let found = network::find_item(work.conn(), parties.network, id)?.filter(|item| item.active);
    let own = parties.partner().map(CompanyId::Partner);
    Ok(found.filter(|item| !item.kind.is_partners() || Some(item.provider) == own))
}

fn read_promoters(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    day: NaiveDate,
    asked: &[String],
    violations: &mut Vec<Violation>,
) -> Result<Vec<AgreementId>, Problem> {
    let view = work.caller()?.view();
    let mut promoters: Vec<AgreementId> = Vec::new();
    for (position, text) in asked.iter().enumerate() {
        let pointer = format!("/promoters/{position}");
        let id = match wire::id(text, &pointer) {
            Ok(id) => id,
            Err(violation) => {
                violations.push(violation);
                continue;
            }
        };
        if promoters.contains(&id) {
            violations.push(Violation::at(pointer, "promoter_named_twice").rule("R10"));
            continue;
        }
        let Some(found) = agreement::find(work.conn(), &view, id)? else {
            violations.push(Violation::at(pointer, "promoter_not_found").rule("R26"));
            continue;
        };
        let bound = Bound::of(work, found)?;
        violations.extend(promoter_violations(parties, &bound, day, &pointer));
        promoters.push(id);
    }
    Ok(promoters)
}

/// What keeps an agreement from promoting a sale: it is no promoter's, it is the seller's own, it serves another company, or it
/// has no effect (R7, R10, R11, R26, D5).
pub(super) fn promoter_violations(parties: &Parties, promoter: &Bound, day: NaiveDate, pointer: &str) -> Vec<Violation> {
    let at = |code| Violation::at(pointer, code);
    let contracts = promoter.terms.contracts_customers.then(|| at("not_a_promoter").rule("R11"));
    let own = (parties.partner() == Some(promoter.agreement.partner)).then(|| at("promoter_sells").rule("R10"));
    // A master pays whoever promotes for it; a reseller has promoters of its own (D5).
    let serves = parties.seller.master().is_some() || promoter.agreement.counterparty == parties.seller;
    let other = (!serves).then(|| at("promoter_of_another").rule("R26"));
    let idle = (!promoter.is_in_force(day)).then(|| not_in_force(pointer, "promoter_not_in_force", day));
    [contracts, own, other, idle].into_iter().flatten().collect()
}

/// The rules that lines break when they are signed: their prices were settled when they were offered.
pub(super) fn broken_at_signing(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    signed_on: NaiveDate,
    lines: &[store::Line],
) -> Result<Vec<Violation>, Problem> {
    let (stage, closed) = (parties.stage_on(work.conn(), signed_on)?, parties.closed_on(work.conn(), signed_on)?);
    let offered: Vec<OfferedLine> =
        lines.iter().map(|line| OfferedLine { line: line.draft(), catalogue_price: Some(line.list) }).collect();
    let refusals = broken_rules(parties.sale_terms(stage.as_deref(), &closed), parties.side(), &offered);
    Ok(refusals.iter().map(|SaleRefusal { line, fault }| broken(*line, fault, Pointing::Nowhere)).collect())
}

/// Whether the lines stand in the request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pointing {
    IntoBody,
    Nowhere,
}

/// A broken rule of a sale as an answer says it.
fn broken(line: Option<usize>, fault: &LineFault, pointing: Pointing) -> Violation {
    let place = match (fault, line) {
        _ if pointing == Pointing::Nowhere => String::new(),
        (LineFault::PartnerWithoutAgreement | LineFault::NoStage { .. }, _) => "/agreement_id".to_owned(),
        (_, None) => "/lines".to_owned(),
        (fault, Some(line)) => format!("/lines/{line}{}", field_of(fault)),
    };
    let number = line.map_or(0, |line| line.saturating_add(1));
    let violation = Violation::at(place, fault.code()).rule(fault.rule().to_owned()).with("line", number);
    match fault {
        LineFault::KindNotAllowed { kind, allowed } => {
            let allowed: Vec<&str> = allowed.iter().map(|kind| kind.code()).collect();
            violation.with("kind", kind.code()).with("allowed", allowed.join(", "))
        }
        LineFault::DutyNotAllowed { duty, side, allowed } => {
            let allowed: Vec<&str> = allowed.iter().map(|side| side.code()).collect();
            violation.with("duty", duty.code()).with("side", side.code()).with("allowed", allowed.join(", "))
        }
        LineFault::NotQualified { duty, requirement, rule: _ } => {
            violation.with("duty", duty.code()).with("requirement", requirement.code())
        }
        LineFault::NoStage { rule } => violation.with("rule", rule),
        LineFault::NotContractedBySeller { seller } => violation.with("seller", seller.code()),
        LineFault::OtherCurrency { expected } => violation.with("expected", expected.code()),
        LineFault::ListPriceDiffers { catalogue } => violation.with("catalogue", catalogue),
        LineFault::NoLines
        | LineFault::PartnerWithoutAgreement
        | LineFault::PromoterContracts
        | LineFault::MaintenanceWithPartner
        | LineFault::NoQuantity
        | LineFault::NegativePrice
        | LineFault::NetAboveList
        | LineFault::NoCataloguePrice
        | LineFault::TooLarge => violation,
    }
}

/// The field of a line that a fault is about.
fn field_of(fault: &LineFault) -> String {
    match fault {
        LineFault::KindNotAllowed { .. } => "/item_id".to_owned(),
        LineFault::DutyNotAllowed { duty, .. } | LineFault::NotQualified { duty, .. } => format!("/duties/{}", duty.code()),
        LineFault::PromoterContracts | LineFault::NotContractedBySeller { .. } => "/duties/contracting".to_owned(),
        LineFault::MaintenanceWithPartner => "/duties/maintenance".to_owned(),
        LineFault::NoQuantity | LineFault::TooLarge => "/quantity".to_owned(),
        LineFault::NegativePrice | LineFault::NetAboveList | LineFault::OtherCurrency { .. } => "/net_price".to_owned(),
        LineFault::NoCataloguePrice => "/period".to_owned(),
        LineFault::NoLines
        | LineFault::PartnerWithoutAgreement
        | LineFault::NoStage { .. }
        | LineFault::ListPriceDiffers { .. } => String::new(),
    }
}
