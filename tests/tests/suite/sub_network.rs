//! A reseller's promoters, what they cost and bring it, and who sees the tree (R26, R44 to R47, D15, D22).

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, eur, id_of},
};
use serde_json::{Value, json};

/// A reseller with a sub-network and one promoter.
struct Network {
    shop: Shop,
    promoter: String,
    promoting: String,
}

impl Network {
    fn of(market: &Market<'_>) -> Self {
        let shop = Shop::open(market, "sub_network");
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        Self { shop, promoter, promoting }
    }

    fn report(&self, caller: &Caller, query: &str) -> Value {
        caller.get(format!("/v1/partners/{}/sub-network{query}", self.shop.partner)).expect(200)
    }
}

/// Of a tree, everybody's name with what stands below.
fn names(tree: &Value) -> Value {
    let below = |node: &Value, part: &str| node[part].as_array().cloned().unwrap_or_default();
    let told = below(tree, "masters")
        .iter()
        .map(|master| {
            let partners: Vec<Value> = below(master, "partners")
                .iter()
                .map(|partner| {
                    let promoters: Vec<Value> = below(partner, "promoters").iter().map(|it| it["partner_id"].clone()).collect();
                    json!([partner["partner_id"], promoters])
                })
                .collect();
            json!([master["name"], partners])
        })
        .collect::<Vec<_>>();
    json!(told)
}

