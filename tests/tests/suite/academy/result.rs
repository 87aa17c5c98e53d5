//! What whoever gives a course records: who was there, who passed, the certificate and the qualification that follow.

use chrono::{NaiveDate, TimeDelta};
use domain::id::PartnerId;
use entente_tests::{
    app::TestApp,
    engine::wait,
    on_both_engines,
    sales::{Market, id_of},
};
use serde_json::{Value, json};

use super::{act, begins, enrol, events, french, planned, published, session, state_of, written};

fn course_that_qualifies(months: Value) -> Value {
    let mut course = french("training");
    course["qualification"] = json!("technical_start_up");
    course["certificate_months"] = months;
    course
}

fn is_qualified(app: &TestApp, partner: &str, on: &str) -> bool {
    let (partner, on): (PartnerId, NaiveDate) = (partner.parse().unwrap(), on.parse().unwrap());
    wait(app.db.read(move |tx| persistence::qualification::is_qualified(tx.conn, partner, "technical_start_up", on))).unwrap()
}

on_both_engines! {
    fn attendance_and_results_are_recorded_in_their_order_by_whoever_gives_the_course(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, french("course"), 5);
        let partner = market.partner();
        let [ana, bia] = ["Ana", "Bia"].map(|name| enrol(&market.caller(&partner), &session, name).expect(201));
        act(market.master(), "enrolments", &ana, "attendance", json!({ "attended": true })).problem(409, "state_conflict");
        app.advance(TimeDelta::days(10));
        let (master, caller) = (app.master("fr"), app.partner(&partner));
        act(&caller, "enrolments", &ana, "attendance", json!({ "attended": true })).problem(403, "forbidden");
        act(&master, "enrolments", &ana, "result", json!({ "passed": true })).problem(409, "state_conflict");
        act(&master, "enrolments", &bia, "attendance", json!({ "attended": false, "note": "Ill." })).expect(200);
        act(&master, "enrolments", &bia, "result", json!({ "passed": true })).problem(409, "state_conflict");
        act(&master, "enrolments", &ana, "attendance", json!({ "attended": false })).expect(200);
        act(&master, "enrolments", &ana, "attendance", json!({ "attended": true })).expect(200);
        act(&master, "enrolments", &ana, "result", json!({ "passed": true, "score": 101 })).problem(422, "invalid_request");
        let failed = act(&master, "enrolments", &ana, "result", json!({ "passed": false, "score": 49 })).expect(200);
        assert_eq!((&failed["state"], &failed["score"]), (&json!("failed"), &json!(49)));
        assert_eq!(act(&master, "enrolments", &ana, "result", json!({ "passed": false, "score": 49 })).expect(200), failed);
        act(&master, "enrolments", &ana, "result", json!({ "passed": true })).problem(409, "state_conflict");
        assert_eq!(caller.get("/v1/certificates").expect(200)["data"], json!([]), "who failed gets none");
        assert_eq!(state_of(&caller, "enrolments", &bia), json!("absent"));
    }

    fn r64_whoever_passes_gets_a_certificate_and_its_partner_the_qualification(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, course_that_qualifies(json!(12)), 5);
        let (partner, other) = (market.partner(), market.partner());
        let ana = enrol(&market.caller(&partner), &session, "Ana").expect(201);
        app.advance(TimeDelta::days(10));
        let (master, caller) = (app.master("fr"), app.partner(&partner));
        act(&master, "enrolments", &ana, "attendance", json!({ "attended": true })).expect(200);
        act(&master, "enrolments", &ana, "result", json!({ "passed": true, "score": 87 })).expect(200);
        let certificates = caller.get("/v1/certificates").expect(200)["data"].clone();
        let certificate = &certificates[0];
        assert_eq!((certificates.as_array().unwrap().len(), &certificate["person_name"]), (1, &json!("Ana")));
        // Twelve months from the day it was issued.
        assert_eq!((&certificate["issued_on"], &certificate["valid_until"]), (&json!("2026-03-12"), &json!("2027-03-11")));
        let qualification = caller.get(format!("/v1/qualifications/{}", certificate["qualification_id"].as_str().unwrap())).expect(200);
        assert_eq!((&qualification["state"], &qualification["kind"]), (&json!("granted"), &json!("technical_start_up")));
        assert_eq!((&qualification["valid_from"], &qualification["valid_until"]), (&certificate["issued_on"], &certificate["valid_until"]));
        let days = ["2026-03-11", "2026-03-12", "2027-03-11", "2027-03-12"].map(|day| is_qualified(&app, &partner, day));
        assert_eq!(days, [false, true, true, false]);
        assert_eq!((events(&caller, certificate), events(&caller, &qualification)), (vec!["certificate.issued".to_owned()], vec!["qualification.granted".to_owned()]));
        // D22
        let stranger = app.partner(&other);
        stranger.get(format!("/v1/certificates/{}", id_of(certificate))).problem(404, "not_found");
        assert_eq!(stranger.get("/v1/certificates").expect(200)["data"], json!([]));
        assert_eq!(events(&stranger, certificate), Vec::<String>::new());
    }

    fn a_certificate_is_verified_by_its_number_up_to_midnight_of_its_last_day_where_its_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, course_that_qualifies(json!(1)), 5);
        let partner = market.partner();
        let ana = enrol(&market.caller(&partner), &session, "Ana").expect(201);
        app.advance(TimeDelta::days(10));
        act(&app.master("fr"), "enrolments", &ana, "attendance", json!({ "attended": true })).expect(200);
        act(&app.master("fr"), "enrolments", &ana, "result", json!({ "passed": true })).expect(200);
        let certificate = app.partner(&partner).get("/v1/certificates").expect(200)["data"][0].clone();
        assert_eq!(certificate["valid_until"], "2026-04-11");
        let number = certificate["number"].as_str().unwrap();
        let verify = |number: &str| app.anonymous().get(format!("/v1/certificate-verifications?number={number}"));
        let shown = verify(number).expect(200);
        assert_eq!((&shown["valid"], &shown["person_name"], &shown["titles"]["fr"]), (&json!(true), &json!("Ana"), &json!("Démarrage")));
        assert!(shown.get("partner_id").is_none() && !shown.to_string().contains("partner_"), "D22: {shown}");
        assert_eq!(verify(&number.to_lowercase()).expect(200), shown);
        verify("2026-0000-0000-0000-0000").problem(404, "not_found");
        app.anonymous().get("/v1/certificate-verifications").problem(422, "invalid_request");
        // 11 April ends in Paris at 22:00 UTC, in summer time; now it is 12 March, nine o'clock.
        app.advance(TimeDelta::days(30) + TimeDelta::hours(13) - TimeDelta::microseconds(1));
        assert_eq!(verify(number).expect(200)["valid"], true);
        app.advance(TimeDelta::microseconds(1));
        assert_eq!(verify(number).expect(200)["valid"], false);
    }

    fn d21_a_partner_of_another_master_is_qualified_under_its_own(engine: Engine) {
        let app = TestApp::start(engine);
        let (lisbon, brazil) = (Market::altoga(&app), Market::altoga_in_brazil(&app));
        let mut course = written("course");
        course["qualification"] = json!("technical_start_up");
        let course = published(lisbon.master(), lisbon.master(), course);
        let mut plan = planned(&course, begins(&app), 5);
        plan["language"] = json!("en");
        let session = lisbon.master().post("/v1/course-sessions", plan).expect(201);
        let partner = brazil.partner();
        let ana = enrol(&brazil.caller(&partner), &session, "Ana").expect(201);
        app.advance(TimeDelta::days(10));
        act(&app.master("pt"), "enrolments", &ana, "attendance", json!({ "attended": true })).expect(200);
        act(&app.master("pt"), "enrolments", &ana, "result", json!({ "passed": true })).expect(200);
        let qualification = app.master("br").get("/v1/qualifications").expect(200)["data"][0].clone();
        assert_eq!((&qualification["partner_id"], &qualification["state"]), (&json!(partner), &json!("granted")));
        assert_eq!(app.master("pt").get("/v1/qualifications").expect(200)["data"], json!([]));
        assert_eq!(app.master("pt").get("/v1/certificates").expect(200)["data"][0]["person_name"], "Ana");
    }

    fn a_certificate_without_end_qualifies_as_long_as_its_kind_says(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, course_that_qualifies(Value::Null), 5);
        let partner = market.partner();
        let ana = enrol(&market.caller(&partner), &session, "Ana").expect(201);
        app.advance(TimeDelta::days(10));
        act(&app.master("fr"), "enrolments", &ana, "attendance", json!({ "attended": true })).expect(200);
        act(&app.master("fr"), "enrolments", &ana, "result", json!({ "passed": true })).expect(200);
        assert_eq!(app.partner(&partner).get("/v1/certificates").expect(200)["data"][0]["valid_until"], Value::Null);
        // The network's file gives the kind 24 months.
        let days = ["2028-03-11", "2028-03-12"].map(|day| is_qualified(&app, &partner, day));
        assert_eq!(days, [true, false]);
    }
}
