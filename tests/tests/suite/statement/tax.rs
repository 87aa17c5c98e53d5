//! How statements are taxed, each amount with the rule that made it.

use api::network::apply::apply_text;
use chrono::TimeDelta;
use entente_tests::{
    app::TestApp,
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, eur, id_of, line},
};
use serde_json::{Value, json};

use super::{balances, brought, close, close_in, document, refused, statements};

pub(super) fn profile(company: &str, regime: &str, vat_number: Option<&str>) -> Value {
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
        assert_eq!(made["vat_number"], json!("FR 40 303 265 045"), "letter for letter, with the key that a French number has");
        assert_eq!(market.caller(&partner).get(format!("/v1/tax-profiles/{}", id_of(&made))).expect(200), made);
        brought(&market, &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-03");
        let caller = app.partner(&partner);
        let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
        // 20 % of 180.00.
        assert_eq!(balances(statement), ["0.00", "180.00", "36.00", "0.00", "0.00", "216.00"]);
        assert_eq!(document(&caller, statement)["payee"]["tax_id"], json!("FR 40 303 265 045"));
        let vat = &document(&caller, statement)["tax"]["vat"];
        assert_eq!((&vat["treatment"], &vat["base"], &vat["rate"], &vat["amount"]), (&json!("standard_rate"), &eur("180.00"), &json!("0.2"), &eur("36.00")));
        assert_eq!(vat["note"], json!("Taxe sur la valeur ajoutée de FR au taux normal."));
    }

    fn across_a_border_of_the_union_the_customer_accounts_for_the_tax_from_the_day_it_is_registered_and_not_before(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner_from("PT", "pt");
        let agreement = market.agreement(&partner, "referrer", None);
        market.master().post("/v1/tax-profiles", profile(&partner, "standard", Some("PT501442600"))).expect(201);
        let mut registered = profile(&market.master_id(), "standard", Some("FR40303265045"));
        registered["valid_from"] = json!("2026-04-01");
        market.master().post("/v1/tax-profiles", registered).expect(201);
        brought(&market, &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-03");
        brought(&market.later(), &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-04");
        let caller = app.partner(&partner);
        let [march, april] = &statements(&caller, "")[..] else { panic!("two statements") };
        // 23 % of 180.00 while the master has no number; nothing after that.
        assert_eq!(balances(march), ["0.00", "180.00", "41.40", "0.00", "0.00", "221.40"]);
        assert_eq!(balances(april), ["221.40", "180.00", "0.00", "0.00", "0.00", "401.40"]);
        let vat = |statement: &Value| document(&caller, statement)["tax"]["vat"].clone();
        let (before, after) = (vat(march), vat(april));
        assert_eq!((&before["treatment"], &before["rate"]), (&json!("standard_rate"), &json!("0.23")));
        assert_eq!(before["note"], json!("Imposto sobre o valor acrescentado de PT à taxa normal."));
        assert_eq!((&after["treatment"], &after["rate"]), (&json!("reverse_charge"), &json!("0")));
        let note = "Autoliquidação: o imposto é devido pelo adquirente (artigos 44.º e 196.º da Diretiva 2006/112/CE).";
        assert_eq!(after["note"], json!(note));
    }

    fn who_is_exempt_says_by_which_law(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let mut exempt = profile(&partner, "exempt", None);
        exempt["legal_note"] = json!("TVA non applicable, art. 293 B du CGI");
        market.master().post("/v1/tax-profiles", exempt).expect(201);
        brought(&market, &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-03");
        let caller = app.partner(&partner);
        let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
        assert_eq!(balances(statement), ["0.00", "180.00", "0.00", "0.00", "0.00", "180.00"]);
        let vat = &document(&caller, statement)["tax"]["vat"];
        assert_eq!((&vat["treatment"], &vat["note"]), (&json!("exempt"), &json!("TVA non applicable, art. 293 B du CGI")));
    }

    fn in_brazil_a_reseller_keeps_income_tax_back_of_what_it_pays_its_promoter(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga_in_brazil(&app);
        let (seller, promoter) = (market.partner(), market.partner());
        let selling = market.agreement(&seller, "reseller", None);
        market.enter_stage(&selling, "sub_network");
        let promoting = market.agreement(&promoter, "client_manager", Some(&seller));
        let mut withheld = profile(&promoter, "outside_scope", None);
        withheld["withholding"] = json!({ "rate": "0.015", "legal_note": "IRRF, Decreto 9.580/2018, art. 714" });
        market.master().post("/v1/tax-profiles", withheld).expect(201);
        let proposal = json!({
            "agreement_id": selling, "customer_id": market.customer(&seller), "currency": "BRL", "promoters": [promoting],
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let sold = market.sell(&market.caller(&seller), &proposal);
        for kind in ["invoice", "collection"] {
            let reais = json!({ "amount": "5500.00", "currency": "BRL" });
            let body = json!({ "kind": kind, "amount": reais, "dated_on": "2026-03-02", "reference": kind });
            market.master().post(format!("/v1/annuities/{}/instalments", sold.annuity(1)), body).expect(201);
        }
        app.advance(TimeDelta::days(30));
        close_in(&app.master("br"), "2026-03", "BRL");
        let caller = app.partner(&promoter);
        let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
        // 10 % of the module of 5,500.00, and 1.5 % of that.
        assert_eq!(balances(statement), ["0.00", "550.00", "0.00", "8.25", "0.00", "541.75"]);
        assert_eq!((&statement["payer"]["id"], &statement["amount_due"]["currency"]), (&json!(seller), &json!("BRL")));
        let tax = &document(&caller, statement)["tax"];
        assert_eq!(tax["vat"]["note"], json!("Operação fora do âmbito do imposto sobre o valor acrescentado em BR."));
        let reais = |amount: &str| json!({ "amount": amount, "currency": "BRL" });
        let kept = json!({
            "base": reais("550.00"), "rate": "0.015", "amount": reais("8.25"), "note": "IRRF, Decreto 9.580/2018, art. 714",
        });
        assert_eq!(tax["withholding"], kept);
    }

    fn yen_and_dinars_are_stated_and_taxed_to_their_last_unit_each_on_statements_of_its_own(engine: Engine) {
        let app = TestApp::start(engine);
        let yaml = std::fs::read_to_string(format!("{}/../networks/all-in-web.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let price = "      - {currency: EUR, period: year, amount: \"1200.00\", from: 2013-11-16}\n";
        let more = [("JPY", "100005"), ("BHD", "123.457")]
            .map(|(currency, amount)| price.replace("EUR", currency).replace("1200.00", amount));
        wait(apply_text(&app.db, &yaml.replace(price, &[price, &more.concat()].concat()), false)).expect("more prices");
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        market.master().post("/v1/tax-profiles", profile(&partner, "standard", Some("FR40303265045"))).expect(201);
        for (currency, whole) in [("JPY", "100005"), ("BHD", "123.457")] {
            let lines = json!([line(&market.item("instance"), "year", None)]);
            let customer = market.customer(&market.master_id());
            let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": currency, "lines": lines });
            let sold = market.sell(market.master(), &body);
            for kind in ["invoice", "collection"] {
                let amount = json!({ "amount": whole, "currency": currency });
                let body = json!({ "kind": kind, "amount": amount, "dated_on": "2026-03-02", "reference": kind });
                market.master().post(format!("/v1/annuities/{}/instalments", sold.annuity(1)), body).expect(201);
            }
        }
        app.advance(TimeDelta::days(30));
        // 15 % of 100005 is 15000.75 and of 123.457 is 18.51855; a fifth of 15001 is 3000.2 and of 18.519 is 3.7038.
        for (currency, expected) in [
            ("JPY", ["0", "15001", "3000", "0", "0", "18001"]),
            ("BHD", ["0.000", "18.519", "3.704", "0.000", "0.000", "22.223"]),
        ] {
            close_in(&app.master("fr"), "2026-03", currency);
            let of_currency = statements(&app.partner(&partner), &format!("&currency={currency}"));
            let said: Vec<_> = of_currency.iter().map(balances).collect();
            assert_eq!(said, [expected], "{currency}");
        }
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
