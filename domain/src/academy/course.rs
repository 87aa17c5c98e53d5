//! Courses: written by an instructor or a master, published by the master they are made with (R22).

use crate::{code::coded, decided::Decided};

/// What a course is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CourseKind {
    /// A course.
    Course,
    /// A webinar.
    Webinar,
    /// A technical training (R82).
    Training,
    /// A partner seminar (R85).
    Seminar,
}

coded! { CourseKind { Course => "course", Webinar => "webinar", Training => "training", Seminar => "seminar", } }

/// Where a course stands. Only what is [`CourseState::Published`] has sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CourseState {
    /// Its author is still writing it.
    Draft,
    /// It waits for the master.
    Submitted,
    /// Everybody in the network sees it.
    Published,
    /// It is given no more.
    Retired,
}

coded! {
    CourseState { Draft => "draft", Submitted => "submitted", Published => "published", Retired => "retired", }
}

/// What can be done with a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourseAction {
    /// Its author changes it.
    Change,
    /// Its author hands it in.
    Submit,
    /// The master gives it back to be worked on.
    Return,
    /// The master publishes it.
    Publish,
    /// It is given no more.
    Retire,
}

impl CourseAction {
    /// The word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Submit => "submit",
            Self::Return => "return",
            Self::Publish => "publish",
            Self::Retire => "retire",
        }
    }
}

impl CourseState {
    /// Where a course stands after an action. The same again changes nothing.
    ///
    /// # Errors
    /// Where it stands, if the action is none of this state's.
    pub fn after(self, action: CourseAction) -> Result<Decided<Self>, Self> {
        use CourseAction::{Change, Publish, Retire, Return, Submit};
        match (self, action) {
            (Self::Draft, Change) => Ok(Decided::Changed(Self::Draft)),
            (Self::Draft, Submit) => Ok(Decided::Changed(Self::Submitted)),
            (Self::Submitted, Return) => Ok(Decided::Changed(Self::Draft)),
            (Self::Submitted, Publish) => Ok(Decided::Changed(Self::Published)),
            (Self::Draft | Self::Submitted | Self::Published, Retire) => Ok(Decided::Changed(Self::Retired)),
            (Self::Submitted, Submit) | (Self::Draft, Return) | (Self::Published, Publish) | (Self::Retired, Retire) => {
                Ok(Decided::Unchanged)
            }
            (state, _) => Err(state),
        }
    }
}
