//! What an annuity has come to by each trigger after refunds and cancellations, and what is told when nothing comes of it (D12, D20).

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

/// A referrer whose only rule is changed: 15 % of each annuity of a sale.
fn referrer(market: &Market<'_>, changes: Value) -> (String, String) {
    let partner = market.partner();
    let mut rule = json!({ "base": "annuity", "recurrence": "every_year" });
    rule.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let agreement = market.agreement_with(&partner, "referrer", None, Some(json!({ "rules": { "first_annuity": rule } })));
    (partner, agreement)
}

/// A sale of 1,200.00 a year for some years that the master contracts.
fn brought<'a>(market: &'a Market<'_>, agreement: &str, years: u32) -> Sold<'a> {
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let customer = market.customer(&market.master_id());
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "years": years, "lines": lines });
    market.sell(market.master(), &body)
}

/// What a partner has of a sale: what was earned less what was taken back, each entry computed again from its explanation.
fn left(sold: &Sold<'_>, caller: &Caller) -> String {
    let mut cents = 0_i64;
    for entry in sold.entries(caller) {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entry))).expect(200);
        let amount = crate::recompute::amount(&explanation);
        assert_eq!(entry["amount"]["amount"], amount.as_str());
        assert!(!explanation["to_date"].is_null(), "{explanation}");
        let minor: i64 = amount.replace('.', "").parse().unwrap();
        cents += if entry["correction"].is_null() { minor } else { -minor };
    }
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn cancel(master: &Caller, sold: &Sold<'_>, ended_on: &str, more: Value) {
    let mut body = json!({ "reason": "The customer closed its business.", "ended_on": ended_on });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    master.post(format!("/v1/contracts/{}/cancel", sold.contract), body).expect(200);
}

fn take_back(master: &Caller, sold: &Sold<'_>, kind: &str, amount: &str, more: Value) {
    let mut body =
        json!({ "kind": kind, "amount": eur(amount), "dated_on": "2026-03-02", "reference": format!("{kind} {amount}") });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    master.post(format!("/v1/annuities/{}/instalments", sold.annuity(1)), body).expect(201);
}

