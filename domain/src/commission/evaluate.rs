//! The evaluation of terms on one annuity.

use std::sync::Arc;

use crate::{
    code::coded,
    commission::{
        Explanation, FactsFault, Named, Rounding, SaleFacts, Value,
        explanation::{Silent, inputs},
        rule_set::{Prepared, RuleSet},
        year::{Worked, Year},
    },
    ledger::EntryKind,
    money::Money,
    network::{Rule, Terms},
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
    /// How many days after it is due it may be paid.
    pub hold_days: u32,
    /// Why it is that much.
    pub explanation: Explanation,
}

/// What one rule makes due to date, without its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleAmount {
    /// It applied.
    Due {
        /// How much is due.
        amount: Money,
        /// For a share: what the partner keeps to date of the network lines.
        margin_kept: Option<Money>,
    },
    /// It did not: nothing is due by it.
    Nothing(NotAppliedReason),
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
    /// The rules that took its lines, where others did.
    pub lost_to: Vec<Arc<Rule>>,
}

/// Why a rule did not apply. The first that holds is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotAppliedReason {
    /// Every line that the rule would count was sold inside the protection of another partner (R36).
    ProtectedByOther,
    /// The sale's ordinal is below the first one that the rule counts for (R68, R75).
    BelowFirstPaidSale,
    /// The sale's ordinal is above the last one that the rule counts for.
    AboveLastPaidSale,
    /// The rule earns on the first annuity only, and this is a renewal.
    OneTimeFirstAnnuity,
    /// The contract year is none of those that the rule earns on.
    OutsideYears,
    /// The rule's amounts are in another currency than the sale.
    OtherCurrency,
    /// The rule is about customers of other segments or countries.
    OtherCustomer,
    /// No line that the rule counts has a price.
    NoMatchingLines,
    /// More specific rules took every line that the rule would count.
    SupersededRule,
    /// The rule counts the seller's margin, and the seller has none (D16).
    SellerHasNoMargin,
    /// The promoters that the sale names before this one share all that the rule comes to.
    OutsideSplit,
    /// Nothing was invoiced or collected yet, or all of it was credited (D12).
    NothingTriggeredYet,
    /// The rule stands in the terms no more: a change of rules took it out. No evaluation says so, since it knows no such rule.
    NotInTerms,
}

coded! {
    NotAppliedReason {
        ProtectedByOther => "protected_by_other",
        BelowFirstPaidSale => "below_first_paid_sale",
        AboveLastPaidSale => "above_last_paid_sale",
        OneTimeFirstAnnuity => "one_time_first_annuity",
        OutsideYears => "outside_years",
        OtherCurrency => "other_currency",
        OtherCustomer => "other_customer",
        NoMatchingLines => "no_matching_lines",
        SupersededRule => "superseded_rule",
        SellerHasNoMargin => "seller_has_no_margin",
        OutsideSplit => "outside_split",
        NothingTriggeredYet => "nothing_triggered_yet",
        NotInTerms => "not_in_terms",
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

/// Evaluates `terms` on one annuity of one sale: for each rule what is due to date, or why the rule did not apply. Who evaluates
/// the same terms often prepares them once, as a [`RuleSet`].
///
/// # Errors
/// Every [`FactsFault`] at once.
pub fn evaluate(facts: &SaleFacts, terms: &Terms) -> Result<Evaluation, Vec<FactsFault>> {
    RuleSet::of(terms).evaluate(facts)
}

impl RuleSet {
    /// For each rule what is due to date and why, or why the rule did not apply.
    ///
    /// # Errors
    /// Every [`FactsFault`] at once.
    pub fn evaluate(&self, facts: &SaleFacts) -> Result<Evaluation, Vec<FactsFault>> {
        let contracted = self.check(facts)?;
        let year = Year::new(self, facts, contracted);
        let inputs = inputs(facts, contracted, year.uplift());
        let (mut entitlements, mut not_applied) = (Vec::new(), Vec::new());
        for it in self.rules() {
            match year.not_applied(it) {
                Some(reason) => not_applied.push(not_applied_rule(&year, it, reason)),
                None => entitlements.push(entitlement(&year, it, &inputs).ok_or_else(too_large)?),
            }
        }
        for entitlement in &mut entitlements {
            entitlement.explanation.not_applied.clone_from(&not_applied);
        }
        Ok(Evaluation { inputs, contracted, entitlements, not_applied })
    }

    /// For each rule, in the order of the terms, what is due to date or why the rule did not apply: the same amounts as
    /// [`RuleSet::evaluate`], without the reasons. They take the place of what `amounts` held.
    ///
    /// # Errors
    /// Every [`FactsFault`] at once.
    pub fn amounts(&self, facts: &SaleFacts, amounts: &mut Vec<RuleAmount>) -> Result<(), Vec<FactsFault>> {
        amounts.clear();
        let year = Year::new(self, facts, self.check(facts)?);
        for it in self.rules() {
            amounts.push(match year.not_applied(it) {
                Some(reason) => RuleAmount::Nothing(reason),
                None => {
                    let Worked { amount, margin_kept, base: _ } = year.work(it, &mut Silent).ok_or_else(too_large)?;
                    RuleAmount::Due { amount, margin_kept }
                }
            });
        }
        Ok(())
    }
}

fn too_large() -> Vec<FactsFault> {
    vec![FactsFault::OutOfRange]
}

fn not_applied_rule(year: &Year<'_>, it: &Prepared, reason: NotAppliedReason) -> NotApplied {
    let mut lost_to: Vec<Arc<Rule>> = Vec::new();
    for lost in year.lost(it) {
        if reason == NotAppliedReason::SupersededRule && !lost_to.iter().any(|rule| rule.code == lost.to.code) {
            lost_to.push(lost.to);
        }
    }
    NotApplied { rule: it.rule.code.clone(), kind: it.entry, reason, lost_to }
}

fn entitlement(year: &Year<'_>, it: &Prepared, inputs: &[Named]) -> Option<Entitlement> {
    let mut steps = Vec::with_capacity(8);
    let Worked { amount, margin_kept, base } = year.work(it, &mut steps)?;
    let explanation = Explanation {
        inputs: inputs.to_vec(),
        rule: it.rule.clone(),
        lines: year.taken(it),
        lost: year.lost(it),
        base,
        earlier_years: year.earlier_years(it)?.map(Value::from),
        volume_before: year.volume_before(it),
        reached: year.facts.reached(it.rule.trigger),
        contracted: year.contracted,
        steps,
        rounding: Rounding::of(amount),
        amount,
        not_applied: Vec::new(),
    };
    let (rule, hold_days) = (it.rule.code.clone(), it.rule.hold_days);
    Some(Entitlement { rule, kind: it.entry, amount, margin_kept, hold_days, explanation })
}
