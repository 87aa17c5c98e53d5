//! What happens to a protection when two things are done to it at once (R35, R36, D3): the window is held open, or all begin
//! together, and one consistent outcome comes of it.

use std::{collections::BTreeSet, sync::Barrier, sync::mpsc, thread, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    id::{CompanyId, RegistrationId},
    registration::{Protection, Registration as Status, RegistrationReason, RegistrationState},
};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    claims::{Rush, rush},
    engine::{Engine, wait},
    on_both_engines,
    process::serve_if_asked,
};
use persistence::{db::Db, error::DbError, registration as store, view::View};
use serde_json::{Value, json};

use crate::{
    registration::{
        DOMAIN, TAX_ID, act, another_process, claim, evidence, id_of, instant, kinds, network_of, partner, submit, told,
    },
    registration_life::sweep,
    scope::assert_sound,
};

/// What another process writes of a registration, and holds uncommitted while `meanwhile` runs.
fn while_it_writes<T>(
    app: &TestApp,
    (partner, id): (&str, &str),
    write: impl Fn(&mut store::Registration, DateTime<Utc>) + Send + Sync,
    meanwhile: impl FnOnce() -> T,
) -> T {
    let other = another_process(app);
    let view = View { network: network_of(app), company: CompanyId::Partner(partner.parse().unwrap()) };
    let id: RegistrationId = id.parse().unwrap();
    let (sender, began) = mpsc::channel();
    thread::scope(|scope| {
        let write: &(dyn Fn(&mut store::Registration, DateTime<Utc>) + Sync) = &write;
        let written = scope.spawn(move || {
            // The closure of a transaction is to live as long as it likes: what it writes is worked out before.
            let found = wait(other.read(move |tx| store::find(tx.conn, &view, id))).unwrap().expect("a registration");
            let now = wait(other.read(|tx| tx.now())).unwrap();
            let mut after = found;
            write(&mut after, now);
            after.version += 1;
            after.updated_at = now;
            wait(other.write(move |tx| {
                assert!(store::update(tx.conn, &after)?);
                sender.send(()).unwrap();
                // The window: everything is written, nothing is committed.
                thread::sleep(Duration::from_millis(400));
                Ok::<_, DbError>(())
            }))
        });
        began.recv().unwrap();
        let answer = meanwhile();
        written.join().unwrap().expect("what was written");
        answer
    })
}

/// All of these at once.
fn together<T: Send>(all: Vec<Box<dyn FnOnce() -> T + Send + '_>>) -> Vec<T> {
    let barrier = Barrier::new(all.len());
    thread::scope(|scope| {
        let started: Vec<_> = all
            .into_iter()
            .map(|one| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    one()
                })
            })
            .collect();
        started.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

fn state(caller: &Caller, id: &str) -> Value {
    caller.get(format!("/v1/registrations/{id}")).expect(200)["state"].clone()
}

fn accepted(app: &TestApp, partner: &str, body: Value) -> (String, DateTime<Utc>) {
    let id = id_of(&submit(&app.partner(partner), body).expect(201));
    let shown = act(&app.master("pt"), &id, "accept", json!({})).expect(200);
    (id, instant(&shown["protected_until"]))
}

