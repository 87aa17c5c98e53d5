//! Facts that cannot be evaluated, each named.

use super::*;
use crate::commission::{FactsFault, settle};

fn faults(facts: &SaleFacts, terms: &Terms) -> Vec<FactsFault> {
    evaluate(facts, terms).unwrap_err()
}

#[test]
fn every_fault_is_named_at_once() {
    let yen = Money::from_minor(5, Currency::JPY);
    let negative = AnnuityLine { net: eur("-0.01"), ..line(ItemKind::NetworkModule, "1.00") };
    let one_off = AnnuityLine { recurring: false, ..line(ItemKind::NetworkService, "1.00") };
    let facts = SaleFacts {
        ordinal: 0,
        lines: vec![AnnuityLine { list: yen, ..line(ItemKind::NetworkModule, "1.00") }, negative, one_off],
        invoiced: yen,
        collected: eur("-0.01"),
        ..year(1, 2, vec![])
    };
    assert_eq!(
        faults(&facts, &reseller()),
        [
            FactsFault::OrdinalZero,
            FactsFault::LineCurrency { line: 0, found: Currency::JPY },
            FactsFault::NegativeLine { line: 1 },
            FactsFault::OneOffAfterFirstYear { line: 2 },
            FactsFault::ReachedCurrency { trigger: Trigger::Invoiced, found: Currency::JPY },
            FactsFault::NegativeReached { trigger: Trigger::Collected },
            FactsFault::NoStageInForce { rule: "margin".into() },
        ]
    );
}

#[test]
fn contract_years_are_counted_from_1() {
    assert_eq!(faults(&sale(1, 0), &referrer()), [FactsFault::YearZero]);
}

#[test]
fn no_more_is_invoiced_or_collected_than_was_contracted() {
    let contracted = eur("1200.00");
    for (reached, refused) in [("1199.99", false), ("1200.00", false), ("1200.01", true)] {
        let reached = eur(reached);
        let evaluation = evaluate(&SaleFacts { invoiced: reached, collected: reached, ..sale(1, 1) }, &referrer());
        let above = |trigger| FactsFault::AboveContracted { trigger, reached, contracted };
        let expected = vec![above(Trigger::Invoiced), above(Trigger::Collected)];
        assert_eq!(evaluation.err(), refused.then_some(expected), "{reached}");
    }
}

#[test]
fn a_margin_with_its_uplift_is_never_more_than_the_whole() {
    for (margin, refused) in [("0.949999", false), ("0.95", false), ("0.950001", true)] {
        let stage = Some(Stage { margin: rate(margin), ..stage_3() });
        let facts = SaleFacts { stage, uplift_applies: true, ..reseller_year() };
        let expected = vec![FactsFault::MarginAboveWhole { rule: "margin".into() }];
        assert_eq!(evaluate(&facts, &reseller()).err(), refused.then_some(expected), "{margin}");
    }
}

#[test]
fn a_margin_holds_for_every_sale_and_every_year() {
    let expected = [FactsFault::MarginNotEverySale { rule: "margin".into() }];
    let mut terms = reseller();
    terms.rules[0].from_sale = 2;
    assert_eq!(faults(&reseller_year(), &terms), expected);
    terms.rules[0] = Rule { from_sale: 1, recurrence: Recurrence::Once, ..terms.rules[0].clone() };
    assert_eq!(faults(&reseller_year(), &terms), expected);
}

#[test]
fn only_a_margin_takes_its_rate_of_a_stage() {
    let mut terms = referrer();
    terms.rules[0].rate = RuleRate::OfStage;
    assert_eq!(faults(&reseller_year(), &terms), [FactsFault::StageRateOutsideMargin { rule: "first_annuity".into() }]);
}

#[test]
fn an_amount_that_cannot_be_computed_with_is_refused() {
    let huge = AnnuityLine { net: Money::from_minor(i64::MAX, Currency::EUR), ..line(ItemKind::NetworkModule, "1.00") };
    let facts = SaleFacts { lines: vec![huge.clone(), huge.clone()], ..year(1, 1, vec![]) };
    assert_eq!(faults(&facts, &referrer()), [FactsFault::OutOfRange]);
    let half = Money::from_minor(i64::MAX / 2, Currency::EUR);
    let facts = SaleFacts { collected: half, ..year(1, 1, vec![huge]) };
    assert_eq!(faults(&facts, &referrer()), [FactsFault::OutOfRange]);
}

#[test]
fn promoters_commissions_are_in_the_sales_currency() {
    let yen = Money::from_minor(5, Currency::JPY);
    assert_eq!(
        settle(&SaleFacts { ordinal: 0, ..reseller_year() }, &reseller(), yen),
        Err(vec![FactsFault::OrdinalZero, FactsFault::PromoterCurrency { found: Currency::JPY }])
    );
}
