//! The tests' own PostgreSQL: what every other test on that engine takes for granted.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails here")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, sql_query};
use entente_tests::postgres::{Cluster, Durability, TestDatabase, database};

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn connection(database: &TestDatabase) -> PgConnection {
    PgConnection::establish(database.url()).expect("a database that answers")
}

fn count(connection: &mut PgConnection, query: &str) -> i64 {
    sql_query(query).get_result::<Counted>(connection).expect("a count").count
}

#[test]
fn tests_in_many_threads_each_get_an_empty_database_of_their_own() {
    let threads: Vec<_> = (0..8)
        .map(|_| {
            thread::spawn(|| {
                let database = database();
                let mut connection = connection(&database);
                let tables = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
                assert_eq!(count(&mut connection, tables), 0);
                connection.batch_execute("CREATE TABLE t (id int)").expect("room for the same table in each");
                database.url().to_owned()
            })
        })
        .collect();
    let urls: BTreeSet<String> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    assert_eq!(urls.len(), 8);
}

#[test]
fn a_database_goes_with_its_value_even_while_a_session_is_open() {
    let cluster = Cluster::launch(Durability::Off);
    let kept = cluster.database();
    let databases = "SELECT count(*) FROM pg_database WHERE datname LIKE 'test_%'";
    let dropped = cluster.database();
    let _open = connection(&dropped);
    assert_eq!(count(&mut connection(&kept), databases), 2);
    drop(dropped);
    assert_eq!(count(&mut connection(&kept), databases), 1);
}

#[test]
fn what_was_committed_survives_a_stop_and_a_kill() {
    for durability in [Durability::Off, Durability::Full] {
        let cluster = Cluster::launch(durability);
        let database = cluster.database();
        let mut before = connection(&database);
        before.batch_execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1)").expect("a table");
        cluster.kill();
        assert!(before.batch_execute("SELECT 1").is_err(), "a killed server answers no more");
        cluster.start();
        let mut between = connection(&database);
        assert_eq!(count(&mut between, "SELECT count(*) FROM t"), 1);
        between.batch_execute("INSERT INTO t VALUES (2)").expect("a row");
        cluster.stop();
        assert!(PgConnection::establish(database.url()).is_err(), "a stopped server takes no session");
        cluster.start();
        assert_eq!(count(&mut connection(&database), "SELECT count(*) FROM t"), 2);
    }
}

#[test]
fn text_sorts_as_on_no_sqlite_unless_the_query_says_otherwise() {
    let database = database();
    let mut connection = connection(&database);
    let mut sorted = |collation: &str| -> Vec<String> {
        let query = format!("SELECT word FROM (VALUES ('b'), ('B'), ('a'), ('_')) t (word) ORDER BY word {collation}");
        sql_query(query).load::<Word>(&mut connection).expect("words").into_iter().map(|row| row.word).collect()
    };
    assert_eq!(sorted(""), ["_", "a", "b", "B"]);
    assert_eq!(sorted(r#"COLLATE "C""#), ["B", "_", "a", "b"]);
}

#[test]
fn a_server_and_its_files_go_when_the_test_process_is_killed() {
    if env::var_os("HOLD_A_SERVER").is_some() {
        let cluster = Cluster::launch(Durability::Off);
        println!("\nholding {}", cluster.database().url());
        thread::sleep(Duration::from_secs(60));
        return;
    }
    let mut process = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "postgres::a_server_and_its_files_go_when_the_test_process_is_killed", "--nocapture"])
        .env("HOLD_A_SERVER", "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("a second test process");
    let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let url = lines.map_while(Result::ok).find(|line| line.starts_with("holding ")).expect("a server's URL");
    let home = url.split(['@', ':']).nth(2).expect("a socket's folder").replace("%2F", "/");
    let postmaster = Path::new(&home).join("files/postmaster.pid");
    let id = fs::read_to_string(postmaster).expect("a running server").lines().next().expect("its id").to_owned();
    let server = PathBuf::from("/proc").join(id);
    assert!(server.exists() || !Path::new("/proc/self").exists());

    process.kill().expect("a process to kill");
    process.wait().expect("its end");

    let end = Instant::now().checked_add(Duration::from_secs(30)).expect("a time");
    while (server.exists() || Path::new(&home).exists()) && Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!server.exists(), "the server is still there");
    assert!(!Path::new(&home).exists(), "its files are still there");
}
