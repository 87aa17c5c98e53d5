//! The evaluation of terms on one annuity.

use std::cmp::Ordering;

use crate::{
    code::coded,
    commission::{
        AnnuityLine, Explanation, FactsFault, Named, Operation, Quantity, Rounding, SaleFacts, Step,
        explanation::{Exact, inputs},
    },
    ledger::EntryKind,
    money::{Money, Rate},
    network::{Base, Recurrence, Rule, RuleKind, RuleRate, Stage, Terms},
};

/// What one agreement's terms make due on one annuity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What was known of the sale, by name.
    pub inputs: Vec<Named>,
    /// What the whole annuity comes to.
    pub contracted: Money,
    /// What is due to date, in the order of the rules.
    pub entitlements: Vec<Entitlement>,
    /// The rules that did not apply, in their order. By each of them nothing is due to date.
    pub not_applied: Vec<NotApplied>,
}

/// What one rule makes due to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// The rule's code.
    pub rule: String,
    /// What it is due for.
    pub kind: EntryKind,
    /// How much, from the annuity's start to date: never less than nothing, and nothing where it rounds to nothing.
    pub amount: Money,
    /// For a share: what the partner keeps to date of the network lines. The two together are the network lines to date.
    pub margin_kept: Option<Money>,
    /// Why it is that much.
    pub explanation: Explanation,
}

/// A rule that did not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotApplied {
    /// The rule's code.
    pub rule: String,
    /// What it would have been due for.
    pub kind: EntryKind,
    /// Why not.
    pub reason: NotAppliedReason,
}

/// Why a rule did not apply. The first that holds is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotAppliedReason {
    /// Every line that the rule would count was sold inside the protection of another partner (R36).
    ProtectedByOther,
    /// The sale's ordinal is below the first one that the rule counts for (R68, R75).
    BelowFirstPaidSale,
    /// The rule earns on the first annuity only, and this is a renewal.
    OneTimeFirstAnnuity,
    /// No line that the rule counts has a price.
    NoMatchingLines,
    /// The rule counts the seller's margin, and the seller has none (D16).
    SellerHasNoMargin,
    /// Nothing was invoiced or collected yet, or all of it was credited (D12).
    NothingTriggeredYet,
}

coded! {
    NotAppliedReason {
        ProtectedByOther => "protected_by_other",
        BelowFirstPaidSale => "below_first_paid_sale",
        OneTimeFirstAnnuity => "one_time_first_annuity",
        NoMatchingLines => "no_matching_lines",
        SellerHasNoMargin => "seller_has_no_margin",
        NothingTriggeredYet => "nothing_triggered_yet",
    }
}

impl Evaluation {
    /// What is due to date by each rule, nothing where it did not apply: all that the ledger compares with what was posted, so
    /// that a full refund takes back what it must.
    pub fn due(&self) -> impl Iterator<Item = (&str, EntryKind, Money)> {
        let nothing = Money::zero(self.contracted.currency());
        let applied = self.entitlements.iter().map(|due| (due.rule.as_str(), due.kind, due.amount));
        applied.chain(self.not_applied.iter().map(move |rule| (rule.rule.as_str(), rule.kind, nothing)))
    }
}

/// Evaluates `terms` on one annuity of one sale: for each rule what is due to date, or why the rule did not apply.
///
/// # Errors
/// Every [`FactsFault`] at once.
pub fn evaluate(facts: &SaleFacts, terms: &Terms) -> Result<Evaluation, Vec<FactsFault>> {
    let uplift = uplift_in_force(terms, facts.uplift_applies);
    let checked = facts.check();
    let rule_faults: Vec<_> = terms.rules.iter().filter_map(|rule| check_rule(rule, facts, uplift).err()).collect();
    let contracted = match checked {
        Ok(contracted) if rule_faults.is_empty() => contracted,
        Ok(_) => return Err(rule_faults),
        Err(faults) => return Err(faults.into_iter().chain(rule_faults).collect()),
    };
    let year = Year { facts, contracted, uplift, inputs: inputs(facts, contracted, uplift) };
    let (mut entitlements, mut not_applied) = (Vec::new(), Vec::new());
    for rule in &terms.rules {
        match year.not_applied(rule) {
            Some(reason) => not_applied.push(NotApplied { rule: rule.code.clone(), kind: entry_kind(rule.kind), reason }),
            None => entitlements.push(year.entitlement(rule).ok_or_else(|| vec![FactsFault::OutOfRange])?),
        }
    }
    for entitlement in &mut entitlements {
        entitlement.explanation.not_applied.clone_from(&not_applied);
    }
    Ok(Evaluation { inputs: year.inputs, contracted, entitlements, not_applied })
}

