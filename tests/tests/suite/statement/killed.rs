//! A closing run that is killed goes on where it was, in another process, and states each entry once.

use std::{collections::BTreeSet, thread, time::Duration};

use chrono::{Months, Utc};
use entente_tests::{
    app::TestApp,
    bulk::repeat_entry,
    engine::wait,
    on_both_engines,
    process::{Process, serve_if_asked},
    sales::{Market, id_of},
};
use persistence::invariants::INVARIANTS;
use serde_json::json;

use super::brought;

#[test]
fn a_process_that_closes() {
    serve_if_asked();
}

fn process(url: &str, key: &[u8]) -> Process {
    Process::start("statement::killed::a_process_that_closes", url, key)
}

on_both_engines! {
    fn a_run_whose_process_is_killed_again_and_again_states_each_entry_once(engine: Engine) {
        const PARTNERS: u32 = 6;
        const EACH: u32 = 6_000;
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
        let total = i64::from(PARTNERS * (EACH + 1));
        // Whoever is asked for the same run goes on with it, and each is killed a little later than the one before.
        let (mut kills, mut stated) = (0_u64, BTreeSet::new());
        let run = loop {
            let served = process(&store.url(), &key);
            let caller = master.at(served.address());
            let asked = caller.post("/v1/statement-runs", json!({ "period": period, "currency": "EUR" }));
            let run = asked.expect(if kills == 0 { 201 } else { 200 });
            assert_eq!(run["entry_count"], json!(total));
            thread::sleep(Duration::from_millis(kills * kills * 8));
            let run = caller.get(format!("/v1/statement-runs/{}", id_of(&run))).expect(200);
            stated.insert(run["entries_stated"].as_i64().unwrap());
            if run["state"] == "completed" {
                break run;
            }
            served.kill();
            kills += 1;
            assert!(kills < 60, "it does not end: {run}");
        };
        assert!(kills > 3 && stated.len() > 2, "killed {kills} times at {stated:?}");
        let served = process(&store.url(), &key);
        let caller = master.at(served.address());
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
