use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    decided::Decided,
    network::{NegotiationPolicy, ProtectionPolicy},
};

use RegistrationReason::{Arbitration, Inactivity, InsufficientEvidence, InvalidData, NegotiationNotStarted, Superseded};
use RegistrationState::{
    Accepted, ActionRequired, Draft, Expired, InReview, Lost, Rejected, Released, Submitted, Withdrawn, Won,
};

const POLICY: ProtectionPolicy = ProtectionPolicy { days: 90, cap_days: 360 };

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Extends where the master's days are those of UTC.
fn extended(
    registration: Registration,
    evidence: &[Evidence],
    now: DateTime<Utc>,
    policy: ProtectionPolicy,
) -> Result<Decided<Registration>, Vec<RegistrationRefusal>> {
    extend(registration, evidence, now, |at| at.date_naive(), policy)
}

fn in_state(state: RegistrationState) -> Registration {
    Registration { state, reason: None, protection: None }
}

/// Accepted on 1 January 2026, so protected until 1 April (31 + 28 + 31 days).
fn accepted() -> Registration {
    accept(in_state(Submitted), at("2026-01-01T12:00:00Z"), POLICY).unwrap().changed().unwrap()
}

fn meeting(on: &str) -> Evidence {
    Evidence { kind: EvidenceKind::Meeting, dated: day(on) }
}

fn submitted(evidence: &[Evidence], evidence_min: u32) -> Submission {
    submit(None, evidence, day("2026-01-10"), NegotiationPolicy { evidence_min, evidence_max_age_days: 3650 })
        .unwrap()
        .changed()
        .unwrap()
}

fn codes(refused: Result<Decided<Registration>, Vec<RegistrationRefusal>>) -> Vec<&'static str> {
    refused.unwrap_err().into_iter().map(RegistrationRefusal::code).collect()
}

#[test]
fn evidence_counts_up_to_the_day_of_submission() {
    for (day, state) in [("2026-01-09", Submitted), ("2026-01-10", Submitted), ("2026-01-11", ActionRequired)] {
        assert_eq!(submitted(&[meeting(day)], 1).registration.state, state, "{day}");
    }
    let later = submitted(&[meeting("2026-01-11"), meeting("2026-01-10")], 1);
    assert_eq!(later.registration, in_state(Submitted));
    assert_eq!(later.shortcomings, [Shortcoming::Later { index: 0, latest: "2026-01-10".parse().unwrap() }]);
}

#[test]
fn with_too_little_evidence_a_registration_goes_back_to_the_partner() {
    let one = [meeting("2026-01-09")];
    let two = [meeting("2026-01-09"), meeting("2026-01-08")];
    let table = [
        (&[][..], 1, Some(NegotiationNotStarted)),
        (&one, 1, None),
        (&one, 2, Some(InsufficientEvidence)),
        (&two, 2, None),
        (&[], 0, None),
    ];
    for (evidence, needed, reason) in table {
        let submission = submitted(evidence, needed);
        let state = if reason.is_some() { ActionRequired } else { Submitted };
        assert_eq!(submission.registration, Registration { state, reason, protection: None }, "{needed} needed");
    }
    assert_eq!(submitted(&one, 2).shortcomings, [Shortcoming::TooFew { needed: 2, counted: 1 }]);
}

#[test]
fn a_registration_that_was_sent_back_is_handed_in_again() {
    let policy = NegotiationPolicy { evidence_min: 1, evidence_max_age_days: 3650 };
    let again = |state| submit(Some(in_state(state)), &[meeting("2026-01-09")], day("2026-01-10"), policy);
    let changed = Submission { registration: in_state(Submitted), shortcomings: vec![] };
    assert_eq!(again(ActionRequired), Ok(Decided::Changed(changed.clone())));
    assert_eq!(again(Draft), Ok(Decided::Changed(changed)));
    assert_eq!(again(Submitted), Ok(Decided::Unchanged));
    for state in [InReview, Accepted, Rejected, Won, Lost, Withdrawn, Expired, Released] {
        let refused = RegistrationRefusal::WrongState { action: RegistrationAction::Submit, state };
        assert_eq!(again(state), Err(vec![refused]));
    }
}

