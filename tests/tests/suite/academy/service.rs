//! What an instructor is paid for: the courses that it wrote and the sessions that it held (R22, R24, D22).

use chrono::{DateTime, TimeDelta, Utc};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, id_of},
};
use serde_json::{Value, json};

use super::{act, planned, published, written};

/// An instructor of the Portuguese master.
struct Teacher {
    partner: String,
    agreement: String,
    caller: Caller,
}

impl Teacher {
    fn of(market: &Market<'_>) -> Self {
        let partner = market.partner();
        let (agreement, caller) = (market.agreement(&partner, "instructor", None), market.caller(&partner));
        Self { partner, agreement, caller }
    }

    /// The same one later: tokens live ten minutes.
    fn later(&self, app: &TestApp) -> Self {
        Self { caller: app.partner(&self.partner), partner: self.partner.clone(), agreement: self.agreement.clone() }
    }

    fn course(&self) -> Value {
        let mut body = written("webinar");
        body["agreement_id"] = json!(self.agreement);
        body
    }

    /// Reports a service about something.
    fn report(&self, subject: &str, done_on: &str) -> Answer {
        let body = json!({
            "agreement_id": self.agreement, "fee": "course", "currency": "EUR", "quantity": "1", "done_on": done_on,
            "description": "A webinar on stock keeping.", "evidence": [{ "description": "The attendance list." }], "subject_id": subject,
        });
        self.caller.post("/v1/services", body)
    }
}

on_both_engines! {
    fn r22_an_instructor_is_paid_for_a_course_of_its_own_that_was_published(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (teacher, other) = (Teacher::of(&market), Teacher::of(&market));
        let draft = teacher.caller.post("/v1/courses", teacher.course()).expect(201);
        let refused = teacher.report(&id_of(&draft), "2026-03-02");
        assert_eq!(refused.broken(), ["subject_not_agreed R24 /subject_id"]);
        act(&teacher.caller, "courses", &draft, "submit", json!({})).expect(200);
        assert_eq!(teacher.report(&id_of(&draft), "2026-03-02").broken(), ["subject_not_agreed R24 /subject_id"]);
        act(market.master(), "courses", &draft, "publish", json!({})).expect(200);
        // Another's course and the master's own are none of its, and neither is what is not there.
        let masters = published(market.master(), market.master(), written("webinar"));
        for subject in [id_of(&masters), "course_01h2xcejqtf2nbrexx3vqjhp41".to_owned()] {
            assert_eq!(teacher.report(&subject, "2026-03-02").broken(), ["unknown_subject R24 /subject_id"]);
        }
        assert_eq!(other.report(&id_of(&draft), "2026-03-02").broken(), ["unknown_subject R24 /subject_id"]);
        let reported = teacher.report(&id_of(&draft), "2026-03-02").expect(201);
        assert_eq!(reported["subject_id"], draft["id"]);
        market.master().post(format!("/v1/services/{}/confirm", id_of(&reported)), json!({})).expect(200);
        // The entry says what it is for.
        let entry = teacher.caller.get("/v1/ledger-entries").expect(200)["data"][0].clone();
        let explained = teacher.caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entry))).expect(200);
        assert_eq!((&explained["subject_id"], &explained["service_id"]), (&draft["id"], &reported["id"]));
    }

    fn r22_an_instructor_is_paid_for_a_session_of_its_own_once_it_was_held(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (teacher, other) = (Teacher::of(&market), Teacher::of(&market));
        let course = published(&teacher.caller, market.master(), teacher.course());
        // From half past eleven at night in Lisbon until half past one.
        let starts_at: DateTime<Utc> = "2026-03-02T23:30:00Z".parse().unwrap();
        let plan = |starts_at: DateTime<Utc>| {
            let mut body = planned(&course, starts_at, 10);
            body["language"] = json!("en");
            market.master().post("/v1/course-sessions", body).expect(201)
        };
        let (held, cancelled) = (plan(starts_at), plan(starts_at));
        let why = json!({ "reason": "Nobody came." });
        act(market.master(), "course-sessions", &cancelled, "cancel", why).expect(200);
        let report = |on: &str| teacher.report(&id_of(&held), on);
        assert_eq!(report("2026-03-02").broken(), ["session_not_held R24 /subject_id"]);
        app.clock.set(starts_at + TimeDelta::hours(2) - TimeDelta::microseconds(1));
        let (later, other) = (teacher.later(&app), other.later(&app));
        let report = |on: &str| later.report(&id_of(&held), on);
        assert_eq!(report("2026-03-02").broken(), ["session_not_held R24 /subject_id"]);
        app.clock.set(starts_at + TimeDelta::hours(2));
        assert_eq!(report("2026-03-01").broken(), ["session_not_held R24 /subject_id"]);
        let reported = report("2026-03-02").expect(201);
        assert_eq!(reported["subject_id"], held["id"]);
        assert_eq!(later.report(&id_of(&cancelled), "2026-03-02").broken(), ["subject_not_agreed R24 /subject_id"]);
        assert_eq!(other.report(&id_of(&held), "2026-03-02").broken(), ["unknown_subject R24 /subject_id"]);
    }
}
