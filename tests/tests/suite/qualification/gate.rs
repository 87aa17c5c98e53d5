//! What qualifications open: agreements that require one, and the start-up that a partner does itself (R56, R64, R72).

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, id_of, line},
};
use serde_json::{Value, json};

use super::{act, granted, submit, why};

/// A partner of which nothing is recorded but that it exists.
fn unrecorded(market: &Market<'_>) -> String {
    let body = json!({
        "name": "Intégra SARL", "legal_form": "company", "country": "FR", "email": "a@integra.example", "language": "fr",
    });
    id_of(&market.master().post("/v1/partners", body).expect(201))
}

fn draft(market: &Market<'_>, partner: &str, of_type: &str, starts_on: &str) -> Answer {
    let body = json!({ "partner_id": partner, "partnership_type": of_type, "language": "fr", "starts_on": starts_on });
    market.master().post("/v1/agreements", body)
}

fn patch(market: &Market<'_>, partner: &str, change: Value) {
    market.master().request("PATCH", format!("/v1/partners/{partner}")).header("if-match", "*").json(&change).send().expect(200);
}

/// A proposal by a partner, of one instance for a prospect that it registered.
fn proposal(market: &Market<'_>, partner: &str, agreement: &str, duties: Value) -> Value {
    let claim = json!({
        "prospect": { "name": "Fromagerie du Lac", "country": "FR", "domain": "fromagerie-du-lac.fr" },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    });
    let registration = id_of(&market.caller(partner).post("/v1/registrations", claim).expect(201));
    market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
    let mut instance = line(&market.item("instance"), "year", None);
    instance["duties"] = duties;
    json!({ "agreement_id": agreement, "registration_id": registration, "currency": "EUR", "lines": [instance] })
}

fn offer(caller: &Caller, body: &Value) -> Answer {
    caller.post("/v1/proposals", body.clone())
}

const CLOSED: [&str; 2] = ["not_qualified R64 /lines/0/duties/integration", "not_qualified R64 /lines/0/duties/start_up"];
/// The same of an independent integrator, whose terms ask for it by a rule of their own.
const CLOSED_TO_INDEPENDENT: [&str; 2] =
    ["not_qualified R72 /lines/0/duties/integration", "not_qualified R72 /lines/0/duties/start_up"];

