//! Each statement is paid once whatever the number of processes, and whenever one of them is killed.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use chrono::Utc;
use entente_tests::{
    app::TestApp,
    engine::Engine,
    on_both_engines,
    process::Process,
    sales::{Market, line},
};

use super::*;
use crate::processes::{assert_sound, at_each, at_once, counts, process, processes, tally};

/// Partners to whom March owes 180.00 each, at a time that the processes beside show too.
fn owed(app: &TestApp, partners: usize) -> Vec<String> {
    let market = Market::all_in_web(app);
    set_account(market.master(), FRENCH[0]);
    let owed: Vec<(String, String)> = (0..partners).map(|_| referrer(&market)).collect();
    for (_, agreement) in &owed {
        earn(&market, agreement, 1);
    }
    pass(app, "fr", "2026-03");
    app.clock.set(Utc::now());
    owed.into_iter().map(|(partner, _)| partner).collect()
}

#[test]
fn of_runs_made_at_once_at_three_processes_one_pays() {
    let app = TestApp::start(Engine::Postgres);
    owed(&app, 3);
    let others: [Process; 3] = processes(&app);
    let masters = at_each(&app.master("fr"), &others);
    let callers: Vec<&Caller> = (0..9).map(|n| &masters[n % 3]).collect();
    let answers = at_once(&callers, |master| master.post("/v1/payout-runs", json!({ "currency": "EUR" })));
    assert_eq!(tally(&answers), counts([("201", 1), ("422 invalid_request", 8)]));
    assert_eq!(summary(&payouts(&app.master("fr"))), vec!["approved 180.00 = 180.00"; 3]);
    // Approved by one, canceled by another, at once: one of the two happens.
    for payout in payouts(&app.master("fr")) {
        let path = |action: &str| format!("/v1/payouts/{}/{action}", id_of(&payout));
        let asked = [(&masters[0], path("cancel")), (&masters[1], path("cancel")), (&masters[2], path("cancel"))];
        let answers = at_once(&asked, |(master, path)| master.post(path.clone(), reason("Called off.")));
        assert_eq!(tally(&answers), counts([("200", 3)]), "the same again changes nothing");
    }
    let cancelled = app.master("fr").get("/v1/events?limit=200").expect(200);
    let told = cancelled["data"].as_array().unwrap().iter().filter(|event| event["kind"] == "payout.canceled");
    assert_eq!(told.count(), 3, "each was called off once");
    assert_sound(&app.db);
}

#[test]
fn the_same_bank_file_at_three_processes_at_once_pays_once() {
    let app = TestApp::start(Engine::Postgres);
    owed(&app, 2);
    let master = app.master("fr");
    let made = run(&master);
    send(&master, &made).expect(200);
    let today = Utc::now().format("%Y-%m-%d").to_string();
    let row = |payout: &Value| format!("{today},-180.00,EUR,{}\n", payout["end_to_end_id"].as_str().unwrap());
    let list = format!("booked_on,amount,currency,end_to_end_id\n{}", payouts(&master).iter().map(row).collect::<String>());
    let others: [Process; 3] = processes(&app);
    let masters = at_each(&master, &others);
    let callers: Vec<&Caller> = (0..6).map(|n| &masters[n % 3]).collect();
    let answers = at_once(&callers, |master| {
        master.request("POST", "/v1/bank-statements").header("content-type", "text/csv").raw(list.clone().into_bytes()).send()
    });
    assert_eq!(tally(&answers), counts([("200", 5), ("201", 1)]), "the same again changes nothing");
    assert_eq!(master.get("/v1/bank-statements").expect(200)["data"].as_array().unwrap().len(), 1);
    assert_eq!(summary(&payouts(&master)), vec!["paid 180.00 = 180.00"; 2]);
    assert_sound(&app.db);
}

/// Pays one partner: made, sent and seen on the account, as far as the service lives.
fn pay_one(caller: &Caller, partner: &str) -> Result<(), String> {
    let body = json!({ "currency": "EUR", "partner_ids": [partner] });
    let made = caller.request("POST", "/v1/payout-runs").json(&body).try_send()?;
    if made.status != 201 {
        return Ok(());
    }
    let id = id_of(&made.json());
    caller.request("POST", format!("/v1/payout-runs/{id}/send")).json(&json!({})).try_send()?;
    let page = caller.request("GET", format!("/v1/payouts?payout_run_id={id}")).try_send()?;
    for payout in page.json()["data"].as_array().into_iter().flatten() {
        caller.request("POST", format!("/v1/payouts/{}/pay", id_of(payout))).json(&json!({})).try_send()?;
    }
    Ok(())
}

