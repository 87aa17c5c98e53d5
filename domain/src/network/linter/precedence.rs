//! The contradictions between rules: two that could both count a line with nothing to tell which, and those that together take
//! more than the whole of it.

use std::{collections::BTreeSet, iter};

use crate::{
    money::{Currency, Rate},
    network::{Base, ItemKind, Rule, RuleKind, RuleRate, TermsFault, Years},
    partner::Country,
};

/// Every contradiction between `rules`.
pub(super) fn faults(rules: &[Rule], faults: &mut Vec<TermsFault>) {
    for (place, rule) in rules.iter().enumerate() {
        let later = rules.iter().skip(place.saturating_add(1));
        for other in later.filter(|other| is_ambiguous(rule, other)) {
            faults.push(TermsFault::AmbiguousRules { rule: rule.code.clone(), other: other.code.clone() });
        }
        if let Some(others) = above_whole(rule, rules, place) {
            let others = others.into_iter().map(|other| other.code.clone()).collect();
            faults.push(TermsFault::RatesAboveWhole { rule: rule.code.clone(), others });
        }
    }
}

/// Whether both rules would count a line, and neither is more specific. Of two margins there is another fault.
fn is_ambiguous(rule: &Rule, other: &Rule) -> bool {
    rule.kind == other.kind
        && rule.kind != RuleKind::Margin
        && !rule.additive
        && !other.additive
        && rule.only.specificity() == other.only.specificity()
        && Reach::of(rule).and_then(|reach| reach.within(other)).is_some()
}

/// What a rule is about: some lines of some customers, in some sales and years, in some currency. Where a list is `None`
/// everything is meant.
#[derive(Clone)]
struct Reach {
    kinds: BTreeSet<ItemKind>,
    items: Option<BTreeSet<String>>,
    product_lines: Option<BTreeSet<String>>,
    segments: Option<BTreeSet<String>>,
    countries: Option<BTreeSet<Country>>,
    sales: Years,
    years: Years,
    currency: Option<Currency>,
}

impl Reach {
    /// What `rule` is about; `None` when that is nothing.
    fn of(rule: &Rule) -> Option<Self> {
        let (kinds, sales, years) = (rule.lines.clone(), Years { from: 0, to: None }, Years { from: 0, to: None });
        let (items, product_lines, segments, countries) = (None, None, None, None);
        Self { kinds, items, product_lines, segments, countries, sales, years, currency: None }.within(rule)
    }

    /// What of it `rule` is about as well; `None` when that is nothing.
    fn within(&self, rule: &Rule) -> Option<Self> {
        let kinds: BTreeSet<_> = self.kinds.intersection(&rule.lines).copied().collect();
        let currency = match (self.currency, rule.currencies().next()) {
            (Some(one), Some(other)) if one != other => return None,
            (one, other) => one.or(other),
        };
        (!kinds.is_empty()).then_some(())?;
        Some(Self {
            kinds,
            items: both(self.items.as_ref(), &rule.only.items)?,
            product_lines: both(self.product_lines.as_ref(), &rule.only.product_lines)?,
            segments: both(self.segments.as_ref(), &rule.only.segments)?,
            countries: both(self.countries.as_ref(), &rule.only.countries)?,
            sales: overlap(self.sales, Years { from: rule.from_sale, to: rule.to_sale })?,
            years: overlap(self.years, rule.earning_years())?,
            currency,
        })
    }
}

/// What two lists have in common, `None` in the answer where neither names anything; no answer where they have nothing.
#[expect(clippy::option_option, reason = "nothing in common and nothing named are two things")]
fn both<T: Ord + Clone>(one: Option<&BTreeSet<T>>, other: &BTreeSet<T>) -> Option<Option<BTreeSet<T>>> {
    if other.is_empty() {
        return Some(one.cloned());
    }
    let common = one.map_or_else(|| other.clone(), |one| one.intersection(other).cloned().collect());
    (!common.is_empty()).then_some(Some(common))
}

fn overlap(one: Years, other: Years) -> Option<Years> {
    let from = one.from.max(other.from);
    let to = [one.to, other.to].into_iter().flatten().min();
    to.is_none_or(|to| to >= from).then_some(Years { from, to })
}

/// The additive rules that together with `rule` take more than the whole of some line; `None` where none do.
fn above_whole<'r>(rule: &'r Rule, rules: &'r [Rule], place: usize) -> Option<Vec<&'r Rule>> {
    let own = top_rate(rule)?;
    // Of several additive rules the first one answers for all.
    let counts = |(other_place, other): &(usize, &Rule)| {
        other.additive && *other_place != place && (!rule.additive || *other_place > place) && top_rate(other).is_some()
    };
    let others: Vec<&Rule> = rules.iter().enumerate().filter(counts).map(|(_, other)| other).collect();
    heaviest(&Reach::of(rule)?, own.ppm().into(), &others)
}

/// Some of `others` that all are about something in common with `reach` and come to more than the whole with `sum`.
fn heaviest<'r>(reach: &Reach, sum: u64, others: &[&'r Rule]) -> Option<Vec<&'r Rule>> {
    let whole = u64::from(Rate::ONE.ppm());
    let rest: u64 = others.iter().filter_map(|other| top_rate(other)).map(|rate| u64::from(rate.ppm())).sum();
    if sum > whole {
        return Some(Vec::new());
    }
    let (first, later) = others.split_first()?;
    if sum.saturating_add(rest) <= whole {
        return None;
    }
    let rate = top_rate(first).map_or(0, |rate| u64::from(rate.ppm()));
    let with = reach.within(first).and_then(|reach| heaviest(&reach, sum.saturating_add(rate), later));
    with.map(|found| iter::once(*first).chain(found).collect()).or_else(|| heaviest(reach, sum, later))
}

/// The highest rate that a commission takes of prices. What is taken of a margin, or is an amount, is no part of a price.
fn top_rate(rule: &Rule) -> Option<Rate> {
    if rule.kind != RuleKind::Commission || rule.base == Base::Margin {
        return None;
    }
    match &rule.rate {
        RuleRate::Fixed(rate) => Some(*rate),
        RuleRate::VolumeTiers { mode: _, over: _, tiers } => tiers.iter().map(|tier| tier.rate).max(),
        RuleRate::CountTiers { tiers } => tiers.iter().map(|tier| tier.rate).max(),
        RuleRate::OfStage | RuleRate::Amount { .. } => None,
    }
}
