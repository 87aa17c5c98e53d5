//! A partner's own instance at half price: a real sale by the master whose customer is the partner itself, once (R84).

use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, eur, id_of, line},
};
use serde_json::{Value, json};

use super::left;

/// A French company with its tax id on record, and its agreement.
fn dealer(market: &Market<'_>, of_type: &str) -> (String, String) {
    let body = json!({
        "name": "Intégra SARL", "legal_form": "company", "country": "FR", "tax_id": "823 456 785", "registration_number": "823456785",
        "billing_ability": true, "support_structure": true, "technical_qualification": true, "email": "a@integra.example", "language": "fr",
    });
    let partner = id_of(&market.master().post("/v1/partners", body).expect(201));
    let agreement = market.agreement(&partner, of_type, None);
    (partner, agreement)
}

fn own(market: &Market<'_>, agreement: &str, item: &str, period: &str, net: Option<&str>) -> Value {
    let lines = json!([line(&market.item(item), period, net)]);
    json!({ "agreement_id": agreement, "benefit": "partner_instance", "currency": "EUR", "lines": lines })
}

/// The use that a proposal asks for.
fn use_of(market: &Market<'_>, proposal: &Value) -> Value {
    let uses = market.master().get("/v1/benefit-uses?benefit=partner_instance").expect(200);
    let of = |it: &&Value| it["proposal_id"] == proposal["id"];
    uses["data"].as_array().unwrap().iter().find(of).expect("a use").clone()
}

/// The master grants or refuses what a proposal asks for.
fn decide(market: &Market<'_>, proposal: &Value, action: &str, body: Value) -> Answer {
    super::act(market.master(), &use_of(market, proposal), action, body)
}

fn act(caller: &Caller, proposal: &Value, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/proposals/{}/{action}", id_of(proposal)), body)
}

