//! A reseller pays its promoters: by its own people, from its own account, as its own bank says, each statement once (R47).

use api::access::Role;
use entente_tests::{
    app::{TestApp, company},
    on_both_engines,
    sales::{Market, Shop},
};

use super::*;

/// An IBAN of the standard's Portuguese example.
const PORTUGUESE: &str = "PT50000201231234567890154";

/// A reseller with an account, and a promoter with another, to whom March owes 100.00.
fn owing(app: &TestApp) -> (String, String) {
    let market = Market::altoga(app);
    let shop = Shop::open(&market, "sub_network");
    let promoter = market.partner();
    let promoting = market.agreement(&promoter, "client_manager", Some(&shop.partner));
    shop.sell(&market, &[&promoting]).bill(1, "1520.00");
    set_account(&market.caller(&shop.partner), PORTUGUESE);
    set_account(&market.caller(&promoter), FRENCH[1]);
    pass(app, "pt", "2026-03");
    (shop.partner, promoter)
}

on_both_engines! {
    fn r47_a_reseller_pays_its_promoters_each_statement_once(engine: Engine) {
        let app = TestApp::start(engine);
        let (shop, promoter) = owing(&app);
        let (reseller, paid) = (app.partner(&shop), app.partner(&promoter));
        let made = reseller.post("/v1/payout-runs", json!({ "currency": "EUR", "partner_ids": [promoter] })).expect(201);
        assert_eq!((&made["payer"]["id"], &made["left_out"]), (&json!(shop), &json!([])));
        assert_eq!(summary(&payouts(&reseller)), ["approved 100.00 = 100.00"]);
        assert_eq!(summary(&payouts(&paid)), ["approved 100.00 = 100.00"]);
        let again = reseller.post("/v1/payout-runs", json!({ "currency": "EUR" }));
        assert_eq!(again.broken(), ["nothing_to_pay - "]);
        send(&reseller, &made).expect(200);
        let order = reseller.get(format!("/v1/payout-runs/{}/pain-001", id_of(&made))).text;
        assert!(order.contains(PORTUGUESE) && order.contains(FRENCH[1]) && order.contains(">100.00<"), "{order}");
        // Its own bank says that it was paid.
        let name = payouts(&reseller)[0]["end_to_end_id"].as_str().unwrap().to_owned();
        let list = format!("booked_on,amount,currency,reference,end_to_end_id\n2026-04-01,-100.00,EUR,R1,{name}\n");
        let import = |caller: &Caller| {
            caller.request("POST", "/v1/bank-statements").header("content-type", "text/csv").raw(list.clone().into_bytes()).send()
        };
        // What the master's bank says pays nothing of the reseller's.
        import(&app.master("pt")).expect(201);
        assert_eq!(summary(&payouts(&paid)), ["sent 100.00 = 100.00"]);
        import(&reseller).expect(201);
        assert_eq!(summary(&payouts(&paid)), ["paid 100.00 = 100.00"]);
        assert_eq!(entries(&paid), ["- 100.00 paid"]);
        // The next statement between the two counts it.
        pass(&app, "pt", "2026-04");
        let april = statement_of(&app.partner(&promoter), "2026-04");
        assert_eq!((&april["paid_total"], &april["closing_balance"]), (&eur("100.00"), &eur("0.00")));
    }

    fn r47_only_the_payer_decides_and_whoever_is_paid_reads(engine: Engine) {
        let app = TestApp::start(engine);
        let (shop, promoter) = owing(&app);
        let reseller = app.partner(&shop);
        let made = run(&reseller);
        let payout = payouts(&reseller).pop().unwrap();
        // The promoter and the master that supervises both read the payout, and decide nothing of it.
        for other in [app.partner(&promoter), app.master("pt")] {
            assert_eq!(other.get(format!("/v1/payouts/{}", id_of(&payout))).expect(200), payout);
            for (action, body) in [("approve", json!({})), ("cancel", reason("No.")), ("pay", json!({})), ("fail", reason("No.")), ("return", reason("No."))] {
                act(&other, &payout, action, body).problem(403, "forbidden");
            }
            send(&other, &made).problem(404, "not_found");
            other.get(format!("/v1/payout-runs/{}", id_of(&made))).problem(404, "not_found");
            let told = other.get("/v1/events?limit=200").text;
            assert!(told.contains("payout.created") && !told.contains("payout_run.created"), "{told}");
        }
        // Nobody else reads anything.
        let stranger = Market::altoga(&app).from(100).partner();
        for other in [app.partner(&stranger), app.master("br"), app.master("fr")] {
            other.get(format!("/v1/payouts/{}", id_of(&payout))).problem(404, "not_found");
            assert_eq!(other.get("/v1/payouts").expect(200)["data"], json!([]));
        }
        // A partner that the reseller has no agreement with is nobody to it, nor is itself owed anything.
        let wrong = reseller.post("/v1/payout-runs", json!({ "currency": "EUR", "partner_ids": [stranger] }));
        assert_eq!(wrong.broken(), ["payee_not_found - /partner_ids/0"]);
        let market = Market::altoga(&app);
        assert_eq!(market.master().post("/v1/payout-runs", json!({ "currency": "EUR" })).broken(), ["no_payer_account - /currency"]);
    }

    fn r47_above_the_limit_a_second_person_of_the_reseller_approves(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        // 10 % of 51 modules for 1,000.00 is 5,100.00: above 5,000.00.
        let mut modules = line(&market.item("sales_and_purchasing"), "year", None);
        modules["quantity"] = json!(51);
        shop.sell_lines(&market, &json!([modules]), &[&promoting]).bill(1, "51000.00");
        set_account(&market.caller(&shop.partner), PORTUGUESE);
        set_account(&market.caller(&promoter), FRENCH[1]);
        pass(&app, "pt", "2026-03");
        let reseller = app.partner(&shop.partner);
        let made = run(&reseller);
        let payout = payouts(&reseller).pop().unwrap();
        assert_eq!(summary(std::slice::from_ref(&payout)), ["pending 5100.00 = 5100.00"]);
        assert_eq!(act(&reseller, &payout, "approve", json!({})).broken(), ["same_person - "]);
        act(&app.person(company(&shop.partner), Role::PartnerMember), &payout, "approve", json!({})).problem(403, "forbidden");
        let second = app.person(company(&shop.partner), Role::PartnerAdministrator);
        assert_eq!(act(&second, &payout, "approve", json!({})).expect(200)["state"], "approved");
        send(&reseller, &made).expect(200);
    }
}
