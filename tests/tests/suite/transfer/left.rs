//! Whoever loses sight of something is told, by its id alone, so that no copy is kept for ever (D22).

use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

use super::{all, claim, gone_to_brazil};

/// What a caller is told of something it does not see any more.
fn left(caller: &Caller, subject: &str) -> Vec<(String, Value)> {
    let told = all(caller, &format!("/v1/events?limit=200&subject={subject}"));
    let leaving = told.iter().filter(|event| event["kind"].as_str().unwrap().ends_with(".left"));
    leaving.map(|event| (event["kind"].as_str().unwrap().to_owned(), event["data"].clone())).collect()
}

on_both_engines! {
    fn d22_the_master_before_is_told_of_all_that_went_over_and_nobody_else_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "own_services");
        let reseller = market.caller(&shop.partner);
        let customer = market.customer(&shop.partner);
        let guarantee = json!({ "kind": "insurance", "covers": "Everything.", "provider": "Seguradora", "valid_from": "2026-01-01" });
        let evidence = json!({ "kind": "helpdesk_experience", "evidence": [{ "description": "A year of helpdesk.", "dated_on": "2026-02-01" }] });
        let offer = json!({
            "agreement_id": shop.agreement, "customer_id": customer, "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let made = |path: &str, body: Value| id_of(&reseller.post(path, body).expect(201));
        let gone = [
            ("partner.left", shop.partner.clone()),
            ("customer.left", customer),
            ("guarantee.left", made("/v1/guarantees", guarantee)),
            ("qualification.left", made("/v1/qualifications", evidence)),
            ("proposal.left", made("/v1/proposals", offer)),
            ("registration.left", made("/v1/registrations", claim("conservas.pt"))),
            ("promotion.left", made("/v1/promotions", json!({ "agreement_id": shop.agreement, "stage": "helpdesk" }))),
        ];
        gone_to_brazil(&app, &shop.partner);
        for (kind, id) in &gone {
            assert_eq!(left(&app.master("pt"), id), [((*kind).to_owned(), json!({ "id": id }))]);
            for other in [app.master("br"), app.partner(&shop.partner)] {
                assert_eq!(left(&other, id), []);
            }
        }
        // The agreement that ended is still the old master's.
        app.master("pt").get(format!("/v1/agreements/{}", shop.agreement)).expect(200);
        assert_eq!(left(&app.master("pt"), &shop.agreement), []);
    }

    fn d22_the_agreements_of_promoters_that_went_along_leave_too(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let promotes = market.agreement(&promoter, "marketing_consultant", Some(&shop.partner));
        gone_to_brazil(&app, &shop.partner);
        assert_eq!(left(&app.master("pt"), &promotes), [("agreement.left".to_owned(), json!({ "id": promotes }))]);
        assert_eq!(left(&app.master("pt"), &promoter), [("partner.left".to_owned(), json!({ "id": promoter }))]);
    }
}
