//! What holds over one database whatever the number of processes, and whenever one of them is killed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Barrier, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chrono::{TimeDelta, Utc};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::{Engine, wait},
    on_both_engines,
    process::{Process, serve_if_asked},
    sales::{Market, eur, id_of, line},
};
use persistence::invariants::INVARIANTS;
use serde_json::{Value, json};

/// A service whose clock shows the time of the processes beside it.
fn app(engine: Engine) -> TestApp {
    let app = TestApp::start(engine);
    app.clock.set(Utc::now());
    app
}

pub(super) fn process(url: &str, key: &[u8]) -> Process {
    Process::start("processes::a_process_that_serves", url, key)
}

/// Processes over the database of `app`, beside its own.
pub(super) fn processes<const N: usize>(app: &TestApp) -> [Process; N] {
    std::array::from_fn(|_| process(&app.database_url(), app.signing_key()))
}

/// The same caller at each of the processes.
pub(super) fn at_each<const N: usize>(caller: &Caller, processes: &[Process; N]) -> [Caller; N] {
    std::array::from_fn(|n| caller.at(processes[n].address()))
}

/// Sends until the service is not busy, as a client would, and counts how often it was.
fn persist(busy: &AtomicU32, send: impl Fn() -> Answer) -> Answer {
    for _ in 0..20 {
        let answer = send();
        if answer.status != 503 {
            return answer;
        }
        busy.fetch_add(1, Ordering::Relaxed);
        let seconds = answer.header("retry-after").expect("a time to come back after");
        thread::sleep(Duration::from_secs(seconds.parse().expect("seconds")));
    }
    panic!("busy for good");
}

/// Sends all of them at once.
pub(super) fn at_once<T: Sync>(all: &[T], send: impl Fn(&T) -> Answer + Sync) -> Vec<Answer> {
    let (together, busy) = (Barrier::new(all.len()), AtomicU32::new(0));
    let answers: Vec<Answer> = thread::scope(|scope| {
        let (together, busy, send) = (&together, &busy, &send);
        let sent: Vec<_> = all
            .iter()
            .map(|one| {
                scope.spawn(move || {
                    together.wait();
                    persist(busy, || send(one))
                })
            })
            .collect();
        sent.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    let busy = usize::try_from(busy.into_inner()).unwrap();
    assert!(busy * 10 <= all.len().max(10), "{busy} of {} were told to come back", all.len());
    answers
}

/// How often each status and code came back.
pub(super) fn tally(answers: &[Answer]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let code = answer.json()["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
        *tally.entry(format!("{}{code}", answer.status)).or_default() += 1;
    }
    tally
}

pub(super) fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(answer, count)| (answer.to_owned(), count)).collect()
}

/// Everything that must always hold does.
pub(super) fn assert_sound(db: &persistence::db::Db) {
    for invariant in INVARIANTS {
        let broken = wait(db.read(|tx| invariant.broken(tx.conn))).expect("a check");
        assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
    }
}

fn claim(number: usize) -> Value {
    let yesterday = (Utc::now() - TimeDelta::days(1)).date_naive();
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": format!("conservas-{number}.pt") },
        "evidence": [{ "kind": "meeting", "dated_on": yesterday, "description": "At their site." }],
    })
}

/// Of `submissions` for one prospect by five partners at once each partner has one, and of all acceptances one protects; then
/// the same for some more prospects, whose acceptances meet more often.
fn one_protection_of_many<const N: usize>(engine: Engine, submissions: usize) {
    let app = app(engine);
    let market = Market::altoga(&app);
    let others: [Process; N] = processes(&app);
    let newcomer = || {
        let partner = market.partner();
        market.agreement(&partner, "reseller", None);
        at_each(&market.caller(&partner), &others)
    };
    let partners: Vec<[Caller; N]> = (0..5).map(|_| newcomer()).collect();
    let masters = at_each(market.master(), &others);
    for round in 0..6 {
        let submissions = if round == 0 { submissions } else { 5 };
        let sent: Vec<&Caller> = (0..submissions).map(|n| &partners[n % 5][(n / 5) % N]).collect();
        let answers = at_once(&sent, |caller| caller.post("/v1/registrations", claim(round)));
        let mut expected = counts([("201", 5)]);
        if submissions > 5 {
            expected.insert("409 already_exists".to_owned(), submissions - 5);
        }
        assert_eq!(tally(&answers), expected);

        let made: Vec<String> = answers.iter().filter(|answer| answer.status == 201).map(|it| id_of(&it.json())).collect();
        let accepting: Vec<(&Caller, &String)> = (0..15).map(|n| (&masters[n % N], &made[n % 5])).collect();
        let answers = at_once(&accepting, |(master, id)| master.post(format!("/v1/registrations/{id}/accept"), json!({})));
        assert_eq!(tally(&answers), counts([("200", 3), ("409 prospect_not_available", 12)]));
        let accepted: BTreeSet<String> =
            answers.iter().filter(|answer| answer.status == 200).map(|it| id_of(&it.json())).collect();
        assert_eq!(accepted.len(), 1, "accepting twice is accepting once");
        let state = |id: &String| market.master().get(format!("/v1/registrations/{id}")).expect(200)["state"].clone();
        let protecting: BTreeSet<String> = made.iter().filter(|id| state(id) == "accepted").cloned().collect();
        assert_eq!(protecting, accepted);
    }
    newcomer()[0].post("/v1/registrations", claim(0)).problem(409, "prospect_not_available");
    assert_sound(&app.db);
}

