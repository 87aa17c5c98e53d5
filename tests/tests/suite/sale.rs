//! Sales: what may be offered, what signing freezes, what a year comes to, and who may see it (R11, R15 to R17, R53 to R80, D7,
//! D11, D12, D20, D22).

use std::thread;

use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, eur, id_of, line},
};
use serde_json::{Value, json};

/// A proposal to a new customer of `responsible` under an agreement.
fn proposal(market: &Market<'_>, responsible: &str, agreement: &str, lines: Value) -> Value {
    json!({ "agreement_id": agreement, "customer_id": market.customer(responsible), "currency": "EUR", "lines": lines })
}

fn post(caller: &Caller, id: &str, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/proposals/{id}/{action}"), body)
}

/// A proposal that was made and sent.
fn sent(caller: &Caller, body: Value) -> String {
    let id = id_of(&caller.post("/v1/proposals", body).expect(201));
    post(caller, &id, "send", json!({})).expect(200);
    id
}

fn signature() -> Value {
    json!({ "signed_on": "2026-03-02" })
}

fn signed(caller: &Caller, body: Value) -> Value {
    let id = sent(caller, body);
    post(caller, &id, "sign", signature()).expect(201)
}

fn annuities(caller: &Caller, contract: &Value) -> Vec<Value> {
    let page = caller.get(format!("/v1/annuities?contract_id={}", id_of(contract))).expect(200);
    let mut annuities = page["data"].as_array().unwrap().clone();
    annuities.sort_by_key(|annuity| annuity["year"].as_u64());
    annuities
}

fn instalment(kind: &str, amount: &str, reference: &str) -> Value {
    json!({ "kind": kind, "amount": eur(amount), "dated_on": "2026-03-02", "reference": reference })
}

fn record(caller: &Caller, annuity: &Value, body: Value) -> Answer {
    caller.post(format!("/v1/annuities/{}/instalments", id_of(annuity)), body)
}

fn ordinals(contract: &Value) -> Vec<u64> {
    contract["attributions"].as_array().unwrap().iter().map(|it| it["ordinal"].as_u64().unwrap()).collect()
}

/// A partner of a type with an agreement in force.
struct Dealer {
    id: String,
    agreement: String,
    caller: Caller,
}

impl Dealer {
    fn of(market: &Market<'_>, of_type: &str) -> Self {
        let id = market.partner();
        let agreement = market.agreement(&id, of_type, None);
        let caller = market.caller(&id);
        Self { id, agreement, caller }
    }

    /// A reseller in a stage.
    fn reseller(market: &Market<'_>, stage: &str) -> Self {
        let dealer = Self::of(market, "reseller");
        market.enter_stage(&dealer.agreement, stage);
        dealer
    }
}

