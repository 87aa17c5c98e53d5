//! The JSON of sessions of courses.

use chrono::{DateTime, Utc};
use domain::id::CompanyId;
use persistence::academy as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    academy::words::{CourseSessionState, Venue},
    pages,
    write::Resource,
};

/// A session of a course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CourseSession {
    /// Its id.
    #[schema(example = "course_session_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its course.
    #[schema(example = "course_01h2xcejqtf2nbrexx3vqjhp41")]
    pub course_id: String,
    /// The master of the course.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// How it is given.
    pub venue: Venue,
    /// Where, if on site.
    #[schema(required, example = "12 rue de la Paix, Paris")]
    pub place: Option<String>,
    /// Its link, if online: shown to whoever gives the course. Those who have a place read it in their enrolment.
    #[schema(required, example = json!(null))]
    pub link: Option<String>,
    /// The language it is given in.
    #[schema(example = "fr")]
    pub language: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// For how many it has places.
    #[schema(example = 12)]
    pub capacity: u32,
    /// How many places are taken: shown to whoever gives the course.
    #[schema(required, example = 7)]
    pub taken: Option<u32>,
    /// Where it stands.
    pub state: CourseSessionState,
    /// Why it does not take place.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl CourseSession {
    /// The session as a company may see it (D22).
    pub(super) fn of(session: store::Session, reader: CompanyId) -> Self {
        let gives = session.is_given_by(reader);
        let store::Session {
            id,
            network: _,
            master,
            instructor: _,
            course,
            venue,
            place,
            link,
            language,
            starts_at,
            ends_at,
            capacity,
            taken,
            state,
            reason,
            version,
            created_at,
            updated_at,
        } = session;
        Self {
            id: id.to_string(),
            course_id: course.to_string(),
            master_id: master.to_string(),
            venue: venue.into(),
            place,
            link: link.filter(|_| gives),
            language,
            starts_at,
            ends_at,
            capacity,
            taken: gives.then_some(taken),
            state: state.into(),
            reason,
            version,
            created_at,
            updated_at,
        }
    }
}

impl Resource for CourseSession {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/course-sessions/{}", self.id))
    }
}

pages!(CourseSessionPage of CourseSession);

/// A session to plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCourseSession {
    /// The course: published, and yours to give.
    #[schema(pattern = "^course_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "course_01h2xcejqtf2nbrexx3vqjhp41")]
    pub course_id: String,
    /// How it is given.
    pub venue: Venue,
    /// Where, if on site.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", example = "12 rue de la Paix, Paris")]
    pub place: Option<String>,
    /// Its link, if online.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"^https?://\S+$", example = "https://meet.example/abc")]
    pub link: Option<String>,
    /// The language it is given in: one of the network's.
    #[schema(pattern = "^[a-z]{2}(-[A-Z]{2})?$", example = "fr")]
    pub language: String,
    /// When it begins: in the future.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// For how many it has places.
    #[schema(minimum = 1, maximum = 100_000, example = 12)]
    pub capacity: u32,
}

/// What changes in a session that has not begun.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseSessionChange {
    /// Where, if on site.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 300, pattern = r"\S", example = "12 rue de la Paix, Paris")]
    pub place: Option<String>,
    /// Its link, if online.
    #[serde(default)]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 500,
        pattern = r"^https?://\S+$",
        example = "https://meet.example/abc"
    )]
    pub link: Option<String>,
    /// When it begins: in the future.
    #[serde(default)]
    #[schema(nullable = false)]
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends.
    #[serde(default)]
    #[schema(nullable = false)]
    pub ends_at: Option<DateTime<Utc>>,
    /// For how many it has places: as many at least as are taken. Whoever waits moves up.
    #[serde(default)]
    #[schema(nullable = false, minimum = 1, maximum = 100_000, example = 12)]
    pub capacity: Option<u32>,
}

/// Why a session does not take place.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseSessionCancellation {
    /// Why, as everybody reads it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The instructor is ill.")]
    pub reason: String,
}

/// Which sessions are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CourseSessionFilters {
    /// Only those of a course.
    #[param(pattern = "^course_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "course_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub course_id: Option<String>,
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<CourseSessionState>,
    /// Only those that begin at this instant or later.
    #[param(nullable = false)]
    pub starts_from: Option<DateTime<Utc>>,
}
