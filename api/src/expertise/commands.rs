//! The use cases of areas of expertise: each one transaction.

use chrono::NaiveDate;
use domain::{
    decided::Decided,
    expertise::{ConfirmedDays, Expertise as Status, ExpertiseRefusal as Refusal, ExpertiseState},
    id::{CompanyId, ExpertiseId, MasterId},
    network::Capability,
};
use persistence::{
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    expertise as store,
};

use super::wire::{
    Expertise, ExpertiseConfirmation, ExpertiseFilters, ExpertisePage, ExpertiseRefusal, ExpertiseRevocation, NewExpertise,
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    promotion::{Acting, Pointers, only, violations},
    wire::filter_id,
    write::{Change, Work},
};

/// Shows an area of expertise.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ExpertiseId) -> Result<Expertise, Problem> {
    Ok(store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.into())
}

/// Lists the areas of expertise that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &ExpertiseFilters,
    paging: &Paging,
) -> Result<ExpertisePage, Problem> {
    let ExpertiseFilters { partner_id, area, state, on_day } = filters;
    let partner = filter_id("partner_id", partner_id.as_ref())?;
    let filters = store::Filters { partner, area: area.clone(), state: state.map(Into::into), on: *on_day };
    let found = store::page(tx.conn, &caller.view(), filters, &paging.page())?;
    let (areas, next) = paging.cut(found, |kept| (kept.id.uuid(), kept.updated_at));
    Ok(ExpertisePage { data: areas.into_iter().map(Expertise::from).collect(), next })
}

/// An area that is none of the agreement's terms.
fn unknown_area(allowed: &[String]) -> Violation {
    let allowed = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
    Violation::at("/area", "unknown_area").rule("R21").with("allowed", allowed)
}

/// Declares an area.
pub(super) fn declare(work: &mut Work<'_, '_>, new: &NewExpertise) -> Result<Expertise, Problem> {
    let NewExpertise { agreement_id, area, description, document } = new;
    let acting = Acting::own(work, agreement_id)?;
    let today = acting.today;
    let mut wrong = violations(&acting.own_refusals(Capability::Projects, today), Pointers::BODY, today);
    let areas: Vec<String> = acting.bound.terms.expertise_areas.iter().cloned().collect();
    if !areas.contains(&area.0) {
        wrong.push(unknown_area(&areas));
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let (of, now) = (&acting.bound.agreement, work.now()?);
    let kept = store::Expertise {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        company: of.counterparty,
        partner: of.partner,
        agreement: of.id,
        area: area.0.clone(),
        description: description.clone(),
        document: document.clone(),
        status: Status::declared(today),
        reason: None,
        decided_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &kept).map_err(taken)?;
    record(work, "expertise.declared", kept)
}

fn taken(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::OneOpenExpertise) => {
            Problem::already_exists(Violation::at("/area", "area_declared_already").rule("R21"))
        }
        _ => error.into(),
    }
}

fn load(work: &mut Work<'_, '_>, id: ExpertiseId) -> Result<(store::Expertise, NaiveDate), Problem> {
    let (view, now) = (work.caller()?.view(), work.now()?);
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    let today = calendar::today(work.conn(), found.network, found.master, now)?;
    Ok((found, today))
}

fn refused(action: &'static str, refusals: &[Refusal]) -> Problem {
    if let Some(Refusal::WrongState { state }) = refusals.first() {
        return Problem::state_conflict(action, state.code());
    }
    let violation = |refusal: &Refusal| {
        let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
        match *refusal {
            Refusal::WrongState { .. } => at(""),
            Refusal::BeforeDeclaration { declared_on } => at("/from").with("declared_on", declared_on),
            Refusal::EndsBeforeItBegins => at("/until"),
            Refusal::InPast { today } => at("/until").with("today", today),
            Refusal::EndsBefore { until } => at("/until").with("until", until),
        }
    };
    Problem::invalid(refusals.iter().map(violation).collect())
}

