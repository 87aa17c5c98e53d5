//! The JSON of courses.

use chrono::{DateTime, Utc};
use domain::id::CompanyId;
use persistence::academy as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    academy::{
        read_texts,
        words::{CourseKind, CourseState},
    },
    extract::present,
    network::definition::{Code, Texts},
    pages,
    problem::Problem,
    wire::Company,
    write::Resource,
};

/// A course or webinar of the network (R22, R82, R85).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Course {
    /// Its id.
    #[schema(example = "course_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that it is made with, which publishes it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// Who wrote it: shown to its author and its master alone.
    #[schema(required)]
    pub author: Option<Company>,
    /// What it is.
    pub kind: CourseKind,
    /// Its title, by language.
    pub titles: Texts,
    /// What it is about, by language.
    pub descriptions: Texts,
    /// The kind of qualification that it gives to the partner of whoever passes.
    #[schema(required, example = "technical_start_up")]
    pub qualification: Option<String>,
    /// How many months its certificates are valid; null without end.
    #[schema(required, example = 24)]
    pub certificate_months: Option<u32>,
    /// The benefit that a place in it is: each partner whose people are in a session has one less of it.
    #[schema(required, example = json!(null))]
    pub benefit: Option<String>,
    /// Where it stands.
    pub state: CourseState,
    /// When it was published.
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    /// Why it was given back or is given no more.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Course {
    /// The course as a company may see it (D22).
    ///
    /// # Errors
    /// `internal_error` when its texts cannot be read.
    pub(super) fn of(course: store::Course, reader: CompanyId) -> Result<Self, Problem> {
        let author = course.author();
        let store::Course {
            id,
            network: _,
            master,
            instructor: _,
            kind,
            titles,
            descriptions,
            qualification,
            certificate_months,
            benefit,
            state,
            published_at,
            reason,
            version,
            created_at,
            updated_at,
        } = course;
        let shows_author = reader == author || reader == CompanyId::Master(master);
        Ok(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            author: shows_author.then(|| author.into()),
            kind: kind.into(),
            titles: read_texts(&titles)?,
            descriptions: read_texts(&descriptions)?,
            qualification,
            certificate_months,
            benefit,
            state: state.into(),
            published_at,
            reason: reason.filter(|_| shows_author),
            version,
            created_at,
            updated_at,
        })
    }
}

impl Resource for Course {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/courses/{}", self.id))
    }
}

pages!(CoursePage of Course);

/// A course to write.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCourse {
    /// Your agreement as an instructor: its master is the one that the course is made with. Left out where a master writes it itself.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub agreement_id: Option<String>,
    /// What it is.
    pub kind: CourseKind,
    /// Its title, by language: the network's default one at least.
    pub titles: Texts,
    /// What it is about, by language: the network's default one at least.
    pub descriptions: Texts,
    /// The kind of qualification that it gives to the partner of whoever passes: a code of the network's `qualifications`.
    #[serde(default)]
    pub qualification: Option<Code>,
    /// How many months its certificates are valid. Left out: without end.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1200, example = 24)]
    pub certificate_months: Option<u32>,
    /// The benefit that a place in it is: a code of the terms' `benefits`.
    #[serde(default)]
    pub benefit: Option<Code>,
}

/// What changes in a draft.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseChange {
    /// Its title, by language, in place of the one before.
    #[serde(default)]
    #[schema(nullable = false)]
    pub titles: Option<Texts>,
    /// What it is about, by language, in place of what was before.
    #[serde(default)]
    #[schema(nullable = false)]
    pub descriptions: Option<Texts>,
    /// The kind of qualification that it gives; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Code>)]
    pub qualification: Option<Option<Code>>,
    /// How many months its certificates are valid; null without end.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1200, example = 24)]
    pub certificate_months: Option<Option<u32>>,
    /// The benefit that a place in it is; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Code>)]
    pub benefit: Option<Option<Code>>,
}

/// Why a course is given back, or is given no more.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseReason {
    /// Why, as its author reads it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The second part needs an example.")]
    pub reason: String,
}

/// Which courses are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CourseFilters {
    /// Only those of a kind.
    #[param(inline, nullable = false)]
    pub kind: Option<CourseKind>,
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<CourseState>,
}