/// Changes of an agreement in force that end its effects.
fn suspend(market: &Market<'_>, agreement: &str) {
    let body = json!({ "reason": "Best practices were not followed." });
    market.master().post(format!("/v1/agreements/{agreement}/suspend"), body).expect(200);
}

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

    fn d7_a_master_sells_by_itself_and_a_partner_under_an_agreement_only(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let referrer = Dealer::of(&market, "referrer");
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let direct = json!({ "customer_id": market.customer(&market.master_id()), "currency": "EUR", "lines": lines });
        let contract = signed(market.master(), direct);
        assert_eq!((&contract["partner_id"], &contract["attributions"]), (&Value::Null, &json!([])));
        assert_eq!(contract["seller"], json!({ "kind": "master", "id": market.master_id() }));
        let own = json!({ "customer_id": market.customer(&referrer.id), "currency": "EUR", "lines": lines });
        assert_eq!(referrer.caller.post("/v1/proposals", own).broken(), ["partner_without_agreement R13 /agreement_id"]);
    }

    fn d11_ordinals_are_frozen_at_signing_and_a_cancellation_renumbers_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (referrer, other) = (Dealer::of(&market, "referrer"), Dealer::of(&market, "referrer"));
        let sell = |dealer: &Dealer| {
            let lines = json!([line(&market.item("instance"), "year", None)]);
            signed(market.master(), proposal(&market, &market.master_id(), &dealer.agreement, lines))
        };
        let (first, second) = (sell(&referrer), sell(&referrer));
        assert_eq!((ordinals(&first), ordinals(&second), ordinals(&sell(&other))), (vec![1], vec![2], vec![1]));
        let path = format!("/v1/contracts/{}/cancel", id_of(&first));
        let cancellation = json!({ "reason": "The customer closed its business.", "on": "2026-03-02" });
        let cancelled = market.master().post(path.clone(), cancellation.clone()).expect(200);
        assert_eq!((&cancelled["state"], &cancelled["ended_on"]), (&json!("cancelled"), &json!("2026-03-02")));
        assert_eq!(market.master().post(path, cancellation).expect(200), cancelled);
        assert_eq!(ordinals(&sell(&referrer)), [3]);
        let shown = |contract: &Value| ordinals(&referrer.caller.get(format!("/v1/contracts/{}", id_of(contract))).expect(200));
        assert_eq!((shown(&first), shown(&second)), (vec![1], vec![2]));
    }

    fn d11_sales_signed_at_once_get_ordinals_of_their_own(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let referrer = Dealer::of(&market, "referrer");
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let ready: Vec<String> = (0..8)
            .map(|_| sent(market.master(), proposal(&market, &market.master_id(), &referrer.agreement, lines.clone())))
            .collect();
        let master = market.master();
        let mut numbers: Vec<u64> = thread::scope(|scope| {
            let signing = ready.iter().map(|id| scope.spawn(|| ordinals(&post(master, id, "sign", signature()).expect(201))));
            let signing: Vec<_> = signing.collect();
            signing.into_iter().flat_map(|contract| contract.join().unwrap()).collect()
        });
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=8).collect::<Vec<u64>>());
    }

    fn d12_a_month_counts_twelve_times_and_what_is_paid_once_in_the_first_year_only(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let lines = json!([
            line(&market.item("instance_monthly"), "month", None), line(&market.item("start_up"), "once", Some("800.00")),
            line(&market.item("online_shop"), "year", None),
        ]);
        let customer = market.customer(&market.master_id());
        let body = json!({ "customer_id": customer, "currency": "EUR", "years": 2, "lines": lines });
        let id = sent(market.master(), body);
        let signature = json!({ "signed_on": "2026-03-02", "starts_on": "2028-02-29" });
        let contract = post(market.master(), &id, "sign", signature).expect(201);
        let renewed = market.master().post(format!("/v1/contracts/{}/renew", id_of(&contract)), json!({})).expect(200);
        assert_eq!((&renewed["years"], &renewed["version"]), (&json!(3), &json!(2)));
        let years = annuities(market.master(), &contract);
        let told: Vec<_> = years.iter().map(|it| (&it["year"], &it["starts_on"], &it["ends_on"], &it["list"], &it["contracted"])).collect();
        // 99.99 × 12 = 1,199.88; with 480.00 a year: 1,679.88; once 900.00 list, 800.00 net.
        assert_eq!(told, [
            (&json!(1), &json!("2028-02-29"), &json!("2029-02-27"), &eur("2579.88"), &eur("2479.88")),
            (&json!(2), &json!("2029-02-28"), &json!("2030-02-27"), &eur("1679.88"), &eur("1679.88")),
            (&json!(3), &json!("2030-02-28"), &json!("2031-02-27"), &eur("1679.88"), &eur("1679.88")),
        ]);
        assert_eq!(contract["first_year"], json!({ "list": eur("2579.88"), "contracted": eur("2479.88") }));
        assert_eq!(contract["later_years"], json!({ "list": eur("1679.88"), "contracted": eur("1679.88") }));
    }

    fn d12_instalments_add_up_and_never_beyond_what_is_left(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let customer = market.customer(&market.master_id());
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let contract = signed(market.master(), json!({ "customer_id": customer, "currency": "EUR", "lines": lines }));
        let annuity = annuities(market.master(), &contract).remove(0);
        let master = market.master();
        record(master, &annuity, instalment("invoice", "1000.00", "F1")).expect(201);
        let taken = record(master, &annuity, instalment("invoice", "1000.00", "F1"));
        taken.problem(409, "already_exists");
        assert_eq!(taken.broken(), ["instalment_reference_taken - /reference"]);
        assert_eq!(record(master, &annuity, instalment("invoice", "200.01", "F2")).broken(), ["more_than_contracted D12 /amount/amount"]);
        record(master, &annuity, instalment("invoice", "200.00", "F2")).expect(201);
        // One reference may stand once for each kind.
        record(master, &annuity, instalment("collection", "700.00", "F1")).expect(201);
        record(master, &annuity, instalment("credit", "300.00", "C1")).expect(201);
        assert_eq!(record(master, &annuity, instalment("collection", "200.01", "P2")).broken(), ["more_than_due D12 /amount/amount"]);
        assert_eq!(record(master, &annuity, instalment("refund", "700.01", "R1")).broken(), ["more_than_collected D12 /amount/amount"]);
        let recorded = record(master, &annuity, instalment("refund", "50.00", "R1"));
        let totals = recorded.expect(201)["annuity"].clone();
        assert_eq!(recorded.etag(), format!("\"{}\"", totals["version"]));
        for (total, amount) in [
            ("contracted", "1200.00"), ("invoiced", "1200.00"), ("credited", "300.00"), ("collected", "700.00"), ("refunded", "50.00"),
        ] {
            assert_eq!(totals[total], eur(amount), "{total}");
        }
        assert_eq!(master.get(format!("/v1/annuities/{}", id_of(&annuity))).expect(200), totals);
        let page = master.get(format!("/v1/annuities/{}/instalments?limit=3", id_of(&annuity))).expect(200);
        let next = page["next"].as_str().unwrap();
        let rest = master.get(format!("/v1/annuities/{}/instalments?limit=3&after={next}", id_of(&annuity))).expect(200);
        let of = |page: &Value| page["data"].as_array().unwrap().iter().map(|it| it["reference"].clone()).collect::<Vec<_>>();
        assert_eq!((of(&page), of(&rest)), (vec![json!("R1"), json!("C1"), json!("F1")], vec![json!("F2"), json!("F1")]));
    }

    fn d12_an_instalment_is_positive_of_the_annuitys_currency_and_dated_today_at_the_latest(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let customer = market.customer(&market.master_id());
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let contract = signed(market.master(), json!({ "customer_id": customer, "currency": "EUR", "lines": lines }));
        let annuity = annuities(market.master(), &contract).remove(0);
        let mut body = instalment("invoice", "0.00", "F1");
        body["amount"]["currency"] = json!("BRL");
        body["dated_on"] = json!("2026-03-03");
        assert_eq!(record(market.master(), &annuity, body).broken(), [
            "amount_not_positive D12 /amount/amount", "dated_in_future - /dated_on", "other_currency D12 /amount/currency",
        ]);
    }

    fn d20_a_year_that_had_not_begun_at_the_cancellation_is_not_billed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let customer = market.customer(&market.master_id());
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let body = json!({ "customer_id": customer, "currency": "EUR", "years": 2, "lines": lines });
        let id = sent(market.master(), body);
        let contract = post(market.master(), &id, "sign", json!({ "signed_on": "2026-03-01" })).expect(201);
        let years = annuities(market.master(), &contract);
        record(market.master(), &years[1], instalment("invoice", "100.00", "F1")).expect(201);
        let cancel = |on: &str| {
            let cancellation = json!({ "reason": "It closed.", "on": on });
            market.master().post(format!("/v1/contracts/{}/cancel", id_of(&contract)), cancellation)
        };
        assert_eq!(cancel("2026-02-28").broken(), ["cancelled_before_signing D20 /on"]);
        assert_eq!(cancel("2026-03-03").broken(), ["cancelled_in_future D20 /on"]);
        cancel("2026-03-02").expect(200);
        record(market.master(), &years[0], instalment("invoice", "1200.00", "F2")).expect(201);
        assert_eq!(record(market.master(), &years[1], instalment("invoice", "100.00", "F3")).broken(), ["year_after_contract_end D20 "]);
        record(market.master(), &years[1], instalment("credit", "100.00", "C1")).expect(201);
        market.master().post(format!("/v1/contracts/{}/renew", id_of(&contract)), json!({})).problem(409, "state_conflict");
    }

    fn who_contracts_bills_and_a_partner_that_brought_the_sale_does_not(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (affiliate, referrer) = (Dealer::of(&market, "affiliate"), Dealer::of(&market, "referrer"));
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let sold = signed(&affiliate.caller, proposal(&market, &affiliate.id, &affiliate.agreement, lines.clone()));
        let annuity = annuities(&affiliate.caller, &sold).remove(0);
        record(&affiliate.caller, &annuity, instalment("invoice", "1.00", "F1")).expect(201);
        record(market.master(), &annuity, instalment("invoice", "1.00", "F2")).expect(201);
        let brought = signed(market.master(), proposal(&market, &market.master_id(), &referrer.agreement, lines));
        let annuity = annuities(&referrer.caller, &brought).remove(0);
        record(&referrer.caller, &annuity, instalment("invoice", "1.00", "F1")).problem(403, "forbidden");
        record(&affiliate.caller, &annuity, instalment("invoice", "1.00", "F1")).problem(404, "not_found");
    }

    fn d22_another_partner_gets_404_everywhere_and_empty_lists(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (reseller, other) = (Dealer::reseller(&market, "facilitator"), Dealer::reseller(&market, "facilitator"));
        let lines = json!([line(&market.item("financials"), "year", None)]);
        let customer = market.customer(&reseller.id);
        let body = json!({ "agreement_id": reseller.agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
        let draft = id_of(&reseller.caller.post("/v1/proposals", body.clone()).expect(201));
        let contract = signed(&reseller.caller, proposal(&market, &reseller.id, &reseller.agreement, lines.clone()));
        let annuity = id_of(&annuities(&reseller.caller, &contract)[0]);
        let contract = id_of(&contract);
        let mut others = body.clone();
        others["agreement_id"] = json!(other.agreement);
        for stranger in [&other.caller, &app.master("br")] {
            for path in [
                format!("/v1/proposals/{draft}"), format!("/v1/contracts/{contract}"), format!("/v1/annuities/{annuity}"),
                format!("/v1/annuities/{annuity}/instalments"),
            ] {
                stranger.get(path).problem(404, "not_found");
            }
            for list in ["/v1/proposals", "/v1/contracts", "/v1/annuities"] {
                assert_eq!(stranger.get(list).expect(200), json!({ "data": [], "next": null }), "{list}");
            }
            for action in ["send", "withdraw", "decline"] {
                post(stranger, &draft, action, json!({})).problem(404, "not_found");
            }
            post(stranger, &draft, "sign", signature()).problem(404, "not_found");
            post(stranger, &draft, "versions", json!({ "lines": lines })).problem(404, "not_found");
            stranger.post(format!("/v1/contracts/{contract}/renew"), json!({})).problem(404, "not_found");
            stranger.post(format!("/v1/annuities/{annuity}/instalments"), instalment("invoice", "1.00", "F1")).problem(404, "not_found");
            stranger.post("/v1/proposals", body.clone()).problem(404, "not_found");
        }
        // Another's customer is not there, whoever's agreement is named.
        other.caller.post("/v1/proposals", others).problem(404, "not_found");
        reseller.caller.get(format!("/v1/contracts/{contract}")).expect(200);
    }

    fn d22_r10_a_promoter_sees_nothing_of_the_contract_and_its_seller_sees_the_promoter(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let reseller = Dealer::reseller(&market, "sub_network");
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&reseller.id));
        let mut body = proposal(&market, &reseller.id, &reseller.agreement, json!([line(&market.item("financials"), "year", None)]));
        body["promoters"] = json!([promoting]);
        let contract = signed(&reseller.caller, body);
        let told: Vec<_> = contract["attributions"].as_array().unwrap().iter()
            .map(|it| (it["role"].clone(), it["partner_id"].clone(), it["payer"]["id"].clone(), it["uplift"].clone(), it["stage"].clone()))
            .collect();
        assert_eq!(told, [
            (json!("seller"), json!(reseller.id), json!(market.master_id()), json!(true), json!("sub_network")),
            (json!("promoter"), json!(promoter), json!(reseller.id), json!(false), Value::Null),
        ]);
        let caller = market.caller(&promoter);
        caller.get(format!("/v1/contracts/{}", id_of(&contract))).problem(404, "not_found");
        caller.get(format!("/v1/annuities/{}", id_of(&annuities(&reseller.caller, &contract)[0]))).problem(404, "not_found");
        assert_eq!(caller.get("/v1/contracts").expect(200)["data"], json!([]));
        let subjects = caller.get("/v1/events?limit=200").expect(200);
        let of_sales = subjects["data"].as_array().unwrap().iter().filter(|event| {
            ["contract_", "proposal_", "annuity_"].iter().any(|kind| event["subject"].as_str().unwrap().starts_with(kind))
        });
        assert_eq!(of_sales.count(), 0);
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

    fn r7_a_sale_is_signed_on_a_day_on_which_its_agreements_are_in_force(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let reseller = Dealer::reseller(&market, "sub_network");
        let promoting = market.agreement(&market.partner(), "client_manager", Some(&reseller.id));
        let mut body = proposal(&market, &reseller.id, &reseller.agreement, json!([line(&market.item("financials"), "year", None)]));
        body["promoters"] = json!([promoting]);
        body["valid_until"] = json!("2026-03-02");
        let id = sent(&reseller.caller, body);
        let sign = |signature: Value| post(&reseller.caller, &id, "sign", signature);
        assert_eq!(sign(json!({ "signed_on": "2026-03-03" })).broken(), ["proposal_ran_out R53 /signed_on", "signed_in_future D11 /signed_on"]);
        // The agreements start with the year, and so does the stage.
        assert_eq!(sign(json!({ "signed_on": "2025-12-31", "starts_on": "2025-12-30" })).broken(), [
            "agreement_not_in_force R7 /signed_on",
            "no_stage_in_force R39 ",
            "promoter_not_in_force R7 /signed_on",
            "starts_before_signing D12 /starts_on",
        ]);
        suspend(&market, &promoting);
        assert_eq!(sign(signature()).broken(), ["promoter_not_in_force R7 /signed_on"]);
        suspend(&market, &reseller.agreement);
        assert_eq!(sign(signature()).broken(), ["agreement_not_in_force R7 /signed_on", "promoter_not_in_force R7 /signed_on"]);
        assert_eq!(reseller.caller.get("/v1/contracts").expect(200)["data"], json!([]));
    }

    fn a_proposal_is_sent_before_it_is_signed_and_a_revision_is_a_draft_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let reseller = Dealer::reseller(&market, "facilitator");
        let item = market.item("financials");
        let body = proposal(&market, &reseller.id, &reseller.agreement, json!([line(&item, "year", None)]));
        let made = reseller.caller.post("/v1/proposals", body.clone());
        let (id, etag) = (id_of(&made.expect(201)), made.etag());
        post(&reseller.caller, &id, "sign", signature()).problem(409, "state_conflict");
        post(&reseller.caller, &id, "send", json!({})).expect(200);
        let again = post(&reseller.caller, &id, "send", json!({})).expect(200);
        assert_eq!((&again["state"], &again["version"]), (&json!("sent"), &json!(2)));
        let stale = reseller.caller.request("POST", format!("/v1/proposals/{id}/sign")).header("if-match", &etag).json(&signature());
        stale.send().problem(412, "version_mismatch");
        let revision = json!({ "years": 2, "lines": [line(&item, "year", Some("1100.00"))] });
        let revised = post(&reseller.caller, &id, "versions", revision.clone()).expect(201);
        let told = (&revised["state"], &revised["number"], &revised["years"], &revised["first_year"]["contracted"]);
        assert_eq!(told, (&json!("draft"), &json!(2), &json!(2), &eur("1100.00")));
        post(&reseller.caller, &id, "send", json!({})).expect(200);
        let tried = reseller.caller.request("POST", format!("/v1/proposals/{id}/sign?dry_run=true")).json(&signature()).send();
        assert_eq!(tried.expect(200)["years"], 2);
        assert_eq!(reseller.caller.get("/v1/contracts").expect(200)["data"], json!([]));
        let contract = post(&reseller.caller, &id, "sign", signature()).expect(201);
        assert_eq!((&contract["number"], &contract["years"], &contract["lines"][0]["net_price"]), (&json!(2), &json!(2), &eur("1100.00")));
        assert_eq!(post(&reseller.caller, &id, "sign", signature()).expect(201), contract);
        post(&reseller.caller, &id, "versions", revision).problem(409, "state_conflict");
        post(&reseller.caller, &id, "withdraw", json!({})).problem(409, "state_conflict");

        let declined = sent(&reseller.caller, body);
        let reason = json!({ "reason": "Chose another product." });
        assert_eq!(post(&reseller.caller, &declined, "decline", reason).expect(200)["reason"], "Chose another product.");
        post(&reseller.caller, &declined, "sign", signature()).problem(409, "state_conflict");
        let lists = |query: &str| reseller.caller.get(format!("/v1/proposals?{query}")).expect(200)["data"].as_array().unwrap().len();
        assert_eq!((lists("state=declined"), lists("state=signed"), lists("state=sent"), lists("")), (1, 1, 0, 2));
    }

    fn r35_a_registered_prospect_becomes_the_sellers_customer_and_its_registration_is_won(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (reseller, rival) = (Dealer::reseller(&market, "facilitator"), Dealer::reseller(&market, "facilitator"));
        let claim = json!({
            "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": "conservas.pt" },
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
        });
        let registration = id_of(&reseller.caller.post("/v1/registrations", claim).expect(201));
        let mut body = json!({
            "agreement_id": reseller.agreement, "registration_id": registration, "currency": "EUR",
            "lines": [line(&market.item("financials"), "year", None)],
        });
        assert_eq!(reseller.caller.post("/v1/proposals", body.clone()).broken(), ["registration_not_accepted R35 /registration_id"]);
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        body["external_references"] = json!([{ "system": "crm", "id": "4711" }]);
        let id = sent(&reseller.caller, body.clone());
        let mut others = body.clone();
        others["agreement_id"] = json!(rival.agreement);
        rival.caller.post("/v1/proposals", others.clone()).problem(404, "not_found");
        market.master().post("/v1/proposals", others).problem(409, "prospect_not_available");
        let signature = json!({ "signed_on": "2026-03-02", "external_references": [{ "system": "crm", "id": "C-1" }] });
        let contract = post(&reseller.caller, &id, "sign", signature).expect(201);
        assert_eq!(contract["external_references"], json!([{ "system": "crm", "id": "C-1" }]));
        let customer = reseller.caller.get(format!("/v1/customers/{}", contract["customer_id"].as_str().unwrap())).expect(200);
        assert_eq!((&customer["name"], &customer["responsible"]["id"]), (&json!("Conservas do Mar, S.A."), &json!(reseller.id)));
        let won = reseller.caller.get(format!("/v1/registrations/{registration}")).expect(200);
        assert_eq!((&won["state"], &won["customer_id"]), (&json!("won"), &contract["customer_id"]));
        let shown = reseller.caller.get(format!("/v1/proposals/{id}")).expect(200);
        assert_eq!((&shown["state"], &shown["customer_id"]), (&json!("signed"), &contract["customer_id"]));
        assert_eq!(shown["external_references"], json!([{ "system": "crm", "id": "4711" }]));
        // Names that one company has for it are no other company's business.
        assert_eq!(market.master().get(format!("/v1/proposals/{id}")).expect(200)["external_references"], json!([]));
        // A prospect that became a customer is sold to as one.
        body["customer_id"] = contract["customer_id"].clone();
        body["external_references"] = json!([]);
        assert_eq!(reseller.caller.post("/v1/proposals", body.clone()).broken(), ["registration_or_customer R35 /registration_id"]);
        assert_eq!(ordinals(&signed(&reseller.caller, { body["registration_id"].take(); body })), [2]);
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
