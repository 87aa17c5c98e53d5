//! Projects: a consultant advises and follows a customer's project, together with a network company, within its own areas of expertise
//! (R21).
//!
//! One of the two proposes a project and the other accepts it. While it runs, the consultant gives advice and reports the progress of
//! its milestones; the company completes it once all of them are reached.

use chrono::NaiveDate;

use crate::{code::coded, decided::Decided};

/// Where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProjectState {
    /// It waits for the other party.
    Proposed,
    /// Both agreed.
    Running,
    /// Everything was reached.
    Completed,
    /// It was given up.
    Cancelled,
    /// The other party did not want it.
    Declined,
}

coded! {
    ProjectState {
        Proposed => "proposed",
        Running => "running",
        Completed => "completed",
        Cancelled => "cancelled",
        Declined => "declined",
    }
}

/// A party of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProjectParty {
    /// The network company whose customer it is for.
    Company,
    /// The project consultant.
    Consultant,
}

coded! { ProjectParty { Company => "company", Consultant => "consultant", } }

/// What a party does with a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectAction {
    /// It agrees to what the other one proposed.
    Accept,
    /// It does not.
    Decline,
    /// It gives the project up.
    Cancel,
    /// It says that everything is reached.
    Complete,
}

impl ProjectAction {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Complete => "complete",
        }
    }
}

/// Why a party cannot do something with a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectRefusal {
    /// It is the other party's to do.
    OtherParty,
    /// It stands elsewhere.
    WrongState {
        /// Where.
        state: ProjectState,
    },
}

/// A project, as far as its state is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Project {
    /// Where it stands.
    pub state: ProjectState,
    /// Who proposed it.
    pub proposed_by: ProjectParty,
}

impl Project {
    /// Where it stands after what a party does. The same again by the same party changes nothing.
    ///
    /// # Errors
    /// [`ProjectRefusal`]: the party that did not propose it accepts or declines, either gives it up before it ended, and the company
    /// completes what runs.
    pub fn after(self, action: ProjectAction, by: ProjectParty) -> Result<Decided<ProjectState>, ProjectRefusal> {
        use ProjectState::{Cancelled, Completed, Declined, Proposed, Running};
        let may = match action {
            ProjectAction::Accept | ProjectAction::Decline => by != self.proposed_by,
            ProjectAction::Cancel => true,
            ProjectAction::Complete => by == ProjectParty::Company,
        };
        if !may {
            return Err(ProjectRefusal::OtherParty);
        }
        match (self.state, action) {
            (Running, ProjectAction::Accept)
            | (Declined, ProjectAction::Decline)
            | (Cancelled, ProjectAction::Cancel)
            | (Completed, ProjectAction::Complete) => Ok(Decided::Unchanged),
            (Proposed, ProjectAction::Accept) => Ok(Decided::Changed(Running)),
            (Proposed, ProjectAction::Decline) => Ok(Decided::Changed(Declined)),
            (Proposed | Running, ProjectAction::Cancel) => Ok(Decided::Changed(Cancelled)),
            (Running, ProjectAction::Complete) => Ok(Decided::Changed(Completed)),
            (state, _) => Err(ProjectRefusal::WrongState { state }),
        }
    }
}

/// What is wrong with a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MilestoneRefusal {
    /// It is due before the project starts.
    DueBeforeStart {
        /// When that does.
        starts_on: NaiveDate,
    },
    /// What was reached stays so.
    ReachedBefore {
        /// When.
        reached_on: NaiveDate,
    },
}

impl MilestoneRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DueBeforeStart { .. } => "due_before_start",
            Self::ReachedBefore { .. } => "milestone_reached_before",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "R21"
    }
}

/// What is wrong with a due day of a project that starts on `starts_on`.
#[must_use]
pub fn check_due(starts_on: NaiveDate, due_on: NaiveDate) -> Option<MilestoneRefusal> {
    (due_on < starts_on).then_some(MilestoneRefusal::DueBeforeStart { starts_on })
}

/// How far a milestone has come, in per cent, and when it was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// From 0 to 100.
    pub percent: u8,
    /// The day it was reached: that on which it came to 100.
    pub reached_on: Option<NaiveDate>,
}

impl Progress {
    /// Nothing yet.
    pub const NONE: Self = Self { percent: 0, reached_on: None };
    /// All of it.
    pub const WHOLE: u8 = 100;

