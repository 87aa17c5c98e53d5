//! Commissions divided between the holder and the challenger of a dispute over the registration that a sale came from (R37).
//!
//! The challenger gets a place of its own in the sale, a part in the holder's. Posting divides what the holder's terms make due
//! between the two, to the last cent, now and later. Only commissions are divided: a margin is money that was never passed on.

use domain::{id::RegistrationId, ledger::Source, money::Rate};
use persistence::{
    agreement,
    dispute::{self, Dispute},
    sale::{self, Attribution, Contract, Part},
};

use super::posting::post_as;
use crate::{
    agreement::terms_of,
    problem::{Problem, Violation},
    write::Work,
};

/// More journals than the annuities of a registration's contracts can make in one decision, so that no turn is counted twice.
const TURNS_A_DECISION: i64 = 1 << 32;

/// Divides what was sold by the registration of a dispute as its decision in force says, by new entries.
///
/// # Errors
/// `challenger_earns_by_it` where the challenger has a place in the sale by the same agreement already.
pub(crate) fn divide(work: &mut Work<'_, '_>, dispute: &Dispute) -> Result<(), Problem> {
    let decisions = dispute::decisions_of(work.conn(), dispute.id)?;
    let mut turn = decisions.last().map_or(0, |last| i64::from(last.number).saturating_mul(TURNS_A_DECISION));
    for contract in sale::contracts_from(work.conn(), dispute.registration)? {
        take_part(work, dispute, &contract)?;
        for annuity in sale::annuities_of(work.conn(), contract.id)? {
            turn = turn.saturating_add(1);
            post_as(work, &annuity, Source::new(dispute.id, turn), dispute.id.to_string())?;
        }
    }
    Ok(())
}

/// Gives the challengers of the registration that a new contract came from their parts in it.
///
/// # Errors
/// Those of [`divide`].
pub(crate) fn follow(work: &mut Work<'_, '_>, contract: &Contract, from: RegistrationId) -> Result<(), Problem> {
    for id in dispute::over(work.conn(), from)? {
        let last = dispute::decisions_of(work.conn(), id)?.pop();
        if last.is_none_or(|last| last.holder_share == Rate::ONE) {
            continue;
        }
        if let Some(found) = dispute::by_id(work.conn(), id)? {
            take_part(work, &found, contract)?;
        }
    }
    Ok(())
}

/// Gives the challenger its part in the holder's place, unless it has one.
fn take_part(work: &mut Work<'_, '_>, dispute: &Dispute, contract: &Contract) -> Result<(), Problem> {
    let places = sale::attributions_of(work.conn(), contract.id)?;
    let Some(divided) = places.iter().find(|place| place.partner == dispute.holder) else { return Ok(()) };
    let known = sale::parts_of(work.conn(), contract.id)?;
    if known.iter().any(|part| part.of == divided.id && part.place.partner == dispute.challenger) {
        return Ok(());
    }
    if places.iter().any(|place| place.agreement == dispute.agreement) {
        let violation = Violation::at("/effects", "challenger_earns_by_it").rule("R37").with("id", contract.id);
        return Err(Problem::invalid(vec![violation]));
    }
    let place = place_of(work, dispute, divided)?;
    let part = Part { place, of: divided.id, dispute: dispute.id, holder_share: Rate::ONE };
    Ok(sale::insert_part(work.conn(), &part)?)
}

/// The challenger's place: under its own agreement, paid by whoever pays the holder. It counts for no ordinal.
fn place_of(work: &mut Work<'_, '_>, dispute: &Dispute, divided: &Attribution) -> Result<Attribution, Problem> {
    let found = agreement::find_in_network(work.conn(), dispute.network, dispute.agreement)?;
    let found = found.ok_or_else(|| Problem::internal(format!("{}: no {}", dispute.id, dispute.agreement)))?;
    let (document, _) = terms_of(work.conn(), &found)?;
    Ok(Attribution {
        id: work.new_id(),
        agreement: found.id,
        partner: found.partner,
        terms_id: found.terms_id,
        terms_in_force: serde_json::to_string(&document).map_err(|error| Problem::internal(error.to_string()))?,
        stage: None,
        uplift: false,
        counts_in: format!("part:{}:{}", divided.id, found.partner),
        ordinal: 1,
        recorded_at: work.now()?,
        ..divided.clone()
    })
}
