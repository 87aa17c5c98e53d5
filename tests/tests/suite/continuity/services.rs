//! An integrator that fails leaves the services alone that it does on its master's contracts: they go over, and the sale stays (R49).

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Sold, eur, id_of, line},
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    all, assert_sound,
    money::{entries, owes},
    opening,
};

/// A prospect that the master protects for the integrator.
fn protected(market: &Market<'_>, partner: &str, domain: &str) -> String {
    let claim = json!({
        "prospect": { "name": domain, "country": "FR", "domain": domain },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    });
    let registration = id_of(&market.caller(partner).post("/v1/registrations", claim).expect(201));
    market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
    registration
}

/// Signs a contract of one instance and services of the integrator's own for 365.00 a year, which the master contracts and bills.
fn sell<'a>(market: &'a Market<'_>, (partner, agreement): (&str, &str), own: &str, domain: &str) -> Sold<'a> {
    let registration = protected(market, partner, domain);
    let lines = json!([line(&market.item("instance"), "year", None), line(own, "year", Some("365.00"))]);
    let proposal = json!({ "agreement_id": agreement, "registration_id": registration, "currency": "EUR", "lines": lines });
    market.sell(&market.caller(partner), &proposal)
}

/// Offers an instance to a prospect that is protected for the integrator, by a proposal that was sent. The registration and the proposal.
fn offered(market: &Market<'_>, (partner, agreement): (&str, &str), domain: &str) -> (String, String) {
    let (caller, registration) = (market.caller(partner), protected(market, partner, domain));
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let proposal = json!({ "agreement_id": agreement, "registration_id": registration, "currency": "EUR", "lines": lines });
    let id = id_of(&caller.post("/v1/proposals", proposal).expect(201));
    caller.post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
    (registration, id)
}

/// Repeats an action, by somebody else of the master each time.
fn act(app: &TestApp, case: &str, action: &str, body: Value) -> Answer {
    app.master("fr").post(format!("/v1/continuity-cases/{case}/{action}"), body)
}

fn suspended(app: &TestApp, partner: &str) -> String {
    let case = id_of(&app.master("fr").post("/v1/continuity-cases", opening(partner)).expect(201));
    act(app, &case, "suspend", json!({})).expect(200);
    case
}

fn approve(app: &TestApp, case: &str) {
    act(app, case, "approve", json!({})).expect(200);
    assert_eq!(act(app, case, "approve", json!({})).expect(200)["state"], "approved");
}

fn holdings(app: &TestApp, case: &str, kind: &str) -> Vec<Value> {
    all(&app.master("fr"), &format!("/v1/continuity-cases/{case}/holdings?kind={kind}"))
}

/// With whom the customer's line has its start-up and support, by the master's desk.
fn desk(master: &Caller, customer: &str, day: &str) -> String {
    master.get(format!("/v1/customers/{customer}/support-desk?day={day}")).expect(200).to_string()
}

/// The annuities of a contract that a caller sees.
fn all_annuities(caller: &Caller, contract: &str) -> Vec<String> {
    all(caller, &format!("/v1/annuities?contract_id={contract}")).iter().map(id_of).collect()
}

