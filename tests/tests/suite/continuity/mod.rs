//! No customer is left alone (R49 to R51, D19).

mod along;
mod case;
mod guarantee;
mod killed;
mod money;
mod responsibility;
mod services;
mod together;

use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    sales::{Market, Shop, Sold, id_of},
};
use persistence::invariants::INVARIANTS;
use serde_json::{Value, json};

/// A reseller that fails its customers, and another one that can take them over.
struct Failing<'a> {
    app: &'a TestApp,
    shop: Shop,
    taker: Shop,
}

fn opening(partner: &str) -> Value {
    json!({
        "partner_id": partner, "reason": "unreachable", "statement": "Nobody answers.",
        "evidence": [{ "dated_on": "2026-03-01", "description": "Three customers complain." }],
    })
}

impl<'a> Failing<'a> {
    fn of(app: &'a TestApp, market: &Market<'_>) -> Self {
        Self { app, shop: Shop::open(market, "sub_network"), taker: Shop::open(market, "helpdesk") }
    }

    /// Somebody else of the master each time.
    fn master(&self) -> Caller {
        self.app.master("pt")
    }

    fn failed(&self) -> Caller {
        self.app.partner(&self.shop.partner)
    }

    fn successor(&self) -> Caller {
        self.app.partner(&self.taker.partner)
    }

    /// Opens a case and suspends the partner.
    fn suspended(&self) -> String {
        let case = id_of(&self.master().post("/v1/continuity-cases", opening(&self.shop.partner)).expect(201));
        self.act(&case, "suspend", json!({})).expect(200);
        case
    }

    fn act(&self, case: &str, action: &str, body: Value) -> Answer {
        self.master().post(format!("/v1/continuity-cases/{case}/{action}"), body)
    }

    fn plan(&self, case: &str, from: &str) -> Value {
        let body = json!({ "company_id": self.taker.partner, "from": from, "protections": "transfer" });
        self.act(case, "plan", body).expect(200)
    }

    /// Approved by two people.
    fn approve(&self, case: &str) {
        assert_eq!(self.act(case, "approve", json!({})).expect(200)["state"], "open");
        assert_eq!(self.act(case, "approve", json!({})).expect(200)["state"], "approved");
    }

    /// Repeats an action until the case stands where it leads to. How often.
    fn run(&self, case: &str, action: &str, limit: i64, until: &str) -> usize {
        for turn in 1..100 {
            let shown = self.act(case, action, json!({ "limit": limit })).expect(200);
            if shown["state"] == until {
                return turn;
            }
        }
        panic!("{action} never ends");
    }

    fn responsible(&self, customer: &str, on: &str) -> Value {
        let path = format!("/v1/customers/{customer}/responsibility?day={on}");
        self.master().get(path).expect(200)["responsible"]["id"].clone()
    }
}

pub(crate) fn assert_sound(app: &TestApp) {
    for invariant in INVARIANTS {
        let broken = wait(app.db.read(|tx| invariant.broken(tx.conn))).expect("a check");
        assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
    }
}

/// The customer of a contract.
fn customer_of(master: &Caller, sold: &Sold<'_>) -> String {
    let contract = master.get(format!("/v1/contracts/{}", sold.contract)).expect(200);
    contract["customer_id"].as_str().unwrap().to_owned()
}

/// All rows of a list that fits one page.
fn all(caller: &Caller, path: &str) -> Vec<Value> {
    caller.get(path).expect(200)["data"].as_array().unwrap().clone()
}
