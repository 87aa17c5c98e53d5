//! What the database itself refuses: changes of the ledger, journals that are not whole, and one source accruing twice.

use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use entente_tests::{
    app::TestApp,
    engine::{Engine, wait},
    on_both_engines,
    sales::{Market, line},
};
use persistence::error::DbError;
use serde_json::json;
use uuid::Uuid;

/// A service with one sale of a referrer, of two years, the first of which is paid: a journal, an entry and outcomes.
fn with_entry(app: &TestApp) {
    let market = Market::all_in_web(app);
    let agreement = market.agreement(&market.partner(), "referrer", None);
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let customer = market.customer(&market.master_id());
    let proposal = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "years": 2, "lines": lines });
    market.sell(market.master(), &proposal).bill(1, "1200.00");
    close(&market, "2026-02-28");
}

fn close(market: &Market<'_>, ends_on: &str) {
    market.master().post("/v1/periods", json!({ "currency": "EUR", "ends_on": ends_on })).expect(201);
}

/// Runs statements in one transaction: how often rows were touched, or why it was refused.
fn run(app: &TestApp, statements: Vec<String>) -> Result<usize, String> {
    let ran = app.db.write(move |tx| {
        let touched: Result<Vec<usize>, diesel::result::Error> =
            statements.iter().map(|statement| diesel::sql_query(statement).execute(tx.conn)).collect();
        Ok::<_, DbError>(touched?.into_iter().sum())
    });
    wait(ran).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(app: &TestApp, statements: &[String], because: &str) {
    let why = run(app, statements.to_vec()).expect_err("a refusal");
    assert!(why.contains(because), "{statements:?}: {why}");
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(app: &TestApp, table: &str) -> i64 {
    let query = format!("SELECT count(*) AS count FROM {table}");
    let counted = app.db.read(move |tx| Ok::<_, DbError>(diesel::sql_query(query).get_result::<Count>(tx.conn)?.count));
    wait(counted).expect("a count")
}

/// A new id as the engine writes it.
fn key(engine: Engine) -> String {
    let id = Uuid::now_v7();
    match engine {
        Engine::Sqlite => format!("'{id}'"),
        Engine::Postgres => format!("CAST('{id}' AS uuid)"),
    }
}

const TABLES: [&str; 5] = ["journals", "entries", "seals", "outcomes", "periods"];

/// A journal like the one there is, for a later version of the annuity.
fn journal(id: &str, later: i64, entries: i32, total: i64) -> String {
    format!(
        "INSERT INTO journals (id, network_id, source_kind, source_id, source_turn, entry_count, total_minor, seal_id, recorded_at) \
         SELECT {id}, network_id, source_kind, source_id, source_turn + {later}, {entries}, {total}, {id}, recorded_at \
         FROM journals ORDER BY source_turn LIMIT 1"
    )
}

/// What an entry says beside its keys.
const SAME: [&str; 21] = [
    "master_id",
    "debtor_id",
    "creditor_id",
    "kind",
    "correction",
    "corrects_id",
    "amount_minor",
    "currency",
    "partner_id",
    "counterparty_id",
    "agreement_id",
    "terms_id",
    "contract_id",
    "annuity_id",
    "attribution_id",
    "rule",
    "entitled_minor",
    "explanation",
    "dated_on",
    "payable_on",
    "recorded_at",
];

/// An entry like the one there is, in another journal, but for what is changed of it.
fn changed_entry(id: &str, journal: &str, sequence: i32, changes: &[(&str, &str)]) -> String {
    let value = |column: &str| changes.iter().find(|(of, _)| *of == column).map_or(column.to_owned(), |(_, to)| (*to).to_owned());
    let values = SAME.map(value).join(", ");
    let sequence = changes.iter().find(|(of, _)| *of == "sequence").map_or(sequence.to_string(), |(_, to)| (*to).to_owned());
    format!(
        "INSERT INTO entries (id, network_id, journal_id, position, sequence, {}) \
         SELECT {id}, network_id, {journal}, 1, {sequence}, {values} FROM entries WHERE sequence = 1",
        SAME.join(", ")
    )
}

fn entry(id: &str, journal: &str, sequence: i32) -> String {
    changed_entry(id, journal, sequence, &[])
}

/// An entry that takes some of the one there is back.
fn taken_back(id: &str, journal: &str, sequence: i32, kind: &str, minor: &str) -> String {
    let kind = format!("'{kind}'");
    let back = [
        ("debtor_id", "creditor_id"),
        ("creditor_id", "debtor_id"),
        ("correction", &kind),
        ("corrects_id", "id"),
        ("amount_minor", minor),
    ];
    changed_entry(id, journal, sequence, &back)
}

fn seal(journal: &str) -> String {
    format!("INSERT INTO seals (journal_id) VALUES ({journal})")
}

on_both_engines! {
    fn nothing_in_the_ledger_is_changed_deleted_replaced_or_truncated(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let before = TABLES.map(|table| count(&app, table));
        assert!(before.iter().all(|count| *count > 0), "{before:?}");
        for table in TABLES {
            let key = if table == "seals" { "journal_id" } else { "id" };
            let append_only = format!("append-only: {table}");
            refused(&app, &[format!("UPDATE {table} SET {key} = {key}")], &append_only);
            refused(&app, &[format!("DELETE FROM {table}")], &append_only);
            match engine {
                Engine::Sqlite => {
                    let why = run(&app, vec![format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}")]).expect_err("a refusal");
                    assert!(["journal sealed", "period out of order"].contains(&why.as_str()) || why.contains(&append_only), "{why}");
                }
                Engine::Postgres => refused(&app, &[format!("TRUNCATE {table} CASCADE")], "append-only"),
            }
        }
        assert_eq!(TABLES.map(|table| count(&app, table)), before);
    }

    fn a_journal_is_committed_sealed_or_not_at_all(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let (id, first) = (key(engine), key(engine));
        let violated = if engine == Engine::Sqlite { "FOREIGN KEY" } else { "foreign key" };
        refused(&app, &[journal(&id, 100, 1, 18_000), entry(&first, &id, 2)], violated);
        refused(&app, &[journal(&id, 100, 1, 18_000), seal(&id)], "journal incomplete");
        refused(&app, &[journal(&id, 100, 2, 18_000), entry(&first, &id, 2), seal(&id)], "journal incomplete");
        refused(&app, &[journal(&id, 100, 1, 17_999), entry(&first, &id, 2), seal(&id)], "journal incomplete");
        assert_eq!(count(&app, "journals"), 1);
        let whole = [journal(&id, 100, 1, 18_000), entry(&first, &id, 2), seal(&id)];
        assert_eq!(run(&app, whole.to_vec()), Ok(3));
        refused(&app, &[entry(&key(engine), &id, 3)], "journal sealed");
        assert_eq!((count(&app, "journals"), count(&app, "entries")), (2, 2));
    }

    fn one_source_never_accrues_twice(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let id = key(engine);
        // On SQLite the trigger against replacing comes before the unique key.
        let taken = if engine == Engine::Sqlite { "append-only" } else { "unique" };
        // The same version of the annuity again, and the same place in the sequence of annuity, attribution and rule.
        refused(&app, &[journal(&id, 0, 1, 18_000), entry(&key(engine), &id, 2), seal(&id)], taken);
        refused(&app, &[journal(&id, 100, 1, 18_000), entry(&key(engine), &id, 1), seal(&id)], taken);
        assert_eq!((count(&app, "journals"), count(&app, "entries")), (1, 1));
    }

    fn d20_no_more_is_taken_back_of_an_entry_than_it_brought(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let back = |later, sequence, kind, minor: i64| {
            let id = key(engine);
            [journal(&id, later, 1, minor), taken_back(&key(engine), &id, sequence, kind, &minor.to_string()), seal(&id)]
        };
        refused(&app, &back(100, 2, "reversal", 18_001), "taken back beyond its amount");
        assert_eq!(run(&app, back(100, 2, "reversal", 17_000).to_vec()), Ok(3));
        refused(&app, &back(101, 3, "reversal", 1_001), "taken back beyond its amount");
        refused(&app, &back(101, 3, "clawback", 1_001), "taken back beyond its amount");
        assert_eq!(run(&app, back(101, 3, "clawback", 1_000).to_vec()), Ok(3));
        refused(&app, &back(102, 4, "reversal", 1), "taken back beyond its amount");
    }

    fn d20_what_an_adjustment_took_of_an_entry_is_not_taken_back_again_and_what_it_added_is(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let adjusted = |later, parties: [&str; 2], minor: i64| {
            let (id, minor) = (key(engine), minor.to_string());
            let changes = [("debtor_id", parties[0]), ("creditor_id", parties[1]), ("correction", "'adjustment'"), ("corrects_id", "id"),
                ("amount_minor", minor.as_str()), ("entitled_minor", "NULL"), ("sequence", "NULL")];
            [journal(&id, later, 1, minor.parse().unwrap()), changed_entry(&key(engine), &id, 1, &changes), seal(&id)]
        };
        let reversed = |later, sequence, minor: i64| {
            let id = key(engine);
            [journal(&id, later, 1, minor), taken_back(&key(engine), &id, sequence, "reversal", &minor.to_string()), seal(&id)]
        };
        let (less, more) = (["creditor_id", "debtor_id"], ["debtor_id", "creditor_id"]);
        refused(&app, &adjusted(100, less, 18_001), "taken back beyond its amount");
        assert_eq!(run(&app, adjusted(100, less, 17_000).to_vec()), Ok(3));
        refused(&app, &reversed(101, 2, 1_001), "taken back beyond its amount");
        assert_eq!(run(&app, adjusted(101, more, 500).to_vec()), Ok(3));
        assert_eq!(run(&app, reversed(102, 2, 1_500).to_vec()), Ok(3));
        refused(&app, &adjusted(103, less, 1), "taken back beyond its amount");
    }

    fn d20_a_correction_is_between_the_companies_of_the_entry_it_corrects_in_its_currency(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let correction = |changes: &[(&str, &str)]| {
            let id = key(engine);
            [journal(&id, 100, 1, 18_000), changed_entry(&key(engine), &id, 2, changes), seal(&id)]
        };
        let because = "no correction of that entry";
        // What is taken back goes the other way, and other corrections either way.
        refused(&app, &correction(&[("correction", "'reversal'"), ("corrects_id", "id")]), because);
        refused(&app, &correction(&[("correction", "'clawback'"), ("corrects_id", "id")]), because);
        let other = "(SELECT m.id FROM masters m WHERE m.network_id = entries.network_id AND m.id <> entries.debtor_id)";
        let stranger = "(SELECT p.id FROM partners p WHERE p.id <> entries.partner_id LIMIT 1)";
        let adjusted = [("correction", "'adjustment'"), ("corrects_id", "id")];
        refused(&app, &correction(&[adjusted[0], adjusted[1], ("currency", "'USD'")]), because);
        refused(&app, &correction(&[adjusted[0], adjusted[1], ("debtor_id", other), ("counterparty_id", other)]), "");
        refused(&app, &correction(&[adjusted[0], adjusted[1], ("creditor_id", stranger), ("partner_id", stranger)]), "");
        assert_eq!(run(&app, correction(&adjusted).to_vec()), Ok(3));
    }

    fn nothing_is_dated_into_a_closed_period(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let dated = |later, sequence, day: &str| {
            let (id, day) = (key(engine), format!("'{day}'"));
            let day = if engine == Engine::Postgres { format!("CAST({day} AS date)") } else { day };
            [journal(&id, later, 1, 18_000), changed_entry(&key(engine), &id, sequence, &[("dated_on", &day)]), seal(&id)]
        };
        refused(&app, &dated(100, 2, "2026-02-28"), "period closed");
        refused(&app, &dated(100, 2, "2026-01-15"), "period closed");
        assert_eq!(run(&app, dated(100, 2, "2026-03-01").to_vec()), Ok(3));
        // Another currency has periods of its own.
        let period = "INSERT INTO periods (id, network_id, currency, starts_on, ends_on, closed_by, closed_at) \
                      SELECT {id}, network_id, 'USD', starts_on, {ends_on}, closed_by, closed_at FROM periods";
        let ends_on = if engine == Engine::Postgres { "CAST('2026-03-31' AS date)" } else { "'2026-03-31'" };
        let period = |id: &str| period.replace("{id}", id).replace("{ends_on}", ends_on);
        assert_eq!(run(&app, vec![period(&key(engine))]), Ok(1));
        assert_eq!(run(&app, dated(101, 3, "2026-03-01").to_vec()), Ok(3));
    }

    fn periods_close_one_after_the_other(engine: Engine) {
        let app = TestApp::start(engine);
        with_entry(&app);
        let next = |starts_on: &str, ends_on: &str| {
            let day = |text: &str| if engine == Engine::Postgres { format!("CAST('{text}' AS date)") } else { format!("'{text}'") };
            let (id, starts_on, ends_on) = (key(engine), day(starts_on), day(ends_on));
            [format!("INSERT INTO periods (id, network_id, currency, starts_on, ends_on, closed_by, closed_at) \
                      SELECT {id}, network_id, currency, {starts_on}, {ends_on}, closed_by, closed_at FROM periods LIMIT 1")]
        };
        refused(&app, &next("2026-03-02", "2026-03-31"), "period out of order");
        refused(&app, &next("2026-02-28", "2026-03-31"), "period out of order");
        refused(&app, &next("2026-02-01", "2026-02-28"), "");
        assert_eq!(run(&app, next("2026-03-01", "2026-03-31").to_vec()), Ok(1));
    }
}
