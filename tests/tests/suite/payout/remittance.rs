//! Remittances: what a reseller owes its master, how old it is, what it paid of it, and one reminder for each level (R15, R55).

use chrono::{DateTime, TimeDelta, Utc};
use entente_tests::{
    app::TestApp,
    engine::{Engine, wait},
    on_both_engines,
    sales::{Market, Shop, eur},
};

use super::*;

fn pay(master: &Caller, partner: &str, amount: &str, reference: &str) -> entente_tests::app::Answer {
    master.post("/v1/remittance-payments", json!({ "partner_id": partner, "amount": eur(amount), "reference": reference }))
}

/// What is open of each statement, and what all of it comes to.
fn open(caller: &Caller) -> (Vec<String>, String) {
    let found = caller.get("/v1/remittances").expect(200)["data"][0].clone();
    let amount = |value: &Value| value["amount"].as_str().unwrap().to_owned();
    let statements = found["statements"].as_array().unwrap().iter();
    (
        statements.map(|owed| format!("{} {}", owed["period"].as_str().unwrap(), amount(&owed["open"]))).collect(),
        amount(&found["open"]),
    )
}

/// What is in each bucket that holds something.
fn ageing(caller: &Caller) -> Vec<String> {
    let found = caller.get("/v1/remittances").expect(200)["data"][0].clone();
    let aged = found["ageing"].as_array().unwrap().iter().filter(|aged| aged["amount"] != eur("0.00"));
    aged.map(|aged| format!("{} {}", aged["bucket"].as_str().unwrap(), aged["amount"]["amount"].as_str().unwrap())).collect()
}

fn remind(app: &TestApp) -> usize {
    wait(api::payout::remittance::remind(&app.db)).expect("reminders")
}

/// A reseller that owes 700.00 for March.
fn reseller(app: &TestApp) -> Shop {
    let market = Market::altoga(app);
    let shop = Shop::open(&market, "helpdesk");
    shop.sell(&market, &[]).bill(1, "1520.00");
    shop
}

