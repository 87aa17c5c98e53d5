//! Recovery plans: a debt that is netted from payouts in instalments, instead of as soon as there is something to net it from (D20).

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::{
    code::coded,
    decided::Decided,
    money::{Currency, Money},
};

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
    /// Payouts that were paid have taken all of the debt.
    Recovered,
    /// The debt is netted as if there were none.
    Cancelled,
}

coded! { PlanState { Active => "active", Recovered => "recovered", Cancelled => "cancelled", } }

impl PlanState {
    /// Ends a plan. Ended again, nothing changes.
    ///
    /// # Errors
    /// The state of a plan by which all was taken: there is nothing to end.
    pub const fn cancel(self) -> Result<Decided<Self>, Self> {
        match self {
            Self::Active => Ok(Decided::Changed(Self::Cancelled)),
            Self::Cancelled => Ok(Decided::Unchanged),
            Self::Recovered => Err(self),
        }
    }

    /// Where a plan stands once payouts have taken all of the debt, or no longer have: a payout that comes back gives the debt back.
    #[must_use]
    pub const fn follow(self, all_taken: bool) -> Decided<Self> {
        match (self, all_taken) {
            (Self::Active, true) => Decided::Changed(Self::Recovered),
            (Self::Recovered, false) => Decided::Changed(Self::Active),
            (Self::Active | Self::Recovered | Self::Cancelled, _) => Decided::Unchanged,
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
    /// An instalment that was due before today.
    Past {
        /// Its place.
        instalment: usize,
        /// Today.
        today: NaiveDate,
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
            Self::Past { .. } => "due_on_past",
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

/// Checks a plan that is made today for a debt.
///
/// # Errors
/// Every [`PlanRefusal`] at once.
pub fn check_plan(debt: Money, today: NaiveDate, instalments: &[PlannedInstalment]) -> Result<(), Vec<PlanRefusal>> {
    let (mut refusals, mut comparable) = (Vec::new(), true);
    for (instalment, planned) in instalments.iter().enumerate() {
        if planned.amount.sign() != Ordering::Greater {
            refusals.push(PlanRefusal::NotPositive { instalment });
        }
        if planned.amount.currency() != debt.currency() {
            refusals.push(PlanRefusal::OtherCurrency { instalment, debt });
            comparable = false;
        }
        if planned.due_on < today {
            refusals.push(PlanRefusal::Past { instalment, today });
        }
        let before = instalment.checked_sub(1).and_then(|before| instalments.get(before));
        if before.is_some_and(|before| before.due_on >= planned.due_on) {
            refusals.push(PlanRefusal::NotLater { instalment });
        }
    }
    let sum = Money::sum(instalments.iter().map(|planned| planned.amount), debt.currency());
    if comparable && sum != Some(debt) {
        refusals.push(PlanRefusal::NotTheDebt { debt });
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// What payouts take by each instalment of a plan, taxes and all, where `with_taxes` says what goes with a part of the debt: what is left
/// after the instalment before, less what is left after it, so that they come to the whole to the cent. `None` out of range.
#[must_use]
pub fn taken_by(
    instalments: &[PlannedInstalment],
    currency: Currency,
    with_taxes: impl Fn(Money) -> Option<Money>,
) -> Option<Vec<Money>> {
    let mut left = Money::sum(instalments.iter().map(|planned| planned.amount), currency)?;
    let mut taken = Vec::with_capacity(instalments.len());
    for planned in instalments {
        let before = with_taxes(left)?;
        left = left.checked_sub(planned.amount)?;
        taken.push(before.checked_sub(with_taxes(left)?)?);
    }
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    fn plan(parts: &[(&str, i64)]) -> Vec<PlannedInstalment> {
        parts.iter().map(|(due_on, minor)| PlannedInstalment { due_on: due_on.parse().unwrap(), amount: eur(*minor) }).collect()
    }

    #[test]
    fn d20_the_instalments_of_a_plan_come_to_the_debt_one_after_the_other() {
        let debt = eur(6_000);
        let today = "2026-04-01".parse().unwrap();
        let check = |parts: &[(&str, i64)]| check_plan(debt, today, &plan(parts));
        assert_eq!(check(&[("2026-04-01", 2_000), ("2026-05-01", 4_000)]), Ok(()));
        let not_the_debt = Err(vec![PlanRefusal::NotTheDebt { debt }]);
        assert_eq!(check(&[("2026-04-01", 2_000), ("2026-05-01", 3_999)]), not_the_debt);
        assert_eq!(check(&[("2026-04-01", 2_000), ("2026-05-01", 4_001)]), not_the_debt);
        assert_eq!(check(&[]), not_the_debt);
        let both = vec![PlanRefusal::NotPositive { instalment: 1 }, PlanRefusal::NotLater { instalment: 1 }];
        assert_eq!(check(&[("2026-04-01", 6_000), ("2026-04-01", 0)]), Err(both));
        // What is wrong with one instalment hides nothing of what they come to.
        let all = vec![
            PlanRefusal::Past { instalment: 0, today },
            PlanRefusal::NotPositive { instalment: 1 },
            PlanRefusal::NotTheDebt { debt },
        ];
        assert_eq!(check(&[("2026-03-31", 6_000), ("2026-04-01", -1)]), Err(all));
        let yen = [PlannedInstalment { due_on: "2026-04-01".parse().unwrap(), amount: Money::from_minor(6_000, Currency::JPY) }];
        assert_eq!(check_plan(debt, today, &yen), Err(vec![PlanRefusal::OtherCurrency { instalment: 0, debt }]));
    }

    #[test]
    fn d20_what_instalments_take_with_their_taxes_comes_to_the_whole() {
        let instalments = plan(&[("2026-04-01", 3_333), ("2026-05-01", 3_333), ("2026-06-01", 3_334)]);
        // 19 % of 33.33 are 6.3327, of 66.67 are 12.6673, of 33.34 are 6.3346: what is left is 119.00, 79.34, 39.67 and nothing.
        let taken = taken_by(&instalments, Currency::EUR, |part| part.proportion(119, 100)).unwrap();
        assert_eq!(taken, [eur(3_966), eur(3_967), eur(3_967)]);
        assert_eq!(Money::sum(taken, Currency::EUR), Some(eur(11_900)));
    }

    #[test]
    fn a_plan_ends_once_and_not_after_all_was_taken() {
        assert_eq!(PlanState::Active.cancel(), Ok(Decided::Changed(PlanState::Cancelled)));
        assert_eq!(PlanState::Cancelled.cancel(), Ok(Decided::Unchanged));
        assert_eq!(PlanState::Recovered.cancel(), Err(PlanState::Recovered));
        assert!(PlanState::ALL.iter().all(|state| PlanState::from_code(state.code()) == Some(*state)));
    }

    #[test]
    fn a_plan_is_recovered_while_payouts_have_taken_all_of_its_debt() {
        assert_eq!(PlanState::Active.follow(true), Decided::Changed(PlanState::Recovered));
        assert_eq!(PlanState::Active.follow(false), Decided::Unchanged);
        assert_eq!(PlanState::Recovered.follow(true), Decided::Unchanged);
        assert_eq!(PlanState::Recovered.follow(false), Decided::Changed(PlanState::Active));
        assert_eq!(PlanState::Cancelled.follow(true), Decided::Unchanged);
    }
}
