//! Benefits: what terms give by type and year, asked for, granted, had, and never more than that (R81 to R85, D22).

mod instance;
mod seminar;

use diesel::RunQueryDsl;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, id_of},
};
use persistence::error::DbError;
use serde_json::{Value, json};

fn request(caller: &Caller, benefit: &str) -> Answer {
    caller.post("/v1/benefit-uses", json!({ "benefit": benefit }))
}

fn act(caller: &Caller, used: &Value, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/benefit-uses/{}/{action}", id_of(used)), body)
}

/// What a partner has of a benefit on a day, as `quantity requested granted used left state`.
fn left(caller: &Caller, partner: &str, benefit: &str, on: &str) -> String {
    let page = caller.get(format!("/v1/partners/{partner}/benefits?day={on}")).expect(200);
    let found = page["data"].as_array().unwrap().iter().find(|it| it["benefit"] == benefit).cloned();
    let Some(found) = found else { return "none".to_owned() };
    let fields =
        ["quantity", "requested", "granted", "used", "left", "state"].map(|field| found[field].to_string().replace('"', ""));
    fields.join(" ")
}

fn integrator(market: &Market<'_>) -> String {
    let partner = market.partner();
    market.agreement(&partner, "affiliated_integrator", None);
    partner
}

on_both_engines! {
    fn r81_each_type_gets_what_its_terms_list_and_a_referrer_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        for of_type in ["affiliate", "affiliated_integrator", "independent_integrator"] {
            let partner = market.partner();
            market.agreement(&partner, of_type, None);
            let page = market.caller(&partner).get(format!("/v1/partners/{partner}/benefits")).expect(200);
            let listed: Vec<_> = page["data"].as_array().unwrap().iter().map(|it| format!("{} {}", it["benefit"], it["quantity"]).replace('"', "")).collect();
            assert_eq!(listed, ["technical_training null", "technical_team_access null", "partner_instance 1", "partner_seminars 2"], "{of_type}");
            assert_eq!((&page["data"][2]["discount"], &page["data"][3]["period_from"], &page["data"][3]["period_until"]), (&json!("0.5"), &json!("2026-01-01"), &json!("2026-12-31")));
        }
        let partner = market.partner();
        market.agreement(&partner, "referrer", None);
        let caller = market.caller(&partner);
        assert_eq!(caller.get(format!("/v1/partners/{partner}/benefits")).expect(200)["data"], json!([]));
        assert_eq!(request(&caller, "technical_training").broken(), ["benefit_not_given R81 /benefit"]);
    }

    fn r82_a_training_is_asked_for_granted_and_had(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = integrator(&market);
        let caller = market.caller(&partner);
        let asked = request(&caller, "technical_training").expect(201);
        assert_eq!((&asked["state"], &asked["wanted_on"], &asked["period_from"]), (&json!("requested"), &json!("2026-03-02"), &Value::Null));
        act(&caller, &asked, "grant", json!({})).problem(403, "forbidden");
        act(market.master(), &asked, "use", json!({})).problem(409, "state_conflict");
        let granted = act(market.master(), &asked, "grant", json!({})).expect(200);
        assert_eq!(act(market.master(), &asked, "grant", json!({})).expect(200), granted, "the same again answers the same");
        let used = act(market.master(), &asked, "use", json!({})).expect(200);
        assert_eq!((&used["state"], &used["version"]), (&json!("used"), &json!(3)));
        act(&caller, &asked, "withdraw", json!({})).problem(409, "state_conflict");
        let refused = request(&caller, "technical_training").expect(201);
        act(market.master(), &refused, "refuse", json!({})).problem(422, "invalid_request");
        let refused = act(market.master(), &refused, "refuse", json!({ "reason": "Not on that day." })).expect(200);
        assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &json!("Not on that day.")));
        assert_eq!(left(&caller, &partner, "technical_training", "2026-03-02"), "null 0 0 1 null available");
        let feed = caller.get("/v1/events?limit=200").expect(200);
        let kinds: Vec<_> = feed["data"].as_array().unwrap().iter().filter(|it| it["subject"] == asked["id"]).map(|it| it["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["benefit_use.requested", "benefit_use.granted", "benefit_use.used"]);
    }

    fn r85_the_third_seminar_of_a_year_is_refused_and_the_next_year_brings_two_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = integrator(&market);
        let caller = market.caller(&partner);
        let on = |day: &str| caller.post("/v1/benefit-uses", json!({ "benefit": "partner_seminars", "wanted_on": day }));
        let first = on("2026-03-02").expect(201);
        on("2026-12-31").expect(201);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2026-12-31"), "2 2 0 0 0 exhausted");
        assert_eq!(on("2026-12-31").broken(), ["benefit_exhausted R85 /benefit"]);
        on("2027-01-01").expect(201);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2027-01-01"), "2 1 0 0 1 available");
        assert_eq!(on("2026-03-01").broken(), ["wanted_in_past - /wanted_on"]);
        // What is given back or refused counts no more; what is granted or had does.
        act(market.master(), &first, "grant", json!({})).expect(200);
        assert_eq!(on("2026-06-01").broken(), ["benefit_exhausted R85 /benefit"]);
        act(&caller, &first, "withdraw", json!({})).expect(200);
        assert_eq!(left(&caller, &partner, "partner_seminars", "2026-12-31"), "2 1 0 0 1 available");
        on("2026-06-01").expect(201);
        let other = integrator(&market);
        assert_eq!(left(&market.caller(&other), &other, "partner_seminars", "2026-12-31"), "2 0 0 0 2 available");
    }

    fn r85_a_race_for_the_last_one_lets_one_through(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = integrator(&market);
        let caller = market.caller(&partner);
        request(&caller, "partner_seminars").expect(201);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| request(&caller, "partner_seminars").status)).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!((statuses.iter().filter(|it| **it == 201).count(), statuses.iter().filter(|it| **it == 422).count()), (1, 5), "{statuses:?}");
    }

    fn r6_special_terms_change_how_often_and_by_which_years(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let special = json!({ "benefits": { "partner_seminars": { "quantity_per_year": 1, "year": "calendar" } } });
        market.agreement_with(&partner, "affiliated_integrator", None, Some(special));
        let caller = market.caller(&partner);
        request(&caller, "partner_seminars").expect(201);
        assert_eq!(request(&caller, "partner_seminars").broken(), ["benefit_exhausted R85 /benefit"]);
        let body = json!({
            "partner_id": market.partner(), "partnership_type": "affiliated_integrator", "language": "fr", "kind": "special",
            "starts_on": "2026-01-01", "special_terms": { "benefits": { "technical_training": { "year": "calendar" } } },
        });
        assert_eq!(market.master().post("/v1/agreements", body).broken(), ["quantity_missing R6 /special_terms/benefits/technical_training/year"]);
    }

    fn a_suspended_agreement_gives_nothing_and_an_unknown_benefit_neither(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliate", None);
        let caller = market.caller(&partner);
        assert_eq!(request(&caller, "free_lunch").broken(), ["benefit_not_given R81 /benefit"]);
        assert_eq!(request(&caller, "partner_instance").broken(), ["benefit_by_proposal R84 /benefit"]);
        let suspended = json!({ "reason": "Best practices were not followed." });
        market.master().post(format!("/v1/agreements/{agreement}/suspend"), suspended).expect(200);
        assert_eq!(request(&caller, "technical_training").broken(), ["benefit_not_given R81 /benefit"]);
        assert_eq!(left(&caller, &partner, "technical_training", "2026-03-02"), "none");
    }

    fn d22_what_a_partner_has_is_its_own_and_its_masters(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (own, other) = (integrator(&market), integrator(&market));
        let asked = request(&market.caller(&own), "technical_training").expect(201);
        for stranger in [market.caller(&other), app.master("pt")] {
            stranger.get(format!("/v1/benefit-uses/{}", id_of(&asked))).problem(404, "not_found");
            stranger.get(format!("/v1/partners/{own}/benefits")).problem(404, "not_found");
            assert_eq!(stranger.get("/v1/benefit-uses").expect(200)["data"], json!([]));
        }
        act(&market.caller(&other), &asked, "withdraw", json!({})).problem(404, "not_found");
        act(&app.master("pt"), &asked, "grant", json!({})).problem(404, "not_found");
        let ids = |query: &str| market.master().get(format!("/v1/benefit-uses{query}")).expect(200)["data"].as_array().unwrap().len();
        assert_eq!((ids(""), ids(&format!("?partner_id={own}")), ids(&format!("?partner_id={other}"))), (1, 1, 0));
        assert_eq!((ids("?benefit=technical_training"), ids("?benefit=partner_seminars"), ids("?state=granted")), (1, 0, 0));
    }

    fn the_database_itself_gives_no_more_than_each_place_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let caller = market.caller(&integrator(&market));
        request(&caller, "partner_seminars").expect(201);
        let used = request(&caller, "partner_seminars").expect(201);
        act(market.master(), &used, "grant", json!({})).expect(200);
        act(market.master(), &used, "use", json!({})).expect(200);
        for statement in ["UPDATE benefit_uses SET state = 'withdrawn' WHERE state = 'used'", "UPDATE benefit_uses SET place = 3", "DELETE FROM benefit_uses"] {
            let done = wait(app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(statement).execute(tx.conn)?)));
            assert!(done.is_err_and(|error| error.to_string().contains("append-only")), "{statement}");
        }
        let copy = "INSERT INTO benefit_uses SELECT '0193d5d8-0000-7000-8000-000000000001', network_id, master_id, partner_id, agreement_id, benefit, wanted_on, period_from, period_until, place, 'requested', NULL, NULL, NULL, NULL, NULL, NULL, 1, created_at, updated_at FROM benefit_uses WHERE state = 'used'";
        let copy = if app.database_url().starts_with("postgres") { copy.replace("'0193d5d8-0000-7000-8000-000000000001'", "'0193d5d8-0000-7000-8000-000000000001'::uuid") } else { copy.to_owned() };
        let done = wait(app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(&copy).execute(tx.conn)?)));
        assert!(done.is_err_and(|error| error.is_unique_violation()));
    }
}
