//! Introductions: offered, answered, and of several of one prospect the one that counts (R18, R26, D5, D6, D22).

use std::{sync::Barrier, thread};

use diesel::{RunQueryDsl, sql_query};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, id_of},
};
use persistence::error::{Constraint, DbError};
use serde_json::{Value, json};

use super::{Promoter, agreement_is, introduction, list, prospect};

fn act(caller: &Caller, introduction: &Value, action: &str) -> Answer {
    let body = match action {
        "decline" | "close" => json!({ "reason": "not_interested" }),
        _ => json!({}),
    };
    caller.post(format!("/v1/introductions/{}/{action}", id_of(introduction)), body)
}

on_both_engines! {
    fn r18_a_promoter_introduces_a_prospect_and_the_company_answers(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let (promoter, reseller) = (Promoter::of(&market, &shop, "marketing_consultant"), market.caller(&shop.partner));
        let offered = promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, "conservas.pt")).expect(201);
        assert_eq!((&offered["state"], &offered["offered_on"], &offered["way"]), (&json!("offered"), &json!("2026-03-02"), &json!([])));
        assert_eq!((&offered["company"]["id"], &offered["partner_id"]), (&json!(shop.partner), &json!(promoter.partner)));
        assert_eq!(offered["master_id"], json!(market.master_id()));
        assert_eq!(offered["prospect"]["domain"], json!("conservas.pt"));
        let seen = reseller.get("/v1/introductions?state=offered").expect(200);
        assert_eq!(seen["data"], json!([offered]));
        let accepted = act(&reseller, &offered, "accept").expect(200);
        assert_eq!((&accepted["state"], &accepted["answered_on"]), (&json!("accepted"), &json!("2026-03-02")));
        assert_eq!(act(&reseller, &offered, "accept").expect(200), accepted, "accepted again, nothing changes");
        act(&reseller, &offered, "decline").problem(409, "state_conflict");
        act(&promoter.caller, &offered, "withdraw").problem(409, "state_conflict");
        let kinds: Vec<Value> =
            list(&promoter.caller, &format!("/v1/events?subject={}", id_of(&offered))).iter().map(|event| event["kind"].clone()).collect();
        assert_eq!(kinds, ["introduction.offered", "introduction.accepted"]);
    }

    fn r18_a_promoters_system_finds_and_makes_an_introduction_by_the_name_that_it_has_for_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let (promoter, reseller) = (Promoter::of(&market, &shop, "marketing_consultant"), market.caller(&shop.partner));
        let named = "/v1/introductions/by-reference/hubspot/4711";
        promoter.caller.get(named).problem(404, "not_found");
        let mut body = introduction(&promoter.agreement, "conservas.pt");
        let made = promoter.caller.put(named, body.clone()).expect(200);
        assert_eq!((&made["state"], &made["external_references"]), (&json!("offered"), &json!([{ "system": "hubspot", "id": "4711" }])));
        assert_eq!(promoter.caller.put(named, body.clone()).expect(200), made, "the same again changes nothing");
        assert_eq!(promoter.caller.get(named).expect(200), made);
        body["note"] = json!("Ask for Ms Faria.");
        let noted = promoter.caller.put(named, body.clone()).expect(200);
        assert_eq!((&noted["id"], &noted["note"], &noted["version"]), (&made["id"], &body["note"], &json!(2)));
        // Names are a company's own, and whom it introduces stays.
        reseller.get(named).problem(404, "not_found");
        reseller.put(named, body.clone()).problem(404, "not_found");
        let other = introduction(&promoter.agreement, "lota.pt");
        assert_eq!(promoter.caller.put(named, other).broken(), ["stays_as_made R18 /prospect"]);
        assert_eq!(list(&promoter.caller, "/v1/introductions").len(), 1);
        act(&reseller, &noted, "accept").expect(200);
        promoter.caller.put(named, body.clone()).expect(200);
        body["note"] = json!("Too late.");
        promoter.caller.put(named, body).problem(409, "state_conflict");
    }

    fn r18_each_figure_does_exactly_what_its_terms_let_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        for figure in ["marketing_consultant", "client_manager"] {
            let promoter = Promoter::of(&market, &shop, figure);
            let domain = format!("{}.pt", figure.replace('_', "-"));
            promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, &domain)).expect(201);
        }
        let consultant = Promoter::of(&market, &shop, "project_consultant");
        let refused = consultant.caller.post("/v1/introductions", introduction(&consultant.agreement, "conservas.pt"));
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["capability_missing R18 /agreement_id"]);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "instructor", None);
        let refused = market.caller(&partner).post("/v1/introductions", introduction(&agreement, "conservas.pt"));
        assert_eq!(refused.broken(), ["capability_missing R18 /agreement_id"]);
        let to_master = json!({ "agreement_id": shop.agreement, "company_id": market.master_id(), "prospect": prospect("conservas.pt") });
        assert_eq!(market.caller(&shop.partner).post("/v1/introductions", to_master).broken(), ["capability_missing R18 /agreement_id"]);
    }

    fn r6_a_special_agreement_gives_a_figure_a_capability_or_takes_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let with = |figure: &str, capabilities: Value| {
            let partner = market.partner();
            let special = json!({ "capabilities": capabilities });
            let agreement = market.agreement_with(&partner, figure, Some(&shop.partner), Some(special));
            market.caller(&partner).post("/v1/introductions", introduction(&agreement, "conservas.pt"))
        };
        with("project_consultant", json!(["introductions", "projects"])).expect(201);
        assert_eq!(with("marketing_consultant", json!(["portfolio"])).broken(), ["capability_missing R18 /agreement_id"]);
    }

    fn r11_terms_under_which_a_seller_would_promote_are_refused_and_so_are_fees_for_courses_of_others(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let special = |figure: &str, terms: Value| {
            let body = json!({
                "partner_id": market.partner(), "partnership_type": figure, "language": "pt", "kind": "special", "special_terms": terms,
                "starts_on": "2026-01-01",
            });
            market.master().post("/v1/agreements", body).broken()
        };
        assert_eq!(special("reseller", json!({ "capabilities": ["portfolio"] })), ["promotes_and_contracts R11 /special_terms/capabilities"]);
        let no_courses = special("instructor", json!({ "capabilities": [] }));
        assert_eq!(no_courses, ["course_fee_without_courses R22 /special_terms/fees/course"]);
    }

    fn d6_a_promoter_introduces_to_the_company_it_serves_and_to_masters(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, other) = (Shop::open(&market, "sub_network"), Shop::open(&market, "sub_network"));
        let promoter = Promoter::of(&market, &shop, "marketing_consultant");
        let to = |company: &str, domain: &str| {
            let mut body = introduction(&promoter.agreement, domain);
            body["company_id"] = json!(company);
            promoter.caller.post("/v1/introductions", body)
        };
        let introduced = to(&market.master_id(), "conservas.pt").expect(201);
        act(&market.caller(&shop.partner), &introduced, "accept").problem(404, "not_found");
        assert_eq!(act(market.master(), &introduced, "accept").expect(200)["state"], json!("accepted"));
        // The network's other master is served too, and sees what it is offered without supervising it.
        let brazil = app.master("br");
        let brazilian = brazil.get("/v1/me").expect(200)["company"]["id"].as_str().unwrap().to_owned();
        let abroad = to(&brazilian, "sardinhas.pt").expect(201);
        assert_eq!(act(&brazil, &abroad, "accept").expect(200)["state"], json!("accepted"));
        assert_eq!(list(&brazil, "/v1/introductions").len(), 1);
        // Of another reseller and of nobody the promoter is told the same.
        let (others, nobodys) = (to(&other.partner, "azeite.pt"), to("partner_01h2xcejqtf2nbrexx3vqjhp41", "azeite.pt"));
        assert_eq!(others.broken(), ["company_not_served R26 /company_id"]);
        assert_eq!(nobodys.broken(), others.broken());
        assert_eq!(to("master_01h2xcejqtf2nbrexx3vqjhp41", "azeite.pt").broken(), ["not_a_network_company D6 /company_id"]);
        agreement_is(&market, &shop.agreement, "suspend");
        assert_eq!(to(&shop.partner, "azeite.pt").broken(), ["not_a_network_company D6 /company_id"]);
        agreement_is(&market, &shop.agreement, "resume");
        to(&shop.partner, "azeite.pt").expect(201);
    }

    fn r7_a_promoter_acts_while_its_agreement_is_in_force(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let (promoter, reseller) = (Promoter::of(&market, &shop, "marketing_consultant"), market.caller(&shop.partner));
        let offer = |domain: &str| promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, domain));
        let [first, second] = ["conservas.pt", "sardinhas.pt"].map(|domain| offer(domain).expect(201));
        agreement_is(&market, &promoter.agreement, "suspend");
        assert_eq!(offer("azeite.pt").broken(), ["agreement_not_in_force R7 /agreement_id"]);
        assert_eq!(act(&reseller, &first, "accept").broken(), ["agreement_not_in_force R7 "]);
        act(&reseller, &second, "decline").expect(200);
        agreement_is(&market, &promoter.agreement, "resume");
        act(&reseller, &first, "accept").expect(200);
        // Everything that is wrong is said at once.
        agreement_is(&market, &promoter.agreement, "terminate");
        let body = json!({ "agreement_id": promoter.agreement, "company_id": market.partner(), "prospect": { "name": "X", "country": "PT" } });
        let refused = promoter.caller.post("/v1/introductions", body);
        assert_eq!(refused.broken(), ["agreement_not_in_force R7 /agreement_id", "company_not_served R26 /company_id", "prospect_without_key D17 /prospect"]);
    }

    fn d22_of_two_introductions_the_one_accepted_first_counts_and_neither_promoter_learns_of_the_other(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let reseller = market.caller(&shop.partner);
        let [first, second] = [(), ()].map(|()| Promoter::of(&market, &shop, "marketing_consultant"));
        let early = first.caller.post("/v1/introductions", introduction(&first.agreement, "conservas.pt")).expect(201);
        let late = second.caller.post("/v1/introductions", introduction(&second.agreement, "www.conservas.pt")).expect(201);
        let accepted = act(&reseller, &late, "accept").expect(200);
        assert_eq!(accepted["state"], json!("accepted"), "accepted first, though offered later");
        let refused = act(&reseller, &early, "accept");
        refused.problem(409, "already_exists");
        assert_eq!(refused.broken(), ["another_introduction_counts R18 "]);
        let own = first.caller.get(format!("/v1/introductions/{}", id_of(&early))).expect(200);
        assert_eq!(own, early, "its promoter sees that it waits, and nothing else");
        first.caller.get(format!("/v1/introductions/{}", id_of(&late))).problem(404, "not_found");
        assert_eq!(list(&first.caller, "/v1/introductions"), std::slice::from_ref(&early));
        // A third one is offered like the first: nothing tells that one counts.
        let third = Promoter::of(&market, &shop, "client_manager");
        let offered = third.caller.post("/v1/introductions", introduction(&third.agreement, "conservas.pt")).expect(201);
        let shape = |it: &Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!((shape(&offered), &offered["state"]), (shape(&early), &json!("offered")));
        // What was closed counts no more.
        assert_eq!(act(&reseller, &late, "close").expect(200)["reason"], json!("not_interested"));
        act(&reseller, &late, "accept").problem(409, "state_conflict");
        act(&reseller, &early, "accept").expect(200);
    }

    fn r18_a_promoter_introduces_a_prospect_to_a_company_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = Promoter::of(&market, &shop, "marketing_consultant");
        let offer = || promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, "conservas.pt"));
        let offered = offer().expect(201);
        let again = offer();
        again.problem(409, "already_exists");
        assert_eq!(again.broken(), ["introduced_before R18 "]);
        let withdrawn = act(&promoter.caller, &offered, "withdraw").expect(200);
        assert_eq!((&withdrawn["state"], &withdrawn["answered_on"]), (&json!("withdrawn"), &Value::Null));
        act(&market.caller(&shop.partner), &offered, "accept").problem(409, "state_conflict");
        offer().expect(201);
        let mut to_master = introduction(&promoter.agreement, "conservas.pt");
        to_master["company_id"] = json!(market.master_id());
        promoter.caller.post("/v1/introductions", to_master).expect(201);
    }

    fn r18_two_introductions_accepted_at_once_leave_one_that_counts(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let reseller = market.caller(&shop.partner);
        for round in 0..4 {
            let offered = [(), ()].map(|()| {
                let promoter = Promoter::of(&market, &shop, "marketing_consultant");
                promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, &format!("conservas{round}.pt"))).expect(201)
            });
            let together = Barrier::new(2);
            let mut statuses = thread::scope(|scope| {
                let accept = |it| {
                    together.wait();
                    act(&reseller, it, "accept").status
                };
                offered.each_ref().map(|it| scope.spawn(move || accept(it))).map(|thread| thread.join().unwrap())
            });
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
        }
    }

    fn r18_only_the_company_answers_and_only_the_promoter_withdraws(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, other) = (Shop::open(&market, "sub_network"), Shop::open(&market, "sub_network"));
        let promoter = Promoter::of(&market, &shop, "marketing_consultant");
        let (reseller, stranger) = (market.caller(&shop.partner), market.caller(&other.partner));
        let offered = promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, "conservas.pt")).expect(201);
        for action in ["accept", "decline", "close"] {
            act(&promoter.caller, &offered, action).problem(403, "forbidden");
            act(market.master(), &offered, action).problem(403, "forbidden");
            act(&stranger, &offered, action).problem(404, "not_found");
        }
        act(&reseller, &offered, "withdraw").problem(403, "forbidden");
        act(&stranger, &offered, "withdraw").problem(404, "not_found");
        stranger.get(format!("/v1/introductions/{}", id_of(&offered))).problem(404, "not_found");
        assert_eq!(list(&stranger, "/v1/introductions"), Vec::<Value>::new());
        stranger.post("/v1/introductions", introduction(&promoter.agreement, "azeite.pt")).problem(404, "not_found");
        reseller.post("/v1/introductions", introduction(&promoter.agreement, "azeite.pt")).problem(404, "not_found");
        // Its master sees it, and may narrow the list to it.
        let by = |query: &str| list(market.master(), &format!("/v1/introductions?{query}")).len();
        assert_eq!((by(&format!("company_id={}", shop.partner)), by(&format!("company_id={}", other.partner))), (1, 0));
        assert_eq!((by(&format!("partner_id={}", promoter.partner)), by(&format!("agreement_id={}", promoter.agreement))), (1, 1));
    }

    fn r18_a_company_says_why_it_declines_or_closes(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let (promoter, reseller) = (Promoter::of(&market, &shop, "marketing_consultant"), market.caller(&shop.partner));
        let offered = promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, "conservas.pt")).expect(201);
        let path = format!("/v1/introductions/{}/decline", id_of(&offered));
        assert_eq!(reseller.post(&path, json!({ "reason": "other" })).broken(), ["note_required - /note"]);
        act(&reseller, &offered, "close").problem(409, "state_conflict");
        let why = json!({ "reason": "other", "note": "They are being wound up." });
        let declined = reseller.post(&path, why.clone()).expect(200);
        assert_eq!(reseller.post(&path, why).expect(200), declined, "declined again, nothing changes");
        let read = promoter.caller.get(format!("/v1/introductions/{}", id_of(&offered))).expect(200);
        assert_eq!((&read["state"], &read["reason"], &read["answer"]), (&json!("declined"), &json!("other"), &json!("They are being wound up.")));
        act(&reseller, &offered, "decline").problem(409, "state_conflict");
    }

    fn r18_notes_change_while_it_is_offered_and_each_reader_has_names_of_its_own(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let (promoter, reseller) = (Promoter::of(&market, &shop, "marketing_consultant"), market.caller(&shop.partner));
        let mut body = introduction(&promoter.agreement, "conservas.pt");
        body["external_references"] = json!([{ "system": "hubspot", "id": "4711" }]);
        let dry = promoter.caller.post("/v1/introductions?dry_run=true", body.clone());
        assert_eq!((dry.status, dry.header("location")), (200, None));
        assert_eq!(list(&promoter.caller, "/v1/introductions"), Vec::<Value>::new(), "nothing was written");
        let keyed = || promoter.caller.request("POST", "/v1/introductions").header("idempotency-key", "crm-1").json(&body).send();
        let (offered, again) = (keyed(), keyed());
        assert_eq!((again.expect(201), again.header("idempotency-replayed").as_deref()), (offered.expect(201), Some("true")));
        let path = format!("/v1/introductions/{}", id_of(&offered.json()));
        promoter.caller.request("PATCH", &path).json(&json!({ "note": null })).send().problem(428, "version_required");
        let changed = promoter.caller.patch(&path, &offered.etag(), json!({ "note": "Ask for Ms Faria." }));
        assert_eq!(changed.expect(200)["note"], json!("Ask for Ms Faria."));
        promoter.caller.patch(&path, &offered.etag(), json!({ "note": null })).problem(412, "version_mismatch");
        reseller.patch(&path, &changed.etag(), json!({ "note": null })).problem(403, "forbidden");
        let named = reseller.patch(&path, &changed.etag(), json!({ "external_references": [{ "system": "sap", "id": "I-1" }] }));
        assert_eq!(named.expect(200)["external_references"], json!([{ "system": "sap", "id": "I-1" }]));
        assert_eq!(promoter.caller.get(&path).expect(200)["external_references"], body["external_references"], "its own alone");
        reseller.post(format!("{path}/accept"), json!({})).expect(200);
        let etag = promoter.caller.get(&path).etag();
        promoter.caller.patch(&path, &etag, json!({ "note": null })).problem(409, "state_conflict");
    }

    fn r24_an_introduction_is_paid_once_unless_what_was_reported_of_it_was_refused(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = Promoter::of(&market, &shop, "marketing_consultant");
        let reseller = market.caller(&shop.partner);
        let [first, second] = ["conservas.pt", "azeite.pt"].map(|domain| {
            let offered = promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, domain)).expect(201);
            act(&reseller, &offered, "accept").expect(200);
            id_of(&offered)
        });
        let report = |fee: &str, introduction: &str, quantity: &str| {
            let body = json!({
                "agreement_id": promoter.agreement, "fee": fee, "currency": "EUR", "quantity": quantity, "done_on": "2026-03-02",
                "description": "They were brought together.", "evidence": [{ "description": "The minutes." }], "subject_id": introduction,
            });
            promoter.caller.post("/v1/services", body)
        };
        assert_eq!(report("introduction", &first, "2").broken(), ["quantity_not_one R24 /quantity"]);
        let reported = report("introduction", &first, "1").expect(201);
        assert_eq!(report("introduction", &first, "1").broken(), ["introduction_already_reported R24 /subject_id"]);
        assert_eq!(
            report("introduction", &first, "2").broken(),
            ["introduction_already_reported R24 /subject_id", "quantity_not_one R24 /quantity"]
        );
        // Another introduction, and the time that was spent on this one, are paid as well.
        report("introduction", &second, "1").expect(201);
        report("market_work", &first, "2.50").expect(201);
        let decide = |service: &Value, action: &str| {
            reseller.post(format!("/v1/services/{}/{action}", id_of(service)), json!({ "reason": "It led to nobody." }))
        };
        decide(&reported, "refuse").expect(200);
        let again = report("introduction", &first, "1").expect(201);
        reseller.post(format!("/v1/services/{}/confirm", id_of(&again)), json!({})).expect(200);
        assert_eq!(report("introduction", &first, "1").broken(), ["introduction_already_reported R24 /subject_id"]);
    }

    fn r24_the_database_holds_one_service_for_an_introduction(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = Promoter::of(&market, &shop, "marketing_consultant");
        for domain in ["conservas.pt", "azeite.pt"] {
            let offered = promoter.caller.post("/v1/introductions", introduction(&promoter.agreement, domain)).expect(201);
            act(&market.caller(&shop.partner), &offered, "accept").expect(200);
            let body = json!({
                "agreement_id": promoter.agreement, "fee": "introduction", "currency": "EUR", "quantity": "1", "done_on": "2026-03-02",
                "description": "They were brought together.", "evidence": [{ "description": "The minutes." }], "subject_id": id_of(&offered),
            });
            promoter.caller.post("/v1/services", body).expect(201);
        }
        let both = "UPDATE services SET introduction_id = (SELECT introduction_id FROM services ORDER BY id LIMIT 1)";
        let refused = wait(app.db.write(move |tx| Ok::<_, DbError>(sql_query(both).execute(tx.conn)?))).expect_err("two for one");
        assert_eq!(refused.broken(), Some(Constraint::OneServiceForIntroduction));
    }
}
