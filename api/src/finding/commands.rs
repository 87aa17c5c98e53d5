//! The use cases of findings: make one, acknowledge, decide, read them.

use chrono::NaiveDate;
use domain::{
    decided::Decided,
    finding::{self as rules, FindingKind, FindingState},
    id::FindingId,
};
use persistence::{agreement::Agreement, db::Tx, event::Audience, finding as store};
use serde::Serialize;

use super::wire::{FindingFilters, MasterFinding, MasterFindingPage, NewFindingDecision};
use crate::{
    access::Caller,
    extract::Paging,
    ledger::posting::to_json,
    problem::{Code, Language, Problem},
    wire::filter_id,
    write::{Change, Work},
};

/// Shows a finding.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: FindingId, language: Language) -> Result<MasterFinding, Problem> {
    MasterFinding::of(store::find_finding(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?, language)
}

/// Lists the findings of the caller's master.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &FindingFilters,
    paging: &Paging,
    language: Language,
) -> Result<MasterFindingPage, Problem> {
    let FindingFilters { partner_id, agreement_id, kind, state } = filters;
    let filter = store::FindingFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        agreement: filter_id("agreement_id", agreement_id.as_ref())?,
        kind: kind.map(Into::into),
        state: state.map(Into::into),
    };
    let found = store::page_findings(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |finding| (finding.id.uuid(), finding.updated_at));
    let data = found.into_iter().map(|finding| MasterFinding::of(finding, language)).collect::<Result<_, _>>()?;
    Ok(MasterFindingPage { data, next })
}

/// What the service found about an agreement.
pub(crate) struct Found<'f, F> {
    /// The finding's id.
    pub(crate) id: FindingId,
    /// What was found.
    pub(crate) kind: FindingKind,
    /// The agreement.
    pub(crate) agreement: &'f Agreement,
    /// What of it: there is one finding of a kind about it.
    pub(crate) about: String,
    /// The day it was found for.
    pub(crate) on: NaiveDate,
    /// What was found, as it is told.
    pub(crate) facts: F,
}

/// Keeps a new finding, and tells the agreement's master. It is the service that finds, and the caller of nobody.
///
/// # Errors
/// Those of the database, which refuses a second finding about the same.
pub(crate) fn make<F: Serialize>(work: &mut Work<'_, '_>, found: Found<'_, F>) -> Result<(), Problem> {
    let Found { id, kind, agreement, about, on, facts } = found;
    let now = work.now()?;
    let finding = store::Finding {
        id,
        network: agreement.network,
        master: agreement.master,
        partner: agreement.partner,
        agreement: agreement.id,
        kind,
        about,
        found_on: on,
        facts: to_json(&facts)?,
        status: rules::found(),
        acknowledged_by: None,
        reason: None,
        decided_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_finding(work.conn(), &finding)?;
    tell(work, "finding.made", finding)
}

fn load(work: &mut Work<'_, '_>, id: FindingId) -> Result<store::Finding, Problem> {
    let view = work.caller()?.view();
    let found = store::find_finding(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Notes that the caller's master knows of a finding.
pub(super) fn acknowledge(work: &mut Work<'_, '_>, id: FindingId, language: Language) -> Result<MasterFinding, Problem> {
    let found = load(work, id)?;
    let decided = rules::acknowledge(found.status).map_err(|_| conflict("acknowledge"))?;
    let Decided::Changed(status) = decided else { return unchanged(work, found, language) };
    let acknowledged_by = Some(work.actor());
    keep(work, "finding.acknowledged", store::Finding { status, acknowledged_by, ..found }, language)
}

/// Decides a finding.
pub(super) fn decide(
    work: &mut Work<'_, '_>,
    id: FindingId,
    new: &NewFindingDecision,
    language: Language,
) -> Result<MasterFinding, Problem> {
    let found = load(work, id)?;
    let decided = rules::decide(found.status, new.decision.into()).map_err(|_| conflict("decide"))?;
    let Decided::Changed(status) = decided else { return unchanged(work, found, language) };
    let (decided_by, reason) = (Some(work.actor()), Some(new.reason.clone()));
    keep(work, "finding.decided", store::Finding { status, decided_by, reason, ..found }, language)
}

fn conflict(action: &str) -> Problem {
    Problem::state_conflict(action, FindingState::Decided.code())
}

fn unchanged(work: &mut Work<'_, '_>, found: store::Finding, language: Language) -> Result<MasterFinding, Problem> {
    work.nothing_changed();
    MasterFinding::of(found, language)
}

fn keep(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    changed: store::Finding,
    language: Language,
) -> Result<MasterFinding, Problem> {
    let before = changed.version;
    let after = store::Finding { version: before.saturating_add(1), updated_at: work.now()?, ..changed };
    if !store::update_finding(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    tell(work, kind, after.clone())?;
    MasterFinding::of(after, language)
}

/// Tells the master, and nobody else.
fn tell(work: &mut Work<'_, '_>, kind: &'static str, finding: store::Finding) -> Result<(), Problem> {
    let (network, version) = (finding.network, finding.version);
    let audience = Audience { master: Some(finding.master), partner: None, counterparty: None };
    let body = MasterFinding::of(finding, Language::En)?;
    work.record(Change { network, kind, subject: body.id.clone(), version, audience, body: &body })
}