on_both_engines! {
    fn r15_payments_settle_the_oldest_statement_first(engine: Engine) {
        let app = TestApp::start(engine);
        let shop = reseller(&app);
        let master = pass(&app, "pt", "2026-03");
        assert_eq!(open(&app.partner(&shop.partner)), (vec!["2026-03 700.00".to_owned()], "700.00".to_owned()));
        let part = pay(&master, &shop.partner, "200.00", "T1").expect(201);
        assert_eq!(part["allocations"][0]["amount"], eur("200.00"));
        let again = pay(&master, &shop.partner, "200.00", "T1");
        again.problem(409, "already_exists");
        assert_eq!(again.broken(), ["remittance_reference_taken - /reference"]);
        // Another sale, half of which is billed in April and half in May.
        let market = Market::altoga(&app);
        let sold = shop.sell(&market, &[]);
        sold.bill(1, "760.00");
        let master = pass(&app, "pt", "2026-04");
        assert_eq!(open(&master), (vec!["2026-03 500.00".to_owned(), "2026-04 350.00".to_owned()], "850.00".to_owned()));
        let over = pay(&master, &shop.partner, "900.00", "T2").expect(201);
        let amounts: Vec<&Value> = over["allocations"].as_array().unwrap().iter().map(|part| &part["amount"]).collect();
        assert_eq!(amounts, [&eur("500.00"), &eur("350.00")]);
        let standing = master.get("/v1/remittances").expect(200)["data"][0].clone();
        assert_eq!((&standing["open"], &standing["unallocated"]), (&eur("0.00"), &eur("50.00")));
        // What was paid too early settles the next one, and the statement counts it.
        Market::altoga(&app).again(&sold).bill(1, "760.00");
        let master = pass(&app, "pt", "2026-05");
        assert_eq!(open(&master).1, "300.00");
        assert_eq!(ageing(&master), ["current 300.00"]);
        let may = statement_of(&master, "2026-05");
        assert_eq!((&may["paid_total"], &may["closing_balance"]), (&eur("900.00"), &eur("300.00")));
        // The statement itself says by when it has to be paid and what the payment is to be called, as the list does.
        let due = master.get("/v1/remittances").expect(200)["data"][0]["statements"].as_array().unwrap().last().unwrap().clone();
        let document = master.get(format!("/v1/statements/{}", id_of(&may))).expect(200);
        assert_eq!((&document["payable_by"], &document["payment_reference"]), (&due["due_on"], &due["payment_reference"]));
        assert_eq!(document["payable_by"], "2026-06-30");
    }

    fn a_master_asks_for_what_one_partner_owes_and_paid(engine: Engine) {
        let app = TestApp::start(engine);
        let shop = reseller(&app);
        let market = Market::altoga(&app).from(100);
        let other = Shop::open(&market, "helpdesk");
        other.sell(&market, &[]).bill(1, "1520.00");
        let master = pass(&app, "pt", "2026-03");
        for (reference, partner) in [("T1", &shop.partner), ("T2", &other.partner)] {
            pay(&master, partner, "10.00", reference).expect(201);
        }
        for path in ["/v1/remittances", "/v1/remittance-payments", "/v1/ledger-entries", "/v1/statements"] {
            let of = |query: &str| -> Vec<String> {
                let found = master.get(format!("{path}{query}")).expect(200)["data"].as_array().unwrap().clone();
                found.iter().map(|it| it["partner_id"].as_str().or(it["debtor"]["id"].as_str()).unwrap().to_owned()).collect()
            };
            assert_eq!(of("").len(), 2, "{path}");
            assert_eq!(of(&format!("?partner_id={}", other.partner)), std::slice::from_ref(&other.partner), "{path}");
            master.get(format!("{path}?partner_id=partner_1")).problem(422, "invalid_request");
        }
        let yen = master.get("/v1/ledger-entries?currency=JPY").expect(200);
        assert_eq!(yen["data"], json!([]));
        assert_eq!(master.get("/v1/ledger-entries?currency=EUR").expect(200)["data"].as_array().unwrap().len(), 2);
        assert_eq!(master.get("/v1/ledger-entries?currency=XXQ").broken(), ["unknown_currency - -"]);
    }

    fn a_share_is_paid_once_its_statement_is_settled_and_what_is_refunded_then_is_owed_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let contract = {
            let sold = shop.sell(&market, &[]);
            sold.bill(1, "1520.00");
            sold.contract
        };
        let master = pass(&app, "pt", "2026-03");
        let reseller = app.partner(&shop.partner);
        pay(&master, &shop.partner, "699.99", "T1").expect(201);
        assert_eq!(entries(&reseller), ["- 700.00 stated"], "a cent is open");
        pay(&master, &shop.partner, "0.01", "T2").expect(201);
        assert_eq!(entries(&reseller), ["- 700.00 paid"]);
        // A tenth is refunded: the master owes a tenth of the share back, and April's statement says so.
        take_back(&master, &contract, "152.00");
        assert_eq!(entries(&reseller), ["- 700.00 paid", "clawback 70.00 payable"]);
        let market = Market::altoga(&app).from(100);
        shop.sell(&market, &[]).bill(1, "1520.00");
        let master = pass(&app, "pt", "2026-04");
        assert_eq!(open(&master), (vec!["2026-03 0.00".to_owned(), "2026-04 630.00".to_owned()], "630.00".to_owned()));
    }

    fn a_reminder_is_sent_once_for_each_level(engine: Engine) {
        let app = TestApp::start(engine);
        let shop = reseller(&app);
        pass(&app, "pt", "2026-03");
        assert_eq!(remind(&app), 0, "nothing is due on 1 April");
        // Due on 30 April: a day later it is overdue.
        app.advance(TimeDelta::days(30));
        assert_eq!((remind(&app), remind(&app)), (1, 0));
        assert_eq!(ageing(&app.master("pt")), ["thirty 700.00"]);
        app.advance(TimeDelta::days(30));
        assert_eq!((remind(&app), remind(&app)), (1, 0));
        assert_eq!(ageing(&app.master("pt")), ["sixty 700.00"]);
        // Nobody looked for a while: one reminder, of the level that was reached.
        app.advance(TimeDelta::days(90));
        assert_eq!((remind(&app), remind(&app)), (1, 0));
        assert_eq!(ageing(&app.master("pt")), ["older 700.00"]);
        let told = app.partner(&shop.partner).get("/v1/events?limit=200").expect(200);
        let reminders = told["data"].as_array().unwrap().iter().filter(|event| event["kind"] == "remittance.reminder");
        let levels: Vec<&Value> = reminders.map(|event| &event["data"]["level"]).collect();
        assert_eq!(levels, [&json!(1), &json!(2), &json!(4)]);
        let owed = app.partner(&shop.partner).get("/v1/remittances").expect(200)["data"][0]["statements"][0].clone();
        assert_eq!((&owed["reminder_level"], &owed["due_on"]), (&json!(4), &json!("2026-04-30")));
    }

    fn reminders_rise_by_themselves_on_the_day_that_a_bucket_begins_where_the_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let shop = reseller(&app);
        pass(&app, "pt", "2026-03");
        let level = |instant: &str| {
            let instant: DateTime<Utc> = instant.parse().unwrap();
            app.advance(instant - app.clock.now());
            app.do_jobs();
            let owed = app.partner(&shop.partner).get("/v1/remittances").expect(200)["data"][0]["statements"][0].clone();
            owed["reminder_level"].as_u64().unwrap()
        };
        // It is due on 30 April, and Lisbon's summer days begin at 23:00 UTC.
        let levels = ["2026-04-30T22:59:59Z", "2026-04-30T23:00:00Z", "2026-05-30T22:59:59Z", "2026-05-30T23:00:00Z"].map(level);
        assert_eq!(levels, [0, 1, 1, 2]);
        assert_eq!(level("2027-04-30T12:00:00Z"), 4, "overdue by a year");
    }

    fn d22_a_partner_sees_what_it_owes_and_nobody_elses(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let [one, other] = [(), ()].map(|()| Shop::open(&market, "helpdesk"));
        for shop in [&one, &other] {
            shop.sell(&market, &[]).bill(1, "1520.00");
        }
        let master = pass(&app, "pt", "2026-03");
        assert_eq!(master.get("/v1/remittances").expect(200)["data"].as_array().unwrap().len(), 2);
        let partner = app.partner(&one.partner);
        let own = partner.get("/v1/remittances").expect(200);
        assert_eq!(own["data"].as_array().unwrap().iter().map(|of| &of["partner_id"]).collect::<Vec<_>>(), [&json!(one.partner)]);
        let paid = pay(&master, &one.partner, "1.00", "T1").expect(201);
        app.partner(&other.partner).get(format!("/v1/remittance-payments/{}", id_of(&paid))).problem(404, "not_found");
        assert_eq!(app.master("br").get("/v1/remittances").expect(200)["data"], json!([]));
        pay(&app.master("br"), &one.partner, "1.00", "T1").problem(404, "not_found");
        let first = master.get("/v1/remittances?limit=1").expect(200);
        let next = master.get(format!("/v1/remittances?limit=1&after={}", first["next"].as_str().unwrap())).expect(200);
        assert_ne!(first["data"][0]["partner_id"], next["data"][0]["partner_id"]);
        assert_eq!(next["next"], Value::Null);
    }

    fn what_is_wrong_with_a_payment_is_told_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let shop = reseller(&app);
        let body = json!({
            "partner_id": shop.partner, "amount": { "amount": "0.00", "currency": "EUR" }, "received_on": "2026-03-03", "reference": "T1",
        });
        let refused = app.master("pt").post("/v1/remittance-payments", body);
        assert_eq!(refused.broken(), ["amount_not_positive - /amount/amount", "dated_in_future - /received_on"]);
    }
}

/// Where several processes look at the same time, one of them reminds.
#[test]
fn of_many_that_remind_at_once_one_does() {
    let app = TestApp::start(Engine::Postgres);
    let shop = reseller(&app);
    pass(&app, "pt", "2026-03");
    app.advance(TimeDelta::days(30));
    let reminded: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| remind(&app))).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(reminded, 1);
    let told = app.partner(&shop.partner).get("/v1/events?limit=200").expect(200);
    assert_eq!(told["data"].as_array().unwrap().iter().filter(|event| event["kind"] == "remittance.reminder").count(), 1);
}
