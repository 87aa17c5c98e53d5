//! What cannot be taken back, once a takeover is confirmed: protections go over or end, and nothing of the partner's stays open.

use std::collections::BTreeSet;

use domain::{
    id::{CustomerId, RegistrationId},
    registration::{RegistrationReason, RegistrationState},
};
use persistence::{
    agreement, continuity as store, customer, registration,
    sale::{self, Proposal},
};

use super::{
    fit::{ensure_still_fit, is_still_there},
    plan::{self, Taker},
    planned,
    takers::Takers,
    wind_up::wind_up,
};
use crate::{
    customer::commands::from_registration,
    problem::{Code, Problem},
    promotion::PARTNER_FAILED,
    registration::commands::{Taker as ProtectionTaker, pass, reject_by, release_by},
    sale::commands::{
        proposal::withdraw_by,
        succession::{Carrier, Heir, succeed, successor_of},
    },
    write::Work,
};

/// Why the partner's proposals are taken back.
pub(super) const REASON: &str = PARTNER_FAILED;

/// Refuses to begin where somebody who takes something over cannot any more: until then all can be taken back and planned anew.
pub(super) fn ensure_all_fit(work: &mut Work<'_, '_>, case: &store::Case) -> Result<(), Problem> {
    let takers: BTreeSet<Taker> = Takers::of(work.conn(), case, planned(case)?)?.all().collect();
    for taker in takers {
        ensure_still_fit(work, case, taker)?;
    }
    Ok(())
}

/// Ends the partner's next registrations, then its open proposals, then what ends with it. How many.
pub(super) fn finalise(work: &mut Work<'_, '_>, case: &store::Case, limit: i64) -> Result<usize, Problem> {
    let plan = planned(case)?;
    let registrations = store::live_registrations(work.conn(), case.partner, limit)?;
    let takers = Takers::among(work.conn(), case, plan, &[])?;
    for id in &registrations {
        end_registration(work, case, *id, takers.of_protection(*id))?;
    }
    let done = registrations.len();
    let room = limit.saturating_sub(i64::try_from(done).unwrap_or(limit));
    let proposals = sale::open_of(work.conn(), case.partner, room)?;
    let customers: Vec<CustomerId> = proposals.iter().filter_map(|proposal| proposal.customer).collect();
    let takers = Takers::among(work.conn(), case, plan, &customers)?;
    for proposal in &proposals {
        end_proposal(work, case, proposal, takers.of_proposal(proposal.into()))?;
    }
    let done = done.saturating_add(proposals.len());
    let room = limit.saturating_sub(i64::try_from(done).unwrap_or(limit));
    Ok(done.saturating_add(wind_up(work, case, room)?))
}

fn end_registration(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    id: RegistrationId,
    taker: Option<Taker>,
) -> Result<(), Problem> {
    let found = registration::by_ids(work.conn(), &[id])?.pop().ok_or_else(|| Problem::internal(format!("no {id}")))?;
    if found.status.state != RegistrationState::Accepted {
        return reject_by(work, found, RegistrationReason::PartnerNotEligible);
    }
    let now = work.now()?;
    let taker = if found.status.is_protecting(now) { protection_taker(work, case, taker)? } else { None };
    let Some(taker) = taker.filter(|taker| taker.agreement.partner != found.partner) else {
        return release_by(work, found, RegistrationReason::PartnerFailed);
    };
    match pass(work, found, &taker, RegistrationReason::PartnerFailed, None) {
        // Something else stands in the way of the new protection by now: the old one has ended all the same.
        Err(problem) if problem.code() == Code::ProspectNotAvailable => Ok(()),
        passed => passed.map(drop),
    }
}

/// The partner that has a protection from now on. One that failed since the takeover was confirmed has none: nobody is kept off
/// for it.
fn protection_taker(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    taker: Option<Taker>,
) -> Result<Option<ProtectionTaker>, Problem> {
    let Some((company, Some(id))) = taker else { return Ok(None) };
    if !is_still_there(work, case, (company, Some(id)))? {
        return Ok(None);
    }
    let agreement = agreement::find_in_network(work.conn(), case.network, id)?;
    Ok(agreement.map(|agreement| ProtectionTaker { agreement, named: None, evidence: Vec::new() }))
}

/// Takes an open proposal back. Unless it went over with its customer, it stands again under whoever takes it over, if that can.
fn end_proposal(work: &mut Work<'_, '_>, case: &store::Case, proposal: &Proposal, taker: Taker) -> Result<(), Problem> {
    let stays = proposal.benefit.is_some() || successor_of(work, proposal.id)?.is_some();
    if !stays && is_still_there(work, case, taker)? {
        let day = plan::today(work, case)?;
        let carrier = Carrier::of(work.conn(), (case.network, case.master), taker.1, day)?;
        if let Some(heir) = heir_of(work, proposal, &carrier)? {
            succeed(work, proposal, &carrier, heir)?;
        }
    }
    withdraw_by(work, proposal.id, REASON)
}

/// For whom the carrier can offer: a customer that is its seller's, or the prospect, protected for the partner that brings the sale. A
/// master that sells by itself needs no protection: the prospect is its customer.
fn heir_of(work: &mut Work<'_, '_>, proposal: &Proposal, carrier: &Carrier) -> Result<Option<Heir>, Problem> {
    let seller = carrier.seller();
    if let Some(id) = proposal.customer {
        let found = customer::by_id(work.conn(), id)?.filter(|customer| customer.responsible == seller);
        return Ok(found.map(|customer| Heir::Customer(customer.id)));
    }
    let Some(id) = proposal.registration else { return Ok(None) };
    let Some(partner) = carrier.partner() else {
        let found = registration::by_ids(work.conn(), &[id])?.pop().ok_or_else(|| Problem::internal(format!("no {id}")))?;
        return match from_registration(work, &found, seller) {
            Ok(customer) => Ok((customer.responsible == seller).then_some(Heir::Customer(customer.id))),
            Err(problem) if problem.code() == Code::ProspectNotAvailable => Ok(None),
            Err(problem) => Err(problem),
        };
    };
    let passed = registration::passings(work.conn(), &[id])?.into_iter().find(|(_, from)| *from == id);
    let Some((to, _)) = passed else { return Ok(None) };
    let now = work.now()?;
    let taken = registration::by_ids(work.conn(), &[to])?.pop();
    Ok(taken
        .filter(|taken| taken.partner == partner && taken.status.is_protecting(now))
        .map(|taken| Heir::Registration(taken.id)))
}
