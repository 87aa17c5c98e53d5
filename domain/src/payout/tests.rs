use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    decided::Decided,
    money::{Currency, Money, Rate},
    partner::Country,
    statement::TaxRates,
};

fn eur(text: &str) -> Money {
    Money::parse(text, Currency::EUR).unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_iban_is_read_in_any_spacing_and_shown_masked() {
    let read = AccountNumber::read(country("PT"), Some("pt50 0002 0123 1234 5678 9015 4"), Some("bcompt pl"), &fields(&[]));
    assert_eq!(read.unwrap().masked(), "PT50…0154");
}

#[test]
fn everything_that_is_wrong_with_an_account_is_told_at_once() {
    let read = |of: &str, iban, bic, given: &[(&str, &str)]| {
        let faults = AccountNumber::read(country(of), iban, bic, &fields(given)).unwrap_err();
        faults.iter().map(AccountFault::code).collect::<Vec<_>>()
    };
    // A wrong check digit, and a BIC of seven characters.
    assert_eq!(read("PT", Some("PT51000201231234567890154"), Some("BCOMPTP"), &[]), ["wrong_bic", "wrong_iban"]);
    assert_eq!(read("FR", Some("PT50000201231234567890154"), None, &[]), ["iban_of_other_country"]);
    assert_eq!(read("PT", None, None, &[]), ["iban_or_fields"]);
    assert_eq!(read("PT", Some("PT50000201231234567890154"), None, &[("account", "1")]), ["iban_or_fields"]);
    assert_eq!(read("BR", None, Some("BRASBRRJ"), &[("account", "12345-6")]), ["bic_without_iban", "account_fields_missing"]);
}

#[test]
fn an_account_in_brazil_has_a_pix_key_or_bank_branch_and_account() {
    for given in
        [fields(&[("pix_key", "ana@loja.example")]), fields(&[("bank", "001"), ("branch", "1234"), ("account", "123456-7")])]
    {
        let number = AccountNumber::read(country("BR"), None, None, &given).unwrap();
        assert_eq!(number, AccountNumber::Local(given));
    }
    let masked = AccountNumber::Local(fields(&[("bank", "001"), ("account", "123456-7")])).masked();
    assert_eq!(masked, "account …56-7, bank …");
}

#[test]
fn an_account_that_a_master_set_is_confirmed_by_somebody_else() {
    let account = |state| Confirmation { state, set_by: "ana" };
    let decide = |state, by, verdict| decide_account(account(state), by, verdict);
    use AccountState::{Confirmed, Pending, Rejected};
    use AccountVerdict::{Confirm, Reject};
    assert_eq!(decide(Pending, "ana", Confirm), Err(ConfirmationRefusal::SamePerson));
    assert_eq!(decide(Pending, "rui", Confirm), Ok(Decided::Changed(Confirmed)));
    assert_eq!(decide(Confirmed, "rui", Confirm), Ok(Decided::Unchanged));
    // Who mistyped it may take it back.
    assert_eq!(decide(Pending, "ana", Reject), Ok(Decided::Changed(Rejected)));
    assert_eq!(decide(Confirmed, "rui", Reject), Err(ConfirmationRefusal::Decided { state: Confirmed }));
    assert_eq!(decide(Rejected, "rui", Confirm), Err(ConfirmationRefusal::Decided { state: Rejected }));
}

#[test]
fn a_payout_goes_from_state_to_state_as_the_contract_says() {
    use PayoutAction as Do;
    use PayoutState as Is;
    let allowed = [
        (Is::Pending, Do::Approve, Is::Approved),
        (Is::Pending, Do::Cancel, Is::Canceled),
        (Is::Approved, Do::Cancel, Is::Canceled),
        (Is::Approved, Do::Send, Is::Sent),
        (Is::Sent, Do::Pay, Is::Paid),
        (Is::Sent, Do::Fail, Is::Failed),
        (Is::Sent, Do::Return, Is::Returned),
        (Is::Paid, Do::Return, Is::Returned),
    ];
    let again = [
        (Is::Approved, Do::Approve),
        (Is::Sent, Do::Send),
        (Is::Paid, Do::Pay),
        (Is::Failed, Do::Fail),
        (Is::Returned, Do::Return),
        (Is::Canceled, Do::Cancel),
    ];
    for state in PayoutState::ALL {
        for action in PayoutAction::ALL {
            let to = allowed.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(_, _, to)| *to);
            let after = state.after(action, eur("0.01"));
            match to {
                Some(to) => assert_eq!(after, Ok(Decided::Changed(to)), "{state:?} {action:?}"),
                None if again.contains(&(state, action)) => assert_eq!(after, Ok(Decided::Unchanged)),
                None => assert_eq!(after, Err(WrongPayoutState { action, state })),
            }
        }
    }
}

