//! Courses: written by instructors with a master that publishes them, or by a master (R22).

use chrono::TimeDelta;
use diesel::RunQueryDsl;
use entente_tests::{
    app::TestApp,
    engine::wait,
    on_both_engines,
    sales::{Market, id_of},
};
use persistence::error::DbError;
use serde_json::{Value, json};

use super::{act, begins, events, french, planned, published, state_of, written};

fn why() -> Value {
    json!({ "reason": "The second part needs an example." })
}

on_both_engines! {
    fn r22_an_instructor_writes_a_course_and_its_master_publishes_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let instructor = market.caller(&partner);
        let mut body = written("webinar");
        body["agreement_id"] = json!(market.agreement(&partner, "instructor", None));
        let course = instructor.post("/v1/courses", body).expect(201);
        assert_eq!((&course["state"], &course["author"]["id"], &course["master_id"]), (&json!("draft"), &json!(partner), &json!(market.master_id())));
        let stranger = market.caller(&market.partner());
        stranger.get(format!("/v1/courses/{}", id_of(&course))).problem(404, "not_found");
        app.master("br").get(format!("/v1/courses/{}", id_of(&course))).problem(404, "not_found");
        act(market.master(), "courses", &course, "publish", json!({})).problem(409, "state_conflict");
        act(market.master(), "courses", &course, "submit", json!({})).problem(403, "forbidden");
        act(&instructor, "courses", &course, "submit", json!({})).expect(200);
        act(&instructor, "courses", &course, "publish", json!({})).problem(403, "forbidden");
        let returned = act(market.master(), "courses", &course, "return", why()).expect(200);
        assert_eq!((&returned["state"], &returned["reason"]), (&json!("draft"), &why()["reason"]));
        let tag = instructor.get(format!("/v1/courses/{}", id_of(&course))).etag();
        let titles = json!({ "titles": { "en": "Keeping stocks" } });
        market.master().patch(format!("/v1/courses/{}", id_of(&course)), &tag, titles.clone()).problem(403, "forbidden");
        let changed = instructor.patch(format!("/v1/courses/{}", id_of(&course)), &tag, titles).expect(200);
        assert_eq!(changed["titles"], json!({ "en": "Keeping stocks" }));
        act(&instructor, "courses", &course, "submit", json!({})).expect(200);
        let seen = act(market.master(), "courses", &course, "publish", json!({})).expect(200);
        assert_eq!(act(market.master(), "courses", &course, "publish", json!({})).expect(200), seen, "the same again answers the same");
        // D22: who teaches is the instructor's and the master's business.
        let shown = stranger.get(format!("/v1/courses/{}", id_of(&course))).expect(200);
        assert_eq!((&shown["state"], &shown["author"]), (&json!("published"), &Value::Null));
        let tag = instructor.get(format!("/v1/courses/{}", id_of(&course))).etag();
        instructor.patch(format!("/v1/courses/{}", id_of(&course)), &tag, json!({ "titles": { "en": "New" } })).problem(409, "state_conflict");
        let expected = ["course.created", "course.submitted", "course.returned", "course.changed", "course.submitted", "course.published"];
        assert_eq!(events(&instructor, &course), expected);
        assert_eq!(events(&stranger, &course), Vec::<String>::new());
    }

    fn r22_only_who_the_terms_let_author_writes_courses(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let reseller = market.agreement(&partner, "reseller", None);
        let caller = market.caller(&partner);
        let with = |agreement: &str| {
            let mut body = written("course");
            body["agreement_id"] = json!(agreement);
            caller.post("/v1/courses", body)
        };
        assert_eq!(caller.post("/v1/courses", written("course")).broken(), ["instructor_agreement_missing R22 /agreement_id"]);
        assert_eq!(with(&reseller).broken(), ["authors_no_courses R22 /agreement_id"]);
        let instructor = market.agreement(&partner, "instructor", None);
        with(&instructor).expect(201);
        let suspended = json!({ "reason": "Best practices were not followed." });
        market.master().post(format!("/v1/agreements/{instructor}/suspend"), suspended).expect(200);
        assert_eq!(with(&instructor).broken(), ["agreement_not_in_force R7 /agreement_id"]);
        let other = market.partner();
        let theirs = market.agreement(&other, "instructor", None);
        with(&theirs).problem(404, "not_found");
        let mut body = written("course");
        body["agreement_id"] = json!(theirs);
        assert_eq!(market.master().post("/v1/courses", body).broken(), ["agreement_of_instructors R22 /agreement_id"]);
    }

    fn r22_whoever_is_an_instructor_no_more_plans_no_sessions(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "instructor", None);
        let instructor = market.caller(&partner);
        let mut body = written("webinar");
        body["agreement_id"] = json!(agreement);
        let draft = instructor.post("/v1/courses", body.clone()).expect(201);
        let course = published(&instructor, market.master(), body);
        let mut plan = planned(&course, begins(&app), 3);
        plan["language"] = json!("en");
        instructor.post("/v1/course-sessions", plan.clone()).expect(201);
        market.master().post(format!("/v1/agreements/{agreement}/terminate"), json!({ "reason": "It was agreed." })).expect(200);
        assert_eq!(instructor.post("/v1/course-sessions", plan.clone()).broken(), ["authors_no_courses R22 /course_id"]);
        assert_eq!(act(&instructor, "courses", &draft, "submit", json!({})).broken(), ["authors_no_courses R22 "]);
        market.master().post("/v1/course-sessions", plan).expect(201);
    }

    fn r86_everything_that_is_wrong_with_a_course_is_told_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let mut wrong = french("seminar");
        wrong["titles"] = json!({ "pt": "Seminário", "en": " " });
        wrong["qualification"] = json!("juggling");
        wrong["benefit"] = json!("partner_instance");
        assert_eq!(market.master().post("/v1/courses", wrong).broken(), [
            "default_language_missing R86 /titles", "empty_text - /titles/en", "language_not_of_network R86 /titles/pt",
            "unknown_benefit R81 /benefit", "unknown_qualification - /qualification",
        ]);
        let mut sound = french("seminar");
        sound["qualification"] = json!("technical_start_up");
        sound["benefit"] = json!("partner_seminars");
        market.master().post("/v1/courses", sound).expect(201);
    }

    fn a_session_is_of_a_published_course_and_by_whoever_gives_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let instructor = market.caller(&partner);
        let mut body = written("webinar");
        body["agreement_id"] = json!(market.agreement(&partner, "instructor", None));
        let draft = instructor.post("/v1/courses", body.clone()).expect(201);
        let mut plan = planned(&draft, begins(&app), 3);
        plan["language"] = json!("en");
        instructor.post("/v1/course-sessions", plan.clone()).problem(409, "state_conflict");
        let course = published(&instructor, market.master(), body);
        plan["course_id"] = course["id"].clone();
        market.caller(&market.partner()).post("/v1/course-sessions", plan.clone()).problem(403, "forbidden");
        app.master("br").post("/v1/course-sessions", plan.clone()).problem(403, "forbidden");
        let online = {
            let mut plan = plan.clone();
            (plan["venue"], plan["place"], plan["link"]) = (json!("online"), Value::Null, json!("https://meet.example/abc"));
            instructor.post("/v1/course-sessions", plan).expect(201)
        };
        assert_eq!((&online["link"], &online["taken"]), (&json!("https://meet.example/abc"), &json!(0)));
        let seen = market.caller(&market.partner()).get(format!("/v1/course-sessions/{}", id_of(&online))).expect(200);
        assert_eq!((&seen["link"], &seen["taken"], &seen["capacity"]), (&Value::Null, &Value::Null, &json!(3)));
        let mut wrong = plan;
        (wrong["place"], wrong["language"]) = (Value::Null, json!("fr"));
        wrong["starts_at"] = json!(app.clock.now());
        wrong["ends_at"] = json!(app.clock.now());
        assert_eq!(market.master().post("/v1/course-sessions", wrong).broken(), [
            "language_not_of_network R86 /language", "session_ends_before_start - /ends_at", "session_place_missing - /place",
            "session_starts_in_past - /starts_at",
        ]);
        act(market.master(), "courses", &course, "retire", why()).expect(200);
        let late = planned(&course, begins(&app) + TimeDelta::days(1), 3);
        market.master().post("/v1/course-sessions", late).problem(409, "state_conflict");
        assert_eq!(state_of(&instructor, "course-sessions", &online), json!("scheduled"), "what is planned takes place");
    }

    fn a_list_of_courses_and_sessions_is_narrowed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let first = published(market.master(), market.master(), french("seminar"));
        let second = published(market.master(), market.master(), french("training"));
        market.master().post("/v1/courses", french("webinar")).expect(201);
        let caller = market.caller(&market.partner());
        let ids = |path: &str| -> Vec<Value> {
            caller.get(path).expect(200)["data"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
        };
        assert_eq!(ids("/v1/courses"), [second["id"].clone(), first["id"].clone()]);
        assert_eq!(ids("/v1/courses?kind=seminar"), [first["id"].clone()]);
        assert_eq!(ids("/v1/courses?state=draft"), Vec::<Value>::new());
        let early = market.master().post("/v1/course-sessions", planned(&first, begins(&app), 1)).expect(201);
        let late = market.master().post("/v1/course-sessions", planned(&second, begins(&app) + TimeDelta::days(1), 1)).expect(201);
        assert_eq!(ids(&format!("/v1/course-sessions?course_id={}", id_of(&first))), [early["id"].clone()]);
        let from = (begins(&app) + TimeDelta::microseconds(1)).format("%Y-%m-%dT%H:%M:%S%.6fZ");
        assert_eq!(ids(&format!("/v1/course-sessions?starts_from={from}")), [late["id"].clone()]);
        assert_eq!(ids("/v1/course-sessions?state=cancelled"), Vec::<Value>::new());
    }

    fn the_database_itself_keeps_what_was_published(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        published(market.master(), market.master(), french("seminar"));
        for statement in [
            "UPDATE courses SET titles = '{}'", "UPDATE courses SET benefit = 'partner_seminars'", "UPDATE courses SET kind = 'course'",
            "UPDATE courses SET state = 'draft', published_at = NULL", "DELETE FROM courses",
        ] {
            let done = wait(app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(statement).execute(tx.conn)?)));
            assert!(done.is_err_and(|error| error.to_string().contains("append-only")), "{statement}");
        }
    }
}
