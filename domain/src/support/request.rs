//! Requests of partners to draft proposals and contracts for them (R40, R41).

use crate::{code::coded, decided::Decided};

/// What is to be drafted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SupportDocument {
    /// A proposal.
    Proposal,
    /// A contract: the version of a proposal that is about to be signed.
    Contract,
}

coded! { SupportDocument { Proposal => "proposal", Contract => "contract", } }

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SupportState {
    /// A partner asked.
    Requested,
    /// Somebody of the master is to do it.
    Assigned,
    /// Somebody does it.
    InProgress,
    /// The partner has the document, which is marked as issued with support.
    HandedOver,
    /// It is over.
    Closed,
    /// The master does not do it.
    Declined,
}

coded! {
    SupportState {
        Requested => "requested",
        Assigned => "assigned",
        InProgress => "in_progress",
        HandedOver => "handed_over",
        Closed => "closed",
        Declined => "declined",
    }
}

/// What can be done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SupportAction {
    /// Say who of the master does it: again for somebody else.
    Assign,
    /// Begin.
    Start,
    /// Hand the document over.
    HandOver,
    /// End it: handed over, or not needed any more.
    Close,
    /// Say that it will not be done.
    Decline,
}

coded! {
    SupportAction {
        Assign => "assign",
        Start => "start",
        HandOver => "hand_over",
        Close => "close",
        Decline => "decline",
    }
}

/// Why an action is refused: it is none of this state's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongSupportState {
    /// What was asked.
    pub action: SupportAction,
    /// Where the request stands.
    pub state: SupportState,
}

impl SupportState {
    /// Whether it is still to be done.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Assigned | Self::InProgress)
    }

    /// Where an open request stands once another master is asked, whose people have not begun: at its beginning (D4).
    #[must_use]
    pub const fn asked_anew(self) -> Self {
        if self.is_open() { Self::Requested } else { self }
    }

    /// Where a request stands after an action. The same again changes nothing; an assignment may be to somebody else each time,
    /// and takes what was begun back to its beginning.
    ///
    /// # Errors
    /// [`WrongSupportState`].
    pub fn after(self, action: SupportAction) -> Result<Decided<Self>, WrongSupportState> {
        let (from, to): (&[Self], _) = match action {
            SupportAction::Assign => (&[Self::Requested, Self::Assigned, Self::InProgress], Self::Assigned),
            SupportAction::Start => (&[Self::Assigned], Self::InProgress),
            SupportAction::HandOver => (&[Self::Assigned, Self::InProgress], Self::HandedOver),
            SupportAction::Close => (&[Self::Requested, Self::Assigned, Self::InProgress, Self::HandedOver], Self::Closed),
            SupportAction::Decline => (&[Self::Requested, Self::Assigned, Self::InProgress], Self::Declined),
        };
        if self == to && action != SupportAction::Assign {
            return Ok(Decided::Unchanged);
        }
        if from.contains(&self) { Ok(Decided::Changed(to)) } else { Err(WrongSupportState { action, state: self }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r41_every_action_belongs_to_its_states_alone() {
        use SupportAction::{Assign, Close, Decline, HandOver, Start};
        use SupportState::{Assigned, Closed, Declined, HandedOver, InProgress, Requested};
        let moves = [
            (Requested, Assign, Assigned),
            (Assigned, Assign, Assigned),
            (InProgress, Assign, Assigned),
            (Assigned, Start, InProgress),
            (Assigned, HandOver, HandedOver),
            (InProgress, HandOver, HandedOver),
            (Requested, Close, Closed),
            (Assigned, Close, Closed),
            (InProgress, Close, Closed),
            (HandedOver, Close, Closed),
            (Requested, Decline, Declined),
            (Assigned, Decline, Declined),
            (InProgress, Decline, Declined),
        ];
        let repeated = [(InProgress, Start), (HandedOver, HandOver), (Closed, Close), (Declined, Decline)];
        for state in SupportState::ALL {
            for action in SupportAction::ALL {
                let moved = moves.iter().find(|(from, by, _)| (*from, *by) == (state, action));
                let expected = match moved {
                    Some((.., to)) => Ok(Decided::Changed(*to)),
                    None if repeated.contains(&(state, action)) => Ok(Decided::Unchanged),
                    None => Err(WrongSupportState { action, state }),
                };
                assert_eq!(state.after(action), expected, "{action:?} of {state:?}");
            }
        }
        let open: Vec<_> = SupportState::ALL.into_iter().filter(|state| state.is_open()).collect();
        assert_eq!(open, [Requested, Assigned, InProgress]);
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(SupportState::ALL.iter().all(|word| SupportState::from_code(word.code()) == Some(*word)));
        assert!(SupportAction::ALL.iter().all(|word| SupportAction::from_code(word.code()) == Some(*word)));
        assert!(SupportDocument::ALL.iter().all(|word| SupportDocument::from_code(word.code()) == Some(*word)));
    }
}
