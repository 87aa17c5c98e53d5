//! Whose prospect it is: registrations and the protection they give (R32 to R38, D2, D3, D17, D22).

use std::{str::FromStr, sync::Barrier, sync::mpsc, thread, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    agreement::{AgreementKind, AgreementState},
    id::{AgreementId, CompanyId, Id, RegistrationId},
    registration::{Protection, Registration as Status, RegistrationState, Scope},
};
use entente_tests::{
    app::{Answer, Caller, TestApp, today},
    engine::wait,
    on_both_engines,
};
use persistence::{
    agreement::{self, Agreement},
    db::{Db, Target},
    error::DbError,
    network, registration as store,
    view::View,
};
use serde_json::{Value, json};

pub(crate) const TAX_ID: &str = "501 442 600";
pub(crate) const DOMAIN: &str = "conservas.pt";

/// A partner with an agreement in force, under the master with this code.
pub(crate) fn partner(app: &TestApp, master: &str) -> String {
    let new = json!({ "name": "Douro Sistemas, Lda.", "legal_form": "company", "country": "PT", "email": "geral@douro.example", "language": "pt" });
    let id = app.master(master).post("/v1/partners", new).expect(201)["id"].as_str().unwrap().to_owned();
    db_agreement(app, master, &id);
    id
}

/// A reseller's agreement in force, written as if its supervision were done.
fn db_agreement(app: &TestApp, master: &str, partner: &str) -> String {
    let (master, partner, now) = (master.to_owned(), partner.parse().unwrap(), app.clock.now());
    let id: AgreementId = Id::from_uuid(uuid::Uuid::now_v7());
    wait(app.db.write(move |tx| {
        let network = network::find_network_by_code(tx.conn, "altoga")?.expect("a network");
        let master = network::find_master_by_code(tx.conn, network.id, &master)?.expect("a master");
        let of_type = network::find_type_by_code(tx.conn, network.id, "reseller")?.expect("a type");
        let terms = network::terms_in_force(tx.conn, of_type.id, now.date_naive())?.expect("terms");
        let agreement = Agreement {
            id,
            network: network.id,
            master: master.id,
            partner,
            counterparty: CompanyId::Master(master.id),
            type_id: of_type.id,
            terms_id: terms.id,
            kind: AgreementKind::Standard,
            language: "pt".to_owned(),
            governing_language: "pt".to_owned(),
            special_terms: None,
            exclusivity: None,
            single: false,
            minimum_sales: None,
            starts_on: now.date_naive(),
            ends_on: None,
            state: AgreementState::Active,
            reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let hand = agreement::Hand { by: "test".to_owned(), today: now.date_naive() };
        agreement::insert(tx.conn, &agreement, &hand)?;
        Ok::<_, DbError>(())
    }))
    .expect("an agreement");
    id.to_string()
}

pub(crate) fn evidence(day: &str) -> Value {
    json!({ "kind": "meeting", "dated_on": day, "description": "At their site." })
}

pub(crate) fn claim(tax_id: Option<&str>, domain: Option<&str>) -> Value {
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "tax_id": tax_id, "domain": domain },
        "evidence": [evidence("2026-03-01")],
    })
}

pub(crate) fn submit(caller: &Caller, claim: Value) -> Answer {
    caller.post("/v1/registrations", claim)
}

/// A submitted registration of the usual prospect.
fn submitted(caller: &Caller) -> String {
    id_of(&submit(caller, claim(Some(TAX_ID), Some(DOMAIN))).expect(201))
}

pub(crate) fn id_of(shown: &Value) -> String {
    shown["id"].as_str().unwrap().to_owned()
}

pub(crate) fn act(caller: &Caller, id: &str, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/registrations/{id}/{action}"), body)
}

/// What a refusal says, but for the id of the request.
pub(crate) fn said(answer: &Answer) -> Value {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("instance");
    body
}

/// Another process over the same database.
pub(crate) fn another_process(app: &TestApp) -> Db {
    Db::open(Target::from_str(&app.database_url()).unwrap(), 4, app.clock.clock()).expect("a database")
}

