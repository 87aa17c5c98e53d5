//! How a partner grows into the next stage of its terms (R39 to R46, D22).

use std::{sync::Barrier, thread};

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, id_of, line},
};
use serde_json::{Value, json};

/// A reseller that has had a stage since the first day of the year.
struct Grower {
    partner: String,
    agreement: String,
    caller: Caller,
}

impl Grower {
    fn at(market: &Market<'_>, stage: &str) -> Self {
        Self::with(market, stage, None)
    }

    /// With special terms of its own.
    fn with(market: &Market<'_>, stage: &str, special: Option<Value>) -> Self {
        let partner = market.partner();
        let agreement = market.agreement_with(&partner, "reseller", None, special);
        market.enter_stage(&agreement, stage);
        let caller = market.caller(&partner);
        Self { partner, agreement, caller }
    }

    fn asked(&self, stage: &str) -> Value {
        json!({ "agreement_id": self.agreement, "stage": stage })
    }

    fn propose(&self, caller: &Caller, stage: &str) -> Answer {
        caller.post("/v1/promotions", self.asked(stage))
    }

    /// A promotion that the partner proposed.
    fn proposed(&self, stage: &str) -> Value {
        self.propose(&self.caller, stage).expect(201)
    }

    /// Sells a module to a customer, signed on a day; the contract.
    fn sell(&self, market: &Market<'_>, customer: &str, signed_on: &str) -> Value {
        let body = json!({
            "agreement_id": self.agreement, "customer_id": customer, "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        let id = id_of(&self.caller.post("/v1/proposals", body).expect(201));
        self.caller.post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
        self.caller.post(format!("/v1/proposals/{id}/sign"), json!({ "signed_on": signed_on })).expect(201)
    }

    fn qualify(&self, market: &Market<'_>, kind: &str, until: Option<&str>) {
        let evidence = json!([{ "description": "Diploma.", "dated_on": "2026-02-20" }]);
        let body = json!({ "kind": kind, "evidence": evidence });
        let id = id_of(&self.caller.post("/v1/qualifications", body).expect(201));
        let grant = json!({ "valid_from": "2026-01-01", "valid_until": until });
        market.master().post(format!("/v1/qualifications/{id}/grant"), grant).expect(200);
    }

    fn growth(&self, caller: &Caller) -> Answer {
        caller.get(format!("/v1/agreements/{}/growth", self.agreement))
    }
}

fn act(caller: &Caller, promotion: &Value, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/promotions/{}/{action}", id_of(promotion)), body)
}

fn why() -> Value {
    json!({ "reason": "It has done what it takes." })
}

/// Each condition as `kind code required actual met`.
fn told(shown: &Value) -> Vec<String> {
    let text = |condition: &Value| {
        let code = condition["code"].as_str().unwrap_or("-");
        let kind = condition["kind"].as_str().unwrap();
        format!("{kind} {code} {} {} {}", condition["required"], condition["actual"], condition["met"])
    };
    shown["conditions"].as_array().unwrap().iter().map(text).collect()
}

fn stage_of(contract: &Value) -> &Value {
    &contract["attributions"][0]["stage"]
}

on_both_engines! {
    fn r39_a_promotion_is_measured_when_it_is_proposed_and_opens_when_its_conditions_are_met(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        let tried = grower.caller.post("/v1/promotions?dry_run=true", grower.asked("own_services")).expect(200);
        assert_eq!(told(&tried), ["own_sales - 1 0 false"]);
        assert_eq!(grower.caller.get("/v1/promotions").expect(200)["data"], json!([]), "nothing was kept");
        let proposed = grower.proposed("own_services");
        assert_eq!((&proposed["state"], &proposed["conditions_met"], &proposed["from"]), (&json!("proposed"), &json!(false), &json!("2026-03-02")));
        assert_eq!((&proposed["stage_before"], &proposed["proposed_side"]), (&json!("facilitator"), &json!("partner")));
        let refused = act(market.master(), &proposed, "approve", why());
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["stage_condition_not_met R39 "]);
        grower.sell(&market, &market.customer(&grower.partner), "2026-03-01");
        let approved = act(market.master(), &proposed, "approve", why()).expect(200);
        assert_eq!((&approved["state"], &approved["reason"]), (&json!("approved"), &why()["reason"]));
        assert_eq!(told(&approved), ["own_sales - 1 1 true"]);
        assert_eq!(act(market.master(), &proposed, "approve", why()).expect(200), approved, "the same again answers the same");
        let stages = market.master().get(format!("/v1/agreements/{}", grower.agreement)).expect(200)["stages"].clone();
        let steps: Vec<_> = stages.as_array().unwrap().iter().map(|it| (it["stage"].clone(), it["from"].clone(), it["reason"].clone())).collect();
        assert_eq!(steps, [
            (json!("facilitator"), json!("2026-01-01"), Value::Null),
            (json!("own_services"), json!("2026-03-02"), why()["reason"].clone()),
        ]);
    }

    fn r39_a_sale_counts_by_the_stage_of_its_own_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        let customer = market.customer(&grower.partner);
        let first = grower.sell(&market, &customer, "2026-03-02");
        let proposed = grower.proposed("own_services");
        act(market.master(), &proposed, "approve", why()).expect(200);
        let by_day = ["2026-03-01", "2026-03-02"].map(|day| stage_of(&grower.sell(&market, &customer, day)).clone());
        assert_eq!(by_day, [json!("facilitator"), json!("own_services")], "the day before, and the day of the promotion");
        let shown = |contract: &Value| grower.caller.get(format!("/v1/contracts/{}", id_of(contract))).expect(200);
        assert_eq!(stage_of(&shown(&first)), "facilitator", "what was signed before stays as it was signed");
        // A demotion is the master's own decision, and never touches the past either.
        let back = json!({ "stage": "facilitator", "from": "2026-03-03", "reason": "Its services were not what it promised." });
        market.master().post(format!("/v1/agreements/{}/stages", grower.agreement), back).expect(200);
        app.advance(TimeDelta::days(2));
        let market = Market::altoga(&app);
        let grower = Grower { caller: market.caller(&grower.partner), ..grower };
        let by_day = ["2026-03-02", "2026-03-03", "2026-03-04"].map(|day| stage_of(&grower.sell(&market, &customer, day)).clone());
        assert_eq!(by_day, [json!("own_services"), json!("facilitator"), json!("facilitator")]);
        let early = json!({ "stage": "own_services", "from": "2026-03-03", "reason": "It keeps its promises now." });
        let early = market.master().post(format!("/v1/agreements/{}/stages", grower.agreement), early);
        assert_eq!(early.broken(), ["stage_before_today R39 /from", "stage_not_after_latest R39 /from"]);
    }

