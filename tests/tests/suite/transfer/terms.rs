//! What a change of type brings is what an agreement of that type brings (R2, R44, R57, R85).

use entente_tests::{
    app::TestApp,
    on_both_engines,
    sales::{Market, Shop, id_of},
};
use serde_json::{Value, json};

use super::{accepting, gone_to_brazil};

/// Lets a partner of all-in-web go over to another type today. The transfer.
fn becomes(app: &TestApp, partner: &str, of_type: &str) -> Value {
    let body = json!({ "partner_id": partner, "kind": "partnership_type", "partnership_type": of_type, "from": "2026-03-02", "reason": "It grew." });
    let made = app.master("fr").post("/v1/partner-transfers", body).expect(201);
    let path = format!("/v1/partner-transfers/{}", id_of(&made));
    app.master("fr").post(format!("{path}/decide"), accepting(&app.master("fr"), of_type)).expect(200);
    app.master("fr").post(format!("{path}/execute"), json!({})).expect(200)
}

fn per_year(app: &TestApp, agreement: &Value) -> Value {
    app.master("fr").get(format!("/v1/agreements/{}/minimum-sales", agreement.as_str().unwrap())).expect(200)["per_year"].clone()
}

on_both_engines! {
    fn r57_an_affiliate_that_comes_by_a_transfer_owes_fifteen_sales_a_year_and_a_referrer_none(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        market.agreement(&partner, "referrer", None);
        let done = becomes(&app, &partner, "affiliate");
        assert_eq!(per_year(&app, &done["successor_id"]), 15);
        let listed = app.master("fr").get("/v1/minimum-sales").expect(200);
        assert_eq!(listed["data"][0]["agreement_id"], done["successor_id"]);
        let due = app.partner(&partner).get("/v1/obligations?kind=minimum_sales").expect(200);
        assert_eq!(due["data"].as_array().unwrap().len(), 1, "{due}");
        let other = market.partner();
        market.agreement(&other, "affiliate", None);
        let back = becomes(&app, &other, "referrer");
        assert_eq!(per_year(&app, &back["successor_id"]), Value::Null);
    }

    fn r85_two_seminars_a_year_are_two_whatever_the_partner_is_by_then(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        market.agreement(&partner, "independent_integrator", None);
        let ask = |day: &str| app.partner(&partner).post("/v1/benefit-uses", json!({ "benefit": "partner_seminars", "wanted_on": day }));
        for day in ["2026-03-02", "2026-05-01"] {
            ask(day).expect(201);
        }
        becomes(&app, &partner, "affiliate");
        let page = app.partner(&partner).get(format!("/v1/partners/{partner}/benefits")).expect(200);
        let seminars = page["data"].as_array().unwrap().iter().find(|it| it["benefit"] == "partner_seminars").unwrap().clone();
        assert_eq!((&seminars["left"], &seminars["period_from"], &seminars["period_until"]), (&json!(0), &json!("2026-01-01"), &json!("2026-12-31")));
        assert_eq!(ask("2026-06-01").broken(), ["benefit_exhausted R85 /benefit"]);
        ask("2027-01-01").expect(201);
        // A second agreement beside it brings no others.
        market.agreement(&partner, "affiliated_integrator", None);
        assert_eq!(ask("2026-06-01").broken(), ["benefit_exhausted R85 /benefit"]);
    }

    fn r44_whoever_contracts_customers_is_in_no_sub_network_whichever_came_first(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let body = |partner: &str, of_type: &str, with: Option<&str>, starts_on: &str| {
            json!({ "partner_id": partner, "partnership_type": of_type, "counterparty_id": with, "language": "pt", "starts_on": starts_on })
        };
        let make = |partner: &str, of_type: &str, with: Option<&str>| market.master().post("/v1/agreements", body(partner, of_type, with, "2026-01-01"));
        // A reseller, and then a promoter: of another one, and of its own promoter.
        let other = Shop::open(&market, "sub_network");
        assert_eq!(make(&other.partner, "marketing_consultant", Some(&shop.partner)).broken(), ["reseller_in_sub_network R44 /counterparty_id"]);
        // A promoter, and then a reseller.
        let promoter = market.partner();
        let promotes = market.agreement(&promoter, "marketing_consultant", Some(&shop.partner));
        assert_eq!(make(&promoter, "reseller", None).broken(), ["sub_network_member_contracts R44 /partnership_type"]);
        // Both drafted while neither was in force: the second one is not approved.
        let both = market.partner();
        let first = market.under_supervision(&both, "client_manager", Some(&shop.partner), None);
        let second = market.under_supervision(&both, "reseller", None, None);
        let approve = |id: &str| market.master().post(format!("/v1/agreements/{id}/supervisions"), market.approval(id));
        approve(&second).expect(200);
        assert_eq!(approve(&first).broken(), ["reseller_in_sub_network R44 "]);
        // An instructor contracts with a master, and is in no sub-network.
        market.agreement(&other.partner, "instructor", None);
        // What has ended stands in nobody's way.
        let ended = json!({ "reason": "It was agreed." });
        market.master().post(format!("/v1/agreements/{promotes}/terminate"), ended).expect(200);
        make(&promoter, "reseller", None).expect(201);
    }

    fn d4_a_transfer_to_ones_own_master_is_refused_in_words_that_say_why(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let to = |master: &str| {
            let body = json!({ "partner_id": shop.partner, "kind": "master", "to_master_id": master, "from": "2026-03-03", "reason": "It moved." });
            market.master().post("/v1/partner-transfers", body)
        };
        let own = to(&market.master_id());
        assert_eq!(own.broken(), ["transfer_to_same_master D4 /to_master_id"]);
        let unknown = to("master_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!(unknown.broken(), ["unknown_master D4 /to_master_id"]);
        for answer in [own, unknown] {
            assert!(!answer.text.contains("%{"), "{}", answer.text);
        }
        gone_to_brazil(&app, &shop.partner);
    }

    fn the_tree_of_partners_takes_no_parameters(engine: Engine) {
        let app = TestApp::start(engine);
        app.master("pt").get("/v1/partner-tree?foo=1").problem(422, "invalid_request");
    }
}
