//! The life of a dispute: who may do what, and until when.

use chrono::{DateTime, Days, Utc};

use crate::{
    decided::Decided,
    dispute::{DisputeAction, DisputeOutcome, DisputeSide, DisputeState},
    network::DisputePolicy,
};

/// A dispute, as far as its decisions ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispute {
    /// Where it stands.
    pub state: DisputeState,
    /// How both sides are heard, from the start of the hearing on.
    pub hearing: Option<Hearing>,
    /// The first instant at which the first decision cannot be appealed any more.
    pub appealable_until: Option<DateTime<Utc>>,
    /// Who appealed.
    pub appealed_by: Option<DisputeSide>,
}

/// How both sides are heard. The challenger was heard when it opened the dispute, and may add to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    /// The first instant at which the challenger adds nothing more.
    pub challenger_until: DateTime<Utc>,
    /// The first instant at which the holder adds nothing more.
    pub holder_until: DateTime<Utc>,
    /// Whether the holder made a statement.
    pub holder_heard: bool,
}

impl Hearing {
    /// Until when a side may speak.
    #[must_use]
    pub const fn until(self, side: DisputeSide) -> DateTime<Utc> {
        match side {
            DisputeSide::Challenger => self.challenger_until,
            DisputeSide::Holder => self.holder_until,
        }
    }
}

/// Why an action on a dispute is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeRefusal {
    /// The action is none of this state's.
    WrongState {
        /// What was asked.
        action: DisputeAction,
        /// Where the dispute stands.
        state: DisputeState,
    },
    /// A side has to have time to speak.
    DeadlinePast {
        /// Whose deadline.
        side: DisputeSide,
    },
    /// The side's deadline has passed.
    HearingOver {
        /// When it did.
        until: DateTime<Utc>,
    },
    /// The holder was not heard, and its deadline has not passed.
    NotHeard {
        /// When it does.
        until: DateTime<Utc>,
    },
    /// The time for appeals has passed.
    AppealTooLate {
        /// When it did.
        until: DateTime<Utc>,
    },
    /// The decision may still be appealed.
    StillAppealable {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The side lost nothing by the decision.
    NothingLost,
    /// The calendar ends before the deadline would.
    OutOfCalendar,
}

impl DisputeRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::DeadlinePast { .. } => "deadline_past",
            Self::HearingOver { .. } => "hearing_over",
            Self::NotHeard { .. } => "holder_not_heard",
            Self::AppealTooLate { .. } => "appeal_too_late",
            Self::StillAppealable { .. } => "still_appealable",
            Self::NothingLost => "nothing_lost",
            Self::OutOfCalendar => "out_of_calendar",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "R37"
    }
}

type Transition = Result<Decided<Dispute>, Vec<DisputeRefusal>>;

impl Dispute {
    /// A dispute that was just opened.
    #[must_use]
    pub const fn opened() -> Self {
        Self { state: DisputeState::Opened, hearing: None, appealable_until: None, appealed_by: None }
    }

    fn refused<T>(self, action: DisputeAction) -> Result<T, Vec<DisputeRefusal>> {
        Err(vec![DisputeRefusal::WrongState { action, state: self.state }])
    }
}

/// Starts hearing both sides, each until its own deadline.
///
/// # Errors
/// [`DisputeRefusal::WrongState`], and a [`DisputeRefusal::DeadlinePast`] for each deadline that is not after `now`.
pub fn hear(dispute: Dispute, challenger_until: DateTime<Utc>, holder_until: DateTime<Utc>, now: DateTime<Utc>) -> Transition {
    let hearing = Hearing { challenger_until, holder_until, holder_heard: false };
    let same = |known: Hearing| (known.challenger_until, known.holder_until) == (challenger_until, holder_until);
    match dispute.state {
        DisputeState::Opened => {}
        DisputeState::Evidence if dispute.hearing.is_some_and(same) => return Ok(Decided::Unchanged),
        _ => return dispute.refused(DisputeAction::Hear),
    }
    let past = [DisputeSide::Challenger, DisputeSide::Holder].into_iter().filter(|side| hearing.until(*side) <= now);
    let refusals: Vec<_> = past.map(|side| DisputeRefusal::DeadlinePast { side }).collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(Decided::Changed(Dispute { state: DisputeState::Evidence, hearing: Some(hearing), ..dispute }))
}

