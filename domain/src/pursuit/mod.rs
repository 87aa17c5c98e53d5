//! A master's own pursuit of a prospect (R36, D7): while it is open, it keeps partners and other masters off like a protection.
//!
//! It is opened where no partner's protection stands and no other company has the prospect as its customer. It is not meant
//! against what a partner handed in before: such a registration cannot be accepted while the pursuit is open, and its master
//! either closes the pursuit as [`PursuitReason::GivenWay`] or rejects the registration, with reason.

use crate::{code::coded, decided::Decided};

/// Where a pursuit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PursuitState {
    /// The master pursues the prospect.
    Open,
    /// It does not any more.
    Closed,
}

coded! {
    PursuitState {
        Open => "open",
        Closed => "closed",
    }
}

/// Why a pursuit was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PursuitReason {
    /// The prospect signed with the master.
    Won,
    /// The prospect will not sign.
    Lost,
    /// The master gave it up.
    Abandoned,
    /// A partner had registered the prospect before.
    GivenWay,
    /// Something else, in the words that go with it.
    Other,
}

coded! {
    PursuitReason {
        Won => "won",
        Lost => "lost",
        Abandoned => "abandoned",
        GivenWay => "given_way",
        Other => "other",
    }
}

/// A pursuit, as far as its decisions ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pursuit {
    /// Why it was closed; none while it is open.
    pub closed: Option<PursuitReason>,
}

/// Why a pursuit cannot be closed: it was, for another reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedBefore {
    /// For which.
    pub reason: PursuitReason,
}

impl Pursuit {
    /// Where it stands.
    #[must_use]
    pub const fn state(self) -> PursuitState {
        match self.closed {
            None => PursuitState::Open,
            Some(_) => PursuitState::Closed,
        }
    }
}

/// Closes a pursuit. For the same reason again changes nothing.
///
/// # Errors
/// [`ClosedBefore`].
pub fn close(pursuit: Pursuit, reason: PursuitReason) -> Result<Decided<Pursuit>, ClosedBefore> {
    match pursuit.closed {
        None => Ok(Decided::Changed(Pursuit { closed: Some(reason) })),
        Some(before) if before == reason => Ok(Decided::Unchanged),
        Some(before) => Err(ClosedBefore { reason: before }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pursuit_is_closed_once_and_for_one_reason() {
        let open = Pursuit { closed: None };
        let closed = close(open, PursuitReason::GivenWay).unwrap().changed().unwrap();
        assert_eq!((open.state(), closed.state()), (PursuitState::Open, PursuitState::Closed));
        assert_eq!(close(closed, PursuitReason::GivenWay), Ok(Decided::Unchanged));
        assert_eq!(close(closed, PursuitReason::Won), Err(ClosedBefore { reason: PursuitReason::GivenWay }));
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(PursuitState::ALL.iter().all(|word| PursuitState::from_code(word.code()) == Some(*word)));
        assert!(PursuitReason::ALL.iter().all(|word| PursuitReason::from_code(word.code()) == Some(*word)));
    }
}
