//! Sales inside another's protection (R36, R37): refused without a master's leave, and earning nothing with it.

use chrono::TimeDelta;
use domain::id::CompanyId;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, Sold, eur, line},
};
use serde_json::{Value, json};

use super::{assert_blind, claim_of_domain, protect};
use crate::{
    recompute,
    registration::{act, id_of, kinds, partner, said, told},
    scope::assert_sound,
};

const DOMAIN: &str = "mercado.pt";

fn grant(master: &Caller, registration: &str, company: &str) -> Answer {
    let body = json!({ "company_id": company, "reason": "The customer asked for another partner in writing." });
    master.post(format!("/v1/registrations/{registration}/overrides"), body)
}

/// A customer with the protected prospect's domain, that a company answers for.
fn customer_of(master: &Caller, responsible: &str) -> Answer {
    let body = json!({ "responsible_id": responsible, "name": "Mercado", "country": "PT", "domain": DOMAIN });
    master.post("/v1/customers", body)
}

/// A protection of ALTOGA's prospect for another partner, and a reseller that may sell inside it.
struct Scene<'a> {
    market: &'a Market<'a>,
    holder: Caller,
    registration: String,
    shop: Shop,
    seller: Caller,
    by_override: String,
    customer: String,
}

impl<'a> Scene<'a> {
    fn set(market: &'a Market<'a>, product_lines: &[&str]) -> Self {
        let holder = market.partner();
        market.agreement(&holder, "reseller", None);
        let holder = market.caller(&holder);
        let registration = protect(&holder, market.master(), DOMAIN, product_lines);
        let shop = Shop::open(market, "sub_network");
        let by_override = id_of(&grant(market.master(), &registration, &shop.partner).expect(201));
        let customer = id_of(&customer_of(market.master(), &shop.partner).expect(201));
        let seller = market.caller(&shop.partner);
        Self { market, holder, registration, shop, seller, by_override, customer }
    }

    fn proposal(&self, lines: &Value, promoters: &[&str]) -> Value {
        json!({
            "agreement_id": self.shop.agreement, "customer_id": self.customer, "currency": "EUR", "lines": lines,
            "promoters": promoters,
        })
    }

    /// Two modules of which one stands in the scope `erp`, for 1,000.00 and 500.00, and own services for 400.00.
    fn lines(&self) -> Value {
        json!([
            line(&self.market.item("sales_and_purchasing"), "year", None),
            line(&self.market.item("customer_relations"), "year", Some("500.00")),
            line(&self.shop.services, "year", Some("400.00")),
        ])
    }

    fn sell(&self, promoters: &[&str]) -> Sold<'_> {
        self.market.sell(&self.seller, &self.proposal(&self.lines(), promoters))
    }
}

fn explained(caller: &Caller, entry: &Value) -> Value {
    let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
    assert_eq!(json!(recompute::amount(&explanation)), entry["amount"]["amount"], "{explanation:#}");
    explanation
}

