//! Areas of expertise: a project consultant declares them, a master confirms each for some days, and only there it works (R21).

use chrono::NaiveDate;

use crate::{code::coded, decided::Decided};

/// Where an area of expertise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpertiseState {
    /// It waits for a master.
    Declared,
    /// A master confirmed it.
    Confirmed,
    /// A master did not confirm it.
    Refused,
    /// A master ended it before its time.
    Revoked,
    /// The consultant took it back.
    Withdrawn,
}

coded! {
    ExpertiseState {
        Declared => "declared",
        Confirmed => "confirmed",
        Refused => "refused",
        Revoked => "revoked",
        Withdrawn => "withdrawn",
    }
}

/// The days for which an area is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmedDays {
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which it is confirmed no more; none where it does not run out.
    pub until: Option<NaiveDate>,
}

impl ConfirmedDays {
    /// Whether a day is one of them.
    #[must_use]
    pub fn contain(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// An area of expertise of a consultant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expertise {
    /// Where it stands.
    pub state: ExpertiseState,
    /// The day it was declared.
    pub declared_on: NaiveDate,
    /// The days for which it is, or was, confirmed.
    pub days: Option<ConfirmedDays>,
}

/// Why an area cannot be decided so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpertiseRefusal {
    /// It stands elsewhere.
    WrongState {
        /// Where.
        state: ExpertiseState,
    },
    /// It was not declared by then.
    BeforeDeclaration {
        /// When it was.
        declared_on: NaiveDate,
    },
    /// It ends before it begins, or as it begins.
    EndsBeforeItBegins,
    /// A decision does not touch the past.
    InPast {
        /// The day it is now.
        today: NaiveDate,
    },
    /// It ends by then as it is.
    EndsBefore {
        /// When.
        until: NaiveDate,
    },
}

impl ExpertiseRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::BeforeDeclaration { .. } => "before_declaration",
            Self::EndsBeforeItBegins => "ends_before_it_begins",
            Self::InPast { .. } => "decided_for_the_past",
            Self::EndsBefore { .. } => "expertise_ends_before",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "R21"
    }
}

impl Expertise {
    /// A new one.
    #[must_use]
    pub const fn declared(on: NaiveDate) -> Self {
        Self { state: ExpertiseState::Declared, declared_on: on, days: None }
    }

    /// A master's confirmation for some days. The same again changes nothing.
    ///
    /// # Errors
    /// Every [`ExpertiseRefusal`] at once.
    pub fn confirm(self, days: ConfirmedDays) -> Result<Decided<Self>, Vec<ExpertiseRefusal>> {
        let confirmed = Self { state: ExpertiseState::Confirmed, days: Some(days), ..self };
        match self.state {
            _ if self == confirmed => return Ok(Decided::Unchanged),
            ExpertiseState::Declared => {}
            state => return Err(vec![ExpertiseRefusal::WrongState { state }]),
        }
        let early =
            (days.from < self.declared_on).then_some(ExpertiseRefusal::BeforeDeclaration { declared_on: self.declared_on });
        let empty = days.until.filter(|until| *until <= days.from).map(|_| ExpertiseRefusal::EndsBeforeItBegins);
        let refusals: Vec<_> = early.into_iter().chain(empty).collect();
        if refusals.is_empty() { Ok(Decided::Changed(confirmed)) } else { Err(refusals) }
    }

    /// A master's refusal, or the consultant's withdrawal. The same again changes nothing.
    ///
    /// # Errors
    /// [`ExpertiseRefusal::WrongState`]: only what waits is refused or taken back.
    pub fn end(self, to: ExpertiseState) -> Result<Decided<Self>, ExpertiseRefusal> {
        match self.state {
            state if state == to => Ok(Decided::Unchanged),
            ExpertiseState::Declared => Ok(Decided::Changed(Self { state: to, ..self })),
            state => Err(ExpertiseRefusal::WrongState { state }),
        }
    }

