//! The states that an agreement was in, each from a day on: what was in force on a day stays so, whatever comes after.

use chrono::NaiveDate;

use crate::agreement::{AgreementState, Validity};

/// The state an agreement has from a day on, until a later one takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateStep {
    /// The first day.
    pub from: NaiveDate,
    /// The state.
    pub state: AgreementState,
}

/// The states of one agreement, in the order in which they were entered. An approval reaches back to the agreement's first day, so
/// the days are not in order: of those that have begun, the last one that was entered counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateHistory {
    steps: Vec<StateStep>,
}

impl StateHistory {
    /// A history as it was stored, in the order of entering.
    #[must_use]
    pub const fn from_steps(steps: Vec<StateStep>) -> Self {
        Self { steps }
    }

    /// The state on a day, as it is known now; none before the agreement was made.
    #[must_use]
    pub fn state_on(&self, day: NaiveDate) -> Option<AgreementState> {
        self.steps.iter().rev().find(|step| step.from <= day).map(|step| step.state)
    }

    /// Whether the agreement has its effects on a day: active, from its start to its last day. What was suspended on it had none,
    /// and what ended or was suspended later had them (R7, D15).
    #[must_use]
    pub fn is_in_force(&self, validity: Validity, on: NaiveDate) -> bool {
        validity.contains(on) && self.state_on(on) == Some(AgreementState::Active)
    }
}

impl StateHistory {
    /// The first day on which an agreement that took effect and has ended is not in force any more; none for any other one.
    #[must_use]
    pub fn over_from(&self, validity: Validity) -> Option<NaiveDate> {
        self.steps.iter().find(|step| step.state == AgreementState::Active)?;
        let ends = |step: &&StateStep| matches!(step.state, AgreementState::Terminated | AgreementState::Expired);
        let ended = self.steps.iter().rev().find(ends)?.from;
        Some(validity.end.and_then(|end| end.succ_opt()).map_or(ended, |over| over.min(ended)))
    }

    /// Whether the agreement has its effects on some day of `days`, or had them then.
    #[must_use]
    pub fn is_in_force_within(&self, validity: Validity, days: Validity) -> bool {
        // Between two of these days nothing changes.
        let turns = self.steps.iter().map(|step| step.from).chain([validity.start.max(days.start)]);
        turns.filter(|day| days.contains(*day)).any(|day| self.is_in_force(validity, day))
    }
}

/// The day from which a state counts that is entered on `today`. An approval is given to the whole of an agreement, which may have
/// started before; but never to days on which another one was in force, of a type that allows one at an instant: `free_from` is the day
/// after the last of them (D4). An agreement has expired from the day after its last one, whenever that is noticed.
#[must_use]
pub fn counts_from(
    before: Option<AgreementState>,
    after: AgreementState,
    validity: Validity,
    (today, free_from): (NaiveDate, Option<NaiveDate>),
) -> NaiveDate {
    match (before, after) {
        (None | Some(AgreementState::UnderSupervision), AgreementState::Active) => {
            today.min(free_from.map_or(validity.start, |free| free.max(validity.start)))
        }
        (_, AgreementState::Expired) => validity.end.and_then(|end| end.succ_opt()).unwrap_or(today),
        _ => today,
    }
}

#[cfg(test)]
mod tests {
    use AgreementState::{Active, Draft, Expired, Suspended, Terminated, UnderSupervision};

    use super::*;
    use crate::agreement::samples::date;

    /// A history of March 2026.
    fn history(steps: &[(AgreementState, u32)]) -> StateHistory {
        StateHistory::from_steps(steps.iter().map(|(state, day)| StateStep { from: date(3, *day), state: *state }).collect())
    }

    const MARCH: fn(u32, Option<u32>) -> Validity =
        |start, end| Validity { start: date(3, start), end: end.map(|end| date(3, end)) };

    #[test]
    fn r7_an_active_agreement_is_in_force_from_its_start_to_its_last_day() {
        let validity = MARCH(5, Some(10));
        for (day, within) in [(4, false), (5, true), (10, true), (11, false)] {
            for state in AgreementState::ALL {
                let in_force = history(&[(state, 1)]).is_in_force(validity, date(3, day));
                assert_eq!(in_force, within && state == Active, "{state:?} on {day}");
            }
        }
        assert!(history(&[(Active, 5)]).is_in_force(MARCH(5, None), date(12, 31)));
        assert!(!StateHistory::default().is_in_force(validity, date(3, 5)));
    }

