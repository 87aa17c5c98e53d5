//! What comes with time, and what was at a time: warnings before a protection ends, and who held what on a date (D3, R37).

use std::{sync::Barrier, thread};

use chrono::{DateTime, TimeDelta, Utc};
use entente_tests::{
    app::{Caller, TestApp, today},
    engine::wait,
    on_both_engines,
};
use persistence::db::Db;
use serde_json::{Value, json};

use crate::{
    registration::{DOMAIN, TAX_ID, act, another_process, claim, evidence, id_of, instant, partner, submit, told},
    registration_life::sweep,
};

fn warn(db: &Db) -> usize {
    wait(api::registration::warn_due(db)).expect("a turn of warnings")
}

/// An accepted registration of a domain, as its partner, and the end of its protection.
fn accepted(app: &TestApp, own: &Caller, domain: &str) -> (String, DateTime<Utc>) {
    let id = id_of(&submit(own, claim(None, Some(domain))).expect(201));
    let shown = act(&app.master("pt"), &id, "accept", json!({})).expect(200);
    (id, instant(&shown["protected_until"]))
}

/// The warnings of a registration that a company reads: which of the policy, and how many days were left.
fn warnings(caller: &Caller, id: &str, expected: usize) -> Vec<(i64, i64)> {
    let events = told(caller, id, 2 + expected);
    let found = events.iter().filter(|event| event["kind"] == "registration.expiring");
    found.map(|event| (event["data"]["warning_days"].as_i64().unwrap(), event["data"]["days_left"].as_i64().unwrap())).collect()
}

fn at(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// The ids on a list, however many pages of two it has.
fn listed(caller: &Caller, query: &str) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = caller.get(format!("/v1/registrations?limit=2&{query}{after}")).expect(200);
        found.extend(page["data"].as_array().unwrap().iter().map(id_of));
        let Some(next) = page["next"].as_str() else { return found };
        after = format!("&after={next}");
    }
}

