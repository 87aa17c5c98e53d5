//! Courses, their sessions, who takes part in them, and certificates (R22, R82, R85).

mod certificate;
mod course;
mod enrolment;
mod session;

pub use certificate::{
    Certificate, CertificateFilter, expiring_certificates, find_by_number, find_certificate, insert_certificate,
    page_certificates,
};
pub use course::{Course, CourseFilter, find_course, insert_course, page_courses, update_course};
pub use enrolment::{
    Enrolment, EnrolmentFilter, find_enrolment, insert_enrolment, live_of_session, missed_before, next_waiting, page_enrolments,
    update_enrolment,
};
pub use session::{Session, SessionFilter, find_session, insert_session, page_sessions, update_session};
