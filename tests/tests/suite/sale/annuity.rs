//! What a year comes to, and what is billed of it (D12, D20).

use super::*;

on_both_engines! {
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
            let cancellation = json!({ "reason": "It closed.", "ended_on": on });
            market.master().post(format!("/v1/contracts/{}/cancel", id_of(&contract)), cancellation)
        };
        assert_eq!(cancel("2026-02-28").broken(), ["cancelled_before_signing D20 /ended_on"]);
        assert_eq!(cancel("2026-03-03").broken(), ["cancelled_in_future D20 /ended_on"]);
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
}
