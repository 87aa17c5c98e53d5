//! The hearing: both sides speak until their own deadlines, and neither learns anything of the other (D22).

use chrono::TimeDelta;
use entente_tests::{
    app::{TestApp, today},
    on_both_engines,
    sales::Market,
};
use serde_json::{Value, json};

use super::{Quarrel, act, everything, evidence, prospect, ruling, show, told};

on_both_engines! {
    fn r37_both_sides_are_heard_each_until_its_own_deadline(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::open(&market, "bad_faith");
        let (master, dispute) = (market.master(), &quarrel.dispute);
        act(&quarrel.challenger, dispute, "statements", json!({ "statement": "Too early." })).problem(409, "state_conflict");
        let past = act(master, dispute, "hear", json!({ "challenger_until": "2026-03-02T09:00:00Z", "holder_until": "2026-03-01T09:00:00Z" }));
        past.problem(422, "invalid_request");
        assert_eq!(past.broken(), ["deadline_past R37 /challenger_until", "deadline_past R37 /holder_until"]);
        act(&app.master("br"), dispute, "hear", json!({})).problem(404, "not_found");
        act(&quarrel.challenger, dispute, "hear", json!({})).problem(403, "forbidden");
        let heard = act(master, dispute, "hear", json!({ "challenger_until": "2026-03-05T09:00:00Z" })).expect(200);
        let usual = (today() + TimeDelta::days(14)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        assert_eq!((&heard["state"], &heard["holder_until"]), (&json!("evidence"), &json!(usual)));
        let again = act(master, dispute, "hear", json!({})).expect(200);
        assert_eq!(again["version"], heard["version"], "heard twice is heard once");

        act(master, dispute, "decide", ruling("dismissed", &[])).problem(422, "invalid_request");
        let until = today() + TimeDelta::days(3);
        app.clock.set(until - TimeDelta::microseconds(1));
        let speak = |caller: &_, text: &str| act(caller, dispute, "statements", json!({ "statement": text, "evidence": [evidence("2026-02-25")] }));
        speak(&market.caller(&quarrel.challenger_id), "In time.").expect(200);
        app.clock.set(until);
        let late = speak(&market.caller(&quarrel.challenger_id), "Too late.");
        assert_eq!(late.broken(), ["hearing_over R37 "]);
        app.clock.set(today() + TimeDelta::days(14) - TimeDelta::microseconds(1));
        let early = act(&app.master("pt"), dispute, "decide", ruling("dismissed", &[]));
        assert_eq!(early.broken(), ["holder_not_heard R37 "]);
        app.clock.set(today() + TimeDelta::days(14));
        assert_eq!(speak(&market.caller(&quarrel.holder_id), "Too late.").broken(), ["hearing_over R37 "]);
        act(&app.master("pt"), dispute, "decide", ruling("dismissed", &[])).expect(200);
    }

    fn d22_neither_side_learns_who_the_other_is_or_what_it_said(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::open(&market, "bad_faith");
        let dispute = &quarrel.dispute;
        act(market.master(), dispute, "hear", json!({})).expect(200);
        let before = [&quarrel.challenger, &quarrel.holder].map(|caller| show(caller, dispute));
        let secret = |side: &str| json!({
            "statement": format!("The secret of the {side}."),
            "evidence": [{ "kind": "demonstration", "dated_on": "2026-02-11", "description": format!("Evidence of the {side}.") }],
        });
        app.clock.set(today() + TimeDelta::minutes(1));
        act(&quarrel.holder, dispute, "statements", secret("holder")).expect(200);
        assert_eq!(show(&quarrel.challenger, dispute), before[0], "not even that it spoke");
        act(&quarrel.challenger, dispute, "statements", secret("challenger")).expect(200);
        let held = show(&quarrel.holder, dispute);
        assert_eq!((&held["side"], &held["prospect"]["name"]), (&json!("holder"), &json!("Conservas do Mar, S.A.")));
        assert_eq!(held["version"].as_i64().unwrap(), before[1]["version"].as_i64().unwrap() + 1);
        for (caller, other, words) in [
            (&quarrel.challenger, &quarrel.holder_id, ["the holder", "Conservas do Mar"]),
            (&quarrel.holder, &quarrel.challenger_id, ["the challenger", "2026-02-20"]),
        ] {
            let all = everything(caller) + &show(caller, dispute).to_string();
            for secret in [other.as_str()].into_iter().chain(words) {
                assert!(!all.contains(secret), "{secret}");
            }
        }
        assert!(!everything(&quarrel.challenger).contains(&quarrel.registration));
        let all = show(market.master(), dispute);
        assert_eq!(all["statements"].as_array().unwrap().len(), 3);
        assert_eq!(told(&quarrel.challenger, dispute), ["dispute.opened", "dispute.heard", "dispute.statement_added"]);
        assert_eq!(told(&quarrel.holder, dispute), ["dispute.heard", "dispute.statement_added"]);
        assert_eq!(told(market.master(), dispute).len(), 4);
        // A copy kept by what changed holds what its side sees, and no more.
        app.clock.set(today() + TimeDelta::minutes(2));
        act(&quarrel.holder, dispute, "statements", json!({ "statement": "More." })).expect(200);
        let since = "/v1/disputes?updated_since=2026-03-02T09:02:00Z";
        assert_eq!(quarrel.challenger.get(since).expect(200)["data"], json!([]));
        assert_eq!(quarrel.holder.get(since).expect(200)["data"].as_array().unwrap().len(), 1);
        // Nor may it be asked for by what another's registration is called.
        let by_registration = format!("/v1/disputes?registration_id={}", quarrel.registration);
        assert_eq!(quarrel.challenger.get(&by_registration).expect(200)["data"], json!([]));
        assert_eq!(quarrel.holder.get(&by_registration).expect(200)["data"].as_array().unwrap().len(), 1);
        quarrel.challenger.get(format!("/v1/disputes/{dispute}/file")).problem(403, "forbidden");
    }

    fn r37_a_disputed_registration_says_so_and_goes_on_protecting(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::open(&market, "bad_faith");
        let path = format!("/v1/registrations/{}", quarrel.registration);
        let flag = |caller: &entente_tests::app::Caller| caller.get(&path).expect(200)["disputed"].clone();
        assert_eq!((flag(market.master()), flag(&quarrel.holder)), (json!(true), json!(false)));
        let before = quarrel.holder.get(&path).expect(200)["version"].clone();
        assert_eq!(before, json!(2), "the holder sees no trace of a dispute that is not heard");
        act(market.master(), &quarrel.dispute, "hear", json!({})).expect(200);
        assert_eq!((flag(market.master()), flag(&quarrel.holder)), (json!(true), json!(true)));
        assert_eq!(quarrel.holder.get(&path).expect(200)["state"], "accepted");
        let claim = json!({ "prospect": prospect(), "evidence": [evidence("2026-03-01")] });
        quarrel.challenger.post("/v1/registrations", claim).problem(409, "prospect_not_available");
        act(&quarrel.holder, &quarrel.dispute, "withdraw", json!({})).problem(403, "forbidden");
        act(&quarrel.challenger, &quarrel.dispute, "withdraw", json!({})).expect(200);
        let twice = act(&quarrel.challenger, &quarrel.dispute, "withdraw", json!({})).expect(200);
        assert_eq!((&twice["state"], twice["ended_at"].is_string()), (&json!("withdrawn"), true));
        assert_eq!((flag(market.master()), flag(&quarrel.holder)), (json!(false), json!(false)));
        assert_eq!(told(&quarrel.holder, &quarrel.registration), [
            "registration.submitted", "registration.accepted", "registration.disputed", "registration.dispute_ended",
        ]);
        assert_eq!(told(&quarrel.holder, &quarrel.dispute), ["dispute.heard", "dispute.withdrawn"]);
        let events = quarrel.holder.get(format!("/v1/events?subject={}", quarrel.dispute)).expect(200);
        assert_eq!(events["data"][1]["actor"], "system", "whose doing it was is nobody's business");
        act(market.master(), &quarrel.dispute, "decide", ruling("dismissed", &[])).problem(409, "state_conflict");
    }

    fn a_change_of_a_dispute_is_for_the_version_that_its_side_sees(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        let path = format!("/v1/disputes/{}", quarrel.dispute);
        let tag = quarrel.challenger.get(&path).etag();
        assert_eq!(tag, "\"2\"");
        assert_eq!(market.master().get(&path).etag(), "\"3\"");
        let speak = |tag: &str| {
            let request = quarrel.challenger.request("POST", format!("{path}/statements")).header("if-match", tag);
            request.json(&json!({ "statement": "More." })).send()
        };
        speak(&tag).expect(200);
        speak(&tag).problem(412, "version_mismatch");
        let unchanged = quarrel.challenger.request("GET", &path).header("if-none-match", "\"3\"").send();
        assert_eq!(unchanged.status, 304);
        let key = |text: &str| {
            let request = quarrel.challenger.request("POST", format!("{path}/statements")).header("idempotency-key", "once");
            request.json(&json!({ "statement": text })).send()
        };
        let first = key("Once.").expect(200);
        assert_eq!(key("Once.").expect(200), first);
        key("Twice.").problem(422, "idempotency_key_reused");
        assert_eq!(first["decisions"], Value::Array(Vec::new()));
    }
}
