//! Recovery plans: a debt that is netted from payouts in instalments, instead of as soon as there is something to net it from (D20).

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::{code::coded, decided::Decided, money::Money};

/// A part of a debt, and the first day on which a payout may take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedInstalment {
    /// The day.
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Money,
}

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanState {
    /// Payouts keep to it.
    Active,
    /// The debt is netted as if there were none.
    Cancelled,
}

coded! { PlanState { Active => "active", Cancelled => "cancelled", } }

impl PlanState {
    /// Ends a plan. Ended again, nothing changes.
    #[must_use]
    pub const fn cancel(self) -> Decided<Self> {
        match self {
            Self::Active => Decided::Changed(Self::Cancelled),
            Self::Cancelled => Decided::Unchanged,
        }
    }
}

/// Why instalments are no plan. They are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanRefusal {
    /// An instalment of nothing, or less.
    NotPositive {
        /// Its place.
        instalment: usize,
    },
    /// An instalment in another currency than the debt.
    OtherCurrency {
        /// Its place.
        instalment: usize,
        /// The debt.
        debt: Money,
    },
    /// An instalment that is not due later than the one before.
    NotLater {
        /// Its place.
        instalment: usize,
    },
    /// The instalments do not come to the debt.
    NotTheDebt {
        /// The debt.
        debt: Money,
    },
}

impl PlanRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPositive { .. } => "amount_not_positive",
            Self::OtherCurrency { .. } => "other_currency",
            Self::NotLater { .. } => "not_later",
            Self::NotTheDebt { .. } => "not_the_debt",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D20"
    }
}

/// Checks a plan for a debt.
///
/// # Errors
/// Every [`PlanRefusal`] at once.
pub fn check_plan(debt: Money, instalments: &[PlannedInstalment]) -> Result<(), Vec<PlanRefusal>> {
    let mut refusals = Vec::new();
    for (instalment, planned) in instalments.iter().enumerate() {
        if planned.amount.sign() != Ordering::Greater {
            refusals.push(PlanRefusal::NotPositive { instalment });
        }
        if planned.amount.currency() != debt.currency() {
            refusals.push(PlanRefusal::OtherCurrency { instalment, debt });
        }
        let before = instalment.checked_sub(1).and_then(|before| instalments.get(before));
        if before.is_some_and(|before| before.due_on >= planned.due_on) {
            refusals.push(PlanRefusal::NotLater { instalment });
        }
    }
    let sum = Money::sum(instalments.iter().map(|planned| planned.amount), debt.currency());
    if refusals.is_empty() && sum != Some(debt) {
        refusals.push(PlanRefusal::NotTheDebt { debt });
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// What of a planned debt no payout may take on a day: the instalments that are due later. `None` out of range.
#[must_use]
pub fn deferred_on(day: NaiveDate, debt: Money, instalments: &[PlannedInstalment]) -> Option<Money> {
    let later = instalments.iter().filter(|planned| planned.due_on > day).map(|planned| planned.amount);
    Money::sum(later, debt.currency())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    fn plan(parts: &[(&str, i64)]) -> Vec<PlannedInstalment> {
        parts.iter().map(|(due_on, minor)| PlannedInstalment { due_on: due_on.parse().unwrap(), amount: eur(*minor) }).collect()
    }

    #[test]
    fn d20_the_instalments_of_a_plan_come_to_the_debt_one_after_the_other() {
        let debt = eur(6_000);
        let check = |parts: &[(&str, i64)]| check_plan(debt, &plan(parts));
        assert_eq!(check(&[("2026-04-01", 2_000), ("2026-05-01", 4_000)]), Ok(()));
        let not_the_debt = Err(vec![PlanRefusal::NotTheDebt { debt }]);
        assert_eq!(check(&[("2026-04-01", 2_000), ("2026-05-01", 3_999)]), not_the_debt);
        assert_eq!(check(&[("2026-04-01", 2_000), ("2026-05-01", 4_001)]), not_the_debt);
        assert_eq!(check(&[]), not_the_debt);
        let both = vec![PlanRefusal::NotPositive { instalment: 1 }, PlanRefusal::NotLater { instalment: 1 }];
        assert_eq!(check(&[("2026-04-01", 6_000), ("2026-04-01", 0)]), Err(both));
        let yen = [PlannedInstalment { due_on: "2026-04-01".parse().unwrap(), amount: Money::from_minor(6_000, Currency::JPY) }];
        assert_eq!(check_plan(debt, &yen), Err(vec![PlanRefusal::OtherCurrency { instalment: 0, debt }]));
    }

    #[test]
    fn d20_an_instalment_waits_for_its_day() {
        let instalments = plan(&[("2026-04-01", 2_000), ("2026-05-01", 4_000)]);
        let deferred = |day: &str| deferred_on(day.parse().unwrap(), eur(6_000), &instalments);
        assert_eq!(deferred("2026-03-31"), Some(eur(6_000)));
        assert_eq!(deferred("2026-04-01"), Some(eur(4_000)));
        assert_eq!(deferred("2026-04-30"), Some(eur(4_000)));
        assert_eq!(deferred("2026-05-01"), Some(eur(0)));
    }

    #[test]
    fn a_plan_ends_once() {
        assert_eq!(PlanState::Active.cancel(), Decided::Changed(PlanState::Cancelled));
        assert_eq!(PlanState::Cancelled.cancel(), Decided::Unchanged);
        assert!(PlanState::ALL.iter().all(|state| PlanState::from_code(state.code()) == Some(*state)));
    }
}
