//! A partner goes over to another master, or to another partnership type, from a day on (D4).
//!
//! One person plans it, another one decides it under the terms that are to come, and on its day one agreement takes the other's
//! place, so that at every instant exactly one is in force. What was sold before stays under the terms it was sold under.

use chrono::NaiveDate;

use crate::{code::coded, decided::Decided, id::MasterId};

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferKind {
    /// The master.
    Master,
    /// The partnership type.
    PartnershipType,
}

coded! {
    TransferKind {
        Master => "master",
        PartnershipType => "partnership_type",
    }
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferState {
    /// It waits for a decision.
    Proposed,
    /// It was agreed, and waits for its day.
    Agreed,
    /// The agreements have changed places; what hangs on them is following.
    Executing,
    /// Everything followed.
    Done,
    /// It was refused.
    Refused,
    /// It was taken back.
    Withdrawn,
}

coded! {
    TransferState {
        Proposed => "proposed",
        Agreed => "agreed",
        Executing => "executing",
        Done => "done",
        Refused => "refused",
        Withdrawn => "withdrawn",
    }
}

/// What is done with a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferAction {
    /// Accept it.
    Accept,
    /// Refuse it.
    Refuse,
    /// Carry it out.
    Execute,
    /// Take it back.
    Withdraw,
}

coded! {
    TransferAction {
        Accept => "accept",
        Refuse => "refuse",
        Execute => "execute",
        Withdraw => "withdraw",
    }
}

/// Why something is not done with a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferRefusal {
    /// Its state does not allow it.
    WrongState {
        /// What was asked.
        action: TransferAction,
        /// Where it stands.
        state: TransferState,
    },
    /// Another master decides: the one that the partner goes over to.
    NotReceivingMaster,
    /// Whoever proposed it does not decide it.
    SamePerson,
    /// Its day has not come yet.
    NotYet {
        /// That day.
        from: NaiveDate,
    },
}

impl TransferRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::NotReceivingMaster => "not_receiving_master",
            Self::SamePerson => "same_person_decides",
            Self::NotYet { .. } => "transfer_not_yet",
        }
    }

    /// The rule of the network.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::WrongState { .. } | Self::NotYet { .. } => "D4",
            Self::NotReceivingMaster | Self::SamePerson => "R7",
        }
    }
}

/// A transfer that waits for a decision, as far as the decision asks for it.
#[derive(Debug, Clone, Copy)]
pub struct Proposed<'a> {
    /// Where it stands.
    pub state: TransferState,
    /// The master that decides.
    pub to_master: MasterId,
    /// Who proposed it.
    pub proposed_by: &'a str,
    /// Who decided it before.
    pub decided_by: Option<&'a str>,
}

type Transition = Result<Decided<TransferState>, Vec<TransferRefusal>>;

/// Decides a transfer, for the master that the partner goes over to, and as another person than whoever proposed it. The same person
/// deciding the same again changes nothing.
///
/// # Errors
/// The wrong state, another master, the same person: all at once.
pub fn decide(proposed: &Proposed<'_>, accept: bool, (master, person): (MasterId, &str)) -> Transition {
    let (action, to) =
        if accept { (TransferAction::Accept, TransferState::Agreed) } else { (TransferAction::Refuse, TransferState::Refused) };
    if proposed.state == to && proposed.decided_by == Some(person) {
        return Ok(Decided::Unchanged);
    }
    if proposed.state != TransferState::Proposed {
        return Err(vec![TransferRefusal::WrongState { action, state: proposed.state }]);
    }
    let mut refusals = Vec::new();
    refusals.extend((master != proposed.to_master).then_some(TransferRefusal::NotReceivingMaster));
    refusals.extend((person == proposed.proposed_by).then_some(TransferRefusal::SamePerson));
    if refusals.is_empty() { Ok(Decided::Changed(to)) } else { Err(refusals) }
}

/// Begins to carry a transfer out on its day, or goes on.
///
/// # Errors
/// The wrong state, or the day has not come.
pub fn execute(state: TransferState, from: NaiveDate, today: NaiveDate) -> Transition {
    match state {
        TransferState::Done => Ok(Decided::Unchanged),
        TransferState::Agreed | TransferState::Executing if today < from => Err(vec![TransferRefusal::NotYet { from }]),
        TransferState::Agreed | TransferState::Executing => Ok(Decided::Changed(TransferState::Executing)),
        _ => Err(vec![TransferRefusal::WrongState { action: TransferAction::Execute, state }]),
    }
}

/// Takes a transfer back before its day: nothing was done yet.
///
/// # Errors
/// The wrong state.
pub fn withdraw(state: TransferState) -> Transition {
    match state {
        TransferState::Proposed | TransferState::Agreed => Ok(Decided::Changed(TransferState::Withdrawn)),
        TransferState::Withdrawn => Ok(Decided::Unchanged),
        _ => Err(vec![TransferRefusal::WrongState { action: TransferAction::Withdraw, state }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(number: u128) -> MasterId {
        MasterId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn proposed(state: TransferState) -> Proposed<'static> {
        Proposed { state, to_master: master(2), proposed_by: "user_a", decided_by: None }
    }

    #[test]
    fn d4_another_person_of_the_receiving_master_decides() {
        let decided = |by: (MasterId, &str)| decide(&proposed(TransferState::Proposed), true, by);
        assert_eq!(decided((master(2), "user_b")), Ok(Decided::Changed(TransferState::Agreed)));
        assert_eq!(decided((master(1), "user_a")), Err(vec![TransferRefusal::NotReceivingMaster, TransferRefusal::SamePerson]));
        let again = Proposed { decided_by: Some("user_b"), ..proposed(TransferState::Agreed) };
        assert_eq!(decide(&again, true, (master(2), "user_b")), Ok(Decided::Unchanged));
        assert!(decide(&again, false, (master(2), "user_b")).is_err());
    }

    #[test]
    fn d4_it_happens_on_its_day_and_not_before() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let on = |today| execute(TransferState::Agreed, day("2026-04-01"), day(today));
        assert_eq!(on("2026-03-31"), Err(vec![TransferRefusal::NotYet { from: day("2026-04-01") }]));
        assert_eq!(on("2026-04-01"), Ok(Decided::Changed(TransferState::Executing)));
        assert!(execute(TransferState::Proposed, day("2026-04-01"), day("2026-04-01")).is_err());
        assert!(withdraw(TransferState::Executing).is_err());
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(TransferKind::ALL.iter().all(|word| TransferKind::from_code(word.code()) == Some(*word)));
        assert!(TransferState::ALL.iter().all(|word| TransferState::from_code(word.code()) == Some(*word)));
    }
}
