//! A rule as an explanation tells it: everything that stands in it, so that a reader needs no terms beside it.

use domain::{
    money::{Money as Amount, Rate},
    network::{Bounds as RuleBounds, CountTier, Rule, RuleRate, Selector, VolumeTier, Years},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    network::definition::{
        AmountPer, Base, BoundsPer, Code, CountryCode, ItemKind, Recurrence, RuleKind, SelectorDocument, TierMode, Trigger,
        VolumeOver, YearsDocument,
    },
    wire::Money,
};

/// A rule of the terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedRule {
    /// Its code.
    #[schema(example = "commission")]
    pub code: String,
    /// Which way the money goes.
    pub kind: RuleKind,
    /// What the rate is taken of (D16).
    pub base: Base,
    /// The rate; null where it is the margin of the stage, raised by the uplift, and where `fixed_amount` or `tiers` say how much.
    #[schema(required, example = "0.15")]
    pub rate: Option<String>,
    /// The amount that stands in it; null where there is none.
    #[serde(default)]
    #[schema(required)]
    pub fixed_amount: Option<FixedAmount>,
    /// Its tiers; null where it has none.
    #[serde(default)]
    #[schema(required)]
    pub tiers: Option<Tiers>,
    /// The kinds of lines it counts.
    pub lines: Vec<ItemKind>,
    /// What narrows it to some lines and customers, which decides between rules that could count the same line; null where nothing
    /// does.
    #[serde(default)]
    #[schema(required)]
    pub only: Option<SelectorDocument>,
    /// The first sale that it counts for.
    #[schema(example = 2)]
    pub from_sale: u32,
    /// The last sale that it counts for; null where it counts for all later ones.
    #[serde(default)]
    #[schema(required, example = 10)]
    pub to_sale: Option<u32>,
    /// Whether it earns on the first annuity only, or on each.
    pub recurrence: Recurrence,
    /// The contract years on whose annuities it earns; null where it earns on all of them, or once.
    #[serde(default)]
    #[schema(required)]
    pub years: Option<YearsDocument>,
    /// What it waits for (D12).
    pub trigger: Trigger,
    /// The least and the most that it comes to; null where there is neither.
    #[serde(default)]
    #[schema(required)]
    pub bounds: Option<Bounds>,
    /// Whether it comes on top of other rules.
    #[serde(default)]
    #[schema(required)]
    pub additive: bool,
    /// The weights by which several promoters of one sale share it; none where each earns the whole.
    #[serde(default)]
    #[schema(required, example = json!(["0.6", "0.4"]))]
    pub split: Vec<String>,
    /// How many days after it is due an amount may be paid.
    #[serde(default)]
    #[schema(required, example = 30)]
    pub hold_days: u32,
}

/// An amount that stands in a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FixedAmount {
    /// The amount.
    pub amount: Money,
    /// What it is paid for.
    pub per: AmountPer,
}

/// The tiers of a rule: by the amount of its base, or by the sale's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tiers {
    /// For tiers by amount, whether each part of the base has its own tier's rate; null for tiers by the sale's number.
    #[schema(required)]
    pub mode: Option<TierMode>,
    /// For tiers by amount, what the volume adds up over: `volume_before` says what came before the sale; null for tiers by the
    /// sale's number.
    #[serde(default)]
    #[schema(required)]
    pub over: Option<VolumeOver>,
    /// The tiers.
    pub tiers: Vec<Tier>,
}

/// A tier of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tier {
    /// The least amount that it is for; null for tiers by the sale's number.
    #[schema(required)]
    pub from: Option<Money>,
    /// The amount at which the next one begins; null for the last, and for tiers by the sale's number.
    #[schema(required)]
    pub below: Option<Money>,
    /// The first sale that it is for; null for tiers by amount.
    #[schema(required, example = 1)]
    pub from_sale: Option<u32>,
    /// The last sale that it is for; null for the last one, and for tiers by amount.
    #[schema(required, example = 5)]
    pub to_sale: Option<u32>,
    /// Its rate.
    #[schema(example = "0.15")]
    pub rate: String,
}