#[test]
fn what_debts_took_whole_is_paid_without_a_bank() {
    let nothing = eur("0.00");
    assert_eq!(PayoutState::Approved.after(PayoutAction::Pay, nothing), Ok(Decided::Changed(PayoutState::Paid)));
    assert!(PayoutState::Approved.after(PayoutAction::Send, nothing).is_err());
    assert!(PayoutState::Paid.after(PayoutAction::Return, nothing).is_err());
    assert!(PayoutState::Approved.after(PayoutAction::Pay, eur("0.01")).is_err());
}

#[test]
fn a_payout_above_the_limit_waits_for_somebody_who_did_not_make_it() {
    assert!(!needs_second_person(eur("5000.00"), Some(eur("5000.00"))));
    assert!(needs_second_person(eur("5000.01"), Some(eur("5000.00"))));
    assert!(needs_second_person(eur("0.01"), None), "no limit is no permission");
    assert!(needs_second_person(Money::from_minor(1, Currency::JPY), Some(eur("5000.00"))), "of another currency");
    let (pending, amount) = (PayoutState::Pending, eur("9000.00"));
    assert_eq!(approve(pending, amount, "ana", "ana"), Err(ApprovalRefusal::SamePerson));
    assert_eq!(approve(pending, amount, "ana", "rui"), Ok(Decided::Changed(PayoutState::Approved)));
}

#[test]
fn what_failed_came_back_or_was_called_off_frees_its_statements() {
    let free: Vec<_> = PayoutState::ALL.into_iter().filter(|state| !state.is_live()).collect();
    assert_eq!(free, [PayoutState::Failed, PayoutState::Returned, PayoutState::Canceled]);
}

/// What is open of a statement: what it owes, what the partner owes back, how much of that was never paid, and what waits.
fn unpaid(statement: usize, [owed, debt, unpaid, deferred]: [&str; 4]) -> Unpaid<usize> {
    Unpaid { statement, owed: eur(owed), debt: eur(debt), unpaid: eur(unpaid), deferred: eur(deferred) }
}

/// What a payout comes to, and its parts.
fn netted(open: &[Unpaid<usize>], part: &str) -> Option<(String, Vec<String>)> {
    net(open, part.parse().unwrap(), Currency::EUR).unwrap().map(|netted| {
        let parts = netted.parts.iter().map(|part| format!("{} {}", part.statement, part.amount));
        (netted.amount.to_string(), parts.collect())
    })
}

fn paying(amount: &str, of: &[&str]) -> Option<(String, Vec<String>)> {
    Some((amount.to_owned(), of.iter().map(|part| (*part).to_owned()).collect()))
}

#[test]
fn d20_debts_take_at_most_their_part_of_a_payout() {
    let parts = |amounts: &[&str], part: &str| {
        let of = |(statement, amount): (usize, &&str)| match amount.starts_with('-') {
            true => unpaid(statement, ["0.00", amount, "0.00", "0.00"]),
            false => unpaid(statement, [amount, "0.00", "0.00", "0.00"]),
        };
        netted(&amounts.iter().enumerate().map(of).collect::<Vec<_>>(), part)
    };
    assert_eq!(parts(&["100.00", "-30.00"], "0.5"), paying("70.00", &["0 100.00", "1 -30.00"]));
    assert_eq!(parts(&["-80.00", "100.00"], "0.5"), paying("50.00", &["1 100.00", "0 -50.00"]));
    assert_eq!(parts(&["100.00", "-80.00"], "1"), paying("20.00", &["0 100.00", "1 -80.00"]));
    assert_eq!(parts(&["100.00", "-180.00"], "1"), paying("0.00", &["0 100.00", "1 -100.00"]));
    assert_eq!(parts(&["100.00", "-80.00"], "0"), paying("100.00", &["0 100.00"]));
    // Half of 0.01 is no cent: the partner keeps it.
    assert_eq!(parts(&["0.01", "-80.00"], "0.5"), paying("0.01", &["0 0.01"]));
    assert_eq!(parts(&["-80.00"], "1"), None);
    assert_eq!(parts(&[], "1"), None);
}

#[test]
fn d20_what_takes_back_what_was_never_paid_is_set_off_in_full() {
    let march = unpaid(0, ["180.00", "0.00", "0.00", "0.00"]);
    let all_back = unpaid(1, ["0.00", "-180.00", "-180.00", "0.00"]);
    assert_eq!(netted(&[march, all_back], "0.5"), paying("0.00", &["0 180.00", "1 -180.00"]));
    // Of what is left, a debt takes half.
    let part_back = unpaid(1, ["0.00", "-80.00", "-80.00", "0.00"]);
    let debt = unpaid(2, ["0.00", "-70.00", "0.00", "0.00"]);
    assert_eq!(netted(&[march, part_back, debt], "0.5"), paying("50.00", &["0 180.00", "1 -80.00", "2 -50.00"]));
    // A statement may have both.
    let both = unpaid(1, ["0.00", "-150.00", "-80.00", "0.00"]);
    assert_eq!(netted(&[march, both], "0.5"), paying("50.00", &["0 180.00", "1 -130.00"]));
}