/// What the customer pays goes to the master, stays as margin, or pays for own and other lines: to the cent.
fn assert_adds_up(settlement: &Value) {
    let amount = |name: &str| settlement[name]["amount"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap();
    let parts = ["share_due", "margin_kept", "own_lines", "other_lines"].map(amount);
    assert_eq!(parts.iter().sum::<rust_decimal::Decimal>(), amount("customer_total"), "{settlement}");
    assert_eq!(settlement["adds_up"], true);
}

on_both_engines! {
    fn r36_d22_every_way_to_a_protected_prospect_is_refused_and_tells_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let scene = Scene::set(&market, &[]);
        let (seller, master) = (&scene.seller, market.master());
        // While it may, it makes drafts; then its leave is taken back.
        let body = scene.proposal(&scene.lines(), &[]);
        let draft = id_of(&seller.post("/v1/proposals", body.clone()).expect(201));
        let sent = id_of(&seller.post("/v1/proposals", body.clone()).expect(201));
        seller.post(format!("/v1/proposals/{sent}/send"), json!({})).expect(200);
        master.post(format!("/v1/overrides/{}/revoke", scene.by_override), json!({})).expect(200);

        let not_found = seller.post(format!("/v1/registrations/{}/withdraw", scene.registration), json!({}));
        let revision = json!({ "years": 1, "lines": scene.lines() });
        let own = market.agreement(&market.partner(), "reseller", None);
        let ways = [
            seller.post("/v1/proposals", body.clone()),
            seller.post(format!("/v1/proposals/{draft}/versions"), revision.clone()),
            seller.post(format!("/v1/proposals/{draft}/send"), json!({})),
            seller.post(format!("/v1/proposals/{sent}/versions"), revision),
            seller.post(format!("/v1/proposals/{sent}/sign"), json!({ "signed_on": "2026-03-02" })),
            seller.post("/v1/registrations", claim_of_domain(DOMAIN, &[])),
            seller.post("/v1/quotes", body),
        ];
        let first = said(&ways[0]);
        for refusal in &ways {
            assert_blind(refusal, &not_found);
            assert_eq!(said(refusal), first);
        }
        // A master that sells by itself, and that takes a customer over, is kept off in the same way.
        let other = json!({ "name": "Outro", "country": "PT", "domain": "outro.pt" });
        let created = master.post("/v1/customers", other.clone());
        let path = format!("/v1/customers/{}", id_of(&created.expect(201)));
        master.patch(&path, &created.etag(), json!({ "domain": DOMAIN })).problem(409, "already_exists");
        let upserted = json!({ "name": "Mercado", "country": "PT", "domain": "mercado-2.pt" });
        protect(&scene.holder, master, "mercado-2.pt", &[]);
        master.put("/v1/customers/by-reference/crm/4711", upserted.clone()).problem(409, "prospect_not_available");
        master.post("/v1/customers", upserted).problem(409, "prospect_not_available");
        master.patch(&path, &created.etag(), json!({ "domain": "mercado-2.pt" })).problem(409, "prospect_not_available");
        assert!(!own.is_empty());
    }

    fn r36_r15_a_reseller_keeps_no_margin_on_what_it_sells_inside_a_protection(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let scene = Scene::set(&market, &["erp"]);
        let promoter = market.partner();
        let agreement = market.agreement(&promoter, "client_manager", Some(&scene.shop.partner));
        let sold = scene.sell(&[&agreement]);
        sold.bill(1, "633.33");
        sold.bill(1, "1266.67");

        // Margin 30 % and 5 points for the sub-network, of 500.00 and not of 1,500.00; the rest of the modules is the master's.
        let settlement = sold.settlement(&scene.seller, 1);
        let part = |name: &str| settlement[name]["amount"].clone();
        assert_eq!((part("customer_total"), part("own_lines")), (json!("1900.00"), json!("400.00")));
        assert_eq!((part("share_due"), part("margin_kept")), (json!("1325.00"), json!("175.00")), "{settlement:#}");
        assert_adds_up(&settlement);
        let flags: Vec<&Value> = settlement["lines"].as_array().unwrap().iter().map(|line| &line["protected_by_other"]).collect();
        assert_eq!(flags, [&json!(true), &json!(false), &json!(false)]);

        let entries = sold.entries(&scene.seller);
        let shares: rust_decimal::Decimal = entries
            .iter()
            .filter(|entry| entry["kind"] == "share")
            .map(|entry| entry["amount"]["amount"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap())
            .sum();
        assert_eq!(shares.to_string(), "1325.00");
        for entry in &entries {
            explained(&scene.seller, entry);
        }
        // Its promoter earns on the other module alone.
        let commissions: rust_decimal::Decimal = sold
            .entries(&market.caller(&promoter))
            .iter()
            .map(|entry| entry["amount"]["amount"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap())
            .sum();
        assert_eq!(commissions.to_string(), "50.00", "10 % of 500.00");
        let said = sold.outcomes(&scene.seller);
        assert!(!said.iter().any(|it| it.ends_with("protected_by_other")), "a part of its modules earns: {said:?}");
        assert_sound(&app.db);
    }

    fn r36_a_sale_that_is_protected_whole_says_so_to_its_own_partner_in_every_year(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let scene = Scene::set(&market, &[]);
        let sold = scene.sell(&[]);
        sold.bill(1, "1900.00");
        scene.seller.post(format!("/v1/contracts/{}/renew", sold.contract), json!({})).expect(200);
        // The protection ends; what was frozen at signing stays.
        act(&scene.holder, &scene.registration, "withdraw", json!({})).expect(200);
        sold.bill(2, "1900.00");
        assert_eq!(sold.outcomes(&scene.seller), ["1 margin protected_by_other", "2 margin protected_by_other"]);
        for year in 1..=2 {
            let settlement = sold.settlement(&scene.seller, year);
            assert_eq!((&settlement["share_due"], &settlement["margin_kept"]), (&eur("1500.00"), &eur("0.00")), "{year}");
            assert_adds_up(&settlement);
        }
        let outcomes = scene.seller.get("/v1/outcomes").expect(200);
        assert!(outcomes["data"].as_array().unwrap().iter().all(|outcome| outcome["earned_since"] == false));
        for entry in sold.entries(&scene.seller) {
            let explanation = explained(&scene.seller, &entry);
            assert_eq!(explanation["lines"][0]["protected_by_other"], true);
        }
        assert_sound(&app.db);
    }

    fn r36_a_commission_is_not_earned_and_a_buy_price_is_the_whole_inside_a_protection(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (holder, referrer, affiliate) = (market.partner(), market.partner(), market.partner());
        market.agreement(&holder, "affiliate", None);
        let brings = market.agreement(&referrer, "referrer", None);
        let sells = market.agreement(&affiliate, "affiliate", None);
        let (holder, master) = (market.caller(&holder), market.master());
        let registration = protect(&holder, master, "marche.fr", &[]);
        let other = protect(&holder, master, "halles.fr", &[]);
        grant(master, &registration, &referrer).expect(201);
        grant(master, &other, &affiliate).expect(201);
        let customer = |domain: &str, responsible: &str| {
            let body = json!({ "responsible_id": responsible, "name": "Marché", "country": "FR", "domain": domain });
            id_of(&master.post("/v1/customers", body).expect(201))
        };
        // The master contracts what the referrer brings.
        let instance = line(&market.item("instance"), "year", Some("900.00"));
        let body = |agreement: &str, customer: &str| {
            json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "years": 2, "lines": [instance] })
        };
        let brought = market.sell(master, &body(&brings, &customer("marche.fr", &market.master_id())));
        brought.bill(1, "900.00");
        brought.bill(2, "900.00");
        let caller = market.caller(&referrer);
        assert_eq!(brought.entries(&caller), Vec::<Value>::new());
        let said = brought.outcomes(&caller);
        assert!(said.len() == 2 && said.iter().all(|it| it.ends_with("protected_by_other")), "{said:?}");

        let seller = market.caller(&affiliate);
        let sold = market.sell(&seller, &body(&sells, &customer("halles.fr", &affiliate)));
        sold.bill(1, "300.00");
        sold.bill(1, "600.00");
        let amounts: Vec<Value> = sold.entries(&seller).iter().map(|entry| entry["amount"]["amount"].clone()).collect();
        assert_eq!(amounts, [json!("300.00"), json!("600.00")], "all that the customer pays");
        for entry in sold.entries(&seller) {
            explained(&seller, &entry);
        }
        let settlement = sold.settlement(&seller, 1);
        assert_eq!((&settlement["share_due"], &settlement["margin_kept"]), (&eur("900.00"), &eur("0.00")));
        assert_adds_up(&settlement);
        let said = sold.outcomes(&seller);
        assert!(said.len() == 2 && said.iter().all(|it| it.ends_with("protected_by_other")), "{said:?}");
    }

    fn d22_the_holder_learns_that_there_is_an_override_and_why_and_nothing_of_the_sale(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let scene = Scene::set(&market, &[]);
        let sold = scene.sell(&[]);
        sold.bill(1, "1900.00");
        let seen = told(&scene.holder, &scene.registration, 3);
        assert_eq!(kinds(&seen), ["registration.submitted", "registration.accepted", "registration.overridden"]);
        let body = &seen[2]["data"];
        assert_eq!(body["reason"], "The customer asked for another partner in writing.");
        let all = scene.holder.get("/v1/events?limit=200").text;
        for secret in [scene.shop.partner.as_str(), &scene.customer, &sold.contract, &scene.by_override] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        for path in ["/v1/contracts", "/v1/annuities", "/v1/ledger-entries", "/v1/outcomes", "/v1/customers", "/v1/proposals"] {
            assert_eq!(scene.holder.get(path).expect(200)["data"], json!([]), "{path}");
        }
        scene.holder.get(format!("/v1/registrations/{}/overrides", scene.registration)).problem(403, "forbidden");
        // The seller is told that it earns nothing, and not whose protection it is.
        let all = scene.seller.get("/v1/events?limit=200").text;
        for secret in [scene.registration.as_str(), &scene.by_override] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        let told: Vec<Value> = market.master().get("/v1/events?limit=200").expect(200)["data"].as_array().unwrap().clone();
        let granted = told.iter().find(|event| event["kind"] == "override.granted").expect("an event for the master");
        assert_eq!(granted["data"]["company"]["id"], scene.shop.partner);
    }

    fn r36_everything_that_is_wrong_with_an_override_is_said_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let (pt, own) = (app.master("pt"), partner(&app, "pt"));
        let holder = app.partner(&own);
        let id = protect(&holder, &pt, DOMAIN, &["erp"]);
        let path = format!("/v1/registrations/{id}/overrides");
        let wrong = json!({ "company_id": own, "reason": "Because.", "product_lines": ["crm"], "expires_on": "2026-03-01" });
        assert_eq!(
            pt.post(&path, wrong).broken(),
            ["expires_in_past R36 /expires_on", "line_not_protected R36 /product_lines", "override_for_holder R36 /company_id"]
        );
        let elsewhere = Market::all_in_web(&app).partner();
        assert_eq!(grant(&pt, &id, &elsewhere).broken(), ["company_not_in_network R36 /company_id"]);
        pt.post(&path, json!({ "company_id": own })).problem(422, "invalid_request");
        grant(&app.master("br"), &id, &partner(&app, "br")).problem(404, "not_found");
        grant(&holder, &id, &partner(&app, "br")).problem(403, "forbidden");
        // A partner of another master, and another master, may be let sell.
        let shown = grant(&pt, &id, &partner(&app, "br")).expect(201);
        let br = CompanyId::Master(domain::id::Id::from_uuid(app.db_master("br"))).to_string();
        grant(&pt, &id, &br).expect(201);
        let listed = pt.get(&path).expect(200);
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
        let one = format!("/v1/overrides/{}", id_of(&shown));
        assert_eq!(pt.get(&one).expect(200), shown);
        app.master("br").get(&one).problem(404, "not_found");
        let revoked = pt.post(format!("{one}/revoke"), json!({})).expect(200);
        assert_eq!(pt.post(format!("{one}/revoke"), json!({})).expect(200), revoked, "again changes nothing");
        assert_eq!(kinds(&told(&holder, &id, 5))[2..], ["registration.overridden", "registration.overridden", "registration.override_revoked"]);
        act(&holder, &id, "withdraw", json!({})).expect(200);
        grant(&pt, &id, &br).problem(409, "state_conflict");
    }

    fn r36_an_override_counts_for_its_product_lines_up_to_its_last_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let scene = Scene::set(&market, &[]);
        let master = market.master();
        master.post(format!("/v1/overrides/{}/revoke", scene.by_override), json!({})).expect(200);
        let leave = json!({
            "company_id": scene.shop.partner, "reason": "For the one module.", "product_lines": ["erp"], "expires_on": "2026-03-03",
        });
        let path = format!("/v1/registrations/{}/overrides", scene.registration);
        assert_eq!(master.post(path, leave).expect(201)["product_lines"], json!(["erp"]));
        let module = line(&market.item("sales_and_purchasing"), "year", None);
        let propose = |seller: &Caller, lines: Value| seller.post("/v1/proposals", scene.proposal(&lines, &[]));
        propose(&scene.seller, json!([module])).expect(201);
        propose(&scene.seller, scene.lines()).problem(409, "prospect_not_available");
        propose(&scene.seller, json!([module, line(&scene.shop.services, "year", Some("1.00"))])).problem(409, "prospect_not_available");
        // 3 March lasts in Lisbon until midnight, and not longer.
        app.clock.set("2026-03-03T23:59:59Z".parse().unwrap());
        propose(&market.caller(&scene.shop.partner), json!([module])).expect(201);
        app.advance(TimeDelta::seconds(1));
        propose(&market.caller(&scene.shop.partner), json!([module])).problem(409, "prospect_not_available");
    }

    fn r36_renewing_ones_own_contract_is_no_competition(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let scene = Scene::set(&market, &[]);
        let sold = scene.sell(&[]);
        market.master().post(format!("/v1/overrides/{}/revoke", scene.by_override), json!({})).expect(200);
        scene.seller.post(format!("/v1/contracts/{}/renew", sold.contract), json!({})).expect(200);
    }

    fn r36_r26_the_reseller_of_a_promoter_sells_to_its_protected_prospect_with_it_and_not_without(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, other) = (Shop::open(&market, "sub_network"), Shop::open(&market, "sub_network"));
        let promoter = market.partner();
        let agreement = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        protect(&market.caller(&promoter), market.master(), DOMAIN, &[]);
        customer_of(market.master(), &other.partner).problem(409, "prospect_not_available");
        let customer = id_of(&customer_of(market.master(), &shop.partner).expect(201));
        let lines = json!([line(&market.item("sales_and_purchasing"), "year", None)]);
        let proposal = |promoters: &[&str]| {
            json!({
                "agreement_id": shop.agreement, "customer_id": customer, "currency": "EUR", "lines": lines, "promoters": promoters,
            })
        };
        let seller = market.caller(&shop.partner);
        seller.post("/v1/proposals", proposal(&[])).problem(409, "prospect_not_available");
        let sold = market.sell(&seller, &proposal(&[&agreement]));
        sold.bill(1, "1000.00");
        assert_eq!(sold.settlement(&seller, 1)["lines"][0]["protected_by_other"], false, "it is its own promoter's protection");
        assert_eq!(sold.entries(&market.caller(&promoter)).len(), 1);
    }

    fn r36_r37_a_master_contracts_what_a_partner_of_its_own_may_sell_inside_anothers_protection(engine: Engine) {
        let app = TestApp::start(engine);
        let (pt, br) = (app.master("pt"), app.master("br"));
        let id = protect(&app.partner(&partner(&app, "pt")), &pt, DOMAIN, &[]);
        let of_br = json!({ "name": "Mercado", "country": "PT", "domain": DOMAIN });
        br.post("/v1/customers", of_br.clone()).problem(409, "prospect_not_available");
        grant(&pt, &id, &partner(&app, "br")).expect(201);
        br.post("/v1/customers", of_br).expect(201);
    }
}