    fn r39_a_master_passes_over_nothing_that_a_stage_asks_for_in_silence(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        let path = format!("/v1/agreements/{}/stages", grower.agreement);
        let enter = |body: Value| market.master().post(&path, body);
        let jump = json!({ "stage": "helpdesk", "from": "2026-03-03" });
        let all = [
            "not_the_next_stage R39 /stage", "stage_condition_not_met R39 ", "stage_condition_not_met R39 ", "stage_condition_not_met R43 ",
            "stage_needs_reason R39 /reason",
        ];
        assert_eq!(enter(jump.clone()).broken(), all);
        assert_eq!(market.master().post(format!("{path}?dry_run=true"), jump.clone()).broken(), all);
        let next = json!({ "stage": "own_services", "from": "2026-03-02" });
        assert_eq!(enter(next.clone()).broken(), ["stage_condition_not_met R39 ", "stage_needs_reason R39 /reason"]);
        let stages = || market.master().get(format!("/v1/agreements/{}", grower.agreement)).expect(200)["stages"].clone();
        assert_eq!(stages().as_array().unwrap().len(), 1, "nothing was kept");
        // What the next stage asks for is there: nothing is passed over.
        grower.sell(&market, &market.customer(&grower.partner), "2026-03-01");
        enter(next).expect(200);
        let mut told = jump;
        told["reason"] = json!("It came with ten years of helpdesk.");
        enter(told.clone()).expect(200);
        enter(json!({ "stage": "facilitator", "from": "2026-03-04" })).expect(200);
        let kept: Vec<_> = stages().as_array().unwrap().iter().map(|it| (it["stage"].clone(), it["reason"].clone())).collect();
        assert_eq!(kept[1..], [
            (json!("own_services"), Value::Null), (json!("helpdesk"), told["reason"].clone()), (json!("facilitator"), Value::Null),
        ]);
        let trail = market.master().get(format!("/v1/events?subject={}&limit=200", grower.agreement)).expect(200);
        let mut set = trail["data"].as_array().unwrap().iter().filter(|it| it["kind"] == "agreement.stage_set");
        assert!(set.next_back().is_some_and(|it| it["data"].to_string().contains("ten years of helpdesk")), "{trail}");
        // Without a stage yet, the first one is the next.
        let newcomer = market.partner();
        let agreement = market.agreement(&newcomer, "reseller", None);
        let enter = |stage: &str| market.master().post(format!("/v1/agreements/{agreement}/stages"), json!({ "stage": stage, "from": "2026-01-01" }));
        assert!(enter("helpdesk").broken().contains(&"not_the_next_stage R39 /stage".to_owned()));
        enter("facilitator").expect(200);
    }