#[test]
fn d20_no_payout_takes_what_a_recovery_plan_keeps_for_later() {
    let owed = unpaid(0, ["300.00", "0.00", "0.00", "0.00"]);
    let planned = |deferred| netted(&[owed, unpaid(1, ["0.00", "-90.00", "0.00", deferred])], "0.5");
    assert_eq!(planned("90.00"), paying("300.00", &["0 300.00"]));
    assert_eq!(planned("60.00"), paying("270.00", &["0 300.00", "1 -30.00"]));
    assert_eq!(planned("0.00"), paying("210.00", &["0 300.00", "1 -90.00"]));
    // What was taken before counts: an instalment that is due takes no more than is left.
    assert_eq!(planned("100.00"), paying("300.00", &["0 300.00"]));
}

#[test]
fn what_a_statement_owes_and_what_it_takes_back_come_to_what_is_due() {
    let divided = |lines, due, back| {
        let (owed, debt) = Stated { lines: eur(lines), due: eur(due), back: eur(back), rates: None }.divide().unwrap();
        format!("{owed} {debt}")
    };
    assert_eq!(divided("100.00", "100.00", "0.00"), "100.00 0.00");
    assert_eq!(divided("-80.00", "-80.00", "-180.00"), "100.00 -180.00");
    assert_eq!(divided("0.00", "0.00", "-100.00"), "100.00 -100.00");
    // 23 % on each: 123.00 less 221.40.
    assert_eq!(divided("-80.00", "-98.40", "-180.00"), "123.00 -221.40");
    // 10 % are withheld of what is paid, and so of what is paid back: nothing is owed by it.
    assert_eq!(divided("-180.00", "-162.00", "-180.00"), "0.00 -162.00");
    // What no statement stated before is the statement's own.
    assert_eq!(divided("-20.00", "-20.00", "0.00"), "0.00 -20.00");
    assert_eq!(divided("-200.00", "-200.00", "-180.00"), "0.00 -200.00");
}

#[test]
fn d20_what_a_statement_owes_has_its_own_taxes_whatever_it_takes_back() {
    let rates = TaxRates { vat: "0.2".parse().unwrap(), withholding: "0.1".parse().unwrap() };
    let divided = |rates: TaxRates, earned: &str, back: &str| {
        let lines = eur(earned).checked_add(eur(back)).unwrap();
        let due = rates.with_taxes(lines).unwrap();
        let (owed, debt) = Stated { lines, due, back: eur(back), rates: Some(rates) }.divide().unwrap();
        assert_eq!(owed.checked_add(debt), Some(due));
        format!("{owed} {debt}")
    };
    let vat = TaxRates { withholding: Rate::ZERO, ..rates };
    // 20 % on each, also where the lines come to nothing.
    assert_eq!(divided(vat, "180.00", "-180.00"), "216.00 -216.00");
    assert_eq!(divided(vat, "180.00", "-120.00"), "216.00 -144.00");
    assert_eq!(divided(vat, "180.00", "-9000.00"), "216.00 -10800.00");
    // And 10 % kept back: 180 + 36 - 18.
    assert_eq!(divided(rates, "180.00", "-180.00"), "198.00 -198.00");
    // Nothing was earned: all of it is debt.
    assert_eq!(divided(vat, "0.00", "-180.00"), "0.00 -216.00");
    // A cent has no tax, a cent less than nothing neither.
    assert_eq!(divided(vat, "180.01", "-180.00"), "216.01 -216.00");
}

#[test]
fn d20_what_goes_with_parts_of_a_debt_comes_to_all_of_it_with_its_taxes() {
    // 0.04 and 0.03 with 19 % are 0.05 and 0.04, and 0.07 are 0.08: what is owed has 0.01 of its own tax.
    let rates = TaxRates { vat: "0.19".parse().unwrap(), withholding: Rate::ZERO };
    let stated = Stated { lines: eur("-0.04"), due: eur("-0.05"), back: eur("-0.07"), rates: Some(rates) };
    assert_eq!(stated.divide(), Some((eur("0.04"), eur("-0.09"))));
    assert_eq!(stated.debt_of(eur("0.07")), Some(eur("0.09")));
    assert_eq!(stated.debt_of(eur("0.03")), Some(eur("0.04")));
    assert_eq!(stated.debt_of(eur("0.00")), Some(eur("0.00")));
    let nothing_back = Stated { back: eur("0.00"), ..stated };
    assert_eq!(nothing_back.debt_of(eur("0.03")), Some(eur("0.00")));
}