fn new_partner(number: usize) -> Value {
    json!({ "name": format!("Partner {number}"), "legal_form": "company", "country": "PT", "email": "a@b.example", "language": "pt" })
}

#[test]
fn a_process_that_serves() {
    serve_if_asked();
    let app = app(Engine::Sqlite);
    let [served] = processes::<1>(&app);
    let caller = app.master("pt").at(served.address());
    let made = caller.post("/v1/partners", new_partner(1)).expect(201);
    assert_eq!(app.master("pt").get(format!("/v1/partners/{}", id_of(&made))).expect(200), made);
    let address = served.address();
    drop(served);
    assert!(std::net::TcpStream::connect(address).is_err(), "it still listens");
}

/// Whether what `done` looks for comes within half a minute.
fn comes(done: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(100));
    }
    true
}

#[test]
fn a_process_does_what_is_due_whether_or_not_it_is_logged() {
    let app = app(Engine::Sqlite);
    let market = Market::all_in_web(&app);
    let body =
        json!({ "partner_id": market.partner(), "partnership_type": "affiliate", "language": "fr", "starts_on": "2024-01-01" });
    let agreement = id_of(&market.master().post("/v1/agreements", body).expect(201));
    market.master().post(format!("/v1/agreements/{agreement}/submit"), json!({})).expect(200);
    market.master().post(format!("/v1/agreements/{agreement}/begin-supervision"), json!({})).expect(200);
    let approval = market.approval(&agreement);
    market.master().post(format!("/v1/agreements/{agreement}/supervisions"), approval).expect(200);
    let _process = Process::start_working("processes::a_process_that_serves", &app.database_url(), app.signing_key());
    let found = || market.master().get("/v1/findings").expect(200)["data"].as_array().unwrap().len();
    assert!(comes(|| found() > 0), "the years that are over were not counted (R57)");
}

#[test]
fn r35_of_five_hundred_submissions_through_three_processes_one_comes_to_protect() {
    one_protection_of_many::<3>(Engine::Postgres, 500);
}

#[test]
fn r35_of_the_submissions_of_sixty_four_clients_of_sqlite_one_comes_to_protect() {
    one_protection_of_many::<1>(Engine::Sqlite, 64);
}

#[test]
fn the_same_key_at_three_processes_at_once_has_one_effect() {
    let app = app(Engine::Postgres);
    let others: [Process; 3] = processes(&app);
    let masters = at_each(&app.master("pt"), &others);
    for round in 0..5 {
        let sent: Vec<&Caller> = (0..24).map(|n| &masters[n % 3]).collect();
        let send = |caller: &Caller| {
            let request = caller.request("POST", "/v1/partners").header("idempotency-key", &format!("key-{round}"));
            request.json(&new_partner(round)).send()
        };
        let answers = at_once(&sent, |caller| send(caller));
        let (made, waiting): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 201);
        assert!(made.iter().all(|answer| answer.text == made[0].text), "{made:?}");
        assert_eq!(made.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count(), 1, "{made:?}");
        waiting.iter().for_each(|answer| drop(answer.problem(409, "request_in_progress")));
        // Whoever was told to come back gets the same answer then.
        assert!(masters.iter().all(|master| send(master).expect(201) == made[0].json()));
        let partners = app.master("pt").get("/v1/partners?limit=200").expect(200);
        assert_eq!(partners["data"].as_array().unwrap().len(), round + 1);
    }
}