/// Takes a side's statement: before its deadline, and not from it on.
///
/// # Errors
/// [`DisputeRefusal::WrongState`] outside of a hearing, or [`DisputeRefusal::HearingOver`].
pub fn speak(dispute: Dispute, side: DisputeSide, now: DateTime<Utc>) -> Result<Dispute, Vec<DisputeRefusal>> {
    let hearing = match dispute.hearing {
        Some(hearing) if dispute.state == DisputeState::Evidence => hearing,
        _ => return dispute.refused(DisputeAction::Speak),
    };
    if now >= hearing.until(side) {
        return Err(vec![DisputeRefusal::HearingOver { until: hearing.until(side) }]);
    }
    let holder_heard = hearing.holder_heard || side == DisputeSide::Holder;
    Ok(Dispute { hearing: Some(Hearing { holder_heard, ..hearing }), ..dispute })
}

/// Decides: at first once both sides were heard or the holder's deadline has passed; on appeal for good. Where there is no
/// other master to appeal to, the first decision is the last one, too.
///
/// # Errors
/// [`DisputeRefusal::WrongState`], [`DisputeRefusal::NotHeard`] or [`DisputeRefusal::OutOfCalendar`].
pub fn decide(
    dispute: Dispute,
    has_other_master: bool,
    now: DateTime<Utc>,
    policy: DisputePolicy,
) -> Result<Dispute, Vec<DisputeRefusal>> {
    let hearing = match (dispute.state, dispute.hearing) {
        (DisputeState::Appealed, _) => return Ok(Dispute { state: DisputeState::Final, ..dispute }),
        (DisputeState::Evidence, Some(hearing)) => hearing,
        _ => return dispute.refused(DisputeAction::Decide),
    };
    if !hearing.holder_heard && now < hearing.holder_until {
        return Err(vec![DisputeRefusal::NotHeard { until: hearing.holder_until }]);
    }
    if !has_other_master {
        return Ok(Dispute { state: DisputeState::Final, ..dispute });
    }
    let until = days_after(now, policy.appeal_days)?;
    Ok(Dispute { state: DisputeState::Decided, appealable_until: Some(until), ..dispute })
}

/// Asks another master, once: by a side that lost something, before the time for it has passed.
///
/// # Errors
/// [`DisputeRefusal::WrongState`], or [`DisputeRefusal::AppealTooLate`] and [`DisputeRefusal::NothingLost`] at once.
pub fn appeal(dispute: Dispute, side: DisputeSide, outcome: DisputeOutcome, now: DateTime<Utc>) -> Transition {
    let until = match (dispute.state, dispute.appealable_until) {
        (DisputeState::Decided, Some(until)) => until,
        (DisputeState::Appealed, _) if dispute.appealed_by == Some(side) => return Ok(Decided::Unchanged),
        _ => return dispute.refused(DisputeAction::Appeal),
    };
    let late = (now >= until).then_some(DisputeRefusal::AppealTooLate { until });
    let won = (!outcome.is_lost_by(side)).then_some(DisputeRefusal::NothingLost);
    let refusals: Vec<_> = late.into_iter().chain(won).collect();
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(Decided::Changed(Dispute { state: DisputeState::Appealed, appealed_by: Some(side), ..dispute }))
}

/// Makes a decision final that nobody appealed: from the end of the time for it on, and not before.
///
/// # Errors
/// [`DisputeRefusal::WrongState`] or [`DisputeRefusal::StillAppealable`].
pub fn finalise(dispute: Dispute, now: DateTime<Utc>) -> Transition {
    match (dispute.state, dispute.appealable_until) {
        (DisputeState::Final, _) => Ok(Decided::Unchanged),
        (DisputeState::Decided, Some(until)) if now < until => Err(vec![DisputeRefusal::StillAppealable { until }]),
        (DisputeState::Decided, _) => Ok(Decided::Changed(Dispute { state: DisputeState::Final, ..dispute })),
        _ => dispute.refused(DisputeAction::Finalise),
    }
}

/// Takes the dispute back, before a decision.
///
/// # Errors
/// [`DisputeRefusal::WrongState`].
pub fn withdraw(dispute: Dispute) -> Transition {
    match dispute.state {
        DisputeState::Withdrawn => Ok(Decided::Unchanged),
        DisputeState::Opened | DisputeState::Evidence => {
            Ok(Decided::Changed(Dispute { state: DisputeState::Withdrawn, ..dispute }))
        }
        _ => dispute.refused(DisputeAction::Withdraw),
    }
}

/// The instant so many days later.
///
/// # Errors
/// [`DisputeRefusal::OutOfCalendar`].
pub fn days_after(instant: DateTime<Utc>, days: u32) -> Result<DateTime<Utc>, Vec<DisputeRefusal>> {
    instant.checked_add_days(Days::new(u64::from(days))).ok_or_else(|| vec![DisputeRefusal::OutOfCalendar])
}
