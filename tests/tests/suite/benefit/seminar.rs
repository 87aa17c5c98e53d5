//! A place in a session that is a benefit: taken with the enrolment, had with the attendance, given back with the last person (R85).

use chrono::{DateTime, TimeDelta, Utc};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, id_of},
};
use serde_json::{Value, json};

use super::{act, integrator, left, request};

fn seminar(market: &Market<'_>, starts_at: DateTime<Utc>, capacity: u32) -> Value {
    let course = json!({
        "kind": "seminar", "titles": { "fr": "Séminaire" }, "descriptions": { "fr": "Deux fois par an." }, "benefit": "partner_seminars",
    });
    let course = market.master().post("/v1/courses", course).expect(201);
    for action in ["submit", "publish"] {
        market.master().post(format!("/v1/courses/{}/{action}", id_of(&course)), json!({})).expect(200);
    }
    let session = json!({
        "course_id": course["id"], "venue": "on_site", "place": "Paris", "language": "fr", "starts_at": starts_at,
        "ends_at": starts_at + TimeDelta::hours(2), "capacity": capacity,
    });
    market.master().post("/v1/course-sessions", session).expect(201)
}

fn enrol(caller: &Caller, session: &Value, name: &str) -> Answer {
    let person = json!({ "name": name, "email": format!("{name}@people.example") });
    caller.post("/v1/enrolments", json!({ "course_session_id": session["id"], "person": person }))
}

fn cancel(caller: &Caller, enrolment: &Value) {
    caller.post(format!("/v1/enrolments/{}/cancel", id_of(enrolment)), json!({})).expect(200);
}

on_both_engines! {
    fn r85_the_third_seminar_is_refused_whoever_of_the_partner_would_go(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = integrator(&market);
        let caller = market.caller(&partner);
        let sessions: Vec<Value> = (1..=3).map(|day| seminar(&market, app.clock.now() + TimeDelta::days(day), 10)).collect();
        enrol(&caller, &sessions[0], "ana").expect(201);
        // Two people in one seminar are one seminar.
        let bia = enrol(&caller, &sessions[0], "bia").expect(201);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2026-03-02"), "2 0 1 0 1 available");
        enrol(&caller, &sessions[1], "ana").expect(201);
        let third = enrol(&caller, &sessions[2], "carla");
        third.problem(422, "invalid_request");
        assert_eq!(third.broken(), ["benefit_exhausted R85 /course_session_id"]);
        assert_eq!(caller.get(format!("/v1/enrolments?course_session_id={}", id_of(&sessions[2]))).expect(200)["data"], json!([]), "nothing half done");
        assert_eq!(request(&caller, "partner_seminars").broken(), ["benefit_exhausted R85 /benefit"]);
        cancel(&caller, &bia);
        assert_eq!(enrol(&caller, &sessions[2], "carla").broken(), ["benefit_exhausted R85 /course_session_id"], "ana still goes to the first");
        let next_year = seminar(&market, "2027-01-01T09:00:00Z".parse().unwrap(), 10);
        enrol(&caller, &next_year, "carla").expect(201);
    }

    fn r85_the_year_of_a_seminar_is_that_of_its_day_where_its_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = integrator(&market);
        let caller = market.caller(&partner);
        let at = |text: &str| seminar(&market, text.parse().unwrap(), 10);
        // In Paris 2027 begins at 23:00 UTC.
        for session in [at("2026-12-31T22:00:00Z"), at("2026-12-31T22:59:59Z")] {
            enrol(&caller, &session, "ana").expect(201);
        }
        assert_eq!(enrol(&caller, &at("2026-12-31T22:30:00Z"), "ana").broken(), ["benefit_exhausted R85 /course_session_id"]);
        enrol(&caller, &at("2026-12-31T23:00:00Z"), "ana").expect(201);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2027-01-01"), "2 0 1 0 1 available");
    }

    fn a_seminar_is_given_back_with_the_partners_last_person_and_had_with_its_first(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = integrator(&market);
        let caller = market.caller(&partner);
        let session = seminar(&market, app.clock.now() + TimeDelta::days(1), 1);
        let (ana, bia) = (enrol(&caller, &session, "ana").expect(201), enrol(&caller, &session, "bia").expect(201));
        assert_eq!(bia["state"], "waiting");
        let used = caller.get("/v1/benefit-uses").expect(200)["data"][0].clone();
        assert_eq!((&used["course_session_id"], &used["state"]), (&session["id"], &json!("granted")));
        assert_eq!(act(&caller, &used, "withdraw", json!({})).broken(), ["benefit_use_follows - "]);
        assert_eq!(act(market.master(), &used, "use", json!({})).broken(), ["benefit_use_follows - "]);
        cancel(&caller, &ana);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2026-03-02"), "2 0 1 0 1 available", "bia moved up");
        cancel(&caller, &bia);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2026-03-02"), "2 0 0 0 2 available");
        let carla = enrol(&caller, &session, "carla").expect(201);
        app.advance(TimeDelta::days(1));
        app.master("fr").post(format!("/v1/enrolments/{}/attendance", id_of(&carla)), json!({ "attended": true })).expect(200);
        assert_eq!(left(&app.partner(&partner), &partner, "partner_seminars", "2026-03-02"), "2 0 0 1 1 available");
    }

    fn a_cancelled_session_gives_its_benefits_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = integrator(&market);
        let caller = market.caller(&partner);
        let session = seminar(&market, app.clock.now() + TimeDelta::days(1), 5);
        enrol(&caller, &session, "ana").expect(201);
        enrol(&caller, &session, "bia").expect(201);
        market.master().post(format!("/v1/course-sessions/{}/cancel", id_of(&session)), json!({ "reason": "Snow." })).expect(200);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2026-03-02"), "2 0 0 0 2 available");
    }

    fn r81_a_referrer_has_no_seminars_to_go_to(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        market.agreement(&partner, "referrer", None);
        let session = seminar(&market, app.clock.now() + TimeDelta::days(1), 5);
        assert_eq!(enrol(&market.caller(&partner), &session, "ana").broken(), ["benefit_not_given R81 /course_session_id"]);
    }
}
