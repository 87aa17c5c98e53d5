//! Many clients pay the same partners through processes that are killed again and again: whatever the moment, each statement is paid
//! once, and none is left out.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chrono::{Months, Utc};
use persistence::invariants::INVARIANTS;
use serde_json::{Value, json};

use crate::{
    app::{Caller, TestApp},
    engine::{Engine, wait},
    process::Process,
    sales::{Market, id_of, line},
};

/// Who is paid, by how many, and how often a process is killed meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Rush {
    /// How many partners are owed something.
    pub partners: usize,
    /// How many clients pay them.
    pub clients: usize,
    /// How many processes serve at once.
    pub processes: usize,
    /// How often one of them is killed, and another takes its place.
    pub kills: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// How many statements there were to pay.
    pub statements: usize,
    /// How many payouts were made in all.
    pub payouts: usize,
    /// How many requests got no answer.
    pub unanswered: usize,
    /// How long it took.
    pub took: Duration,
    /// Statements that were not paid, or not once.
    pub wrong: Vec<String>,
    /// What breaks a rule that must always hold.
    pub broken: Vec<String>,
}

const ACCOUNTS: [&str; 2] = ["FR7630006000011234567890189", "FR1420041010050500013M02606"];

fn set_account(caller: &Caller, iban: &str) {
    let account = json!({ "holder": "Holder", "country": "FR", "currency": "EUR", "iban": iban });
    caller.post("/v1/bank-accounts", account).expect(201);
}

/// Partners to whom last month owes 180.00 each.
fn owe(app: &TestApp, partners: usize) {
    let now = Utc::now();
    app.clock.set(now.checked_sub_months(Months::new(1)).expect("a month before"));
    let period = app.clock.now().format("%Y-%m").to_string();
    let market = Market::all_in_web(app);
    set_account(market.master(), ACCOUNTS[0]);
    for _ in 0..partners {
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        set_account(&market.caller(&partner), ACCOUNTS[1]);
        let customer = market.customer(&market.master_id());
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
        market.sell(market.master(), &body).bill(1, "1200.00");
    }
    app.clock.set(now);
    let master = app.master("fr");
    let run = master.post("/v1/statement-runs", json!({ "period": period, "currency": "EUR" })).expect(201);
    let path = format!("/v1/statement-runs/{}", id_of(&run));
    while master.get(path.clone()).expect(200)["state"] != "completed" {
        thread::sleep(Duration::from_millis(20));
    }
}

/// Makes a run, sends it and sees its payouts on the account, as far as whoever is asked lives.
fn pay(caller: &Caller) -> Result<(), String> {
    let made = caller.request("POST", "/v1/payout-runs").json(&json!({ "currency": "EUR" })).try_send()?;
    let open = caller.request("GET", "/v1/payouts?limit=200").try_send()?;
    let mut runs: Vec<String> = (made.status == 201).then(|| id_of(&made.json())).into_iter().collect();
    let payouts: Vec<Value> = open.json()["data"].as_array().cloned().unwrap_or_default();
    let approved = payouts.iter().filter(|payout| payout["state"] == "approved");
    runs.extend(approved.filter_map(|payout| payout["payout_run_id"].as_str().map(str::to_owned)));
    runs.sort_unstable();
    runs.dedup();
    for run in runs {
        caller.request("POST", format!("/v1/payout-runs/{run}/send")).json(&json!({})).try_send()?;
    }
    for payout in payouts.iter().filter(|payout| payout["state"] == "sent") {
        let number = rand::random::<u8>();
        // Some come back, and are paid again.
        let (action, body) = if number < 48 { ("return", json!({ "reason": "AC04" })) } else { ("pay", json!({})) };
        caller.request("POST", format!("/v1/payouts/{}/{action}", id_of(payout))).json(&body).try_send()?;
    }
    Ok(())
}

