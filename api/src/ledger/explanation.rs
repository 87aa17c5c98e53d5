//! The JSON of explanations: everything that a reader with decimals needs to compute an amount again (§7.1 of the requirements).
//!
//! It is written once, with the entry or outcome that it explains, and only read after that.

use domain::{
    commission as rules,
    money::{Money as Amount, exponent},
    network::{Rule, RuleRate},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::{LedgerEntryKind, NotAppliedReason, Operation, RoundingMode};
use crate::{
    network::definition::{Base, ItemKind, Recurrence, RuleKind, Trigger},
    wire::Money,
    write::Resource,
};

/// Why an entry's amount is what it is.
///
/// `amount` is the difference of `entitled_to_date` and `posted_before`; where less is due than was posted, the entry takes the
/// difference back, but no more than `left_of_corrected`: the rest is taken back of the accrual before it, by the next entry. `entitled_to_date` is the result of the last of the `steps`, each of whose operands is an input, a line, a
/// value of the rule, `reached`, `contracted` or the result of an earlier step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// The entry.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// The contract.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// The annuity.
    #[schema(example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: String,
    /// What was known of the sale.
    #[serde(flatten)]
    pub circumstances: Circumstances,
    /// The rule, as it stands in the terms.
    pub rule: ExplainedRule,
    /// Why nothing is due to date by the rule any more; null where something is, or where it rounds to nothing.
    #[schema(required)]
    pub not_due_because: Option<NotAppliedReason>,
    /// What the rate was taken of, for the whole year: an exact decimal, which may have more digits than the currency.
    #[schema(required, example = "1200.00")]
    pub base: Option<String>,
    /// The computation.
    #[serde(flatten)]
    pub computation: Computation,
    /// What the rule's trigger has come to: the basis to date (D12).
    pub reached: Money,
    /// What the whole annuity comes to.
    pub contracted: Money,
    /// What is due by the rule from the annuity's start to date.
    pub entitled_to_date: Money,
    /// What the entries before this one come to.
    pub posted_before: Money,
    /// Where the entry takes something back: what was left of the entry that it corrects.
    #[serde(default)]
    #[schema(required)]
    pub left_of_corrected: Option<Money>,
    /// The entry's amount.
    pub amount: Money,
    /// For a share: what the partner keeps to date of the network lines (R15).
    #[schema(required)]
    pub margin_kept: Option<Money>,
}

/// It is the entry's, which never changes.
impl Resource for Explanation {
    fn version(&self) -> Option<i64> {
        Some(1)
    }
}

/// What was known of a sale when its rules were evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Circumstances {
    /// The agreement that the sale counts for.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// Whether the agreement's special terms changed those of its type (R2).
    pub special_terms: bool,
    /// The terms that were in force.
    pub terms: ExplainedTerms,
    /// The sale's number among the partner's, frozen at signing (D11).
    #[schema(minimum = 1, example = 2)]
    pub ordinal: u32,
    /// The contract year.
    #[schema(minimum = 1, example = 1)]
    pub year: u32,
    /// The partner's stage on the day of signing; null where its type has none (R39).
    #[schema(required, example = "daily_helpdesk")]
    pub stage: Option<String>,
    /// What was known, by name; what did not exist is left out.
    pub inputs: Vec<NamedValue>,
    /// The rules of the same terms that did not apply, with the reason.
    pub not_applied: Vec<NotAppliedRule>,
}

/// A version of a partnership type's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedTerms {
    /// Its id.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its number.
    #[schema(example = 1)]
    pub version: i32,
    /// The type's code.
    #[schema(example = "reseller")]
    pub partnership_type: String,
}

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
    /// The rate; null where it is the margin of the stage, raised by the uplift.
    #[schema(required, example = "0.15")]
    pub rate: Option<String>,
    /// The kinds of lines it counts.
    pub lines: Vec<ItemKind>,
    /// The first sale that it counts for.
    #[schema(example = 2)]
    pub from_sale: u32,
    /// Whether it earns on the first annuity only, or on each.
    pub recurrence: Recurrence,
    /// What it waits for (D12).
    pub trigger: Trigger,
}

/// A computation that can be done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Computation {
    /// The lines that were counted.
    pub lines: Vec<ExplainedLine>,
    /// What was done, in this order.
    pub steps: Vec<Step>,
    /// How the steps that round do it.
    pub rounding: Rounding,
}

