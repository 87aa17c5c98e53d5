//! What hangs on a customer or a prospect goes with it: projects, places in portfolios, protections and open proposals (R49, R51).

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

use super::{Failing, all, assert_sound, opening};
use crate::promotion::{Promoter, prospect};

/// A customer of the failing reseller with a client manager since March 1st, a running project, and an offer of two lines.
struct Followed {
    customer: String,
    manager: Promoter,
    consultant: Promoter,
    place: String,
    project: String,
    proposal: String,
}

fn offer(failing: &Failing<'_>, market: &Market<'_>, of: (&str, &str)) -> String {
    let offer = json!({
        "agreement_id": failing.shop.agreement, of.0: of.1, "currency": "EUR", "years": 2,
        "lines": [line(&market.item("sales_and_purchasing"), "year", Some("950.00")), line(&failing.shop.services, "year", Some("400.00"))],
    });
    let failed = failing.failed();
    let id = id_of(&failed.post("/v1/proposals", offer).expect(201));
    failed.post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
    id
}

/// A project within an area that is confirmed for the consultant.
fn project(market: &Market<'_>, consultant: &Promoter, reseller: &Caller, customer: &str) -> String {
    let area = json!({ "agreement_id": consultant.agreement, "area": "people", "description": "Ten years of payroll." });
    let area = id_of(&consultant.caller.post("/v1/expertise", area).expect(201));
    market.master().post(format!("/v1/expertise/{area}/confirm"), json!({})).expect(200);
    let body = json!({
        "agreement_id": consultant.agreement, "customer_id": customer, "area": "people", "title": "Payroll", "starts_on": "2026-03-02",
    });
    let project = id_of(&reseller.post("/v1/projects", body).expect(201));
    consultant.caller.post(format!("/v1/projects/{project}/accept"), json!({})).expect(200);
    project
}

impl Followed {
    fn by(failing: &Failing<'_>, market: &Market<'_>) -> Self {
        let customer = market.customer(&failing.shop.partner);
        let [manager, consultant] =
            ["client_manager", "project_consultant"].map(|figure| Promoter::of(market, &failing.shop, figure));
        let place = json!({ "agreement_id": manager.agreement, "customer_id": customer, "from": "2026-03-01" });
        let place = id_of(&failing.failed().post("/v1/portfolio-places", place).expect(201));
        let project = project(market, &consultant, &failing.failed(), &customer);
        let proposal = offer(failing, market, ("customer_id", &customer));
        Self { customer, manager, consultant, place, project, proposal }
    }

    /// With whom the project is, and since when.
    fn project_is_with(&self, caller: &Caller) -> (Value, Value) {
        let shown = caller.get(format!("/v1/projects/{}", self.project)).expect(200);
        (shown["company"]["id"].clone(), shown["company_from"].clone())
    }

    /// With whom the client manager keeps the customer on a day.
    fn kept_with(&self, day: &str) -> Vec<Value> {
        let path = format!("/v1/portfolio-places?customer_id={}&on_day={day}", self.customer);
        all(&self.manager.caller, &path).iter().map(|place| place["company"]["id"].clone()).collect()
    }
}

fn proposal(caller: &Caller, id: &str) -> Value {
    caller.get(format!("/v1/proposals/{id}")).expect(200)
}

fn successor_of(caller: &Caller, id: &str) -> String {
    proposal(caller, id)["successor_id"].as_str().expect("a successor").to_owned()
}

/// A prospect of the failing reseller that a master protects.
fn protected(failing: &Failing<'_>, market: &Market<'_>, domain: &str) -> String {
    let claim = json!({
        "prospect": prospect(domain),
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    });
    let id = id_of(&failing.failed().post("/v1/registrations", claim).expect(201));
    market.master().post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
    id
}

