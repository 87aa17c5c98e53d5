//! The JSON of certificates.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{academy::Certificate as Status, agreement::Validity};
use persistence::academy as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{academy::read_texts, network::definition::Texts, pages, problem::Problem, write::Resource};

/// A certificate of somebody who passed a course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Certificate {
    /// Its id.
    #[schema(example = "certificate_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The number that it is verified by.
    #[schema(example = "2026-9C1E-0B5A-77D2-41F6")]
    pub number: String,
    /// The master of the course.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner whose person passed.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The course.
    #[schema(example = "course_01h2xcejqtf2nbrexx3vqjhp41")]
    pub course_id: String,
    /// The enrolment that it came of.
    #[schema(example = "enrolment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub enrolment_id: String,
    /// The course's title, by language.
    pub titles: Texts,
    /// Who passed.
    #[schema(example = "Ismaël Petit")]
    pub person_name: String,
    /// The day it was issued, which is its first.
    pub issued_on: NaiveDate,
    /// Its last day, at midnight where its master is; null where it does not run out.
    #[schema(required, example = "2028-03-01")]
    pub valid_until: Option<NaiveDate>,
    /// The qualification that the partner has by it.
    #[schema(required, example = "qualification_01h2xcejqtf2nbrexx3vqjhp41")]
    pub qualification_id: Option<String>,
    /// Its version, which is its `ETag`: it never changes.
    pub version: i64,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// The same: it never changes.
    pub updated_at: DateTime<Utc>,
}

impl Certificate {
    /// The certificate of a course.
    ///
    /// # Errors
    /// `internal_error` when the course's texts cannot be read.
    pub(super) fn of(certificate: store::Certificate, course: &store::Course) -> Result<Self, Problem> {
        let store::Certificate {
            id,
            network: _,
            master,
            partner,
            course: course_id,
            enrolment,
            number,
            person_name,
            status: Status { validity: Validity { start, end } },
            qualification,
            created_at,
        } = certificate;
        Ok(Self {
            id: id.to_string(),
            number,
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            course_id: course_id.to_string(),
            enrolment_id: enrolment.to_string(),
            titles: read_texts(&course.titles)?,
            person_name,
            issued_on: start,
            valid_until: end,
            qualification_id: qualification.map(|id| id.to_string()),
            version: 1,
            created_at,
            updated_at: created_at,
        })
    }
}

impl Resource for Certificate {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/certificates/{}", self.id))
    }
}

pages!(CertificatePage of Certificate);

/// What somebody who was shown a certificate's number may know of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateVerification {
    /// The number.
    #[schema(example = "2026-9C1E-0B5A-77D2-41F6")]
    pub number: String,
    /// Whether it is valid today, where its master is.
    pub valid: bool,
    /// Who passed.
    #[schema(example = "Ismaël Petit")]
    pub person_name: String,
    /// The course's title, by language.
    pub titles: Texts,
    /// The master that issued it.
    #[schema(example = "Example Software")]
    pub issued_by: String,
    /// The day it was issued, which is its first.
    pub issued_on: NaiveDate,
    /// Its last day; null where it does not run out.
    #[schema(required, example = "2028-03-01")]
    pub valid_until: Option<NaiveDate>,
}

/// Which certificate is verified.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CertificateNumber {
    /// Its number, in upper or lower case.
    #[param(
        required = true,
        nullable = false,
        min_length = 1,
        max_length = 40,
        pattern = "^[0-9A-Za-z-]+$",
        example = "2026-9C1E-0B5A-77D2-41F6"
    )]
    pub number: Option<String>,
}

/// Which certificates are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CertificateFilters {
    /// Only those of a partner's people.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those of a course.
    #[param(pattern = "^course_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "course_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub course_id: Option<String>,
    /// Only those that are valid on this day.
    #[param(example = "2026-03-02", nullable = false)]
    pub valid_on: Option<NaiveDate>,
}
