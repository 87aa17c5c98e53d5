//! One contract year, while the rules of somebody's terms are evaluated on it.
//!
//! Each computation is written once, for amounts alone and for amounts with their steps: what it does with a step is the
//! [`Record`]'s business.

use std::cmp::Ordering;

use crate::{
    commission::{
        AnnuityLine, Exact, NotAppliedReason, Operation, Performed, Quantity, SaleFacts, Value,
        explanation::{LostLine, Named, Record, Silent},
        rule_set::{Prepared, RuleSet},
    },
    money::{Money, Rate},
    network::{Base, Recurrence, RuleKind, RuleRate},
};

/// One contract year of a sale whose facts hold.
pub(super) struct Year<'a> {
    set: &'a RuleSet,
    pub(super) facts: &'a SaleFacts,
    lines: &'a [AnnuityLine],
    number: u32,
    pub(super) contracted: Money,
    /// Which rules compete for lines, by their places; nothing where no rules can.
    competing: Vec<bool>,
}

/// What a rule comes to.
pub(super) struct Worked {
    pub(super) amount: Money,
    /// For a share: what the partner keeps of the network lines.
    pub(super) margin_kept: Option<Money>,
    /// What the rate was taken of.
    pub(super) base: Value,
}

impl<'a> Year<'a> {
    /// The year that the facts are about.
    pub(super) fn new(set: &'a RuleSet, facts: &'a SaleFacts, contracted: Money) -> Self {
        Self::of(set, facts, &facts.lines, facts.year, contracted)
    }

    fn of(set: &'a RuleSet, facts: &'a SaleFacts, lines: &'a [AnnuityLine], number: u32, contracted: Money) -> Self {
        let mut year = Self { set, facts, lines, number, contracted, competing: Vec::new() };
        if set.is_contested() {
            year.competing = set.rules().iter().map(|it| year.is_in_play(it)).collect();
        }
        year
    }

    /// The points of margin that a sub-network adds (R45, D15).
    pub(super) fn uplift(&self) -> Rate {
        self.set.uplift(self.facts.uplift_applies)
    }

    /// Why nothing is due by the rule to date; the first reason that holds.
    pub(super) fn not_applied(&self, it: &Prepared) -> Option<NotAppliedReason> {
        let reached = self.facts.reached(it.rule.trigger);
        self.moves_nothing(it).or_else(|| {
            if self.is_shared(it) && weight(it, self.facts.place.position).is_none() {
                Some(NotAppliedReason::OutsideSplit)
            } else if self.cut_short().is_some_and(|it| it.days == 0)
                || (reached.sign() == Ordering::Equal && reached != self.contracted)
            {
                Some(NotAppliedReason::NothingTriggeredYet)
            } else {
                None
            }
        })
    }

    /// The days of a year that costs the customer nothing, where it is not performed whole: nothing else says how far it has come.
    fn cut_short(&self) -> Option<Performed> {
        self.facts.performed.filter(|it| self.contracted.sign() == Ordering::Equal && it.days < it.of)
    }

    /// Whether all is reached that the rule waits for.
    fn is_whole(&self, it: &Prepared) -> bool {
        self.facts.reached(it.rule.trigger) == self.contracted && self.cut_short().is_none()
    }

    /// Why the rule moves nothing in this year, whatever is reached of it.
    fn moves_nothing(&self, it: &Prepared) -> Option<NotAppliedReason> {
        // An amount that stands in the rule is owed for what was sold, whatever its price.
        let is_amount = matches!(it.rule.rate, RuleRate::Amount { .. });
        let priced = |line: &&AnnuityLine| is_amount || it.price(line).sign() == Ordering::Greater;
        let has = |which: &dyn Fn(&AnnuityLine) -> bool| self.lines.iter().filter(priced).any(which);
        let moves = has(&|line| self.moves(it, line));
        if !moves && has(&|line| it.is_about(line)) && !has(&|line| it.is_about(line) && !line.protected_by_other) {
            return Some(NotAppliedReason::ProtectedByOther);
        }
        let out = self.out_of_play(it);
        if out.is_some() {
            out
        } else if moves {
            self.lacks_margin(it).then_some(NotAppliedReason::SellerHasNoMargin)
        } else if has(&|line| it.is_about(line)) {
            Some(NotAppliedReason::SupersededRule)
        } else {
            Some(NotAppliedReason::NoMatchingLines)
        }
    }