on_both_engines! {
    fn d3_partner_and_master_are_warned_at_thirty_fourteen_and_three_days(engine: Engine) {
        let app = TestApp::start(engine);
        let whose = partner(&app, "pt");
        let (own, master) = (|| app.partner(&whose), || app.master("pt"));
        let (id, until) = accepted(&app, &own(), DOMAIN);
        let mut expected = Vec::new();
        for days in [30, 14, 3] {
            app.clock.set(until - TimeDelta::days(days) - TimeDelta::microseconds(1));
            assert_eq!(warn(&app.db), 0, "{days}");
            app.clock.set(until - TimeDelta::days(days));
            assert_eq!((warn(&app.db), warn(&app.db)), (1, 0), "{days}");
            expected.push((days, days));
            assert_eq!(warnings(&own(), &id, expected.len()), expected);
        }
        app.clock.set(until);
        assert_eq!(warn(&app.db), 0);
        assert_eq!(warnings(&master(), &id, 3), expected);
        let event = told(&own(), &id, 5).pop().unwrap();
        assert_eq!((&event["actor"], &event["data"]["id"]), (&json!("system"), &json!(id)));
        let shown = own().get(format!("/v1/registrations/{id}"));
        assert_eq!((&shown.expect(200)["version"], shown.etag().as_str()), (&json!(2), "\"2\""), "a warning is no change");
        let rival = app.partner(&partner(&app, "pt"));
        assert_eq!(warnings(&rival, &id, 0), []);
    }

    fn d3_after_a_pause_only_the_nearest_warning_is_given(engine: Engine) {
        let app = TestApp::start(engine);
        let whose = partner(&app, "pt");
        let own = || app.partner(&whose);
        let (id, until) = accepted(&app, &own(), DOMAIN);
        app.clock.set(until - TimeDelta::days(9) - TimeDelta::hours(1));
        warn(&app.db);
        assert_eq!(warnings(&own(), &id, 1), [(14, 10)], "the tenth day has begun");
        app.clock.set(until - TimeDelta::hours(1));
        warn(&app.db);
        assert_eq!(warnings(&own(), &id, 2), [(14, 10), (3, 1)]);
    }

    fn d3_after_an_extension_the_new_end_is_warned_of(engine: Engine) {
        let app = TestApp::start(engine);
        let whose = partner(&app, "pt");
        let own = || app.partner(&whose);
        let (id, until) = accepted(&app, &own(), DOMAIN);
        app.clock.set(until - TimeDelta::days(3));
        warn(&app.db);
        let body = json!({ "evidence": evidence("2026-05-20") });
        let longer = instant(&act(&own(), &id, "extend", body).expect(200)["protected_until"]);
        assert_eq!(longer, until + TimeDelta::days(90));
        assert_eq!(warn(&app.db), 0);
        app.clock.set(longer - TimeDelta::days(30));
        warn(&app.db);
        let days: Vec<(i64, i64)> = told(&own(), &id, 5).iter().filter(|event| event["kind"] == "registration.expiring")
            .map(|event| (event["data"]["warning_days"].as_i64().unwrap(), event["data"]["days_left"].as_i64().unwrap())).collect();
        assert_eq!(days, [(3, 3), (30, 30)]);
    }

    fn d3_each_warning_is_given_once_whatever_the_number_of_processes(engine: Engine) {
        let app = TestApp::start(engine);
        let whose = partner(&app, "pt");
        let own = || app.partner(&whose);
        let all: Vec<(String, DateTime<Utc>)> = (0..8).map(|n| accepted(&app, &own(), &format!("acme{n}.pt"))).collect();
        app.clock.set(all[0].1 - TimeDelta::days(2));
        let processes: Vec<Db> = (0..4).map(|_| another_process(&app)).collect();
        let together = Barrier::new(processes.len());
        thread::scope(|scope| {
            for db in &processes {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    warn(db)
                });
            }
        });
        for (id, _) in &all {
            assert_eq!(warnings(&own(), id, 1), [(3, 2)]);
        }
    }

    fn r37_a_master_sees_who_held_a_prospect_on_a_date_as_it_was_then(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (partner(&app, "pt"), partner(&app, "pt"));
        let (holder, rival, master) = (|| app.partner(&first), || app.partner(&second), || app.master("pt"));
        let id = id_of(&submit(&holder(), claim(Some(TAX_ID), Some(DOMAIN))).expect(201));
        app.advance(TimeDelta::days(1));
        let until = instant(&act(&master(), &id, "accept", json!({})).expect(200)["protected_until"]);
        let accepted_at = today() + TimeDelta::days(1);
        app.clock.set(until - TimeDelta::days(10));
        let longer = instant(&act(&holder(), &id, "extend", json!({ "evidence": evidence("2026-05-01") })).expect(200)["protected_until"]);
        app.advance(TimeDelta::days(20));
        let released_at = app.clock.now();
        act(&master(), &id, "release", json!({ "reason": "inactivity" })).expect(200);
        let next = id_of(&submit(&rival(), claim(None, Some(DOMAIN))).expect(201));
        app.advance(TimeDelta::days(1));
        let next_from = app.clock.now();
        let next_until = instant(&act(&master(), &next, "accept", json!({})).expect(200)["protected_until"]);
        // It runs out, and nobody notes it for a while.
        app.clock.set(next_until + TimeDelta::days(5));
        sweep(&app);
        app.advance(TimeDelta::days(1));

        let holders = |when: DateTime<Utc>| listed(&master(), &format!("as_of={}", at(when)));
        let instant_before = |when: DateTime<Utc>| when - TimeDelta::microseconds(1);
        let table: [(DateTime<Utc>, &[&str]); 8] = [
            (instant_before(accepted_at), &[]),
            (accepted_at, &[&id]),
            (until + TimeDelta::days(1), &[&id]),
            (instant_before(released_at), &[&id]),
            (released_at, &[]),
            (next_from, &[&next]),
            (instant_before(next_until), &[&next]),
            (next_until, &[]),
        ];
        for (when, expected) in table {
            assert_eq!(holders(when), expected, "{when}");
            for by_key in ["country=PT&tax_id=501442600", "domain=https://www.conservas.pt"] {
                let narrowed = listed(&master(), &format!("as_of={}&{by_key}", at(when)));
                let known = |holder: &str| holder == id || by_key.starts_with("domain");
                assert_eq!(narrowed, expected.iter().copied().filter(|holder| known(holder)).collect::<Vec<_>>(), "{by_key} at {when}");
            }
        }
        // As it was then: before the extension, and before the release.
        let then = |when: DateTime<Utc>| master().get(format!("/v1/registrations?as_of={}", at(when))).expect(200)["data"][0].clone();
        let young = then(accepted_at);
        assert_eq!((&young["state"], instant(&young["protected_until"]), &young["version"]), (&json!("accepted"), until, &json!(2)));
        assert_eq!((&young["evidence"].as_array().unwrap().len(), &young["ended_at"]), (&1, &Value::Null));
        let older = then(instant_before(released_at));
        assert_eq!((&older["state"], instant(&older["protected_until"]), &older["version"]), (&json!("accepted"), longer, &json!(3)));
        let one = |when: DateTime<Utc>| master().get(format!("/v1/registrations/{id}?as_of={}", at(when)));
        assert_eq!(one(accepted_at).expect(200), young);
        assert_eq!(one(today()).expect(200)["state"], "submitted");
        assert_eq!(one(released_at).expect(200)["reason"], "inactivity");
        one(today() - TimeDelta::microseconds(1)).problem(404, "not_found");
        assert_eq!(listed(&app.master("br"), &format!("as_of={}", at(accepted_at))), Vec::<String>::new());
        assert_eq!(listed(&master(), &format!("as_of={}&partner_id={second}", at(accepted_at))), Vec::<String>::new());
    }

    fn r37_a_date_is_the_end_of_that_day_where_the_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let whose = partner(&app, "br");
        let (own, master) = (|| app.partner(&whose), || app.master("br"));
        let id = id_of(&submit(&own(), claim(Some(TAX_ID), None)).expect(201));
        // 23:30 on 2 March in São Paulo, three hours behind UTC.
        app.clock.set("2026-03-03T02:30:00Z".parse().unwrap());
        act(&master(), &id, "accept", json!({})).expect(200);
        app.clock.set("2026-03-10T12:00:00Z".parse().unwrap());
        assert_eq!(listed(&master(), "as_of=2026-03-01"), Vec::<String>::new());
        assert_eq!(listed(&master(), "as_of=2026-03-02"), [id.as_str()]);
        assert_eq!(listed(&master(), "as_of=2026-03-10"), [id.as_str()], "today is up to now");
        for late in ["2026-03-11", "2026-03-10T12:00:00.000001Z"] {
            assert_eq!(master().get(format!("/v1/registrations?as_of={late}")).broken(), ["as_of_in_future - -"]);
        }
        for unreadable in ["yesterday", "2026-02-30", "10.03.2026"] {
            assert_eq!(master().get(format!("/v1/registrations/{id}?as_of={unreadable}")).broken(), ["wrong_format - -"]);
        }
        let mixed = master().get("/v1/registrations?as_of=2026-03-02&state=won&updated_since=2026-03-02T00:00:00Z");
        assert_eq!(mixed.broken(), ["not_with_as_of - -", "not_with_as_of - -"]);
        assert_eq!(listed(&master(), "as_of=2026-03-02&state=accepted"), [id.as_str()]);
        let half = master().get("/v1/registrations?tax_id=501442600&domain=co.uk");
        assert_eq!(half.broken(), ["domain_public_suffix D17 -", "parameter_missing - -"]);
        let refused = own().get("/v1/registrations?as_of=2026-03-02");
        refused.problem(403, "forbidden");
        assert_eq!(refused.broken(), ["as_of_is_masters - -"]);
        own().get(format!("/v1/registrations/{id}?as_of=2026-03-02")).problem(403, "forbidden");
    }

    fn r37_pages_of_the_past_skip_and_repeat_nothing_while_others_write(engine: Engine) {
        let app = TestApp::start(engine);
        let whose = partner(&app, "pt");
        let (own, master) = (|| app.partner(&whose), || app.master("pt"));
        let mut all: Vec<String> = (0..7).map(|n| accepted(&app, &own(), &format!("acme{n}.pt")).0).collect();
        all.reverse();
        let then = at(app.clock.now());
        app.advance(TimeDelta::days(1));
        let first = master().get(format!("/v1/registrations?limit=3&as_of={then}")).expect(200);
        // What changes between two pages is none of the past's.
        act(&own(), &all[1], "withdraw", json!({})).expect(200);
        act(&own(), &all[4], "withdraw", json!({})).expect(200);
        accepted(&app, &own(), "later.pt");
        let next = first["next"].as_str().unwrap();
        let rest = master().get(format!("/v1/registrations?limit=200&as_of={then}&after={next}")).expect(200);
        let ids: Vec<String> = [&first, &rest].iter().flat_map(|page| page["data"].as_array().unwrap()).map(id_of).collect();
        assert_eq!(ids, all);
        assert!([&first, &rest].iter().flat_map(|page| page["data"].as_array().unwrap()).all(|it| it["state"] == "accepted"));
    }
}
