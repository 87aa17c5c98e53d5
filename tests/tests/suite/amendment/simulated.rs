//! What an amendment would change of past sales: who gains, who loses, how much; and that it changes exactly that.

use chrono::{TimeZone, Utc};
use entente_tests::{
    app::TestApp,
    on_both_engines,
    sales::{Market, Sold, eur, id_of},
};
use serde_json::{Value, json};

use super::{amended, apply, assert_sound, brought, propose, rate, told};

fn amounts(of: &Value) -> Vec<&str> {
    ["before", "after", "difference", "accrued", "held", "payable", "stated", "paid"]
        .map(|field| of[field]["amount"].as_str().unwrap_or_else(|| panic!("no {field} in {of}")))
        .to_vec()
}

on_both_engines! {
    fn what_a_simulation_finds_is_what_the_amendment_then_posts(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [(one, one_sees), (two, two_sees)] = [(); 2].map(|()| {
            let partner = market.partner();
            (market.agreement(&partner, "referrer", None), market.caller(&partner))
        });
        let special = json!({ "rules": { "first_annuity": { "hold_days": 5 } } });
        let on_demand = market.agreement_with(&market.partner(), "referrer", None, Some(special));
        let sold = [
            brought(&market, &one, "2026-03-02"), brought(&market, &one, "2026-03-01"), brought(&market, &two, "2026-03-02"),
        ];
        let others = [brought(&market, &on_demand, "2026-03-02"), brought(&market, &two, "2026-02-27")];
        sold[0].bill(1, "1200.00");
        sold[1].bill(1, "600.00");
        sold[2].bill(1, "100.01");
        others.iter().for_each(|sold| sold.bill(1, "1200.00"));
        let id = propose(market.master(), &amended(market.master(), "referrer", "2026-03-01", "existing_agreements", rate("0.2")));
        let ledger = market.master().get("/v1/ledger-entries?limit=200").expect(200);
        let days = json!({ "amendment_id": id, "signed_from": "2026-03-01", "signed_to": "2026-03-02" });
        let dry = market.master().post("/v1/simulations?dry_run=true", days.clone()).expect(200);
        assert_eq!(market.master().get("/v1/simulations").expect(200)["data"], json!([]), "it was only asked what would be found");
        let made = market.master().post("/v1/simulations", days).expect(201);
        assert_eq!(dry["rules"], made["rules"]);
        assert_eq!((&made["sales"], &made["left_out"]), (&json!(3), &json!(1)));
        // 180.00 and 90.00, and 15 % of 100.01 which is 15.0015; then 240.00, 120.00 and 20.00.
        assert_eq!(made["rules"].as_array().unwrap().len(), 1);
        assert_eq!(amounts(&made["rules"][0]), ["285.00", "380.00", "95.00", "0.00", "0.00", "285.00", "0.00", "0.00"]);
        let path = format!("/v1/simulations/{}", id_of(&made));
        assert_eq!(market.master().get(&path).expect(200), made);
        let mut gains = Vec::new();
        let mut next = String::new();
        loop {
            let page = market.master().get(format!("{path}/totals?limit=1{next}")).expect(200);
            gains.extend(page["data"].as_array().unwrap().iter().map(|it| it["gains"][0]["gain"]["amount"].as_str().unwrap().to_owned()));
            let Some(after) = page["next"].as_str() else { break };
            next = format!("&after={after}");
        }
        gains.sort();
        assert_eq!(gains, ["5.00", "90.00"]);
        let page = market.master().get(format!("{path}/differences")).expect(200);
        let differences = page["data"].as_array().unwrap();
        assert_eq!(differences.len(), 3);
        for difference in differences {
            let explanation = &difference["explanation"];
            let change = difference["difference"]["amount"].as_str().unwrap();
            assert_eq!(crate::recompute::amount(explanation), change, "{explanation:#}");
            assert_eq!(explanation["entitled_to_date"], difference["after"]);
            assert_eq!(explanation["terms"]["id"], json!(id), "it is no version yet");
            let shown = market.master().get(format!("/v1/simulated-differences/{}", id_of(difference))).expect(200);
            assert_eq!(&shown, difference);
        }
        assert_eq!(market.master().get("/v1/ledger-entries?limit=200").expect(200), ledger, "nothing is posted");

        apply(&app.master("fr"), &id);
        let last = |sold: &Sold<'_>, caller| told(sold, caller).pop().unwrap();
        assert_eq!(last(&sold[0], &one_sees), "first_annuity adjustment 0 master 60.00");
        assert_eq!(last(&sold[1], &one_sees), "first_annuity adjustment 0 master 30.00");
        assert_eq!(last(&sold[2], &two_sees), "first_annuity adjustment 0 master 5.00");
        let again = json!({ "amendment_id": id, "signed_from": "2026-03-01", "signed_to": "2026-03-02" });
        let again = market.master().post("/v1/simulations", again).expect(201);
        assert_eq!(again["rules"], json!([]), "nothing is left to change");
        assert_eq!(market.master().get(&path).expect(200), made, "what was found stays");
        assert_sound(&app);
    }

    fn what_is_held_and_payable_is_told_apart_and_losers_are_named(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (app.master("fr"), app.master("fr"));
        let held = |terms: &mut Value| terms["rules"]["first_annuity"]["hold_days"] = json!(30);
        apply(&second, &propose(&first, &amended(&first, "referrer", "2026-03-01", "existing_agreements", held)));
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        brought(&market, &agreement, "2026-03-02").bill(1, "1200.00");
        brought(&market, &agreement, "2026-02-27").bill(1, "1200.00");
        let id = propose(market.master(), &amended(market.master(), "referrer", "2026-03-02", "existing_agreements", rate("0.1")));
        let days = json!({ "amendment_id": id, "signed_from": "2026-02-01", "signed_to": "2026-03-02" });
        let made = market.master().post("/v1/simulations", days).expect(201);
        assert_eq!(amounts(&made["rules"][0]), ["360.00", "240.00", "-120.00", "0.00", "180.00", "180.00", "0.00", "0.00"]);
        let totals = market.master().get(format!("/v1/simulations/{}/totals", id_of(&made))).expect(200);
        let total = &totals["data"][0];
        assert_eq!((&total["partner_id"], &total["gains"][0]["gain"]), (&json!(partner), &eur("-120.00")));
        let of_partner = format!("/v1/simulations/{}/differences?partner_id={partner}", id_of(&made));
        assert_eq!(market.master().get(of_partner).expect(200)["data"].as_array().unwrap().len(), 2);
    }

    fn what_is_stated_already_is_told(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let agreement = market.agreement(&market.partner(), "referrer", None);
        brought(&market, &agreement, "2026-03-02").bill(1, "1200.00");
        app.clock.set(Utc.with_ymd_and_hms(2026, 4, 3, 9, 0, 0).unwrap());
        let master = app.master("fr");
        crate::statement::close(&master, "2026-03");
        let id = propose(&master, &amended(&master, "referrer", "2026-03-01", "existing_agreements", rate("0.2")));
        let days = json!({ "amendment_id": id, "signed_from": "2026-03-01", "signed_to": "2026-03-31" });
        let made = master.post("/v1/simulations", days).expect(201);
        assert_eq!(amounts(&made["rules"][0]), ["180.00", "240.00", "60.00", "0.00", "0.00", "0.00", "180.00", "0.00"]);
    }

    fn a_simulation_is_refused_with_everything_that_is_wrong(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("fr");
        let unknown = json!({
            "amendment_id": "amendment_01h2xcejqtf2nbrexx3vqjhp41", "signed_from": "2026-03-02", "signed_to": "2026-03-01",
        });
        let answer = master.post("/v1/simulations", unknown);
        answer.problem(422, "invalid_request");
        assert_eq!(answer.broken(), ["ends_before_start - /signed_to", "unknown_amendment - /amendment_id"]);
        master.get("/v1/simulations/simulation_01h2xcejqtf2nbrexx3vqjhp41").problem(404, "not_found");
        master.get("/v1/simulated-differences/simulated_difference_01h2xcejqtf2nbrexx3vqjhp41").problem(404, "not_found");
    }
}