#[test]
fn d4_of_two_agreements_approved_at_once_at_two_processes_one_takes_effect() {
    let app = app(Engine::Postgres);
    let market = Market::altoga(&app);
    let others: [Process; 2] = processes(&app);
    let masters = at_each(market.master(), &others);
    for _ in 0..8 {
        let partner = market.partner();
        let both = [(), ()].map(|()| market.under_supervision(&partner, "reseller", None, None));
        let decision = market.approval(&both[0]);
        let approving: Vec<(&Caller, &String)> = masters.iter().zip(&both).collect();
        let answers =
            at_once(&approving, |(master, id)| master.post(format!("/v1/agreements/{id}/supervisions"), decision.clone()));
        assert_eq!(tally(&answers), counts([("200", 1), ("422 invalid_request", 1)]));
        let refused = answers.iter().find(|answer| answer.status == 422).unwrap();
        assert_eq!(refused.broken(), ["second_agreement D4 "]);
        let states = |state: &str| {
            let page = market.master().get(format!("/v1/agreements?partner_id={partner}&state={state}")).expect(200);
            page["data"].as_array().unwrap().len()
        };
        assert_eq!((states("active"), states("under_supervision")), (1, 1));
    }
    assert_sound(&app.db);
}

/// A proposal of one item under an agreement, made and sent by the master.
fn sent(market: &Market<'_>, agreement: &str, item: &str, period: &str) -> String {
    let lines = json!([line(&market.item(item), period, None)]);
    let customer = market.customer(&market.master_id());
    let proposal = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
    let id = id_of(&market.master().post("/v1/proposals", proposal).expect(201));
    market.master().post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
    id
}

/// The first annuity of the contract that a proposal becomes.
fn signed_annuity(market: &Market<'_>, proposal: &str) -> String {
    let signature = json!({ "signed_on": "2026-03-02" });
    let contract = id_of(&market.master().post(format!("/v1/proposals/{proposal}/sign"), signature).expect(201));
    id_of(&market.master().get(format!("/v1/annuities?contract_id={contract}")).expect(200)["data"][0])
}

#[test]
fn d11_two_sales_signed_at_once_at_two_processes_are_the_first_and_the_second() {
    let app = app(Engine::Postgres);
    let market = Market::all_in_web(&app);
    let others: [Process; 2] = processes(&app);
    let masters = at_each(market.master(), &others);
    for _ in 0..8 {
        let agreement = market.agreement(&market.partner(), "referrer", None);
        let both = [(), ()].map(|()| sent(&market, &agreement, "instance", "year"));
        let signing: Vec<(&Caller, &String)> = masters.iter().zip(&both).collect();
        let answers = at_once(&signing, |(master, id)| {
            master.post(format!("/v1/proposals/{id}/sign"), json!({ "signed_on": "2026-03-02" }))
        });
        assert_eq!(tally(&answers), counts([("201", 2)]));
        let mut ordinals: Vec<Value> = answers.iter().map(|answer| answer.json()["attributions"][0]["ordinal"].clone()).collect();
        ordinals.sort_by_key(Value::as_u64);
        assert_eq!(ordinals, [json!(1), json!(2)]);
    }
    assert_sound(&app.db);
}

#[test]
fn d12_instalments_collected_at_once_at_three_processes_come_to_the_rounded_whole() {
    let app = app(Engine::Postgres);
    let market = Market::all_in_web(&app);
    let partner = market.partner();
    let agreement = market.agreement(&partner, "referrer", None);
    let proposal = sent(&market, &agreement, "instance_monthly", "month");
    let annuity = signed_annuity(&market, &proposal);
    let others: [Process; 3] = processes(&app);
    let masters = at_each(market.master(), &others);
    for kind in ["invoice", "collection"] {
        let months: Vec<(&Caller, usize)> = (0..12).map(|month| (&masters[month % 3], month)).collect();
        let answers = at_once(&months, |(master, month)| {
            let reference = format!("{kind}-{month}");
            let body = json!({ "kind": kind, "amount": eur("99.99"), "dated_on": "2026-03-02", "reference": reference });
            master.post(format!("/v1/annuities/{annuity}/instalments"), body)
        });
        assert_eq!(tally(&answers), counts([("201", 12)]));
    }
    let page = market.caller(&partner).get(format!("/v1/ledger-entries?annuity_id={annuity}&limit=200")).expect(200);
    let entries = page["data"].as_array().unwrap();
    // 15 % of k times 99.99, rounded half up, less what was posted before: 15.00 but for two months, which bring 14.99.
    let mut amounts: Vec<&str> = entries.iter().map(|entry| entry["amount"]["amount"].as_str().unwrap()).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [vec!["14.99"; 2], vec!["15.00"; 10]].concat());
    let mut reached: Vec<&str> = entries.iter().map(|entry| entry["entitled_to_date"]["amount"].as_str().unwrap()).collect();
    reached.sort_unstable();
    assert_eq!(reached.iter().filter(|amount| **amount == "179.98").count(), 1, "{reached:?}");
    assert_sound(&app.db);
}

