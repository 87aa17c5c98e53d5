//! The support desk of a customer: who answers it on a day, by the duties of its contracts' lines (R43, R54, R67).

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, line},
};
use serde_json::{Value, json};

fn desk(caller: &Caller, customer: &str, day: &str) -> Value {
    caller.get(format!("/v1/customers/{customer}/support-desk?day={day}")).expect(200)
}

fn customer_of(caller: &Caller, contract: &str) -> String {
    caller.get(format!("/v1/contracts/{contract}")).expect(200)["customer_id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    fn r54_an_affiliate_is_its_customers_single_contact_from_the_first_day_to_the_last(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliate", None);
        let customer = market.customer(&partner);
        let caller = market.caller(&partner);
        let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": [line(&market.item("instance"), "year", None)] });
        let contract = market.sell(&caller, &body).contract;
        let shown = desk(&caller, &customer, "2026-03-02");
        assert_eq!((&shown["first_contact"]["id"], &shown["day"]), (&json!(partner), &json!("2026-03-02")));
        let of_contract = &shown["contracts"][0];
        assert_eq!((&of_contract["contract_id"], &of_contract["shared"]), (&json!(contract), &json!(false)));
        let line = &of_contract["lines"][0];
        // R80: new versions stay with the master.
        assert_eq!((&line["support"]["id"], &line["maintenance"]["id"]), (&json!(partner), &json!(market.master_id())));
        let contacts = shown["contacts"].as_array().unwrap();
        let email = |id: &str| contacts.iter().find(|it| it["company"]["id"] == json!(id)).map(|it| it["email"].clone());
        assert_eq!(email(&partner), Some(json!("partner1@partner.example")));
        assert_eq!(email(&market.master_id()), Some(Value::Null));
        for (day, running) in [("2026-03-01", 0), ("2027-03-01", 1), ("2027-03-02", 0)] {
            assert_eq!(desk(&caller, &customer, day)["contracts"].as_array().unwrap().len(), running, "{day}");
        }
        assert_eq!(desk(&caller, &customer, "2026-03-01")["first_contact"]["id"], json!(partner), "it answers for the customer");
        app.advance(TimeDelta::days(10));
        let ended = json!({ "reason": "The customer closed.", "ended_on": "2026-03-10" });
        app.master("fr").post(format!("/v1/contracts/{contract}/cancel"), ended).expect(200);
        for (day, running) in [("2026-03-09", 1), ("2026-03-10", 0)] {
            assert_eq!(desk(&app.master("fr"), &customer, day)["contracts"].as_array().unwrap().len(), running, "{day}");
        }
    }

    fn r67_the_master_answers_where_a_partner_only_brought_the_sale(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliated_integrator", None);
        let customer = market.customer(&market.master_id());
        let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": [line(&market.item("instance"), "year", None)] });
        market.sell(market.master(), &body);
        let shown = desk(market.master(), &customer, "2026-03-02");
        assert_eq!(shown["first_contact"], json!({ "kind": "master", "id": market.master_id() }));
        assert_eq!(shown["contacts"].as_array().unwrap().len(), 1);
        // It is not the partner's customer.
        market.caller(&partner).get(format!("/v1/customers/{customer}/support-desk")).problem(404, "not_found");
    }

    fn r43_a_resellers_helpdesk_answers_and_its_own_services_alone_do_not(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let caller = market.caller(&shop.partner);
        let modules = line(&market.item("sales_and_purchasing"), "year", None);
        let with = |lines: Value| {
            let sold = shop.sell_lines(&market, &lines, &[]);
            let customer = customer_of(&caller, &sold.contract);
            let shown = desk(&caller, &customer, "2026-03-02");
            (shown["first_contact"]["kind"].clone(), shown["contracts"][0]["shared"].clone())
        };
        assert_eq!(with(json!([modules])), (json!("master"), json!(false)));
        assert_eq!(with(json!([modules, line(&shop.services, "year", Some("400.00"))])), (json!("master"), json!(true)));
        assert_eq!(with(json!([modules, line(&shop.helpdesk, "year", Some("120.00"))])), (json!("partner"), json!(true)));
    }

    fn d22_a_desk_shows_no_other_partners_contracts_or_address(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "facilitator");
        let sold = shop.sell_lines(&market, &json!([line(&market.item("sales_and_purchasing"), "year", None)]), &[]);
        let customer = customer_of(&market.caller(&shop.partner), &sold.contract);
        let path = format!("/v1/customers/{customer}/support-desk");
        market.caller(&market.partner()).get(&path).problem(404, "not_found");
        app.master("br").get(&path).problem(404, "not_found");
        let today = market.master().get(&path).expect(200);
        assert_eq!((&today["day"], &today["contracts"].as_array().unwrap().len()), (&json!("2026-03-02"), &1));
    }
}
