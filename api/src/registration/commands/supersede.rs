//! One registration in the place of an earlier one of the same partner.

use domain::{
    decided::Decided,
    id::RegistrationId,
    registration::{RegistrationState, supersede as decide},
};
use persistence::registration as store;

use super::{availability::expire, keep, record};
use crate::{
    problem::{Problem, Violation},
    wire,
    write::Work,
};

const POINTER: &str = "/supersedes_id";

/// Reads which registration another one takes the place of: one that the caller has.
///
/// # Errors
/// Those of the database.
pub(super) fn read(work: &mut Work<'_, '_>, named: Option<&str>) -> Result<Result<Option<RegistrationId>, Violation>, Problem> {
    let Some(named) = named else { return Ok(Ok(None)) };
    let id = match wire::id(named, POINTER) {
        Ok(id) => id,
        Err(violation) => return Ok(Err(violation)),
    };
    let view = work.caller()?.view();
    Ok(match store::find(work.conn(), &view, id)? {
        Some(_) => Ok(Some(id)),
        None => Err(Violation::at(POINTER, "superseded_not_found")),
    })
}

/// Puts a registration that is handed in into the place of the one that it names: that one shows it from now on, and where it
/// still waited it ends as withdrawn.
///
/// # Errors
/// A violation at `supersedes_id` where the other one is of another prospect, protects, was won, or has a successor already.
pub(super) fn take_place(work: &mut Work<'_, '_>, registration: &store::Registration) -> Result<(), Problem> {
    let Some(id) = registration.supersedes else { return Ok(()) };
    let before = ended_by_now(work, id)?;
    let at = |code| Violation::at(POINTER, code);
    let keys = before.keys();
    let other = (!registration.keys().iter().any(|key| keys.contains(key))).then(|| at("superseded_of_another").rule("D17"));
    let again = before.superseded_by.map(|_| already_superseded());
    let decided = decide(before.status);
    let standing = decided.is_err().then(|| at("superseded_stands").rule("R37").with("state", before.status.state.code()));
    let violations: Vec<Violation> = [other, again, standing].into_iter().flatten().collect();
    let (Ok(decided), true) = (decided, violations.is_empty()) else { return Err(Problem::invalid(violations)) };
    let mut after = store::Registration { superseded_by: Some(registration.id), ..before };
    let kind = match decided {
        Decided::Changed(status) => {
            (after.status, after.ended_at, after.asks) = (status, Some(work.now()?), Vec::new());
            "registration.withdrawn"
        }
        Decided::Unchanged => "registration.superseded",
    };
    keep(work, &mut after)?;
    record(work, kind, after).map(drop)
}

/// Another registration took the place first.
pub(super) fn already_superseded() -> Violation {
    Violation::at(POINTER, "superseded_already")
}

/// The registration with this id; a protection that has run out has ended, whether or not that was recorded yet (D3).
fn ended_by_now(work: &mut Work<'_, '_>, id: RegistrationId) -> Result<store::Registration, Problem> {
    let (view, now) = (work.caller()?.view(), work.now()?);
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    if found.status.state != RegistrationState::Accepted || found.status.is_protecting(now) {
        return Ok(found);
    }
    expire(work, found, now)?;
    store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)
}
