//! Reconciliation: what the bank says pays, returns and collects, once; the rest waits for a person.

use entente_tests::{
    app::{Answer, TestApp},
    on_both_engines,
    sales::{Market, Shop, eur},
};

use super::*;

fn import(caller: &Caller, media_type: &str, text: &str) -> Answer {
    caller.request("POST", "/v1/bank-statements").header("content-type", media_type).raw(text.as_bytes().to_vec()).send()
}

/// A bank's statement of bookings: reference, amount, direction, end-to-end id and reason of return.
fn camt(bookings: &[(&str, &str, &str, &str, &str)]) -> String {
    let booking = |(reference, amount, direction, end_to_end, why): &(&str, &str, &str, &str, &str)| {
        let back = if why.is_empty() { String::new() } else { format!("<RtrInf><Rsn><Cd>{why}</Cd></Rsn></RtrInf>") };
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>2026-04-01</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd></BkTxCd><NtryDtls><TxDtls><Refs>\
             <EndToEndId>{end_to_end}</EndToEndId></Refs>{back}</TxDtls></NtryDtls></Ntry>"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-04-01T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><Acct><Id><IBAN>{}</IBAN></Id></Acct>{}\
         </Stmt></BkToCstmrStmt></Document>",
        FRENCH[0],
        bookings.iter().map(booking).collect::<String>()
    )
}

/// The movements that wait for a person.
fn unmatched(caller: &Caller) -> Vec<Value> {
    caller.get("/v1/bank-entries?state=unmatched").expect(200)["data"].as_array().unwrap().clone()
}

/// One payout of 180.00 that the bank has.
fn sent(app: &TestApp) -> (Caller, Value) {
    let market = Market::all_in_web(app);
    let (_, agreement) = referrer(&market);
    set_account(market.master(), FRENCH[0]);
    earn(&market, &agreement, 1);
    let master = pass(app, "fr", "2026-03");
    send(&master, &run(&master)).expect(200);
    let payout = payouts(&master).pop().unwrap();
    (master, payout)
}

