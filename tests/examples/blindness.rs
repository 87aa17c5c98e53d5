//! Whether the time of a check tells what it found (R36, D22): medians of calls over HTTP for an unknown, a protected and a possible
//! prospect, in turns, on both engines, with the difference between two unknown ones as the noise of the measurement. And the same for
//! registrations that are refused, whatever the cause.
//!
//! `cargo run --release -p entente-tests --example blindness [CALLS]`

#![allow(clippy::expect_used, reason = "a measurement that cannot go on has to fail and say why")]

use std::time::{Duration, Instant};

use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::Engine,
    sales::{Market, id_of},
};
use rand::seq::SliceRandom;
use serde_json::{Value, json};

const CALLS: usize = 2_000;

fn main() {
    let calls = std::env::args().nth(1).and_then(|calls| calls.parse().ok()).unwrap_or(CALLS);
    for (engine, name) in [(Engine::Sqlite, "SQLite"), (Engine::Postgres, "PostgreSQL")] {
        let app = TestApp::start(engine);
        let scene = Scene::set(&Market::altoga(&app));
        println!("{name}: checks, {calls} of each in turns");
        report(&measure(&scene.checks(), calls, &scene.asker, "/v1/registrations/check"));
        println!("{name}: refused registrations, {calls} of each in turns");
        report(&measure(&scene.claims(), calls, &scene.asker, "/v1/registrations"));
    }
}

/// One kind of request.
struct Kind {
    name: &'static str,
    body: Value,
    /// The status and the word of its answer, so that the right thing is measured.
    expected: (u16, &'static str),
}

/// Prospects that are protected in each of the ways that there are, and somebody who may have none of them.
struct Scene {
    asker: Caller,
}

impl Scene {
    fn set(market: &Market<'_>) -> Self {
        let [holder, asker] = [(), ()].map(|()| {
            let partner = market.partner();
            market.agreement(&partner, "reseller", None);
            market.caller(&partner)
        });
        let claim = id_of(&holder.post("/v1/registrations", claim("Conservas do Mar, S.A.", "conservas.pt")).expect(201));
        market.master().post(format!("/v1/registrations/{claim}/accept"), json!({})).expect(200);
        let customer = json!({ "name": "Hotel do Cais", "country": "PT", "domain": "cais.pt" });
        market.master().post("/v1/customers", customer).expect(201);
        let pursuit = json!({ "prospect": { "name": "Padaria da Foz", "country": "PT", "domain": "foz.pt" } });
        market.master().post("/v1/pursuits", pursuit).expect(201);
        Self { asker }
    }

    fn checks(&self) -> Vec<Kind> {
        let kind = |name, prospect_name: &str, domain: &str, word| Kind {
            name,
            body: json!({ "prospect": { "name": prospect_name, "country": "PT", "domain": domain } }),
            expected: (200, word),
        };
        vec![
            // Names of one form: what a name costs to look for is its sender's own affair, and would only blur the figures.
            kind("unknown", "Carpintaria do Sor", "carpintaria.pt", "clear"),
            kind("unknown again", "Serralhos do Lis", "serralhos.pt", "clear"),
            kind("protected", "Conservas do Mar", "conservas.pt", "protected"),
            kind("possible match", "Conservas do Mar", "mar-de-sal.pt", "possible_match"),
        ]
    }

    fn claims(&self) -> Vec<Kind> {
        let kind =
            |name, domain: &str| Kind { name, body: claim("Quem Quer", domain), expected: (409, "prospect_not_available") };
        vec![
            kind("protected", "conservas.pt"),
            kind("protected again", "www.conservas.pt"),
            kind("customer", "cais.pt"),
            kind("pursued", "foz.pt"),
        ]
    }
}

fn claim(name: &str, domain: &str) -> Value {
    json!({
        "prospect": { "name": name, "country": "PT", "domain": domain },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    })
}

/// How long the calls of each kind took, in the order of the kinds.
fn measure(kinds: &[Kind], calls: usize, asker: &Caller, path: &str) -> Vec<(&'static str, Vec<Duration>)> {
    let ask = |kind: &Kind| -> Answer { asker.post(path, kind.body.clone()) };
    for kind in kinds {
        let answer = ask(kind);
        let body = answer.expect(kind.expected.0);
        let word = body.get("status").and_then(Value::as_str).or(body.get("code").and_then(Value::as_str)).unwrap_or_default();
        assert_eq!(word, kind.expected.1, "{}", kind.name);
    }
    let mut taken: Vec<_> = kinds.iter().map(|kind| (kind.name, Vec::with_capacity(calls))).collect();
    let mut turns: Vec<usize> = (0..kinds.len()).collect();
    for _ in 0..calls {
        // In another order each time, so that nobody always comes after the same one.
        turns.shuffle(&mut rand::rng());
        for turn in &turns {
            let (Some(kind), Some((_, times))) = (kinds.get(*turn), taken.get_mut(*turn)) else { continue };
            let started = Instant::now();
            ask(kind);
            times.push(started.elapsed());
        }
    }
    taken
}

fn quantile(sorted: &[Duration], percent: usize) -> u128 {
    let at = sorted.len().saturating_mul(percent).checked_div(100).unwrap_or(0).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0, Duration::as_micros)
}

/// Prints the medians, and how far each is from the first one; the second one is of the same kind as the first.
fn report(measured: &[(&'static str, Vec<Duration>)]) {
    let mut first = None;
    for (position, (name, times)) in measured.iter().enumerate() {
        let mut sorted = times.clone();
        sorted.sort_unstable();
        let (median, lower, upper) = (quantile(&sorted, 50), quantile(&sorted, 25), quantile(&sorted, 75));
        let difference = median.abs_diff(*first.get_or_insert(median));
        let note = if position == 1 { "  the noise of the measurement" } else { "" };
        println!(
            "  {name:<16} median {median:>6} µs, middle half {lower:>6} to {upper:>6} µs, {difference:>5} µs from the first{note}"
        );
    }
}