/// What clients know to be done: the ids of customers and the references of collections that were acknowledged.
#[derive(Default)]
struct Journal {
    customers: Mutex<BTreeSet<String>>,
    collections: Mutex<BTreeSet<String>>,
}

impl Journal {
    /// Writes, as `client`, until the service is gone.
    fn write(&self, caller: &Caller, annuity: &str, client: &str) {
        for n in 0_u32.. {
            let name = format!("{client}-{n}");
            let customer = json!({ "name": name, "country": "FR", "domain": format!("{name}.com") });
            let Ok(made) = caller.request("POST", "/v1/customers").json(&customer).try_send() else { return };
            self.customers.lock().unwrap().insert(id_of(&made.expect(201)));
            let body = json!({ "kind": "collection", "amount": eur("0.05"), "dated_on": "2026-03-02", "reference": name });
            let path = format!("/v1/annuities/{annuity}/instalments");
            let Ok(made) = caller.request("POST", path).json(&body).try_send() else { return };
            made.expect(201);
            self.collections.lock().unwrap().insert(name);
        }
    }
}

/// A field of everything on a list, however many pages it has.
fn listed(caller: &Caller, path: &str, field: &str) -> BTreeSet<String> {
    let (mut found, mut after) = (BTreeSet::new(), String::new());
    loop {
        let page = caller.get(format!("{path}?limit=200{after}")).expect(200);
        found.extend(page["data"].as_array().unwrap().iter().map(|one| one[field].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { return found };
        after = format!("&after={next}");
    }
}

on_both_engines! {
    fn a_process_that_is_killed_while_it_writes_loses_nothing_that_it_acknowledged(engine: Engine) {
        let app = app(engine);
        let market = Market::all_in_web(&app);
        let agreement = market.agreement(&market.partner(), "referrer", None);
        let proposal = sent(&market, &agreement, "instance", "year");
        let annuity = signed_annuity(&market, &proposal);
        let invoice = json!({ "kind": "invoice", "amount": eur("1200.00"), "dated_on": "2026-03-02", "reference": "1" });
        market.master().post(format!("/v1/annuities/{annuity}/instalments"), invoice).expect(201);
        let master = market.master().at(app.address());
        drop(market);
        let clock = app.clock.clone();
        // Nobody but the process that is killed has the database open.
        let (store, key) = app.close();
        let journal = Journal::default();
        for life in 0..5 {
            let before = journal.collections.lock().unwrap().len();
            let served = process(&store.url(), &key);
            let caller = master.at(served.address());
            thread::scope(|scope| {
                for client in 0..4 {
                    let (journal, caller, annuity) = (&journal, &caller, &annuity);
                    scope.spawn(move || journal.write(caller, annuity, &format!("life-{life}-{client}")));
                }
                let deadline = Instant::now() + Duration::from_secs(15);
                while journal.collections.lock().unwrap().len() < before + 20 {
                    assert!(Instant::now() < deadline, "it does not write");
                    thread::sleep(Duration::from_millis(5));
                }
                served.kill();
            });
        }
        let served = process(&store.url(), &key);
        let caller = master.at(served.address());
        let lost = |acknowledged: Mutex<BTreeSet<String>>, path: &str, field: &str| {
            let kept = listed(&caller, path, field);
            acknowledged.into_inner().unwrap().difference(&kept).cloned().collect::<Vec<_>>()
        };
        assert_eq!(lost(journal.customers, "/v1/customers", "id"), Vec::<String>::new());
        assert_eq!(lost(journal.collections, &format!("/v1/annuities/{annuity}/instalments"), "reference"), Vec::<String>::new());
        assert_sound(&store.open(clock.clock()));
    }
}
