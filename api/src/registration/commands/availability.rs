//! Whether a prospect is to be had, and the end of protections that have run out (R36, D3, D22).

use chrono::{DateTime, Utc};
use domain::{
    decided::Decided,
    id::{CompanyId, PartnerId},
    partner::TaxId,
    registration::{ProspectIdentity, Scope, expire as decide_expiry},
};
use persistence::{customer, registration as store};

use super::{super::wire::Registration, change_of};
use crate::{
    problem::{Code, Problem, Violation},
    write::Work,
};

/// How many registrations expire in one transaction.
const EXPIRED_AT_ONCE: i64 = 100;

/// Refuses a prospect that another partner's protection keeps off in an overlapping scope; a master is kept off by any (R36).
///
/// The refusal is the same whatever the cause: nothing in it tells who, when or until when (D22).
///
/// # Errors
/// `prospect_not_available`.
pub(crate) fn ensure_free_for(
    work: &mut Work<'_, '_>,
    keys: &[String],
    scope: &Scope,
    partner: Option<PartnerId>,
) -> Result<(), Problem> {
    let (network, now) = (work.caller()?.network, work.now()?);
    let accepted = store::accepted_for(work.conn(), network, keys, scope)?;
    let taken = accepted.iter().any(|it| it.status.is_protecting(now) && partner != Some(it.partner));
    if taken { Err(Problem::new(Code::ProspectNotAvailable)) } else { Ok(()) }
}

/// Refuses a prospect that the partner may not claim now: another's protection stands, or it is another's customer.
///
/// # Errors
/// `prospect_not_available`, the same for each cause (D22).
pub(super) fn ensure_claimable(
    work: &mut Work<'_, '_>,
    prospect: &ProspectIdentity,
    scope: &Scope,
    partner: PartnerId,
) -> Result<(), Problem> {
    let keys: Vec<String> = prospect.keys().iter().map(ToString::to_string).collect();
    ensure_free_for(work, &keys, scope, Some(partner))?;
    match customers_of_others(work, prospect, partner)?.is_empty() {
        true => Ok(()),
        false => Err(Problem::new(Code::ProspectNotAvailable)),
    }
}

fn customers_of_others(
    work: &mut Work<'_, '_>,
    prospect: &ProspectIdentity,
    partner: PartnerId,
) -> Result<Vec<customer::Customer>, Problem> {
    let network = work.caller()?.network;
    let (tax_key, domain) = (prospect.tax_id().map(TaxId::key), prospect.domain().map(ToString::to_string));
    let mut known = customer::find_by_keys(work.conn(), network, tax_key.as_deref(), domain.as_deref())?;
    known.retain(|customer| customer.responsible != CompanyId::Partner(partner));
    Ok(known)
}

/// Makes way for a protection: ends those in its way that have run out, and refuses where one stands.
///
/// # Errors
/// `prospect_not_available`. A master is told what stands in the way if it supervises it, and nothing else.
pub(super) fn make_way(work: &mut Work<'_, '_>, registration: &store::Registration) -> Result<(), Problem> {
    let (company, now) = (work.caller()?.company, work.now()?);
    let mut causes = Vec::new();
    let mut taken = false;
    for rival in store::accepted_for(work.conn(), registration.network, &registration.keys(), &registration.scope)? {
        if !rival.status.is_protecting(now) {
            expire(work, rival, now)?;
            continue;
        }
        taken = true;
        if company == CompanyId::Master(rival.master) {
            causes.push(Violation::at("", "protected_by_registration").rule("R36").with("id", rival.id));
        }
    }
    for customer in customers_of_others(work, &registration.prospect, registration.partner)? {
        taken = true;
        if company == CompanyId::Master(customer.master) {
            causes.push(Violation::at("", "customer_of_another").rule("R36").with("id", customer.id));
        }
    }
    if taken { Err(Problem::new(Code::ProspectNotAvailable).violations(causes)) } else { Ok(()) }
}

/// Ends every protection that has run out, each exactly once whatever the number of processes (D3). How many it ended: where
/// it is the most that one transaction takes, there may be more.
///
/// # Errors
/// Those of the database.
pub(crate) fn expire_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    let mut expired = 0_usize;
    for registration in store::run_out(work.conn(), now, EXPIRED_AT_ONCE)? {
        if expire(work, registration, now)? {
            expired = expired.saturating_add(1);
        }
    }
    Ok(expired)
}

/// Ends one protection that has run out; `false` when somebody else just did.
fn expire(work: &mut Work<'_, '_>, mut registration: store::Registration, now: DateTime<Utc>) -> Result<bool, Problem> {
    let decided = decide_expiry(registration.status, now).map_err(|_| Problem::internal("expiry of a standing protection"))?;
    let Decided::Changed(status) = decided else { return Ok(false) };
    registration.ended_at = status.protection.map(|protection| protection.until);
    registration.status = status;
    registration.version = registration.version.saturating_add(1);
    registration.updated_at = now;
    if !store::update(work.conn(), &registration)? {
        return Ok(false);
    }
    let evidence = store::evidence_of(work.conn(), registration.id)?;
    let body = Registration::of(registration.clone(), evidence, Vec::new());
    // Whoever makes way for somebody else's protection is none of this partner's business (D22).
    work.record_as_service(change_of("registration.expired", &registration, &body))?;
    Ok(true)
}
