//! The money of sales: the worked cases of requirements §8, to the cent, each explained so that a reader can compute it again.

use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

/// A proposal to a new customer of `responsible`, of one year unless it says otherwise.
fn proposal(market: &Market<'_>, responsible: &str, agreement: &str, lines: Value) -> Value {
    json!({ "agreement_id": agreement, "customer_id": market.customer(responsible), "currency": "EUR", "lines": lines })
}

/// A sale of one instance that the master contracts and a partner brings.
fn brought<'a>(market: &'a Market<'_>, agreement: &str, years: u32) -> Sold<'a> {
    let instance = market.item("instance");
    let mut body = proposal(market, &market.master_id(), agreement, json!([line(&instance, "year", None)]));
    body["years"] = json!(years);
    market.sell(market.master(), &body)
}

/// What entries say: kind, correction, year and amount.
fn summary(entries: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let say = |it: &Value| {
        format!("{} {} {} {}", text(&it["kind"]), text(&it["correction"]), it["year"], text(&it["amount"]["amount"]))
    };
    entries.iter().map(say).collect()
}

/// What each amount of a balance says of both sides, whatever its states.
fn sides(amounts: &Value) -> Vec<Value> {
    let amounts = amounts.as_array().unwrap().iter();
    let side = |it: &Value| json!({ "owed_to_you": it["owed_to_you"], "owed_by_you": it["owed_by_you"], "net": it["net"] });
    amounts.map(side).collect()
}

/// Computes every entry of a contract again from its explanation alone, and holds the sum against what is due to date.
fn recompute(sold: &Sold<'_>, caller: &Caller) {
    for entry in sold.entries(caller) {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entry))).expect(200);
        assert_eq!(explanation["amount"], entry["amount"]);
        assert_eq!(super::recompute::amount(&explanation), entry["amount"]["amount"].as_str().unwrap(), "{explanation:#}");
    }
}

