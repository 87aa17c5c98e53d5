//! The life of a registration, and the protection it gives while it is accepted and has not run out.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::{
    decided::Decided,
    network::{NegotiationPolicy, ProtectionPolicy},
    registration::{Evidence, RegistrationAction, RegistrationReason, RegistrationState, Shortcoming, evidence::weigh},
};

/// From when and until when a registration protects (R35, D3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// The instant of acceptance, included.
    pub from: DateTime<Utc>,
    /// The first instant at which it protects no more.
    pub until: DateTime<Utc>,
}

/// A registration, as far as its decisions ask for it. An ended one keeps the protection it had, as a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registration {
    /// Where it stands.
    pub state: RegistrationState,
    /// Why, where there is a reason.
    pub reason: Option<RegistrationReason>,
    /// Its protection, from its acceptance on.
    pub protection: Option<Protection>,
}

/// What handing in a registration comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Submitted, or back to the partner as [`RegistrationState::ActionRequired`] (D2).
    pub registration: Registration,
    /// What is the matter with the evidence.
    pub shortcomings: Vec<Shortcoming>,
}

/// Why an action on a registration is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationRefusal {
    /// The action is none of this state's.
    WrongState {
        /// What was asked.
        action: RegistrationAction,
        /// Where the registration stands.
        state: RegistrationState,
    },
    /// Its protection has not run out yet (D3).
    StillProtected {
        /// Until when it protects.
        until: DateTime<Utc>,
    },
    /// Its protection has run out (D3).
    RunOut {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Its protection already reaches as far as extensions may (D3).
    CapReached {
        /// How far.
        cap: DateTime<Utc>,
    },
    /// The evidence of activity does not count (D3).
    Evidence(Shortcoming),
    /// The reason is none for the action.
    ReasonDoesNotFit {
        /// What was asked.
        action: RegistrationAction,
        /// The reason that was given.
        reason: RegistrationReason,
    },
    /// The partner has as many live registrations as its terms allow.
    CapacityExceeded {
        /// The most that it may have.
        limit: u32,
        /// How many it has.
        count: u32,
    },
    /// The calendar ends before the protection would.
    OutOfCalendar,
}

impl RegistrationRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::StillProtected { .. } => "still_protected",
            Self::RunOut { .. } => "protection_run_out",
            Self::CapReached { .. } => "protection_cap_reached",
            Self::Evidence(shortcoming) => shortcoming.code(),
            Self::ReasonDoesNotFit { .. } => "reason_does_not_fit",
            Self::CapacityExceeded { .. } => "capacity_exceeded",
            Self::OutOfCalendar => "out_of_calendar",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::WrongState { .. } | Self::ReasonDoesNotFit { .. } => "R37",
            Self::CapacityExceeded { .. } => "R34",
            _ => "D3",
        }
    }
}

type Transition = Result<Decided<Registration>, Vec<RegistrationRefusal>>;

impl Registration {
    /// Whether other partners are kept off the prospect at this instant (R36).
    #[must_use]
    pub fn is_protecting(&self, now: DateTime<Utc>) -> bool {
        self.state == RegistrationState::Accepted
            && self.protection.is_some_and(|protection| protection.from <= now && now < protection.until)
    }

    fn moved(self, state: RegistrationState, reason: Option<RegistrationReason>) -> Decided<Self> {
        let moved = Self { state, reason, ..self };
        if moved == self { Decided::Unchanged } else { Decided::Changed(moved) }
    }

    fn refused<T>(self, action: RegistrationAction) -> Result<T, Vec<RegistrationRefusal>> {
        Err(vec![RegistrationRefusal::WrongState { action, state: self.state }])
    }

    /// Goes from one of `from` to a state, or stays where it already is for the same reason.
    fn step(
        self,
        action: RegistrationAction,
        from: &[RegistrationState],
        to: RegistrationState,
        reason: Option<RegistrationReason>,
    ) -> Transition {
        let already = self.state == to && self.reason == reason;
        if !already && !from.contains(&self.state) {
            return self.refused(action);
        }
        match reason.filter(|reason| !reason.fits(action)) {
            Some(reason) => Err(vec![RegistrationRefusal::ReasonDoesNotFit { action, reason }]),
            None => Ok(self.moved(to, reason)),
        }
    }
}

/// A registration that its partner is still writing.
#[must_use]
pub const fn draft() -> Registration {
    Registration { state: RegistrationState::Draft, reason: None, protection: None }
}