#[test]
fn only_states_that_know_an_action_take_it_and_repeating_it_changes_nothing() {
    let now = at("2026-06-01T00:00:00Z");
    type Step = fn(Registration, DateTime<Utc>) -> Result<Decided<Registration>, Vec<RegistrationRefusal>>;
    let table: [(RegistrationAction, Step, &[RegistrationState], RegistrationState); 9] = [
        (RegistrationAction::BeginReview, |r, _| begin_review(r), &[Submitted], InReview),
        (RegistrationAction::RequestAction, |r, _| request_action(r, InvalidData), &[Submitted, InReview], ActionRequired),
        (RegistrationAction::Accept, |r, now| accept(r, now, POLICY), &[Submitted, InReview], Accepted),
        (RegistrationAction::Reject, |r, _| reject(r, InvalidData), &[Submitted, InReview, ActionRequired], Rejected),
        (RegistrationAction::Win, |r, _| win(r), &[Accepted], Won),
        (RegistrationAction::Lose, |r, _| lose(r, Inactivity), &[Accepted], Lost),
        (RegistrationAction::Withdraw, |r, _| withdraw(r), &[Draft, Submitted, InReview, ActionRequired, Accepted], Withdrawn),
        (RegistrationAction::Expire, expire, &[Accepted], Expired),
        (RegistrationAction::Release, |r, _| release(r, Inactivity), &[Accepted], Released),
    ];
    for (action, step, from, target) in table {
        for state in RegistrationState::ALL.iter().copied().filter(|state| *state != target) {
            let registration = if state == Accepted { accepted() } else { in_state(state) };
            let decided = step(registration, now);
            if !from.contains(&state) {
                assert_eq!(decided, Err(vec![RegistrationRefusal::WrongState { action, state }]), "{action:?} from {state:?}");
                continue;
            }
            let moved = decided.unwrap().changed().unwrap();
            assert_eq!(moved.state, target, "{action:?} from {state:?}");
            assert_eq!(step(moved, now), Ok(Decided::Unchanged), "{action:?} again");
        }
    }
}

#[test]
fn a_decision_repeated_for_another_reason_is_another_decision() {
    let rejected = reject(in_state(InReview), InvalidData).unwrap().changed().unwrap();
    assert_eq!(codes(reject(rejected, Inactivity)), ["wrong_state"]);
    let lost = lose(accepted(), Inactivity).unwrap().changed().unwrap();
    assert_eq!(codes(lose(lost, InvalidData)), ["wrong_state"]);
}

#[test]
fn a_reason_that_does_not_fit_is_refused() {
    let refused = |action, reason| Err(vec![RegistrationRefusal::ReasonDoesNotFit { action, reason }]);
    assert_eq!(lose(accepted(), Arbitration), refused(RegistrationAction::Lose, Arbitration));
    assert_eq!(release(accepted(), Superseded), refused(RegistrationAction::Release, Superseded));
    assert_eq!(reject(in_state(InReview), Arbitration), refused(RegistrationAction::Reject, Arbitration));
    assert_eq!(request_action(in_state(InReview), Inactivity), refused(RegistrationAction::RequestAction, Inactivity));
}

#[test]
fn a_later_registration_takes_the_place_of_one_that_waits_or_has_ended() {
    for state in RegistrationState::ALL.iter().copied() {
        let superseded = supersede(in_state(state));
        match state {
            Submitted | InReview | ActionRequired => {
                let withdrawn = Registration { state: Withdrawn, reason: Some(Superseded), protection: None };
                assert_eq!(superseded, Ok(Decided::Changed(withdrawn)), "{state:?}");
            }
            Rejected | Lost | Withdrawn | Expired | Released => assert_eq!(superseded, Ok(Decided::Unchanged), "{state:?}"),
            Draft | Accepted | Won => assert_eq!(codes(superseded), ["wrong_state"], "{state:?}"),
        }
    }
}

