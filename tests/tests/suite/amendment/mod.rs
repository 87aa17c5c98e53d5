//! Changes of rules: proposed and decided by two people, linted, and what sales of which day are counted by. Figures are worked out
//! by hand from the annual price of 1,200.00 EUR.

mod killed;
mod retroactive;
mod simulated;
mod storage;
mod uncountable;

use std::{
    thread,
    time::{Duration, Instant},
};

use chrono::{TimeDelta, TimeZone, Utc};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, Sold, eur, id_of, line},
};
use persistence::invariants::INVARIANTS;
use serde_json::{Value, json};

/// A version of a type's terms to propose: the latest one, changed.
pub(super) fn amended(master: &Caller, of_type: &str, from: &str, reach: &str, change: impl Fn(&mut Value)) -> Value {
    let types = master.get("/v1/partnership-types?limit=200").expect(200);
    let found = types["data"].as_array().unwrap().iter().find(|it| it["code"] == of_type).expect("a type");
    let versions = master.get(format!("/v1/partnership-types/{}/terms", id_of(found))).expect(200);
    let latest = versions["data"].as_array().unwrap().iter().max_by_key(|it| it["number"].as_i64()).unwrap().clone();
    let terms = master.get(format!("/v1/terms/{}", id_of(&latest))).expect(200);
    let (texts, mut terms) = (terms["texts"].clone(), terms["terms"].clone());
    change(&mut terms);
    json!({
        "partnership_type": of_type, "effective_from": from, "reach": reach, "texts": texts, "terms": terms,
        "reason": "Referrers bring more customers than we expected.",
    })
}

/// Proposes it.
pub(super) fn propose(master: &Caller, body: &Value) -> String {
    id_of(&master.post("/v1/amendments", body.clone()).expect(201))
}

/// Lets a second person approve it.
pub(super) fn approve(second: &Caller, id: &str) -> Answer {
    second.post(format!("/v1/amendments/{id}/approve"), json!({ "reason": "The simulation shows who gains." }))
}

/// Lets a second person approve it, and waits until all that it changes is posted.
pub(super) fn apply(second: &Caller, id: &str) -> Value {
    approve(second, id).expect(200);
    until_applied(second, id)
}