/// Hands a registration in: a new one, or (`before`) a draft or one that was sent back. Evidence counts when it is dated on or before
/// `today`, the day of the submission where the master is; with less than the network asks for, the registration goes back to
/// the partner (D2).
///
/// # Errors
/// [`RegistrationRefusal::WrongState`] for one that a master has decided or that has ended.
pub fn submit(
    before: Option<Registration>,
    evidence: &[Evidence],
    today: NaiveDate,
    policy: NegotiationPolicy,
) -> Result<Decided<Submission>, Vec<RegistrationRefusal>> {
    match before {
        Some(registration) if registration.state == RegistrationState::Submitted => return Ok(Decided::Unchanged),
        Some(registration) if !matches!(registration.state, RegistrationState::Draft | RegistrationState::ActionRequired) => {
            return registration.refused(RegistrationAction::Submit);
        }
        _ => {}
    }
    let (counted, shortcomings) = weigh(evidence, None, today, policy.evidence_min);
    let (state, reason) = if counted >= policy.evidence_min {
        (RegistrationState::Submitted, None)
    } else if counted == 0 {
        (RegistrationState::ActionRequired, Some(RegistrationReason::NegotiationNotStarted))
    } else {
        (RegistrationState::ActionRequired, Some(RegistrationReason::InsufficientEvidence))
    };
    let registration = Registration { state, reason, protection: None };
    Ok(Decided::Changed(Submission { registration, shortcomings }))
}

/// Starts examining a submitted registration.
///
/// # Errors
/// [`RegistrationRefusal::WrongState`].
pub fn begin_review(registration: Registration) -> Transition {
    registration.step(RegistrationAction::BeginReview, &[RegistrationState::Submitted], RegistrationState::InReview, None)
}

/// Sends a registration back to its partner, who has to add something.
///
/// # Errors
/// [`RegistrationRefusal::WrongState`] or [`RegistrationRefusal::ReasonDoesNotFit`].
pub fn request_action(registration: Registration, reason: RegistrationReason) -> Transition {
    let from = [RegistrationState::Submitted, RegistrationState::InReview];
    registration.step(RegistrationAction::RequestAction, &from, RegistrationState::ActionRequired, Some(reason))
}

/// Accepts a registration: from now on, and not before, it protects, for the days of the policy (R35, D3).
///
/// # Errors
/// [`RegistrationRefusal::WrongState`], or [`RegistrationRefusal::OutOfCalendar`].
pub fn accept(registration: Registration, now: DateTime<Utc>, policy: ProtectionPolicy) -> Transition {
    match registration.state {
        RegistrationState::Accepted => Ok(Decided::Unchanged),
        RegistrationState::Submitted | RegistrationState::InReview => {
            let until = days_after(now, policy.days)?;
            let protection = Some(Protection { from: now, until });
            Ok(Decided::Changed(Registration { state: RegistrationState::Accepted, reason: None, protection }))
        }
        _ => registration.refused(RegistrationAction::Accept),
    }
}

/// Rejects a registration that was not accepted.
///
/// # Errors
/// [`RegistrationRefusal::WrongState`], also for one that was rejected for another reason, or
/// [`RegistrationRefusal::ReasonDoesNotFit`].
pub fn reject(registration: Registration, reason: RegistrationReason) -> Transition {
    registration.step(RegistrationAction::Reject, &UNDECIDED, RegistrationState::Rejected, Some(reason))
}

/// Notes that the prospect signed with the partner, which ends the protection (D3).
///
/// # Errors
/// [`RegistrationRefusal::WrongState`].
pub fn win(registration: Registration) -> Transition {
    registration.step(RegistrationAction::Win, &[RegistrationState::Accepted], RegistrationState::Won, None)
}

/// Notes that the prospect will not sign with the partner, which ends the protection (D3).
///
/// # Errors
/// [`RegistrationRefusal::WrongState`], also for one that was lost for another reason, or
/// [`RegistrationRefusal::ReasonDoesNotFit`].
pub fn lose(registration: Registration, reason: RegistrationReason) -> Transition {
    registration.step(RegistrationAction::Lose, &[RegistrationState::Accepted], RegistrationState::Lost, Some(reason))
}

/// Takes a registration back, on the partner's behalf, which ends the protection it may have (D3).
///
/// # Errors
/// [`RegistrationRefusal::WrongState`] for one that has ended.
pub fn withdraw(registration: Registration) -> Transition {
    let [submitted, in_review, action_required] = UNDECIDED;
    let from = [RegistrationState::Draft, submitted, in_review, action_required, RegistrationState::Accepted];
    registration.step(RegistrationAction::Withdraw, &from, RegistrationState::Withdrawn, None)
}

