//! What holds for every rule that can be written: amounts, tiers, bounds, precedence and splits, against an oracle in exact fractions.

use num_rational::BigRational;
use proptest::prelude::*;

use super::{
    reader::{exact, fraction, half_up, recomputed},
    *,
};
use crate::{
    commission::{NotAppliedReason, RuleAmount, RuleSet, VolumeBefore},
    network::{Bounds, BoundsPer, Per, Selector, TierMode, VolumeOver, VolumeTier},
};

fn euro(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

/// A rate, an amount, or tiers.
fn any_rate() -> impl Strategy<Value = RuleRate> {
    let ppm = || (0..=1_000_000_u32).prop_map(|ppm| Rate::from_ppm(ppm).unwrap());
    let per = prop_oneof![Just(Per::Year), Just(Per::Unit)];
    let mode = prop_oneof![Just(TierMode::Marginal), Just(TierMode::Whole)];
    let over = prop_oneof![Just(VolumeOver::Annuity), Just(VolumeOver::CalendarYear)];
    let steps = prop::collection::vec((1..500_000_i64, ppm()), 0..4);
    let tiers = (mode, over, steps, ppm()).prop_map(|(mode, over, steps, last)| {
        let (mut from, mut tiers) = (0, Vec::new());
        for (width, rate) in steps {
            tiers.push(VolumeTier { from: euro(from), below: Some(euro(from + width)), rate });
            from += width;
        }
        tiers.push(VolumeTier { from: euro(from), below: None, rate: last });
        RuleRate::VolumeTiers { mode, over, tiers }
    });
    prop_oneof![
        ppm().prop_map(RuleRate::Fixed),
        (0..200_000_i64, per).prop_map(|(minor, per)| RuleRate::Amount { amount: euro(minor), per }),
        tiers,
    ]
}

fn any_bounds() -> impl Strategy<Value = Option<Bounds>> {
    let bound = || prop::option::of(0..300_000_i64);
    (bound(), bound()).prop_map(|(floor, cap)| {
        let (floor, cap) = match (floor, cap) {
            (Some(floor), Some(cap)) => (Some(floor.min(cap)), Some(floor.max(cap))),
            other => other,
        };
        (floor.is_some() || cap.is_some()).then(|| Bounds { per: BoundsPer::Annuity, floor: floor.map(euro), cap: cap.map(euro) })
    })
}

fn any_rule() -> impl Strategy<Value = Rule> {
    (any_rate(), any_bounds()).prop_map(|(rate, bounds)| Rule {
        rate,
        bounds,
        ..rule("complete", RuleKind::Commission, Base::Net, "0")
    })
}

/// A year of some lines of two items in two product lines, of which nothing was collected yet, after a volume of earlier sales.
fn any_year() -> impl Strategy<Value = SaleFacts> {
    let any_line = (0..3_usize, 1..4_u32, 1..800_000_i64).prop_map(|(item, quantity, minor)| {
        let (item, product_line) = [("a", "one"), ("b", "one"), ("c", "two")][item];
        let (list, net) = (euro(minor), euro(minor));
        let (item, product_line) = (Some(item.into()), Some(product_line.into()));
        AnnuityLine { item, product_line, quantity, list, net, ..line(ItemKind::NetworkModule, "1.00") }
    });
    (prop::collection::vec(any_line, 1..5), 0..1_500_000_i64).prop_map(|(lines, before)| {
        let nothing = euro(0);
        let volumes_before = vec![VolumeBefore { rule: "complete".into(), amount: euro(before) }];
        SaleFacts { standing: nothing, invoiced: nothing, collected: nothing, volumes_before, ..year(1, 1, lines) }
    })
}

/// What the rule comes to in full, by the oracle.
fn in_full(rule: &Rule, facts: &SaleFacts) -> BigRational {
    let base = facts.lines.iter().fold(fraction("0"), |sum, line| sum + exact(line.net));
    let part = |rate: &Rate| fraction(&rate.to_string());
    let before = if rule.accumulates().is_some() { exact(facts.volumes_before[0].amount) } else { fraction("0") };
    let unbounded = match &rule.rate {
        RuleRate::Fixed(rate) => part(rate) * base,
        RuleRate::Amount { amount, per: Per::Unit } => {
            let units: u32 = facts.lines.iter().map(|line| line.quantity).sum();
            exact(*amount) * fraction(&units.to_string())
        }
        RuleRate::Amount { amount, .. } => exact(*amount),
        RuleRate::VolumeTiers { mode: TierMode::Whole, over: _, tiers } => {
            let reached = tiers.iter().rfind(|tier| exact(tier.from) <= &before + &base).unwrap();
            part(&reached.rate) * base
        }
        RuleRate::VolumeTiers { mode: TierMode::Marginal, over: _, tiers } => tiers.iter().fold(fraction("0"), |sum, tier| {
            let end = tier.below.map_or_else(|| &before + &base, |below| exact(below).min(&before + &base));
            let begin = exact(tier.from).max(before.clone());
            if end > begin { sum + part(&tier.rate) * (end - begin) } else { sum }
        }),
        other => panic!("no such rate: {other:?}"),
    };
    let bounds = rule.bounds.unwrap_or(Bounds { per: BoundsPer::Annuity, floor: None, cap: None });
    let raised = bounds.floor.map(exact).filter(|floor| *floor > unbounded).unwrap_or(unbounded);
    bounds.cap.map(exact).filter(|cap| *cap < raised).unwrap_or(raised)
}

/// The amounts of the rules alone, nothing where one did not apply.
fn amounts(facts: &SaleFacts, terms: &Terms) -> Vec<Money> {
    let mut amounts = Vec::new();
    RuleSet::of(terms).amounts(facts, &mut amounts).unwrap();
    let of = |amount: &RuleAmount| match amount {
        RuleAmount::Due { amount, .. } => *amount,
        RuleAmount::Nothing(_) => euro(0),
    };
    amounts.iter().map(of).collect()
}

fn part_of(whole: Money, thousandths: i64) -> Money {
    euro(whole.minor() * thousandths / 1_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_rule_comes_to_what_the_oracle_says_and_its_explanation_says_so_too(
        facts in any_year(), rule in any_rule(), cut in 0..=1_000_i64
    ) {
        let contracted = facts.contracted().unwrap();
        let terms = terms(vec![rule.clone()]);
        for collected in [part_of(contracted, cut), contracted] {
            let facts = SaleFacts { collected, ..facts.clone() };
            let expected = half_up(&(in_full(&rule, &facts) * exact(collected) / exact(contracted)), 2);
            prop_assert_eq!(exact(amounts(&facts, &terms)[0]), expected);
            for due in evaluated(&facts, &terms).entitlements {
                prop_assert_eq!(due.amount, amounts(&facts, &terms)[0]);
                prop_assert_eq!(recomputed(&due), exact(due.amount));
            }
        }
    }

    #[test]
    fn what_promoters_share_is_the_whole_at_every_instalment(
        facts in any_year(), rule in any_rule(), weights in prop::collection::vec(1..1_000_u32, 1..6), cut in 0..=1_000_i64
    ) {
        let sum: u32 = weights.iter().sum();
        let mut split: Vec<Rate> = weights.iter().map(|weight| Rate::from_ppm(weight * 1_000_000 / sum).unwrap()).collect();
        let rest = split.iter().fold(Rate::ONE, |rest, share| Rate::from_ppm(rest.ppm() - share.ppm()).unwrap());
        split[0] = split[0].checked_add(rest).unwrap();
        let among = u32::try_from(split.len()).unwrap();
        let alone = terms(vec![rule.clone()]);
        let shared = terms(vec![Rule { split, ..rule }]);
        let facts = SaleFacts { collected: part_of(facts.contracted().unwrap(), cut), ..facts };
        let parts = (1..=among).map(|position| {
            let facts = SaleFacts { place: Place { position, among }, ..facts.clone() };
            for due in evaluated(&facts, &shared).entitlements {
                assert_eq!(recomputed(&due), exact(due.amount));
            }
            amounts(&facts, &shared)[0]
        });
        prop_assert_eq!(Money::sum(parts, Currency::EUR), Some(amounts(&facts, &alone)[0]));
    }

    #[test]
    fn each_line_is_counted_once_whatever_rules_compete_for_it(facts in any_year(), named in prop::collection::vec(0..4_usize, 1..4)) {
        let only = |which: usize| match which {
            0 => Selector::default(),
            1 => Selector { product_lines: ["one".to_owned()].into(), ..Selector::default() },
            2 => Selector { items: ["a".to_owned()].into(), ..Selector::default() },
            _ => Selector { items: ["b".to_owned()].into(), product_lines: ["one".to_owned()].into(), ..Selector::default() },
        };
        // All of the net price, so that what is due is what is counted; one general rule catches the rest.
        let named: BTreeSet<usize> = named.into_iter().chain([0]).collect();
        let rules = named.iter().map(|which| Rule { only: only(*which), ..rule(&format!("rule_{which}"), RuleKind::Commission, Base::Net, "1") });
        let terms = terms(rules.collect());
        let contracted = facts.contracted().unwrap();
        let facts = SaleFacts { collected: contracted, ..facts };
        prop_assert_eq!(Money::sum(amounts(&facts, &terms), Currency::EUR), Some(contracted));
        let evaluation = evaluated(&facts, &terms);
        for not in evaluation.not_applied {
            prop_assert_eq!(not.reason == NotAppliedReason::SupersededRule, !not.lost_to.is_empty());
        }
    }
}