pub(crate) fn instant(shown: &Value) -> DateTime<Utc> {
    shown.as_str().unwrap().parse().unwrap()
}

/// The events of a registration that a company reads: as soon as there are so many, since the feed waits for whatever transaction
/// is still running on the server.
pub(crate) fn told(caller: &Caller, id: &str, expected: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for _ in 0..200 {
        let events = caller.get("/v1/events?limit=200").expect(200);
        found = events["data"].as_array().unwrap().iter().filter(|event| event["subject"] == id).cloned().collect();
        if found.len() >= expected {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    found
}

pub(crate) fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

on_both_engines! {
    fn r36_d22_a_rival_is_refused_and_learns_nothing_whatever_the_cause(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second, master) = (partner(&app, "pt"), partner(&app, "pt"), app.master("pt"));
        let (holder, rival) = (app.partner(&first), app.partner(&second));
        let id = submitted(&holder);
        let before = submit(&rival, claim(Some(TAX_ID), None)).expect(201);
        act(&rival, &id_of(&before), "withdraw", json!({})).expect(200);
        let accepted = act(&master, &id, "accept", json!({})).expect(200);
        assert_eq!((&accepted["state"], &accepted["decided_by"].is_string()), (&json!("accepted"), &true));

        let by_tax_id = submit(&rival, claim(Some(TAX_ID), None));
        by_tax_id.problem(409, "prospect_not_available");
        let by_domain = submit(&rival, claim(None, Some("https://www.Conservas.pt/loja")));
        assert_eq!(said(&by_domain), said(&by_tax_id));
        let both = submit(&rival, claim(Some("502 011 475"), Some(DOMAIN)));
        assert_eq!(said(&both), said(&by_tax_id));
        for secret in [first.as_str(), &id, accepted["protected_until"].as_str().unwrap(), "2026-05", "registration_", "Conservas"] {
            assert!(!by_tax_id.text.contains(secret), "{secret} in {}", by_tax_id.text);
        }
        // Another's customer is refused in the same words.
        let customer = json!({ "name": "Hotel do Cais", "country": "PT", "tax_id": "502011475" });
        master.post("/v1/customers", customer).expect(201);
        assert_eq!(said(&submit(&rival, claim(Some("PT 502 011 475"), None))), said(&by_tax_id));

        rival.get(format!("/v1/registrations/{id}")).problem(404, "not_found");
        act(&rival, &id, "withdraw", json!({})).problem(404, "not_found");
        let own: Vec<Value> = rival.get("/v1/registrations").expect(200)["data"].as_array().unwrap().clone();
        assert_eq!(own.iter().map(id_of).collect::<Vec<_>>(), [id_of(&before)]);
        assert_eq!(rival.get(format!("/v1/registrations?partner_id={first}")).expect(200)["data"], json!([]));
        assert_eq!(kinds(&told(&holder, &id, 2)), ["registration.submitted", "registration.accepted"]);
        assert_eq!(told(&rival, &id, 0), Vec::<Value>::new());
        app.master("br").get(format!("/v1/registrations/{id}")).problem(404, "not_found");
        assert_eq!(id_of(&master.get(format!("/v1/registrations?partner_id={first}&state=accepted")).expect(200)["data"][0]), id);
    }

    fn everything_that_is_wrong_with_a_registration_is_said_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let new = json!({ "name": "Sem Contrato", "legal_form": "company", "country": "PT", "email": "a@b.pt", "language": "pt" });
        let without = id_of(&master.post("/v1/partners", new).expect(201));
        let answer = submit(&app.partner(&without), claim(Some("501 442 601"), Some("co.uk")));
        answer.problem(422, "invalid_request");
        assert_eq!(
            answer.broken(),
            ["domain_public_suffix D17 /prospect/domain", "no_active_agreement R7 /agreement_id", "tax_id_check_digits R13 /prospect/tax_id"]
        );
        let own = partner(&app, "pt");
        let caller = app.partner(&own);
        let keyless = submit(&caller, claim(None, None));
        assert_eq!(keyless.broken(), ["prospect_without_key D17 /prospect"]);
        let other = db_agreement(&app, "pt", &own);
        assert_eq!(submit(&caller, claim(Some(TAX_ID), None)).broken(), ["several_agreements - /agreement_id"]);
        let mut named = claim(Some(TAX_ID), None);
        named["agreement_id"] = json!(other);
        assert_eq!(submit(&caller, named).expect(201)["agreement_id"], other);
    }

    fn d17_a_partner_has_one_live_registration_for_a_prospect(engine: Engine) {
        let app = TestApp::start(engine);
        let caller = app.partner(&partner(&app, "pt"));
        let id = submitted(&caller);
        let again = submit(&caller, claim(None, Some(DOMAIN)));
        again.problem(409, "already_exists");
        assert_eq!(again.broken(), ["registration_is_live D17 /prospect"]);
        act(&caller, &id, "withdraw", json!({})).expect(200);
        assert_eq!(act(&caller, &id, "withdraw", json!({})).expect(200)["version"], 2, "withdrawn twice is withdrawn once");
        submitted(&caller);
    }

    fn d2_evidence_counts_up_to_today_and_without_it_the_partner_is_asked(engine: Engine) {
        let app = TestApp::start(engine);
        let caller = app.partner(&partner(&app, "pt"));
        for (day, state) in [("2026-03-01", "submitted"), ("2026-03-02", "submitted"), ("2026-03-03", "action_required")] {
            let mut claim = claim(Some(TAX_ID), None);
            claim["evidence"] = json!([evidence(day)]);
            let shown = submit(&caller, claim).expect(201);
            assert_eq!(shown["state"], state, "{day}");
            act(&caller, &id_of(&shown), "withdraw", json!({})).expect(200);
        }
        let mut bare = claim(Some(TAX_ID), None);
        bare["evidence"] = json!([]);
        let answer = submit(&caller, bare);
        let shown = answer.expect(201);
        assert_eq!((&shown["state"], &shown["reason"]), (&json!("action_required"), &json!("negotiation_not_started")));
        act(&app.master("pt"), &id_of(&shown), "accept", json!({})).problem(409, "state_conflict");
        let path = format!("/v1/registrations/{}", id_of(&shown));
        let added = caller.patch(&path, &answer.etag(), json!({ "evidence": [evidence("2026-03-02")] })).expect(200);
        assert_eq!((&added["state"], &added["reason"], &added["evidence"][0]["dated_on"]), (&json!("submitted"), &Value::Null, &json!("2026-03-02")));
        let asked = act(&app.master("pt"), &id_of(&shown), "request-action", json!({ "note": "Please add the domain." }));
        assert_eq!(asked.expect(200)["state"], "action_required");
        let keyed = caller.patch(&path, &asked.etag(), json!({ "prospect": { "domain": "www.conservas.pt" } })).expect(200);
        assert_eq!((&keyed["state"], &keyed["prospect"]["domain"], &keyed["note"]), (&json!("submitted"), &json!(DOMAIN), &Value::Null));
        assert_eq!(submit(&app.partner(&partner(&app, "pt")), claim(None, Some(DOMAIN))).status, 201, "submitted protects nobody");
    }

    fn d3_protection_ends_at_its_instant_and_not_before(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (partner(&app, "pt"), partner(&app, "br"));
        let id = submitted(&app.partner(&first));
        let accepted = act(&app.master("pt"), &id, "accept", json!({})).expect(200);
        let until = instant(&accepted["protected_until"]);
        assert_eq!(until, today() + TimeDelta::days(90));
        app.clock.set(until - TimeDelta::microseconds(1));
        submit(&app.partner(&second), claim(Some(TAX_ID), None)).problem(409, "prospect_not_available");
        assert_eq!(wait(api::registration::expire_due(&app.db)).unwrap(), 0);
        app.clock.set(until);
        // Nobody has swept yet: it does not protect all the same, and makes way.
        let rival = submit(&app.partner(&second), claim(Some(TAX_ID), None)).expect(201);
        act(&app.partner(&first), &id, "lose", json!({ "reason": "inactivity" })).problem(409, "state_conflict");
        act(&app.master("br"), &id_of(&rival), "accept", json!({})).expect(200);
        let ended = app.partner(&first).get(format!("/v1/registrations/{id}")).expect(200);
        assert_eq!((&ended["state"], instant(&ended["ended_at"])), (&json!("expired"), until));
        let events = told(&app.partner(&first), &id, 3);
        assert_eq!(kinds(&events), ["registration.submitted", "registration.accepted", "registration.expired"]);
        assert_eq!(events[2]["actor"], "system", "who made way for whom is nobody's business");
        app.clock.set(until + TimeDelta::microseconds(1));
        assert_eq!(wait(api::registration::expire_due(&app.db)).unwrap(), 0);
        submit(&app.partner(&first), claim(Some(TAX_ID), None)).problem(409, "prospect_not_available");
    }

    fn d3_each_protection_expires_once_whatever_the_number_of_processes(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (partner(&app, "pt"), app.master("pt"));
        let ids: Vec<String> = (0..12).map(|n| {
            let id = id_of(&submit(&app.partner(&own), claim(None, Some(&format!("acme{n}.pt")))).expect(201));
            act(&master, &id, "accept", json!({})).expect(200);
            id
        }).collect();
        app.advance(TimeDelta::days(90));
        let processes: Vec<Db> = (0..4).map(|_| another_process(&app)).collect();
        let together = Barrier::new(processes.len());
        let ended: usize = thread::scope(|scope| {
            let all: Vec<_> = processes.iter().map(|db| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    wait(api::registration::expire_due(db)).unwrap()
                })
            }).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(ended, ids.len());
        let caller = app.partner(&own);
        for id in &ids {
            let events = told(&caller, id, 3);
            assert_eq!(kinds(&events), ["registration.submitted", "registration.accepted", "registration.expired"]);
        }
    }

    fn d3_activity_extends_up_to_the_cap_and_not_beyond(engine: Engine) {
        let app = TestApp::start(engine);
        let own = partner(&app, "pt");
        let id = submitted(&app.partner(&own));
        let extend = |day: &str| act(&app.partner(&own), &id, "extend", json!({ "evidence": evidence(day) }));
        extend("2026-03-02").problem(409, "state_conflict");
        act(&app.master("pt"), &id, "accept", json!({})).expect(200);
        app.advance(TimeDelta::days(10));
        let early = extend("2026-02-28");
        early.problem(422, "invalid_request");
        assert_eq!(early.broken(), ["evidence_earlier D3 /evidence/dated_on", "evidence_too_few D3 /evidence"]);
        assert_eq!(extend("2026-03-13").broken(), ["evidence_later D3 /evidence/dated_on", "evidence_too_few D3 /evidence"]);
        for (day, days) in [("2026-03-10", 180), ("2026-03-11", 270), ("2026-03-12", 360)] {
            let shown = extend(day).expect(200);
            assert_eq!(instant(&shown["protected_until"]), today() + TimeDelta::days(days), "{day}");
            assert_eq!(extend(day).expect(200)["version"], shown["version"], "the same evidence again changes nothing");
        }
        let mut another = evidence("2026-03-12");
        another["description"] = json!("On the phone.");
        let capped = act(&app.partner(&own), &id, "extend", json!({ "evidence": another }));
        capped.problem(422, "invalid_request");
        assert_eq!(capped.broken(), ["protection_cap_reached D3 "]);
    }

    fn r37_decisions_are_recorded_and_an_ended_claim_frees_the_prospect(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (partner(&app, "pt"), partner(&app, "pt"));
        let (holder, rival, master) = (app.partner(&first), app.partner(&second), app.master("pt"));
        let ends: [(&Caller, &str, Value, &str); 4] = [
            (&holder, "withdraw", json!({}), "withdrawn"),
            (&holder, "lose", json!({ "reason": "customer_declined_partner" }), "lost"),
            (&master, "release", json!({ "reason": "other", "note": "They asked for it." }), "released"),
            (&holder, "win", json!({}), "won"),
        ];
        for (caller, action, body, state) in ends {
            let id = submitted(&holder);
            act(&holder, &id, "accept", json!({})).problem(403, "forbidden");
            assert_eq!(act(&master, &id, "begin-review", json!({})).expect(200)["state"], "in_review");
            act(&master, &id, "accept", json!({})).expect(200);
            submit(&rival, claim(Some(TAX_ID), None)).problem(409, "prospect_not_available");
            let ended = act(caller, &id, action, body.clone()).expect(200);
            assert_eq!((&ended["state"], ended["ended_at"].is_string()), (&json!(state), true));
            assert_eq!(act(caller, &id, action, body).expect(200), ended, "{action} twice is {action} once");
            if state == "won" {
                // It is the holder's customer now, so it stays out of others' reach.
                let customer = holder.get(format!("/v1/customers/{}", ended["customer_id"].as_str().unwrap())).expect(200);
                assert_eq!((&customer["responsible"]["id"], &customer["domain"]), (&json!(first), &json!(DOMAIN)));
                submit(&rival, claim(Some(TAX_ID), None)).problem(409, "prospect_not_available");
            } else {
                let free = submit(&rival, claim(Some(TAX_ID), None)).expect(201);
                let rejected = act(&master, &id_of(&free), "reject", json!({ "reason": "out_of_scope", "note": "Not theirs." }));
                assert_eq!((&rejected.expect(200)["state"], &rejected.json()["note"]), (&json!("rejected"), &json!("Not theirs.")));
            }
        }
        let id = id_of(&submit(&holder, claim(None, Some("acme.pt"))).expect(201));
        assert_eq!(act(&master, &id, "reject", json!({ "reason": "other" })).broken(), ["note_required - /note"]);
    }

    fn r35_of_two_claims_accepted_at_the_same_time_one_protects(engine: Engine) {
        let app = TestApp::start(engine);
        // Two partners of two masters; one of them is known by the tax id only, the other by the domain, too.
        let (first, second) = (partner(&app, "pt"), partner(&app, "br"));
        let ours = id_of(&submit(&app.partner(&first), claim(Some(TAX_ID), Some(DOMAIN))).expect(201));
        let theirs = id_of(&submit(&app.partner(&second), claim(Some(TAX_ID), None)).expect(201));
        let (pt, br) = (app.master("pt"), app.master("br"));
        let together = Barrier::new(32);
        let statuses: Vec<(bool, u16)> = thread::scope(|scope| {
            let all: Vec<_> = (0..32).map(|n| {
                let (caller, id, together) = if n % 2 == 0 { (&pt, &ours, &together) } else { (&br, &theirs, &together) };
                scope.spawn(move || {
                    together.wait();
                    (n % 2 == 0, act(caller, id, "accept", json!({})).status)
                })
            }).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let accepted = |of_ours| statuses.iter().filter(|(ours, status)| *ours == of_ours && *status == 200).count();
        // Accepting twice is accepting once, so one side got 200 sixteen times, and the other never.
        assert!([(16, 0), (0, 16)].contains(&(accepted(true), accepted(false))), "{statuses:?}");
        assert!(statuses.iter().all(|(_, status)| [200, 409].contains(status)), "{statuses:?}");
        assert_eq!(protecting(&app), 1);
    }

    fn r35_an_acceptance_that_another_process_is_about_to_commit_stands_in_the_way(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (partner(&app, "pt"), partner(&app, "br"));
        let ours = submitted(&app.partner(&first));
        let theirs = submitted(&app.partner(&second));
        let br = app.master("br");
        let other = another_process(&app);
        let (sender, began) = mpsc::channel();
        let view = View { network: network_of(&app), company: CompanyId::Partner(first.parse().unwrap()) };
        let id: RegistrationId = ours.parse().unwrap();
        let answer = thread::scope(|scope| {
            scope.spawn(move || {
                wait(other.write(move |tx| {
                    let now = tx.now()?;
                    let mut found = store::find(tx.conn, &view, id)?.expect("a registration");
                    found.status = Status {
                        state: RegistrationState::Accepted,
                        reason: None,
                        protection: Some(Protection { from: now, until: now + TimeDelta::days(90) }),
                    };
                    found.version += 1;
                    assert!(store::update(tx.conn, &found)?);
                    sender.send(()).unwrap();
                    // The window: everything is written, nothing is committed.
                    thread::sleep(Duration::from_millis(400));
                    Ok::<_, DbError>(())
                }))
                .expect("an acceptance");
            });
            began.recv().unwrap();
            act(&br, &theirs, "accept", json!({}))
        });
        answer.problem(409, "prospect_not_available");
        assert!(!answer.text.contains(&ours), "a master learns nothing of what another one supervises");
        assert_eq!(protecting(&app), 1);
    }

    fn d17_a_submission_that_another_process_is_about_to_commit_stands_in_the_way(engine: Engine) {
        let app = TestApp::start(engine);
        let own = partner(&app, "pt");
        let caller = app.partner(&own);
        let first = submitted(&caller);
        let other = another_process(&app);
        let (sender, began) = mpsc::channel();
        let view = View { network: network_of(&app), company: CompanyId::Partner(own.parse().unwrap()) };
        let (id, twin): (RegistrationId, RegistrationId) = (first.parse().unwrap(), Id::from_uuid(uuid::Uuid::now_v7()));
        let found = wait(app.db.read(move |tx| store::find(tx.conn, &view, id))).unwrap().expect("a registration");
        act(&caller, &first, "withdraw", json!({})).expect(200);
        let answer = thread::scope(|scope| {
            scope.spawn(move || {
                wait(other.write(move |tx| {
                    store::insert(tx.conn, &store::Registration { id: twin, ..found.clone() })?;
                    sender.send(()).unwrap();
                    thread::sleep(Duration::from_millis(400));
                    Ok::<_, DbError>(())
                }))
                .expect("a submission");
            });
            began.recv().unwrap();
            submit(&caller, claim(Some(TAX_ID), None))
        });
        answer.problem(409, "already_exists");
        assert_eq!(answer.broken(), ["registration_is_live D17 /prospect"]);
    }

    fn d17_of_five_hundred_submissions_at_the_same_time_one_is_live(engine: Engine) {
        let app = TestApp::start(engine);
        let caller = app.partner(&partner(&app, "pt"));
        let together = Barrier::new(50);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let all: Vec<_> = (0..50).map(|n| {
                let (caller, together) = (&caller, &together);
                scope.spawn(move || {
                    together.wait();
                    let keys = [(Some(TAX_ID), None), (None, Some(DOMAIN)), (Some(TAX_ID), Some(DOMAIN))];
                    let (tax_id, domain) = keys[n % 3];
                    (0..10).map(|_| submit(caller, claim(tax_id, domain)).status).collect::<Vec<_>>()
                })
            }).collect();
            all.into_iter().flat_map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.len(), 500);
        // One key each may be claimed by two registrations that share none; whoever has both keys excludes both.
        let live = caller.get("/v1/registrations?state=submitted").expect(200)["data"].as_array().unwrap().clone();
        let keys: Vec<&str> = live.iter().flat_map(|it| [&it["prospect"]["tax_id"], &it["prospect"]["domain"]]).filter_map(Value::as_str).collect();
        assert_eq!(keys.len(), 2, "each key once: {live:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), live.len());
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
    }
}

pub(crate) fn network_of(app: &TestApp) -> domain::id::NetworkId {
    wait(app.db.read(|tx| Ok::<_, DbError>(network::find_network_by_code(tx.conn, "altoga")?.expect("a network").id))).unwrap()
}

/// How many protections stand on the usual prospect.
fn protecting(app: &TestApp) -> usize {
    let network = network_of(app);
    let keys = vec!["tax_id:PT:501442600".to_owned(), format!("domain:{DOMAIN}")];
    wait(app.db.read(move |tx| store::accepted_for(tx.conn, network, &keys, &Scope::Whole))).unwrap().len()
}
