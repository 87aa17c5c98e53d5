//! What signing freezes, and who may see it (R7, R10, R35, D7, D11, D22).

use std::thread;

use super::*;

on_both_engines! {
    fn d7_a_master_sells_by_itself_and_a_partner_under_an_agreement_only(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let referrer = Dealer::of(&market, "referrer");
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let direct = json!({ "customer_id": market.customer(&market.master_id()), "currency": "EUR", "lines": lines });
        let contract = signed(market.master(), direct);
        assert_eq!((&contract["partner_id"], &contract["attributions"]), (&Value::Null, &json!([])));
        assert_eq!(contract["seller"], json!({ "kind": "master", "id": market.master_id() }));
        let own = json!({ "customer_id": market.customer(&referrer.id), "currency": "EUR", "lines": lines });
        assert_eq!(referrer.caller.post("/v1/proposals", own).broken(), ["partner_without_agreement R13 /agreement_id"]);
    }

    fn d11_ordinals_are_frozen_at_signing_and_a_cancellation_renumbers_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (referrer, other) = (Dealer::of(&market, "referrer"), Dealer::of(&market, "referrer"));
        let sell = |dealer: &Dealer| {
            let lines = json!([line(&market.item("instance"), "year", None)]);
            signed(market.master(), proposal(&market, &market.master_id(), &dealer.agreement, lines))
        };
        let (first, second) = (sell(&referrer), sell(&referrer));
        assert_eq!((ordinals(&first), ordinals(&second), ordinals(&sell(&other))), (vec![1], vec![2], vec![1]));
        let path = format!("/v1/contracts/{}/cancel", id_of(&first));
        let cancellation = json!({ "reason": "The customer closed its business.", "ended_on": "2026-03-02" });
        let cancelled = market.master().post(path.clone(), cancellation.clone()).expect(200);
        assert_eq!((&cancelled["state"], &cancelled["ended_on"]), (&json!("cancelled"), &json!("2026-03-02")));
        assert_eq!(market.master().post(path, cancellation).expect(200), cancelled);
        assert_eq!(ordinals(&sell(&referrer)), [3]);
        let shown = |contract: &Value| ordinals(&referrer.caller.get(format!("/v1/contracts/{}", id_of(contract))).expect(200));
        assert_eq!((shown(&first), shown(&second)), (vec![1], vec![2]));
    }

    fn d11_sales_signed_at_once_get_ordinals_of_their_own(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let referrer = Dealer::of(&market, "referrer");
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let ready: Vec<String> = (0..8)
            .map(|_| sent(market.master(), proposal(&market, &market.master_id(), &referrer.agreement, lines.clone())))
            .collect();
        let master = market.master();
        let mut numbers: Vec<u64> = thread::scope(|scope| {
            let signing = ready.iter().map(|id| scope.spawn(|| ordinals(&post(master, id, "sign", signature()).expect(201))));
            let signing: Vec<_> = signing.collect();
            signing.into_iter().flat_map(|contract| contract.join().unwrap()).collect()
        });
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=8).collect::<Vec<u64>>());
    }

    fn d22_another_partner_gets_404_everywhere_and_empty_lists(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (reseller, other) = (Dealer::reseller(&market, "facilitator"), Dealer::reseller(&market, "facilitator"));
        let lines = json!([line(&market.item("financials"), "year", None)]);
        let customer = market.customer(&reseller.id);
        let body = json!({ "agreement_id": reseller.agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
        let draft = id_of(&reseller.caller.post("/v1/proposals", body.clone()).expect(201));
        let contract = signed(&reseller.caller, proposal(&market, &reseller.id, &reseller.agreement, lines.clone()));
        let annuity = id_of(&annuities(&reseller.caller, &contract)[0]);
        let contract = id_of(&contract);
        let mut others = body.clone();
        others["agreement_id"] = json!(other.agreement);
        for stranger in [&other.caller, &app.master("br")] {
            for path in [
                format!("/v1/proposals/{draft}"), format!("/v1/contracts/{contract}"), format!("/v1/annuities/{annuity}"),
                format!("/v1/annuities/{annuity}/instalments"),
            ] {
                stranger.get(path).problem(404, "not_found");
            }
            for list in ["/v1/proposals", "/v1/contracts", "/v1/annuities"] {
                assert_eq!(stranger.get(list).expect(200), json!({ "data": [], "next": null }), "{list}");
            }
            for action in ["send", "withdraw", "decline"] {
                post(stranger, &draft, action, json!({})).problem(404, "not_found");
            }
            post(stranger, &draft, "sign", signature()).problem(404, "not_found");
            post(stranger, &draft, "versions", json!({ "lines": lines })).problem(404, "not_found");
            stranger.post(format!("/v1/contracts/{contract}/renew"), json!({})).problem(404, "not_found");
            stranger.post(format!("/v1/annuities/{annuity}/instalments"), instalment("invoice", "1.00", "F1")).problem(404, "not_found");
            stranger.post("/v1/proposals", body.clone()).problem(404, "not_found");
        }
        // Another's customer is not there, whoever's agreement is named.
        other.caller.post("/v1/proposals", others).problem(404, "not_found");
        reseller.caller.get(format!("/v1/contracts/{contract}")).expect(200);
    }

    fn d22_r10_a_promoter_sees_nothing_of_the_contract_and_its_seller_sees_the_promoter(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let reseller = Dealer::reseller(&market, "sub_network");
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&reseller.id));
        let mut body = proposal(&market, &reseller.id, &reseller.agreement, json!([line(&market.item("financials"), "year", None)]));
        body["promoters"] = json!([promoting]);
        let contract = signed(&reseller.caller, body);
        let told: Vec<_> = contract["attributions"].as_array().unwrap().iter()
            .map(|it| (it["role"].clone(), it["partner_id"].clone(), it["payer"]["id"].clone(), it["uplift"].clone(), it["stage"].clone()))
            .collect();
        assert_eq!(told, [
            (json!("seller"), json!(reseller.id), json!(market.master_id()), json!(true), json!("sub_network")),
            (json!("promoter"), json!(promoter), json!(reseller.id), json!(false), Value::Null),
        ]);
        let caller = market.caller(&promoter);
        caller.get(format!("/v1/contracts/{}", id_of(&contract))).problem(404, "not_found");
        caller.get(format!("/v1/annuities/{}", id_of(&annuities(&reseller.caller, &contract)[0]))).problem(404, "not_found");
        assert_eq!(caller.get("/v1/contracts").expect(200)["data"], json!([]));
        let subjects = caller.get("/v1/events?limit=200").expect(200);
        let of_sales = subjects["data"].as_array().unwrap().iter().filter(|event| {
            ["contract_", "proposal_", "annuity_"].iter().any(|kind| event["subject"].as_str().unwrap().starts_with(kind))
        });
        assert_eq!(of_sales.count(), 0);
    }

    fn r7_a_sale_is_signed_on_a_day_on_which_its_agreements_are_in_force(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let reseller = Dealer::reseller(&market, "sub_network");
        let promoting = market.agreement(&market.partner(), "client_manager", Some(&reseller.id));
        let mut body = proposal(&market, &reseller.id, &reseller.agreement, json!([line(&market.item("financials"), "year", None)]));
        body["promoters"] = json!([promoting]);
        body["valid_until"] = json!("2026-03-02");
        let id = sent(&reseller.caller, body);
        let sign = |signature: Value| post(&reseller.caller, &id, "sign", signature);
        assert_eq!(sign(json!({ "signed_on": "2026-03-03" })).broken(), ["proposal_ran_out R53 /signed_on", "signed_in_future D11 /signed_on"]);
        // The agreements start with the year, and so does the stage.
        assert_eq!(sign(json!({ "signed_on": "2025-12-31", "starts_on": "2025-12-30" })).broken(), [
            "agreement_not_in_force R7 /signed_on",
            "no_stage_in_force R39 ",
            "promoter_not_in_force R7 /signed_on",
            "starts_before_signing D12 /starts_on",
        ]);
        suspend(&market, &promoting);
        assert_eq!(sign(signature()).broken(), ["promoter_not_in_force R7 /signed_on"]);
        suspend(&market, &reseller.agreement);
        assert_eq!(sign(signature()).broken(), ["agreement_not_in_force R7 /signed_on", "promoter_not_in_force R7 /signed_on"]);
        assert_eq!(reseller.caller.get("/v1/contracts").expect(200)["data"], json!([]));
    }

    fn a_proposal_is_sent_before_it_is_signed_and_a_revision_is_a_draft_again(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let reseller = Dealer::reseller(&market, "facilitator");
        let item = market.item("financials");
        let body = proposal(&market, &reseller.id, &reseller.agreement, json!([line(&item, "year", None)]));
        let made = reseller.caller.post("/v1/proposals", body.clone());
        let (id, etag) = (id_of(&made.expect(201)), made.etag());
        post(&reseller.caller, &id, "sign", signature()).problem(409, "state_conflict");
        post(&reseller.caller, &id, "send", json!({})).expect(200);
        let again = post(&reseller.caller, &id, "send", json!({})).expect(200);
        assert_eq!((&again["state"], &again["version"]), (&json!("sent"), &json!(2)));
        let stale = reseller.caller.request("POST", format!("/v1/proposals/{id}/sign")).header("if-match", &etag).json(&signature());
        stale.send().problem(412, "version_mismatch");
        let revision = json!({ "years": 2, "lines": [line(&item, "year", Some("1100.00"))] });
        let revised = post(&reseller.caller, &id, "versions", revision.clone()).expect(201);
        let told = (&revised["state"], &revised["number"], &revised["years"], &revised["first_year"]["contracted"]);
        assert_eq!(told, (&json!("draft"), &json!(2), &json!(2), &eur("1100.00")));
        post(&reseller.caller, &id, "send", json!({})).expect(200);
        let tried = reseller.caller.request("POST", format!("/v1/proposals/{id}/sign?dry_run=true")).json(&signature()).send();
        assert_eq!(tried.expect(200)["years"], 2);
        assert_eq!(reseller.caller.get("/v1/contracts").expect(200)["data"], json!([]));
        let contract = post(&reseller.caller, &id, "sign", signature()).expect(201);
        assert_eq!((&contract["number"], &contract["years"], &contract["lines"][0]["net_price"]), (&json!(2), &json!(2), &eur("1100.00")));
        assert_eq!(post(&reseller.caller, &id, "sign", signature()).expect(201), contract);
        post(&reseller.caller, &id, "versions", revision).problem(409, "state_conflict");
        post(&reseller.caller, &id, "withdraw", json!({})).problem(409, "state_conflict");

        let declined = sent(&reseller.caller, body);
        let reason = json!({ "reason": "Chose another product." });
        assert_eq!(post(&reseller.caller, &declined, "decline", reason).expect(200)["reason"], "Chose another product.");
        post(&reseller.caller, &declined, "sign", signature()).problem(409, "state_conflict");
        let lists = |query: &str| reseller.caller.get(format!("/v1/proposals?{query}")).expect(200)["data"].as_array().unwrap().len();
        assert_eq!((lists("state=declined"), lists("state=signed"), lists("state=sent"), lists("")), (1, 1, 0, 2));
    }

    fn r35_a_registered_prospect_becomes_the_sellers_customer_and_its_registration_is_won(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (reseller, rival) = (Dealer::reseller(&market, "facilitator"), Dealer::reseller(&market, "facilitator"));
        let claim = json!({
            "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": "conservas.pt" },
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
        });
        let registration = id_of(&reseller.caller.post("/v1/registrations", claim).expect(201));
        let mut body = json!({
            "agreement_id": reseller.agreement, "registration_id": registration, "currency": "EUR",
            "lines": [line(&market.item("financials"), "year", None)],
        });
        assert_eq!(reseller.caller.post("/v1/proposals", body.clone()).broken(), ["registration_not_accepted R35 /registration_id"]);
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        body["external_references"] = json!([{ "system": "crm", "id": "4711" }]);
        let id = sent(&reseller.caller, body.clone());
        let mut others = body.clone();
        others["agreement_id"] = json!(rival.agreement);
        rival.caller.post("/v1/proposals", others.clone()).problem(404, "not_found");
        market.master().post("/v1/proposals", others).problem(409, "prospect_not_available");
        let signature = json!({ "signed_on": "2026-03-02", "external_references": [{ "system": "crm", "id": "C-1" }] });
        let contract = post(&reseller.caller, &id, "sign", signature).expect(201);
        assert_eq!(contract["external_references"], json!([{ "system": "crm", "id": "C-1" }]));
        let customer = reseller.caller.get(format!("/v1/customers/{}", contract["customer_id"].as_str().unwrap())).expect(200);
        assert_eq!((&customer["name"], &customer["responsible"]["id"]), (&json!("Conservas do Mar, S.A."), &json!(reseller.id)));
        let won = reseller.caller.get(format!("/v1/registrations/{registration}")).expect(200);
        assert_eq!((&won["state"], &won["customer_id"]), (&json!("won"), &contract["customer_id"]));
        let shown = reseller.caller.get(format!("/v1/proposals/{id}")).expect(200);
        assert_eq!((&shown["state"], &shown["customer_id"]), (&json!("signed"), &contract["customer_id"]));
        assert_eq!(shown["external_references"], json!([{ "system": "crm", "id": "4711" }]));
        // Names that one company has for it are no other company's business.
        assert_eq!(market.master().get(format!("/v1/proposals/{id}")).expect(200)["external_references"], json!([]));
        // A prospect that became a customer is sold to as one.
        body["customer_id"] = contract["customer_id"].clone();
        body["external_references"] = json!([]);
        assert_eq!(reseller.caller.post("/v1/proposals", body.clone()).broken(), ["registration_or_customer R35 /registration_id"]);
        assert_eq!(ordinals(&signed(&reseller.caller, { body["registration_id"].take(); body })), [2]);
    }
}