    /// The progress after a report of some per cent today; more than the whole is the whole.
    ///
    /// # Errors
    /// [`MilestoneRefusal::ReachedBefore`] for less than the whole of what was reached.
    pub fn report(self, percent: u8, today: NaiveDate) -> Result<Self, MilestoneRefusal> {
        match self.reached_on {
            Some(reached_on) if percent < Self::WHOLE => Err(MilestoneRefusal::ReachedBefore { reached_on }),
            Some(_) => Ok(self),
            None if percent < Self::WHOLE => Ok(Self { percent, reached_on: None }),
            None => Ok(Self { percent: Self::WHOLE, reached_on: Some(today) }),
        }
    }

    /// Whether a milestone that is due on a day is late.
    #[must_use]
    pub fn is_late(self, due_on: NaiveDate, today: NaiveDate) -> bool {
        self.reached_on.is_none() && due_on < today
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProjectAction::{Accept, Cancel, Complete, Decline};
    use ProjectParty::{Company, Consultant};
    use ProjectState::{Cancelled, Completed, Declined, Proposed, Running};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn r21_the_party_that_did_not_propose_a_project_answers() {
        for (proposed_by, other) in [(Company, Consultant), (Consultant, Company)] {
            let project = Project { state: Proposed, proposed_by };
            for (action, to) in [(Accept, Running), (Decline, Declined)] {
                assert_eq!(project.after(action, proposed_by), Err(ProjectRefusal::OtherParty));
                assert_eq!(project.after(action, other), Ok(Decided::Changed(to)));
                assert_eq!(Project { state: to, ..project }.after(action, other), Ok(Decided::Unchanged));
            }
        }
    }

    #[test]
    fn r21_either_gives_a_project_up_before_it_ended_and_the_company_completes_it() {
        let after = |state, action, by| Project { state, proposed_by: Company }.after(action, by);
        for by in [Company, Consultant] {
            assert_eq!(after(Proposed, Cancel, by), Ok(Decided::Changed(Cancelled)));
            assert_eq!(after(Running, Cancel, by), Ok(Decided::Changed(Cancelled)));
            for state in [Completed, Declined] {
                assert_eq!(after(state, Cancel, by), Err(ProjectRefusal::WrongState { state }));
            }
        }
        assert_eq!(after(Running, Complete, Company), Ok(Decided::Changed(Completed)));
        assert_eq!(after(Running, Complete, Consultant), Err(ProjectRefusal::OtherParty));
        assert_eq!(after(Proposed, Complete, Company), Err(ProjectRefusal::WrongState { state: Proposed }));
        assert_eq!(after(Cancelled, Accept, Consultant), Err(ProjectRefusal::WrongState { state: Cancelled }));
    }

    #[test]
    fn r21_a_milestone_is_reached_on_the_day_it_comes_to_the_whole_and_stays_so() {
        let at = |percent| Progress { percent, reached_on: None };
        assert_eq!(at(40).report(30, day("2026-03-02")), Ok(at(30)), "an estimate may go back");
        assert_eq!(at(40).report(99, day("2026-03-02")), Ok(at(99)));
        let reached = at(99).report(100, day("2026-03-02")).unwrap();
        assert_eq!(reached.reached_on, Some(day("2026-03-02")));
        assert_eq!(reached.report(100, day("2026-03-09")), Ok(reached));
        assert_eq!(reached.report(99, day("2026-03-09")), Err(MilestoneRefusal::ReachedBefore { reached_on: day("2026-03-02") }));
    }

    #[test]
    fn r21_a_milestone_is_late_after_its_day_and_due_from_the_projects_first_day_on() {
        let late = |today: &str| Progress::NONE.is_late(day("2026-03-02"), day(today));
        assert_eq!((late("2026-03-01"), late("2026-03-02"), late("2026-03-03")), (false, false, true));
        let reached = Progress::NONE.report(100, day("2026-03-05")).unwrap();
        assert!(!reached.is_late(day("2026-03-02"), day("2026-03-09")));
        let due = |on: &str| check_due(day("2026-03-02"), day(on)).is_some();
        assert_eq!((due("2026-03-01"), due("2026-03-02"), due("2026-03-03")), (true, false, false));
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(ProjectState::ALL.iter().all(|word| ProjectState::from_code(word.code()) == Some(*word)));
        assert!(ProjectParty::ALL.iter().all(|word| ProjectParty::from_code(word.code()) == Some(*word)));
    }
}
