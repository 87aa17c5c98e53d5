//! The states of a payout, as the contract has them: every action in every state, by whoever may, once.

use api::access::Role;
use entente_tests::{
    app::{TestApp, company},
    on_both_engines,
    sales::Market,
};

use super::*;

/// Every action, with its body and the state that it leads to.
fn actions() -> [(&'static str, Value, &'static str); 5] {
    [
        ("approve", json!({}), "approved"),
        ("cancel", reason("Called off."), "canceled"),
        ("pay", json!({}), "paid"),
        ("fail", reason("AC04"), "failed"),
        ("return", reason("AC04"), "returned"),
    ]
}

on_both_engines! {
    fn every_action_is_refused_in_every_state_that_is_not_its_own(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        // Above the limit: it waits.
        earn(&market, &agreement, 28);
        let master = pass(&app, "fr", "2026-03");
        let second = app.person(app.db_master("fr"), Role::Supervisor);
        let operator = app.person(app.db_master("fr"), Role::MasterOperator);
        // What may be done in each state besides the action that led there, which changes nothing.
        let allowed: [(&str, &[&str]); 7] = [
            ("pending", &["approve", "cancel"]),
            ("approved", &["cancel"]),
            ("sent", &["pay", "fail", "return"]),
            ("paid", &["return"]),
            ("failed", &[]),
            ("returned", &[]),
            ("canceled", &[]),
        ];
        // The way to each state.
        let ways: [&[&str]; 7] = [
            &[], &["approve"], &["approve", "send"], &["approve", "send", "pay"], &["approve", "send", "fail"],
            &["approve", "send", "return"], &["cancel"],
        ];
        for ((state, may), way) in allowed.into_iter().zip(ways) {
            let made = run(&master);
            let payout = payouts(&master).pop().unwrap();
            for step in way {
                match *step {
                    "send" => send(&master, &made).expect(200),
                    "approve" => act(&second, &payout, "approve", json!({})).expect(200),
                    step => {
                        let (_, body, _) = actions().into_iter().find(|(action, ..)| *action == step).unwrap();
                        act(&operator, &payout, step, body).expect(200)
                    }
                };
            }
            let path = format!("/v1/payouts/{}", id_of(&payout));
            let there = master.get(path.clone()).expect(200);
            assert_eq!(there["state"], state);
            for (action, body, leads_to) in actions() {
                let caller = if action == "approve" { &second } else { &operator };
                if leads_to == state {
                    assert_eq!(act(caller, &payout, action, body).expect(200), there, "{action} again changes nothing");
                } else if !may.contains(&action) {
                    act(caller, &payout, action, body).problem(409, "state_conflict");
                }
            }
            assert_eq!(master.get(path.clone()).expect(200), there, "refused, nothing changes");
            // It makes room for the next one.
            match state {
                "pending" | "approved" => drop(act(&operator, &payout, "cancel", reason("Next.")).expect(200)),
                "sent" | "paid" => drop(act(&operator, &payout, "return", reason("Next.")).expect(200)),
                _ => {}
            }
        }
    }

    fn no_integration_moves_money_and_none_approves(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 28);
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        let payout = payouts(&master).pop().unwrap();
        let script = app.integration(app.db_master("fr"), &api::access::Scope::ALL);
        for (action, body, _) in actions() {
            act(&script, &payout, action, body).problem(403, "forbidden");
        }
        script.post("/v1/payout-runs", json!({ "currency": "EUR" })).problem(403, "forbidden");
        send(&script, &made).problem(403, "forbidden");
        // It reads what becomes of them.
        assert_eq!(script.get(format!("/v1/payouts/{}", id_of(&payout))).expect(200), payout);
    }

    fn a_request_that_comes_again_makes_one_run(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        let ask = |currency: &str| {
            master.request("POST", "/v1/payout-runs").header("idempotency-key", "march").json(&json!({ "currency": currency })).send()
        };
        let made = ask("EUR").expect(201);
        let again = ask("EUR");
        assert_eq!((again.expect(201), again.header("idempotency-replayed").as_deref()), (made.clone(), Some("true")));
        assert_eq!(ask("BRL").status, 422);
        assert_eq!(master.get("/v1/payout-runs").expect(200)["data"].as_array().unwrap().len(), 1);
        // So does sending it.
        let send = || {
            let path = format!("/v1/payout-runs/{}/send", id_of(&made));
            master.request("POST", path).header("idempotency-key", "send-march").json(&json!({})).send()
        };
        let sent = send().expect(200);
        assert_eq!(send().expect(200), sent);
        assert_eq!(summary(&payouts(&master)), ["sent 180.00 = 180.00"]);
    }

    fn no_bank_is_asked_to_pay_on_a_day_that_is_past(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        assert_eq!(made["execute_on"], "2026-04-01");
        app.advance(chrono::TimeDelta::days(5));
        let master = app.person(company(&Market::all_in_web(&app).master_id()), Role::MasterOperator);
        assert_eq!(send(&master, &made).expect(200)["execute_on"], "2026-04-06");
        let order = master.get(format!("/v1/payout-runs/{}/pain-001", id_of(&made))).text;
        assert!(order.contains("<ReqdExctnDt><Dt>2026-04-06</Dt></ReqdExctnDt>"), "{order}");
        act(&master, &payouts(&master)[0], "pay", json!({ "paid_on": "2026-04-07" })).problem(422, "invalid_request");
    }
}
