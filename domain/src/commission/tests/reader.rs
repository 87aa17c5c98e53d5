//! A reader of explanations, in exact fractions: it computes amounts again and shares no arithmetic with the rules.

use std::collections::HashSet;

use num_rational::BigRational;

use super::*;
use crate::commission::{Named, Operation, Quantity};

/// A plain decimal as a fraction.
pub(super) fn fraction(decimal: &str) -> BigRational {
    let (whole, digits) = decimal.split_once('.').unwrap_or((decimal, ""));
    format!("{whole}{digits}/1{}", "0".repeat(digits.len())).parse().unwrap()
}

/// Half up at a number of digits: the floor of twice the value and one, halved.
pub(super) fn half_up(value: &BigRational, digits: u32) -> BigRational {
    let shift = fraction(&format!("1{}", "0".repeat(digits.try_into().unwrap())));
    (value * &shift + fraction("0.5")).floor() / shift
}

pub(super) fn exact(amount: Money) -> BigRational {
    fraction(&amount.to_string())
}

/// The part at `place`, from 0, of a whole that is split by the largest remainder.
pub(super) fn largest_remainder(whole: &BigRational, weights: &[BigRational], place: usize, digits: u32) -> BigRational {
    let unit = fraction("1") / fraction(&format!("1{}", "0".repeat(digits.try_into().unwrap())));
    let sum = weights.iter().fold(fraction("0"), |sum, weight| sum + weight);
    let ideal: Vec<_> = weights.iter().map(|weight| whole * weight / &sum / &unit).collect();
    let mut parts: Vec<_> = ideal.iter().map(BigRational::floor).collect();
    while parts.iter().fold(fraction("0"), |sum, part| sum + part) < whole / &unit {
        // The first of those that are furthest below what they should be, each only once since it is above it then.
        let behind = |place: &usize| &ideal[*place] - &parts[*place];
        let most = (0..parts.len()).rev().max_by_key(behind).unwrap();
        parts[most] += fraction("1");
    }
    &parts[place] * unit
}

/// What the rule says by itself, and what stands beside the steps.
fn stated(entitlement: &Entitlement) -> HashSet<(Quantity, String)> {
    let explanation = &entitlement.explanation;
    let rule = &explanation.rule;
    let mut known: HashSet<(Quantity, String)> =
        explanation.inputs.iter().map(|Named { name, value }| (*name, value.to_string())).collect();
    let mut state = |name, value: String| _ = known.insert((name, value));
    state(Quantity::Reached, explanation.reached.to_string());
    state(Quantity::Contracted, explanation.contracted.to_string());
    match &rule.rate {
        RuleRate::Fixed(rate) => state(Quantity::Rate, rate.to_string()),
        RuleRate::OfStage => {
            let margin = explanation.inputs.iter().find(|input| input.name == Quantity::StageMargin);
            state(Quantity::Rate, margin.unwrap().value.to_string());
        }
        RuleRate::Amount { amount, .. } => state(Quantity::FixedAmount, amount.to_string()),
        RuleRate::VolumeTiers { tiers, .. } => {
            for tier in tiers {
                state(Quantity::Rate, tier.rate.to_string());
                state(Quantity::TierFrom, tier.from.to_string());
                tier.below.into_iter().for_each(|below| state(Quantity::TierBelow, below.to_string()));
            }
        }
        RuleRate::CountTiers { tiers } => tiers.iter().for_each(|tier| state(Quantity::Rate, tier.rate.to_string())),
    }
    if let Some(bounds) = &rule.bounds {
        bounds.floor.into_iter().for_each(|floor| state(Quantity::Floor, floor.to_string()));
        bounds.cap.into_iter().for_each(|cap| state(Quantity::Cap, cap.to_string()));
    }
    rule.split.iter().for_each(|weight| state(Quantity::Weight, weight.to_string()));
    explanation.earlier_years.iter().for_each(|earlier| state(Quantity::EarlierYears, earlier.to_string()));
    explanation.volume_before.iter().for_each(|before| state(Quantity::VolumeBefore, before.to_string()));
    for (_, line) in &explanation.lines {
        state(Quantity::Line, line.list.to_string());
        state(Quantity::Line, line.net.to_string());
        state(Quantity::Quantity, line.quantity.to_string());
    }
    known
}

/// Computes an amount again from nothing but its explanation, checking that each operand was stated before.
pub(super) fn recomputed(entitlement: &Entitlement) -> BigRational {
    let digits = entitlement.explanation.rounding.digits;
    let mut known = stated(entitlement);
    let mut last = fraction("0");
    for step in &entitlement.explanation.steps {
        for Named { name, value } in &step.operands {
            assert!(known.contains(&(*name, value.to_string())), "{name:?} {value} was not stated: {entitlement:?}");
        }
        let values: Vec<_> = step.operands.iter().map(|operand| fraction(&operand.value.to_string())).collect();
        last = match step.operation {
            Operation::Add => values.iter().fold(fraction("0"), |sum, value| sum + value),
            Operation::Multiply => values.iter().fold(fraction("1"), |product, value| product * value),
            Operation::Subtract => &values[0] - &values[1],
            Operation::Round => half_up(&values[0], digits),
            Operation::DivideAndRound => half_up(&(&values[0] / &values[1]), digits),
            Operation::Minimum => values.iter().min().unwrap().clone(),
            Operation::Maximum => values.iter().max().unwrap().clone(),
            Operation::Split => {
                let place: usize = step.operands[1].value.to_string().parse().unwrap();
                largest_remainder(&values[0], &values[2..], place - 1, digits)
            }
        };
        assert_eq!(last, fraction(&step.result.value.to_string()), "{step:?}");
        known.insert((step.result.name, step.result.value.to_string()));
    }
    last
}
