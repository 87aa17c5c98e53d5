//! Obligations: everything that runs out or is due, in one list with its days.

use api::access::Role;
use chrono::{DateTime, Utc};
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, eur, id_of, line},
};
use serde_json::{Value, json};

fn rows(caller: &Caller, query: &str) -> Vec<Value> {
    caller.get(format!("/v1/obligations{query}")).expect(200)["data"].as_array().unwrap().clone()
}

/// The obligations as `kind severity due_on days_left`.
fn said(caller: &Caller, query: &str) -> Vec<String> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let say =
        |row: &Value| format!("{} {} {} {}", text(row, "kind"), text(row, "severity"), text(row, "due_on"), row["days_left"]);
    rows(caller, query).iter().map(say).collect()
}

fn go_to(app: &TestApp, instant: &str) {
    app.clock.set(instant.parse::<DateTime<Utc>>().unwrap());
}

fn claim(domain: &str) -> Value {
    json!({
        "prospect": { "name": "Boulangerie", "country": "FR", "domain": domain },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    })
}

/// A protected registration.
fn protect(market: &Market<'_>, partner: &str, domain: &str) -> String {
    let id = id_of(&market.caller(partner).post("/v1/registrations", claim(domain)).expect(201));
    market.master().post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
    id
}

/// An affiliate with an entry fee that is due on a day.
fn with_entry_fee(app: &TestApp, market: &Market<'_>, due_on: &str) -> (String, String) {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "affiliate", None);
    let body = json!({ "agreement_id": agreement, "segment": "Clinics", "potential": eur("1000.00") });
    let fee = id_of(&market.master().post("/v1/entry-fees", body).expect(201));
    let second = app.person(app.db_master("fr"), Role::Supervisor);
    second.post(format!("/v1/entry-fees/{fee}/approve"), json!({})).expect(200);
    let invoice = json!({ "reference": format!("F-{fee}"), "due_on": due_on });
    market.master().post(format!("/v1/entry-fees/{fee}/invoice"), invoice).expect(200);
    (partner, fee)
}

