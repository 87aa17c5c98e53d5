//! Areas of expertise and projects of project consultants (R21, D22).

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of},
};
use serde_json::{Value, json};

use super::{Promoter, agreement_is, list};

const AREA: &str = "business_management";

fn declare(consultant: &Promoter, area: &str) -> Answer {
    let body = json!({ "agreement_id": consultant.agreement, "area": area, "description": "Twelve years as an accountant." });
    consultant.caller.post("/v1/expertise", body)
}

fn decide(caller: &Caller, expertise: &Value, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/expertise/{}/{action}", id_of(expertise)), body)
}

/// A reseller with a customer and a project consultant.
struct Team {
    shop: Shop,
    reseller: Caller,
    consultant: Promoter,
    customer: String,
}

impl Team {
    fn start(market: &Market<'_>) -> Self {
        let shop = Shop::open(market, "sub_network");
        let (consultant, reseller) = (Promoter::of(market, &shop, "project_consultant"), market.caller(&shop.partner));
        let customer = market.customer(&shop.partner);
        Self { shop, reseller, consultant, customer }
    }

    /// Whose area is confirmed for some days.
    fn confirmed(market: &Market<'_>, days: Value) -> Self {
        let team = Self::start(market);
        let declared = declare(&team.consultant, AREA).expect(201);
        decide(market.master(), &declared, "confirm", days).expect(200);
        team
    }

    fn project(&self, starts_on: &str) -> Value {
        json!({
            "agreement_id": self.consultant.agreement, "customer_id": self.customer, "area": AREA, "starts_on": starts_on,
            "title": "Stock keeping in three warehouses", "due_on": "2026-06-30",
        })
    }

    fn propose(&self, starts_on: &str) -> Answer {
        self.reseller.post("/v1/projects", self.project(starts_on))
    }

    fn running(&self) -> Value {
        let proposed = self.propose("2026-03-02").expect(201);
        act(&self.consultant.caller, &proposed, "accept").expect(200)
    }
}

fn act(caller: &Caller, project: &Value, action: &str) -> Answer {
    let body = match action {
        "decline" | "cancel" => json!({ "reason": "The customer puts it off." }),
        _ => json!({}),
    };
    caller.post(format!("/v1/projects/{}/{action}", id_of(project)), body)
}

fn advise(caller: &Caller, project: &Value, on: &str) -> Answer {
    let body = json!({ "dated_on": on, "advice": "Count the stock before the migration." });
    caller.post(format!("/v1/projects/{}/advice", id_of(project)), body)
}

fn milestone(caller: &Caller, project: &Value, due_on: &str) -> Answer {
    let body = json!({ "title": "The stock is migrated.", "due_on": due_on });
    caller.post(format!("/v1/projects/{}/milestones", id_of(project)), body)
}

fn report(caller: &Caller, milestone: &Value, change: Value) -> Answer {
    let path = format!("/v1/milestones/{}", id_of(milestone));
    let etag = caller.get(&path).etag();
    caller.patch(&path, &etag, change)
}

