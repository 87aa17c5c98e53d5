//! Enrolments: exactly as many as there are places, a waiting list, and what a cancellation moves.

use chrono::TimeDelta;
use entente_tests::{
    app::TestApp,
    on_both_engines,
    sales::{Market, id_of},
};
use serde_json::{Value, json};

use super::{act, begins, enrol, events, french, miss, planned, published, session, state_of, written};

on_both_engines! {
    fn as_many_are_enrolled_as_there_are_places_and_the_rest_wait_in_order(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, french("course"), 2);
        let (first, second) = (market.caller(&market.partner()), market.caller(&market.partner()));
        let ana = enrol(&first, &session, "Ana").expect(201);
        let bia = enrol(&second, &session, "Bia").expect(201);
        let carla = enrol(&second, &session, "Carla").expect(201);
        let dora = enrol(&first, &session, "Dora").expect(201);
        assert_eq!([&ana, &bia, &carla, &dora].map(|it| it["state"].clone()), ["enrolled", "enrolled", "waiting", "waiting"].map(Value::from));
        let twice = enrol(&first, &session, "ANA");
        twice.problem(409, "already_exists");
        assert_eq!(twice.broken(), ["enrolled_already - /person/email"]);
        enrol(&second, &session, "Ana").expect(201);
        // A place that is given back goes to whoever waits longest.
        let cancelled = act(&first, "enrolments", &ana, "cancel", json!({})).expect(200);
        assert_eq!(cancelled["state"], "cancelled");
        assert_eq!(act(&first, "enrolments", &ana, "cancel", json!({})).expect(200), cancelled, "the same again answers the same");
        assert_eq!((state_of(&second, "enrolments", &carla), state_of(&first, "enrolments", &dora)), (json!("enrolled"), json!("waiting")));
        assert_eq!(events(&second, &carla), ["enrolment.made", "enrolment.moved_up"]);
        // Who waits and gives up takes no place with it.
        act(&first, "enrolments", &dora, "cancel", json!({})).expect(200);
        let shown = market.master().get(format!("/v1/course-sessions/{}", id_of(&session))).expect(200);
        assert_eq!((&shown["taken"], &shown["capacity"]), (&json!(2), &json!(2)));
        enrol(&first, &session, "Ana").expect(201);
    }

    fn a_race_for_the_last_places_lets_exactly_the_capacity_through(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, french("course"), 3);
        let callers: Vec<_> = (0..8).map(|_| market.caller(&market.partner())).collect();
        let states: Vec<String> = std::thread::scope(|scope| {
            let session = &session;
            let run = |caller| scope.spawn(move || enrol(caller, session, "Ana").expect(201)["state"].as_str().unwrap().to_owned());
            let runs: Vec<_> = callers.iter().map(run).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(states.iter().filter(|state| *state == "enrolled").count(), 3, "{states:?}");
        let shown = market.master().get(format!("/v1/course-sessions/{}", id_of(&session))).expect(200);
        assert_eq!(shown["taken"], 3);
        let places = market.master().get("/v1/enrolments?state=enrolled").expect(200)["data"].as_array().unwrap().len();
        assert_eq!(places, 3);
    }

    fn more_places_move_up_whoever_waits_and_fewer_than_taken_are_refused(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, french("course"), 2);
        let caller = market.caller(&market.partner());
        let enrolled: Vec<Value> = ["Ana", "Bia", "Carla", "Dora"].map(|name| enrol(&caller, &session, name).expect(201)).into();
        let path = format!("/v1/course-sessions/{}", id_of(&session));
        let patch = |change: Value| market.master().patch(path.clone(), &market.master().get(&path).etag(), change);
        assert_eq!(patch(json!({ "capacity": 1 })).broken(), ["fewer_places_than_taken - /capacity"]);
        assert_eq!(patch(json!({ "capacity": 3 })).expect(200)["taken"], 3);
        let states = || enrolled.iter().map(|it| state_of(&caller, "enrolments", it)).collect::<Vec<_>>();
        assert_eq!(states(), ["enrolled", "enrolled", "enrolled", "waiting"].map(Value::from));
        market.master().patch(path.clone(), "\"1\"", json!({ "capacity": 4 })).problem(412, "version_mismatch");
        caller.patch(path.clone(), "*", json!({ "capacity": 4 })).problem(403, "forbidden");
        let cancelled = act(market.master(), "course-sessions", &session, "cancel", json!({ "reason": "The instructor is ill." })).expect(200);
        assert_eq!((&cancelled["state"], &cancelled["taken"]), (&json!("cancelled"), &json!(0)));
        assert_eq!(states(), ["cancelled", "cancelled", "cancelled", "cancelled"].map(Value::from));
        enrol(&caller, &session, "Ema").problem(409, "state_conflict");
    }

    fn a_place_is_given_back_before_the_session_begins_and_not_from_then_on(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let session = session(&app, &market, french("course"), 2);
        let partner = market.partner();
        let [ana, bia, waiting] = ["Ana", "Bia", "Carla"].map(|name| enrol(&market.caller(&partner), &session, name).expect(201));
        app.advance(TimeDelta::days(10) - TimeDelta::microseconds(1));
        assert_eq!(miss(&app), 0);
        act(&app.partner(&partner), "enrolments", &ana, "cancel", json!({})).expect(200);
        assert_eq!(state_of(&app.partner(&partner), "enrolments", &waiting), json!("enrolled"));
        let late = enrol(&app.partner(&partner), &session, "Dora").expect(201);
        assert_eq!(late["state"], "waiting");
        app.advance(TimeDelta::microseconds(1));
        act(&app.partner(&partner), "enrolments", &bia, "cancel", json!({})).problem(409, "state_conflict");
        enrol(&app.partner(&partner), &session, "Ema").problem(409, "state_conflict");
        let path = format!("/v1/course-sessions/{}", id_of(&session));
        app.master("fr").patch(path, "*", json!({ "capacity": 5 })).problem(409, "state_conflict");
        act(&app.master("fr"), "course-sessions", &session, "cancel", json!({ "reason": "Too late." })).problem(409, "state_conflict");
        assert_eq!((miss(&app), miss(&app)), (1, 0), "once");
        assert_eq!(state_of(&app.partner(&partner), "enrolments", &late), json!("missed"));
    }

    fn d22_a_partner_sees_its_own_people_and_an_instructor_names_without_partners(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let teacher = market.partner();
        let instructor = market.caller(&teacher);
        let mut body = written("webinar");
        body["agreement_id"] = json!(market.agreement(&teacher, "instructor", None));
        let course = published(&instructor, market.master(), body);
        let mut plan = planned(&course, begins(&app), 5);
        (plan["venue"], plan["place"], plan["link"], plan["language"]) = (json!("online"), Value::Null, json!("https://meet.example/abc"), json!("en"));
        let session = instructor.post("/v1/course-sessions", plan).expect(201);
        let (own, other) = (market.partner(), market.partner());
        let made = enrol(&market.caller(&own), &session, "Ana").expect(201);
        assert_eq!((&made["link"], &made["person"]["email"]), (&json!("https://meet.example/abc"), &json!("ana@people.example")));
        let path = format!("/v1/enrolments/{}", id_of(&made));
        market.caller(&other).get(&path).problem(404, "not_found");
        assert_eq!(market.caller(&other).get("/v1/enrolments").expect(200)["data"], json!([]));
        act(&market.caller(&other), "enrolments", &made, "cancel", json!({})).problem(404, "not_found");
        let taught = instructor.get(&path).expect(200);
        assert_eq!((&taught["person"]["name"], &taught["person"]["email"], &taught["partner_id"]), (&json!("Ana"), &Value::Null, &Value::Null));
        assert_eq!(instructor.get(format!("/v1/enrolments?partner_id={own}")).expect(200)["data"], json!([]));
        act(&instructor, "enrolments", &made, "cancel", json!({})).problem(403, "forbidden");
        assert_eq!(events(&instructor, &made), Vec::<String>::new());
        let of_master = market.master().get(format!("/v1/enrolments?partner_id={own}&course_session_id={}", id_of(&session))).expect(200);
        assert_eq!(of_master["data"][0]["partner_id"], json!(own));
        app.master("br").get(&path).problem(404, "not_found");
    }
}
