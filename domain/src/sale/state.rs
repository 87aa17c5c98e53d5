//! Where proposals and contracts stand.

use chrono::{Months, NaiveDate};

use crate::decided::Decided;

/// Where a version of a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProposalState {
    /// It can still be changed.
    Draft,
    /// The prospect has it.
    Sent,
    /// The prospect signed: there is a contract.
    Signed,
    /// The prospect does not want it.
    Declined,
    /// Its seller took it back.
    Withdrawn,
    /// A later version took its place.
    Superseded,
}

/// What can be done with a version of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProposalAction {
    /// Send it.
    Send,
    /// Sign it.
    Sign,
    /// Decline it.
    Decline,
    /// Take it back.
    Withdraw,
    /// Put a later version in its place.
    Supersede,
}

/// Where a contract stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContractState {
    /// It runs.
    Active,
    /// It was ended before its time (D20).
    Cancelled,
    /// It ran to its end.
    Ended,
}

/// What can be done with a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContractAction {
    /// End it before its time.
    Cancel,
    /// End it at its end.
    End,
}

/// The action is none of this state's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongState<A, S> {
    /// What was asked.
    pub action: A,
    /// Where it stands.
    pub state: S,
}

impl<A, S> WrongState<A, S> {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "wrong_state"
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        "R53"
    }
}

impl ProposalState {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Draft, Self::Sent, Self::Signed, Self::Declined, Self::Withdrawn, Self::Superseded];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Signed => "signed",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Where a proposal stands after an action. The same action again changes nothing.
    ///
    /// # Errors
    /// [`WrongState`]: only a draft is sent, only what was sent is signed or declined, and what was signed or has ended stays.
    pub fn after(self, action: ProposalAction) -> Result<Decided<Self>, WrongState<ProposalAction, Self>> {
        let to = match action {
            ProposalAction::Send => Self::Sent,
            ProposalAction::Sign => Self::Signed,
            ProposalAction::Decline => Self::Declined,
            ProposalAction::Withdraw => Self::Withdrawn,
            ProposalAction::Supersede => Self::Superseded,
        };
        match (self, action) {
            (state, _) if state == to => Ok(Decided::Unchanged),
            (Self::Draft, ProposalAction::Send | ProposalAction::Withdraw | ProposalAction::Supersede) => {
                Ok(Decided::Changed(to))
            }
            (Self::Sent, _) => Ok(Decided::Changed(to)),
            (state, action) => Err(WrongState { action, state }),
        }
    }
}

impl ContractState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Cancelled, Self::Ended];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Cancelled => "cancelled",
            Self::Ended => "ended",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Where a contract stands after an action. The same action again changes nothing.
    ///
    /// # Errors
    /// [`WrongState`]: a contract ends once.
    pub fn after(self, action: ContractAction) -> Result<Decided<Self>, WrongState<ContractAction, Self>> {
        let to = match action {
            ContractAction::Cancel => Self::Cancelled,
            ContractAction::End => Self::Ended,
        };
        match self {
            state if state == to => Ok(Decided::Unchanged),
            Self::Active => Ok(Decided::Changed(to)),
            state => Err(WrongState { action, state }),
        }
    }
}

/// Whether a contract that starts on a day and has so many contract years runs on another: from its first day to the last of its last
/// year, or to the day before it ended.
#[must_use]
pub fn runs_on((starts_on, years): (NaiveDate, u32), ended_on: Option<NaiveDate>, day: NaiveDate) -> bool {
    let months = years.checked_mul(12).map(Months::new);
    let over = months.and_then(|months| starts_on.checked_add_months(months));
    starts_on <= day && over.is_none_or(|over| day < over) && ended_on.is_none_or(|ended_on| day < ended_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_sent_before_it_is_signed_and_stays_where_it_ended() {
        use ProposalAction::{Decline, Send, Sign, Supersede, Withdraw};
        use ProposalState::{Declined, Draft, Sent, Signed, Superseded, Withdrawn};
        let table: [(_, _, &[ProposalState]); 5] = [
            (Send, Sent, &[Draft]),
            (Sign, Signed, &[Sent]),
            (Decline, Declined, &[Sent]),
            (Withdraw, Withdrawn, &[Draft, Sent]),
            (Supersede, Superseded, &[Draft, Sent]),
        ];
        for (action, to, from) in table {
            for state in ProposalState::ALL {
                let expected = match state {
                    state if state == to => Ok(Decided::Unchanged),
                    state if from.contains(&state) => Ok(Decided::Changed(to)),
                    state => Err(WrongState { action, state }),
                };
                assert_eq!(state.after(action), expected, "{action:?} {state:?}");
            }
        }
    }

    #[test]
    fn a_contract_ends_once() {
        use ContractState::{Active, Cancelled, Ended};
        for (action, to, other) in [(ContractAction::Cancel, Cancelled, Ended), (ContractAction::End, Ended, Cancelled)] {
            assert_eq!(Active.after(action), Ok(Decided::Changed(to)));
            assert_eq!(to.after(action), Ok(Decided::Unchanged));
            assert_eq!(other.after(action), Err(WrongState { action, state: other }));
        }
    }

    #[test]
    fn every_state_is_found_by_its_code() {
        assert!(ProposalState::ALL.into_iter().all(|state| ProposalState::from_code(state.code()) == Some(state)));
        assert!(ContractState::ALL.into_iter().all(|state| ContractState::from_code(state.code()) == Some(state)));
        assert!(
            super::super::InstalmentKind::ALL
                .into_iter()
                .all(|kind| super::super::InstalmentKind::from_code(kind.code()) == Some(kind))
        );
    }

    #[test]
    fn a_contract_runs_from_its_first_day_to_the_last_of_its_last_year_or_the_day_before_it_ended() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let two_years = (day("2026-03-02"), 2);
        for (on, runs) in [("2026-03-01", false), ("2026-03-02", true), ("2028-03-01", true), ("2028-03-02", false)] {
            assert_eq!(runs_on(two_years, None, day(on)), runs, "{on}");
        }
        for (on, runs) in [("2026-06-30", true), ("2026-07-01", false)] {
            assert_eq!(runs_on(two_years, Some(day("2026-07-01")), day(on)), runs, "ended on 1 July: {on}");
        }
    }
}
