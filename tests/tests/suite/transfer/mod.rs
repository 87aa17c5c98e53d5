//! A partner goes over to another master, or to another partnership type, from a day on (D4).

mod day;
mod hanging;
mod last_resort;
mod left;
mod terms;

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

/// An approval of the checklist of a type's terms.
pub(crate) fn accepting(master: &Caller, of_type: &str) -> Value {
    let types = master.get("/v1/partnership-types?limit=200").expect(200);
    let found = types["data"].as_array().unwrap().iter().find(|it| it["code"] == of_type).expect("a type").clone();
    let versions = master.get(format!("/v1/partnership-types/{}/terms", id_of(&found))).expect(200);
    let terms = master.get(format!("/v1/terms/{}", id_of(&versions["data"][0]))).expect(200);
    let checklist = terms["terms"]["checklist"].as_object().expect("a checklist");
    let findings: Vec<Value> = checklist.keys().map(|item| json!({ "item": item, "outcome": "met" })).collect();
    json!({ "decision": "accept", "findings": findings })
}

fn to_brazil(app: &TestApp, partner: &str, from: &str) -> Answer {
    let brazil = Market::altoga_in_brazil(app).master_id();
    let body = json!({ "partner_id": partner, "kind": "master", "to_master_id": brazil, "from": from, "reason": "It moved." });
    app.master("pt").post("/v1/partner-transfers", body)
}

/// Lets a reseller go over to Brazil today. The transfer.
fn gone_to_brazil(app: &TestApp, partner: &str) -> Value {
    let made = to_brazil(app, partner, "2026-03-02").expect(201);
    let path = format!("/v1/partner-transfers/{}", id_of(&made));
    let accept = accepting(&app.master("br"), "reseller");
    app.master("br").post(format!("{path}/decide"), accept).expect(200);
    let done = app.master("br").post(format!("{path}/execute"), json!({})).expect(200);
    assert_eq!(done["state"], "done");
    done
}

fn all(caller: &Caller, path: &str) -> Vec<Value> {
    caller.get(path).expect(200)["data"].as_array().unwrap().clone()
}

fn claim(domain: &str) -> Value {
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": domain },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    })
}