on_both_engines! {
    fn r49_a_failed_integrators_services_are_listed_planned_and_moved_and_the_sale_stays(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [failed, taker, referrer] = [(); 3].map(|()| market.partner());
        let agreement = market.agreement(&failed, "affiliated_integrator", None);
        let of_taker = market.agreement(&taker, "affiliated_integrator", None);
        market.agreement(&referrer, "referrer", None);
        let own = market.own_item(&failed, "partner_own");
        let first = sell(&market, (&failed, &agreement), &own, "fromagerie.fr");
        let second = sell(&market, (&failed, &agreement), &own, "poterie.fr");
        first.bill(1, "1565.00");
        second.bill(1, "1565.00");
        // R66: 365.00 of each; R68: 840.00 of the second sale.
        assert_eq!(owes(&app.partner(&failed)), Decimal::from(-1570));
        let before = app.master("fr").get(format!("/v1/contracts/{}", first.contract)).expect(200);
        assert_eq!(before["served_by"]["id"], json!(failed));
        let case = suspended(&app, &failed);
        assert_eq!(holdings(&app, &case, "customer").len(), 2);
        let contracts = holdings(&app, &case, "contract");
        assert_eq!(contracts.len(), 2);
        assert!(contracts.iter().all(|it| it["services_only"] == true), "{contracts:?}");
        let plan = |company: &str| act(&app, &case, "plan", json!({ "company_id": company, "from": "2026-05-14", "protections": "release" }));
        assert_eq!(plan(&referrer).broken(), ["services_not_done R49 /company_id"]);
        assert_eq!(plan(&taker).expect(200)["plan"]["agreement_id"], json!(of_taker));
        let preview = app.master("fr").get(format!("/v1/continuity-cases/{case}/preview")).expect(200);
        assert_eq!((&preview["left"]["customers"], &preview["left"]["contracts"]), (&json!(2), &json!(2)));
        let share = &preview["companies"][0];
        assert_eq!((&share["company"]["id"], &share["customers"], &share["contracts"]), (&json!(taker), &json!(2), &json!(2)));
        assert!(holdings(&app, &case, "contract").iter().all(|it| it["goes_to"]["id"] == json!(taker)));
        approve(&app, &case);
        app.advance(TimeDelta::days(73));
        let done = act(&app, &case, "execute", json!({})).expect(200);
        assert_eq!((&done["state"], &done["progress"]["over"]), (&json!("executed"), &json!(2)));
        assert_eq!((holdings(&app, &case, "customer"), holdings(&app, &case, "contract")), (vec![], vec![]));
        // The sale is its master's as before, and the taker learns nothing of whose the services were (D22).
        let contract = app.master("fr").get(format!("/v1/contracts/{}", first.contract)).expect(200);
        assert_eq!((&contract["seller"]["kind"], &contract["partner_id"]), (&json!("master"), &json!(failed)));
        // Who serves is told to the master and to whoever does; whoever does not any more learns of nobody (R53, D22).
        assert_eq!(contract["served_by"], json!({ "kind": "partner", "id": taker }));
        let served_by = |caller: &Caller| {
            let listed = all(caller, "/v1/contracts").into_iter().find(|it| it["id"] == json!(first.contract)).expect("listed");
            let shown = caller.get(format!("/v1/contracts/{}", first.contract)).expect(200);
            assert_eq!(listed["served_by"], shown["served_by"]);
            shown["served_by"].clone()
        };
        assert_eq!(served_by(&app.partner(&taker)), json!({ "kind": "partner", "id": taker }));
        assert_eq!(served_by(&app.partner(&failed)), json!(null));
        let customer = contract["customer_id"].as_str().unwrap();
        let responsible = app.master("fr").get(format!("/v1/customers/{customer}/responsibility?day=2026-05-14")).expect(200);
        assert_eq!(responsible["responsible"]["kind"], "master");
        let seen = app.partner(&taker).get(format!("/v1/contracts/{}", first.contract)).expect(200);
        assert_eq!((&seen["seller"]["kind"], &seen["partner_id"], &seen["attributions"]), (&json!("master"), &json!(taker), &json!([])));
        assert!(!seen.to_string().contains(&failed), "{seen}");
        let told: Vec<Value> = all(&app.partner(&taker), "/v1/events?limit=200").into_iter().filter(|it| it["kind"] == "contract.services_taken_over").collect();
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|it| it["data"]["services_by"]["id"] == json!(taker) && !it.to_string().contains(&failed)), "{told:?}");
        // What is due for the services goes with the days; what the sale earned once stays (D19).
        let master = app.master("fr");
        assert_eq!((owes(&app.partner(&failed)), owes(&app.partner(&taker))), (Decimal::from(-986), Decimal::from(-584)));
        let names = [(failed.as_str(), "failed"), (taker.as_str(), "taker")];
        entries(&app.partner(&failed), &names);
        assert_eq!(entries(&app.partner(&taker), &names), ["commission - 292.00 master", "commission - 292.00 master"]);
        assert!(!desk(&master, customer, "2026-05-14").contains(&failed));
        assert_sound(&app);
        // Taken back, it is as if nothing had gone; carried out again, the case can be closed.
        act(&app, &case, "revert", json!({})).expect(200);
        assert_eq!((owes(&app.partner(&failed)), owes(&app.partner(&taker))), (Decimal::from(-1570), Decimal::ZERO));
        assert_eq!(holdings(&app, &case, "contract").len(), 2);
        app.partner(&taker).get(format!("/v1/contracts/{}", first.contract)).problem(404, "not_found");
        approve(&app, &case);
        act(&app, &case, "execute", json!({})).expect(200);
        act(&app, &case, "confirm", json!({})).expect(200);
        assert_eq!(act(&app, &case, "close", json!({})).expect(200)["state"], "closed");
        assert_sound(&app);
    }

    fn r49_a_master_does_a_failed_integrators_services_itself_and_owes_nobody_for_them(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (failed, bystander) = (market.partner(), market.partner());
        let agreement = market.agreement(&failed, "affiliated_integrator", None);
        let of_bystander = market.agreement(&bystander, "affiliated_integrator", None);
        let own = market.own_item(&failed, "partner_own");
        let sold = sell(&market, (&failed, &agreement), &own, "fromagerie.fr");
        let others = market.own_item(&bystander, "partner_own");
        sell(&market, (&bystander, &of_bystander), &others, "poterie.fr");
        sold.bill(1, "1565.00");
        let case = suspended(&app, &failed);
        let plan = |company: &str, body: Value| {
            let mut plan = json!({ "company_id": company, "from": "2026-05-14", "protections": "release" });
            plan.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            act(&app, &case, "plan", plan)
        };
        plan(&market.master_id(), json!({})).expect(200);
        assert_eq!(holdings(&app, &case, "contract").len(), 1, "the bystander's is its own");
        let customer = holdings(&app, &case, "customer")[0]["id"].as_str().unwrap().to_owned();
        let named = json!({ "company_id": bystander, "customer_ids": [customer] });
        assert_eq!(act(&app, &case, "assignments", named).expect(200)["plan"]["assigned_otherwise"], 1);
        plan(&market.master_id(), json!({})).expect(200);
        approve(&app, &case);
        app.advance(TimeDelta::days(73));
        act(&app, &case, "execute", json!({})).expect(200);
        assert_eq!(owes(&app.partner(&failed)), Decimal::from(-73));
        let desk = desk(&app.master("fr"), &customer, "2026-05-14");
        assert!(!desk.contains(&failed), "{desk}");
        act(&app, &case, "confirm", json!({})).expect(200);
        act(&app, &case, "close", json!({})).expect(200);
        assert_sound(&app);
    }

    fn r72_who_is_not_qualified_takes_no_start_up_over(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (failed, taker) = (market.partner(), market.partner());
        let agreement = market.agreement(&failed, "independent_integrator", None);
        market.agreement(&taker, "independent_integrator", None);
        let own = market.own_item(&failed, "partner_own");
        sell(&market, (&failed, &agreement), &own, "fromagerie.fr");
        let qualification = crate::qualification::granted(&market, &taker, "technical_start_up", ("2026-03-01", None));
        crate::qualification::act(market.master(), &qualification, "revoke", crate::qualification::why()).expect(200);
        let case = suspended(&app, &failed);
        let plan = act(&app, &case, "plan", json!({ "company_id": taker, "from": "2026-03-02", "protections": "release" }));
        assert_eq!(plan.broken(), ["services_not_done R49 /company_id"]);
    }

    fn r35_an_integrators_open_offer_goes_with_the_protection_of_its_prospect(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [failed, taker, third] = [(); 3].map(|()| market.partner());
        let [agreement, of_taker, of_third] =
            [&failed, &taker, &third].map(|partner| market.agreement(partner, "affiliated_integrator", None));
        let offers = ["fromagerie.fr", "poterie.fr", "librairie.fr"].map(|domain| offered(&market, (&failed, &agreement), domain));
        let [planned, named, masters] = &offers;
        // It does services for one customer, so that another integrator can take over.
        let own = market.own_item(&failed, "partner_own");
        sell(&market, (&failed, &agreement), &own, "creperie.fr");
        let customers = all(market.master(), "/v1/customers?limit=200").len();
        let case = suspended(&app, &failed);
        act(&app, &case, "plan", json!({ "company_id": taker, "from": "2026-03-02", "protections": "transfer" })).expect(200);
        for (company, registration) in [(&third, &named.0), (&market.master_id(), &masters.0)] {
            act(&app, &case, "assignments", json!({ "company_id": company, "registration_ids": [registration] })).expect(200);
        }
        // Holdings and preview say where each goes, and there it is afterwards.
        let goes = |id: &str| holdings(&app, &case, "proposal").iter().find(|it| it["id"] == *id).expect("held")["goes_to"]["id"].clone();
        assert_eq!([planned, named, masters].map(|it| goes(&it.1)), [json!(taker), json!(third), json!(market.master_id())]);
        let preview = app.master("fr").get(format!("/v1/continuity-cases/{case}/preview")).expect(200);
        for company in [taker.as_str(), &third, &market.master_id()] {
            let share = preview["companies"].as_array().unwrap().iter().find(|it| it["company"]["id"] == *company).expect("a share");
            assert_eq!(share["proposals"], json!(1), "{company}");
        }
        approve(&app, &case);
        act(&app, &case, "execute", json!({})).expect(200);
        act(&app, &case, "confirm", json!({})).expect(200);
        let shown = |id: &str| app.master("fr").get(format!("/v1/proposals/{id}")).expect(200);
        for ((_, before), (partner, agreement)) in [(planned, (&taker, &of_taker)), (named, (&third, &of_third))] {
            let after = shown(shown(before)["successor_id"].as_str().expect("a successor"));
            let caller = app.partner(partner);
            let protected = all(&caller, "/v1/registrations?state=accepted");
            assert_eq!(protected.len(), 1);
            assert_eq!((&after["agreement_id"], &after["registration_id"]), (&json!(agreement), &protected[0]["id"]));
            assert_eq!((&after["seller"]["id"], &after["customer_id"]), (&json!(market.master_id()), &json!(null)));
            caller.post(format!("/v1/proposals/{}/send", id_of(&after)), json!({})).expect(200);
        }
        let after = shown(shown(&masters.1)["successor_id"].as_str().expect("a successor"));
        assert_eq!((&after["agreement_id"], &after["seller"]["id"]), (&json!(null), &json!(market.master_id())));
        let now = all(market.master(), "/v1/customers?limit=200").len();
        assert_eq!(now, customers + 1, "only what the master offers by itself is for a customer of its own");
        assert_sound(&app);
    }

    fn r72_whose_qualification_was_revoked_since_is_handed_nothing_and_nothing_is_made_final_with_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (failed, taker) = (market.partner(), market.partner());
        let agreement = market.agreement(&failed, "independent_integrator", None);
        market.agreement(&taker, "independent_integrator", None);
        let own = market.own_item(&failed, "partner_own");
        sell(&market, (&failed, &agreement), &own, "fromagerie.fr");
        let qualify = || crate::qualification::granted(&market, &taker, "technical_start_up", ("2026-03-01", None));
        let revoke = |id: &Value| crate::qualification::act(market.master(), id, "revoke", crate::qualification::why()).expect(200);
        let case = suspended(&app, &failed);
        let step = |action: &str| act(&app, &case, action, json!({}));
        let qualified = qualify();
        act(&app, &case, "plan", json!({ "company_id": taker, "from": "2026-03-02", "protections": "release" })).expect(200);
        approve(&app, &case);
        revoke(&qualified);
        assert_eq!(step("execute").broken(), ["services_not_done R49 "]);
        assert_eq!(holdings(&app, &case, "contract").len(), 1, "nothing went over");
        let qualified = qualify();
        assert_eq!(step("execute").expect(200)["state"], "executed");
        revoke(&qualified);
        assert_eq!(step("confirm").broken(), ["services_not_done R49 "]);
        // Everything can still be taken back, or the taker qualifies again.
        step("revert").expect(200);
        qualify();
        approve(&app, &case);
        step("execute").expect(200);
        assert_eq!(step("confirm").expect(200)["state"], "confirmed");
        assert_sound(&app);
    }

    fn r74_what_an_integrator_bills_itself_is_its_own_and_none_of_its_masters_annuity(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, bystander) = (market.partner(), market.partner());
        let agreement = market.agreement(&partner, "independent_integrator", None);
        market.agreement(&bystander, "independent_integrator", None);
        let own = market.own_item(&partner, "partner_own");
        let sold = ["fromagerie.fr", "poterie.fr"].map(|domain| sell(&market, (&partner, &agreement), &own, domain));
        let second = &sold[1];
        let annuity = market.master().get(format!("/v1/annuities/{}", second.annuity(1))).expect(200);
        assert_eq!((&annuity["contracted"], &annuity["list"]), (&eur("1200.00"), &eur("1200.00")));
        let invoice = json!({ "kind": "invoice", "amount": eur("1200.01"), "dated_on": "2026-03-02", "reference": "F-1" });
        let invoiced = market.master().post(format!("/v1/annuities/{}/instalments", second.annuity(1)), invoice);
        assert_eq!(invoiced.broken(), ["more_than_contracted D12 /amount/amount"]);
        sold.iter().for_each(|sold| sold.bill(1, "1200.00"));
        // R75: half of the first annuity of the second sale, in which its own services do not count.
        assert_eq!(owes(&app.partner(&partner)), Decimal::from(-600));
        let amounts = |settled: &Value| {
            let fields = ["customer_total", "network_total", "share_due", "margin_kept", "own_lines", "other_lines", "kept"];
            fields.map(|field| settled[field]["amount"].as_str().unwrap().to_owned())
        };
        let settled = second.settlement(market.master(), 1);
        assert_eq!(amounts(&settled), ["1565.00", "1200.00", "0.00", "1200.00", "365.00", "0.00", "1200.00"]);
        assert_eq!((&settled["adds_up"], &settled["seller"]["id"]), (&json!(true), &json!(market.master_id())));
        let part = |kind: &str, id: &str, total: &str, margin: &str, own: &str| json!({
            "company": { "kind": kind, "id": id }, "answers": [{ "from": "2026-03-02", "until": "2027-03-01" }],
            "customer_total": eur(total), "share_due": eur("0.00"), "margin_kept": eur(margin), "own_lines": eur(own), "other_lines": eur("0.00"),
        });
        let of_partner = part("partner", &partner, "365.00", "0.00", "365.00");
        assert_eq!(settled["parts"], json!([part("master", &market.master_id(), "1200.00", "1200.00", "0.00"), of_partner]));
        // The integrator reads what is its own, and nothing of what its master keeps (D22).
        let seen = second.settlement(&app.partner(&partner), 1);
        assert_eq!(amounts(&seen), ["365.00", "0.00", "0.00", "0.00", "365.00", "0.00", "365.00"]);
        assert_eq!((&seen["seller"]["id"], &seen["parts"], &seen["adds_up"]), (&json!(partner), &json!([of_partner]), &json!(true)));
        assert_eq!((seen["lines"].as_array().unwrap().len(), &seen["lines"][0]["kind"]), (1, &json!("partner_own")));
        assert!(seen["rules"].as_array().unwrap().iter().all(|rule| rule["partner_id"] == json!(partner)));
        app.partner(&bystander).get(format!("/v1/annuities/{}/settlement", second.annuity(1))).problem(404, "not_found");
        assert_sound(&app);
    }

    fn d19_an_integrators_own_lines_go_by_days_to_whoever_does_its_services(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [failed, taker, bystander] = [(); 3].map(|()| market.partner());
        let agreement = market.agreement(&failed, "independent_integrator", None);
        market.agreement(&taker, "independent_integrator", None);
        market.agreement(&bystander, "independent_integrator", None);
        let own = market.own_item(&failed, "partner_own");
        let sold = sell(&market, (&failed, &agreement), &own, "fromagerie.fr");
        let (annuity, master) = (sold.annuity(1), market.master_id());
        let case = suspended(&app, &failed);
        act(&app, &case, "plan", json!({ "company_id": taker, "from": "2026-05-14", "protections": "release" })).expect(200);
        // 73 of 365 days are the failed partner's.
        let preview = app.master("fr").get(format!("/v1/continuity-cases/{case}/preview")).expect(200);
        assert_eq!(preview["companies"][0]["money"], json!([{ "contracted": eur("292.00"), "posted": eur("0.00") }]));
        app.partner(&taker).get(format!("/v1/catalogue-items/{own}")).problem(404, "not_found");
        approve(&app, &case);
        app.advance(TimeDelta::days(73));
        act(&app, &case, "execute", json!({})).expect(200);
        let settled = |caller: &Caller| caller.get(format!("/v1/annuities/{annuity}/settlement"));
        let of_master = settled(&app.master("fr")).expect(200);
        let shares = |settled: &Value| {
            let parts = settled["parts"].as_array().unwrap().iter();
            let mut shares: Vec<_> = parts.map(|it| format!("{} {}", it["company"]["id"], it["own_lines"]["amount"])).collect();
            shares.sort();
            shares
        };
        let [of_failed, of_taker] = [(&failed, "73.00"), (&taker, "292.00")].map(|(id, amount)| format!("\"{id}\" \"{amount}\""));
        let mut all = vec![format!("\"{master}\" \"0.00\""), of_failed.clone(), of_taker.clone()];
        all.sort();
        assert_eq!(shares(&of_master), all);
        let seen = settled(&app.partner(&taker)).expect(200);
        assert_eq!(shares(&seen), [of_taker]);
        assert!(!seen.to_string().contains(&failed), "{seen}");
        assert_eq!(shares(&settled(&app.partner(&failed)).expect(200)), [of_failed]);
        settled(&app.partner(&bystander)).problem(404, "not_found");
        // The taker reads what it serves, as if it were its own (D22).
        let item = app.partner(&taker).get(format!("/v1/catalogue-items/{own}")).expect(200);
        assert_eq!((&item["id"], &item["provider"]["id"]), (&json!(own), &json!(taker)));
        app.partner(&bystander).get(format!("/v1/catalogue-items/{own}")).problem(404, "not_found");
        assert_eq!(all_annuities(&app.partner(&taker), &sold.contract), [annuity.as_str()]);
        assert_sound(&app);
    }
}
