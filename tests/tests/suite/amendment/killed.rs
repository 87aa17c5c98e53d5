//! An amendment whose process is killed while it counts past sales again goes on in another one, and counts each sale once.

use std::{thread, time::Duration};

use chrono::{TimeDelta, Utc};
use entente_tests::{
    app::TestApp,
    engine::wait,
    on_both_engines,
    process::{Process, serve_if_asked},
    sales::{Market, id_of},
};
use persistence::invariants::INVARIANTS;
use serde_json::{Value, json};

use super::{amended, approve, brought, propose, rate, until_applied};

#[test]
fn a_process_that_counts_again() {
    serve_if_asked();
}

fn process(url: &str, key: &[u8]) -> Process {
    Process::start("amendment::killed::a_process_that_counts_again", url, key)
}

on_both_engines! {
    fn a_retroactive_amendment_whose_process_is_killed_again_and_again_counts_each_sale_once(engine: Engine) {
        const SALES: usize = 90;
        let app = TestApp::start(engine);
        // The processes have the real time.
        app.clock.set(Utc::now());
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let today = Utc::now().date_naive().to_string();
        for _ in 0..SALES {
            brought(&market, &agreement, &today).bill(1, "1200.00");
        }
        let from = (Utc::now() - TimeDelta::days(30)).date_naive().to_string();
        let (first, second) = (app.master("fr"), app.master("fr"));
        let id = propose(&first, &amended(&first, "referrer", &from, "existing_agreements", rate("0.2")));
        let (second, clock) = (second.at(app.address()), app.clock.clone());
        let (store, key) = app.close();
        let restated = |caller: &entente_tests::app::Caller| {
            caller.get(format!("/v1/amendments/{id}")).expect(200)["restated_sales"].as_u64().unwrap()
        };
        let mut seen = Vec::new();
        for wait_ms in [0, 40, 80, 160, 320] {
            let served = process(&store.url(), &key);
            let caller = second.at(served.address());
            seen.push(restated(&caller));
            // Whoever is asked to approve it again goes on with it.
            approve(&caller, &id).expect(200);
            thread::sleep(Duration::from_millis(wait_ms));
            served.kill();
        }
        assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]), "{seen:?}");
        let served = process(&store.url(), &key);
        let caller = second.at(served.address());
        approve(&caller, &id).expect(200);
        assert_eq!(until_applied(&caller, &id)["restated_sales"], json!(SALES));
        let mut adjusted = 0;
        let mut next = String::new();
        loop {
            let page = caller.get(format!("/v1/ledger-entries?limit=200{next}")).expect(200);
            let entries: Vec<Value> = page["data"].as_array().unwrap().clone();
            adjusted += entries.iter().filter(|entry| entry["correction"] == "adjustment").inspect(|entry| {
                assert_eq!(entry["amount"]["amount"], "60.00", "{}", id_of(entry));
            }).count();
            let Some(after) = page["next"].as_str() else { break };
            next = format!("&after={after}");
        }
        assert_eq!(adjusted, SALES);
        let db = store.open(clock.clock());
        for invariant in INVARIANTS {
            let broken = wait(db.read(|tx| invariant.broken(tx.conn))).expect("a check");
            assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
        }
    }
}