on_both_engines! {
    fn r84_a_partner_has_its_own_instance_at_half_price_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = dealer(&market, "affiliated_integrator");
        let caller = market.caller(&partner);
        let proposal = caller.post("/v1/proposals", own(&market, &agreement, "instance", "year", None)).expect(201);
        assert_eq!((&proposal["lines"][0]["list_price"], &proposal["lines"][0]["net_price"]), (&eur("1200.00"), &eur("600.00")));
        assert_eq!((&proposal["seller"]["id"], &proposal["partner_id"], &proposal["benefit"]), (&json!(market.master_id()), &json!(partner), &json!("partner_instance")));
        assert_eq!(left(&caller, &partner, "partner_instance", "2026-03-02"), "1 1 0 0 0 exhausted");
        let second = caller.post("/v1/proposals", own(&market, &agreement, "instance", "year", None));
        second.problem(422, "invalid_request");
        assert_eq!(second.broken(), ["benefit_exhausted R84 /benefit"]);
        act(&caller, &proposal, "send", json!({})).expect(200);
        // The master grants it, and it is signed then, and not before (R84).
        assert_eq!(act(&caller, &proposal, "sign", json!({ "signed_on": "2026-03-02" })).broken(), ["benefit_not_granted R84 "]);
        crate::benefit::act(&caller, &use_of(&market, &proposal), "grant", json!({})).problem(403, "forbidden");
        let granted = decide(&market, &proposal, "grant", json!({})).expect(200);
        assert_eq!((&granted["state"], granted["decided_at"].is_null()), (&json!("granted"), false));
        assert_eq!(decide(&market, &proposal, "use", json!({})).broken(), ["benefit_use_follows - "]);
        assert_eq!(left(&caller, &partner, "partner_instance", "2026-03-02"), "1 0 1 0 0 exhausted");
        let contract = act(&caller, &proposal, "sign", json!({ "signed_on": "2026-03-02" })).expect(201);
        // It is the partner's own purchase: nobody brought it, so that it is no sale of the partner's and earns nothing.
        assert_eq!((&contract["attributions"], &contract["customer_id"]), (&json!([]), &proposal["customer_id"]));
        let customer = market.master().get(format!("/v1/customers/{}", proposal["customer_id"].as_str().unwrap())).expect(200);
        assert_eq!((&customer["name"], &customer["tax_id"]), (&json!("Intégra SARL"), &json!("823 456 785")));
        let annuity = market.master().get(format!("/v1/annuities?contract_id={}", id_of(&contract))).expect(200)["data"][0].clone();
        for kind in ["invoice", "collection"] {
            let body = json!({ "kind": kind, "amount": eur("600.00"), "dated_on": "2026-03-02", "reference": kind });
            market.master().post(format!("/v1/annuities/{}/instalments", id_of(&annuity)), body).expect(201);
        }
        assert_eq!(market.master().get(format!("/v1/ledger-entries?contract_id={}", id_of(&contract))).expect(200)["data"], json!([]));
        // Nobody earns by it, and that is told.
        for reader in [&caller, market.master()] {
            let told = reader.get(format!("/v1/outcomes?contract_id={}", id_of(&contract))).expect(200)["data"].as_array().unwrap().clone();
            let told: Vec<_> = told.iter().map(|it| (it["reason"].clone(), it["agreement_id"].clone(), it["annuity_id"].clone())).collect();
            assert_eq!(told, [(json!("own_purchase"), json!(agreement), annuity["id"].clone())]);
        }
        // Nor by the year that is added to it (§7.2).
        caller.post(format!("/v1/contracts/{}/renew", id_of(&contract)), json!({})).expect(200);
        let years = market.master().get(format!("/v1/annuities?contract_id={}", id_of(&contract))).expect(200)["data"].as_array().unwrap().clone();
        let told = caller.get(format!("/v1/outcomes?contract_id={}&reason=own_purchase", id_of(&contract))).expect(200)["data"].as_array().unwrap().clone();
        let of = |it: &Value, annuity: &str| (it["year"].clone(), it[annuity].clone());
        assert_eq!(told.iter().map(|it| of(it, "annuity_id")).collect::<Vec<_>>(), years.iter().map(|it| of(it, "id")).collect::<Vec<_>>());
        assert_eq!(years.len(), 2);
        assert_eq!(left(&caller, &partner, "partner_instance", "2026-03-02"), "1 0 0 1 0 exhausted");
        assert_eq!(market.master().post("/v1/proposals", own(&market, &agreement, "instance", "year", None)).broken(), ["benefit_exhausted R84 /benefit"]);
        // The next sale to a customer is the partner's first.
        let customer = market.customer(&market.master_id());
        let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": [line(&market.item("instance"), "year", None)] });
        let sold = market.sell(market.master(), &body);
        let sale = caller.get(format!("/v1/contracts/{}", sold.contract)).expect(200);
        assert_eq!(sale["attributions"][0]["ordinal"], 1);
    }

    fn r84_an_affiliate_buys_its_own_instance_of_the_master(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = dealer(&market, "affiliate");
        let proposal = market.caller(&partner).post("/v1/proposals", own(&market, &agreement, "instance_monthly", "month", None)).expect(201);
        // 99.99 less half of it is 49.995, rounded half up.
        assert_eq!((&proposal["lines"][0]["net_price"], &proposal["seller"]["kind"]), (&eur("50.00"), &json!("master")));
    }

    fn r84_the_benefit_is_given_back_with_a_proposal_that_ends_unsigned(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = dealer(&market, "independent_integrator");
        let caller = market.caller(&partner);
        let make = || caller.post("/v1/proposals", own(&market, &agreement, "instance", "year", None)).expect(201);
        let first = make();
        act(&caller, &first, "withdraw", json!({})).expect(200);
        let second = make();
        act(&caller, &second, "send", json!({})).expect(200);
        act(&caller, &second, "decline", json!({})).expect(200);
        assert_eq!(make()["customer_id"], first["customer_id"], "the partner is one customer");
        assert_eq!(left(&caller, &partner, "partner_instance", "2026-03-02"), "1 1 0 0 0 exhausted");
    }

    fn r84_what_the_master_refuses_is_not_signed_and_what_it_proposes_itself_is_granted(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = dealer(&market, "affiliated_integrator");
        let caller = market.caller(&partner);
        let proposal = caller.post("/v1/proposals", own(&market, &agreement, "instance", "year", None)).expect(201);
        decide(&market, &proposal, "refuse", json!({ "reason": "Not this year." })).expect(200);
        act(&caller, &proposal, "send", json!({})).expect(200);
        assert_eq!(act(&caller, &proposal, "sign", json!({ "signed_on": "2026-03-02" })).broken(), ["benefit_not_granted R84 "]);
        act(&caller, &proposal, "withdraw", json!({})).expect(200);
        assert_eq!(left(&caller, &partner, "partner_instance", "2026-03-02"), "1 0 0 0 1 available");
        let by_master = market.master().post("/v1/proposals", own(&market, &agreement, "instance", "year", None)).expect(201);
        let used = use_of(&market, &by_master);
        assert_eq!((&used["state"], used["decided_at"].is_null()), (&json!("granted"), false));
        market.master().post(format!("/v1/proposals/{}/send", id_of(&by_master)), json!({})).expect(200);
        act(&caller, &by_master, "sign", json!({ "signed_on": "2026-03-02" })).expect(201);
    }

    fn r84_the_benefit_is_one_instance_at_its_price_for_the_partner_itself(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = dealer(&market, "affiliated_integrator");
        let caller = market.caller(&partner);
        let refused = |change: Value| {
            let mut body = own(&market, &agreement, "instance", "year", None);
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            caller.post("/v1/proposals", body).broken()
        };
        let instance = |net: Option<&str>| line(&market.item("instance"), "year", net);
        assert_eq!(refused(json!({ "lines": [instance(Some("599.99"))] })), ["benefit_price R84 /lines/0/net_price"]);
        assert_eq!(refused(json!({ "lines": [instance(None), instance(None)] })), ["benefit_is_one_instance R84 /lines"]);
        let mut two = instance(None);
        two["quantity"] = json!(2);
        assert_eq!(refused(json!({ "lines": [two] })), ["benefit_is_one_instance R84 /lines"]);
        assert_eq!(refused(json!({ "lines": [line(&market.item("domain_name"), "year", None)] })), ["benefit_is_one_instance R84 /lines"]);
        assert_eq!(refused(json!({ "customer_id": market.customer(&market.master_id()) })), ["customer_not_the_partner R84 /customer_id"]);
        assert_eq!(refused(json!({ "benefit": "partner_seminars" })), ["benefit_not_given R84 /benefit"]);
        assert_eq!(refused(json!({ "agreement_id": null })), ["benefit_agreement_missing R84 /agreement_id"]);
        caller.post("/v1/proposals", own(&market, &agreement, "instance", "year", Some("600.00"))).expect(201);
        let other = market.partner();
        let theirs = market.agreement(&other, "affiliated_integrator", None);
        caller.post("/v1/proposals", own(&market, &theirs, "instance", "year", None)).problem(404, "not_found");
        let unknown = market.caller(&other).post("/v1/proposals", own(&market, &theirs, "instance", "year", None));
        assert_eq!(unknown.broken(), ["partner_without_tax_id R84 /benefit"]);
        let referrer = market.partner();
        let brings = market.agreement(&referrer, "referrer", None);
        assert_eq!(market.caller(&referrer).post("/v1/proposals", own(&market, &brings, "instance", "year", None)).broken(), ["benefit_not_given R84 /benefit", "partner_without_tax_id R84 /benefit"]);
    }

    fn r36_a_partner_that_another_one_has_registered_waits_for_its_own_instance(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = dealer(&market, "affiliated_integrator");
        let other = market.partner();
        market.agreement(&other, "referrer", None);
        let claim = json!({
            "prospect": { "name": "Intégra SARL", "country": "FR", "tax_id": "823 456 785" },
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
        });
        let registration = id_of(&market.caller(&other).post("/v1/registrations", claim).expect(201));
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        let refused = market.caller(&partner).post("/v1/proposals", own(&market, &agreement, "instance", "year", None));
        refused.problem(409, "prospect_not_available");
        assert_eq!(left(&market.caller(&partner), &partner, "partner_instance", "2026-03-02"), "1 0 0 0 1 available", "nothing half done");
    }

    fn r84_a_revised_proposal_keeps_to_the_discount(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = dealer(&market, "affiliated_integrator");
        let caller = market.caller(&partner);
        let proposal = caller.post("/v1/proposals", own(&market, &agreement, "instance", "year", None)).expect(201);
        let revise = |lines: Value| caller.post(format!("/v1/proposals/{}/versions", id_of(&proposal)), json!({ "lines": lines }));
        let cheaper = revise(json!([line(&market.item("instance"), "year", Some("1.00"))]));
        assert_eq!(cheaper.broken(), ["benefit_price R84 /lines/0/net_price"]);
        let shop = revise(json!([line(&market.item("online_shop"), "year", None)]));
        assert_eq!(shop.json()["lines"][0]["net_price"], eur("240.00"), "{}", shop.text);
    }
}
