//! Qualifications: handed in, reviewed, valid for a time, and what they open (R43, R56, R64, R72, D22).

mod gate;
mod lapse;

use chrono::{NaiveDate, TimeDelta};
use diesel::RunQueryDsl;
use domain::id::PartnerId;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, id_of},
};
use persistence::error::DbError;
use serde_json::{Value, json};

fn claim(kind: &str) -> Value {
    json!({
        "kind": kind, "note": "Two of our people passed the test.",
        "evidence": [{ "description": "Diploma of the technical training.", "dated_on": "2026-02-20" }],
    })
}

fn submit(caller: &Caller, kind: &str) -> Value {
    caller.post("/v1/qualifications", claim(kind)).expect(201)
}

pub(crate) fn act(caller: &Caller, qualification: &Value, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/qualifications/{}/{action}", id_of(qualification)), body)
}

/// A qualification that the master granted from a day to a day.
pub(crate) fn granted(market: &Market<'_>, partner: &str, kind: &str, (from, until): (&str, Option<&str>)) -> Value {
    let submitted = submit(&market.caller(partner), kind);
    act(market.master(), &submitted, "grant", json!({ "valid_from": from, "valid_until": until })).expect(200)
}

pub(crate) fn why() -> Value {
    json!({ "reason": "The diploma is of another product." })
}

