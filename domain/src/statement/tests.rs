use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::{
    ledger::{EntryKind, PeriodLength},
    money::{Currency, Money, Rate},
    partner::{Country, TaxId},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn month(text: &str) -> Period {
    text.parse().unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn eur(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

fn rules() -> TaxRules {
    let rate = |from: &str, rate: &str| VatRate { from: day(from), rate: rate.parse().unwrap() };
    TaxRules {
        union: ["PT", "FR", "ES"].map(country).into(),
        rates: [
            (country("PT"), vec![rate("2011-01-01", "0.23")]),
            (country("FR"), vec![rate("2000-04-01", "0.196"), rate("2014-01-01", "0.2")]),
        ]
        .into(),
    }
}

fn profile(regime: VatRegime) -> TaxProfile {
    let id = TaxId::parse(country("PT"), "501442600").ok();
    let vat_number = id.map(|id| VatNumber { id, written: "501442600".to_owned() });
    let legal_note = Some("By law.".to_owned());
    TaxProfile { valid_from: day("2026-01-01"), regime, vat_number, legal_note, withholding: None, billing: Billing::Invoice }
}

fn assessed(supplier: (&str, Option<&TaxProfile>), customer: (&str, Option<&TaxProfile>), base: Money) -> Assessment {
    assess(party(supplier), party(customer), &rules(), day("2026-03-31"), base).unwrap()
}

fn party<'p>((code, profile): (&str, Option<&'p TaxProfile>)) -> TaxParty<'p> {
    TaxParty { country: country(code), profile }
}

#[test]
fn a_period_is_a_calendar_month_or_quarter() {
    let march = month("2026-03");
    assert_eq!((march.first(), march.last()), (day("2026-03-01"), day("2026-03-31")));
    let quarter = month("2026-Q1");
    assert_eq!((quarter.first(), quarter.last()), (day("2026-01-01"), day("2026-03-31")));
    assert_eq!(month("2024-02").last(), day("2024-02-29"));
    assert_eq!(march.to_string(), "2026-03");
    assert_eq!(quarter.to_string(), "2026-Q1");
    assert_eq!(march.next(), Some(month("2026-04")));
    assert_eq!(month("2026-Q4").next(), Some(month("2027-Q1")));
    assert_eq!(Period::of(day("2026-03-31"), PeriodLength::Month), Some(march));
    assert_eq!(Period::of(day("2026-04-01"), PeriodLength::Quarter), Some(month("2026-Q2")));
    for text in ["", "2026", "2026-13", "2026-00", "2026-Q0", "2026-Q5", "2026-3", "26-03", "2026-03-01", "2026-q1", "+026-03"] {
        assert!(text.parse::<Period>().is_err(), "{text}");
    }
}

#[test]
fn a_period_has_ended_on_the_day_after_its_last_and_not_before() {
    let march = month("2026-03");
    assert!(!march.has_ended(day("2026-03-31")));
    assert!(march.has_ended(day("2026-04-01")));
}

#[test]
fn directive_86_653_statements_are_due_on_the_last_day_of_the_month_after_the_quarter() {
    for (period, due) in [
        ("2026-01", "2026-04-30"),
        ("2026-03", "2026-04-30"),
        ("2026-04", "2026-07-31"),
        ("2026-12", "2027-01-31"),
        ("2026-Q1", "2026-04-30"),
        ("2026-Q3", "2026-10-31"),
    ] {
        assert_eq!(month(period).due_on(), Some(day(due)), "{period}");
    }
}

#[test]
fn what_a_partner_owes_its_master_stands_apart_from_what_it_earns() {
    assert_eq!(StatementKind::of(EntryKind::Commission), StatementKind::Earnings);
    assert_eq!(StatementKind::of(EntryKind::Share), StatementKind::Remittance);
    assert_eq!(StatementKind::of(EntryKind::BuyPrice), StatementKind::Remittance);
    assert_eq!(StatementKind::of(EntryKind::EntryFee), StatementKind::Remittance);
}