    #[test]
    fn d15_what_ends_was_in_force_until_the_day_before_and_is_not_on_that_day() {
        for (end, day) in [(Terminated, 20), (Suspended, 20), (Expired, 20)] {
            let ended = history(&[(Draft, 2), (UnderSupervision, 2), (Active, 1), (end, day)]);
            let in_force = [1, 19, 20, 21].map(|day| ended.is_in_force(MARCH(1, None), date(3, day)));
            assert_eq!(in_force, [true, true, false, false], "{end:?}");
        }
    }

    #[test]
    fn a_suspension_that_was_lifted_leaves_its_days_without_effect() {
        let resumed = history(&[(Active, 1), (Suspended, 10), (Active, 15)]);
        let in_force = [9, 10, 14, 15].map(|day| resumed.is_in_force(MARCH(1, None), date(3, day)));
        assert_eq!(in_force, [true, false, false, true]);
        let within_a_day = history(&[(Active, 1), (Suspended, 10), (Active, 10)]);
        assert!(within_a_day.is_in_force(MARCH(1, None), date(3, 10)), "the last state of a day is the day's");
    }

    #[test]
    fn an_agreement_is_in_force_within_days_if_it_is_on_one_of_them() {
        let suspended = history(&[(Active, 1), (Suspended, 10), (Active, 15), (Terminated, 20)]);
        let within = |start, end| suspended.is_in_force_within(MARCH(5, None), MARCH(start, Some(end)));
        assert_eq!([within(1, 4), within(1, 5), within(9, 12)], [false, true, true]);
        assert_eq!([within(10, 14), within(10, 15), within(19, 25), within(20, 25)], [false, true, true, false]);
    }

    #[test]
    fn an_approval_reaches_back_to_the_start_and_no_other_state_does() {
        let (early, late) = (MARCH(1, Some(20)), MARCH(25, None));
        let from = |before, after, validity| counts_from(before, after, validity, (date(3, 10), None));
        assert_eq!(from(Some(UnderSupervision), Active, early), date(3, 1));
        assert_eq!(from(Some(UnderSupervision), Active, late), date(3, 10), "its start is in its validity already");
        assert_eq!(from(Some(Suspended), Active, early), date(3, 10));
        assert_eq!(from(Some(Active), Suspended, early), date(3, 10));
        assert_eq!(from(Some(Active), Terminated, early), date(3, 10));
        assert_eq!(from(None, Draft, early), date(3, 10));
    }

    #[test]
    fn d4_an_approval_reaches_back_no_further_than_to_when_another_agreement_was_over() {
        let from = |free| counts_from(Some(UnderSupervision), Active, MARCH(1, None), (date(3, 10), Some(date(3, free))));
        assert_eq!([from(1), from(5), from(10)], [date(3, 1), date(3, 5), date(3, 10)]);
        let before_its_start = counts_from(None, Active, MARCH(6, None), (date(3, 10), Some(date(3, 5))));
        assert_eq!(before_its_start, date(3, 6));
    }

    #[test]
    fn d4_an_agreement_that_took_effect_is_over_from_its_end_or_the_day_after_its_last_one() {
        let ended = |steps: &[(AgreementState, u32)], end| history(steps).over_from(MARCH(1, end));
        let terminated = [(UnderSupervision, 1), (Active, 1), (Suspended, 8), (Terminated, 10)];
        assert_eq!(ended(&terminated, None), Some(date(3, 10)));
        assert_eq!(ended(&terminated, Some(20)), Some(date(3, 10)), "before its term");
        assert_eq!(ended(&terminated, Some(5)), Some(date(3, 6)), "noticed later");
        assert_eq!(ended(&[(Active, 1), (Expired, 21)], Some(20)), Some(date(3, 21)));
        assert_eq!(ended(&[(Active, 1), (Suspended, 8)], Some(5)), None, "nobody ended it");
        assert_eq!(ended(&[(UnderSupervision, 1), (Terminated, 10)], None), None, "it never took effect");
    }

    #[test]
    fn an_agreement_has_expired_from_the_day_after_its_last_one_whenever_that_is_noticed() {
        for state in [Active, Suspended] {
            assert_eq!(counts_from(Some(state), Expired, MARCH(1, Some(20)), (date(3, 25), None)), date(3, 21));
        }
    }
}
