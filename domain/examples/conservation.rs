//! A million random sales, each held against an oracle in whole numbers that shares no code with the rules:
//! `cargo run --release -p entente-domain --example conservation [sales] [seed]`.
//!
//! On every sale the money has to add up (customer total = share due + margin kept + own lines + other lines), a year that is
//! billed in instalments has to come to the rounded whole, and what promoters share has to be the whole. Ends with an error on
//! the first sale on which it does not.

use std::{collections::BTreeMap, env, error::Error};

use domain::{
    commission::{AnnuityLine, CustomerFacts, Place, RuleAmount, RuleSet, SaleFacts, settle},
    money::{Currency, Money, Rate},
    network::{
        Base, CounterpartyTerms, Exclusivity, ItemKind, Recurrence, Rule, RuleKind, RuleRate, Selector, Side, Stage,
        StageConditions, Terms, TierMode, Trigger, VolumeOver, VolumeTier,
    },
};

const KINDS: [ItemKind; 5] = ItemKind::ALL;
const CURRENCIES: [Currency; 3] = [Currency::EUR, Currency::JPY, Currency::BHD];
const MILLION: i128 = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let sales = arguments.next().map_or(Ok(1_000_000), |text| text.parse::<u64>())?;
    let seed = arguments.next().map_or(Ok(20_261_127), |text| text.parse::<u64>())?;
    let mut random = Random(seed);
    let (mut minor_units, mut instalments) = (0_i128, 0_u64);
    for sale in 0..sales {
        let drawn = Drawn::new(&mut random)?;
        let held = drawn.hold(&mut random).map_err(|what| format!("sale {sale} of seed {seed}: {what}: {drawn:?}"))?;
        minor_units += held.0;
        instalments += held.1;
    }
    println!("{sales} sales of seed {seed} add up: {minor_units} minor units of customers' money in {instalments} instalments");
    Ok(())
}

/// Numbers that look random and come back with their seed (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A sale in plain numbers, which the oracle reads; the rules read what is made of them.
#[derive(Debug)]
struct Drawn {
    currency: Currency,
    /// Kind (its place in `KINDS`), list and net price in minor units.
    lines: Vec<(usize, i64, i64)>,
    margin_ppm: u32,
    uplift_ppm: u32,
    uplift_applies: bool,
    rate_ppm: u32,
    /// Where the second tier begins, and its rate.
    tier: (i64, u32),
    weights: Vec<u32>,
}

impl Drawn {
    fn new(random: &mut Random) -> Result<Self, Box<dyn Error>> {
        let currency = CURRENCIES[usize::try_from(random.below(3))?];
        let mut lines = Vec::new();
        for _ in 0..=random.below(5) {
            let list = i64::try_from(random.below(3_000_000))?;
            let net = list * i64::try_from(random.below(101))? / 100;
            lines.push((usize::try_from(random.below(5))?, list, net));
        }
        let part = |random: &mut Random, limit| u32::try_from(random.below(limit));
        let first = part(random, 999_998)? + 1;
        let second = part(random, u64::from(999_999 - first) + 1)?.max(1).min(999_999 - first);
        let weights = if second == 0 || first + second >= 1_000_000 {
            vec![first, 1_000_000 - first]
        } else {
            vec![first, second, 1_000_000 - first - second]
        };
        Ok(Self {
            currency,
            lines,
            margin_ppm: part(random, 900_001)?,
            uplift_ppm: part(random, 100_001)?,
            uplift_applies: random.below(2) == 1,
            rate_ppm: part(random, 1_000_001)?,
            tier: (i64::try_from(random.below(4_000_000))? + 1, part(random, 1_000_001)?),
            weights,
        })
    }

