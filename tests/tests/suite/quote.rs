//! Quotes: what a sale would bring to everyone involved, to the cent, before it is made (R15 to R17, R45 to R47, R55 to R79, D22).

use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, eur, id_of, line},
};
use serde_json::{Value, json};

fn quote(caller: &Caller, body: &Value) -> Value {
    caller.post("/v1/quotes", body.clone()).expect(200)
}

/// One instance under an agreement, or of the master itself.
fn instance(market: &Market<'_>, agreement: Option<&str>) -> Value {
    let mut body = json!({ "currency": "EUR", "lines": [line(&market.item("instance"), "year", None)] });
    if let Some(agreement) = agreement {
        body["agreement_id"] = json!(agreement);
    }
    body
}

/// What each year would bring: `year kind amount`, and `year rule reason` for what would earn nothing.
fn summary(quote: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let rows = |year: &Value| {
        let amounts = year["amounts"].as_array().unwrap().iter();
        let amounts = amounts.map(|it| format!("{} {} {}", year["year"], text(&it["kind"]), text(&it["amount"]["amount"])));
        let nothing = year["nothing"].as_array().unwrap().iter();
        let nothing = nothing.map(|it| format!("{} {} {}", year["year"], text(&it["rule"]), text(&it["reason"])));
        amounts.chain(nothing).collect::<Vec<_>>()
    };
    quote["contract_years"].as_array().unwrap().iter().flat_map(rows).collect()
}

fn events(caller: &Caller) -> usize {
    caller.get("/v1/events?limit=200").expect(200)["data"].as_array().unwrap().len()
}

/// A reseller with a sub-network of one promoter.
fn sub_network(market: &Market<'_>) -> (Shop, String, String) {
    let shop = Shop::open(market, "sub_network");
    let promoter = market.partner();
    let agreement = market.agreement(&promoter, "client_manager", Some(&shop.partner));
    (shop, promoter, agreement)
}

/// Modules for 1,000.00, own services for 400.00 and helpdesk for 120.00 a year.
fn shop_lines(market: &Market<'_>, shop: &Shop) -> Value {
    json!([
        line(&market.item("sales_and_purchasing"), "year", None),
        line(&shop.services, "year", Some("400.00")),
        line(&shop.helpdesk, "year", Some("120.00")),
    ])
}

