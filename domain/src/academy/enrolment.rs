//! Enrolments: somebody's place in a session, or on its waiting list, and what came of it.

use chrono::{DateTime, Utc};

use crate::{code::coded, decided::Decided};

/// Where an enrolment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnrolmentState {
    /// Every place is taken: it moves up when one is given back.
    Waiting,
    /// It has a place.
    Enrolled,
    /// It was given back, or the session does not take place.
    Cancelled,
    /// The session began without a place for it.
    Missed,
    /// The person was there.
    Attended,
    /// The person was not.
    Absent,
    /// The person was there and passed.
    Passed,
    /// The person was there and did not pass.
    Failed,
}

coded! {
    EnrolmentState {
        Waiting => "waiting",
        Enrolled => "enrolled",
        Cancelled => "cancelled",
        Missed => "missed",
        Attended => "attended",
        Absent => "absent",
        Passed => "passed",
        Failed => "failed",
    }
}

/// What can be done with an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentAction {
    /// A place came free.
    MoveUp,
    /// Give it back.
    Cancel,
    /// The session began without it.
    Miss,
    /// The person was there, or was not.
    Attend {
        /// Whether it was.
        there: bool,
    },
    /// The person passed, or did not.
    Result {
        /// Whether it did.
        passed: bool,
    },
}

impl EnrolmentAction {
    /// The word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MoveUp => "move_up",
            Self::Cancel => "cancel",
            Self::Miss => "miss",
            Self::Attend { .. } => "record_attendance",
            Self::Result { .. } => "record_result",
        }
    }

    const fn leads_to(self) -> EnrolmentState {
        match self {
            Self::MoveUp => EnrolmentState::Enrolled,
            Self::Cancel => EnrolmentState::Cancelled,
            Self::Miss => EnrolmentState::Missed,
            Self::Attend { there: true } => EnrolmentState::Attended,
            Self::Attend { there: false } => EnrolmentState::Absent,
            Self::Result { passed: true } => EnrolmentState::Passed,
            Self::Result { passed: false } => EnrolmentState::Failed,
        }
    }
}

/// Why something cannot be done with an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentRefusal {
    /// It is none of this state's.
    WrongState {
        /// Where it stands.
        state: EnrolmentState,
    },
    /// The session has begun.
    Begun,
    /// The session has not begun.
    NotBegun,
}

impl EnrolmentRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::Begun => "session_begun",
            Self::NotBegun => "session_not_begun",
        }
    }
}

impl EnrolmentState {
    /// Whether it takes one of the session's places.
    #[must_use]
    pub const fn has_place(self) -> bool {
        matches!(self, Self::Enrolled | Self::Attended | Self::Absent | Self::Passed | Self::Failed)
    }

    /// Whether the same person may not be enrolled a second time beside it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Missed)
    }

    /// Where it stands after an action at an instant, in a session that begins at another. The same again changes nothing.
    ///
    /// # Errors
    /// [`EnrolmentRefusal`].
    pub fn after(
        self,
        action: EnrolmentAction,
        now: DateTime<Utc>,
        starts_at: DateTime<Utc>,
    ) -> Result<Decided<Self>, EnrolmentRefusal> {
        use EnrolmentAction::{Attend, Cancel, Miss, MoveUp, Result as Outcome};
        let to = action.leads_to();
        if self == to {
            return Ok(Decided::Unchanged);
        }
        let allowed = match action {
            MoveUp | Miss => self == Self::Waiting,
            Cancel => matches!(self, Self::Waiting | Self::Enrolled),
            // What was noted by mistake is noted again, until there is a result.
            Attend { .. } => matches!(self, Self::Enrolled | Self::Attended | Self::Absent),
            Outcome { .. } => self == Self::Attended,
        };
        let begun = starts_at <= now;
        match action {
            _ if !allowed => Err(EnrolmentRefusal::WrongState { state: self }),
            MoveUp | Cancel if begun => Err(EnrolmentRefusal::Begun),
            Miss | Attend { .. } | Outcome { .. } if !begun => Err(EnrolmentRefusal::NotBegun),
            _ => Ok(Decided::Changed(to)),
        }
    }
}
