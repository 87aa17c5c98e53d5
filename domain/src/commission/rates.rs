//! What a rule comes to for a whole year, by its rate, its tiers or its amount.

use std::cmp::Ordering;

use crate::{
    commission::{
        Exact, Operation, Quantity,
        explanation::{Named, Record},
        rule_set::Prepared,
        year::Year,
    },
    money::{Money, Rate},
    network::{Per, RuleRate, TierMode, VolumeTier},
};

impl Year<'_> {
    /// `rate × base`, with the rate that the rule has for this sale.
    pub(super) fn rated<R: Record>(&self, it: &Prepared, base: Exact, named: Named, record: &mut R) -> Option<(Named, Exact)> {
        let rate = match &it.rule.rate {
            RuleRate::VolumeTiers { mode: TierMode::Marginal, tiers } => return marginal(tiers, base, &named, record),
            RuleRate::VolumeTiers { mode: TierMode::Whole, tiers } => reached_tier(tiers, base)?.rate,
            RuleRate::CountTiers { tiers } => {
                let ordinal = self.facts.ordinal;
                tiers.iter().find(|tier| ordinal >= tier.from && tier.to.is_none_or(|to| ordinal <= to))?.rate
            }
            RuleRate::Fixed(_) | RuleRate::OfStage | RuleRate::Amount { .. } => {
                it.rate(self.facts.stage.as_ref(), self.uplift()).ok()??
            }
        };
        let in_full = base.checked_mul(rate.into())?;
        let result = Named::new(Quantity::InFull, in_full);
        record.step(Operation::Multiply, |all| all.extend([Named::new(Quantity::Rate, rate), named]), result.clone());
        Some((result, in_full))
    }

    /// An amount that stands in the rule, once or for each unit.
    pub(super) fn fixed_amount<R: Record>(
        &self,
        it: &Prepared,
        amount: Money,
        per: Per,
        record: &mut R,
    ) -> Option<(Named, Exact)> {
        let fixed = Named::new(Quantity::FixedAmount, amount);
        if per != Per::Unit {
            let result = Named::new(Quantity::InFull, amount);
            record.step(Operation::Add, |all| all.push(fixed), result.clone());
            return Some((result, amount.into()));
        }
        let units = self.counted(it).try_fold(0_u32, |units, line| units.checked_add(line.quantity))?;
        let each = self.counted(it).map(|line| Named::new(Quantity::Quantity, line.quantity));
        record.step(Operation::Add, |all| all.extend(each), Named::new(Quantity::Units, units));
        let in_full = Exact::from(amount).checked_mul(units.into())?;
        let result = Named::new(Quantity::InFull, in_full);
        record.step(Operation::Multiply, |all| all.extend([fixed, Named::new(Quantity::Units, units)]), result.clone());
        Some((result, in_full))
    }
}

/// The tier in which the whole base stands.
fn reached_tier(tiers: &[VolumeTier], base: Exact) -> Option<&VolumeTier> {
    tiers.iter().rev().find(|tier| base.compare(tier.from.into()).is_some_and(Ordering::is_ge))
}

/// Each part of the base at its own tier's rate.
fn marginal<R: Record>(tiers: &[VolumeTier], base: Exact, named: &Named, record: &mut R) -> Option<(Named, Exact)> {
    let mut sum = Exact::ZERO;
    let mut used = 0_usize;
    for tier in tiers {
        if used > 0 && base.compare(tier.from.into())?.is_le() {
            break;
        }
        let end = tier.below.filter(|below| base.compare(Exact::from(*below)).is_some_and(Ordering::is_gt));
        let upper = end.map_or(base, Exact::from);
        let upper_named = end.map_or_else(|| named.clone(), |below| Named::new(Quantity::TierBelow, below));
        let part = upper.checked_sub(tier.from.into())?;
        let amount = part.checked_mul(tier.rate.into())?;
        let part_named = Named::new(Quantity::TierPart, part);
        let operands = [upper_named, Named::new(Quantity::TierFrom, tier.from)];
        record.step(Operation::Subtract, |all| all.extend(operands), part_named.clone());
        let operands = [Named::new(Quantity::Rate, tier.rate), part_named];
        record.step(Operation::Multiply, |all| all.extend(operands), Named::new(Quantity::TierAmount, amount));
        sum = sum.checked_add(amount)?;
        used = used.checked_add(1)?;
    }
    let result = Named::new(Quantity::InFull, sum);
    let amounts = tiers.iter().take(used).filter_map(|tier| tier_amount(tier, base));
    let amounts = amounts.map(|amount| Named::new(Quantity::TierAmount, amount));
    record.step(Operation::Add, |all| all.extend(amounts), result.clone());
    Some((result, sum))
}

fn tier_amount(tier: &VolumeTier, base: Exact) -> Option<Exact> {
    let end = tier.below.map(Exact::from).filter(|below| base.compare(*below).is_some_and(Ordering::is_gt));
    let part = end.unwrap_or(base).checked_sub(tier.from.into())?;
    part.checked_mul(Rate::into(tier.rate))
}
