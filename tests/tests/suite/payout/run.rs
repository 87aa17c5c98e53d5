//! Payout runs: each statement is paid once, by whoever may, as far as debts leave it (R10, R25, D20, D22).

use api::access::Role;
use entente_tests::{
    app::{TestApp, company},
    on_both_engines,
    sales::{Market, eur},
};

use super::*;

/// What a payout went through.
fn steps(caller: &Caller, payout: &Value) -> Vec<String> {
    let page = caller.get(format!("/v1/payouts/{}/steps", id_of(payout))).expect(200);
    page["data"].as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    fn a_statement_is_paid_once_and_what_was_paid_stands_on_the_next_one(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        // Asked what would be paid, nothing is.
        let tried = master.post("/v1/payout-runs?dry_run=true", json!({ "currency": "EUR" })).expect(200);
        assert_eq!(tried["payouts"], json!([{ "state": "approved", "count": 1, "amount": eur("180.00") }]));
        assert_eq!(payouts(&master), Vec::<Value>::new());
        let made = run(&master);
        assert_eq!((&made["payouts"], &made["left_out"]), (&tried["payouts"], &json!([])));
        let again = master.post("/v1/payout-runs", json!({ "currency": "EUR" }));
        again.problem(422, "invalid_request");
        assert_eq!(again.broken(), ["nothing_to_pay - "]);
        send(&master, &made).expect(200);
        let [payout] = &payouts(&app.partner(&partner))[..] else { panic!("one payout") };
        assert_eq!(summary(std::slice::from_ref(payout)), ["sent 180.00 = 180.00"]);
        let paid = act(&master, payout, "pay", json!({ "paid_on": "2026-04-01" })).expect(200);
        assert_eq!((&paid["state"], &paid["paid_on"]), (&json!("paid"), &json!("2026-04-01")));
        assert_eq!(act(&master, payout, "pay", json!({})).expect(200), paid, "the same again changes nothing");
        assert_eq!(steps(&app.partner(&partner), payout), ["pending", "approved", "sent", "paid"]);
        let told = app.partner(&partner).get("/v1/events?limit=200").expect(200);
        let kinds: Vec<&str> = told["data"].as_array().unwrap().iter().filter_map(|event| event["kind"].as_str()).collect();
        let of = |kind: &str| kinds.iter().filter(|known| **known == kind).count();
        assert_eq!([of("payout.created"), of("payout.sent"), of("payout.paid"), of("payout_run.created")], [1, 1, 1, 0]);
        // The next statement counts it.
        let master = pass(&app, "fr", "2026-04");
        let april = statement_of(&master, "2026-04");
        assert_eq!((&april["opening_balance"], &april["paid_total"], &april["closing_balance"]), (&eur("180.00"), &eur("180.00"), &eur("0.00")));
    }

    fn a_payout_above_the_limit_waits_for_a_second_person(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        // 15 % of 28 times 1,200.00 is 5,040.00: above 5,000.00.
        earn(&market, &agreement, 28);
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        let [payout] = &payouts(&master)[..] else { panic!("one payout") };
        assert_eq!(summary(std::slice::from_ref(payout)), ["pending 5040.00 = 5040.00"]);
        let early = send(&master, &made);
        early.problem(409, "state_conflict");
        assert_eq!(early.broken(), ["payouts_pending - "]);
        assert_eq!(act(&master, payout, "approve", json!({})).broken(), ["same_person - "]);
        let second = app.person(app.db_master("fr"), Role::Supervisor);
        assert_eq!(act(&second, payout, "approve", json!({})).expect(200)["state"], "approved");
        act(&app.partner(&partner), payout, "approve", json!({})).problem(403, "forbidden");
        let sent = send(&master, &made).expect(200);
        assert_eq!(send(&master, &made).expect(200), sent, "the same again changes nothing");
        act(&master, payout, "cancel", reason("Too late.")).problem(409, "state_conflict");
    }

    fn what_came_back_failed_or_was_called_off_is_paid_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        run(&master);
        act(&master, &payouts(&master)[0], "cancel", reason("A mistake.")).expect(200);
        for (end, body) in [("fail", reason("AC04")), ("return", reason("AC04")), ("return", reason("AC06"))] {
            let made = run(&master);
            send(&master, &made).expect(200);
            let payout = payouts(&master).pop().unwrap();
            if body["reason"] == "AC06" {
                act(&master, &payout, "pay", json!({})).expect(200);
            }
            let ended = act(&master, &payout, end, body.clone()).expect(200);
            assert_eq!(ended["reason"], body["reason"]);
        }
        send(&master, &run(&master)).expect(200);
        act(&master, &payouts(&master).pop().unwrap(), "pay", json!({})).expect(200);
        let states: Vec<String> = summary(&payouts(&master));
        assert_eq!(states, ["canceled", "failed", "returned", "returned", "paid"].map(|state| format!("{state} 180.00 = 180.00")));
        // It was paid twice and came back once.
        let master = pass(&app, "fr", "2026-04");
        let april = statement_of(&master, "2026-04");
        assert_eq!((&april["paid_total"], &april["closing_balance"]), (&eur("180.00"), &eur("0.00")));
    }

    fn who_has_no_account_is_left_out_and_told_why(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        let homeless = market.partner();
        earn(&market, &market.agreement(&homeless, "referrer", None), 1);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        let unfunded = master.post("/v1/payout-runs", json!({ "currency": "EUR", "execute_on": "2026-03-31" }));
        assert_eq!(unfunded.broken(), ["execute_on_past - /execute_on", "no_payer_account - /currency"]);
        set_account(&master, FRENCH[0]);
        let stranger = Market::altoga(&app).partner();
        let wrong = master.post("/v1/payout-runs", json!({ "currency": "EUR", "partner_ids": [stranger] }));
        assert_eq!(wrong.broken(), ["payee_not_found - /partner_ids/0"]);
        let only = master.post("/v1/payout-runs", json!({ "currency": "EUR", "partner_ids": [homeless] }));
        assert_eq!(only.broken(), ["no_bank_account - ", "nothing_to_pay - "]);
        let made = run(&master);
        assert_eq!(made["left_out"], json!([{ "partner_id": homeless, "reason": "no_bank_account" }]));
        assert_eq!(summary(&payouts(&master)), ["approved 180.00 = 180.00"]);
    }

    fn d22_a_partner_sees_its_own_payouts_and_no_run(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (one, other) = (referrer(&market), referrer(&market));
        set_account(market.master(), FRENCH[0]);
        earn(&market, &one.1, 1);
        earn(&market, &other.1, 2);
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        let partner = app.partner(&one.0);
        let own = payouts(&partner);
        assert_eq!(summary(&own), ["approved 180.00 = 180.00"]);
        let others = payouts(&master).into_iter().find(|payout| payout["amount"] == eur("360.00")).unwrap();
        partner.get(format!("/v1/payouts/{}", id_of(&others))).problem(404, "not_found");
        partner.get(format!("/v1/payouts/{}/steps", id_of(&others))).problem(404, "not_found");
        assert_eq!(partner.get("/v1/payout-runs").expect(200)["data"], json!([]));
        for path in [format!("/v1/payout-runs/{}", id_of(&made)), format!("/v1/payout-runs/{}/csv", id_of(&made))] {
            partner.get(path).problem(404, "not_found");
        }
        send(&partner, &made).problem(404, "not_found");
        // Neither does another master.
        app.master("pt").get(format!("/v1/payout-runs/{}", id_of(&made))).problem(404, "not_found");
        send(&app.master("pt"), &made).problem(404, "not_found");
        let told = partner.get("/v1/events?limit=200").text;
        assert!(!told.contains(&other.0) && !told.contains("payout_run."), "{told}");
    }

    fn a_payout_that_was_changed_since_is_not_changed_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 28);
        let master = pass(&app, "fr", "2026-03");
        run(&master);
        let payout = &payouts(&master)[0];
        let path = format!("/v1/payouts/{}", id_of(payout));
        let seen = master.get(path.clone()).etag();
        let second = app.person(company(&Market::all_in_web(&app).master_id()), Role::MasterOperator);
        act(&second, payout, "approve", json!({})).expect(200);
        let stale = master.request("POST", format!("{path}/cancel")).header("if-match", &seen).json(&reason("Late.")).send();
        stale.problem(412, "version_mismatch");
    }
}