/// Keeps what was decided, and records it. The same again changes nothing.
fn keep(
    work: &mut Work<'_, '_>,
    found: store::Expertise,
    decided: Decided<Status>,
    (kind, reason): (&'static str, Option<String>),
) -> Result<Expertise, Problem> {
    let Decided::Changed(status) = decided else {
        work.nothing_changed();
        return Ok(found.into());
    };
    let before = found.version;
    let (decided_by, updated_at) = (Some(work.actor()), work.now()?);
    let after = store::Expertise { status, reason, decided_by, version: before.saturating_add(1), updated_at, ..found };
    if !store::update(work.conn(), &after).map_err(taken)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, kind, after)
}

/// Confirms an area for some days.
pub(super) fn confirm(work: &mut Work<'_, '_>, id: ExpertiseId, said: &ExpertiseConfirmation) -> Result<Expertise, Problem> {
    let (found, today) = load(work, id)?;
    only(work, found.master.into())?;
    let kept_from = found.status.days.filter(|_| found.status.state == ExpertiseState::Confirmed).map(|days| days.from);
    let days = ConfirmedDays { from: said.from.or(kept_from).unwrap_or(today), until: said.until };
    let decided = found.status.confirm(days).map_err(|refusals| refused("confirm", &refusals))?;
    keep(work, found, decided, ("expertise.confirmed", None))
}

/// Refuses an area.
pub(super) fn refuse(work: &mut Work<'_, '_>, id: ExpertiseId, said: &ExpertiseRefusal) -> Result<Expertise, Problem> {
    let (found, _) = load(work, id)?;
    only(work, found.master.into())?;
    let decided = found.status.end(ExpertiseState::Refused).map_err(|refusal| refused("refuse", &[refusal]))?;
    keep(work, found, decided, ("expertise.refused", Some(said.reason.clone())))
}

/// Ends a confirmation before its time.
pub(super) fn revoke(work: &mut Work<'_, '_>, id: ExpertiseId, said: &ExpertiseRevocation) -> Result<Expertise, Problem> {
    let (found, today) = load(work, id)?;
    only(work, found.master.into())?;
    let until = said.until.unwrap_or(today);
    let decided = found.status.revoke(until, today).map_err(|refusals| refused("revoke", &refusals))?;
    keep(work, found, decided, ("expertise.revoked", Some(said.reason.clone())))
}

/// Takes a declaration back that was not decided.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: ExpertiseId) -> Result<Expertise, Problem> {
    let (found, _) = load(work, id)?;
    only(work, CompanyId::Partner(found.partner))?;
    let decided = found.status.end(ExpertiseState::Withdrawn).map_err(|refusal| refused("withdraw", &[refusal]))?;
    keep(work, found, decided, ("expertise.withdrawn", None))
}

/// Puts an area of expertise under the eyes of the master that its consultant went over to (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn change_master(work: &mut Work<'_, '_>, id: ExpertiseId, master: MasterId) -> Result<(), Problem> {
    let found = store::by_id(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (version, updated_at) = (found.version.saturating_add(1), work.now()?);
    let (network, left) = (found.network, found.master);
    let after = store::Expertise { master, version, updated_at, ..found };
    if !store::update(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", version.saturating_sub(1)));
    }
    record(work, "expertise.master_changed", after)?;
    work.tell_left("expertise.left", (network, id.to_string(), version), left.into())
}

fn record(work: &mut Work<'_, '_>, kind: &'static str, kept: store::Expertise) -> Result<Expertise, Problem> {
    let (network, version) = (kept.network, kept.version);
    let audience = Audience { master: Some(kept.master), partner: Some(kept.partner), counterparty: Some(kept.company) };
    let body = Expertise::from(kept);
    work.record(Change { network, kind, subject: body.id.clone(), version, audience, body: &body })?;
    Ok(body)
}