    /// Why the rule is not about such a sale in such a year, whatever was sold.
    fn out_of_play(&self, it: &Prepared) -> Option<NotAppliedReason> {
        let (rule, ordinal) = (&it.rule, self.facts.ordinal);
        if ordinal < rule.from_sale {
            Some(NotAppliedReason::BelowFirstPaidSale)
        } else if rule.to_sale.is_some_and(|to| ordinal > to) {
            Some(NotAppliedReason::AboveLastPaidSale)
        } else if rule.recurrence == Recurrence::Once && self.number > 1 {
            Some(NotAppliedReason::OneTimeFirstAnnuity)
        } else if !rule.earning_years().contains(self.number) {
            Some(NotAppliedReason::OutsideYears)
        } else if !it.is_in(self.facts.currency) {
            Some(NotAppliedReason::OtherCurrency)
        } else if !it.takes_customer(self.facts) {
            Some(NotAppliedReason::OtherCustomer)
        } else {
            None
        }
    }

    fn lacks_margin(&self, it: &Prepared) -> bool {
        it.rule.base == Base::Margin && self.facts.seller_margin.is_none()
    }

    /// Whether the rule competes for lines. What was invoiced or collected so far has no say, or lines would change hands.
    fn is_in_play(&self, it: &Prepared) -> bool {
        self.out_of_play(it).is_none() && !self.lacks_margin(it)
    }

    /// The more specific rule that takes a line from this one.
    fn lost_to(&self, it: &Prepared, line: &AnnuityLine) -> Option<&Prepared> {
        let rivals = self.set.rules().iter().zip(&self.competing);
        rivals
            .filter(|(rival, competes)| **competes && rival.supersedes(it) && rival.is_about(line))
            .map(|(rival, _)| rival)
            .next()
    }

    /// Whether the rule takes its rate of this line: of nothing that was sold inside another partner's protection (R36).
    pub(super) fn counts(&self, it: &Prepared, line: &AnnuityLine) -> bool {
        !line.protected_by_other && it.is_about(line) && self.lost_to(it, line).is_none()
    }

    fn is_due_whole(&self, it: &Prepared, line: &AnnuityLine) -> bool {
        it.is_due_whole(line) && self.lost_to(it, line).is_none()
    }

    /// Whether the line makes the rule move anything.
    fn moves(&self, it: &Prepared, line: &AnnuityLine) -> bool {
        self.counts(it, line) || self.is_due_whole(it, line)
    }

    /// The lines that the rule takes into its computation, with their positions from 0.
    pub(super) fn taken(&self, it: &Prepared) -> Vec<(usize, AnnuityLine)> {
        let shared = it.rule.kind == RuleKind::Margin;
        let takes = |line: &AnnuityLine| if shared { self.is_due_whole(it, line) } else { self.moves(it, line) };
        self.lines.iter().enumerate().filter(|(_, line)| takes(line)).map(|(place, line)| (place, line.clone())).collect()
    }

    /// The lines that more specific rules took from this one, with their positions from 0.
    pub(super) fn lost(&self, it: &Prepared) -> Vec<LostLine> {
        if self.competing.is_empty() {
            return Vec::new();
        }
        let about = self.lines.iter().enumerate().filter(|(_, line)| it.is_about(line));
        about.filter_map(|(line, of)| Some(LostLine { line, to: self.lost_to(it, of)?.rule.clone() })).collect()
    }

    /// What the rule comes to; `None` when an amount is too large to be computed with.
    pub(super) fn work<R: Record>(&self, it: &Prepared, record: &mut R) -> Option<Worked> {
        match it.rule.kind {
            RuleKind::Margin => self.share(it, record),
            RuleKind::Commission | RuleKind::BuyPrice => self.part_of_base(it, record),
        }
    }

    /// `in full × reached ÷ contracted`, rounded once. A buy price takes in what is due whole, rounded by itself.
    fn part_of_base<R: Record>(&self, it: &Prepared, record: &mut R) -> Option<Worked> {
        let has_whole = self.lines.iter().any(|line| self.is_due_whole(it, line));
        let result = match (has_whole, self.is_shared(it)) {
            (true, _) => Quantity::AtBuyPrice,
            (false, true) => Quantity::Shared,
            (false, false) => Quantity::Amount,
        };
        let (base, in_full) = self.in_full(it, record)?;
        let in_full = self.bounded(it, in_full, record)?;
        let amount = self.to_date(it, in_full, result, record)?;
        let amount = if has_whole { self.with_protected(it, amount, record)? } else { amount };
        let amount = if self.is_shared(it) { self.split(it, amount, record)? } else { amount };
        Some(Worked { amount, margin_kept: None, base })
    }

    /// A buy price with all that the customer pays for what was sold inside another partner's protection (R36).
    fn with_protected<R: Record>(&self, it: &Prepared, amount: Money, record: &mut R) -> Option<Money> {
        let whole = self.add(it, |line| self.is_due_whole(it, line), Quantity::ProtectedNet, record)?;
        let named = Named::new(Quantity::ProtectedNet, whole);
        let to_date = self.to_date(it, (named, whole.into()), Quantity::ProtectedToDate, record)?;
        let sum = amount.checked_add(to_date)?;
        let operands = [Named::new(Quantity::AtBuyPrice, amount), Named::new(Quantity::ProtectedToDate, to_date)];
        record.step(Operation::Add, |all| all.extend(operands), Named::new(Quantity::Amount, sum));
        Some(sum)
    }

