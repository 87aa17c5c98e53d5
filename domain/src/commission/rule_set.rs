//! The rules of some terms, prepared once for many evaluations.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    commission::{AnnuityLine, FactsFault, SaleFacts},
    ledger::EntryKind,
    money::{Currency, Money, Rate},
    network::{Base, ItemKind, Recurrence, Rule, RuleKind, RuleRate, Specificity, Stage, Terms},
};

/// The rules of some terms, prepared once for many evaluations: what does not depend on a sale is worked out here.
#[derive(Debug, Clone)]
pub struct RuleSet {
    rules: Vec<Prepared>,
    uplift: Rate,
    contested: bool,
}

/// A rule with what follows from it alone.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    pub(super) rule: Arc<Rule>,
    pub(super) entry: EntryKind,
    /// A bit for each kind of line that it counts.
    kinds: u8,
    recurring_only: bool,
    at_list: bool,
    names_lines: bool,
    names_customers: bool,
    currency: Option<Currency>,
    rank: Specificity,
}

impl RuleSet {
    /// Prepares the rules of `terms`.
    #[must_use]
    pub fn of(terms: &Terms) -> Self {
        let rules: Vec<Prepared> = terms.rules.iter().map(|rule| Prepared::of(Arc::new(rule.clone()))).collect();
        let contested = rules.iter().any(|one| rules.iter().any(|other| other.supersedes(one)));
        Self { rules, uplift: terms.margin_uplift, contested }
    }

    pub(super) fn rules(&self) -> &[Prepared] {
        &self.rules
    }

    /// Whether any rule could take a line from another.
    pub(super) const fn is_contested(&self) -> bool {
        self.contested
    }

    /// The points of margin that a sub-network adds, if there is one (R45, D15).
    pub(super) const fn uplift(&self, applies: bool) -> Rate {
        if applies { self.uplift } else { Rate::ZERO }
    }

    /// The margin that these rules leave on network lines; see [`margin_rate`].
    pub(super) fn margin(&self) -> Option<&Prepared> {
        self.rules.iter().find(|it| it.rule.kind == RuleKind::Margin)
    }

    /// What was contracted, if nothing is wrong with the facts nor with what the rules ask of them; else every fault at once.
    pub(super) fn check(&self, facts: &SaleFacts) -> Result<Money, Vec<FactsFault>> {
        let uplift = self.uplift(facts.uplift_applies);
        let checked = facts.check();
        let faults = self.rules.iter().filter_map(|it| it.check(facts, uplift).err());
        match checked {
            Ok(contracted) => {
                let faults: Vec<_> = faults.collect();
                if faults.is_empty() { Ok(contracted) } else { Err(faults) }
            }
            Err(found) => Err(found.into_iter().chain(faults).collect()),
        }
    }
}

impl Prepared {
    pub(super) fn of(rule: Arc<Rule>) -> Self {
        // A trading margin is made on network lines alone: a partner's own are retained whole (R15, R42, R43).
        let network_only = rule.kind != RuleKind::Commission || rule.base == Base::Margin;
        let currency = rule.currencies().next();
        let counted = rule.lines.iter().filter(|kind| kind.is_network() || !network_only);
        Self {
            entry: match rule.kind {
                RuleKind::Commission => EntryKind::Commission,
                RuleKind::Margin => EntryKind::Share,
                RuleKind::BuyPrice => EntryKind::BuyPrice,
            },
            kinds: counted.fold(0, |bits, kind| bits | bit(*kind)),
            recurring_only: matches!(rule.base, Base::FirstAnnuity | Base::Annuity),
            at_list: rule.base == Base::List && rule.kind != RuleKind::Margin,
            names_lines: !rule.only.items.is_empty() || !rule.only.product_lines.is_empty(),
            names_customers: !rule.only.segments.is_empty() || !rule.only.countries.is_empty(),
            currency,
            rank: rule.only.specificity(),
            rule,
        }
    }

    /// Whether the rule is about such lines, whoever protects them and whichever other rule takes them.
    pub(super) fn is_about(&self, line: &AnnuityLine) -> bool {
        self.kinds & bit(line.kind) != 0
            && (line.recurring || !self.recurring_only)
            && (!self.names_lines || self.rule.only.takes_line(line.item.as_deref(), line.product_line.as_deref()))
    }

