//! How many annuities one core evaluates in a second, explanations included:
//! `cargo run --release -p entente-domain --example evaluations`.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use domain::{
    commission::{AnnuityLine, CustomerFacts, Place, SaleFacts, evaluate},
    money::{Currency, Money, Rate},
    network::{
        Base, CounterpartyTerms, Exclusivity, ItemKind, Recurrence, Rule, RuleKind, RuleRate, Selector, Side, Stage, Terms,
        Trigger,
    },
};

const FOR: Duration = Duration::from_secs(3);
const BATCH: u64 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let cases = [
        ("a commission, collected in part", sale()?, terms(commission()?)),
        ("a share with uplift, collected in part", sale()?, terms(margin())),
    ];
    for (name, facts, terms) in cases {
        evaluate(&facts, &terms).map_err(|faults| format!("{faults:?}"))?;
        let (start, mut count) = (Instant::now(), 0_u64);
        while start.elapsed() < FOR {
            for _ in 0..BATCH {
                black_box(evaluate(black_box(&facts), black_box(&terms))).map_err(|faults| format!("{faults:?}"))?;
            }
            count = count.saturating_add(BATCH);
        }
        let micros = start.elapsed().as_micros();
        println!(
            "{:>9} evaluations per second: {name}",
            u128::from(count).saturating_mul(1_000_000).checked_div(micros).unwrap_or(0)
        );
    }
    Ok(())
}

/// A year of three lines, a third of which was collected.
fn sale() -> Result<SaleFacts, Box<dyn Error>> {
    let currency = Currency::EUR;
    let line = |kind, minor| {
        let amount = Money::from_minor(minor, currency);
        AnnuityLine {
            kind,
            item: None,
            product_line: None,
            quantity: 1,
            recurring: true,
            list: amount,
            net: amount,
            protected_by_other: false,
        }
    };
    Ok(SaleFacts {
        ordinal: 2,
        currency,
        stage: Some(Stage { code: "stage_4".into(), margin: Rate::from_ppm(300_000)?, adds: BTreeSet::new(), sub_network: true }),
        uplift_applies: true,
        year: 1,
        lines: vec![
            line(ItemKind::NetworkModule, 100_000),
            line(ItemKind::PartnerOwn, 40_000),
            line(ItemKind::PartnerHelpdesk, 12_000),
        ],
        standing: Money::from_minor(152_000, currency),
        invoiced: Money::from_minor(152_000, currency),
        collected: Money::from_minor(50_667, currency),
        seller_margin: None,
        customer: CustomerFacts::default(),
        place: Place::ALONE,
        earlier_years: vec![],
    })
}

fn commission() -> Result<Rule, Box<dyn Error>> {
    let rate = RuleRate::Fixed(Rate::from_ppm(700_000)?);
    Ok(Rule {
        code: "commission".into(),
        kind: RuleKind::Commission,
        base: Base::FirstAnnuity,
        rate,
        from_sale: 2,
        recurrence: Recurrence::Once,
        ..margin()
    })
}

fn margin() -> Rule {
    Rule {
        code: "margin".into(),
        kind: RuleKind::Margin,
        base: Base::Net,
        rate: RuleRate::OfStage,
        lines: BTreeSet::from([ItemKind::NetworkModule, ItemKind::NetworkService]),
        only: Selector::default(),
        from_sale: 1,
        to_sale: None,
        recurrence: Recurrence::EveryYear,
        years: None,
        trigger: Trigger::Collected,
        bounds: None,
        additive: false,
        split: vec![],
        hold_days: 0,
    }
}

/// Terms that say nothing but one rule.
fn terms(rule: Rule) -> Terms {
    Terms {
        legal_forms: BTreeSet::new(),
        requirements: BTreeSet::new(),
        counterparty: CounterpartyTerms { master: true, partner_types: BTreeSet::new(), special_with_master: false },
        single_agreement: false,
        exclusivity: Exclusivity::Never,
        contracts_customers: true,
        sells: BTreeSet::new(),
        duties: BTreeMap::new(),
        own_lines_billed_by: Side::Partner,
        stages: vec![],
        margin_uplift: Rate::from_ppm(50_000).unwrap_or(Rate::ZERO),
        checklist: vec![],
        minimum_sales_per_year: None,
        registrations_max: None,
        entry_fee: None,
        rules: vec![rule],
    }
}
