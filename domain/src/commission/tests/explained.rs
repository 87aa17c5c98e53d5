//! What an explanation says.

use super::*;
use crate::commission::{Named, NotApplied, NotAppliedReason, Operation, Quantity, RoundingMode, Step};

/// A step as a reader would write it down.
fn written(step: &Step) -> String {
    let named = |named: &Named| format!("{} {}", named.name.code(), named.value);
    let operands: Vec<_> = step.operands.iter().map(named).collect();
    format!("{}({}) = {}", step.operation.code(), operands.join(", "), named(&step.result))
}

fn steps(entitlement: &Entitlement) -> Vec<String> {
    entitlement.explanation.steps.iter().map(written).collect()
}

#[test]
fn a_commission_collected_in_part_is_explained_step_by_step() {
    let facts = SaleFacts { collected: eur("99.99"), ..year(1, 1, vec![line(ItemKind::NetworkModule, "1199.88")]) };
    let entitlement = only(evaluated(&facts, &referrer()));
    assert_eq!(
        steps(&entitlement),
        [
            "add(line 1199.88) = base 1199.88",
            "multiply(rate 0.15, base 1199.88) = in_full 179.982",
            "multiply(in_full 179.982, reached 99.99) = weighted 17996.40018",
            "divide_and_round(weighted 17996.40018, contracted 1199.88) = amount 15.00",
        ]
    );
}

#[test]
fn a_commission_collected_in_full_is_the_rate_of_the_base() {
    let facts = year(1, 1, vec![line(ItemKind::NetworkModule, "1199.88")]);
    assert_eq!(
        steps(&only(evaluated(&facts, &referrer()))),
        [
            "add(line 1199.88) = base 1199.88",
            "multiply(rate 0.15, base 1199.88) = in_full 179.982",
            "round(in_full 179.982) = amount 179.98",
        ]
    );
}

#[test]
fn a_share_is_explained_by_the_margin_that_is_kept() {
    let facts = SaleFacts { uplift_applies: true, collected: eur("760.01"), ..reseller_year() };
    assert_eq!(
        steps(&only(evaluated(&facts, &reseller()))),
        [
            "add(stage_margin 0.3, uplift 0.05) = rate 0.35",
            "add(line 1000.00) = network_net 1000.00",
            "multiply(network_net 1000.00, reached 760.01) = weighted 760010",
            "divide_and_round(weighted 760010, contracted 1520.00) = network_to_date 500.01",
            "multiply(rate 0.35, network_to_date 500.01) = exact_margin 175.0035",
            "round(exact_margin 175.0035) = margin 175.00",
            "subtract(network_to_date 500.01, margin 175.00) = amount 325.01",
        ]
    );
}

#[test]
fn an_explanation_says_all_that_was_known_and_all_that_did_not_apply() {
    let mut terms = reseller();
    terms.rules.push(first_annuity("0.15", 2).rules.remove(0));
    let facts = SaleFacts { uplift_applies: true, seller_margin: Some(rate("0.2")), ..reseller_year() };
    let evaluation = evaluated(&facts, &terms);
    let explanation = &evaluation.entitlements[0].explanation;
    let known = |name| explanation.inputs.iter().find(|input| input.name == name).map(|input| input.value.to_string());
    for (name, value) in [
        (Quantity::Ordinal, "1"),
        (Quantity::Year, "1"),
        (Quantity::Currency, "EUR"),
        (Quantity::Stage, "stage_3"),
        (Quantity::StageMargin, "0.3"),
        (Quantity::UpliftApplies, "true"),
        (Quantity::Uplift, "0.05"),
        (Quantity::SellerMargin, "0.2"),
        (Quantity::Contracted, "1520.00"),
        (Quantity::Standing, "1520.00"),
        (Quantity::Invoiced, "1520.00"),
        (Quantity::Collected, "1520.00"),
    ] {
        assert_eq!(known(name).as_deref(), Some(value), "{name:?}");
    }
    assert_eq!(evaluation.inputs, explanation.inputs);
    assert_eq!(*explanation.rule, terms.rules[0]);
    assert_eq!(explanation.lines, [(0, facts.lines[0].clone())]);
    assert_eq!(
        (explanation.base.to_string().as_str(), explanation.reached, explanation.contracted),
        ("1000.00", eur("1520.00"), eur("1520.00"))
    );
    assert_eq!((explanation.rounding.mode, explanation.rounding.digits), (RoundingMode::HalfUp, 2));
    let kind = crate::ledger::EntryKind::Commission;
    let below = NotApplied { rule: "first_annuity".into(), kind, reason: NotAppliedReason::BelowFirstPaidSale, lost_to: vec![] };
    assert_eq!(evaluation.not_applied, [below]);
    assert_eq!(explanation.not_applied, evaluation.not_applied);
}

#[test]
fn every_code_leads_back_to_its_value() {
    assert!(Operation::ALL.iter().all(|operation| Operation::from_code(operation.code()) == Some(*operation)));
    assert!(Quantity::ALL.iter().all(|quantity| Quantity::from_code(quantity.code()) == Some(*quantity)));
    assert!(RoundingMode::ALL.iter().all(|mode| RoundingMode::from_code(mode.code()) == Some(*mode)));
}
