//! How long a closing run takes, beside the database's own bulk load of the same rows.
//!
//! `cargo run --release -p entente-tests --example closing [ENTRIES] [PARTNERS]` makes a market on each engine, posts as many entries
//! (a million, of 500 partners, unless it is said), closes them into statements, and loads the statements' lines and documents again
//! as the database does it fastest: by cached inserts of single rows in one transaction on SQLite, by COPY on PostgreSQL.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot go on has to say why")]

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_types::Text};
use entente_tests::{
    app::TestApp,
    bulk::repeat_entry,
    engine::Engine,
    sales::{Market, id_of, line},
};
use serde_json::json;

/// The tables that a closing run fills with what it states.
const TABLES: [&str; 3] = ["statement_lines", "statement_parts", "statement_seals"];

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u32>().expect("a number"));
    let entries = arguments.next().unwrap_or(1_000_000);
    let partners = arguments.next().unwrap_or(500);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        measure(engine, entries, partners);
    }
}

fn measure(engine: Engine, entries: u32, partners: u32) {
    let app = TestApp::start(engine);
    let started = Instant::now();
    for turn in 1..=partners {
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let name = format!("customer-{turn}-example.com");
        let customer = json!({ "name": name, "country": "FR", "domain": name });
        let customer = id_of(&market.master().post("/v1/customers", customer).expect(201));
        let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
        market.sell(market.master(), &body).bill(1, "1200.00");
        repeat_entry(&app.db, engine, &partner, turn, entries / partners - 1);
    }
    println!("{engine:?}: {entries} entries of {partners} partners posted in {:.1} s", started.elapsed().as_secs_f64());
    app.advance(TimeDelta::days(30));
    settle(engine, &app.database_url());
    forget_peak();
    let closing = close(&app);
    println!("{engine:?}: closing run {:.1} s, peak memory {}", closing.as_secs_f64(), peak());
    let url = app.database_url();
    let bulk = match engine {
        Engine::Sqlite => load_sqlite(url.trim_start_matches("sqlite:")),
        Engine::Postgres => load_postgres(&url),
    };
    println!(
        "{engine:?}: bulk load of the same rows {:.1} s; the closing run takes {:.2} times that",
        bulk.as_secs_f64(),
        closing.as_secs_f64() / bulk.as_secs_f64()
    );
}

/// Leaves the database as it is after a month in which the entries came one by one: its own upkeep has long seen them.
fn settle(engine: Engine, url: &str) {
    if engine == Engine::Postgres {
        let mut conn = PgConnection::establish(url).expect("the server");
        diesel::sql_query("VACUUM (ANALYZE) entries").execute(&mut conn).expect("the upkeep");
    }
}

/// Runs and watches a closing run.
fn close(app: &TestApp) -> Duration {
    let master = app.master("fr");
    let (started, mut told) = (Instant::now(), Instant::now());
    let run = master.post("/v1/statement-runs", json!({ "period": "2026-03", "currency": "EUR" })).expect(201);
    let path = format!("/v1/statement-runs/{}", id_of(&run));
    loop {
        let run = master.get(path.clone()).expect(200);
        if run["state"] == "completed" {
            return started.elapsed();
        }
        if told.elapsed() >= Duration::from_secs(1) {
            println!("  {} of {} entries, {} statements", run["entries_stated"], run["entry_count"], run["statements_closed"]);
            told = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Lets the system measure the most memory of this process anew.
fn forget_peak() {
    // Where there is no such file, the peak is that of the whole program.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}

#[derive(QueryableByName)]
struct Definition {
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Copies of the tables, with their keys, references and indexes but without triggers, filled row by row.
fn load_sqlite(path: &str) -> Duration {
    let mut conn = SqliteConnection::establish(path).expect("the file");
    diesel::sql_query("PRAGMA synchronous = FULL").execute(&mut conn).expect("a setting");
    diesel::sql_query("PRAGMA foreign_keys = ON").execute(&mut conn).expect("a setting");
    for table in TABLES {
        let query = format!("SELECT sql AS definition FROM sqlite_schema WHERE type = 'table' AND name = '{table}'");
        let definition = diesel::sql_query(query).get_result::<Definition>(&mut conn).expect("a table").definition;
        let copy = definition.replacen(table, &format!("copy_of_{table}"), 1);
        diesel::sql_query(copy).execute(&mut conn).expect("a copy");
    }
    let rows = sqlite::rows(&mut conn);
    let started = Instant::now();
    conn.transaction::<_, diesel::result::Error, _>(|conn| rows.insert(conn)).expect("a load");
    started.elapsed()
}

/// The rows of SQLite, as diesel inserts them with cached statements.
mod sqlite {
    use diesel::prelude::*;

    macro_rules! copied {
        ($($table:ident / $original:ident as $row:ident ($($key:ident),+) { $($column:ident: $sql:ident = $rust:ty,)+ })+) => {
            $(
                diesel::table! { $table ($($key),+) { $($column -> $sql,)+ } }
                #[derive(QueryableByName, Insertable)]
                #[diesel(table_name = $table, treat_none_as_default_value = false)]
                pub(super) struct $row { $(#[diesel(sql_type = diesel::sql_types::$sql)] $column: $rust,)+ }
            )+

            pub(super) struct Rows { $($original: Vec<$row>,)+ }

            pub(super) fn rows(conn: &mut SqliteConnection) -> Rows {
                Rows { $($original: {
                    let columns = [$(stringify!($column)),+].join(", ");
                    let query = format!("SELECT {columns} FROM {}", stringify!($original));
                    diesel::sql_query(query).load(conn).expect("rows")
                },)+ }
            }

            impl Rows {
                pub(super) fn insert(&self, conn: &mut SqliteConnection) -> QueryResult<()> {
                    $(for row in &self.$original { diesel::insert_into($table::table).values(row).execute(conn)?; })+
                    Ok(())
                }
            }
        };
    }

    copied! {
        copy_of_statement_lines / statement_lines as LineRow (statement_id, position) {
            statement_id: Text = String, position: Integer = i32, entry_id: Text = String, amount_minor: BigInt = i64,
        }
        copy_of_statement_parts / statement_parts as PartRow (statement_id, number) {
            statement_id: Text = String, number: Integer = i32, body: Text = String,
        }
        copy_of_statement_seals / statement_seals as SealRow (statement_id) {
            statement_id: Text = String, part_count: Integer = i32, content_hash: Text = String, sealed_at: BigInt = i64,
        }
    }
}

#[derive(QueryableByName)]
struct Folder {
    #[diesel(sql_type = Text)]
    folder: String,
}

/// Copies of the tables, with their keys, checks and indexes but without triggers and foreign keys, filled by COPY from files of the
/// server's own, so that nothing is counted for the way there.
fn load_postgres(url: &str) -> Duration {
    let mut conn = PgConnection::establish(url).expect("the server");
    let folder: Folder =
        diesel::sql_query("SELECT current_setting('data_directory') AS folder").get_result(&mut conn).expect("its folder");
    let mut run = |statement: String| {
        diesel::sql_query(&statement).execute(&mut conn).map(drop).unwrap_or_else(|why| panic!("{statement}: {why}"))
    };
    for table in TABLES {
        run(format!("COPY {table} TO '{}/{table}.copy' (FORMAT binary)", folder.folder));
        run(format!("CREATE TABLE copy_of_{table} (LIKE {table} INCLUDING ALL)"));
    }
    let started = Instant::now();
    for table in TABLES {
        run(format!("COPY copy_of_{table} FROM '{}/{table}.copy' (FORMAT binary)", folder.folder));
    }
    started.elapsed()
}
