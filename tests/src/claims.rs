//! Many partners claim the same prospects through several processes at once: whatever the scopes and the order, no prospect is held
//! twice at any instant.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use persistence::invariants::INVARIANTS;
use serde_json::{Value, json};

use crate::{
    app::{Answer, Caller, TestApp},
    engine::{Engine, wait},
    process::Process,
    sales::{Market, id_of},
};

/// What is claimed, by whom and through what.
#[derive(Debug, Clone, Copy)]
pub struct Rush {
    /// How many prospects.
    pub prospects: usize,
    /// How many partners; each claims every prospect, so that there are as many claims of each.
    pub partners: usize,
    /// How many processes beside the test's own serve it; with none, the test's own does.
    pub processes: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// How many claims were sent.
    pub claims: usize,
    /// How many of them were handed in.
    pub submitted: usize,
    /// How many were accepted.
    pub accepted: usize,
    /// How many ended again, so that others could have the prospect.
    pub withdrawn: usize,
    /// How often somebody was told to come back, or got no answer in time.
    pub busy: usize,
    /// How long it took.
    pub took: Duration,
    /// What breaks a rule that must always hold.
    pub broken: Vec<String>,
    /// Pairs of registrations that held one prospect in overlapping scopes at one instant.
    pub held_twice: Vec<(String, String)>,
}

#[derive(Default)]
struct Counts {
    submitted: AtomicUsize,
    accepted: AtomicUsize,
    withdrawn: AtomicUsize,
    busy: AtomicUsize,
}

fn one_more(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Whole prospects and product lines, so that some claims overlap and others do not.
const SCOPES: [Option<&[&str]>; 5] = [Some(&["crm"]), Some(&["erp"]), Some(&["crm", "people"]), None, Some(&["people"])];

fn claim(prospect: usize, scope: usize) -> Value {
    let yesterday = Utc::now().checked_sub_signed(TimeDelta::days(1)).expect("a day before").date_naive();
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": format!("conservas-{prospect}.pt") },
        "product_lines": SCOPES[scope % SCOPES.len()],
        "evidence": [{ "kind": "meeting", "dated_on": yesterday, "description": "At their site." }],
    })
}

/// Sends until there is an answer, as a client would that goes by its idempotency key: the same request has one effect, however often
/// it comes.
fn persist(counts: &Counts, caller: &Caller, path: &str, body: &Value) -> Answer {
    let key = format!("{:016x}", rand::random::<u64>());
    for _ in 0..30 {
        let sent = caller.request("POST", path).header("idempotency-key", &key).json(body).try_send();
        let in_time = sent.ok().filter(|answer| answer.status != 503 && answer.json()["code"] != "request_in_progress");
        if let Some(answer) = in_time {
            return answer;
        }
        one_more(&counts.busy);
        thread::sleep(Duration::from_millis(200));
    }
    panic!("busy for good");
}

/// Runs it over a database of its own. `serving` is the test that a process is started to run, which serves.
pub fn rush(engine: Engine, size: Rush, serving: &str) -> Outcome {
    let app = TestApp::start(engine);
    app.clock.set(Utc::now());
    let market = Market::altoga(&app);
    let partners: Vec<String> = (0..size.partners)
        .map(|_| {
            let partner = market.partner();
            market.agreement(&partner, "reseller", None);
            partner
        })
        .collect();
    let processes: Vec<Process> =
        (0..size.processes).map(|_| Process::start(serving, &app.database_url(), app.signing_key())).collect();
    let addresses: Vec<SocketAddr> =
        if processes.is_empty() { vec![app.address()] } else { processes.iter().map(Process::address).collect() };
    let (counts, started) = (Counts::default(), Instant::now());
    thread::scope(|scope| {
        for (number, partner) in partners.iter().enumerate() {
            let (app, addresses, counts) = (&app, &addresses, &counts);
            scope.spawn(move || claim_all(app, partner, number, size.prospects, addresses, counts));
        }
    });
    let took = started.elapsed();
    app.clock.set(Utc::now());
    Outcome {
        claims: size.prospects * size.partners,
        submitted: counts.submitted.into_inner(),
        accepted: counts.accepted.into_inner(),
        withdrawn: counts.withdrawn.into_inner(),
        busy: counts.busy.into_inner(),
        took,
        broken: broken(&app),
        held_twice: held_twice(&app.master("pt")),
    }
}

