//! Balances: the sums of entries of each state, and what they come to.

use domain::{
    id::CompanyId,
    ledger::EntryState,
    money::{Currency, Money},
};
use persistence::ledger as store;

use super::wire::{BalanceAmount, BalanceInState};
use crate::problem::Problem;

/// The sums of one counterparty and currency.
struct Sums {
    counterparty: CompanyId,
    currency: Currency,
    of_states: Vec<store::Balance>,
}

/// What a company and each of its counterparties owe each other, one amount for each currency, from rows in the order of both.
///
/// # Errors
/// `internal_error` when a sum is too large to hold.
pub(super) fn amounts(rows: Vec<store::Balance>) -> Result<Vec<(CompanyId, BalanceAmount)>, Problem> {
    let mut sums: Vec<Sums> = Vec::new();
    for row in rows {
        let (counterparty, currency) = (row.counterparty, row.owed_to_company.currency());
        match sums.last_mut() {
            Some(known) if known.counterparty == counterparty && known.currency == currency => known.of_states.push(row),
            _ => sums.push(Sums { counterparty, currency, of_states: vec![row] }),
        }
    }
    sums.iter().map(|sums| Ok((sums.counterparty, sums.amount()?))).collect()
}

impl Sums {
    fn amount(&self) -> Result<BalanceAmount, Problem> {
        let (to, by) = (self.sum(|it| it.owed_to_company)?, self.sum(|it| it.owed_by_company)?);
        let (paid_to, paid_by) = self.in_which(EntryState::Paid)?;
        let by_state: Result<_, Problem> = EntryState::ALL.iter().map(|state| self.in_state(*state)).collect();
        Ok(BalanceAmount {
            owed_to_you: to.into(),
            owed_by_you: by.into(),
            paid_to_you: paid_to.into(),
            paid_by_you: paid_by.into(),
            net: less(less(to, paid_to)?, less(by, paid_by)?)?.into(),
            owed_back_to_you: self.sum(|it| it.owed_back_to_company)?.into(),
            owed_back_by_you: self.sum(|it| it.owed_back_by_company)?.into(),
            by_state: by_state?,
        })
    }

    /// What is owed each way by the entries of a state.
    fn in_which(&self, state: EntryState) -> Result<(Money, Money), Problem> {
        let nothing = Money::zero(self.currency);
        let of_state = |it: &store::Balance, amount: Money| if it.state == state { amount } else { nothing };
        Ok((self.sum(|it| of_state(it, it.owed_to_company))?, self.sum(|it| of_state(it, it.owed_by_company))?))
    }

    fn in_state(&self, state: EntryState) -> Result<BalanceInState, Problem> {
        let (to, by) = self.in_which(state)?;
        Ok(BalanceInState { state: state.into(), owed_to_you: to.into(), owed_by_you: by.into(), net: less(to, by)?.into() })
    }

    fn sum(&self, part: impl Fn(&store::Balance) -> Money) -> Result<Money, Problem> {
        Money::sum(self.of_states.iter().map(part), self.currency).ok_or_else(too_large)
    }
}

fn less(to: Money, by: Money) -> Result<Money, Problem> {
    to.checked_sub(by).ok_or_else(too_large)
}

fn too_large() -> Problem {
    Problem::internal("a balance is too large")
}
