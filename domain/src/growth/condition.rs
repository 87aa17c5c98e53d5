//! What a stage asks of a partner, measured.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};

use crate::{
    agreement::{Finding, FindingOutcome},
    code::coded,
    network::StageConditions,
};

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConditionKind {
    /// A qualification that is valid on the first day of the stage (R43).
    Qualification,
    /// Sales that the partner itself signed under agreements of the type. A later cancellation takes none away (D11).
    OwnSales,
    /// Customers with an active contract of the partner's.
    ActiveCustomers,
    /// Whole months in the stage before, until the first day of the new one.
    MonthsInStage,
    /// A mandatory item of the stage's checklist, found to be met by the master that decides (R28).
    Checklist,
}

coded! {
    ConditionKind {
        Qualification => "qualification",
        OwnSales => "own_sales",
        ActiveCustomers => "active_customers",
        MonthsInStage => "months_in_stage",
        Checklist => "checklist",
    }
}

impl ConditionKind {
    /// The rule that asks for it.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Qualification => "R43",
            Self::OwnSales | Self::ActiveCustomers | Self::MonthsInStage => "R39",
            Self::Checklist => "R28",
        }
    }
}

/// What a partner has done and is, as far as conditions ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrowthRecord {
    /// The codes of its qualifications that are valid on the day.
    pub qualifications: BTreeSet<String>,
    /// The sales that it signed.
    pub own_sales: u32,
    /// Its customers with an active contract.
    pub active_customers: u32,
    /// Its whole months in the stage before.
    pub months_in_stage: u32,
}

/// A condition as it was measured. A qualification or an item of the checklist asks for 1, and there is 1 or 0 of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCondition {
    /// What it is about.
    pub kind: ConditionKind,
    /// Which qualification or item; none where there is nothing to name.
    pub code: Option<String>,
    /// How much is asked for.
    pub required: u32,
    /// How much there is.
    pub actual: u32,
}

impl CheckedCondition {
    /// Whether there is as much as is asked for.
    #[must_use]
    pub const fn is_met(&self) -> bool {
        self.actual >= self.required
    }
}

/// Everything that a stage asks for, measured. Until a master has answered the checklist, none of its items is met.
#[must_use]
pub fn checked(conditions: &StageConditions, record: &GrowthRecord, findings: &[Finding]) -> Vec<CheckedCondition> {
    let StageConditions { qualifications, own_sales, active_customers, months_in_stage, checklist } = conditions;
    let named =
        |kind, code: &String, is: bool| CheckedCondition { kind, code: Some(code.clone()), required: 1, actual: u32::from(is) };
    let counted = |kind, required: u32, actual| (required > 0).then_some(CheckedCondition { kind, code: None, required, actual });
    let mut all: Vec<CheckedCondition> = qualifications
        .iter()
        .map(|code| named(ConditionKind::Qualification, code, record.qualifications.contains(code)))
        .collect();
    all.extend(counted(ConditionKind::OwnSales, *own_sales, record.own_sales));
    all.extend(counted(ConditionKind::ActiveCustomers, *active_customers, record.active_customers));
    all.extend(counted(ConditionKind::MonthsInStage, *months_in_stage, record.months_in_stage));
    let is_met = |code: &String| {
        let mut answers = findings.iter().filter(|finding| finding.item_code == *code).peekable();
        answers.peek().is_some() && answers.all(|finding| finding.outcome == FindingOutcome::Met)
    };
    let mandatory = checklist.iter().filter(|item| item.mandatory);
    all.extend(mandatory.map(|item| named(ConditionKind::Checklist, &item.code, is_met(&item.code))));
    all
}

/// The whole months from a day to another one: a month is over on the same day of the next, or on its last day where that has no
/// such day. None before the first day.
#[must_use]
pub fn full_months(from: NaiveDate, to: NaiveDate) -> u32 {
    let years = to.year().saturating_sub(from.year());
    let (month, since) = (i64::from(to.month()), i64::from(from.month()));
    let begun = i64::from(years).saturating_mul(12).saturating_add(month).saturating_sub(since);
    let begun = u32::try_from(begun).unwrap_or(0);
    let is_over = from.checked_add_months(Months::new(begun)).is_some_and(|day| day <= to);
    if is_over { begun } else { begun.saturating_sub(1) }
}