    fn r43_what_a_stage_asks_for_is_measured_at_its_numbers_on_its_first_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "own_services");
        let customer = market.customer(&grower.partner);
        grower.sell(&market, &customer, "2026-03-01");
        grower.sell(&market, &customer, "2026-03-01");
        grower.qualify(&market, "helpdesk_experience", Some("2026-04-01"));
        let on = |from: &str| {
            let mut body = grower.asked("helpdesk");
            body["from"] = json!(from);
            told(&grower.caller.post("/v1/promotions?dry_run=true", body).expect(200))
        };
        // Three months of its stage are over on 1 April; its qualification is valid to the end of that day.
        let asked = |qualified, sales, months| [
            format!("qualification helpdesk_experience 1 {qualified}"), format!("own_sales - 3 {sales}"), format!("months_in_stage - 3 {months}"),
        ];
        assert_eq!(on("2026-03-31"), asked("1 true", "2 false", "2 false"));
        grower.sell(&market, &customer, "2026-03-02");
        assert_eq!(on("2026-04-01"), asked("1 true", "3 true", "3 true"));
        assert_eq!(on("2026-04-02"), asked("0 false", "3 true", "3 true"));
        let mut body = grower.asked("helpdesk");
        body["from"] = json!("2026-04-02");
        let proposed = grower.caller.post("/v1/promotions", body).expect(201);
        let refused = act(market.master(), &proposed, "approve", why());
        assert_eq!(refused.broken(), ["stage_condition_not_met R43 "]);
        let text = refused.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(text.contains("qualification: helpdesk_experience") && text.contains('1') && text.contains('0'), "{text}");
        let other_day = json!({ "reason": "On the first of April.", "from": "2026-04-01" });
        assert_eq!(act(market.master(), &proposed, "approve", other_day.clone()).expect(200)["from"], "2026-04-01");
        assert_eq!(act(market.master(), &proposed, "approve", other_day).expect(200)["version"], 2);
        let later = json!({ "reason": "Another day.", "from": "2026-04-05" });
        act(market.master(), &proposed, "approve", later).problem(409, "state_conflict");
    }

    fn r28_a_stages_checklist_is_answered_and_its_active_customers_are_counted(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let special = json!({ "stages": { "sub_network": { "conditions": { "active_customers": 2, "months_in_stage": 2 } } } });
        let grower = Grower::with(&market, "helpdesk", Some(special));
        let customers = [market.customer(&grower.partner), market.customer(&grower.partner)];
        let first = grower.sell(&market, &customers[0], "2026-03-01");
        grower.sell(&market, &customers[0], "2026-03-01");
        let growth = grower.growth(&grower.caller).expect(200);
        let next = &growth["next"];
        let (customers_met, months) = ("active_customers - 2 2 true", "months_in_stage - 2 2 true");
        assert_eq!(told(next), ["active_customers - 2 1 false", months, "checklist able_to_pay_promoters 1 0 false"], "two sales, one customer");
        assert_eq!((&growth["stage"], &growth["since"], &next["stage"]), (&json!("helpdesk"), &json!("2026-01-01"), &json!("sub_network")));
        let proposed = grower.propose(market.master(), "sub_network").expect(201);
        assert_eq!(proposed["proposed_side"], "master");
        let findings = |able: &str, contact: &str| json!({
            "reason": "Seen at their office.",
            "findings": [{ "item": "able_to_pay_promoters", "outcome": able }, { "item": "names_its_contact", "outcome": contact }],
        });
        let approve = |body: Value| act(market.master(), &proposed, "approve", body);
        assert_eq!(approve(why()).broken(), [
            "item_unanswered R28 /findings", "item_unanswered R28 /findings", "stage_condition_not_met R28 /findings", "stage_condition_not_met R39 ",
        ]);
        grower.sell(&market, &customers[1], "2026-03-02");
        assert_eq!(approve(findings("not_met", "met")).broken(), ["stage_condition_not_met R28 /findings"]);
        let cancellation = json!({ "reason": "It closed.", "ended_on": "2026-03-02" });
        market.master().post(format!("/v1/contracts/{}/cancel", id_of(&first)), cancellation).expect(200);
        let approved = approve(findings("met", "not_met")).expect(200);
        assert_eq!(told(&approved), [customers_met, months, "checklist able_to_pay_promoters 1 1 true"]);
        assert_eq!(approved["findings"], json!([
            { "item": "able_to_pay_promoters", "outcome": "met", "note": null }, { "item": "names_its_contact", "outcome": "not_met", "note": null },
        ]));
        assert_eq!(grower.growth(market.master()).expect(200)["next"], Value::Null, "after the last stage there is none");
    }

    fn r39_growth_goes_from_each_stage_to_the_next_under_an_agreement_in_force(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        assert_eq!(grower.propose(&grower.caller, "helpdesk").broken(), ["not_the_next_stage R39 /stage"]);
        assert_eq!(grower.propose(&grower.caller, "facilitator").broken(), ["not_the_next_stage R39 /stage", "stage_already_reached R39 /stage"]);
        assert_eq!(grower.propose(&grower.caller, "moon").broken(), ["unknown_stage R39 /stage"]);
        let early = json!({ "agreement_id": grower.agreement, "stage": "own_services", "from": "2026-03-01" });
        assert_eq!(grower.caller.post("/v1/promotions", early).broken(), ["stage_before_today R39 /from"]);
        let partner = market.partner();
        let unstaged = market.agreement(&partner, "reseller", None);
        let first = json!({ "agreement_id": unstaged, "stage": "facilitator" });
        assert_eq!(market.caller(&partner).post("/v1/promotions", first).broken(), ["no_stage_to_grow_from R40 /stage"]);
        market.master().post(format!("/v1/agreements/{}/suspend", grower.agreement), why()).expect(200);
        assert_eq!(grower.propose(&grower.caller, "own_services").broken(), ["agreement_not_in_force R7 /from"]);
    }

    fn r39_a_decision_is_never_dated_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        grower.sell(&market, &market.customer(&grower.partner), "2026-03-02");
        let proposed = grower.proposed("own_services");
        app.advance(TimeDelta::days(3));
        let master = app.master("pt");
        let back = json!({ "reason": "As it was proposed.", "from": "2026-03-04" });
        assert_eq!(act(&master, &proposed, "approve", back).broken(), ["stage_before_today R39 /from"]);
        // The proposed day is over: without a day, it is today.
        assert_eq!(act(&master, &proposed, "approve", why()).expect(200)["from"], "2026-03-05");
    }

    fn a_promotion_waits_alone_and_is_refused_or_taken_back_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        let proposed = grower.proposed("own_services");
        let second = grower.propose(market.master(), "own_services");
        second.problem(409, "already_exists");
        assert_eq!(second.broken(), ["promotion_waits R39 /agreement_id"]);
        assert_eq!(act(market.master(), &proposed, "withdraw", json!({})).broken(), ["proposed_by_other_side R39 "]);
        let withdrawn = act(&grower.caller, &proposed, "withdraw", json!({})).expect(200);
        assert_eq!(withdrawn["state"], "withdrawn");
        assert_eq!(act(&grower.caller, &proposed, "withdraw", json!({})).expect(200), withdrawn);
        act(market.master(), &proposed, "refuse", why()).problem(409, "state_conflict");
        act(market.master(), &proposed, "approve", why()).problem(409, "state_conflict");
        let again = grower.proposed("own_services");
        act(market.master(), &again, "refuse", json!({})).problem(422, "invalid_request");
        act(market.master(), &again, "refuse", json!({ "reason": " " })).problem(422, "invalid_request");
        let refused = act(market.master(), &again, "refuse", why()).expect(200);
        assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &why()["reason"]));
        assert_eq!(act(market.master(), &again, "refuse", why()).expect(200), refused);
        act(&grower.caller, &again, "withdraw", json!({})).problem(409, "state_conflict");
        let listed = |query: &str| {
            let page = market.master().get(format!("/v1/promotions?{query}")).expect(200);
            page["data"].as_array().unwrap().iter().map(id_of).collect::<Vec<_>>()
        };
        assert_eq!(listed(""), [id_of(&again), id_of(&proposed)]);
        assert_eq!(listed("state=refused"), [id_of(&again)]);
        assert_eq!(listed(&format!("agreement_id={}&partner_id={}", grower.agreement, grower.partner)).len(), 2);
        assert_eq!(listed(&format!("partner_id={}", market.partner())), [""; 0]);
    }

    fn a_decision_on_a_promotion_is_for_the_version_that_was_read(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        let proposed = grower.proposed("own_services");
        let path = format!("/v1/promotions/{}", id_of(&proposed));
        assert_eq!(market.master().get(&path).etag(), "\"1\"");
        let stale = market.master().request("POST", format!("{path}/refuse")).header("if-match", "\"7\"").json(&why()).send();
        stale.problem(412, "version_mismatch");
        let once = || grower.caller.request("POST", format!("{path}/withdraw")).header("idempotency-key", "k").json(&json!({})).send();
        let (first, again) = (once(), once());
        assert_eq!((first.expect(200), again.header("idempotency-replayed")), (again.expect(200), Some("true".to_owned())));
    }

    fn of_decisions_at_once_one_counts_and_of_proposals_at_once_one_waits(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let grower = Grower::at(&market, "facilitator");
        grower.sell(&market, &market.customer(&grower.partner), "2026-03-02");
        let together = |calls: &[&(dyn Fn() -> Answer + Sync)]| -> Vec<u16> {
            let barrier = Barrier::new(calls.len());
            let mut statuses: Vec<u16> = thread::scope(|scope| {
                let asked: Vec<_> = calls.iter().map(|call| scope.spawn(|| { barrier.wait(); call().status })).collect();
                asked.into_iter().map(|asked| asked.join().unwrap()).collect()
            });
            statuses.sort_unstable();
            statuses
        };
        let propose = || grower.propose(&grower.caller, "own_services");
        assert_eq!(together(&[&propose, &propose, &propose]), [201, 409, 409]);
        let proposed = grower.caller.get("/v1/promotions").expect(200)["data"][0].clone();
        let (approve, refuse) = (|| act(market.master(), &proposed, "approve", why()), || act(market.master(), &proposed, "refuse", why()));
        assert_eq!(together(&[&approve, &refuse]), [200, 409]);
        let stages = market.master().get(format!("/v1/agreements/{}", grower.agreement)).expect(200)["stages"].as_array().unwrap().len();
        let approved = market.master().get(format!("/v1/promotions/{}", id_of(&proposed))).expect(200)["state"] == "approved";
        assert_eq!(stages, if approved { 2 } else { 1 });
    }

    fn d22_growth_is_its_partners_and_its_masters_business_alone(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (grower, other) = (Grower::at(&market, "facilitator"), Grower::at(&market, "sub_network"));
        let proposed = grower.proposed("own_services");
        let path = format!("/v1/promotions/{}", id_of(&proposed));
        act(&grower.caller, &proposed, "approve", why()).problem(403, "forbidden");
        for stranger in [&other.caller, &app.master("br")] {
            stranger.get(&path).problem(404, "not_found");
            assert_eq!(stranger.get("/v1/promotions").expect(200), json!({ "data": [], "next": null }));
            grower.growth(stranger).problem(404, "not_found");
            grower.propose(stranger, "own_services").problem(404, "not_found");
            act(stranger, &proposed, "withdraw", json!({})).problem(404, "not_found");
        }
        act(&app.master("br"), &proposed, "refuse", why()).problem(404, "not_found");
        // A promoter's own record is not shown to the reseller that it serves, which sees its agreement.
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&other.partner));
        other.caller.get(format!("/v1/agreements/{promoting}")).expect(200);
        other.caller.get(format!("/v1/agreements/{promoting}/growth")).problem(404, "not_found");
        assert_eq!(market.caller(&promoter).get(format!("/v1/agreements/{promoting}/growth")).expect(200)["next"], Value::Null);
        other.caller.post("/v1/promotions", json!({ "agreement_id": promoting, "stage": "helpdesk" })).problem(404, "not_found");
        act(market.master(), &proposed, "refuse", why()).expect(200);
        let kinds = |caller: &Caller| {
            let feed = caller.get("/v1/events?limit=200").expect(200);
            let own = feed["data"].as_array().unwrap().iter().filter(|event| event["subject"] == proposed["id"]);
            own.map(|event| event["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&grower.caller), ["promotion.proposed", "promotion.refused"]);
        assert_eq!(kinds(market.master()), ["promotion.proposed", "promotion.refused"]);
        assert_eq!((kinds(&other.caller), kinds(&app.master("br"))), (vec![], vec![]));
    }
}
