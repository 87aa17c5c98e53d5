//! A protection that goes from one partner to another by a master's decision (R37).

use chrono::{DateTime, Utc};

use crate::{
    decided::Decided,
    registration::{
        Protection, Registration, RegistrationAction, RegistrationReason, RegistrationRefusal, RegistrationState, release,
    },
};

/// Both registrations of a protection that changed hands: it is never anybody's twice, and at no instant nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The one that gave it up.
    pub released: Registration,
    /// The one that has it from now on, until the same instant.
    pub accepted: Registration,
}

/// Passes a protection on: it ends for one partner and goes on for another, until the same instant.
///
/// # Errors
/// [`RegistrationRefusal::WrongState`] for a registration that was not accepted or has ended, and
/// [`RegistrationRefusal::RunOut`] from its last instant on; [`RegistrationRefusal::ReasonDoesNotFit`].
pub fn pass_on(
    registration: Registration,
    reason: RegistrationReason,
    now: DateTime<Utc>,
) -> Result<Passed, Vec<RegistrationRefusal>> {
    let (action, state) = (RegistrationAction::Transfer, registration.state);
    let protection = registration.protection.filter(|_| state == RegistrationState::Accepted);
    let until = protection.ok_or_else(|| vec![RegistrationRefusal::WrongState { action, state }])?.until;
    let accepted = protect_until(until, now)?;
    if !reason.fits(action) {
        return Err(vec![RegistrationRefusal::ReasonDoesNotFit { action, reason }]);
    }
    match release(registration, reason)? {
        Decided::Changed(released) => Ok(Passed { released, accepted }),
        Decided::Unchanged => Err(vec![RegistrationRefusal::WrongState { action, state }]),
    }
}

/// A registration that protects from now on by a master's decision, until an instant that was given before.
///
/// # Errors
/// [`RegistrationRefusal::RunOut`] where that instant has come.
pub fn protect_until(until: DateTime<Utc>, now: DateTime<Utc>) -> Result<Registration, Vec<RegistrationRefusal>> {
    if now >= until {
        return Err(vec![RegistrationRefusal::RunOut { since: until }]);
    }
    Ok(Registration { state: RegistrationState::Accepted, reason: None, protection: Some(Protection { from: now, until }) })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::registration::RegistrationState::{Accepted, Released};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn accepted() -> Registration {
        let protection = Protection { from: at("2026-01-01T12:00:00Z"), until: at("2026-04-01T12:00:00Z") };
        Registration { state: Accepted, reason: None, protection: Some(protection) }
    }

    #[test]
    fn a_protection_passes_without_a_gap_and_ends_when_it_would_have() {
        let now = at("2026-02-01T00:00:00Z");
        let Passed { released, accepted: taken } = pass_on(accepted(), RegistrationReason::PartnerFailed, now).unwrap();
        assert_eq!((released.state, released.reason), (Released, Some(RegistrationReason::PartnerFailed)));
        assert_eq!(taken.protection, Some(Protection { from: now, until: at("2026-04-01T12:00:00Z") }));
        assert!(!released.is_protecting(now) && taken.is_protecting(now));
    }

    #[test]
    fn a_protection_passes_before_its_last_instant_and_not_from_it_on() {
        let until = at("2026-04-01T12:00:00Z");
        let pass = |now| pass_on(accepted(), RegistrationReason::Inactivity, now);
        assert!(pass(until - TimeDelta::microseconds(1)).is_ok());
        for late in [until, until + TimeDelta::microseconds(1)] {
            assert_eq!(pass(late), Err(vec![RegistrationRefusal::RunOut { since: until }]));
        }
    }

    #[test]
    fn only_an_accepted_registration_has_a_protection_to_pass_on() {
        for state in RegistrationState::ALL.into_iter().filter(|state| *state != Accepted) {
            let refused = pass_on(Registration { state, ..accepted() }, RegistrationReason::Other, at("2026-02-01T00:00:00Z"));
            assert_eq!(refused, Err(vec![RegistrationRefusal::WrongState { action: RegistrationAction::Transfer, state }]));
        }
    }
}
