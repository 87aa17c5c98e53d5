//! A closing run that is killed goes on where it was, in another process, and states each entry once.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use chrono::{Months, Utc};
use entente_tests::{
    app::{Caller, TestApp},
    bulk::repeat_entry,
    engine::wait,
    on_both_engines,
    process::{Process, serve_if_asked},
    sales::{Market, id_of},
};
use persistence::invariants::INVARIANTS;
use serde_json::{Value, json};

use super::brought;

#[test]
fn a_process_that_closes() {
    serve_if_asked();
}

fn process(url: &str, key: &[u8]) -> Process {
    Process::start("statement::killed::a_process_that_closes", url, key)
}

/// Looks at a run until it is as wanted.
fn until(caller: &Caller, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let run = caller.get(path).expect(200);
        if wanted(&run) {
            return run;
        }
        assert!(Instant::now() < deadline, "it does not go on: {run}");
        thread::sleep(Duration::from_millis(10));
    }
}

on_both_engines! {
    fn a_run_whose_process_is_killed_again_and_again_states_each_entry_once(engine: Engine) {
        const PARTNERS: u32 = 4;
        const EACH: u32 = 7_000;
        let app = TestApp::start(engine);
        // The processes have the real time: what was earned last month is stated in this one.
        let today = Utc::now();
        app.clock.set(today.checked_sub_months(Months::new(1)).unwrap());
        let market = Market::all_in_web(&app);
        for turn in 1..=PARTNERS {
            let partner = market.partner();
            let agreement = market.agreement(&partner, "referrer", None);
            brought(&market, &agreement).bill(1, "1200.00");
            repeat_entry(&app.db, engine, &partner, turn, EACH);
        }
        let period = app.clock.now().format("%Y-%m").to_string();
        app.clock.set(Utc::now());
        let master = app.master("fr").at(app.address());
        let clock = app.clock.clone();
        let (store, key) = app.close();
        let served = process(&store.url(), &key);
        let caller = master.at(served.address());
        let run = caller.post("/v1/statement-runs", json!({ "period": period, "currency": "EUR" })).expect(201);
        let total = i64::from(PARTNERS * (EACH + 1));
        assert_eq!(run["entry_count"], json!(total));
        let path = format!("/v1/statement-runs/{}", id_of(&run));
        until(&caller, &path, |run| run["entries_stated"].as_i64().unwrap() > 0);
        served.kill();
        let stated = |caller: &Caller| caller.get(path.clone()).expect(200)["entries_stated"].as_i64().unwrap();
        let mut before = 0;
        // Whoever is asked for the same run goes on with it.
        for _ in 0..2 {
            let served = process(&store.url(), &key);
            let caller = master.at(served.address());
            before = before.max(stated(&caller));
            caller.post("/v1/statement-runs", json!({ "period": period, "currency": "EUR" })).expect(201);
            until(&caller, &path, |run| run["state"] == "completed" || run["entries_stated"].as_i64().unwrap() > before);
            served.kill();
        }
        let served = process(&store.url(), &key);
        let caller = master.at(served.address());
        caller.post("/v1/statement-runs", json!({ "period": period, "currency": "EUR" })).expect(201);
        let run = until(&caller, &path, |run| run["state"] == "completed");
        assert_eq!((&run["entries_stated"], &run["statements_closed"]), (&json!(total), &json!(PARTNERS)));
        let page = caller.get("/v1/statements").expect(200);
        let mut entries = BTreeSet::new();
        for statement in page["data"].as_array().unwrap() {
            let document = caller.get(format!("/v1/statements/{}", id_of(statement))).expect(200);
            let lines = document["lines"].as_array().unwrap();
            assert_eq!(lines.len(), usize::try_from(EACH + 1).unwrap());
            assert!(lines.iter().zip(1..).all(|(line, position)| line["position"] == json!(position)));
            entries.extend(lines.iter().map(|line| line["ledger_entry_id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(i64::try_from(entries.len()).unwrap(), total);
        let db = store.open(clock.clock());
        for invariant in INVARIANTS.iter().filter(|invariant| invariant.rule.contains("statement")) {
            let broken = wait(db.read(|tx| invariant.broken(tx.conn))).expect("a check");
            assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
        }
    }
}
