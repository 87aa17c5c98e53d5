//! Disputes over a protection: both sides are heard, a master decides, another hears an appeal (R37, D18, D22).

mod decision;
mod hearing;
mod money;
mod opening;
mod race;
mod storage;
mod transfer;

use entente_tests::{
    app::{Answer, Caller, TestApp},
    sales::{Market, id_of},
};
use serde_json::{Value, json};

const DOMAIN: &str = "conservas.pt";

fn evidence(day: &str) -> Value {
    json!({ "kind": "meeting", "dated_on": day, "description": format!("At their site on {day}.") })
}

fn prospect() -> Value {
    json!({ "name": "Conservas do Mar, S.A.", "country": "PT", "domain": DOMAIN })
}

/// What a dispute is opened with, on evidence of a day.
fn objection(grounds: &str, day: &str) -> Value {
    json!({
        "prospect": { "name": "Conservas", "country": "PT", "domain": DOMAIN }, "grounds": grounds,
        "statement": "We were there first.", "evidence": [evidence(day)],
    })
}

fn act(caller: &Caller, dispute: &str, action: &str, body: Value) -> Answer {
    caller.post(format!("/v1/disputes/{dispute}/{action}"), body)
}

fn show(caller: &Caller, dispute: &str) -> Value {
    caller.get(format!("/v1/disputes/{dispute}")).expect(200)
}

/// A protection of one partner that another one disputes.
struct Quarrel {
    holder_id: String,
    challenger_id: String,
    registration: String,
    dispute: String,
    holder: Caller,
    challenger: Caller,
}

impl Quarrel {
    /// A protection since 2 March, and a dispute on evidence of 20 February, under the same master.
    fn open(market: &Market<'_>, grounds: &str) -> Self {
        Self::of_type(market, grounds, "reseller")
    }

    /// The same, between partners of a type.
    fn of_type(market: &Market<'_>, grounds: &str, partnership_type: &str) -> Self {
        let [holder_id, challenger_id] = [(), ()].map(|()| {
            let partner = market.partner();
            market.agreement(&partner, partnership_type, None);
            partner
        });
        let (holder, challenger) = (market.caller(&holder_id), market.caller(&challenger_id));
        let registration = protect(market.master(), &holder);
        let dispute = id_of(&challenger.post("/v1/disputes", objection(grounds, "2026-02-20")).expect(201));
        Self { holder_id, challenger_id, registration, dispute, holder, challenger }
    }

    /// The same, once the holder was heard, so that it can be decided.
    fn heard(market: &Market<'_>, grounds: &str) -> Self {
        let quarrel = Self::open(market, grounds);
        quarrel.hear(market.master());
        quarrel
    }

    fn hear(&self, master: &Caller) {
        act(master, &self.dispute, "hear", json!({})).expect(200);
        act(&self.holder, &self.dispute, "statements", json!({ "statement": "It is ours." })).expect(200);
    }
}

/// A protected registration of the usual prospect.
fn protect(master: &Caller, holder: &Caller) -> String {
    let claim = json!({ "prospect": prospect(), "evidence": [evidence("2026-03-01")] });
    let id = id_of(&holder.post("/v1/registrations", claim).expect(201));
    master.post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
    id
}

fn ruling(outcome: &str, effects: &[&str]) -> Value {
    json!({ "outcome": outcome, "effects": effects, "reasons": "The minutes are credible." })
}

/// The kinds of events about a subject that a caller reads, in order.
fn told(caller: &Caller, subject: &str) -> Vec<String> {
    let events = caller.get(format!("/v1/events?limit=200&subject={subject}")).expect(200);
    events["data"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

/// Everything that a caller can read about disputes, registrations, the ledger and events, as one text.
fn everything(caller: &Caller) -> String {
    let paths = [
        "/v1/disputes?limit=200",
        "/v1/registrations?limit=200",
        "/v1/ledger-entries?limit=200",
        "/v1/outcomes?limit=200",
        "/v1/events?limit=200",
        "/v1/balances?limit=200",
        "/v1/proposals?limit=200",
        "/v1/contracts?limit=200",
    ];
    paths.iter().map(|path| caller.get(*path).text).collect()
}

/// The registrations that a caller sees, as `id state reason`.
fn registrations(caller: &Caller) -> Vec<String> {
    let all = caller.get("/v1/registrations?limit=200").expect(200);
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let say = |it: &Value| format!("{} {}", text(&it["state"]), text(&it["reason"]));
    all["data"].as_array().unwrap().iter().map(say).collect()
}

/// Every invariant holds.
fn check_invariants(app: &TestApp) {
    let broken = entente_tests::engine::wait(app.db.read(|tx| {
        let mut broken = Vec::new();
        for invariant in persistence::invariants::INVARIANTS {
            broken.extend(invariant.broken(tx.conn)?.into_iter().map(|row| format!("{}: {row}", invariant.rule)));
        }
        Ok::<_, persistence::error::DbError>(broken)
    }));
    assert_eq!(broken.unwrap(), Vec::<String>::new());
}
