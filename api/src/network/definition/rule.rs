//! The rule document: one rule of the terms as it is written, read and signed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    AmountText, Code, CountryCode, CurrencyCode, RateText, Texts,
    words::{AmountPer, Base, BoundsPer, ItemKind, Recurrence, RuleKind, TierMode, Trigger, VolumeOver},
};

/// One rule that makes money move.
///
/// **Precedence.** Commissions compete for lines, and so do buy prices: each line is counted by the most specific rule of its kind
/// that applies to the sale. A rule that names `items` is more specific than one that does not, whatever else they name; after
/// that naming `product_lines` counts, then `segments`, then `countries`. A rule that is not about the sale (its number, its
/// year, its currency, its customer) takes no lines. A rule that has lost all its lines is told as `superseded_rule`. A rule that
/// is `additive` neither takes lines nor loses them: it comes on top. Two rules of the same specificity that could count the same
/// line are refused, unless one of them is additive: nothing depends on the order in which rules are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDocument {
    /// What the rule says, in words, by language. Of a rule that special terms change, only what they say of it themselves.
    pub summaries: Texts,
    /// Which way the money goes.
    pub kind: RuleKind,
    /// What the rate is taken of (D16). An amount is no part of it; then it says which lines count: those that recur, or all.
    pub base: Base,
    /// Where the rate or the amount comes from.
    pub rate: RuleRateDocument,
    /// The kinds of lines it counts.
    #[schema(min_items = 1)]
    pub lines: BTreeSet<ItemKind>,
    /// What narrows it to some lines and customers. Left out where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub only: Option<SelectorDocument>,
    /// The first sale that it counts for: 2 is "from the 2nd sale" (R68, R75, D11).
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    pub from_sale: u32,
    /// The last sale that it counts for. Left out where it counts for all later ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000, example = 10)]
    pub to_sale: Option<u32>,
    /// Whether it earns on the first annuity only, or on each.
    pub recurrence: Recurrence,
    /// The contract years on whose annuities it earns. Left out where it earns on all of them, or once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub years: Option<YearsDocument>,
    /// What it waits for (D12). A network's file may leave it out for commissions: the network's policy then stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trigger: Option<Trigger>,
    /// The least and the most that it comes to. Left out where there is neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub bounds: Option<BoundsDocument>,
    /// Whether it comes on top of other rules, instead of taking lines from them or losing lines to them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub additive: bool,
    /// How several promoters of one sale, each paid by this rule, share what it comes to (R47): the weight of the one that the sale
    /// names first, of the second, and so on; together they are the whole. Parts are whole minor units by the largest remainder
    /// and always add up to the whole. Of fewer promoters the first weights count, in proportion; those beyond the last weight
    /// have no part. Left out where each earns the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100, example = json!(["0.6", "0.4"]))]
    pub split: Vec<RateText>,
    /// How many days after it is due an amount may be paid.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[schema(maximum = 3650, example = 30)]
    pub hold_days: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What narrows a rule to some lines and some customers. A list that is left out narrows nothing; a rule that has several lists
/// counts what all of them name. The order of the lists is their weight in the rule's precedence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectorDocument {
    /// Codes of catalogue items.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(max_items = 1000)]
    pub items: BTreeSet<Code>,
    /// Codes of product lines.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(max_items = 1000)]
    pub product_lines: BTreeSet<Code>,
    /// Codes of customer segments, as customers had them when they signed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(max_items = 1000)]
    pub segments: BTreeSet<Code>,
    /// Countries of customers, as they were when they signed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(max_items = 300)]
    pub countries: BTreeSet<CountryCode>,
}

/// Some contract years, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearsDocument {
    /// The first.
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub from: u32,
    /// The last. Left out where all later ones are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1000, example = 3)]
    pub to: Option<u32>,
}

/// The least and the most that a rule comes to, before what was reached of the annuity makes a part of it. A sale in another
/// currency earns nothing by the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundsDocument {
    /// What they are about.
    pub per: BoundsPer,
    /// The currency of floor and cap.
    pub currency: CurrencyCode,
    /// The least. Left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub floor: Option<AmountText>,
    /// The most. Left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cap: Option<AmountText>,
}