fn open(amounts: &[&str]) -> Vec<Open<usize>> {
    amounts.iter().enumerate().map(|(statement, amount)| Open { statement, amount: eur(amount) }).collect()
}

#[test]
fn a_payment_settles_the_oldest_first_and_the_rest_waits() {
    let allocated = |payment: &str| {
        let (parts, left) = allocate(eur(payment), &open(&["10.00", "20.00"])).unwrap();
        let parts = parts.iter().map(|part| format!("{} {}", part.statement, part.amount)).collect::<Vec<_>>();
        (parts.join(", "), left.to_string())
    };
    assert_eq!(allocated("4.00"), ("0 4.00".to_owned(), "0.00".to_owned()));
    assert_eq!(allocated("10.01"), ("0 10.00, 1 0.01".to_owned(), "0.00".to_owned()));
    assert_eq!(allocated("35.00"), ("0 10.00, 1 20.00".to_owned(), "5.00".to_owned()));
}

#[test]
fn what_is_open_ages_from_the_day_it_was_due() {
    let due = day("2026-03-31");
    for (today, bucket) in [
        ("2026-03-31", Bucket::Current),
        ("2026-04-01", Bucket::Thirty),
        ("2026-04-30", Bucket::Thirty),
        ("2026-05-01", Bucket::Sixty),
        ("2026-05-30", Bucket::Sixty),
        ("2026-05-31", Bucket::Ninety),
        ("2026-06-29", Bucket::Ninety),
        ("2026-06-30", Bucket::Older),
    ] {
        assert_eq!(Bucket::of(due, day(today)), bucket, "{today}");
    }
    let aged = age(&[(due, eur("1.00")), (day("2026-04-30"), eur("2.00"))], day("2026-05-01"), Currency::EUR).unwrap();
    let sums: Vec<String> = aged.buckets.iter().map(|(bucket, sum)| format!("{} {sum}", bucket.code())).collect();
    assert_eq!(sums, ["current 0.00", "thirty 2.00", "sixty 1.00", "ninety 0.00", "older 0.00"]);
    assert_eq!(aged.total, eur("3.00"));
}

proptest! {
    #[test]
    fn a_payout_is_the_sum_of_its_parts_and_takes_no_statement_beyond_what_is_open(
        amounts in prop::collection::vec((0_i64..100_000, 0_i64..100_000, 0_i64..=100, 0_i64..50_000), 0..12), ppm in 0..=1_000_000_u32,
    ) {
        let money = |minor| Money::from_minor(minor, Currency::EUR);
        let never_paid = |(_, debt, percent, _): &(i64, i64, i64, i64)| debt * percent / 100;
        let open: Vec<_> = amounts.iter().enumerate().map(|(statement, of)| Unpaid {
            statement, owed: money(of.0), debt: money(-of.1), unpaid: money(-never_paid(of)), deferred: money(of.3),
        }).collect();
        let gross: i64 = amounts.iter().map(|of| of.0).sum();
        let set_off = amounts.iter().map(never_paid).sum::<i64>().min(gross);
        let netted = net(&open, Rate::from_ppm(ppm).unwrap(), Currency::EUR).unwrap();
        prop_assert_eq!(netted.is_some(), gross > 0);
        if let Some(netted) = netted {
            prop_assert_eq!(netted.amount.minor(), netted.parts.iter().map(|part| part.amount.minor()).sum::<i64>());
            // Debts leave the partner its part of what is left after what was never paid.
            let by_debts = gross - set_off - netted.amount.minor();
            prop_assert!(by_debts >= 0 && i128::from(by_debts) * 1_000_000 <= i128::from(gross - set_off) * i128::from(ppm));
            for part in &netted.parts {
                let (owed, debt, _, _) = amounts[part.statement];
                let within = part.amount.minor() == owed || (-debt..0).contains(&part.amount.minor());
                prop_assert!(within, "{} of {owed} less {debt}", part.amount);
            }
        }
    }

    #[test]
    fn nothing_of_a_payment_is_lost(payment in 1_i64..1_000_000, open in prop::collection::vec(1_i64..100_000, 0..12)) {
        let open: Vec<_> = open.iter().enumerate()
            .map(|(statement, minor)| Open { statement, amount: Money::from_minor(*minor, Currency::EUR) }).collect();
        let (parts, left) = allocate(Money::from_minor(payment, Currency::EUR), &open).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.amount.minor()).sum::<i64>() + left.minor(), payment);
        prop_assert!(parts.iter().all(|part| part.amount.minor() <= open[part.statement].amount.minor()));
    }
}
