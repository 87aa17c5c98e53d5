//! What of a prospect is claimed: the whole of it, or product lines of the catalogue (D17).

use std::{sync::Barrier, sync::mpsc, thread, time::Duration};

use chrono::TimeDelta;
use domain::{
    id::{CompanyId, Id, RegistrationId},
    registration::{Protection, Registration as Status, RegistrationState, Scope},
};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, line},
};
use persistence::{db::Db, error::DbError, invariants::INVARIANTS, registration as store, view::View};
use serde_json::{Value, json};

use crate::registration::{DOMAIN, TAX_ID, act, another_process, claim, id_of, network_of, partner, said, submit};

/// A claim of product lines of the usual prospect.
fn claim_of(lines: &[&str]) -> Value {
    let mut claim = claim(Some(TAX_ID), Some(DOMAIN));
    claim["product_lines"] = if lines.is_empty() { Value::Null } else { json!(lines) };
    claim
}

fn accept(master: &Caller, id: &str) -> Answer {
    act(master, id, "accept", json!({}))
}

/// Everything holds that must always hold of prospects and their protection.
pub(crate) fn assert_sound(db: &Db) {
    for invariant in INVARIANTS.iter().filter(|it| it.rule.contains("prospect") || it.rule.contains("protect")) {
        let broken = wait(db.read(|tx| invariant.broken(tx.conn))).expect("a check");
        assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
    }
}

/// What the service says when the second of two claims is accepted, or already when it is handed in.
fn second_after_first(engine: entente_tests::engine::Engine, first: &[&str], second: &[&str]) {
    let app = TestApp::start(engine);
    let [holder, rival, late] = [(); 3].map(|()| app.partner(&partner(&app, "pt")));
    let master = app.master("pt");
    let ours = id_of(&submit(&holder, claim_of(first)).expect(201));
    let theirs = id_of(&submit(&rival, claim_of(second)).expect(201));
    accept(&master, &ours).expect(200);
    let overlap = first.is_empty() || second.is_empty() || first.iter().any(|line| second.contains(line));
    let (accepted, submitted) = (accept(&master, &theirs), submit(&late, claim_of(second)));
    if overlap {
        accepted.problem(409, "prospect_not_available");
        assert_eq!(submitted.problem(409, "prospect_not_available")["errors"], Value::Null, "{first:?} and {second:?}");
    } else {
        accepted.expect(200);
        assert_eq!(submitted.problem(409, "prospect_not_available")["errors"], Value::Null, "the rival protects them now");
    }
    assert_sound(&app.db);
    // With the last protection the prospect is free for every scope again.
    act(&holder, &ours, "withdraw", json!({})).expect(200);
    act(&rival, &theirs, "withdraw", json!({})).expect(200);
    accept(&master, &id_of(&submit(&late, claim_of(&[])).expect(201))).expect(200);
    assert_sound(&app.db);
}

