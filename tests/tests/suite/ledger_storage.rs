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

const TABLES: [&str; 4] = ["journals", "entries", "seals", "outcomes"];

/// A journal like the one there is, for a later version of the annuity.
fn journal(id: &str, later: i64, entries: i32, total: i64) -> String {
    format!(
        "INSERT INTO journals (id, network_id, annuity_id, annuity_version, entry_count, total_minor, seal_id, recorded_at) \
         SELECT {id}, network_id, annuity_id, annuity_version + {later}, {entries}, {total}, {id}, recorded_at FROM journals LIMIT 1"
    )
}

/// An entry like the one there is, in another journal.
fn entry(id: &str, journal: &str, sequence: i32) -> String {
    const SAME: &str = "debtor_id, creditor_id, kind, correction, corrects_id, amount_minor, currency, partner_id, attribution_id, \
                        annuity_id, contract_id, rule, entitled_minor, explanation, dated_on, recorded_at";
    format!(
        "INSERT INTO entries (id, network_id, journal_id, position, sequence, {SAME}) \
         SELECT {id}, network_id, {journal}, 1, {sequence}, {SAME} FROM entries LIMIT 1"
    )
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
                    assert!(why.contains(&append_only) || why.contains("journal sealed"), "{why}");
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
}