    /// A master's end of a confirmation before its time: never for a day that is past. The same again changes nothing.
    ///
    /// # Errors
    /// Every [`ExpertiseRefusal`] at once.
    pub fn revoke(self, until: NaiveDate, today: NaiveDate) -> Result<Decided<Self>, Vec<ExpertiseRefusal>> {
        let days = match (self.state, self.days) {
            (ExpertiseState::Revoked, Some(days)) if days.until == Some(until) => return Ok(Decided::Unchanged),
            (ExpertiseState::Confirmed, Some(days)) => days,
            (state, _) => return Err(vec![ExpertiseRefusal::WrongState { state }]),
        };
        let past = (until < today).then_some(ExpertiseRefusal::InPast { today });
        let empty = (until <= days.from).then_some(ExpertiseRefusal::EndsBeforeItBegins);
        let later = days.until.filter(|ends| *ends < until).map(|until| ExpertiseRefusal::EndsBefore { until });
        let refusals: Vec<_> = [past, empty, later].into_iter().flatten().collect();
        let days = Some(ConfirmedDays { until: Some(until), ..days });
        let revoked = Self { state: ExpertiseState::Revoked, days, ..self };
        if refusals.is_empty() { Ok(Decided::Changed(revoked)) } else { Err(refusals) }
    }
}

/// Why a consultant does not work in an area on a day (R21).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AreaRefusal {
    /// Its terms know no such area.
    Unknown {
        /// Those they know.
        allowed: Vec<String>,
    },
    /// It has not declared the area.
    NotDeclared,
    /// No master has confirmed it yet, or one did not.
    NotConfirmed {
        /// Where it stands.
        state: ExpertiseState,
    },
    /// It is confirmed for other days.
    NotOnThatDay {
        /// Those, the last ones where there are several.
        days: ConfirmedDays,
    },
}

impl AreaRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_area",
            Self::NotDeclared => "area_not_declared",
            Self::NotConfirmed { .. } => "area_not_confirmed",
            Self::NotOnThatDay { .. } => "area_not_confirmed_on_that_day",
        }
    }
}

