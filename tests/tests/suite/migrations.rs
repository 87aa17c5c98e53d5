//! The schema's steps: the same on both engines, up and down, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    thread,
};

use diesel::{RunQueryDsl, sql_types::Text};
use entente_tests::{
    engine::{Engine, TestStore, wait},
    on_both_engines,
};
use persistence::{
    db::{Clock, Db},
    error::DbError,
    migrate::{Direction, SchemaState, migrate, schema_state},
};

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(db: &Db, query: &'static str) -> BTreeSet<String> {
    let rows = wait(db.read(move |tx| Ok::<_, DbError>(diesel::sql_query(query).load::<Line>(tx.conn)?)));
    rows.expect("a query of the catalogue").into_iter().map(|row| row.line).collect()
}

/// Tables, columns, constraints and triggers, as each engine describes them.
fn dump(store: &TestStore, engine: Engine) -> BTreeSet<String> {
    let db = store.open(Clock::Database);
    match engine {
        Engine::Sqlite => lines(
            &db,
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_schema WHERE name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite_%'",
        ),
        Engine::Postgres => {
            let mut all = lines(
                &db,
                "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(collation_name, '') AS line FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'",
            );
            all.extend(lines(
                &db,
                "SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_%'",
            ));
            all.extend(lines(&db, "SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '\\_\\_%'"));
            all.extend(lines(&db, "SELECT pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE NOT tgisinternal"));
            all.extend(lines(&db, "SELECT proname::text AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace"));
            all
        }
    }
}

on_both_engines! {
    fn up_down_and_up_again_leaves_the_same_schema(engine: Engine) {
        let store = TestStore::migrated(engine);
        let first = dump(&store, engine);
        assert!(first.len() > 100, "a schema: {first:?}");
        migrate(&store.target(), Direction::Down).expect("a way down");
        assert_eq!(dump(&store, engine), BTreeSet::new(), "down leaves nothing");
        migrate(&store.target(), Direction::Up).expect("a way up again");
        assert_eq!(dump(&store, engine), first);
    }

    fn processes_that_start_together_run_each_step_once(engine: Engine) {
        let store = TestStore::empty(engine);
        let target = store.target();
        let taken: Vec<usize> = thread::scope(|scope| {
            let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| migrate(&target, Direction::Up).expect("no process fails").len())).collect();
            runs.into_iter().map(|run| run.join().expect("a run")).collect()
        });
        let steps = steps("sqlite").len();
        assert_eq!(taken.iter().sum::<usize>(), steps, "{taken:?}");
        assert_eq!(taken.iter().filter(|taken| **taken == 0).count(), 2, "one process runs all: {taken:?}");
    }

    fn the_schema_is_behind_before_and_current_after(engine: Engine) {
        let store = TestStore::empty(engine);
        let state = |store: &TestStore| {
            let (db, target) = (store.open(Clock::Database), store.target());
            wait(db.read(move |tx| schema_state(tx.conn, &target))).expect("an answer")
        };
        assert_eq!(state(&store), SchemaState::Behind);
        migrate(&store.target(), Direction::Up).expect("a way up");
        assert_eq!(state(&store), SchemaState::Current);
    }
}

fn steps(engine: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
    let entries = fs::read_dir(folder).expect("a folder of migrations");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
}

#[test]
fn both_engines_have_the_same_steps_under_the_same_names() {
    assert_eq!(steps("sqlite"), steps("postgres"));
}

/// `table.column`, with whether it can be null, for every table.
fn columns(engine: Engine) -> BTreeMap<String, String> {
    let db = TestStore::migrated(engine);
    let db = db.open(Clock::Database);
    let query = match engine {
        Engine::Sqlite => {
            "SELECT t.name || '.' || c.name || ' ' || CASE WHEN c.\"notnull\" = 1 THEN 'NO' ELSE 'YES' END AS line \
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite_%'"
        }
        Engine::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || is_nullable AS line FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'"
        }
    };
    let split =
        |line: String| line.split_once(' ').map(|(name, nullable)| (name.to_owned(), nullable.to_owned())).expect("two words");
    lines(&db, query).into_iter().map(split).collect()
}

#[test]
fn both_engines_have_the_same_columns() {
    assert_eq!(columns(Engine::Sqlite), columns(Engine::Postgres));
}

/// `table.column`, with whether it can be null, as the code declares them.
fn declared() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../persistence/src/schema");
    let mut columns = BTreeMap::new();
    for file in fs::read_dir(folder).expect("the declarations") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("a text");
        let mut table = "";
        for line in text.lines().map(str::trim) {
            if let Some((name, kind)) = line.split_once(" -> ") {
                let nullable = if kind.starts_with("Nullable<") { "YES" } else { "NO" };
                columns.insert(format!("{table}.{name}"), nullable.to_owned());
            } else if let Some((name, _)) = line.split_once(" (") {
                table = name;
            }
        }
    }
    columns
}

#[test]
fn the_code_declares_the_columns_that_there_are() {
    let (declared, there) = (declared(), columns(Engine::Sqlite));
    assert!(declared.len() > 1000, "{} columns", declared.len());
    let missing: Vec<_> = there.iter().filter(|column| !declared.contains_key(column.0)).collect();
    let other: Vec<_> = declared.iter().filter(|(name, nullable)| there.get(*name) != Some(*nullable)).collect();
    assert_eq!((missing, other), (vec![], vec![]));
}

/// The columns of each unique key, with the condition where it is partial.
fn unique_keys(engine: Engine) -> BTreeSet<String> {
    let store = TestStore::migrated(engine);
    let db = store.open(Clock::Database);
    let query = match engine {
        Engine::Sqlite => {
            "SELECT t.name || ' (' || (SELECT group_concat(c.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c) || ')' \
             || CASE WHEN i.partial THEN ' partial' ELSE '' END AS line FROM sqlite_schema t JOIN pragma_index_list(t.name) i \
             WHERE t.type = 'table' AND i.\"unique\" AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite_%' \
             UNION SELECT t.name || ' (' || c.name || ')' FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk = 1 AND c.type = 'INTEGER' \
             AND (SELECT count(*) FROM pragma_table_info(t.name) WHERE pk > 0) = 1 AND t.name NOT LIKE 'sqlite_%'"
        }
        Engine::Postgres => {
            "SELECT t.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY k(c, n) \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.c) || ')' || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END AS line \
             FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_%'"
        }
    };
    lines(&db, query)
}

#[test]
fn both_engines_have_the_same_unique_keys() {
    assert_eq!(unique_keys(Engine::Sqlite), unique_keys(Engine::Postgres));
}
