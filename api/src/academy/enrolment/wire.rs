//! The JSON of enrolments.

use chrono::{DateTime, Utc};
use domain::id::CompanyId;
use persistence::academy as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{academy::words::EnrolmentState, pages, write::Resource};

/// A partner's person in a session of a course, or on its waiting list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Enrolment {
    /// Its id.
    #[schema(example = "enrolment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The course.
    #[schema(example = "course_01h2xcejqtf2nbrexx3vqjhp41")]
    pub course_id: String,
    /// The session.
    #[schema(example = "course_session_01h2xcejqtf2nbrexx3vqjhp41")]
    pub course_session_id: String,
    /// The partner whose person it is: shown to that partner and to the course's master.
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: Option<String>,
    /// The person.
    pub person: EnrolledPerson,
    /// Where it stands.
    pub state: EnrolmentState,
    /// The link of the session, where it is online and there is a place: shown to the partner whose person it is.
    #[schema(required, example = json!(null))]
    pub link: Option<String>,
    /// The score that was reached, of a hundred.
    #[schema(required, example = 87)]
    pub score: Option<u32>,
    /// What was said of attendance or result.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnrolledPerson {
    /// The name.
    #[schema(example = "Ismaël Petit")]
    pub name: String,
    /// The e-mail address, in lower case: shown to the person's partner and to the course's master.
    #[schema(required, example = "ismael@integra.example")]
    pub email: Option<String>,
}

impl Enrolment {
    /// The enrolment as a company may see it: an instructor learns names and no partners (D22).
    pub(in crate::academy) fn of(enrolment: store::Enrolment, link: Option<String>, reader: CompanyId) -> Self {
        let store::Enrolment {
            id,
            network: _,
            master,
            host: _,
            partner,
            course,
            session,
            person_name,
            person_email,
            state,
            score,
            note,
            version,
            created_at,
            updated_at,
        } = enrolment;
        let own = reader == CompanyId::Partner(partner);
        let whole = own || reader == CompanyId::Master(master);
        Self {
            id: id.to_string(),
            course_id: course.to_string(),
            course_session_id: session.to_string(),
            partner_id: whole.then(|| partner.to_string()),
            person: EnrolledPerson { name: person_name, email: Some(person_email).filter(|_| whole) },
            state: state.into(),
            link: link.filter(|_| own && state.has_place()),
            score,
            note,
            version,
            created_at,
            updated_at,
        }
    }
}

impl Resource for Enrolment {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/enrolments/{}", self.id))
    }
}

pages!(EnrolmentPage of Enrolment);

/// Somebody to enrol.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonToEnrol {
    /// The name, as it stands on a certificate.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Ismaël Petit")]
    pub name: String,
    /// The e-mail address: one person has one.
    #[schema(min_length = 3, max_length = 254, pattern = r"^[^@\s]+@[^@\s]+$", example = "ismael@integra.example")]
    pub email: String,
}

/// An enrolment to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    /// The session.
    #[schema(pattern = "^course_session_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "course_session_01h2xcejqtf2nbrexx3vqjhp41")]
    pub course_session_id: String,
    /// One of your people.
    pub person: PersonToEnrol,
}

/// Whether a person was there.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Whether it was.
    pub attended: bool,
    /// In words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Left after the first hour.")]
    pub note: Option<String>,
}

/// What a person reached.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseResult {
    /// Whether it passed.
    pub passed: bool,
    /// The score, of a hundred.
    #[serde(default)]
    #[schema(maximum = 100, example = 87)]
    pub score: Option<u32>,
    /// In words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Very good.")]
    pub note: Option<String>,
}

/// Which enrolments are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EnrolmentFilters {
    /// Only those in a session.
    #[param(
        pattern = "^course_session_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "course_session_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub course_session_id: Option<String>,
    /// Only those of a partner's people; to others than that partner and the course's master there are none.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<EnrolmentState>,
}
