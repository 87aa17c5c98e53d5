//! By when statements are to be given (Directive 86/653/EEC, Article 12), and that masters are told in time, once.

use api::write::Job;
use chrono::TimeDelta;
use entente_tests::{app::TestApp, engine::wait, on_both_engines, sales::Market};
use serde_json::{Value, json};

use super::{brought, close};

/// What the service does of itself every hour.
fn watch(app: &TestApp) -> usize {
    let mut job = Job::named("statement-deadlines");
    wait(app.db.write(move |tx| job.run(tx, None, api::statement::deadline::watch))).expect("a look at the deadlines")
}

fn deadlines(app: &TestApp) -> Vec<String> {
    let page = app.master("fr").get("/v1/statement-deadlines").expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let say =
        |it: &Value| format!("{} {} {} {}", text(&it["period"]), it["entry_count"], text(&it["due_on"]), text(&it["state"]));
    page["data"].as_array().unwrap().iter().map(say).collect()
}

fn told(app: &TestApp) -> Vec<String> {
    let events = app.master("fr").get("/v1/events?limit=200").expect(200);
    let all = events["data"].as_array().unwrap().iter().filter_map(|event| event["kind"].as_str());
    all.filter(|kind| kind.starts_with("statement.") && *kind != "statement.closed").map(str::to_owned).collect()
}

on_both_engines! {
    fn statements_are_due_once_their_period_has_ended_and_overdue_after_the_month_that_follows_the_quarter(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        brought(&market, &agreement).bill(1, "1200.00");
        assert_eq!(deadlines(&app), ["2026-03 1 2026-04-30 open"]);
        assert_eq!((watch(&app), told(&app)), (0, vec![]));
        // The first of April.
        app.advance(TimeDelta::days(30));
        assert_eq!(deadlines(&app), ["2026-03 1 2026-04-30 due"]);
        assert_eq!((watch(&app), watch(&app)), (1, 0));
        // The thirtieth of April is the last day, the first of May comes too late.
        app.advance(TimeDelta::days(29));
        assert_eq!((deadlines(&app), watch(&app)), (vec!["2026-03 1 2026-04-30 due".to_owned()], 0));
        app.advance(TimeDelta::days(1));
        assert_eq!(deadlines(&app), ["2026-03 1 2026-04-30 overdue"]);
        assert_eq!((watch(&app), watch(&app)), (1, 0));
        assert_eq!(told(&app), ["statement.due", "statement.overdue"]);
        close(&app.master("fr"), "2026-04");
        assert_eq!(deadlines(&app), Vec::<String>::new());
        app.partner(&partner).get("/v1/statement-deadlines").problem(403, "forbidden");
        assert_eq!(app.master("pt").get("/v1/statement-deadlines").expect(200)["data"], json!([]));
    }
}
