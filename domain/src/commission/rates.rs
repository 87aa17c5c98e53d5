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
            RuleRate::VolumeTiers { mode, over: _, tiers } => {
                let volume = Volume::of(self.volume_before(it), (named.clone(), base), record)?;
                match mode {
                    TierMode::Marginal => return volume.marginal(tiers, record),
                    TierMode::Whole => volume.reached(tiers)?.rate,
                }
            }
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

/// What stands in tiers: a base on top of what came before it, each with its name.
struct Volume {
    before: Option<(Named, Exact)>,
    after: (Named, Exact),
}

impl Volume {
    /// The base by itself, or on top of what came before, with the step that adds it.
    fn of<R: Record>(before: Option<Money>, (named, base): (Named, Exact), record: &mut R) -> Option<Self> {
        let Some(amount) = before else { return Some(Self { before: None, after: (named, base) }) };
        let (earlier, after) = (Named::new(Quantity::VolumeBefore, amount), Exact::from(amount).checked_add(base)?);
        let after_named = Named::new(Quantity::VolumeAfter, after);
        record.step(Operation::Add, |all| all.extend([earlier.clone(), named]), after_named.clone());
        Some(Self { before: Some((earlier, amount.into())), after: (after_named, after) })
    }

    /// The tier that it reaches.
    fn reached<'t>(&self, tiers: &'t [VolumeTier]) -> Option<&'t VolumeTier> {
        tiers.iter().rev().find(|tier| self.after.1.compare(tier.from.into()).is_some_and(Ordering::is_ge))
    }

    /// The ends of the part of the base within a tier, the upper one first; `None` where no part of it is. Amounts of one currency,
    /// and at most one rate of them, can always be compared.
    fn within(&self, tier: &VolumeTier) -> Option<[(Named, Exact); 2]> {
        let is_above = |one: Exact, other: Money| one.compare(other.into()).is_some_and(Ordering::is_gt);
        let before = self.before.clone().filter(|(_, before)| is_above(*before, tier.from));
        let lower = before.unwrap_or_else(|| (Named::new(Quantity::TierFrom, tier.from), tier.from.into()));
        let below = tier.below.filter(|below| is_above(self.after.1, *below));
        let upper = below.map_or_else(|| self.after.clone(), |below| (Named::new(Quantity::TierBelow, below), below.into()));
        upper.1.compare(lower.1)?.is_gt().then_some([upper, lower])
    }

    /// Each part of the base at its own tier's rate.
    fn marginal<R: Record>(&self, tiers: &[VolumeTier], record: &mut R) -> Option<(Named, Exact)> {
        let mut sum = Exact::ZERO;
        for tier in tiers {
            let Some([(upper_named, upper), (lower_named, lower)]) = self.within(tier) else { continue };
            let part = upper.checked_sub(lower)?;
            let amount = part.checked_mul(tier.rate.into())?;
            let part_named = Named::new(Quantity::TierPart, part);
            record.step(Operation::Subtract, |all| all.extend([upper_named, lower_named]), part_named.clone());
            let operands = [Named::new(Quantity::Rate, tier.rate), part_named];
            record.step(Operation::Multiply, |all| all.extend(operands), Named::new(Quantity::TierAmount, amount));
            sum = sum.checked_add(amount)?;
        }
        let result = Named::new(Quantity::InFull, sum);
        let amounts = tiers.iter().filter_map(|tier| self.amount_within(tier));
        let amounts = amounts.map(|amount| Named::new(Quantity::TierAmount, amount));
        record.step(Operation::Add, |all| all.extend(amounts), result.clone());
        Some((result, sum))
    }

    fn amount_within(&self, tier: &VolumeTier) -> Option<Exact> {
        let [(_, upper), (_, lower)] = self.within(tier)?;
        upper.checked_sub(lower)?.checked_mul(Rate::into(tier.rate))
    }
}
