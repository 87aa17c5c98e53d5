//! The use cases of certificates: each one transaction.

use domain::{
    academy::Certificate as Status,
    id::{CertificateId, CompanyId},
};
use persistence::{
    academy as store,
    db::{Conn, Tx},
    event::Audience,
    network,
    view::View,
};

use super::wire::{Certificate, CertificateFilters, CertificatePage, CertificateVerification};
use crate::{
    academy::read_texts,
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Problem, Violation},
    wire::filter_id,
    write::{Change, Work},
};

/// Shows a certificate.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: CertificateId) -> Result<Certificate, Problem> {
    let found = store::find_certificate(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
}

/// Lists the certificates that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &CertificateFilters,
    paging: &Paging,
) -> Result<CertificatePage, Problem> {
    let CertificateFilters { partner_id, course_id, valid_on } = filters;
    let filter = store::CertificateFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        course: filter_id("course_id", course_id.as_ref())?,
        valid_on: *valid_on,
    };
    let found = store::page_certificates(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |certificate| (certificate.id.uuid(), certificate.created_at));
    let data: Result<_, Problem> = found.into_iter().map(|found| shown(tx.conn, found)).collect();
    Ok(CertificatePage { data: data?, next })
}

fn shown(conn: &mut Conn, certificate: store::Certificate) -> Result<Certificate, Problem> {
    let course = course_of(conn, &certificate)?;
    Certificate::of(certificate, &course)
}

fn course_of(conn: &mut Conn, certificate: &store::Certificate) -> Result<store::Course, Problem> {
    let view = View { network: certificate.network, company: CompanyId::Master(certificate.master) };
    let found = store::find_course(conn, &view, certificate.course)?;
    found.ok_or_else(|| Problem::internal(format!("{}: no course", certificate.id)))
}

/// What a number says to whoever was shown it.
pub(super) fn verify(tx: &mut Tx<'_>, number: Option<&str>) -> Result<CertificateVerification, Problem> {
    let missing = || Problem::invalid(vec![Violation::of_parameter("number", "required").with("field", "number")]);
    let number = number.ok_or_else(missing)?;
    let found = store::find_by_number(tx.conn, &number.trim().to_uppercase())?.ok_or_else(Problem::not_found)?;
    let course = course_of(tx.conn, &found)?;
    let master = network::find_master(tx.conn, found.network, found.master)?;
    let master = master.ok_or_else(|| Problem::internal(format!("{}: no master", found.id)))?;
    let now = tx.now()?;
    let today = calendar::today(tx.conn, found.network, found.master, now)?;
    let status: Status = found.status;
    Ok(CertificateVerification {
        number: found.number,
        valid: status.is_valid_on(today),
        person_name: found.person_name,
        titles: read_texts(&course.titles)?,
        issued_by: master.display_name,
        issued_on: status.validity.start,
        valid_until: status.validity.end,
    })
}

/// Records that a certificate was issued, for its partner and its master (D22).
///
/// # Errors
/// Those of the database.
pub(in crate::academy) fn record(
    work: &mut Work<'_, '_>,
    course: &store::Course,
    certificate: store::Certificate,
) -> Result<(), Problem> {
    let audience = Audience { master: Some(certificate.master), partner: Some(certificate.partner), counterparty: None };
    let network = certificate.network;
    let told = Certificate::of(certificate, course)?;
    let kind = "certificate.issued";
    work.record(Change { network, kind, subject: told.id.clone(), version: told.version, audience, body: &told })
}
