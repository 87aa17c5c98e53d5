//! Sales: what may be offered, what signing freezes, what a year comes to, and who may see it (R11, R15 to R17, R53 to R80, D7,
//! D11, D12, D20, D22).

mod annuity;
mod offer;
mod signing;

use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, eur, id_of, line},
};
use serde_json::{Value, json};

/// A proposal to a new customer of `responsible` under an agreement.
fn proposal(market: &Market<'_>, responsible: &str, agreement: &str, lines: Value) -> Value {
    json!({ "agreement_id": agreement, "customer_id": market.customer(responsible), "currency": "EUR", "lines": lines })
}

fn post(caller: &Caller, id: &str, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/proposals/{id}/{action}"), body)
}

/// A proposal that was made and sent.
fn sent(caller: &Caller, body: Value) -> String {
    let id = id_of(&caller.post("/v1/proposals", body).expect(201));
    post(caller, &id, "send", json!({})).expect(200);
    id
}

fn signature() -> Value {
    json!({ "signed_on": "2026-03-02" })
}

fn signed(caller: &Caller, body: Value) -> Value {
    let id = sent(caller, body);
    post(caller, &id, "sign", signature()).expect(201)
}

fn annuities(caller: &Caller, contract: &Value) -> Vec<Value> {
    let page = caller.get(format!("/v1/annuities?contract_id={}", id_of(contract))).expect(200);
    let mut annuities = page["data"].as_array().unwrap().clone();
    annuities.sort_by_key(|annuity| annuity["year"].as_u64());
    annuities
}

fn instalment(kind: &str, amount: &str, reference: &str) -> Value {
    json!({ "kind": kind, "amount": eur(amount), "dated_on": "2026-03-02", "reference": reference })
}

fn record(caller: &Caller, annuity: &Value, body: Value) -> Answer {
    caller.post(format!("/v1/annuities/{}/instalments", id_of(annuity)), body)
}

fn ordinals(contract: &Value) -> Vec<u64> {
    contract["attributions"].as_array().unwrap().iter().map(|it| it["ordinal"].as_u64().unwrap()).collect()
}

/// A partner of a type with an agreement in force.
struct Dealer {
    id: String,
    agreement: String,
    caller: Caller,
}

impl Dealer {
    fn of(market: &Market<'_>, of_type: &str) -> Self {
        let id = market.partner();
        let agreement = market.agreement(&id, of_type, None);
        let caller = market.caller(&id);
        Self { id, agreement, caller }
    }

    /// A reseller in a stage.
    fn reseller(market: &Market<'_>, stage: &str) -> Self {
        let dealer = Self::of(market, "reseller");
        market.enter_stage(&dealer.agreement, stage);
        dealer
    }
}

/// Changes of an agreement in force that end its effects.
fn suspend(market: &Market<'_>, agreement: &str) {
    let body = json!({ "reason": "Best practices were not followed." });
    market.master().post(format!("/v1/agreements/{agreement}/suspend"), body).expect(200);
}
