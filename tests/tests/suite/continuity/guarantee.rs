//! What partners have for their customers, should they fail (R50).

use entente_tests::{
    app::TestApp,
    on_both_engines,
    sales::{Market, eur, id_of},
};
use serde_json::{Value, json};

use super::{Failing, all, opening};

fn guarantee() -> Value {
    json!({
        "kind": "bank_guarantee", "covers": "Support of all customers for a year", "amount": eur("50000.00"),
        "provider": "Banco do Douro", "valid_from": "2026-01-01", "valid_until": "2026-12-31",
    })
}

on_both_engines! {
    fn r50_a_partner_records_what_it_has_for_its_customers_and_so_does_its_master(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (partner, other) = (market.partner(), market.partner());
        let own = app.partner(&partner).post("/v1/guarantees", guarantee());
        let made = own.expect(201);
        assert_eq!((&made["partner_id"], &made["amount"], &made["state"]), (&json!(partner), &eur("50000.00"), &json!("active")));
        let path = format!("/v1/guarantees/{}", id_of(&made));
        assert_eq!(market.master().get(&path).expect(200), made);
        let mut named = guarantee();
        named["partner_id"] = json!(partner);
        named["kind"] = json!("successor");
        named["amount"] = json!(null);
        market.master().post("/v1/guarantees", named.clone()).expect(201);
        assert_eq!(all(&app.partner(&partner), "/v1/guarantees").len(), 2);
        assert_eq!(all(market.master(), &format!("/v1/guarantees?partner_id={partner}&state=active")).len(), 2);
        // Nobody else learns of it (D22).
        app.partner(&other).get(&path).problem(404, "not_found");
        app.master("br").get(&path).problem(404, "not_found");
        assert_eq!(all(&app.partner(&other), "/v1/guarantees"), Vec::<Value>::new());
        assert_eq!(app.partner(&other).post("/v1/guarantees", named.clone()).broken(), ["unknown_partner - /partner_id"]);
        assert_eq!(app.master("br").post("/v1/guarantees", named).broken(), ["unknown_partner - /partner_id"]);
        assert_eq!(market.master().post("/v1/guarantees", guarantee()).broken(), ["guarantee_without_partner R50 /partner_id"]);
        // Everything that is wrong is said at once.
        let mut wrong = guarantee();
        wrong["amount"] = eur("0.00");
        wrong["valid_until"] = json!("2025-12-31");
        assert_eq!(
            app.partner(&partner).post("/v1/guarantees", wrong).broken(),
            ["amount_not_positive R50 /amount/amount", "guarantee_ends_before_start R50 /valid_until"]
        );
        let back = app.partner(&partner).post(format!("{path}/withdraw"), json!({ "reason": "Replaced." })).expect(200);
        assert_eq!((&back["state"], &back["reason"], &back["version"]), (&json!("withdrawn"), &json!("Replaced."), &json!(2)));
        assert_eq!(app.partner(&partner).post(format!("{path}/withdraw"), json!({ "reason": "Again." })).expect(200), back);
    }

    fn r50_each_guarantee_in_force_is_used_or_it_is_said_why_not_before_a_plan_is_approved(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let record = |from: &str, until: &str| {
            let mut body = guarantee();
            (body["valid_from"], body["valid_until"]) = (json!(from), json!(until));
            id_of(&failing.failed().post("/v1/guarantees", body).expect(201))
        };
        // One that ends today is in force, one that ended yesterday or begins tomorrow is not.
        let (first, second) = (record("2026-01-01", "2026-03-02"), record("2026-03-02", "2026-12-31"));
        let (_ended, _later) = (record("2026-01-01", "2026-03-01"), record("2026-03-03", "2026-12-31"));
        let case = failing.suspended();
        failing.plan(&case, "2026-03-02");
        let preview = || failing.master().get(format!("/v1/continuity-cases/{case}/preview")).expect(200);
        assert_eq!(preview()["guarantees_to_consider"], json!([first, second]));
        assert_eq!(
            failing.act(&case, "approve", json!({})).broken(),
            ["guarantee_not_considered R50 ", "guarantee_not_considered R50 "]
        );
        let say = |id: &str, outcome: &str, amount: Value| {
            let body = json!({ "guarantee_id": id, "outcome": outcome, "amount": amount, "reason": "As the bank says." });
            failing.act(&case, "guarantees", body)
        };
        assert_eq!(say(&first, "not_used", eur("1.00")).broken(), ["amount_of_unused_guarantee R50 /amount"]);
        say(&first, "used", eur("20000.00")).expect(200);
        failing.act(&case, "approve", json!({})).problem(422, "invalid_request");
        say(&second, "not_used", json!(null)).expect(200);
        // The same again changes nothing; something else is refused.
        let before = failing.master().get(format!("/v1/continuity-cases/{case}")).expect(200);
        assert_eq!(say(&second, "not_used", json!(null)).expect(200), before);
        say(&second, "used", json!(null)).problem(409, "already_exists");
        assert_eq!(preview()["guarantees_to_consider"], json!([]));
        failing.approve(&case);
        // It is needed now, and stays.
        let back = failing.failed().post(format!("/v1/guarantees/{first}/withdraw"), json!({ "reason": "Gone." }));
        assert_eq!(back.broken(), ["guarantee_is_needed R50 "]);
        let other = market.partner();
        let strangers = id_of(&app.partner(&other).post("/v1/guarantees", guarantee()).expect(201));
        assert_eq!(say(&strangers, "used", json!(null)).broken(), ["unknown_guarantee R50 /guarantee_id"]);
        app.partner(&other).post("/v1/continuity-cases", opening(&other)).problem(403, "forbidden");
    }

    fn r50_no_more_is_used_of_a_guarantee_than_is_left_whatever_case_used_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let mut body = guarantee();
        body["amount"] = eur("1000.00");
        let made = failing.failed().post("/v1/guarantees", body).expect(201);
        assert_eq!(made["left"], eur("1000.00"));
        let id = id_of(&made);
        let left = || failing.failed().get(format!("/v1/guarantees/{id}")).expect(200)["left"].clone();
        let say = |case: &str, amount: Value| {
            let body = json!({ "guarantee_id": id, "outcome": "used", "amount": amount, "reason": "As the bank says." });
            failing.act(case, "guarantees", body)
        };
        let case = failing.suspended();
        let more = say(&case, eur("1000.01"));
        assert_eq!(more.broken(), ["guarantee_used_up R50 /amount"]);
        assert!(more.json()["errors"][0]["message"].as_str().unwrap().contains("1000.00"), "the amount left is shown");
        let other = say(&case, json!({ "amount": "1.00", "currency": "BRL" }));
        assert_eq!(other.broken(), ["other_currency R50 /amount"]);
        say(&case, eur("600.00")).expect(200);
        assert_eq!(left(), eur("400.00"));
        // Given up or not, the money is gone.
        failing.act(&case, "withdraw", json!({ "note": "It answers again." })).expect(200);
        let case = failing.suspended();
        assert_eq!(say(&case, eur("400.01")).broken(), ["guarantee_used_up R50 /amount"]);
        say(&case, eur("400.00")).expect(200);
        assert_eq!((left(), &all(&failing.master(), &format!("/v1/guarantees?partner_id={}", failing.shop.partner))[0]["left"]), (eur("0.00"), &eur("0.00")));
        failing.act(&case, "withdraw", json!({ "note": "It answers again." })).expect(200);
        let case = failing.suspended();
        assert_eq!(say(&case, json!(null)).broken(), ["guarantee_used_up R50 /amount"]);
        let unused = json!({ "guarantee_id": id, "outcome": "not_used", "reason": "Nothing is left." });
        failing.act(&case, "guarantees", unused).expect(200);
    }
}
