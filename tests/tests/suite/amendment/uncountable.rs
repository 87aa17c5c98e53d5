//! Sales that an amendment's terms cannot count: named before it is approved; set aside where that turns out later, and tried again.

use std::{
    thread,
    time::{Duration, Instant},
};

use diesel::{RunQueryDsl, sql_query};
use domain::id::ContractId;
use entente_tests::{
    app::{Caller, TestApp},
    engine::{Engine, wait},
    on_both_engines,
    sales::{Market, Sold, id_of, line},
};
use persistence::error::DbError;
use serde_json::{Value, json};

use super::{amended, approve, assert_sound, brought, propose, rate, told, until_applied};

/// A sale of two instances.
fn brought_two<'a>(market: &'a Market<'_>, agreement: &str) -> Sold<'a> {
    let customer = market.customer(&market.master_id());
    let mut lines = json!([line(&market.item("instance"), "year", None)]);
    lines[0]["quantity"] = json!(2);
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
    market.sell_on(market.master(), &body, "2026-03-02")
}

/// An amount for each unit of which two are more than the ten million million that a journal comes to at most.
fn too_large_for_two(terms: &mut Value) {
    terms["rules"]["first_annuity"]["rate"] =
        json!({ "of": "amount", "amount": "6000000000000.00", "currency": "EUR", "per": "unit" });
}

/// Runs statements that are kept.
fn run(app: &TestApp, statements: Vec<String>) {
    let done = wait(app.db.write(move |tx| {
        for statement in &statements {
            sql_query(statement.as_str()).execute(tx.conn)?;
        }
        Ok::<_, DbError>(())
    }));
    done.expect("statements");
}

/// Lets a sale fail when it is counted again.
fn spoil(app: &TestApp, sold: &Sold<'_>) {
    let sale = sold.contract.parse::<ContractId>().unwrap().uuid();
    run(
        app,
        match app.engine {
            Engine::Sqlite => vec![format!(
                "CREATE TRIGGER spoilt BEFORE INSERT ON restatements WHEN NEW.contract_id = '{sale}' BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
            )],
            Engine::Postgres => vec![
                format!(
                    "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.contract_id = '{sale}' THEN \
                 RAISE EXCEPTION 'spoilt'; END IF; RETURN NEW; END $$"
                ),
                "CREATE TRIGGER spoilt BEFORE INSERT ON restatements FOR EACH ROW EXECUTE FUNCTION spoil()".to_owned(),
            ],
        },
    );
}

fn mend(app: &TestApp) {
    let of = if app.engine == Engine::Postgres { " ON restatements" } else { "" };
    run(app, vec![format!("DROP TRIGGER spoilt{of}")]);
}

fn until_incomplete(caller: &Caller, id: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let amendment = caller.get(format!("/v1/amendments/{id}")).expect(200);
        if amendment["state"] == "incomplete" {
            return amendment;
        }
        assert!(Instant::now() < deadline, "it does not end: {amendment}");
        thread::sleep(Duration::from_millis(20));
    }
}

