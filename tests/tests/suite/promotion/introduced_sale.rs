//! The way of an introduced prospect to a customer, and the promoter's place in the sale (R10, R18, R25, R47, D22).

use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

use super::{Promoter, agreement_is, introduction, list, prospect};

/// A reseller with a promoter whose introduction it accepted.
struct Introduced {
    shop: Shop,
    reseller: Caller,
    promoter: Promoter,
    introduction: String,
}

impl Introduced {
    fn start(market: &Market<'_>, domain: &str) -> Self {
        let shop = Shop::open(market, "sub_network");
        let (promoter, reseller) = (Promoter::of(market, &shop, "marketing_consultant"), market.caller(&shop.partner));
        let introduction = accepted(&promoter, &reseller, domain);
        Self { shop, reseller, promoter, introduction }
    }

    fn seen_by(&self, caller: &Caller) -> Value {
        caller.get(format!("/v1/introductions/{}", self.introduction)).expect(200)
    }

    /// Registers the prospect, and has it protected.
    fn register(&self, market: &Market<'_>, domain: &str) -> String {
        let claim = json!({
            "prospect": prospect(domain),
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-02", "description": "At their site." }],
        });
        let id = id_of(&self.reseller.post("/v1/registrations", claim).expect(201));
        market.master().post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
        id
    }

    fn offer(&self, market: &Market<'_>, registration: &str, introductions: &[&str]) -> Answer {
        let proposal = json!({
            "agreement_id": self.shop.agreement, "registration_id": registration, "currency": "EUR", "introductions": introductions,
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        self.reseller.post("/v1/proposals", proposal)
    }

    fn send(&self, proposal: &Value) {
        self.reseller.post(format!("/v1/proposals/{}/send", id_of(proposal)), json!({})).expect(200);
    }

    fn sign(&self, proposal: &Value) -> Answer {
        self.reseller.post(format!("/v1/proposals/{}/sign", id_of(proposal)), json!({ "signed_on": "2026-03-02" }))
    }
}

fn accepted(promoter: &Promoter, company: &Caller, domain: &str) -> String {
    let id = id_of(&promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, domain)).expect(201));
    company.post(format!("/v1/introductions/{id}/accept"), json!({})).expect(200);
    id
}

