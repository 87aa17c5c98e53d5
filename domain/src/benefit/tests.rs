use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::*;
use crate::{agreement::Validity, decided::Decided};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn seminars() -> Benefit {
    Benefit {
        code: "partner_seminars".to_owned(),
        quantity_per_year: Some(2),
        discount: None,
        year: BenefitYear::Agreement,
        part_years: PartYears::Whole,
    }
}

fn from(start: &str, end: Option<&str>) -> Validity {
    Validity { start: day(start), end: end.map(day) }
}

/// The quantity, and the first and the last day of the year that a day lies in.
fn given(benefit: &Benefit, agreement: Validity, on: &str) -> Option<(u32, String, String)> {
    let Entitlement { period, quantity, .. } = benefit.entitlement(agreement, agreement.start, day(on))?;
    let period = period.unwrap();
    Some((quantity.unwrap(), period.start.to_string(), period.end.unwrap().to_string()))
}

fn year(quantity: u32, first: &str, last: &str) -> Option<(u32, String, String)> {
    Some((quantity, first.to_owned(), last.to_owned()))
}

#[test]
fn r85_two_seminars_come_in_each_anniversary_year_of_the_agreement() {
    let agreement = from("2026-03-15", None);
    let on = |on| given(&seminars(), agreement, on);
    assert_eq!(on("2026-03-14"), None);
    assert_eq!(on("2026-03-15"), year(2, "2026-03-15", "2027-03-14"));
    assert_eq!(on("2027-03-14"), year(2, "2026-03-15", "2027-03-14"));
    assert_eq!(on("2027-03-15"), year(2, "2027-03-15", "2028-03-14"));
    assert_eq!(on("2030-12-31"), year(2, "2030-03-15", "2031-03-14"));
    let leap = |on| given(&seminars(), from("2028-02-29", None), on);
    assert_eq!(leap("2029-02-27"), year(2, "2028-02-29", "2029-02-27"));
    assert_eq!(leap("2029-02-28"), year(2, "2029-02-28", "2030-02-27"));
}

#[test]
fn r85_years_go_on_when_another_agreement_takes_the_place_of_the_first() {
    let (since, next) = (day("2026-03-15"), from("2026-07-01", None));
    let year = |on: &str| seminars().entitlement(next, since, day(on)).unwrap();
    let whole = Validity { start: since, end: Some(day("2027-03-14")) };
    assert_eq!((year("2026-07-01").counted, year("2027-03-14").counted), (Some(whole), Some(whole)));
    assert_eq!(year("2027-03-15").counted, Some(Validity { start: day("2027-03-15"), end: Some(day("2028-03-14")) }));
    // What counts is the whole year, also where the agreement ends within it.
    let ended = Validity { start: since, end: Some(day("2026-06-30")) };
    let given = seminars().entitlement(ended, since, day("2026-06-30")).unwrap();
    assert_eq!((given.period.unwrap().end, given.counted), (Some(day("2026-06-30")), Some(whole)));
    assert_eq!(seminars().entitlement(next, since, day("2026-06-30")), None, "a day of another agreement");
}

#[test]
fn a_calendar_year_begins_with_the_agreement_and_ends_with_december() {
    let benefit = Benefit { year: BenefitYear::Calendar, ..seminars() };
    let on = |on| given(&benefit, from("2026-10-01", Some("2028-06-30")), on);
    assert_eq!(on("2026-10-01"), year(2, "2026-10-01", "2026-12-31"));
    assert_eq!(on("2027-01-01"), year(2, "2027-01-01", "2027-12-31"));
    assert_eq!(on("2028-06-30"), year(2, "2028-01-01", "2028-06-30"));
    assert_eq!(on("2028-07-01"), None);
}