on_both_engines! {
    fn d20_a_refund_counts_with_or_without_a_credit_note_and_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        for trigger in ["contracted", "invoiced", "collected"] {
            let (partner, agreement) = referrer(&market, json!({ "trigger": trigger }));
            let caller = market.caller(&partner);
            let sold = brought(&market, &agreement, 1);
            let mut seen = vec![];
            sold.bill(1, "1200.00");
            for (kind, amount) in [("refund", "400.00"), ("credit", "400.00"), ("refund", "200.00"), ("collection", "100.00")] {
                // What is collected again: of 800.00 that are billed, 600.00 are collected.
                sold.record(1, kind, amount);
                seen.push(left(&sold, &caller));
            }
            // 15 % of 800.00, whether the refund has a credit note or not; of 600.00; and of 700.00.
            assert_eq!(seen, ["120.00", "120.00", "90.00", "105.00"], "{trigger}");
        }
        crate::continuity::assert_sound(&app);
    }

    fn d20_giving_back_what_was_paid_beyond_the_bill_takes_nothing_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        for trigger in ["contracted", "invoiced"] {
            let (partner, agreement) = referrer(&market, json!({ "trigger": trigger }));
            let caller = market.caller(&partner);
            let sold = brought(&market, &agreement, 1);
            sold.bill(1, "1200.00");
            sold.record(1, "credit", "400.00");
            assert_eq!(left(&sold, &caller), "120.00", "{trigger}");
            let before = sold.entries(&caller).len();
            // The credit note left 400.00 that were paid beyond the bill.
            sold.record(1, "refund", "400.00");
            assert_eq!(sold.entries(&caller).len(), before, "{trigger}");
        }
    }

    fn d20_what_the_masters_fault_refunds_without_a_credit_note_stays_with_the_partner(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let fault = json!({ "at_fault": "master", "reason": "The module could not be delivered." });
        for trigger in ["contracted", "invoiced", "collected"] {
            let (partner, agreement) = referrer(&market, json!({ "trigger": trigger }));
            let caller = market.caller(&partner);
            let sold = brought(&market, &agreement, 1);
            sold.bill(1, "1200.00");
            take_back(market.master(), &sold, "refund", "500.00", fault.clone());
            assert_eq!(left(&sold, &caller), "180.00", "{trigger}");
            take_back(market.master(), &sold, "refund", "300.00", json!({}));
            // What is nobody's fault is taken back: 15 % of 900.00 stay.
            assert_eq!(left(&sold, &caller), "135.00", "{trigger}");
        }
    }

    fn d20_a_refund_that_is_nobodys_fault_is_taken_back_beside_a_note_and_its_money_that_are(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let fault = json!({ "at_fault": "master", "reason": "The module could not be delivered." });
        let events = [("refund", fault.clone()), ("credit", fault), ("refund", json!({}))];
        for trigger in ["contracted", "invoiced", "collected"] {
            for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let (partner, agreement) = referrer(&market, json!({ "trigger": trigger }));
                let caller = market.caller(&partner);
                let sold = brought(&market, &agreement, 1);
                sold.bill(1, "1200.00");
                for (number, event) in order.into_iter().enumerate() {
                    let (kind, more) = &events[event];
                    let mut more = more.clone();
                    more["reference"] = json!(format!("{number}"));
                    take_back(market.master(), &sold, kind, "400.00", more);
                }
                // 400.00 were refunded by nobody's fault: 15 % of 800.00 stay, in whatever order it happened.
                assert_eq!(left(&sold, &caller), "120.00", "{trigger} {order:?}");
            }
        }
        crate::continuity::assert_sound(&app);
    }

    fn d20_what_is_the_masters_fault_gives_nothing_that_an_ordinary_refund_took_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let fault = json!({ "at_fault": "master", "reason": "The module could not be delivered." });
        // What 15 % of 1,200.00 come to after each: only what is nobody's fault counts, in proportion and at once.
        let cases: [&[(&str, &str, bool, &str)]; 6] = [
            &[("refund", "100.00", false, "165.00"), ("credit", "250.00", true, "165.00"), ("refund", "250.00", true, "165.00")],
            &[("refund", "100.00", false, "165.00"), ("credit", "250.00", true, "165.00"), ("refund", "150.00", true, "165.00")],
            &[("refund", "800.00", false, "60.00"), ("credit", "400.00", true, "60.00"), ("refund", "400.00", true, "60.00")],
            &[("credit", "250.00", true, "180.00"), ("refund", "100.00", false, "165.00"), ("refund", "250.00", true, "165.00")],
            &[("refund", "100.00", false, "165.00"), ("credit", "100.00", true, "165.00")],
            &[("credit", "400.00", false, "120.00"), ("refund", "400.00", false, "120.00")],
        ];
        for trigger in ["contracted", "invoiced"] {
            let (partner, agreement) = referrer(&market, json!({ "trigger": trigger }));
            let caller = market.caller(&partner);
            for events in cases {
                let sold = brought(&market, &agreement, 1);
                sold.bill(1, "1200.00");
                for (number, (kind, amount, at_fault, expected)) in events.iter().enumerate() {
                    let mut more = if *at_fault { fault.clone() } else { json!({}) };
                    more["reference"] = json!(format!("{number}"));
                    take_back(market.master(), &sold, kind, amount, more);
                    assert_eq!(left(&sold, &caller), *expected, "{trigger} {events:?} {number}");
                }
            }
        }
        crate::continuity::assert_sound(&app);
    }

    fn d20_what_is_billed_again_after_the_masters_fault_is_told_and_counts_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let fault = json!({ "at_fault": "master", "reason": "The module could not be delivered." });
        for trigger in ["contracted", "invoiced", "collected"] {
            let (partner, agreement) = referrer(&market, json!({ "trigger": trigger }));
            let caller = market.caller(&partner);
            let sold = brought(&market, &agreement, 1);
            sold.bill(1, "1200.00");
            take_back(market.master(), &sold, "credit", "250.00", fault.clone());
            take_back(market.master(), &sold, "refund", "250.00", fault.clone());
            sold.bill(1, "150.00");
            assert_eq!(left(&sold, &caller), "180.00", "{trigger}");
            for kind in ["credit", "refund"] {
                take_back(market.master(), &sold, kind, "100.00", json!({}));
            }
            // 15 % of 1,100.00.
            assert_eq!(left(&sold, &caller), "165.00", "{trigger}");
            let entry = sold.entries(&caller).into_iter().find(|entry| !entry["correction"].is_null()).unwrap();
            let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entry))).expect(200);
            assert_eq!(explanation["to_date"]["invoiced_again"], eur("150.00"), "{trigger}");
            assert_eq!(explanation["to_date"]["collected_again"], eur("150.00"), "{trigger}");
        }
        crate::continuity::assert_sound(&app);
    }

    fn d20_of_a_cancelled_year_stands_what_its_days_are_worth_or_what_was_billed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market, json!({ "trigger": "contracted" }));
        // Signed on 2 March 2026: a year of 365 days, of which 73 are a fifth, 240.00.
        let sold: Vec<String> = (0..7).map(|_| brought(&market, &agreement, 2).contract).collect();
        app.advance(TimeDelta::days(370));
        let market = market.later();
        let (master, caller) = (market.master().clone(), market.caller(&partner));
        let of = |number: usize| Sold::of(&market, sold[number].clone());
        // Both years stand until it is cancelled: 180.00 each.
        assert_eq!(left(&of(0), &caller), "360.00");
        let mut seen = vec![];
        for (number, ended_on) in [(0, "2026-03-02"), (1, "2026-05-14"), (2, "2027-03-01"), (3, "2027-03-02")] {
            cancel(&master, &of(number), ended_on, json!({}));
            seen.push(left(&of(number), &caller));
        }
        // No day; 73 days; all but one, 1,196.71 of 1,200.00; and the whole of the first year, of which the second one had not begun.
        assert_eq!(seen, ["0.00", "36.00", "179.51", "180.00"]);
        // What was billed counts where it is more, and what is billed later too, up to the whole.
        of(4).record(1, "invoice", "600.00");
        cancel(&master, &of(4), "2026-05-14", json!({}));
        assert_eq!(left(&of(4), &caller), "90.00");
        of(4).record(1, "invoice", "300.00");
        assert_eq!(left(&of(4), &caller), "135.00");
        // What was billed and collected whole stays earned until it is credited: then the days count, unless less was charged for them.
        of(5).bill(1, "1200.00");
        cancel(&master, &of(5), "2026-05-14", json!({}));
        assert_eq!(left(&of(5), &caller), "180.00");
        of(5).record(1, "credit", "960.00");
        of(5).record(1, "refund", "960.00");
        assert_eq!(left(&of(5), &caller), "36.00");
        of(5).record(1, "credit", "240.00");
        assert_eq!(left(&of(5), &caller), "0.00");
        // Where the master is at fault nothing is taken back.
        cancel(&master, &of(6), "2026-05-14", json!({ "at_fault": "master" }));
        assert_eq!(left(&of(6), &caller), "360.00");
        crate::continuity::assert_sound(&app);
    }

    fn d11_a_cancellation_by_days_renumbers_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market, json!({ "trigger": "contracted", "from_sale": 2 }));
        let caller = market.caller(&partner);
        let (first, second) = (brought(&market, &agreement, 1), brought(&market, &agreement, 1));
        cancel(market.master(), &first, "2026-03-02", json!({}));
        let entries = second.entries(&caller);
        assert_eq!((&entries[0]["ordinal"], left(&second, &caller)), (&json!(2), "180.00".to_owned()));
    }

    fn a_year_that_is_collected_and_earns_nothing_says_why_and_waits_no_more(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let bounds = json!({ "trigger": "collected", "rate": { "of": "fixed", "rate": "0.1" },
            "bounds": { "per": "sale", "currency": "EUR", "cap": "100.00" } });
        let (partner, agreement) = referrer(&market, bounds);
        let caller = market.caller(&partner);
        let sold = brought(&market, &agreement, 2);
        sold.bill(1, "1200.00");
        assert_eq!(left(&sold, &caller), "100.00", "10 % of 1,200.00, up to the cap");
        sold.bill(2, "500.00");
        let waiting = ["1 first_annuity held", "2 first_annuity held"];
        assert_eq!(sold.outcomes(&caller), waiting, "a part of the year may still be credited");
        sold.bill(2, "700.00");
        assert_eq!(sold.outcomes(&caller)[2..], ["2 first_annuity bounds_reached"]);
        let page = caller.get(format!("/v1/outcomes?contract_id={}", sold.contract)).expect(200);
        let newest_first: Vec<(&Value, &Value)> =
            page["data"].as_array().unwrap().iter().map(|it| (&it["earned_since"], &it["reconsidered_since"])).collect();
        let (yes, no) = (json!(true), json!(false));
        assert_eq!(newest_first, [(&no, &no), (&no, &yes), (&yes, &no)]);
        // Credited and billed again it is the same reason, which is told once.
        sold.record(2, "credit", "100.00");
        sold.record(2, "refund", "100.00");
        sold.bill(2, "100.00");
        assert_eq!(sold.outcomes(&caller).len(), 3);
        crate::continuity::assert_sound(&app);
    }

    fn a_year_that_a_cancellation_keeps_from_beginning_waits_no_more(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market, json!({ "trigger": "collected" }));
        let caller = market.caller(&partner);
        let sold = brought(&market, &agreement, 2);
        app.advance(TimeDelta::days(1));
        let market = market.later();
        cancel(market.master(), &Sold::of(&market, sold.contract.clone()), "2026-03-03", json!({}));
        let caller = { let _ = caller; market.caller(&partner) };
        let outcomes = Sold::of(&market, sold.contract.clone()).outcomes(&caller);
        assert_eq!(outcomes, ["1 first_annuity held", "2 first_annuity held", "2 first_annuity contract_ended"]);
    }
}