    /// Whether it takes every line from `other` that both are about: it is more specific, and neither comes on top of the other.
    pub(super) fn supersedes(&self, other: &Self) -> bool {
        self.rule.kind == other.rule.kind && !self.rule.additive && !other.rule.additive && self.rank > other.rank
    }

    /// Whether it is about sales in this currency.
    pub(super) fn is_in(&self, currency: Currency) -> bool {
        self.currency.is_none_or(|own| own == currency)
    }

    /// Whether it is about the customer of the sale.
    pub(super) fn takes_customer(&self, facts: &SaleFacts) -> bool {
        let customer = &facts.customer;
        !self.names_customers || self.rule.only.takes_customer(customer.segment.as_deref(), customer.country)
    }

    /// Whether all that the customer pays for this line is due, where no other rule takes it: for a share each network line, less
    /// the margin (R15), and for a buy price what was sold inside another partner's protection (R36).
    pub(super) fn is_due_whole(&self, line: &AnnuityLine) -> bool {
        match self.rule.kind {
            RuleKind::Commission => false,
            RuleKind::Margin => line.kind.is_network(),
            RuleKind::BuyPrice => line.protected_by_other && self.is_about(line),
        }
    }

    /// The price of a line that the rule counts (D16). What a share is taken of, and what is due whole, is what the customer pays.
    pub(super) fn price(&self, line: &AnnuityLine) -> Money {
        if self.at_list && !line.protected_by_other { line.list } else { line.net }
    }

    /// The rule's rate, where it has one that is the same for every sale: its own, or the stage's margin raised by the uplift
    /// (R39, R45).
    pub(super) fn rate(&self, stage: Option<&Stage>, uplift: Rate) -> Result<Option<Rate>, FactsFault> {
        let code = || self.rule.code.clone();
        match (&self.rule.rate, self.rule.kind) {
            (RuleRate::Fixed(rate), _) => Ok(Some(*rate)),
            (RuleRate::OfStage, RuleKind::Margin) => {
                let stage = stage.ok_or_else(|| FactsFault::NoStageInForce { rule: code() })?;
                stage.margin.checked_add(uplift).map(Some).ok_or_else(|| FactsFault::MarginAboveWhole { rule: code() })
            }
            (RuleRate::OfStage, _) => Err(FactsFault::StageRateOutsideMargin { rule: code() }),
            (RuleRate::Amount { .. } | RuleRate::VolumeTiers { .. } | RuleRate::CountTiers { .. }, _) => Ok(None),
        }
    }

    fn check(&self, facts: &SaleFacts, uplift: Rate) -> Result<(), FactsFault> {
        let rate = self.rate(facts.stage.as_ref(), uplift)?;
        let always =
            self.rule.from_sale <= 1 && self.rule.to_sale.is_none() && self.rule.years.is_none() && !self.names_customers;
        let plain = rate.is_some() && always && self.rule.recurrence == Recurrence::EveryYear;
        if self.rule.kind == RuleKind::Margin && !plain {
            return Err(FactsFault::MarginNotEverySale { rule: self.rule.code.clone() });
        }
        Ok(())
    }
}

const fn bit(kind: ItemKind) -> u8 {
    match kind {
        ItemKind::NetworkModule => 1,
        ItemKind::NetworkService => 2,
        ItemKind::Complementary => 4,
        ItemKind::PartnerOwn => 8,
        ItemKind::PartnerHelpdesk => 16,
    }
}

/// The margin that these terms leave on network lines, at a stage and with or without a sub-network (R15, R39, R45, D15). `None`
/// where they have no margin rule, or the rule asks for a stage and there is none.
#[must_use]
pub fn margin_rate(terms: &Terms, stage: Option<&Stage>, uplift_applies: bool) -> Option<Rate> {
    let set = RuleSet::of(terms);
    set.margin()?.rate(stage, set.uplift(uplift_applies)).ok().flatten()
}

/// Whether all that the rule is about was sold inside another partner's protection: whatever it moves, its partner earns nothing
/// by it (R36).
#[must_use]
pub fn is_all_protected(rule: &Rule, lines: &[AnnuityLine]) -> bool {
    let rule = Prepared::of(Arc::new(rule.clone()));
    let priced = |line: &&AnnuityLine| rule.is_about(line) && rule.price(line).sign() == Ordering::Greater;
    let mut about = lines.iter().filter(priced).peekable();
    about.peek().is_some() && about.all(|line| line.protected_by_other)
}
