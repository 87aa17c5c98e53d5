//! A would-be partner's application to one named master, which alone decides it (R3).

use crate::{decided::Decided, id::MasterId};

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApplicationState {
    /// It waits for the named master.
    Submitted,
    /// The master takes the partner in.
    Accepted,
    /// The master does not.
    Rejected,
    /// The would-be partner took it back.
    Withdrawn,
}

impl ApplicationState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Submitted, Self::Accepted, Self::Rejected, Self::Withdrawn];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// An application, as far as its decision asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Application {
    /// Where it stands.
    pub state: ApplicationState,
    /// The master it names.
    pub master: MasterId,
}

/// What a master can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApplicationDecision {
    /// Take the partner in.
    Accept,
    /// Do not.
    Reject,
}

/// Why an application cannot be decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationRefusal {
    /// Another master than the named one decides.
    NotNamedMaster,
    /// It was decided otherwise, or withdrawn, before.
    AlreadyDecided {
        /// Where it stands.
        state: ApplicationState,
    },
}

impl ApplicationRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNamedMaster => "not_named_master",
            Self::AlreadyDecided { .. } => "already_decided",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "R3"
    }
}

/// Decides an application: the named master does, and once. The same decision again changes nothing.
///
/// # Errors
/// Every [`ApplicationRefusal`] at once.
pub fn decide(
    application: Application,
    by: MasterId,
    decision: ApplicationDecision,
) -> Result<Decided<ApplicationState>, Vec<ApplicationRefusal>> {
    let target = match decision {
        ApplicationDecision::Accept => ApplicationState::Accepted,
        ApplicationDecision::Reject => ApplicationState::Rejected,
    };
    let stranger = (by != application.master).then_some(ApplicationRefusal::NotNamedMaster);
    let late = (application.state != ApplicationState::Submitted && application.state != target)
        .then_some(ApplicationRefusal::AlreadyDecided { state: application.state });
    let refusals: Vec<_> = stranger.into_iter().chain(late).collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(if application.state == target { Decided::Unchanged } else { Decided::Changed(target) })
}

/// Takes an undecided application back, on the would-be partner's behalf. Doing it again changes nothing.
///
/// # Errors
/// [`ApplicationRefusal::AlreadyDecided`] once the master has decided.
pub fn withdraw(application: Application) -> Result<Decided<ApplicationState>, Vec<ApplicationRefusal>> {
    match application.state {
        ApplicationState::Submitted => Ok(Decided::Changed(ApplicationState::Withdrawn)),
        ApplicationState::Withdrawn => Ok(Decided::Unchanged),
        state @ (ApplicationState::Accepted | ApplicationState::Rejected) => {
            Err(vec![ApplicationRefusal::AlreadyDecided { state }])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(last: char) -> MasterId {
        format!("master_01h2xcejqtf2nbrexx3vqjhp4{last}").parse().unwrap()
    }

    fn application(state: ApplicationState) -> Application {
        Application { state, master: master('1') }
    }

    #[test]
    fn the_named_master_decides_once_and_repeating_it_changes_nothing() {
        use ApplicationDecision::{Accept, Reject};
        use ApplicationState::{Accepted, Rejected, Submitted, Withdrawn};
        let late = |state| Err(vec![ApplicationRefusal::AlreadyDecided { state }]);
        let table = [
            (Submitted, Accept, Ok(Decided::Changed(Accepted))),
            (Submitted, Reject, Ok(Decided::Changed(Rejected))),
            (Accepted, Accept, Ok(Decided::Unchanged)),
            (Accepted, Reject, late(Accepted)),
            (Rejected, Reject, Ok(Decided::Unchanged)),
            (Rejected, Accept, late(Rejected)),
            (Withdrawn, Accept, late(Withdrawn)),
            (Withdrawn, Reject, late(Withdrawn)),
        ];
        for (state, decision, expected) in table {
            assert_eq!(decide(application(state), master('1'), decision), expected, "{state:?} {decision:?}");
        }
    }

    #[test]
    fn another_master_decides_nothing_and_learns_every_reason() {
        let refused = decide(application(ApplicationState::Rejected), master('2'), ApplicationDecision::Accept);
        let late = ApplicationRefusal::AlreadyDecided { state: ApplicationState::Rejected };
        assert_eq!(refused, Err(vec![ApplicationRefusal::NotNamedMaster, late]));
        let repeated = decide(application(ApplicationState::Accepted), master('2'), ApplicationDecision::Accept);
        assert_eq!(repeated, Err(vec![ApplicationRefusal::NotNamedMaster]));
    }

    #[test]
    fn an_application_is_withdrawn_only_while_it_is_undecided() {
        use ApplicationState::{Accepted, Rejected, Submitted, Withdrawn};
        assert_eq!(withdraw(application(Submitted)), Ok(Decided::Changed(Withdrawn)));
        assert_eq!(withdraw(application(Withdrawn)), Ok(Decided::Unchanged));
        for state in [Accepted, Rejected] {
            assert_eq!(withdraw(application(state)), Err(vec![ApplicationRefusal::AlreadyDecided { state }]));
        }
    }

    #[test]
    fn every_application_state_is_found_by_its_code() {
        for state in ApplicationState::ALL {
            assert_eq!(ApplicationState::from_code(state.code()), Some(state));
        }
        assert_eq!(ApplicationState::from_code("Accepted"), None);
    }
}
