//! Terms as the requirements state them, and sales under them.

mod cases;
mod complete;
mod explained;
mod properties;
mod protection;
mod reader;
mod refused;
mod rules;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    commission::{AnnuityLine, CustomerFacts, Entitlement, Evaluation, Place, SaleFacts, evaluate},
    money::{Currency, Money, Rate},
    network::{
        Base, CounterpartyTerms, Exclusivity, ItemKind, Recurrence, Rule, RuleKind, RuleRate, Side, Stage, StageConditions,
        Terms, Trigger, samples::plain_rule,
    },
};

fn eur(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

/// Terms that say nothing but their rules.
fn terms(rules: Vec<Rule>) -> Terms {
    Terms {
        legal_forms: BTreeSet::new(),
        requirements: BTreeSet::new(),
        requirement_rules: BTreeMap::new(),
        counterparty: CounterpartyTerms { master: true, partner_types: BTreeSet::new(), special_with_master: false },
        single_agreement: false,
        exclusivity: Exclusivity::Never,
        contracts_customers: false,
        sells: BTreeSet::new(),
        capabilities: BTreeSet::new(),
        expertise_areas: BTreeSet::new(),
        duties: BTreeMap::new(),
        own_lines_billed_by: Side::Partner,
        stages: vec![],
        margin_uplift: Rate::ZERO,
        checklist: vec![],
        minimum_sales_per_year: None,
        registrations_max: None,
        entry_fee: None,
        rules,
    }
}

fn rule(code: &str, kind: RuleKind, base: Base, part: &str) -> Rule {
    Rule { code: code.into(), kind, base, rate: RuleRate::Fixed(rate(part)), ..plain_rule() }
}

fn first_annuity(part: &str, from_sale: u32) -> Terms {
    let commission = rule("first_annuity", RuleKind::Commission, Base::FirstAnnuity, part);
    terms(vec![Rule { from_sale, recurrence: Recurrence::Once, ..commission }])
}

/// R76 to R79: 15 % of the first annuity, once, from its first sale.
fn referrer() -> Terms {
    first_annuity("0.15", 1)
}

/// R68: 70 % of the first annuity, once, from its 2nd sale.
fn affiliated_integrator() -> Terms {
    first_annuity("0.7", 2)
}

/// R75: 50 % of the first annuity, once, from its 2nd sale.
fn independent_integrator() -> Terms {
    first_annuity("0.5", 2)
}

/// R55, R60, D10: instances at 50 % of catalogue price, each year, from the first sale.
fn affiliate() -> Terms {
    terms(vec![rule("buy_price", RuleKind::BuyPrice, Base::List, "0.5")])
}

/// R15, R45: the stage's margin on network lines, 5 points more with a sub-network.
fn reseller() -> Terms {
    let margin = rule("margin", RuleKind::Margin, Base::Net, "0");
    let terms = terms(vec![Rule { rate: RuleRate::OfStage, ..margin }]);
    Terms { stages: vec![stage_3()], margin_uplift: rate("0.05"), contracts_customers: true, ..terms }
}

/// R43: a reseller with its own services and helpdesk, at 30 %.
fn stage_3() -> Stage {
    Stage {
        code: "stage_3".into(),
        margin: rate("0.3"),
        adds: BTreeSet::from([ItemKind::PartnerOwn, ItemKind::PartnerHelpdesk]),
        sub_network: false,
        conditions: StageConditions::default(),
    }
}

/// R47: 10 % of net modules, each year.
fn promoter() -> Terms {
    let commission = rule("portfolio", RuleKind::Commission, Base::Net, "0.1");
    terms(vec![Rule { lines: BTreeSet::from([ItemKind::NetworkModule]), ..commission }])
}

fn line(kind: ItemKind, amount: &str) -> AnnuityLine {
    let (list, net) = (eur(amount), eur(amount));
    AnnuityLine { kind, item: None, product_line: None, quantity: 1, recurring: true, list, net, protected_by_other: false }
}

/// The same, sold inside another partner's protection.
fn protected(line: AnnuityLine) -> AnnuityLine {
    AnnuityLine { protected_by_other: true, ..line }
}

/// A year of a sale of which everything was invoiced and collected.
fn year(ordinal: u32, year: u32, lines: Vec<AnnuityLine>) -> SaleFacts {
    let currency = Currency::EUR;
    let total = Money::sum(lines.iter().map(|line| line.net), currency).unwrap();
    let (stage, uplift_applies, seller_margin) = (None, false, None);
    let (standing, invoiced, collected) = (total, total, total);
    SaleFacts {
        ordinal,
        currency,
        stage,
        uplift_applies,
        year,
        lines,
        standing,
        invoiced,
        collected,
        performed: None,
        seller_margin,
        customer: CustomerFacts::default(),
        place: Place::ALONE,
        earlier_years: vec![],
        volumes_before: vec![],
    }
}

/// A year of a sale at the worked cases' catalogue price of 1,200.00 EUR.
fn sale(ordinal: u32, of_year: u32) -> SaleFacts {
    year(ordinal, of_year, vec![line(ItemKind::NetworkModule, "1200.00")])
}

/// A reseller's year at stage 3: modules 1,000, own services 400, helpdesk 120.
fn reseller_year() -> SaleFacts {
    let lines = vec![
        line(ItemKind::NetworkModule, "1000.00"),
        line(ItemKind::PartnerOwn, "400.00"),
        line(ItemKind::PartnerHelpdesk, "120.00"),
    ];
    SaleFacts { stage: Some(stage_3()), ..year(1, 1, lines) }
}

fn evaluated(facts: &SaleFacts, terms: &Terms) -> Evaluation {
    evaluate(facts, terms).unwrap()
}

/// The only entitlement of an evaluation.
fn only(evaluation: Evaluation) -> Entitlement {
    let [entitlement] = <[_; 1]>::try_from(evaluation.entitlements).unwrap();
    entitlement
}

/// What the only rule makes due, in words.
fn due(facts: &SaleFacts, terms: &Terms) -> String {
    let evaluation = evaluated(facts, terms);
    match (evaluation.entitlements.as_slice(), evaluation.not_applied.as_slice()) {
        ([due], []) => due.amount.to_string(),
        ([], [rule]) => rule.reason.code().to_string(),
        other => panic!("one rule, one answer: {other:?}"),
    }
}