on_both_engines! {
    fn what_is_due_comes_nearer_day_by_day_and_goes_when_it_is_done(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, fee) = with_entry_fee(&app, &market, "2026-04-15");
        let seen = |instant: &str| {
            go_to(&app, instant);
            said(&app.partner(&partner), "?kind=entry_fee")
        };
        // Midnight in Paris, where it is summer time from the end of March.
        assert_eq!(seen("2026-03-15T22:59:59Z"), ["entry_fee info 2026-04-15 31"]);
        assert_eq!(seen("2026-03-15T23:00:00Z"), ["entry_fee due_soon 2026-04-15 30"]);
        assert_eq!(seen("2026-04-14T22:00:00Z"), ["entry_fee due 2026-04-15 0"]);
        assert_eq!(seen("2026-04-15T21:59:59Z"), ["entry_fee due 2026-04-15 0"]);
        assert_eq!(seen("2026-04-15T22:00:00Z"), ["entry_fee overdue 2026-04-15 -1"]);
        let row = &rows(&app.master("fr"), "?severity=overdue")[0];
        assert_eq!((&row["subject_id"], &row["partner_id"]), (&json!(fee), &json!(partner)));
        assert_eq!(row["text"], format!("The entry fee of 50.00 EUR for the segment Clinics is to be paid (invoice F-{fee})."));
        let master = app.master("fr");
        let french = master.request("GET", "/v1/obligations?kind=entry_fee").header("accept-language", "fr").send().expect(200);
        assert!(french["data"][0]["text"].as_str().unwrap().starts_with("Le droit d'entrée de 50.00 EUR"), "{french}");
        let payment = json!({ "paid_on": "2026-04-15", "reference": "SEPA" });
        master.post(format!("/v1/entry-fees/{fee}/record-payment"), payment).expect(200);
        assert_eq!(said(&master, "?kind=entry_fee"), Vec::<String>::new());
    }

    fn a_year_behind_its_pace_is_due_soon_and_one_that_has_enough_asks_for_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let special = json!({ "minimum_sales_per_year": 2 });
        let agreement = market.agreement_with(&partner, "affiliate", None, Some(special));
        let of = |caller: &Caller| said(caller, "?kind=minimum_sales");
        let caller = market.caller(&partner);
        assert_eq!(of(&caller), ["minimum_sales info 2026-12-31 304"], "none was to be expected by the second of March");
        let row = &rows(&caller, "?kind=minimum_sales")[0];
        assert_eq!((&row["subject_id"], &row["text"]), (&json!(agreement), &json!("0 of 2 sales, 304 days left; 0 were to be expected by today.")));
        let sell = || {
            let body = json!({ "agreement_id": agreement, "customer_id": market.customer(&partner), "currency": "EUR", "lines": [line(&market.item("instance"), "year", None)] });
            market.sell(&market.caller(&partner), &body);
        };
        sell();
        // By 2 July half a year is over: one of two.
        go_to(&app, "2026-12-30T10:00:00Z");
        assert_eq!(of(&app.partner(&partner)), ["minimum_sales due_soon 2026-12-31 1"]);
        go_to(&app, "2026-12-31T10:00:00Z");
        assert_eq!(of(&app.partner(&partner)), ["minimum_sales due 2026-12-31 0"]);
        go_to(&app, "2026-03-02T09:00:00Z");
        sell();
        assert_eq!(of(&app.partner(&partner)), Vec::<String>::new());
    }

    fn d13_a_year_that_is_behind_shows_as_due_soon_long_before_its_end(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        market.agreement(&partner, "affiliate", None);
        let caller = market.caller(&partner);
        // 15 x 61 / 365 is 2.5, and none was signed.
        assert_eq!(said(&caller, ""), ["minimum_sales due_soon 2026-12-31 304"]);
        assert_eq!(said(&caller, "?severity=due_soon").len(), 1);
        assert_eq!(said(&caller, "?severity=info").len(), 0);
    }

    fn d3_protections_run_out_at_their_instant(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        market.agreement(&partner, "referrer", None);
        let registration = protect(&market, &partner, "boulangerie.fr");
        // Accepted at nine on 2 March, for ninety days.
        let row = &rows(&market.caller(&partner), "?kind=protection")[0];
        assert_eq!((&row["due_on"], &row["days_left"], &row["subject_id"]), (&json!("2026-05-31"), &json!(90), &json!(registration)));
        assert_eq!(row["text"], "The protection of Boulangerie runs out.");
        go_to(&app, "2026-05-31T08:59:59Z");
        assert_eq!(said(&app.partner(&partner), ""), ["protection due 2026-05-31 0"]);
        go_to(&app, "2026-05-31T09:00:00Z");
        assert_eq!(said(&app.partner(&partner), ""), Vec::<String>::new());
    }

    fn agreements_end_wait_for_supervision_and_have_items_that_are_not_met(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let master = market.master();
        let make = |ends_on: Value| {
            let partner = market.partner();
            let body = json!({ "partner_id": partner, "partnership_type": "reseller", "language": "pt", "starts_on": "2026-03-10", "ends_on": ends_on });
            let id = id_of(&master.post("/v1/agreements", body).expect(201));
            (partner, id)
        };
        let (partner, agreement) = make(json!("2026-03-20"));
        assert_eq!(said(master, ""), Vec::<String>::new(), "a draft waits for nobody");
        for action in ["submit", "begin-supervision"] {
            master.post(format!("/v1/agreements/{agreement}/{action}"), json!({})).expect(200);
            assert_eq!(said(master, ""), ["supervision due_soon 2026-03-10 8"]);
        }
        let mut approval = market.approval(&agreement);
        let terms = master.get(format!("/v1/agreements/{agreement}/terms")).expect(200);
        let optional = terms["checklist"].as_object().unwrap().iter().find(|(_, item)| item["mandatory"] == json!(false)).map(|(code, _)| code.clone());
        let optional = optional.expect("an optional item");
        for finding in approval["findings"].as_array_mut().unwrap() {
            if finding["item"] == json!(optional) {
                finding["outcome"] = json!("not_met");
                finding["note"] = json!("To be shown by June.");
            }
        }
        master.post(format!("/v1/agreements/{agreement}/supervisions"), approval).expect(200);
        assert_eq!(said(master, ""), ["supervision_item due 2026-03-02 0", "agreement_expiry due_soon 2026-03-20 18"]);
        assert_eq!(rows(master, "?kind=supervision_item")[0]["text"], format!("Not met when the agreement was supervised: {optional}."));
        assert_eq!(said(&market.caller(&partner), "").len(), 2);
        go_to(&app, "2026-03-21T00:00:00Z");
        assert_eq!(said(&app.partner(&partner), "?kind=agreement_expiry"), ["agreement_expiry overdue 2026-03-20 -1"], "until it is noticed");
    }

    fn d20_instalments_of_a_debt_are_due_to_their_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let body = json!({ "agreement_id": agreement, "customer_id": market.customer(&market.master_id()), "currency": "EUR", "lines": [line(&market.item("instance"), "year", None)] });
        let sold = market.sell(market.master(), &body);
        sold.bill(1, "1200.00");
        sold.record(1, "credit", "400.00");
        sold.record(1, "refund", "400.00");
        let debt = id_of(&sold.entries(&market.caller(&partner))[1]);
        let parts = json!([{ "due_on": "2026-04-01", "amount": eur("20.00") }, { "due_on": "2026-05-01", "amount": eur("40.00") }]);
        let plan = json!({ "ledger_entry_id": debt, "reason": "Asked for.", "instalments": parts });
        let plan = id_of(&market.master().post("/v1/recovery-plans", plan).expect(201));
        let caller = market.caller(&partner);
        assert_eq!(said(&caller, ""), ["recovery_instalment due_soon 2026-04-01 30", "recovery_instalment info 2026-05-01 60"]);
        assert_eq!(rows(&caller, "?due_by=2026-04-30")[0]["text"], "From this day on payouts take 20.00 EUR of the debt.");
        assert_eq!(said(&caller, "?due_by=2026-04-30").len(), 1);
        market.master().post(format!("/v1/recovery-plans/{plan}/cancel"), json!({})).expect(200);
        assert_eq!(said(&caller, ""), Vec::<String>::new());
    }

    fn r37_each_party_of_a_dispute_sees_its_own_time_and_the_master_the_last(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let [holder, challenger] = [(), ()].map(|()| {
            let partner = market.partner();
            market.agreement(&partner, "reseller", None);
            partner
        });
        let claim = json!({
            "prospect": { "name": "Conservas", "country": "PT", "domain": "conservas.pt" },
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
        });
        let registration = id_of(&market.caller(&holder).post("/v1/registrations", claim).expect(201));
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        let objection = json!({
            "prospect": { "name": "Conservas", "country": "PT", "domain": "conservas.pt" }, "grounds": "prior_negotiation",
            "statement": "We were there first.", "evidence": [{ "kind": "meeting", "dated_on": "2026-02-20", "description": "There." }],
        });
        let dispute = id_of(&market.caller(&challenger).post("/v1/disputes", objection).expect(201));
        let of = |caller: &Caller| said(caller, "?kind=dispute_hearing");
        assert_eq!(of(market.master()), Vec::<String>::new());
        let hearing = json!({ "challenger_until": "2026-03-10T12:00:00Z", "holder_until": "2026-03-12T12:00:00Z" });
        market.master().post(format!("/v1/disputes/{dispute}/hear"), hearing).expect(200);
        assert_eq!(of(&market.caller(&challenger)), ["dispute_hearing due_soon 2026-03-10 8"]);
        assert_eq!(of(&market.caller(&holder)), ["dispute_hearing due_soon 2026-03-12 10"]);
        assert_eq!(of(market.master()), ["dispute_hearing due_soon 2026-03-12 10"]);
        assert_eq!(of(&app.master("br")), Vec::<String>::new());
        go_to(&app, "2026-03-12T12:00:00Z");
        assert_eq!(of(&app.partner(&holder)), Vec::<String>::new(), "its time is over");
        assert_eq!(of(&app.master("pt")), ["dispute_hearing due 2026-03-12 0"]);
    }

    fn d22_a_partner_sees_its_own_obligations_and_a_master_those_of_its_partners(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (first, _) = with_entry_fee(&app, &market, "2026-04-01");
        let (second, _) = with_entry_fee(&app, &market, "2026-04-01");
        for partner in [&first, &second] {
            let own = rows(&market.caller(partner), "?limit=200");
            assert!(!own.is_empty() && own.iter().all(|row| row["partner_id"] == json!(partner)), "{own:?}");
            let named = rows(market.master(), &format!("?partner_id={partner}"));
            assert_eq!(named, own);
        }
        assert_eq!(rows(&market.caller(&first), &format!("?partner_id={second}")), Vec::<Value>::new());
        assert_eq!(rows(&market.caller(&market.partner()), ""), Vec::<Value>::new());
        assert_eq!(rows(&app.master("pt"), ""), Vec::<Value>::new());
        assert_eq!(rows(market.master(), "?kind=entry_fee").len(), 2);
    }

    fn a_list_of_obligations_is_paged_without_skipping_or_repeating(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        for number in 0..3 {
            // Two kinds of one day, and an end within it.
            let (partner, _) = with_entry_fee(&app, &market, "2026-05-31");
            protect(&market, &partner, &format!("prospect-{number}.fr"));
        }
        let all = rows(market.master(), "?limit=200");
        assert_eq!(all.len(), 9, "an entry fee, a protection and a year for each");
        let (mut read, mut query) = (Vec::new(), "?limit=2".to_owned());
        loop {
            let page = market.master().get(format!("/v1/obligations{query}")).expect(200);
            read.extend(page["data"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=2&after={next}");
        }
        assert_eq!(read, all);
        let days: Vec<&str> = all.iter().map(|row| row["due_on"].as_str().unwrap()).collect();
        assert!(days.is_sorted(), "{days:?}");
        let cursor = market.master().get("/v1/obligations?limit=1").expect(200)["next"].as_str().unwrap().to_owned();
        market.master().get(format!("/v1/obligations?kind=protection&after={cursor}")).problem(422, "invalid_request");
        market.master().get("/v1/obligations?after=nonsense").problem(422, "invalid_request");
        let one = market.master().get("/v1/obligations?kind=protection&limit=1").expect(200);
        let next = one["next"].as_str().unwrap();
        assert_eq!(rows(market.master(), &format!("?kind=protection&limit=200&after={next}")).len(), 2);
    }

    fn d13_a_finding_waits_for_its_master_until_it_is_decided(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        market.agreement(&partner, "affiliate", None);
        go_to(&app, "2027-01-01T08:00:00Z");
        wait(api::minimum_sales::judge_due(&app.db)).unwrap();
        let master = app.master("fr");
        let row = &rows(&master, "?kind=finding")[0];
        assert_eq!((&row["due_on"], &row["severity"]), (&json!("2026-12-31"), &json!("overdue")));
        assert_eq!(row["text"], "A finding waits for a decision: 0 of 15 sales were signed in the year that ended on 2026-12-31.");
        assert_eq!(rows(&app.partner(&partner), "?kind=finding"), Vec::<Value>::new());
        let decision = json!({ "decision": "reminder", "reason": "First year." });
        master.post(format!("/v1/findings/{}/decide", row["subject_id"].as_str().unwrap()), decision).expect(200);
        assert_eq!(rows(&master, "?kind=finding"), Vec::<Value>::new());
    }

    fn statements_of_a_period_are_due_from_its_end_on_to_the_last_day_where_the_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let sale = json!({
            "agreement_id": agreement, "customer_id": market.customer(&market.master_id()), "currency": "EUR",
            "lines": [line(&market.item("instance"), "year", None)],
        });
        market.sell(market.master(), &sale).bill(1, "1200.00");
        let seen = |instant: &str| {
            go_to(&app, instant);
            said(&app.master("fr"), "?kind=statement")
        };
        // March ends at midnight in Paris, which is 22:00 in UTC; its statements are due by the end of April.
        assert_eq!(seen("2026-03-31T21:59:59Z"), Vec::<String>::new());
        assert_eq!(seen("2026-03-31T22:00:00Z"), ["statement due_soon 2026-04-30 29"]);
        assert_eq!(seen("2026-04-29T21:59:59Z"), ["statement due_soon 2026-04-30 1"]);
        assert_eq!(seen("2026-04-29T22:00:00Z"), ["statement due 2026-04-30 0"]);
        assert_eq!(seen("2026-04-30T21:59:59Z"), ["statement due 2026-04-30 0"]);
        assert_eq!(seen("2026-04-30T22:00:00Z"), ["statement overdue 2026-04-30 -1"]);
        assert_eq!(said(&app.partner(&partner), "?kind=statement"), Vec::<String>::new(), "the master makes them");
        crate::statement::close(&app.master("fr"), "2026-03");
        assert_eq!(said(&app.master("fr"), "?kind=statement"), Vec::<String>::new());
    }

    fn r15_a_remittance_is_due_to_its_day_and_goes_once_it_is_paid(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, other) = (Shop::open(&market, "helpdesk"), market.partner());
        shop.sell(&market, &[]).bill(1, "1520.00");
        go_to(&app, "2026-04-01T09:00:00Z");
        assert_eq!(said(&app.partner(&shop.partner), "?kind=remittance"), Vec::<String>::new(), "before it is stated");
        crate::statement::close(&app.master("pt"), "2026-03");
        let seen = |instant: &str| {
            go_to(&app, instant);
            let (partner, master) = (said(&app.partner(&shop.partner), "?kind=remittance"), said(&app.master("pt"), "?kind=remittance"));
            assert_eq!(partner, master);
            partner
        };
        // Thirty days after March's last; midnight in Lisbon is 23:00 in UTC by then.
        assert_eq!(seen("2026-04-01T09:00:01Z"), ["remittance due_soon 2026-04-30 29"]);
        assert_eq!(seen("2026-04-29T22:59:59Z"), ["remittance due_soon 2026-04-30 1"]);
        assert_eq!(seen("2026-04-29T23:00:00Z"), ["remittance due 2026-04-30 0"]);
        assert_eq!(seen("2026-04-30T22:59:59Z"), ["remittance due 2026-04-30 0"]);
        assert_eq!(seen("2026-04-30T23:00:00Z"), ["remittance overdue 2026-04-30 -1"]);
        let row = &rows(&app.master("pt"), "?kind=remittance")[0];
        assert_eq!(row["text"], "700.00 EUR of the statement for 2026-03 are to be paid.");
        assert_eq!(said(&app.partner(&other), "?kind=remittance"), Vec::<String>::new());
        let pay = |amount: &str, reference: &str| {
            let body = json!({ "partner_id": shop.partner, "amount": eur(amount), "reference": reference });
            app.master("pt").post("/v1/remittance-payments", body).expect(201);
        };
        pay("699.99", "T1");
        assert_eq!(said(&app.master("pt"), "?kind=remittance"), ["remittance overdue 2026-04-30 -1"]);
        pay("0.01", "T2");
        assert_eq!(said(&app.master("pt"), "?kind=remittance"), Vec::<String>::new());
    }

    fn r64_a_qualification_ends_with_its_last_day_where_the_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let claim = json!({ "kind": "technical_support", "note": "Passed.", "evidence": [{ "description": "Diploma.", "dated_on": "2026-02-20" }] });
        let claimed = id_of(&market.caller(&partner).post("/v1/qualifications", claim).expect(201));
        assert_eq!(said(&market.caller(&partner), "?kind=qualification_expiry"), Vec::<String>::new(), "nothing is granted");
        let days = json!({ "valid_from": "2026-03-02", "valid_until": "2026-04-15" });
        market.master().post(format!("/v1/qualifications/{claimed}/grant"), days).expect(200);
        let seen = |instant: &str| {
            go_to(&app, instant);
            said(&app.partner(&partner), "?kind=qualification_expiry")
        };
        assert_eq!(seen("2026-03-15T22:59:59Z"), ["qualification_expiry info 2026-04-15 31"]);
        assert_eq!(seen("2026-03-15T23:00:00Z"), ["qualification_expiry due_soon 2026-04-15 30"]);
        assert_eq!(seen("2026-04-14T21:59:59Z"), ["qualification_expiry due_soon 2026-04-15 1"]);
        assert_eq!(seen("2026-04-14T22:00:00Z"), ["qualification_expiry due 2026-04-15 0"]);
        assert_eq!(seen("2026-04-15T21:59:59Z"), ["qualification_expiry due 2026-04-15 0"]);
        assert_eq!(seen("2026-04-15T22:00:00Z"), ["qualification_expiry overdue 2026-04-15 -1"], "until it is noticed");
        let mut job = api::write::Job::named("test");
        wait(app.db.write(move |tx| job.run(tx, None, api::qualification::expire_due))).unwrap();
        assert_eq!(said(&app.master("fr"), "?kind=qualification_expiry"), Vec::<String>::new());
    }

    fn r82_a_certificate_ends_with_its_last_day_where_the_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let course = json!({
            "kind": "training", "titles": { "fr": "Démarrage" }, "descriptions": { "fr": "Comment démarrer un client." }, "certificate_months": 1,
        });
        let course = id_of(&market.master().post("/v1/courses", course).expect(201));
        for action in ["submit", "publish"] {
            market.master().post(format!("/v1/courses/{course}/{action}"), json!({})).expect(200);
        }
        let session = json!({
            "course_id": course, "venue": "on_site", "place": "Paris", "language": "fr", "starts_at": "2026-03-03T09:00:00Z",
            "ends_at": "2026-03-03T11:00:00Z", "capacity": 5,
        });
        let session = id_of(&market.master().post("/v1/course-sessions", session).expect(201));
        let person = json!({ "course_session_id": session, "person": { "name": "Ana", "email": "ana@people.example" } });
        let ana = id_of(&market.caller(&partner).post("/v1/enrolments", person).expect(201));
        go_to(&app, "2026-03-12T09:00:00Z");
        for (action, body) in [("attendance", json!({ "attended": true })), ("result", json!({ "passed": true }))] {
            app.master("fr").post(format!("/v1/enrolments/{ana}/{action}"), body).expect(200);
        }
        let seen = |instant: &str| {
            go_to(&app, instant);
            said(&app.partner(&partner), "?kind=certificate_expiry")
        };
        // Issued on 12 March for a month.
        assert_eq!(seen("2026-03-12T22:59:59Z"), ["certificate_expiry due_soon 2026-04-11 30"]);
        assert_eq!(seen("2026-04-10T21:59:59Z"), ["certificate_expiry due_soon 2026-04-11 1"]);
        assert_eq!(seen("2026-04-10T22:00:00Z"), ["certificate_expiry due 2026-04-11 0"]);
        assert_eq!(seen("2026-04-11T21:59:59Z"), ["certificate_expiry due 2026-04-11 0"]);
        assert_eq!(seen("2026-04-11T22:00:00Z"), Vec::<String>::new(), "what is over stays on record");
    }

    fn an_agreement_ends_with_its_last_day_where_the_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let body = json!({
            "partner_id": partner, "partnership_type": "referrer", "language": "fr", "starts_on": "2026-03-01", "ends_on": "2026-04-15",
        });
        let agreement = id_of(&market.master().post("/v1/agreements", body).expect(201));
        for action in ["submit", "begin-supervision"] {
            market.master().post(format!("/v1/agreements/{agreement}/{action}"), json!({})).expect(200);
        }
        let approval = market.approval(&agreement);
        market.master().post(format!("/v1/agreements/{agreement}/supervisions"), approval).expect(200);
        let seen = |instant: &str| {
            go_to(&app, instant);
            said(&app.partner(&partner), "?kind=agreement_expiry")
        };
        assert_eq!(seen("2026-03-15T22:59:59Z"), ["agreement_expiry info 2026-04-15 31"]);
        assert_eq!(seen("2026-03-15T23:00:00Z"), ["agreement_expiry due_soon 2026-04-15 30"]);
        assert_eq!(seen("2026-04-14T22:00:00Z"), ["agreement_expiry due 2026-04-15 0"]);
        assert_eq!(seen("2026-04-15T21:59:59Z"), ["agreement_expiry due 2026-04-15 0"]);
        assert_eq!(seen("2026-04-15T22:00:00Z"), ["agreement_expiry overdue 2026-04-15 -1"], "until it is noticed");
    }

    fn how_many_days_are_soon_is_the_networks_to_say(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, _) = with_entry_fee(&app, &market, "2026-03-12");
        let soon = |days: u32| {
            let file = format!("{}/../networks/all-in-web.yaml", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(file).expect("the network");
            let from = "obligations: {due_soon_days: 30}";
            assert!(text.contains(from));
            let changed = text.replace(from, &format!("obligations: {{due_soon_days: {days}}}"));
            wait(api::network::apply::apply_text(&app.db, &changed, false)).expect("a network");
            let caller = market.caller(&partner);
            assert_eq!(said(&caller, "?kind=entry_fee&severity=due_soon").len() + said(&caller, "?kind=entry_fee&severity=info").len(), 1);
            said(&caller, "?kind=entry_fee")
        };
        assert_eq!(soon(10), ["entry_fee due_soon 2026-03-12 10"]);
        assert_eq!(soon(9), ["entry_fee info 2026-03-12 10"]);
    }
}