on_both_engines! {
    fn r64_r72_an_agreement_that_requires_a_qualification_takes_a_granted_one(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        for (of_type, rule) in [("affiliated_integrator", "R64"), ("independent_integrator", "R72")] {
            let partner = unrecorded(&market);
            let lacking = [format!("requirement_not_on_record {rule} /partner_id")];
            assert_eq!(draft(&market, &partner, of_type, "2026-03-02").broken(), lacking);
            let submitted = submit(&market.caller(&partner), "technical_start_up");
            assert_eq!(draft(&market, &partner, of_type, "2026-03-02").broken(), lacking);
            act(market.master(), &submitted, "grant", json!({})).expect(200);
            market.agreement(&partner, of_type, None);
        }
        let partner = unrecorded(&market);
        assert_eq!(draft(&market, &partner, "affiliate", "2026-03-02").broken(), ["requirement_not_on_record R56 /partner_id"]);
        granted(&market, &partner, "technical_start_up", ("2026-03-02", None));
        assert_eq!(draft(&market, &partner, "affiliate", "2026-03-02").broken(), ["requirement_not_on_record R56 /partner_id"]);
        granted(&market, &partner, "technical_support", ("2026-03-02", None));
        draft(&market, &partner, "affiliate", "2026-03-02").expect(201);
    }

    fn r64_the_qualification_counts_on_the_day_on_which_the_agreement_starts(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = unrecorded(&market);
        granted(&market, &partner, "technical_start_up", ("2026-04-01", Some("2026-04-30")));
        let starts = |on| draft(&market, &partner, "affiliated_integrator", on);
        for refused in ["2026-03-31", "2026-05-01"] {
            assert_eq!(starts(refused).broken(), ["requirement_not_on_record R64 /partner_id"], "{refused}");
        }
        starts("2026-04-30").expect(201);
        starts("2026-04-01").expect(201);
    }

    fn r64_a_qualification_that_is_over_counts_before_a_record_without_dates(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let qualification = granted(&market, &partner, "technical_start_up", ("2026-03-01", None));
        draft(&market, &partner, "affiliated_integrator", "2026-03-02").expect(201);
        act(market.master(), &qualification, "revoke", why()).expect(200);
        assert_eq!(draft(&market, &partner, "affiliated_integrator", "2026-03-02").broken(), ["requirement_not_on_record R64 /partner_id"]);
    }

    fn r64_an_agreement_is_not_approved_once_the_qualification_is_gone(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = unrecorded(&market);
        let qualification = granted(&market, &partner, "technical_start_up", ("2026-01-01", None));
        let agreement = market.under_supervision(&partner, "affiliated_integrator", None, None);
        act(market.master(), &qualification, "revoke", why()).expect(200);
        let approve = || market.master().post(format!("/v1/agreements/{agreement}/supervisions"), market.approval(&agreement));
        assert_eq!(approve().broken(), ["requirement_not_on_record R64 "]);
        granted(&market, &partner, "technical_start_up", ("2026-03-02", None));
        assert_eq!(approve().expect(200)["state"], "active");
    }

    fn r64_an_integrator_without_a_valid_qualification_is_refused_the_start_up_it_would_do(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliated_integrator", None);
        let body = proposal(&market, &partner, &agreement, json!({}));
        offer(&market.caller(&partner), &body).expect(201);
        patch(&market, &partner, json!({ "technical_qualification": false }));
        let refused = offer(&market.caller(&partner), &body);
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), CLOSED);
        assert_eq!(offer(market.master(), &body).broken(), CLOSED, "whoever writes the proposal");
        let quote = json!({ "agreement_id": agreement, "currency": "EUR", "lines": body["lines"] });
        assert_eq!(market.caller(&partner).post("/v1/quotes", quote).broken(), CLOSED);
        let french = market.caller(&partner).request("POST", "/v1/proposals").header("accept-language", "fr").json(&body).send();
        assert!(french.text.contains("qualification valide"), "{}", french.text);
        granted(&market, &partner, "technical_start_up", ("2026-03-02", None));
        offer(&market.caller(&partner), &body).expect(201);
    }

    fn r72_an_independent_integrator_may_leave_the_start_up_to_the_master(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "independent_integrator", None);
        patch(&market, &partner, json!({ "technical_qualification": false }));
        let caller = market.caller(&partner);
        let body = proposal(&market, &partner, &agreement, json!({}));
        let duties = |start_up: &str, integration: &str| {
            let mut body = body.clone();
            body["lines"][0]["duties"] = json!({ "start_up": start_up, "integration": integration });
            body
        };
        assert_eq!(offer(&caller, &duties("partner", "partner")).broken(), CLOSED_TO_INDEPENDENT);
        assert_eq!(offer(&caller, &duties("partner", "master")).broken(), CLOSED_TO_INDEPENDENT[1..]);
        assert_eq!(offer(&caller, &duties("master", "partner")).broken(), CLOSED_TO_INDEPENDENT[..1]);
        offer(&caller, &duties("master", "master")).expect(201);
    }

    fn r64_the_start_up_is_open_up_to_midnight_of_the_last_day_where_the_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliated_integrator", None);
        granted(&market, &partner, "technical_start_up", ("2026-03-01", Some("2026-03-02")));
        let body = proposal(&market, &partner, &agreement, json!({}));
        let sent: Vec<String> = (0..2).map(|_| {
            let id = id_of(&offer(&market.caller(&partner), &body).expect(201));
            market.caller(&partner).post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
            id
        }).collect();
        // The day ends in Paris at 23:00 UTC, fourteen hours after the tests begin.
        app.advance(TimeDelta::hours(14) - TimeDelta::microseconds(1));
        offer(&app.partner(&partner), &body).expect(201);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(offer(&app.partner(&partner), &body).broken(), CLOSED);
        let sign = |id: &str, on: &str| app.partner(&partner).post(format!("/v1/proposals/{id}/sign"), json!({ "signed_on": on }));
        assert_eq!(sign(&sent[0], "2026-03-03").broken(), ["not_qualified R64 ", "not_qualified R64 "]);
        // Before its qualification began, what its record says without dates counted.
        let before = app.partner(&partner).post(format!("/v1/proposals/{}/sign?dry_run=true", sent[1]), json!({ "signed_on": "2026-02-28" }));
        before.expect(200);
        sign(&sent[0], "2026-03-02").expect(201);
    }

    fn r76_whoever_has_no_start_up_to_do_needs_no_qualification(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = unrecorded(&market);
        let agreement = market.agreement(&partner, "referrer", None);
        offer(&market.caller(&partner), &proposal(&market, &partner, &agreement, json!({}))).expect(201);
    }
}
