//! Tiers by volume that add up over several sales. Each figure is worked out by hand.

use super::{reader::recomputed, *};
use crate::{
    commission::{FactsFault, RuleSet, SaleVolume, VolumeBefore},
    network::{Selector, TierMode, VolumeOver, VolumeTier},
};

/// 5 % below 1,000.00, 10 % below 2,000.00 and 20 % above, of the annuity, every year.
fn tiered(mode: TierMode, over: VolumeOver) -> Rule {
    let tier = |from, below: Option<&str>, part| VolumeTier { from: eur(from), below: below.map(eur), rate: rate(part) };
    let tiers =
        vec![tier("0.00", Some("1000.00"), "0.05"), tier("1000.00", Some("2000.00"), "0.1"), tier("2000.00", None, "0.2")];
    Rule { rate: RuleRate::VolumeTiers { mode, over, tiers }, ..rule("tiered", RuleKind::Commission, Base::Annuity, "0") }
}

fn before(amount: &str) -> Vec<VolumeBefore> {
    vec![VolumeBefore { rule: "tiered".into(), amount: eur(amount) }]
}

fn sold_after(amount: &str, net: &str) -> SaleFacts {
    SaleFacts { volumes_before: before(amount), ..year(3, 1, vec![line(ItemKind::NetworkModule, net)]) }
}

fn comes_to(facts: &SaleFacts, rule: Rule) -> String {
    let due = only(evaluated(facts, &terms(vec![rule])));
    assert_eq!(recomputed(&due), reader::exact(due.amount), "{:?}", due.explanation.steps);
    due.amount.to_string()
}

#[test]
fn a_sale_stands_on_the_volume_before_it_and_is_split_where_it_crosses_a_threshold() {
    let over = VolumeOver::CalendarYear;
    for (earlier, net, marginal, whole) in [
        ("0.00", "600.00", "30.00", "30.00"),
        // 400.00 at 5 % and 200.00 at 10 %.
        ("600.00", "600.00", "40.00", "60.00"),
        ("400.00", "600.00", "30.00", "60.00"),
        ("399.99", "600.00", "30.00", "30.00"),
        ("1000.00", "600.00", "60.00", "60.00"),
        // 100.00 at 5 %, 1,000.00 at 10 % and 400.00 at 20 %.
        ("900.00", "1500.00", "185.00", "300.00"),
        ("9000.00", "600.00", "120.00", "120.00"),
    ] {
        let facts = sold_after(earlier, net);
        assert_eq!(comes_to(&facts, tiered(TierMode::Marginal, over)), marginal, "{earlier} {net} marginal");
        assert_eq!(comes_to(&facts, tiered(TierMode::Whole, over)), whole, "{earlier} {net} whole");
    }
}

#[test]
fn a_rule_whose_volume_is_the_annuitys_asks_for_nothing_before_it() {
    let facts = sold_after("9000.00", "600.00");
    assert_eq!(comes_to(&facts, tiered(TierMode::Marginal, VolumeOver::Annuity)), "30.00");
    let due = only(evaluated(&facts, &terms(vec![tiered(TierMode::Whole, VolumeOver::Annuity)])));
    assert_eq!(due.explanation.volume_before, None);
    let due = only(evaluated(&facts, &terms(vec![tiered(TierMode::Whole, VolumeOver::Life)])));
    assert_eq!(due.explanation.volume_before, Some(eur("9000.00")));
}

#[test]
fn what_is_collected_of_a_crossing_sale_earns_its_part_of_the_whole_of_it() {
    let facts = sold_after("600.00", "600.00");
    let collected = |text| SaleFacts { collected: eur(text), ..facts.clone() };
    let marginal = || Rule { trigger: Trigger::Collected, ..tiered(TierMode::Marginal, VolumeOver::Life) };
    let to_date: Vec<_> = ["150.00", "300.00", "600.00"].into_iter().map(|text| comes_to(&collected(text), marginal())).collect();
    assert_eq!(to_date, ["10.00", "20.00", "40.00"]);
}

#[test]
fn each_year_of_a_sale_stands_on_the_same_volume() {
    let rule = || tiered(TierMode::Marginal, VolumeOver::Life);
    let renewal = SaleFacts { year: 2, ..sold_after("600.00", "600.00") };
    assert_eq!(comes_to(&renewal, rule()), "40.00");
}

#[test]
fn volumes_in_another_currency_or_below_nothing_are_no_facts() {
    let terms = terms(vec![tiered(TierMode::Whole, VolumeOver::Life)]);
    let yen = VolumeBefore { rule: "tiered".into(), amount: Money::from_minor(5, Currency::JPY) };
    for volumes_before in [vec![yen], before("-0.01")] {
        let facts = SaleFacts { volumes_before, ..sale(1, 1) };
        assert_eq!(evaluate(&facts, &terms), Err(vec![FactsFault::VolumeBefore]));
    }
}

fn counted(facts: &SaleFacts, rules: Vec<Rule>) -> Vec<(String, VolumeOver, String)> {
    let volumes = RuleSet::of(&terms(rules)).volumes(facts).unwrap();
    let said = |SaleVolume { rule, over, amount }: SaleVolume| (rule.code.clone(), over, amount.to_string());
    volumes.into_iter().map(said).collect()
}

#[test]
fn a_sale_counts_what_its_first_year_comes_to_for_each_rule_that_adds_up() {
    let over = VolumeOver::Life;
    let lines = vec![
        line(ItemKind::NetworkModule, "1000.00"),
        line(ItemKind::PartnerOwn, "400.00"),
        protected(line(ItemKind::NetworkModule, "50.00")),
    ];
    let nothing = eur("0.00");
    let facts = SaleFacts { standing: nothing, invoiced: nothing, collected: nothing, ..year(1, 1, lines) };
    let modules = || Rule { lines: BTreeSet::from([ItemKind::NetworkModule]), ..tiered(TierMode::Whole, over) };
    let one = |amount: &str| vec![("tiered".to_owned(), over, amount.to_owned())];
    assert_eq!(counted(&facts, vec![modules(), rule("plain", RuleKind::Commission, Base::Net, "0.1")]), one("1000.00"));
    let from_second = Rule { from_sale: 2, ..modules() };
    assert_eq!(counted(&facts, vec![from_second]), one("1000.00"), "D11: what is not paid counts");
    let of_annuity = tiered(TierMode::Whole, VolumeOver::Annuity);
    assert_eq!(counted(&facts, vec![of_annuity]), [], "nothing adds up");
    let abroad = Rule { only: Selector { segments: BTreeSet::from(["public".to_owned()]), ..Selector::default() }, ..modules() };
    assert_eq!(counted(&facts, vec![abroad]), [], "it is about other customers");
    let yen = SaleFacts { currency: Currency::JPY, ..year(1, 1, vec![]) };
    assert_eq!(counted(&yen, vec![modules()]), [], "currencies are never added");
}

#[test]
fn lines_that_a_more_specific_rule_takes_do_not_count() {
    let of = |item: &str, amount| AnnuityLine { item: Some(item.into()), ..line(ItemKind::NetworkModule, amount) };
    let facts = year(1, 1, vec![of("a", "1000.00"), of("b", "200.00")]);
    let on_item = Rule {
        only: Selector { items: BTreeSet::from(["b".to_owned()]), ..Selector::default() },
        ..rule("on_item", RuleKind::Commission, Base::Annuity, "0.5")
    };
    let expected = [("tiered".to_owned(), VolumeOver::CalendarYear, "1000.00".to_owned())];
    assert_eq!(counted(&facts, vec![tiered(TierMode::Marginal, VolumeOver::CalendarYear), on_item]), expected);
}
