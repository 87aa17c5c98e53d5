//! Refunds before and after payment: what was never paid is set off, what was paid is a debt that later payouts take as far as the
//! network's policy and recovery plans let them (D20).

use entente_tests::{app::TestApp, on_both_engines, sales::Market};

use super::*;

on_both_engines! {
    fn d20_what_is_refunded_after_payment_is_a_debt_that_later_payouts_take(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 stated"]);
        let made = run(&master);
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 stated"], "approved is not paid");
        pay(&master, &made);
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid"]);
        let balance = |caller: &Caller| {
            let amounts = caller.get("/v1/balances").expect(200)["data"][0]["amounts"][0].clone();
            ["owed_to_you", "paid_to_you", "owed_by_you", "paid_by_you", "net"].map(|of| amounts[of]["amount"].as_str().unwrap().to_owned())
        };
        assert_eq!(balance(&app.partner(&partner)), ["180.00", "180.00", "0.00", "0.00", "0.00"], "what is paid is not open");
        assert_eq!(balance(&app.master("fr")), ["0.00", "0.00", "180.00", "180.00", "0.00"]);
        // All of it is refunded in April: 180.00 are owed back, and nothing is owed.
        take_back(&master, &contract, "1200.00");
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid", "clawback 180.00 payable"]);
        assert_eq!(balance(&app.partner(&partner)), ["180.00", "180.00", "180.00", "0.00", "-180.00"], "the debt is");
        let master = pass(&app, "fr", "2026-04");
        assert_eq!(no_run(&master), ["nothing_to_pay - ", "only_debts - "]);
        // In May another sale earns 180.00: half of it stays with the partner.
        earn(&Market::all_in_web(&app).from(200), &agreement, 1);
        let master = pass(&app, "fr", "2026-05");
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)[1..]), ["approved 90.00 = 180.00 -90.00"]);
        pay(&master, &made);
        let states = ["- 180.00 paid", "clawback 180.00 stated", "- 180.00 paid"];
        assert_eq!(entries(&app.partner(&partner)), states, "half of the debt is open");
        assert_eq!(no_run(&master), ["nothing_to_pay - ", "only_debts - "]);
        // In June the rest is taken, of twice as much.
        earn(&Market::all_in_web(&app).from(300), &agreement, 2);
        let master = pass(&app, "fr", "2026-06");
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)[2..]), ["approved 270.00 = 360.00 -90.00"]);
        pay(&master, &made);
        let states = ["- 180.00 paid", "clawback 180.00 paid", "- 180.00 paid", "- 360.00 paid"];
        assert_eq!(entries(&app.partner(&partner)), states);
        // What was paid to date is what was earned less what was taken back: 180 + 90 + 270 = 180 - 180 + 180 + 360.
        let master = pass(&app, "fr", "2026-07");
        let july = statement_of(&master, "2026-07");
        assert_eq!((&july["paid_total"], &july["closing_balance"]), (&eur("270.00"), &eur("0.00")));
    }

    fn d20_a_debt_leaves_the_partner_its_part_of_all_that_is_due_to_it_with_tax_wherever_the_debt_is_stated(engine: Engine) {
        // Half of what is due is left: 180.00 of commission and 36.00 of tax, less 108.00. It is the same whether the debt stands on
        // the same statement, beside it or above it, or on the one before.
        for (refunded, earned_in) in [(1, "2026-04"), (1, "2026-05"), (10, "2026-04")] {
            let app = TestApp::start(engine);
            let market = Market::all_in_web(&app);
            let (partner, agreement) = referrer(&market);
            charge_vat(&market, &partner);
            set_account(market.master(), FRENCH[0]);
            let contracts: Vec<String> = (0..refunded).map(|_| earn(&market, &agreement, 1).contract.clone()).collect();
            let master = pass(&app, "fr", "2026-03");
            let made = run(&master);
            pay(&master, &made);
            contracts.iter().for_each(|contract| take_back(&master, contract, "1200.00"));
            if earned_in == "2026-05" {
                pass(&app, "fr", "2026-04");
            }
            earn(&Market::all_in_web(&app).from(200), &agreement, 1);
            let master = pass(&app, "fr", earned_in);
            run(&master);
            assert_eq!(summary(&payouts(&master)[1..]), ["approved 108.00 = 216.00 -108.00"], "{refunded} {earned_in}");
        }
    }

    fn d20_what_is_refunded_before_payment_is_set_off_in_full(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        take_back(&master, &contract, "400.00");
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 stated", "reversal 60.00 payable"]);
        let master = pass(&app, "fr", "2026-04");
        // No debt, and so no part of it that stays with the partner: 180.00 less 60.00.
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)), ["approved 120.00 = 180.00 -60.00"]);
        pay(&master, &made);
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid", "reversal 60.00 paid"]);
    }

    fn d20_what_is_all_refunded_before_payment_moves_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        take_back(&master, &contract, "1200.00");
        let master = pass(&app, "fr", "2026-04");
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)), ["paid 0.00 = 180.00 -180.00"]);
        assert_eq!(payouts(&master)[0]["account_id"], Value::Null);
        send(&master, &made).problem(409, "state_conflict");
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid", "reversal 180.00 paid"]);
        assert_eq!(no_run(&master), ["nothing_to_pay - "]);
    }

    fn d20_what_came_back_is_not_paid_any_more_and_what_is_refunded_then_is_no_debt(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        let made = run(&master);
        pay(&master, &made);
        act(&master, &payouts(&master)[0], "return", reason("AC04")).expect(200);
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 stated"]);
        take_back(&master, &contract, "400.00");
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 stated", "reversal 60.00 payable"]);
        // Paid again, it is paid.
        pay(&master, &run(&master));
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid", "reversal 60.00 payable"]);
        // By now the reversal takes back what was paid: the policy's part stays with the partner.
        earn(&Market::all_in_web(&app).from(400), &agreement, 1);
        let master = pass(&app, "fr", "2026-04");
        run(&master);
        // April's own statement owes 180.00 of the sale, less 60.00 that March had stated.
        assert_eq!(summary(&payouts(&master)[2..]), ["approved 120.00 = 180.00 -60.00"]);
    }

    fn d20_a_recovery_plan_keeps_its_instalments_for_their_days(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        pay(&master, &run(&master));
        take_back(&master, &contract, "1200.00");
        let page = master.get("/v1/ledger-entries?limit=1").expect(200);
        let parts = [("2026-05-01", "30.00"), ("2026-07-01", "50.00"), ("2026-12-01", "100.00")];
        let instalments: Vec<Value> = parts.iter().map(|(due_on, amount)| json!({ "due_on": due_on, "amount": eur(amount) })).collect();
        let plan = json!({ "ledger_entry_id": id_of(&page["data"][0]), "reason": "Agreed.", "instalments": instalments });
        let plan = master.post("/v1/recovery-plans", plan).expect(201);
        earn(&Market::all_in_web(&app).from(500), &agreement, 1);
        // On 1 May the first instalment is due, and nothing else of the debt, though half of 180.00 would be 90.00.
        let master = pass(&app, "fr", "2026-04");
        pay(&master, &run(&master));
        assert_eq!(summary(&payouts(&master)[1..]), ["paid 150.00 = 180.00 -30.00"]);
        // In June nothing is due.
        earn(&Market::all_in_web(&app).from(600), &agreement, 1);
        let master = pass(&app, "fr", "2026-05");
        pay(&master, &run(&master));
        assert_eq!(summary(&payouts(&master)[2..]), ["paid 180.00 = 180.00"]);
        // In July the second one is; without the plan, half of the payout would be taken.
        earn(&Market::all_in_web(&app).from(700), &agreement, 1);
        let master = pass(&app, "fr", "2026-06");
        let asked = || master.post("/v1/payout-runs?dry_run=true", json!({ "currency": "EUR" })).expect(200)["payouts"][0]["amount"].clone();
        assert_eq!(asked(), eur("130.00"));
        master.post(format!("/v1/recovery-plans/{}/cancel", id_of(&plan)), json!({})).expect(200);
        assert_eq!(asked(), eur("90.00"));
    }
    fn d20_a_recovery_plan_keeps_the_taxes_of_its_instalments_for_their_days_too(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        charge_vat(&market, &partner);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        pay(&master, &run(&master));
        take_back(&master, &contract, "1200.00");
        // 180.00 are owed back, with 36.00 of tax: 80.00 go with 16.00, 100.00 with 20.00.
        let plan = planned(&master, &[("2026-06-01", "80.00"), ("2026-07-01", "100.00")]).expect(201);
        assert_eq!(with_taxes(&master, &plan), [Value::Null, Value::Null], "it has no tax before it is stated");
        earn(&Market::all_in_web(&app).from(200), &agreement, 1);
        let earned = |first, quantity, period: &str| {
            earn(&Market::all_in_web(&app).from(first), &agreement, quantity);
            let master = pass(&app, "fr", period);
            pay(&master, &run(&master));
            summary(&payouts(&master)).last().unwrap().clone()
        };
        let master = pass(&app, "fr", "2026-04");
        pay(&master, &run(&master));
        assert_eq!(summary(&payouts(&master)[1..]), ["paid 216.00 = 216.00"], "on 1 May nothing of it is due");
        assert_eq!(with_taxes(&master, &plan), [eur("96.00"), eur("120.00")]);
        assert_eq!(earned(300, 1, "2026-05"), "paid 120.00 = 216.00 -96.00");
        let in_state = |state: &str| -> usize {
            let page = app.master("fr").get(format!("/v1/recovery-plans?state={state}")).expect(200);
            page["data"].as_array().unwrap().len()
        };
        assert_eq!((in_state("active"), in_state("recovered")), (1, 0));
        assert_eq!(earned(400, 2, "2026-06"), "paid 312.00 = 432.00 -120.00");
        assert_eq!((in_state("active"), in_state("recovered"), in_state("cancelled")), (0, 1, 0));
        let master = app.master("fr");
        let recovered = master.get(format!("/v1/recovery-plans/{}", id_of(&plan))).expect(200);
        assert_eq!((&recovered["state"], &recovered["recovered_on"]), (&json!("recovered"), &json!("2026-07-01")));
        master.post(format!("/v1/recovery-plans/{}/cancel", id_of(&plan)), json!({})).problem(409, "state_conflict");
        assert_eq!(planned(&master, &[("2026-08-01", "180.00")]).broken(), ["no_debt D20 /ledger_entry_id"], "nothing is left of it");
        // The last payout comes back, and the debt with it.
        let last = payouts(&master).last().unwrap().clone();
        act(&master, &last, "return", reason("AC04")).expect(200);
        assert_eq!((in_state("active"), in_state("recovered")), (1, 0));
        pay(&master, &run(&master));
        assert_eq!((in_state("active"), in_state("recovered")), (0, 1));
        let events = app.partner(&partner).get("/v1/events?limit=200").expect(200);
        let told = events["data"].as_array().unwrap().iter().filter(|event| event["subject"] == plan["id"]);
        let told: Vec<&str> = told.filter_map(|event| event["kind"].as_str()).collect();
        assert_eq!(told, ["made", "recovered", "resumed", "recovered"].map(|what| format!("recovery_plan.{what}")));
    }

    fn d20_all_that_is_wrong_with_a_plan_is_told_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        pay(&master, &run(&master));
        take_back(&master, &contract, "1200.00");
        // It is 1 April.
        let wrong = planned(&master, &[("2026-03-31", "200.00"), ("2026-03-30", "-10.00")]).broken();
        let expected = [
            "amount_not_positive D20 /instalments/1/amount/amount", "due_on_past D20 /instalments/0/due_on",
            "due_on_past D20 /instalments/1/due_on", "not_later D20 /instalments/1/due_on", "not_the_debt D20 /instalments",
        ];
        assert_eq!(wrong, expected);
        planned(&master, &[("2026-04-01", "180.00")]).expect(201);
    }
}

