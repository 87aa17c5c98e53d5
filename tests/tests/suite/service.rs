//! Services that terms pay a fee for: by the piece, by time, by the course or in kind (R10, R24, R25, R47).

use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, eur, id_of},
};
use serde_json::{Value, json};

fn service(agreement: &str, fee: &str, quantity: &str) -> Value {
    json!({
        "agreement_id": agreement, "fee": fee, "currency": "EUR", "quantity": quantity, "done_on": "2026-03-02",
        "description": "Two webinars on stock keeping.", "evidence": [{ "description": "The attendance list." }],
    })
}

fn decide(caller: &Caller, service: &Value, action: &str) -> entente_tests::app::Answer {
    let body = if action == "refuse" { json!({ "reason": "The second webinar was not held." }) } else { json!({}) };
    caller.post(format!("/v1/services/{}/{action}", id_of(service)), body)
}

fn entries(caller: &Caller) -> Vec<Value> {
    caller.get("/v1/ledger-entries?limit=200").expect(200)["data"].as_array().unwrap().clone()
}

/// The outcomes of services that a caller sees: reason, fee and service.
fn outcomes(caller: &Caller) -> Vec<String> {
    let page = caller.get("/v1/outcomes?limit=200").expect(200);
    let of_service = |outcome: &Value| {
        let text = |field: &str| outcome[field].as_str().map(str::to_owned);
        Some(format!("{} {} {}", text("reason")?, text("rule")?, text("service_id")?))
    };
    page["data"].as_array().unwrap().iter().filter_map(of_service).collect()
}

/// A project consultant of a reseller, which has a sub-network.
fn consultant(market: &Market<'_>) -> (Shop, String, String) {
    let shop = Shop::open(market, "sub_network");
    let partner = market.partner();
    let agreement = market.agreement(&partner, "project_consultant", Some(&shop.partner));
    (shop, partner, agreement)
}

