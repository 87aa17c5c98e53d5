//! What happens at the same time: exactly one consistent outcome, whatever the number of processes.

use std::{str::FromStr, sync::Barrier, sync::mpsc, thread, time::Duration};

use chrono::TimeDelta;
use domain::id::{CompanyId, DisputeId, RegistrationId};
use entente_tests::{
    app::{Answer, Caller, TestApp, today},
    engine::wait,
    on_both_engines,
    sales::Market,
};
use persistence::{
    db::{Db, Target},
    dispute,
    error::DbError,
    network,
    registration::{self, Registration},
    view::View,
};
use serde_json::json;

use super::{Quarrel, act, check_invariants, objection, protect, registrations, ruling, show, told};

/// Another process over the same database.
fn another_process(app: &TestApp) -> Db {
    Db::open(Target::from_str(&app.database_url()).unwrap(), 4, app.clock.clock()).expect("a database")
}

fn view_of(app: &TestApp, partner: &str) -> View {
    let found = wait(app.db.read(|tx| network::find_network_by_code(tx.conn, "altoga"))).unwrap();
    View { network: found.expect("a network").id, company: CompanyId::Partner(partner.parse().unwrap()) }
}

/// Asks while another process has changed the registration and not committed it yet.
fn while_changing(app: &TestApp, quarrel: &Quarrel, change: fn(&mut Registration), ask: impl FnOnce() -> Answer) -> Answer {
    let (other, view) = (another_process(app), view_of(app, &quarrel.holder_id));
    let id: RegistrationId = quarrel.registration.parse().unwrap();
    let (sender, began) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            wait(other.write(move |tx| {
                let mut found = registration::find(tx.conn, &view, id)?.expect("a registration");
                change(&mut found);
                (found.version, found.ended_at) = (found.version + 1, Some(tx.now()?));
                assert!(registration::update(tx.conn, &found)?);
                sender.send(()).unwrap();
                // The window: everything is written, nothing is committed.
                thread::sleep(Duration::from_millis(400));
                Ok::<_, DbError>(())
            }))
            .expect("a change");
        });
        began.recv().unwrap();
        ask()
    })
}

