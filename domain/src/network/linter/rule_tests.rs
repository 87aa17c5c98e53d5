//! Each contradiction that one rule, or two together, can bring into terms.

use super::*;
use crate::{
    money::{Currency, Money},
    network::{
        Base, Bounds, BoundsPer, CountTier, ItemKind, Per, Recurrence, Rule, RuleRate, Selector, TierMode, VolumeOver,
        VolumeTier, Years,
        samples::{plain_rule, terms_of_promoter, terms_of_reseller},
    },
    partner::Country,
};

fn eur(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn at(text: &str) -> RuleRate {
    RuleRate::Fixed(rate(text))
}

/// A commission of a tenth, on what `change` makes of it.
fn rule(code: &str, change: impl FnOnce(&mut Rule)) -> Rule {
    let mut rule = Rule { code: code.into(), rate: at("0.1"), ..plain_rule() };
    change(&mut rule);
    rule
}

/// What is wrong with a promoter's terms that have these rules.
fn faults(rules: impl IntoIterator<Item = Rule>) -> Vec<TermsFault> {
    Terms { rules: rules.into_iter().collect(), ..terms_of_promoter() }.faults()
}

fn of_one(change: impl FnOnce(&mut Rule)) -> Vec<TermsFault> {
    faults([rule("one", change)])
}

fn one() -> String {
    "one".to_owned()
}

#[test]
fn a_rule_ends_at_a_sale_that_is_not_before_its_first() {
    let ending = |from, to| of_one(|rule| (rule.from_sale, rule.to_sale) = (from, Some(to)));
    assert_eq!(ending(3, 2), [TermsFault::EmptySales { rule: one() }]);
    assert_eq!(ending(3, 3), []);
    assert_eq!(ending(0, 0), [TermsFault::SaleZero { rule: one() }]);
}

#[test]
fn a_rule_earns_in_years_that_exist() {
    let years = |from, to| of_one(|rule| rule.years = Some(Years { from, to }));
    assert_eq!(years(0, None), [TermsFault::EmptyYears { rule: one() }]);
    assert_eq!(years(3, Some(2)), [TermsFault::EmptyYears { rule: one() }]);
    for (from, to) in [(1, Some(1)), (2, Some(2)), (2, None)] {
        assert_eq!(years(from, to), [], "{from} to {to:?}");
    }
}

#[test]
fn what_comes_once_comes_in_the_first_year() {
    let once = |from, to| of_one(|rule| (rule.recurrence, rule.years) = (Recurrence::Once, Some(Years { from, to })));
    assert_eq!(once(1, Some(1)), []);
    for (from, to) in [(1, Some(2)), (1, None), (2, Some(2))] {
        assert_eq!(once(from, to), [TermsFault::OnceBeyondFirstYear { rule: one() }], "{from} to {to:?}");
    }
}

#[test]
fn an_amount_per_sale_comes_once_and_an_amount_per_year_every_year() {
    let amount = |per, recurrence| {
        of_one(|rule| (rule.rate, rule.recurrence) = (RuleRate::Amount { amount: eur("50.00"), per }, recurrence))
    };
    let fault = [TermsFault::AmountRecurrence { rule: one() }];
    assert_eq!(amount(Per::Sale, Recurrence::Once), []);
    assert_eq!(amount(Per::Sale, Recurrence::EveryYear), fault);
    assert_eq!(amount(Per::Year, Recurrence::EveryYear), []);
    assert_eq!(amount(Per::Year, Recurrence::Once), fault);
    assert_eq!(amount(Per::Unit, Recurrence::Once), []);
    assert_eq!(amount(Per::Unit, Recurrence::EveryYear), []);
}

fn volume(tiers: &[(&str, Option<&str>)]) -> Vec<TermsFault> {
    let tier = |(from, below): &(&str, Option<&str>)| VolumeTier { from: eur(from), below: below.map(eur), rate: rate("0.1") };
    let tiers: Vec<_> = tiers.iter().map(tier).collect();
    of_one(|rule| rule.rate = RuleRate::VolumeTiers { mode: TierMode::Whole, over: VolumeOver::Annuity, tiers })
}

#[test]
fn tiers_by_volume_begin_at_nothing_and_follow_each_other_without_gap_or_overlap() {
    assert_eq!(volume(&[("0.00", None)]), []);
    assert_eq!(volume(&[("0.00", Some("1000.00")), ("1000.00", None)]), []);
    assert_eq!(volume(&[]), [TermsFault::NoTiers { rule: one() }]);
    let gap = |tier| [TermsFault::TierGap { rule: one(), tier }];
    assert_eq!(volume(&[("0.01", None)]), gap(0), "before the first");
    assert_eq!(volume(&[("0.00", Some("1000.00")), ("1000.01", None)]), gap(1), "between");
    assert_eq!(volume(&[("0.00", Some("1000.00")), ("1000.00", Some("2000.00"))]), gap(2), "after the last");
    let overlap = |tier| [TermsFault::TierOverlap { rule: one(), tier }];
    assert_eq!(volume(&[("0.00", Some("1000.00")), ("999.99", None)]), overlap(1));
    assert_eq!(volume(&[("0.00", None), ("1000.00", None)]), overlap(1), "the one before has no end");
    let empty = TermsFault::EmptyTier { rule: one(), tier: 0 };
    assert_eq!(volume(&[("0.00", Some("0.00")), ("0.00", None)]), [empty]);
    assert_eq!(volume(&[("-1.00", None)]), [TermsFault::NegativeAmount { rule: one() }]);
}

#[test]
fn d22_a_volume_adds_up_prices_and_no_margins() {
    let tiers = || vec![VolumeTier { from: eur("0.00"), below: None, rate: rate("0.1") }];
    let of = |base, over| {
        let rate = RuleRate::VolumeTiers { mode: TierMode::Whole, over, tiers: tiers() };
        of_one(|rule| (rule.base, rule.rate) = (base, rate))
    };
    let fault = [TermsFault::VolumeOfMargins { rule: one() }];
    for over in [VolumeOver::CalendarYear, VolumeOver::AgreementYear, VolumeOver::Life] {
        assert_eq!(of(Base::Margin, over), fault, "{over:?}");
        assert_eq!(of(Base::Net, over), [], "{over:?}");
    }
    assert_eq!(of(Base::Margin, VolumeOver::Annuity), [], "one year's margin is known with its lines");
}

#[test]
fn tiers_by_count_begin_at_the_first_sale_and_follow_each_other_without_gap_or_overlap() {
    let count = |tiers: &[(u32, Option<u32>)]| {
        let tiers = tiers.iter().map(|(from, to)| CountTier { from: *from, to: *to, rate: rate("0.1") }).collect();
        of_one(|rule| rule.rate = RuleRate::CountTiers { tiers })
    };
    assert_eq!(count(&[(1, Some(5)), (6, None)]), []);
    assert_eq!(count(&[(1, Some(1)), (2, None)]), [], "a tier of one sale");
    assert_eq!(count(&[]), [TermsFault::NoTiers { rule: one() }]);
    for (tiers, tier) in [(&[(2, None)][..], 0), (&[(1, Some(5)), (7, None)], 1), (&[(1, Some(5))], 1)] {
        assert_eq!(count(tiers), [TermsFault::TierGap { rule: one(), tier }], "{tiers:?}");
    }
    assert_eq!(count(&[(1, Some(5)), (5, None)]), [TermsFault::TierOverlap { rule: one(), tier: 1 }]);
    let empty = [TermsFault::EmptyTier { rule: one(), tier: 1 }, TermsFault::TierOverlap { rule: one(), tier: 2 }];
    assert_eq!(count(&[(1, Some(5)), (6, Some(4)), (5, None)])[..1], empty[..1]);
}

#[test]
fn bounds_have_a_floor_or_a_cap_and_the_floor_is_not_above_the_cap() {
    let bounds = |floor: Option<&str>, cap: Option<&str>| {
        of_one(|rule| rule.bounds = Some(Bounds { per: BoundsPer::Annuity, floor: floor.map(eur), cap: cap.map(eur) }))
    };
    assert_eq!(bounds(None, None), [TermsFault::EmptyBounds { rule: one() }]);
    assert_eq!(bounds(Some("10.00"), Some("9.99")), [TermsFault::FloorAboveCap { rule: one() }]);
    assert_eq!(bounds(Some("-0.01"), None), [TermsFault::NegativeAmount { rule: one() }]);
    for (floor, cap) in [(Some("10.00"), Some("10.00")), (Some("10.00"), None), (None, Some("10.00"))] {
        assert_eq!(bounds(floor, cap), [], "{floor:?} {cap:?}");
    }
}

#[test]
fn the_amounts_of_a_rule_are_in_one_currency() {
    let yen = Money::from_minor(500, Currency::JPY);
    let fault = [TermsFault::SeveralCurrencies { rule: one() }];
    let amount_in_euro = RuleRate::Amount { amount: eur("50.00"), per: Per::Year };
    let capped = |cap| Some(Bounds { per: BoundsPer::Annuity, floor: None, cap: Some(cap) });
    assert_eq!(of_one(|rule| (rule.rate, rule.bounds) = (amount_in_euro.clone(), capped(yen))), fault);
    assert_eq!(of_one(|rule| (rule.rate, rule.bounds) = (amount_in_euro, capped(eur("10.00")))), []);
    let tiers = vec![VolumeTier { from: eur("0.00"), below: None, rate: rate("0.1") }];
    let tiered = RuleRate::VolumeTiers { mode: TierMode::Marginal, over: VolumeOver::Annuity, tiers };
    assert_eq!(of_one(|rule| (rule.rate, rule.bounds) = (tiered, capped(yen))), fault);
    let less_than_nothing = RuleRate::Amount { amount: eur("-50.00"), per: Per::Year };
    assert_eq!(of_one(|rule| rule.rate = less_than_nothing), [TermsFault::NegativeAmount { rule: one() }]);
}

#[test]
fn a_margin_is_a_plain_rate_for_every_sale_year_and_customer() {
    type Change<'c> = (&'c str, &'c dyn Fn(&mut Rule));
    let margin = |change: &dyn Fn(&mut Rule)| {
        let mut terms = terms_of_reseller();
        terms.rules.iter_mut().for_each(change);
        terms.faults()
    };
    let everywhere: [Change<'_>; 8] = [
        ("sales", &|rule| rule.from_sale = 2),
        ("last sale", &|rule| rule.to_sale = Some(9)),
        ("years", &|rule| rule.years = Some(Years { from: 1, to: Some(3) })),
        ("segments", &|rule| _ = rule.only.segments.insert("public".into())),
        ("countries", &|rule| _ = rule.only.countries.insert(Country::parse("PT").unwrap())),
        ("bounds", &|rule| rule.bounds = Some(Bounds { per: BoundsPer::Annuity, floor: None, cap: Some(eur("9.00")) })),
        ("additive", &|rule| rule.additive = true),
        ("amount", &|rule| rule.rate = RuleRate::Amount { amount: eur("9.00"), per: Per::Year }),
    ];
    for (name, change) in everywhere {
        assert_eq!(margin(change), [TermsFault::MarginNotPlain { rule: "margin".into() }], "{name}");
    }
    assert_eq!(margin(&|rule| _ = rule.only.items.insert("module".into())), [], "it may count some of the lines only");
}

#[test]
fn promoters_share_a_commission_and_nothing_else_by_weights_that_are_the_whole() {
    let split = |weights: &[&str]| of_one(|rule| rule.split = weights.iter().map(|weight| rate(weight)).collect());
    assert_eq!(split(&["0.6", "0.4"]), []);
    assert_eq!(split(&["1"]), []);
    for weights in [&["0.6", "0.39"][..], &["0.6", "0.400001"], &["1", "0"], &["0"]] {
        assert_eq!(split(weights), [TermsFault::SplitNotWhole { rule: one() }], "{weights:?}");
    }
    let mut terms = terms_of_reseller();
    terms.rules[0].split = vec![Rate::ONE];
    assert_eq!(terms.faults(), [TermsFault::SplitOutsideCommission { rule: "margin".into() }]);
}

fn items(codes: &[&str]) -> Selector {
    Selector { items: codes.iter().map(|code| (*code).to_owned()).collect(), ..Selector::default() }
}

fn product_line(code: &str) -> Selector {
    Selector { product_lines: [code.to_owned()].into(), ..Selector::default() }
}

#[test]
fn two_rules_of_the_same_specificity_count_different_lines_or_one_is_additive() {
    let ambiguous = |change: &dyn Fn(&mut Rule)| faults([rule("one", |_| {}), rule("two", change)]);
    let fault = [TermsFault::AmbiguousRules { rule: one(), other: "two".into() }];
    assert_eq!(ambiguous(&|_| {}), fault);
    assert_eq!(ambiguous(&|rule| rule.lines = [ItemKind::NetworkModule, ItemKind::PartnerOwn].into()), fault);
    assert_eq!(ambiguous(&|rule| rule.lines = [ItemKind::PartnerOwn].into()), []);
    assert_eq!(ambiguous(&|rule| rule.additive = true), []);
    assert_eq!(ambiguous(&|rule| rule.only = product_line("commerce")), [], "the more specific one counts");
    assert_eq!(ambiguous(&|rule| rule.base = Base::List), fault, "of what a rate is taken tells nothing");
}

#[test]
fn rules_for_other_sales_years_currencies_and_customers_do_not_meet() {
    let both = |first: &dyn Fn(&mut Rule), second: &dyn Fn(&mut Rule)| faults([rule("one", first), rule("two", second)]);
    assert_eq!(both(&|rule| rule.to_sale = Some(5), &|rule| rule.from_sale = 6), []);
    assert_eq!(both(&|rule| rule.to_sale = Some(6), &|rule| rule.from_sale = 6).len(), 1);
    let from_second = |rule: &mut Rule| rule.years = Some(Years { from: 2, to: None });
    assert_eq!(both(&|rule| rule.recurrence = Recurrence::Once, &from_second), []);
    let first_two = |rule: &mut Rule| rule.years = Some(Years { from: 1, to: Some(2) });
    assert_eq!(both(&first_two, &from_second).len(), 1);
    let amount = |minor, currency| RuleRate::Amount { amount: Money::from_minor(minor, currency), per: Per::Year };
    let (euro, real) = (amount(5_000, Currency::EUR), amount(30_000, Currency::BRL));
    assert_eq!(both(&|rule| rule.rate = euro.clone(), &|rule| rule.rate = real.clone()), []);
    let in_country = |code: &str| Selector { countries: [Country::parse(code).unwrap()].into(), ..Selector::default() };
    assert_eq!(both(&|rule| rule.only = in_country("PT"), &|rule| rule.only = in_country("BR")), []);
    assert_eq!(both(&|rule| rule.only = in_country("PT"), &|rule| rule.only = in_country("PT")).len(), 1);
    assert_eq!(both(&|rule| rule.only = items(&["a", "b"]), &|rule| rule.only = items(&["b", "c"])).len(), 1);
    assert_eq!(both(&|rule| rule.only = items(&["a", "b"]), &|rule| rule.only = items(&["c"])), []);
}

#[test]
fn a_rule_and_what_comes_on_top_of_it_are_the_whole_at_most() {
    let on_top = |part: &str, only: Selector| rule("top", |rule| (rule.rate, rule.only, rule.additive) = (at(part), only, true));
    let whole = |top: Rule| faults([rule("one", |rule| rule.rate = at("0.6")), top]);
    assert_eq!(whole(on_top("0.4", Selector::default())), []);
    let fault = |others: &[&str]| {
        let others = others.iter().map(|other| (*other).to_owned()).collect();
        [TermsFault::RatesAboveWhole { rule: one(), others }]
    };
    assert_eq!(whole(on_top("0.400001", Selector::default())), fault(&["top"]));
    assert_eq!(whole(on_top("0.400001", items(&["a"]))), fault(&["top"]), "on one item is enough");
    let second = Rule { code: "second".into(), ..on_top("0.3", items(&["b"])) };
    let three = |top: Rule| faults([rule("one", |rule| rule.rate = at("0.6")), top, second.clone()]);
    assert_eq!(three(on_top("0.3", items(&["a"]))), [], "no line is both");
    assert_eq!(three(on_top("0.3", items(&["a", "b"]))), fault(&["top", "second"]));
    let tiers = vec![CountTier { from: 1, to: Some(1), rate: rate("0.1") }, CountTier { from: 2, to: None, rate: rate("0.5") }];
    let tiered = Rule { rate: RuleRate::CountTiers { tiers }, ..on_top("0", Selector::default()) };
    assert_eq!(whole(tiered), fault(&["top"]), "the highest tier counts");
    let of_margin = Rule { base: Base::Margin, ..on_top("1", Selector::default()) };
    assert_eq!(whole(of_margin), [], "all of the margin is no part of the price");
}

#[test]
fn several_additive_rules_alone_are_the_whole_at_most() {
    let on_top = |code: &str, part: &str| rule(code, |rule| (rule.rate, rule.additive) = (at(part), true));
    assert_eq!(faults([on_top("one", "0.5"), on_top("two", "0.5")]), []);
    let fault = TermsFault::RatesAboveWhole { rule: one(), others: vec!["two".into()] };
    assert_eq!(faults([on_top("one", "0.5"), on_top("two", "0.6")]), [fault]);
}
