use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::*;
use crate::{
    agreement::Validity,
    decided::Decided,
    network::{Duty, Requirement, Terms, samples::terms_of_reseller},
    partner::{Country, PartnerRecord},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn from_to(start: &str, end: &str) -> Validity {
    Validity { start: day(start), end: Some(day(end)) }
}

fn granted(validity: Validity) -> Standing {
    Standing { state: QualificationState::Granted, validity: Some(validity), revoked_on: None }
}

fn start_up() -> QualificationKind {
    QualificationKind {
        code: "start_up".to_owned(),
        requirement: Some(Requirement::TechnicalQualification),
        duties: [Duty::StartUp, Duty::Integration].into(),
        valid_months: Some(24),
    }
}

#[test]
fn r64_a_qualification_is_valid_on_its_first_and_last_day_and_on_none_beside_them() {
    let standing = granted(from_to("2026-03-01", "2026-05-31"));
    let valid = ["2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01"].map(|on| standing.holds_on(day(on)));
    assert_eq!(valid, [false, true, true, false]);
    let expired = standing.expire(day("2026-06-01")).changed().unwrap();
    assert_eq!(expired.state, QualificationState::Expired);
    assert!(expired.holds_on(day("2026-05-31")), "the days that are over stay");
    let endless = granted(Validity { start: day("2026-03-01"), end: None });
    assert!(endless.holds_on(day("2099-01-01")));
    assert!(!Standing::SUBMITTED.holds_on(day("2026-03-01")));
}

#[test]
fn a_revocation_counts_from_its_day_on_and_never_for_days_before() {
    let revoked = granted(from_to("2026-03-01", "2026-05-31")).revoke(day("2026-04-10")).unwrap().changed().unwrap();
    let valid = ["2026-04-09", "2026-04-10", "2026-04-11"].map(|on| revoked.holds_on(day(on)));
    assert_eq!(valid, [true, false, false]);
    assert_eq!(revoked.revoke(day("2026-04-12")), Ok(Decided::Unchanged));
}

#[test]
fn a_qualification_runs_out_after_its_last_day_and_not_before() {
    let standing = granted(from_to("2026-03-01", "2026-05-31"));
    assert_eq!(standing.expire(day("2026-05-31")), Decided::Unchanged);
    assert!(standing.expire(day("2026-06-01")).changed().is_some());
    let unnoticed = standing.revoke(day("2026-06-01"));
    assert_eq!(unnoticed, Err(QualificationRefusal::WrongState { state: QualificationState::Expired }));
    assert!(standing.revoke(day("2026-05-31")).is_ok());
    let endless = granted(Validity { start: day("2026-03-01"), end: None });
    assert_eq!(endless.expire(day("2099-01-01")), Decided::Unchanged);
    assert_eq!(Standing::SUBMITTED.expire(day("2099-01-01")), Decided::Unchanged);
}

#[test]
fn a_qualification_is_granted_for_days_that_are_not_all_over() {
    use QualificationRefusal::{EndsBeforeStart, OverAlready};
    let today = day("2026-03-02");
    let grant = |validity| Standing::SUBMITTED.grant(validity, today);
    assert!(grant(from_to("2026-01-01", "2026-03-02")).is_ok());
    assert_eq!(grant(from_to("2026-01-01", "2026-03-01")), Err(vec![OverAlready { today }]));
    assert_eq!(grant(from_to("2026-05-02", "2026-05-01")), Err(vec![EndsBeforeStart]));
    assert_eq!(grant(from_to("2026-03-01", "2026-02-28")), Err(vec![EndsBeforeStart, OverAlready { today }]));
    let standing = grant(from_to("2026-03-02", "2026-03-02")).unwrap().changed().unwrap();
    assert_eq!(standing.grant(from_to("2026-03-02", "2026-03-02"), today), Ok(Decided::Unchanged));
    let state = QualificationState::Granted;
    let other = standing.grant(from_to("2026-03-02", "2026-03-03"), today);
    assert_eq!(other, Err(vec![QualificationRefusal::WrongState { state }]));
}

#[test]
fn a_qualification_is_decided_once() {
    use QualificationState::{Expired, Granted, Refused, Revoked, Submitted, Withdrawn};
    let closings = [(Closing::Refuse, Refused), (Closing::Withdraw, Withdrawn)];
    for (closing, to) in closings {
        for state in [Submitted, Granted, Refused, Withdrawn, Expired, Revoked] {
            let before = Standing { state, ..Standing::SUBMITTED };
            let expected = match state {
                Submitted => Ok(Decided::Changed(Standing { state: to, ..before })),
                state if state == to => Ok(Decided::Unchanged),
                state => Err(QualificationRefusal::WrongState { state }),
            };
            assert_eq!(before.close(closing), expected, "{state:?} {closing:?}");
        }
    }
    for state in [Submitted, Refused, Withdrawn, Expired] {
        let before = Standing { state, ..Standing::SUBMITTED };
        assert_eq!(before.revoke(day("2026-03-02")), Err(QualificationRefusal::WrongState { state }));
    }
    assert!(QualificationState::ALL.iter().all(|state| QualificationState::from_code(state.code()) == Some(*state)));
}

#[test]
fn the_months_of_a_kind_end_the_day_before_they_began() {
    let last = |months, from: &str| QualificationKind { valid_months: months, ..start_up() }.last_day(day(from));
    assert_eq!(last(Some(24), "2026-03-02"), Some(day("2028-03-01")));
    assert_eq!(last(Some(12), "2028-02-29"), Some(day("2029-02-28")), "where the month has no such day, its last one");
    assert_eq!(last(None, "2026-03-02"), None);
    assert_eq!(last(Some(u32::MAX), "2026-03-02"), None);
}

#[test]
fn a_kind_meets_what_a_partner_can_do_and_closes_duties_to_somebody() {
    assert_eq!(start_up().faults(), []);
    let wrong = QualificationKind { requirement: Some(Requirement::TaxId), duties: [Duty::Maintenance].into(), ..start_up() };
    let unshown = KindFault::RequirementNotShown { requirement: Requirement::TaxId };
    assert_eq!(wrong.faults(), [unshown, KindFault::MaintenanceNotPartners]);
    let idle = QualificationKind { requirement: None, ..start_up() };
    assert_eq!(idle.faults(), [KindFault::DutiesWithoutRequirement]);
}

#[test]
fn r64_what_has_dates_counts_before_the_record_without_dates() {
    let record = |technical_qualification| PartnerRecord {
        legal_form: crate::network::LegalForm::Company,
        country: Country::parse("FR").unwrap(),
        registration_number: None,
        tax_id: None,
        billing_ability: true,
        support_structure: true,
        technical_qualification,
    };
    let technical = Requirement::TechnicalQualification;
    let terms = Terms { requirements: [technical].into(), ..terms_of_reseller() };
    let unmet = |on_record, shown: &[(Requirement, bool)]| {
        unmet(&terms, &record(on_record), &shown.iter().copied().collect()).contains(&technical)
    };
    assert_eq!((unmet(true, &[]), unmet(false, &[])), (false, true));
    assert_eq!((unmet(true, &[(technical, false)]), unmet(false, &[(technical, true)])), (true, false));
    assert!(!unmet(true, &[(Requirement::SupportStructure, false)]), "it says nothing of another requirement");
}

#[test]
fn r64_whoever_lacks_a_qualification_is_kept_from_its_duties_alone() {
    let support = QualificationKind {
        code: "support".to_owned(),
        requirement: Some(Requirement::SupportStructure),
        duties: [Duty::Support].into(),
        valid_months: None,
    };
    let kinds = [start_up(), support];
    let lacking = BTreeSet::from([Requirement::TechnicalQualification, Requirement::TaxId]);
    let technical = Requirement::TechnicalQualification;
    let expected = BTreeMap::from([(Duty::StartUp, technical), (Duty::Integration, technical)]);
    assert_eq!(closed_duties(&kinds, &lacking), expected);
    assert_eq!(closed_duties(&kinds, &BTreeSet::new()), BTreeMap::new());
}