/// What a partner earned less what was taken back of it, in cents.
fn earned(partner: &Caller) -> i64 {
    let (mut earned, mut after) = (0, String::new());
    loop {
        let page = partner.get(format!("/v1/ledger-entries?limit=200{after}")).expect(200);
        for entry in page["data"].as_array().unwrap() {
            let cents: i64 = entry["amount"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap();
            earned += if entry["correction"].is_null() { cents } else { -cents };
        }
        let Some(next) = page["next"].as_str() else { return earned };
        after = format!("&after={next}");
    }
}

/// Takes every payout to its end, wherever it was left.
fn finish(caller: &Caller) {
    for payout in payouts(caller) {
        let of_run = json!({ "id": payout["payout_run_id"] });
        if payout["state"] == "approved" {
            send(caller, &of_run).expect(200);
        }
        act(caller, &payout, "pay", json!({})).expect(200);
    }
}

on_both_engines! {
    fn a_process_that_is_killed_while_it_pays_pays_nothing_twice_and_leaves_nothing_out(engine: Engine) {
        let app = TestApp::start(engine);
        let partners = owed(&app, 12);
        let (master, address) = (app.master("fr"), app.address());
        let clock = app.clock.clone();
        // Nobody but the process that is killed has the database open.
        let (store, key) = app.close();
        let master = master.at(address);
        let next = AtomicUsize::new(0);
        for life in 0..6 {
            let served = process(&store.url(), &key);
            let caller = master.at(served.address());
            thread::scope(|scope| {
                for _ in 0..3 {
                    let (next, caller, partners) = (&next, &caller, &partners);
                    scope.spawn(move || {
                        loop {
                            let partner = &partners[next.fetch_add(1, Ordering::Relaxed) % partners.len()];
                            if pay_one(caller, partner).is_err() {
                                return;
                            }
                        }
                    });
                }
                let deadline = Instant::now() + Duration::from_secs(15);
                let before = next.load(Ordering::Relaxed);
                // Each life ends at another moment.
                while next.load(Ordering::Relaxed) < before + 3 + life % 3 {
                    assert!(Instant::now() < deadline, "it does not pay");
                    thread::sleep(Duration::from_millis(2 + u64::try_from(life).unwrap()));
                }
                served.kill();
            });
        }
        let served = process(&store.url(), &key);
        let caller = master.at(served.address());
        // Whatever was left is paid now, and nothing after it.
        let rest = caller.post("/v1/payout-runs", json!({ "currency": "EUR" }));
        assert!(matches!(rest.status, 201 | 422), "{}", rest.text);
        caller.post("/v1/payout-runs", json!({ "currency": "EUR" })).problem(422, "invalid_request");
        finish(&caller);
        let all = payouts(&caller);
        assert_eq!(summary(&all), vec!["paid 180.00 = 180.00"; 12]);
        let paid: BTreeSet<&str> = all.iter().filter_map(|payout| payout["payee"]["id"].as_str()).collect();
        let statements: BTreeSet<&str> = all.iter().filter_map(|payout| payout["parts"][0]["statement_id"].as_str()).collect();
        assert_eq!((all.len(), paid.len(), statements.len()), (12, 12, 12));
        assert_sound(&store.open(clock.clock()));
    }

    fn d20_what_is_collected_and_refunded_while_processes_are_killed_counts_once(engine: Engine) {
        const CLIENTS: usize = 3;
        let app = TestApp::start(engine);
        app.clock.set(Utc::now());
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        let customer = market.customer(&market.master_id());
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
        let sold = market.sell(market.master(), &body);
        sold.record(1, "invoice", "1200.00");
        let annuity = sold.annuity(1);
        let path = format!("/v1/annuities/{annuity}/instalments");
        let (master, partner) = (market.master().at(app.address()), market.caller(&partner));
        drop(market);
        let clock = app.clock.clone();
        let (store, key) = app.close();
        // Each client writes one after the other, and begins again with what it got no answer to, under the same key.
        let done: [AtomicUsize; CLIENTS] = std::array::from_fn(|_| AtomicUsize::new(0));
        let write = |caller: &Caller, client: usize, number: usize| {
            let (kind, amount) = if number.is_multiple_of(2) { ("collection", "1.00") } else { ("refund", "0.37") };
            let name = format!("{client}-{number}");
            let body = json!({ "kind": kind, "amount": eur(amount), "dated_on": "2026-03-02", "reference": name });
            caller.request("POST", path.clone()).header("idempotency-key", &name).json(&body).try_send()
        };
        for life in 0..6 {
            let served = process(&store.url(), &key);
            let caller = master.at(served.address());
            let before: usize = done.iter().map(|done| done.load(Ordering::Relaxed)).sum();
            thread::scope(|scope| {
                for (client, done) in done.iter().enumerate() {
                    let (write, caller) = (&write, &caller);
                    scope.spawn(move || {
                        while let Ok(answer) = write(caller, client, done.load(Ordering::Relaxed)) {
                            answer.expect(201);
                            done.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                }
                let deadline = Instant::now() + Duration::from_secs(20);
                while done.iter().map(|done| done.load(Ordering::Relaxed)).sum::<usize>() < before + 4 + life {
                    assert!(Instant::now() < deadline, "it does not write");
                    thread::sleep(Duration::from_millis(3));
                }
                served.kill();
            });
        }
        let served = process(&store.url(), &key);
        let caller = master.at(served.address());
        // What got no answer is asked for once more.
        let mut net = 0;
        for (client, done) in done.iter().enumerate() {
            let last = done.load(Ordering::Relaxed);
            write(&caller, client, last).unwrap().expect(201);
            net += (0..=last).map(|number| if number.is_multiple_of(2) { 100 } else { -37 }).sum::<i64>();
        }
        // 15 % of what was collected and not refunded, in cents, half up.
        let due = (net * 15 + 50) / 100;
        assert_eq!(earned(&partner.at(served.address())), due, "of {net}");
        assert_sound(&store.open(clock.clock()));
    }
}
