//! How far a payout has come.

use std::cmp::Ordering;

use crate::{code::coded, decided::Decided, money::Money};

/// How far a payout has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayoutState {
    /// A second person has to approve it.
    Pending,
    /// It may go to the bank.
    Approved,
    /// The bank has it.
    Sent,
    /// The partner has the money.
    Paid,
    /// The bank did not carry it out.
    Failed,
    /// The money came back.
    Returned,
    /// It was called off before the bank had it.
    Canceled,
}

coded! {
    PayoutState {
        Pending => "pending",
        Approved => "approved",
        Sent => "sent",
        Paid => "paid",
        Failed => "failed",
        Returned => "returned",
        Canceled => "canceled",
    }
}

/// What can be done with a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayoutAction {
    /// Approve it.
    Approve,
    /// Hand it to the bank.
    Send,
    /// Note that the partner has the money.
    Pay,
    /// Note that the bank did not carry it out.
    Fail,
    /// Note that the money came back.
    Return,
    /// Call it off.
    Cancel,
}

coded! {
    PayoutAction {
        Approve => "approve",
        Send => "send",
        Pay => "pay",
        Fail => "fail",
        Return => "return",
        Cancel => "cancel",
    }
}

/// The action is none of this state's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongPayoutState {
    /// What was asked.
    pub action: PayoutAction,
    /// Where it stands.
    pub state: PayoutState,
}

impl PayoutState {
    /// Where a payout of `amount` stands after an action. The same action again changes nothing.
    ///
    /// What debts took whole has nothing that a bank could carry out, fail at or send back: it is paid once it is approved.
    ///
    /// # Errors
    /// [`WrongPayoutState`]: what the bank has cannot be called off any more, and what ended without a payment stays so.
    pub fn after(self, action: PayoutAction, amount: Money) -> Result<Decided<Self>, WrongPayoutState> {
        use PayoutAction as Do;
        let to = action.leads_to();
        let nothing_moves = amount.sign() != Ordering::Greater;
        let allowed = match (self, action) {
            (Self::Pending, Do::Approve | Do::Cancel) | (Self::Approved, Do::Cancel) => true,
            (Self::Approved, Do::Send) | (Self::Sent, Do::Pay | Do::Fail) | (Self::Sent | Self::Paid, Do::Return) => {
                !nothing_moves
            }
            (Self::Approved, Do::Pay) => nothing_moves,
            _ => false,
        };
        match (allowed, self == to) {
            (_, true) => Ok(Decided::Unchanged),
            (true, _) => Ok(Decided::Changed(to)),
            (false, _) => Err(WrongPayoutState { action, state: self }),
        }
    }

    /// Whether the payout holds the statements that it pays: none of them can be paid by another as long as it does.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Approved | Self::Sent | Self::Paid)
    }
}

impl PayoutAction {
    const fn leads_to(self) -> PayoutState {
        match self {
            Self::Approve => PayoutState::Approved,
            Self::Send => PayoutState::Sent,
            Self::Pay => PayoutState::Paid,
            Self::Fail => PayoutState::Failed,
            Self::Return => PayoutState::Returned,
            Self::Cancel => PayoutState::Canceled,
        }
    }
}

/// Whether a payout waits for a second person: it is above the limit, or there is no limit in its currency.
#[must_use]
pub fn needs_second_person(amount: Money, limit: Option<Money>) -> bool {
    limit.and_then(|limit| amount.compare(limit)).is_none_or(|order| order == Ordering::Greater)
}

/// Why a payout cannot be approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalRefusal {
    /// Who made it cannot approve it.
    SamePerson,
    /// It stands elsewhere.
    WrongState(WrongPayoutState),
}

/// Approves a payout, by another person than the one who made it.
///
/// # Errors
/// [`ApprovalRefusal`].
pub fn approve(state: PayoutState, amount: Money, made_by: &str, by: &str) -> Result<Decided<PayoutState>, ApprovalRefusal> {
    let decided = state.after(PayoutAction::Approve, amount).map_err(ApprovalRefusal::WrongState)?;
    match decided {
        Decided::Changed(_) if made_by == by => Err(ApprovalRefusal::SamePerson),
        decided => Ok(decided),
    }
}