/// How much a rule comes to: a `fixed` rate, the rate of the partner's `stage`, a fixed `amount`, or a rate that depends on how much
/// was sold (`volume_tiers`) or on the sale's number (`count_tiers`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "of", mapping(
    ("fixed" = "#/components/schemas/FixedRateDocument"),
    ("stage" = "#/components/schemas/StageRateDocument"),
    ("amount" = "#/components/schemas/FixedAmountDocument"),
    ("volume_tiers" = "#/components/schemas/VolumeTiersDocument"),
    ("count_tiers" = "#/components/schemas/CountTiersDocument"),
)))]
pub enum RuleRateDocument {
    /// It stands in the rule.
    Fixed(FixedRateDocument),
    /// It is the margin of the partner's stage.
    Stage(StageRateDocument),
    /// It is an amount.
    Amount(FixedAmountDocument),
    /// It depends on how much the base comes to.
    VolumeTiers(VolumeTiersDocument),
    /// It depends on the sale's number.
    CountTiers(CountTiersDocument),
}

/// A rate that stands in the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedRateDocument {
    /// Always `fixed`.
    pub of: OfFixed,
    /// The rate.
    pub rate: RateText,
}

/// The margin of the stage in force at the sale's date, raised by the uplift (R39, R45).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageRateDocument {
    /// Always `stage`.
    pub of: OfStage,
}

/// An amount that stands in the rule. It is owed for what was sold whatever the price, in the proportion in which the rule's trigger has
/// come to what was contracted; of a sale of nothing there is nothing to wait for, and it is owed at once. A sale in another currency
/// earns nothing by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedAmountDocument {
    /// Always `amount`.
    pub of: OfAmount,
    /// The amount.
    pub amount: AmountText,
    /// Its currency.
    pub currency: CurrencyCode,
    /// What it is paid for: `sale` goes with `once`, `year` with `every_year`, and `unit` with both.
    pub per: AmountPer,
}

/// Rates by how much the base comes to, on top of the volume before it. The first tier begins at nothing, each next one where the
/// one before ends, and the last one has no end. A sale in another currency earns nothing by the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeTiersDocument {
    /// Always `volume_tiers`.
    pub of: OfVolumeTiers,
    /// The currency of the tiers' amounts.
    pub currency: CurrencyCode,
    /// Whether each part of the base has its own tier's rate, or the whole has the rate of the tier it reaches.
    pub mode: TierMode,
    /// What the volume adds up over; left out where it is the one annuity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "calendar_year")]
    pub over: Option<VolumeOver>,
    /// The tiers, the lowest first.
    #[schema(min_items = 1, max_items = 100)]
    pub tiers: Vec<VolumeTierDocument>,
}

/// A rate for a range of amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeTierDocument {
    /// The least amount that it is for.
    pub from: AmountText,
    /// The amount at which the next tier begins. Left out for the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub below: Option<AmountText>,
    /// The rate.
    pub rate: RateText,
}

/// Rates by the sale's number among the partner's (D11). The first tier begins at the first sale, each next one at the sale after
/// the last one of the tier before, and the last one has no end. A sale stands in one tier, with all that it comes to; what earlier
/// sales earned stays as it is. Which sales are counted says the network's `ordinal_scope`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountTiersDocument {
    /// Always `count_tiers`.
    pub of: OfCountTiers,
    /// One sale is one count and is never split, and what was earned is never rewritten: `marginal` and `whole` come to the same,
    /// the rate of the sale's own number. May be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mode: Option<TierMode>,
    /// The tiers, the first sales first.
    #[schema(min_items = 1, max_items = 100)]
    pub tiers: Vec<CountTierDocument>,
}

/// A rate for a range of sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountTierDocument {
    /// The first sale that it is for.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    pub from: u32,
    /// The last one. Left out for the last tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000, example = 5)]
    pub to: Option<u32>,
    /// The rate.
    pub rate: RateText,
}

/// The word that tells a fixed rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfFixed {
    /// The only one.
    Fixed,
}

/// The word that tells the rate of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfStage {
    /// The only one.
    Stage,
}

/// The word that tells a fixed amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfAmount {
    /// The only one.
    Amount,
}

/// The word that tells tiers by volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfVolumeTiers {
    /// The only one.
    VolumeTiers,
}

/// The word that tells tiers by count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfCountTiers {
    /// The only one.
    CountTiers,
}
