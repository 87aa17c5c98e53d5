//! The use cases of pursuits: each one transaction.

use domain::{
    decided::Decided,
    id::{PursuitId, RegistrationId},
    pursuit::{ClosedBefore, Pursuit as Status, PursuitReason, close as decide_closing},
};
use persistence::{
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    pursuit as store, registration,
};

use super::wire::{NewPursuit, Pursuit, PursuitEnd, PursuitFilters, PursuitPage};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    registration::{commands::make_way_for_pursuit, prospect::Named, scope},
    write::{Change, Work},
};

/// Shows a pursuit.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: PursuitId) -> Result<Pursuit, Problem> {
    let found = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
}

/// Lists the pursuits that the caller may see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, filters: &PursuitFilters, paging: &Paging) -> Result<PursuitPage, Problem> {
    let PursuitFilters { state } = filters;
    let found = store::page(tx.conn, &caller.view(), state.map(Into::into), &paging.page())?;
    let (pursuits, next) = paging.cut(found, |pursuit| (pursuit.id.uuid(), pursuit.updated_at));
    let data: Result<_, Problem> = pursuits.into_iter().map(|pursuit| shown(tx.conn, pursuit)).collect();
    Ok(PursuitPage { data: data?, next })
}

/// A pursuit with the registrations under its master that were handed in before it.
fn shown(conn: &mut Conn, pursuit: store::Pursuit) -> Result<Pursuit, Problem> {
    let earlier = earlier_registrations(conn, &pursuit)?;
    Ok(Pursuit::of(pursuit, &earlier))
}

fn earlier_registrations(conn: &mut Conn, pursuit: &store::Pursuit) -> Result<Vec<RegistrationId>, Problem> {
    let claims = registration::live_for(conn, pursuit.network, &pursuit.keys(), &pursuit.scope)?;
    let before = claims.into_iter().filter(|claim| {
        let earlier = claim.submitted_at.is_some_and(|submitted_at| submitted_at <= pursuit.created_at);
        claim.master == pursuit.master && earlier
    });
    Ok(before.map(|claim| claim.id).collect())
}

/// Opens a pursuit: from now on it keeps others off the prospect (R36).
pub(crate) fn open(work: &mut Work<'_, '_>, new: &NewPursuit) -> Result<Pursuit, Problem> {
    let NewPursuit { prospect: new_prospect, product_lines, note } = new;
    let caller = work.caller()?;
    let (network, view, master) = (caller.network, caller.view(), caller.company.master().ok_or_else(Problem::not_found)?);
    let prospect = Named::from(new_prospect).read("/prospect");
    let scope = scope::read(work, &view, product_lines.as_deref())?;
    let (prospect, scope) = match (prospect, scope) {
        (Ok(prospect), Ok(scope)) => (prospect, scope),
        (prospect, scope) => {
            return Err(Problem::invalid([prospect.err(), scope.err()].into_iter().flatten().flatten().collect()));
        }
    };
    make_way_for_pursuit(work, (&prospect, &scope), master)?;
    let now = work.now()?;
    let pursuit = store::Pursuit {
        id: work.new_id(),
        network,
        master,
        prospect,
        scope,
        tax_id_written: new_prospect.tax_id.clone(),
        email: new_prospect.email.clone(),
        status: Status { closed: None },
        note: note.clone(),
        opened_by: work.actor(),
        closed: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &pursuit).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OnePursuit) => Problem::new(Code::ProspectNotAvailable),
        _ => error.into(),
    })?;
    finish(work, "pursuit.opened", pursuit)
}

/// Closes a pursuit. For the same reason again changes nothing.
pub(crate) fn close(work: &mut Work<'_, '_>, id: PursuitId, end: &PursuitEnd) -> Result<Pursuit, Problem> {
    let view = work.caller()?.view();
    let before = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    let PursuitEnd { reason, note } = end;
    let reason = PursuitReason::from(*reason);
    if reason == PursuitReason::Other && note.is_none() {
        return Err(Problem::invalid(vec![Violation::at("/note", "note_required")]));
    }
    let decided = decide_closing(before.status, reason)
        .map_err(|ClosedBefore { reason }| Problem::state_conflict("close", "closed").with("reason", reason.code()))?;
    let Decided::Changed(status) = decided else {
        work.nothing_changed();
        return shown(work.conn(), before);
    };
    let now = work.now()?;
    let version = before.version.saturating_add(1);
    let note = note.clone().or_else(|| before.note.clone());
    let after = store::Pursuit { status, note, closed: Some((work.actor(), now)), version, updated_at: now, ..before };
    if !store::close(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", version.saturating_sub(1)));
    }
    finish(work, "pursuit.closed", after)
}

/// Records what happened to a pursuit, for its master alone (D22), and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, pursuit: store::Pursuit) -> Result<Pursuit, Problem> {
    let (network, subject, version) = (pursuit.network, pursuit.id.to_string(), pursuit.version);
    let audience = Audience { master: Some(pursuit.master), partner: None, counterparty: None };
    let body = shown(work.conn(), pursuit)?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}
