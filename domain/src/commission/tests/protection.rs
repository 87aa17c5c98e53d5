//! Sales inside another partner's protection (R36): the customer pays, and nobody earns.

use super::*;
use crate::commission::{NotAppliedReason, OutcomeReason, Quantity, is_all_protected, outcome, settle};

/// Half of what is sold stands in another's protection.
fn half_protected() -> Vec<AnnuityLine> {
    vec![line(ItemKind::NetworkModule, "1000.00"), protected(line(ItemKind::NetworkModule, "1000.00"))]
}

#[test]
fn r36_a_commission_counts_no_line_inside_anothers_protection() {
    assert_eq!(due(&year(1, 1, half_protected()), &referrer()), "150.00");
    let all = vec![protected(line(ItemKind::NetworkModule, "1000.00"))];
    for of_year in 1..=3 {
        assert_eq!(due(&year(1, of_year, all.clone()), &referrer()), "protected_by_other", "year {of_year}");
    }
    assert_eq!(due(&year(1, 1, all), &affiliated_integrator()), "protected_by_other", "whatever the sale's ordinal");
}

#[test]
fn r36_the_outcome_of_a_sale_that_is_protected_whole_says_so_in_every_year() {
    let all = vec![protected(line(ItemKind::NetworkModule, "1000.00"))];
    for of_year in 1..=3 {
        let facts = SaleFacts { collected: eur("0.00"), ..year(2, of_year, all.clone()) };
        let evaluation = evaluated(&facts, &referrer());
        assert_eq!(outcome(&evaluation), Some(OutcomeReason::ProtectedByOther));
        assert_eq!(evaluation.not_applied[0].reason, NotAppliedReason::ProtectedByOther);
    }
    let none = vec![protected(line(ItemKind::Complementary, "9.00"))];
    assert_eq!(outcome(&evaluated(&year(1, 1, none), &referrer())), Some(OutcomeReason::TypeDoesNotEarn), "no rule counts it");
}

#[test]
fn r36_a_margin_leaves_the_whole_of_a_protected_line_to_the_share() {
    let facts = SaleFacts { stage: Some(stage_3()), uplift_applies: true, ..year(1, 1, half_protected()) };
    let entitlement = only(evaluated(&facts, &reseller()));
    assert_eq!((entitlement.amount, entitlement.margin_kept), (eur("1650.00"), Some(eur("350.00"))));
    let mut facts = SaleFacts { uplift_applies: false, ..facts };
    facts.lines = vec![protected(line(ItemKind::NetworkModule, "1000.00")), protected(line(ItemKind::PartnerOwn, "400.00"))];
    for value in [&mut facts.standing, &mut facts.invoiced, &mut facts.collected] {
        *value = eur("1400.00");
    }
    let settlement = settle(&facts, &reseller(), eur("0.00")).unwrap().unwrap();
    assert_eq!((settlement.share_due, settlement.margin_kept), (eur("1000.00"), eur("0.00")));
    assert_eq!((settlement.own_lines, settlement.kept), (eur("400.00"), eur("400.00")), "its own lines stay its own (R42)");
}

#[test]
fn r36_a_promoter_of_a_protected_line_has_no_part_of_the_sellers_margin() {
    let by_margin = terms(vec![Rule { base: Base::Margin, ..promoter().rules[0].clone() }]);
    let facts = SaleFacts { seller_margin: Some(rate("0.3")), ..year(1, 1, half_protected()) };
    assert_eq!(due(&facts, &by_margin), "30.00");
}

#[test]
fn r36_the_buy_price_of_a_protected_line_is_all_that_the_customer_pays() {
    let discounted = AnnuityLine { net: eur("900.00"), ..protected(line(ItemKind::NetworkModule, "1200.00")) };
    let facts = year(1, 1, vec![line(ItemKind::NetworkModule, "1200.00"), discounted]);
    assert_eq!(due(&facts, &affiliate()), "1500.00", "half of the list price, and all of the net price");
    let part = SaleFacts { collected: eur("700.00"), ..facts.clone() };
    let entitlement = only(evaluated(&part, &affiliate()));
    assert_eq!(entitlement.amount, eur("500.00"));
    let named = |name| {
        entitlement.explanation.steps.iter().find(|step| step.result.name == name).map(|step| step.result.value.to_string())
    };
    assert_eq!(named(Quantity::AtBuyPrice).as_deref(), Some("200.00"));
    assert_eq!(named(Quantity::ProtectedToDate).as_deref(), Some("300.00"));
    let settlement = settle(&facts, &affiliate(), eur("0.00")).unwrap().unwrap();
    assert_eq!((settlement.share_due, settlement.margin_kept), (eur("1500.00"), eur("600.00")));
}

#[test]
fn r36_only_what_is_protected_whole_is_said_to_be() {
    let all = [protected(line(ItemKind::NetworkModule, "1000.00")), line(ItemKind::PartnerOwn, "400.00")];
    for terms in [referrer(), affiliate(), reseller()] {
        let rule = &terms.rules[0];
        assert!(is_all_protected(rule, &all), "{}: no rule is about the partner's own line", rule.code);
        assert!(!is_all_protected(rule, &half_protected()), "{}", rule.code);
        assert!(!is_all_protected(rule, &all[1..]), "{}: nothing to earn is nothing protected", rule.code);
    }
}
