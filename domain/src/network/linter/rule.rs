//! The contradictions within one rule.

use std::cmp::Ordering;

use super::tiers;
use crate::{
    money::Rate,
    network::{
        Base, Bounds, ItemKind, Per, Recurrence, Rule, RuleKind, RuleRate, Terms, TermsFault, TierMode, VolumeTier, Years,
    },
};

impl Terms {
    /// Every contradiction in one rule.
    pub(super) fn rule_faults(&self, rule: &Rule, faults: &mut Vec<TermsFault>) {
        self.kind_faults(rule, faults);
        let code = || rule.code.clone();
        if rule.base == Base::FirstAnnuity && rule.recurrence == Recurrence::EveryYear {
            faults.push(TermsFault::RecurringFirstAnnuity { rule: code() });
        }
        if rule.lines.is_empty() {
            faults.push(TermsFault::NoLines { rule: code() });
        }
        if rule.from_sale == 0 {
            faults.push(TermsFault::SaleZero { rule: code() });
        } else if rule.to_sale.is_some_and(|to| to < rule.from_sale) {
            faults.push(TermsFault::EmptySales { rule: code() });
        }
        if rule.kind != RuleKind::Commission && !self.contracts_customers {
            faults.push(TermsFault::KeepsWithoutContracting { rule: code() });
        }
        if !rule.lines.is_empty() && !rule.lines.iter().any(|kind| self.may_be_sold(*kind)) {
            faults.push(TermsFault::LinesNotSold { rule: code() });
        }
        if earns_nothing(rule) {
            faults.push(TermsFault::EarnsNothing { rule: code() });
        }
        year_faults(rule, faults);
        amount_faults(rule, faults);
        split_faults(rule, faults);
    }

    /// Whether a sale that the partner earns by can have such a line: one that the type or one of its stages lets it sell, and any at
    /// all where it works for partners that sell for themselves.
    fn may_be_sold(&self, kind: ItemKind) -> bool {
        let added = self.stages.iter().any(|stage| stage.adds.contains(&kind));
        self.sells.contains(&kind) || added || !self.counterparty.partner_types.is_empty()
    }

    fn kind_faults(&self, rule: &Rule, faults: &mut Vec<TermsFault>) {
        let code = || rule.code.clone();
        let network_only = rule.lines.iter().copied().all(ItemKind::is_network);
        if rule.rate == RuleRate::OfStage && rule.kind != RuleKind::Margin {
            faults.push(TermsFault::StageRateOutsideMargin { rule: code() });
        } else if rule.rate == RuleRate::OfStage && self.stages.is_empty() {
            faults.push(TermsFault::StageMarginWithoutStages { rule: code() });
        }
        match rule.kind {
            RuleKind::Margin if rule.base != Base::Net || rule.recurrence != Recurrence::EveryYear || !network_only => {
                faults.push(TermsFault::MarginBase { rule: code() });
            }
            RuleKind::BuyPrice if rule.base != Base::List || !network_only => {
                faults.push(TermsFault::BuyPriceBase { rule: code() });
            }
            RuleKind::Margin | RuleKind::BuyPrice | RuleKind::Commission => {}
        }
        if rule.kind == RuleKind::Margin && !is_plain(rule) {
            faults.push(TermsFault::MarginNotPlain { rule: code() });
        }
    }
}

/// Whether nothing could ever be due by the rule. A margin of nothing leaves the whole to the share, and is one.
fn earns_nothing(rule: &Rule) -> bool {
    let nothing = match &rule.rate {
        RuleRate::Fixed(rate) => *rate == Rate::ZERO,
        RuleRate::Amount { amount, .. } => amount.sign() == Ordering::Equal,
        RuleRate::VolumeTiers { tiers, .. } => !tiers.is_empty() && tiers.iter().all(|tier| tier.rate == Rate::ZERO),
        RuleRate::CountTiers { tiers } => !tiers.is_empty() && tiers.iter().all(|tier| tier.rate == Rate::ZERO),
        RuleRate::OfStage => false,
    };
    let bounds = rule.bounds.as_ref();
    let floored = bounds.and_then(|bounds| bounds.floor).is_some_and(|floor| floor.sign() == Ordering::Greater);
    let capped = bounds.and_then(|bounds| bounds.cap).is_some_and(|cap| cap.sign() == Ordering::Equal);
    rule.kind != RuleKind::Margin && ((nothing && !floored) || capped)
}

