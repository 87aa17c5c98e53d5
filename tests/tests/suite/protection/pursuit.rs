//! Masters' own pursuits (R36, D7): they keep others off like a protection, and are not meant against what came before.

use std::{sync::mpsc, thread, time::Duration};

use diesel::RunQueryDsl;
use domain::id::{CompanyId, Id};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
};
use persistence::{error::DbError, pursuit as store, registration};
use serde_json::{Value, json};

use super::{assert_blind, claim_of_domain, protect};
use crate::{
    registration::{DOMAIN, TAX_ID, act, another_process, claim, id_of, network_of, partner, said, submit},
    scope::assert_sound,
};

fn pursuit_of(tax_id: Option<&str>, domain: Option<&str>, product_lines: &[&str]) -> Value {
    let lines = if product_lines.is_empty() { Value::Null } else { json!(product_lines) };
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "tax_id": tax_id, "domain": domain },
        "product_lines": lines,
    })
}

fn pursue(master: &Caller, pursuit: Value) -> Answer {
    master.post("/v1/pursuits", pursuit)
}

fn close(master: &Caller, id: &str, reason: &str) -> Answer {
    master.post(format!("/v1/pursuits/{id}/close"), json!({ "reason": reason }))
}

on_both_engines! {
    fn r36_d22_an_open_pursuit_keeps_partners_off_with_the_refusal_of_a_protection(engine: Engine) {
        let app = TestApp::start(engine);
        let [holder, rival] = [(); 2].map(|()| app.partner(&partner(&app, "pt")));
        let master = app.master("pt");
        let theirs = protect(&holder, &master, "outra.pt", &[]);
        let opened = pursue(&master, pursuit_of(Some(TAX_ID), Some(DOMAIN), &[])).expect(201);
        assert_eq!((&opened["state"], &opened["earlier_registrations"]), (&json!("open"), &json!([])));

        let by_pursuit = submit(&rival, claim(Some(TAX_ID), None));
        let by_protection = submit(&rival, claim_of_domain("outra.pt", &[]));
        assert_eq!(said(&by_pursuit), said(&by_protection));
        assert_eq!(said(&submit(&rival, claim(None, Some("www.conservas.pt")))), said(&by_protection));
        let not_found = rival.post(format!("/v1/registrations/{theirs}/withdraw"), json!({}));
        assert_blind(&by_pursuit, &not_found);
        // Another master is kept off as well, and told nothing of the first one's.
        let other = pursue(&app.master("br"), pursuit_of(None, Some(DOMAIN), &[]));
        assert_eq!(other.problem(409, "prospect_not_available")["errors"], Value::Null);
        // A customer that is taken over for a partner would be the same competition.
        let customer = json!({ "name": "Conservas", "country": "PT", "tax_id": TAX_ID });
        let mut of_partner = customer.clone();
        of_partner["responsible_id"] = json!(rival.get("/v1/me").expect(200)["company"]["id"]);
        master.post("/v1/customers", of_partner).problem(409, "prospect_not_available");
        master.post("/v1/customers", customer).expect(201);

        close(&master, &id_of(&opened), "won").expect(200);
        let again = close(&master, &id_of(&opened), "won").expect(200);
        assert_eq!((&again["state"], &again["reason"], &again["version"]), (&json!("closed"), &json!("won"), &json!(2)));
        close(&master, &id_of(&opened), "lost").problem(409, "state_conflict");
    }

    fn r36_a_closed_pursuit_keeps_nobody_off(engine: Engine) {
        let app = TestApp::start(engine);
        let (rival, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let opened = id_of(&pursue(&master, pursuit_of(None, Some(DOMAIN), &[])).expect(201));
        submit(&rival, claim(None, Some(DOMAIN))).problem(409, "prospect_not_available");
        master.post(format!("/v1/pursuits/{opened}/close"), json!({ "reason": "other" })).problem(422, "invalid_request");
        close(&master, &opened, "abandoned").expect(200);
        protect(&rival, &master, DOMAIN, &[]);
        assert_sound(&app.db);
    }

    fn d17_a_pursuit_of_product_lines_keeps_others_off_these_and_no_others(engine: Engine) {
        let app = TestApp::start(engine);
        let (rival, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let opened = pursue(&master, pursuit_of(None, Some(DOMAIN), &["crm"])).expect(201);
        assert_eq!(opened["product_lines"], json!(["crm"]));
        for lines in [&[][..], &["crm"], &["crm", "erp"]] {
            submit(&rival, claim_of_domain(DOMAIN, lines)).problem(409, "prospect_not_available");
        }
        protect(&rival, &master, DOMAIN, &["erp"]);
        pursue(&master, pursuit_of(None, Some(DOMAIN), &["erp"])).problem(409, "prospect_not_available");
        pursue(&master, pursuit_of(None, Some(DOMAIN), &["people"])).expect(201);
        let unknown = pursue(&master, pursuit_of(None, Some("co.uk"), &["weather"]));
        assert_eq!(unknown.broken(), ["domain_public_suffix D17 /prospect/domain", "unknown_product_line D17 /product_lines/0"]);
        assert_sound(&app.db);
    }

    fn r36_no_pursuit_is_opened_where_a_partners_protection_stands_or_another_has_the_customer(engine: Engine) {
        let app = TestApp::start(engine);
        let (pt, br) = (app.master("pt"), app.master("br"));
        let held = protect(&app.partner(&partner(&app, "pt")), &pt, DOMAIN, &[]);
        let own = pursue(&pt, pursuit_of(None, Some(DOMAIN), &[]));
        own.problem(409, "prospect_not_available");
        assert_eq!(own.broken(), ["protected_by_registration R36 "]);
        assert!(own.text.contains(&held), "the master that supervises it is told which");
        let other = pursue(&br, pursuit_of(None, Some(DOMAIN), &[]));
        assert_eq!(other.problem(409, "prospect_not_available")["errors"], Value::Null);

        let of_partner = json!({ "name": "Hotel", "country": "PT", "domain": "cais.pt", "responsible_id": partner(&app, "pt") });
        pt.post("/v1/customers", of_partner).expect(201);
        assert_eq!(pursue(&pt, pursuit_of(None, Some("cais.pt"), &[])).broken(), ["customer_of_another R36 "]);
        // Its own customer a master may pursue.
        pt.post("/v1/customers", json!({ "name": "Foz", "country": "PT", "domain": "foz.pt" })).expect(201);
        let opened = pursue(&pt, pursuit_of(None, Some("foz.pt"), &[])).expect(201);
        assert_eq!(pursue(&pt, pursuit_of(None, Some("foz.pt"), &[])).broken(), ["pursued_by_master R36 "]);
        assert_eq!(pursue(&br, pursuit_of(None, Some("foz.pt"), &[])).json()["errors"], Value::Null);

        // A protection that has run out is no protection, whether or not its expiry was recorded.
        app.advance(chrono::TimeDelta::days(90));
        pursue(&app.master("pt"), pursuit_of(None, Some(DOMAIN), &[])).expect(201);
        assert_eq!(app.master("pt").get(format!("/v1/registrations/{held}")).expect(200)["state"], "expired");
        assert_eq!(opened["closed_at"], Value::Null);
        assert_sound(&app.db);
    }

    fn r36_a_registration_that_came_first_is_named_and_waits_until_the_pursuit_is_closed(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let ours = id_of(&submit(&first, claim(None, Some(DOMAIN))).expect(201));
        let elsewhere = id_of(&submit(&app.partner(&partner(&app, "br")), claim(None, Some(DOMAIN))).expect(201));
        let opened = pursue(&master, pursuit_of(None, Some(DOMAIN), &[])).expect(201);
        assert_eq!(opened["earlier_registrations"], json!([ours]), "and not {elsewhere}, which another master supervises");
        let refused = act(&master, &ours, "accept", json!({}));
        refused.problem(409, "prospect_not_available");
        assert_eq!(refused.broken(), ["pursued_by_master R36 "]);
        assert!(refused.text.contains(&id_of(&opened)));
        let other = act(&app.master("br"), &elsewhere, "accept", json!({}));
        assert_eq!(other.problem(409, "prospect_not_available")["errors"], Value::Null);
        close(&master, &id_of(&opened), "given_way").expect(200);
        act(&master, &ours, "accept", json!({})).expect(200);
        // Or the master rejects it, and says why.
        let second = id_of(&submit(&first, claim(None, Some("cais.pt"))).expect(201));
        pursue(&master, pursuit_of(None, Some("cais.pt"), &[])).expect(201);
        let rejected = act(&master, &second, "reject", json!({ "reason": "master_direct_pursuit" })).expect(200);
        assert_eq!(rejected["reason"], "master_direct_pursuit");
        assert_sound(&app.db);
    }

    fn d22_a_masters_pursuits_are_its_own_business(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let id = id_of(&pursue(&master, pursuit_of(None, Some(DOMAIN), &[])).expect(201));
        for answer in [own.get("/v1/pursuits"), own.get(format!("/v1/pursuits/{id}")), pursue(&own, pursuit_of(None, Some("a.pt"), &[]))] {
            answer.problem(403, "forbidden");
        }
        let br = app.master("br");
        br.get(format!("/v1/pursuits/{id}")).problem(404, "not_found");
        close(&br, &id, "lost").problem(404, "not_found");
        assert_eq!(br.get("/v1/pursuits").expect(200)["data"], json!([]));
        assert_eq!(master.get("/v1/pursuits?state=closed").expect(200)["data"], json!([]));
        assert_eq!(id_of(&master.get("/v1/pursuits?state=open").expect(200)["data"][0]), id);
        assert_eq!(crate::registration::kinds(&crate::registration::told(&master, &id, 1)), ["pursuit.opened"]);
        assert_eq!(crate::registration::told(&own, &id, 0), Vec::<Value>::new());
    }

    fn r36_a_pursuit_and_an_acceptance_at_the_same_time_leave_one_of_the_two(engine: Engine) {
        let app = TestApp::start(engine);
        let ours = id_of(&submit(&app.partner(&partner(&app, "pt")), claim(None, Some(DOMAIN))).expect(201));
        let (master, other, network) = (app.master("pt"), another_process(&app), network_of(&app));
        let id = app.db_master("br");
        let (sender, began) = mpsc::channel();
        let answer = thread::scope(|scope| {
            let pursuing = scope.spawn(move || {
                wait(other.write(move |tx| {
                    let now = tx.now()?;
                    let pursuit = pursuit_by_hand(network, Id::from_uuid(id), now);
                    if !registration::accepted_for(tx.conn, network, &pursuit.keys(), &pursuit.scope)?.is_empty() {
                        return Ok(false);
                    }
                    store::insert(tx.conn, &pursuit)?;
                    sender.send(()).unwrap();
                    // The window: everything is written, nothing is committed.
                    thread::sleep(Duration::from_millis(400));
                    Ok::<_, DbError>(true)
                }))
                .expect("an answer")
            });
            began.recv().unwrap();
            let answer = act(&master, &ours, "accept", json!({}));
            (answer, pursuing.join().unwrap())
        });
        match answer {
            (refused, true) => drop(refused.problem(409, "prospect_not_available")),
            (accepted, false) => drop(accepted.expect(200)),
        }
        assert_sound(&app.db);
    }

    fn r36_the_schema_alone_refuses_a_pursuit_beside_a_protection(engine: Engine) {
        let app = TestApp::start(engine);
        let (holder, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let held = protect(&holder, &master, DOMAIN, &[]);
        let (network, pt) = (network_of(&app), app.db_master("pt"));
        // As if nobody had looked for what stands in the way.
        let pursue_by_hand = || wait(app.db.write(move |tx| {
            let now = tx.now()?;
            store::insert(tx.conn, &pursuit_by_hand(network, Id::from_uuid(pt), now))
        }));
        assert!(pursue_by_hand().is_err());
        act(&holder, &held, "withdraw", json!({})).expect(200);
        let waiting = id_of(&submit(&holder, claim(None, Some(DOMAIN))).expect(201));
        pursue_by_hand().expect("a pursuit");
        let accept_by_hand = wait(app.db.write(|tx| {
            let whole = "UPDATE registration_keys SET live = FALSE WHERE NOT protects";
            diesel::sql_query(whole).execute(tx.conn)?;
            diesel::sql_query("INSERT INTO protected_prospects (network_id, key, mode) SELECT DISTINCT network_id, 'domain:conservas.pt', 'whole' FROM pursuit_keys").execute(tx.conn)?;
            diesel::sql_query(
                "INSERT INTO registration_keys (registration_id, key, line, network_id, partner_id, live, protects, mode) \
                 SELECT r.id, 'domain:conservas.pt', '', r.network_id, r.partner_id, TRUE, TRUE, 'whole' FROM registrations r WHERE r.state = 'withdrawn'",
            )
            .execute(tx.conn)?;
            Ok::<_, DbError>(())
        }));
        let refused = format!("{:?}", accept_by_hand.expect_err("a protection beside a pursuit"));
        assert!(refused.contains("pursued: registration_keys"), "{refused}: {waiting}");
    }
}

fn pursuit_by_hand(
    network: domain::id::NetworkId,
    master: domain::id::MasterId,
    now: chrono::DateTime<chrono::Utc>,
) -> store::Pursuit {
    let domain = domain::partner::Domain::parse(DOMAIN).expect("a domain");
    let country = domain::partner::Country::parse("PT").expect("a country");
    store::Pursuit {
        id: Id::from_uuid(uuid::Uuid::now_v7()),
        network,
        master,
        prospect: domain::registration::ProspectIdentity::new("Conservas", country, None, Some(domain)).expect("a prospect"),
        scope: domain::registration::Scope::Whole,
        tax_id_written: None,
        email: None,
        status: domain::pursuit::Pursuit { closed: None },
        note: None,
        opened_by: CompanyId::Master(master).to_string(),
        closed: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
