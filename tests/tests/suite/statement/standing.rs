//! How far entries have come, one by one and in sums.

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, eur},
};
use serde_json::{Value, json};

use super::{brought, close};

/// Correction and amount of the entries in a state, oldest first.
fn entries_in(caller: &Caller, state: &str) -> Vec<String> {
    let page = caller.get(format!("/v1/ledger-entries?state={state}")).expect(200);
    let entries = page["data"].as_array().unwrap().iter().rev();
    let say = |it: &Value| {
        assert_eq!(it["state"], json!(state));
        format!("{} {}", it["correction"].as_str().unwrap_or("-"), it["amount"]["amount"].as_str().unwrap())
    };
    entries.map(say).collect()
}

on_both_engines! {
    fn entries_and_balances_are_read_by_how_far_they_have_come(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let special = json!({ "rules": { "first_annuity": { "hold_days": 30 } } });
        let agreement = market.agreement_with(&partner, "referrer", None, Some(special));
        // Payable on the first of April, and stated by the end of it.
        brought(&market, &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        brought(&market.later(), &agreement).bill(1, "1200.00");
        app.advance(TimeDelta::days(30));
        close(&app.master("fr"), "2026-04");
        // It is the first of May: the second one is payable, a third one is held, and what is taken back of it as well.
        let market = market.later().later();
        let third = brought(&market, &agreement);
        third.bill(1, "1200.00");
        third.record(1, "refund", "400.00");
        let caller = app.partner(&partner);
        let found = ["accrued", "held", "payable", "stated", "paid"].map(|state| entries_in(&caller, state));
        let held = vec!["- 180.00".to_owned(), "reversal 60.00".to_owned()];
        let one = vec!["- 180.00".to_owned()];
        assert_eq!(found, [vec![], held, one.clone(), one, vec![]]);
        let in_state = |state: &str, to: &str, by: &str, net: &str| {
            json!({ "state": state, "owed_to_you": eur(to), "owed_by_you": eur(by), "net": eur(net) })
        };
        let expected = json!({
            "owed_to_you": eur("540.00"), "owed_by_you": eur("60.00"), "net": eur("480.00"),
            "paid_to_you": eur("0.00"), "paid_by_you": eur("0.00"), "owed_back_to_you": eur("0.00"), "owed_back_by_you": eur("60.00"),
            "by_state": [
                in_state("accrued", "0.00", "0.00", "0.00"),
                in_state("held", "180.00", "60.00", "120.00"),
                in_state("payable", "180.00", "0.00", "180.00"),
                in_state("stated", "180.00", "0.00", "180.00"),
                in_state("paid", "0.00", "0.00", "0.00"),
            ],
        });
        let own = caller.get("/v1/balances").expect(200);
        assert_eq!(own["data"][0]["amounts"], json!([expected]));
        // The partner's master sees them as the partner does, and nobody else (D22).
        let of_partner = format!("/v1/balances?partner_id={partner}");
        assert_eq!(app.master("fr").get(&of_partner).expect(200), own);
        assert_eq!(caller.get(&of_partner).expect(200), own);
        let stranger = app.partner(&market.partner());
        for other in [app.master("pt"), stranger] {
            assert_eq!(other.get(&of_partner).expect(200)["data"], json!([]));
        }
    }
}
