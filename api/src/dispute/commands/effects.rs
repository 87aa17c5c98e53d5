//! What a decision does, in its own transaction. A decision on an appeal takes the place of the first one's.

use domain::{
    dispute::{DisputeSide, Keeper, Ruling},
    id::RegistrationId,
    money::Rate,
    registration::{RegistrationReason, protect_until},
};
use persistence::{
    agreement::{self, Agreement},
    dispute as store,
    registration::{self, Registration},
};

use super::super::show::Beside;
use crate::{
    calendar,
    ledger::division,
    problem::{Problem, Violation},
    registration::commands::{Naming, Taker, is_free, pass, protect, release_by},
    write::Work,
};

/// Where a protection is after a decision.
pub(super) struct Moved {
    /// Whose it is.
    pub keeper: Keeper,
    /// The registration that protects from now on, where it is a new one.
    pub made: Option<RegistrationId>,
}

/// Where the protection stands before a decision: with whom, and by which registration.
struct Standing {
    keeper: Keeper,
    by: Registration,
}

/// Moves the protection to where a decision wants it. What an appeal undoes is put back as far as it can be: a protection that
/// ended in the meantime, or whose prospect is another's by now, stays ended.
///
/// # Errors
/// `protection_has_ended` where a decision names an effect on a protection that there is not any more.
pub(super) fn move_protection(
    work: &mut Work<'_, '_>,
    dispute: &store::Dispute,
    before: Option<&store::Decision>,
    to: Keeper,
) -> Result<Moved, Problem> {
    let now = work.now()?;
    let Standing { keeper, by } = standing(work, dispute, before)?;
    if keeper == to {
        return Ok(Moved { keeper, made: None });
    }
    let protects = match keeper {
        // It protected until the first decision ended it.
        Keeper::Nobody => by.status.protection.is_some_and(|protection| now < protection.until),
        Keeper::Holder | Keeper::Challenger => by.status.is_protecting(now),
    };
    match (protects, to) {
        (false, Keeper::Holder) => return Ok(Moved { keeper: Keeper::Nobody, made: None }),
        (false, _) => return Err(Problem::invalid(vec![Violation::at("/effects", "protection_has_ended").rule("D3")])),
        (true, _) => {}
    }
    let Some(side) = super::decide::side_of(to) else {
        release_by(work, by, RegistrationReason::Arbitration)?;
        return Ok(Moved { keeper: to, made: None });
    };
    let taker = taker(work, dispute, side)?;
    if to == Keeper::Holder && keeper == Keeper::Nobody && !is_free(work, &by)? {
        return Ok(Moved { keeper, made: None });
    }
    let made = match (keeper, by.status.protection) {
        (Keeper::Nobody, Some(protection)) => {
            let status = protect_until(protection.until, now).map_err(|_| Problem::internal("a protection that ran out"))?;
            protect(work, &by, status, &taker)?
        }
        _ => pass(work, by, &taker, RegistrationReason::Arbitration, None)?,
    };
    Ok(Moved { keeper: to, made: Some(made.id) })
}

fn standing(work: &mut Work<'_, '_>, dispute: &store::Dispute, before: Option<&store::Decision>) -> Result<Standing, Problem> {
    let keeper = before.map_or(Keeper::Holder, |before| before.protection);
    let id = before.and_then(|before| before.made_registration).unwrap_or(dispute.registration);
    let by = registration::by_ids(work.conn(), &[id])?.pop().ok_or_else(|| Problem::internal(format!("no {id}")))?;
    Ok(Standing { keeper, by })
}

/// A side that gets the protection: under its own agreement, with its own words and evidence.
fn taker(work: &mut Work<'_, '_>, dispute: &store::Dispute, side: DisputeSide) -> Result<Taker, Problem> {
    let original = registration::by_ids(work.conn(), &[dispute.registration])?.pop();
    let original = original.ok_or_else(|| Problem::internal(format!("no {}", dispute.registration)))?;
    let (id, naming) = match side {
        DisputeSide::Challenger => (dispute.agreement, naming(&dispute.prospect, dispute.tax_id_written.as_ref())),
        DisputeSide::Holder => (original.agreement, naming(&original.prospect, original.tax_id_written.as_ref())),
    };
    let agreement = agreement::find_in_network(work.conn(), dispute.network, id)?;
    let agreement = agreement.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    ensure_in_force(work, &agreement)?;
    let beside = Beside::of(work.conn(), std::slice::from_ref(dispute))?;
    let mut evidence = registration::evidence_of(work.conn(), dispute.registration)?;
    evidence.retain(|_| side == DisputeSide::Holder);
    for said in beside.statements(dispute.id, side) {
        evidence.extend(said.evidence.iter().cloned().map(|piece| as_of_registration(piece, &original, said)));
    }
    Ok(Taker { agreement, named: Some(naming), evidence })
}

fn naming(prospect: &domain::registration::ProspectIdentity, tax_id_written: Option<&String>) -> Naming {
    Naming { name: prospect.name().to_owned(), tax_id_written: tax_id_written.cloned() }
}

fn as_of_registration(piece: store::Evidence, of: &Registration, said: &store::Statement) -> registration::Evidence {
    let store::Evidence { id, kind, dated_on, description, document } = piece;
    registration::Evidence { id, registration: of.id, kind, dated_on, description, document, recorded_at: said.recorded_at }
}

/// Whoever gets a protection has an agreement in force still.
fn ensure_in_force(work: &mut Work<'_, '_>, agreement: &Agreement) -> Result<(), Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), agreement.network, agreement.master, now)?;
    let in_force = agreement::in_force_of(work.conn(), agreement.partner, today)?;
    if in_force.iter().any(|it| it.id == agreement.id) {
        return Ok(());
    }
    Err(Problem::invalid(vec![Violation::at("/effects", "no_active_agreement").rule("R7")]))
}

/// Divides the commissions of what was sold by the registration as the decision says, by new entries.
///
/// # Errors
/// `commissions_already_divided` where another dispute over the same registration did.
pub(super) fn divide_commissions(
    work: &mut Work<'_, '_>,
    dispute: &store::Dispute,
    before: Option<&store::Decision>,
    ruling: Ruling,
) -> Result<(), Problem> {
    let was = before.map_or(Rate::ONE, |before| before.holder_share);
    if was == ruling.holder_share {
        return Ok(());
    }
    if let Some(other) = divided_by_another(work, dispute)? {
        let violation = Violation::at("/effects", "commissions_already_divided").rule("R37").with("id", other);
        return Err(Problem::invalid(vec![violation]));
    }
    division::divide(work, dispute)
}

/// Another dispute over the same registration by which its commissions are divided now.
fn divided_by_another(work: &mut Work<'_, '_>, dispute: &store::Dispute) -> Result<Option<domain::id::DisputeId>, Problem> {
    for other in store::over(work.conn(), dispute.registration)? {
        let last = store::decisions_of(work.conn(), other)?.pop();
        if other != dispute.id && last.is_some_and(|last| last.holder_share != Rate::ONE) {
            return Ok(Some(other));
        }
    }
    Ok(None)
}
