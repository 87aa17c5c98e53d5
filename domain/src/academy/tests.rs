use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::*;
use crate::decided::Decided;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn r22_a_course_is_published_by_its_master_after_its_author_handed_it_in() {
    use CourseAction::{Change, Publish, Retire, Return, Submit};
    use CourseState::{Draft, Published, Retired, Submitted};
    let allowed = [
        (Draft, Change, Draft),
        (Draft, Submit, Submitted),
        (Draft, Retire, Retired),
        (Submitted, Return, Draft),
        (Submitted, Publish, Published),
        (Submitted, Retire, Retired),
        (Published, Retire, Retired),
    ];
    let again = [(Submitted, Submit), (Draft, Return), (Published, Publish), (Retired, Retire)];
    for state in CourseState::ALL {
        for action in [Change, Submit, Return, Publish, Retire] {
            let expected = match allowed.iter().find(|(from, by, _)| (*from, *by) == (state, action)) {
                Some((_, _, to)) => Ok(Decided::Changed(*to)),
                None if again.contains(&(state, action)) => Ok(Decided::Unchanged),
                None => Err(state),
            };
            assert_eq!(state.after(action), expected, "{state:?} {action:?}");
        }
    }
}

#[test]
fn a_session_has_a_place_or_a_link_and_begins_in_the_future() {
    use SessionRefusal::{EndsBeforeStart, FewerPlacesThanTaken, LinkMissing, PlaceMissing, StartsInPast};
    let now = at("2026-03-02T09:00:00Z");
    let sound = SessionDraft {
        venue: Venue::OnSite,
        place: Some("Paris"),
        link: None,
        starts_at: now + TimeDelta::microseconds(1),
        ends_at: now + TimeDelta::microseconds(2),
        capacity: 2,
        taken: 2,
    };
    assert_eq!(sound.faults(now), []);
    assert_eq!(SessionDraft { place: Some(" "), ..sound }.faults(now), [PlaceMissing]);
    assert_eq!(SessionDraft { venue: Venue::Online, ..sound }.faults(now), [LinkMissing]);
    assert_eq!(SessionDraft { starts_at: now, ..sound }.faults(now), [StartsInPast]);
    assert_eq!(SessionDraft { ends_at: sound.starts_at, ..sound }.faults(now), [EndsBeforeStart]);
    assert_eq!(SessionDraft { capacity: 1, ..sound }.faults(now), [FewerPlacesThanTaken { taken: 2 }]);
    let wrong = SessionDraft { place: None, starts_at: now, ends_at: now, capacity: 0, ..sound };
    assert_eq!(wrong.faults(now), [PlaceMissing, EndsBeforeStart, StartsInPast, FewerPlacesThanTaken { taken: 2 }]);
}

#[test]
fn a_place_is_given_back_before_the_session_begins_and_attendance_is_noted_from_then_on() {
    use EnrolmentAction::{Attend, Cancel, Miss, MoveUp};
    use EnrolmentState::{Attended, Cancelled, Enrolled, Missed, Waiting};
    let starts_at = at("2026-03-10T09:00:00Z");
    let before = starts_at - TimeDelta::microseconds(1);
    let there = Attend { there: true };
    for (state, action, to) in [(Waiting, MoveUp, Enrolled), (Waiting, Cancel, Cancelled), (Enrolled, Cancel, Cancelled)] {
        assert_eq!(state.after(action, before, starts_at), Ok(Decided::Changed(to)));
        assert_eq!(state.after(action, starts_at, starts_at), Err(EnrolmentRefusal::Begun));
    }
    for (state, action, to) in [(Waiting, Miss, Missed), (Enrolled, there, Attended)] {
        assert_eq!(state.after(action, starts_at, starts_at), Ok(Decided::Changed(to)));
        assert_eq!(state.after(action, before, starts_at), Err(EnrolmentRefusal::NotBegun));
    }
}

#[test]
fn only_who_was_there_has_a_result_and_has_it_once() {
    use EnrolmentState::{Absent, Attended, Cancelled, Enrolled, Failed, Missed, Passed, Waiting};
    let now = at("2026-03-10T09:00:00Z");
    let result = |state: EnrolmentState, passed| state.after(EnrolmentAction::Result { passed }, now, now);
    assert_eq!(result(Attended, true), Ok(Decided::Changed(Passed)));
    assert_eq!(result(Attended, false), Ok(Decided::Changed(Failed)));
    assert_eq!((result(Passed, true), result(Failed, false)), (Ok(Decided::Unchanged), Ok(Decided::Unchanged)));
    for state in [Waiting, Enrolled, Cancelled, Missed, Absent] {
        assert_eq!(result(state, true), Err(EnrolmentRefusal::WrongState { state }));
    }
    assert_eq!(result(Passed, false), Err(EnrolmentRefusal::WrongState { state: Passed }));
    let attend = |state: EnrolmentState, there| state.after(EnrolmentAction::Attend { there }, now, now);
    assert_eq!((attend(Attended, false), attend(Absent, true)), (Ok(Decided::Changed(Absent)), Ok(Decided::Changed(Attended))));
    for state in [Waiting, Cancelled, Missed, Passed, Failed] {
        assert_eq!(attend(state, true), Err(EnrolmentRefusal::WrongState { state }));
    }
}

#[test]
fn a_place_is_taken_by_whoever_was_let_in() {
    let with_place: Vec<_> =
        EnrolmentState::ALL.into_iter().filter(|state| state.has_place()).map(EnrolmentState::code).collect();
    assert_eq!(with_place, ["enrolled", "attended", "absent", "passed", "failed"]);
    let over: Vec<_> = EnrolmentState::ALL.into_iter().filter(|state| !state.is_live()).map(EnrolmentState::code).collect();
    assert_eq!(over, ["cancelled", "missed"]);
}

#[test]
fn a_certificate_is_valid_from_its_day_of_issue_to_its_last() {
    let certificate = Certificate::issue(day("2026-03-10"), Some(24));
    let valid = ["2026-03-09", "2026-03-10", "2028-03-09", "2028-03-10"].map(|on| certificate.is_valid_on(day(on)));
    assert_eq!(valid, [false, true, true, false]);
    assert!(Certificate::issue(day("2026-03-10"), None).is_valid_on(day("2099-01-01")));
}

#[test]
fn a_certificate_ends_the_day_before_the_same_day_or_with_the_month_that_has_no_such_day() {
    let last = |on: &str, months| Certificate::issue(day(on), Some(months)).validity.end;
    assert_eq!(last("2026-12-30", 2), Some(day("2027-02-28")));
    assert_eq!(last("2026-12-28", 2), Some(day("2027-02-27")));
    assert_eq!(last("2026-12-29", 14), Some(day("2028-02-28")), "a leap year");
    assert_eq!(last("2026-12-31", 14), Some(day("2028-02-29")));
    assert_eq!(last("2026-03-31", 1), Some(day("2026-04-30")));
    assert_eq!(last("2026-03-31", 2), Some(day("2026-05-30")));
}

#[test]
fn every_code_leads_back_to_its_value() {
    assert!(CourseKind::ALL.iter().all(|word| CourseKind::from_code(word.code()) == Some(*word)));
    assert!(CourseState::ALL.iter().all(|word| CourseState::from_code(word.code()) == Some(*word)));
    assert!(SessionState::ALL.iter().all(|word| SessionState::from_code(word.code()) == Some(*word)));
    assert!(Venue::ALL.iter().all(|word| Venue::from_code(word.code()) == Some(*word)));
    assert!(EnrolmentState::ALL.iter().all(|word| EnrolmentState::from_code(word.code()) == Some(*word)));
}
