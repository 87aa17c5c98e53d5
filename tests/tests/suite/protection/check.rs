//! The blind check (R36, D17, D22): one word, the same in everything else, logged and limited.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use api::{
    access::{Scope, token::Keys},
    app::App,
};
use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, Service, TestApp, company},
    engine::wait,
    on_both_engines,
};
use persistence::error::DbError;
use serde_json::{Value, json};

use super::protect;
use crate::registration::{DOMAIN, TAX_ID, act, claim, id_of, partner, submit};

fn check(caller: &Caller, prospect: Value) -> Answer {
    caller.post("/v1/registrations/check", json!({ "prospect": prospect }))
}

fn check_lines(caller: &Caller, prospect: Value, product_lines: &[&str]) -> Answer {
    caller.post("/v1/registrations/check", json!({ "prospect": prospect, "product_lines": product_lines }))
}

fn by_domain(domain: &str) -> Value {
    json!({ "country": "PT", "domain": domain })
}

/// What a check says: its word, and what it matched on.
#[track_caller]
fn word(answer: &Answer) -> String {
    let body = answer.expect(200);
    let on: Vec<&str> = body["matched_on"].as_array().unwrap().iter().map(|on| on.as_str().unwrap()).collect();
    format!("{} {}", body["status"].as_str().unwrap(), on.join(",")).trim_end().to_owned()
}

/// Everything about an answer that must not tell one word from another.
fn outside(answer: &Answer) -> (u16, Vec<(String, String)>, usize, Vec<String>) {
    let headers = answer.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str())).cloned().collect();
    let members = answer.json().as_object().expect("an object").keys().cloned().collect();
    (answer.status, headers, answer.text.len(), members)
}

