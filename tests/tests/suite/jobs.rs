//! What the service does of itself, from time to time. No test sets up a log: a job that works only where somebody reads of it does
//! nothing here.

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of},
};
use serde_json::{Value, json};

fn state_of(caller: &Caller, path: &str) -> Value {
    caller.get(path).expect(200)["state"].clone()
}

on_both_engines! {
    fn d3_a_protection_that_has_run_out_is_ended_by_the_service_itself(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let claim = json!({
            "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": "conservas.pt" },
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
        });
        let id = id_of(&market.caller(&shop.partner).post("/v1/registrations", claim).expect(201));
        market.master().post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
        app.do_jobs();
        assert_eq!(state_of(market.master(), &format!("/v1/registrations/{id}")), "accepted");
        app.advance(TimeDelta::days(91));
        app.do_jobs();
        let kinds: Vec<Value> = app.master("pt").get(format!("/v1/events?subject={id}")).expect(200)["data"].as_array().unwrap().iter()
            .map(|event| event["kind"].clone()).collect();
        assert_eq!(kinds.last(), Some(&json!("registration.expired")), "{kinds:?}");
    }

    fn d13_years_that_were_over_when_an_agreement_was_recorded_are_judged_by_the_service_itself(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let body = json!({ "partner_id": partner, "partnership_type": "affiliate", "language": "fr", "starts_on": "2023-11-27" });
        let agreement = id_of(&market.master().post("/v1/agreements", body).expect(201));
        for action in ["submit", "begin-supervision"] {
            market.master().post(format!("/v1/agreements/{agreement}/{action}"), json!({})).expect(200);
        }
        let approval = market.approval(&agreement);
        market.master().post(format!("/v1/agreements/{agreement}/supervisions"), approval).expect(200);
        app.do_jobs();
        let shown = market.master().get(format!("/v1/agreements/{agreement}/minimum-sales")).expect(200);
        let years: Vec<Value> = shown["years"].as_array().unwrap().iter().map(|year| json!([year["state"], year["finding_id"].is_null()])).collect();
        assert_eq!(years, [json!(["short", false]), json!(["short", false]), json!(["running", true])]);
        let findings = market.master().get("/v1/findings").expect(200);
        let found: Vec<&Value> = findings["data"].as_array().unwrap().iter().map(|it| &it["found_on"]).collect();
        assert_eq!(found, ["2025-11-26", "2024-11-26"]);
    }
}