on_both_engines! {
    fn a_referrer_earns_once_on_each_sale_and_nothing_on_renewals(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let referrer = market.caller(&partner);
        for _ in 0..2 {
            let sold = brought(&market, &agreement, 2);
            assert_eq!(summary(&sold.entries(&referrer)), Vec::<String>::new());
            sold.bill(1, "1200.00");
            sold.bill(2, "1200.00");
            assert_eq!(summary(&sold.entries(&referrer)), ["commission - 1 180.00"]);
            assert_eq!(sold.outcomes(&referrer), ["1 first_annuity held", "2 first_annuity one_time_first_annuity"]);
            recompute(&sold, &referrer);
        }
        let balances = referrer.get("/v1/balances").expect(200);
        let owed = json!({ "owed_to_you": eur("360.00"), "owed_by_you": eur("0.00"), "net": eur("360.00") });
        assert_eq!(sides(&balances["data"][0]["amounts"]), [owed]);
        assert_eq!(balances["data"][0]["counterparty"]["id"], json!(market.master_id()));
    }

    fn an_affiliated_integrator_earns_from_its_second_sale_and_keeps_it_when_the_first_is_cancelled(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliated_integrator", None);
        let integrator = market.caller(&partner);
        let first = brought(&market, &agreement, 1);
        first.bill(1, "1200.00");
        assert_eq!(summary(&first.entries(&integrator)), Vec::<String>::new());
        assert_eq!(first.outcomes(&integrator), ["1 first_annuity below_first_paid_sale"]);
        let second = brought(&market, &agreement, 2);
        second.bill(1, "1200.00");
        second.bill(2, "1200.00");
        assert_eq!(summary(&second.entries(&integrator)), ["commission - 1 840.00"]);
        let third = brought(&market, &agreement, 1);
        third.bill(1, "1200.00");
        assert_eq!(summary(&third.entries(&integrator)), ["commission - 1 840.00"]);
        let cancellation = json!({ "reason": "The customer closed its business.", "ended_on": "2026-03-02" });
        market.master().post(format!("/v1/contracts/{}/cancel", first.contract), cancellation).expect(200);
        assert_eq!(summary(&second.entries(&integrator)), ["commission - 1 840.00"]);
        for sold in [&first, &second, &third] {
            recompute(sold, &integrator);
        }
    }

    fn a_commission_on_what_was_contracted_is_taken_back_for_what_is_cancelled_or_credited(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let rule = json!({ "base": "annuity", "recurrence": "every_year", "trigger": "contracted" });
        let special = json!({ "rules": { "first_annuity": rule } });
        let agreement = market.agreement_with(&partner, "referrer", None, Some(special));
        let referrer = market.caller(&partner);
        let sold = brought(&market, &agreement, 3);
        let earned = ["commission - 1 180.00", "commission - 2 180.00", "commission - 3 180.00"];
        assert_eq!(summary(&sold.entries(&referrer)), earned);
        sold.record(1, "invoice", "1200.00");
        assert_eq!(summary(&sold.entries(&referrer)), earned);
        let path = format!("/v1/contracts/{}/cancel", sold.contract);
        let cancellation = json!({ "reason": "The customer closed its business.", "ended_on": "2026-03-02" });
        for _ in 0..2 {
            market.master().post(path.clone(), cancellation.clone()).expect(200);
            let back = ["commission reversal 2 180.00", "commission reversal 3 180.00"];
            assert_eq!(summary(&sold.entries(&referrer)), [&earned[..], &back[..]].concat());
        }
        sold.record(1, "credit", "900.00");
        let last = summary(&sold.entries(&referrer)).pop();
        assert_eq!(last.as_deref(), Some("commission reversal 1 135.00"));
        recompute(&sold, &referrer);
    }

    fn an_independent_integrator_earns_half_from_its_second_sale(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "independent_integrator", None);
        let integrator = market.caller(&partner);
        let sold = [brought(&market, &agreement, 1), brought(&market, &agreement, 1)];
        sold.iter().for_each(|sold| sold.bill(1, "1200.00"));
        assert_eq!(sold[0].outcomes(&integrator), ["1 first_annuity below_first_paid_sale"]);
        assert_eq!(summary(&sold[0].entries(&integrator)), Vec::<String>::new());
        assert_eq!(summary(&sold[1].entries(&integrator)), ["commission - 1 600.00"]);
        recompute(&sold[1], &integrator);
    }

    fn an_affiliate_owes_its_master_half_the_list_price_each_year(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliate", None);
        let affiliate = market.caller(&partner);
        let instance = market.item("instance");
        let mut body = proposal(&market, &partner, &agreement, json!([line(&instance, "year", None)]));
        body["years"] = json!(3);
        let sold = market.sell(&affiliate, &body);
        (1..=3).for_each(|year| sold.bill(year, "1200.00"));
        let entries = sold.entries(&affiliate);
        assert_eq!(summary(&entries), ["buy_price - 1 600.00", "buy_price - 2 600.00", "buy_price - 3 600.00"]);
        for entry in &entries {
            assert_eq!((&entry["debtor"]["id"], &entry["creditor"]["id"]), (&json!(partner), &json!(market.master_id())));
        }
        recompute(&sold, &affiliate);
    }

    fn a_year_billed_by_the_month_comes_to_the_rounded_whole(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let referrer = market.caller(&partner);
        let instance = market.item("instance_monthly");
        let body = proposal(&market, &market.master_id(), &agreement, json!([line(&instance, "month", None)]));
        let sold = market.sell(market.master(), &body);
        for _ in 0..12 {
            sold.bill(1, "99.99");
        }
        let entries = sold.entries(&referrer);
        assert_eq!(entries.len(), 12);
        assert_eq!(entries[11]["entitled_to_date"], eur("179.98"));
        let cents = |entry: &Value| entry["amount"]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        assert_eq!(entries.iter().map(cents).sum::<i64>(), 17_998);
        recompute(&sold, &referrer);
    }

    fn a_refund_takes_back_the_part_that_is_not_performed_and_no_more(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let referrer = market.caller(&partner);
        let sold = brought(&market, &agreement, 1);
        sold.bill(1, "1200.00");
        for amount in ["400.00", "800.00"] {
            sold.record(1, "credit", amount);
            sold.record(1, "refund", amount);
        }
        let entries = sold.entries(&referrer);
        assert_eq!(summary(&entries), ["commission - 1 180.00", "commission reversal 1 60.00", "commission reversal 1 120.00"]);
        assert_eq!(entries[1]["corrects_id"], entries[0]["id"]);
        assert_eq!(entries[1]["debtor"]["id"], json!(partner));
        recompute(&sold, &referrer);
        let balance = referrer.get("/v1/balances").expect(200)["data"][0]["amounts"].clone();
        let nothing = json!({ "owed_to_you": eur("180.00"), "owed_by_you": eur("180.00"), "net": eur("0.00") });
        assert_eq!((sides(&balance), &balance[0]["owed_back_by_you"]), (vec![nothing], &eur("180.00")));
    }

    fn a_reseller_keeps_its_margin_and_its_own_lines(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let sold = shop.sell(&market, &[]);
        sold.bill(1, "1520.00");
        let reseller = market.caller(&shop.partner);
        assert_eq!(summary(&sold.entries(&reseller)), ["share - 1 700.00"]);
        recompute(&sold, &reseller);
        let settlement = sold.settlement(&reseller, 1);
        assert_money(&settlement, &[
            ("customer_total", "1520.00"), ("network_total", "1000.00"), ("share_due", "700.00"), ("margin_kept", "300.00"),
            ("own_lines", "520.00"), ("other_lines", "0.00"), ("kept", "820.00"), ("promoter_commissions", "0.00"), ("uplift", "0.00"),
        ]);
        assert_eq!((&settlement["adds_up"], &settlement["offset_ratio"]), (&json!(true), &Value::Null));
        assert_eq!(sold.settlement(market.master(), 1), settlement);
    }

    fn a_sub_network_raises_the_margin_and_offsets_half_of_the_promoters_commission(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        let sold = shop.sell(&market, &[&promoting]);
        sold.bill(1, "1520.00");
        let (reseller, promoter_caller) = (market.caller(&shop.partner), market.caller(&promoter));
        let entries = sold.entries(&reseller);
        assert_eq!(summary(&entries), ["share - 1 650.00", "commission - 1 100.00"]);
        assert_eq!((&entries[1]["debtor"]["id"], &entries[1]["creditor"]["id"]), (&json!(shop.partner), &json!(promoter)));
        assert_eq!(summary(&sold.entries(market.master())), summary(&entries));
        recompute(&sold, &reseller);
        assert_money(&sold.settlement(&reseller, 1), &[
            ("customer_total", "1520.00"), ("share_due", "650.00"), ("kept", "870.00"), ("promoter_commissions", "100.00"),
            ("uplift", "50.00"),
        ]);
        assert_eq!(sold.settlement(&reseller, 1)["offset_ratio"], "0.5");
        // The promoter sees what it is owed and why, and nothing of the rest of the sale.
        assert_eq!(summary(&sold.entries(&promoter_caller)), ["commission - 1 100.00"]);
        recompute(&sold, &promoter_caller);
        promoter_caller.get(format!("/v1/annuities/{}/settlement", sold.annuity(1))).problem(404, "not_found");
        promoter_caller.get(format!("/v1/ledger-entries/{}", id_of(&entries[0]))).problem(404, "not_found");
        let told = promoter_caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entries[1]))).text;
        assert!(!told.contains("customer_") && !told.contains("seller_margin") && !told.contains(&shop.agreement), "{told}");
    }

    fn shares_of_odd_instalments_come_to_the_whole_share(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "own_services");
        let modules = market.item("financials");
        let lines = json!([line(&modules, "year", Some("999.99")), line(&shop.services, "year", Some("0.10"))]);
        let reseller = market.caller(&shop.partner);
        let sold = market.sell(&reseller, &proposal(&market, &shop.partner, &shop.agreement, lines));
        for amount in ["333.33", "0.01", "333.34", "333.41"] {
            sold.record(1, "invoice", amount);
        }
        // The margin is 25 % of 999.99: 249.9975, so 250.00 is kept.
        assert_eq!(sold.entries(&reseller).last().unwrap()["entitled_to_date"], eur("749.99"));
        assert_money(&sold.settlement(&reseller, 1), &[("share_due", "749.99"), ("margin_kept", "250.00"), ("kept", "250.10")]);
        recompute(&sold, &reseller);
    }

    fn a_promoter_may_earn_on_the_sellers_margin(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let special = json!({ "rules": { "commission": { "base": "margin" } } });
        let promoting = market.agreement_with(&promoter, "client_manager", Some(&shop.partner), Some(special));
        let sold = shop.sell(&market, &[&promoting]);
        sold.bill(1, "1520.00");
        // 10 % of the seller's margin of 35 % on modules for 1,000.00.
        let promoter = market.caller(&promoter);
        assert_eq!(summary(&sold.entries(&promoter)), ["commission - 1 35.00"]);
        recompute(&sold, &promoter);
        let entry = id_of(&sold.entries(&promoter)[0]);
        let explanation = promoter.get(format!("/v1/ledger-entries/{entry}/explanation")).expect(200);
        assert_eq!((&explanation["special_terms"], &explanation["base"]), (&json!(true), &json!("350")));
    }

    fn two_currencies_are_never_added(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "facilitator");
        let (reseller, modules) = (market.caller(&shop.partner), market.item("financials"));
        for currency in ["EUR", "BRL"] {
            let mut body = proposal(&market, &shop.partner, &shop.agreement, json!([line(&modules, "year", None)]));
            body["currency"] = json!(currency);
            let sold = market.sell(&reseller, &body);
            let amount = json!({ "amount": "100.00", "currency": currency });
            let body = json!({ "kind": "invoice", "amount": amount, "dated_on": "2026-03-02", "reference": "1" });
            reseller.post(format!("/v1/annuities/{}/instalments", sold.annuity(1)), body).expect(201);
        }
        let money = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
        let side = |owed: &str, net: &str, currency: &str| {
            json!({ "owed_to_you": money("0.00", currency), "owed_by_you": money(owed, currency), "net": money(net, currency) })
        };
        let balances = reseller.get("/v1/balances").expect(200);
        assert_eq!(sides(&balances["data"][0]["amounts"]), [side("80.00", "-80.00", "BRL"), side("80.00", "-80.00", "EUR")]);
    }

    fn debtor_creditor_and_master_are_told_of_an_entry_and_nobody_else(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let (promoter, stranger) = (market.partner(), market.partner());
        let promoting = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        shop.sell(&market, &[&promoting]).bill(1, "1520.00");
        let told = |caller: &Caller| {
            let events = caller.get("/v1/events?limit=200").expect(200);
            let kinds = events["data"].as_array().unwrap().iter();
            kinds.filter(|event| event["kind"] == "ledger_entry.accrued").count()
        };
        let callers = [market.master().clone(), market.caller(&shop.partner), market.caller(&promoter), market.caller(&stranger)];
        // On PostgreSQL the feed stays behind whatever is still running anywhere on the server.
        let expected = [2, 2, 1, 0];
        let settled = (0..100).any(|_| {
            let seen = callers.each_ref().map(told) == expected;
            if !seen {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            seen
        });
        assert!(settled, "{:?}", callers.each_ref().map(told));
    }

    fn an_outcome_says_its_reason_in_the_readers_language(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let sold = brought(&market, &agreement, 1);
        let referrer = market.caller(&partner);
        let outcome = |language| {
            let page = referrer.request("GET", "/v1/outcomes?reason=held").header("accept-language", language).send().expect(200);
            page["data"][0].clone()
        };
        assert!(outcome("en")["detail"].as_str().unwrap().starts_with("It waits for"));
        assert!(outcome("fr")["detail"].as_str().unwrap().starts_with("Elle attend"));
        assert_eq!(outcome("en")["earned_since"], json!(false));
        sold.bill(1, "1200.00");
        assert_eq!(outcome("en")["earned_since"], json!(true));
        assert_eq!(outcome("en")["explanation"]["not_applied"][0]["reason"], "nothing_triggered_yet");
    }

    fn a_stranger_learns_nothing_of_entries_outcomes_and_settlements(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, stranger) = (market.partner(), market.partner());
        let agreement = market.agreement(&partner, "referrer", None);
        let sold = brought(&market, &agreement, 2);
        sold.bill(1, "1200.00");
        let (referrer, stranger) = (market.caller(&partner), market.caller(&stranger));
        let entry = id_of(&sold.entries(&referrer)[0]);
        let outcome = id_of(&referrer.get("/v1/outcomes").expect(200)["data"][0]);
        for path in [
            format!("/v1/ledger-entries/{entry}"), format!("/v1/ledger-entries/{entry}/explanation"), format!("/v1/outcomes/{outcome}"),
            format!("/v1/annuities/{}/settlement", sold.annuity(1)),
        ] {
            stranger.get(path).problem(404, "not_found");
        }
        for path in ["/v1/ledger-entries", "/v1/outcomes", "/v1/balances"] {
            assert_eq!(stranger.get(path).expect(200), json!({ "data": [], "next": null }), "{path}");
            assert_eq!(app.master("pt").get(path).expect(200), json!({ "data": [], "next": null }), "{path}");
        }
        // Who only brought the sale sees its annuity, and not where the money of it goes.
        referrer.get(format!("/v1/annuities/{}", sold.annuity(1))).expect(200);
        referrer.get(format!("/v1/annuities/{}/settlement", sold.annuity(1))).problem(404, "not_found");
        let settlement = sold.settlement(market.master(), 1);
        assert_money(&settlement, &[("share_due", "0.00"), ("margin_kept", "1200.00"), ("promoter_commissions", "180.00")]);
        assert_eq!(settlement["adds_up"], json!(true));
        referrer.get(format!("/v1/ledger-entries/{entry}")).expect(200);
        referrer.get(format!("/v1/outcomes/{outcome}")).expect(200);
    }

    fn entries_are_filtered_by_what_they_are_for_and_by_side(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        let sold = shop.sell(&market, &[&promoting]);
        sold.bill(1, "1520.00");
        let reseller = market.caller(&shop.partner);
        let kinds = |caller: &Caller, query: &str| {
            let page = caller.get(format!("/v1/ledger-entries?{query}")).expect(200);
            page["data"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&reseller, "role=debtor"), ["commission", "share"]);
        assert_eq!(kinds(&reseller, "role=creditor"), Vec::<String>::new());
        assert_eq!(kinds(&reseller, "kind=share"), ["share"]);
        assert_eq!(kinds(market.master(), "role=creditor"), ["share"]);
        assert_eq!(kinds(&reseller, &format!("annuity_id={}&kind=commission", sold.annuity(1))), ["commission"]);
        assert_eq!(kinds(&reseller, "limit=1"), ["commission"]);
        let next = reseller.get("/v1/ledger-entries?limit=1").expect(200)["next"].as_str().unwrap().to_owned();
        assert_eq!(kinds(&reseller, &format!("limit=1&after={next}")), ["share"]);
        let page = reseller.get("/v1/balances?limit=1").expect(200);
        let next = page["next"].as_str().unwrap();
        let rest = reseller.get(format!("/v1/balances?limit=1&after={next}")).expect(200);
        let counterparty = |page: &Value| page["data"][0]["counterparty"]["id"].as_str().unwrap().to_owned();
        let mut both = [counterparty(&page), counterparty(&rest)];
        both.sort();
        assert_eq!(both, [market.master_id(), promoter]);
        assert_eq!(rest["next"], Value::Null);
    }
}

#[track_caller]
fn assert_money(settlement: &Value, expected: &[(&str, &str)]) {
    for (field, amount) in expected {
        assert_eq!(settlement[field], eur(amount), "{field}");
    }
}