/// The least and the most that a rule comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bounds {
    /// What they are about.
    pub per: BoundsPer,
    /// The least; null where there is none.
    #[schema(required)]
    pub floor: Option<Money>,
    /// The most; null where there is none.
    #[schema(required)]
    pub cap: Option<Money>,
}

impl From<&Rule> for ExplainedRule {
    fn from(rule: &Rule) -> Self {
        let Rule {
            code,
            kind,
            base,
            rate,
            lines,
            only,
            from_sale,
            to_sale,
            recurrence,
            years,
            trigger,
            bounds,
            additive,
            split,
            hold_days,
        } = rule;
        Self {
            code: code.clone(),
            kind: (*kind).into(),
            base: (*base).into(),
            rate: fixed_rate(rate),
            fixed_amount: fixed_amount(rate),
            tiers: tiers(rate),
            lines: lines.iter().copied().map(ItemKind::from).collect(),
            only: selector(only),
            from_sale: *from_sale,
            to_sale: *to_sale,
            recurrence: (*recurrence).into(),
            years: years.map(|Years { from, to }| YearsDocument { from, to }),
            trigger: (*trigger).into(),
            bounds: bounds.map(|RuleBounds { per, floor, cap }| Bounds {
                per: per.into(),
                floor: floor.map(Money::from),
                cap: cap.map(Money::from),
            }),
            additive: *additive,
            split: split.iter().map(Rate::to_string).collect(),
            hold_days: *hold_days,
        }
    }
}

fn fixed_rate(rate: &RuleRate) -> Option<String> {
    match rate {
        RuleRate::Fixed(rate) => Some(rate.to_string()),
        RuleRate::OfStage | RuleRate::Amount { .. } | RuleRate::VolumeTiers { .. } | RuleRate::CountTiers { .. } => None,
    }
}

fn fixed_amount(rate: &RuleRate) -> Option<FixedAmount> {
    match rate {
        RuleRate::Amount { amount, per } => Some(FixedAmount { amount: (*amount).into(), per: (*per).into() }),
        RuleRate::Fixed(_) | RuleRate::OfStage | RuleRate::VolumeTiers { .. } | RuleRate::CountTiers { .. } => None,
    }
}

fn tiers(rate: &RuleRate) -> Option<Tiers> {
    match rate {
        RuleRate::VolumeTiers { mode, over, tiers } => {
            let (mode, over) = (Some((*mode).into()), Some((*over).into()));
            Some(Tiers { mode, over, tiers: tiers.iter().map(volume_tier).collect() })
        }
        RuleRate::CountTiers { tiers } => Some(Tiers { mode: None, over: None, tiers: tiers.iter().map(count_tier).collect() }),
        RuleRate::Fixed(_) | RuleRate::OfStage | RuleRate::Amount { .. } => None,
    }
}

fn volume_tier(tier: &VolumeTier) -> Tier {
    let VolumeTier { from, below, rate } = tier;
    let money = |amount: Amount| Money::from(amount);
    Tier { from: Some(money(*from)), below: below.map(money), from_sale: None, to_sale: None, rate: rate.to_string() }
}

fn count_tier(tier: &CountTier) -> Tier {
    let CountTier { from, to, rate } = tier;
    Tier { from: None, below: None, from_sale: Some(*from), to_sale: *to, rate: rate.to_string() }
}

fn selector(only: &Selector) -> Option<SelectorDocument> {
    let Selector { items, product_lines, segments, countries } = only;
    let codes = |codes: &std::collections::BTreeSet<String>| codes.iter().cloned().map(Code).collect();
    (*only != Selector::default()).then(|| SelectorDocument {
        items: codes(items),
        product_lines: codes(product_lines),
        segments: codes(segments),
        countries: countries.iter().map(|country| CountryCode(country.code().to_owned())).collect(),
    })
}
