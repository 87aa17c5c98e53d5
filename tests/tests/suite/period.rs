//! Accounting periods: what is closed takes no more entries, and corrections go into the open one (§7.3, D20).

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, id_of, line},
};
use serde_json::{Value, json};

fn closing(currency: &str, ends_on: &str) -> Value {
    json!({ "currency": currency, "ends_on": ends_on })
}

fn closed(caller: &Caller, query: &str) -> Vec<String> {
    let page = caller.get(format!("/v1/periods{query}")).expect(200);
    let say = |it: &Value| {
        format!("{} {} {}", it["currency"].as_str().unwrap(), it["starts_on"].as_str().unwrap(), it["ends_on"].as_str().unwrap())
    };
    page["data"].as_array().unwrap().iter().map(say).collect()
}

on_both_engines! {
    fn a_period_is_closed_when_it_is_over_once_and_after_those_before_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let master = market.master();
        // It is the second of March.
        let refused = master.post("/v1/periods", closing("EUR", "2026-03-31"));
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["period_not_over D20 /ends_on"]);
        let refused = master.post("/v1/periods", closing("EUR", "2026-03-15"));
        assert_eq!(refused.broken(), ["no_period_end D20 /ends_on", "period_not_over D20 /ends_on"]);
        let refused = master.post("/v1/periods", closing("XYZ", "2026-02-28"));
        assert_eq!(refused.broken(), ["unknown_currency - /currency"]);
        assert_eq!(closed(master, ""), Vec::<String>::new());

        let december = master.post("/v1/periods", closing("EUR", "2025-12-31")).expect(201);
        let february = master.post("/v1/periods", closing("EUR", "2026-02-28")).expect(201);
        master.post("/v1/periods", closing("BHD", "2026-02-28")).expect(201);
        let euros = ["EUR 2026-02-01 2026-02-28", "EUR 2026-01-01 2026-01-31", "EUR 2025-12-01 2025-12-31"];
        assert_eq!(closed(master, "?currency=EUR"), euros);
        assert_eq!(closed(master, "?currency=BHD"), ["BHD 2026-02-01 2026-02-28"]);
        // Closed again, nothing changes.
        assert_eq!(master.post("/v1/periods", closing("EUR", "2026-02-28")).expect(200), february);
        assert_eq!(master.post("/v1/periods", closing("EUR", "2025-12-31")).expect(200), december);
        master.post("/v1/periods", closing("EUR", "2025-11-30")).problem(409, "state_conflict");
        assert_eq!(closed(master, "?currency=EUR"), euros);
        assert_eq!(master.get(format!("/v1/periods/{}", id_of(&february))).expect(200), february);
        // Another network has periods of its own.
        assert_eq!(closed(&app.master("pt"), ""), Vec::<String>::new());
        app.master("pt").get(format!("/v1/periods/{}", id_of(&february))).problem(404, "not_found");
    }

    fn what_happens_in_a_closed_period_is_dated_into_the_open_one_and_is_not_payable_before(engine: Engine) {
        let app = TestApp::start(engine);
        // In Lisbon the first of April has begun, in São Paulo it is the evening before.
        app.advance(TimeDelta::days(29) + TimeDelta::hours(16));
        let market = Market::altoga_in_brazil(&app);
        let reseller = reseller(&market);
        let entry = |reference: &str| {
            let body = json!({ "kind": "invoice", "amount": brl("100.00"), "dated_on": "2026-03-31", "reference": reference });
            market.master().post(format!("/v1/annuities/{}/instalments", reseller.annuity), body).expect(201);
            let page = market.caller(&reseller.partner).get("/v1/ledger-entries").expect(200);
            ["state", "dated_on", "payable_on"].map(|day| page["data"][0][day].as_str().unwrap().to_owned())
        };
        assert_eq!(entry("1"), ["payable", "2026-03-31", "2026-03-31"]);
        app.master("pt").post("/v1/periods", closing("BRL", "2026-03-31")).expect(201);
        assert_eq!(entry("2"), ["accrued", "2026-04-01", "2026-04-01"]);
        // Two hours later the first of April has begun there too.
        app.advance(TimeDelta::hours(2));
        let page = app.partner(&reseller.partner).get("/v1/ledger-entries").expect(200);
        let states: Vec<&Value> = page["data"].as_array().unwrap().iter().map(|it| &it["state"]).collect();
        assert_eq!(states, ["payable", "payable"]);
    }
}

struct Reseller {
    partner: String,
    annuity: String,
}

fn brl(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "BRL" })
}

/// A reseller in Brazil with a sale in reais.
fn reseller(market: &Market<'_>) -> Reseller {
    let body = json!({
        "name": "Revenda", "legal_form": "company", "country": "BR", "registration_number": "R-1", "billing_ability": true,
        "tax_id": "11.222.333/0001-81", "email": "a@revenda.example", "language": "pt",
    });
    let partner = id_of(&market.master().post("/v1/partners", body).expect(201));
    let agreement = market.agreement(&partner, "reseller", None);
    market.enter_stage(&agreement, "facilitator");
    let lines = json!([line(&market.item("financials"), "year", None)]);
    let customer = market.customer(&partner);
    let proposal = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "BRL", "lines": lines });
    let annuity = market.sell(&market.caller(&partner), &proposal).annuity(1);
    Reseller { partner, annuity }
}
