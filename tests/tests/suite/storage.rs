//! What holds for every command, on either engine.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use diesel::{
    OptionalExtension, QueryDsl, RunQueryDsl,
    connection::TransactionManager,
    sql_types::{BigInt, Text},
};
use domain::id::{EventId, MasterId, NetworkId};
use entente_tests::{
    engine::{Engine, TestStore, wait},
    on_both_engines,
    postgres::{Cluster, Durability},
};
use persistence::{
    db::{Clock, Conn, Db, Target, Tx},
    error::DbError,
    event::{self, Audience, Event, FeedPlace},
    migrate::{Direction, migrate},
    schema::networks,
    view::View,
};
use uuid::Uuid;

type Transactions = <Conn as diesel::Connection>::TransactionManager;

/// A command's own failure, or the database's.
#[derive(Debug)]
enum Failure {
    Own,
    Database(DbError),
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl persistence::error::CommandError for Failure {
    fn database(&self) -> Option<&DbError> {
        match self {
            Self::Own => None,
            Self::Database(error) => Some(error),
        }
    }
}

fn insert_network(tx: &mut Tx<'_>, code: &str) -> Result<(), Failure> {
    use persistence::columns::{At, Uid};

    let now = At::from(tx.now()?);
    diesel::insert_into(networks::table)
        .values((
            diesel::ExpressionMethods::eq(networks::id, Uid(Uuid::now_v7())),
            diesel::ExpressionMethods::eq(networks::code, code),
            diesel::ExpressionMethods::eq(networks::name, "n"),
            diesel::ExpressionMethods::eq(networks::default_language, "en"),
            diesel::ExpressionMethods::eq(networks::languages, "[]"),
            diesel::ExpressionMethods::eq(networks::policies, "{}"),
            diesel::ExpressionMethods::eq(networks::version, 1_i64),
            diesel::ExpressionMethods::eq(networks::created_at, now),
            diesel::ExpressionMethods::eq(networks::updated_at, now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

fn count(db: &Db) -> i64 {
    wait(db.read(|tx| Ok::<_, DbError>(networks::table.count().get_result::<i64>(tx.conn)?))).expect("a count")
}

/// Makes a network by a command of a kind, where each time between its reading and its writing another command, which reads and
/// writes the same, has half a second to get in between. How often the command ran.
fn runs_among_intruders<F>(db: &Db, write: F) -> u32
where
    F: FnOnce(Db, Box<dyn FnMut(&mut Tx<'_>) -> Result<(), Failure> + Send>) -> Result<(), Failure>,
{
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, others) = (Arc::clone(&runs), db.clone());
    let command = move |tx: &mut Tx<'_>| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        let there: i64 = networks::table.count().get_result(tx.conn)?;
        let (done, over) = mpsc::channel();
        let others = others.clone();
        thread::spawn(move || {
            let intruded = wait(others.write(move |tx| {
                let _there: i64 = networks::table.count().get_result(tx.conn)?;
                insert_network(tx, &format!("intruder{run}"))
            }));
            let _nobody_waits = done.send(intruded);
        });
        let _in_time = over.recv_timeout(Duration::from_millis(500));
        insert_network(tx, &format!("n{there}"))
    };
    write(db.clone(), Box::new(command)).expect("its turn");
    runs.load(Ordering::SeqCst)
}

on_both_engines! {
    fn a_command_that_meets_another_each_time_comes_to_its_turn(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        let runs = runs_among_intruders(&db, |db, command| wait(db.write(command)));
        // On SQLite every writer is alone.
        assert_eq!(runs, if engine == Engine::Sqlite { 1 } else { 4 });
    }

    fn a_command_that_is_to_write_alone_meets_no_other(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        assert_eq!(runs_among_intruders(&db, |db, command| wait(db.write_alone(command))), 1);
    }

    fn a_command_that_fails_leaves_nothing_and_its_neighbours_alone(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        let together = Barrier::new(12);
        let kept: Vec<bool> = thread::scope(|scope| {
            let runs: Vec<_> = (0..12).map(|n| {
                let (db, together) = (&db, &together);
                scope.spawn(move || {
                    together.wait();
                    wait(db.write(move |tx| {
                        insert_network(tx, &format!("n{n}"))?;
                        match n % 3 {
                            0 => Ok(()),
                            1 => Err(Failure::Own),
                            _ => panic!("a command that panics"),
                        }
                    })).is_ok()
                })
            }).collect();
            runs.into_iter().map(|run| run.join().expect("a thread")).collect()
        });
        assert_eq!(kept.iter().filter(|kept| **kept).count(), 4);
        assert_eq!(count(&db), 4);
    }

    fn a_panic_inside_a_savepoint_is_undone_whole(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        let failed: Result<(), Failure> = wait(db.write(|tx| {
            insert_network(tx, "outer")?;
            diesel::Connection::transaction::<(), Failure, _>(tx.conn, |_| panic!("inside"))
        }));
        assert!(matches!(failed, Err(Failure::Database(DbError::Panicked))), "{failed:?}");
        assert_eq!(count(&db), 0);
        wait(db.write(|tx| insert_network(tx, "after"))).expect("the connection is sound");
        assert_eq!(count(&db), 1);
    }

    fn a_connection_that_is_lost_costs_its_own_command_and_none_after_it(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        let lost: Result<(), Failure> = wait(db.write(|tx| {
            insert_network(tx, "lost")?;
            Transactions::transaction_manager_status_mut(tx.conn).set_in_error();
            Ok(())
        }));
        assert!(matches!(&lost, Err(Failure::Database(error)) if error.is_unavailable()), "{lost:?}");
        wait(db.write(|tx| insert_network(tx, "after"))).expect("another connection");
        assert_eq!(count(&db), 1);
    }

    fn of_two_that_read_before_either_writes_one_decides_anew(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        // Each makes a network only if there is none. The window between reading and writing is held open.
        let runs = AtomicU32::new(0);
        let runs = Arc::new(runs);
        let made: Vec<bool> = thread::scope(|scope| {
            let all: Vec<_> = (0..3).map(|n| {
                let (db, runs) = (&db, Arc::clone(&runs));
                scope.spawn(move || {
                    wait(db.write(move |tx| {
                        runs.fetch_add(1, Ordering::SeqCst);
                        let there: i64 = networks::table.count().get_result(tx.conn)?;
                        thread::sleep(Duration::from_millis(150));
                        if there > 0 {
                            return Ok::<_, Failure>(false);
                        }
                        insert_network(tx, &format!("n{n}"))?;
                        Ok(true)
                    })).expect("an answer, not a failure")
                })
            }).collect();
            all.into_iter().map(|run| run.join().expect("a thread")).collect()
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 1, "{made:?}");
        assert_eq!(count(&db), 1);
    }

    fn an_event_cannot_be_changed_deleted_or_replaced(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        let network = NetworkId::from_uuid(Uuid::now_v7());
        append(&db, network, "first");
        let attempts: &[&str] = match engine {
            Engine::Sqlite => &[
                "UPDATE events SET kind = 'x'",
                "DELETE FROM events",
                "INSERT OR REPLACE INTO events SELECT * FROM events",
                "REPLACE INTO events (seq, id, network_id, kind, subject, subject_version, actor, body, request_id, recorded_at) \
                 SELECT seq, '0', network_id, 'x', subject, 1, actor, body, request_id, recorded_at FROM events",
            ],
            Engine::Postgres => &["UPDATE events SET kind = 'x'", "DELETE FROM events", "TRUNCATE events"],
        };
        for attempt in attempts {
            let done = wait(db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(*attempt).execute(tx.conn)?)));
            let refusal = done.expect_err(attempt).to_string();
            assert!(refusal.contains("append-only"), "{attempt}: {refusal}");
        }
        #[derive(diesel::QueryableByName)]
        struct Kind {
            #[diesel(sql_type = Text)]
            kind: String,
        }
        let kinds = wait(db.read(|tx| Ok::<_, DbError>(diesel::sql_query("SELECT kind FROM events").load::<Kind>(tx.conn)?)));
        let kinds: Vec<String> = kinds.expect("events").into_iter().map(|row| row.kind).collect();
        assert_eq!(kinds, ["first"]);
    }

    fn a_reader_of_the_feed_misses_nothing_that_commits_out_of_order(engine: Engine) {
        let store = TestStore::migrated(engine);
        let db = store.open(Clock::Database);
        let network = NetworkId::from_uuid(Uuid::now_v7());
        let (begun, done) = (Barrier::new(2), Barrier::new(2));
        let (begun, done) = (Arc::new(begun), Arc::new(done));
        let mut read: Vec<String> = Vec::new();
        let mut place = FeedPlace::default();
        thread::scope(|scope| {
            let slow = {
                let (db, begun, done) = (&db, Arc::clone(&begun), Arc::clone(&done));
                scope.spawn(move || {
                    let mut first = true;
                    wait(db.write(move |tx| {
                        let event = event_of(tx, network, "slow")?;
                        event::append(tx.conn, &event)?;
                        // On SQLite nobody else can write meanwhile, so there is nothing to wait for.
                        if first && engine == Engine::Postgres {
                            first = false;
                            begun.wait();
                            done.wait();
                        }
                        Ok::<_, DbError>(())
                    })).expect("a slow event");
                })
            };
            if engine == Engine::Postgres {
                begun.wait();
                append(&db, network, "quick");
                follow(&db, network, &mut place, &mut read);
                done.wait();
            }
            slow.join().expect("a thread");
        });
        append(&db, network, "last");
        // The feed waits for every older transaction on the server, those of other tests too.
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while !read.iter().any(|kind| kind == "last") {
            assert!(std::time::Instant::now() < deadline, "the feed stands still at {read:?}");
            follow(&db, network, &mut place, &mut read);
            thread::sleep(Duration::from_millis(20));
        }
        read.sort();
        let expected: &[&str] = if engine == Engine::Postgres { &["last", "quick", "slow"] } else { &["last", "slow"] };
        assert_eq!(read, expected);
    }
}

fn event_of(tx: &mut Tx<'_>, network: NetworkId, kind: &str) -> Result<Event, DbError> {
    Ok(Event {
        id: EventId::from_uuid(Uuid::now_v7()),
        network,
        kind: kind.to_owned(),
        subject: "partner_1".to_owned(),
        subject_version: 1,
        actor: "system".to_owned(),
        audience: Audience { master: Some(master()), ..Audience::default() },
        body: "{}".to_owned(),
        request_id: "r".to_owned(),
        recorded_at: tx.now()?,
    })
}

fn master() -> MasterId {
    MasterId::from_uuid(Uuid::nil())
}

fn append(db: &Db, network: NetworkId, kind: &'static str) {
    wait(db.write(move |tx| {
        let event = event_of(tx, network, kind)?;
        event::append(tx.conn, &event)
    }))
    .expect("an event");
}

fn follow(db: &Db, network: NetworkId, place: &mut FeedPlace, read: &mut Vec<String>) {
    let (view, from) = (View { network, company: master().into() }, *place);
    let events = wait(db.read(move |tx| event::follow(tx.conn, &view, from, None, 100))).expect("events");
    for (at, event) in events {
        *place = at;
        read.push(event.kind);
    }
}

#[test]
fn sqlite_is_durable_and_strict_on_every_connection() {
    #[derive(diesel::QueryableByName)]
    struct Setting {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    let store = TestStore::migrated(Engine::Sqlite);
    let db = store.open(Clock::Database);
    // synchronous 2 is FULL: a commit that was answered survives the loss of power.
    for (pragma, expected) in [("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1), ("trusted_schema", 0)] {
        let query = format!("SELECT {pragma} AS value FROM pragma_{pragma}");
        let written = {
            let query = query.clone();
            wait(db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(query.clone()).get_result::<Setting>(tx.conn)?.value)))
        };
        assert_eq!(written.expect("a setting"), expected, "{pragma} of the writer");
        let read = wait(db.read(move |tx| Ok::<_, DbError>(diesel::sql_query(query).get_result::<Setting>(tx.conn)?.value)));
        assert_eq!(read.expect("a setting"), expected, "{pragma} of a reader");
    }
}

#[test]
fn connections_that_died_with_their_server_are_replaced_before_anybody_notices() {
    let cluster = Cluster::launch(Durability::Off);
    let database = cluster.database();
    let target: Target = database.url().parse().expect("a URL");
    migrate(&target, Direction::Up).expect("migrations that run");
    let db = Db::open(target, 4, Clock::Database).expect("a database");
    let all_at_once = || {
        let together = Arc::new(Barrier::new(4));
        thread::scope(|scope| {
            for n in 0..4 {
                let (db, together) = (&db, Arc::clone(&together));
                scope.spawn(move || {
                    let meet = move |_: &mut Tx<'_>| Ok::<_, DbError>(together.wait().is_leader());
                    let done = if n == 0 { wait(db.write(meet)) } else { wait(db.read(meet)) };
                    done.expect("a connection that lives");
                });
            }
        });
    };
    all_at_once();
    cluster.stop();
    cluster.start();
    all_at_once();
}

/// Lets the database have no page more than `pages`, or than it has.
fn let_grow_to(tx: &mut Tx<'_>, pages: u32) -> Result<(), Failure> {
    diesel::sql_query(format!("PRAGMA max_page_count = {pages}")).execute(tx.conn)?;
    Ok(())
}

#[test]
fn a_full_disk_is_told_as_such_and_nothing_after_it_fails() {
    let store = TestStore::migrated(Engine::Sqlite);
    let db = store.open(Clock::Database);
    for in_savepoint in [false, true] {
        let full: Result<(), Failure> = wait(db.write(move |tx| {
            let_grow_to(tx, 1)?;
            let fill = |conn: &mut _| {
                // One row: SQLite keeps no journal of such a statement, and gives the whole transaction up.
                diesel::sql_query(
                    "INSERT INTO networks (id, code, name, default_language, languages, policies, version, created_at, updated_at) \
                     VALUES ('x', 'x', hex(zeroblob(1000000)), 'en', '[]', '{}', 1, 1, 1)",
                )
                .execute(conn)?;
                Ok(())
            };
            if in_savepoint { diesel::Connection::transaction(tx.conn, fill) } else { fill(tx.conn) }
        }));
        assert!(matches!(&full, Err(Failure::Database(error)) if error.is_unavailable()), "{full:?}");
        let space = wait(db.write(move |tx| {
            let_grow_to(tx, 1_000_000)?;
            insert_network(tx, &format!("after{in_savepoint}"))
        }));
        space.expect("space again");
    }
    assert_eq!(count(&db), 2);
}

#[test]
fn a_url_without_an_engine_opens_nothing() {
    for url in ["entente.db", "sqlite:", "mysql://x", "postgres:typo", ""] {
        assert!(url.parse::<Target>().is_err(), "{url}");
    }
}

#[test]
fn a_reader_of_sqlite_cannot_write() {
    let store = TestStore::migrated(Engine::Sqlite);
    let db = store.open(Clock::Database);
    let written = wait(db.read(|tx| insert_network(tx, "n")));
    assert!(written.is_err());
    assert_eq!(count(&db), 0);
    let none: Option<String> =
        wait(db.read(|tx| Ok::<_, DbError>(networks::table.select(networks::code).get_result(tx.conn).optional()?)))
            .expect("a query");
    assert_eq!(none, None);
}