on_both_engines! {
    fn d3_of_claims_at_the_instant_of_expiry_one_wins_once(engine: Engine) {
        let app = TestApp::start(engine);
        let [first, second, third] = [(); 3].map(|()| partner(&app, "pt"));
        let (id, until) = accepted(&app, &first, claim(Some(TAX_ID), Some(DOMAIN)));
        app.clock.set(until);
        // Sweeps, claims of two rivals and their acceptances, all at the instant of expiry, through several processes.
        let rivals = [&second, &third].map(|rival| id_of(&submit(&app.partner(rival), claim(None, Some(DOMAIN))).expect(201)));
        let sweeps: Vec<Db> = (0..3).map(|_| another_process(&app)).collect();
        let masters: Vec<Caller> = (0..6).map(|_| app.master("pt")).collect();
        let mut all: Vec<Box<dyn FnOnce() -> Option<Answer> + Send + '_>> = Vec::new();
        for db in &sweeps {
            all.push(Box::new(move || {
                wait(api::registration::expire_due(db)).unwrap();
                None
            }));
        }
        for (n, master) in masters.iter().enumerate() {
            let rival = &rivals[n % 2];
            all.push(Box::new(move || Some(act(master, rival, "accept", json!({})))));
        }
        let answers: Vec<Answer> = together(all).into_iter().flatten().collect();
        let master = app.master("pt");
        let holders: Vec<&String> = rivals.iter().filter(|rival| state(&master, rival) == "accepted").collect();
        assert_eq!(holders.len(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3, "accepting thrice is accepting once");
        assert!(answers.iter().all(|answer| [200, 409].contains(&answer.status)), "{answers:?}");
        assert_eq!(kinds(&told(&master, &id, 3)), ["registration.submitted", "registration.accepted", "registration.expired"]);
        assert_eq!(sweep(&app), 0);
        assert_sound(&app.db);
    }

    fn d3_an_extension_that_is_about_to_be_committed_keeps_a_protection_from_expiring(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, rival) = (partner(&app, "pt"), partner(&app, "pt"));
        let (id, until) = accepted(&app, &own, claim(Some(TAX_ID), None));
        app.clock.set(until - TimeDelta::microseconds(1));
        let longer = |registration: &mut store::Registration, _| {
            let Some(Protection { from, until }) = registration.status.protection else { panic!("it protects") };
            registration.status.protection = Some(Protection { from, until: until + TimeDelta::days(90) });
        };
        let (swept, claimed) = while_it_writes(&app, (&own, &id), longer, || {
            app.clock.set(until);
            (sweep(&app), submit(&app.partner(&rival), claim(Some(TAX_ID), None)).status)
        });
        assert_eq!(swept, 0, "the end has moved");
        let master = app.master("pt");
        assert_eq!(state(&master, &id), "accepted");
        // A claim may have been handed in before the extension was committed; it does not come to protect.
        assert!([201, 409].contains(&claimed), "{claimed}");
        let claims = master.get(format!("/v1/registrations?partner_id={rival}")).expect(200);
        for claimed in claims["data"].as_array().unwrap() {
            act(&master, &id_of(claimed), "accept", json!({})).problem(409, "prospect_not_available");
        }
        assert_sound(&app.db);
    }

    fn d3_an_expiry_that_is_about_to_be_committed_leaves_nothing_to_extend(engine: Engine) {
        let app = TestApp::start(engine);
        let own = partner(&app, "pt");
        let (id, until) = accepted(&app, &own, claim(Some(TAX_ID), None));
        app.clock.set(until);
        let expire = |registration: &mut store::Registration, now| {
            registration.status.state = RegistrationState::Expired;
            registration.ended_at = Some(now);
        };
        // The one who extends looks at a clock that is late.
        let extended = while_it_writes(&app, (&own, &id), expire, || {
            app.clock.set(until - TimeDelta::seconds(1));
            act(&app.partner(&own), &id, "extend", json!({ "evidence": evidence("2026-05-20") }))
        });
        extended.problem(409, "state_conflict");
        assert_eq!(state(&app.master("pt"), &id), "expired");
        assert_eq!(app.partner(&own).get(format!("/v1/registrations/{id}")).expect(200)["evidence"].as_array().unwrap().len(), 1);
        assert_sound(&app.db);
    }

    fn r35_what_is_being_withdrawn_is_not_accepted(engine: Engine) {
        let app = TestApp::start(engine);
        let own = partner(&app, "pt");
        let id = id_of(&submit(&app.partner(&own), claim(Some(TAX_ID), None)).expect(201));
        let withdraw = |registration: &mut store::Registration, now| {
            registration.status = Status { state: RegistrationState::Withdrawn, reason: None, protection: None };
            registration.ended_at = Some(now);
        };
        let master = app.master("pt");
        let accepted = while_it_writes(&app, (&own, &id), withdraw, || act(&master, &id, "accept", json!({})));
        accepted.problem(409, "state_conflict");
        assert_eq!(state(&master, &id), "withdrawn");
        assert_sound(&app.db);
    }

    fn r35_what_is_being_accepted_is_withdrawn_after_it(engine: Engine) {
        let app = TestApp::start(engine);
        let own = partner(&app, "pt");
        let id = id_of(&submit(&app.partner(&own), claim(Some(TAX_ID), None)).expect(201));
        let accept = |registration: &mut store::Registration, now: DateTime<Utc>| {
            let protection = Some(Protection { from: now, until: now + TimeDelta::days(90) });
            registration.status = Status { state: RegistrationState::Accepted, reason: None, protection };
        };
        let caller = app.partner(&own);
        let withdrawn = while_it_writes(&app, (&own, &id), accept, || act(&caller, &id, "withdraw", json!({})));
        let shown = withdrawn.expect(200);
        // Both happened, one after the other: nothing of the acceptance is lost.
        assert_eq!((&shown["state"], &shown["version"], shown["protected_from"].is_string()), (&json!("withdrawn"), &json!(3), true));
        assert_sound(&app.db);
    }

    fn r35_withdrawn_and_accepted_at_once_it_ends_withdrawn(engine: Engine) {
        let app = TestApp::start(engine);
        let own = partner(&app, "pt");
        for n in 0..8 {
            let id = id_of(&submit(&app.partner(&own), claim(None, Some(&format!("acme{n}.pt")))).expect(201));
            let (caller, master) = (app.partner(&own), app.master("pt"));
            let statuses = together(vec![
                Box::new(|| act(&caller, &id, "withdraw", json!({})).status) as Box<dyn FnOnce() -> u16 + Send + '_>,
                Box::new(|| act(&master, &id, "accept", json!({})).status),
            ]);
            assert_eq!(statuses[0], 200, "a partner can always withdraw");
            assert!([200, 409].contains(&statuses[1]), "{statuses:?}");
            let mut expected = vec!["registration.submitted", "registration.withdrawn"];
            if statuses[1] == 200 {
                expected.insert(1, "registration.accepted");
            }
            let events = told(&caller, &id, expected.len());
            assert_eq!((state(&master, &id), kinds(&events)), (json!("withdrawn"), expected));
        }
        assert_sound(&app.db);
    }

    fn r37_released_and_extended_at_once_it_ends_released(engine: Engine) {
        let app = TestApp::start(engine);
        let own = partner(&app, "pt");
        let (id, _) = accepted(&app, &own, claim(Some(TAX_ID), None));
        let release = |registration: &mut store::Registration, now| {
            registration.status.state = RegistrationState::Released;
            registration.status.reason = Some(RegistrationReason::Inactivity);
            registration.ended_at = Some(now);
        };
        let caller = app.partner(&own);
        let extended =
            while_it_writes(&app, (&own, &id), release, || act(&caller, &id, "extend", json!({ "evidence": evidence("2026-03-02") })));
        extended.problem(409, "state_conflict");
        assert_eq!(state(&caller, &id), "released");
        assert_sound(&app.db);
    }
}

/// As the program `claims` does it, with fewer.
fn no_prospect_is_held_twice(engine: Engine, size: Rush) {
    let outcome = rush(engine, size, "registration_races::a_process_that_serves_claims");
    assert_eq!((&outcome.broken[..], &outcome.held_twice[..]), (&[][..], &[][..]));
    assert_eq!(outcome.claims, size.prospects * size.partners);
    let kinds: BTreeSet<bool> = [outcome.submitted, outcome.accepted, outcome.withdrawn].iter().map(|count| *count > 0).collect();
    assert_eq!(kinds, BTreeSet::from([true]), "{outcome:?}");
    assert!(outcome.accepted < outcome.claims, "some met others: {outcome:?}");
}

#[test]
fn a_process_that_serves_claims() {
    serve_if_asked();
}

#[test]
fn r35_of_many_claims_through_three_processes_no_two_hold_a_prospect() {
    no_prospect_is_held_twice(Engine::Postgres, Rush { prospects: 25, partners: 8, processes: 3 });
}

#[test]
fn r35_of_the_claims_of_many_clients_of_sqlite_no_two_hold_a_prospect() {
    no_prospect_is_held_twice(Engine::Sqlite, Rush { prospects: 40, partners: 12, processes: 0 });
}
