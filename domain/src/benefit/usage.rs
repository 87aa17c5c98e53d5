//! Where one use of a benefit stands.

use crate::{code::coded, decided::Decided};

/// Where a use stands. While it is requested, granted or used, it takes a place of the year's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BenefitUseState {
    /// The partner asked for it.
    Requested,
    /// It will have it.
    Granted,
    /// It had it.
    Used,
    /// The master refused it.
    Refused,
    /// It was given back before it was had.
    Withdrawn,
}

coded! {
    BenefitUseState {
        Requested => "requested",
        Granted => "granted",
        Used => "used",
        Refused => "refused",
        Withdrawn => "withdrawn",
    }
}

/// What can be done with a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseAction {
    /// The master grants it.
    Grant,
    /// The master refuses it.
    Refuse,
    /// The partner had it.
    Use,
    /// It is given back.
    Withdraw,
}

impl UseAction {
    /// The word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Refuse => "refuse",
            Self::Use => "use",
            Self::Withdraw => "withdraw",
        }
    }
}

impl BenefitUseState {
    /// Whether the use takes a place.
    #[must_use]
    pub const fn takes_place(self) -> bool {
        matches!(self, Self::Requested | Self::Granted | Self::Used)
    }

    /// Where it stands after an action. The same again changes nothing.
    ///
    /// # Errors
    /// Where it stands, if the action is none of this state's.
    pub fn after(self, action: UseAction) -> Result<Decided<Self>, Self> {
        let (from, to): (&[Self], Self) = match action {
            UseAction::Grant => (&[Self::Requested], Self::Granted),
            UseAction::Refuse => (&[Self::Requested], Self::Refused),
            UseAction::Use => (&[Self::Granted], Self::Used),
            UseAction::Withdraw => (&[Self::Requested, Self::Granted], Self::Withdrawn),
        };
        if self == to {
            Ok(Decided::Unchanged)
        } else if from.contains(&self) {
            Ok(Decided::Changed(to))
        } else {
            Err(self)
        }
    }
}