/// What several callers are answered who ask at the same instant.
fn together(asks: &[&(dyn Fn() -> Answer + Sync)]) -> Vec<Answer> {
    let barrier = Barrier::new(asks.len());
    thread::scope(|scope| {
        let all: Vec<_> = asks
            .iter()
            .map(|ask| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    ask()
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

fn transfer(master: &Caller, registration: &str, to: &str) -> Answer {
    master.post(format!("/v1/registrations/{registration}/transfer"), json!({ "partner_id": to, "reason": "inactivity" }))
}

on_both_engines! {
    fn r37_a_win_that_is_about_to_be_committed_stands_before_a_decision(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        let won = |found: &mut Registration| found.status = domain::registration::win(found.status).unwrap().changed().unwrap();
        let answer = while_changing(&app, &quarrel, won, || {
            act(market.master(), &quarrel.dispute, "decide", ruling("upheld", &["transfer_protection"]))
        });
        assert_eq!(answer.broken(), ["protection_has_ended D3 /effects"]);
        assert_eq!(registrations(&quarrel.holder), ["won -"]);
        assert_eq!(registrations(&quarrel.challenger), Vec::<String>::new());
        assert_eq!(show(market.master(), &quarrel.dispute)["state"], "evidence", "nothing of the decision was kept");
        check_invariants(&app);
    }

    fn d3_an_expiry_that_is_about_to_be_committed_stands_before_a_transfer(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::open(&market, "bad_faith");
        app.clock.set(today() + TimeDelta::days(90));
        let expired = |found: &mut Registration| found.status.state = domain::registration::RegistrationState::Expired;
        let master = app.master("pt");
        let answer = while_changing(&app, &quarrel, expired, || transfer(&master, &quarrel.registration, &quarrel.challenger_id));
        answer.problem(409, "state_conflict");
        assert_eq!(registrations(&market.caller(&quarrel.challenger_id)), Vec::<String>::new());
        check_invariants(&app);
    }

    fn r37_of_decisions_and_transfers_at_the_same_time_one_moves_the_protection(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        let third = market.partner();
        market.agreement(&third, "reseller", None);
        let master = market.master();
        let asks: [&(dyn Fn() -> Answer + Sync); 4] = [
            &|| act(master, &quarrel.dispute, "decide", ruling("upheld", &["transfer_protection"])),
            &|| act(master, &quarrel.dispute, "decide", ruling("upheld", &["release_protection"])),
            &|| transfer(master, &quarrel.registration, &third),
            &|| quarrel.holder.post(format!("/v1/registrations/{}/win", quarrel.registration), json!({})),
        ];
        let statuses: Vec<u16> = together(&asks).iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status < 300).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 201, 409, 412, 422].contains(status)), "{statuses:?}");
        let accepted = [&quarrel.holder, &quarrel.challenger, &market.caller(&third)].map(registrations).concat();
        assert!(accepted.iter().filter(|it| it.starts_with("accepted")).count() <= 1, "{accepted:?}");
        assert!(registrations(&quarrel.holder)[0] != "accepted -", "one of them moved it");
        check_invariants(&app);
    }

    fn r37_of_an_appeal_and_finality_at_the_last_instant_one_comes_about(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        act(market.master(), &quarrel.dispute, "decide", ruling("dismissed", &[])).expect(200);
        app.clock.set(today() + TimeDelta::days(14) - TimeDelta::microseconds(1));
        let challenger = market.caller(&quarrel.challenger_id);
        let processes: Vec<Db> = (0..3).map(|_| another_process(&app)).collect();
        let barrier = Barrier::new(4);
        let (appealed, made_final) = thread::scope(|scope| {
            let all: Vec<_> = processes.iter().map(|db| {
                let (barrier, clock) = (&barrier, &app.clock);
                scope.spawn(move || {
                    barrier.wait();
                    clock.set(today() + TimeDelta::days(14));
                    wait(api::dispute::finalise_due(db)).unwrap()
                })
            }).collect();
            barrier.wait();
            let appealed = act(&challenger, &quarrel.dispute, "appeal", json!({ "statement": "Wrong." })).status == 200;
            (appealed, all.into_iter().map(|one| one.join().unwrap()).sum::<usize>())
        });
        assert_eq!(made_final, usize::from(!appealed));
        let state = if appealed { "appealed" } else { "final" };
        assert_eq!(show(&market.caller(&quarrel.holder_id), &quarrel.dispute)["state"], state);
        let finals = told(&market.caller(&quarrel.holder_id), &quarrel.dispute).iter().filter(|kind| *kind == "dispute.final").count();
        assert_eq!(finals, made_final);
        check_invariants(&app);
    }

    fn r37_finality_that_is_about_to_be_committed_stands_before_an_appeal(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        act(market.master(), &quarrel.dispute, "decide", ruling("dismissed", &[])).expect(200);
        let (other, view, id) = (another_process(&app), view_of(&app, &quarrel.challenger_id), quarrel.dispute.parse::<DisputeId>().unwrap());
        let (sender, began) = mpsc::channel();
        let answer = thread::scope(|scope| {
            scope.spawn(move || {
                wait(other.write(move |tx| {
                    let mut found = dispute::find(tx.conn, &view, id)?.expect("a dispute");
                    found.status.state = domain::dispute::DisputeState::Final;
                    (found.version, found.ended_at) = (found.version + 1, Some(tx.now()?));
                    assert!(dispute::update(tx.conn, &found)?);
                    sender.send(()).unwrap();
                    thread::sleep(Duration::from_millis(400));
                    Ok::<_, DbError>(())
                }))
                .expect("finality");
            });
            began.recv().unwrap();
            act(&quarrel.challenger, &quarrel.dispute, "appeal", json!({ "statement": "Wrong." }))
        });
        answer.problem(409, "state_conflict");
    }

    fn r37_each_decision_becomes_final_once_whatever_the_number_of_processes(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrels: Vec<String> = (0..4).map(|_| {
            let quarrel = Quarrel::heard(&market, "bad_faith");
            act(market.master(), &quarrel.dispute, "decide", ruling("upheld", &["release_protection"])).expect(200);
            quarrel.dispute
        }).collect();
        app.clock.set(today() + TimeDelta::days(14));
        let processes: Vec<Db> = (0..4).map(|_| another_process(&app)).collect();
        let done: usize = thread::scope(|scope| {
            let all: Vec<_> = processes.iter().map(|db| scope.spawn(|| wait(api::dispute::finalise_due(db)).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(done, quarrels.len());
        let master = app.master("pt");
        for dispute in &quarrels {
            assert_eq!(told(&master, dispute).iter().filter(|kind| *kind == "dispute.final").count(), 1);
        }
    }

    fn r37_of_two_disputes_opened_at_the_same_time_by_one_partner_one_is_open(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let [holder, challenger] = [(), ()].map(|()| {
            let partner = market.partner();
            market.agreement(&partner, "reseller", None);
            market.caller(&partner)
        });
        protect(market.master(), &holder);
        let open = || challenger.post("/v1/disputes", objection("bad_faith", "2026-02-20"));
        let asks: [&(dyn Fn() -> Answer + Sync); 6] = [&open; 6];
        let statuses: Vec<u16> = together(&asks).iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 5, "{statuses:?}");
    }
}
