//! How many annuities one core evaluates in a second, with explanations and without:
//! `cargo run --release -p entente-domain --example evaluations`.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use domain::{
    commission::{AnnuityLine, CustomerFacts, FactsFault, Place, RuleSet, SaleFacts, evaluate},
    money::{Currency, Decimal, Money, Rate},
    network::{
        Base, CounterpartyTerms, Exclusivity, ItemKind, Recurrence, Rule, RuleKind, RuleRate, Selector, Side, Stage,
        StageConditions, Terms, Trigger,
    },
};

const FOR: Duration = Duration::from_secs(2);
const BATCH: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let bare = per_second(|| {
        black_box(black_box(Decimal::new(100_000, 2)) * black_box(Decimal::new(700_000, 6)));
        Ok(())
    })?;
    println!("{bare:>9} a second: one multiplication of two decimals, for comparison");
    let cases = [
        ("a commission, collected in part", sale()?, terms(commission()?)),
        ("a share with uplift, collected in part", sale()?, terms(margin())),
    ];
    for (name, facts, terms) in cases {
        let rules = RuleSet::of(&terms);
        let mut amounts = Vec::new();
        let alone = per_second(|| rules.amounts(black_box(&facts), &mut amounts).map_err(broken))?;
        let explained = per_second(|| rules.evaluate(black_box(&facts)).map(|done| _ = black_box(done)).map_err(broken))?;
        let unprepared = per_second(|| evaluate(black_box(&facts), &terms).map(|done| _ = black_box(done)).map_err(broken))?;
        println!("{name}:");
        println!("{alone:>9} a second: amounts ({} multiplications each)", bare / alone.max(1));
        println!("{explained:>9} a second: amounts with explanations ({} multiplications each)", bare / explained.max(1));
        println!("{unprepared:>9} a second: the same, with the rules prepared anew each time");
    }
    Ok(())
}

fn broken(faults: Vec<FactsFault>) -> Box<dyn Error> {
    format!("{faults:?}").into()
}

/// How many times `work` is done in a second of this processor.
fn per_second(mut work: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<u128, Box<dyn Error>> {
    let started = Instant::now();
    let clock = || busy().unwrap_or_else(|| started.elapsed());
    let (start, mut count) = (clock(), 0_u64);
    let spent = loop {
        for _ in 0..BATCH {
            work()?;
        }
        count = count.saturating_add(BATCH);
        let spent = clock().saturating_sub(start);
        if spent >= FOR {
            break spent;
        }
    };
    Ok(u128::from(count).saturating_mul(1_000_000).checked_div(spent.as_micros()).unwrap_or(0))
}

/// How long this process has had a processor, where the system says so: what others do at the same time is not measured.
fn busy() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
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
        stage: Some(Stage {
            code: "stage_4".into(),
            margin: Rate::from_ppm(300_000)?,
            adds: BTreeSet::new(),
            sub_network: true,
            conditions: StageConditions::default(),
        }),
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
        performed: None,
        seller_margin: None,
        customer: CustomerFacts::default(),
        place: Place::ALONE,
        earlier_years: vec![],
        volumes_before: vec![],
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
        requirement_rules: [].into(),
        counterparty: CounterpartyTerms { master: true, partner_types: BTreeSet::new(), special_with_master: false },
        single_agreement: false,
        exclusivity: Exclusivity::Never,
        contracts_customers: true,
        sells: BTreeSet::new(),
        capabilities: BTreeSet::new(),
        expertise_areas: BTreeSet::new(),
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
