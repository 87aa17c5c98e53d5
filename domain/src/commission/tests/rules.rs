//! What rules can say beside a rate: amounts, tiers, bounds, years, precedence and splits. Each figure is worked out by hand.

use super::{reader::recomputed, *};
use crate::{
    commission::{NotAppliedReason, OutcomeReason, RuleAmount, RuleSet, outcome},
    network::{Bounds, BoundsPer, CountTier, Per, Selector, TierMode, VolumeOver, VolumeTier, Years},
    partner::Country,
};

/// A commission of a tenth of the annuity, every year, changed.
fn commission(change: impl FnOnce(&mut Rule)) -> Rule {
    let mut rule = rule("commission", RuleKind::Commission, Base::Annuity, "0.1");
    change(&mut rule);
    rule
}

fn one(change: impl FnOnce(&mut Rule)) -> Terms {
    terms(vec![commission(change)])
}

fn amount(text: &str, per: Per) -> RuleRate {
    RuleRate::Amount { amount: eur(text), per }
}

fn tiers(mode: TierMode) -> RuleRate {
    let tier = |from, below: Option<&str>, part| VolumeTier { from: eur(from), below: below.map(eur), rate: rate(part) };
    RuleRate::VolumeTiers {
        mode,
        over: VolumeOver::Annuity,
        tiers: vec![tier("0.00", Some("1000.00"), "0.05"), tier("1000.00", Some("2000.00"), "0.1"), tier("2000.00", None, "0.2")],
    }
}

fn sold(net: &str) -> SaleFacts {
    year(1, 1, vec![line(ItemKind::NetworkModule, net)])
}

/// What each rule makes due, or why nothing, in the order of the terms; amounts alone are held to be the same, and each
/// explanation to come to its amount.
fn each(facts: &SaleFacts, terms: &Terms) -> Vec<String> {
    let evaluation = evaluated(facts, terms);
    for due in &evaluation.entitlements {
        assert_eq!(recomputed(due), reader::exact(due.amount), "{:?}", due.explanation.steps);
    }
    let mut amounts = Vec::new();
    RuleSet::of(terms).amounts(facts, &mut amounts).unwrap();
    let said = |amount: &RuleAmount| match amount {
        RuleAmount::Due { amount, .. } => amount.to_string(),
        RuleAmount::Nothing(reason) => reason.code().to_owned(),
    };
    for (rule, amount) in terms.rules.iter().zip(&amounts) {
        let due = evaluation.entitlements.iter().find(|due| due.rule == rule.code).map(|due| due.amount.to_string());
        let not = evaluation.not_applied.iter().find(|not| not.rule == rule.code).map(|not| not.reason.code().to_owned());
        assert_eq!(due.or(not), Some(said(amount)), "{}", rule.code);
    }
    amounts.iter().map(said).collect()
}

fn only_one(facts: &SaleFacts, terms: &Terms) -> String {
    let [said] = <[String; 1]>::try_from(each(facts, terms)).unwrap();
    said
}

#[test]
fn a_fixed_amount_is_paid_once_for_a_sale_and_each_year_for_a_year() {
    let per_sale = one(|rule| (rule.rate, rule.recurrence) = (amount("50.00", Per::Sale), Recurrence::Once));
    assert_eq!(only_one(&sale(1, 1), &per_sale), "50.00");
    assert_eq!(only_one(&sale(1, 2), &per_sale), "one_time_first_annuity");
    let per_year = one(|rule| rule.rate = amount("50.00", Per::Year));
    assert_eq!(only_one(&sale(1, 2), &per_year), "50.00");
}

#[test]
fn a_fixed_amount_per_unit_counts_the_units_of_the_lines_that_the_rule_counts() {
    let of = |kind, quantity| AnnuityLine { quantity, ..line(kind, "300.00") };
    let facts = year(1, 1, vec![of(ItemKind::NetworkModule, 3), of(ItemKind::PartnerOwn, 9), of(ItemKind::NetworkService, 2)]);
    let per_unit = one(|rule| rule.rate = amount("7.50", Per::Unit));
    assert_eq!(only_one(&facts, &per_unit), "37.50", "three and two units");
}

#[test]
fn a_fixed_amount_comes_with_the_part_that_is_collected_and_adds_up_to_itself() {
    let per_year = one(|rule| rule.rate = amount("100.00", Per::Year));
    let collected = |text| only_one(&SaleFacts { collected: eur(text), ..sold("900.00") }, &per_year);
    assert_eq!([collected("300.00"), collected("600.00"), collected("900.00")], ["33.33", "66.67", "100.00"]);
}

