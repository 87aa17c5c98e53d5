//! What a qualification leaves behind that is over while an agreement in force asks for it (R43, R64, R72).

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of},
};
use serde_json::{Value, json};

use super::{act, expire, granted, why};

fn findings(master: &Caller) -> Vec<Value> {
    master.get("/v1/findings?kind=qualification_lapsed").expect(200)["data"].as_array().unwrap().clone()
}

/// What is due of a partner, as `kind subject due_on`.
fn due(caller: &Caller, partner: &str) -> Vec<String> {
    let rows = caller.get(format!("/v1/obligations?partner_id={partner}&limit=200")).expect(200);
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let rows = rows["data"].as_array().unwrap().iter();
    rows.map(|row| format!("{} {} {}", text(row, "kind"), text(row, "subject_id"), text(row, "due_on"))).collect()
}

fn declare(market: &Market<'_>, partner: &str, ability: &str, has: bool) -> Answer {
    let change = json!({ ability: has });
    market.master().request("PATCH", format!("/v1/partners/{partner}")).header("if-match", "*").json(&change).send()
}

on_both_engines! {
    fn r64_r72_a_revoked_qualification_that_an_agreement_asks_for_is_found_and_due_and_demotes_nobody(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let start_up = granted(&market, &partner, "technical_start_up", ("2026-01-01", None));
        let support = granted(&market, &partner, "technical_support", ("2026-01-01", None));
        let agreement = market.agreement(&partner, "independent_integrator", None);
        // Nothing asks for the other one.
        act(market.master(), &support, "revoke", why()).expect(200);
        assert_eq!(findings(market.master()), Vec::<Value>::new());
        act(market.master(), &start_up, "revoke", why()).expect(200);
        act(market.master(), &start_up, "revoke", why()).expect(200);
        let found = findings(market.master());
        assert_eq!(found.len(), 1, "once");
        let lapse = json!({
            "qualification_id": start_up["id"], "kind": "technical_start_up", "revoked": true, "ended_on": "2026-03-01",
            "asked_by": ["type", "duty"],
        });
        assert_eq!((&found[0]["qualification"], &found[0]["minimum_sales"]), (&lapse, &Value::Null));
        assert_eq!((&found[0]["agreement_id"], &found[0]["found_on"], &found[0]["state"]), (&json!(agreement), &json!("2026-03-02"), &json!("open")));
        let french = market.master().request("GET", format!("/v1/findings/{}", id_of(&found[0]))).header("accept-language", "fr").send();
        assert!(french.text.contains("a pris fin le 2026-03-01"), "{}", french.text);
        let over = format!("qualification_expiry {} 2026-03-01", id_of(&start_up));
        let waits = format!("finding {} 2026-03-02", id_of(&found[0]));
        assert_eq!(due(market.master(), &partner), [over.clone(), waits.clone()]);
        assert_eq!(due(&market.caller(&partner), &partner), [over], "the finding is the master's");
        let shown = market.master().get(format!("/v1/agreements/{agreement}")).expect(200);
        assert_eq!(shown["state"], "active");
        // Qualified again, nothing is due of it; the finding waits for its master.
        granted(&market, &partner, "technical_start_up", ("2026-03-02", None));
        assert_eq!(due(market.master(), &partner)[..1], [waits]);
        assert!(!due(&market.caller(&partner), &partner).iter().any(|it| it.contains(&id_of(&start_up))));
    }

    fn r43_a_qualification_that_ran_out_and_that_a_stage_asks_for_is_found_on_the_day_after(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let [facilitator, helpdesk, twice] = ["facilitator", "helpdesk", "sub_network"].map(|stage| Shop::open(&market, stage));
        let ending = ("2026-01-01", Some("2026-03-02"));
        let experience = [&facilitator, &helpdesk, &twice].map(|shop| granted(&market, &shop.partner, "helpdesk_experience", ending));
        granted(&market, &twice.partner, "helpdesk_experience", ("2026-03-01", None));
        app.advance(TimeDelta::days(1));
        assert_eq!(expire(&app), 3);
        let master = app.master("pt");
        let found = findings(&master);
        assert_eq!(found.len(), 1, "{found:?}");
        let lapse = json!({
            "qualification_id": experience[1]["id"], "kind": "helpdesk_experience", "revoked": false, "ended_on": "2026-03-02", "asked_by": ["stage"],
        });
        assert_eq!((&found[0]["qualification"], &found[0]["agreement_id"], &found[0]["found_on"]), (&lapse, &json!(helpdesk.agreement), &json!("2026-03-03")));
        let over = format!("qualification_expiry {} 2026-03-02", id_of(&experience[1]));
        assert_eq!(due(&app.partner(&helpdesk.partner), &helpdesk.partner), [over]);
        assert_eq!(due(&app.partner(&facilitator.partner), &facilitator.partner), Vec::<String>::new());
        let stages = master.get(format!("/v1/agreements/{}", helpdesk.agreement)).expect(200)["stages"].clone();
        assert_eq!(stages.as_array().unwrap().last().unwrap()["stage"], "helpdesk", "no demotion");
        // Once the agreement has ended, nobody asks for it.
        master.post(format!("/v1/agreements/{}/terminate", helpdesk.agreement), json!({ "reason": "It was agreed." })).expect(200);
        assert_eq!(due(&app.partner(&helpdesk.partner), &helpdesk.partner), Vec::<String>::new());
    }

    fn r56_r64_r72_what_an_agreement_in_force_asks_for_is_shown_by_evidence_and_not_declared(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        for (of_type, ability, kind, rule) in [
            ("affiliate", "support_structure", "technical_support", "R56"),
            ("affiliated_integrator", "technical_qualification", "technical_start_up", "R64"),
            ("independent_integrator", "technical_qualification", "technical_start_up", "R72"),
        ] {
            let partner = market.partner();
            // Before, a supervision looks at what was declared.
            declare(&market, &partner, ability, false).expect(200);
            declare(&market, &partner, ability, true).expect(200);
            market.agreement(&partner, of_type, None);
            declare(&market, &partner, ability, false).expect(200);
            let refused = declare(&market, &partner, ability, true);
            refused.problem(422, "invalid_request");
            assert_eq!(refused.broken(), [format!("shown_by_qualification {rule} /{ability}")], "{of_type}");
            granted(&market, &partner, kind, ("2026-03-02", None));
            let shown = market.master().get(format!("/v1/partners/{partner}")).expect(200);
            assert_eq!(shown[ability], json!(false));
        }
    }
}