/// The whole network with another limit of checks.
fn limit_checks(app: &TestApp, prospects_per_day: u32, warn_at: u32) {
    let file = format!("{}/../networks/altoga.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(file).expect("a network's file");
    let from = "{prospects_per_day: 250, warn_at: 100}";
    assert!(text.contains(from), "the network states its limit");
    let to = format!("{{prospects_per_day: {prospects_per_day}, warn_at: {warn_at}}}");
    wait(api::network::apply::apply_text(&app.db, &text.replace(from, &to), false)).expect("a network");
}

/// Another process over the same database, that limits its callers.
fn limiting(app: &TestApp) -> Service {
    let key = std::env::temp_dir().join(format!("{}.pem", uuid::Uuid::now_v7()));
    std::fs::write(&key, app.signing_key()).expect("a key");
    let keys = Keys::read([&key]).expect("a key");
    std::fs::remove_file(&key).expect("a key to remove");
    Service::start(Arc::new(App::new(app.db.clone(), keys, api::routes::contract().expect("a contract"), 1_000)))
}

on_both_engines! {
    fn r36_d22_a_check_says_what_an_accepted_registration_keeps_off_and_nothing_of_other_claims(engine: Engine) {
        let app = TestApp::start(engine);
        let (asking, master) = (partner(&app, "pt"), app.master("pt"));
        let (holder, asker) = (app.partner(&partner(&app, "pt")), app.partner(&asking));
        let both = || json!({ "country": "PT", "tax_id": TAX_ID, "domain": "www.conservas.pt" });
        assert_eq!(word(&check(&asker, both())), "clear");
        let id = id_of(&submit(&holder, claim(Some(TAX_ID), Some(DOMAIN))).expect(201));
        assert_eq!(word(&check(&asker, both())), "clear", "a claim that no master has accepted is never shown");
        assert_eq!(word(&check(&holder, both())), "own tax_id,domain");
        act(&master, &id, "accept", json!({})).expect(200);
        assert_eq!(word(&check(&asker, both())), "protected tax_id,domain");
        assert_eq!(word(&check(&asker, json!({ "country": "PT", "tax_id": "PT501442600" }))), "protected tax_id");
        assert_eq!(word(&check(&asker, by_domain("https://loja.conservas.pt/mar"))), "protected domain");
        assert_eq!(word(&check(&holder, both())), "own tax_id,domain");
        app.advance(TimeDelta::days(90));
        let asker = app.partner(&asking);
        assert_eq!(word(&check(&asker, both())), "clear", "from its last instant on, whether or not its expiry was recorded");
    }

    fn a_check_is_no_registration_whose_id_could_be_asked_for_or_changed(engine: Engine) {
        let app = TestApp::start(engine);
        let caller = app.partner(&partner(&app, "pt"));
        let address = "/v1/registrations/check";
        for answer in [caller.get(address), caller.patch(address, "\"1\"", json!({})), caller.put(address, json!({}))] {
            answer.problem(405, "method_not_allowed");
            assert_eq!(answer.header("allow").as_deref(), Some("POST"));
        }
    }

    fn d17_a_check_of_product_lines_finds_what_overlaps(engine: Engine) {
        let app = TestApp::start(engine);
        let [holder, asker] = [(); 2].map(|()| app.partner(&partner(&app, "pt")));
        protect(&holder, &app.master("pt"), DOMAIN, &["crm"]);
        assert_eq!(word(&check(&asker, by_domain(DOMAIN))), "protected domain");
        assert_eq!(word(&check_lines(&asker, by_domain(DOMAIN), &["crm", "erp"])), "protected domain");
        assert_eq!(word(&check_lines(&asker, by_domain(DOMAIN), &["erp"])), "clear");
        assert_eq!(word(&check_lines(&holder, by_domain(DOMAIN), &["erp"])), "clear");
    }

    fn r36_customers_of_others_and_pursuits_of_masters_are_protected_and_ones_own_are_own(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (partner(&app, "pt"), app.master("pt"));
        let asker = app.partner(&own);
        master.post("/v1/customers", json!({ "name": "Foz", "country": "PT", "domain": "foz.pt" })).expect(201);
        master.post("/v1/customers", json!({ "name": "Cais", "country": "PT", "tax_id": "502011475", "domain": "cais.pt", "responsible_id": own })).expect(201);
        let pursuit = json!({ "prospect": { "name": "Margem", "country": "PT", "domain": "margem.pt" }, "product_lines": ["crm"] });
        app.master("br").post("/v1/pursuits", pursuit).expect(201);
        assert_eq!(word(&check(&asker, by_domain("foz.pt"))), "protected domain");
        assert_eq!(word(&check(&asker, json!({ "country": "PT", "tax_id": "502 011 475", "domain": "cais.pt" }))), "own tax_id,domain");
        assert_eq!(word(&check(&asker, json!({ "country": "PT", "tax_id": "502 011 475", "domain": "foz.pt" }))), "protected domain");
        assert_eq!(word(&check(&asker, by_domain("margem.pt"))), "protected domain");
        assert_eq!(word(&check_lines(&asker, by_domain("margem.pt"), &["erp"])), "clear");
    }

    fn d17_a_name_that_is_like_a_protected_one_is_a_possible_match(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, asking, master) = (partner(&app, "pt"), partner(&app, "pt"), app.master("pt"));
        let (holder, asker) = (app.partner(&own), app.partner(&asking));
        let named = |name: &str| json!({ "name": name, "country": "PT" });
        let id = id_of(&submit(&holder, claim(Some(TAX_ID), Some(DOMAIN))).expect(201));
        assert_eq!(word(&check(&asker, named("Conservas do Mar, Lda."))), "clear", "it only claims");
        assert_eq!(word(&check(&holder, named("Conservas do Mar, Lda."))), "own name");
        act(&master, &id, "accept", json!({})).expect(200);
        assert_eq!(word(&check(&asker, named("CONSERVAS DO MAR LDA"))), "possible_match name");
        assert_eq!(word(&check(&asker, named("Oficina do Norte"))), "clear");
        assert_eq!(word(&check(&asker, json!({ "name": "Conservas do Mar", "country": "ES" }))), "clear", "in another country");
        let with_key = json!({ "name": "Conservas do Mar", "country": "PT", "domain": DOMAIN });
        assert_eq!(word(&check(&asker, with_key)), "protected domain", "what is the same says more than what is alike");
        let other_key = json!({ "name": "Conservas do Mar", "country": "PT", "domain": "mar-e-sal.pt" });
        assert_eq!(word(&check(&asker, other_key)), "possible_match name");
        // Customers of others and pursuits of masters are possible matches, too.
        master.post("/v1/customers", json!({ "name": "Hotel do Cais, S.A.", "country": "PT", "domain": "cais.pt" })).expect(201);
        let pursuit = json!({ "prospect": { "name": "Padaria Ribeirinha", "country": "PT", "domain": "foz.pt" }, "product_lines": ["crm"] });
        master.post("/v1/pursuits", pursuit).expect(201);
        assert_eq!(word(&check(&asker, named("Hotel do Cais"))), "possible_match name");
        assert_eq!(word(&check(&asker, named("Padaria Ribeirinha, Lda"))), "possible_match name");
        assert_eq!(word(&check_lines(&asker, named("Padaria Ribeirinha, Lda"), &["erp"])), "clear");
        app.advance(TimeDelta::days(90));
        assert_eq!(word(&check(&app.partner(&asking), named("Conservas do Mar"))), "clear", "it has run out");
    }

    fn d22_whatever_a_check_says_all_else_about_its_answer_is_the_same(engine: Engine) {
        let app = TestApp::start(engine);
        let [holder, asker] = [(); 2].map(|()| app.partner(&partner(&app, "pt")));
        protect(&holder, &app.master("pt"), DOMAIN, &[]);
        let mut own = claim(None, Some("propria.pt"));
        own["prospect"]["name"] = json!("Oficina do Sul");
        submit(&asker, own).expect(201);
        let asked = [
            ("Conservas do Mar", DOMAIN),
            ("Oficina do Norte", "livre.pt"),
            ("Oficina do Sul", "propria.pt"),
            ("Conservas do Mar", "outra-livre.pt"),
        ];
        let answers = asked.map(|(name, domain)| check(&asker, json!({ "name": name, "country": "PT", "domain": domain })));
        let words: Vec<String> = answers.iter().map(word).collect();
        assert_eq!(words, ["protected domain", "clear", "own domain", "possible_match name"]);
        for answer in &answers {
            assert_eq!(outside(answer), outside(&answers[0]), "{}", answer.text);
            assert!(answer.header("etag").is_none() && answer.header("location").is_none());
        }
        // The same key again replays the same answer; it is not asked anew.
        let body = json!({ "prospect": by_domain(DOMAIN) });
        let keyed = || asker.request("POST", "/v1/registrations/check").header("idempotency-key", "check-1").json(&body).send();
        let (first, second) = (keyed(), keyed());
        assert_eq!((first.text.as_str(), first.text.len()), (second.text.as_str(), answers[0].text.len()));
        assert_eq!(second.header("idempotency-replayed").as_deref(), Some("true"));
    }

    fn d22_each_check_is_logged_for_the_master_and_for_nobody_else(engine: Engine) {
        let app = TestApp::start(engine);
        let (asking, elsewhere, master) = (partner(&app, "pt"), partner(&app, "br"), app.master("pt"));
        let asker = app.integration(company(&asking), &[Scope::RegistrationsRead]);
        check(&app.partner(&elsewhere), by_domain("alheio.pt")).expect(200);
        check(&asker, json!({ "name": "Conservas  do Mar", "country": "PT", "tax_id": TAX_ID })).expect(200);
        check(&asker, by_domain("cais.pt")).expect(200);
        check_lines(&asker, by_domain("cais.pt"), &["crm"]).expect(200);
        let log = master.get("/v1/registration-checks").expect(200);
        let rows = log["data"].as_array().unwrap();
        assert_eq!(rows.len(), 3);
        let (last, first) = (&rows[0], &rows[2]);
        assert_eq!((&first["name"], &first["tax_id"], &first["domain"]), (&json!("Conservas do Mar"), &json!("PT:501442600"), &Value::Null));
        assert_eq!((&first["partner_id"], &first["status"], &first["matched_on"]), (&json!(asking), &json!("clear"), &json!([])));
        assert!(first["asked_by"].as_str().unwrap().starts_with("integration_"));
        assert_eq!((&last["domain"], &last["product_lines"]), (&json!("cais.pt"), &json!(["crm"])));
        let counts: Vec<&Value> = rows.iter().map(|row| &row["prospects_in_day"]).collect();
        assert_eq!(counts, [&json!(2), &json!(2), &json!(1)], "the same prospect counts once");
        let partners: Vec<(&Value, &Value)> =
            log["partners"].as_array().unwrap().iter().map(|of| (&of["partner_id"], &of["prospects"])).collect();
        assert_eq!(partners, [(&json!(asking), &json!(2))]);
        assert_eq!(master.get(format!("/v1/registration-checks?partner_id={elsewhere}")).expect(200)["data"], json!([]));
        app.partner(&asking).get("/v1/registration-checks").problem(403, "forbidden");
        check(&master, by_domain("cais.pt")).problem(403, "forbidden");
        app.integration(company(&asking), &[Scope::SalesRead]).post("/v1/registrations/check", json!({ "prospect": by_domain("a.pt") })).problem(403, "insufficient_scope");
        // Nobody can ask without being seen, and nothing of the log can be changed.
        let dry = asker.post("/v1/registrations/check?dry_run=true", json!({ "prospect": by_domain("a.pt") }));
        assert!(dry.status == 400 || dry.status == 422, "{}", dry.text);
        for statement in ["UPDATE registration_checks SET status = 'clear'", "DELETE FROM registration_checks"] {
            let changed = wait(app.db.write(move |tx| {
                use diesel::RunQueryDsl;
                Ok::<_, DbError>(diesel::sql_query(statement).execute(tx.conn)?)
            }));
            assert!(changed.is_err(), "{statement}");
        }
    }

    fn everything_that_is_wrong_with_a_check_is_said_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let asker = app.partner(&partner(&app, "pt"));
        let wrong = json!({ "country": "PT", "tax_id": "501 442 601", "domain": "co.uk" });
        assert_eq!(
            check_lines(&asker, wrong, &["weather"]).broken(),
            ["domain_public_suffix D17 /prospect/domain", "tax_id_check_digits R13 /prospect/tax_id", "unknown_product_line D17 /product_lines/0"]
        );
        assert_eq!(check(&asker, json!({ "country": "PT" })).broken(), ["nobody_to_check D17 /prospect"]);
        check(&asker, json!({ "country": "XX", "name": "A" })).problem(422, "invalid_request");
        check(&asker, json!({ "name": "A" })).problem(422, "invalid_request");
    }

    fn d22_a_partner_asks_for_so_many_prospects_a_day_over_all_processes_and_no_more(engine: Engine) {
        let app = TestApp::start(engine);
        limit_checks(&app, 3, 2);
        let (first, second) = (limiting(&app), limiting(&app));
        let (asking, other) = (partner(&app, "pt"), partner(&app, "pt"));
        let asker = app.partner(&asking);
        let at = |process: &Service| asker.at(process.address());
        protect(&app.partner(&other), &app.master("pt"), DOMAIN, &[]);
        for (process, domain) in [(&first, "um.pt"), (&second, "dois.pt"), (&first, "um.pt"), (&second, "tres.pt")] {
            check(&at(process), by_domain(domain)).expect(200);
        }
        let unknown = check(&at(&first), by_domain("quatro.pt"));
        unknown.problem(429, "too_many_requests");
        let protected = check(&at(&second), by_domain(DOMAIN));
        protected.problem(429, "too_many_requests");
        for answer in [&unknown, &protected] {
            let wait: u64 = answer.header("retry-after").expect("a time to wait").parse().unwrap();
            assert!((86_000..=86_401).contains(&wait), "{wait}");
            assert_eq!(answer.header("ratelimit"), Some(format!("\"requests\";r=0;t={wait}")));
        }
        check(&at(&first), by_domain("tres.pt")).expect(200);
        check(&app.partner(&other).at(first.address()), by_domain("quatro.pt")).expect(200);
        // Where a process sets no limit, there is none.
        check(&asker, by_domain("quatro.pt")).expect(200);
        let warned: Vec<Value> = app.master("pt").get("/v1/events?limit=200").expect(200)["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["kind"] == "partner.checks_many_prospects")
            .cloned()
            .collect();
        assert_eq!(warned.len(), 1, "once, when the second prospect was asked for");
        assert_eq!((&warned[0]["subject"], &warned[0]["data"]["prospects"]), (&json!(asking), &json!(2)));
        assert!(!asker.get("/v1/events?limit=200").text.contains("checks_many_prospects"));
        // Asked for four prospects, it waits until two of them are forgotten.
        app.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
        let asker = app.partner(&asking).at(first.address());
        check(&asker, by_domain("cinco.pt")).problem(429, "too_many_requests");
        app.advance(TimeDelta::seconds(1));
        check(&app.partner(&asking).at(first.address()), by_domain("cinco.pt")).expect(200);
    }

    fn d22_asked_at_the_same_time_in_two_processes_exactly_the_limit_gets_through(engine: Engine) {
        let app = TestApp::start(engine);
        limit_checks(&app, 5, 5);
        let (first, second) = (limiting(&app), limiting(&app));
        let asker = app.partner(&partner(&app, "pt"));
        let together = Barrier::new(12);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let all: Vec<_> = (0..12)
                .map(|n| {
                    let (caller, together) = (asker.at(if n % 2 == 0 { first.address() } else { second.address() }), &together);
                    scope.spawn(move || {
                        together.wait();
                        check(&caller, by_domain(&format!("prospect-{n}.pt"))).status
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let of = |status| statuses.iter().filter(|it| **it == status).count();
        assert_eq!((of(200), of(429)), (5, 7), "{statuses:?}");
    }
}