on_both_engines! {
    fn r21_a_project_is_found_and_proposed_by_the_name_that_a_system_has_for_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::confirmed(&market, json!({}));
        let named = "/v1/projects/by-reference/jira/PAY-7";
        let body = team.project("2026-03-02");
        let made = team.reseller.put(named, body.clone()).expect(200);
        assert_eq!((&made["state"], &made["external_references"]), (&json!("proposed"), &json!([{ "system": "jira", "id": "PAY-7" }])));
        assert_eq!(team.reseller.put(named, body.clone()).expect(200), made, "the same again changes nothing");
        assert_eq!(team.reseller.get(named).expect(200), made);
        team.consultant.caller.get(named).problem(404, "not_found");
        let mut other = body.clone();
        (other["title"], other["due_on"]) = (json!("Something else"), json!("2026-07-31"));
        assert_eq!(team.reseller.put(named, other).broken(), ["stays_as_made R21 /due_on", "stays_as_made R21 /title"]);
        let mut more = body;
        more["external_references"] = json!([{ "system": "crm", "id": "7" }]);
        let renamed = team.reseller.put(named, more).expect(200);
        assert_eq!((&renamed["id"], renamed["external_references"].as_array().unwrap().len()), (&made["id"], 2));
        assert_eq!(team.reseller.get("/v1/projects/by-reference/crm/7").expect(200)["id"], made["id"]);
    }

    fn r21_a_consultant_declares_areas_of_its_terms_and_a_master_confirms_them(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::start(&market);
        let declared = declare(&team.consultant, AREA).expect(201);
        assert_eq!((&declared["state"], &declared["declared_on"], &declared["from"]), (&json!("declared"), &json!("2026-03-02"), &Value::Null));
        let again = declare(&team.consultant, AREA);
        again.problem(409, "already_exists");
        assert_eq!(again.broken(), ["area_declared_already R21 /area"]);
        assert_eq!(declare(&team.consultant, "astrology").broken(), ["unknown_area R21 /area"]);
        let manager = Promoter::of(&market, &team.shop, "client_manager");
        assert_eq!(declare(&manager, AREA).broken(), ["capability_missing R21 /agreement_id", "unknown_area R21 /area"]);
        // The partners of the agreement see it; a master decides.
        decide(&team.reseller, &declared, "confirm", json!({})).problem(403, "forbidden");
        decide(&team.consultant.caller, &declared, "confirm", json!({})).problem(403, "forbidden");
        decide(&app.master("br"), &declared, "confirm", json!({})).problem(404, "not_found");
        assert_eq!(list(&team.reseller, "/v1/expertise").len(), 1);
        assert_eq!(list(&manager.caller, "/v1/expertise"), Vec::<Value>::new());
        let early = decide(market.master(), &declared, "confirm", json!({ "from": "2026-03-01" }));
        assert_eq!(early.broken(), ["before_declaration R21 /from"]);
        let empty = decide(market.master(), &declared, "confirm", json!({ "until": "2026-03-02" }));
        assert_eq!(empty.broken(), ["ends_before_it_begins R21 /until"]);
        let confirmed = decide(market.master(), &declared, "confirm", json!({ "until": "2028-03-02" })).expect(200);
        assert_eq!((&confirmed["state"], &confirmed["from"], &confirmed["until"]), (&json!("confirmed"), &json!("2026-03-02"), &json!("2028-03-02")));
        decide(market.master(), &declared, "refuse", json!({ "reason": "x" })).problem(409, "state_conflict");
        decide(&team.consultant.caller, &declared, "withdraw", json!({})).problem(409, "state_conflict");
        // What ends may be declared anew.
        declare(&team.consultant, AREA).expect(201);
        let other = declare(&team.consultant, "people").expect(201);
        let refused = decide(market.master(), &other, "refuse", json!({ "reason": "No reference is recent." })).expect(200);
        assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &json!("No reference is recent.")));
        let by = |query: &str| list(market.master(), &format!("/v1/expertise?{query}")).len();
        assert_eq!((by("state=confirmed"), by("area=people"), by("on_day=2028-03-01"), by("on_day=2028-03-02")), (1, 1, 1, 0));
    }

    fn r21_a_project_is_within_an_area_that_is_confirmed_for_its_first_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::start(&market);
        assert_eq!(team.propose("2026-03-02").broken(), ["area_not_declared R21 /area"]);
        let declared = declare(&team.consultant, AREA).expect(201);
        assert_eq!(team.propose("2026-03-02").broken(), ["area_not_confirmed R21 /area"]);
        decide(market.master(), &declared, "confirm", json!({ "from": "2026-04-01", "until": "2026-05-01" })).expect(200);
        for (day, fits) in [("2026-03-31", false), ("2026-04-01", true), ("2026-04-30", true), ("2026-05-01", false)] {
            let answer = team.propose(day);
            if fits {
                answer.expect(201);
            } else {
                assert_eq!(answer.broken(), ["area_not_confirmed_on_that_day R21 /area"], "{day}");
            }
        }
        let mut elsewhere = team.project("2026-04-01");
        elsewhere["area"] = json!("astrology");
        elsewhere["due_on"] = json!("2026-03-31");
        let refused = team.reseller.post("/v1/projects", elsewhere);
        assert_eq!(refused.broken(), ["due_before_start R21 /due_on", "unknown_area R21 /area"]);
        let answer = team.reseller.request("POST", "/v1/projects").header("accept-language", "pt").json(&team.project("2026-05-01")).send();
        let message = answer.problem(422, "invalid_request")["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("2026-04-01") && message.contains("2026-05-01"), "the reason says the days: {message}");
        // Confirmed when it was proposed, and revoked before it was accepted.
        let proposed = team.propose("2026-04-15").expect(201);
        let revoked = json!({ "until": "2026-04-10", "reason": "The certificate was withdrawn." });
        decide(market.master(), &declared, "revoke", revoked).expect(200);
        assert_eq!(act(&team.consultant.caller, &proposed, "accept").broken(), ["area_not_confirmed_on_that_day R21 "]);
    }

    fn r21_only_a_figure_that_advises_projects_does_and_with_a_company_that_it_serves(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (team, other) = (Team::confirmed(&market, json!({})), Shop::open(&market, "sub_network"));
        let manager = Promoter::of(&market, &team.shop, "client_manager");
        let mut body = team.project("2026-03-02");
        body["agreement_id"] = json!(manager.agreement);
        assert_eq!(team.reseller.post("/v1/projects", body).broken(), ["capability_missing R21 /agreement_id", "unknown_area R21 /area"]);
        market.caller(&other.partner).post("/v1/projects", team.project("2026-03-02")).problem(404, "not_found");
        assert_eq!(market.master().post("/v1/projects", team.project("2026-03-02")).broken(), ["customer_answered_by_another R51 /customer_id"]);
        let own = market.customer(&market.master_id());
        let mut with_master = team.project("2026-03-02");
        with_master["customer_id"] = json!(own);
        market.master().post("/v1/projects", with_master).expect(201);
        agreement_is(&market, &team.consultant.agreement, "suspend");
        assert_eq!(team.propose("2026-03-02").broken(), ["agreement_not_in_force R7 /agreement_id"]);
    }

    fn r21_a_consultant_proposes_by_the_customers_name_and_learns_no_id_before_the_company_agrees(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::confirmed(&market, json!({}));
        let refused = team.consultant.caller.post("/v1/projects", team.project("2026-03-02"));
        assert_eq!(refused.broken(), ["customer_by_name R21 /customer_id", "customer_by_name R21 /customer_name"]);
        let mut body = team.project("2026-03-02");
        body["customer_id"] = Value::Null;
        body["customer_name"] = json!("Conservas do Mar");
        let proposed = team.consultant.caller.post("/v1/projects", body.clone()).expect(201);
        assert_eq!((&proposed["proposed_by"], &proposed["customer_id"], &proposed["company"]["id"]), (&json!("consultant"), &Value::Null, &json!(team.shop.partner)));
        act(&team.consultant.caller, &proposed, "accept").problem(403, "forbidden");
        assert_eq!(act(&team.reseller, &proposed, "accept").broken(), ["customer_by_id R21 /customer_id"]);
        let path = format!("/v1/projects/{}/accept", id_of(&proposed));
        let others = market.customer(&market.master_id());
        team.reseller.post(&path, json!({ "customer_id": others })).problem(404, "not_found");
        let running = team.reseller.post(&path, json!({ "customer_id": team.customer })).expect(200);
        assert_eq!((&running["state"], &running["customer_id"]), (&json!("running"), &json!(team.customer)));
        let other = Shop::open(&market, "sub_network");
        body["company_id"] = json!(other.partner);
        assert_eq!(team.consultant.caller.post("/v1/projects", body).broken(), ["company_not_served R26 /company_id"]);
    }

    fn r21_a_project_is_accepted_by_the_other_party_and_ended_by_those_who_may(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::confirmed(&market, json!({}));
        let stranger = market.caller(&market.partner());
        let proposed = team.propose("2026-03-02").expect(201);
        act(&team.reseller, &proposed, "accept").problem(403, "forbidden");
        act(market.master(), &proposed, "accept").problem(403, "forbidden");
        act(&stranger, &proposed, "accept").problem(404, "not_found");
        let running = act(&team.consultant.caller, &proposed, "accept").expect(200);
        assert_eq!(act(&team.consultant.caller, &proposed, "accept").expect(200), running, "accepted again, nothing changes");
        act(&team.consultant.caller, &proposed, "decline").problem(409, "state_conflict");
        act(&team.consultant.caller, &proposed, "complete").problem(403, "forbidden");
        let completed = act(&team.reseller, &proposed, "complete").expect(200);
        assert_eq!((&completed["state"], &completed["ended_on"]), (&json!("completed"), &json!("2026-03-02")));
        act(&team.reseller, &proposed, "cancel").problem(409, "state_conflict");
        let declined = team.propose("2026-03-02").expect(201);
        assert_eq!(act(&team.consultant.caller, &declined, "decline").expect(200)["reason"], json!("The customer puts it off."));
        let cancelled = team.running();
        act(&team.consultant.caller, &cancelled, "cancel").expect(200);
        let by = |query: &str| list(market.master(), &format!("/v1/projects?{query}")).len();
        assert_eq!((by("state=completed"), by("state=cancelled"), by("area=people")), (1, 1, 0));
        assert_eq!(by(&format!("customer_id={}", team.customer)), 3);
        assert_eq!(list(&stranger, "/v1/projects"), Vec::<Value>::new());
    }

    fn r21_advice_is_the_consultants_on_days_for_which_its_area_is_confirmed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::confirmed(&market, json!({ "until": "2026-03-04" }));
        let proposed = team.propose("2026-03-02").expect(201);
        advise(&team.consultant.caller, &proposed, "2026-03-02").problem(409, "state_conflict");
        act(&team.consultant.caller, &proposed, "accept").expect(200);
        advise(&team.reseller, &proposed, "2026-03-02").problem(403, "forbidden");
        let given = advise(&team.consultant.caller, &proposed, "2026-03-02").expect(201);
        assert_eq!(advise(&team.consultant.caller, &proposed, "2026-03-03").broken(), ["dated_in_future - /dated_on"]);
        assert_eq!(advise(&team.consultant.caller, &proposed, "2026-03-01").broken(), ["area_not_confirmed_on_that_day R21 /dated_on"]);
        app.advance(TimeDelta::days(2));
        let later = market.caller(&team.consultant.partner);
        advise(&later, &proposed, "2026-03-03").expect(201);
        assert_eq!(advise(&later, &proposed, "2026-03-04").broken(), ["area_not_confirmed_on_that_day R21 /dated_on"]);
        let read = list(&market.caller(&team.shop.partner), &format!("/v1/projects/{}/advice", id_of(&proposed)));
        assert_eq!((read.len(), &read[1]), (2, &given));
    }

    fn r21_milestones_have_a_day_and_progress_and_a_project_is_complete_when_all_are_reached(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::confirmed(&market, json!({}));
        let (project, stranger) = (team.running(), market.partner());
        assert_eq!(milestone(&team.reseller, &project, "2026-03-01").broken(), ["due_before_start R21 /due_on"]);
        let first = milestone(&team.reseller, &project, "2026-03-02").expect(201);
        let second = milestone(&team.consultant.caller, &project, "2026-04-30").expect(201);
        assert_eq!((&first["progress"], &first["late"]), (&json!(0), &json!(false)));
        let open = act(&team.reseller, &project, "complete");
        assert_eq!(open.broken(), ["milestone_not_reached R21 ", "milestone_not_reached R21 "]);
        report(&team.reseller, &first, json!({ "progress": 40 })).problem(403, "forbidden");
        assert_eq!(report(&team.reseller, &first, json!({ "due_on": "2026-03-03" })).expect(200)["due_on"], json!("2026-03-03"));
        let reported = report(&team.consultant.caller, &first, json!({ "progress": 40, "note": "Two of three are done." })).expect(200);
        assert_eq!((&reported["progress"], &reported["reached_on"]), (&json!(40), &Value::Null));
        let reached = report(&team.consultant.caller, &second, json!({ "progress": 100 })).expect(200);
        assert_eq!(reached["reached_on"], json!("2026-03-02"));
        assert_eq!(report(&team.consultant.caller, &second, json!({ "progress": 99 })).broken(), ["milestone_reached_before R21 /progress"]);
        report(&team.consultant.caller, &second, json!({ "progress": 101 })).problem(422, "invalid_request");
        app.advance(TimeDelta::days(2));
        let (reseller, consultant) = (market.caller(&team.shop.partner), market.caller(&team.consultant.partner));
        let late: Vec<Value> = list(&reseller, &format!("/v1/projects/{}/milestones", id_of(&project))).iter().map(|it| it["late"].clone()).collect();
        assert_eq!(late, [json!(false), json!(true)], "the newest first");
        assert_eq!(act(&reseller, &project, "complete").broken(), ["milestone_not_reached R21 "]);
        report(&consultant, &first, json!({ "progress": 100 })).expect(200);
        act(&reseller, &project, "complete").expect(200);
        milestone(&reseller, &project, "2026-04-30").problem(409, "state_conflict");
        report(&consultant, &first, json!({ "note": "Late, but done." })).problem(409, "state_conflict");
        let stranger = market.caller(&stranger);
        stranger.get(format!("/v1/milestones/{}", id_of(&first))).problem(404, "not_found");
        stranger.get(format!("/v1/projects/{}/milestones", id_of(&project))).problem(404, "not_found");
    }

    fn r21_each_party_has_its_own_names_for_a_project(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::confirmed(&market, json!({}));
        let mut body = team.project("2026-03-02");
        body["external_references"] = json!([{ "system": "hubspot", "id": "P-1" }]);
        let dry = team.reseller.post("/v1/projects?dry_run=true", body.clone());
        assert_eq!((dry.status, list(&team.reseller, "/v1/projects").len()), (200, 0));
        let proposed = team.reseller.post("/v1/projects", body);
        let path = format!("/v1/projects/{}", id_of(&proposed.json()));
        let renamed = json!({ "external_references": [{ "system": "jira", "id": "STOCK" }] });
        team.consultant.caller.request("PATCH", &path).json(&renamed).send().problem(428, "version_required");
        let named = team.consultant.caller.patch(&path, &proposed.etag(), renamed.clone());
        assert_eq!(named.expect(200)["external_references"], renamed["external_references"]);
        team.consultant.caller.patch(&path, &proposed.etag(), json!({})).problem(412, "version_mismatch");
        assert_eq!(team.reseller.get(&path).expect(200)["external_references"], json!([{ "system": "hubspot", "id": "P-1" }]));
    }

    fn r24_a_consultant_is_paid_for_its_time_on_a_project_and_the_service_says_which(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let team = Team::confirmed(&market, json!({}));
        let service = |subject: &str| {
            let body = json!({
                "agreement_id": team.consultant.agreement, "fee": "advice", "currency": "EUR", "quantity": "2.5", "done_on": "2026-03-02",
                "description": "The first count.", "evidence": [{ "description": "The list." }], "subject_id": subject,
            });
            team.consultant.caller.post("/v1/services", body)
        };
        let proposed = team.propose("2026-03-02").expect(201);
        assert_eq!(service(&id_of(&proposed)).broken(), ["subject_not_agreed R24 /subject_id"]);
        act(&team.consultant.caller, &proposed, "accept").expect(200);
        let later = team.propose("2026-03-03").expect(201);
        act(&team.consultant.caller, &later, "accept").expect(200);
        assert_eq!(service(&id_of(&later)).broken(), ["done_before_project R24 /subject_id"]);
        let stranger = Team::confirmed(&market, json!({})).running();
        for nothing in [id_of(&stranger), "project_01h2xcejqtf2nbrexx3vqjhp41".to_owned(), "introduction_01h2xcejqtf2nbrexx3vqjhp41".to_owned()] {
            assert_eq!(service(&nothing).broken(), ["unknown_subject R24 /subject_id"]);
        }
        let reported = service(&id_of(&proposed)).expect(201);
        assert_eq!((&reported["subject_id"], &reported["amount"]["amount"]), (&proposed["id"], &json!("150.00")));
        let confirmed = team.reseller.post(format!("/v1/services/{}/confirm", id_of(&reported)), json!({})).expect(200);
        assert_eq!(confirmed["subject_id"], proposed["id"]);
        let entries = list(&team.consultant.caller, "/v1/ledger-entries");
        assert_eq!((entries.len(), &entries[0]["amount"]["amount"], &entries[0]["debtor"]["id"]), (1, &json!("150.00"), &json!(team.shop.partner)));
    }
}
