//! The use cases of checks: each one transaction.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    id::PartnerId,
    network::{CheckPolicy, MatchingPolicy, Policies},
    partner::TaxId,
    registration::{MatchedOn, Scope, Whose, check as decide},
};
use persistence::{
    db::Tx,
    event::Audience,
    partner as partners,
    registration::{self as store, matching::Sought},
};
use sha2::{Digest, Sha256};

use super::{
    super::{prospect::Keys, scope},
    asked::Asked,
    wire::{CheckAnswer, CheckFilters, CheckWarning, NewCheck, RegistrationCheck, RegistrationCheckPage},
};
use crate::{
    access::Caller,
    extract::Paging,
    network::policies,
    problem::{Code, Problem},
    wire::filter_id,
    write::{Change, Work},
};

/// How long a partner's questions count against its limit.
const DAY: TimeDelta = TimeDelta::hours(24);

/// The day that ends at an instant.
fn day_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_signed(DAY).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Answers whether a prospect is to be had, and logs that somebody asked. There is one way through it, whatever it finds.
pub(super) fn check(work: &mut Work<'_, '_>, new: &NewCheck, limited: bool) -> Result<CheckAnswer, Problem> {
    let NewCheck { prospect, product_lines } = new;
    let caller = work.caller()?;
    let (network, view, partner) = (caller.network, caller.view(), caller.company.partner().ok_or_else(Problem::not_found)?);
    let own = partners::find(work.conn(), &view, partner)?.ok_or_else(Problem::not_found)?;
    let asked = Asked::read(prospect, "/prospect");
    let scope = scope::read(work, &view, product_lines.as_deref())?;
    let (asked, scope) = match (asked, scope) {
        (Ok(asked), Ok(scope)) => (asked, scope),
        (asked, scope) => {
            return Err(Problem::invalid([asked.err(), scope.err()].into_iter().flatten().flatten().collect()));
        }
    };
    let Policies { checks: policy, matching, .. } = policies(work.conn(), network)?;
    let digest = digest(&asked);
    let (prospects, is_new) = count(work, partner, &digest, policy, limited)?;
    let matches = matches(work, partner, (&asked, &scope), matching)?;
    let (status, matched_on) = decide(&matches);
    let Asked { name, keys: Keys { country, tax_id, domain } } = asked;
    let check = store::Check {
        id: work.new_id(),
        network,
        master: own.master,
        partner,
        actor: work.actor(),
        digest,
        name,
        country: country.code().to_owned(),
        tax_key: tax_id.as_ref().map(TaxId::key),
        domain: domain.map(|domain| domain.to_string()),
        scope,
        status,
        matched_on: matched_on.clone(),
        prospects_in_day: prospects,
        recorded_at: work.now()?,
    };
    store::append_check(work.conn(), &check)?;
    if is_new && prospects == policy.warn_at {
        warn(work, &own, prospects, policy)?;
    }
    work.logged();
    Ok(CheckAnswer { status: status.into(), matched_on: matched_on.into_iter().map(Into::into).collect() })
}

/// What tells one prospect from another: everything that it was asked for by.
fn digest(asked: &Asked) -> String {
    let Asked { name, keys: Keys { country, tax_id, domain } } = asked;
    let mut digest = Sha256::new();
    for part in [
        Some(country.code().to_owned()),
        tax_id.as_ref().map(TaxId::key),
        domain.as_ref().map(ToString::to_string),
        name.as_ref().map(|name| name.to_lowercase()),
    ] {
        digest.update(part.unwrap_or_default());
        digest.update([0]);
    }
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

/// Counts the prospect with those that the partner asked for in the past day, in the database, so that the limit holds over any
/// number of processes. How many they are, and whether this one is a new one.
///
/// # Errors
/// `too_many_requests`, whatever is known of the prospect.
fn count(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    digest: &str,
    policy: CheckPolicy,
    limited: bool,
) -> Result<(u32, bool), Problem> {
    let now = work.now()?;
    let asked = store::asked_since(work.conn(), partner, day_before(now), digest)?;
    let prospects = if asked.known { asked.prospects } else { asked.prospects.saturating_add(1) };
    if limited && !asked.known && prospects > policy.prospects_per_day {
        let free_at = asked.oldest.and_then(|oldest| oldest.checked_add_signed(DAY)).unwrap_or(now);
        let wait = free_at.signed_duration_since(now).num_seconds().max(0);
        let wait = u64::try_from(wait).unwrap_or_default().saturating_add(1);
        return Err(Problem::new(Code::TooManyRequests).retry_after(wait));
    }
    Ok((prospects, !asked.known))
}

/// Everything that matches, whose it is, and by what.
fn matches(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    (asked, scope): (&Asked, &Scope),
    policy: MatchingPolicy,
) -> Result<BTreeSet<(Whose, MatchedOn)>, Problem> {
    let (network, now) = (work.caller()?.network, work.now()?);
    let Asked { name, keys: Keys { country, tax_id, domain } } = asked;
    // What was not asked for is looked up all the same: no key and no name is blank.
    let tax_key = tax_id.as_ref().map(TaxId::key).unwrap_or_default();
    let domain = domain.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut standing = store::standing_on(work.conn(), network, (&tax_key, &domain), scope, now)?;
    let name = name.as_deref().unwrap_or_default();
    let sought = Sought { network, country: *country, name, least: policy.possible_match };
    standing.extend(store::standing_by_name(work.conn(), &sought, scope, now)?);
    let matches = standing.into_iter();
    Ok(matches.filter_map(|found| whose(found.partner, partner, found.protects).map(|whose| (whose, found.on))).collect())
}

/// Whose a match is, as far as it is one: a claim of another that no master has accepted is none.
fn whose(of: Option<PartnerId>, partner: PartnerId, protects: bool) -> Option<Whose> {
    match of {
        Some(own) if own == partner => Some(Whose::Own),
        _ if protects => Some(Whose::Anothers),
        _ => None,
    }
}

/// Tells the master of a partner that asks for many prospects.
fn warn(work: &mut Work<'_, '_>, partner: &partners::Partner, prospects: u32, policy: CheckPolicy) -> Result<(), Problem> {
    let CheckPolicy { prospects_per_day, warn_at } = policy;
    let body = CheckWarning { partner_id: partner.id.to_string(), prospects, warn_at, prospects_per_day };
    work.record(Change {
        network: partner.network,
        kind: "partner.checks_many_prospects",
        subject: partner.id.to_string(),
        version: partner.version,
        audience: Audience { master: Some(partner.master), partner: None, counterparty: None },
        body: &body,
    })
}

/// Lists the checks of the partners that the caller supervises, with who asks for how many.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &CheckFilters,
    paging: &Paging,
) -> Result<RegistrationCheckPage, Problem> {
    let CheckFilters { partner_id } = filters;
    let partner = filter_id("partner_id", partner_id.as_ref())?;
    let since = day_before(tx.now()?);
    let partners = store::curiosity_since(tx.conn, &caller.view(), since)?;
    let found = store::page_checks(tx.conn, &caller.view(), partner, &paging.page())?;
    let (checks, next) = paging.cut(found, |check| (check.id.uuid(), check.recorded_at));
    Ok(RegistrationCheckPage {
        data: checks.into_iter().map(RegistrationCheck::from).collect(),
        partners: partners.into_iter().map(Into::into).collect(),
        next,
    })
}
