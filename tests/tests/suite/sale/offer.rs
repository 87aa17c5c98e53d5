//! What may be offered, to whom, and who contracts (R4, R11, R13, R26, R42, R43, R51, R53, R80).

use super::*;

on_both_engines! {
    fn r53_a_sale_that_breaks_the_types_responsibilities_is_refused_with_every_rule(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let integrator = Dealer::of(&market, "affiliated_integrator");
        let mut lines = json!([line(&market.item("instance"), "year", None), line(&market.item("instance"), "month", None)]);
        lines[0]["duties"] = json!({ "contracting": "partner", "support": "partner", "maintenance": "partner", "start_up": "master" });
        lines[0]["net_price"] = eur("1200.01");
        let mut body = proposal(&market, &market.master_id(), &integrator.agreement, lines);
        body["valid_until"] = json!("2026-03-01");
        let refused = market.master().post("/v1/proposals", body);
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), [
            "duty_not_allowed R53 /lines/0/duties/start_up",
            "duty_not_allowed R53 /lines/0/duties/support",
            "maintenance_with_partner R80 /lines/0/duties/maintenance",
            "net_above_list D12 /lines/0/net_price",
            "no_catalogue_price R4 /lines/1/period",
            "not_contracted_by_seller R53 /lines/0/duties/contracting",
            "promoter_contracts R11 /lines/0/duties/contracting",
            "valid_until_past - /valid_until",
        ]);
    }

    fn d12_a_price_below_zero_is_told_beside_what_the_contract_refuses(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let integrator = Dealer::of(&market, "affiliated_integrator");
        let mut lines = json!([line(&market.item("instance"), "year", Some("-5.00")), line(&market.item("instance"), "year", None)]);
        lines[1]["quantity"] = json!(0);
        let offer = proposal(&market, &market.master_id(), &integrator.agreement, lines.clone());
        let quoted = json!({ "agreement_id": integrator.agreement, "currency": "EUR", "lines": lines });
        for (path, body) in [("/v1/proposals", offer), ("/v1/quotes", quoted)] {
            let broken = market.master().post(path, body).broken();
            assert_eq!(broken, ["amount_negative D12 /lines/0/net_price/amount", "too_small - /lines/1/quantity"], "{path}");
        }
    }

    fn r42_r43_a_stage_lets_more_kinds_of_lines_into_a_sale(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let before = Dealer::of(&market, "reseller");
        let bare = proposal(&market, &before.id, &before.agreement, json!([line(&market.item("financials"), "year", None)]));
        assert_eq!(before.caller.post("/v1/proposals", bare).broken(), ["no_stage_in_force R39 /agreement_id"]);
        for (stage, broken) in [
            ("facilitator", vec!["kind_not_allowed R42 /lines/1/item_id", "kind_not_allowed R43 /lines/2/item_id"]),
            ("own_services", vec!["kind_not_allowed R43 /lines/2/item_id"]),
            ("helpdesk", vec![]),
        ] {
            let reseller = Dealer::reseller(&market, stage);
            let (own, helpdesk) = (market.own_item(&reseller.id, "partner_own"), market.own_item(&reseller.id, "partner_helpdesk"));
            let lines = json!([
                line(&market.item("financials"), "year", None), line(&own, "year", Some("400.00")), line(&helpdesk, "month", Some("10.00")),
            ]);
            let answer = reseller.caller.post("/v1/proposals", proposal(&market, &reseller.id, &reseller.agreement, lines));
            if broken.is_empty() {
                assert_eq!(answer.expect(201)["first_year"], json!({ "list": eur("1720.00"), "contracted": eur("1720.00") }));
            } else {
                assert_eq!(answer.broken(), broken, "{stage}");
            }
        }
    }

    fn r4_a_sale_offers_the_networks_items_and_the_partners_own_alone(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (reseller, other) = (Dealer::reseller(&market, "helpdesk"), Dealer::reseller(&market, "helpdesk"));
        let others = market.own_item(&other.id, "partner_own");
        let own = market.own_item(&reseller.id, "partner_own");
        let mut reais = line(&market.item("financials"), "year", None);
        reais["net_price"] = json!({ "amount": "1200.00", "currency": "BRL" });
        let lines = json!([line(&others, "year", Some("1.00")), line(&own, "year", None), reais]);
        let refused = reseller.caller.post("/v1/proposals", proposal(&market, &reseller.id, &reseller.agreement, lines));
        assert_eq!(refused.broken(), [
            "item_not_offered R4 /lines/0/item_id",
            "other_currency D12 /lines/2/net_price",
            "price_needed R4 /lines/1/net_price",
        ]);
    }

    fn r11_r13_who_contracts_follows_from_the_terms(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let master = market.master_id();
        let sides = |dealer: &Dealer, responsible: &str| {
            let body = proposal(&market, responsible, &dealer.agreement, json!([line(&market.item("instance"), "year", None)]));
            let made = market.master().post("/v1/proposals", body).expect(201);
            let duties = &made["lines"][0]["duties"];
            (made["seller"]["id"].clone(), duties["contracting"].clone(), duties["start_up"].clone(), duties["maintenance"].clone())
        };
        let expect = |seller: &str, contracting: &str, start_up: &str| (json!(seller), json!(contracting), json!(start_up), json!("master"));
        let affiliate = Dealer::of(&market, "affiliate");
        assert_eq!(sides(&affiliate, &affiliate.id), expect(&affiliate.id, "partner", "partner"));
        let integrator = Dealer::of(&market, "affiliated_integrator");
        assert_eq!(sides(&integrator, &master), expect(&master, "master", "partner"));
        let referrer = Dealer::of(&market, "referrer");
        assert_eq!(sides(&referrer, &master), expect(&master, "master", "master"));
    }

    fn r22_whoever_brings_no_sales_has_no_prospects_either(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let reseller = Dealer::reseller(&market, "sub_network");
        let instructor = market.partner();
        let teaching = market.agreement(&instructor, "instructor", None);
        let claim = |domain: &str| json!({
            "prospect": { "name": "Vinhos do Douro", "country": "PT", "domain": domain },
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
        });
        assert_eq!(market.caller(&instructor).post("/v1/registrations", claim("vinhos.pt")).broken(), ["sells_nothing R22 /agreement_id"]);
        // Nor is one given to it that another partner has.
        let own = id_of(&reseller.caller.post("/v1/registrations", claim("vinhos.pt")).expect(201));
        market.master().post(format!("/v1/registrations/{own}/accept"), json!({})).expect(200);
        let to = json!({ "partner_id": instructor, "reason": "customer_released", "note": "They asked for it." });
        assert_eq!(market.master().post(format!("/v1/registrations/{own}/transfer"), to).broken(), ["sells_nothing R22 /agreement_id"]);
        let lines = json!([line(&market.item("financials"), "year", None)]);
        let brought = proposal(&market, &market.master_id(), &teaching, lines);
        assert_eq!(market.master().post("/v1/proposals", brought).broken(), ["sells_nothing R22 /agreement_id"]);
    }

    fn r11_r26_who_promotes_is_a_promoter_of_the_seller_with_an_agreement_in_force(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (reseller, rival) = (Dealer::reseller(&market, "sub_network"), Dealer::reseller(&market, "sub_network"));
        let promoter = market.partner();
        let suspended = market.agreement(&promoter, "client_manager", Some(&reseller.id));
        suspend(&market, &suspended);
        let others = market.agreement(&market.partner(), "client_manager", Some(&rival.id));
        let lines = json!([line(&market.item("financials"), "year", None)]);
        let mut body = proposal(&market, &reseller.id, &reseller.agreement, lines.clone());
        body["promoters"] = json!([suspended, others, reseller.agreement, suspended]);
        assert_eq!(reseller.caller.post("/v1/proposals", body.clone()).broken(), [
            "not_a_promoter R11 /promoters/2",
            "promoter_named_twice R10 /promoters/3",
            "promoter_not_found R26 /promoters/1",
            "promoter_not_in_force R7 /promoters/0",
            "promoter_of_another R26 /promoters/2",
            "promoter_sells R10 /promoters/2",
        ]);
        body["promoters"] = json!([others]);
        assert_eq!(market.master().post("/v1/proposals", body).broken(), ["promoter_of_another R26 /promoters/0"]);
        // A promoter serves its reseller and brings no sale by itself.
        let by_itself = proposal(&market, &market.master_id(), &others, lines);
        assert_eq!(market.master().post("/v1/proposals", by_itself).broken(), ["sells_through_counterparty R26 /agreement_id"]);
    }

    fn r51_a_customer_is_contracted_by_the_company_that_answers_for_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (reseller, rival) = (Dealer::reseller(&market, "facilitator"), Dealer::reseller(&market, "facilitator"));
        let body = proposal(&market, &reseller.id, &reseller.agreement, json!([line(&market.item("financials"), "year", None)]));
        let mut others = body.clone();
        others["agreement_id"] = json!(rival.agreement);
        assert_eq!(market.master().post("/v1/proposals", others).broken(), ["customer_answered_by_another R51 /customer_id"]);
        reseller.caller.post("/v1/proposals", body).expect(201);
    }
}
