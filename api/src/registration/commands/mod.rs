//! The use cases of registrations: each one transaction.

mod availability;
mod decide;
mod obstacles;
mod submit;

use domain::{
    id::{CustomerId, RegistrationId},
    registration::{self as rules, RegistrationAction},
};
use persistence::{
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    reference::Referred,
    registration as store,
};

pub(crate) use availability::{expire_due, make_way_for_pursuit};
pub(crate) use decide::{accept, begin_review, extend, lose, reject, release, request_action, win_by_hand, withdraw};
pub(crate) use obstacles::{Lifted, Sale, ensure_free_as_customer, ensure_free_to_sell};
pub(crate) use submit::{change, submit};

use super::wire::{Registration, RegistrationFilters, RegistrationPage};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    reference,
    wire::{ExternalReference, filter_id},
    write::{Change, Work},
};

/// Shows a registration.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: RegistrationId) -> Result<Registration, Problem> {
    let registration = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let evidence = store::evidence_of(tx.conn, id)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    Ok(Registration::of(registration, evidence, references))
}

/// Lists the registrations that the caller may see.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &RegistrationFilters,
    paging: &Paging,
) -> Result<RegistrationPage, Problem> {
    let RegistrationFilters { state, partner_id } = filters;
    let partner = filter_id("partner_id", partner_id.as_ref())?;
    let filters = store::Filters { state: state.map(Into::into), partner };
    let found = store::page(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (registrations, next) = paging.cut(found, |registration| (registration.id.uuid(), registration.updated_at));
    let ids: Vec<_> = registrations.iter().map(|registration| registration.id).collect();
    let uuids: Vec<_> = ids.iter().map(RegistrationId::uuid).collect();
    let mut evidence = store::evidence_of_all(tx.conn, &ids)?;
    let mut references = reference::of_all(tx.conn, caller.company, &uuids)?;
    let data = registrations.into_iter().map(|registration| {
        let id = registration.id;
        let pieces = evidence.extract_if(.., |piece| piece.registration == id).collect();
        let names = references.extract_if(.., |(of, _)| *of == id.uuid()).map(|(_, name)| name).collect();
        Registration::of(registration, pieces, names)
    });
    Ok(RegistrationPage { data: data.collect(), next })
}

/// The registration that the caller means to change.
fn load(work: &mut Work<'_, '_>, id: RegistrationId) -> Result<store::Registration, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// What a broken unique key of a registration means.
fn key_taken(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::OneProtection | Constraint::OneProtectionMode) => Problem::new(Code::ProspectNotAvailable),
        Some(Constraint::OneLiveRegistration) => own_is_live(),
        _ => error.into(),
    }
}

/// The partner has a live registration for the prospect already.
fn own_is_live() -> Problem {
    Problem::already_exists(Violation::at("/prospect", "registration_is_live").rule("D17"))
}

/// Keeps a changed registration as its next version.
fn keep(work: &mut Work<'_, '_>, registration: &mut store::Registration) -> Result<(), Problem> {
    let before = registration.version;
    registration.version = before.saturating_add(1);
    registration.updated_at = work.now()?;
    if !store::update(work.conn(), registration).map_err(key_taken)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    Ok(())
}

/// Notes that the prospect of a loaded registration signed and became `customer`, which ends its protection (D3).
///
/// # Errors
/// `state_conflict` when it does not protect now.
pub(crate) fn win(
    work: &mut Work<'_, '_>,
    registration: &store::Registration,
    customer: CustomerId,
) -> Result<Registration, Problem> {
    let what = (RegistrationAction::Win, "registration.won");
    decide::step(work, registration.clone(), what, rules::win, |after| after.customer = Some(customer))
}

/// Makes these the names that the caller's systems have for a registration.
fn refer(work: &mut Work<'_, '_>, id: RegistrationId, references: &[ExternalReference]) -> Result<(), Problem> {
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Registration, id.uuid(), references)
}

/// Who is told of a registration: its master and its partner, nobody else (D22).
fn change_of<'b>(kind: &'static str, registration: &store::Registration, body: &'b Registration) -> Change<'b> {
    let audience = Audience { master: Some(registration.master), partner: Some(registration.partner), counterparty: None };
    let (network, subject, version) = (registration.network, registration.id.to_string(), registration.version);
    Change { network, kind, subject, version, audience, body }
}

/// Records what happened to a registration, and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, registration: store::Registration) -> Result<Registration, Problem> {
    let evidence = store::evidence_of(work.conn(), registration.id)?;
    // The names that one company has for it are no other company's business.
    let body = Registration::of(registration.clone(), evidence, Vec::new());
    work.record(change_of(kind, &registration, &body))?;
    with_names(work, registration.id, body)
}

/// Shows a registration that already is as asked.
fn as_before(work: &mut Work<'_, '_>, registration: store::Registration) -> Result<Registration, Problem> {
    work.nothing_changed();
    let (id, evidence) = (registration.id, store::evidence_of(work.conn(), registration.id)?);
    with_names(work, id, Registration::of(registration, evidence, Vec::new()))
}

fn with_names(work: &mut Work<'_, '_>, id: RegistrationId, mut shown: Registration) -> Result<Registration, Problem> {
    let company = work.caller()?.company;
    shown.external_references = reference::of(work.conn(), company, id.uuid())?;
    Ok(shown)
}
