//! The day of a transfer: whatever is written on it finds the agreement that has begun, or is refused (D4).

use chrono::TimeDelta;
use entente_tests::{
    app::TestApp,
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

use super::{accepting, claim, to_brazil};

/// A reseller with a proposal that was sent, and the path of the transfer that is agreed for tomorrow.
struct Leaving {
    shop: Shop,
    promoter: String,
    offer: String,
    transfer: Value,
}

impl Leaving {
    fn tomorrow(app: &TestApp, market: &Market<'_>) -> Self {
        let shop = Shop::open(market, "sub_network");
        let promoter = market.partner();
        market.agreement(&promoter, "marketing_consultant", Some(&shop.partner));
        let reseller = market.caller(&shop.partner);
        let offer = json!({
            "agreement_id": shop.agreement, "customer_id": market.customer(&shop.partner), "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let offer = id_of(&reseller.post("/v1/proposals", offer).expect(201));
        reseller.post(format!("/v1/proposals/{offer}/send"), json!({})).expect(200);
        let made = to_brazil(app, &shop.partner, "2026-03-03").expect(201);
        let path = format!("/v1/partner-transfers/{}", id_of(&made));
        let transfer = app.master("br").post(format!("{path}/decide"), accepting(&app.master("br"), "reseller")).expect(200);
        Self { shop, promoter, offer: format!("/v1/proposals/{offer}/sign"), transfer }
    }

    fn state(&self, app: &TestApp) -> Value {
        app.master("br").get(format!("/v1/partner-transfers/{}", id_of(&self.transfer))).expect(200)["state"].clone()
    }
}

on_both_engines! {
    fn d4_what_is_signed_on_the_day_is_signed_under_the_agreement_that_has_begun(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let leaving = Leaving::tomorrow(&app, &market);
        app.advance(TimeDelta::hours(24));
        let reseller = app.partner(&leaving.shop.partner);
        let signature = json!({ "signed_on": "2026-03-03" });
        // To ask what would happen changes nothing.
        let dry = reseller.post(format!("{}?dry_run=true", leaving.offer), signature.clone()).expect(200);
        assert_eq!((&dry["master_id"], leaving.state(&app)), (&leaving.transfer["to_master_id"], json!("agreed")));
        let signed = reseller.post(&leaving.offer, signature).expect(201);
        assert_eq!(signed["master_id"], leaving.transfer["to_master_id"]);
        assert_eq!(signed["attributions"][0]["agreement_id"], leaving.transfer["successor_id"]);
        assert_eq!(leaving.state(&app), "done");
        app.master("br").get(format!("/v1/contracts/{}", id_of(&signed))).expect(200);
        app.master("br").get(format!("/v1/customers/{}", signed["customer_id"].as_str().unwrap())).expect(200);
        app.master("pt").get(format!("/v1/contracts/{}", id_of(&signed))).problem(404, "not_found");
        let old = reseller.get(format!("/v1/agreements/{}", leaving.shop.agreement)).expect(200);
        assert_eq!((&old["state"], &old["ends_on"]), (&json!("terminated"), &json!("2026-03-02")));
        crate::continuity::assert_sound(&app);
    }

    fn d4_what_is_registered_on_the_day_is_registered_under_the_agreement_that_has_begun(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let leaving = Leaving::tomorrow(&app, &market);
        app.advance(TimeDelta::hours(24));
        let registered = app.partner(&leaving.shop.partner).post("/v1/registrations", claim("conservas.pt")).expect(201);
        assert_eq!(registered["agreement_id"], leaving.transfer["successor_id"]);
        app.master("br").get(format!("/v1/registrations/{}", id_of(&registered))).expect(200);
    }

    fn d4_a_promoter_that_writes_on_the_day_finds_its_reseller_gone_over(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let leaving = Leaving::tomorrow(&app, &market);
        let stranger = market.partner();
        app.advance(TimeDelta::hours(24));
        let evidence = json!({ "kind": "helpdesk_experience", "evidence": [{ "description": "A year of helpdesk.", "dated_on": "2026-02-01" }] });
        app.partner(&stranger).post("/v1/qualifications", evidence.clone()).expect(201);
        assert_eq!(leaving.state(&app), "agreed", "no business of a stranger's");
        let shown = id_of(&app.partner(&leaving.promoter).post("/v1/qualifications", evidence).expect(201));
        app.master("br").get(format!("/v1/qualifications/{shown}")).expect(200);
        assert_eq!(leaving.state(&app), "done");
    }

    fn d4_nothing_is_signed_under_the_old_agreement_while_a_case_holds_the_transfer_up(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let leaving = Leaving::tomorrow(&app, &market);
        let opening = json!({
            "partner_id": leaving.shop.partner, "reason": "unreachable", "statement": "Nobody answers.",
            "evidence": [{ "dated_on": "2026-03-01", "description": "Three customers complain." }],
        });
        market.master().post("/v1/continuity-cases", opening).expect(201);
        app.advance(TimeDelta::hours(24));
        let reseller = app.partner(&leaving.shop.partner);
        let today = reseller.post(&leaving.offer, json!({ "signed_on": "2026-03-03" }));
        assert_eq!(today.broken(), ["agreement_not_in_force R7 /signed_on", "transfer_is_due D4 /agreement_id"]);
        assert!(!today.text.contains("%{"), "{}", today.text);
        assert_eq!(leaving.state(&app), "agreed");
        // What was signed the day before is the old agreement's.
        let signed = reseller.post(&leaving.offer, json!({ "signed_on": "2026-03-02" })).expect(201);
        assert_eq!(signed["attributions"][0]["agreement_id"], leaving.shop.agreement);
    }

    fn d4_one_agreement_takes_the_others_place_when_the_day_has_begun_for_both_masters(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let leaving = Leaving::tomorrow(&app, &market);
        let path = format!("/v1/partner-transfers/{}/execute", id_of(&leaving.transfer));
        // It is the day in Lisbon, and not in São Paulo: the agreement that comes would not be in force.
        app.clock.set("2026-03-03T00:00:05Z".parse().unwrap());
        assert_eq!(app.master("pt").post(&path, json!({})).broken(), ["transfer_not_yet D4 "]);
        let reseller = app.partner(&leaving.shop.partner);
        let claimed = reseller.post("/v1/registrations", claim("adega.pt")).expect(201);
        assert_eq!(claimed["agreement_id"], json!(leaving.shop.agreement));
        app.master("pt").get(format!("/v1/registrations/{}", id_of(&claimed))).expect(200);
        assert_eq!(reseller.post(&leaving.offer, json!({ "signed_on": "2026-03-03" })).broken(), ["agreement_not_in_force R7 /signed_on", "transfer_is_due D4 /agreement_id"]);
        assert_eq!(leaving.state(&app), "agreed");
        app.clock.set("2026-03-03T02:59:59Z".parse().unwrap());
        assert_eq!(app.master("br").post(&path, json!({})).broken(), ["transfer_not_yet D4 "]);
        app.clock.set("2026-03-03T03:00:00Z".parse().unwrap());
        let signed = app.partner(&leaving.shop.partner).post(&leaving.offer, json!({ "signed_on": "2026-03-03" })).expect(201);
        assert_eq!(signed["attributions"][0]["agreement_id"], leaving.transfer["successor_id"]);
        app.master("br").get(format!("/v1/registrations/{}", id_of(&claimed))).expect(200);
    }

    fn d4_whoever_carries_it_out_by_hand_means_the_version_that_was_agreed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let leaving = Leaving::tomorrow(&app, &market);
        app.advance(TimeDelta::hours(24));
        let path = format!("/v1/partner-transfers/{}/execute", id_of(&leaving.transfer));
        let version = format!("\"{}\"", leaving.transfer["version"]);
        let brazil = app.master("br");
        let begun = brazil.request("POST", &path).header("if-match", &version).json(&json!({ "limit": 1 })).send().expect(200);
        assert_eq!(begun["state"], "executing");
        assert_eq!(brazil.post(&path, json!({})).expect(200)["state"], "done");
    }

    fn d4_a_transfer_whose_agreement_ended_before_its_day_is_taken_back_with_words(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shops = [(), ()].map(|()| Shop::open(&market, "helpdesk"));
        let paths = shops.each_ref().map(|shop| {
            let path = format!("/v1/partner-transfers/{}", id_of(&to_brazil(&app, &shop.partner, "2026-03-03").expect(201)));
            app.master("br").post(format!("{path}/decide"), accepting(&app.master("br"), "reseller")).expect(200);
            // It ends, and the partner makes another one with the master that it has.
            let ended = json!({ "reason": "It was agreed." });
            app.master("pt").post(format!("/v1/agreements/{}/terminate", shop.agreement), ended).expect(200);
            market.agreement(&shop.partner, "reseller", None);
            path
        });
        app.advance(TimeDelta::hours(24));
        // By hand, and by itself.
        app.master("br").post(format!("{}/execute", paths[0]), json!({})).expect(200);
        wait(api::transfer::continue_transfers(&app.db)).expect("nothing waits");
        for (shop, path) in shops.iter().zip(&paths) {
            let shown = app.partner(&shop.partner).get(path).expect(200);
            assert_eq!((&shown["state"], &shown["note"]), (&json!("withdrawn"), &json!("agreement_ended")));
            assert_eq!(app.master("pt").get(format!("/v1/partners/{}", shop.partner)).expect(200)["id"], json!(shop.partner));
        }
        crate::continuity::assert_sound(&app);
    }
}
