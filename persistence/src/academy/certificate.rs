//! Certificates: append-only.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    academy::Certificate as Status,
    agreement::Validity,
    id::{CertificateId, CourseId, EnrolmentId, MasterId, NetworkId, PartnerId, QualificationId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::certificates,
    view::{Due, Page, View, due, paged, visible_to},
};

/// A certificate as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// Its network.
    pub network: NetworkId,
    /// The master of the course.
    pub master: MasterId,
    /// The partner whose person passed.
    pub partner: PartnerId,
    /// The course.
    pub course: CourseId,
    /// The enrolment that it came of.
    pub enrolment: EnrolmentId,
    /// The number that it is verified by.
    pub number: String,
    /// Who passed.
    pub person_name: String,
    /// From when to when it is valid.
    pub status: Status,
    /// The qualification that its partner has by it.
    pub qualification: Option<QualificationId>,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
}

/// Which certificates are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CertificateFilter {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those of a course.
    pub course: Option<CourseId>,
    /// Those that are valid on a day.
    pub valid_on: Option<NaiveDate>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = certificates, treat_none_as_default_value = false)]
struct CertificateRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    course_id: Uid,
    enrolment_id: Uid,
    number: String,
    person_name: String,
    issued_on: NaiveDate,
    valid_until: Option<NaiveDate>,
    qualification_id: Option<Uid>,
    created_at: At,
}

impl From<&Certificate> for CertificateRow {
    fn from(certificate: &Certificate) -> Self {
        let Certificate {
            id,
            network,
            master,
            partner,
            course,
            enrolment,
            number,
            person_name,
            status: Status { validity: Validity { start, end } },
            qualification,
            created_at,
        } = certificate;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            course_id: (*course).into(),
            enrolment_id: (*enrolment).into(),
            number: number.clone(),
            person_name: person_name.clone(),
            issued_on: *start,
            valid_until: *end,
            qualification_id: qualification.map(Uid::from),
            created_at: (*created_at).into(),
        }
    }
}

impl From<CertificateRow> for Certificate {
    fn from(row: CertificateRow) -> Self {
        let CertificateRow {
            id,
            network_id,
            master_id,
            partner_id,
            course_id,
            enrolment_id,
            number,
            person_name,
            issued_on,
            valid_until,
            qualification_id,
            created_at,
        } = row;
        Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            course: course_id.id(),
            enrolment: enrolment_id.id(),
            number,
            person_name,
            status: Status { validity: Validity { start: issued_on, end: valid_until } },
            qualification: qualification_id.map(Uid::id),
            created_at: created_at.0,
        }
    }
}

/// Keeps a new certificate.
///
/// # Errors
/// Those of the database.
pub fn insert_certificate(conn: &mut Conn, certificate: &Certificate) -> Result<(), DbError> {
    diesel::insert_into(certificates::table).values(CertificateRow::from(certificate)).execute(conn)?;
    Ok(())
}

/// A certificate that `view` may see: a partner those of its people, a master those of its courses.
///
/// # Errors
/// Those of the database.
pub fn find_certificate(conn: &mut Conn, view: &View, id: CertificateId) -> Result<Option<Certificate>, DbError> {
    let query = visible_to!(certificates::table.into_boxed(), certificates, view).filter(certificates::id.eq(Uid::from(id)));
    let row: Option<CertificateRow> = query.select(CertificateRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(Certificate::from))
}

/// The certificate of a number, whoever asks: who has the number was shown it.
///
/// # Errors
/// Those of the database.
pub fn find_by_number(conn: &mut Conn, number: &str) -> Result<Option<Certificate>, DbError> {
    let query = certificates::table.filter(certificates::number.eq(number));
    let row: Option<CertificateRow> = query.select(CertificateRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(Certificate::from))
}

/// A page of the certificates that `view` may see. They change only by coming in.
///
/// # Errors
/// Those of the database.
pub fn page_certificates(
    conn: &mut Conn,
    view: &View,
    filter: CertificateFilter,
    page: &Page,
) -> Result<Vec<Certificate>, DbError> {
    let CertificateFilter { partner, course, valid_on } = filter;
    let mut query = visible_to!(certificates::table.into_boxed(), certificates, view);
    if let Some(partner) = partner {
        query = query.filter(certificates::partner_id.eq(Uid::from(partner)));
    }
    if let Some(course) = course {
        query = query.filter(certificates::course_id.eq(Uid::from(course)));
    }
    if let Some(day) = valid_on {
        query = query
            .filter(certificates::issued_on.le(day))
            .filter(certificates::valid_until.is_null().or(certificates::valid_until.ge(day)));
    }
    let query = paged!(query, certificates, page, changed created_at);
    let rows: Vec<CertificateRow> = query.select(CertificateRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Certificate::from).collect())
}

/// The certificates that `view` may see and whose last day is not before a day, by that day; those of one partner alone, if it is
/// named.
///
/// # Errors
/// Those of the database.
pub fn expiring_certificates(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    from: NaiveDate,
    due: &Due<NaiveDate>,
) -> Result<Vec<Certificate>, DbError> {
    let mut query = visible_to!(certificates::table.into_boxed(), certificates, view).filter(certificates::valid_until.ge(from));
    if let Some(partner) = partner {
        query = query.filter(certificates::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<CertificateRow> =
        due!(query, certificates, valid_until, id, due, std::convert::identity).select(CertificateRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Certificate::from).collect())
}
