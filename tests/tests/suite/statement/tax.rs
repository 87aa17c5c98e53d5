//! How statements are taxed, each amount with the rule that made it.

use chrono::TimeDelta;
use entente_tests::{
    app::TestApp,
    on_both_engines,
    sales::{Market, Shop, eur, id_of},
};
use serde_json::{Value, json};

use super::{balances, brought, close, document, refused, statements};

fn profile(company: &str, regime: &str, vat_number: Option<&str>) -> Value {
    json!({
        "company_id": company, "valid_from": "2026-01-01", "regime": regime, "vat_number": vat_number, "billing": "self_billing",
    })
}

on_both_engines! {
    fn within_a_country_the_standard_rate_is_charged_and_says_by_which_rule(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let made = market.master().post("/v1/tax-profiles", profile(&partner, "standard", Some("FR 40 303 265 045"))).expect(201);
        assert_eq!(made["vat_number"], json!("FR303265045"));
        assert_eq!(market.caller(&partner).get(format!("/v1/tax-profiles/{}", id_of(&made))).expect(200), made);
        brought(&market, &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-03");
        let caller = app.partner(&partner);
        let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
        // 20 % of 180.00.
        assert_eq!(balances(statement), ["0.00", "180.00", "36.00", "0.00", "0.00", "216.00"]);
        let vat = &document(&caller, statement)["tax"]["vat"];
        assert_eq!((&vat["treatment"], &vat["base"], &vat["rate"], &vat["amount"]), (&json!("standard_rate"), &eur("180.00"), &json!("0.2"), &eur("36.00")));
        assert_eq!(vat["note"], json!("Taxe sur la valeur ajoutée de FR au taux normal."));
    }

    fn what_a_reseller_remits_bears_the_masters_tax_and_a_withholding_comes_off(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let master = market.master_id();
        let mut withholding = profile(&master, "standard", Some("PT501442600"));
        withholding["withholding"] = json!({ "rate": "0.25", "legal_note": "Artigo 101.º do CIRS." });
        market.master().post("/v1/tax-profiles", withholding).expect(201);
        shop.sell(&market, &[]).bill(1, "1520.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("pt"), "2026-03");
        let caller = app.partner(&shop.partner);
        let [statement] = &statements(&caller, "&kind=remittance")[..] else { panic!("one statement") };
        // The share is 700.00: 23 % of it is 161.00, a quarter is 175.00.
        assert_eq!(balances(statement), ["0.00", "700.00", "161.00", "175.00", "0.00", "686.00"]);
        let tax = &document(&caller, statement)["tax"];
        assert_eq!((&tax["supplier_id"], &tax["customer_id"]), (&json!(master), &json!(shop.partner)));
        assert_eq!(tax["withholding"]["note"], json!("Artigo 101.º do CIRS."));
    }

    fn a_profile_that_lacks_something_is_refused_with_all_of_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga_in_brazil(&app);
        let partner = market.partner();
        let master = market.master();
        let post = |body: &Value| refused(&master.post("/v1/tax-profiles", body.clone()));
        let lacking = post(&profile(&partner, "standard", None));
        assert_eq!(lacking, ["no_vat_rate - /regime", "vat_number_required - /vat_number"]);
        let mut wrong = profile(&partner, "exempt", Some("11.222.333/0001-82"));
        wrong["withholding"] = json!({ "rate": "0", "legal_note": "IRRF." });
        assert_eq!(post(&wrong), ["tax_id_check_digits - /vat_number"]);
        wrong["vat_number"] = json!("11.222.333/0001-81");
        assert_eq!(post(&wrong), ["legal_note_required - /legal_note", "nothing_withheld - /withholding/rate"]);
        // Nobody says how a partner of another master is taxed.
        let body = profile(&partner, "outside_scope", None);
        assert_eq!(refused(&app.master("pt").post("/v1/tax-profiles", body.clone())), ["unknown_company - /company_id"]);
        market.caller(&partner).post("/v1/tax-profiles", body.clone()).problem(403, "forbidden");
        master.post("/v1/tax-profiles", body.clone()).expect(201);
        master.post("/v1/tax-profiles", body).problem(409, "already_exists");
        // And nobody else reads it.
        assert_eq!(app.master("pt").get("/v1/tax-profiles").expect(200)["data"], json!([]));
        assert_eq!(market.caller(&market.partner()).get("/v1/tax-profiles").expect(200)["data"], json!([]));
        assert_eq!(market.caller(&partner).get("/v1/tax-profiles").expect(200)["data"].as_array().unwrap().len(), 1);
    }
}
