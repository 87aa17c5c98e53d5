//! The life of one registration against a reference that was written from the requirements alone (R33 to R37, D2, D3): any sequence
//! of actions at any times comes to the same in both.
//!
//! The reference counts hours since it began and knows the states by their words. It shares no code with the domain.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has to fail and say why")]

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::{
    decided::Decided,
    network::{NegotiationPolicy, ProtectionPolicy},
    registration::{
        self as rules, Evidence, EvidenceKind, Registration, RegistrationReason, RegistrationRefusal, RegistrationState,
    },
};
use proptest::prelude::*;

const DAYS: i64 = 90;
const CAP: i64 = 360;

/// What is done; evidence and activity are dated so many days before today.
#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Submit(Vec<i64>),
    BeginReview,
    RequestAction(&'static str),
    Accept,
    Reject(&'static str),
    Win,
    Lose(&'static str),
    Withdraw,
    Expire,
    Release(&'static str),
    Extend(i64),
    Supersede,
}

/// What the requirements say that a registration is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    state: &'static str,
    reason: Option<&'static str>,
    /// From and until which hour it protects, or did.
    protection: Option<(i64, i64)>,
}

/// Who may give which reason, from the meaning of the words.
fn fits(action: &str, reason: &str) -> bool {
    match reason {
        "other" => true,
        // What a master finds before it accepts.
        "negotiation_not_started" | "insufficient_evidence" | "duplicate_registration" => {
            ["request_action", "reject"].contains(&action)
        }
        "invalid_data" | "out_of_scope" => ["request_action", "reject", "release"].contains(&action),
        "master_direct_pursuit" | "capacity_exceeded" => action == "reject",
        "partner_not_eligible" | "no_active_agreement" => ["reject", "release"].contains(&action),
        // What either side may find out.
        "existing_customer" | "inactivity" | "customer_declined_partner" => ["reject", "lose", "release"].contains(&action),
        "customer_released" => ["lose", "release"].contains(&action),
        // What only a master decides.
        "arbitration" | "partner_failed" => action == "release",
        _ => false,
    }
}

impl Reference {
    /// What it is after a step at an hour, whether that changes it, or the codes of the refusal.
    fn after(&self, step: &Step, hour: i64, evidence_min: usize) -> Result<Option<Self>, Vec<&'static str>> {
        let moved = |state, reason| {
            let after = Self { state, reason, ..self.clone() };
            Ok((after != *self).then_some(after))
        };
        let wrong = Err(vec!["wrong_state"]);
        let undecided = ["submitted", "in_review", "action_required"].contains(&self.state);
        let accepted = self.state == "accepted";
        let ends = |action, from: bool, to: &'static str, reason: Option<&'static str>| {
            let again = self.state == to && self.reason == reason;
            if !from && !again {
                return Err(vec!["wrong_state"]);
            }
            if reason.is_some_and(|reason| !fits(action, reason)) {
                return Err(vec!["reason_does_not_fit"]);
            }
            moved(to, reason)
        };
        match step {
            Step::Wait(_) => Ok(None),
            Step::Submit(ages) => {
                if self.state == "submitted" {
                    return Ok(None);
                }
                if !["draft", "action_required"].contains(&self.state) {
                    return wrong;
                }
                // Evidence counts that is dated on or before the day of submission.
                let counted = ages.iter().filter(|age| **age >= 0).count();
                let (state, reason) = match counted {
                    counted if counted >= evidence_min => ("submitted", None),
                    0 => ("action_required", Some("negotiation_not_started")),
                    _ => ("action_required", Some("insufficient_evidence")),
                };
                Ok(Some(Self { state, reason, protection: None }))
            }
            Step::BeginReview => ends("begin_review", self.state == "submitted", "in_review", None),
            Step::RequestAction(reason) => {
                let from = ["submitted", "in_review"].contains(&self.state);
                ends("request_action", from, "action_required", Some(reason))
            }
            Step::Accept if accepted => Ok(None),
            Step::Accept if ["submitted", "in_review"].contains(&self.state) => {
                Ok(Some(Self { state: "accepted", reason: None, protection: Some((hour, hour + DAYS * 24)) }))
            }
            Step::Accept => wrong,
            Step::Reject(reason) => ends("reject", undecided, "rejected", Some(reason)),
            Step::Win => ends("win", accepted, "won", None),
            Step::Lose(reason) => ends("lose", accepted, "lost", Some(reason)),
            Step::Withdraw => ends("withdraw", undecided || accepted || self.state == "draft", "withdrawn", None),
            Step::Expire => match self.protection {
                Some((_, until)) if accepted && hour < until => Err(vec!["still_protected"]),
                _ => ends("expire", accepted, "expired", None),
            },
            Step::Release(reason) => ends("release", accepted, "released", Some(reason)),
            Step::Extend(age) => {
                let (true, Some((from, until))) = (accepted, self.protection) else { return wrong };
                let mut refused = Vec::new();
                if hour >= until {
                    refused.push("protection_run_out");
                }
                if until >= from + CAP * 24 {
                    refused.push("protection_cap_reached");
                }
                let (today, dated) = (hour.div_euclid(24), hour.div_euclid(24) - age);
                if dated > today {
                    refused.extend(["evidence_later", "evidence_too_few"]);
                } else if dated < from.div_euclid(24) {
                    refused.extend(["evidence_earlier", "evidence_too_few"]);
                }
                if !refused.is_empty() {
                    return Err(refused);
                }
                let longer = (until + DAYS * 24).min(from + CAP * 24);
                Ok(Some(Self { protection: Some((from, longer)), ..self.clone() }))
            }
            Step::Supersede if undecided => moved("withdrawn", Some("superseded")),
            Step::Supersede if ["rejected", "lost", "withdrawn", "expired", "released"].contains(&self.state) => Ok(None),
            Step::Supersede => wrong,
        }
    }
}

/// Midnight, so that the reference's days begin with its hours.
fn at(hour: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap().checked_add_signed(TimeDelta::hours(hour)).unwrap()
}

fn dated(hour: i64, age: i64) -> Evidence {
    let today: NaiveDate = at(hour).date_naive();
    let days = Days::new(age.unsigned_abs());
    let dated = if age < 0 { today.checked_add_days(days) } else { today.checked_sub_days(days) };
    Evidence { kind: EvidenceKind::Meeting, dated: dated.unwrap() }
}

fn reason(code: &str) -> RegistrationReason {
    RegistrationReason::from_code(code).unwrap()
}

/// The same step in the domain.
fn decided(
    before: Registration,
    step: &Step,
    hour: i64,
    evidence_min: u32,
) -> Result<Option<Registration>, Vec<RegistrationRefusal>> {
    let (now, policy) = (at(hour), ProtectionPolicy { days: 90, cap_days: 360 });
    let moved = match step {
        Step::Wait(_) => Ok(Decided::Unchanged),
        Step::Submit(ages) => {
            let evidence: Vec<Evidence> = ages.iter().map(|age| dated(hour, *age)).collect();
            let policy = NegotiationPolicy { evidence_min, evidence_max_age_days: 3650 };
            let submitted = rules::submit(Some(before), &evidence, now.date_naive(), policy)?;
            return Ok(submitted.changed().map(|submission| submission.registration));
        }
        Step::BeginReview => rules::begin_review(before),
        Step::RequestAction(code) => rules::request_action(before, reason(code)),
        Step::Accept => rules::accept(before, now, policy),
        Step::Reject(code) => rules::reject(before, reason(code)),
        Step::Win => rules::win(before),
        Step::Lose(code) => rules::lose(before, reason(code)),
        Step::Withdraw => rules::withdraw(before),
        Step::Expire => rules::expire(before, now),
        Step::Release(code) => rules::release(before, reason(code)),
        Step::Extend(age) => rules::extend(before, &[dated(hour, *age)], now, |at| at.date_naive(), policy),
        Step::Supersede => rules::supersede(before),
    };
    moved.map(Decided::changed)
}

/// The domain's registration in the reference's words.
fn told(registration: Registration) -> Reference {
    let hour = |instant: DateTime<Utc>| instant.signed_duration_since(at(0)).num_hours();
    Reference {
        state: registration.state.code(),
        reason: registration.reason.map(RegistrationReason::code),
        protection: registration.protection.map(|protection| (hour(protection.from), hour(protection.until))),
    }
}

fn reasons() -> impl Strategy<Value = &'static str> {
    let all: Vec<&'static str> = RegistrationReason::ALL.iter().map(|reason| reason.code()).collect();
    // The usual ones more often, so that lives go on.
    prop_oneof![Just("other"), Just("inactivity"), Just("insufficient_evidence"), proptest::sample::select(all)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1i64..40 * 24).prop_map(Step::Wait),
        1 => (-1i64..=1).prop_map(|off| Step::Wait(DAYS * 24 + off)),
        4 => proptest::collection::vec(-2i64..5, 0..4).prop_map(Step::Submit),
        2 => Just(Step::BeginReview),
        1 => reasons().prop_map(Step::RequestAction),
        4 => Just(Step::Accept),
        1 => reasons().prop_map(Step::Reject),
        1 => Just(Step::Win),
        1 => reasons().prop_map(Step::Lose),
        1 => Just(Step::Withdraw),
        2 => Just(Step::Expire),
        1 => reasons().prop_map(Step::Release),
        5 => (-2i64..45).prop_map(Step::Extend),
        1 => Just(Step::Supersede),
    ];
    proptest::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_life_of_a_registration_goes_as_the_requirements_say(steps in steps(), evidence_min in 0u32..3) {
        let mut registration = rules::draft();
        let mut reference = Reference { state: "draft", reason: None, protection: None };
        let mut hour = 0i64;
        for step in &steps {
            if let Step::Wait(hours) = step {
                hour += hours;
            }
            let expected = reference.after(step, hour, usize::try_from(evidence_min).unwrap());
            let moved = decided(registration, step, hour, evidence_min);
            let codes = |refusals: Vec<RegistrationRefusal>| refusals.into_iter().map(RegistrationRefusal::code).collect::<Vec<_>>();
            prop_assert_eq!(moved.clone().map(|moved| moved.map(told)).map_err(codes), expected.clone(), "{:?} at {} from {:?}", step, hour, reference);
            if let (Ok(Some(moved)), Ok(Some(expected))) = (moved, expected) {
                (registration, reference) = (moved, expected);
            }
            // Only what is accepted protects, from its first instant to its last.
            let within = reference.protection.is_some_and(|(from, until)| from <= hour && hour < until);
            prop_assert_eq!(registration.is_protecting(at(hour)), reference.state == "accepted" && within);
        }
        prop_assert!(RegistrationState::from_code(reference.state).is_some());
    }
}