on_both_engines! {
    fn what_went_out_pays_and_what_came_back_returns_each_once(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, payout) = sent(&app);
        let id = payout["end_to_end_id"].as_str().unwrap();
        let paid = camt(&[("B1", "180.00", "DBIT", id, ""), ("B2", "12.00", "DBIT", "NOTPROVIDED", "")]);
        let first = import(&master, "application/xml", &paid).expect(201);
        assert_eq!((&first["entry_count"], &first["known_count"]), (&json!(2), &json!(0)));
        assert_eq!(summary(&payouts(&master)), ["paid 180.00 = 180.00"]);
        assert_eq!(unmatched(&master).len(), 1, "the bank's fee");
        // The same bytes change nothing; another file with the same movements passes them over.
        let events = |caller: &Caller| caller.get("/v1/events?limit=200").expect(200)["data"].as_array().unwrap().len();
        let before = events(&master);
        assert_eq!(import(&master, "application/xml", &paid).expect(200)["id"], first["id"]);
        assert_eq!(events(&master), before);
        let longer = camt(&[("B1", "180.00", "DBIT", id, ""), ("B2", "12.00", "DBIT", "NOTPROVIDED", ""), ("B3", "180.00", "CRDT", id, "AC04")]);
        let second = import(&master, "application/xml", &longer).expect(201);
        assert_eq!((&second["entry_count"], &second["known_count"]), (&json!(3), &json!(2)));
        let [returned] = &payouts(&master)[..] else { panic!("one payout") };
        assert_eq!((&returned["state"], &returned["reason"]), (&json!("returned"), &json!("AC04")));
        // What came back can be paid again.
        run(&master);
        assert_eq!(summary(&payouts(&master)), ["returned 180.00 = 180.00", "approved 180.00 = 180.00"]);
    }

    fn a_second_movement_about_one_payout_waits_for_a_person(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, payout) = sent(&app);
        let id = payout["end_to_end_id"].as_str().unwrap();
        // A person saw it before the bank said so.
        act(&master, &payout, "pay", json!({})).expect(200);
        import(&master, "application/xml", &camt(&[("B1", "180.00", "DBIT", id, "")])).expect(201);
        assert_eq!(unmatched(&master), Vec::<Value>::new());
        import(&master, "application/xml", &camt(&[("B2", "180.00", "DBIT", id, "")])).expect(201);
        let [twice] = &unmatched(&master)[..] else { panic!("one movement") };
        assert_eq!(twice["reference"], "B2");
        let with = json!({ "payout_id": id_of(&payout) });
        let refused = master.post(format!("/v1/bank-entries/{}/match", id_of(twice)), with);
        assert_eq!(refused.broken(), ["bank_entry_does_not_fit - /payout_id"]);
        assert_eq!(summary(&payouts(&master)), ["paid 180.00 = 180.00"]);
    }

    fn nothing_is_matched_that_does_not_fit_to_the_cent(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, payout) = sent(&app);
        let id = payout["end_to_end_id"].as_str().unwrap();
        import(&master, "application/xml", &camt(&[("B1", "179.99", "DBIT", id, "")])).expect(201);
        assert_eq!(summary(&payouts(&master)), ["sent 180.00 = 180.00"]);
        let [entry] = &unmatched(&master)[..] else { panic!("one movement") };
        let decide = |entry: &Value, action: &str, body: Value| master.post(format!("/v1/bank-entries/{}/{action}", id_of(entry)), body);
        let with = json!({ "payout_id": id_of(&payout) });
        assert_eq!(decide(entry, "match", with.clone()).broken(), ["bank_entry_does_not_fit - /payout_id"]);
        assert_eq!(decide(entry, "match", json!({})).broken(), ["payout_or_partner - /payout_id"]);
        decide(entry, "dismiss", reason("Another company's.")).expect(200);
        decide(entry, "match", with.clone()).problem(409, "state_conflict");
        // By hand, what the bank did not name.
        let list = "booked_on,amount,currency,text\n2026-04-01,-180.00,EUR,transfer\n";
        import(&master, "text/csv", list).expect(201);
        let [entry] = &unmatched(&master)[..] else { panic!("one movement") };
        let matched = decide(entry, "match", with).expect(200);
        assert_eq!((&matched["state"], &matched["outcome"]), (&json!("matched"), &json!("paid")));
        assert_eq!(summary(&payouts(&master)), ["paid 180.00 = 180.00"]);
    }

    fn a_payout_is_paid_on_one_day_and_not_before_it_was_approved(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, payout) = sent(&app);
        let on = |day: &str| act(&master, &payout, "pay", json!({ "paid_on": day }));
        assert_eq!(on("2026-03-31").broken(), ["paid_before_approval - /paid_on"]);
        app.advance(chrono::TimeDelta::days(2));
        let master = app.master("fr");
        let on = |day: &str| act(&master, &payout, "pay", json!({ "paid_on": day }));
        let paid = on("2026-04-01").expect(200);
        assert_eq!(paid["paid_on"], json!("2026-04-01"));
        assert_eq!(on("2026-04-01").expect(200), paid);
        assert_eq!(act(&master, &payout, "pay", json!({})).expect(200), paid, "that it was paid is known");
        on("2026-04-02").problem(409, "state_conflict");
    }

    fn a_run_that_is_booked_in_one_sum_pays_all_its_payouts(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (one, other) = (referrer(&market), referrer(&market));
        set_account(market.master(), FRENCH[0]);
        earn(&market, &one.1, 1);
        earn(&market, &other.1, 2);
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        send(&master, &made).expect(200);
        let order = format!("PR{}", id_of(&made).trim_start_matches("payout_run_"));
        let list = format!("booked_on;amount;currency;text\n2026-04-01;-540.00;EUR;SEPA {order}\n");
        import(&master, "text/csv", &list).expect(201);
        assert_eq!(summary(&payouts(&master)), ["paid 180.00 = 180.00", "paid 360.00 = 360.00"]);
    }

    fn what_a_partner_owes_is_collected_by_the_reference_of_its_remittance(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        shop.sell(&market, &[]).bill(1, "1520.00");
        let master = pass(&app, "pt", "2026-03");
        let owed = master.get("/v1/remittances").expect(200)["data"][0].clone();
        let reference = owed["statements"][0]["payment_reference"].as_str().unwrap().to_owned();
        let list = format!("booked_on,amount,currency,reference,text\n2026-04-01,200.00,EUR,R1,{reference} first part\n");
        import(&master, "text/csv", &list).expect(201);
        assert_eq!(unmatched(&master), Vec::<Value>::new());
        assert_eq!(master.get("/v1/remittances").expect(200)["data"][0]["open"], eur("500.00"));
        let partner = app.partner(&shop.partner);
        assert_eq!(partner.get("/v1/remittance-payments").expect(200)["data"][0]["amount"], eur("200.00"));
        // Banks with one column for it give there what the partner wrote, which two payments may share.
        let list = format!("booked_on,amount,currency,reference\n2026-04-01,100.00,EUR,{reference}\n2026-04-01,100.00,EUR,{reference}\n");
        import(&master, "text/csv", &list).expect(201);
        import(&master, "text/csv", &list).expect(200);
        assert_eq!(unmatched(&master), Vec::<Value>::new());
        assert_eq!(master.get("/v1/remittances").expect(200)["data"][0]["open"], eur("300.00"), "a file counts once");
        assert_eq!(partner.get("/v1/bank-entries").expect(200)["data"], json!([]), "the master's bank is the master's");
    }

    fn a_file_that_is_none_is_refused_whole_and_leaves_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, payout) = sent(&app);
        let id = payout["end_to_end_id"].as_str().unwrap();
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><Document>&b;</Document>";
        let outside = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Document>&x;</Document>";
        for text in [bomb, outside, "", "<Document>", "{}"] {
            assert_eq!(import(&master, "application/xml", text).broken(), ["bank_file_unreadable - "], "{text}");
        }
        let half = camt(&[("B1", "180.00", "DBIT", id, ""), ("B2", "1.005", "DBIT", "X", "")]);
        assert_eq!(import(&master, "application/xml", &half).broken(), ["bank_entry_unreadable - "]);
        let early = camt(&[("B1", "180.00", "DBIT", id, "")]).replace("<Dt>2026-04-01</Dt>", "<Dt>2026-04-02</Dt>");
        assert_eq!(import(&master, "application/xml", &early).broken(), ["dated_in_future - "]);
        import(&master, "application/json", "{}").problem(415, "unsupported_media_type");
        import(&master, "text/csv", &"x".repeat(5 * 1024 * 1024)).problem(413, "body_too_large");
        assert_eq!(summary(&payouts(&master)), ["sent 180.00 = 180.00"]);
        assert_eq!(master.get("/v1/bank-entries").expect(200)["data"], json!([]));
        assert_eq!(master.get("/v1/bank-statements").expect(200)["data"], json!([]));
    }
}