#[test]
fn a_fixed_amount_in_another_currency_than_the_sale_does_not_apply_and_says_so() {
    let yen = RuleRate::Amount { amount: Money::from_minor(5_000, Currency::JPY), per: Per::Year };
    let terms = one(|rule| rule.rate = yen);
    assert_eq!(only_one(&sale(1, 1), &terms), "other_currency");
    assert_eq!(outcome(&evaluated(&sale(1, 1), &terms)), Some(OutcomeReason::OtherCurrency));
    let capped = one(|rule| {
        rule.bounds = Some(Bounds { per: BoundsPer::Annuity, floor: None, cap: Some(Money::from_minor(5, Currency::JPY)) });
    });
    assert_eq!(only_one(&sale(1, 1), &capped), "other_currency");
}

#[test]
fn marginal_tiers_give_each_part_its_own_rate_and_whole_tiers_the_rate_that_is_reached() {
    for (net, marginal, whole) in [
        ("999.99", "50.00", "50.00"),
        ("1000.00", "50.00", "100.00"),
        ("1500.00", "100.00", "150.00"),
        ("2000.00", "150.00", "400.00"),
        ("3000.00", "350.00", "600.00"),
    ] {
        assert_eq!(only_one(&sold(net), &one(|rule| rule.rate = tiers(TierMode::Marginal))), marginal, "{net} marginal");
        assert_eq!(only_one(&sold(net), &one(|rule| rule.rate = tiers(TierMode::Whole))), whole, "{net} whole");
    }
}

#[test]
fn the_tier_that_is_reached_is_that_of_the_whole_year_whatever_was_collected() {
    let terms = one(|rule| rule.rate = tiers(TierMode::Whole));
    assert_eq!(only_one(&SaleFacts { collected: eur("750.00"), ..sold("3000.00") }, &terms), "150.00", "a quarter of 600.00");
}

#[test]
fn tiers_by_count_have_the_rate_of_the_sales_ordinal() {
    let tier = |from, to, part| CountTier { from, to, rate: rate(part) };
    let tiers = vec![tier(1, Some(5), "0.1"), tier(6, Some(6), "0.15"), tier(7, None, "0.2")];
    let terms = one(|rule| rule.rate = RuleRate::CountTiers { tiers });
    for (ordinal, due) in [(1, "120.00"), (5, "120.00"), (6, "180.00"), (7, "240.00"), (100, "240.00")] {
        assert_eq!(only_one(&sale(ordinal, 1), &terms), due, "sale {ordinal}");
    }
}

#[test]
fn a_floor_raises_and_a_cap_lowers_what_the_year_comes_to_before_a_part_of_it_is_taken() {
    let bounds = |floor: &str, cap: &str| {
        let bounds = Bounds { per: BoundsPer::Annuity, floor: Some(eur(floor)), cap: Some(eur(cap)) };
        one(|rule| rule.bounds = Some(bounds))
    };
    assert_eq!(only_one(&sold("1200.00"), &bounds("100.00", "150.00")), "120.00", "within");
    assert_eq!(only_one(&sold("900.00"), &bounds("100.00", "150.00")), "100.00", "floor");
    assert_eq!(only_one(&sold("1600.00"), &bounds("100.00", "150.00")), "150.00", "cap");
    let half = SaleFacts { collected: eur("800.00"), ..sold("1600.00") };
    assert_eq!(only_one(&half, &bounds("100.00", "150.00")), "75.00", "half of the cap");
}

#[test]
fn bounds_of_a_sale_are_about_all_its_years_together() {
    let of_sale = |floor: Option<&str>, cap: Option<&str>| {
        let bounds = Bounds { per: BoundsPer::Sale, floor: floor.map(eur), cap: cap.map(eur) };
        one(|rule| rule.bounds = Some(bounds))
    };
    let lines = vec![line(ItemKind::NetworkModule, "1200.00")];
    let in_year = |of_year: u32, terms: &Terms| {
        let earlier_years = vec![lines.clone(); usize::try_from(of_year - 1).unwrap()];
        only_one(&SaleFacts { earlier_years, ..sale(1, of_year) }, terms)
    };
    // 120.00 a year: the cap is used up in the third.
    let capped = of_sale(None, Some("300.00"));
    assert_eq!([1, 2, 3, 4].map(|of_year| in_year(of_year, &capped)), ["120.00", "120.00", "60.00", "0.00"]);
    // The floor is paid with the first; the second and half of the third have been paid by then.
    let floored = of_sale(Some("300.00"), None);
    assert_eq!([1, 2, 3, 4].map(|of_year| in_year(of_year, &floored)), ["300.00", "0.00", "60.00", "120.00"]);
    let late = terms(vec![commission(|rule| {
        rule.years = Some(Years { from: 2, to: None });
        rule.bounds = Some(Bounds { per: BoundsPer::Sale, floor: Some(eur("300.00")), cap: None });
    })]);
    assert_eq!(in_year(2, &late), "300.00", "the years before the rule's first one are none of its");
}

