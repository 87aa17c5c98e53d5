//! The last resort, from the opening of a case to its end (R49, R51).

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, eur, id_of, line},
};
use serde_json::{Value, json};

use super::{Failing, all, assert_sound, customer_of, opening};

fn claim(domain: &str) -> Value {
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": domain },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    })
}

on_both_engines! {
    fn r49_a_master_opens_one_case_about_a_partner_with_reason_and_evidence(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let mut wrong = opening("partner_01h2xcejqtf2nbrexx3vqjhp41");
        wrong["evidence"][0]["dated_on"] = json!("2026-03-03");
        let refused = market.master().post("/v1/continuity-cases", wrong);
        assert_eq!(refused.broken(), ["dated_in_future R49 /evidence/0/dated_on", "unknown_partner - /partner_id"]);
        let mut bare = opening(&partner);
        bare["evidence"] = json!([]);
        market.master().post("/v1/continuity-cases", bare).problem(422, "invalid_request");
        let made = market.master().post("/v1/continuity-cases", opening(&partner)).expect(201);
        let path = format!("/v1/continuity-cases/{}", id_of(&made));
        assert_eq!((&made["state"], &made["plan"], &made["suspended_at"]), (&json!("open"), &json!(null), &json!(null)));
        assert_eq!(made["evidence"][0]["description"], "Three customers complain.");
        let second = market.master().post("/v1/continuity-cases", opening(&partner));
        second.problem(409, "already_exists");
        assert_eq!(second.broken(), ["continuity_case_is_open R49 /partner_id"]);
        // Neither the partner nor another master learns of it.
        app.master("br").get(&path).problem(404, "not_found");
        assert_eq!(app.master("br").post("/v1/continuity-cases", opening(&partner)).broken(), ["unknown_partner - /partner_id"]);
        app.partner(&partner).get(&path).problem(403, "forbidden");
        let more = json!({ "dated_on": "2026-03-02", "description": "The telephone is dead." });
        let shown = market.master().post(format!("{path}/evidence"), more).expect(200);
        assert_eq!((shown["evidence"].as_array().unwrap().len(), &shown["version"]), (2, &json!(2)));
        assert_eq!(all(market.master(), &format!("/v1/continuity-cases?partner_id={partner}&state=open")).len(), 1);
        // Given up, it makes room for another one.
        let gone = market.master().post(format!("{path}/withdraw"), json!({ "note": "It answers again." })).expect(200);
        assert_eq!((&gone["state"], &gone["note"]), (&json!("withdrawn"), &json!("It answers again.")));
        market.master().post(format!("{path}/suspend"), json!({})).problem(409, "state_conflict");
        market.master().post("/v1/continuity-cases", opening(&partner)).expect(201);
    }

    fn r49_a_suspended_partner_registers_proposes_and_signs_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let (failed, agreement) = (failing.failed(), &failing.shop.agreement);
        let draft = id_of(&failed.post("/v1/registrations", { let mut it = claim("rascunho.pt"); it["draft"] = json!(true); it }).expect(201));
        let lines = json!([line(&market.item("sales_and_purchasing"), "year", None)]);
        let customer = market.customer(&failing.shop.partner);
        let offer = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
        let [first, second] = [(), ()].map(|()| id_of(&failed.post("/v1/proposals", offer.clone()).expect(201)));
        failed.post(format!("/v1/proposals/{second}/send"), json!({})).expect(200);
        let case = failing.suspended();
        assert_eq!(failed.get(format!("/v1/agreements/{agreement}")).expect(200)["state"], "suspended");
        let says = |broken: Vec<String>| assert!(broken.iter().any(|it| it.starts_with("partner_suspended R49")), "{broken:?}");
        says(failed.post("/v1/registrations", claim("novo.pt")).broken());
        says(failed.post(format!("/v1/registrations/{draft}/submit"), json!({})).broken());
        says(failed.post("/v1/proposals", offer.clone()).broken());
        says(failed.post(format!("/v1/proposals/{first}/send"), json!({})).broken());
        // Nor does anybody for it, not even for a day before.
        says(failed.post(format!("/v1/proposals/{second}/sign"), json!({ "signed_on": "2026-03-02" })).broken());
        says(failing.master().post(format!("/v1/proposals/{second}/sign"), json!({ "signed_on": "2026-03-01" })).broken());
        let new = json!({ "responsible_id": failing.shop.partner, "name": "New", "country": "PT", "domain": "novissimo.pt" });
        says(failing.master().post("/v1/customers", new).broken());
        // No agreement of it takes effect, neither the old ones nor a new one.
        says(market.master().post(format!("/v1/agreements/{agreement}/resume"), json!({})).broken());
        let instructor = market.under_supervision(&failing.shop.partner, "instructor", None, None);
        let approval = market.approval(&instructor);
        says(market.master().post(format!("/v1/agreements/{instructor}/supervisions"), approval).broken());
        // Given up, everything goes on.
        failing.act(&case, "withdraw", json!({ "note": "It answers again." })).expect(200);
        assert_eq!(failed.get(format!("/v1/agreements/{agreement}")).expect(200)["state"], "active");
        failed.post(format!("/v1/proposals/{second}/sign"), json!({ "signed_on": "2026-03-02" })).expect(201);
    }

    fn r49_a_suspended_partner_renews_nothing_and_holds_no_prospect_for_longer_and_bills_what_runs(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let (failed, sold) = (failing.failed(), failing.shop.sell(&market, &[]));
        let protected = id_of(&failed.post("/v1/registrations", claim("vinhos.pt")).expect(201));
        failing.master().post(format!("/v1/registrations/{protected}/accept"), json!({})).expect(200);
        let promoter = market.partner();
        let waiting = market.under_supervision(&promoter, "client_manager", Some(&failing.shop.partner), None);
        let case = failing.suspended();
        let refused = |answer: Answer| assert_eq!(answer.broken(), ["partner_suspended R49 "]);
        // Another year is a new promise, whoever makes it for the partner.
        let renew = |caller: &Caller| caller.post(format!("/v1/contracts/{}/renew", sold.contract), json!({}));
        refused(renew(&failed));
        refused(renew(&failing.master()));
        let further = json!({ "evidence": { "kind": "meeting", "dated_on": "2026-03-02", "description": "At their site again." } });
        let extend = || failed.post(format!("/v1/registrations/{protected}/extend"), further.clone());
        refused(extend());
        // Nobody makes an agreement with it either.
        let approve = || market.master().post(format!("/v1/agreements/{waiting}/supervisions"), market.approval(&waiting));
        approve().problem(422, "invalid_request");
        // What was sold is billed, and what was claimed is given up.
        let invoice = json!({ "kind": "invoice", "amount": eur("100.00"), "dated_on": "2026-03-02", "reference": "F-1" });
        failed.post(format!("/v1/annuities/{}/instalments", sold.annuity(1)), invoice).expect(201);
        failing.act(&case, "withdraw", json!({ "note": "It answers again." })).expect(200);
        renew(&failed).expect(200);
        extend().expect(200);
        approve().expect(200);
    }

    fn r49_only_a_company_that_can_answer_takes_over(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let (nobody, promoter, suspended) = (market.partner(), market.partner(), market.partner());
        market.agreement(&promoter, "client_manager", Some(&failing.shop.partner));
        market.agreement(&suspended, "reseller", None);
        let other = id_of(&failing.master().post("/v1/continuity-cases", opening(&suspended)).expect(201));
        failing.act(&other, "suspend", json!({})).expect(200);
        let case = failing.suspended();
        let names = |company: &str, from: &str, protections: &str| {
            failing.act(&case, "plan", json!({ "company_id": company, "from": from, "protections": protections })).broken()
        };
        let brazil = Market::altoga_in_brazil(&app).master_id();
        let release = |company: &str| names(company, "2026-03-02", "release");
        assert_eq!(release(&failing.shop.partner), ["company_is_failing R49 /company_id"]);
        assert_eq!(release(&brazil), ["unknown_company R51 /company_id"]);
        assert_eq!(release(&nobody), ["no_active_agreement R7 /company_id"]);
        assert_eq!(release(&promoter), ["no_network_company D6 /company_id"]);
        assert_eq!(release(&suspended), ["partner_suspended R49 /company_id"]);
        // Nobody takes over before there was a case, and a master has no protections.
        assert_eq!(
            names(&market.master_id(), "2026-03-01", "transfer"),
            ["master_needs_no_protection R36 /protections", "takeover_before_case R51 /from"]
        );
        let planned = failing.plan(&case, "2026-03-02");
        assert_eq!((&planned["plan"]["number"], &planned["plan"]["agreement_id"]), (&json!(1), &json!(failing.taker.agreement)));
        assert_eq!(failing.plan(&case, "2026-03-02"), planned, "the same again changes nothing");
        let strangers = market.customer(&failing.taker.partner);
        let to_master = json!({ "company_id": market.master_id(), "customer_ids": [strangers] });
        assert_eq!(failing.act(&case, "assignments", to_master).broken(), ["unknown_customer R51 /customer_ids/0"]);
    }

    fn r49_two_different_people_approve_a_plan_and_a_new_plan_needs_them_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let case = id_of(&failing.master().post("/v1/continuity-cases", opening(&failing.shop.partner)).expect(201));
        let path = format!("/v1/continuity-cases/{case}");
        assert_eq!(failing.act(&case, "approve", json!({})).broken(), ["partner_not_suspended R49 ", "takeover_not_planned R49 "]);
        failing.act(&case, "execute", json!({})).problem(409, "state_conflict");
        failing.act(&case, "suspend", json!({})).expect(200);
        failing.plan(&case, "2026-03-02");
        let (one, two) = (failing.master(), failing.master());
        let once = one.post(format!("{path}/approve"), json!({})).expect(200);
        assert_eq!(one.post(format!("{path}/approve"), json!({})).expect(200), once, "one person approves once");
        assert_eq!((&once["state"], once["plan"]["approvals"].as_array().unwrap().len()), (&json!("open"), 1));
        failing.act(&case, "execute", json!({})).problem(409, "state_conflict");
        assert_eq!(two.post(format!("{path}/approve"), json!({})).expect(200)["state"], "approved");
        // Somebody else for one customer is another plan.
        let customer = market.customer(&failing.taker.partner);
        let _ = customer;
        let planned = failing.act(&case, "plan", json!({ "company_id": market.master_id(), "from": "2026-03-02", "protections": "release" }));
        let planned = planned.expect(200);
        assert_eq!((&planned["state"], &planned["plan"]["approvals"]), (&json!("open"), &json!([])));
        failing.act(&case, "execute", json!({})).problem(409, "state_conflict");
        failing.act(&case, "revert", json!({})).problem(409, "state_conflict");
        failing.act(&case, "confirm", json!({})).problem(409, "state_conflict");
        failing.act(&case, "close", json!({})).problem(409, "state_conflict");
    }

    fn r51_each_customer_goes_over_once_and_nobody_is_left_alone(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let sold = failing.shop.sell(&market, &[]);
        let (with_contract, to_master) = (customer_of(market.master(), &sold), market.customer(&failing.shop.partner));
        let others: Vec<String> = (0..5).map(|_| market.customer(&failing.shop.partner)).collect();
        let failed = failing.failed();
        let protected = id_of(&failed.post("/v1/registrations", claim("vinhos.pt")).expect(201));
        market.master().post(format!("/v1/registrations/{protected}/accept"), json!({})).expect(200);
        let pending = id_of(&failed.post("/v1/registrations", claim("queijos.pt")).expect(201));
        let offer = json!({
            "agreement_id": failing.shop.agreement, "customer_id": others[0], "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let proposal = id_of(&failed.post("/v1/proposals", offer).expect(201));
        let case = failing.suspended();
        let path = format!("/v1/continuity-cases/{case}");
        let kinds = |kind: &str| all(&failing.master(), &format!("{path}/holdings?kind={kind}&limit=200")).len();
        assert_eq!(["customer", "contract", "proposal", "registration"].map(kinds), [7, 1, 1, 2]);
        failing.plan(&case, "2026-03-02");
        let body = json!({ "company_id": market.master_id(), "customer_ids": [to_master] });
        failing.act(&case, "assignments", body).expect(200);
        let preview = failing.master().get(format!("{path}/preview")).expect(200);
        assert_eq!(preview["left"], json!({ "customers": 7, "contracts": 1, "proposals": 1, "registrations": 2, "projects": 0, "portfolio_places": 0, "support_requests": 0, "promoter_agreements": 0, "introductions": 0 }));
        let customers: Vec<_> = preview["companies"].as_array().unwrap().iter().map(|it| (it["company"]["id"].clone(), it["customers"].clone())).collect();
        assert!(customers.contains(&(json!(failing.taker.partner), json!(6))) && customers.contains(&(json!(market.master_id()), json!(1))));
        failing.approve(&case);
        // Nothing is written by asking what would happen.
        let asked = failing.master().post(format!("{path}/execute?dry_run=true"), json!({})).expect(200);
        assert_eq!((&asked["state"], &asked["progress"]["over"]), (&json!("executed"), &json!(7)));
        assert_eq!(failing.responsible(&with_contract, "2026-03-02"), json!(failing.shop.partner));
        assert_eq!(failing.run(&case, "execute", 3, "executed"), 3);
        failing.act(&case, "execute", json!({})).expect(200);
        assert_eq!(all(&failing.master(), &format!("{path}/moves?limit=200")).len(), 7);
        assert_eq!(["customer", "contract"].map(kinds), [0, 0]);
        assert_eq!(failing.responsible(&with_contract, "2026-03-02"), json!(failing.taker.partner));
        assert_eq!(failing.responsible(&with_contract, "2026-03-01"), json!(failing.shop.partner));
        assert_eq!(failing.responsible(&to_master, "2026-03-02"), json!(market.master_id()));
        // The successor has the customer and its contract, and learns nothing of whose it was (D22).
        let successor = failing.successor();
        successor.get(format!("/v1/customers/{with_contract}")).expect(200);
        let contract = successor.get(format!("/v1/contracts/{}", sold.contract)).expect(200);
        assert_eq!((&contract["seller"]["id"], &contract["attributions"]), (&json!(failing.taker.partner), &json!([])));
        assert!(!contract.to_string().contains(&failing.shop.partner), "{contract}");
        // Whoever took over answers what the failing partner did.
        let desk = successor.get(format!("/v1/customers/{with_contract}/support-desk")).expect(200);
        assert_eq!(desk["first_contact"]["id"], json!(failing.taker.partner));
        assert!(!desk.to_string().contains(&failing.shop.partner), "{desk}");
        let day_before = failing.master().get(format!("/v1/customers/{with_contract}/support-desk?day=2026-03-01")).expect(200);
        assert!(!day_before.to_string().contains(&failing.taker.partner), "{day_before}");
        successor.get(format!("/v1/customers/{with_contract}/support-desk?day=2026-03-01")).problem(404, "not_found");
        failed.get(format!("/v1/customers/{with_contract}")).problem(404, "not_found");
        let notices: Vec<Value> = all(&successor, "/v1/events?limit=200").into_iter().filter(|it| it["kind"] == "customer.responsibility_changed").collect();
        assert_eq!(notices.len(), 6);
        assert!(notices.iter().all(|it| it["data"]["responsible"]["id"] == failing.taker.partner && !it.to_string().contains(&failing.shop.partner)));
        assert!(all(&failed, "/v1/events?limit=200").iter().all(|it| it["kind"] != "customer.responsibility_changed"));
        // Not closed before it is confirmed; then protections go over and nothing stays open.
        failing.act(&case, "close", json!({})).problem(409, "state_conflict");
        failing.run(&case, "confirm", 1, "confirmed");
        let state = |id: &str| failing.master().get(format!("/v1/registrations/{id}")).expect(200);
        assert_eq!((&state(&protected)["state"], &state(&protected)["reason"]), (&json!("released"), &json!("partner_failed")));
        assert_eq!(state(&pending)["state"], "rejected");
        assert_eq!(all(&successor, "/v1/registrations?state=accepted").len(), 1);
        assert_eq!(failing.master().get(format!("/v1/proposals/{proposal}")).expect(200)["state"], "withdrawn");
        failing.act(&case, "revert", json!({})).problem(409, "state_conflict");
        let closed = failing.act(&case, "close", json!({})).expect(200);
        assert_eq!(closed["state"], "closed");
        assert_sound(&app);
    }

    fn r51_a_takeover_waits_for_its_day_and_is_taken_back_until_it_is_confirmed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let customers: Vec<String> = (0..4).map(|_| market.customer(&failing.shop.partner)).collect();
        let case = failing.suspended();
        failing.plan(&case, "2026-03-03");
        failing.approve(&case);
        assert_eq!(failing.act(&case, "execute", json!({})).broken(), ["takeover_not_yet R51 "]);
        // Lisbon's midnight.
        app.advance(TimeDelta::hours(15));
        assert_eq!(failing.act(&case, "execute", json!({ "limit": 3 })).expect(200)["progress"]["over"], json!(3));
        failing.run(&case, "revert", 2, "open");
        for customer in &customers {
            for day in ["2026-03-02", "2026-03-03"] {
                assert_eq!(failing.responsible(customer, day), json!(failing.shop.partner));
            }
        }
        // It is approved anew, and goes over again.
        failing.act(&case, "execute", json!({})).problem(409, "state_conflict");
        failing.approve(&case);
        failing.run(&case, "execute", 3, "executed");
        assert_eq!(failing.responsible(&customers[0], "2026-03-03"), json!(failing.taker.partner));
        assert_sound(&app);
    }

    fn r49_who_takes_over_has_to_be_fit_when_it_is_carried_out(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        market.customer(&failing.shop.partner);
        let case = failing.suspended();
        failing.plan(&case, "2026-03-02");
        failing.approve(&case);
        let end = json!({ "reason": "It was agreed." });
        market.master().post(format!("/v1/agreements/{}/terminate", failing.taker.agreement), end).expect(200);
        assert_eq!(failing.act(&case, "execute", json!({})).broken(), ["taker_not_in_force R7 "]);
    }
}
