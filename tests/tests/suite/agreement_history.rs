//! What an agreement was on a day stays so, whatever comes after (R7, D15).

use chrono::TimeDelta;
use diesel::{RunQueryDsl, connection::SimpleConnection};
use entente_tests::{
    app::{Answer, TestApp},
    engine::{Engine, wait},
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use persistence::error::DbError;
use serde_json::{Value, json};

/// A proposal of a reseller with a sub-network that was sent, and the agreement of its promoter.
struct Pending {
    shop: Shop,
    promoting: String,
    proposal: String,
}

/// On 2 March 2026. The promoter is named in the proposal where `named` says so.
fn pending(app: &TestApp, named: bool) -> Pending {
    let market = Market::altoga(app);
    let shop = Shop::open(&market, "sub_network");
    let promoting = market.agreement(&market.partner(), "client_manager", Some(&shop.partner));
    let promoters = if named { json!([promoting]) } else { json!([]) };
    let body = json!({
        "agreement_id": shop.agreement, "customer_id": market.customer(&shop.partner), "currency": "EUR", "promoters": promoters,
        "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
    });
    let caller = market.caller(&shop.partner);
    let proposal = id_of(&caller.post("/v1/proposals", body).expect(201));
    caller.post(format!("/v1/proposals/{proposal}/send"), json!({})).expect(200);
    Pending { shop, promoting, proposal }
}

impl Pending {
    fn sign(&self, app: &TestApp, signed_on: &str) -> Answer {
        let path = format!("/v1/proposals/{}/sign", self.proposal);
        app.partner(&self.shop.partner).post(path, json!({ "signed_on": signed_on }))
    }

    /// Whether a sale signed on a day has the uplift.
    fn uplift(&self, app: &TestApp, signed_on: &str) -> Value {
        let path = format!("/v1/proposals/{}/sign?dry_run=true", self.proposal);
        let contract = app.partner(&self.shop.partner).post(path, json!({ "signed_on": signed_on })).expect(200);
        contract["attributions"][0]["uplift"].clone()
    }
}

fn act(app: &TestApp, agreement: &str, action: &str) {
    let body = if action == "resume" { json!({}) } else { json!({ "reason": "It was agreed." }) };
    app.master("pt").post(format!("/v1/agreements/{agreement}/{action}"), body).expect(200);
}

/// The states of an agreement with their first days.
fn states(app: &TestApp, agreement: &str) -> Vec<String> {
    let shown = app.master("pt").get(format!("/v1/agreements/{agreement}")).expect(200);
    let text = |step: &Value| format!("{} {}", step["from"].as_str().unwrap(), step["state"].as_str().unwrap());
    shown["states"].as_array().unwrap().iter().map(text).collect()
}

on_both_engines! {
    fn r7_a_sale_counts_by_the_agreements_of_its_own_day_though_they_have_ended_since(engine: Engine) {
        let app = TestApp::start(engine);
        let pending = pending(&app, true);
        app.advance(TimeDelta::days(2));
        act(&app, &pending.promoting, "terminate");
        act(&app, &pending.shop.agreement, "terminate");
        app.advance(TimeDelta::days(2));
        for late in ["2026-03-04", "2026-03-05"] {
            assert_eq!(pending.sign(&app, late).broken(), ["agreement_not_in_force R7 /signed_on", "promoter_not_in_force R7 /signed_on"], "{late}");
        }
        let contract = pending.sign(&app, "2026-03-03").expect(201);
        assert_eq!(contract["attributions"].as_array().unwrap().len(), 2);
    }

    fn d15_the_uplift_follows_the_promoter_contracts_of_the_day_of_the_sale(engine: Engine) {
        let app = TestApp::start(engine);
        let pending = pending(&app, false);
        app.advance(TimeDelta::days(2));
        act(&app, &pending.promoting, "suspend");
        app.advance(TimeDelta::days(2));
        act(&app, &pending.promoting, "resume");
        app.advance(TimeDelta::days(2));
        act(&app, &pending.promoting, "terminate");
        let by_day = [
            ("2026-03-02", true), ("2026-03-03", true), ("2026-03-04", false), ("2026-03-05", false), ("2026-03-06", true),
            ("2026-03-07", true), ("2026-03-08", false),
        ];
        for (signed_on, uplift) in by_day {
            assert_eq!(pending.uplift(&app, signed_on), json!(uplift), "on {signed_on}");
        }
    }

    fn an_agreement_shows_its_states_and_an_approval_reaches_back_to_its_start(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let agreement = market.agreement(&market.partner(), "reseller", None);
        app.advance(TimeDelta::days(1));
        act(&app, &agreement, "suspend");
        act(&app, &agreement, "suspend");
        act(&app, &agreement, "resume");
        let expected = [
            "2026-03-02 draft", "2026-03-02 submitted", "2026-03-02 under_supervision", "2026-01-01 active",
            "2026-03-03 suspended", "2026-03-03 active",
        ];
        assert_eq!(states(&app, &agreement), expected);
        let shown = app.master("pt").get(format!("/v1/agreements/{agreement}")).expect(200);
        assert_eq!(shown["states"][4]["reason"], "It was agreed.");
        assert_eq!(shown["states"][5]["reason"], Value::Null);
        let listed = app.master("pt").get("/v1/agreements").expect(200);
        assert_eq!(listed["data"][0]["states"], shown["states"]);
    }

    fn a_promoter_is_not_taken_on_by_a_reseller_that_was_in_force_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        app.advance(TimeDelta::days(2));
        act(&app, &shop.agreement, "terminate");
        let body = json!({
            "partner_id": promoter, "partnership_type": "client_manager", "counterparty_id": shop.partner, "language": "pt",
            "starts_on": "2026-03-02",
        });
        let refused = app.master("pt").post("/v1/agreements", body);
        assert_eq!(refused.broken(), ["counterparty_not_qualified R26 /counterparty_id"]);
    }

    fn an_agreement_that_ran_out_was_in_force_to_its_last_day_whenever_that_is_noticed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let body = json!({
            "partner_id": market.partner(), "partnership_type": "reseller", "language": "pt", "starts_on": "2026-01-01",
            "ends_on": "2026-03-05",
        });
        let agreement = id_of(&market.master().post("/v1/agreements", body).expect(201));
        for action in ["submit", "begin-supervision"] {
            market.master().post(format!("/v1/agreements/{agreement}/{action}"), json!({})).expect(200);
        }
        market.master().post(format!("/v1/agreements/{agreement}/supervisions"), market.approval(&agreement)).expect(200);
        app.advance(TimeDelta::days(10));
        let mut job = api::write::Job::named("expire");
        wait(app.db.write(move |tx| job.run(tx, None, api::agreement::expire_due))).expect("a job");
        assert_eq!(states(&app, &agreement).last().unwrap(), "2026-03-06 expired");
    }

    fn what_an_agreement_was_is_not_changed_deleted_or_replaced(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        market.agreement(&market.partner(), "reseller", None);
        let mut attempts = vec!["UPDATE agreement_states SET state = 'active'", "DELETE FROM agreement_states"];
        attempts.push(match engine {
            Engine::Sqlite => "INSERT OR REPLACE INTO agreement_states SELECT * FROM agreement_states",
            Engine::Postgres => "TRUNCATE agreement_states",
        });
        for attempt in attempts {
            let done = wait(app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(attempt).execute(tx.conn)?)));
            let refusal = done.expect_err(attempt).to_string();
            assert!(refusal.contains("append-only"), "{attempt}: {refusal}");
        }
    }

    fn the_schemas_step_says_of_earlier_agreements_what_is_known(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let [active, ended, suspended] = [(), (), ()].map(|()| market.agreement(&market.partner(), "reseller", None));
        let waiting = market.under_supervision(&market.partner(), "reseller", None, None);
        app.advance(TimeDelta::days(3));
        act(&app, &ended, "terminate");
        act(&app, &suspended, "suspend");
        let (down, up) = match engine {
            Engine::Sqlite => (
                include_str!("../../../migrations/sqlite/2026-11-27-001000_growth/down.sql"),
                include_str!("../../../migrations/sqlite/2026-11-27-001000_growth/up.sql"),
            ),
            Engine::Postgres => (
                include_str!("../../../migrations/postgres/2026-11-27-001000_growth/down.sql"),
                include_str!("../../../migrations/postgres/2026-11-27-001000_growth/up.sql"),
            ),
        };
        wait(app.db.write(move |tx| {
            tx.conn.batch_execute(down)?;
            tx.conn.batch_execute(up)?;
            Ok::<_, DbError>(())
        })).expect("the step");
        assert_eq!(states(&app, &active), ["2026-03-02 draft", "2026-01-01 active"]);
        assert_eq!(states(&app, &ended), ["2026-03-02 draft", "2026-01-01 active", "2026-03-05 terminated"]);
        assert_eq!(states(&app, &suspended), ["2026-03-02 draft", "2026-01-01 active", "2026-03-05 suspended"]);
        assert_eq!(states(&app, &waiting), ["2026-03-02 draft", "2026-03-02 under_supervision"]);
    }
}
