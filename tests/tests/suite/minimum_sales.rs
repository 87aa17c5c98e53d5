//! Minimum sales (R57, D13): the pace of the year that runs, and the finding of one that ended with sales missing.

use api::access::Role;
use chrono::{DateTime, Utc};
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, id_of, line},
};
use serde_json::{Value, json};

/// An affiliate, whose terms ask for fifteen sales a year, under an agreement from the first day of 2026.
struct Affiliate<'a> {
    app: &'a TestApp,
    market: &'a Market<'a>,
    partner: String,
    agreement: String,
}

impl<'a> Affiliate<'a> {
    fn new(app: &'a TestApp, market: &'a Market<'a>) -> Self {
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliate", None);
        Self { app, market, partner, agreement }
    }

    /// Signs `count` sales on a day; the last one's contract.
    fn sell(&self, count: usize, signed_on: &str) -> String {
        let (caller, item) = (self.app.partner(&self.partner), self.market.item("instance"));
        let customer = self.market.customer(&self.partner);
        let body = json!({
            "agreement_id": self.agreement, "customer_id": customer, "currency": "EUR", "lines": [line(&item, "year", None)],
        });
        let mut last = String::new();
        for _ in 0..count {
            let proposal = id_of(&caller.post("/v1/proposals", body.clone()).expect(201));
            caller.post(format!("/v1/proposals/{proposal}/send"), json!({})).expect(200);
            last = id_of(&caller.post(format!("/v1/proposals/{proposal}/sign"), json!({ "signed_on": signed_on })).expect(201));
        }
        last
    }

    fn years(&self, by: &Caller) -> Vec<Value> {
        by.get(format!("/v1/agreements/{}/minimum-sales", self.agreement)).expect(200)["years"].as_array().unwrap().clone()
    }

    fn findings(&self) -> Vec<Value> {
        self.app.master("fr").get("/v1/findings").expect(200)["data"].as_array().unwrap().clone()
    }

    fn judge(&self) -> usize {
        wait(api::minimum_sales::judge_due(&self.app.db)).unwrap()
    }

    fn act(&self, action: &str) {
        let body = if action == "resume" { json!({}) } else { json!({ "reason": "The books are checked." }) };
        self.app.master("fr").post(format!("/v1/agreements/{}/{action}", self.agreement), body).expect(200);
    }
}

/// Goes to an instant; callers made before are not signed in any more.
fn go_to(app: &TestApp, instant: &str) {
    app.clock.set(instant.parse::<DateTime<Utc>>().unwrap());
}

fn numbers(year: &Value, fields: &[&str]) -> Vec<i64> {
    fields.iter().map(|field| year[field].as_i64().unwrap_or(-1)).collect()
}

