//! Integrations and their secrets.

use chrono::TimeDelta;
use domain::id::{CompanyId, IntegrationId};
use persistence::{
    db::Tx,
    error::DbError,
    identity::{
        Digest,
        integration::{self, Integration, Secret},
    },
};

use super::audience;
use crate::{
    access::{Caller, Scope, scope_words},
    extract::Paging,
    identity::wire,
    problem::{Problem, Violation},
    write::{Change, Work},
};

/// A page of the integrations of the caller's company.
///
/// # Errors
/// Those of the database.
pub fn list_integrations(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<wire::IntegrationPage, Problem> {
    let found = integration::page(tx.conn, &caller.view(), &paging.page())?;
    let (found, next) = paging.cut(found, |integration| (integration.id.uuid(), integration.updated_at));
    let data = found.into_iter().map(|integration| shown(tx, integration)).collect::<Result<_, _>>()?;
    Ok(wire::IntegrationPage { data, next })
}

/// An integration of the caller's company.
///
/// # Errors
/// `not_found`.
pub fn show_integration(tx: &mut Tx<'_>, caller: &Caller, id: IntegrationId) -> Result<wire::Integration, Problem> {
    let found = integration::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx, found)
}

/// Makes an integration of the caller's company, with a first secret of this digest.
///
/// # Errors
/// `invalid_request` with every scope that the company cannot give.
pub fn create_integration(
    work: &mut Work<'_, '_>,
    new: &wire::CreateIntegration,
    secret: &Digest,
) -> Result<wire::Integration, Problem> {
    let view = work.caller()?.view();
    let violations = refused_scopes(&new.scopes, view.company);
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let mut scopes = new.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let now = work.now()?;
    let integration = Integration {
        id: work.new_id(),
        network: view.network,
        company: view.company,
        name: new.name.trim().to_owned(),
        scopes: scope_words(&scopes),
        revoked: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    integration::insert(work.conn(), &integration)?;
    add_secret(work, integration.id, secret)?;
    record(work, "integration.created", integration)
}

/// Onboarding is a master's: it decides who takes part (R3).
fn refused_scopes(scopes: &[Scope], company: CompanyId) -> Vec<Violation> {
    let refused = |scope: &Scope| *scope == Scope::Onboarding && matches!(company, CompanyId::Partner(_));
    let placed = scopes.iter().enumerate().filter(|(_, scope)| refused(scope));
    placed
        .map(|(place, scope)| {
            Violation::at(format!("/scopes/{place}"), "scope_of_masters").rule("R3").with("scope", scope.word())
        })
        .collect()
}

fn add_secret(work: &mut Work<'_, '_>, integration: IntegrationId, digest: &Digest) -> Result<(), Problem> {
    let created_at = work.now()?;
    let secret = Secret { id: work.new_id(), integration, digest: digest.clone(), expires_at: None, created_at };
    Ok(integration::insert_secret(work.conn(), &secret)?)
}

fn find(work: &mut Work<'_, '_>, id: IntegrationId) -> Result<Integration, Problem> {
    let view = work.caller()?.view();
    let integration = integration::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(integration.version)?;
    Ok(integration)
}

fn keep(work: &mut Work<'_, '_>, mut integration: Integration) -> Result<Integration, Problem> {
    integration.version = integration.version.saturating_add(1);
    integration.updated_at = work.now()?;
    // Another write came between: the caller may try again.
    if integration::update(work.conn(), &integration)? { Ok(integration) } else { Err(DbError::Busy.into()) }
}

fn shown(tx: &mut Tx<'_>, integration: Integration) -> Result<wire::Integration, Problem> {
    let now = tx.now()?;
    let secrets = integration::live_secrets(tx.conn, integration.id, now)?;
    Ok(wire::Integration::new(integration, secrets))
}

fn record(work: &mut Work<'_, '_>, kind: &'static str, integration: Integration) -> Result<wire::Integration, Problem> {
    let Integration { network, company, version, .. } = integration;
    let subject = integration.id.to_string();
    let body = shown(work.tx(), integration)?;
    work.record(Change { network, kind, subject, version, audience: audience(company), body: &body })?;
    Ok(body)
}

/// Gives an integration a new secret of this digest. Those before it can be used for `overlap_hours` more, so that nothing
/// stands still while the new one is put in place.
///
/// # Errors
/// `not_found`, `version_mismatch`, and `state_conflict` for one that was revoked.
pub fn rotate_integration_secret(
    work: &mut Work<'_, '_>,
    id: IntegrationId,
    overlap_hours: u8,
    secret: &Digest,
) -> Result<wire::Integration, Problem> {
    let integration = find(work, id)?;
    if integration.revoked {
        return Err(Problem::state_conflict("rotate_integration_secret", "revoked"));
    }
    let now = work.now()?;
    let end = now.checked_add_signed(TimeDelta::hours(overlap_hours.into())).unwrap_or(now);
    integration::end_secrets(work.conn(), id, end)?;
    add_secret(work, id, secret)?;
    let integration = keep(work, integration)?;
    record(work, "integration.secret_rotated", integration)
}

/// Shuts an integration out, at once and for good.
///
/// # Errors
/// `not_found` and `version_mismatch`.
pub fn revoke_integration(work: &mut Work<'_, '_>, id: IntegrationId) -> Result<wire::Integration, Problem> {
    let integration = find(work, id)?;
    if integration.revoked {
        work.nothing_changed();
        return shown(work.tx(), integration);
    }
    let now = work.now()?;
    integration::end_secrets(work.conn(), id, now)?;
    let integration = keep(work, Integration { revoked: true, ..integration })?;
    record(work, "integration.revoked", integration)
}
