//! One rule of the terms: which way money goes, how much, of what, for which sales, and when.
//!
//! # Precedence
//!
//! Commissions compete for lines, and so do buy prices; each line is counted by the most specific rule of its kind that applies
//! to the sale. A rule that names catalogue items is more specific than one that does not, whatever else they name; after that
//! naming product lines counts, then customer segments, then customer countries ([`Specificity`]). A rule whose lines are all
//! taken by others is superseded. An `additive` rule neither takes lines nor loses them: it comes on top. Two rules of the same
//! specificity that could count the same line are a contradiction, unless one of them is additive, so nothing ever depends on
//! the order in which rules are written.

use std::collections::BTreeSet;

use crate::{
    money::{Currency, Money, Rate},
    network::ItemKind,
    partner::Country,
};

/// One rule that makes money move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its code, unique in the terms.
    pub code: String,
    /// Which way the money goes.
    pub kind: RuleKind,
    /// What the rate is taken of, and which lines count at all (D16).
    pub base: Base,
    /// How much.
    pub rate: RuleRate,
    /// The kinds of lines it counts.
    pub lines: BTreeSet<ItemKind>,
    /// What narrows it further.
    pub only: Selector,
    /// The first sale that it counts for: 2 is "from the 2nd sale" (R68, R75, D11).
    pub from_sale: u32,
    /// The last sale that it counts for; none for "and all later ones".
    pub to_sale: Option<u32>,
    /// Whether it earns on the first annuity only, or on each.
    pub recurrence: Recurrence,
    /// The contract years on whose annuities it earns; none for all of them.
    pub years: Option<Years>,
    /// What it waits for (D12).
    pub trigger: Trigger,
    /// The least and the most that it comes to.
    pub bounds: Option<Bounds>,
    /// Whether it comes on top of the other rules, instead of taking lines from them or losing lines to them.
    pub additive: bool,
    /// How several promoters of one sale share what it comes to: the weight of the first one that the sale names, of the second,
    /// and so on. Empty where each earns the whole.
    pub split: Vec<Rate>,
    /// How many days after it is due an amount may be paid.
    pub hold_days: u32,
}

/// Which way a rule's money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleKind {
    /// From the company that contracted the customer to the partner.
    Commission,
    /// The partner keeps it of the network lines and passes the rest, the share, to the master (R15).
    Margin,
    /// From the partner to the master that sold it the instance (R55).
    BuyPrice,
}

/// What a rate is taken of (D16). Always net of tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Base {
    /// The list prices of the year's lines, before discounts.
    List,
    /// The net prices of the year's lines, recurring or not.
    Net,
    /// The seller's margin on the year's lines.
    Margin,
    /// The net recurring prices of the first twelve contract months (D12).
    FirstAnnuity,
    /// The net recurring prices of each year.
    Annuity,
}

/// How much a rule comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleRate {
    /// A rate that stands in the rule.
    Fixed(Rate),
    /// The margin of the stage in force at the sale's date, raised by the uplift (R39, R45).
    OfStage,
    /// An amount, whatever the base comes to.
    Amount {
        /// The amount. A sale in another currency earns nothing by it.
        amount: Money,
        /// What it is paid for.
        per: Per,
    },
    /// A rate that depends on how much the base comes to, on top of the volume that came before it.
    VolumeTiers {
        /// Whether each part of the base has its own tier's rate, or the whole has the rate of the tier it reaches.
        mode: TierMode,
        /// What the volume adds up over.
        over: VolumeOver,
        /// The tiers, which begin at nothing and follow each other without gap or overlap.
        tiers: Vec<VolumeTier>,
    },
    /// A rate that depends on the sale's ordinal (D11). One sale stands in one tier; what earlier sales earned stays as it is.
    CountTiers {
        /// The tiers, which begin at the first sale and follow each other without gap or overlap.
        tiers: Vec<CountTier>,
    },
}

/// What a fixed amount is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    /// Once for the sale, with its first annuity.
    Sale,
    /// For each annuity.
    Year,
    /// For each unit of the lines that are counted, in each annuity that earns.
    Unit,
}

/// What the rate of a volume tier is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TierMode {
    /// Of the part of the base within the tier.
    Marginal,
    /// Of the whole base, by the one tier that it reaches.
    Whole,
}

/// What the volume of a rule's tiers adds up over. Of several sales each counts once, with what the rule's base comes to in its first
/// contract year. As with ordinals, what came before a sale is frozen when the sale is signed: a later cancellation does not change
/// it, and no later sale changes what an earlier one earned (D11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VolumeOver {
    /// The one annuity: nothing came before it.
    Annuity,
    /// The partner's sales of its agreement's type that were signed in the calendar year.
    CalendarYear,
    /// The partner's sales under the agreement that were signed in its anniversary year.
    AgreementYear,
    /// The partner's sales of its agreement's type, over its life.
    Life,
}

/// A rate for a range of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolumeTier {
    /// The least amount that it is for.
    pub from: Money,
    /// The amount at which the next one begins; none for the last.
    pub below: Option<Money>,
    /// The rate.
    pub rate: Rate,
}

/// A rate for a range of sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountTier {
    /// The first sale that it is for.
    pub from: u32,
    /// The last one; none for "and all later ones".
    pub to: Option<u32>,
    /// The rate.
    pub rate: Rate,
}

