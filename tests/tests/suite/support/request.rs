//! Support requests: asked for by a partner, assigned, done and handed over by its master (R41).

use api::access::Role;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

/// A reseller that is a business facilitator (R40), with a customer of its own, and somebody of its master.
struct Facilitator<'a> {
    market: &'a Market<'a>,
    shop: Shop,
    customer: String,
    helper: Caller,
    helper_id: String,
}

impl<'a> Facilitator<'a> {
    fn new(app: &'a TestApp, market: &'a Market<'a>) -> Self {
        let shop = Shop::open(market, "facilitator");
        let customer = market.customer(&shop.partner);
        let helper = app.person(app.db_master("pt"), Role::MasterOperator);
        let helper_id = helper.get("/v1/me").expect(200)["id"].as_str().unwrap().to_owned();
        Self { market, shop, customer, helper, helper_id }
    }

    fn body(&self) -> Value {
        json!({
            "agreement_id": self.shop.agreement, "document": "proposal", "customer_id": self.customer,
            "description": "Three modules for twelve users.", "wanted_by": "2026-03-09",
        })
    }

    fn partner(&self) -> Caller {
        self.market.caller(&self.shop.partner)
    }

    fn ask(&self) -> Value {
        self.partner().post("/v1/support-requests", self.body()).expect(201)
    }

    fn act(&self, by: &Caller, request: &Value, action: &str, body: Value) -> Answer {
        by.post(format!("/v1/support-requests/{}/{action}", id_of(request)), body)
    }

    fn assign(&self, request: &Value) -> Value {
        self.act(&self.helper, request, "assign", json!({ "assignee_id": self.helper_id })).expect(200)
    }

    /// A proposal that the master drafts for the reseller.
    fn draft(&self) -> Value {
        let lines = json!([line(&self.market.item("sales_and_purchasing"), "year", None)]);
        let body =
            json!({ "agreement_id": self.shop.agreement, "customer_id": self.customer, "currency": "EUR", "lines": lines });
        self.helper.post("/v1/proposals", body).expect(201)
    }
}

