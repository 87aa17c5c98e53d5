//! What holds for every request, whatever it is for: failures, versions, repeated requests, languages.

use std::{
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use api::access::{Role, Scope};
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
};
use serde_json::{Value, json};

fn new_partner() -> Value {
    json!({
        "name": "Douro Sistemas, Lda.", "legal_form": "company", "country": "PT", "email": "geral@douro.example", "language": "pt",
    })
}

fn partner(master: &Caller) -> String {
    master.post("/v1/partners", new_partner()).expect(201)["id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    fn every_failure_of_the_framework_is_a_problem(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let json_type = ("content-type", "application/json");
        let post = |body: &[u8], kind: (&str, &str)| master.request("POST", "/v1/partners").header(kind.0, kind.1).raw(body.to_vec()).send();
        post(b"{", json_type).problem(400, "malformed_request");
        post(b"\xff\xfe", json_type).problem(400, "malformed_request");
        post(b"name=x", ("content-type", "application/x-www-form-urlencoded")).problem(415, "unsupported_media_type");
        post(b"{}", ("content-type", "text/plain")).problem(415, "unsupported_media_type");
        master.request("POST", "/v1/partners").header("content-encoding", "gzip").json(&json!({})).send().problem(415, "unsupported_media_type");
        post(&vec![b' '; 300 * 1024], json_type).problem(413, "body_too_large");
        master.get("/v1/partners/customer_01h2xcejqtf2nbrexx3vqjhp41").problem(400, "invalid_path_parameter");
        master.get("/v1/partners/%00").problem(400, "invalid_path_parameter");
        master.get("/v1/nowhere").problem(404, "not_found");
        app.anonymous().get("/nowhere").problem(404, "not_found");
        let wrong_method = master.request("DELETE", "/v1/partners").send();
        wrong_method.problem(405, "method_not_allowed");
        assert_eq!(wrong_method.header("allow").as_deref(), Some("GET, POST"));
        master.request("TRACE", "/v1/partners").send().problem(405, "method_not_allowed");
        master.request("GET", "/v1/partners").header("accept", "text/csv").send().problem(406, "not_acceptable");
        master.get(format!("/v1/partners?after={}", "x".repeat(9000))).problem(414, "address_too_long");
        master.get("/v1/partners?limit=0&colour=blue").problem(422, "invalid_request");
        master.request("POST", "/v1/partners").header("idempotency-key", "a b").json(&new_partner()).send().problem(400, "invalid_header");
    }

    fn all_violations_come_at_once_with_their_place(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let body = json!({"name": "", "legal_form": "club", "country": "Portugal", "colour": "blue", "language": "pt", "phone": 7});
        let answer = master.post("/v1/partners", body);
        answer.problem(422, "invalid_request");
        let broken = answer.broken();
        for expected in ["too_short - /name", "unknown_value - /legal_form", "wrong_format - /country", "unknown_field - /colour", "required - /email", "wrong_type - /phone"] {
            assert!(broken.iter().any(|it| it == expected), "{expected} in {broken:?}");
        }
        let mut nul = new_partner();
        nul["name"] = json!("Douro\u{0}");
        assert_eq!(master.post("/v1/partners", nul).broken(), ["not_allowed - /name"], "neither engine is asked to keep it");
        assert_eq!(master.get("/v1/partners").expect(200)["data"], json!([]), "nothing was written");
        let query = master.get("/v1/partners?limit=1000&colour=blue&limit=2").problem(422, "invalid_request");
        let parameters: Vec<_> = query["errors"].as_array().unwrap().iter().map(|error| (error["parameter"].clone(), error["code"].clone())).collect();
        assert!(parameters.contains(&(json!("limit"), json!("too_large"))), "{query}");
        assert!(parameters.contains(&(json!("colour"), json!("unknown_parameter"))), "{query}");
        assert!(parameters.contains(&(json!("limit"), json!("repeated_parameter"))), "{query}");
    }

    fn a_change_needs_the_version_it_is_for(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let id = partner(&master);
        let path = format!("/v1/partners/{id}");
        let first = master.get(&path);
        let tag = first.etag();
        assert_eq!(first.expect(200)["version"], 1);
        master.request("PATCH", &path).json(&json!({"phone": "+351 1234"})).send().problem(428, "version_required");
        let second = master.patch(&path, &tag, json!({"phone": "+351 1234"}));
        assert_eq!(second.expect(200)["version"], 2);
        assert_ne!(second.etag(), tag);
        for stale in [tag.as_str(), "\"7\"", "7", "never given", "W/\"1\""] {
            master.patch(&path, stale, json!({"phone": "+351 5678"})).problem(412, "version_mismatch");
        }
        assert_eq!(master.get(&path).expect(200)["phone"], "+351 1234");
        let merge = master.request("PATCH", &path).header("if-match", &second.etag()).header("content-type", "application/merge-patch+json");
        let third = merge.raw(b"{\"phone\": null}".to_vec()).send();
        assert_eq!(third.expect(200)["phone"], Value::Null);
        // The same again changes nothing, so the version stays.
        assert_eq!(master.patch(&path, &third.etag(), json!({"phone": null})).expect(200)["version"], 3);
        let known = master.request("GET", &path).header("if-none-match", &third.etag()).send();
        assert_eq!((known.status, known.text.as_str()), (304, ""));
        assert_eq!(master.request("GET", &path).header("if-none-match", &tag).send().status, 200);
    }

    fn a_repeated_request_is_answered_from_what_was_kept(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, other) = (app.master("pt"), app.master("br"));
        let send = |caller: &Caller, key: &str, body: &Value| caller.request("POST", "/v1/partners").header("idempotency-key", key).json(body).send();
        let first = send(&master, "k1", &new_partner());
        let made = first.expect(201);
        assert_eq!(first.header("idempotency-replayed"), None);
        let again = send(&master, "\"k1\"", &new_partner());
        assert_eq!(again.expect(201), made, "bare and quoted keys are the same");
        assert_eq!(again.header("idempotency-replayed").as_deref(), Some("true"));
        assert_eq!(again.etag(), first.etag());
        assert_eq!(again.header("location"), first.header("location"));
        let mut changed = new_partner();
        changed["name"] = json!("Another");
        send(&master, "k1", &changed).problem(422, "idempotency_key_reused");
        assert_ne!(send(&other, "k1", &new_partner()).expect(201)["id"], made["id"], "keys are the caller's own");
        let bad = json!({"name": "x"});
        send(&master, "k2", &bad).problem(422, "invalid_request");
        send(&master, "k2", &new_partner()).expect(201);
        assert_eq!(master.get("/v1/partners").expect(200)["data"].as_array().unwrap().len(), 2);
    }

    fn the_same_key_at_the_same_time_has_one_effect(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let together = Barrier::new(16);
        let statuses: Vec<(u16, Value)> = thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| {
                let (master, together) = (&master, &together);
                scope.spawn(move || {
                    together.wait();
                    let answer = master.request("POST", "/v1/partners").header("idempotency-key", "same").json(&new_partner()).send();
                    (answer.status, answer.json()["id"].clone())
                })
            }).collect();
            all.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let made: Vec<&Value> = statuses.iter().filter(|(status, _)| *status == 201).map(|(_, id)| id).collect();
        assert!(!made.is_empty() && made.iter().all(|id| *id == made[0]), "{statuses:?}");
        assert!(statuses.iter().all(|(status, _)| matches!(status, 201 | 409)), "{statuses:?}");
        assert_eq!(master.get("/v1/partners").expect(200)["data"].as_array().unwrap().len(), 1);
    }

    fn a_dry_run_answers_in_full_and_writes_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let answer = master.request("POST", "/v1/partners?dry_run=true").header("idempotency-key", "k").json(&new_partner()).send();
        assert_eq!(answer.expect(200)["name"], "Douro Sistemas, Lda.");
        assert_eq!(answer.header("location"), None);
        assert_eq!(master.get("/v1/partners").expect(200)["data"], json!([]));
        assert_eq!(master.get("/v1/events").expect(200)["data"].as_array().unwrap().iter().filter(|it| it["kind"] == "partner.created").count(), 0);
        master.request("POST", "/v1/partners").header("idempotency-key", "k").json(&new_partner()).send().expect(201);
    }

    fn texts_follow_the_language_and_codes_do_not(engine: Engine) {
        let app = TestApp::start(engine);
        let mut titles = Vec::new();
        for language in ["en", "es", "fr-FR", "pt-BR, en;q=0.1"] {
            let answer = app.anonymous().request("GET", "/v1/me").header("accept-language", language).send();
            titles.push(answer.problem(401, "authentication_required")["title"].as_str().unwrap().to_owned());
            assert_eq!(answer.header("content-language").as_deref(), Some(&language[..2]));
        }
        titles.dedup();
        assert_eq!(titles.len(), 4, "{titles:?}");
    }

    fn a_request_carries_its_id_through(engine: Engine) {
        let app = TestApp::start(engine);
        let answer = app.anonymous().request("GET", "/v1/nowhere").header("x-request-id", "abc-123").send();
        assert_eq!(answer.header("x-request-id").as_deref(), Some("abc-123"));
        assert_eq!(answer.problem(404, "not_found")["instance"], "urn:entente:request:abc-123");
        let made = app.anonymous().request("GET", "/v1/nowhere").header("x-request-id", "not an id\u{e9}").send();
        assert_eq!(made.header("x-request-id").unwrap().len(), 32);
    }

    fn a_forged_or_old_token_opens_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let token = master.token().unwrap().to_owned();
        let with = |token: &str| app.anonymous().request("GET", "/v1/partners").header("authorization", &format!("Bearer {token}")).send();
        with(&token).expect(200);
        let parts: Vec<&str> = token.split('.').collect();
        let mut signature = parts[2].to_owned();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        signature.replace_range(0..1, other);
        for forged in [format!("{}.{}.{signature}", parts[0], parts[1]), format!("{}.{}.", parts[0], parts[1]), String::new(), "x".to_owned()] {
            with(&forged).problem(401, "authentication_required");
        }
        let challenge = with("x").header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer"), "{challenge}");
        app.advance(chrono::TimeDelta::minutes(10));
        with(&token).problem(401, "authentication_required");
    }

    fn a_list_neither_skips_nor_repeats_while_others_write(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let known: Vec<String> = (0..7).map(|_| partner(&master)).collect();
        let mut read = Vec::new();
        let mut address = "/v1/partners?limit=2".to_owned();
        loop {
            let page = master.get(&address).expect(200);
            read.extend(page["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
            partner(&master);
            let Some(next) = page["next"].as_str() else { break };
            address = format!("/v1/partners?limit=2&after={next}");
        }
        assert_eq!(read.iter().collect::<std::collections::BTreeSet<_>>().len(), read.len(), "none is repeated");
        assert!(known.iter().all(|id| read.contains(id)), "none is skipped");
        let cursor = master.get("/v1/partners?limit=2").expect(200)["next"].as_str().unwrap().to_owned();
        let other = master.get(format!("/v1/partners?after={cursor}&updated_since=2026-01-01T00:00:00Z"));
        other.problem(422, "invalid_request");
    }

    fn a_copy_is_kept_up_to_date_by_what_changed_since(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (first, _) = (partner(&master), partner(&master));
        app.advance(chrono::TimeDelta::minutes(5));
        let since = app.clock.now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let tag = master.get(format!("/v1/partners/{first}")).etag();
        master.patch(format!("/v1/partners/{first}"), &tag, json!({"phone": "+351 99"})).expect(200);
        let changed = master.get(format!("/v1/partners?updated_since={since}")).expect(200);
        let ids: Vec<&Value> = changed["data"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
        assert_eq!(ids, [&json!(first)]);
    }

    fn requests_that_find_no_turn_are_told_to_come_back(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        thread::scope(|scope| {
            // As many as there are connections, each held open.
            for _ in 0..8 {
                let db = app.db.clone();
                scope.spawn(move || {
                    let held = wait(db.read(|_| { thread::sleep(Duration::from_secs(7)); Ok::<_, persistence::error::DbError>(()) }));
                    held.expect("a read that was held");
                });
            }
            thread::sleep(Duration::from_millis(300));
            let asked = Instant::now();
            let answer = master.get("/v1/partners");
            answer.problem(503, "unavailable");
            assert!(answer.header("retry-after").is_some());
            assert!(asked.elapsed() < Duration::from_secs(7), "told in time");
            assert_eq!(app.anonymous().get("/health/live").status, 200);
        });
        master.get("/v1/partners").expect(200);
    }

    fn protective_headers_are_on_every_answer(engine: Engine) {
        let app = TestApp::start(engine);
        for path in ["/", "/v1/networks", "/v1/me", "/health/live", "/docs/errors/not_found", "/nowhere"] {
            let answer = app.anonymous().get(path);
            assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
            assert!(answer.header("content-security-policy").is_some(), "{path}");
            assert_eq!(answer.header("server"), None, "{path}");
        }
        // A browser loads nothing for a page that this server does not send, and everything that it does.
        for page in ["/", "/docs/", "/docs/errors"] {
            let policy = app.anonymous().get(page).header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'self';") && policy.contains("script-src 'self'"), "{page}: {policy}");
        }
        let wrong = app.anonymous().get("/docs/errors").text;
        assert!(wrong.contains("id=\"errors-tier_gap\"") && wrong.contains("id=\"invalid_request\""), "{wrong}");
        let policy = app.anonymous().get("/v1/networks").header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
    }
}

#[test]
fn a_database_that_is_gone_makes_the_service_unavailable_until_it_is_back() {
    use api::{access::token::Keys, app::App};
    use entente_tests::postgres::{Cluster, Durability};
    use persistence::{
        db::{Clock, Db},
        migrate::{Direction, migrate},
    };

    let cluster = Cluster::launch(Durability::Off);
    let database = cluster.database();
    let target = database.url().parse().unwrap();
    migrate(&target, Direction::Up).unwrap();
    let key = std::env::temp_dir().join(format!("entente-key-{:016x}.pem", rand::random::<u64>()));
    Keys::create(&key).unwrap();
    let app = std::sync::Arc::new(App::new(
        Db::open(target, 4, Clock::Database).unwrap(),
        Keys::read([&key]).unwrap(),
        api::routes::contract().unwrap(),
        0,
    ));
    std::fs::remove_file(&key).unwrap();
    let service = entente_tests::app::Service::start(app);
    let anonymous = service.anonymous();
    anonymous.get("/health/ready").expect(200);
    anonymous.get("/v1/networks").expect(200);
    cluster.kill();
    let answer = anonymous.get("/v1/networks");
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    for word in ["postgres", "socket", "server", "connection"] {
        assert!(!answer.text.to_lowercase().contains(word), "{}", answer.text);
    }
    anonymous.get("/health/ready").problem(503, "unavailable");
    anonymous.get("/health/live").expect(200);
    cluster.start();
    let deadline = Instant::now() + Duration::from_secs(20);
    while anonymous.get("/v1/networks").status != 200 {
        assert!(Instant::now() < deadline, "the service does not come back");
        thread::sleep(Duration::from_millis(200));
    }
}

/// What each role may do, stated apart from the table that the service uses: by the verb of the operation.
fn expected(operation: &str, role: Role) -> bool {
    use Role::{
        MasterAdministrator as MA, MasterOperator as MO, PartnerAdministrator as PA, PartnerMember as PM, Supervisor as SV,
    };

    let read = ["list_", "show_", "explain_"].iter().any(|verb| operation.starts_with(verb));
    let subject_of_people = ["user", "invitation", "integration"].iter().any(|subject| operation.contains(subject));
    let roles: &[Role] = match operation {
        _ if subject_of_people => &[MA, PA],
        // What a partner learns nothing of: R37, D22.
        "list_applications"
        | "show_application"
        | "list_registration_matches"
        | "list_registration_checks"
        | "list_overrides"
        | "show_override"
        | "list_pursuits"
        | "show_pursuit"
        | "show_dispute_file"
        | "list_findings"
        | "show_finding"
        | "acknowledge_finding"
        | "list_continuity_cases"
        | "show_continuity_case"
        | "list_continuity_holdings"
        | "list_takeover_moves"
        | "list_adjustments"
        | "show_adjustment"
        | "list_amendments"
        | "show_amendment"
        | "list_uncounted_sales"
        | "list_simulations"
        | "show_simulation"
        | "simulate_amendment"
        | "list_simulated_totals"
        | "list_simulated_differences"
        | "show_simulated_difference"
        | "list_statement_runs"
        | "show_statement_run"
        | "list_statement_deadlines" => &[MA, MO, SV],
        // The numbers of accounts are for those who see to where the money goes.
        "show_payout_run_pain_001" | "show_payout_run_csv" => &[MA, MO, SV, PA],
        // What a client manager follows of others' proposals: R19.
        "list_followed_proposals" | "show_followed_proposal" | "note_follow_up" => &[PA, PM],
        _ if read => &[MA, MO, SV, PA, PM],
        "log_out" => &[MA, MO, SV, PA, PM],
        // A partner grows on its own proposal or its master's: R39.
        "propose_promotion" | "withdraw_promotion" => &[MA, MO, SV, PA, PM],
        // Decisions are a supervisor's: R7, R28, R37.
        "begin_agreement_supervision"
        | "decide_agreement_supervision"
        | "decide_finding"
        | "approve_entry_fee"
        | "reject_entry_fee"
        | "suspend_agreement"
        | "resume_agreement"
        | "terminate_agreement"
        | "set_agreement_stage"
        | "approve_promotion"
        | "refuse_promotion"
        | "begin_registration_review"
        | "request_registration_action"
        | "accept_registration"
        | "reject_registration"
        | "release_registration"
        | "transfer_registration"
        | "grant_override"
        | "revoke_override"
        | "hear_dispute"
        | "decide_dispute"
        | "approve_amendment"
        | "resume_amendment"
        | "reject_amendment"
        | "approve_adjustment"
        | "reject_adjustment"
        | "grant_qualification"
        | "refuse_qualification"
        | "revoke_qualification"
        | "return_course"
        | "publish_course" => &[MA, SV],
        // The last resort is decided by supervisors, and by two of them at least: R49.
        "open_continuity_case"
        | "suspend_failing_partner"
        | "consider_guarantee"
        | "plan_takeover"
        | "assign_customers"
        | "approve_takeover"
        | "execute_takeover"
        | "revert_takeover"
        | "confirm_takeover"
        | "close_continuity_case"
        | "withdraw_continuity_case"
        | "propose_partner_transfer"
        | "decide_partner_transfer"
        | "execute_partner_transfer"
        | "withdraw_partner_transfer" => &[MA, SV],
        "preview_takeover" | "add_continuity_evidence" => &[MA, MO, SV],
        // What a partner has for its customers it says itself, or its master does: R50.
        "record_guarantee" => &[MA, MO, PA, PM],
        "withdraw_guarantee" => &[MA, MO, SV, PA],
        // A master's own pursuit is its everyday work: R36.
        "open_pursuit" | "close_pursuit" => &[MA, MO, SV],
        // A master's people help a partner, which asks: R41.
        "assign_support_request" | "start_support_request" | "hand_over_support_request" | "decline_support_request" => {
            &[MA, MO, SV]
        }
        "close_support_request" => &[MA, MO, SV, PA, PM],
        // What a master gives its partners beside money: R81 to R85.
        "grant_benefit" | "refuse_benefit" | "note_benefit_use" => &[MA, MO, SV],
        // What a partner claims, only a partner does: R33, R34, R42.
        "request_support"
        | "submit_registration"
        | "hand_in_registration"
        | "change_registration"
        | "extend_registration"
        | "lose_registration"
        | "withdraw_registration"
        | "check_prospect"
        | "open_dispute"
        | "add_dispute_statement"
        | "appeal_dispute"
        | "withdraw_dispute"
        | "report_service"
        | "withdraw_service"
        | "withdraw_qualification"
        | "enrol_person"
        | "request_benefit"
        | "withdraw_benefit"
        | "create_catalogue_item"
        | "change_catalogue_item"
        | "set_catalogue_price" => &[PA, PM],
        // Onboarding and what a master alone keeps.
        "accept_application"
        | "reject_application"
        | "create_partner"
        | "change_partner"
        | "upsert_partner_by_reference"
        | "create_agreement"
        | "assess_entry_fee"
        | "revise_entry_fee"
        | "withdraw_entry_fee"
        | "invoice_entry_fee"
        | "record_entry_fee_payment"
        | "change_agreement"
        | "submit_agreement"
        | "create_customer"
        | "upsert_customer_by_reference"
        | "cancel_contract"
        | "close_period"
        | "propose_amendment"
        | "withdraw_amendment"
        | "propose_adjustment"
        | "make_recovery_plan"
        | "cancel_recovery_plan"
        | "record_tax_profile"
        | "start_statement_run" => &[MA, MO],
        // Selling is everyday work on either side.
        "win_registration" | "change_customer" | "create_proposal" | "revise_proposal" | "send_proposal" | "sign_proposal"
        | "decline_proposal" | "withdraw_proposal" | "renew_contract" | "record_instalment" => &[MA, MO, PA, PM],
        // What a partner can do, it shows itself or by its master: R43, R64.
        "submit_qualification" => &[MA, MO, PA, PM],
        // Courses are made by instructors with masters: R22.
        "create_course"
        | "change_course"
        | "submit_course"
        | "retire_course"
        | "plan_course_session"
        | "change_course_session"
        | "cancel_course_session"
        | "cancel_enrolment"
        | "record_attendance"
        | "record_course_result" => &[MA, MO, PA, PM],
        // The company that was served says whether it was: R10, R25.
        "confirm_service" | "refuse_service" => &[MA, MO, PA, PM],
        // A promoter introduces, and the company answers: R18.
        "offer_introduction" | "withdraw_introduction" | "upsert_introduction_by_reference" => &[PA, PM],
        // A network company hands its customers to client managers: R20.
        "create_portfolio_place" | "hand_over_portfolio_place" | "end_portfolio_place" => &[MA, MO, PA, PM],
        // A consultant declares what it knows, a master confirms it, and either proposes a project to the other: R21.
        "confirm_expertise" | "refuse_expertise" | "revoke_expertise" => &[MA, SV],
        "declare_expertise" | "withdraw_expertise" | "give_project_advice" => &[PA, PM],
        "propose_project"
        | "change_project"
        | "accept_project"
        | "decline_project"
        | "cancel_project"
        | "complete_project"
        | "upsert_project_by_reference"
        | "set_project_milestone"
        | "change_milestone" => &[MA, MO, PA, PM],
        "change_introduction" | "accept_introduction" | "decline_introduction" | "close_introduction" => &[MA, MO, PA, PM],
        "quote_sale" => &[MA, MO, SV, PA, PM],
        // What is owed is owed to masters; who owes pays: a master, or a reseller its promoters (R15, R47).
        "record_remittance_payment" => &[MA, MO],
        "create_payout_run"
        | "send_payout_run"
        | "cancel_payout"
        | "pay_payout"
        | "fail_payout"
        | "return_payout"
        | "import_bank_statement"
        | "match_bank_entry"
        | "dismiss_bank_entry" => &[MA, MO, PA],
        "approve_payout" => &[MA, MO, SV, PA],
        // Where the money goes: a master's people, and who runs a partner's side.
        "set_bank_account" | "confirm_bank_account" | "reject_bank_account" => &[MA, MO, SV, PA],
        other => panic!("nobody has said who may call {other}"),
    };
    roles.contains(&role)
}

on_both_engines! {
    fn every_operation_is_open_to_exactly_the_roles_that_may(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.db_master("pt");
        let partner = entente_tests::app::company(&partner(&app.master("pt")));
        let callers: Vec<(Role, Caller)> = Role::ALL.into_iter().map(|role| {
            (role, app.person(if role.is_masters() { master } else { partner }, role))
        }).collect();
        let without_scope = [app.integration(master, &[]), app.integration(partner, &[])];
        let contract = api::routes::contract().unwrap();
        let mut tried = 0;
        for (path, methods) in contract.document()["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                // Ending its own session would end the walk.
                if operation["security"] == json!([]) || id == "log_out" {
                    continue;
                }
                let address = sample_address(path);
                let method: &'static str = match method.as_str() { "get" => "GET", "post" => "POST", "patch" => "PATCH", _ => "PUT" };
                let send = |caller: &Caller| caller.request(method, &address).header("if-match", "\"999\"").json(&json!({})).send();
                send(&app.anonymous()).problem(401, "authentication_required");
                for (role, caller) in &callers {
                    let answer = send(caller);
                    assert!(answer.status < 500, "{id} as {role:?}: {}", answer.text);
                    assert_ne!(answer.status, 401, "{id} as {role:?}");
                    assert_eq!(answer.status != 403, expected(id, *role), "{id} as {role:?}: {}", answer.text);
                    tried += 1;
                }
                for caller in &without_scope {
                    assert_eq!(send(caller).status, 403, "{id} as an integration without a scope");
                }
            }
        }
        assert!(tried > 300, "{tried}");
    }

    fn a_scope_opens_what_it_names_and_nothing_else(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.db_master("pt");
        let reader = app.integration(master, &[Scope::PartnersRead]);
        reader.get("/v1/partners").expect(200);
        let refused = reader.post("/v1/partners", new_partner());
        assert!(refused.problem(403, "insufficient_scope")["detail"].as_str().unwrap().contains("onboarding"));
        app.integration(master, &[Scope::Onboarding]).post("/v1/partners", new_partner()).expect(201);
    }
}

/// The path with ids that are well-formed and lead nowhere.
fn sample_address(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        None => part.to_owned(),
        Some("system") => "crm".to_owned(),
        Some("external_id") => "nothing".to_owned(),
        Some(name) => {
            let kind = name.strip_suffix("_id").unwrap_or(name);
            let prefix = match kind {
                "partnership_type" => "ptype",
                "catalogue_item" => "item",
                "ledger_entry" => "entry",
                kind => kind,
            };
            format!("{prefix}_01h2xcejqtf2nbrexx3vqjhp41")
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn who_calls_too_often_is_told_when_to_come_back() {
    use api::{access::token::Keys, app::App};
    use entente_tests::{
        app::Service,
        engine::{Engine, TestStore},
    };
    use persistence::db::Clock;

    let store = TestStore::migrated(Engine::Sqlite);
    let key = store.folder().join("key.pem");
    Keys::create(&key).unwrap();
    let app = App::new(store.open(Clock::Database), Keys::read([&key]).unwrap(), api::routes::contract().unwrap(), 1);
    let service = Service::start(std::sync::Arc::new(app));
    // One a second, and ten seconds' worth at once.
    let statuses: Vec<u16> = (0..20).map(|_| service.anonymous().get("/v1/networks").status).collect();
    assert_eq!(statuses.iter().take(10).collect::<std::collections::BTreeSet<_>>(), [&200].into());
    let refused = service.anonymous().get("/v1/networks");
    refused.problem(429, "too_many_requests");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit"), Some(format!("\"requests\";r=0;t={wait}")));
}