/// Whether a consultant works in an area on a day, given the areas of its terms and what it ever declared of this one, oldest first.
///
/// # Errors
/// [`AreaRefusal`].
pub fn ensure_within(area: &str, allowed: &[String], declared: &[Expertise], day: NaiveDate) -> Result<(), AreaRefusal> {
    if !allowed.iter().any(|known| known == area) {
        return Err(AreaRefusal::Unknown { allowed: allowed.to_vec() });
    }
    let confirmed = || declared.iter().filter_map(|expertise| expertise.days);
    if confirmed().any(|days| days.contain(day)) {
        return Ok(());
    }
    match (confirmed().next_back(), declared.last()) {
        (_, None) => Err(AreaRefusal::NotDeclared),
        (Some(days), _) => Err(AreaRefusal::NotOnThatDay { days }),
        (None, Some(last)) => Err(AreaRefusal::NotConfirmed { state: last.state }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(from: &str, until: Option<&str>) -> ConfirmedDays {
        ConfirmedDays { from: day(from), until: until.map(day) }
    }

    fn confirmed(from: &str, until: Option<&str>) -> Expertise {
        Expertise::declared(day("2026-01-10")).confirm(days(from, until)).unwrap().changed().unwrap()
    }

    #[test]
    fn r21_an_area_is_confirmed_from_its_declaration_on_and_for_a_day_at_least() {
        let declared = Expertise::declared(day("2026-01-10"));
        let refused = |from: &str, until| declared.confirm(days(from, until)).unwrap_err();
        assert_eq!(refused("2026-01-09", None), [ExpertiseRefusal::BeforeDeclaration { declared_on: day("2026-01-10") }]);
        assert!(declared.confirm(days("2026-01-10", None)).is_ok());
        assert_eq!(refused("2026-02-01", Some("2026-02-01")), [ExpertiseRefusal::EndsBeforeItBegins]);
        assert!(declared.confirm(days("2026-02-01", Some("2026-02-02"))).is_ok());
        assert_eq!(confirmed("2026-02-01", None).confirm(days("2026-02-01", None)), Ok(Decided::Unchanged));
        let state = ExpertiseState::Confirmed;
        assert_eq!(
            confirmed("2026-02-01", None).confirm(days("2026-03-01", None)),
            Err(vec![ExpertiseRefusal::WrongState { state }])
        );
    }

    #[test]
    fn r21_only_what_waits_is_refused_or_taken_back() {
        for to in [ExpertiseState::Refused, ExpertiseState::Withdrawn] {
            let ended = Expertise::declared(day("2026-01-10")).end(to).unwrap().changed().unwrap();
            assert_eq!((ended.state, ended.end(to)), (to, Ok(Decided::Unchanged)));
            assert_eq!(
                confirmed("2026-02-01", None).end(to),
                Err(ExpertiseRefusal::WrongState { state: ExpertiseState::Confirmed })
            );
        }
    }

    #[test]
    fn r21_a_revocation_touches_no_day_that_is_past() {
        let today = day("2026-03-02");
        let revoke = |until: &str| confirmed("2026-02-01", Some("2026-06-01")).revoke(day(until), today);
        assert_eq!(revoke("2026-03-01"), Err(vec![ExpertiseRefusal::InPast { today }]));
        let revoked = revoke("2026-03-02").unwrap().changed().unwrap();
        assert_eq!(revoked.days, Some(days("2026-02-01", Some("2026-03-02"))));
        assert_eq!(revoked.revoke(day("2026-03-02"), today), Ok(Decided::Unchanged));
        assert!(revoke("2026-06-01").is_ok());
        assert_eq!(revoke("2026-06-02"), Err(vec![ExpertiseRefusal::EndsBefore { until: day("2026-06-01") }]));
        let state = ExpertiseState::Declared;
        assert_eq!(Expertise::declared(today).revoke(today, today), Err(vec![ExpertiseRefusal::WrongState { state }]));
    }

    #[test]
    fn r21_a_consultant_works_within_its_own_confirmed_areas() {
        let known = ["erp".to_owned(), "crm".to_owned()];
        let within = |declared: &[Expertise], on: &str| ensure_within("erp", &known, declared, day(on));
        assert_eq!(ensure_within("law", &known, &[], day("2026-03-02")), Err(AreaRefusal::Unknown { allowed: known.to_vec() }));
        assert_eq!(within(&[], "2026-03-02"), Err(AreaRefusal::NotDeclared));
        let state = ExpertiseState::Declared;
        assert_eq!(within(&[Expertise::declared(day("2026-01-10"))], "2026-03-02"), Err(AreaRefusal::NotConfirmed { state }));
        let first = confirmed("2026-02-01", Some("2026-03-01"));
        let outside = |days| Err(AreaRefusal::NotOnThatDay { days });
        let its_days = days("2026-02-01", Some("2026-03-01"));
        assert_eq!(within(&[first], "2026-01-31"), outside(its_days));
        assert_eq!(within(&[first], "2026-02-01"), Ok(()));
        assert_eq!(within(&[first], "2026-02-28"), Ok(()));
        assert_eq!(within(&[first], "2026-03-01"), outside(its_days));
        // It may be confirmed again, and what it was before stays.
        let second = confirmed("2026-04-01", None);
        assert_eq!(within(&[first, second], "2026-02-28"), Ok(()));
        assert_eq!(within(&[first, second], "2026-03-31"), outside(days("2026-04-01", None)));
        assert_eq!(within(&[first, second], "2026-04-01"), Ok(()));
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(ExpertiseState::ALL.iter().all(|word| ExpertiseState::from_code(word.code()) == Some(*word)));
    }
}
