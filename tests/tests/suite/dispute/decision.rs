//! Decisions: what they may say, what they do, and how they are appealed and become final.

use chrono::TimeDelta;
use entente_tests::{
    app::{TestApp, today},
    engine::wait,
    on_both_engines,
    sales::{Market, id_of},
};
use serde_json::{Value, json};

use super::{
    Quarrel, act, check_invariants, everything, evidence, objection, prospect, protect, registrations, ruling, show, told,
};

on_both_engines! {
    fn r37_a_protection_goes_to_the_challenger_in_the_decisions_own_transaction(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "prior_negotiation");
        let path = format!("/v1/registrations/{}", quarrel.registration);
        let until = quarrel.holder.get(&path).expect(200)["protected_until"].clone();
        app.clock.set(today() + TimeDelta::minutes(5));
        let decided = act(market.master(), &quarrel.dispute, "decide", ruling("upheld", &["transfer_protection"])).expect(200);
        let decision = &decided["decisions"][0];
        assert_eq!((&decided["state"], &decision["protection"]), (&json!("decided"), &json!("challenger")));
        assert_eq!(registrations(&quarrel.holder), ["released arbitration"]);
        assert_eq!(registrations(&quarrel.challenger), ["accepted -"]);
        let taken = quarrel.challenger.get("/v1/registrations").expect(200)["data"][0].clone();
        assert_eq!((&taken["id"], &taken["protected_until"]), (&decision["registration_id"], &until));
        assert_eq!(taken["protected_from"], json!("2026-03-02T09:05:00Z"));
        assert_eq!((&taken["prospect"]["name"], &taken["prospect"]["domain"]), (&json!("Conservas"), &json!("conservas.pt")));
        assert_eq!(taken["evidence"][0]["dated_on"], "2026-02-20", "its own evidence, and nobody else's");
        assert_eq!((taken["evidence"].as_array().unwrap().len(), &taken["taken_from_id"]), (1, &Value::Null));
        let known = market.master().get(format!("/v1/registrations/{}", taken["id"].as_str().unwrap())).expect(200);
        assert_eq!(known["taken_from_id"], json!(quarrel.registration));
        assert_eq!(market.master().get(&path).expect(200)["passed_to_id"], taken["id"]);
        let held = show(&quarrel.holder, &quarrel.dispute);
        assert_eq!((&held["decisions"][0]["registration_id"], &held["decisions"][0]["reasons"]), (&Value::Null, &Value::Null));
        let claim = json!({ "prospect": prospect(), "evidence": [evidence("2026-03-01")] });
        quarrel.holder.post("/v1/registrations", claim).problem(409, "prospect_not_available");
        for (caller, other) in [(&quarrel.holder, &quarrel.challenger_id), (&quarrel.challenger, &quarrel.holder_id)] {
            assert!(!everything(caller).contains(other.as_str()));
        }
        check_invariants(&app);
    }

    fn r37_the_same_decision_again_changes_nothing_and_another_one_is_refused(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        let decide = |body: Value| act(market.master(), &quarrel.dispute, "decide", body);
        let first = decide(ruling("upheld", &["release_protection"])).expect(200);
        assert_eq!(decide(ruling("upheld", &["release_protection"])).expect(200), first);
        decide(ruling("dismissed", &[])).problem(409, "state_conflict");
        assert_eq!(registrations(&quarrel.holder), ["released arbitration"]);
        assert_eq!(registrations(&quarrel.challenger), Vec::<String>::new(), "the prospect is free again");
    }

    fn r37_a_decision_that_contradicts_itself_is_refused_with_all_that_is_wrong(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        let broken = |body: Value| {
            let answer = act(market.master(), &quarrel.dispute, "decide", body);
            answer.problem(422, "invalid_request");
            answer.broken()
        };
        assert_eq!(broken(ruling("shared", &[])), ["shares_missing R37 /shares", "shares_without_effect R37 /effects"]);
        assert_eq!(
            broken(ruling("dismissed", &["release_protection", "transfer_protection"])),
            ["effect_of_dismissal R37 /effects", "release_and_transfer R37 /effects"]
        );
        let shared = |challenger: &str, holder: &str| {
            let mut body = ruling("shared", &["reattribute_commissions"]);
            body["shares"] = json!({ "challenger": challenger, "holder": holder });
            body
        };
        assert_eq!(broken(shared("0.4", "0.5")), ["shares_not_whole R37 /shares"]);
        assert_eq!(broken(shared("0.333333", "0.666666")), ["shares_not_whole R37 /shares"]);
        assert_eq!(broken(shared("0", "1")), ["share_of_nothing R37 /shares"]);
        let mut blank = ruling("dismissed", &[]);
        blank["reasons"] = json!(" ");
        assert_eq!(act(market.master(), &quarrel.dispute, "decide", blank).status, 422);
        assert_eq!(show(market.master(), &quarrel.dispute)["state"], "evidence");
        act(market.master(), &quarrel.dispute, "decide", shared("0.333333", "0.666667")).expect(200);
    }

    fn d18_prior_negotiation_is_found_on_evidence_that_is_earlier_than_the_protection(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let [holder, challenger] = [(), ()].map(|()| {
            let partner = market.partner();
            market.agreement(&partner, "reseller", None);
            market.caller(&partner)
        });
        protect(market.master(), &holder);
        // Of the very day on which the protection began: not earlier.
        let dispute = id_of(&challenger.post("/v1/disputes", objection("prior_negotiation", "2026-03-02")).expect(201));
        act(market.master(), &dispute, "hear", json!({})).expect(200);
        act(&holder, &dispute, "statements", json!({ "statement": "Ours.", "evidence": [evidence("2026-02-01")] })).expect(200);
        let piece = |n: usize| show(market.master(), &dispute)["statements"][n]["evidence"][0].clone();
        assert_eq!((&piece(0)["before_protection"], &piece(0)["before_holders_evidence"]), (&json!(false), &json!(false)));
        let upheld = || act(market.master(), &dispute, "decide", ruling("upheld", &["release_protection"]));
        upheld().problem(422, "invalid_request");
        assert_eq!(upheld().broken(), ["no_earlier_evidence D18 /outcome"], "the holder's own evidence does not help the challenger");
        act(&challenger, &dispute, "statements", json!({ "statement": "Here.", "evidence": [evidence("2026-03-01")] })).expect(200);
        assert_eq!((&piece(2)["before_protection"], &piece(2)["before_holders_evidence"]), (&json!(true), &json!(false)));
        upheld().expect(200);
    }

    fn r37_where_no_other_master_is_a_decision_is_final_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let quarrel = Quarrel::of_type(&market, "bad_faith", "affiliate");
        quarrel.hear(market.master());
        let decided = act(market.master(), &quarrel.dispute, "decide", ruling("dismissed", &[])).expect(200);
        assert_eq!((&decided["state"], &decided["appealable_until"]), (&json!("final"), &Value::Null));
        assert_eq!(told(&quarrel.holder, &quarrel.dispute)[2..], ["dispute.decided", "dispute.final"]);
        assert_eq!(quarrel.holder.get(format!("/v1/registrations/{}", quarrel.registration)).expect(200)["disputed"], json!(false));
        act(&quarrel.challenger, &quarrel.dispute, "appeal", json!({ "statement": "Wrong." })).problem(409, "state_conflict");
        // What is final does not stand in the way of another dispute.
        quarrel.challenger.post("/v1/disputes", objection("customer_preference", "2026-02-20")).expect(201);
    }

    fn r37_an_appeal_goes_to_the_other_master_whose_decision_replaces_the_first(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        let (dispute, other) = (&quarrel.dispute, app.master("br"));
        let until = market.master().get(format!("/v1/registrations/{}", quarrel.registration)).expect(200)["protected_until"].clone();
        act(market.master(), dispute, "decide", ruling("upheld", &["transfer_protection"])).expect(200);
        other.get(format!("/v1/disputes/{dispute}")).problem(404, "not_found");
        assert_eq!(act(&quarrel.challenger, dispute, "appeal", json!({ "statement": "More." })).broken(), ["nothing_lost R37 "]);
        let appealed = act(&quarrel.holder, dispute, "appeal", json!({ "statement": "The secret of the appeal." })).expect(200);
        assert_eq!((&appealed["state"], &appealed["appeal"]["by"]), (&json!("appealed"), &json!("holder")));
        let again = act(&quarrel.holder, dispute, "appeal", json!({ "statement": "The secret of the appeal." })).expect(200);
        assert_eq!(again["version"], appealed["version"]);
        let seen = show(&quarrel.challenger, dispute);
        assert_eq!((&seen["appeal"]["statement"], &seen["appeal"]["appealed_at"]), (&Value::Null, &Value::Null));
        assert!(!everything(&quarrel.challenger).contains("The secret of the appeal"));
        assert_eq!(show(&other, dispute)["appeal"]["statement"], "The secret of the appeal.");
        assert_eq!(other.get(format!("/v1/disputes/{dispute}/file")).expect(200)["dispute"]["id"], json!(dispute));
        act(market.master(), dispute, "decide", ruling("dismissed", &[])).problem(403, "forbidden");
        // The protection goes back, until the same instant.
        let last = act(&other, dispute, "decide", ruling("dismissed", &[])).expect(200);
        assert_eq!((&last["state"], &last["decisions"][1]["protection"]), (&json!("final"), &json!("holder")));
        assert_eq!(registrations(&quarrel.challenger), ["released arbitration"]);
        assert_eq!(registrations(&quarrel.holder), ["accepted -", "released arbitration"]);
        let back = quarrel.holder.get("/v1/registrations").expect(200)["data"][0].clone();
        assert_eq!(back["protected_until"], until);
        act(&quarrel.challenger, dispute, "appeal", json!({ "statement": "Again." })).problem(409, "state_conflict");
        for (caller, other) in [(&quarrel.holder, &quarrel.challenger_id), (&quarrel.challenger, &quarrel.holder_id)] {
            assert!(!everything(caller).contains(other.as_str()));
        }
        check_invariants(&app);
    }

    fn r37_an_appeal_puts_back_what_was_released_unless_another_has_it_by_now(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        for taken in [false, true] {
            let quarrel = Quarrel::heard(&market, "bad_faith");
            act(market.master(), &quarrel.dispute, "decide", ruling("upheld", &["release_protection"])).expect(200);
            act(&quarrel.holder, &quarrel.dispute, "appeal", json!({ "statement": "Wrong." })).expect(200);
            if taken {
                protect(market.master(), &quarrel.challenger);
            }
            let last = act(&app.master("br"), &quarrel.dispute, "decide", ruling("dismissed", &[])).expect(200);
            let keeper = if taken { "nobody" } else { "holder" };
            assert_eq!(last["decisions"][1]["protection"], keeper);
            assert_eq!(registrations(&quarrel.holder).len(), if taken { 1 } else { 2 });
            check_invariants(&app);
            let holder = if taken { &quarrel.challenger } else { &quarrel.holder };
            let id = id_of(&holder.get("/v1/registrations?state=accepted").expect(200)["data"][0]);
            holder.post(format!("/v1/registrations/{id}/withdraw"), json!({})).expect(200);
        }
    }

    fn r37_a_decision_becomes_final_once_when_the_days_for_an_appeal_have_passed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        act(market.master(), &quarrel.dispute, "decide", ruling("dismissed", &[])).expect(200);
        let until = today() + TimeDelta::days(14);
        app.clock.set(until - TimeDelta::microseconds(1));
        assert_eq!(wait(api::dispute::finalise_due(&app.db)).unwrap(), 0);
        app.clock.set(until);
        let late = act(&market.caller(&quarrel.challenger_id), &quarrel.dispute, "appeal", json!({ "statement": "Late." }));
        assert_eq!(late.broken(), ["appeal_too_late R37 "]);
        assert_eq!(wait(api::dispute::finalise_due(&app.db)).unwrap(), 1);
        assert_eq!(wait(api::dispute::finalise_due(&app.db)).unwrap(), 0);
        let ended = show(&market.caller(&quarrel.holder_id), &quarrel.dispute);
        assert_eq!((&ended["state"], &ended["ended_at"]), (&json!("final"), &json!("2026-03-16T09:00:00Z")));
        assert_eq!(told(&market.caller(&quarrel.challenger_id), &quarrel.dispute).last().map(String::as_str), Some("dispute.final"));
        check_invariants(&app);
    }

    fn r37_what_ended_in_the_meantime_cannot_be_moved(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        quarrel.holder.post(format!("/v1/registrations/{}/lose", quarrel.registration), json!({ "reason": "customer_declined_partner" })).expect(200);
        let moved = act(market.master(), &quarrel.dispute, "decide", ruling("upheld", &["transfer_protection"]));
        assert_eq!(moved.broken(), ["protection_has_ended D3 /effects"]);
        act(market.master(), &quarrel.dispute, "decide", ruling("upheld", &[])).expect(200);
    }

    fn r37_the_file_of_a_dispute_is_exported_whole(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        act(market.master(), &quarrel.dispute, "decide", ruling("upheld", &["transfer_protection"])).expect(200);
        let file = market.master().get(format!("/v1/disputes/{}/file", quarrel.dispute)).expect(200);
        assert_eq!(file["dispute"]["statements"].as_array().unwrap().len(), 2);
        let concerned = &file["registrations"];
        assert_eq!((&concerned[0]["at_opening"]["state"], &concerned[0]["now"]["state"]), (&json!("accepted"), &json!("released")));
        assert_eq!((&concerned[0]["at_opening"]["disputed"], &concerned[1]["at_opening"]), (&json!(false), &Value::Null));
        assert_eq!(concerned[1]["now"]["partner_id"], json!(quarrel.challenger_id));
        let kinds: Vec<&str> = file["events"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, [
            "registration.submitted", "registration.accepted", "dispute.opened", "registration.disputed", "dispute.heard",
            "dispute.statement_added", "registration.released", "registration.accepted", "dispute.decided",
        ]);
    }
}
