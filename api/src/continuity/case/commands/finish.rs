//! What cannot be taken back, once a takeover is confirmed: protections go over or end, and nothing of the partner's stays open.

use domain::{
    continuity::Protections,
    id::{CompanyId, ProposalId, RegistrationId},
    registration::{RegistrationReason, RegistrationState},
};
use persistence::{agreement, continuity as store, registration};

use super::plan::ensure_still_fit;
use crate::{
    problem::{Code, Problem},
    registration::commands::{Taker, pass, reject_by, release_by},
    sale::commands::proposal::withdraw_by,
    write::Work,
};

/// Ends the partner's next registrations, then its open proposals. How many.
pub(super) fn finalise(work: &mut Work<'_, '_>, case: &store::Case, limit: i64) -> Result<usize, Problem> {
    let registrations = store::live_registrations(work.conn(), case.partner, limit)?;
    for id in &registrations {
        end_registration(work, case, *id)?;
    }
    let done = registrations.len();
    let room = limit.saturating_sub(i64::try_from(done).unwrap_or(limit));
    let proposals: Vec<ProposalId> = store::open_proposals(work.conn(), case.partner, room)?;
    for id in &proposals {
        withdraw_by(work, *id, "partner_failed")?;
    }
    Ok(done.saturating_add(proposals.len()))
}

fn end_registration(work: &mut Work<'_, '_>, case: &store::Case, id: RegistrationId) -> Result<(), Problem> {
    let found = registration::by_ids(work.conn(), &[id])?.pop().ok_or_else(|| Problem::internal(format!("no {id}")))?;
    if found.status.state != RegistrationState::Accepted {
        return reject_by(work, found, RegistrationReason::PartnerNotEligible);
    }
    let now = work.now()?;
    let taker = if found.status.is_protecting(now) { taker(work, case)? } else { None };
    let Some(taker) = taker.filter(|taker| taker.agreement.partner != found.partner) else {
        return release_by(work, found, RegistrationReason::PartnerFailed);
    };
    match pass(work, found, &taker, RegistrationReason::PartnerFailed, None) {
        // Something else stands in the way of the new protection by now: the old one has ended all the same.
        Err(problem) if problem.code() == Code::ProspectNotAvailable => Ok(()),
        passed => passed.map(drop),
    }
}

/// The partner that has the protections from now on, where the plan says so.
fn taker(work: &mut Work<'_, '_>, case: &store::Case) -> Result<Option<Taker>, Problem> {
    let Some(plan) = case.plan.filter(|plan| plan.protections == Protections::Transfer) else { return Ok(None) };
    let (CompanyId::Partner(_), Some(id)) = (plan.company, plan.agreement) else { return Ok(None) };
    ensure_still_fit(work, case, (plan.company, plan.agreement))?;
    let agreement = agreement::find_in_network(work.conn(), case.network, id)?;
    Ok(agreement.map(|agreement| Taker { agreement, named: None, evidence: Vec::new() }))
}