#[test]
fn the_standard_rate_is_charged_within_a_country() {
    let standard = profile(VatRegime::Standard);
    let tax = assessed(("PT", Some(&standard)), ("PT", None), eur("180.00"));
    assert_eq!((tax.treatment, tax.vat, tax.withheld), (TaxTreatment::StandardRate, eur("41.40"), eur("0.00")));
    // 0.23 × 0.50 is 0.115, the half goes up; and down for what is taken back.
    assert_eq!(assessed(("PT", Some(&standard)), ("PT", None), eur("0.50")).vat, eur("0.12"));
    assert_eq!(assessed(("PT", Some(&standard)), ("PT", None), eur("-0.50")).vat, eur("-0.12"));
}

#[test]
fn across_a_border_of_the_union_a_registered_customer_accounts_for_the_tax() {
    let standard = profile(VatRegime::Standard);
    let to_registered = assessed(("FR", Some(&standard)), ("PT", Some(&standard)), eur("100.00"));
    assert_eq!((to_registered.treatment, to_registered.vat), (TaxTreatment::ReverseCharge, eur("0.00")));
    let to_unregistered = assessed(("FR", Some(&standard)), ("PT", None), eur("100.00"));
    assert_eq!((to_unregistered.treatment, to_unregistered.vat), (TaxTreatment::StandardRate, eur("20.00")));
    for (supplier, customer) in [("FR", "BR"), ("BR", "FR")] {
        let outside = assessed((supplier, Some(&standard)), (customer, Some(&standard)), eur("100.00"));
        assert_eq!((outside.treatment, outside.vat), (TaxTreatment::OutsideScope, eur("0.00")), "{supplier} {customer}");
    }
}

#[test]
fn a_regime_without_tax_charges_none_and_without_a_profile_none_is_stated() {
    for (regime, treatment) in [
        (VatRegime::ReverseCharge, TaxTreatment::ReverseCharge),
        (VatRegime::Exempt, TaxTreatment::Exempt),
        (VatRegime::OutsideScope, TaxTreatment::OutsideScope),
    ] {
        let profile = profile(regime);
        let tax = assessed(("PT", Some(&profile)), ("PT", None), eur("100.00"));
        assert_eq!((tax.treatment, tax.vat), (treatment, eur("0.00")));
    }
    assert_eq!(assessed(("PT", None), ("PT", None), eur("100.00")).treatment, TaxTreatment::NoProfile);
}

#[test]
fn without_a_standard_rate_of_the_suppliers_country_no_tax_is_stated_and_what_is_withheld_is() {
    let withholding = Some(Withholding { rate: "0.25".parse().unwrap(), legal_note: "By law.".to_owned() });
    let standard = TaxProfile { withholding, ..profile(VatRegime::Standard) };
    // There are rates of PT and of FR, none of ES; and those of PT begin in 2011.
    let tax = assessed(("ES", Some(&standard)), ("ES", None), eur("100.00"));
    assert_eq!((tax.treatment, tax.vat_rate, tax.vat), (TaxTreatment::NoRate, Rate::ZERO, eur("0.00")));
    assert_eq!(tax.withheld, eur("25.00"));
    let on = |date: &str| {
        let (supplier, customer) = (party(("PT", Some(&standard))), party(("PT", None)));
        assess(supplier, customer, &rules(), day(date), eur("100.00")).unwrap().treatment
    };
    assert_eq!((on("2010-12-31"), on("2011-01-01")), (TaxTreatment::NoRate, TaxTreatment::StandardRate));
    // Where the customer accounts for the tax, no rate is asked for.
    let registered = assessed(("ES", Some(&standard)), ("PT", Some(&standard)), eur("100.00"));
    assert_eq!(registered.treatment, TaxTreatment::ReverseCharge);
}

#[test]
fn what_is_withheld_is_a_part_of_the_lines_and_comes_off() {
    let withholding = Some(Withholding { rate: "0.015".parse().unwrap(), legal_note: "IRRF.".to_owned() });
    let profile = TaxProfile { withholding, ..profile(VatRegime::OutsideScope) };
    let tax = assessed(("BR", Some(&profile)), ("BR", None), eur("1000.10"));
    // 0.015 × 1000.10 is 15.0015.
    assert_eq!((tax.withheld, tax.vat), (eur("15.00"), eur("0.00")));
    let totals = Totals::close(eur("10.00"), tax.base, tax.vat, tax.withheld, eur("10.00")).unwrap();
    assert_eq!((totals.closing, totals.due()), (eur("985.10"), Some(eur("985.10"))));
}

