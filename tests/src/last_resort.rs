//! A reseller fails its customers, and another one takes all of them over, while the process that carries it out is killed again and
//! again and others go on working: nobody is left alone, nobody goes over twice, and no cent is lost.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use chrono::Utc;
use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use persistence::{error::DbError, invariants::INVARIANTS};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    app::{Caller, TestApp},
    engine::{Engine, wait},
    process::Process,
    sales::{Market, Shop, eur, id_of, line},
};

/// How much hangs on the reseller, and how often a process is killed.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// How many customers.
    pub customers: usize,
    /// How many of them have a contract that runs, of which something was billed.
    pub contracts: usize,
    /// How long a process lives.
    pub kill_every: Duration,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// How often a process was killed.
    pub kills: u32,
    /// How many instalments were recorded and customers changed meanwhile.
    pub edits: usize,
    /// How long it took.
    pub took: Duration,
    /// How many customers nobody answers for but the failed one, or went over not once or twice.
    pub left_alone: i64,
    /// What went over not exactly once.
    pub doubles: i64,
    /// What the reseller owed its master before, with what was billed meanwhile.
    pub owed_before: Decimal,
    /// What both owe it afterwards.
    pub owed_after: Decimal,
    /// What breaks a rule that must always hold.
    pub broken: Vec<String>,
}

const THREADS: usize = 6;
/// What one edit bills; the master's share of it is 70 %.
const BILLED: &str = "10.00";
const SHARE_OF_BILLED: i64 = 7;

struct Stage {
    failed: Shop,
    taker: Shop,
    annuities: Vec<String>,
}

/// Makes everything that hangs on the reseller.
fn set_up(app: &TestApp, size: Size) -> Stage {
    let market = Market::altoga(app);
    let (failed, taker) = (Shop::open(&market, "helpdesk"), Shop::open(&market, "helpdesk"));
    let (next, lines) = (AtomicUsize::new(0), json!([line(&market.item("sales_and_purchasing"), "year", None)]));
    let annuities = thread::scope(|scope| {
        let (market, failed, next, lines) = (&market, &failed, &next, &lines);
        let makers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(move || {
                    let mut annuities = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= size.customers {
                            return annuities;
                        }
                        if number >= size.contracts {
                            market.customer(&failed.partner);
                            continue;
                        }
                        let sold = failed.sell_lines(market, lines, &[]);
                        sold.bill(1, "100.00");
                        annuities.push(sold.annuity(1));
                    }
                })
            })
            .collect();
        makers.into_iter().flat_map(|maker| maker.join().expect("customers")).collect()
    });
    Stage { failed, taker, annuities }
}

/// Opens a case, and has its plan approved by two people.
fn prepare(app: &TestApp, stage: &Stage) -> String {
    let today = Utc::now().date_naive();
    let case = json!({
        "partner_id": stage.failed.partner, "reason": "insolvency", "statement": "It cannot pay any more.",
        "evidence": [{ "dated_on": "2026-03-01", "description": "The court says so." }],
    });
    let case = id_of(&app.master("pt").post("/v1/continuity-cases", case).expect(201));
    let act =
        |action: &str, body: Value| app.master("pt").post(format!("/v1/continuity-cases/{case}/{action}"), body).expect(200);
    act("suspend", json!({}));
    act("plan", json!({ "company_id": stage.taker.partner, "from": today, "protections": "release" }));
    act("approve", json!({}));
    act("approve", json!({}));
    case
}

/// What both companies owe their master.
fn owed(app: &TestApp, stage: &Stage) -> Decimal {
    let net = |partner: &str| {
        let balances = app.partner(partner).get("/v1/balances").expect(200);
        let amounts = balances["data"].as_array().expect("balances").iter();
        let text = |it: &Value| it["amounts"][0]["net"]["amount"].as_str().expect("an amount").to_owned();
        amounts.map(|it| text(it).parse::<Decimal>().expect("a decimal")).sum::<Decimal>()
    };
    -(net(&stage.failed.partner) + net(&stage.taker.partner))
}