on_both_engines! {
    fn r79_a_referrer_would_earn_once_on_the_first_annuity(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let mut body = instance(&market, Some(&agreement));
        body["years"] = json!(2);
        let quoted = quote(&market.caller(&partner), &body);
        assert_eq!(summary(&quoted), ["1 commission 180.00", "2 first_annuity one_time_first_annuity"]);
        assert_eq!(quoted["seller"]["id"], json!(market.master_id()));
        let owed = json!({ "company": { "kind": "partner", "id": partner }, "owed_to_it": eur("180.00"), "owed_by_it": eur("0.00") });
        assert_eq!(quoted["totals"], json!([owed]));
    }

    fn r4_a_quote_for_another_day_names_that_day_where_the_catalogue_has_no_price(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let mut body = json!({ "currency": "EUR", "signed_on": "1999-12-31", "lines": [line(&market.item("instance"), "year", None)] });
        let told = |body: &Value| market.master().post("/v1/quotes", body.clone()).expect(422)["errors"][0].clone();
        let refused = told(&body);
        assert_eq!(refused["code"], "no_catalogue_price");
        assert!(refused["message"].as_str().unwrap().contains("1999-12-31"), "{refused}");
        (body["signed_on"], body["currency"]) = (Value::Null, json!("JPY"));
        body.as_object_mut().unwrap().remove("signed_on");
        assert!(told(&body)["message"].as_str().unwrap().contains("2026-03-02"), "today, where no day is named");
    }

    fn r68_r75_the_number_of_the_sale_is_the_next_one_or_the_assumed_one(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        for (of_type, amount) in [("affiliated_integrator", "840.00"), ("independent_integrator", "600.00")] {
            let partner = market.partner();
            let agreement = market.agreement(&partner, of_type, None);
            let caller = market.caller(&partner);
            let mut body = instance(&market, Some(&agreement));
            assert_eq!(summary(&quote(&caller, &body)), ["1 first_annuity below_first_paid_sale"]);
            body["ordinal"] = json!(2);
            let assumed = quote(&caller, &body);
            assert_eq!(summary(&assumed), [format!("1 commission {amount}")]);
            assert_eq!(assumed["contract_years"][0]["amounts"][0]["ordinal"], json!(2));
            // The first real sale moves the next one up; quotes took no number.
            let mut sale = instance(&market, Some(&agreement));
            sale["customer_id"] = json!(market.customer(&market.master_id()));
            market.sell(market.master(), &sale);
            body.as_object_mut().unwrap().remove("ordinal");
            assert_eq!(summary(&quote(&caller, &body)), [format!("1 commission {amount}")]);
        }
    }

    fn r55_an_affiliate_would_owe_half_the_list_price_each_year(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliate", None);
        let mut body = instance(&market, Some(&agreement));
        body["years"] = json!(3);
        let quoted = quote(&market.caller(&partner), &body);
        assert_eq!(summary(&quoted), ["1 buy_price 600.00", "2 buy_price 600.00", "3 buy_price 600.00"]);
        let totals = quoted["totals"].as_array().unwrap();
        let of = |id: &str| totals.iter().find(|total| total["company"]["id"] == json!(id)).unwrap();
        assert_eq!(of(&partner)["owed_by_it"], eur("1800.00"));
        assert_eq!(of(&market.master_id())["owed_to_it"], eur("1800.00"));
    }

    fn r45_r46_a_sale_with_a_sub_network_is_quoted_to_the_cent(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, _, promoter) = sub_network(&market);
        let body = json!({
            "agreement_id": shop.agreement, "currency": "EUR", "promoters": [promoter], "lines": shop_lines(&market, &shop),
        });
        for caller in [market.caller(&shop.partner), market.master().clone()] {
            let quoted = quote(&caller, &body);
            assert_eq!(summary(&quoted), ["1 share 650.00", "1 commission 100.00"]);
            let settlement = &quoted["contract_years"][0]["settlement"];
            for (part, amount) in [
                ("customer_total", "1520.00"), ("share_due", "650.00"), ("margin_kept", "350.00"), ("own_lines", "520.00"),
                ("kept", "870.00"), ("promoter_commissions", "100.00"), ("uplift", "50.00"),
            ] {
                assert_eq!(settlement[part], eur(amount), "{part}");
            }
            assert_eq!((&settlement["offset_ratio"], &settlement["adds_up"]), (&json!("0.5"), &json!(true)));
            let commission = &quoted["contract_years"][0]["amounts"][1];
            assert_eq!((&commission["debtor"]["id"], &commission["partner_id"]), (&json!(shop.partner), &commission["creditor"]["id"]));
        }
    }

    fn d22_a_promoter_sees_its_own_part_and_nothing_of_its_resellers_margin(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, id, promoter) = sub_network(&market);
        let body = json!({
            "agreement_id": promoter, "currency": "EUR", "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let quoted = quote(&market.caller(&id), &body);
        assert_eq!(summary(&quoted), ["1 commission 100.00"]);
        assert_eq!(quoted["contract_years"][0]["settlement"], Value::Null);
        assert_eq!(quoted["seller"]["id"], json!(shop.partner));
        let text = quoted.to_string();
        for secret in ["sub_network", "0.35", "350.00", "650.00", "\"share\"", shop.agreement.as_str()] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        // Neither the reseller's own items nor a stranger's agreement.
        let mut own = body.clone();
        own["lines"] = json!([line(&shop.services, "year", Some("1.00"))]);
        assert_eq!(market.caller(&id).post("/v1/quotes", own).broken(), ["item_not_offered R4 /lines/0/item_id"]);
        let stranger = market.caller(&market.partner());
        stranger.post("/v1/quotes", body.clone()).problem(404, "not_found");
        // The master that supervises both sees both parts.
        assert_eq!(summary(&quote(market.master(), &body)), ["1 share 650.00", "1 commission 100.00"]);
    }

    fn d22_a_partner_that_brings_a_sale_sees_not_what_promoters_would_earn(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, other) = (market.partner(), market.partner());
        let (agreement, others) = (market.agreement(&partner, "referrer", None), market.agreement(&other, "referrer", None));
        let mut body = instance(&market, Some(&agreement));
        body["promoters"] = json!([others]);
        assert_eq!(market.caller(&partner).post("/v1/quotes", body.clone()).broken(), ["promoter_not_found R26 /promoters/0"]);
        let whole = quote(market.master(), &body);
        assert_eq!(summary(&whole), ["1 commission 180.00", "1 commission 180.00"]);
    }

    fn what_is_quoted_is_what_the_real_sale_posts(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, _, promoter) = sub_network(&market);
        let lines = shop_lines(&market, &shop);
        let body = json!({ "agreement_id": shop.agreement, "currency": "EUR", "promoters": [promoter], "lines": lines, "years": 2 });
        let quoted = quote(market.master(), &body);
        let mut sale = body.clone();
        sale["customer_id"] = json!(market.customer(&shop.partner));
        let sold = market.sell(&market.caller(&shop.partner), &sale);
        for year in [1, 2] {
            sold.bill(year, "1520.00");
            let mut expected = sold.entries(market.master());
            expected.retain(|entry| entry["year"] == json!(year));
            let amounts = quoted["contract_years"][usize::try_from(year - 1).unwrap()]["amounts"].as_array().unwrap();
            let of = |it: &Value| format!("{} {} {} {}", it["kind"], it["amount"], it["debtor"], it["creditor"]);
            let (mut told, mut posted): (Vec<_>, Vec<_>) = (amounts.iter().map(of).collect(), expected.iter().map(of).collect());
            told.sort();
            posted.sort();
            assert_eq!(told, posted, "year {year}");
            for amount in amounts {
                let steps = amount["steps"].as_array().unwrap();
                assert_eq!(steps.last().unwrap()["result"]["value"], amount["amount"]["amount"], "{amount}");
            }
        }
    }

    fn a_quote_writes_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, _, promoter) = sub_network(&market);
        let before = events(market.master());
        let body = json!({
            "agreement_id": shop.agreement, "currency": "EUR", "promoters": [promoter], "lines": shop_lines(&market, &shop), "years": 3,
        });
        quote(market.master(), &body);
        for list in ["proposals", "contracts", "annuities", "ledger-entries", "outcomes"] {
            assert_eq!(market.master().get(format!("/v1/{list}")).expect(200)["data"], json!([]), "{list}");
        }
        assert_eq!(events(market.master()), before);
    }

    fn a_quote_names_every_broken_rule_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "facilitator");
        let rivals = market.customer(&market.master_id());
        let mut over = line(&market.item("financials"), "year", None);
        over["net_price"] = eur("9999.00");
        let body = json!({
            "agreement_id": shop.agreement, "customer_id": rivals, "currency": "EUR", "promoters": [shop.agreement],
            "lines": [over, line(&shop.services, "year", Some("1.00"))],
        });
        assert_eq!(market.master().post("/v1/quotes", body.clone()).broken(), [
            "customer_answered_by_another R51 /customer_id",
            "kind_not_allowed R42 /lines/1/item_id",
            "net_above_list D12 /lines/0/net_price",
            "not_a_promoter R11 /promoters/0",
            "promoter_of_another R26 /promoters/0",
            "promoter_sells R10 /promoters/0",
        ]);
        let mut early = json!({ "agreement_id": shop.agreement, "currency": "EUR", "signed_on": "2025-12-31" });
        early["lines"] = json!([line(&market.item("financials"), "year", None)]);
        let broken = market.master().post("/v1/quotes", early).broken();
        assert!(broken.contains(&"agreement_not_in_force R7 /agreement_id".to_owned()), "{broken:?}");
    }

    fn r36_a_prospect_that_another_partner_protects_is_not_quoted(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, rival) = (Shop::open(&market, "facilitator"), Shop::open(&market, "facilitator"));
        let prospect = json!({ "name": "Moinho Novo", "country": "PT", "domain": "moinho-novo.pt" });
        let evidence = json!([{ "kind": "meeting", "dated_on": "2026-03-01", "description": "Met the owner." }]);
        let registration = id_of(&market.caller(&shop.partner)
            .post("/v1/registrations", json!({ "prospect": prospect, "evidence": evidence })).expect(201));
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        let lines = json!([line(&market.item("financials"), "year", None)]);
        let body = |agreement: &str| json!({
            "agreement_id": agreement, "registration_id": registration, "currency": "EUR", "lines": lines,
        });
        quote(&market.caller(&shop.partner), &body(&shop.agreement));
        market.caller(&rival.partner).post("/v1/quotes", body(&rival.agreement)).problem(404, "not_found");
        market.master().post("/v1/quotes", body(&rival.agreement)).problem(409, "prospect_not_available");
    }
}