/// One partner claims every prospect, in the order that all others do, and its master accepts what comes in. Some of what it holds
/// it withdraws, so that the next one can have it.
fn claim_all(app: &TestApp, partner: &str, number: usize, prospects: usize, addresses: &[SocketAddr], counts: &Counts) {
    let signed_in = || (app.partner(partner), app.master("pt"));
    let mut callers = signed_in();
    for prospect in 0..prospects {
        // Tokens last for minutes.
        if prospect % 200 == 199 {
            app.clock.set(Utc::now());
            callers = signed_in();
        }
        let at = |step: usize| addresses[(prospect + number + step) % addresses.len()];
        let (own, master) = (callers.0.at(at(0)), callers.1.at(at(1)));
        let handed_in = persist(counts, &own, "/v1/registrations", &claim(prospect, prospect + number));
        if handed_in.status != 201 {
            handed_in.problem(409, "prospect_not_available");
            continue;
        }
        one_more(&counts.submitted);
        let id = id_of(&handed_in.json());
        let decided = persist(counts, &master, &format!("/v1/registrations/{id}/accept"), &json!({}));
        if decided.status != 200 {
            decided.problem(409, "prospect_not_available");
            continue;
        }
        one_more(&counts.accepted);
        if (prospect + number).is_multiple_of(3) {
            let own = callers.0.at(at(2));
            persist(counts, &own, &format!("/v1/registrations/{id}/withdraw"), &json!({})).expect(200);
            one_more(&counts.withdrawn);
        }
    }
}

fn broken(app: &TestApp) -> Vec<String> {
    let mut broken = Vec::new();
    for invariant in INVARIANTS {
        let rows = wait(app.db.read(|tx| invariant.broken(tx.conn))).expect("a check");
        broken.extend(rows.into_iter().map(|row| format!("{}: {row}", invariant.rule)));
    }
    broken
}

/// From when until when a registration protected what, as its master sees it.
struct Hold {
    id: String,
    lines: Option<Vec<String>>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Hold {
    fn read(shown: &Value) -> Option<(String, Self)> {
        let instant = |field: &str| shown[field].as_str().map(|text| text.parse::<DateTime<Utc>>().expect("an instant"));
        let (from, until) = (instant("protected_from")?, instant("ended_at").or(instant("protected_until"))?);
        let lines = shown["product_lines"].as_array();
        let lines = lines.map(|lines| lines.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        Some((shown["prospect"]["domain"].as_str()?.to_owned(), Self { id: id_of(shown), lines, from, until }))
    }

    /// Whether both held a part of the prospect at some instant.
    fn meets(&self, other: &Self) -> bool {
        let overlap = match (&self.lines, &other.lines) {
            (Some(own), Some(others)) => own.iter().any(|line| others.contains(line)),
            _ => true,
        };
        overlap && self.from < other.until && other.from < self.until
    }
}

/// Every pair of registrations that held one prospect twice, whether or not they still do.
fn held_twice(master: &Caller) -> Vec<(String, String)> {
    let mut holds: BTreeMap<String, Vec<Hold>> = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = master.get(format!("/v1/registrations?limit=200{after}")).expect(200);
        for (domain, hold) in page["data"].as_array().expect("rows").iter().filter_map(Hold::read) {
            holds.entry(domain).or_default().push(hold);
        }
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let mut twice = Vec::new();
    for of_one in holds.values() {
        for (index, hold) in of_one.iter().enumerate() {
            let met = of_one.iter().skip(index + 1).filter(|other| hold.meets(other));
            twice.extend(met.map(|other| (hold.id.clone(), other.id.clone())));
        }
    }
    twice
}
