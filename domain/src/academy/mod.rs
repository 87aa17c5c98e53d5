//! The academy: courses of instructors and masters, their sessions, who takes part and what it shows afterwards (R22, R82, R85).

mod certificate;
mod course;
mod enrolment;
mod session;

pub use certificate::Certificate;
pub use course::{CourseAction, CourseKind, CourseState};
pub use enrolment::{EnrolmentAction, EnrolmentRefusal, EnrolmentState};
pub use session::{SessionDraft, SessionRefusal, SessionState, Venue};

#[cfg(test)]
mod tests;