pub(super) fn until_applied(caller: &Caller, id: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let amendment = caller.get(format!("/v1/amendments/{id}")).expect(200);
        if amendment["state"] == "approved" {
            return amendment;
        }
        assert!(Instant::now() < deadline, "it does not go on: {amendment}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Lets the only rule of referrers come to another part of the first annuity.
pub(super) fn rate(text: &str) -> impl Fn(&mut Value) {
    move |terms| terms["rules"]["first_annuity"]["rate"] = json!({ "of": "fixed", "rate": text })
}

/// A sale of one instance that the master contracts on a day, and a partner brings.
pub(super) fn brought<'a>(market: &'a Market<'_>, agreement: &str, signed_on: &str) -> Sold<'a> {
    let customer = market.customer(&market.master_id());
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
    market.sell_on(market.master(), &body, signed_on)
}

/// What entries say: correction, what it names among them, from whom, and the amount; each computed again from its explanation.
pub(super) fn told(sold: &Sold<'_>, caller: &Caller) -> Vec<String> {
    let entries = sold.entries(caller);
    let place = |id: &Value| entries.iter().position(|entry| entry["id"] == *id).map_or("-".to_owned(), |at| at.to_string());
    let say = |entry: &Value| {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
        assert_eq!(super::recompute::amount(&explanation), entry["amount"]["amount"].as_str().unwrap(), "{explanation:#}");
        let correction = entry["correction"].as_str().unwrap_or("accrual");
        let (of, from) = (place(&entry["corrects_id"]), entry["debtor"]["kind"].as_str().unwrap());
        format!("{} {correction} {of} {from} {}", entry["rule"].as_str().unwrap(), entry["amount"]["amount"].as_str().unwrap())
    };
    entries.iter().map(say).collect()
}

pub(super) fn assert_sound(app: &TestApp) {
    for invariant in INVARIANTS {
        let broken = wait(app.db.read(|tx| invariant.broken(tx.conn))).expect("a check");
        assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
    }
}

/// What is wrong, as `code rule pointer`.
fn refused(master: &Caller, body: &Value) -> Vec<String> {
    let answer = master.post("/v1/amendments", body.clone());
    answer.problem(422, "invalid_request");
    answer.broken()
}

on_both_engines! {
    fn r86_an_amendment_applies_to_agreements_from_its_day_on_and_whoever_signed_before_stays_on_what_it_signed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let before = market.agreement(&partner, "referrer", None);
        let body = amended(market.master(), "referrer", "2026-03-10", "new_agreements", rate("0.2"));
        let id = propose(market.master(), &body);
        let proposed = market.master().get(format!("/v1/amendments/{id}")).expect(200);
        assert_eq!(proposed["state"], "proposed");
        assert_eq!(proposed["changes"], json!(["/terms/rules/first_annuity/rate/rate"]));
        assert_eq!(proposed["terms_id"], Value::Null);
        let approved = apply(&app.master("fr"), &id);
        assert_eq!((&approved["restated_sales"], &approved["changes"]), (&json!(0), &proposed["changes"]));
        let version = market.master().get(format!("/v1/terms/{}", approved["terms_id"].as_str().unwrap())).expect(200);
        assert_eq!((&version["number"], &version["effective_from"]), (&json!(2), &json!("2026-03-10")));
        assert_eq!(version["terms"]["rules"]["first_annuity"]["rate"], json!({ "of": "fixed", "rate": "0.2" }));

        app.clock.set(Utc.with_ymd_and_hms(2026, 3, 10, 12, 0, 0).unwrap());
        let market = Market::all_in_web(&app);
        let (one, other) = (market.customer(&market.master_id()), market.partner());
        let new = json!({ "partner_id": other, "partnership_type": "referrer", "language": "fr", "starts_on": "2026-03-10" });
        let made = market.master().post("/v1/agreements", new).expect(201);
        assert_eq!(made["terms_id"], approved["terms_id"]);
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let quote = json!({ "agreement_id": before, "customer_id": one, "currency": "EUR", "lines": lines });
        let quoted = market.master().post("/v1/quotes", quote).expect(200);
        assert_eq!(quoted["contract_years"][0]["amounts"][0]["amount"], eur("180.00"));
        assert_sound(&app);
    }

    fn r90_an_amendment_of_agreements_that_exist_counts_sales_from_its_day_on_and_not_before(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, special) = (market.partner(), market.partner());
        let agreement = market.agreement(&partner, "referrer", None);
        let by_special = json!({ "rules": { "first_annuity": { "hold_days": 5 } } });
        let on_demand = market.agreement_with(&special, "referrer", None, Some(by_special));
        let body = amended(market.master(), "referrer", "2026-03-10", "existing_agreements", rate("0.2"));
        let id = propose(market.master(), &body);
        let approved = apply(&app.master("fr"), &id);
        let rate_shown = |market: &Market<'_>, agreement: &str| {
            let terms = market.caller(&partner).get(format!("/v1/agreements/{agreement}/terms")).expect(200);
            terms["rules"]["first_annuity"]["rate"]["rate"].clone()
        };
        assert_eq!(rate_shown(&market, &agreement), "0.15", "its day has not come");
        app.clock.set(Utc.with_ymd_and_hms(2026, 3, 11, 12, 0, 0).unwrap());
        let market = Market::all_in_web(&app);
        assert_eq!(rate_shown(&market, &agreement), "0.2");
        let signed = market.master().get(format!("/v1/agreements/{agreement}")).expect(200);
        assert_ne!(signed["terms_id"], approved["terms_id"], "it names what was signed");
        for (on, due) in [("2026-03-09", "180.00"), ("2026-03-10", "240.00"), ("2026-03-11", "240.00")] {
            let sold = brought(&market, &agreement, on);
            sold.bill(1, "1200.00");
            assert_eq!(told(&sold, &market.caller(&partner)), [format!("first_annuity accrual - master {due}")], "{on}");
            let entry = &sold.entries(market.master())[0];
            let (old, new) = (&signed["terms_id"], &approved["terms_id"]);
            assert_eq!(&entry["terms_id"], if on == "2026-03-09" { old } else { new });
        }
        let sold = brought(&market, &on_demand, "2026-03-11");
        sold.bill(1, "1200.00");
        let own = told(&sold, &market.caller(&special));
        assert_eq!(own, ["first_annuity accrual - master 180.00"], "what was agreed on demand stays");
        assert_sound(&app);
    }

    fn a_second_person_decides_with_a_reason_and_once(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (app.master("fr"), app.master("fr"));
        let body = amended(&first, "referrer", "2026-03-10", "new_agreements", rate("0.2"));
        let act = |caller: &Caller, id: &str, action: &str| {
            caller.post(format!("/v1/amendments/{id}/{action}"), json!({ "reason": "We looked at it." }))
        };
        let [approved, rejected, withdrawn] = [(); 3].map(|()| propose(&first, &body));
        for action in ["approve", "reject"] {
            let answer = act(&first, &approved, action);
            answer.problem(422, "invalid_request");
            assert_eq!(answer.broken(), ["same_person R86 "]);
        }
        second.post(format!("/v1/amendments/{approved}/approve"), json!({})).problem(422, "invalid_request");
        let stale = second.request("POST", format!("/v1/amendments/{approved}/approve")).header("if-match", "\"7\"");
        stale.json(&json!({ "reason": "x" })).send().problem(412, "version_mismatch");
        let decided = act(&second, &rejected, "reject").expect(200);
        assert_eq!((&decided["state"], &decided["decision_reason"]), (&json!("rejected"), &json!("We looked at it.")));
        assert_eq!(act(&first, &withdrawn, "withdraw").expect(200)["state"], "withdrawn");
        assert_eq!(act(&second, &approved, "approve").expect(200)["state"], "approved");
        let again = act(&second, &approved, "approve").expect(200);
        assert_eq!(again["version"], 2, "the same again changes nothing");
        for (id, action) in [(&approved, "reject"), (&approved, "withdraw"), (&rejected, "approve"), (&withdrawn, "approve")] {
            act(&second, id, action).problem(409, "state_conflict");
        }
        // The next one has to come later than the version that is published now.
        let answer = act(&second, &propose(&first, &amended(&first, "referrer", "2026-03-11", "new_agreements", rate("0.3"))), "approve");
        answer.expect(200);
        let kinds = |caller: &Caller| -> Vec<String> {
            let events = caller.get("/v1/events?limit=200").expect(200);
            let events = events["data"].as_array().unwrap().iter().filter(|it| it["kind"].as_str().unwrap().starts_with("amendment."));
            events.map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
        };
        let told = kinds(&first);
        for kind in ["amendment.proposed", "amendment.approved", "amendment.rejected", "amendment.withdrawn"] {
            assert!(told.iter().any(|it| it == kind), "{kind} in {told:?}");
        }
    }

    fn everything_that_is_wrong_with_an_amendment_is_refused_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("fr");
        let contradictory = amended(&master, "affiliate", "2013-11-16", "existing_agreements", |terms| {
            terms["contracts_customers"] = json!(false);
            terms["minimum_sales_per_year"] = json!(20);
            let mut commission = terms["rules"]["buy_price"].clone();
            commission["kind"] = json!("commission");
            commission["only"] = json!({ "items": ["no_such_item"] });
            commission["summaries"] = json!({ "de": "Eine Provision." });
            terms["rules"]["commission"] = commission;
        });
        let broken = refused(&master, &contradictory);
        for expected in [
            "commission_and_buy_price D10 /terms/rules",
            "contracting_disagrees R11 /terms/duties/contracting",
            "default_language_missing - /terms/rules/commission/summaries/fr",
            "kept_by_existing_agreements R90 /terms/contracts_customers",
            "kept_by_existing_agreements R90 /terms/minimum_sales_per_year",
            "not_after_latest_terms R86 /effective_from",
            "too_far_back R90 /effective_from",
            "unknown_catalogue_item - /terms/rules/commission/only/items/0",
            "unknown_language - /terms/rules/commission/summaries/de",
        ] {
            assert!(broken.iter().any(|it| it == expected), "{expected} in {broken:#?}");
        }
        let past = amended(&master, "referrer", "2026-03-01", "new_agreements", rate("0.2"));
        assert_eq!(refused(&master, &past), ["past_for_new_agreements R90 /effective_from"]);
        let same = amended(&master, "referrer", "2026-03-02", "new_agreements", |_| {});
        assert_eq!(refused(&master, &same), ["changes_nothing R86 /terms"]);
        let other_way = amended(&master, "affiliate", "2026-03-02", "new_agreements", |terms| {
            terms["rules"]["buy_price"]["kind"] = json!("commission");
        });
        assert!(refused(&master, &other_way).iter().any(|it| it == "rule_kind_changed D16 /terms/rules/buy_price/kind"));
        assert_eq!(refused(&master, &json!({})).len(), 6, "form comes first");
        assert_eq!(master.get("/v1/amendments").expect(200)["data"], json!([]), "nothing was written");
        let dry = master.post("/v1/amendments?dry_run=true", amended(&master, "referrer", "2026-03-02", "new_agreements", rate("0.2")));
        assert_eq!(dry.expect(200)["state"], "proposed");
        assert_eq!(master.get("/v1/amendments").expect(200)["data"], json!([]), "it was only asked what would happen");
    }

    fn what_was_sound_when_it_was_proposed_is_looked_at_again_when_it_is_approved(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (app.master("fr"), app.master("fr"));
        let late = propose(&first, &amended(&first, "referrer", "2026-03-05", "new_agreements", rate("0.2")));
        let later = propose(&first, &amended(&first, "referrer", "2026-03-06", "new_agreements", rate("0.3")));
        approve(&second, &later).expect(200);
        let answer = approve(&second, &late);
        answer.problem(422, "invalid_request");
        assert_eq!(answer.broken(), ["not_after_latest_terms R86 /effective_from"]);
        app.advance(TimeDelta::days(10));
        let (first, second) = (app.master("fr"), app.master("fr"));
        let overdue = propose(&first, &amended(&first, "referrer", "2026-03-12", "new_agreements", rate("0.4")));
        app.advance(TimeDelta::days(1));
        let answer = approve(&app.master("fr"), &overdue);
        assert_eq!(answer.broken(), ["past_for_new_agreements R90 /effective_from"]);
        drop(second);
    }

    fn d22_a_partner_sees_neither_amendments_nor_simulations(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.caller(&market.partner());
        let id = propose(market.master(), &amended(market.master(), "referrer", "2026-03-10", "existing_agreements", rate("0.2")));
        for path in ["/v1/amendments".to_owned(), format!("/v1/amendments/{id}"), "/v1/simulations".to_owned()] {
            partner.get(path).problem(403, "forbidden");
        }
        let days = json!({ "amendment_id": id, "signed_from": "2026-01-01", "signed_to": "2026-03-02" });
        let made = market.master().post("/v1/simulations", days).expect(201);
        partner.get(format!("/v1/simulations/{}", id_of(&made))).problem(403, "forbidden");
        let events = partner.get("/v1/events?limit=200").expect(200).to_string();
        assert!(!events.contains("amendment") && !events.contains("simulation"), "{events}");
        // Another network's masters see none of it either.
        let abroad = app.master("pt");
        abroad.get(format!("/v1/amendments/{id}")).problem(404, "not_found");
        abroad.get(format!("/v1/simulations/{}", id_of(&made))).problem(404, "not_found");
        assert_eq!(abroad.get("/v1/amendments").expect(200)["data"], json!([]));
    }

    fn the_networks_file_is_applied_after_an_amendment_as_before(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (app.master("fr"), app.master("fr"));
        approve(&second, &propose(&first, &amended(&first, "referrer", "2026-03-10", "new_agreements", rate("0.2")))).expect(200);
        let yaml = std::fs::read_to_string(format!("{}/../networks/all-in-web.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let applied = wait(api::network::apply::apply_text(&app.db, &yaml, false)).expect("a file that says what is there");
        assert_eq!(applied.changes, []);
    }
}
