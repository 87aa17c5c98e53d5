//! Where an amendment stands.

use crate::{code::coded, decided::Decided};

/// Where an amendment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmendmentState {
    /// Somebody proposed it: nothing changes by it.
    Proposed,
    /// Whoever proposed it took it back.
    Withdrawn,
    /// A second person refused it.
    Rejected,
    /// A second person approved it, and its terms are published; what it changes of past sales is being posted.
    Applying,
    /// A second person approved it, its terms are published, and everything that it changes of past sales is posted.
    Approved,
    /// A second person approved it, its terms are published, and what it changes of past sales is posted but for some that could not be
    /// counted: they stay as they were, and it can go on with them.
    Incomplete,
}

coded! {
    AmendmentState {
        Proposed => "proposed",
        Withdrawn => "withdrawn",
        Rejected => "rejected",
        Applying => "applying",
        Approved => "approved",
        Incomplete => "incomplete",
    }
}

/// What is done with an amendment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmendmentAction {
    /// A second person approves it.
    Approve {
        /// Whether past sales are to be counted again.
        restates: bool,
    },
    /// A second person refuses it.
    Reject,
    /// The master that proposed it takes it back.
    Withdraw,
    /// What could not be counted is tried again.
    Resume,
}

/// Why that cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionRefusal {
    /// Who proposed it does not decide it.
    SamePerson,
    /// It was decided otherwise.
    WrongState {
        /// Where it stands.
        state: AmendmentState,
    },
}

impl AmendmentAction {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::Resume => "resume",
        }
    }

    /// Where it leads; done the same way again, nothing changes.
    const fn leads_to(self) -> AmendmentState {
        match self {
            Self::Approve { restates: true } | Self::Resume => AmendmentState::Applying,
            Self::Approve { restates: false } => AmendmentState::Approved,
            Self::Reject => AmendmentState::Rejected,
            Self::Withdraw => AmendmentState::Withdrawn,
        }
    }
}

impl AmendmentState {
    /// Where an amendment stands after an action. Who proposed it may withdraw it, and never decides it; whoever may decide lets one
    /// go on that is incomplete.
    ///
    /// # Errors
    /// [`DecisionRefusal`]: a second person decides, and once.
    pub fn after(self, action: AmendmentAction, by_who_proposed: bool) -> Result<Decided<Self>, DecisionRefusal> {
        let approved = matches!(self, Self::Applying | Self::Approved | Self::Incomplete);
        match (self, action) {
            (Self::Proposed, AmendmentAction::Approve { .. } | AmendmentAction::Reject) if by_who_proposed => {
                Err(DecisionRefusal::SamePerson)
            }
            (Self::Incomplete, AmendmentAction::Resume) => Ok(Decided::Changed(Self::Applying)),
            (Self::Proposed, action) if action != AmendmentAction::Resume => Ok(Decided::Changed(action.leads_to())),
            (_, AmendmentAction::Approve { .. }) if approved => Ok(Decided::Unchanged),
            (state, action) if state == action.leads_to() => Ok(Decided::Unchanged),
            (state, _) => Err(DecisionRefusal::WrongState { state }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AmendmentAction::*, AmendmentState::*, *};

    const ACTIONS: [AmendmentAction; 5] = [Approve { restates: false }, Approve { restates: true }, Reject, Withdraw, Resume];

    #[test]
    fn a_second_person_decides_and_who_proposed_it_withdraws() {
        let proposed = |action, same| Proposed.after(action, same);
        assert_eq!(proposed(Approve { restates: false }, false), Ok(Decided::Changed(Approved)));
        assert_eq!(proposed(Approve { restates: true }, false), Ok(Decided::Changed(Applying)));
        assert_eq!(proposed(Reject, false), Ok(Decided::Changed(Rejected)));
        for action in [Approve { restates: false }, Approve { restates: true }, Reject] {
            assert_eq!(proposed(action, true), Err(DecisionRefusal::SamePerson), "{action:?}");
        }
        for same in [false, true] {
            assert_eq!(proposed(Withdraw, same), Ok(Decided::Changed(Withdrawn)));
        }
    }

    #[test]
    fn what_is_decided_is_decided_once() {
        for state in [Withdrawn, Rejected, Applying, Approved, Incomplete] {
            for action in ACTIONS.into_iter().filter(|action| (state, *action) != (Incomplete, Resume)) {
                let same = match action {
                    Approve { .. } => matches!(state, Applying | Approved | Incomplete),
                    Resume => state == Applying,
                    Reject => state == Rejected,
                    Withdraw => state == Withdrawn,
                };
                let expected = if same { Ok(Decided::Unchanged) } else { Err(DecisionRefusal::WrongState { state }) };
                assert_eq!(state.after(action, false), expected, "{state:?} {action:?}");
            }
        }
    }

    #[test]
    fn only_one_that_is_incomplete_goes_on() {
        assert_eq!(Incomplete.after(Resume, true), Ok(Decided::Changed(Applying)));
        assert_eq!(Proposed.after(Resume, false), Err(DecisionRefusal::WrongState { state: Proposed }));
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(AmendmentState::ALL.iter().all(|state| AmendmentState::from_code(state.code()) == Some(*state)));
    }
}
