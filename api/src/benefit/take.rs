//! Taking a benefit, and giving it back: the one way in for requests, sessions and proposals.

use chrono::NaiveDate;
use domain::{
    benefit::{BenefitUseState, Exhausted, UseAction},
    decided::Decided,
    id::{CompanyId, CourseSessionId, ProposalId},
};
use persistence::{benefit as store, event::Audience};

use super::{given::Given, wire::BenefitUse};
use crate::{
    problem::{Code, Problem, Violation},
    write::{Change, Work},
};

/// What a benefit is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The partner asks for it.
    Request,
    /// Its people are in a session.
    Session(CourseSessionId),
    /// A proposal is made with its discount: by the partner, which asks for it so, or by the master, which grants it so.
    Proposal(ProposalId),
}

/// Takes one of what a benefit gives on a day; the inner error is that nothing is left, at `pointer`.
///
/// # Errors
/// Those of the database: where somebody else takes the last one at the same time, the command runs again and finds it taken.
pub(crate) fn take(
    work: &mut Work<'_, '_>,
    given: &Given,
    (wanted_on, source): (NaiveDate, Source),
    note: Option<String>,
    pointer: &str,
) -> Result<Result<store::BenefitUse, Violation>, Problem> {
    let taken = store::places_taken(work.conn(), given.counted())?;
    let place = match given.entitlement.next_place(&taken) {
        Ok(place) => place,
        Err(Exhausted { quantity }) => return Ok(Err(exhausted(given, quantity, pointer))),
    };
    let by_master = matches!(work.caller()?.company, CompanyId::Master(_));
    let (state, session, proposal) = match source {
        Source::Request => (BenefitUseState::Requested, None, None),
        Source::Session(id) => (BenefitUseState::Granted, Some(id), None),
        Source::Proposal(id) if by_master => (BenefitUseState::Granted, None, Some(id)),
        Source::Proposal(id) => (BenefitUseState::Requested, None, Some(id)),
    };
    let now = work.now()?;
    let decided = if by_master && proposal.is_some() { Some((work.actor(), now)) } else { None };
    let agreement = &given.agreement;
    let made = store::BenefitUse {
        id: work.new_id(),
        network: agreement.network,
        master: agreement.master,
        partner: agreement.partner,
        agreement: agreement.id,
        benefit: given.benefit.code.clone(),
        wanted_on,
        period: given.entitlement.period.and_then(|period| Some((period.start, period.end?))),
        place,
        state,
        session,
        proposal,
        note,
        reason: None,
        decided,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &made)?;
    let kind = if state == BenefitUseState::Requested { "benefit_use.requested" } else { "benefit_use.granted" };
    record(work, kind, &made)?;
    Ok(Ok(made))
}

fn exhausted(given: &Given, quantity: u32, pointer: &str) -> Violation {
    let rule = if given.benefit.discount.is_some() { "R84" } else { "R85" };
    Violation::at(pointer, "benefit_exhausted").rule(rule).with("benefit", &given.benefit.code).with("quantity", quantity)
}

/// Ends a use whose session or proposal came to its end: it was had, or it is given back. What ended before stays.
///
/// # Errors
/// Those of the database.
pub(crate) fn end_use(work: &mut Work<'_, '_>, found: Option<store::BenefitUse>, action: UseAction) -> Result<(), Problem> {
    let Some(found) = found else { return Ok(()) };
    if let Ok(Decided::Changed(state)) = found.state.after(action) {
        save(work, store::BenefitUse { state, ..found }, kind_of(action))?;
    }
    Ok(())
}

/// What an event of an action is called.
pub(super) const fn kind_of(action: UseAction) -> &'static str {
    match action {
        UseAction::Grant => "benefit_use.granted",
        UseAction::Refuse => "benefit_use.refused",
        UseAction::Use => "benefit_use.used",
        UseAction::Withdraw => "benefit_use.withdrawn",
    }
}

/// Keeps a changed use as its next version.
pub(super) fn save(work: &mut Work<'_, '_>, mut used: store::BenefitUse, kind: &'static str) -> Result<BenefitUse, Problem> {
    let before = used.version;
    (used.version, used.updated_at) = (before.saturating_add(1), work.now()?);
    if !store::update(work.conn(), &used)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, kind, &used)
}

/// Records what happened to a use, for its partner and its master (D22), and shows it.
pub(super) fn record(work: &mut Work<'_, '_>, kind: &'static str, used: &store::BenefitUse) -> Result<BenefitUse, Problem> {
    let audience = Audience { master: Some(used.master), partner: Some(used.partner), counterparty: None };
    let shown = BenefitUse::from(used.clone());
    let (network, version) = (used.network, used.version);
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