fn listed(caller: &Caller, query: &str) -> Vec<Value> {
    let page = caller.get(format!("/v1/qualifications{query}")).expect(200);
    page["data"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect()
}

/// The kinds of the events of a qualification, as `caller` reads them.
fn events(caller: &Caller, qualification: &Value) -> Vec<String> {
    let feed = caller.get("/v1/events?limit=200").expect(200);
    let own = feed["data"].as_array().unwrap().iter().filter(|event| event["subject"] == qualification["id"]);
    own.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

fn expire(app: &TestApp) -> usize {
    let mut job = api::write::Job::named("test");
    wait(app.db.write(move |tx| job.run(tx, None, api::qualification::expire_due))).unwrap()
}

fn is_qualified(app: &TestApp, partner: &str, kind: &'static str, on: &str) -> bool {
    let (partner, on): (PartnerId, NaiveDate) = (partner.parse().unwrap(), on.parse().unwrap());
    wait(app.db.read(move |tx| persistence::qualification::is_qualified(tx.conn, partner, kind, on))).unwrap()
}

on_both_engines! {
    fn r64_a_qualification_is_handed_in_by_its_partner_and_granted_by_its_master(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let caller = market.caller(&partner);
        let submitted = submit(&caller, "technical_start_up");
        assert_eq!((&submitted["state"], &submitted["valid_from"]), (&json!("submitted"), &Value::Null));
        assert_eq!((&submitted["partner_id"], &submitted["master_id"]), (&json!(partner), &json!(market.master_id())));
        assert!(!is_qualified(&app, &partner, "technical_start_up", "2026-03-02"), "it counts for nothing before it is granted");
        act(&caller, &submitted, "grant", json!({})).problem(403, "forbidden");
        let granted = act(market.master(), &submitted, "grant", json!({})).expect(200);
        // Today, and the 24 months that the network's file gives the kind.
        assert_eq!((&granted["valid_from"], &granted["valid_until"]), (&json!("2026-03-02"), &json!("2028-03-01")));
        assert_eq!((&granted["state"], &granted["version"]), (&json!("granted"), &json!(2)));
        assert_eq!(act(market.master(), &submitted, "grant", json!({})).expect(200), granted, "the same again answers the same");
        act(market.master(), &submitted, "grant", json!({ "valid_until": "2027-01-01" })).problem(409, "state_conflict");
        let shown = caller.get(format!("/v1/qualifications/{}", id_of(&submitted)));
        assert_eq!((shown.expect(200), shown.etag()), (granted, "\"2\"".to_owned()));
        assert_eq!(events(&caller, &submitted), ["qualification.submitted", "qualification.granted"]);
        assert_eq!(events(market.master(), &submitted), ["qualification.submitted", "qualification.granted"]);
    }

    fn a_decision_is_for_the_version_that_was_read(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let submitted = submit(&market.caller(&market.partner()), "technical_support");
        let path = format!("/v1/qualifications/{}/grant", id_of(&submitted));
        let stale = market.master().request("POST", path.clone()).header("if-match", "\"7\"").json(&json!({})).send();
        stale.problem(412, "version_mismatch");
        let key = |key| market.master().request("POST", path.clone()).header("idempotency-key", key).header("if-match", "\"1\"").json(&json!({})).send();
        let first = key("once");
        let again = key("once");
        assert_eq!((first.expect(200), again.header("idempotency-replayed")), (again.expect(200), Some("true".to_owned())));
    }

    fn r64_a_refused_qualification_says_why_and_may_be_handed_in_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let caller = market.caller(&market.partner());
        let submitted = submit(&caller, "technical_start_up");
        let second = caller.post("/v1/qualifications", claim("technical_start_up"));
        second.problem(409, "already_exists");
        assert_eq!(second.broken(), ["qualification_submitted_already - /kind"]);
        submit(&caller, "technical_support");
        act(market.master(), &submitted, "refuse", json!({})).problem(422, "invalid_request");
        let refused = act(market.master(), &submitted, "refuse", why()).expect(200);
        assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &why()["reason"]));
        assert_eq!(act(market.master(), &submitted, "refuse", why()).expect(200), refused);
        for (by, action, body) in [(market.master(), "grant", json!({})), (market.master(), "revoke", why()), (&caller, "withdraw", json!({}))] {
            act(by, &submitted, action, body).problem(409, "state_conflict");
        }
        let next = submit(&caller, "technical_start_up");
        let withdrawn = act(&caller, &next, "withdraw", json!({})).expect(200);
        assert_eq!(withdrawn["state"], "withdrawn");
        act(market.master(), &next, "grant", json!({})).problem(409, "state_conflict");
        act(market.master(), &next, "withdraw", json!({})).problem(403, "forbidden");
    }

    fn everything_that_is_wrong_with_a_qualification_is_told_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let caller = market.caller(&market.partner());
        let mut wrong = claim("juggling");
        wrong["evidence"] = json!([{ "description": "A film.", "dated_on": "2026-03-02" }, { "description": "A plan.", "dated_on": "2026-03-03" }]);
        assert_eq!(caller.post("/v1/qualifications", wrong).broken(), ["dated_in_future - /evidence/1/dated_on", "unknown_qualification - /kind"]);
        let mut bare = claim("technical_start_up");
        bare["evidence"] = json!([]);
        caller.post("/v1/qualifications", bare).problem(422, "invalid_request");
        let submitted = submit(&caller, "technical_start_up");
        let grant = |from: &str, until: &str| act(market.master(), &submitted, "grant", json!({ "valid_from": from, "valid_until": until }));
        assert_eq!(grant("2026-02-10", "2026-02-09").broken(), ["qualification_ends_before_start - /valid_until", "qualification_over_already - /valid_until"]);
        assert_eq!(grant("2026-02-01", "2026-03-01").broken(), ["qualification_over_already - /valid_until"]);
        grant("2026-02-01", "2026-03-02").expect(200);
    }

    fn r64_a_partner_is_qualified_from_the_first_day_to_the_last_and_not_from_its_revocation_on(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let on = |day: &str| is_qualified(&app, &partner, "helpdesk_experience", day);
        assert!(!on("2026-03-02"));
        let first = granted(&market, &partner, "helpdesk_experience", ("2026-02-10", Some("2026-03-31")));
        assert_eq!(["2026-02-09", "2026-02-10", "2026-03-31", "2026-04-01"].map(on), [false, true, true, false]);
        assert!(!is_qualified(&app, &partner, "technical_support", "2026-03-02"), "of its own kind only");
        assert!(!is_qualified(&app, &market.partner(), "helpdesk_experience", "2026-03-02"), "and of its own partner");
        let revoked = act(market.master(), &first, "revoke", why()).expect(200);
        assert_eq!((&revoked["state"], &revoked["revoked_on"]), (&json!("revoked"), &json!("2026-03-02")));
        assert_eq!(act(market.master(), &first, "revoke", why()).expect(200), revoked);
        assert_eq!(["2026-03-01", "2026-03-02", "2026-03-31"].map(on), [true, false, false]);
        granted(&market, &partner, "helpdesk_experience", ("2026-03-20", None));
        assert_eq!(["2026-03-19", "2026-03-20", "2026-04-01"].map(on), [false, true, true]);
    }

    fn a_qualification_expires_once_at_midnight_where_its_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let (lisbon, sao_paulo) = (Market::altoga(&app), Market::altoga_in_brazil(&app));
        let portuguese = granted(&lisbon, &lisbon.partner(), "technical_start_up", ("2026-03-01", Some("2026-03-02")));
        let brazilian = granted(&sao_paulo, &sao_paulo.partner(), "technical_start_up", ("2026-03-01", Some("2026-03-02")));
        let endless = granted(&lisbon, &lisbon.partner(), "technical_start_up", ("2026-03-01", Some("2026-03-03")));
        let state = |master: &str, of: &Value| app.master(master).get(format!("/v1/qualifications/{}", id_of(of))).expect(200)["state"].clone();
        // Midnight in Lisbon is 00:00 UTC in March, fifteen hours after the tests begin.
        app.advance(TimeDelta::hours(15) - TimeDelta::microseconds(1));
        assert_eq!((expire(&app), state("pt", &portuguese)), (0, json!("granted")));
        app.advance(TimeDelta::microseconds(1));
        assert_eq!((expire(&app), state("pt", &portuguese), state("br", &brazilian)), (1, json!("expired"), json!("granted")));
        // In São Paulo it comes three hours later.
        app.advance(TimeDelta::hours(3) - TimeDelta::microseconds(1));
        assert_eq!((expire(&app), state("br", &brazilian)), (0, json!("granted")));
        app.advance(TimeDelta::microseconds(1));
        assert_eq!((expire(&app), state("br", &brazilian), state("pt", &endless)), (1, json!("expired"), json!("granted")));
        assert_eq!(expire(&app), 0);
        assert_eq!(events(&app.master("br"), &brazilian), ["qualification.submitted", "qualification.granted", "qualification.expired"]);
        act(&app.master("br"), &brazilian, "revoke", why()).problem(409, "state_conflict");
    }

    fn processes_that_expire_at_the_same_time_expire_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let qualifications: Vec<Value> = (0..5).map(|_| granted(&market, &market.partner(), "technical_support", ("2026-03-01", Some("2026-03-02")))).collect();
        app.advance(TimeDelta::hours(15));
        let expired: usize = std::thread::scope(|scope| {
            let sweeps: Vec<_> = (0..4).map(|_| scope.spawn(|| expire(&app))).collect();
            sweeps.into_iter().map(|sweep| sweep.join().unwrap()).sum()
        });
        assert_eq!(expired, 5);
        for qualification in &qualifications {
            assert_eq!(events(&app.master("pt"), qualification).iter().filter(|kind| *kind == "qualification.expired").count(), 1);
        }
    }

    fn a_list_is_narrowed_to_a_partner_a_kind_a_state_and_a_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (first, second) = (market.partner(), market.partner());
        let a = granted(&market, &first, "technical_start_up", ("2026-02-10", Some("2026-03-31")));
        let b = granted(&market, &first, "technical_support", ("2026-04-01", None));
        let c = submit(&market.caller(&second), "technical_support");
        let id = |of: &Value| of["id"].clone();
        assert_eq!(listed(market.master(), ""), [id(&c), id(&b), id(&a)]);
        assert_eq!(listed(market.master(), &format!("?partner_id={first}")), [id(&b), id(&a)]);
        assert_eq!(listed(market.master(), "?kind=technical_support"), [id(&c), id(&b)]);
        assert_eq!(listed(market.master(), "?state=submitted"), [id(&c)]);
        for (day, expected) in [("2026-02-09", vec![]), ("2026-02-10", vec![id(&a)]), ("2026-03-31", vec![id(&a)]), ("2026-04-01", vec![id(&b)])] {
            assert_eq!(listed(market.master(), &format!("?valid_on={day}")), expected, "{day}");
        }
        act(market.master(), &a, "revoke", why()).expect(200);
        assert_eq!(listed(market.master(), "?valid_on=2026-03-02"), Vec::<Value>::new());
        assert_eq!(listed(market.master(), "?valid_on=2026-03-01"), [id(&a)]);
    }

    fn d22_a_qualification_is_its_partners_and_its_masters(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (own, other) = (market.partner(), market.partner());
        let submitted = submit(&market.caller(&own), "helpdesk_experience");
        for stranger in [market.caller(&other), app.master("br"), app.master("fr")] {
            stranger.get(format!("/v1/qualifications/{}", id_of(&submitted))).problem(404, "not_found");
            assert_eq!(listed(&stranger, ""), Vec::<Value>::new());
            assert_eq!(listed(&stranger, &format!("?partner_id={own}")), Vec::<Value>::new());
            assert_eq!(events(&stranger, &submitted), Vec::<String>::new());
        }
        act(&app.master("br"), &submitted, "grant", json!({})).problem(404, "not_found");
        act(&market.caller(&other), &submitted, "withdraw", json!({})).problem(404, "not_found");
    }

    fn a_master_hands_in_for_its_own_partners_and_a_partner_for_itself(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (own, other) = (market.partner(), market.partner());
        let named = |partner: &str| {
            let mut body = claim("technical_support");
            body["partner_id"] = json!(partner);
            body
        };
        let submitted = market.master().post("/v1/qualifications", named(&own)).expect(201);
        assert_eq!(submitted["partner_id"], json!(own));
        market.caller(&other).post("/v1/qualifications", named(&other)).expect(201);
        let unknown = market.caller(&other).post("/v1/qualifications", named(&own));
        assert_eq!(unknown.broken(), ["unknown_partner - /partner_id"]);
        let nobody = market.caller(&other).post("/v1/qualifications", named("partner_01h2xcejqtf2nbrexx3vqjhp41"));
        assert_eq!(nobody.broken(), unknown.broken(), "as one that does not exist");
        assert_eq!(app.master("br").post("/v1/qualifications", named(&own)).broken(), ["unknown_partner - /partner_id"]);
        assert_eq!(market.master().post("/v1/qualifications", claim("technical_support")).broken(), ["partner_missing - /partner_id"]);
    }

    fn the_database_itself_keeps_what_a_qualification_was_granted_for(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        granted(&market, &market.partner(), "technical_support", ("2026-03-01", Some("2026-03-31")));
        for statement in [
            "UPDATE qualifications SET valid_until = '2027-03-31'", "UPDATE qualifications SET valid_from = '2026-01-01'",
            "UPDATE qualifications SET kind = 'technical_start_up'", "UPDATE qualifications SET evidence = '[]'",
            "UPDATE qualifications SET state = 'submitted', valid_from = NULL, valid_until = NULL, decided_by = NULL, decided_at = NULL",
            "DELETE FROM qualifications",
        ] {
            let done = wait(app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(statement).execute(tx.conn)?)));
            assert!(done.is_err_and(|error| error.to_string().contains("append-only")), "{statement}");
        }
    }

    fn the_network_lists_its_kinds_of_qualification(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let kinds = market.caller(&market.partner()).get("/v1/network").expect(200)["qualifications"].clone();
        assert_eq!(kinds["technical_start_up"]["requirement"], "technical_qualification");
        assert_eq!(kinds["technical_start_up"]["duties"], json!(["start_up", "integration"]));
        assert_eq!(kinds["helpdesk_experience"]["names"]["fr"], "Expérience du helpdesk");
    }
}
