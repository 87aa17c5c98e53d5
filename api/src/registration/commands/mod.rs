//! The use cases of registrations: each one transaction.

mod as_of;
mod availability;
mod beside;
mod change;
mod decide;
mod evidence;
mod obstacles;
mod submit;
mod supersede;
mod transfer;
mod warn;

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

pub(crate) use availability::{expire_due, is_free, make_way_for_pursuit};
use beside::{Beside, told};
pub(crate) use beside::{note_dispute, whole};
pub(crate) use change::change;
pub(crate) use decide::{accept, begin_review, extend, lose, reject, reject_by, release, request_action, win_by_hand, withdraw};
pub(crate) use evidence::faults as evidence_faults;
pub(crate) use obstacles::{Lifted, Sale, ensure_free_as_customer, ensure_free_to_sell};
pub(crate) use submit::{choose_agreement, create, read_scope, submit};
pub(crate) use transfer::{Naming, Taker, follow_agreement, pass, protect, release_by, transfer};
pub(crate) use warn::warn_due;

use super::{
    prospect,
    wire::{Registration, RegistrationFilters, RegistrationMoment, RegistrationPage},
};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    reference,
    wire::{ExternalReference, filter_id},
    write::{Change, Work, erased},
};

/// Shows a registration.
pub(crate) fn show(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: RegistrationId,
    moment: &RegistrationMoment,
) -> Result<Registration, Problem> {
    let at = moment.as_of.as_deref().map(|text| as_of::read(tx, caller, text)).transpose()?;
    let registration = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    if let Some(at) = at {
        let then = as_of::shown_at(tx, caller, id, at)?.ok_or_else(Problem::not_found)?;
        return Ok(Registration { external_references: references, ..then });
    }
    let evidence = store::evidence_of(tx.conn, id)?;
    let mut shown = Registration::of(registration, evidence, references);
    Beside::of(tx.conn, caller.company, &[id])?.put(id, &mut shown);
    Ok(shown)
}

/// Lists the registrations that the caller may see.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &RegistrationFilters,
    paging: &Paging,
) -> Result<RegistrationPage, Problem> {
    let RegistrationFilters { state, partner_id, tax_id, country, domain, as_of } = filters;
    let at = as_of.as_deref().map(|text| as_of::read(tx, caller, text)).transpose()?;
    if at.is_some() {
        as_of::refuse_mixed(filters, paging)?;
    }
    let partner = filter_id("partner_id", partner_id.as_ref())?;
    let keys = prospect::read_filter(tax_id.as_deref(), country.as_deref(), domain.as_deref())?;
    // What protected then may stand anywhere now.
    let state = state.filter(|_| at.is_none()).map(Into::into);
    let filters = store::Filters { state, partner, keys, protecting_at: at };
    let found = store::page(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (registrations, next) = paging.cut(found, |registration| (registration.id.uuid(), registration.updated_at));
    let ids: Vec<_> = registrations.iter().map(|registration| registration.id).collect();
    let uuids: Vec<_> = ids.iter().map(RegistrationId::uuid).collect();
    let mut references = reference::of_all(tx.conn, caller.company, &uuids)?;
    let mut names_of =
        |id: RegistrationId| references.extract_if(.., |(of, _)| *of == id.uuid()).map(|(_, name)| name).collect::<Vec<_>>();
    if let Some(at) = at {
        let then = as_of::all_shown_at(tx, caller, &registrations, at)?;
        let data = then.into_iter().zip(ids).map(|(then, id)| Registration { external_references: names_of(id), ..then });
        return Ok(RegistrationPage { data: data.collect(), next });
    }
    let mut evidence = store::evidence_of_all(tx.conn, &ids)?;
    let beside = Beside::of(tx.conn, caller.company, &ids)?;
    let data = registrations.into_iter().map(|registration| {
        let id = registration.id;
        let pieces = evidence.extract_if(.., |piece| piece.registration == id).collect();
        let mut shown = Registration::of(registration, pieces, names_of(id));
        beside.put(id, &mut shown);
        shown
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
        Some(Constraint::OneSuccessor) => Problem::invalid(vec![supersede::already_superseded()]),
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

/// Who is told of a registration: its partner, its master once it was handed in, and nobody else (D22).
fn change_of<'b>(kind: &'static str, registration: &store::Registration, body: &'b dyn erased::Json) -> Change<'b> {
    let master = registration.submitted_at.map(|_| registration.master);
    let audience = Audience { master, partner: Some(registration.partner), counterparty: None };
    let (network, subject, version) = (registration.network, registration.id.to_string(), registration.version);
    Change { network, kind, subject, version, audience, body }
}

/// Records what happened to a registration, and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, registration: store::Registration) -> Result<Registration, Problem> {
    let id = registration.id;
    let body = record(work, kind, registration)?;
    with_names(work, id, body)
}

/// Records what happened to a registration: as its companies see it, without the names that one of them has for it, which are no
/// other company's business.
fn record(work: &mut Work<'_, '_>, kind: &'static str, registration: store::Registration) -> Result<Registration, Problem> {
    let body = told(work, &registration)?;
    work.record(change_of(kind, &registration, &body))?;
    Ok(body)
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
    Beside::of(work.conn(), company, &[id])?.put(id, &mut shown);
    Ok(shown)
}