on_both_engines! {
    fn d13_fourteen_sales_are_a_finding_and_fifteen_are_none_each_exactly_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [short, enough] = [14, 15].map(|sales| {
            let affiliate = Affiliate::new(&app, &market);
            affiliate.sell(sales, "2026-03-02");
            affiliate
        });
        // Paris is an hour ahead: the year's last day ends at eleven in the evening.
        go_to(&app, "2026-12-31T22:59:59.999999Z");
        assert_eq!(short.judge(), 0, "the year runs");
        go_to(&app, "2026-12-31T23:00:00Z");
        assert_eq!((short.judge(), short.judge()), (2, 0), "each year is counted once");
        let findings = short.findings();
        assert_eq!(findings.len(), 1);
        let finding = &findings[0];
        assert_eq!((&finding["agreement_id"], &finding["partner_id"], &finding["state"]), (&json!(short.agreement), &json!(short.partner), &json!("open")));
        assert_eq!((&finding["kind"], &finding["found_on"]), (&json!("minimum_sales_shortfall"), &json!("2026-12-31")));
        assert_eq!(numbers(&finding["minimum_sales"], &["year", "required", "signed", "missing", "days_in_force", "days_in_year"]), [1, 15, 14, 1, 365, 365]);
        assert_eq!(finding["detail"], "14 of 15 sales were signed in the year that ended on 2026-12-31.");
        // Nothing follows of itself.
        let master = app.master("fr");
        let agreement = master.get(format!("/v1/agreements/{}", short.agreement)).expect(200);
        assert_eq!((&agreement["state"], &agreement["stages"]), (&json!("active"), &json!([])));
        let year = &short.years(&master)[0];
        assert_eq!((&year["state"], &year["finding_id"], &year["judged"]["signed"]), (&json!("short"), &finding["id"], &json!(14)));
        let of_partner = &short.years(&app.partner(&short.partner))[0];
        assert_eq!((&of_partner["state"], &of_partner["finding_id"]), (&json!("short"), &Value::Null), "the finding is the master's");
        assert_eq!(enough.years(&master)[0]["state"], "met");
        let told: Vec<Value> = app.partner(&short.partner).get("/v1/events?limit=200").expect(200)["data"].as_array().unwrap().iter()
            .map(|event| event["kind"].clone()).filter(|kind| kind.as_str().unwrap().contains("finding") || kind == "agreement.sales_counted").collect();
        assert_eq!(told, [json!("agreement.sales_counted")]);
        app.partner(&short.partner).get("/v1/findings").problem(403, "forbidden");
    }

    fn d13_what_is_recorded_after_the_year_was_counted_changes_nothing_that_was_found(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        affiliate.sell(14, "2026-03-02");
        go_to(&app, "2027-01-01T09:00:00Z");
        affiliate.judge();
        let customer = id_of(&app.master("fr").get("/v1/customers").expect(200)["data"][0]);
        let item = Market::all_in_web(&app).item("instance");
        let body = json!({ "agreement_id": affiliate.agreement, "customer_id": customer, "currency": "EUR", "lines": [line(&item, "year", None)] });
        let caller = app.partner(&affiliate.partner);
        // One on the last day of the year, and one on the anniversary.
        for signed_on in ["2026-12-31", "2027-01-01"] {
            let proposal = id_of(&caller.post("/v1/proposals", body.clone()).expect(201));
            caller.post(format!("/v1/proposals/{proposal}/send"), json!({})).expect(200);
            caller.post(format!("/v1/proposals/{proposal}/sign"), json!({ "signed_on": signed_on })).expect(201);
        }
        let years = affiliate.years(&app.master("fr"));
        assert_eq!((&years[0]["signed"], &years[0]["judged"]["signed"]), (&json!(15), &json!(14)));
        assert_eq!((&years[1]["signed"], &years[1]["starts_on"]), (&json!(1), &json!("2027-01-01")));
        assert_eq!(affiliate.judge(), 0);
        assert_eq!(affiliate.findings().len(), 1, "the master decides what it is worth");
    }

    fn d13_the_pace_says_how_many_of_how_many_and_how_many_days_are_left(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        affiliate.sell(11, "2026-03-02");
        // 18 October is 74 days before the year's last, and the 291st of its 365 days: 15 x 291 / 365 is 11.9.
        go_to(&app, "2026-10-18T10:00:00Z");
        let list = app.partner(&affiliate.partner).get("/v1/minimum-sales").expect(200);
        let row = &list["data"][0];
        assert_eq!((&row["agreement_id"], &row["per_year"]), (&json!(affiliate.agreement), &json!(15)));
        let year = &row["year"];
        assert_eq!(numbers(year, &["number", "required", "signed", "missing", "expected_by_today", "days_left"]), [1, 15, 11, 4, 11, 74]);
        assert_eq!((&year["on_pace"], &year["state"]), (&json!(true), &json!("running")));
        assert_eq!(year["detail"], "11 of 15 sales, 74 days left; 11 were to be expected by today.");
        let french = app.partner(&affiliate.partner);
        let french = french.request("GET", "/v1/minimum-sales").header("accept-language", "fr").send().expect(200);
        assert_eq!(french["data"][0]["year"]["detail"], "11 ventes sur 15, 74 jours restants ; 11 étaient attendues à ce jour.");
        // Two days later an even pace would have signed twelve.
        go_to(&app, "2026-10-20T10:00:00Z");
        let year = &affiliate.years(&app.master("fr"))[0];
        assert_eq!((numbers(year, &["expected_by_today", "days_left"]), &year["on_pace"]), (vec![12, 72], &json!(false)));
    }

    fn d11_a_cancelled_sale_counts_and_another_types_sale_does_not(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        let contract = affiliate.sell(2, "2026-03-02");
        let body = json!({ "reason": "The customer closed.", "ended_on": "2026-03-02" });
        app.master("fr").post(format!("/v1/contracts/{contract}/cancel"), body).expect(200);
        let referrer = affiliate.market.agreement(&affiliate.partner, "referrer", None);
        let customer = affiliate.market.customer(&affiliate.market.master_id());
        let body = json!({ "agreement_id": referrer, "customer_id": customer, "currency": "EUR", "lines": [line(&affiliate.market.item("instance"), "year", None)] });
        affiliate.market.sell(affiliate.market.master(), &body);
        assert_eq!(affiliate.years(market.master())[0]["signed"], 2);
        // Terms that ask for none have no years, and are in no list.
        let none = affiliate.market.master().get(format!("/v1/agreements/{referrer}/minimum-sales")).expect(200);
        assert_eq!((&none["per_year"], &none["years"]), (&Value::Null, &json!([])));
        assert_eq!(affiliate.market.master().get("/v1/minimum-sales").expect(200)["data"].as_array().unwrap().len(), 1);
    }

    fn d13_the_days_of_a_suspension_ask_for_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        affiliate.sell(11, "2026-03-02");
        // In force on 292 of 365 days: 73 days from 1 June to 12 August are suspended.
        go_to(&app, "2026-06-01T08:00:00Z");
        affiliate.act("suspend");
        assert_eq!(numbers(&affiliate.years(&app.master("fr"))[0], &["days_in_force", "required"]), [151, 6], "as it stands");
        go_to(&app, "2026-08-13T08:00:00Z");
        affiliate.act("resume");
        assert_eq!(numbers(&affiliate.years(&app.master("fr"))[0], &["days_in_force", "required"]), [292, 12]);
        go_to(&app, "2027-01-01T08:00:00Z");
        assert_eq!(affiliate.judge(), 1);
        assert_eq!(numbers(&affiliate.findings()[0]["minimum_sales"], &["days_in_force", "required", "signed"]), [292, 12, 11]);
    }

    fn d13_an_agreement_that_ends_within_the_year_is_asked_for_its_part_the_day_after(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        affiliate.sell(2, "2026-03-02");
        // Terminated on 15 March, it was in force on 73 days: a fifth of fifteen.
        go_to(&app, "2026-03-15T08:00:00Z");
        affiliate.act("terminate");
        assert_eq!((affiliate.judge(), affiliate.judge()), (1, 0));
        let finding = &affiliate.findings()[0];
        assert_eq!((&finding["found_on"], numbers(&finding["minimum_sales"], &["days_in_force", "required", "signed"])), (&json!("2026-03-14"), vec![73, 3, 2]));
        go_to(&app, "2028-06-01T08:00:00Z");
        assert_eq!(affiliate.judge(), 0, "it has no more years");
        assert_eq!(affiliate.years(&app.master("fr")).len(), 1);
    }

    fn d13_the_last_day_of_an_agreement_closes_its_year_and_each_year_is_its_own(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let body = json!({ "partner_id": partner, "partnership_type": "affiliate", "language": "fr", "starts_on": "2028-02-29", "ends_on": "2029-09-30" });
        let agreement = id_of(&market.master().post("/v1/agreements", body).expect(201));
        for action in ["submit", "begin-supervision"] {
            market.master().post(format!("/v1/agreements/{agreement}/{action}"), json!({})).expect(200);
        }
        market.master().post(format!("/v1/agreements/{agreement}/supervisions"), market.approval(&agreement)).expect(200);
        let affiliate = Affiliate { app: &app, market: &market, partner, agreement };
        assert_eq!(affiliate.years(&app.master("fr")), Vec::<Value>::new(), "it has not started");
        go_to(&app, "2029-02-27T22:59:59Z");
        assert_eq!(affiliate.judge(), 0);
        go_to(&app, "2029-02-27T23:00:00Z");
        assert_eq!(affiliate.judge(), 1, "its anniversary is 28 February where there is no 29th");
        go_to(&app, "2029-09-30T21:59:59Z");
        assert_eq!(affiliate.judge(), 0);
        go_to(&app, "2029-09-30T22:00:00Z");
        assert_eq!(affiliate.judge(), 1, "summer time: its last day ends at ten in the evening");
        let years: Vec<Vec<i64>> = affiliate.findings().iter().rev().map(|it| numbers(&it["minimum_sales"], &["year", "days_in_force", "days_in_year", "required"])).collect();
        // 28 February to 30 September 2029 are 215 days: 15 x 215 / 365 is 8.8.
        assert_eq!(years, [[1, 365, 365, 15], [2, 215, 365, 8]]);
    }

    fn r6_special_terms_say_how_many(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let ask = |special: Value| {
            let agreement = market.agreement_with(&market.partner(), "affiliate", None, Some(special));
            market.master().get(format!("/v1/agreements/{agreement}/minimum-sales")).expect(200)["per_year"].clone()
        };
        assert_eq!(ask(json!({ "minimum_sales_per_year": 20 })), 20);
        assert_eq!(ask(json!({ "minimum_sales_per_year": null })), Value::Null);
    }

    fn d22_a_pace_is_the_partners_and_its_masters(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        let path = format!("/v1/agreements/{}/minimum-sales", affiliate.agreement);
        let stranger = app.partner(&affiliate.market.partner());
        stranger.get(&path).problem(404, "not_found");
        assert_eq!(stranger.get("/v1/minimum-sales").expect(200)["data"], json!([]));
        app.master("pt").get(&path).problem(404, "not_found");
        let one = format!("/v1/minimum-sales?partner_id={}", affiliate.partner);
        assert_eq!(affiliate.market.master().get(one).expect(200)["data"].as_array().unwrap().len(), 1);
    }

    fn d13_a_finding_is_acknowledged_and_decided_and_nothing_follows_of_itself(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        go_to(&app, "2027-01-01T08:00:00Z");
        affiliate.judge();
        let finding = &affiliate.findings()[0];
        let path = format!("/v1/findings/{}", id_of(finding));
        let (master, operator) = (app.master("fr"), app.person(app.db_master("fr"), Role::MasterOperator));
        let before = master.get(format!("/v1/agreements/{}", affiliate.agreement)).expect(200);
        let acknowledged = operator.post(format!("{path}/acknowledge"), json!({})).expect(200);
        assert_eq!((&acknowledged["state"], &acknowledged["version"]), (&json!("acknowledged"), &json!(2)));
        assert_eq!(operator.post(format!("{path}/acknowledge"), json!({})).expect(200), acknowledged);
        let decision = json!({ "decision": "improvement_plan", "reason": "A second salesperson came in October." });
        operator.post(format!("{path}/decide"), decision.clone()).problem(403, "forbidden");
        let stale = master.request("POST", format!("{path}/decide")).header("if-match", "\"1\"").json(&decision).send();
        stale.problem(412, "version_mismatch");
        let decided = master.post(format!("{path}/decide"), decision.clone()).expect(200);
        assert_eq!((&decided["state"], &decided["decision"], &decided["reason"]), (&json!("decided"), &decision["decision"], &decision["reason"]));
        assert_eq!(master.post(format!("{path}/decide"), decision).expect(200), decided);
        master.post(format!("{path}/decide"), json!({ "decision": "no_action", "reason": "None." })).problem(409, "state_conflict");
        operator.post(format!("{path}/acknowledge"), json!({})).problem(409, "state_conflict");
        assert_eq!(master.get(format!("/v1/agreements/{}", affiliate.agreement)).expect(200), before, "the agreement is as it was");
        for (query, count) in [("state=decided", 1), ("state=open", 0), ("kind=minimum_sales_shortfall", 1)] {
            assert_eq!(master.get(format!("/v1/findings?{query}")).expect(200)["data"].as_array().unwrap().len(), count, "{query}");
        }
        let kinds: Vec<Value> = master.get(format!("/v1/events?subject={}", id_of(finding))).expect(200)["data"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
        assert_eq!(kinds, [json!("finding.made"), json!("finding.acknowledged"), json!("finding.decided")]);
        app.master("pt").get(&path).problem(404, "not_found");
        assert_eq!(app.master("pt").get("/v1/findings").expect(200)["data"], json!([]));
    }

    fn d13_processes_that_count_at_once_find_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let affiliate = Affiliate::new(&app, &market);
        go_to(&app, "2029-01-01T08:00:00Z");
        let counted: usize = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| wait(api::minimum_sales::judge_due(&app.db)).unwrap())).collect();
            runs.into_iter().map(|run| run.join().unwrap()).sum()
        });
        assert_eq!(counted, 3, "2026, 2027 and 2028");
        let years: Vec<Value> = affiliate.findings().iter().map(|it| it["minimum_sales"]["year"].clone()).collect();
        assert_eq!(years, [json!(3), json!(2), json!(1)]);
        assert_eq!(affiliate.findings()[0]["minimum_sales"]["days_in_year"], 366, "2028 is a leap year");
    }
}
