//! What the market learned, and what it got beside money.

use chrono::TimeDelta;
use entente_tests::{
    app::TestApp,
    sales::{Market, id_of, line},
};
use serde_json::{Value, json};

/// An integrator bought its own instance at half price; of its people one passed a seminar that is a benefit, and one waited for it.
pub(super) fn learn(app: &TestApp, market: &Market<'_>) {
    let master = market.master();
    let body = json!({
        "name": "Intégra SARL", "legal_form": "company", "country": "FR", "tax_id": "823 456 785", "registration_number": "823456785",
        "billing_ability": true, "support_structure": true, "technical_qualification": true, "email": "a@integra.example", "language": "fr",
    });
    let partner = id_of(&master.post("/v1/partners", body).expect(201));
    let agreement = market.agreement(&partner, "affiliated_integrator", None);
    let caller = market.caller(&partner);
    let proposal = json!({
        "agreement_id": agreement, "benefit": "partner_instance", "currency": "EUR",
        "lines": [line(&market.item("instance"), "year", None)],
    });
    market.sell(master, &proposal).bill(1, "600.00");
    let course = json!({
        "kind": "seminar", "titles": { "fr": "Séminaire" }, "descriptions": { "fr": "Deux fois par an." },
        "benefit": "partner_seminars", "qualification": "technical_start_up",
    });
    let course = id_of(&master.post("/v1/courses", course).expect(201));
    for action in ["submit", "publish"] {
        master.post(format!("/v1/courses/{course}/{action}"), json!({})).expect(200);
    }
    let starts_at = app.clock.now() + TimeDelta::minutes(1);
    let session = json!({
        "course_id": course, "venue": "on_site", "place": "Paris", "language": "fr", "starts_at": starts_at,
        "ends_at": starts_at + TimeDelta::hours(1), "capacity": 1,
    });
    let session = id_of(&master.post("/v1/course-sessions", session).expect(201));
    let enrol = |name: &str| -> Value {
        let person = json!({ "name": name, "email": format!("{name}@integra.example") });
        caller.post("/v1/enrolments", json!({ "course_session_id": session, "person": person })).expect(201)
    };
    let (ana, bia) = (enrol("ana"), enrol("bia"));
    assert_eq!(bia["state"], "waiting");
    app.advance(TimeDelta::minutes(1));
    for (action, body) in [("attendance", json!({ "attended": true })), ("result", json!({ "passed": true }))] {
        master.post(format!("/v1/enrolments/{}/{action}", id_of(&ana)), body).expect(200);
    }
}
