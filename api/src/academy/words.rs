//! The closed lists of words of the academy, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// What a course is: a `course`, a `webinar`, a technical `training` (R82) or a partner `seminar` (R85).
    CourseKind of domain::academy::CourseKind {
        /// A course.
        Course,
        /// A webinar.
        Webinar,
        /// A technical training (R82).
        Training,
        /// A partner seminar (R85).
        Seminar,
    }

    /// Where a course stands: only a `published` one has sessions.
    CourseState of domain::academy::CourseState {
        /// Its author is still writing it.
        Draft,
        /// It waits for the master.
        Submitted,
        /// Everybody in the network sees it.
        Published,
        /// It is given no more.
        Retired,
    }

    /// How a session is given: `on_site` at a place, or `online` by a link.
    Venue of domain::academy::Venue {
        /// At a place.
        OnSite,
        /// By a link.
        Online,
    }

    /// Where a session stands.
    CourseSessionState of domain::academy::SessionState {
        /// It takes place.
        Scheduled,
        /// It does not.
        Cancelled,
    }

    /// Where an enrolment stands: with a place (`enrolled`) or in the queue for one (`waiting`), given back (`cancelled`) or too late
    /// (`missed`), there (`attended`) or not (`absent`), and with a result (`passed`, `failed`).
    EnrolmentState of domain::academy::EnrolmentState {
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
}