on_both_engines! {
    fn r86_a_sale_that_the_terms_cannot_count_is_named_when_they_are_simulated_and_keeps_them_from_being_approved(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let agreement = market.agreement(&market.partner(), "referrer", None);
        let sold = [brought(&market, &agreement, "2026-03-02"), brought_two(&market, &agreement), brought_two(&market, &agreement)];
        sold[0].bill(1, "1200.00");
        sold[1..].iter().for_each(|sold| sold.bill(1, "2400.00"));
        let (first, second) = (app.master("fr"), app.master("fr"));
        let id = propose(&first, &amended(&first, "referrer", "2026-03-01", "existing_agreements", too_large_for_two));
        let days = json!({ "amendment_id": id, "signed_from": "2026-03-01", "signed_to": "2026-03-02" });
        let simulated = first.post("/v1/simulations", days);
        for answer in [simulated, approve(&second, &id)] {
            let problem = answer.problem(422, "invalid_request");
            let errors = problem["errors"].as_array().unwrap();
            assert_eq!(answer.broken(), ["sale_amounts_too_large D12 ", "sale_amounts_too_large D12 "]);
            for sale in &sold[1..] {
                assert!(errors.iter().any(|it| it["message"].as_str().unwrap().contains(&sale.contract)), "{problem}");
            }
        }
        assert_eq!(first.get(format!("/v1/amendments/{id}")).expect(200)["state"], "proposed");
        assert_eq!(first.get("/v1/simulations").expect(200)["data"], json!([]));
        // Of new agreements it reaches no sale, and can be approved.
        let new = propose(&first, &amended(&first, "referrer", "2026-03-10", "new_agreements", too_large_for_two));
        assert_eq!(approve(&second, &new).expect(200)["state"], "approved");
    }

    fn r86_a_sale_that_cannot_be_counted_later_holds_up_no_other_is_named_and_is_tried_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let (agreement, sees) = (market.agreement(&partner, "referrer", None), market.caller(&partner));
        let sold = [(); 3].map(|()| brought(&market, &agreement, "2026-03-02"));
        sold.iter().for_each(|sold| sold.bill(1, "1200.00"));
        spoil(&app, &sold[1]);
        let (first, second) = (app.master("fr"), app.master("fr"));
        let id = propose(&first, &amended(&first, "referrer", "2026-03-01", "existing_agreements", rate("0.2")));
        approve(&second, &id).expect(200);
        let ended = until_incomplete(&second, &id);
        assert_eq!((&ended["restated_sales"], &ended["uncounted_sales"]), (&json!(2), &json!(1)));
        let accrued = "first_annuity accrual - master 180.00";
        let both = [accrued, "first_annuity adjustment 0 master 60.00"];
        let posted = || sold.each_ref().map(|sold| told(sold, &sees));
        assert_eq!(posted(), [both.to_vec(), vec![accrued], both.to_vec()]);
        let left = second.get(format!("/v1/amendments/{id}/uncounted-sales")).expect(200);
        let [named] = &left["data"].as_array().unwrap()[..] else { panic!("one sale: {left}") };
        assert_eq!((&named["contract_id"], &named["reason"]), (&json!(sold[1].contract), &json!("failed")));
        assert!(named["detail"].as_str().unwrap().contains(&sold[1].contract), "{named}");
        sees.get(format!("/v1/amendments/{id}/uncounted-sales")).problem(403, "forbidden");
        app.master("pt").get(format!("/v1/amendments/{id}/uncounted-sales")).problem(404, "not_found");
        assert_sound(&app);
        // What comes later of it is counted by what it was signed on.
        sold[1].record(1, "credit", "600.00");
        sold[1].record(1, "refund", "600.00");
        assert_eq!(told(&sold[1], &sees), [accrued, "first_annuity reversal 0 partner 90.00"]);

        // As long as nothing is mended it ends the same way again.
        let resume = || second.post(format!("/v1/amendments/{id}/resume"), json!({}));
        assert_eq!(resume().expect(200)["state"], "applying");
        assert_eq!(until_incomplete(&second, &id)["restated_sales"], 2);
        mend(&app);
        resume().expect(200);
        let ended = until_applied(&second, &id);
        assert_eq!((&ended["restated_sales"], &ended["uncounted_sales"]), (&json!(3), &json!(0)));
        // Half of it is performed: 90.00 before, 120.00 now.
        assert_eq!(told(&sold[1], &sees)[2..], ["first_annuity adjustment 0 master 30.00"]);
        assert_eq!(posted()[0], both);
        assert_eq!(second.get(format!("/v1/amendments/{id}/uncounted-sales")).expect(200)["data"], json!([]));
        resume().problem(409, "state_conflict");
        assert_sound(&app);
        let events = first.get("/v1/events?limit=200").expect(200);
        let kinds: Vec<&str> = events["data"].as_array().unwrap().iter().filter(|it| it["subject"] == json!(id))
            .map(|it| it["kind"].as_str().unwrap()).collect();
        let expected = ["proposed", "approved", "incomplete", "resumed", "incomplete", "resumed", "applied"];
        assert_eq!(kinds, expected.map(|kind| format!("amendment.{kind}")));
    }

    fn an_amendment_that_is_incomplete_holds_up_no_later_one(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let (agreement, sees) = (market.agreement(&partner, "referrer", None), market.caller(&partner));
        let sold = brought(&market, &agreement, "2026-03-02");
        sold.bill(1, "1200.00");
        spoil(&app, &sold);
        let (first, second) = (app.master("fr"), app.master("fr"));
        let early = propose(&first, &amended(&first, "referrer", "2026-03-01", "existing_agreements", rate("0.2")));
        approve(&second, &early).expect(200);
        until_incomplete(&second, &early);
        mend(&app);
        let late = propose(&first, &amended(&first, "referrer", "2026-03-02", "existing_agreements", rate("0.25")));
        approve(&second, &late).expect(200);
        until_applied(&second, &late);
        let expected = ["first_annuity accrual - master 180.00", "first_annuity adjustment 0 master 120.00"];
        assert_eq!(told(&sold, &sees), expected, "a quarter of 1,200.00");
        // Counted by the earlier one after that, the later one still says what is due.
        second.post(format!("/v1/amendments/{early}/resume"), json!({})).expect(200);
        until_applied(&second, &early);
        assert_eq!(told(&sold, &sees), expected);
        assert_sound(&app);
    }
}