/// The margin that these terms leave on network lines, at a stage and with or without a sub-network (R15, R39, R45, D15). `None`
/// where they have no margin rule, or the rule asks for a stage and there is none.
#[must_use]
pub fn margin_rate(terms: &Terms, stage: Option<&Stage>, uplift_applies: bool) -> Option<Rate> {
    let rule = terms.rules.iter().find(|rule| rule.kind == RuleKind::Margin)?;
    rate(rule, stage, uplift_in_force(terms, uplift_applies)).ok()
}

/// The points of margin that a sub-network adds, if there is one (R45, D15).
pub(super) fn uplift_in_force(terms: &Terms, uplift_applies: bool) -> Rate {
    if uplift_applies { terms.margin_uplift } else { Rate::ZERO }
}

fn entry_kind(kind: RuleKind) -> EntryKind {
    match kind {
        RuleKind::Commission => EntryKind::Commission,
        RuleKind::Margin => EntryKind::Share,
        RuleKind::BuyPrice => EntryKind::BuyPrice,
    }
}

/// The rule's rate: its own, or the stage's margin raised by the uplift (R39, R45).
fn rate(rule: &Rule, stage: Option<&Stage>, uplift: Rate) -> Result<Rate, FactsFault> {
    let code = || rule.code.clone();
    match (rule.rate, rule.kind) {
        (RuleRate::Fixed(rate), _) => Ok(rate),
        (RuleRate::OfStage, RuleKind::Margin) => {
            let stage = stage.ok_or_else(|| FactsFault::NoStageInForce { rule: code() })?;
            stage.margin.checked_add(uplift).ok_or_else(|| FactsFault::MarginAboveWhole { rule: code() })
        }
        (RuleRate::OfStage, _) => Err(FactsFault::StageRateOutsideMargin { rule: code() }),
    }
}

fn check_rule(rule: &Rule, facts: &SaleFacts, uplift: Rate) -> Result<(), FactsFault> {
    if rule.kind == RuleKind::Margin && (rule.from_sale > 1 || rule.recurrence == Recurrence::Once) {
        return Err(FactsFault::MarginNotEverySale { rule: rule.code.clone() });
    }
    rate(rule, facts.stage.as_ref(), uplift).map(|_| ())
}

/// Whether the rule takes its rate of this line: of nothing that was sold inside another partner's protection (R36).
pub(super) fn counts(rule: &Rule, line: &AnnuityLine) -> bool {
    !line.protected_by_other && is_about(rule, line)
}

/// Whether the rule is about such lines, whoever protects them.
fn is_about(rule: &Rule, line: &AnnuityLine) -> bool {
    // A trading margin is made on network lines alone: a partner's own are retained whole (R15, R42, R43).
    let network_only = rule.kind != RuleKind::Commission || rule.base == Base::Margin;
    let recurring_only = matches!(rule.base, Base::FirstAnnuity | Base::Annuity);
    rule.lines.contains(&line.kind) && (line.kind.is_network() || !network_only) && (line.recurring || !recurring_only)
}

/// Whether all that the rule is about was sold inside another partner's protection: whatever it moves, its partner earns nothing
/// by it (R36).
#[must_use]
pub fn is_all_protected(rule: &Rule, lines: &[AnnuityLine]) -> bool {
    let mut about = lines.iter().filter(|line| is_about(rule, line) && price(rule, line).sign() == Ordering::Greater).peekable();
    about.peek().is_some() && about.all(|line| line.protected_by_other)
}

