//! What whoever gives a course records of its people: who was there, who passed, and the certificate that follows.

use domain::{
    academy::{Certificate as Status, EnrolmentAction},
    agreement::Validity,
    id::{CompanyId, EnrolmentId, QualificationId},
    qualification::{QualificationState, Standing},
};
use persistence::{academy as store, partner, qualification, view::View};
use uuid::Uuid;

use super::{
    advance::advance,
    commands::{session_of, shown},
    wire::{Attendance, CourseResult, Enrolment},
};
use crate::{
    academy::certificate,
    calendar,
    network::qualification_kinds,
    problem::{Code, Problem},
    qualification::{commands as qualifications, wire::QualificationEvidence},
    write::Work,
};

/// Notes whether a person was there.
pub(super) fn attend(work: &mut Work<'_, '_>, id: EnrolmentId, attendance: &Attendance) -> Result<Enrolment, Problem> {
    let Attendance { attended, note } = attendance;
    let (found, session) = load(work, id)?;
    let company = work.caller()?.company;
    let noted = store::Enrolment { note: note.clone().or_else(|| found.note.clone()), ..found.clone() };
    let action = EnrolmentAction::Attend { there: *attended };
    let Some(after) = advance(work, noted, action, &session, "enrolment.attendance_recorded")? else {
        work.nothing_changed();
        return shown(work.conn(), found, company);
    };
    shown(work.conn(), after, company)
}

/// Notes what a person reached; who passed gets a certificate.
pub(super) fn record_result(work: &mut Work<'_, '_>, id: EnrolmentId, result: &CourseResult) -> Result<Enrolment, Problem> {
    let CourseResult { passed, score, note } = result;
    let (found, session) = load(work, id)?;
    let company = work.caller()?.company;
    let noted = store::Enrolment { score: *score, note: note.clone().or_else(|| found.note.clone()), ..found.clone() };
    let action = EnrolmentAction::Result { passed: *passed };
    let Some(after) = advance(work, noted, action, &session, "enrolment.result_recorded")? else {
        work.nothing_changed();
        return shown(work.conn(), found, company);
    };
    if *passed {
        issue(work, &after, &session)?;
    }
    shown(work.conn(), after, company)
}

/// An enrolment in a session that the caller gives.
fn load(work: &mut Work<'_, '_>, id: EnrolmentId) -> Result<(store::Enrolment, store::Session), Problem> {
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let found = store::find_enrolment(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    let session = session_of(work, &found)?;
    if !session.is_given_by(company) {
        return Err(Problem::new(Code::Forbidden));
    }
    Ok((found, session))
}

/// Issues the certificate of somebody who passed, and the qualification that the course gives.
fn issue(work: &mut Work<'_, '_>, passed: &store::Enrolment, session: &store::Session) -> Result<(), Problem> {
    let view = View { network: session.network, company: CompanyId::Master(session.master) };
    let course = store::find_course(work.conn(), &view, session.course)?;
    let course = course.ok_or_else(|| Problem::internal(format!("{}: no course", session.id)))?;
    let now = work.now()?;
    let today = calendar::today(work.conn(), session.network, session.master, now)?;
    let status = Status::issue(today, course.certificate_months);
    let number = number(today, work.new_id::<domain::id::kind::Certificate>().uuid());
    let qualification = match &course.qualification {
        Some(code) => Some(qualify(work, passed, (code, &number), status.validity)?),
        None => None,
    };
    let made = store::Certificate {
        id: work.new_id(),
        network: passed.network,
        master: passed.master,
        partner: passed.partner,
        course: passed.course,
        enrolment: passed.id,
        number,
        person_name: passed.person_name.clone(),
        status,
        qualification,
        created_at: now,
    };
    store::insert_certificate(work.conn(), &made)?;
    certificate::record(work, &course, made)
}

/// A number that nobody can guess: the year, and sixty-two random bits.
fn number(today: chrono::NaiveDate, random: Uuid) -> String {
    let (_, _, _, bytes) = random.as_fields();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let groups: Vec<&str> = digits.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    format!("{}-{}", today.format("%Y"), groups.join("-"))
}

/// The qualification that a partner has by the certificate of one of its people: as long as the certificate, and as its kind says
/// where the certificate has no end.
fn qualify(
    work: &mut Work<'_, '_>,
    passed: &store::Enrolment,
    (code, number): (&str, &str),
    validity: Validity,
) -> Result<QualificationId, Problem> {
    let own = View { network: passed.network, company: CompanyId::Partner(passed.partner) };
    let found = partner::find(work.conn(), &own, passed.partner)?;
    let master = found.ok_or_else(|| Problem::internal(format!("no {}", passed.partner)))?.master;
    let kinds = qualification_kinds(work.conn(), passed.network)?;
    let usual = kinds.iter().find(|kind| kind.code == code).and_then(|kind| kind.last_day(validity.start));
    let validity = Validity { end: validity.end.or(usual), ..validity };
    let evidence = QualificationEvidence {
        description: format!("{} {number}", passed.person_name),
        dated_on: Some(validity.start),
        document: Some(format!("/v1/certificate-verifications?number={number}")),
    };
    let now = work.now()?;
    let granted = qualification::Qualification {
        id: work.new_id(),
        network: passed.network,
        master,
        partner: passed.partner,
        kind: code.to_owned(),
        evidence: serde_json::to_string(&[evidence]).map_err(|error| Problem::internal(error.to_string()))?,
        note: None,
        standing: Standing { state: QualificationState::Granted, validity: Some(validity), revoked_on: None },
        reason: None,
        decided: Some((work.actor(), now)),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let id = granted.id;
    qualification::insert(work.conn(), &granted)?;
    qualifications::record(work, "qualification.granted", granted)?;
    Ok(id)
}
