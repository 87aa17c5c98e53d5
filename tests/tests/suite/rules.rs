//! What networks can say as rules without code: amounts, tiers, bounds, years, precedence, splits, held amounts, other currencies;
//! and what is refused before anybody signs it. Figures are worked out by hand from the annual price of 1,200.00 EUR.

use api::network::apply::apply_text;
use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

/// A sale of one item that the master contracts and a partner brings.
fn brought<'a>(market: &'a Market<'_>, agreement: &str, lines: Value) -> Sold<'a> {
    let customer = market.customer(&market.master_id());
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines, "years": 3 });
    market.sell(market.master(), &body)
}

/// A referrer with special terms: its only rule changed, and others beside it.
fn referrer(market: &Market<'_>, rules: Value) -> (String, Caller) {
    let partner = market.partner();
    let agreement = market.agreement_with(&partner, "referrer", None, Some(json!({ "rules": rules })));
    let caller = market.caller(&partner);
    (agreement, caller)
}

/// A commission of a part of each annuity, changed.
fn commission(changes: Value) -> Value {
    let mut rule = json!({
        "summaries": { "fr": "Une commission." }, "kind": "commission", "base": "annuity", "rate": { "of": "fixed", "rate": "0.1" },
        "lines": ["network_module"], "from_sale": 1, "recurrence": "every_year", "trigger": "collected",
    });
    let (rule_fields, changes) = (rule.as_object_mut().unwrap(), changes.as_object().unwrap().clone());
    rule_fields.extend(changes);
    rule
}

/// What entries say: year, rule and amount; each computed again from its explanation alone.
fn earned(sold: &Sold<'_>, caller: &Caller) -> Vec<String> {
    let say = |entry: &Value| {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
        assert_eq!(super::recompute::amount(&explanation), entry["amount"]["amount"].as_str().unwrap(), "{explanation:#}");
        format!(
            "{} {} {}",
            entry["year"],
            explanation["rule"]["code"].as_str().unwrap(),
            entry["amount"]["amount"].as_str().unwrap()
        )
    };
    sold.entries(caller).iter().map(say).collect()
}

fn instance(market: &Market<'_>, quantity: u32) -> Value {
    let mut line = line(&market.item("instance"), "year", None);
    line["quantity"] = json!(quantity);
    json!([line])
}