/// Runs it over a database of its own. `serving` is the test that a process is started to run, which serves.
pub fn rush(engine: Engine, size: Rush, serving: &str) -> Outcome {
    let app = TestApp::start(engine);
    owe(&app, size.partners);
    let master = app.master("fr").at(app.address());
    let clock = app.clock.clone();
    // Nobody but the processes that are killed has the database open.
    let (store, key) = app.close();
    let start = || Process::start(serving, &store.url(), &key);
    let serving: Vec<Mutex<Option<Process>>> = (0..size.processes).map(|_| Mutex::new(Some(start()))).collect();
    let address = |place: usize| serving[place].lock().expect("a process").as_ref().map(Process::address);
    let (over, unanswered, started) = (AtomicBool::new(false), AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        for client in 0..size.clients {
            let (address, master, over, unanswered) = (&address, &master, &over, &unanswered);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let Some(address) = address(client % size.processes) else { continue };
                    if pay(&master.at(address)).is_err() {
                        unanswered.fetch_add(1, Ordering::Relaxed);
                        thread::sleep(Duration::from_millis(5));
                    }
                }
            });
        }
        for kill in 0..size.kills {
            thread::sleep(Duration::from_millis(150 + 37 * u64::try_from(kill % 7).unwrap_or_default()));
            let mut place = serving[kill % size.processes].lock().expect("a process");
            if let Some(process) = place.take() {
                process.kill();
            }
            *place = Some(start());
        }
        over.store(true, Ordering::Relaxed);
    });
    let caller = master.at(address(0).expect("a process"));
    let payouts = finish(&caller);
    let took = started.elapsed();
    let (statements, wrong) = paid_once(&caller, &payouts);
    drop(serving);
    let db = store.open(clock.clock());
    let mut broken = Vec::new();
    for invariant in INVARIANTS {
        let rows = wait(db.read(|tx| invariant.broken(tx.conn))).expect("a check");
        broken.extend(rows.into_iter().map(|row| format!("{}: {row}", invariant.rule)));
    }
    Outcome { statements, payouts: payouts.len(), unanswered: unanswered.into_inner(), took, wrong, broken }
}

/// Takes whatever is left to its end: all that is open is paid.
fn finish(caller: &Caller) -> Vec<Value> {
    caller.post("/v1/payout-runs", json!({ "currency": "EUR" }));
    for payout in listed(caller, "/v1/payouts") {
        if payout["state"] == "approved" {
            let path = format!("/v1/payout-runs/{}/send", payout["payout_run_id"].as_str().unwrap_or_default());
            caller.post(path, json!({})).expect(200);
        }
        if matches!(payout["state"].as_str(), Some("approved" | "sent")) {
            caller.post(format!("/v1/payouts/{}/pay", id_of(&payout)), json!({})).expect(200);
        }
    }
    caller.post("/v1/payout-runs", json!({ "currency": "EUR" })).problem(422, "invalid_request");
    listed(caller, "/v1/payouts")
}

fn listed(caller: &Caller, path: &str) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = caller.get(format!("{path}?limit=200{after}")).expect(200);
        found.extend(page["data"].as_array().expect("rows").iter().cloned());
        let Some(next) = page["next"].as_str() else { return found };
        after = format!("&after={next}");
    }
}

/// How many statements there are, and those that no payout paid, or several did, or another amount than they state.
fn paid_once(caller: &Caller, payouts: &[Value]) -> (usize, Vec<String>) {
    let mut paid: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for payout in payouts.iter().filter(|payout| payout["state"] == "paid") {
        for part in payout["parts"].as_array().into_iter().flatten() {
            paid.entry(part["statement_id"].as_str().unwrap_or_default()).or_default().push(&part["amount"]);
        }
    }
    let statements = listed(caller, "/v1/statements");
    let wrong = statements.iter().filter(|statement| {
        let id = statement["id"].as_str().unwrap_or_default();
        paid.get(id).is_none_or(|amounts| amounts[..] != [&statement["lines_total"]])
    });
    (statements.len(), wrong.map(id_of).collect())
}
