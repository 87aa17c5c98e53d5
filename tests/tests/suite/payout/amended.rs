//! What a change of rules takes back of what was paid is a debt as any other, and what it adds is paid once (R86, D20). Figures are
//! worked out by hand from the annual price of 1,200.00 EUR.

use entente_tests::{app::TestApp, on_both_engines, sales::Market};

use super::*;
use crate::amendment::{amended, apply, propose, rate};

/// Lets referrers come to another part of the first annuity, of what was signed since March.
fn change(app: &TestApp, part: &str) {
    let (first, second) = (app.master("fr"), app.master("fr"));
    apply(&second, &propose(&first, &amended(&first, "referrer", "2026-03-01", "existing_agreements", rate(part))));
}

on_both_engines! {
    fn d20_what_a_change_of_rules_takes_back_after_payment_is_netted_within_the_debts_part_of_later_payouts(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        pay(&master, &run(&master));
        // 5 % of 1,200.00 are 60.00: 120.00 of 180.00 are owed back.
        change(&app, "0.05");
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid", "adjustment 120.00 payable"]);
        let master = pass(&app, "fr", "2026-04");
        assert_eq!(no_run(&master), ["nothing_to_pay - ", "only_debts - "]);
        // Of 120.00 half stays with the partner.
        earn(&Market::all_in_web(&app).from(200), &agreement, 2);
        let master = pass(&app, "fr", "2026-05");
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)[1..]), ["approved 60.00 = 120.00 -60.00"]);
        pay(&master, &made);
        assert_eq!(entries(&app.partner(&partner))[1], "adjustment 120.00 stated", "half of the debt is open");
        // The rest is less than half of 180.00.
        earn(&Market::all_in_web(&app).from(300), &agreement, 3);
        let master = pass(&app, "fr", "2026-06");
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)[2..]), ["approved 120.00 = 180.00 -60.00"]);
        pay(&master, &made);
        let paid = ["- 180.00 paid", "adjustment 120.00 paid", "- 120.00 paid", "- 180.00 paid"];
        assert_eq!(entries(&app.partner(&partner)), paid);
        // 180.00, 60.00 and 120.00 were paid: 5 % of six times 1,200.00.
        let master = pass(&app, "fr", "2026-07");
        let july = statement_of(&master, "2026-07");
        assert_eq!(july["closing_balance"], eur("0.00"));
        assert_eq!(no_run(&master), ["nothing_to_pay - "]);
    }

    fn d20_what_a_change_of_rules_takes_back_before_payment_is_set_off_in_full(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        pass(&app, "fr", "2026-03");
        change(&app, "0.05");
        let master = pass(&app, "fr", "2026-04");
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)), ["approved 60.00 = 180.00 -120.00"]);
        pay(&master, &made);
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid", "adjustment 120.00 paid"]);
    }

    fn r86_what_a_change_of_rules_adds_after_payment_is_paid_once_and_what_is_refunded_then_is_all_a_debt(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        let contract = earn(&market, &agreement, 1).contract.clone();
        let master = pass(&app, "fr", "2026-03");
        pay(&master, &run(&master));
        change(&app, "0.2");
        let none = master.post("/v1/payout-runs", json!({ "currency": "EUR" }));
        assert_eq!(none.status, 422, "it is on no statement yet: {none:?}");
        let master = pass(&app, "fr", "2026-04");
        let made = run(&master);
        assert_eq!(summary(&payouts(&master)[1..]), ["approved 60.00 = 60.00"]);
        assert_eq!(no_run(&master), ["nothing_to_pay - "], "another run does not pay it a second time");
        pay(&master, &made);
        assert_eq!(no_run(&master), ["nothing_to_pay - "]);
        assert_eq!(entries(&app.partner(&partner)), ["- 180.00 paid", "adjustment 60.00 paid"]);
        take_back(&master, &contract, "1200.00");
        let taken = ["- 180.00 paid", "adjustment 60.00 paid", "clawback 60.00 payable", "clawback 180.00 payable"];
        assert_eq!(entries(&app.partner(&partner)), taken);
        // 20 % of 2,400.00 are 480.00, and half of them 240.00.
        earn(&Market::all_in_web(&app).from(200), &agreement, 2);
        let master = pass(&app, "fr", "2026-05");
        run(&master);
        assert_eq!(summary(&payouts(&master)[2..]), ["approved 240.00 = 480.00 -240.00"]);
    }

    fn d20_a_recovery_plan_keeps_what_a_change_of_rules_takes_back_for_its_days(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        pay(&master, &run(&master));
        change(&app, "0.05");
        let debt = id_of(&master.get("/v1/ledger-entries?limit=1").expect(200)["data"][0]);
        let parts = [("2026-06-01", "20.00"), ("2026-08-01", "100.00")];
        let instalments = parts.map(|(due_on, amount)| json!({ "due_on": due_on, "amount": eur(amount) }));
        let plan = json!({ "ledger_entry_id": debt, "reason": "Agreed.", "instalments": instalments });
        master.post("/v1/recovery-plans", plan).expect(201);
        pass(&app, "fr", "2026-04");
        let earned = |first, quantity, period: &str| {
            earn(&Market::all_in_web(&app).from(first), &agreement, quantity);
            let master = pass(&app, "fr", period);
            pay(&master, &run(&master));
            summary(&payouts(&master)).last().unwrap().clone()
        };
        assert_eq!(earned(200, 2, "2026-05"), "paid 100.00 = 120.00 -20.00", "on 1 June the first one is due");
        assert_eq!(earned(300, 3, "2026-06"), "paid 180.00 = 180.00", "on 1 July none is");
        assert_eq!(earned(400, 2, "2026-07"), "paid 60.00 = 120.00 -60.00", "of the second one, half of the payout at most");
        assert_eq!(entries(&app.partner(&partner))[1], "adjustment 120.00 stated");
        assert_eq!(earned(500, 2, "2026-08"), "paid 80.00 = 120.00 -40.00");
        assert_eq!(entries(&app.partner(&partner))[1], "adjustment 120.00 paid");
    }
}