on_both_engines! {
    fn r41_a_request_is_assigned_started_and_handed_over_and_what_comes_of_it_is_marked(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let of = Facilitator::new(&app, &market);
        let partner = of.partner();
        let asked = of.ask();
        assert_eq!((&asked["state"], &asked["assignee"], &asked["customer_id"]), (&json!("requested"), &Value::Null, &json!(of.customer)));
        let assigned = of.assign(&asked);
        assert_eq!((&assigned["state"], &assigned["assignee"]["user_id"], &assigned["assignee"]["name"]), (&json!("assigned"), &json!(of.helper_id), &json!("Test")));
        assert_eq!(of.assign(&asked), assigned, "the same again changes nothing");
        let started = of.act(&of.helper, &asked, "start", json!({})).expect(200);
        assert_eq!(started["state"], "in_progress");
        let draft = of.draft();
        assert_eq!(draft["issued_with_support"], false);
        let hand_over = json!({ "proposal_id": draft["id"] });
        let handed = of.act(&of.helper, &asked, "hand-over", hand_over.clone()).expect(200);
        assert_eq!((&handed["state"], &handed["proposal_id"]), (&json!("handed_over"), &draft["id"]));
        assert_eq!(of.act(&of.helper, &asked, "hand-over", hand_over).expect(200), handed);
        let proposal = partner.get(format!("/v1/proposals/{}", id_of(&draft)));
        let shown = proposal.expect(200);
        assert_eq!((&shown["issued_with_support"], &shown["version"]), (&json!(true), &json!(2)), "its entity tag is another one");
        partner.post(format!("/v1/proposals/{}/send", id_of(&draft)), json!({})).expect(200);
        let contract = partner.post(format!("/v1/proposals/{}/sign", id_of(&draft)), json!({ "signed_on": "2026-03-02" })).expect(201);
        assert_eq!(contract["issued_with_support"], true);
        let listed = partner.get("/v1/contracts").expect(200);
        assert_eq!(listed["data"][0]["issued_with_support"], true);
        let own = of.shop.sell_lines(&market, &json!([line(&market.item("sales_and_purchasing"), "year", None)]), &[]);
        assert_eq!(partner.get(format!("/v1/contracts/{}", own.contract)).expect(200)["issued_with_support"], false);
        let closed = of.act(&partner, &asked, "close", json!({})).expect(200);
        assert_eq!((&closed["state"], &closed["proposal_id"]), (&json!("closed"), &draft["id"]));
        let events = partner.get(format!("/v1/events?subject={}", id_of(&asked))).expect(200);
        let kinds: Vec<&str> = events["data"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        let steps = ["requested", "assigned", "started", "handed_over", "closed"].map(|step| format!("support_request.{step}"));
        assert_eq!(kinds, steps);
    }

    fn r41_only_a_document_that_was_asked_for_is_handed_over_and_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let of = Facilitator::new(&app, &market);
        let asked = of.ask();
        let draft = of.draft();
        let hand_over = |request: &Value, proposal: &Value| of.act(&of.helper, request, "hand-over", json!({ "proposal_id": proposal["id"] }));
        hand_over(&asked, &draft).problem(409, "state_conflict");
        of.assign(&asked);
        // Another partner's, and for another customer.
        let other = Facilitator::new(&app, &market);
        assert_eq!(hand_over(&asked, &other.draft()).broken(), ["proposal_for_another R41 /proposal_id", "proposal_of_another R41 /proposal_id"]);
        let withdrawn = of.draft();
        of.helper.post(format!("/v1/proposals/{}/withdraw", id_of(&withdrawn)), json!({})).expect(200);
        assert_eq!(hand_over(&asked, &withdrawn).broken(), ["proposal_not_open R41 /proposal_id"]);
        hand_over(&asked, &draft).expect(200);
        let second = of.ask();
        of.assign(&second);
        let twice = hand_over(&second, &draft);
        twice.problem(409, "already_exists");
        assert_eq!(twice.broken(), ["proposal_handed_over R41 /proposal_id"]);
        of.act(&of.helper, &asked, "decline", json!({ "reason": "No." })).problem(409, "state_conflict");
        of.act(&of.helper, &asked, "close", json!({})).expect(200);
    }

    fn r41_a_request_goes_to_somebody_of_the_master_or_is_declined_with_a_reason(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let of = Facilitator::new(&app, &market);
        let asked = of.ask();
        let stranger = of.partner().get("/v1/me").expect(200)["id"].clone();
        for user in [stranger, json!("user_01h2xcejqtf2nbrexx3vqjhp41")] {
            assert_eq!(of.act(&of.helper, &asked, "assign", json!({ "assignee_id": user })).broken(), ["unknown_person - /assignee_id"]);
        }
        of.act(&of.helper, &asked, "start", json!({})).problem(409, "state_conflict");
        of.act(&of.helper, &asked, "close", json!({})).problem(409, "state_conflict");
        let declined = of.act(&of.helper, &asked, "decline", json!({ "reason": "Use your last one." })).expect(200);
        let seen = of.partner().get("/v1/support-requests?state=declined").expect(200)["data"][0].clone();
        assert_eq!((&seen["id"], &seen["reason"]), (&declined["id"], &json!("Use your last one.")));
        of.act(&of.helper, &asked, "assign", json!({ "assignee_id": of.helper_id })).problem(409, "state_conflict");
        let second = of.ask();
        let closed = of.act(&of.partner(), &second, "close", json!({})).expect(200);
        assert_eq!(closed["state"], "closed", "the partner needs it no more");
        let mine = of.helper.get(format!("/v1/support-requests?assignee_id={}&document=proposal", of.helper_id)).expect(200);
        assert_eq!(mine["data"], json!([]));
    }

    fn r41_everything_that_is_wrong_with_a_request_is_told(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let of = Facilitator::new(&app, &market);
        let refused = |change: Value| {
            let mut body = of.body();
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            of.partner().post("/v1/support-requests", body)
        };
        assert_eq!(refused(json!({ "wanted_by": "2026-03-01" })).broken(), ["wanted_by_past - /wanted_by"]);
        refused(json!({ "wanted_by": "2026-03-02" })).expect(201);
        assert_eq!(refused(json!({ "customer_id": null, "wanted_by": "2026-03-01" })).broken(), ["registration_or_customer R35 /registration_id", "wanted_by_past - /wanted_by"]);
        let claim = json!({
            "prospect": { "name": "Conservas", "country": "PT", "domain": "conservas.pt" },
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
        });
        let registration = id_of(&of.partner().post("/v1/registrations", claim).expect(201));
        let for_prospect = json!({ "customer_id": null, "registration_id": registration });
        assert_eq!(refused(for_prospect.clone()).broken(), ["registration_not_accepted R35 /registration_id"]);
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        assert_eq!(refused(for_prospect).expect(201)["registration_id"], json!(registration));
        let strangers = market.customer(&market.partner());
        refused(json!({ "customer_id": strangers })).problem(404, "not_found");
        market.master().post(format!("/v1/agreements/{}/suspend", of.shop.agreement), json!({ "reason": "Checked." })).expect(200);
        assert_eq!(refused(json!({})).broken(), ["agreement_not_in_force R7 /agreement_id"]);
    }

    fn d22_a_partner_sees_its_own_requests_alone(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let of = Facilitator::new(&app, &market);
        let asked = of.ask();
        let path = format!("/v1/support-requests/{}", id_of(&asked));
        for stranger in [market.caller(&market.partner()), app.master("br"), app.master("fr")] {
            stranger.get(&path).problem(404, "not_found");
            assert_eq!(stranger.get("/v1/support-requests").expect(200)["data"], json!([]));
        }
        market.caller(&market.partner()).post(format!("{path}/close"), json!({})).problem(404, "not_found");
        market.caller(&market.partner()).post("/v1/support-requests", of.body()).problem(404, "not_found");
        of.act(&of.partner(), &asked, "assign", json!({ "assignee_id": of.helper_id })).problem(403, "forbidden");
        market.master().post("/v1/support-requests", of.body()).problem(403, "forbidden");
        let stale = of.partner().request("POST", format!("{path}/close")).header("if-match", "\"7\"").json(&json!({})).send();
        stale.problem(412, "version_mismatch");
        let due = market.master().get("/v1/obligations?kind=support_request").expect(200);
        let row = &due["data"][0];
        assert_eq!((&row["subject_id"], &row["due_on"], &row["severity"]), (&asked["id"], &json!("2026-03-09"), &json!("due_soon")));
    }
}