#[test]
fn a_partner_has_as_many_live_registrations_as_its_terms_allow_and_not_one_more() {
    assert_eq!(ensure_capacity(1, Some(2)), Ok(()));
    assert_eq!(ensure_capacity(2, Some(2)), Err(RegistrationRefusal::CapacityExceeded { limit: 2, count: 2 }));
    assert_eq!(ensure_capacity(3, Some(2)), Err(RegistrationRefusal::CapacityExceeded { limit: 2, count: 3 }));
    assert_eq!(ensure_capacity(u32::MAX, None), Ok(()));
}

#[test]
fn evidence_of_an_absurd_day_is_told_from_evidence_that_does_not_count() {
    let absurd = |dated: &str, evidence_max_age_days| {
        let policy = NegotiationPolicy { evidence_min: 1, evidence_max_age_days };
        absurdly_dated(&[meeting("2026-01-09"), meeting(dated)], day("2026-01-10"), policy)
    };
    let refused = |earliest| vec![Shortcoming::Absurd { index: 1, earliest: day(earliest) }];
    assert_eq!(absurd("2025-12-31", 10), vec![]);
    assert_eq!(absurd("2025-12-30", 10), refused("2025-12-31"));
    assert_eq!(absurd("1900-01-01", 100_000), vec![]);
    assert_eq!(absurd("1899-12-31", 100_000), refused("1900-01-01"));
    assert_eq!(absurd("2026-01-11", 10), vec![], "a later day is D2's");
}

#[test]
fn an_accepted_registration_protects_from_its_acceptance_for_ninety_days() {
    let table = [
        ("2026-01-01T11:59:59Z", false),
        ("2026-01-01T12:00:00Z", true),
        ("2026-04-01T11:59:59Z", true),
        ("2026-04-01T12:00:00Z", false),
    ];
    for (now, expected) in table {
        assert_eq!(accepted().is_protecting(at(now)), expected, "{now}");
    }
}

#[test]
fn nothing_but_an_accepted_registration_protects() {
    let within = at("2026-02-01T00:00:00Z");
    for state in RegistrationState::ALL.iter().copied().filter(|state| *state != Accepted) {
        assert!(!Registration { state, ..accepted() }.is_protecting(within), "{state:?}");
    }
}

#[test]
fn a_protection_expires_at_its_last_instant_and_not_before() {
    let until = at("2026-04-01T12:00:00Z");
    let early = Err(vec![RegistrationRefusal::StillProtected { until }]);
    let expired = Ok(Decided::Changed(Registration { state: Expired, ..accepted() }));
    assert_eq!(expire(accepted(), at("2026-04-01T11:59:59.999999Z")), early);
    assert_eq!(expire(accepted(), until), expired);
    assert_eq!(expire(accepted(), at("2026-04-01T12:00:00.000001Z")), expired);
}

#[test]
fn evidence_of_activity_extends_up_to_the_cap() {
    let activity = [meeting("2026-01-05")];
    let now = at("2026-01-05T08:00:00Z");
    // 1 January + 90, 180, 270 and 360 days.
    let ends = ["2026-06-30T12:00:00Z", "2026-09-28T12:00:00Z", "2026-12-27T12:00:00Z"];
    let mut registration = accepted();
    for until in ends {
        registration = extended(registration, &activity, now, POLICY).unwrap().changed().unwrap();
        assert_eq!(registration.protection.unwrap().until, at(until));
    }
    let cap = at("2026-12-27T12:00:00Z");
    assert_eq!(extended(registration, &activity, now, POLICY), Err(vec![RegistrationRefusal::CapReached { cap }]));
    let short = ProtectionPolicy { cap_days: 100, ..POLICY };
    let capped = extended(accepted(), &activity, now, short).unwrap().changed().unwrap();
    assert_eq!(capped.protection.unwrap().until, at("2026-04-11T12:00:00Z"));
}

