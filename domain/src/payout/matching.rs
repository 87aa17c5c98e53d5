//! What a bank's movement on a payer's account is about.

use std::cmp::Ordering;

use super::{PayoutAction, PayoutState};
use crate::{code::coded, money::Money};

/// Where a movement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryState {
    /// It is known what it is about.
    Matched,
    /// A person has to say what it is about.
    Unmatched,
    /// A person said that it is about nothing here.
    Dismissed,
}

coded! { EntryState { Matched => "matched", Unmatched => "unmatched", Dismissed => "dismissed", } }

/// What a movement meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryOutcome {
    /// Payouts were paid.
    Paid,
    /// A payout came back.
    Returned,
    /// A partner paid what it owes.
    Collected,
}

coded! { EntryOutcome { Paid => "paid", Returned => "returned", Collected => "collected", } }

/// What a movement of `moved` does to a payout that stands at `state`: what went out pays it, what came in brings it back, both
/// to the cent. None where it is about something else.
#[must_use]
pub fn meaning(moved: Money, amount: Money, state: PayoutState) -> Option<PayoutAction> {
    if moved.checked_abs()?.compare(amount)? != Ordering::Equal {
        return None;
    }
    match (moved.sign(), state) {
        (Ordering::Less, PayoutState::Sent | PayoutState::Paid) => Some(PayoutAction::Pay),
        (Ordering::Greater, PayoutState::Sent | PayoutState::Paid) => Some(PayoutAction::Return),
        _ => None,
    }
}