/// Bills a little of one contract after another, as the master, until it is over. How often.
fn edit(app: &TestApp, stage: &Stage, over: &AtomicBool) -> usize {
    let (mut master, mut edits): (Caller, usize) = (app.master("pt"), 0);
    while !over.load(Ordering::Relaxed) {
        if edits % 50 == 49 {
            app.clock.set(Utc::now());
            master = app.master("pt");
        }
        let annuity = &stage.annuities[(edits * 7) % stage.annuities.len()];
        let path = format!("/v1/annuities/{annuity}/instalments");
        for kind in ["invoice", "collection"] {
            let reference = format!("edit {edits} {kind}");
            let body = json!({ "kind": kind, "amount": eur(BILLED), "dated_on": "2026-03-02", "reference": reference });
            // Whoever met a customer on its way comes again.
            loop {
                let answer = master.post(&path, body.clone());
                if answer.status == 201 {
                    break;
                }
                assert_eq!(answer.status, 503, "{}", answer.text);
                thread::sleep(Duration::from_millis(50));
            }
        }
        edits += 1;
        thread::sleep(Duration::from_millis(20));
    }
    edits
}

/// Whether the case is done.
fn is_executed(app: &TestApp, case: &str) -> bool {
    app.clock.set(Utc::now());
    app.master("pt").get(format!("/v1/continuity-cases/{case}")).expect(200)["state"] == "executed"
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(app: &TestApp, query: &'static str) -> i64 {
    wait(app.db.read(move |tx| Ok::<_, DbError>(diesel::sql_query(query).get_result::<Count>(tx.conn)?.count))).expect("a count")
}

/// Runs it over a database of its own. `serving` is the test that a process is started to run, which carries the plan out.
pub fn fail(engine: Engine, size: Size, serving: &str) -> Outcome {
    let app = TestApp::start(engine);
    let stage = set_up(&app, size);
    // The processes beside go by the host's clock.
    app.clock.set(Utc::now());
    let (case, before) = (prepare(&app, &stage), owed(&app, &stage));
    let run = format!("/v1/continuity-cases/{case}/execute");
    app.master("pt").post(run, json!({ "limit": 1 })).expect(200);
    let (over, started, mut kills) = (AtomicBool::new(false), Instant::now(), 0_u32);
    let edits = thread::scope(|scope| {
        let (app, stage, over) = (&app, &stage, &over);
        let editor = scope.spawn(move || edit(app, stage, over));
        while !is_executed(app, &case) {
            let process = Process::start_working(serving, &app.database_url(), app.signing_key());
            // On a machine that is too busy to get anything done in that time, later ones live longer.
            let deadline = Instant::now() + size.kill_every * (1 + kills / 8);
            while Instant::now() < deadline && !is_executed(app, &case) {
                thread::sleep(Duration::from_millis(100));
            }
            process.kill();
            kills += 1;
        }
        over.store(true, Ordering::Relaxed);
        editor.join().expect("edits")
    });
    let took = started.elapsed();
    app.clock.set(Utc::now());
    let billed = Decimal::from(SHARE_OF_BILLED) * Decimal::from(edits);
    let left = "SELECT count(*) AS count FROM customers c JOIN partners p ON p.id = c.responsible_id \
        JOIN continuity_cases k ON k.partner_id = p.id";
    let doubles = "SELECT count(*) AS count FROM (SELECT r.customer_id FROM responsibilities r JOIN continuity_moves m \
        ON m.customer_id = r.customer_id GROUP BY r.customer_id HAVING max(r.number) <> 2 \
        UNION ALL SELECT t.contract_id FROM contract_takeovers t GROUP BY t.contract_id HAVING count(*) <> 1) twice";
    let moved = count(&app, "SELECT count(*) AS count FROM continuity_moves");
    let expected = i64::try_from(size.customers).expect("a count");
    Outcome {
        kills,
        edits,
        took,
        left_alone: count(&app, left) + (expected - moved).abs(),
        doubles: count(&app, doubles),
        owed_before: before + billed,
        owed_after: owed(&app, &stage),
        broken: broken(&app),
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