#[test]
fn a_part_of_a_year_brings_its_whole_months_rounded_down_where_the_terms_say_so() {
    let benefit = Benefit { year: BenefitYear::Calendar, part_years: PartYears::ProRata, ..seminars() };
    let quantity = |start: &str, on: &str| given(&benefit, from(start, None), on).unwrap().0;
    // Six whole months bring one of two, one day less brings none, and a whole year both.
    assert_eq!(quantity("2026-07-01", "2026-07-01"), 1);
    assert_eq!(quantity("2026-07-02", "2026-07-02"), 0);
    assert_eq!(quantity("2026-01-02", "2026-12-31"), 1);
    assert_eq!(quantity("2026-01-01", "2026-12-31"), 2);
    assert_eq!(quantity("2026-07-02", "2027-01-01"), 2);
    let ending = Benefit { year: BenefitYear::Agreement, ..benefit };
    let until = |end| given(&ending, from("2026-03-15", Some(end)), "2026-03-15").unwrap().0;
    assert_eq!((until("2027-03-14"), until("2027-03-13"), until("2026-09-14"), until("2026-09-13")), (2, 1, 1, 0));
}

#[test]
fn r84_a_benefit_that_is_a_discount_comes_once_and_one_that_is_not_counted_without_limit() {
    let agreement = from("2026-03-15", None);
    let once = Benefit { quantity_per_year: None, discount: Some("0.5".parse().unwrap()), ..seminars() };
    let entitlement = once.entitlement(agreement, agreement.start, day("2029-01-01"));
    assert_eq!(entitlement, Some(Entitlement { period: None, counted: None, quantity: Some(1) }));
    let training = Benefit { quantity_per_year: None, ..seminars() };
    let entitlement = training.entitlement(agreement, agreement.start, day("2029-01-01"));
    assert_eq!(entitlement, Some(Entitlement { period: None, counted: None, quantity: None }));
    assert_eq!(training.entitlement(agreement, agreement.start, day("2026-03-14")), None);
}

#[test]
fn r85_the_third_of_two_is_refused_and_a_place_that_is_given_back_is_free_again() {
    let two = Entitlement { period: None, counted: None, quantity: Some(2) };
    let place = |taken: &[u32]| two.next_place(&taken.iter().copied().collect());
    assert_eq!(place(&[]), Ok(Some(1)));
    assert_eq!(place(&[1]), Ok(Some(2)));
    assert_eq!(place(&[1, 2]), Err(Exhausted { quantity: 2 }));
    assert_eq!(place(&[2]), Ok(Some(1)));
    let none = Entitlement { quantity: Some(0), ..two };
    assert_eq!(none.next_place(&BTreeSet::new()), Err(Exhausted { quantity: 0 }));
    assert_eq!(Entitlement { quantity: None, ..two }.next_place(&BTreeSet::from([1])), Ok(None));
}

#[test]
fn a_use_is_granted_before_it_is_had_and_given_back_only_before() {
    use BenefitUseState::{Granted, Refused, Requested, Used, Withdrawn};
    let allowed = [
        (Requested, UseAction::Grant, Granted),
        (Requested, UseAction::Refuse, Refused),
        (Requested, UseAction::Withdraw, Withdrawn),
        (Granted, UseAction::Use, Used),
        (Granted, UseAction::Withdraw, Withdrawn),
    ];
    for state in BenefitUseState::ALL {
        for action in [UseAction::Grant, UseAction::Refuse, UseAction::Use, UseAction::Withdraw] {
            let known = allowed.iter().find(|(from, by, _)| (*from, *by) == (state, action));
            let same = allowed.iter().any(|(_, by, to)| (*by, *to) == (action, state));
            let expected = match known {
                Some((_, _, to)) => Ok(Decided::Changed(*to)),
                None if same => Ok(Decided::Unchanged),
                None => Err(state),
            };
            assert_eq!(state.after(action), expected, "{state:?} {action:?}");
        }
    }
    assert_eq!(BenefitUseState::ALL.map(BenefitUseState::takes_place), [true, true, true, false, false]);
    assert!(BenefitUseState::ALL.iter().all(|state| BenefitUseState::from_code(state.code()) == Some(*state)));
    assert!(BenefitYear::ALL.iter().all(|word| BenefitYear::from_code(word.code()) == Some(*word)));
    assert!(PartYears::ALL.iter().all(|word| PartYears::from_code(word.code()) == Some(*word)));
}