/// The answer to a plan of the entry that is owed back.
fn planned(master: &Caller, parts: &[(&str, &str)]) -> entente_tests::app::Answer {
    let page = master.get("/v1/ledger-entries?limit=200").expect(200);
    let debt = page["data"].as_array().unwrap().iter().find(|entry| entry["correction"] == "clawback").expect("a debt");
    let instalments: Vec<Value> =
        parts.iter().map(|(due_on, amount)| json!({ "due_on": due_on, "amount": eur(amount) })).collect();
    master.post("/v1/recovery-plans", json!({ "ledger_entry_id": id_of(debt), "reason": "Agreed.", "instalments": instalments }))
}

/// What payouts take by each instalment of a plan.
fn with_taxes(master: &Caller, plan: &Value) -> Vec<Value> {
    let shown = master.get(format!("/v1/recovery-plans/{}", id_of(plan))).expect(200);
    shown["instalments"].as_array().unwrap().iter().map(|instalment| instalment["with_taxes"].clone()).collect()
}

/// Lets a French partner charge 20 % of value added tax on statements that are its invoices.
fn charge_vat(market: &Market<'_>, partner: &str) {
    let profile = json!({
        "company_id": partner, "valid_from": "2026-01-01", "regime": "standard", "vat_number": "FR40303265045",
        "billing": "self_billing",
    });
    market.master().post("/v1/tax-profiles", profile).expect(201);
}