on_both_engines! {
    fn d4_a_reseller_goes_over_to_another_master_with_everything_that_hangs_on_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let promotes = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        let sold = shop.sell(&market, &[&promotes]);
        let reseller = app.partner(&shop.partner);
        let protected = id_of(&reseller.post("/v1/registrations", claim("vinhos.pt")).expect(201));
        market.master().post(format!("/v1/registrations/{protected}/accept"), json!({})).expect(200);
        let customer = market.customer(&shop.partner);
        let offer = json!({
            "agreement_id": shop.agreement, "customer_id": customer, "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let open = id_of(&reseller.post("/v1/proposals", offer).expect(201));
        assert_eq!(to_brazil(&app, &shop.partner, "2026-03-01").broken(), ["transfer_in_past D4 /from"]);
        let made = to_brazil(&app, &shop.partner, "2026-03-03").expect(201);
        let path = format!("/v1/partner-transfers/{}", id_of(&made));
        assert_eq!((&made["state"], &made["stage"], &made["agreement_id"]), (&json!("proposed"), &json!("sub_network"), &json!(shop.agreement)));
        to_brazil(&app, &shop.partner, "2026-03-03").problem(409, "already_exists");
        // Both masters and the partner see it, and nobody else.
        app.master("br").get(&path).expect(200);
        reseller.get(&path).expect(200);
        app.partner(&promoter).get(&path).problem(404, "not_found");
        // The master that it goes over to decides, with its checklist.
        let accept = accepting(&app.master("br"), "reseller");
        assert_eq!(app.master("pt").post(format!("{path}/decide"), accept.clone()).broken(), ["not_receiving_master R7 "]);
        app.master("br").post(format!("{path}/decide"), json!({ "decision": "accept", "findings": [] })).problem(422, "invalid_request");
        assert_eq!(app.master("br").post(format!("{path}/decide"), accept).expect(200)["state"], "agreed");
        assert_eq!(app.master("br").post(format!("{path}/execute"), json!({})).broken(), ["transfer_not_yet D4 "]);
        // Nothing has happened before its day.
        assert_eq!(app.partner(&shop.partner).get(format!("/v1/agreements/{}", shop.agreement)).expect(200)["state"], "active");
        app.advance(TimeDelta::hours(24));
        let done = app.master("br").post(format!("{path}/execute"), json!({})).expect(200);
        assert_eq!(done["state"], "done");
        let reseller = app.partner(&shop.partner);
        let agreement = |id: &Value| reseller.get(format!("/v1/agreements/{}", id.as_str().unwrap())).expect(200);
        let (old, new) = (agreement(&made["agreement_id"]), agreement(&made["successor_id"]));
        assert_eq!((&old["state"], &old["ends_on"]), (&json!("terminated"), &json!("2026-03-02")));
        assert_eq!((&new["state"], &new["starts_on"]), (&json!("active"), &json!("2026-03-03")));
        assert_eq!(all(&reseller, &format!("/v1/agreements?partner_id={}&state=active", shop.partner)).len(), 1, "exactly one at every instant");
        let brazil = app.master("br");
        brazil.get(format!("/v1/partners/{}", shop.partner)).expect(200);
        brazil.get(format!("/v1/partners/{promoter}")).expect(200);
        app.master("pt").get(format!("/v1/partners/{}", shop.partner)).problem(404, "not_found");
        assert_eq!(brazil.get(format!("/v1/agreements/{promotes}")).expect(200)["state"], "active");
        brazil.get(format!("/v1/customers/{customer}")).expect(200);
        let registration = brazil.get(format!("/v1/registrations/{protected}")).expect(200);
        assert_eq!((&registration["state"], &registration["agreement_id"]), (&json!("accepted"), &made["successor_id"]));
        assert_eq!(brazil.get(format!("/v1/proposals/{open}")).expect(200)["agreement_id"], made["successor_id"]);
        // What was sold before stays with the old master, under the old terms; what is sold now is the new one's.
        app.master("pt").get(format!("/v1/contracts/{}", sold.contract)).expect(200);
        reseller.post(format!("/v1/proposals/{open}/send"), json!({})).expect(200);
        let signed = reseller.post(format!("/v1/proposals/{open}/sign"), json!({ "signed_on": "2026-03-03" })).expect(201);
        assert_eq!(signed["master_id"], made["to_master_id"]);
        assert_eq!(app.master("br").post(format!("{path}/execute"), json!({})).expect(200), done, "once");
        app.master("pt").post(format!("{path}/withdraw"), json!({ "note": "No." })).problem(409, "state_conflict");
        crate::continuity::assert_sound(&app);
    }

    fn d4_a_partner_goes_over_to_another_type_unless_somebody_would_be_left_alone(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let change = |to: &str| {
            let body = json!({ "partner_id": partner, "kind": "partnership_type", "partnership_type": to, "from": "2026-03-03", "reason": "It grew." });
            app.master("fr").post("/v1/partner-transfers", body)
        };
        let same = change("referrer");
        assert_eq!(same.broken(), ["transfer_to_same_type D4 /partnership_type"]);
        assert!(same.text.contains("already"), "{}", same.text);
        assert_eq!(change("nobody").broken(), ["unknown_partnership_type D4 /partnership_type"]);
        let both = json!({ "partner_id": partner, "kind": "partnership_type", "to_master_id": market.master_id(), "from": "2026-03-03", "reason": "It grew." });
        assert_eq!(app.master("fr").post("/v1/partner-transfers", both).broken(), ["transfer_of_one_thing D4 /kind"]);
        let proposer = app.master("fr");
        let body = json!({ "partner_id": partner, "kind": "partnership_type", "partnership_type": "affiliate", "from": "2026-03-03", "reason": "It grew." });
        let made = proposer.post("/v1/partner-transfers", body).expect(201);
        let path = format!("/v1/partner-transfers/{}", id_of(&made));
        let accept = accepting(&proposer, "affiliate");
        assert_eq!(proposer.post(format!("{path}/decide"), accept.clone()).broken(), ["same_person_decides R7 "]);
        app.master("fr").post(format!("{path}/decide"), accept).expect(200);
        app.advance(TimeDelta::hours(24));
        assert_eq!(app.master("fr").post(format!("{path}/execute"), json!({})).expect(200)["state"], "done");
        let of = |id: &str| app.partner(&partner).get(format!("/v1/agreements/{id}")).expect(200);
        assert_eq!(of(&agreement)["state"], "terminated");
        assert_eq!(of(made["successor_id"].as_str().unwrap())["partnership_type"], "affiliate");
        // An affiliate with a customer cannot become a referrer, which contracts nobody.
        let customer = json!({ "responsible_id": partner, "name": "Mairie", "country": "FR", "domain": "mairie.example.com" });
        app.master("fr").post("/v1/customers", customer).expect(201);
        let back = json!({ "partner_id": partner, "kind": "partnership_type", "partnership_type": "referrer", "from": "2026-03-10", "reason": "It shrank." });
        assert_eq!(app.master("fr").post("/v1/partner-transfers", back).broken(), ["customers_left_alone R51 /partnership_type"]);
        crate::continuity::assert_sound(&app);
    }

    fn r53_an_open_proposal_that_could_not_be_signed_under_the_other_type_is_told_of_and_taken_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "independent_integrator", None);
        let send = || {
            let offer = json!({
                "agreement_id": agreement, "customer_id": market.customer(&market.master_id()), "currency": "EUR",
                "lines": [line(&market.item("instance"), "year", None)],
            });
            let offer = format!("/v1/proposals/{}", id_of(&market.master().post("/v1/proposals", offer).expect(201)));
            market.master().post(format!("{offer}/send"), json!({})).expect(200);
            offer
        };
        let change = || {
            let body = json!({ "partner_id": partner, "kind": "partnership_type", "partnership_type": "affiliate", "from": "2026-03-03", "reason": "It grew." });
            app.master("fr").post("/v1/partner-transfers", body)
        };
        let early = send();
        assert_eq!(change().broken(), ["proposals_left_open R13 /partnership_type"]);
        market.master().post(format!("{early}/withdraw"), json!({})).expect(200);
        let path = format!("/v1/partner-transfers/{}", id_of(&change().expect(201)));
        app.master("fr").post(format!("{path}/decide"), accepting(&app.master("fr"), "affiliate")).expect(200);
        // What is sent while the transfer waits is found by the transfer.
        let late = send();
        app.advance(TimeDelta::hours(24));
        assert_eq!(app.master("fr").post(format!("{path}/execute"), json!({})).expect(200)["state"], "done");
        let shown = app.partner(&partner).get(&late).expect(200);
        assert_eq!((&shown["state"], &shown["reason"]), (&json!("withdrawn"), &json!("transferred")));
        let told = app.partner(&partner).get(format!("/v1/events?limit=200&subject={}", id_of(&shown))).expect(200);
        assert!(told["data"].as_array().unwrap().iter().any(|event| event["kind"] == "proposal.withdrawn"));
    }

    fn d4_a_transfer_is_refused_or_taken_back_before_its_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let made = to_brazil(&app, &shop.partner, "2026-03-10").expect(201);
        let path = format!("/v1/partner-transfers/{}", id_of(&made));
        assert_eq!(app.master("br").post(format!("{path}/decide"), json!({ "decision": "refuse" })).broken(), ["note_required - /note"]);
        let refused = app.master("br").post(format!("{path}/decide"), json!({ "decision": "refuse", "note": "Not now." })).expect(200);
        assert_eq!((&refused["state"], &refused["note"]), (&json!("refused"), &json!("Not now.")));
        let second = id_of(&to_brazil(&app, &shop.partner, "2026-03-10").expect(201));
        let path = format!("/v1/partner-transfers/{second}");
        let back = app.master("pt").post(format!("{path}/withdraw"), json!({ "note": "It stays." })).expect(200);
        assert_eq!(back["state"], "withdrawn");
        app.master("br").post(format!("{path}/execute"), json!({})).problem(409, "state_conflict");
        app.partner(&shop.partner).post("/v1/partner-transfers", json!({})).problem(403, "forbidden");
        let strangers = Market::altoga_in_brazil(&app).partner();
        assert_eq!(to_brazil(&app, &strangers, "2026-03-10").broken(), ["unknown_partner - /partner_id"]);
    }
}
