//! Where a qualification stands: handed in by its partner, decided by a master, valid from a day until a day.

use chrono::NaiveDate;

use crate::{agreement::Validity, code::coded, decided::Decided};

/// Where a qualification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QualificationState {
    /// It waits for a master.
    Submitted,
    /// A master granted it.
    Granted,
    /// A master refused it.
    Refused,
    /// The partner took it back.
    Withdrawn,
    /// Its last day is over.
    Expired,
    /// A master took it away.
    Revoked,
}

coded! {
    QualificationState {
        Submitted => "submitted",
        Granted => "granted",
        Refused => "refused",
        Withdrawn => "withdrawn",
        Expired => "expired",
        Revoked => "revoked",
    }
}

/// A qualification, as far as its decisions ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: QualificationState,
    /// From when to when it was granted.
    pub validity: Option<Validity>,
    /// The first day on which it counts no more, whatever it was granted for.
    pub revoked_on: Option<NaiveDate>,
}

/// Why a decision on a qualification is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QualificationRefusal {
    /// The decision is none of this state's.
    WrongState {
        /// Where it stands.
        state: QualificationState,
    },
    /// Its last day comes before its first.
    EndsBeforeStart,
    /// Its last day is over already.
    OverAlready {
        /// Today.
        today: NaiveDate,
    },
}

impl QualificationRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::EndsBeforeStart => "qualification_ends_before_start",
            Self::OverAlready { .. } => "qualification_over_already",
        }
    }
}

impl Standing {
    /// A qualification that was handed in.
    pub const SUBMITTED: Self = Self { state: QualificationState::Submitted, validity: None, revoked_on: None };

    /// Whether it is valid on a day, as of now: what was valid stays valid for the days that are over.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.validity.is_some_and(|validity| validity.contains(day)) && self.revoked_on.is_none_or(|revoked| day < revoked)
    }

    /// Grants it. For the same days again changes nothing.
    ///
    /// # Errors
    /// Every [`QualificationRefusal`] at once.
    pub fn grant(self, validity: Validity, today: NaiveDate) -> Result<Decided<Self>, Vec<QualificationRefusal>> {
        if self.state == QualificationState::Granted && self.validity == Some(validity) {
            return Ok(Decided::Unchanged);
        }
        let undecided = self.state == QualificationState::Submitted;
        let wrong = (!undecided).then_some(QualificationRefusal::WrongState { state: self.state });
        let backwards = validity.end.is_some_and(|end| end < validity.start).then_some(QualificationRefusal::EndsBeforeStart);
        let over = validity.end.is_some_and(|end| end < today).then_some(QualificationRefusal::OverAlready { today });
        let refusals: Vec<_> = [wrong, backwards, over].into_iter().flatten().collect();
        if !refusals.is_empty() {
            return Err(refusals);
        }
        Ok(Decided::Changed(Self { state: QualificationState::Granted, validity: Some(validity), ..self }))
    }

    /// Refuses it, or takes it back before it is decided. The same again changes nothing.
    ///
    /// # Errors
    /// [`QualificationRefusal::WrongState`].
    pub fn close(self, to: Closing) -> Result<Decided<Self>, QualificationRefusal> {
        let to = to.state();
        match self.state {
            state if state == to => Ok(Decided::Unchanged),
            QualificationState::Submitted => Ok(Decided::Changed(Self { state: to, ..self })),
            state => Err(QualificationRefusal::WrongState { state }),
        }
    }

    /// Takes a granted one away, from today on. Again changes nothing.
    ///
    /// # Errors
    /// [`QualificationRefusal::WrongState`], also where its last day is over and nobody has noticed yet.
    pub fn revoke(self, today: NaiveDate) -> Result<Decided<Self>, QualificationRefusal> {
        match self.state {
            QualificationState::Revoked => Ok(Decided::Unchanged),
            _ if self.is_over(today) => Err(QualificationRefusal::WrongState { state: QualificationState::Expired }),
            QualificationState::Granted => {
                Ok(Decided::Changed(Self { state: QualificationState::Revoked, revoked_on: Some(today), ..self }))
            }
            state => Err(QualificationRefusal::WrongState { state }),
        }
    }

    /// Lets a granted one run out whose last day is over. Nothing changes for any other.
    #[must_use]
    pub fn expire(self, today: NaiveDate) -> Decided<Self> {
        if self.is_over(today) {
            Decided::Changed(Self { state: QualificationState::Expired, ..self })
        } else {
            Decided::Unchanged
        }
    }

    fn is_over(&self, today: NaiveDate) -> bool {
        let end = self.validity.and_then(|validity| validity.end);
        self.state == QualificationState::Granted && end.is_some_and(|end| end < today)
    }
}

/// How a qualification ends that was not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// A master refuses it.
    Refuse,
    /// Its partner takes it back.
    Withdraw,
}

impl Closing {
    const fn state(self) -> QualificationState {
        match self {
            Self::Refuse => QualificationState::Refused,
            Self::Withdraw => QualificationState::Withdrawn,
        }
    }
}
