//! The academy: courses of instructors and masters, sessions, enrolments, results and certificates (R22, R82, R85, D22).

mod course;
mod enrolment;
mod result;
mod service;

use chrono::{DateTime, TimeDelta, Utc};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    sales::{Market, id_of},
};
use serde_json::{Value, json};

fn written(kind: &str) -> Value {
    json!({
        "kind": kind, "titles": { "en": "Stock keeping", "pt": "Gestão de stocks" },
        "descriptions": { "en": "How stocks are kept.", "pt": "Como se gerem stocks." },
    })
}

fn french(kind: &str) -> Value {
    json!({ "kind": kind, "titles": { "fr": "Démarrage" }, "descriptions": { "fr": "Comment démarrer un client." } })
}

fn act(caller: &Caller, kind: &str, of: &Value, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/{kind}/{}/{action}", id_of(of)), body)
}

/// A course that its author wrote and its master published.
fn published(author: &Caller, master: &Caller, body: Value) -> Value {
    let course = author.post("/v1/courses", body).expect(201);
    act(author, "courses", &course, "submit", json!({})).expect(200);
    act(master, "courses", &course, "publish", json!({})).expect(200)
}

/// When the sessions of these tests begin, unless they say otherwise: ten days after the tests do.
fn begins(app: &TestApp) -> DateTime<Utc> {
    app.clock.now() + TimeDelta::days(10)
}

fn planned(course: &Value, starts_at: DateTime<Utc>, capacity: u32) -> Value {
    json!({
        "course_id": course["id"], "venue": "on_site", "place": "12 rue de la Paix, Paris", "language": "fr",
        "starts_at": starts_at, "ends_at": starts_at + TimeDelta::hours(2), "capacity": capacity,
    })
}

/// A session of a new course of the master's, in all-in-web.
fn session(app: &TestApp, market: &Market<'_>, course: Value, capacity: u32) -> Value {
    let course = published(market.master(), market.master(), course);
    market.master().post("/v1/course-sessions", planned(&course, begins(app), capacity)).expect(201)
}

fn person(session: &Value, name: &str) -> Value {
    let email = format!("{}@people.example", name.to_lowercase());
    json!({ "course_session_id": session["id"], "person": { "name": name, "email": email } })
}

fn enrol(caller: &Caller, session: &Value, name: &str) -> Answer {
    caller.post("/v1/enrolments", person(session, name))
}

fn state_of(caller: &Caller, kind: &str, of: &Value) -> Value {
    caller.get(format!("/v1/{kind}/{}", id_of(of))).expect(200)["state"].clone()
}

fn events(caller: &Caller, of: &Value) -> Vec<String> {
    let feed = caller.get("/v1/events?limit=200").expect(200);
    let own = feed["data"].as_array().unwrap().iter().filter(|event| event["subject"] == of["id"]);
    own.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

fn miss(app: &TestApp) -> usize {
    let mut job = api::write::Job::named("test");
    wait(app.db.write(move |tx| job.run(tx, None, api::academy::miss_due))).unwrap()
}