/// Puts a later registration of the partner in the place of this one: one that was not decided ends as withdrawn, one that has
/// ended stays what it is.
///
/// # Errors
/// [`RegistrationRefusal::WrongState`] for a draft, and for one that protects or was won: there is nothing to put in its place.
pub fn supersede(registration: Registration) -> Transition {
    match registration.state {
        RegistrationState::Submitted | RegistrationState::InReview | RegistrationState::ActionRequired => {
            Ok(registration.moved(RegistrationState::Withdrawn, Some(RegistrationReason::Superseded)))
        }
        RegistrationState::Rejected
        | RegistrationState::Lost
        | RegistrationState::Withdrawn
        | RegistrationState::Expired
        | RegistrationState::Released => Ok(Decided::Unchanged),
        RegistrationState::Draft | RegistrationState::Accepted | RegistrationState::Won => {
            registration.refused(RegistrationAction::Supersede)
        }
    }
}

/// Refuses one more registration to a partner that has `count` live ones, where its terms allow no more.
///
/// # Errors
/// [`RegistrationRefusal::CapacityExceeded`].
pub fn ensure_capacity(count: u32, registrations_max: Option<u32>) -> Result<(), RegistrationRefusal> {
    match registrations_max.filter(|limit| count >= *limit) {
        Some(limit) => Err(RegistrationRefusal::CapacityExceeded { limit, count }),
        None => Ok(()),
    }
}

/// Ends an accepted registration whose protection has run out: from its last instant on, and not before (D3).
///
/// # Errors
/// [`RegistrationRefusal::WrongState`] or [`RegistrationRefusal::StillProtected`].
pub fn expire(registration: Registration, now: DateTime<Utc>) -> Transition {
    match registration.protection.filter(|protection| now < protection.until) {
        Some(Protection { until, .. }) if registration.state == RegistrationState::Accepted => {
            Err(vec![RegistrationRefusal::StillProtected { until }])
        }
        _ => registration.step(RegistrationAction::Expire, &[RegistrationState::Accepted], RegistrationState::Expired, None),
    }
}

/// Ends the protection of an accepted registration by a master's decision (R37).
///
/// # Errors
/// [`RegistrationRefusal::WrongState`], also for one that was released for another reason, or
/// [`RegistrationRefusal::ReasonDoesNotFit`].
pub fn release(registration: Registration, reason: RegistrationReason) -> Transition {
    registration.step(RegistrationAction::Release, &[RegistrationState::Accepted], RegistrationState::Released, Some(reason))
}

/// Protects longer: by the days of the policy, never beyond its cap counted from acceptance (D3). It takes a piece of evidence
/// of activity since the day of acceptance. `day_of` tells which day an instant is where the master is.
///
/// # Errors
/// The wrong state, a protection that has run out or reached the cap, and evidence that does not count, all at once.
pub fn extend(
    registration: Registration,
    evidence: &[Evidence],
    now: DateTime<Utc>,
    day_of: impl Fn(DateTime<Utc>) -> NaiveDate,
    policy: ProtectionPolicy,
) -> Transition {
    let protection = match registration.protection {
        Some(protection) if registration.state == RegistrationState::Accepted => protection,
        _ => return registration.refused(RegistrationAction::Extend),
    };
    let mut refusals = Vec::new();
    if now >= protection.until {
        refusals.push(RegistrationRefusal::RunOut { since: protection.until });
    }
    let cap = days_after(protection.from, policy.cap_days)?;
    if protection.until >= cap {
        refusals.push(RegistrationRefusal::CapReached { cap });
    }
    let (counted, shortcomings) = weigh(evidence, Some(day_of(protection.from)), day_of(now), 1);
    if counted == 0 {
        refusals.extend(shortcomings.into_iter().map(RegistrationRefusal::Evidence));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let until = days_after(protection.until, policy.days).map_or(cap, |until| until.min(cap));
    Ok(Decided::Changed(Registration { protection: Some(Protection { until, ..protection }), ..registration }))
}

const UNDECIDED: [RegistrationState; 3] =
    [RegistrationState::Submitted, RegistrationState::InReview, RegistrationState::ActionRequired];

fn days_after(instant: DateTime<Utc>, days: u32) -> Result<DateTime<Utc>, Vec<RegistrationRefusal>> {
    instant.checked_add_days(Days::new(u64::from(days))).ok_or_else(|| vec![RegistrationRefusal::OutOfCalendar])
}