on_both_engines! {
    fn r49_projects_portfolios_and_offers_follow_their_customer_and_come_back_with_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let followed = Followed::by(&failing, &market);
        let (failed, taker) = (json!(failing.shop.partner), json!(failing.taker.partner));
        let case = failing.suspended();
        let path = format!("/v1/continuity-cases/{case}");
        failing.plan(&case, "2026-03-02");
        // The preview says what goes where, and which line nobody else can offer.
        let preview = failing.master().get(format!("{path}/preview")).expect(200);
        let share = &preview["companies"][0];
        assert_eq!(share["company"]["id"], taker);
        for (what, count) in [("customers", 1), ("projects", 1), ("portfolio_places", 1), ("proposals", 1), ("protections", 0)] {
            assert_eq!(share[what], json!(count), "{what}");
        }
        let left_out = json!([{ "line": 2, "code": "item_not_offered" }]);
        assert_eq!(preview["proposals_not_carried"][0]["proposal_id"], json!(followed.proposal));
        assert_eq!((&preview["proposals_not_carried"][0]["reason"], &preview["proposals_not_carried"][0]["lines"]), (&json!(null), &left_out));
        for (kind, id) in [("project", &followed.project), ("portfolio_place", &followed.place), ("proposal", &followed.proposal)] {
            let holding = &all(&failing.master(), &format!("{path}/holdings?kind={kind}"))[0];
            assert_eq!((&holding["id"], &holding["goes_to"]["id"]), (&json!(id), &taker), "{kind}");
        }
        failing.approve(&case);
        failing.run(&case, "execute", 1, "executed");
        assert_eq!(followed.project_is_with(&failing.successor()), (taker.clone(), json!("2026-03-02")));
        assert_eq!(followed.project_is_with(&followed.consultant.caller).0, taker);
        failing.failed().get(format!("/v1/projects/{}", followed.project)).problem(404, "not_found");
        assert_eq!((followed.kept_with("2026-03-01"), followed.kept_with("2026-03-02")), (vec![failed.clone()], vec![taker.clone()]));
        // The offer stands again as a draft of the successor's; what was issued is as it was.
        let before = proposal(&failing.master(), &followed.proposal);
        assert_eq!((&before["state"], before["lines"].as_array().unwrap().len()), (&json!("sent"), 2));
        assert_eq!(proposal(&failing.failed(), &followed.proposal)["successor_id"], json!(null), "D22");
        let first = successor_of(&failing.master(), &followed.proposal);
        assert_eq!(proposal(&failing.master(), &first)["follows_id"], json!(followed.proposal));
        let draft = proposal(&failing.successor(), &first);
        assert_eq!((&draft["state"], &draft["seller"]["id"], &draft["agreement_id"]), (&json!("draft"), &taker, &json!(failing.taker.agreement)));
        assert_eq!((&draft["follows_id"], &draft["years"], &draft["lines"][0]["net_price"]["amount"]), (&json!(null), &json!(2), &json!("950.00")));
        assert_eq!((draft["lines"].as_array().unwrap().len(), &draft["customer_id"]), (1, &json!(followed.customer)));
        assert_sound(&app);
        // Taken back, it is as if nothing had gone.
        failing.run(&case, "revert", 1, "open");
        assert_eq!(followed.project_is_with(&failing.failed()), (failed.clone(), json!(null)));
        assert_eq!((followed.kept_with("2026-03-01"), followed.kept_with("2026-03-02")), (vec![failed.clone()], vec![failed.clone()]));
        assert_eq!(followed.kept_with("2026-03-03"), vec![failed.clone()]);
        let gone = proposal(&failing.successor(), &first);
        assert_eq!((&gone["state"], &gone["reason"]), (&json!("withdrawn"), &json!("takeover_reverted")));
        let before = proposal(&failing.master(), &followed.proposal);
        assert_eq!((&before["state"], &before["successor_id"]), (&json!("sent"), &json!(null)));
        assert_sound(&app);
        // Carried out again and confirmed, the old one is withdrawn and names the one that can be signed.
        failing.approve(&case);
        failing.run(&case, "execute", 1, "executed");
        assert_eq!(followed.kept_with("2026-03-02"), vec![taker.clone()]);
        failing.run(&case, "confirm", 1, "confirmed");
        let ended = proposal(&failing.master(), &followed.proposal);
        assert_eq!((&ended["state"], &ended["reason"]), (&json!("withdrawn"), &json!("partner_failed")));
        let second = successor_of(&failing.master(), &followed.proposal);
        assert_ne!(second, first);
        failing.successor().post(format!("/v1/proposals/{second}/send"), json!({})).expect(200);
        let signed = failing.successor().post(format!("/v1/proposals/{second}/sign"), json!({ "signed_on": "2026-03-02" })).expect(201);
        assert_eq!(signed["seller"]["id"], taker);
        assert_eq!(failing.act(&case, "close", json!({})).expect(200)["state"], "closed");
        assert_sound(&app);
    }

    fn r49_a_protected_prospect_goes_with_its_offer_to_whom_it_is_assigned(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let third = Shop::open(&market, "helpdesk");
        let [planned, named, masters] = ["vinhos.pt", "queijos.pt", "azeites.pt"].map(|domain| {
            let registration = protected(&failing, &market, domain);
            let offered = offer(&failing, &market, ("registration_id", &registration));
            (registration, offered)
        });
        let case = failing.suspended();
        let path = format!("/v1/continuity-cases/{case}");
        let plan = json!({ "company_id": failing.taker.partner, "from": "2026-03-02", "protections": "release" });
        failing.act(&case, "plan", plan).expect(200);
        let assign = |company: &str, registration: &str| {
            failing.act(&case, "assignments", json!({ "company_id": company, "registration_ids": [registration] }))
        };
        failing.act(&case, "assignments", json!({ "company_id": third.partner })).problem(422, "invalid_request");
        let unknown = assign(&third.partner, "registration_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!(unknown.broken(), ["unknown_registration R36 /registration_ids/0"]);
        assign(&third.partner, &named.0).expect(200);
        let shown = assign(&market.master_id(), &masters.0).expect(200);
        assert_eq!((&shown["plan"]["prospects_assigned"], &shown["plan"]["assigned_otherwise"]), (&json!(2), &json!(0)));
        let preview = failing.master().get(format!("{path}/preview")).expect(200);
        let share = |company: &str, what: &str| {
            let shares = preview["companies"].as_array().unwrap().iter();
            shares.filter(|it| it["company"]["id"] == company).map(|it| it[what].clone()).next().unwrap_or(json!(null))
        };
        assert_eq!((share(&third.partner, "protections"), share(&third.partner, "proposals")), (json!(1), json!(1)));
        assert_eq!((share(&market.master_id(), "protections"), share(&market.master_id(), "proposals")), (json!(0), json!(1)));
        let reasons: Vec<_> = preview["proposals_not_carried"].as_array().unwrap().iter().map(|it| (it["proposal_id"].clone(), it["reason"].clone())).collect();
        assert!(reasons.contains(&(json!(planned.1), json!("protection_ends"))), "{reasons:?}");
        assert!(reasons.contains(&(json!(named.1), json!(null))) && reasons.contains(&(json!(masters.1), json!(null))), "{reasons:?}");
        failing.approve(&case);
        failing.run(&case, "execute", 10, "executed");
        failing.run(&case, "confirm", 1, "confirmed");
        // What is released ends with its offer; the others stand again.
        assert_eq!(proposal(&failing.master(), &planned.1)["successor_id"], json!(null));
        let state = |id: &str| failing.master().get(format!("/v1/registrations/{id}")).expect(200)["state"].clone();
        assert_eq!([&planned.0, &named.0, &masters.0].map(|id| state(id)), [json!("released"), json!("released"), json!("released")]);
        let third_caller = app.partner(&third.partner);
        let taken = all(&third_caller, "/v1/registrations?state=accepted");
        assert_eq!((taken.len(), &taken[0]["prospect"]["domain"]), (1, &json!("queijos.pt")));
        let draft = proposal(&third_caller, &successor_of(&failing.master(), &named.1));
        assert_eq!((&draft["state"], &draft["registration_id"]), (&json!("draft"), &taken[0]["id"]));
        let draft = proposal(&failing.master(), &successor_of(&failing.master(), &masters.1));
        assert_eq!((&draft["seller"]["id"], &draft["agreement_id"], &draft["registration_id"]), (&json!(market.master_id()), &json!(null), &json!(null)));
        let customer = failing.master().get(format!("/v1/customers/{}", draft["customer_id"].as_str().unwrap())).expect(200);
        assert_eq!((&customer["domain"], &customer["responsible"]["id"]), (&json!("azeites.pt"), &json!(market.master_id())));
        // Both can be sent and signed by whose they are.
        for (caller, id) in [(third_caller, successor_of(&failing.master(), &named.1)), (failing.master(), id_of(&draft))] {
            caller.post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
            caller.post(format!("/v1/proposals/{id}/sign"), json!({ "signed_on": "2026-03-02" })).expect(201);
        }
        failing.act(&case, "close", json!({})).expect(200);
        assert_sound(&app);
    }

    fn r51_an_offer_that_the_customer_accepted_meanwhile_is_not_to_be_had_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let customers = [(), (), ()].map(|()| market.customer(&failing.shop.partner));
        let offers = customers.each_ref().map(|customer| offer(&failing, &market, ("customer_id", customer)));
        let case = failing.suspended();
        failing.plan(&case, "2026-03-02");
        failing.approve(&case);
        failing.run(&case, "execute", 10, "executed");
        let successor = failing.successor();
        let drafts = offers.each_ref().map(|id| successor_of(&failing.master(), id));
        let act = |id: &str, action: &str, body: Value| successor.post(format!("/v1/proposals/{id}/{action}"), body);
        act(&drafts[0], "send", json!({})).expect(200);
        act(&drafts[0], "sign", json!({ "signed_on": "2026-03-02" })).expect(201);
        act(&drafts[1], "withdraw", json!({})).expect(200);
        failing.run(&case, "revert", 10, "open");
        // Signed: the old one is withdrawn. Not wanted by the successor, or still open: it is the partner's again.
        let states = offers.each_ref().map(|id| proposal(&failing.master(), id)["state"].clone());
        assert_eq!(states, [json!("withdrawn"), json!("sent"), json!("sent")]);
        assert_sound(&app);
        // It goes over again, once more each.
        failing.approve(&case);
        failing.run(&case, "execute", 10, "executed");
        assert!(offers[1..].iter().zip(&drafts[1..]).all(|(id, draft)| successor_of(&failing.master(), id) != *draft));
        assert_sound(&app);
    }

    fn r49_a_suspended_company_begins_no_project_and_no_portfolio(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let followed = Followed::by(&failing, &market);
        let other = market.customer(&failing.shop.partner);
        let asked = json!({
            "agreement_id": followed.consultant.agreement, "customer_name": "Lota", "area": "people", "title": "Wages", "starts_on": "2026-03-02",
        });
        let second = Promoter::of(&market, &failing.shop, "client_manager");
        let waiting = id_of(&followed.consultant.caller.post("/v1/projects", asked).expect(201));
        failing.suspended();
        let failed = failing.failed();
        let says = |broken: Vec<String>| assert!(broken.contains(&"partner_suspended R49 ".to_owned()), "{broken:?}");
        // Not even from a day before.
        says(failed.post("/v1/portfolio-places", json!({ "agreement_id": followed.manager.agreement, "customer_id": other, "from": "2026-03-01" })).broken());
        let hand_over = json!({ "agreement_id": second.agreement, "from": "2026-03-02" });
        says(failed.post(format!("/v1/portfolio-places/{}/hand-over", followed.place), hand_over).broken());
        let body = json!({
            "agreement_id": followed.consultant.agreement, "customer_id": other, "area": "people", "title": "Wages", "starts_on": "2026-03-02",
        });
        says(failed.post("/v1/projects", body).broken());
        says(failed.post(format!("/v1/projects/{waiting}/accept"), json!({ "customer_id": other })).broken());
    }

    fn r49_what_nobody_takes_over_ends_with_the_partner_and_what_runs_goes_on(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let followed = Followed::by(&failing, &market);
        let sold = failing.shop.sell(&market, &[&followed.manager.agreement]);
        let asked = json!({
            "agreement_id": failing.shop.agreement, "document": "proposal", "customer_id": followed.customer,
            "description": "Three modules for twelve users.",
        });
        let asked = id_of(&failing.failed().post("/v1/support-requests", asked).expect(201));
        let draft = market.under_supervision(&market.partner(), "marketing_consultant", Some(&failing.shop.partner), None);
        let case = failing.suspended();
        let path = format!("/v1/continuity-cases/{case}");
        failing.plan(&case, "2026-03-02");
        let left = failing.master().get(format!("{path}/preview")).expect(200)["left"].clone();
        assert_eq!((&left["support_requests"], &left["promoter_agreements"]), (&json!(1), &json!(3)));
        let request = &all(&failing.master(), &format!("{path}/holdings?kind=support_request"))[0];
        assert_eq!((&request["id"], &request["customer_id"], &request["goes_to"]), (&json!(asked), &json!(followed.customer), &json!(null)));
        failing.approve(&case);
        failing.run(&case, "execute", 1, "executed");
        // Until it is confirmed all can be taken back.
        let agreement = |id: &str| failing.master().get(format!("/v1/agreements/{id}")).expect(200);
        assert_eq!(agreement(&followed.manager.agreement)["state"], "active");
        failing.run(&case, "confirm", 1, "confirmed");
        for ended in [&followed.manager.agreement, &followed.consultant.agreement, &draft] {
            assert_eq!((&agreement(ended)["state"], &agreement(ended)["reason"]), (&json!("terminated"), &json!("partner_failed")));
        }
        let request = failing.master().get(format!("/v1/support-requests/{asked}")).expect(200);
        assert_eq!((&request["state"], &request["reason"]), (&json!("declined"), &json!("partner_failed")));
        assert_eq!(failing.act(&case, "close", json!({})).expect(200)["state"], "closed");
        // A running commission goes on (D19), and so does what followed its customer, on the days after as well.
        app.advance(TimeDelta::days(1));
        let market = market.later();
        market.again(&sold).bill(1, "1520.00");
        let manager = app.partner(&followed.manager.partner);
        let earned = all(&manager, "/v1/ledger-entries");
        assert_eq!((earned.len(), &earned[0]["amount"]["amount"], &earned[0]["debtor"]["id"]), (1, &json!("100.00"), &json!(failing.taker.partner)));
        let advice = json!({ "dated_on": "2026-03-03", "advice": "Begin with the holidays." });
        app.partner(&followed.consultant.partner).post(format!("/v1/projects/{}/advice", followed.project), advice).expect(201);
        let places = all(&manager, &format!("/v1/portfolio-places?customer_id={}&on_day=2026-03-03", followed.customer));
        let visit = json!({
            "agreement_id": followed.manager.agreement, "portfolio_place_id": places[0]["id"], "kind": "call", "dated_on": "2026-03-03",
            "note": "They know whom to call.",
        });
        manager.post("/v1/follow-ups", visit).expect(201);
        // Nothing new begins under an agreement that ended.
        let introduced = json!({ "agreement_id": followed.manager.agreement, "prospect": prospect("novo.pt"), "note": "They look for one." });
        assert!(manager.post("/v1/introductions", introduced).broken().iter().any(|it| it.starts_with("agreement_not_in_force R7")));
        assert_sound(&app);
    }

    fn d19_the_fee_for_a_project_that_followed_its_customer_is_owed_by_whoever_has_it_on_the_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing { taker: Shop::open(&market, "sub_network"), ..Failing::of(&app, &market) };
        let followed = Followed::by(&failing, &market);
        let case = failing.suspended();
        failing.plan(&case, "2026-03-03");
        failing.approve(&case);
        app.advance(TimeDelta::days(1));
        failing.run(&case, "execute", 10, "executed");
        failing.run(&case, "confirm", 10, "confirmed");
        let consultant = app.partner(&followed.consultant.partner);
        let report = |agreement: &str, day: &str, project: Option<&str>| {
            let mut body = json!({
                "agreement_id": agreement, "fee": "advice", "currency": "EUR", "quantity": "2", "done_on": day,
                "description": "The holidays.", "evidence": [{ "description": "The minutes." }],
            });
            if let Some(project) = project {
                body["subject_id"] = json!(project);
            }
            consultant.post("/v1/services", body)
        };
        let (old, project) = (&followed.consultant.agreement, Some(followed.project.as_str()));
        // Under the agreement that it began under: each day is owed by whoever had it then.
        let before = report(old, "2026-03-02", project).expect(201);
        let after = report(old, "2026-03-03", project).expect(201);
        let served = [&before, &after].map(|it| it["served"]["id"].clone());
        assert_eq!(served, [json!(failing.shop.partner), json!(failing.taker.partner)]);
        assert_eq!(report(old, "2026-03-03", None).broken(), ["agreement_not_in_force R7 /agreement_id"]);
        let path = format!("/v1/services/{}", id_of(&after));
        failing.failed().get(&path).problem(404, "not_found");
        failing.failed().post(format!("{path}/confirm"), json!({})).problem(404, "not_found");
        failing.successor().post(format!("{path}/confirm"), json!({})).expect(200);
        let owed = all(&consultant, "/v1/ledger-entries");
        assert_eq!((owed.len(), &owed[0]["amount"]["amount"], &owed[0]["debtor"]["id"]), (1, &json!("120.00"), &json!(failing.taker.partner)));
        assert_eq!(id_of(&all(&failing.successor(), "/v1/ledger-entries")[0]), id_of(&owed[0]));
        // Under a new agreement with whoever has it, and with nobody else.
        let market = market.later();
        let [new, elsewhere] = [&failing.taker, &Shop::open(&market, "sub_network")]
            .map(|shop| market.agreement(&followed.consultant.partner, "project_consultant", Some(&shop.partner)));
        let served = report(&new, "2026-03-03", project).expect(201)["served"]["id"].clone();
        assert_eq!(served, json!(failing.taker.partner));
        assert_eq!(report(&elsewhere, "2026-03-03", project).broken(), ["unknown_subject R24 /subject_id"]);
        assert_eq!(report(&new, "2026-03-02", project).broken(), ["unknown_subject R24 /subject_id"]);
        assert_sound(&app);
    }

    fn r51_a_project_whose_consultant_answered_for_the_customer_follows_it_and_ends_with_its_consultant(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let third = Shop::open(&market, "helpdesk");
        let customer = market.customer(&failing.shop.partner);
        let consultant = Promoter::of(&market, &failing.shop, "project_consultant");
        let project = project(&market, &consultant, &failing.failed(), &customer);
        // It sells by itself from today on, and its project goes on.
        let end = json!({ "reason": "It was agreed." });
        market.master().post(format!("/v1/agreements/{}/terminate", consultant.agreement), end).expect(200);
        let sells = json!({ "partner_id": consultant.partner, "partnership_type": "reseller", "language": "pt", "starts_on": "2026-03-02" });
        let sells = id_of(&market.master().post("/v1/agreements", sells).expect(201));
        for action in ["submit", "begin-supervision"] {
            market.master().post(format!("/v1/agreements/{sells}/{action}"), json!({})).expect(200);
        }
        market.master().post(format!("/v1/agreements/{sells}/supervisions"), market.approval(&sells)).expect(200);
        let failing = Failing { taker: Shop { partner: consultant.partner.clone(), ..failing.taker }, ..failing };
        let shown = || failing.master().get(format!("/v1/projects/{project}")).expect(200);
        let carried_out = |case: &str, actions: &[(&str, &str)]| {
            for (action, until) in actions {
                failing.run(case, action, 10, until);
            }
        };
        let case = failing.suspended();
        failing.plan(&case, "2026-03-02");
        failing.approve(&case);
        carried_out(&case, &[("execute", "executed"), ("confirm", "confirmed")]);
        failing.act(&case, "close", json!({})).expect(200);
        assert_eq!((&shown()["company"]["id"], &shown()["state"]), (&json!(market.master_id()), &json!("running")));
        // Now its consultant, which answers for the customer, fails as well.
        let case = id_of(&failing.master().post("/v1/continuity-cases", opening(&failing.taker.partner)).expect(201));
        failing.act(&case, "suspend", json!({})).expect(200);
        let plan = json!({ "company_id": third.partner, "from": "2026-03-02", "protections": "transfer" });
        failing.act(&case, "plan", plan).expect(200);
        let holdings = all(&failing.master(), &format!("/v1/continuity-cases/{case}/holdings?kind=project"));
        assert_eq!((&holdings[0]["id"], &holdings[0]["goes_to"]), (&json!(project), &json!(null)));
        failing.approve(&case);
        carried_out(&case, &[("execute", "executed")]);
        assert_eq!((&shown()["company"]["id"], &shown()["state"]), (&json!(third.partner), &json!("running")));
        carried_out(&case, &[("revert", "open")]);
        assert_eq!(shown()["company"]["id"], json!(market.master_id()));
        failing.approve(&case);
        carried_out(&case, &[("execute", "executed"), ("confirm", "confirmed")]);
        let ended = shown();
        assert_eq!((&ended["company"]["id"], &ended["state"], &ended["reason"]), (&json!(third.partner), &json!("cancelled"), &json!("partner_failed")));
        failing.act(&case, "close", json!({})).expect(200);
        assert_sound(&app);
    }

    fn r49_what_cannot_be_taken_back_is_not_begun_with_somebody_who_cannot_take_over(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        market.customer(&failing.shop.partner);
        protected(&failing, &market, "vinhos.pt");
        let case = failing.suspended();
        failing.plan(&case, "2026-03-02");
        failing.approve(&case);
        failing.run(&case, "execute", 10, "executed");
        let end = json!({ "reason": "It was agreed." });
        market.master().post(format!("/v1/agreements/{}/terminate", failing.taker.agreement), end).expect(200);
        assert_eq!(failing.act(&case, "confirm", json!({})).broken(), ["taker_not_in_force R7 "]);
        // Everything can still be taken back.
        failing.run(&case, "revert", 10, "open");
        assert_sound(&app);
    }

    fn r49_introductions_that_wait_for_a_failed_company_are_declined_and_those_it_took_up_stay(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        market.customer(&failing.shop.partner);
        let promoter = market.partner();
        let agreement = market.agreement(&promoter, "marketing_consultant", Some(&failing.shop.partner));
        let offer = |domain: &str| {
            let prospect = json!({ "name": "Conservas do Mar, S.A.", "country": "PT", "domain": domain });
            let body = json!({ "agreement_id": agreement, "prospect": prospect, "note": "They want to leave their spreadsheets." });
            id_of(&market.caller(&promoter).post("/v1/introductions", body).expect(201))
        };
        let (waiting, taken_up) = (offer("conservas.pt"), offer("azeite.pt"));
        failing.failed().post(format!("/v1/introductions/{taken_up}/accept"), json!({})).expect(200);
        let case = failing.suspended();
        let held = all(&failing.master(), &format!("/v1/continuity-cases/{case}/holdings?kind=introduction"));
        assert_eq!((held.len(), &held[0]["id"], &held[0]["state"]), (1, &json!(waiting), &json!("offered")));
        failing.plan(&case, "2026-03-02");
        let preview = failing.master().get(format!("/v1/continuity-cases/{case}/preview")).expect(200);
        assert_eq!(preview["left"]["introductions"], json!(1));
        failing.approve(&case);
        failing.run(&case, "execute", 100, "executed");
        failing.run(&case, "confirm", 100, "confirmed");
        failing.act(&case, "close", json!({})).expect(200);
        let seen = |id: &str| app.partner(&promoter).get(format!("/v1/introductions/{id}")).expect(200);
        let declined = seen(&waiting);
        assert_eq!((&declined["state"], &declined["reason"], &declined["answer"]), (&json!("declined"), &json!("other"), &json!("partner_failed")));
        assert_eq!(seen(&taken_up)["state"], "accepted", "what was taken up stays on record");
        assert_sound(&app);
    }
}