#[test]
fn a_rule_earns_in_its_years_and_for_its_sales_only() {
    let years = one(|rule| rule.years = Some(Years { from: 2, to: Some(3) }));
    assert_eq!(
        [1, 2, 3, 4].map(|of_year| only_one(&sale(1, of_year), &years)),
        ["outside_years", "120.00", "120.00", "outside_years"]
    );
    let sales = one(|rule| (rule.from_sale, rule.to_sale) = (2, Some(3)));
    assert_eq!(
        [1, 2, 3, 4].map(|ordinal| only_one(&sale(ordinal, 1), &sales)),
        ["below_first_paid_sale", "120.00", "120.00", "above_last_paid_sale"]
    );
}

fn of_item(item: &str, product_line: &str, net: &str) -> AnnuityLine {
    AnnuityLine { item: Some(item.into()), product_line: Some(product_line.into()), ..line(ItemKind::NetworkModule, net) }
}

fn names(lists: &[(&str, &str)]) -> Selector {
    let mut only = Selector::default();
    for (list, name) in lists {
        match *list {
            "item" => _ = only.items.insert((*name).to_owned()),
            "line" => _ = only.product_lines.insert((*name).to_owned()),
            "segment" => _ = only.segments.insert((*name).to_owned()),
            _ => _ = only.countries.insert(Country::parse(name).unwrap()),
        }
    }
    only
}

/// A general rule, and one for each way to be more specific.
fn ladder() -> Terms {
    let step = |code: &str, part: &str, lists: &[(&str, &str)]| {
        let only = names(lists);
        commission(|rule| (rule.code, rule.rate, rule.only) = (code.into(), RuleRate::Fixed(rate(part)), only))
    };
    terms(vec![
        step("general", "0.1", &[]),
        step("country", "0.2", &[("country", "PT")]),
        step("segment", "0.3", &[("segment", "public")]),
        step("line", "0.4", &[("line", "commerce")]),
        step("item", "0.5", &[("item", "shop")]),
    ])
}

fn customer(segment: Option<&str>, country: &str) -> CustomerFacts {
    CustomerFacts { segment: segment.map(Into::into), country: Country::parse(country).ok() }
}

#[test]
fn the_most_specific_rule_counts_a_line_and_the_others_say_that_they_lost_it() {
    let lost = "superseded_rule";
    let no = "other_customer";
    let of_lines = |lines: Vec<AnnuityLine>, who| SaleFacts { customer: who, ..year(1, 1, lines) };
    let shop = || vec![of_item("shop", "commerce", "100.00")];
    let other = || vec![of_item("books", "commerce", "100.00")];
    let third = || vec![of_item("mail", "office", "100.00")];
    let public = || customer(Some("public"), "PT");
    assert_eq!(each(&of_lines(shop(), public()), &ladder()), [lost, lost, lost, lost, "50.00"]);
    assert_eq!(each(&of_lines(other(), public()), &ladder()), [lost, lost, lost, "40.00", "no_matching_lines"]);
    let none = "no_matching_lines";
    assert_eq!(each(&of_lines(third(), public()), &ladder()), [lost, lost, "30.00", none, none]);
    assert_eq!(each(&of_lines(third(), customer(None, "PT")), &ladder()), [lost, "20.00", no, none, none]);
    assert_eq!(each(&of_lines(third(), customer(None, "BR")), &ladder()), ["10.00", no, no, none, none]);
    let all = of_lines([shop(), other(), third()].concat(), customer(None, "BR"));
    assert_eq!(each(&all, &ladder()), ["10.00", no, no, "40.00", "50.00"], "each line by its own rule");
}

#[test]
fn an_explanation_names_the_rules_that_took_lines_and_what_makes_them_more_specific() {
    let facts = year(1, 1, vec![of_item("shop", "commerce", "100.00"), of_item("mail", "office", "100.00")]);
    let evaluation = evaluated(&facts, &ladder());
    let general = evaluation.entitlements.iter().find(|due| due.rule == "general").unwrap();
    let lost: Vec<_> = general.explanation.lost.iter().map(|lost| (lost.line, lost.to.only.specificity().named())).collect();
    assert_eq!(lost[0].0, 0);
    assert_eq!(general.amount, eur("10.00"));
    let line = evaluation.not_applied.iter().find(|not| not.rule == "line").unwrap();
    assert_eq!(line.reason, NotAppliedReason::SupersededRule);
    assert_eq!(line.lost_to.iter().map(|rule| rule.code.as_str()).collect::<Vec<_>>(), ["item"]);
    assert_eq!(line.lost_to[0].only.specificity().named(), ["items"]);
}