    /// What the rule is taken of, and what it comes to for the whole year before its bounds, exactly.
    fn in_full<R: Record>(&self, it: &Prepared, record: &mut R) -> Option<(Value, (Named, Exact))> {
        let counted = |line: &AnnuityLine| self.counts(it, line);
        if let RuleRate::Amount { amount, per } = &it.rule.rate {
            let base = self.sum(it, counted)?;
            return Some((base.into(), self.fixed_amount(it, *amount, *per, record)?));
        }
        let (base, named) = match self.facts.seller_margin.filter(|_| it.rule.base == Base::Margin) {
            Some(margin) => {
                let sum = self.add(it, counted, Quantity::Counted, record)?;
                let base = Exact::from(sum).checked_mul(margin.into())?;
                let operands = [Named::new(Quantity::SellerMargin, margin), Named::new(Quantity::Counted, sum)];
                record.step(Operation::Multiply, |all| all.extend(operands), Named::new(Quantity::Base, base));
                (base, Named::new(Quantity::Base, base))
            }
            None => {
                let sum = self.add(it, counted, Quantity::Base, record)?;
                (sum.into(), Named::new(Quantity::Base, sum))
            }
        };
        let value = named.value.clone();
        Some((value, self.rated(it, base, named, record)?))
    }

    /// What bounds leave of it.
    fn bounded<R: Record>(&self, it: &Prepared, in_full: (Named, Exact), record: &mut R) -> Option<(Named, Exact)> {
        let Some(bounds) = &it.rule.bounds else { return Some(in_full) };
        match self.earlier_years(it)? {
            None => super::bounds::clamp(bounds, in_full, Quantity::Bounded, record),
            Some(earlier) => super::bounds::clamp_on_top(bounds, in_full, earlier, record),
        }
    }

    /// What the rule came to in earlier years before bounds, where its bounds are about the sale and it did in any of them.
    pub(super) fn earlier_years(&self, it: &Prepared) -> Option<Option<Exact>> {
        if !super::bounds::are_of_sale(&it.rule) {
            return Some(None);
        }
        let mut sum = None;
        for (lines, number) in self.facts.earlier_years.iter().zip(1_u32..self.number) {
            let year = Year::of(self.set, self.facts, lines, number, self.contracted);
            if year.moves_nothing(it).is_none() {
                let (_, (_, in_full)) = year.in_full(it, &mut Silent)?;
                sum = Some(in_full.checked_add(sum.unwrap_or(Exact::ZERO))?);
            }
        }
        Some(sum)
    }

    /// The volume that came before the sale, where the rule's tiers add up over several.
    pub(super) fn volume_before(&self, it: &Prepared) -> Option<Money> {
        it.rule.accumulates().map(|_| self.facts.volume_before(&it.rule.code))
    }

    /// What was reached of an exact amount of the whole year, rounded.
    fn to_date<R: Record>(&self, it: &Prepared, of: (Named, Exact), result: Quantity, record: &mut R) -> Option<Money> {
        let ((named, whole), reached, currency) = (of, self.facts.reached(it.rule.trigger), self.facts.currency);
        if self.is_whole(it) {
            let amount = whole.round(currency)?;
            record.step(Operation::Round, |all| all.push(named), Named::new(result, amount));
            return Some(amount);
        }
        let (part, by, weighted, amount) = match self.cut_short() {
            Some(Performed { days, of }) => {
                let weighted = whole.checked_mul(days.into())?;
                let (part, by) = (Named::new(Quantity::DaysServed, days), Named::new(Quantity::DaysOfYear, of));
                (part, by, weighted, weighted.divide_by_count(of, currency)?)
            }
            None => {
                let weighted = whole.checked_mul(reached.into())?;
                let (part, by) = (Named::new(Quantity::Reached, reached), Named::new(Quantity::Contracted, self.contracted));
                (part, by, weighted, weighted.divide(self.contracted, currency)?)
            }
        };
        let product = Named::new(Quantity::Weighted, weighted);
        record.step(Operation::Multiply, |all| all.extend([named, part]), product.clone());
        record.step(Operation::DivideAndRound, |all| all.extend([product, by]), Named::new(result, amount));
        Some(amount)
    }

    /// Whether the partner shares what the rule comes to with other promoters.
    fn is_shared(&self, it: &Prepared) -> bool {
        !it.rule.split.is_empty() && self.facts.place.among > 1
    }