/// Whether a margin holds for every sale, every year and every customer, at one rate. It may count some lines only: of the
/// others it leaves nothing.
fn is_plain(rule: &Rule) -> bool {
    let rate = matches!(rule.rate, RuleRate::Fixed(_) | RuleRate::OfStage);
    let always = rule.from_sale <= 1 && rule.to_sale.is_none() && rule.years.is_none();
    let everybody = rule.only.segments.is_empty() && rule.only.countries.is_empty();
    rate && always && everybody && rule.bounds.is_none() && !rule.additive
}

fn year_faults(rule: &Rule, faults: &mut Vec<TermsFault>) {
    let Some(Years { from, to }) = rule.years else { return };
    if from == 0 || to.is_some_and(|to| to < from) {
        faults.push(TermsFault::EmptyYears { rule: rule.code.clone() });
    } else if rule.recurrence == Recurrence::Once && (from, to) != (1, Some(1)) {
        faults.push(TermsFault::OnceBeyondFirstYear { rule: rule.code.clone() });
    }
}

fn amount_faults(rule: &Rule, faults: &mut Vec<TermsFault>) {
    let code = || rule.code.clone();
    match &rule.rate {
        RuleRate::Amount { amount, per } => {
            if matches!((per, rule.recurrence), (Per::Sale, Recurrence::EveryYear) | (Per::Year, Recurrence::Once)) {
                faults.push(TermsFault::AmountRecurrence { rule: code() });
            }
            if amount.sign() == Ordering::Less {
                faults.push(TermsFault::NegativeAmount { rule: code() });
            }
        }
        RuleRate::VolumeTiers { mode: TierMode::Marginal | TierMode::Whole, over: _, tiers } => {
            volume_faults(rule, tiers, faults)
        }
        RuleRate::CountTiers { tiers } => {
            let ranges = tiers.iter().map(|tier| (u64::from(tier.from), tier.to.map(|to| u64::from(to).saturating_add(1))));
            tiers::faults(&rule.code, 1, ranges, faults);
        }
        RuleRate::Fixed(_) | RuleRate::OfStage => {}
    }
    bounds_faults(rule, faults);
    let mut currencies = rule.currencies();
    let first = currencies.next();
    if currencies.any(|currency| Some(currency) != first) {
        faults.push(TermsFault::SeveralCurrencies { rule: code() });
    }
}

fn volume_faults(rule: &Rule, tiers: &[VolumeTier], faults: &mut Vec<TermsFault>) {
    if rule.base == Base::Margin && rule.accumulates().is_some() {
        faults.push(TermsFault::VolumeOfMargins { rule: rule.code.clone() });
    }
    let amounts = tiers.iter().flat_map(|tier| [Some(tier.from), tier.below]).flatten();
    if amounts.clone().any(|amount| amount.sign() == Ordering::Less) {
        faults.push(TermsFault::NegativeAmount { rule: rule.code.clone() });
        return;
    }
    // Minor units are compared here; that they are of one currency is another fault's business.
    let minor = |amount: crate::money::Money| u64::try_from(amount.minor()).unwrap_or(0);
    tiers::faults(&rule.code, 0, tiers.iter().map(|tier| (minor(tier.from), tier.below.map(minor))), faults);
}

fn bounds_faults(rule: &Rule, faults: &mut Vec<TermsFault>) {
    let Some(Bounds { per: _, floor, cap }) = rule.bounds else { return };
    let code = || rule.code.clone();
    match (floor, cap) {
        (None, None) => faults.push(TermsFault::EmptyBounds { rule: code() }),
        (Some(floor), Some(cap)) if floor.compare(cap) == Some(Ordering::Greater) => {
            faults.push(TermsFault::FloorAboveCap { rule: code() });
        }
        _ => {}
    }
    if [floor, cap].into_iter().flatten().any(|bound| bound.sign() == Ordering::Less) {
        faults.push(TermsFault::NegativeAmount { rule: code() });
    }
}

fn split_faults(rule: &Rule, faults: &mut Vec<TermsFault>) {
    if rule.split.is_empty() {
        return;
    }
    if rule.kind != RuleKind::Commission {
        faults.push(TermsFault::SplitOutsideCommission { rule: rule.code.clone() });
    }
    let sum = rule.split.iter().try_fold(Rate::ZERO, |sum, share| sum.checked_add(*share));
    if sum != Some(Rate::ONE) || rule.split.contains(&Rate::ZERO) {
        faults.push(TermsFault::SplitNotWhole { rule: rule.code.clone() });
    }
}