#[test]
fn activity_is_dated_from_the_acceptance_to_today() {
    let now = at("2026-01-20T08:00:00Z");
    let dated = |day| extended(accepted(), &[meeting(day)], now, POLICY);
    assert_eq!(codes(dated("2025-12-31")), ["evidence_earlier", "evidence_too_few"]);
    assert!(dated("2026-01-01").is_ok());
    assert!(dated("2026-01-20").is_ok());
    assert_eq!(codes(dated("2026-01-21")), ["evidence_later", "evidence_too_few"]);
    assert_eq!(codes(extended(accepted(), &[], now, POLICY)), ["evidence_too_few"]);
}

#[test]
fn only_a_running_protection_is_extended() {
    let activity = [meeting("2026-01-05")];
    assert!(extended(accepted(), &activity, at("2026-04-01T11:59:59Z"), POLICY).is_ok());
    let since = at("2026-04-01T12:00:00Z");
    assert_eq!(extended(accepted(), &activity, since, POLICY), Err(vec![RegistrationRefusal::RunOut { since }]));
    for state in RegistrationState::ALL.iter().copied().filter(|state| *state != Accepted) {
        let refused = extended(Registration { state, ..accepted() }, &activity, at("2026-01-06T00:00:00Z"), POLICY);
        assert_eq!(codes(refused), ["wrong_state"], "{state:?}");
    }
    assert_eq!(codes(extended(accepted(), &[], since, POLICY)), ["protection_run_out", "evidence_too_few"]);
}

#[test]
fn a_protection_beyond_the_calendar_is_refused() {
    let end = DateTime::<Utc>::MAX_UTC;
    assert_eq!(accept(in_state(Submitted), end, POLICY), Err(vec![RegistrationRefusal::OutOfCalendar]));
}

#[test]
fn evidence_of_activity_is_dated_in_the_masters_days() {
    // An hour ahead of UTC, 23:30 UTC is the next day already.
    let ahead = |at: DateTime<Utc>| (at + TimeDelta::hours(1)).date_naive();
    let now = at("2026-01-10T23:30:00Z");
    let dated = |on, day_of: fn(DateTime<Utc>) -> NaiveDate| extend(accepted(), &[meeting(on)], now, day_of, POLICY);
    assert!(dated("2026-01-10", ahead).is_ok());
    assert!(dated("2026-01-11", ahead).is_ok());
    assert_eq!(codes(dated("2026-01-12", ahead)), ["evidence_later", "evidence_too_few"]);
    assert_eq!(codes(dated("2026-01-11", |at| at.date_naive())), ["evidence_later", "evidence_too_few"]);
}

proptest! {
    #[test]
    fn at_every_instant_a_registration_either_protects_or_can_expire(days in 0u32..800, seconds in -1_000_000i64..80_000_000) {
        let from = at("2026-01-01T12:00:00Z");
        let policy = ProtectionPolicy { days, cap_days: 360 };
        let registration = accept(in_state(InReview), from, policy).unwrap().changed().unwrap();
        let now = from.checked_add_signed(TimeDelta::seconds(seconds)).unwrap();
        let run_out = seconds >= i64::from(days) * 86_400;
        prop_assert_eq!(expire(registration, now).is_ok(), run_out);
        prop_assert_eq!(registration.is_protecting(now), seconds >= 0 && !run_out);
    }

    #[test]
    fn no_sequence_of_extensions_passes_the_cap(days in 1u32..200, cap_days in 1u32..400, hours in proptest::collection::vec(0i64..9_600, 0..12)) {
        let from = at("2026-01-01T12:00:00Z");
        let policy = ProtectionPolicy { days, cap_days };
        let mut registration = accept(in_state(Submitted), from, policy).unwrap().changed().unwrap();
        let bound = from + TimeDelta::days(i64::from(cap_days.max(days)));
        for hour in hours {
            let now = from + TimeDelta::hours(hour);
            let activity = Evidence { kind: EvidenceKind::Demonstration, dated: now.date_naive() };
            if let Ok(Decided::Changed(longer)) = extended(registration, &[activity], now, policy) {
                prop_assert!(registration.is_protecting(now), "extended though run out");
                prop_assert!(longer.protection.unwrap().until > registration.protection.unwrap().until);
                registration = longer;
            }
            prop_assert!(registration.protection.unwrap().until <= bound);
        }
    }
}