    /// The partner's part of what the promoters of a sale share (R47).
    fn split<R: Record>(&self, it: &Prepared, shared: Money, record: &mut R) -> Option<Money> {
        let place = self.facts.place;
        let weights = it.rule.split.get(..usize::try_from(place.among).ok()?.min(it.rule.split.len()))?;
        let parts = shared.split(&weights.iter().map(|weight| weight.ppm()).collect::<Vec<_>>())?;
        let amount = *parts.get(usize::try_from(place.position.checked_sub(1)?).ok()?)?;
        let operands = [Named::new(Quantity::Shared, shared), Named::new(Quantity::Position, place.position)];
        let weights = weights.iter().map(|weight| Named::new(Quantity::Weight, *weight));
        record.step(
            Operation::Split,
            |all| all.extend(operands.into_iter().chain(weights)),
            Named::new(Quantity::Amount, amount),
        );
        Some(amount)
    }

    /// Network lines less the margin on them, as far as they are reached, rounded once: see the [module](super) for how.
    fn share<R: Record>(&self, it: &Prepared, record: &mut R) -> Option<Worked> {
        let network = self.sum(it, |line| self.is_due_whole(it, line))?;
        let counted = self.sum(it, |line| self.counts(it, line))?;
        let rate = self.margin(it, record)?;
        self.add(it, |line| self.is_due_whole(it, line), Quantity::NetworkNet, record)?;
        let network_net = Named::new(Quantity::NetworkNet, network);
        let base = if counted == network {
            network_net.clone()
        } else {
            self.add(it, |line| self.counts(it, line), Quantity::Base, record)?;
            Named::new(Quantity::Base, counted)
        };
        let exact = Exact::from(counted).checked_mul(rate.into())?;
        let exact_margin = Named::new(Quantity::ExactMargin, exact);
        record.step(Operation::Multiply, |all| all.extend([Named::new(Quantity::Rate, rate), base]), exact_margin.clone());
        let (amount, to_date) = if self.is_whole(it) {
            let margin = exact.round(self.facts.currency)?;
            let (amount, kept) = (network.checked_sub(margin)?, Named::new(Quantity::Margin, margin));
            record.step(Operation::Round, |all| all.push(exact_margin), kept.clone());
            record.step(Operation::Subtract, |all| all.extend([network_net, kept]), Named::new(Quantity::Amount, amount));
            (amount, network)
        } else {
            let whole = Exact::from(network).checked_sub(exact)?;
            let in_full = Named::new(Quantity::InFull, whole);
            record.step(Operation::Subtract, |all| all.extend([network_net.clone(), exact_margin]), in_full.clone());
            let amount = self.to_date(it, (in_full, whole), Quantity::Amount, record)?;
            (amount, self.to_date(it, (network_net, network.into()), Quantity::NetworkNet, &mut Silent)?)
        };
        Some(Worked { amount, margin_kept: Some(to_date.checked_sub(amount)?), base: counted.into() })
    }

    /// The margin rule's rate, with the step that raises it where there is a sub-network (R45, D15).
    fn margin<R: Record>(&self, it: &Prepared, record: &mut R) -> Option<Rate> {
        let stage = self.facts.stage.as_ref();
        let rate = it.rate(stage, self.uplift()).ok()??;
        if let (RuleRate::OfStage, Some(stage), true) = (&it.rule.rate, stage, self.facts.uplift_applies) {
            let operands = [Named::new(Quantity::StageMargin, stage.margin), Named::new(Quantity::Uplift, self.uplift())];
            record.step(Operation::Add, |all| all.extend(operands), Named::new(Quantity::Rate, rate));
        }
        Some(rate)
    }

    /// The prices of some lines, added up.
    pub(super) fn sum(&self, it: &Prepared, which: impl Fn(&AnnuityLine) -> bool) -> Option<Money> {
        let prices = self.lines.iter().filter(|line| which(line)).map(|line| it.price(line));
        Money::sum(prices, self.facts.currency)
    }

    /// The same as a step.
    fn add<R: Record>(
        &self,
        it: &Prepared,
        which: impl Fn(&AnnuityLine) -> bool,
        result: Quantity,
        record: &mut R,
    ) -> Option<Money> {
        let sum = self.sum(it, &which)?;
        let prices = self.lines.iter().filter(|line| which(line)).map(|line| Named::new(Quantity::Line, it.price(line)));
        record.step(Operation::Add, |all| all.extend(prices), Named::new(result, sum));
        Some(sum)
    }

    /// The lines that the rule takes its rate of.
    pub(super) fn counted<'y>(&'y self, it: &'y Prepared) -> impl Iterator<Item = &'y AnnuityLine> {
        self.lines.iter().filter(|line| self.counts(it, line))
    }
}

/// The weight of the promoter at a place, from 1.
fn weight(it: &Prepared, position: u32) -> Option<Rate> {
    it.rule.split.get(usize::try_from(position.checked_sub(1)?).ok()?).copied()
}