/// What is wrong with special terms, as `pointer code`.
fn refused(market: &Market<'_>, rules: Value) -> Vec<String> {
    let body = json!({
        "partner_id": market.partner(), "partnership_type": "referrer", "language": "fr", "kind": "special",
        "special_terms": { "rules": rules }, "starts_on": "2026-01-01",
    });
    let problem = market.master().post("/v1/agreements", body).expect(422);
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

on_both_engines! {
    fn tiers_amounts_and_bounds_come_to_the_cent_and_are_explained(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let tier = |from: &str, below: Option<&str>, rate: &str| match below {
            Some(below) => json!({ "from": from, "below": below, "rate": rate }),
            None => json!({ "from": from, "rate": rate }),
        };
        let tiers = json!([tier("0.00", Some("1000.00"), "0.05"), tier("1000.00", None, "0.1")]);
        let volume = |mode: &str| json!({ "of": "volume_tiers", "currency": "EUR", "mode": mode, "tiers": tiers });
        let cases = [
            // 5 % of 1,000.00 and 10 % of 200.00.
            (commission(json!({ "rate": volume("marginal") })), "70.00"),
            (commission(json!({ "rate": volume("whole") })), "120.00"),
            (commission(json!({ "rate": { "of": "amount", "amount": "33.33", "currency": "EUR", "per": "year" } })), "33.33"),
            (commission(json!({ "bounds": { "per": "annuity", "currency": "EUR", "cap": "99.99" } })), "99.99"),
            (commission(json!({ "bounds": { "per": "annuity", "currency": "EUR", "floor": "150.00" } })), "150.00"),
        ];
        for (rule, due) in cases {
            let (agreement, caller) = referrer(&market, json!({ "first_annuity": null, "own": rule }));
            let sold = brought(&market, &agreement, instance(&market, 1));
            // In two parts that are no halves: the parts come to the whole.
            sold.bill(1, "400.01");
            sold.bill(1, "799.99");
            let entries = sold.entries(&caller);
            assert_eq!(earned(&sold, &caller).len(), 2, "{rule}");
            assert_eq!(entries[1]["entitled_to_date"], eur(due), "{rule}");
        }
    }

    fn amounts_per_unit_count_units_and_a_cap_of_the_sale_uses_itself_up(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let per_unit = json!({ "of": "amount", "amount": "40.00", "currency": "EUR", "per": "unit" });
        let bounds = json!({ "per": "sale", "currency": "EUR", "cap": "200.00" });
        let rule = commission(json!({ "rate": per_unit, "bounds": bounds, "trigger": "contracted", "years": { "from": 1, "to": 2 } }));
        let (agreement, caller) = referrer(&market, json!({ "first_annuity": null, "own": rule }));
        let sold = brought(&market, &agreement, instance(&market, 3));
        assert_eq!(earned(&sold, &caller), ["1 own 120.00", "2 own 80.00"], "three units, and what is left of the cap");
        assert_eq!(sold.outcomes(&caller), ["3 own type_does_not_earn"], "the third year is none of the rule's");
    }

    fn a_fixed_amount_is_owed_for_a_sale_of_nothing_and_what_rounds_to_nothing_says_so(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let free = |sold_at: &str| json!([line(&market.item("instance"), "year", Some(sold_at))]);
        for trigger in ["contracted", "invoiced", "collected"] {
            let fixed = json!({ "of": "amount", "amount": "50.00", "currency": "EUR", "per": "sale" });
            let rule = commission(json!({ "rate": fixed, "recurrence": "once", "trigger": trigger }));
            let (agreement, caller) = referrer(&market, json!({ "first_annuity": null, "own": rule }));
            let sold = brought(&market, &agreement, free("0.00"));
            assert_eq!(earned(&sold, &caller), ["1 own 50.00"], "{trigger}");
        }
        // A third of a cent, and an amount in yen.
        for (rate, reason) in [
            (json!({ "of": "fixed", "rate": "0.3" }), "rounds_to_nothing"),
            (json!({ "of": "amount", "amount": "50", "currency": "JPY", "per": "sale" }), "other_currency"),
        ] {
            let rule = commission(json!({ "rate": rate, "recurrence": "once", "trigger": "contracted" }));
            let (agreement, caller) = referrer(&market, json!({ "first_annuity": null, "own": rule }));
            let sold = brought(&market, &agreement, free("0.01"));
            assert_eq!(earned(&sold, &caller), Vec::<String>::new());
            let renewals = ["2", "3"].map(|year| format!("{year} own one_time_first_annuity"));
            assert_eq!(sold.outcomes(&caller), [vec![format!("1 own {reason}")], renewals.to_vec()].concat());
        }
    }

    fn the_most_specific_rule_earns_and_the_other_says_which_one_it_lost_to(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let on_item = json!({ "rate": { "of": "fixed", "rate": "0.2" }, "only": { "items": ["instance"] }, "trigger": "contracted" });
        let in_line = json!({ "rate": { "of": "fixed", "rate": "0.3" }, "only": { "product_lines": ["platform"] }, "trigger": "contracted" });
        let on_top = json!({ "rate": { "of": "fixed", "rate": "0.01" }, "additive": true, "trigger": "contracted" });
        let general = json!({ "trigger": "contracted" });
        let (agreement, caller) = referrer(&market, json!({
            "first_annuity": null, "general": commission(general), "on_item": commission(on_item),
            "in_line": commission(in_line), "on_top": commission(on_top),
        }));
        let lines = json!([line(&market.item("instance"), "year", None), line(&market.item("online_shop"), "year", None)]);
        let sold = brought(&market, &agreement, lines);
        // 480.00 is the shop's price: no rule names it, so the general one counts it; the additive one counts both.
        let first: Vec<String> = earned(&sold, &caller).into_iter().filter(|entry| entry.starts_with('1')).collect();
        assert_eq!(first, ["1 general 48.00", "1 on_item 240.00", "1 on_top 16.80"]);
        assert!(sold.outcomes(&caller).contains(&"1 in_line superseded_rule".to_owned()), "{:?}", sold.outcomes(&caller));
        let entries = sold.entries(&caller);
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entries[0]))).expect(200);
        let winner = json!({ "rule": "on_item", "names": ["items"] });
        assert_eq!(explanation["lost_lines"], json!([{ "position": 1, "to": winner }]));
        let superseded = json!({ "rule": "in_line", "kind": "commission", "reason": "superseded_rule", "lost_to": [winner] });
        assert_eq!(explanation["not_applied"], json!([superseded]));
    }

    fn a_rule_for_some_customers_asks_who_they_were_when_they_signed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let rule = |only: Value, rate: &str| {
            commission(json!({ "only": only, "rate": { "of": "fixed", "rate": rate } }))
        };
        let (agreement, caller) = referrer(&market, json!({
            "first_annuity": null, "general": commission(json!({})), "public": rule(json!({ "segments": ["public_sector"] }), "0.2"),
            "french": rule(json!({ "countries": ["FR"] }), "0.15"),
        }));
        let customer = market.customer(&market.master_id());
        let path = format!("/v1/customers/{customer}");
        let into = |segment: Value| market.master().patch(&path, "*", json!({ "segment": segment })).expect(200);
        let sell = || {
            let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": instance(&market, 1) });
            market.sell(market.master(), &body)
        };
        let plain = sell();
        into(json!("public_sector"));
        let public = sell();
        into(Value::Null);
        plain.bill(1, "1200.00");
        public.bill(1, "1200.00");
        assert_eq!(earned(&plain, &caller), ["1 french 180.00"]);
        assert_eq!(earned(&public, &caller), ["1 public 240.00"], "as it was on the day of signing");
    }

    fn a_customers_segment_is_its_masters_to_say(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let customer = market.customer(&shop.partner);
        let path = format!("/v1/customers/{customer}");
        let refused = market.caller(&shop.partner).patch(&path, "*", json!({ "segment": "public_sector" })).expect(422);
        assert_eq!(refused["errors"][0]["code"], "segment_is_masters");
        let changed = market.master().patch(&path, "*", json!({ "segment": "public_sector" })).expect(200);
        assert_eq!(changed["segment"], "public_sector");
        let same = market.caller(&shop.partner).patch(&path, "*", json!({ "segment": "public_sector", "name": "Other" }));
        assert_eq!(same.expect(200)["segment"], "public_sector", "what is not changed is not refused");
    }

    fn promoters_of_one_sale_share_a_rule_and_no_cent_is_lost(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = || {
            let partner = market.partner();
            let split = json!({ "rules": { "commission": { "split": ["0.5", "0.3", "0.2"], "trigger": "contracted" } } });
            let agreement = market.agreement_with(&partner, "client_manager", Some(&shop.partner), Some(split));
            (agreement, market.caller(&partner))
        };
        let (first, second) = (promoter(), promoter());
        // Named the other way round: the second one comes first.
        let sold = shop.sell(&market, &[&second.0, &first.0]);
        let parts = [earned(&sold, &second.1), earned(&sold, &first.1)];
        assert_eq!(parts, [["1 commission 62.50"], ["1 commission 37.50"]], "100.00 by 0.5 and 0.3 of 0.8");
    }

    fn what_a_rule_holds_back_is_payable_after_its_days(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, caller) = referrer(&market, json!({ "first_annuity": { "hold_days": 30 } }));
        let sold = brought(&market, &agreement, instance(&market, 1));
        sold.bill(1, "1200.00");
        let entry = &sold.entries(&caller)[0];
        assert_eq!((&entry["dated_on"], &entry["payable_on"]), (&json!("2026-03-02"), &json!("2026-04-01")));
        assert_eq!(entry["state"], "held");
    }

    fn d20_what_is_taken_back_of_a_held_accrual_is_held_as_long_and_of_a_payable_one_not_at_all(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, _) = referrer(&market, json!({ "first_annuity": { "hold_days": 30 } }));
        let sold = brought(&market, &agreement, instance(&market, 1));
        sold.bill(1, "1200.00");
        sold.record(1, "refund", "400.00");
        // Long after the accrual became payable.
        app.advance(TimeDelta::days(60));
        let market = Market::all_in_web(&app);
        let sold = market.again(&sold);
        sold.record(1, "refund", "400.00");
        let said = |it: &Value| [&it["correction"], &it["amount"]["amount"], &it["dated_on"], &it["payable_on"]].map(Value::clone);
        let said: Vec<_> = sold.entries(market.master()).iter().map(said).collect();
        let expected = [
            [Value::Null, json!("180.00"), json!("2026-03-02"), json!("2026-04-01")],
            [json!("reversal"), json!("60.00"), json!("2026-03-02"), json!("2026-04-01")],
            [json!("reversal"), json!("60.00"), json!("2026-05-01"), json!("2026-05-01")],
        ];
        assert_eq!(said, expected);
    }

    fn yen_without_digits_and_dinars_with_three_are_sold_billed_and_paid_to_the_last_unit(engine: Engine) {
        let app = TestApp::start(engine);
        let yaml = std::fs::read_to_string(format!("{}/../networks/all-in-web.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let price = "      - {currency: EUR, period: year, amount: \"1200.00\", from: 2013-11-16}\n";
        let more = [("JPY", "100005"), ("BHD", "123.457")]
            .map(|(currency, amount)| price.replace("EUR", currency).replace("1200.00", amount));
        wait(apply_text(&app.db, &yaml.replace(price, &[price, &more.concat()].concat()), false)).expect("more prices");
        let market = Market::all_in_web(&app);
        // 15 % of 100005 is 15000.75, and of 123.457 it is 18.51855.
        for (currency, part, rest, first, whole) in
            [("JPY", "33335", "66670", "5000", "15001"), ("BHD", "41.152", "82.305", "6.173", "18.519")]
        {
            let partner = market.partner();
            let agreement = market.agreement(&partner, "referrer", None);
            let caller = market.caller(&partner);
            let customer = market.customer(&market.master_id());
            let body = json!({
                "agreement_id": agreement, "customer_id": customer, "currency": currency, "lines": instance(&market, 1),
            });
            let sold = market.sell(market.master(), &body);
            for (number, amount) in [part, rest].into_iter().enumerate() {
                for kind in ["invoice", "collection"] {
                    let body = json!({
                        "kind": kind, "amount": { "amount": amount, "currency": currency }, "dated_on": "2026-03-02",
                        "reference": format!("{kind}-{number}"),
                    });
                    market.master().post(format!("/v1/annuities/{}/instalments", sold.annuity(1)), body).expect(201);
                }
            }
            let entries = sold.entries(&caller);
            let money = |amount: &str| json!({ "amount": amount, "currency": currency });
            assert_eq!(entries[0]["amount"], money(first), "{currency}");
            assert_eq!(entries[1]["entitled_to_date"], money(whole), "{currency}");
            assert_eq!(earned(&sold, &caller).len(), 2);
            let balances = caller.get("/v1/balances").expect(200);
            assert_eq!(balances["data"][0]["amounts"][0]["net"], money(whole));
        }
    }

    fn a_fixed_amount_in_another_currency_than_the_sale_earns_nothing_and_says_so(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let yen = json!({ "of": "amount", "amount": "5000", "currency": "JPY", "per": "year" });
        let rule = commission(json!({ "rate": yen, "trigger": "contracted" }));
        let (agreement, caller) = referrer(&market, json!({ "first_annuity": null, "own": rule }));
        let sold = brought(&market, &agreement, instance(&market, 1));
        assert_eq!(earned(&sold, &caller), Vec::<String>::new());
        let outcome = caller.get(format!("/v1/outcomes?contract_id={}", sold.contract)).expect(200)["data"][0].clone();
        assert_eq!(outcome["explanation"]["not_applied"][0]["reason"], "other_currency");
    }

    fn r6_effective_terms_say_in_words_only_what_was_said_of_a_changed_rule(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let summaries = |changes: Value| {
            let (agreement, caller) = referrer(&market, json!({ "first_annuity": changes }));
            caller.get(format!("/v1/agreements/{agreement}/terms")).expect(200)["rules"]["first_annuity"]["summaries"].clone()
        };
        let twenty = json!({ "of": "fixed", "rate": "0.2" });
        assert_eq!(summaries(json!({ "rate": twenty })), json!({}), "15 % would be wrong");
        let said = json!({ "fr": "20 % de la première annuité." });
        assert_eq!(summaries(json!({ "rate": twenty, "summaries": said })), said);
    }

    fn contradictions_are_refused_before_anybody_signs_all_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let tiers = json!([{ "from": 1, "to": 5, "rate": "0.1" }, { "from": 7, "rate": "0.2" }]);
        // What can never earn, or is narrowed to nothing in particular.
        let idle = refused(&market, json!({
            "zero": commission(json!({ "additive": true, "rate": { "of": "fixed", "rate": "0" } })),
            "none": commission(json!({ "additive": true, "rate": { "of": "amount", "amount": "0.00", "currency": "EUR", "per": "year" } })),
            "own": commission(json!({ "additive": true, "lines": ["partner_own"] })),
            "wide": commission(json!({ "additive": true, "only": { "items": [] } })),
        }));
        assert_eq!(idle, [
            "/special_terms/rules/zero earns_nothing", "/special_terms/rules/none earns_nothing",
            "/special_terms/rules/own/lines lines_not_sold", "/special_terms/rules/wide/only empty_selector",
        ]);
        let codes = refused(&market, json!({
            "gap": commission(json!({ "rate": { "of": "count_tiers", "tiers": tiers }, "only": { "countries": ["FR"] } })),
            "upside_down": commission(json!({
                "bounds": { "per": "annuity", "currency": "EUR", "floor": "2.00", "cap": "1.00" }, "lines": ["complementary"],
            })),
            "nowhere": commission(json!({ "only": { "items": ["unicorn"] }, "split": ["0.5", "0.4"] })),
        }));
        assert_eq!(codes, [
            "/special_terms/rules/gap/rate/tiers/1 tier_gap",
            "/special_terms/rules/upside_down/bounds/floor floor_above_cap",
            "/special_terms/rules/nowhere/split split_not_whole",
            "/special_terms/rules/nowhere/only/items/0 unknown_catalogue_item",
        ]);
        let beside = refused(&market, json!({ "second": commission(json!({ "recurrence": "once" })) }));
        assert_eq!(beside, ["/special_terms/rules/first_annuity ambiguous_rules"], "the referrer's own rule counts these lines");
        let above = refused(&market, json!({ "on_top": commission(json!({ "additive": true, "rate": { "of": "fixed", "rate": "0.9" } })) }));
        assert_eq!(above, ["/special_terms/rules/first_annuity/rate rates_above_whole"]);
        let digits = json!({ "rate": { "of": "amount", "amount": "5.0", "currency": "EUR", "per": "year" }, "only": { "countries": ["FR"] } });
        assert_eq!(refused(&market, json!({ "odd": commission(digits.clone()) })), ["/special_terms/rules/odd/rate/amount wrong_amount"]);
        let untold = json!({ "trigger": null, "rate": { "of": "count_tiers", "tiers": tiers }, "lines": ["complementary"] });
        let both = refused(&market, json!({ "odd": commission(digits), "gap": commission(untold) }));
        let expected = [
            "/special_terms/rules/odd/rate/amount wrong_amount", "/special_terms/rules/gap/trigger required",
            "/special_terms/rules/gap/rate/tiers/1 tier_gap",
        ];
        assert_eq!(both, expected, "what cannot be read hides no contradiction elsewhere");
    }
}
