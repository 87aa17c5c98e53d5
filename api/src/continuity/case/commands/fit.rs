//! Who can take over what the failing partner did, and whether it still can when that is carried out (R49, D6).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    continuity::{not_done_by, partners_services},
    id::{AgreementId, CompanyId, PartnerId},
    network::{Duty, Terms},
};
use persistence::{
    agreement::{self, Agreement},
    continuity as store,
};

use super::plan::{Taker, today};
use crate::{
    agreement::terms_of,
    problem::{Problem, Violation},
    qualification::closed_duties,
    write::Work,
};

/// The agreements in force with the case's master by which a partner can take over. Where there is another one only, that is what is
/// wrong: it contracts customers where the failing one answers for some, and does the services that the failing one did.
pub(super) fn fitting_agreements(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    partner: PartnerId,
    day: NaiveDate,
) -> Result<Result<Vec<AgreementId>, Violation>, Problem> {
    let in_force = agreement::in_force_of(work.conn(), partner, day)?;
    if in_force.is_empty() {
        return Ok(Err(Violation::at("/company_id", "no_active_agreement").rule("R7")));
    }
    let contracts = store::answers_for_some(work.conn(), case.partner)?;
    let serves = !store::services_at_stake(work.conn(), case.partner)?.is_empty();
    let services = services_of(work, case)?;
    let (mut fitting, mut lacking) = (Vec::new(), BTreeSet::new());
    for held in in_force.into_iter().filter(|held| held.master == case.master) {
        let (_, terms) = terms_of(work.conn(), &held)?;
        // Where nothing is done on a master's contracts, only a network company can take over.
        if !terms.contracts_customers && (contracts || !serves) {
            continue;
        }
        let undone = undone(work, &held, &terms, (&services, day))?;
        if undone.is_empty() {
            fitting.push(held.id);
        }
        lacking.extend(undone);
    }
    Ok(match (fitting.is_empty(), lacking.is_empty()) {
        (false, _) => Ok(fitting),
        (true, true) => Err(Violation::at("/company_id", "no_network_company").rule("D6")),
        (true, false) => Err(not_done("/company_id", lacking)),
    })
}

/// The services that the failing partner did, on contracts that went over already too.
fn services_of(work: &mut Work<'_, '_>, case: &store::Case) -> Result<BTreeSet<Duty>, Problem> {
    Ok(partners_services(&store::duties_at_stake(work.conn(), case.partner, case.id)?))
}

/// Which services a partner cannot do on a day: its terms leave them to others, or it is not qualified for them (R64, R72).
fn undone(
    work: &mut Work<'_, '_>,
    held: &Agreement,
    terms: &Terms,
    (services, day): (&BTreeSet<Duty>, NaiveDate),
) -> Result<BTreeSet<Duty>, Problem> {
    let mut undone = not_done_by(terms, services);
    let closed = closed_duties(work.conn(), (held.network, held.partner), terms, day)?;
    undone.extend(services.iter().copied().filter(|service| closed.contains_key(service)));
    Ok(undone)
}

fn not_done(pointer: &str, services: BTreeSet<Duty>) -> Violation {
    let services: Vec<&str> = services.into_iter().map(Duty::code).collect();
    Violation::at(pointer, "services_not_done").rule("R49").with("services", services.join(", "))
}

/// Says again, when it is carried out, whether who takes over still can: its agreement is in force with the case's master, no case
/// suspends it, and it does the services that the failing partner did.
pub(super) fn ensure_still_fit(work: &mut Work<'_, '_>, case: &store::Case, taker: Taker) -> Result<(), Problem> {
    let (CompanyId::Partner(partner), Some(agreement)) = taker else { return Ok(()) };
    let refused = |violation: Violation| Problem::invalid(vec![violation.with("company", partner).with("agreement", agreement)]);
    let Some(held) = held_by(work, case, (partner, agreement))? else {
        return Err(refused(Violation::at("", "taker_not_in_force").rule("R7")));
    };
    let (services, day) = (services_of(work, case)?, today(work, case)?);
    let (_, terms) = terms_of(work.conn(), &held)?;
    let undone = undone(work, &held, &terms, (&services, day))?;
    if undone.is_empty() { Ok(()) } else { Err(refused(not_done("", undone))) }
}

/// Whether who takes over is there to have a protection or to offer something: its agreement is in force with the case's master, and no
/// case suspends it.
pub(super) fn is_still_there(work: &mut Work<'_, '_>, case: &store::Case, taker: Taker) -> Result<bool, Problem> {
    let (CompanyId::Partner(partner), Some(agreement)) = taker else { return Ok(true) };
    Ok(held_by(work, case, (partner, agreement))?.is_some())
}

/// The agreement under which a partner takes over; none where it cannot any more.
fn held_by(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    (partner, id): (PartnerId, AgreementId),
) -> Result<Option<Agreement>, Problem> {
    let day = today(work, case)?;
    let mut in_force = agreement::in_force_of(work.conn(), partner, day)?.into_iter();
    let held = in_force.find(|held| held.id == id && held.master == case.master);
    let suspended = store::is_suspended(work.conn(), partner)?;
    Ok(held.filter(|_| !suspended))
}
