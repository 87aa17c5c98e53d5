//! Whether a prospect is to be had, and the end of protections that have run out (R36, D3, D22).

use chrono::{DateTime, Utc};
use domain::{
    decided::Decided,
    id::{CompanyId, MasterId, PartnerId},
    partner::TaxId,
    registration::{ProspectIdentity, Scope, expire as decide_expiry},
};
use persistence::{customer, registration as store};

use super::{change_of, obstacles::Obstacles, told};
use crate::{
    problem::{Code, Problem, Violation},
    write::Work,
};

/// How many registrations expire in one transaction.
const EXPIRED_AT_ONCE: i64 = 100;

/// Refuses a prospect that the partner may not claim now: another's protection stands, it is another's customer, or a master
/// pursues it itself.
///
/// # Errors
/// `prospect_not_available`, the same for each cause and after the same look-ups (D22).
pub(super) fn ensure_claimable(
    work: &mut Work<'_, '_>,
    prospect: &ProspectIdentity,
    scope: &Scope,
    partner: PartnerId,
) -> Result<(), Problem> {
    let keys: Vec<String> = prospect.keys().iter().map(ToString::to_string).collect();
    let obstacles = Obstacles::on(work, &keys, scope)?.of_others_than(partner.into());
    let customers = customers_of_others(work, prospect, partner.into())?;
    if obstacles.is_empty() && customers.is_empty() { Ok(()) } else { Err(Problem::new(Code::ProspectNotAvailable)) }
}

fn customers_of_others(
    work: &mut Work<'_, '_>,
    prospect: &ProspectIdentity,
    company: CompanyId,
) -> Result<Vec<customer::Customer>, Problem> {
    let network = work.caller()?.network;
    let (tax_key, domain) = (prospect.tax_id().map(TaxId::key), prospect.domain().map(ToString::to_string));
    let mut known = customer::find_by_keys(work.conn(), network, tax_key.as_deref(), domain.as_deref())?;
    known.retain(|customer| customer.responsible != company);
    Ok(known)
}

/// Makes way for a protection: ends those in its way that have run out, and refuses where one stands, where another company has
/// the prospect as its customer, or where a master pursues it.
///
/// A pursuit is in the way of a registration that was handed in before it, too, though it is not meant against that: its master
/// is told which pursuit it is, and closes it or rejects the registration.
///
/// # Errors
/// `prospect_not_available`. A master is told what stands in the way if it supervises it, and nothing else.
pub(super) fn make_way(work: &mut Work<'_, '_>, registration: &store::Registration) -> Result<(), Problem> {
    make_way_for(work, (&registration.prospect, &registration.scope), registration.partner.into())
}

/// Makes way for a master's own pursuit, as for a protection.
///
/// # Errors
/// `prospect_not_available`, as for a protection, also where the master pursues the prospect already.
pub(crate) fn make_way_for_pursuit(
    work: &mut Work<'_, '_>,
    claim: (&ProspectIdentity, &Scope),
    master: MasterId,
) -> Result<(), Problem> {
    make_way_for(work, claim, master.into())
}

fn make_way_for(
    work: &mut Work<'_, '_>,
    (prospect, scope): (&ProspectIdentity, &Scope),
    claimant: CompanyId,
) -> Result<(), Problem> {
    let caller = work.caller()?;
    let (network, company, now) = (caller.network, caller.company, work.now()?);
    let keys: Vec<String> = prospect.keys().iter().map(ToString::to_string).collect();
    let mut causes = Vec::new();
    let mut taken = false;
    let mut note = |master: MasterId, code, id: String| {
        taken = true;
        if company == CompanyId::Master(master) {
            causes.push(Violation::at("", code).rule("R36").with("id", id));
        }
    };
    for rival in store::accepted_for(work.conn(), network, &keys, scope)? {
        match rival.status.is_protecting(now) {
            true => note(rival.master, "protected_by_registration", rival.id.to_string()),
            false => drop(expire(work, rival, now)?),
        }
    }
    for customer in customers_of_others(work, prospect, claimant)? {
        note(customer.master, "customer_of_another", customer.id.to_string());
    }
    for (pursuit, master) in Obstacles::on(work, &keys, scope)?.pursuits() {
        note(*master, "pursued_by_master", pursuit.to_string());
    }
    if taken { Err(Problem::new(Code::ProspectNotAvailable).violations(causes)) } else { Ok(()) }
}

/// Whether the prospect and scope of a registration are still to be had by its partner.
///
/// # Errors
/// Those of the database.
pub(crate) fn is_free(work: &mut Work<'_, '_>, registration: &store::Registration) -> Result<bool, Problem> {
    match ensure_claimable(work, &registration.prospect, &registration.scope, registration.partner) {
        Ok(()) => Ok(true),
        Err(problem) if problem.code() == Code::ProspectNotAvailable => Ok(false),
        Err(problem) => Err(problem),
    }
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
pub(super) fn expire(
    work: &mut Work<'_, '_>,
    mut registration: store::Registration,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    let decided = decide_expiry(registration.status, now).map_err(|_| Problem::internal("expiry of a standing protection"))?;
    let Decided::Changed(status) = decided else { return Ok(false) };
    registration.ended_at = status.protection.map(|protection| protection.until);
    registration.status = status;
    registration.version = registration.version.saturating_add(1);
    registration.updated_at = now;
    if !store::update(work.conn(), &registration)? {
        return Ok(false);
    }
    let body = told(work, &registration)?;
    // Whoever makes way for somebody else's protection is none of this partner's business (D22).
    work.record_as_service(change_of("registration.expired", &registration, &body))?;
    Ok(true)
}
