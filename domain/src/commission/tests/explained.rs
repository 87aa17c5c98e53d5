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
    let whole = [
        "add(stage_margin 0.3, uplift 0.05) = rate 0.35",
        "add(line 1000.00) = network_net 1000.00",
        "multiply(rate 0.35, network_net 1000.00) = exact_margin 350",
    ];
    let part = [
        "subtract(network_net 1000.00, exact_margin 350) = in_full 650",
        "multiply(in_full 650, reached 760.01) = weighted 494006.5",
        "divide_and_round(weighted 494006.5, contracted 1520.00) = amount 325.00",
    ];
    let entitlement = only(evaluated(&facts, &reseller()));
    assert_eq!(steps(&entitlement), [whole, part].concat());
    assert_eq!(entitlement.margin_kept, Some(eur("175.01")), "of 500.01, what was reached of the network lines");
    let facts = SaleFacts { collected: eur("1520.00"), ..facts };
    let all = ["round(exact_margin 350) = margin 350.00", "subtract(network_net 1000.00, margin 350.00) = amount 650.00"];
    assert_eq!(steps(&only(evaluated(&facts, &reseller()))), [&whole[..], &all].concat());
}

#[test]
fn a_share_of_a_part_is_rounded_once_and_the_whole_by_its_margin() {
    let year_of = |network: &str, collected: &str| {
        let lines = vec![line(ItemKind::NetworkModule, network), line(ItemKind::PartnerOwn, "100.00")];
        SaleFacts { stage: Some(stage_3()), collected: eur(collected), ..year(1, 1, lines) }
    };
    let share = |network, collected| due(&year_of(network, collected), &reseller());
    // 70 % of 999.99 are 699.993: of 101.48 of 1,099.99 they are 64.578, not 92.25 less 27.68.
    assert_eq!(share("999.99", "101.48"), "64.58");
    assert_eq!(share("999.99", "1099.99"), "699.99");
    // 30 % of 100.05 are 30.015: of the whole the margin is 30.02. All but one cent of it is 70.0315 of the share.
    assert_eq!((share("100.05", "200.05"), share("100.05", "200.04")), ("70.03".into(), "70.03".into()));
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
