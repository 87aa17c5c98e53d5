//! Statements: each entry stands on exactly one, balances chain, tax is explained, and what is closed never changes by a byte.

mod balances;
mod deadline;
mod killed;
mod pdf;
mod sample;
mod standing;
mod storage;
mod tax;
mod untaxable;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, Sold, id_of, line},
};
use serde_json::{Value, json};

/// A sale of one instance of 1,200.00 a year that the master contracts and a partner brings.
fn brought<'a>(market: &'a Market<'_>, agreement: &str) -> Sold<'a> {
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let customer = market.customer(&market.master_id());
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
    market.sell(market.master(), &body)
}

fn period(code: &str) -> Value {
    json!({ "period": code, "currency": "EUR" })
}

/// Starts a closing run in euros and waits until it is completed.
pub(crate) fn close(master: &Caller, code: &str) -> Value {
    close_in(master, code, "EUR")
}

/// Starts a closing run and waits until it is completed.
fn close_in(master: &Caller, code: &str, currency: &str) -> Value {
    let run = master.post("/v1/statement-runs", json!({ "period": code, "currency": currency })).expect(201);
    let path = format!("/v1/statement-runs/{}", id_of(&run));
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let run = master.get(path.clone()).expect(200);
        if run["state"] == "completed" {
            return run;
        }
        assert!(Instant::now() < deadline, "it does not end: {run}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The statements that a caller sees, oldest first.
fn statements(caller: &Caller, query: &str) -> Vec<Value> {
    let page = caller.get(format!("/v1/statements?limit=200{query}")).expect(200);
    page["data"].as_array().unwrap().iter().rev().cloned().collect()
}

fn document(caller: &Caller, statement: &Value) -> Value {
    caller.get(format!("/v1/statements/{}", id_of(statement))).expect(200)
}

fn amount(money: &Value) -> &str {
    money["amount"].as_str().unwrap()
}

/// What a statement comes to: opening, lines, tax, kept back, paid, closing.
fn balances(statement: &Value) -> [&str; 6] {
    ["opening_balance", "lines_total", "vat", "withheld", "paid_total", "closing_balance"].map(|part| amount(&statement[part]))
}

/// What the lines of a document say: kind, correction and amount.
fn lines(document: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let say = |it: &Value| format!("{} {} {}", text(&it["kind"]), text(&it["correction"]), amount(&it["amount"]));
    document["lines"].as_array().unwrap().iter().map(say).collect()
}

on_both_engines! {
    fn each_entry_stands_on_one_statement_and_balances_chain(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let sold = brought(&market, &agreement);
        sold.record(1, "invoice", "1200.00");
        sold.record(1, "collection", "400.00");
        let states = |caller: &Caller| {
            let page = caller.get("/v1/ledger-entries").expect(200);
            page["data"].as_array().unwrap().iter().rev().map(|entry| entry["state"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(states(&market.caller(&partner)), [json!("payable")]);
        app.advance(TimeDelta::days(30));
        let run = close(&app.master("fr"), "2026-03");
        assert_eq!(states(&app.partner(&partner)), [json!("stated")]);
        assert_eq!((&run["entry_count"], &run["entries_stated"], &run["statements_closed"]), (&json!(1), &json!(1), &json!(1)));
        assert_eq!((&run["first_day"], &run["last_day"], &run["due_on"]), (&json!("2026-03-01"), &json!("2026-03-31"), &json!("2026-04-30")));
        let [march] = &statements(&app.partner(&partner), "")[..] else { panic!("one statement") };
        // 15 % of 400.00; no tax profile, no tax.
        assert_eq!(balances(march), ["0.00", "60.00", "0.00", "0.00", "0.00", "60.00"]);
        assert_eq!((&march["kind"], &march["tax_treatment"], &march["number"]), (&json!("earnings"), &json!("no_profile"), &json!(1)));

        // In April the rest is collected and a part of it refunded.
        let market = Market::all_in_web(&app);
        let sold = market.again(&sold);
        sold.record(1, "collection", "800.00");
        sold.record(1, "refund", "100.00");
        app.advance(TimeDelta::days(30));
        let run = close(&app.master("fr"), "2026-04");
        assert_eq!(run["entries_stated"], json!(2));
        let all = statements(&app.partner(&partner), "");
        assert_eq!(all[0], *march);
        assert_eq!(balances(&all[1]), ["60.00", "105.00", "0.00", "0.00", "0.00", "165.00"]);
        let shown = document(&app.partner(&partner), &all[1]);
        assert_eq!(lines(&shown), ["commission - 120.00", "commission reversal -15.00"]);
        assert_eq!(shown["previous_id"], march["id"]);
        let (stated, correction) = (&shown["lines"][0], &shown["lines"][1]);
        let corrected = correction["corrects_id"].as_str().unwrap();
        assert!(corrected.starts_with("entry_") && correction["corrects_statement_id"].as_str().is_some(), "{correction}");
        // The main components of the calculation: 15 % of the first annuity of 1,200.00, of which 1,200.00 was collected.
        let calculation = &stated["calculation"];
        assert_eq!((&calculation["base"], &calculation["rate"]), (&json!("1200.00"), &json!("0.15")));
        assert_eq!((&calculation["reached"], &calculation["entitled_to_date"]), (&json!("1200.00"), &json!("180.00")));
        let explained = app.partner(&partner).get(stated["explanation"].as_str().unwrap()).expect(200);
        assert_eq!(explained["amount"], stated["amount"]);
    }

    fn what_happened_in_an_open_month_is_stated_for_it_whenever_it_is_recorded(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let sold = brought(&market, &agreement);
        // It is the tenth of April.
        app.advance(TimeDelta::days(39));
        let market = Market::all_in_web(&app);
        let sold = market.again(&sold);
        sold.record_on("2026-03-20", 1, "invoice", "1200.00");
        sold.record_on("2026-03-25", 1, "collection", "400.00");
        sold.record_on("2026-04-05", 1, "collection", "500.00");
        let days = |caller: &Caller| sold.entries(caller).iter().map(|entry| entry["dated_on"].clone()).collect::<Vec<_>>();
        assert_eq!(days(market.master()), [json!("2026-03-25"), json!("2026-04-05")]);
        close(market.master(), "2026-03");
        // March is closed: what is told of it later is April's.
        sold.record_on("2026-03-31", 1, "collection", "300.00");
        assert_eq!(days(market.master()), [json!("2026-03-25"), json!("2026-04-05"), json!("2026-04-01")]);
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-04");
        let stated = statements(&app.partner(&partner), "");
        let totals: Vec<&str> = stated.iter().map(|it| amount(&it["lines_total"])).collect();
        assert_eq!(totals, ["60.00", "120.00"]);
        let april = document(&app.partner(&partner), &stated[1]);
        assert_eq!(lines(&april), ["commission - 45.00", "commission - 75.00"]);
    }

    fn the_same_period_again_is_the_same_run_and_what_is_closed_stays(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        brought(&market, &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        let master = app.master("fr");
        let run = close(&master, "2026-03");
        let [statement] = &statements(&master, "")[..] else { panic!("one statement") };
        let path = format!("/v1/statements/{}", id_of(statement));
        let before = master.get(path.clone());
        assert_eq!(master.post("/v1/statement-runs", period("2026-03")).expect(200), run);
        let refused = master.post("/v1/statement-runs", period("2026-02"));
        assert_eq!(refused.broken(), ["period_closed - /period"]);
        assert_eq!(master.get(path).text, before.text);
        // The digest in the list and in the header is that of the bytes.
        let digest = sha256(&before.text);
        assert_eq!(statement["content_hash"], json!(digest.0));
        assert_eq!(before.header("repr-digest"), Some(format!("sha-256=:{}:", digest.1)));
    }

    fn a_run_that_cannot_be_is_refused_with_every_reason(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("fr");
        let refused = |body: Value| master.post("/v1/statement-runs", body).broken();
        // It is the second of March.
        assert_eq!(refused(period("2026-03")), ["period_not_ended - /period"]);
        assert_eq!(refused(period("2026-Q1")), ["period_not_ended - /period", "wrong_period_length - /period"]);
        assert_eq!(refused(json!({ "period": "2026-02", "currency": "XXQ" })), ["unknown_currency - /currency"]);
        let empty = close(&master, "2026-02");
        assert_eq!((&empty["entry_count"], &empty["statements_closed"]), (&json!(0), &json!(0)));
        let tried = master.post("/v1/statement-runs?dry_run=true", period("2026-01"));
        tried.problem(422, "invalid_request");
    }

    fn a_dry_run_says_what_a_run_has_to_state_and_starts_none(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let agreement = market.agreement(&market.partner(), "referrer", None);
        brought(&market, &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        let master = app.master("fr");
        let tried = master.post("/v1/statement-runs?dry_run=true", period("2026-03")).expect(200);
        assert_eq!((&tried["entry_count"], &tried["state"]), (&json!(1), &json!("running")));
        assert_eq!(master.get("/v1/statement-runs").expect(200)["data"], json!([]));
        assert_eq!(master.get("/v1/periods").expect(200)["data"], json!([]));
        assert_eq!(close(&master, "2026-03")["entries_stated"], json!(1));
    }

    fn what_a_reseller_owes_its_master_stands_apart_from_what_it_pays_its_promoter_and_each_sees_its_own(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let agreement = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        shop.sell(&market, &[&agreement]).bill(1, "1520.00");
        let stranger = market.partner();
        app.advance(TimeDelta::days(30));
        let run = close(&app.master("pt"), "2026-03");
        assert_eq!(run["statements_closed"], json!(2));
        let say = |it: &Value| {
            format!("{} {} {} {}", it["kind"].as_str().unwrap(), it["payer"]["kind"].as_str().unwrap(), it["payee"]["kind"].as_str().unwrap(), amount(&it["closing_balance"]))
        };
        let seen = |caller: &Caller| {
            let mut seen: Vec<String> = statements(caller, "").iter().map(say).collect();
            seen.sort();
            seen
        };
        // Modules 1,000.00, margin 30 % and 5 points of uplift; the promoter earns 10 % of the modules.
        let both = ["earnings partner partner 100.00", "remittance partner master 650.00"];
        assert_eq!(seen(&app.partner(&shop.partner)), both);
        assert_eq!(seen(&app.master("pt")), both);
        assert_eq!(seen(&app.partner(&promoter)), both[..1]);
        assert_eq!(seen(&app.partner(&stranger)), Vec::<String>::new());
        assert_eq!(seen(&app.master("br")), Vec::<String>::new());
        let remittance = &statements(&app.partner(&shop.partner), "&kind=remittance")[0];
        let path = format!("/v1/statements/{}", id_of(remittance));
        app.partner(&promoter).get(path.clone()).problem(404, "not_found");
        app.partner(&promoter).get(format!("{path}/document?format=csv")).problem(404, "not_found");
        app.partner(&shop.partner).get("/v1/statement-runs").problem(403, "forbidden");
        // Both were told, and nobody else.
        let told = |caller: &Caller| {
            let events = caller.get("/v1/events?limit=200").expect(200);
            events["data"].as_array().unwrap().iter().filter(|event| event["kind"] == "statement.closed").count()
        };
        assert_eq!(told(&app.partner(&promoter)), 1);
        assert_eq!(told(&app.partner(&shop.partner)), 2);
        assert_eq!(told(&app.partner(&stranger)), 0);
    }

    fn a_statement_is_read_as_json_or_csv_and_stays_the_same_bytes(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let sold = brought(&market, &agreement);
        sold.bill(1, "1200.00");
        sold.record(1, "refund", "100.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-03");
        let caller = app.partner(&partner);
        let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
        let path = format!("/v1/statements/{}", id_of(statement));
        let ask = |accept: &str| caller.request("GET", path.clone()).header("accept", accept).send();
        let csv = ask("text/csv");
        assert_eq!(csv.header("content-type").as_deref(), Some("text/csv; charset=utf-8"));
        assert_eq!(ask("text/csv").text, csv.text);
        assert_eq!(caller.get(format!("{path}/document?format=csv")).text, csv.text);
        let mut rows = csv.text.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let columns = rows.next().unwrap();
        let column = |name: &str| columns.iter().position(|column| *column == name).unwrap();
        let said: Vec<String> =
            rows.map(|row| format!("{} {} {}", row[column("item")], row[column("currency")], row[column("amount")])).collect();
        let expected = [
            "commission EUR 180.00",
            "commission EUR -15.00",
            "opening_balance EUR 0.00",
            "vat EUR 0.00",
            "paid_total EUR 0.00",
            "closing_balance EUR 165.00",
        ];
        assert_eq!(said, expected);
        // The table alone says how each line comes about: rate x base x reached / contracted, less what was posted (§7.1).
        let cells = ["base", "rate", "reached", "contracted", "entitled_to_date", "posted_before", "left_of_corrected"];
        let lines: Vec<String> = csv.text.lines().skip(1).take(2).map(|row| {
            let row: Vec<&str> = row.split(',').collect();
            cells.map(|cell| row[column(cell)]).join(" ")
        }).collect();
        assert_eq!(lines, ["1200.00 0.15 1200.00 1200.00 180.00 0.00 ", "1200.00 0.15 1100.00 1200.00 165.00 180.00 180.00"]);
        let json = ask("application/json");
        assert_eq!(json.etag(), "\"1\"");
        assert_eq!(caller.get(format!("{path}/document?format=json")).text, json.text);
        ask("text/html").problem(406, "not_acceptable");
        let known = caller.request("GET", path.clone()).header("accept", "text/csv").header("if-none-match", &csv.etag()).send();
        assert_eq!(known.status, 304);
    }
}

/// SHA-256 in hexadecimal digits and in Base64.
fn sha256(text: &str) -> (String, String) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    (digest.iter().map(|byte| format!("{byte:02x}")).collect(), STANDARD.encode(digest))
}

/// A violation's codes of an answer that is 422.
fn refused(answer: &Answer) -> Vec<String> {
    answer.problem(422, "invalid_request");
    answer.broken()
}
