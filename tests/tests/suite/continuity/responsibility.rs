//! Who answers for a customer, day by day: exactly one company, whatever is written (R51).

use diesel::RunQueryDsl;
use entente_tests::{app::TestApp, engine::wait, on_both_engines, sales::Market};
use persistence::error::DbError;
use serde_json::json;

/// Runs a statement around the code: why it was refused.
fn run(app: &TestApp, statement: String) -> Result<usize, String> {
    let ran = app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(&statement).execute(tx.conn)?));
    wait(ran).map_err(|error| error.to_string())
}

/// Records that somebody else answers for every customer from a day on.
fn record(app: &TestApp, number: i32, company: &str, from: &str) -> Result<usize, String> {
    run(
        app,
        format!(
            "INSERT INTO responsibilities (customer_id, number, company_id, from_day, cause, recorded_at) \
             SELECT c.id, {number}, {company}, '{from}', 'a test', c.created_at FROM customers c"
        ),
    )
}

on_both_engines! {
    fn r51_each_customer_has_somebody_who_answers_on_every_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (partner, other) = (market.partner(), market.partner());
        let customer = market.customer(&partner);
        let path = format!("/v1/customers/{customer}/responsibility");
        let shown = market.master().get(&path).expect(200);
        assert_eq!((&shown["day"], &shown["customer_id"]), (&json!("2026-03-02"), &json!(customer)));
        assert_eq!(shown["responsible"], json!({ "kind": "partner", "id": partner }));
        assert_eq!((&shown["from"], &shown["until"]), (&json!(null), &json!(null)));
        assert_eq!(shown["history"].as_array().unwrap().len(), 1);
        for day in ["1990-01-01", "2026-03-02", "2090-12-31"] {
            let on_day = market.master().get(format!("{path}?day={day}")).expect(200);
            assert_eq!((&on_day["day"], &on_day["responsible"]["id"]), (&json!(day), &json!(partner)));
        }
        assert_eq!(app.partner(&partner).get(&path).expect(200)["responsible"]["id"], json!(partner));
        app.partner(&other).get(&path).problem(404, "not_found");
        app.master("br").get(&path).problem(404, "not_found");
        market.master().get(format!("{path}?day=2026-02-30")).problem(422, "invalid_request");
        app.anonymous().get(&path).problem(401, "authentication_required");
    }

    fn r51_d22_a_partner_sees_the_days_on_which_it_answers_and_no_others(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (before, after) = (market.partner(), market.partner());
        let path = format!("/v1/customers/{}/responsibility", market.customer(&before));
        record(&app, 2, "(SELECT p.id FROM partners p WHERE p.name = 'Partner 2')", "2026-03-02").unwrap();
        let on = |day: &str| market.master().get(format!("{path}?day={day}")).expect(200);
        let (old, new) = (on("2026-03-01"), on("2026-03-02"));
        assert_eq!((&old["responsible"]["id"], &old["until"]), (&json!(before), &json!("2026-03-01")));
        assert_eq!((&new["responsible"]["id"], &new["from"]), (&json!(after), &json!("2026-03-02")));
        assert_eq!(new["history"].as_array().unwrap().len(), 2);
        let successor = app.partner(&after);
        let own = successor.get(&path).expect(200);
        assert_eq!((own["history"].as_array().unwrap().len(), &own["history"][0]["cause_id"]), (1, &json!(null)));
        successor.get(format!("{path}?day=2026-03-01")).problem(404, "not_found");
        app.partner(&before).get(&path).problem(404, "not_found");
    }

    fn r51_the_database_refuses_a_gap_an_overlap_and_a_change(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (before, _) = (market.partner(), market.partner());
        market.customer(&before);
        let other = "(SELECT p.id FROM partners p WHERE p.name = 'Partner 2')";
        let refused = |ran: Result<usize, String>, because: &str| {
            let why = ran.expect_err("a refusal");
            assert!(why.contains(because), "{why}");
        };
        refused(record(&app, 3, other, "2026-03-02"), "responsibility out of order");
        refused(record(&app, 1, other, "2026-03-02"), "responsib");
        refused(record(&app, 2, "c.responsible_id", "2026-03-02"), "responsibility out of order");
        let ever_since = "INSERT INTO responsibilities (customer_id, number, company_id, recorded_at) \
             SELECT c.id, 2, (SELECT p.id FROM partners p WHERE p.name = 'Partner 2'), c.created_at FROM customers c";
        assert!(run(&app, ever_since.to_owned()).is_err(), "only the first is since ever");
        refused(run(&app, "UPDATE responsibilities SET cause = 'another'".to_owned()), "append-only");
        refused(run(&app, "DELETE FROM responsibilities".to_owned()), "append-only");
        let unrecorded = format!("UPDATE customers SET responsible_id = {other}");
        refused(run(&app, unrecorded), "responsibility unrecorded");
        // Recorded, the customer follows by itself.
        record(&app, 2, other, "2026-03-02").unwrap();
        assert_eq!(run(&app, format!("UPDATE customers SET responsible_id = {other}")), Ok(1));
    }
}
