//! The use cases of overrides: each one transaction.

use domain::{
    id::{CompanyId, OverrideId, RegistrationId},
    registration::Scope,
};
use persistence::{db::Tx, event::Audience, registration as store};

use super::{
    super::scope,
    wire::{NewOverride, Override, OverridePage, ToldHolder},
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::company_id,
    write::{Change, Work},
};

/// Shows an override.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: OverrideId) -> Result<Override, Problem> {
    Ok(store::find_override(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.into())
}

/// Lists the overrides of a registration that the caller supervises.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, of: RegistrationId, paging: &Paging) -> Result<OverridePage, Problem> {
    let view = caller.view();
    store::find(tx.conn, &view, of)?.ok_or_else(Problem::not_found)?;
    let found = store::page_overrides(tx.conn, &view, of, &paging.page())?;
    let (overrides, next) = paging.cut(found, |given| (given.id.uuid(), given.updated_at));
    Ok(OverridePage { data: overrides.into_iter().map(Override::from).collect(), next })
}

/// Lets a company sell inside the protection of a registration that the caller supervises.
pub(super) fn grant(work: &mut Work<'_, '_>, of: RegistrationId, new: &NewOverride) -> Result<Override, Problem> {
    let view = work.caller()?.view();
    let registration = store::find(work.conn(), &view, of)?.ok_or_else(Problem::not_found)?;
    let now = work.now()?;
    if !registration.status.is_protecting(now) {
        return Err(Problem::state_conflict("override", registration.status.state.code()));
    }
    let NewOverride { company_id: company, reason, product_lines, expires_on } = new;
    let mut violations = Vec::new();
    let company = read_company(work, &registration, company)?.map_err(|violation| violations.push(violation)).ok();
    let scope = scope::read(work, &view, product_lines.as_deref())?;
    let scope = scope.and_then(|scope| inside(&registration, scope)).map_err(|found| violations.extend(found)).ok();
    let today = calendar::today(work.conn(), registration.network, registration.master, now)?;
    if let Some(past) = expires_on.filter(|last| *last < today) {
        violations.push(Violation::at("/expires_on", "expires_in_past").rule("R36").with("value", past).with("today", today));
    }
    let (Some(company), Some(scope), true) = (company, scope, violations.is_empty()) else {
        return Err(Problem::invalid(violations));
    };
    let given = store::Override {
        id: work.new_id(),
        network: registration.network,
        master: registration.master,
        registration: of,
        company,
        reason: reason.clone(),
        scope,
        expires_on: *expires_on,
        granted_by: work.actor(),
        revoked: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_override(work.conn(), &given)?;
    finish(work, ("override.granted", "registration.overridden"), &registration, given)
}

/// The company that may sell: one of the network, other than the holder.
fn read_company(
    work: &mut Work<'_, '_>,
    registration: &store::Registration,
    text: &str,
) -> Result<Result<CompanyId, Violation>, Problem> {
    let at = |code| Violation::at("/company_id", code).rule("R36");
    Ok(match company_id(text, "/company_id") {
        Ok(company) if company == CompanyId::Partner(registration.partner) => Err(at("override_for_holder")),
        Ok(company) if store::is_of_network(work.conn(), registration.network, company)? => Ok(company),
        Ok(_) => Err(at("company_not_in_network")),
        Err(violation) => Err(violation),
    })
}

/// What of a protection may be sold: product lines that it protects.
fn inside(registration: &store::Registration, scope: Scope) -> Result<Scope, Vec<Violation>> {
    let lines = scope.lines().into_iter().flatten().enumerate();
    let outside: Vec<Violation> = lines
        .filter(|(_, line)| !registration.scope.covers(Some(line)))
        .map(|(_, line)| Violation::at("/product_lines", "line_not_protected").rule("R36").with("value", line))
        .collect();
    if outside.is_empty() { Ok(scope) } else { Err(outside) }
}

/// Takes an override back. Again changes nothing.
pub(super) fn revoke(work: &mut Work<'_, '_>, id: OverrideId) -> Result<Override, Problem> {
    let view = work.caller()?.view();
    let before = store::find_override(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    if before.revoked.is_some() {
        work.nothing_changed();
        return Ok(before.into());
    }
    let registration = store::find(work.conn(), &view, before.registration)?.ok_or_else(Problem::not_found)?;
    let (now, version) = (work.now()?, before.version.saturating_add(1));
    let after = store::Override { revoked: Some((work.actor(), now)), version, updated_at: now, ..before };
    if !store::update_override(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", version.saturating_sub(1)));
    }
    finish(work, ("override.revoked", "registration.override_revoked"), &registration, after)
}

/// Records what happened to an override: all of it for its master, and for the holder that it did and why (D22).
fn finish(
    work: &mut Work<'_, '_>,
    (kind, told): (&'static str, &'static str),
    registration: &store::Registration,
    given: store::Override,
) -> Result<Override, Problem> {
    let (network, version) = (given.network, given.version);
    let to_holder = ToldHolder::from(&given);
    let shown = Override::from(given);
    let audience = Audience { master: Some(registration.master), partner: None, counterparty: None };
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    let audience = Audience { master: None, partner: Some(registration.partner), counterparty: None };
    let (subject, version) = (registration.id.to_string(), registration.version);
    work.record(Change { network, kind: told, subject, version, audience, body: &to_holder })?;
    Ok(shown)
}
