//! What goes to the bank: the same bytes each time, ISO 20022 for euros between IBANs, a list for everything else.

use entente_tests::{app::TestApp, on_both_engines, sales::Market};

use super::*;

on_both_engines! {
    fn a_run_is_one_order_with_the_same_bytes_each_time(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        let path = format!("/v1/payout-runs/{}/pain-001", id_of(&made));
        master.get(path.clone()).problem(404, "not_found");
        let sent = send(&master, &made).expect(200);
        assert_eq!(sent["files"][0]["format"], "pain_001");
        assert_eq!(sent["files"][0]["href"], json!(path));
        assert_eq!(sent["files"].as_array().unwrap().len(), 1);
        let order = master.get(path.clone());
        assert_eq!(order.header("content-type").as_deref(), Some("application/xml"));
        let payout = &payouts(&master)[0];
        for part in [
            "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09", "<InstdAmt Ccy=\"EUR\">180.00</InstdAmt>", "<NbOfTxs>1</NbOfTxs>",
            "<CtrlSum>180.00</CtrlSum>", FRENCH[0], FRENCH[1], payout["end_to_end_id"].as_str().unwrap(),
        ] {
            assert!(order.text.contains(part), "{part}: {}", order.text);
        }
        assert_eq!(master.get(path).text, order.text);
        master.get(format!("/v1/payout-runs/{}/csv", id_of(&made))).problem(404, "not_found");
    }

    fn what_has_no_iban_goes_into_a_list(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let fields = json!({ "routing_number": "021000021", "account": "=1234567890" });
        let abroad = json!({ "holder": "Loja; \"Um\"", "country": "US", "currency": "EUR", "fields": fields });
        market.caller(&partner).post("/v1/bank-accounts", abroad).expect(201);
        let (_, other) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        earn(&market, &other, 2);
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        let sent = send(&master, &made).expect(200);
        let formats: Vec<&str> = sent["files"].as_array().unwrap().iter().filter_map(|file| file["format"].as_str()).collect();
        assert_eq!(formats, ["csv", "pain_001"]);
        let list = master.get(format!("/v1/payout-runs/{}/csv", id_of(&made)));
        assert_eq!(list.header("content-type").as_deref(), Some("text/csv"));
        let lines: Vec<&str> = list.text.lines().collect();
        assert_eq!(lines.len(), 2, "{}", list.text);
        assert!(lines[1].contains(",180.00,EUR,\"Loja; \"\"Um\"\"\",US,,,account==1234567890; routing_number=021000021,"), "{}", lines[1]);
        let order = master.get(format!("/v1/payout-runs/{}/pain-001", id_of(&made))).text;
        assert!(order.contains(">360.00<") && !order.contains(">180.00<"), "{order}");
    }
}