on_both_engines! {
    fn r46_a_sub_network_shows_what_it_costs_and_which_part_the_uplift_offsets(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let network = Network::of(&market);
        let reseller = market.caller(&network.shop.partner);
        let sold = network.shop.sell(&market, &[&network.promoting]);
        sold.bill(1, "1520.00");
        let report = network.report(&reseller, "");
        assert_eq!((&report["from"], &report["to"]), (&json!("2026-01-01"), &json!("2026-03-02")));
        let figures = json!([{ "currency": "EUR", "commissions": eur("100.00"), "uplift": eur("50.00"), "offset_ratio": "0.5" }]);
        assert_eq!(report["figures"], figures, "1,000 of modules: 10 % to the promoter, 5 points more of margin");
        let promoter = &report["promoters"][0];
        assert_eq!((&promoter["agreement_id"], &promoter["partner_id"]), (&json!(network.promoting), &json!(network.promoter)));
        assert_eq!((&promoter["sales"], &promoter["commissions"], &promoter["posted"]), (&json!(1), &json!([eur("100.00")]), &json!([eur("100.00")])));
        assert_eq!((&promoter["partnership_type"], &promoter["supervision"]["decision"]), (&json!("client_manager"), &json!("approve")));
        // A second sale, unbilled and without a promoter: the uplift is the whole margin's (D15).
        let second = network.shop.sell(&market, &[]);
        let report = network.report(market.master(), "");
        assert_eq!(report["figures"][0]["offset_ratio"], "1");
        assert_eq!((&report["figures"][0]["uplift"], &report["promoters"][0]["sales"]), (&eur("100.00"), &json!(1)));
        // Each year is what its settlement says.
        for (year, sold) in report["years"].as_array().unwrap().iter().zip([&sold, &second]) {
            assert_eq!(year["contract_id"], json!(sold.contract));
            let settlement = sold.settlement(&reseller, 1);
            assert_eq!((&year["commissions"], &year["uplift"]), (&settlement["promoter_commissions"], &settlement["uplift"]));
        }
        assert_eq!(report["years"].as_array().unwrap().len(), 2);
    }

    fn a_sub_network_is_of_its_period_to_the_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let network = Network::of(&market);
        network.shop.sell(&market, &[&network.promoting]);
        let counted = |query: &str| {
            let report = network.report(market.master(), query);
            let of = |part: &str| report[part].as_array().unwrap().len();
            (of("years"), report["promoters"][0]["sales"].as_u64().unwrap_or_default())
        };
        assert_eq!(counted("?from=2026-02-01&to=2026-03-01"), (0, 0));
        assert_eq!(counted("?from=2026-03-02&to=2026-03-02"), (1, 1));
        assert_eq!(counted("?from=2026-03-03&to=2026-12-31"), (0, 0));
        let backwards = market.master().get(format!("/v1/partners/{}/sub-network?from=2026-03-02&to=2026-03-01", network.shop.partner));
        backwards.problem(422, "invalid_request");
        assert_eq!(backwards.json()["errors"][0]["parameter"], "to");
        app.advance(TimeDelta::days(5));
        let ended = json!({ "reason": "It stopped." });
        app.master("pt").post(format!("/v1/agreements/{}/terminate", network.promoting), ended).expect(200);
        let promoters = |query: &str| network.report(&app.master("pt"), query)["promoters"].as_array().unwrap().len();
        assert_eq!(promoters("?from=2026-03-06&to=2026-12-31"), 1, "it was there to the day before");
        assert_eq!(promoters("?from=2026-03-07&to=2026-12-31"), 0);
    }

    fn d22_a_sub_network_is_its_resellers_and_its_masters_business(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (network, other) = (Network::of(&market), Network::of(&market));
        let path = format!("/v1/partners/{}/sub-network", network.shop.partner);
        for stranger in [market.caller(&other.shop.partner), market.caller(&network.promoter), app.master("br")] {
            stranger.get(&path).problem(404, "not_found");
        }
        let own = market.caller(&network.promoter).get(format!("/v1/partners/{}/sub-network", network.promoter)).expect(200);
        assert_eq!((&own["promoters"], &own["figures"], &own["years"]), (&json!([]), &json!([]), &json!([])));
    }

    fn r44_everybody_sees_its_own_part_of_the_tree(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (network, other) = (Network::of(&market), Network::of(&market));
        let tree = |caller: &Caller| names(&caller.get("/v1/partner-tree").expect(200));
        let branch = |of: &Network| json!([of.shop.partner, [of.promoter]]);
        assert_eq!(tree(market.master()), json!([["Altoga Software", [branch(&network), branch(&other)]]]));
        assert_eq!(tree(&market.caller(&network.shop.partner)), json!([["Altoga Software", [branch(&network)]]]));
        assert_eq!(tree(&market.caller(&other.promoter)), json!([["Altoga Software", [[other.promoter, []]]]]));
        assert_eq!(tree(&app.master("br")), json!([]));
        market.master().post(format!("/v1/agreements/{}/suspend", network.promoting), json!({ "reason": "Complaints." })).expect(200);
        assert_eq!(tree(&market.caller(&network.shop.partner)), json!([["Altoga Software", [[network.shop.partner, []]]]]));
        let shown = market.caller(&network.shop.partner).get("/v1/partner-tree").expect(200);
        let agreement = &shown["masters"][0]["partners"][0]["agreements"][0];
        assert_eq!((&agreement["agreement_id"], &agreement["stage"]), (&json!(network.shop.agreement), &json!("sub_network")));
        assert_eq!(agreement["stage_name"], "Sub-network of promoters");
    }

    fn the_tree_is_drawn_for_whoever_accepts_a_picture(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let network = Network::of(&market);
        let body = json!({
            "name": "Silva & <Filhos>", "legal_form": "company", "country": "PT", "email": "silva@filhos.example", "language": "pt",
        });
        let silva = id_of(&market.master().post("/v1/partners", body).expect(201));
        market.agreement(&silva, "marketing_consultant", Some(&network.shop.partner));
        let ask = |accept: &str| market.master().request("GET", "/v1/partner-tree").header("accept", accept).header("accept-language", "pt").send();
        let drawn = ask("image/svg+xml");
        assert_eq!((drawn.status, drawn.header("content-type").as_deref()), (200, Some("image/svg+xml; charset=utf-8")));
        assert!(drawn.text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{}", drawn.text);
        assert!(drawn.text.contains("Silva &amp; &lt;Filhos&gt;") && drawn.text.contains("xml:lang=\"pt\""), "{}", drawn.text);
        assert!(drawn.text.contains("Parceiro revendedor · Sub-rede de promotores") && drawn.text.contains("Altoga Software"), "{}", drawn.text);
        assert_eq!(ask("application/json, image/svg+xml;q=0.5").header("content-type").as_deref(), Some("application/json"));
        assert_eq!(ask("*/*").header("content-type").as_deref(), Some("application/json"));
        ask("text/csv").problem(406, "not_acceptable");
    }
}