/// A line with its amounts for the year, net of tax (D12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedLine {
    /// Its place among the lines that are due in the year, from 1.
    #[schema(minimum = 1, example = 1)]
    pub position: usize,
    /// Whose its item is.
    pub kind: ItemKind,
    /// Whether it comes back every year.
    pub recurring: bool,
    /// At list prices.
    pub list: Money,
    /// After discounts.
    pub net: Money,
    /// Whether it was sold inside the protection of another partner, by a master's leave: nobody earns by it (R36).
    #[serde(default)]
    #[schema(required)]
    pub protected_by_other: bool,
}

/// One step of a computation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// What was done.
    pub operation: Operation,
    /// With what, in this order.
    pub operands: Vec<NamedValue>,
    /// What came out: an exact decimal.
    pub result: NamedValue,
}

/// A value by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedValue {
    /// What it is.
    #[schema(example = "rate")]
    pub name: String,
    /// The value: a decimal, a whole number, a code, or `true` and `false`.
    #[schema(example = "0.15")]
    pub value: String,
}

/// How an amount is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rounding {
    /// Where the half goes.
    pub mode: RoundingMode,
    /// How many digits are left after the point.
    #[schema(example = 2)]
    pub digits: u32,
}

/// A rule that did not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotAppliedRule {
    /// Its code.
    #[schema(example = "commission")]
    pub rule: String,
    /// What it would have been due for.
    pub kind: LedgerEntryKind,
    /// Why not.
    pub reason: NotAppliedReason,
}

impl From<&Rule> for ExplainedRule {
    fn from(rule: &Rule) -> Self {
        let Rule { code, kind, base, rate, lines, from_sale, recurrence, trigger } = rule;
        Self {
            code: code.clone(),
            kind: (*kind).into(),
            base: (*base).into(),
            rate: match rate {
                RuleRate::Fixed(rate) => Some(rate.to_string()),
                RuleRate::OfStage => None,
            },
            lines: lines.iter().copied().map(ItemKind::from).collect(),
            from_sale: *from_sale,
            recurrence: (*recurrence).into(),
            trigger: (*trigger).into(),
        }
    }
}

impl Computation {
    /// No computation at all, for amounts in the currency of `amount`.
    pub(super) fn none(amount: Amount) -> Self {
        let rounding = Rounding { mode: RoundingMode::HalfUp, digits: exponent(amount.currency()) };
        Self { lines: Vec::new(), steps: Vec::new(), rounding }
    }
}

impl From<&rules::Explanation> for Computation {
    fn from(explanation: &rules::Explanation) -> Self {
        let rules::Explanation { lines, steps, rounding, .. } = explanation;
        Self {
            lines: lines.iter().map(|(index, line)| explained_line(*index, line)).collect(),
            steps: steps.iter().map(Step::from).collect(),
            rounding: Rounding { mode: rounding.mode.into(), digits: rounding.digits },
        }
    }
}

/// A line of the year, at its index from 0.
pub(crate) fn explained_line(index: usize, line: &rules::AnnuityLine) -> ExplainedLine {
    let rules::AnnuityLine { kind, recurring, list, net, protected_by_other } = line;
    ExplainedLine {
        position: index.saturating_add(1),
        kind: (*kind).into(),
        recurring: *recurring,
        list: (*list).into(),
        net: (*net).into(),
        protected_by_other: *protected_by_other,
    }
}

impl From<&rules::Step> for Step {
    fn from(step: &rules::Step) -> Self {
        let rules::Step { operation, operands, result } = step;
        Self { operation: (*operation).into(), operands: operands.iter().map(NamedValue::from).collect(), result: result.into() }
    }
}

impl From<&rules::Named> for NamedValue {
    fn from(named: &rules::Named) -> Self {
        let rules::Named { name, value } = named;
        Self { name: name.code().to_owned(), value: value.clone() }
    }
}

impl From<&rules::NotApplied> for NotAppliedRule {
    fn from(not_applied: &rules::NotApplied) -> Self {
        let rules::NotApplied { rule, kind, reason } = not_applied;
        Self { rule: rule.clone(), kind: (*kind).into(), reason: (*reason).into() }
    }
}
