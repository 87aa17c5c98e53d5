//! Payouts: where companies are paid, what is paid to them exactly once, and what their banks say of it (R10, R15, R25, R47, D20).

mod account;
mod amended;
mod bank;
mod debt;
mod file;
mod guards;
mod processes;
mod remittance;
mod reseller;
mod run;
mod state;

use std::time::{Duration, Instant};

use chrono::{Months, NaiveDate};
use entente_tests::{
    app::{Caller, TestApp},
    sales::{Market, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

/// IBANs with their check digits, as they stand in the standard's examples.
const FRENCH: [&str; 2] = ["FR7630006000011234567890189", "FR1420041010050500013M02606"];

fn account(holder: &str, iban: &str) -> Value {
    json!({ "holder": holder, "country": &iban[..2], "currency": "EUR", "iban": iban })
}

fn set_account(caller: &Caller, iban: &str) -> String {
    id_of(&caller.post("/v1/bank-accounts", account("Société d'essai", iban)).expect(201))
}

/// A sale of `quantity` instances at 1,200.00 a year that the master contracts and a partner brings, billed and collected whole.
fn earn<'a>(market: &'a Market<'_>, agreement: &str, quantity: u32) -> Sold<'a> {
    let mut line = line(&market.item("instance"), "year", None);
    line["quantity"] = json!(quantity);
    let customer = market.customer(&market.master_id());
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": [line] });
    let sold = market.sell(market.master(), &body);
    sold.bill(1, &format!("{}.00", 1200 * quantity));
    sold
}

/// A referrer with an account: 15 % of what it brings.
fn referrer(market: &Market<'_>) -> (String, String) {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "referrer", None);
    set_account(&market.caller(&partner), FRENCH[1]);
    (partner, agreement)
}

/// Closes a month whose last day is past, and waits until all its statements are sealed.
fn close(master: &Caller, period: &str) {
    let run = master.post("/v1/statement-runs", json!({ "period": period, "currency": "EUR" })).expect(201);
    let path = format!("/v1/statement-runs/{}", id_of(&run));
    let deadline = Instant::now() + Duration::from_secs(30);
    while master.get(path.clone()).expect(200)["state"] != "completed" {
        assert!(Instant::now() < deadline, "the closing run does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A month passes, and is closed: the master that runs things then.
fn pass(app: &TestApp, master: &str, period: &str) -> Caller {
    let first: NaiveDate = format!("{period}-01").parse().unwrap();
    let next = first.checked_add_months(Months::new(1)).unwrap();
    app.clock.set(next.and_hms_opt(9, 0, 0).unwrap().and_utc());
    let master = app.master(master);
    close(&master, period);
    master
}

fn run(master: &Caller) -> Value {
    master.post("/v1/payout-runs", json!({ "currency": "EUR" })).expect(201)
}

/// Why a caller cannot make a payout run now.
fn no_run(payer: &Caller) -> Vec<String> {
    payer.post("/v1/payout-runs", json!({ "currency": "EUR" })).broken()
}

/// The first statement of a period that a caller sees; of a partner and its master there is one.
fn statement_of(caller: &Caller, period: &str) -> Value {
    let page = caller.get("/v1/statements?limit=200").expect(200);
    let found = page["data"].as_array().unwrap().iter().find(|statement| statement["period"] == period);
    found.unwrap_or_else(|| panic!("no statement of {period}")).clone()
}

/// The payouts that a caller sees, oldest first.
fn payouts(caller: &Caller) -> Vec<Value> {
    let page = caller.get("/v1/payouts?limit=200").expect(200);
    page["data"].as_array().unwrap().iter().rev().cloned().collect()
}

/// What payouts say: state, amount, and the amounts of their parts.
fn summary(payouts: &[Value]) -> Vec<String> {
    let amount = |value: &Value| value["amount"]["amount"].as_str().unwrap().to_owned();
    let say = |payout: &Value| {
        let parts: Vec<String> = payout["parts"].as_array().unwrap().iter().map(amount).collect();
        format!("{} {} = {}", payout["state"].as_str().unwrap(), amount(payout), parts.join(" "))
    };
    payouts.iter().map(say).collect()
}

fn act(caller: &Caller, payout: &Value, action: &str, body: Value) -> entente_tests::app::Answer {
    caller.post(format!("/v1/payouts/{}/{action}", id_of(payout)), body)
}

fn send(caller: &Caller, run: &Value) -> entente_tests::app::Answer {
    caller.post(format!("/v1/payout-runs/{}/send", id_of(run)), json!({}))
}

fn reason(reason: &str) -> Value {
    json!({ "reason": reason })
}

/// The entries that a caller sees, oldest first: correction, amount and state.
fn entries(caller: &Caller) -> Vec<String> {
    let page = caller.get("/v1/ledger-entries?limit=200").expect(200);
    let say = |entry: &Value| {
        let text = |field: &str| entry[field].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("correction"), entry["amount"]["amount"].as_str().unwrap(), text("state"))
    };
    page["data"].as_array().unwrap().iter().rev().map(say).collect()
}

/// Takes back an amount of what was billed and collected of a contract's first year.
fn take_back(master: &Caller, contract: &str, amount: &str) {
    let annuity = id_of(&master.get(format!("/v1/annuities?contract_id={contract}")).expect(200)["data"][0]);
    for kind in ["credit", "refund"] {
        let body =
            json!({ "kind": kind, "amount": eur(amount), "dated_on": "2026-03-02", "reference": format!("{kind}-{amount}") });
        master.post(format!("/v1/annuities/{annuity}/instalments"), body).expect(201);
    }
}

/// Pays a run's payouts: sent, and seen on the payer's account.
fn pay(payer: &Caller, made: &Value) {
    send(payer, made).expect(200);
    let page = payer.get(format!("/v1/payouts?limit=200&payout_run_id={}", id_of(made))).expect(200);
    for payout in page["data"].as_array().unwrap() {
        act(payer, payout, "pay", json!({})).expect(200);
    }
}