on_both_engines! {
    fn r24_an_instructor_is_paid_by_its_master_for_each_course(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "instructor", None);
        let instructor = market.caller(&partner);
        let reported = instructor.post("/v1/services", service(&agreement, "course", "2")).expect(201);
        assert_eq!((&reported["amount"], &reported["state"], &reported["unit"]), (&eur("600.00"), &json!("reported"), &json!("course")));
        assert_eq!(entries(&instructor), Vec::<Value>::new(), "nothing is due before it is confirmed");
        let confirmed = decide(market.master(), &reported, "confirm").expect(200);
        assert_eq!(decide(market.master(), &reported, "confirm").expect(200), confirmed, "confirmed again, nothing changes");
        let made = entries(&instructor);
        assert_eq!(made.len(), 1);
        let entry = &made[0];
        assert_eq!((&entry["kind"], &entry["rule"], &entry["amount"]), (&json!("fee"), &json!("course"), &eur("600.00")));
        assert_eq!((&entry["debtor"]["id"], &entry["creditor"]["id"]), (&json!(market.master_id()), &json!(partner)));
        assert_eq!((&entry["source_id"], &entry["contract_id"], &entry["sequence"]), (&reported["id"], &Value::Null, &Value::Null));
        let explained = instructor.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
        assert_eq!((&explained["about"], &explained["rate"], &explained["quantity"]), (&json!("service"), &eur("300.00"), &json!("2")));
        assert_eq!((&explained["exact"], &explained["amount"]), (&json!("600"), &entry["amount"]));
        decide(market.master(), &reported, "refuse").problem(409, "state_conflict");
        decide(&instructor, &reported, "withdraw").problem(409, "state_conflict");
    }

    fn r47_a_promoter_is_paid_by_the_reseller_it_served_or_by_the_master_where_it_served_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, partner, agreement) = consultant(&market);
        let (reseller, promoter) = (market.caller(&shop.partner), market.caller(&partner));
        let hours = promoter.post("/v1/services", service(&agreement, "advice", "7.25")).expect(201);
        assert_eq!((&hours["served"]["id"], &hours["amount"]), (&json!(shop.partner), &eur("435.00")));
        decide(market.master(), &hours, "confirm").problem(403, "forbidden");
        decide(&promoter, &hours, "confirm").problem(403, "forbidden");
        decide(&reseller, &hours, "confirm").expect(200);
        let entry = &entries(&reseller)[0];
        assert_eq!((&entry["debtor"]["id"], &entry["creditor"]["id"]), (&json!(shop.partner), &json!(partner)));

        let mut for_master = service(&agreement, "follow_up", "1");
        for_master["served_id"] = json!(market.master_id());
        let followed = promoter.post("/v1/services", for_master).expect(201);
        // The reseller learns nothing of what the master is served.
        decide(&reseller, &followed, "confirm").problem(404, "not_found");
        decide(market.master(), &followed, "confirm").expect(200);
        assert_eq!(entries(&promoter)[0]["debtor"]["id"], json!(market.master_id()));
        let mut stranger = service(&agreement, "follow_up", "1");
        stranger["served_id"] = json!(market.partner());
        assert_eq!(promoter.post("/v1/services", stranger).broken(), ["not_the_served R25 /served_id"]);
    }

    fn r24_what_is_paid_in_kind_is_recorded_with_its_value_and_moves_no_money(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "instructor", None);
        let instructor = market.caller(&partner);
        let reported = instructor.post("/v1/services", service(&agreement, "access_in_kind", "1")).expect(201);
        let confirmed = decide(market.master(), &reported, "confirm").expect(200);
        assert_eq!((&confirmed["state"], &confirmed["amount"], &confirmed["kind"]), (&json!("confirmed"), &eur("100.00"), &json!("in_kind")));
        assert_eq!(entries(&instructor), Vec::<Value>::new());
        assert_eq!(instructor.get("/v1/balances").expect(200)["data"], json!([]));
        for caller in [&instructor, market.master()] {
            assert_eq!(outcomes(caller), [format!("in_kind access_in_kind {}", id_of(&reported))]);
        }
        let outcome = instructor.get("/v1/outcomes?reason=in_kind").expect(200)["data"][0].clone();
        assert_eq!(instructor.get(format!("/v1/outcomes/{}", id_of(&outcome))).expect(200), outcome);
        for of_a_sale in ["contract_id", "annuity_id", "year", "explanation"] {
            assert_eq!(outcome[of_a_sale], Value::Null, "{of_a_sale}");
        }
        assert_eq!((&outcome["agreement_id"], &outcome["earned_since"]), (&json!(agreement), &json!(false)));
        assert_eq!(outcomes(&market.caller(&market.partner())), Vec::<String>::new());
    }

    fn r24_a_service_of_less_than_half_a_cent_says_that_it_rounds_to_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        // A hundredth of an hour at 0.49 is 0.0049.
        let special = json!({ "fees": { "advice": { "rates": { "EUR": "0.49" } } } });
        let agreement = market.agreement_with(&partner, "project_consultant", Some(&Shop::open(&market, "sub_network").partner), Some(special));
        let mut short = service(&agreement, "advice", "0.01");
        short["served_id"] = json!(market.master_id());
        let reported = market.caller(&partner).post("/v1/services", short).expect(201);
        decide(market.master(), &reported, "confirm").expect(200);
        assert_eq!(outcomes(&market.caller(&partner)), [format!("rounds_to_nothing advice {}", id_of(&reported))]);
    }

    fn r25_a_refused_service_says_why_to_its_partner_and_nothing_is_due(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, partner, agreement) = consultant(&market);
        let (reseller, promoter) = (market.caller(&shop.partner), market.caller(&partner));
        let reported = promoter.post("/v1/services", service(&agreement, "advice", "3")).expect(201);
        decide(&reseller, &reported, "refuse").expect(200);
        let seen = promoter.get("/v1/services?state=refused").expect(200)["data"][0].clone();
        assert_eq!((&seen["id"], &seen["reason"]), (&reported["id"], &json!("The second webinar was not held.")));
        decide(&reseller, &reported, "confirm").problem(409, "state_conflict");
        decide(&reseller, &reported, "refuse").expect(200);
        for caller in [&promoter, &reseller, market.master()] {
            assert_eq!(outcomes(caller), [format!("service_refused advice {}", id_of(&reported))], "it is told once");
        }
        let withdrawn = promoter.post("/v1/services", service(&agreement, "advice", "4")).expect(201);
        decide(&promoter, &withdrawn, "withdraw").expect(200);
        decide(&reseller, &withdrawn, "confirm").problem(409, "state_conflict");
        assert_eq!(entries(&promoter), Vec::<Value>::new());
        let stranger = market.caller(&market.partner());
        stranger.get(format!("/v1/services/{}", id_of(&reported))).problem(404, "not_found");
        assert_eq!(stranger.get("/v1/services").expect(200)["data"], json!([]));
    }

    fn r24_everything_that_keeps_a_service_from_being_paid_is_told_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "instructor", None);
        let instructor = market.caller(&partner);
        let refused = |change: Value| {
            let mut body = service(&agreement, "course", "1");
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            instructor.post("/v1/services", body).broken()
        };
        assert_eq!(refused(json!({ "fee": "advice" })), ["unknown_fee R24 /fee"]);
        assert_eq!(refused(json!({ "currency": "USD", "quantity": "0.50" })), ["fee_in_other_currency R24 /currency", "quantity_not_whole R24 /quantity"]);
        assert_eq!(refused(json!({ "quantity": "0" })), ["quantity_not_positive R24 /quantity"]);
        assert_eq!(refused(json!({ "done_on": "2026-03-03" })), ["dated_in_future - /done_on"]);
        assert_eq!(refused(json!({ "done_on": "2025-12-31" })), ["agreement_not_in_force R7 /agreement_id"]);
        let mut once = service(&agreement, "course", "1");
        once["reference"] = json!("S-1");
        instructor.post("/v1/services", once.clone()).expect(201);
        instructor.post("/v1/services", once).problem(409, "already_exists");
        let other = market.caller(&market.partner());
        other.post("/v1/services", service(&agreement, "course", "1")).problem(404, "not_found");
    }

    fn r24_each_figure_can_be_paid_in_every_way_that_its_remuneration_names(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        for (figure, counterparty) in [
            ("marketing_consultant", Some(shop.partner.as_str())), ("client_manager", Some(shop.partner.as_str())),
            ("project_consultant", Some(shop.partner.as_str())), ("instructor", None),
        ] {
            let partner = market.partner();
            let agreement = market.agreement(&partner, figure, counterparty);
            let promoter = market.caller(&partner);
            let terms = promoter.get(format!("/v1/agreements/{agreement}/terms")).expect(200);
            let fees = terms["fees"].as_object().expect("fees").clone();
            let mut paid: Vec<Value> = Vec::new();
            for (code, fee) in &fees {
                let reported = promoter.post("/v1/services", service(&agreement, code, "1")).expect(201);
                assert_eq!((&reported["kind"], &reported["amount"]), (&fee["kind"], &eur(fee["rates"]["EUR"].as_str().unwrap())), "{figure} {code}");
                paid.push(fee["kind"].clone());
            }
            let named = terms["remuneration"].as_array().expect("remuneration").iter().filter(|kind| *kind != "commission");
            for kind in named {
                assert!(paid.contains(kind), "{figure} names {kind}, and no fee of its is one");
            }
        }
    }

    fn r6_a_special_agreement_changes_a_fee(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let special = json!({ "fees": { "course": { "rates": { "EUR": "333.33" } } } });
        let agreement = market.agreement_with(&partner, "instructor", None, Some(special));
        let reported = market.caller(&partner).post("/v1/services", service(&agreement, "course", "3")).expect(201);
        assert_eq!(reported["amount"], eur("999.99"));
    }
}