    /// The customer's money and the number of instalments, once everything holds.
    fn hold(&self, random: &mut Random) -> Result<(i128, u64), Box<dyn Error>> {
        let total = self.sum(|_| true);
        self.hold_settlement(total)?;
        let mut instalments = 0;
        let network = self.sum(|kind| kind < 2);
        let kinds = [
            (self.commission()?, network * i128::from(self.rate_ppm), self.commission_due(total, total)),
            (self.tiered()?, self.tiered_in_full(), half_up(self.tiered_in_full(), MILLION)),
            (self.reseller()?, network * (MILLION - self.margin()), network - half_up(network * self.margin(), MILLION)),
        ];
        for (terms, in_full, due) in kinds {
            instalments += self.hold_instalments(random, &terms, total, (in_full, due))?;
        }
        self.hold_split(total)?;
        Ok((total, instalments))
    }

    fn hold_settlement(&self, total: i128) -> Result<(), Box<dyn Error>> {
        let settled =
            settle(&self.facts(total)?, &self.reseller()?, Money::zero(self.currency)).map_err(|faults| format!("{faults:?}"))?;
        let settled = settled.ok_or("no settlement")?;
        let network = self.sum(|kind| kind < 2);
        let margin = half_up(network * self.margin(), MILLION);
        let expected = [total, network - margin, margin, self.sum(|kind| kind > 2), self.sum(|kind| kind == 2)];
        let parts = [settled.customer_total, settled.share_due, settled.margin_kept, settled.own_lines, settled.other_lines];
        let parts = parts.map(|part| i128::from(part.minor()));
        if parts != expected || parts[1..].iter().sum::<i128>() != total {
            return Err(format!("the settlement {parts:?} is not {expected:?}").into());
        }
        Ok(())
    }

    /// Collects the year in some parts, and holds the due to date against the oracle after each, by what is due in full in millionths
    /// of minor units; at last it is the whole.
    fn hold_instalments(
        &self,
        random: &mut Random,
        terms: &Terms,
        total: i128,
        (in_full, due): (i128, i128),
    ) -> Result<u64, Box<dyn Error>> {
        let (rules, mut amounts) = (RuleSet::of(terms), Vec::new());
        let mut collected = 0_i128;
        let mut parts = 0;
        while collected < total {
            let part = i128::from(random.next()) % (total / 2 + 1) + 1;
            collected = (collected + part).min(total);
            parts += 1;
            let to_date = self.only(&rules, &self.facts(collected)?, &mut amounts)?;
            let expected = if collected == total { due } else { half_up(in_full * collected, MILLION * total) };
            if to_date != expected {
                return Err(format!("{to_date} due of {collected}, not {expected}").into());
            }
        }
        Ok(parts)
    }

    fn hold_split(&self, total: i128) -> Result<(), Box<dyn Error>> {
        let mut terms = self.commission()?;
        terms.rules[0].split = self.weights.iter().map(|ppm| Rate::from_ppm(*ppm)).collect::<Result<_, _>>()?;
        let (rules, mut amounts) = (RuleSet::of(&terms), Vec::new());
        let (mut sum, among) = (0, u32::try_from(self.weights.len())?);
        for position in 1..=among {
            let facts = SaleFacts { place: Place { position, among }, ..self.facts(total)? };
            sum += self.only(&rules, &facts, &mut amounts)?;
        }
        let whole = self.commission_due(total, total);
        if sum == whole { Ok(()) } else { Err(format!("the parts come to {sum}, not {whole}").into()) }
    }

    fn only(&self, rules: &RuleSet, facts: &SaleFacts, amounts: &mut Vec<RuleAmount>) -> Result<i128, Box<dyn Error>> {
        rules.amounts(facts, amounts).map_err(|faults| format!("{faults:?}"))?;
        match amounts.as_slice() {
            [RuleAmount::Due { amount, margin_kept: _ }] => Ok(i128::from(amount.minor())),
            [RuleAmount::Nothing(_)] => Ok(0),
            other => Err(format!("one rule, one answer: {other:?}").into()),
        }
    }

    // The oracle: whole numbers of minor units and parts per million.

    fn sum(&self, counted: impl Fn(usize) -> bool) -> i128 {
        self.lines.iter().filter(|(kind, ..)| counted(*kind)).map(|(_, _, net)| i128::from(*net)).sum()
    }

    fn margin(&self) -> i128 {
        i128::from(self.margin_ppm) + if self.uplift_applies { i128::from(self.uplift_ppm) } else { 0 }
    }

