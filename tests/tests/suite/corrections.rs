//! Corrections (D20): what a refund concerns, whose fault it is, what a master adjusts, and how a debt is recovered.

use api::access::Role;
use entente_tests::{
    app::{Caller, TestApp, company},
    on_both_engines,
    sales::{Market, Shop, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

/// A sale of one instance that the master contracts and a referrer brings.
fn brought<'a>(market: &'a Market<'_>, agreement: &str, item: &str, period: &str) -> Sold<'a> {
    let lines = json!([line(&market.item(item), period, None)]);
    let customer = market.customer(&market.master_id());
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
    market.sell(market.master(), &body)
}

fn taking_back(kind: &str, amount: &str, more: Value) -> Value {
    let mut body =
        json!({ "kind": kind, "amount": eur(amount), "dated_on": "2026-03-02", "reference": format!("{kind} of {amount}") });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Correction and amount of each entry.
fn summary(entries: &[Value]) -> Vec<String> {
    let say = |it: &Value| format!("{} {}", it["correction"].as_str().unwrap_or("-"), it["amount"]["amount"].as_str().unwrap());
    entries.iter().map(say).collect()
}

/// A referrer that earned 180.00 on a sale.
struct Earned<'a> {
    partner: String,
    sold: Sold<'a>,
    entry: String,
}

fn earned<'a>(market: &'a Market<'_>) -> Earned<'a> {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "referrer", None);
    let sold = brought(market, &agreement, "instance", "year");
    sold.bill(1, "1200.00");
    let entry = id_of(&sold.entries(&market.caller(&partner))[0]);
    Earned { partner, sold, entry }
}

fn colleague(app: &TestApp, market: &Market<'_>, role: Role) -> Caller {
    app.person(company(&market.master_id()), role)
}

fn adjustment(entry: &str, direction: &str, amount: &str) -> Value {
    json!({ "ledger_entry_id": entry, "direction": direction, "amount": eur(amount), "reason": "Another campaign brought the customer." })
}

on_both_engines! {
    fn d20_a_refund_is_spread_over_the_accruals_it_concerns_and_each_can_be_computed_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let referrer = market.caller(&partner);
        let sold = brought(&market, &agreement, "instance_monthly", "month");
        for _ in 0..3 {
            sold.bill(1, "99.99");
        }
        sold.record(1, "credit", "199.98");
        sold.record(1, "refund", "150.00");
        sold.record(1, "refund", "49.98");
        let entries = sold.entries(&referrer);
        // 15 % of 299.97 is 45.00, of 149.97 it is 22.50 and of 99.99 it is 15.00: 22.50 goes back, then 7.50.
        let expected = ["- 15.00", "- 15.00", "- 15.00", "reversal 15.00", "reversal 7.50", "reversal 7.50"];
        assert_eq!(summary(&entries), expected);
        let corrects: Vec<&Value> = entries[3..].iter().map(|it| &it["corrects_id"]).collect();
        assert_eq!(corrects, [&entries[2]["id"], &entries[1]["id"], &entries[1]["id"]]);
        assert_eq!(entries[3]["journal_id"], entries[4]["journal_id"]);
        assert_eq!(entries[5]["cause_id"].as_str().map(|id| id.starts_with("instalment_")), Some(true));
        for entry in &entries {
            let explanation = referrer.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
            assert_eq!(crate::recompute::amount(&explanation), entry["amount"]["amount"].as_str().unwrap());
        }
    }

    fn d20_where_the_master_is_at_fault_nothing_is_taken_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let Earned { partner, sold, .. } = earned(&market);
        let path = format!("/v1/annuities/{}/instalments", sold.annuity(1));
        let fault = json!({ "at_fault": "master", "reason": "The module could not be delivered." });
        for kind in ["credit", "refund"] {
            let recorded = market.master().post(path.clone(), taking_back(kind, "400.00", fault.clone())).expect(201);
            assert_eq!((&recorded["instalment"]["at_fault"], &recorded["instalment"]["reason"]), (&fault["at_fault"], &fault["reason"]));
        }
        let referrer = market.caller(&partner);
        assert_eq!(summary(&sold.entries(&referrer)), ["- 180.00"]);
        let outcomes = ["1 first_annuity held", "1 first_annuity masters_fault"];
        assert_eq!(sold.outcomes(&referrer), outcomes, "it waited when it was signed, and no event ends in silence");
        let outcome = referrer.get(format!("/v1/outcomes?contract_id={}", sold.contract)).expect(200)["data"][0].clone();
        assert_eq!(outcome["earned_since"], json!(false));
        // What is nobody's fault is taken back: 15 % of what is left of 1,200.00 without it, and no more.
        for kind in ["credit", "refund"] {
            market.master().post(path.clone(), taking_back(kind, "200.00", json!({}))).expect(201);
        }
        let entries = sold.entries(&referrer);
        assert_eq!(summary(&entries), ["- 180.00", "reversal 30.00"]);
        let explanation = referrer.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entries[1]))).expect(200);
        assert_eq!(crate::recompute::amount(&explanation), "30.00");
        assert_eq!(explanation["reached"], eur("1000.00"));
    }

    fn d20_a_fault_is_the_masters_to_admit_with_a_reason_in_a_credit_or_refund(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let sold = shop.sell(&market, &[]);
        sold.bill(1, "1520.00");
        let path = format!("/v1/annuities/{}/instalments", sold.annuity(1));
        let fault = json!({ "at_fault": "master", "reason": "It was down." });
        let refused = |caller: &Caller, body: Value| caller.post(path.clone(), body).broken();
        let reseller = market.caller(&shop.partner);
        assert_eq!(refused(&reseller, taking_back("credit", "10.00", fault.clone())), ["fault_not_admitted D20 /at_fault"]);
        let without_reason = json!({ "at_fault": "master" });
        assert_eq!(refused(market.master(), taking_back("refund", "10.00", without_reason)), ["fault_without_reason D20 /at_fault"]);
        let broken = refused(market.master(), taking_back("collection", "0.01", fault.clone()));
        assert_eq!(broken, ["fault_takes_nothing_back D20 /at_fault", "more_than_due D12 /amount/amount"]);
        // What the reseller owes its master of a year that the customer did not pay is not owed, whosever fault that is.
        market.master().post(path, taking_back("credit", "760.00", fault)).expect(201);
        assert_eq!(summary(&sold.entries(&reseller)), ["- 700.00", "reversal 350.00"]);
    }

    fn d20_a_cancellation_by_the_masters_fault_leaves_what_was_earned(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let special = json!({ "rules": { "first_annuity": { "base": "annuity", "recurrence": "every_year", "trigger": "contracted" } } });
        let agreement = market.agreement_with(&partner, "referrer", None, Some(special));
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let sold = |fault: Value| {
            let customer = market.customer(&market.master_id());
            let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "years": 2, "lines": lines });
            let sold = market.sell(market.master(), &body);
            let mut cancellation = json!({ "reason": "The platform was closed.", "ended_on": "2026-03-02" });
            cancellation.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
            let shown = market.master().post(format!("/v1/contracts/{}/cancel", sold.contract), cancellation).expect(200);
            (shown["at_fault"].clone(), summary(&sold.entries(&market.caller(&partner))))
        };
        let (at_fault, entries) = sold(json!({ "at_fault": "master" }));
        assert_eq!((at_fault, entries), (json!("master"), vec!["- 180.00".to_owned(), "- 180.00".to_owned()]));
        let (at_fault, entries) = sold(json!({}));
        assert_eq!(at_fault, Value::Null);
        assert_eq!(entries, ["- 180.00", "- 180.00", "reversal 180.00", "reversal 180.00"]);
    }

    fn d20_a_master_adjusts_an_entry_by_a_second_persons_approval(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let Earned { partner, sold, entry } = earned(&market);
        let supervisor = colleague(&app, &market, Role::Supervisor);
        let (master, referrer) = (market.master(), market.caller(&partner));
        let refused = master.post("/v1/adjustments", adjustment(&entry, "decrease", "180.01"));
        assert_eq!(refused.broken(), ["more_than_left D20 /amount/amount"]);
        let proposed = master.post("/v1/adjustments", adjustment(&entry, "decrease", "50.00")).expect(201);
        assert_eq!(summary(&sold.entries(&referrer)), ["- 180.00"], "nothing is due by it before it is approved");
        let approve = format!("/v1/adjustments/{}/approve", id_of(&proposed));
        assert_eq!(master.post(approve.clone(), json!({})).broken(), ["same_person D20 "]);
        supervisor.post(approve.clone(), json!({ "note": "Agreed." })).expect(200);
        let again = supervisor.post(approve, json!({ "note": "Agreed." })).expect(200);
        assert_eq!((&again["state"], &again["note"], &again["version"]), (&json!("approved"), &json!("Agreed."), &json!(2)));
        let entries = sold.entries(&referrer);
        assert_eq!(summary(&entries), ["- 180.00", "adjustment 50.00"]);
        let adjusted = &entries[1];
        assert_eq!((&adjusted["corrects_id"], &adjusted["debtor"]["id"]), (&json!(entry), &json!(partner)));
        assert_eq!((&adjusted["source_id"], &adjusted["sequence"]), (&proposed["id"], &Value::Null));
        let explanation = referrer.get(format!("/v1/ledger-entries/{}/explanation", id_of(adjusted))).expect(200);
        assert_eq!((&explanation["about"], &explanation["reason"]), (&json!("adjustment"), &proposed["reason"]));
        assert_eq!(explanation["amount"], adjusted["amount"]);
        // What is left is less now, and an increase has no bound.
        let refused = master.post("/v1/adjustments", adjustment(&entry, "decrease", "130.01"));
        assert_eq!(refused.broken(), ["more_than_left D20 /amount/amount"]);
        let more = master.post("/v1/adjustments", adjustment(&entry, "increase", "500.00")).expect(201);
        supervisor.post(format!("/v1/adjustments/{}/approve", id_of(&more)), json!({})).expect(200);
        // A refund follows the sale, whatever was adjusted.
        sold.record(1, "credit", "1200.00");
        sold.record(1, "refund", "1200.00");
        let entries = sold.entries(&referrer);
        assert_eq!(summary(&entries), ["- 180.00", "adjustment 50.00", "adjustment 500.00", "reversal 180.00"]);
        let balance = referrer.get("/v1/balances").expect(200)["data"][0]["amounts"][0].clone();
        assert_eq!((&balance["owed_to_you"], &balance["owed_by_you"], &balance["net"]), (&eur("680.00"), &eur("230.00"), &eur("450.00")));
    }

    fn d20_what_an_adjustment_took_back_a_refund_does_not_take_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let supervisor = colleague(&app, &market, Role::Supervisor);
        // Of 180.00: what is adjusted, what is refunded of 1,200.00, what the ledger says then and what the partner has.
        let cases: [(&str, &str, &str, &[&str], &str); 4] = [
            ("decrease", "180.00", "1200.00", &["- 180.00", "adjustment 180.00"], "0.00"),
            ("decrease", "180.00", "600.00", &["- 180.00", "adjustment 180.00"], "0.00"),
            ("decrease", "100.00", "1200.00", &["- 180.00", "adjustment 100.00", "reversal 80.00"], "0.00"),
            ("increase", "20.00", "1200.00", &["- 180.00", "adjustment 20.00", "reversal 180.00"], "20.00"),
        ];
        for (direction, amount, refunded, expected, left) in cases {
            let Earned { partner, sold, entry } = earned(&market);
            let referrer = market.caller(&partner);
            let proposed = market.master().post("/v1/adjustments", adjustment(&entry, direction, amount)).expect(201);
            supervisor.post(format!("/v1/adjustments/{}/approve", id_of(&proposed)), json!({})).expect(200);
            sold.record(1, "refund", refunded);
            let entries = sold.entries(&referrer);
            assert_eq!(summary(&entries), expected, "{direction} {amount} {refunded}");
            let balance = referrer.get("/v1/balances").expect(200)["data"][0]["amounts"][0]["net"].clone();
            assert_eq!(balance, eur(left), "{direction} {amount} {refunded}");
            if let Some(reversal) = entries.get(2) {
                let explanation = referrer.get(format!("/v1/ledger-entries/{}/explanation", id_of(reversal))).expect(200);
                let before = if direction == "increase" { "200.00" } else { "80.00" };
                assert_eq!((&explanation["posted_before"], &explanation["left_of_corrected"]), (&eur("180.00"), &eur(before)));
                assert_eq!(crate::recompute::amount(&explanation), reversal["amount"]["amount"].as_str().unwrap());
            }
            // Collected again, the whole is due again: what was adjusted stays as it was decided.
            sold.record(1, "collection", refunded);
            let balance = referrer.get("/v1/balances").expect(200)["data"][0]["amounts"][0]["net"].clone();
            let whole = match (direction, amount) {
                ("decrease", "180.00") => "0.00",
                ("decrease", _) => "80.00",
                _ => "200.00",
            };
            assert_eq!(balance, eur(whole), "{direction} {amount} {refunded}");
        }
        crate::continuity::assert_sound(&app);
    }

    fn d20_an_adjustment_of_a_correction_takes_no_more_than_is_left_of_the_accrual(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let supervisor = colleague(&app, &market, Role::Supervisor);
        let Earned { partner, sold, entry } = earned(&market);
        let referrer = market.caller(&partner);
        let approved = |of: &str, direction: &str, amount: &str| {
            let proposed = market.master().post("/v1/adjustments", adjustment(of, direction, amount)).expect(201);
            supervisor.post(format!("/v1/adjustments/{}/approve", id_of(&proposed)), json!({})).expect(200);
            id_of(sold.entries(&referrer).last().unwrap())
        };
        let more = approved(&entry, "increase", "20.00");
        let less = approved(&entry, "decrease", "190.00");
        // Of 200.00 in all 10.00 are left, whichever entry is asked.
        for (of, direction) in [(&entry, "decrease"), (&more, "decrease"), (&less, "increase")] {
            let refused = market.master().post("/v1/adjustments", adjustment(of, direction, "10.01"));
            assert_eq!(refused.broken(), ["more_than_left D20 /amount/amount"], "{direction}");
        }
        approved(&less, "decrease", "100.00");
        sold.record(1, "refund", "1200.00");
        // 180.00 are due no more, but 110.00 are all that is left.
        assert_eq!(summary(&sold.entries(&referrer)).last().unwrap(), "reversal 110.00");
        crate::continuity::assert_sound(&app);
    }

    fn d20_what_no_longer_is_left_when_it_is_approved_is_refused_and_a_rejection_is_final(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let Earned { sold, entry, partner } = earned(&market);
        let supervisor = colleague(&app, &market, Role::Supervisor);
        let propose = |amount: &str| id_of(&market.master().post("/v1/adjustments", adjustment(&entry, "decrease", amount)).expect(201));
        let (first, second) = (propose("100.00"), propose("100.00"));
        supervisor.post(format!("/v1/adjustments/{first}/approve"), json!({})).expect(200);
        let refused = supervisor.post(format!("/v1/adjustments/{second}/approve"), json!({}));
        assert_eq!(refused.broken(), ["more_than_left D20 /amount/amount"]);
        supervisor.post(format!("/v1/adjustments/{second}/reject"), json!({})).expect(200);
        supervisor.post(format!("/v1/adjustments/{second}/approve"), json!({})).problem(409, "state_conflict");
        supervisor.post(format!("/v1/adjustments/{first}/reject"), json!({})).problem(409, "state_conflict");
        assert_eq!(summary(&sold.entries(&market.caller(&partner))), ["- 180.00", "adjustment 100.00"]);
        let listed = supervisor.get("/v1/adjustments?state=rejected").expect(200);
        assert_eq!(listed["data"].as_array().unwrap().iter().map(id_of).collect::<Vec<_>>(), std::slice::from_ref(&second));
        // Another master knows nothing of it, and a partner asks in vain.
        app.master("pt").get(format!("/v1/adjustments/{second}")).problem(404, "not_found");
        assert_eq!(app.master("pt").post("/v1/adjustments", adjustment(&entry, "increase", "1.00")).broken(), ["unknown_entry - /ledger_entry_id"]);
        market.caller(&partner).post("/v1/adjustments", adjustment(&entry, "increase", "1.00")).problem(403, "forbidden");
    }

    fn d20_a_debt_is_recovered_by_a_plan_that_comes_to_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let Earned { sold, entry, partner } = earned(&market);
        sold.record(1, "credit", "400.00");
        sold.record(1, "refund", "400.00");
        let referrer = market.caller(&partner);
        let debt = id_of(&sold.entries(&referrer)[1]);
        let plan = |debt: &str, parts: &[(&str, &str)]| {
            let instalments: Vec<Value> = parts.iter().map(|(due_on, amount)| json!({ "due_on": due_on, "amount": eur(amount) })).collect();
            json!({ "ledger_entry_id": debt, "reason": "The partner asked for it.", "instalments": instalments })
        };
        let make = |body: Value| market.master().post("/v1/recovery-plans", body);
        let parts = [("2026-04-01", "20.00"), ("2026-05-01", "40.00")];
        assert_eq!(make(plan(&entry, &parts)).broken(), ["no_debt D20 /ledger_entry_id"]);
        assert_eq!(make(plan(&debt, &[("2026-04-01", "59.99")])).broken(), ["not_the_debt D20 /instalments"]);
        let wrong = make(plan(&debt, &[("2026-04-01", "60.00"), ("2026-04-01", "0.00")])).broken();
        assert_eq!(wrong, ["amount_not_positive D20 /instalments/1/amount/amount", "not_later D20 /instalments/1/due_on"]);
        let mut unread = plan(&debt, &[("2026-04-01", "-20.00"), ("2026-04-01", "40.0"), ("2026-03-31", "40.00")]);
        unread["instalments"][2]["amount"]["currency"] = json!("USD");
        assert_eq!(make(unread).broken(), [
            "amount_not_positive D20 /instalments/0/amount/amount", "not_later D20 /instalments/2/due_on",
            "other_currency D20 /instalments/2/amount/currency", "wrong_amount - /instalments/1/amount/amount",
        ], "what cannot be read hides nothing of the others");
        let made = make(plan(&debt, &parts)).expect(201);
        make(plan(&debt, &parts)).problem(409, "already_exists");
        assert_eq!(referrer.get(format!("/v1/recovery-plans/{}", id_of(&made))).expect(200), made);
        let stranger = market.caller(&market.partner());
        stranger.get(format!("/v1/recovery-plans/{}", id_of(&made))).problem(404, "not_found");
        assert_eq!(stranger.get("/v1/recovery-plans").expect(200)["data"], json!([]));
        let cancelled = market.master().post(format!("/v1/recovery-plans/{}/cancel", id_of(&made)), json!({})).expect(200);
        assert_eq!((&cancelled["state"], &cancelled["instalments"]), (&json!("cancelled"), &made["instalments"]));
        make(plan(&debt, &parts)).expect(201);
        assert_eq!(referrer.get("/v1/recovery-plans?state=active").expect(200)["data"].as_array().unwrap().len(), 1);
    }
}