/// The kinds of the steps of a way.
fn steps(introduction: &Value) -> Vec<&str> {
    introduction["way"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect()
}

on_both_engines! {
    fn r18_the_promoter_sees_the_way_of_its_introduction_to_a_customer_and_earns_by_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Introduced::start(&market, "conservas.pt");
        let stands = || it.seen_by(&it.promoter.caller)["state"].clone();
        let registration = it.register(&market, "conservas.pt");
        assert_eq!(stands(), json!("registered"));
        let proposal = it.offer(&market, &registration, &[&it.introduction]).expect(201);
        assert_eq!(proposal["introductions"], json!([it.introduction]));
        assert_eq!(proposal["promoters"], json!([it.promoter.agreement]));
        assert_eq!(stands(), json!("registered"), "a draft is nobody's step");
        it.send(&proposal);
        assert_eq!(stands(), json!("proposed"));
        let contract = it.sign(&proposal).expect(201);
        let seen = it.seen_by(&it.promoter.caller);
        assert_eq!((&seen["state"], steps(&seen)), (&json!("won"), vec!["registration", "proposal", "customer"]));
        // The promoter sees that and when, and nothing else of the company's business; the company and its master see what.
        for step in seen["way"].as_array().unwrap() {
            assert_eq!(step["reached_on"], json!("2026-03-02"));
            assert_eq!(step["in_sale"], json!(step["kind"] == "customer"));
            for hidden in ["registration_id", "proposal_id", "contract_id", "customer_id"] {
                assert_eq!(step[hidden], Value::Null, "{hidden}");
            }
        }
        for reader in [&it.reseller, market.master()] {
            let way = it.seen_by(reader)["way"].clone();
            assert_eq!((&way[0]["registration_id"], &way[1]["proposal_id"]), (&json!(registration), &proposal["id"]));
            assert_eq!((&way[2]["contract_id"], &way[2]["customer_id"]), (&contract["id"], &contract["customer_id"]));
        }
        it.promoter.caller.get(format!("/v1/contracts/{}", id_of(&contract))).problem(404, "not_found");
        let place = contract["attributions"].as_array().unwrap().iter().find(|it| it["role"] == "promoter").unwrap();
        assert_eq!((&place["agreement_id"], &place["payer"]["id"]), (&json!(it.promoter.agreement), &json!(it.shop.partner)));
        let told = list(&it.promoter.caller, &format!("/v1/events?subject={}", it.introduction));
        let kinds: Vec<&str> = told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds[2..], ["introduction.progressed"; 3]);
        assert!(told.iter().all(|event| !event.to_string().contains(&id_of(&contract))), "{told:?}");
        // 10 % of the net price of the module.
        let sold = Sold::of(&market, id_of(&contract));
        sold.bill(1, "1000.00");
        let earned: Vec<Value> = sold.entries(&it.promoter.caller).iter().map(|entry| entry["amount"].clone()).collect();
        assert_eq!(earned, [eur("100.00")]);
        // What led to a customer stays.
        let close = it.reseller.post(format!("/v1/introductions/{}/close", it.introduction), json!({ "reason": "not_interested" }));
        close.problem(409, "state_conflict");
    }

    fn r18_a_sale_that_does_not_name_the_introduction_is_its_promoters_all_the_same(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Introduced::start(&market, "conservas.pt");
        let registration = it.register(&market, "conservas.pt");
        let proposal = it.offer(&market, &registration, &[]).expect(201);
        assert_eq!((&proposal["promoters"], &proposal["introductions"]), (&json!([]), &json!([])));
        it.send(&proposal);
        let contract = it.sign(&proposal).expect(201);
        let seen = it.seen_by(&it.promoter.caller);
        assert_eq!((&seen["state"], &seen["way"][2]["in_sale"]), (&json!("won"), &json!(true)));
        let place = &contract["attributions"][1];
        assert_eq!((&place["role"], &place["agreement_id"], &place["payer"]["id"]), (&json!("promoter"), &json!(it.promoter.agreement), &json!(it.shop.partner)));
        let sold = Sold::of(&market, id_of(&contract));
        sold.bill(1, "1000.00");
        let earned = sold.entries(&it.promoter.caller);
        assert_eq!((earned.len(), &earned[0]["amount"]), (1, &eur("100.00")));
        let explanation = it.promoter.caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&earned[0]))).expect(200);
        assert_eq!(explanation["introduction_id"], json!(it.introduction), "it says by what it is the promoter's");
        // What led to a customer led to its first sale; a later one is the promoter's where it is named.
        let again = json!({
            "agreement_id": it.shop.agreement, "customer_id": contract["customer_id"], "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let later = market.sell(&it.reseller, &again);
        let later = it.reseller.get(format!("/v1/contracts/{}", later.contract)).expect(200);
        assert_eq!(later["attributions"].as_array().unwrap().len(), 1);
        crate::continuity::assert_sound(&app);
    }

    fn r18_a_promoter_that_is_named_without_its_introduction_takes_part_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Introduced::start(&market, "conservas.pt");
        let registration = it.register(&market, "conservas.pt");
        let proposal = json!({
            "agreement_id": it.shop.agreement, "registration_id": registration, "currency": "EUR", "promoters": [it.promoter.agreement],
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let proposal = it.reseller.post("/v1/proposals", proposal).expect(201);
        it.send(&proposal);
        let contract = it.sign(&proposal).expect(201);
        assert_eq!(contract["attributions"].as_array().unwrap().len(), 2);
        assert_eq!(it.seen_by(&it.promoter.caller)["way"][2]["in_sale"], json!(true));
    }

    fn r7_an_introduction_of_a_promoter_whose_agreement_is_not_in_force_ends_in_an_outcome(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Introduced::start(&market, "conservas.pt");
        let registration = it.register(&market, "conservas.pt");
        let proposal = it.offer(&market, &registration, &[]).expect(201);
        it.send(&proposal);
        agreement_is(&market, &it.promoter.agreement, "suspend");
        let contract = it.sign(&proposal).expect(201);
        assert_eq!(contract["attributions"].as_array().unwrap().len(), 1);
        let seen = it.seen_by(&it.promoter.caller);
        assert_eq!((&seen["state"], &seen["way"][2]["in_sale"]), (&json!("won"), &json!(false)));
        for reader in [&it.promoter.caller, market.master()] {
            let told = list(reader, &format!("/v1/outcomes?contract_id={}&reason=no_active_agreement", id_of(&contract)));
            assert_eq!(told.len(), 1, "one of the only annuity");
            let outcome = &told[0];
            assert_eq!((&outcome["agreement_id"], &outcome["partner_id"]), (&json!(it.promoter.agreement), &json!(it.promoter.partner)));
            assert_eq!((&outcome["rule"], &outcome["explanation"]["ordinal"]), (&Value::Null, &Value::Null));
            reader.get(format!("/v1/outcomes/{}", id_of(outcome))).expect(200);
        }
        crate::continuity::assert_sound(&app);
    }

    fn r18_what_others_do_with_the_prospect_is_no_step(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Introduced::start(&market, "conservas.pt");
        let other = Shop::open(&market, "sub_network");
        let claim = json!({
            "prospect": prospect("conservas.pt"),
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-02", "description": "At their site." }],
        });
        market.caller(&other.partner).post("/v1/registrations", claim.clone()).expect(201);
        let mut draft = claim;
        draft["draft"] = json!(true);
        it.reseller.post("/v1/registrations", draft).expect(201);
        let seen = it.seen_by(&it.promoter.caller);
        assert_eq!((&seen["state"], &seen["way"]), (&json!("accepted"), &json!([])));
    }

    fn r10_a_master_that_sells_itself_names_the_introduction_and_pays_its_promoter(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let promoter = Promoter { caller: market.caller(&partner), partner, agreement };
        let prospect = json!({ "name": "Customer", "country": "FR", "domain": "fromagerie.fr" });
        let body = json!({ "agreement_id": promoter.agreement, "prospect": prospect });
        let id = id_of(&promoter.caller.post("/v1/introductions", body).expect(201));
        market.master().post(format!("/v1/introductions/{id}/accept"), json!({})).expect(200);
        let customer = id_of(&market.master().post("/v1/customers", prospect).expect(201));
        let proposal = json!({
            "customer_id": customer, "currency": "EUR", "introductions": [id], "lines": [line(&market.item("instance"), "year", None)],
        });
        let sold = market.sell(market.master(), &proposal);
        let seen = promoter.caller.get(format!("/v1/introductions/{id}")).expect(200);
        assert_eq!((&seen["state"], steps(&seen)), (&json!("won"), vec!["proposal", "customer"]));
        sold.bill(1, "1200.00");
        let entries = sold.entries(&promoter.caller);
        assert_eq!((entries.len(), &entries[0]["amount"], &entries[0]["debtor"]["id"]), (1, &eur("180.00"), &json!(market.master_id())));
    }

    fn r18_a_proposal_names_introductions_that_count_of_its_own_prospect(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Introduced::start(&market, "conservas.pt");
        let registration = it.register(&market, "conservas.pt");
        let elsewhere = accepted(&it.promoter, &it.reseller, "sardinhas.pt");
        let offered = id_of(&it.promoter.caller.post("/v1/introductions", introduction(&it.promoter.agreement, "azeite.pt")).expect(201));
        let another = Introduced::start(&market, "queijos.pt");
        let named = |ids: &[&str]| it.offer(&market, &registration, ids).broken();
        assert_eq!(named(&[&elsewhere]), ["introduction_of_another_prospect R18 /introductions/0"]);
        assert_eq!(named(&[&it.introduction, &it.introduction]), ["introduction_named_twice R18 /introductions/1"]);
        assert_eq!(named(&[&another.introduction]), ["introduction_not_found R18 /introductions/0"]);
        assert_eq!(named(&["introduction_01h2xcejqtf2nbrexx3vqjhp41"]), ["introduction_not_found R18 /introductions/0"]);
        assert_eq!(named(&[&offered]), ["introduction_does_not_count R18 /introductions/0", "introduction_of_another_prospect R18 /introductions/0"]);
        agreement_is(&market, &it.promoter.agreement, "suspend");
        assert_eq!(named(&[&it.introduction]), ["promoter_not_in_force R7 /introductions/0"]);
        agreement_is(&market, &it.promoter.agreement, "resume");
        // A promoter that is named as such beside its introduction takes part once.
        let proposal = json!({
            "agreement_id": it.shop.agreement, "registration_id": registration, "currency": "EUR", "introductions": [it.introduction],
            "promoters": [it.promoter.agreement], "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let made = it.reseller.post("/v1/proposals", proposal).expect(201);
        assert_eq!(made["promoters"], json!([it.promoter.agreement]));
        let revision = json!({ "introductions": [elsewhere], "lines": [line(&market.item("sales_and_purchasing"), "year", None)] });
        let revised = it.reseller.post(format!("/v1/proposals/{}/versions", id_of(&made)), revision);
        assert_eq!(revised.broken(), ["introduction_of_another_prospect R18 /introductions/0"]);
    }

    fn r18_an_introduction_that_was_closed_meanwhile_is_no_place_in_a_sale(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Introduced::start(&market, "conservas.pt");
        let registration = it.register(&market, "conservas.pt");
        let proposal = it.offer(&market, &registration, &[&it.introduction]).expect(201);
        it.send(&proposal);
        it.reseller.post(format!("/v1/introductions/{}/close", it.introduction), json!({ "reason": "already_known" })).expect(200);
        assert_eq!(it.sign(&proposal).broken(), ["introduction_does_not_count R18 "]);
    }
}