/// The events of a kind that a caller sees.
fn told_of(caller: &Caller, kind: &str) -> Vec<Value> {
    let events = caller.get("/v1/events?limit=200").expect(200);
    events["data"].as_array().unwrap().iter().filter(|event| event["kind"] == kind).cloned().collect()
}

on_both_engines! {
    fn r90_d22_who_is_a_party_of_an_agreement_is_told_what_changes_for_it_and_nobody_else_is(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = entente_tests::sales::Shop::open(&market, "sub_network");
        let [promoter, special, other] = [(); 3].map(|()| market.partner());
        let agreement = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        let on_demand = json!({ "rules": { "commission": { "hold_days": 5 } } });
        let kept = market.agreement_with(&special, "client_manager", Some(&shop.partner), Some(on_demand));
        market.agreement(&other, "marketing_consultant", Some(&shop.partner));
        let (first, second) = (app.master("pt"), app.master("pt"));
        let change = |from: &str, reach: &str, rate: &'static str| {
            let body = amended(&first, "client_manager", from, reach, move |terms| {
                terms["rules"]["commission"]["rate"] = json!({ "of": "fixed", "rate": rate });
            });
            let id = propose(&first, &body);
            approve(&second, &id).expect(200);
            until_applied(&second, &id)
        };
        change("2026-03-05", "new_agreements", "0.2");
        let sees = market.caller(&promoter);
        assert_eq!(told_of(&sees, "agreement.amended"), Vec::<Value>::new(), "it stays on what it signed");
        let approved = change("2026-03-10", "existing_agreements", "0.12");
        let signed = sees.get(format!("/v1/agreements/{agreement}")).expect(200)["terms_id"].clone();
        let listed = sees.get(format!("/v1/agreements/{agreement}/amendments")).expect(200);
        let [shown] = &listed["data"].as_array().unwrap()[..] else { panic!("one amendment: {listed}") };
        assert_eq!((&shown["terms_id"], &shown["replaced_terms_id"]), (&approved["terms_id"], &signed));
        assert_eq!((&shown["effective_from"], &shown["terms_version"]), (&json!("2026-03-10"), &json!(3)));
        assert_eq!(shown["changes"], json!(["/rules/commission/rate/rate"]));
        // What changed stands in both versions, which it may read.
        let rate = |terms: &Value| {
            sees.get(format!("/v1/terms/{}", terms.as_str().unwrap())).expect(200)["terms"]["rules"]["commission"]["rate"]["rate"].clone()
        };
        assert_eq!((rate(&shown["replaced_terms_id"]), rate(&shown["terms_id"])), (json!("0.10"), json!("0.12")));
        let [event] = &told_of(&sees, "agreement.amended")[..] else { panic!("one event") };
        assert_eq!((&event["subject"], &event["data"]), (&json!(agreement), shown));
        assert_eq!(told_of(&market.caller(&shop.partner), "agreement.amended").len(), 1, "it is a party, too");
        for stranger in [&special, &other] {
            assert_eq!(told_of(&market.caller(stranger), "agreement.amended"), Vec::<Value>::new());
            market.caller(stranger).get(format!("/v1/agreements/{agreement}/amendments")).problem(404, "not_found");
        }
        let own = market.caller(&special).get(format!("/v1/agreements/{kept}/amendments")).expect(200);
        assert_eq!(own["data"], json!([]), "what was agreed on demand stays");
        // What it says next is held against what counts by then.
        let last = change("2026-03-20", "existing_agreements", "0.13");
        let listed = sees.get(format!("/v1/agreements/{agreement}/amendments")).expect(200);
        assert_eq!(listed["data"][1]["replaced_terms_id"], approved["terms_id"]);
        assert_eq!(listed["data"][1]["terms_id"], last["terms_id"]);
        let told = told_of(&sees, "agreement.amended");
        assert_eq!(told.last().unwrap()["data"], listed["data"][1]);
        let text = told.iter().map(Value::to_string).collect::<String>();
        for hidden in [&special, &other, &shop.partner, &kept] {
            assert!(!text.contains(hidden.as_str()), "{hidden} in {text}");
        }
        assert_eq!(id_of(&sees.get(format!("/v1/agreements/{agreement}")).expect(200)), agreement);
    }
}