/// The least and the most that a rule comes to, before what was reached of the annuity makes a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// What they are about.
    pub per: BoundsPer,
    /// The least, if there is one.
    pub floor: Option<Money>,
    /// The most, if there is one.
    pub cap: Option<Money>,
}

/// What the bounds of a rule are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoundsPer {
    /// What the rule comes to in one annuity.
    Annuity,
    /// What it comes to in all annuities of the contract so far: a floor is paid with the first one, a cap uses itself up.
    Sale,
}

/// Some contract years, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Years {
    /// The first.
    pub from: u32,
    /// The last; none for "and all later ones".
    pub to: Option<u32>,
}

/// What narrows a rule to some lines and some customers. An empty list narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    /// The codes of catalogue items.
    pub items: BTreeSet<String>,
    /// The codes of product lines.
    pub product_lines: BTreeSet<String>,
    /// The codes of customer segments.
    pub segments: BTreeSet<String>,
    /// The countries of customers.
    pub countries: BTreeSet<Country>,
}

/// How often a rule earns on one sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recurrence {
    /// On the first annuity only.
    Once,
    /// On every annuity.
    EveryYear,
}

/// What an amount waits for, and what it is proportional to (D12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// The annuity's start: the whole contracted amount.
    Contracted,
    /// What was invoiced, less credits.
    Invoiced,
    /// What was collected, less refunds.
    Collected,
}

/// What a rule names, which decides between rules that could count the same line: the greater one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Specificity {
    /// It names catalogue items. This decides first.
    pub items: bool,
    /// It names product lines.
    pub product_lines: bool,
    /// It names customer segments.
    pub segments: bool,
    /// It names customer countries. This decides last.
    pub countries: bool,
}

impl Selector {
    /// What it names.
    #[must_use]
    pub fn specificity(&self) -> Specificity {
        let Self { items, product_lines, segments, countries } = self;
        Specificity {
            items: !items.is_empty(),
            product_lines: !product_lines.is_empty(),
            segments: !segments.is_empty(),
            countries: !countries.is_empty(),
        }
    }

    /// Whether it lets a line of this item and product line through. What is not known is not named.
    #[must_use]
    pub fn takes_line(&self, item: Option<&str>, product_line: Option<&str>) -> bool {
        let names = |set: &BTreeSet<String>, code: Option<&str>| set.is_empty() || code.is_some_and(|code| set.contains(code));
        names(&self.items, item) && names(&self.product_lines, product_line)
    }

    /// Whether it lets a customer of this segment and country through.
    #[must_use]
    pub fn takes_customer(&self, segment: Option<&str>, country: Option<Country>) -> bool {
        (self.segments.is_empty() || segment.is_some_and(|code| self.segments.contains(code)))
            && (self.countries.is_empty() || country.is_some_and(|country| self.countries.contains(&country)))
    }
}

impl Specificity {
    /// What it names, most decisive first.
    #[must_use]
    pub fn named(self) -> Vec<&'static str> {
        let Self { items, product_lines, segments, countries } = self;
        let all = [(items, "items"), (product_lines, "product_lines"), (segments, "segments"), (countries, "countries")];
        all.into_iter().filter_map(|(named, word)| named.then_some(word)).collect()
    }
}

impl Years {
    /// Whether `year` is one of them.
    #[must_use]
    pub fn contains(self, year: u32) -> bool {
        year >= self.from && self.to.is_none_or(|to| year <= to)
    }
}

impl Rule {
    /// The currencies of the amounts that stand in it. A sale in another one earns nothing by it: currencies are never mixed.
    pub fn currencies(&self) -> impl Iterator<Item = Currency> {
        let amount = match &self.rate {
            RuleRate::Amount { amount, per: _ } => Some(*amount),
            RuleRate::Fixed(_) | RuleRate::OfStage | RuleRate::VolumeTiers { .. } | RuleRate::CountTiers { .. } => None,
        };
        let tiers = match &self.rate {
            RuleRate::VolumeTiers { mode: _, over: _, tiers } => tiers.as_slice(),
            RuleRate::Fixed(_) | RuleRate::OfStage | RuleRate::Amount { .. } | RuleRate::CountTiers { .. } => &[],
        };
        let tiers = tiers.iter().flat_map(|tier| [Some(tier.from), tier.below]);
        let bounds = self.bounds.iter().flat_map(|bounds| [bounds.floor, bounds.cap]);
        [amount].into_iter().chain(tiers).chain(bounds).flatten().map(Money::currency)
    }

    /// What its volume adds up over, where that is more than the one annuity.
    #[must_use]
    pub const fn accumulates(&self) -> Option<VolumeOver> {
        match &self.rate {
            RuleRate::VolumeTiers { mode: _, over: VolumeOver::Annuity, tiers: _ } => None,
            RuleRate::VolumeTiers { mode: _, over, tiers: _ } => Some(*over),
            RuleRate::Fixed(_) | RuleRate::OfStage | RuleRate::Amount { .. } | RuleRate::CountTiers { .. } => None,
        }
    }

    /// The contract years on whose annuities it earns, as its recurrence and its years say together.
    #[must_use]
    pub fn earning_years(&self) -> Years {
        match self.recurrence {
            Recurrence::Once => Years { from: 1, to: Some(1) },
            Recurrence::EveryYear => self.years.unwrap_or(Years { from: 1, to: None }),
        }
    }
}