#[test]
fn a_rate_holds_from_its_first_day_until_the_next_one() {
    let rate = |on: &str| rules().rate(country("FR"), day(on)).map(|rate| rate.to_string());
    assert_eq!(rate("2000-03-31"), None);
    assert_eq!(rate("2000-04-01").as_deref(), Some("0.196"));
    assert_eq!(rate("2013-12-31").as_deref(), Some("0.196"));
    assert_eq!(rate("2014-01-01").as_deref(), Some("0.2"));
    assert_eq!(rules().rate(country("BR"), day("2026-01-01")), None);
}

#[test]
fn everything_that_a_profile_lacks_is_named_at_once() {
    let withholding = Some(Withholding { rate: Rate::ZERO, legal_note: String::new() });
    let bare = TaxProfile { vat_number: None, legal_note: None, withholding, ..profile(VatRegime::Standard) };
    let lacks =
        [TaxProfileFault::NoRate { country: country("BR") }, TaxProfileFault::NoVatNumber, TaxProfileFault::NothingWithheld];
    assert_eq!(bare.faults(country("BR"), &rules()), lacks);
    let exempt = TaxProfile { regime: VatRegime::Exempt, withholding: None, ..bare };
    assert_eq!(exempt.faults(country("BR"), &rules()), [TaxProfileFault::NoLegalNote]);
    assert_eq!(profile(VatRegime::Standard).faults(country("PT"), &rules()), []);
}

#[test]
fn amounts_of_two_currencies_make_no_balance() {
    let yen = Money::from_minor(1, Currency::JPY);
    let nothing = eur("0.00");
    assert_eq!(Totals::close(nothing, yen, nothing, nothing, nothing), Err(BalanceFault { currency: Currency::EUR }));
    let most = Money::from_minor(i64::MAX, Currency::EUR);
    assert_eq!(Totals::close(most, eur("0.01"), nothing, nothing, nothing), Err(BalanceFault { currency: Currency::EUR }));
}

proptest! {
    #[test]
    fn a_chain_of_balances_comes_to_the_sum_of_what_moved(
        moves in prop::collection::vec((-1_000_000_i64..1_000_000, 0_i64..1_000, 0_i64..1_000, -1_000_i64..1_000), 0..20),
    ) {
        let money = |minor| Money::from_minor(minor, Currency::EUR);
        let mut balance = money(0);
        for (lines, vat, withheld, paid) in &moves {
            balance = Totals::close(balance, money(*lines), money(*vat), money(*withheld), money(*paid)).unwrap().closing;
        }
        let sum: i64 = moves.iter().map(|(lines, vat, withheld, paid)| lines + vat - withheld - paid).sum();
        prop_assert_eq!(balance, money(sum));
    }

    #[test]
    fn every_day_lies_in_its_period_and_periods_follow_each_other(days in 0_i64..40_000) {
        let day = day("1990-01-01").checked_add_signed(chrono::TimeDelta::days(days)).unwrap();
        for length in PeriodLength::ALL {
            let period = Period::of(day, length).unwrap();
            prop_assert!(period.first() <= day && day <= period.last());
            prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
            prop_assert_eq!(period.next().unwrap().first(), period.last().succ_opt().unwrap());
            prop_assert!(period.due_on().unwrap() > period.last());
        }
    }
}

#[test]
fn a_greek_number_is_stated_with_the_letters_that_the_union_knows_it_by() {
    let stated = |country: &str, written: &str| {
        let id = TaxId::parse(Country::parse(country).unwrap(), written).unwrap();
        VatNumber { id, written: written.to_owned() }.stated()
    };
    for written in ["EL094259216", "GR094259216", "094259216", "94259216", "EL 094259216"] {
        assert_eq!(stated("GR", written), "EL094259216", "{written}");
    }
    assert_eq!(stated("FR", "FR40303265045"), "FR40303265045");
}