#[test]
fn a_rule_that_is_not_about_the_sale_takes_no_lines_but_one_that_waits_does() {
    let from_second = commission(|rule| {
        (rule.code, rule.from_sale, rule.only) = ("item".into(), 2, names(&[("item", "shop")]));
        rule.rate = RuleRate::Fixed(rate("0.5"));
    });
    let both = terms(vec![commission(|_| {}), from_second]);
    let lines = vec![of_item("shop", "commerce", "100.00")];
    assert_eq!(each(&year(1, 1, lines.clone()), &both), ["10.00", "below_first_paid_sale"]);
    assert_eq!(each(&year(2, 1, lines.clone()), &both), ["superseded_rule", "50.00"]);
    let unpaid = SaleFacts { collected: eur("0.00"), ..year(2, 1, lines) };
    assert_eq!(each(&unpaid, &both), ["superseded_rule", "nothing_triggered_yet"], "the line does not change hands on payment");
}

#[test]
fn an_additive_rule_comes_on_top_and_takes_no_lines() {
    let on_top = commission(|rule| {
        (rule.code, rule.additive, rule.only) = ("bonus".into(), true, names(&[("item", "shop")]));
        rule.rate = RuleRate::Fixed(rate("0.05"));
    });
    let both = terms(vec![commission(|_| {}), on_top]);
    let lines = vec![of_item("shop", "commerce", "100.00"), of_item("mail", "office", "100.00")];
    assert_eq!(each(&year(1, 1, lines), &both), ["20.00", "5.00"]);
}

#[test]
fn what_a_superseded_rule_would_have_earned_is_told_as_an_outcome() {
    let facts = SaleFacts { customer: customer(None, "BR"), ..year(1, 1, vec![of_item("shop", "commerce", "100.00")]) };
    let evaluation = evaluated(&facts, &ladder());
    let alone = |code: &str| {
        let of_rule = Evaluation {
            entitlements: vec![],
            not_applied: evaluation.not_applied.iter().filter(|not| not.rule == code).cloned().collect(),
            ..evaluation.clone()
        };
        outcome(&of_rule)
    };
    assert_eq!(alone("line"), Some(OutcomeReason::SupersededRule));
    assert_eq!(outcome(&evaluation), None, "the terms themselves earned");
}

#[test]
fn promoters_share_what_a_rule_comes_to_by_the_largest_remainder_and_no_cent_is_lost() {
    let split = |weights: &[&str]| one(|rule| rule.split = weights.iter().map(|weight| rate(weight)).collect());
    let parts = |terms: &Terms, net: &str, among: u32| -> Vec<String> {
        (1..=among).map(|position| only_one(&SaleFacts { place: Place { position, among }, ..sold(net) }, terms)).collect()
    };
    let thirds = split(&["0.333333", "0.333333", "0.333334"]);
    assert_eq!(parts(&thirds, "1000.00", 3), ["33.33", "33.33", "33.34"]);
    let halves = split(&["0.5", "0.5"]);
    assert_eq!(parts(&halves, "100.10", 2), ["5.01", "5.00"], "10.01 in two: the cent goes to the first of equals");
    assert_eq!(parts(&halves, "1000.00", 1), ["100.00"], "who is alone has the whole");
    let uneven = split(&["0.6", "0.3", "0.1"]);
    assert_eq!(parts(&uneven, "1000.00", 2), ["66.67", "33.33"], "of two, the first two weights in proportion");
    assert_eq!(parts(&uneven, "1000.00", 4), ["60.00", "30.00", "10.00", "outside_split"]);
}

#[test]
fn a_rule_says_how_long_its_amounts_are_held() {
    let held = only(evaluated(&sale(1, 1), &one(|rule| rule.hold_days = 30)));
    assert_eq!(held.hold_days, 30);
    assert_eq!(only(evaluated(&sale(1, 1), &one(|_| {}))).hold_days, 0);
}

#[test]
fn currencies_without_digits_and_with_three_round_at_their_own() {
    for (currency, minor, due) in
        [(Currency::JPY, 1_005, "101"), (Currency::BHD, 12_345, "1.235"), (Currency::EUR, 1_005, "1.01")]
    {
        let price = Money::from_minor(minor, currency);
        let sold = AnnuityLine { list: price, net: price, ..line(ItemKind::NetworkModule, "1.00") };
        let all = (price, price, price);
        let (standing, invoiced, collected) = all;
        let facts = SaleFacts { currency, lines: vec![sold], standing, invoiced, collected, ..sale(1, 1) };
        assert_eq!(only_one(&facts, &one(|_| {})), due, "{currency:?}");
    }
}
