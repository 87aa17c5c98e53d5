//! A standard rate of value added tax that the network does not know any more stops no closing run.

use api::{network::apply::apply_text, statement::closing::go_on};
use chrono::TimeDelta;
use domain::statement::Period;
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, eur, id_of},
};
use persistence::{
    error::DbError,
    statement::{Run, RunState, count_to_state, insert_run},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{balances, brought, close, document, period, refused, statements, tax::profile};

const RATE: &str = "        FR: [{from: 2014-01-01, rate: \"0.2\"}]\n";

/// Applies the network's file as it is, or without the standard rate of France.
fn apply(app: &TestApp, with_rate: bool) {
    let yaml = std::fs::read_to_string(format!("{}/../networks/all-in-web.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let without = yaml.replace(RATE, "");
    assert_ne!(without, yaml);
    wait(apply_text(&app.db, if with_rate { &yaml } else { &without }, false)).expect("a file");
}

fn told(caller: &Caller, kind: &str) -> Vec<Value> {
    let events = caller.get("/v1/events?limit=200").expect(200);
    events["data"].as_array().unwrap().iter().filter(|event| event["kind"] == kind).cloned().collect()
}

on_both_engines! {
    fn a_run_that_has_to_charge_a_rate_that_is_not_known_is_refused_with_every_company_and_closes_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [one, two, exempt, idle] = [(); 4].map(|()| market.partner());
        for (partner, number) in [(&one, "FR40303265045"), (&two, "FR83404833048"), (&idle, "FR23334175221")] {
            market.master().post("/v1/tax-profiles", profile(partner, "standard", Some(number))).expect(201);
        }
        let mut other = profile(&exempt, "exempt", None);
        other["legal_note"] = json!("TVA non applicable, art. 293 B du CGI");
        market.master().post("/v1/tax-profiles", other).expect(201);
        for partner in [&one, &two, &exempt] {
            let agreement = market.agreement(partner, "referrer", None);
            brought(&market, &agreement).bill(1, "1200.00");
        }
        apply(&app, false);
        app.advance(TimeDelta::days(30));
        let master = app.master("fr");
        for path in ["/v1/statement-runs", "/v1/statement-runs?dry_run=true"] {
            let answer = master.post(path, period("2026-03"));
            assert_eq!(refused(&answer), ["no_vat_rate_of_supplier - /period", "no_vat_rate_of_supplier - /period"]);
            for partner in [&one, &two] {
                assert!(answer.text.contains(partner.as_str()), "{partner} in {}", answer.text);
            }
        }
        assert_eq!(master.get("/v1/periods").expect(200)["data"], json!([]));
        assert_eq!(master.get("/v1/statement-runs").expect(200)["data"], json!([]));
        // Either the rate is added, or another profile recorded.
        let mut small = profile(&two, "exempt", None);
        (small["valid_from"], small["legal_note"]) = (json!("2026-03-31"), json!("TVA non applicable, art. 293 B du CGI"));
        master.post("/v1/tax-profiles", small).expect(201);
        assert_eq!(refused(&master.post("/v1/statement-runs", period("2026-03"))), ["no_vat_rate_of_supplier - /period"]);
        apply(&app, true);
        assert_eq!(close(&master, "2026-03")["statements_closed"], 3);
        // 20 % of 180.00, and nothing of who is exempt by the last day.
        for (partner, vat) in [(&one, "36.00"), (&two, "0.00")] {
            let [statement] = &statements(&app.partner(partner), "")[..] else { panic!("one statement") };
            assert_eq!(balances(statement)[2], vat);
        }
    }

    fn a_rate_that_is_lost_while_statements_are_made_leaves_them_without_tax_and_the_master_is_told(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let mut taxed = profile(&partner, "standard", Some("FR40303265045"));
        taxed["withholding"] = json!({ "rate": "0.1", "legal_note": "By law." });
        market.master().post("/v1/tax-profiles", taxed).expect(201);
        let agreement = market.agreement(&partner, "referrer", None);
        brought(&market, &agreement).bill(1, "1200.00");
        // A run that began while there was a rate.
        let of_master = market.master_id().parse().unwrap();
        app.advance(TimeDelta::days(30));
        let master = app.master("fr");
        wait(app.db.write(move |tx| {
            let now = tx.now()?;
            let network = persistence::network::page_networks(tx.conn, &persistence::view::Page { limit: 10, after: None, updated_since: None })?
                .into_iter().find(|network| network.code == "all_in_web").unwrap().id;
            let march: Period = "2026-03".parse().unwrap();
            let mut run = Run {
                id: domain::id::StatementRunId::from_uuid(Uuid::from_u128(1)),
                network,
                currency: domain::money::Currency::EUR,
                period: march,
                due_on: march.due_on().unwrap(),
                after: None,
                state: RunState::Running,
                entry_count: 0,
                entries_stated: 0,
                statements_closed: 0,
                opened_to: None,
                sealed_to: None,
                started_by: "system".to_owned(),
                master: of_master,
                version: 1,
                created_at: now,
                updated_at: now,
                completed_at: None,
            };
            run.entry_count = count_to_state(tx.conn, &run)?;
            insert_run(tx.conn, &run)?;
            Ok::<_, DbError>(())
        })).expect("a run");
        apply(&app, false);
        wait(go_on(&app.db)).expect("it is completed");
        let runs = master.get("/v1/statement-runs").expect(200);
        assert_eq!(runs["data"][0]["state"], "completed");
        let caller = app.partner(&partner);
        let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
        assert_eq!(balances(statement), ["0.00", "180.00", "0.00", "18.00", "0.00", "162.00"]);
        assert_eq!(statement["tax_treatment"], "no_rate");
        let vat = &document(&caller, statement)["tax"]["vat"];
        assert_eq!((&vat["treatment"], &vat["rate"]), (&json!("no_rate"), &json!("0")));
        let note = "Aucune taxe n'est indiquée : le réseau ne connaît aucun taux normal de la taxe sur la valeur ajoutée de FR au dernier jour de la période.";
        assert_eq!(vat["note"], json!(note));
        for form in ["csv", "pdf"] {
            assert_eq!(caller.get(format!("/v1/statements/{}/document?format={form}", id_of(statement))).status, 200, "{form}");
        }
        let [event] = &told(&master, "statement.untaxed")[..] else { panic!("one event") };
        assert_eq!(event["subject"], statement["id"]);
        assert_eq!(told(&caller, "statement.untaxed"), Vec::<Value>::new());
        assert_eq!(told(&caller, "statement.closed").len(), 1);
    }

    fn amounts_of_which_no_balance_could_be_made_are_refused_when_they_are_proposed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let agreement = market.agreement(&market.partner(), "referrer", None);
        brought(&market, &agreement).bill(1, "1200.00");
        let (first, second) = (market.master(), app.master("fr"));
        let entry = id_of(&first.get("/v1/ledger-entries").expect(200)["data"][0]);
        let propose = |amount: &str| {
            let body = json!({ "ledger_entry_id": entry, "direction": "increase", "amount": eur(amount), "reason": "They did more." });
            first.post("/v1/adjustments", body)
        };
        let approve = |proposed: &Value| second.post(format!("/v1/adjustments/{}/approve", id_of(proposed)), json!({}));
        // With all that was added to it, an entry comes to ten million million at most; this one to 180.00 so far.
        let too_large = ["amounts_too_large D12 /amount/amount"];
        assert_eq!(refused(&propose("9999999999820.01")), too_large);
        let (all, part) = (propose("9999999999820.00").expect(201), propose("0.01").expect(201));
        approve(&all).expect(200);
        assert_eq!(refused(&approve(&part)), too_large, "it fitted when it was proposed");
        assert_eq!(refused(&propose("9999999999999999.99")), too_large);
        assert_eq!(first.get("/v1/ledger-entries").expect(200)["data"].as_array().unwrap().len(), 2, "nothing else was posted");
        app.advance(TimeDelta::days(30));
        assert_eq!(close(&app.master("fr"), "2026-03")["entries_stated"], 2);
    }
}