/// Whether all that the customer pays for this line is due: for a share each network line, less the margin (R15), and for a buy
/// price what was sold inside another partner's protection (R36).
fn is_due_whole(rule: &Rule, line: &AnnuityLine) -> bool {
    match rule.kind {
        RuleKind::Commission => false,
        RuleKind::Margin => line.kind.is_network(),
        RuleKind::BuyPrice => line.protected_by_other && is_about(rule, line),
    }
}

/// One annuity whose facts hold, while its rules are evaluated.
struct Year<'a> {
    facts: &'a SaleFacts,
    contracted: Money,
    uplift: Rate,
    inputs: Vec<Named>,
}

/// Lines with their positions, and the sum of their prices.
struct Counted {
    lines: Vec<(usize, AnnuityLine)>,
    sum: Money,
}

/// The whole, in parts per million.
pub(super) const PPM: i128 = 1_000_000;

impl Year<'_> {
    fn not_applied(&self, rule: &Rule) -> Option<NotAppliedReason> {
        let priced = |line: &&AnnuityLine| price(rule, line).sign() == Ordering::Greater;
        let moves = |line: &AnnuityLine| counts(rule, line) || is_due_whole(rule, line);
        let has = |which: &dyn Fn(&AnnuityLine) -> bool| self.facts.lines.iter().filter(priced).any(which);
        let reached = self.facts.reached(rule.trigger);
        if !has(&moves) && has(&|line| is_about(rule, line)) {
            Some(NotAppliedReason::ProtectedByOther)
        } else if self.facts.ordinal < rule.from_sale {
            Some(NotAppliedReason::BelowFirstPaidSale)
        } else if rule.recurrence == Recurrence::Once && self.facts.year > 1 {
            Some(NotAppliedReason::OneTimeFirstAnnuity)
        } else if !has(&moves) {
            Some(NotAppliedReason::NoMatchingLines)
        } else if rule.base == Base::Margin && self.facts.seller_margin.is_none() {
            Some(NotAppliedReason::SellerHasNoMargin)
        } else if reached.sign() == Ordering::Equal && reached != self.contracted {
            Some(NotAppliedReason::NothingTriggeredYet)
        } else {
            None
        }
    }

    fn entitlement(&self, rule: &Rule) -> Option<Entitlement> {
        match rule.kind {
            RuleKind::Margin => self.share(rule),
            RuleKind::Commission | RuleKind::BuyPrice => self.part_of_base(rule),
        }
    }

    /// `rate × base × reached ÷ contracted`, rounded once. A buy price takes in what is due whole, rounded by itself.
    fn part_of_base(&self, rule: &Rule) -> Option<Entitlement> {
        let mut steps = Vec::new();
        let mut counted = self.count(rule, |line| counts(rule, line))?;
        let whole = self.count(rule, |line| is_due_whole(rule, line))?;
        let part = if whole.lines.is_empty() { Quantity::Amount } else { Quantity::AtBuyPrice };
        let rate = rate(rule, self.facts.stage.as_ref(), self.uplift).ok()?;
        let reached = self.facts.reached(rule.trigger);
        let (mut numerator, mut denominator) = (i128::from(rate.ppm()), PPM);
        let (mut base, mut base_named) = (Exact::from(counted.sum), Named::new(Quantity::Base, counted.sum));
        if rule.base == Base::Margin {
            let margin = self.facts.seller_margin?;
            steps.push(add_lines(rule, &counted, Quantity::Counted));
            let operands = vec![Named::new(Quantity::SellerMargin, margin), Named::new(Quantity::Counted, counted.sum)];
            base = base.checked_mul(margin.into())?;
            base_named = Named::new(Quantity::Base, base);
            steps.push(step(Operation::Multiply, operands, base_named.clone()));
            numerator = numerator.checked_mul(i128::from(margin.ppm()))?;
            denominator = denominator.checked_mul(PPM)?;
        } else {
            steps.push(add_lines(rule, &counted, Quantity::Base));
        }
        let exact = base.checked_mul(rate.into())?;
        let in_full = Named::new(Quantity::InFull, exact);
        let operands = vec![Named::new(Quantity::Rate, rate), base_named.clone()];
        steps.push(step(Operation::Multiply, operands, in_full.clone()));
        let mut amount = if reached == self.contracted {
            let amount = counted.sum.proportion(numerator, denominator)?;
            steps.push(step(Operation::Round, vec![in_full], Named::new(part, amount)));
            amount
        } else {
            numerator = numerator.checked_mul(i128::from(reached.minor()))?;
            denominator = denominator.checked_mul(i128::from(self.contracted.minor()))?;
            let weighted = exact.checked_mul(reached.into())?;
            let amount = counted.sum.proportion(numerator, denominator)?;
            steps.extend(self.proportion_steps(in_full, weighted, reached, Named::new(part, amount)));
            amount
        };
        if !whole.lines.is_empty() {
            steps.push(add_lines(rule, &whole, Quantity::ProtectedNet));
            let net = Named::new(Quantity::ProtectedNet, whole.sum);
            let to_date = self.to_date(rule, (net, whole.sum), Quantity::ProtectedToDate, &mut steps)?;
            let operands = vec![Named::new(part, amount), Named::new(Quantity::ProtectedToDate, to_date)];
            amount = amount.checked_add(to_date)?;
            steps.push(step(Operation::Add, operands, Named::new(Quantity::Amount, amount)));
            counted.lines.extend(whole.lines);
            counted.lines.sort_by_key(|(position, _)| *position);
        }
        let explanation = self.explanation(rule, counted.lines, base_named.value, steps, amount);
        Some(Entitlement { rule: rule.code.clone(), kind: entry_kind(rule.kind), amount, margin_kept: None, explanation })
    }

    /// Network lines to date less the margin on them, rounded in a chain: see the [module](super) for why.
    fn share(&self, rule: &Rule) -> Option<Entitlement> {
        let mut steps = Vec::new();
        let network = self.count(rule, |line| is_due_whole(rule, line))?;
        let counted = self.count(rule, |line| counts(rule, line))?;
        let rate = self.margin(rule, &mut steps)?;
        steps.push(add_lines(rule, &network, Quantity::NetworkNet));
        let net = (Named::new(Quantity::NetworkNet, network.sum), network.sum);
        let to_date = self.to_date(rule, net, Quantity::NetworkToDate, &mut steps)?;
        let (base, base_to_date) = if counted.sum == network.sum {
            (Named::new(Quantity::NetworkToDate, to_date), to_date)
        } else {
            steps.push(add_lines(rule, &counted, Quantity::Base));
            let part = to_date.proportion(i128::from(counted.sum.minor()), i128::from(network.sum.minor()))?;
            let weighted = Named::new(Quantity::Weighted, Exact::from(to_date).checked_mul(counted.sum.into())?);
            let operands = vec![Named::new(Quantity::NetworkToDate, to_date), Named::new(Quantity::Base, counted.sum)];
            steps.push(step(Operation::Multiply, operands, weighted.clone()));
            let operands = vec![weighted, Named::new(Quantity::NetworkNet, network.sum)];
            steps.push(step(Operation::DivideAndRound, operands, Named::new(Quantity::BaseToDate, part)));
            (Named::new(Quantity::BaseToDate, part), part)
        };
        let exact = Named::new(Quantity::ExactMargin, Exact::from(base_to_date).checked_mul(rate.into())?);
        let margin = base_to_date.proportion(i128::from(rate.ppm()), PPM)?;
        let amount = to_date.checked_sub(margin)?;
        steps.push(step(Operation::Multiply, vec![Named::new(Quantity::Rate, rate), base], exact.clone()));
        steps.push(step(Operation::Round, vec![exact], Named::new(Quantity::Margin, margin)));
        let operands = vec![Named::new(Quantity::NetworkToDate, to_date), Named::new(Quantity::Margin, margin)];
        steps.push(step(Operation::Subtract, operands, Named::new(Quantity::Amount, amount)));
        let explanation = self.explanation(rule, network.lines, counted.sum.to_string(), steps, amount);
        let margin_kept = Some(margin);
        Some(Entitlement { rule: rule.code.clone(), kind: entry_kind(rule.kind), amount, margin_kept, explanation })
    }

    /// The margin rule's rate, with the step that raises it where there is a sub-network (R45, D15).
    fn margin(&self, rule: &Rule, steps: &mut Vec<Step>) -> Option<Rate> {
        let stage = self.facts.stage.as_ref();
        let rate = rate(rule, stage, self.uplift).ok()?;
        if let (RuleRate::OfStage, Some(stage), true) = (rule.rate, stage, self.facts.uplift_applies) {
            let operands = vec![Named::new(Quantity::StageMargin, stage.margin), Named::new(Quantity::Uplift, self.uplift)];
            steps.push(step(Operation::Add, operands, Named::new(Quantity::Rate, rate)));
        }
        Some(rate)
    }

    /// What was reached of some lines.
    fn to_date(&self, rule: &Rule, (named, lines): (Named, Money), result: Quantity, steps: &mut Vec<Step>) -> Option<Money> {
        let reached = self.facts.reached(rule.trigger);
        if reached == self.contracted {
            steps.push(step(Operation::Round, vec![named], Named::new(result, lines)));
            return Some(lines);
        }
        let to_date = lines.proportion(i128::from(reached.minor()), i128::from(self.contracted.minor()))?;
        let weighted = Exact::from(lines).checked_mul(reached.into())?;
        steps.extend(self.proportion_steps(named, weighted, reached, Named::new(result, to_date)));
        Some(to_date)
    }

    /// `whole × reached`, then `÷ contracted` and rounded.
    fn proportion_steps(&self, whole: Named, weighted: Exact, reached: Money, result: Named) -> [Step; 2] {
        let weighted = Named::new(Quantity::Weighted, weighted);
        let contracted = Named::new(Quantity::Contracted, self.contracted);
        [
            step(Operation::Multiply, vec![whole, Named::new(Quantity::Reached, reached)], weighted.clone()),
            step(Operation::DivideAndRound, vec![weighted, contracted], result),
        ]
    }

    fn count(&self, rule: &Rule, counted: impl Fn(&AnnuityLine) -> bool) -> Option<Counted> {
        let lines: Vec<_> = self.facts.lines.iter().copied().enumerate().filter(|(_, line)| counted(line)).collect();
        let sum = Money::sum(lines.iter().map(|(_, line)| price(rule, line)), self.facts.currency)?;
        Some(Counted { lines, sum })
    }

    fn explanation(
        &self,
        rule: &Rule,
        lines: Vec<(usize, AnnuityLine)>,
        base: String,
        steps: Vec<Step>,
        amount: Money,
    ) -> Explanation {
        Explanation {
            inputs: self.inputs.clone(),
            rule: rule.clone(),
            lines,
            base,
            reached: self.facts.reached(rule.trigger),
            contracted: self.contracted,
            steps,
            rounding: Rounding::of(amount),
            amount,
            not_applied: Vec::new(),
        }
    }
}

/// The price of a line that the rule counts (D16). What a share is taken of, and what is due whole, is what the customer pays.
fn price(rule: &Rule, line: &AnnuityLine) -> Money {
    match (rule.kind, rule.base) {
        (RuleKind::Commission | RuleKind::BuyPrice, Base::List) if !is_due_whole(rule, line) => line.list,
        (_, Base::List | Base::Net | Base::Margin | Base::FirstAnnuity | Base::Annuity) => line.net,
    }
}

fn add_lines(rule: &Rule, counted: &Counted, result: Quantity) -> Step {
    let operands = counted.lines.iter().map(|(_, line)| Named::new(Quantity::Line, price(rule, line))).collect();
    step(Operation::Add, operands, Named::new(result, counted.sum))
}

fn step(operation: Operation, operands: Vec<Named>, result: Named) -> Step {
    Step { operation, operands, result }
}