    fn commission_due(&self, collected: i128, total: i128) -> i128 {
        if total == 0 {
            return 0;
        }
        half_up(self.sum(|kind| kind < 2) * i128::from(self.rate_ppm) * collected, MILLION * total)
    }

    /// A year at marginal tiers, in millionths of minor units.
    fn tiered_in_full(&self) -> i128 {
        let base = self.sum(|kind| kind < 2);
        let below = base.min(i128::from(self.tier.0));
        below * i128::from(self.rate_ppm) + (base - below) * i128::from(self.tier.1)
    }

    // What the rules read.

    fn facts(&self, collected: i128) -> Result<SaleFacts, Box<dyn Error>> {
        let money = |minor| Money::from_minor(minor, self.currency);
        let line = |(kind, list, net): &(usize, i64, i64)| AnnuityLine {
            kind: KINDS[*kind],
            item: None,
            product_line: None,
            quantity: 1,
            recurring: true,
            list: money(*list),
            net: money(*net),
            protected_by_other: false,
        };
        let collected = money(i64::try_from(collected)?);
        Ok(SaleFacts {
            ordinal: 1,
            currency: self.currency,
            stage: Some(self.stage()?),
            uplift_applies: self.uplift_applies,
            year: 1,
            lines: self.lines.iter().map(line).collect(),
            standing: collected,
            invoiced: collected,
            collected,
            performed: None,
            seller_margin: None,
            customer: CustomerFacts::default(),
            place: Place::ALONE,
            earlier_years: vec![],
            volumes_before: vec![],
        })
    }

    fn stage(&self) -> Result<Stage, Box<dyn Error>> {
        let margin = Rate::from_ppm(self.margin_ppm)?;
        Ok(Stage { code: "stage".into(), margin, adds: [].into(), sub_network: true, conditions: StageConditions::default() })
    }

    fn reseller(&self) -> Result<Terms, Box<dyn Error>> {
        let margin = Rule { kind: RuleKind::Margin, rate: RuleRate::OfStage, ..rule(RuleRate::OfStage) };
        Ok(Terms { margin_uplift: Rate::from_ppm(self.uplift_ppm)?, stages: vec![self.stage()?], ..terms(margin) })
    }

    fn commission(&self) -> Result<Terms, Box<dyn Error>> {
        Ok(terms(rule(RuleRate::Fixed(Rate::from_ppm(self.rate_ppm)?))))
    }

    fn tiered(&self) -> Result<Terms, Box<dyn Error>> {
        let begin = Money::from_minor(self.tier.0, self.currency);
        let low = VolumeTier { from: Money::zero(self.currency), below: Some(begin), rate: Rate::from_ppm(self.rate_ppm)? };
        let high = VolumeTier { from: begin, below: None, rate: Rate::from_ppm(self.tier.1)? };
        Ok(terms(rule(RuleRate::VolumeTiers { mode: TierMode::Marginal, over: VolumeOver::Annuity, tiers: vec![low, high] })))
    }
}

/// The quotient of two numbers of 0 or more, half up.
fn half_up(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator) / (2 * denominator)
}

fn rule(rate: RuleRate) -> Rule {
    Rule {
        code: "rule".into(),
        kind: RuleKind::Commission,
        base: Base::Net,
        rate,
        lines: [ItemKind::NetworkModule, ItemKind::NetworkService].into(),
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
        legal_forms: [].into(),
        requirements: [].into(),
        requirement_rules: [].into(),
        counterparty: CounterpartyTerms { master: true, partner_types: [].into(), special_with_master: false },
        single_agreement: false,
        exclusivity: Exclusivity::Never,
        contracts_customers: true,
        sells: [].into(),
        capabilities: [].into(),
        expertise_areas: [].into(),
        duties: BTreeMap::new(),
        own_lines_billed_by: Side::Partner,
        stages: vec![],
        margin_uplift: Rate::ZERO,
        checklist: vec![],
        minimum_sales_per_year: None,
        registrations_max: None,
        entry_fee: None,
        rules: vec![rule],
    }
}
