//! What hangs on a partner follows it to another master, and so does what hangs on its promoters (D4).

use api::access::Role;
use entente_tests::{
    app::TestApp,
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

use super::{accepting, gone_to_brazil, to_brazil};

fn claim() -> Value {
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": "conservas.pt" },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    })
}

on_both_engines! {
    fn d4_guarantees_qualifications_and_requests_for_support_follow_their_partner(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        market.agreement(&promoter, "marketing_consultant", Some(&shop.partner));
        let reseller = market.caller(&shop.partner);
        let guarantee = json!({ "kind": "insurance", "covers": "Everything.", "provider": "Seguradora", "valid_from": "2026-01-01" });
        let guarantee = format!("/v1/guarantees/{}", id_of(&reseller.post("/v1/guarantees", guarantee).expect(201)));
        let evidence = json!({ "kind": "helpdesk_experience", "evidence": [{ "description": "A year of helpdesk.", "dated_on": "2026-02-01" }] });
        let [own, promoters] = [&reseller, &market.caller(&promoter)].map(|caller| {
            format!("/v1/qualifications/{}", id_of(&caller.post("/v1/qualifications", evidence.clone()).expect(201)))
        });
        let registration = id_of(&reseller.post("/v1/registrations", claim()).expect(201));
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        let request = json!({ "agreement_id": shop.agreement, "document": "proposal", "registration_id": registration, "description": "For thirty users." });
        let request = format!("/v1/support-requests/{}", id_of(&reseller.post("/v1/support-requests", request).expect(201)));
        let somebody = app.person(app.db_master("pt"), Role::MasterOperator).get("/v1/me").expect(200)["id"].clone();
        market.master().post(format!("{request}/assign"), json!({ "assignee_id": somebody })).expect(200);
        let done = gone_to_brazil(&app, &shop.partner);
        let (brazil, portugal) = (app.master("br"), app.master("pt"));
        for path in [&guarantee, &own, &promoters, &request] {
            brazil.get(path).expect(200);
            portugal.get(path).problem(404, "not_found");
        }
        // The new master's people begin anew, under the agreement that came.
        let asked = brazil.get(&request).expect(200);
        assert_eq!((&asked["state"], &asked["assignee"], &asked["agreement_id"]), (&json!("requested"), &Value::Null, &done["successor_id"]));
        brazil.post(format!("{own}/grant"), json!({})).expect(200);
        crate::continuity::assert_sound(&app);
    }

    fn r39_the_stage_of_the_day_comes_with_the_partner_and_open_proposals_are_signed_in_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "reseller", None);
        // It entered its stage today, and its next one is decided.
        for (stage, from) in [("own_services", "2026-03-02"), ("helpdesk", "2026-03-20")] {
            market.master().post(format!("/v1/agreements/{agreement}/stages"), json!({ "stage": stage, "from": from, "reason": "It is able to." })).expect(200);
        }
        let reseller = market.caller(&partner);
        let offer = json!({
            "agreement_id": agreement, "customer_id": market.customer(&partner), "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let offer = id_of(&reseller.post("/v1/proposals", offer).expect(201));
        reseller.post(format!("/v1/proposals/{offer}/send"), json!({})).expect(200);
        let done = gone_to_brazil(&app, &partner);
        assert_eq!(done["stage"], "own_services");
        let successor = reseller.get(format!("/v1/agreements/{}", done["successor_id"].as_str().unwrap())).expect(200);
        let stages: Vec<_> = successor["stages"].as_array().unwrap().iter().map(|it| (it["stage"].clone(), it["from"].clone())).collect();
        assert_eq!(stages, [(json!("own_services"), json!("2026-03-02")), (json!("helpdesk"), json!("2026-03-20"))]);
        let signed = reseller.post(format!("/v1/proposals/{offer}/sign"), json!({ "signed_on": "2026-03-02" })).expect(201);
        assert_eq!(signed["attributions"][0]["stage"], "own_services");
    }

    fn r39_a_stage_that_was_entered_since_the_transfer_was_proposed_is_the_one_that_comes(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "own_services");
        let made = to_brazil(&app, &shop.partner, "2026-03-02").expect(201);
        assert_eq!(made["stage"], "own_services");
        market.master().post(format!("/v1/agreements/{}/stages", shop.agreement), json!({ "stage": "helpdesk", "from": "2026-03-02", "reason": "It is able to." })).expect(200);
        let path = format!("/v1/partner-transfers/{}", id_of(&made));
        app.master("br").post(format!("{path}/decide"), accepting(&app.master("br"), "reseller")).expect(200);
        assert_eq!(app.master("br").post(format!("{path}/execute"), json!({})).expect(200)["stage"], "helpdesk");
    }

    fn r39_experience_in_a_stage_comes_with_the_partner(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "own_services");
        let growth = |agreement: &str| market.caller(&shop.partner).get(format!("/v1/agreements/{agreement}/growth")).expect(200);
        let before = growth(&shop.agreement);
        let done = gone_to_brazil(&app, &shop.partner);
        let after = growth(done["successor_id"].as_str().unwrap());
        assert_eq!((&after["stage"], &after["since"]), (&json!("own_services"), &json!("2026-01-01")));
        assert_eq!(after["next"], before["next"], "measured from the partner's own record");
    }

    fn r39_a_stage_that_is_named_anew_begins_with_the_agreement(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "own_services");
        let brazil = Market::altoga_in_brazil(&app).master_id();
        let body = json!({ "partner_id": shop.partner, "kind": "master", "to_master_id": brazil, "from": "2026-03-02", "stage": "helpdesk", "reason": "It moved." });
        let made = app.master("pt").post("/v1/partner-transfers", body).expect(201);
        let path = format!("/v1/partner-transfers/{}", id_of(&made));
        app.master("br").post(format!("{path}/decide"), accepting(&app.master("br"), "reseller")).expect(200);
        app.master("br").post(format!("{path}/execute"), json!({})).expect(200);
        let growth = app.master("br").get(format!("/v1/agreements/{}/growth", made["successor_id"].as_str().unwrap())).expect(200);
        assert_eq!((&growth["stage"], &growth["since"]), (&json!("helpdesk"), &json!("2026-03-02")));
    }

    fn r39_a_promotion_that_waits_is_the_new_masters_to_decide(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "own_services");
        let reseller = market.caller(&shop.partner);
        let asked = json!({ "agreement_id": shop.agreement, "stage": "helpdesk" });
        let promotion = format!("/v1/promotions/{}", id_of(&reseller.post("/v1/promotions", asked).expect(201)));
        let done = gone_to_brazil(&app, &shop.partner);
        let shown = app.master("br").get(&promotion).expect(200);
        assert_eq!((&shown["state"], &shown["agreement_id"]), (&json!("proposed"), &done["successor_id"]));
        let no = json!({ "reason": "Not yet." });
        app.master("pt").get(&promotion).problem(404, "not_found");
        app.master("pt").post(format!("{promotion}/refuse"), no.clone()).problem(404, "not_found");
        assert_eq!(app.master("br").post(format!("{promotion}/refuse"), no).expect(200)["state"], "refused");
        crate::continuity::assert_sound(&app);
    }

    fn r39_a_promotion_into_a_stage_that_the_other_type_does_not_have_is_taken_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "own_services");
        let asked = json!({ "agreement_id": shop.agreement, "stage": "helpdesk" });
        let promotion = format!("/v1/promotions/{}", id_of(&market.caller(&shop.partner).post("/v1/promotions", asked).expect(201)));
        let body = json!({ "partner_id": shop.partner, "kind": "partnership_type", "partnership_type": "instructor", "from": "2026-03-02", "reason": "It teaches." });
        let made = app.master("pt").post("/v1/partner-transfers", body).expect(201);
        let path = format!("/v1/partner-transfers/{}", id_of(&made));
        app.master("pt").post(format!("{path}/decide"), accepting(&app.master("pt"), "instructor")).expect(200);
        assert_eq!(app.master("pt").post(format!("{path}/execute"), json!({})).expect(200)["state"], "done");
        let shown = app.master("pt").get(&promotion).expect(200);
        assert_eq!((&shown["state"], &shown["reason"]), (&json!("withdrawn"), &json!("transferred")));
    }

    fn r44_a_stage_without_a_sub_network_leaves_promoters_alone(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        market.agreement(&market.partner(), "client_manager", Some(&shop.partner));
        let brazil = Market::altoga_in_brazil(&app).master_id();
        let body = |stage: &str| json!({ "partner_id": shop.partner, "kind": "master", "to_master_id": brazil, "from": "2026-03-02", "stage": stage, "reason": "It moved." });
        assert_eq!(app.master("pt").post("/v1/partner-transfers", body("helpdesk")).broken(), ["promoters_left_alone R44 /stage"]);
        assert_eq!(app.master("pt").post("/v1/partner-transfers", body("nowhere")).broken(), ["promoters_left_alone R44 /stage", "unknown_stage R39 /stage"]);
        app.master("pt").post("/v1/partner-transfers", body("sub_network")).expect(201);
    }
}