on_both_engines! {
    fn d17_overlapping_scopes_conflict_and_disjoint_ones_do_not(engine: Engine) {
        for (first, second) in [(&[][..], &[][..]), (&[], &["crm"]), (&["crm"], &[]), (&["crm"], &["crm"]), (&["crm", "erp"], &["erp", "people"]), (&["crm"], &["erp"])] {
            second_after_first(engine, first, second);
        }
    }

    fn d17_the_product_lines_are_those_of_the_catalogue_and_change_while_the_prospect_does(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let mut wrong = claim_of(&["crm", "weather", "ERP"]);
        wrong["prospect"]["tax_id"] = json!("501 442 601");
        let refused = submit(&own, wrong);
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["wrong_format - /product_lines/2"], "what cannot be read is said first");
        let mut wrong = claim_of(&["crm", "weather"]);
        wrong["prospect"]["tax_id"] = json!("501 442 601");
        assert_eq!(submit(&own, wrong).broken(), ["tax_id_check_digits R13 /prospect/tax_id", "unknown_product_line D17 /product_lines/1"]);
        assert_eq!(submit(&own, claim_of(&[])).expect(201)["product_lines"], Value::Null);
        act(&own, &id_of(&own.get("/v1/registrations").expect(200)["data"][0]), "withdraw", json!({})).expect(200);

        let answer = submit(&own, claim_of(&["erp", "crm", "crm"]));
        let shown = answer.expect(201);
        assert_eq!(shown["product_lines"], json!(["crm", "erp"]));
        let path = format!("/v1/registrations/{}", id_of(&shown));
        own.patch(&path, &answer.etag(), json!({ "product_lines": [] })).problem(422, "invalid_request");
        let fewer = own.patch(&path, &answer.etag(), json!({ "product_lines": ["people"] }));
        assert_eq!(fewer.expect(200)["product_lines"], json!(["people"]));
        let unknown = own.patch(&path, &fewer.etag(), json!({ "product_lines": ["weather"], "prospect": { "domain": "co.uk" } }));
        assert_eq!(unknown.broken(), ["domain_public_suffix D17 /prospect/domain", "unknown_product_line D17 /product_lines/0"]);
        let whole = own.patch(&path, &fewer.etag(), json!({ "product_lines": null }));
        assert_eq!(whole.expect(200)["product_lines"], Value::Null);
        accept(&master, &id_of(&shown)).expect(200);
        own.patch(&path, "\"4\"", json!({ "product_lines": ["crm"] })).problem(409, "state_conflict");
        assert_eq!(master.get(&path).expect(200)["product_lines"], Value::Null);
    }

    fn d17_a_partner_claims_disjoint_lines_of_one_prospect_apart(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let crm = submit(&own, claim_of(&["crm"]));
        let erp = submit(&own, claim_of(&["erp"])).expect(201);
        for overlapping in [&[][..], &["crm"], &["erp", "people"]] {
            let again = submit(&own, claim_of(overlapping));
            again.problem(409, "already_exists");
            assert_eq!(again.broken(), ["registration_is_live D17 /prospect"], "{overlapping:?}");
        }
        let path = format!("/v1/registrations/{}", id_of(&crm.expect(201)));
        own.patch(&path, &crm.etag(), json!({ "product_lines": null })).problem(409, "already_exists");
        accept(&master, &id_of(&crm.json())).expect(200);
        accept(&master, &id_of(&erp)).expect(200);
        assert_sound(&app.db);
    }

    fn r36_a_proposal_meets_the_protections_of_its_items_lines_and_of_the_whole_prospect(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (first, second) = (market.partner(), market.partner());
        let [_, agreement] = [&first, &second].map(|partner| {
            let agreement = market.agreement(partner, "reseller", None);
            market.enter_stage(&agreement, "own_services");
            agreement
        });
        let (holder, seller) = (market.caller(&first), market.caller(&second));
        let customer = market.customer(&second);
        let domain = seller.get(format!("/v1/customers/{customer}")).expect(200)["domain"].as_str().unwrap().to_owned();
        // It is the seller's customer already, so the holder's claim came first.
        let protect = |lines: &[&str]| {
            let id: RegistrationId = Id::from_uuid(uuid::Uuid::now_v7());
            protect_by_hand(&app, &holder, id, &domain, lines);
            id
        };
        let own = market.own_item(&second, "partner_own");
        let module = json!([line(&market.item("sales_and_purchasing"), "year", None)]);
        let own_line = json!([line(&own, "year", Some("10.00"))]);
        let both = json!([own_line[0], module[0]]);
        let propose = |lines: &Value| {
            let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
            seller.post("/v1/proposals", body)
        };
        let before = id_of(&propose(&module).expect(201));
        seller.post(format!("/v1/proposals/{before}/send"), json!({})).expect(200);
        let sign = || seller.post(format!("/v1/proposals/{before}/sign"), json!({ "signed_on": "2026-03-02" }));

        let erp = protect(&["erp"]);
        let refused = propose(&module);
        refused.problem(409, "prospect_not_available");
        assert_eq!(said(&propose(&both)), said(&refused));
        propose(&own_line).expect(201);
        sign().problem(409, "prospect_not_available");
        act(&holder, &erp.to_string(), "withdraw", json!({})).expect(200);

        let crm = protect(&["crm"]);
        propose(&both).expect(201);
        act(&holder, &crm.to_string(), "withdraw", json!({})).expect(200);

        let whole = protect(&[]);
        propose(&own_line).problem(409, "prospect_not_available");
        propose(&module).problem(409, "prospect_not_available");
        act(&holder, &whole.to_string(), "withdraw", json!({})).expect(200);
        sign().expect(201);
    }

    fn d17_two_partners_win_their_product_lines_of_one_prospect(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let [(first, erp), (second, crm)] = [("erp", "sales_and_purchasing"), ("crm", "customer_relations")].map(|(line_code, item)| {
            let partner = market.partner();
            let agreement = market.agreement(&partner, "reseller", None);
            market.enter_stage(&agreement, "own_services");
            let registration = id_of(&submit(&market.caller(&partner), claim_of(&[line_code])).expect(201));
            accept(market.master(), &registration).expect(200);
            let body = json!({
                "agreement_id": agreement, "registration_id": registration, "currency": "EUR",
                "lines": [line(&market.item(item), "year", None)],
            });
            (market.caller(&partner), body)
        });
        let of_first = market.sell(&first, &erp);
        let of_second = market.sell(&second, &crm);
        let customer = |seller: &Caller, contract: &str| {
            seller.get(format!("/v1/contracts/{contract}")).expect(200)["customer_id"].as_str().unwrap().to_owned()
        };
        let known = customer(&first, &of_first.contract);
        assert_eq!(customer(&second, &of_second.contract), known, "one prospect is one customer");
        // Whoever answered for it still does, alone (R51).
        let shown = first.get(format!("/v1/customers/{known}")).expect(200);
        assert_eq!((&shown["responsible"]["id"], &shown["version"]), (&first.get("/v1/me").expect(200)["company"]["id"], &json!(1)));
        second.get(format!("/v1/customers/{known}")).problem(404, "not_found");
        assert_sound(&app.db);
    }

    fn d17_of_overlapping_claims_accepted_at_the_same_time_one_protects(engine: Engine) {
        // Whole against line, line against line, and lines that share one.
        for (first, second) in [(&[][..], &["crm"][..]), (&["crm"], &["crm"]), (&["crm", "erp"], &["erp", "people"])] {
            let app = TestApp::start(engine);
            let ours = id_of(&submit(&app.partner(&partner(&app, "pt")), claim_of(first)).expect(201));
            let theirs = id_of(&submit(&app.partner(&partner(&app, "br")), claim_of(second)).expect(201));
            let (pt, br) = (app.master("pt"), app.master("br"));
            let together = Barrier::new(16);
            let statuses: Vec<(bool, u16)> = thread::scope(|scope| {
                let all: Vec<_> = (0..16).map(|n| {
                    let (caller, id, together) = if n % 2 == 0 { (&pt, &ours, &together) } else { (&br, &theirs, &together) };
                    scope.spawn(move || {
                        together.wait();
                        (n % 2 == 0, accept(caller, id).status)
                    })
                }).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            let accepted = |of_ours| statuses.iter().filter(|(ours, status)| *ours == of_ours && *status == 200).count();
            assert!([(8, 0), (0, 8)].contains(&(accepted(true), accepted(false))), "{first:?} and {second:?}: {statuses:?}");
            assert!(statuses.iter().all(|(_, status)| [200, 409].contains(status)), "{statuses:?}");
            assert_sound(&app.db);
        }
    }

    fn d17_an_overlapping_acceptance_that_is_about_to_be_committed_stands_in_the_way(engine: Engine) {
        for (first, second) in [(&["crm"][..], &[][..]), (&[], &["crm"])] {
            let app = TestApp::start(engine);
            let holder = app.partner(&partner(&app, "pt"));
            let ours = id_of(&submit(&holder, claim_of(first)).expect(201));
            let theirs = id_of(&submit(&app.partner(&partner(&app, "br")), claim_of(second)).expect(201));
            let (br, other, view) = (app.master("br"), another_process(&app), view_of(&app, &holder));
            let (sender, began) = mpsc::channel();
            let id: RegistrationId = ours.parse().unwrap();
            let answer = thread::scope(|scope| {
                scope.spawn(move || {
                    wait(other.write(move |tx| {
                        let now = tx.now()?;
                        let mut found = store::find(tx.conn, &view, id)?.expect("a registration");
                        found.status = protecting(now);
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
                accept(&br, &theirs)
            });
            answer.problem(409, "prospect_not_available");
            assert_sound(&app.db);
        }
    }

    fn d17_the_schema_alone_refuses_a_protection_that_overlaps(engine: Engine) {
        let app = TestApp::start(engine);
        let (holder, rival) = (app.partner(&partner(&app, "pt")), app.partner(&partner(&app, "pt")));
        for (first, second, possible) in
            [(&[][..], &["crm"][..], false), (&["crm"], &[], false), (&["crm"], &["crm", "erp"], false), (&["crm"], &["erp"], true)]
        {
            let ours = id_of(&submit(&holder, claim_of(first)).expect(201));
            let theirs = id_of(&submit(&rival, claim_of(second)).expect(201));
            accept(&app.master("pt"), &ours).expect(200);
            let (view, id): (View, RegistrationId) = (view_of(&app, &rival), theirs.parse().unwrap());
            // As if nobody had looked for what stands in the way.
            let written = wait(app.db.write(move |tx| {
                let mut found = store::find(tx.conn, &view, id)?.expect("a registration");
                found.status = protecting(tx.now()?);
                found.version += 1;
                store::update(tx.conn, &found)
            }));
            assert_eq!(written.is_ok(), possible, "{first:?} and {second:?}: {written:?}");
            if let Err(refused) = written {
                use persistence::error::Constraint::{OneProtection, OneProtectionMode};
                assert!(matches!(refused.broken(), Some(OneProtection | OneProtectionMode)), "{refused:?}");
            }
            act(&holder, &ours, "withdraw", json!({})).expect(200);
            act(&rival, &theirs, "withdraw", json!({})).expect(200);
        }
    }
}

fn view_of(app: &TestApp, caller: &Caller) -> View {
    let partner = caller.get("/v1/me").expect(200)["company"]["id"].as_str().unwrap().to_owned();
    View { network: network_of(app), company: CompanyId::Partner(partner.parse().unwrap()) }
}

fn protecting(now: chrono::DateTime<chrono::Utc>) -> Status {
    let protection = Some(Protection { from: now, until: now + TimeDelta::days(90) });
    Status { state: RegistrationState::Accepted, reason: None, protection }
}

/// An accepted registration of the holder for a domain, written past every command.
fn protect_by_hand(app: &TestApp, holder: &Caller, id: RegistrationId, domain: &str, lines: &[&str]) {
    let model = id_of(&submit(holder, claim(None, Some("model.pt"))).expect(201));
    let (view, of_model): (View, RegistrationId) = (view_of(app, holder), model.parse().unwrap());
    act(holder, &model, "withdraw", json!({})).expect(200);
    let scope = Scope::of_registration(lines.iter().map(ToString::to_string));
    let domain = domain::partner::Domain::parse(domain).unwrap();
    wait(app.db.write(move |tx| {
        let now = tx.now()?;
        let found = store::find(tx.conn, &view, of_model)?.expect("a registration");
        let prospect = domain::registration::ProspectIdentity::new("Model", found.prospect.country(), None, Some(domain.clone()));
        let registration = store::Registration {
            id,
            prospect: prospect.expect("a prospect"),
            scope: scope.clone(),
            status: protecting(now),
            ended_at: None,
            version: 1,
            ..found
        };
        store::insert(tx.conn, &registration)
    }))
    .expect("a protection");
}
