//! Both engines, for tests that state one rule and run it on each.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use persistence::{
    db::{Clock, Db, Target},
    migrate::{Direction, migrate},
};

use crate::postgres::{self, TestDatabase};

/// An engine to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in a file of the test's own.
    Sqlite,
    /// PostgreSQL, in a database of the test's own.
    Postgres,
}

/// A database of one test's own, gone with this value.
pub struct TestStore {
    files: Option<Files>,
    database: Option<TestDatabase>,
}

struct Files(PathBuf);

impl Drop for Files {
    fn drop(&mut self) {
        // What is left in the system's temporary folder goes with it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn folder() -> Files {
    let path = std::env::temp_dir().join(format!("entente-test-{:016x}", rand::random::<u64>()));
    std::fs::create_dir(&path).expect("a temporary folder");
    Files(path)
}

impl TestStore {
    /// An empty database.
    pub fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self { files: Some(folder()), database: None },
            Engine::Postgres => Self { files: None, database: Some(postgres::database()) },
        }
    }

    /// A database with the schema and nothing in it.
    pub fn migrated(engine: Engine) -> Self {
        let store = Self::empty(engine);
        migrate(&store.target(), Direction::Up).expect("migrations that run");
        store
    }

    /// A copy of this one, which nobody may be connected to meanwhile.
    pub fn copy(&self) -> Self {
        let files = self.files.as_ref().map(|_| {
            let files = folder();
            let copy = files.0.join("entente.db");
            let from = self.target();
            std::fs::copy(from.path().expect("a file"), copy).expect("a file that can be copied");
            files
        });
        Self { files, database: self.database.as_ref().map(TestDatabase::copy) }
    }

    /// Where it is.
    pub fn target(&self) -> Target {
        self.url().parse().expect("a URL with a scheme")
    }

    /// Where it is, as a URL.
    pub fn url(&self) -> String {
        match (&self.files, &self.database) {
            (Some(files), _) => format!("sqlite:{}", files.0.join("entente.db").display()),
            (None, Some(database)) => database.url().to_owned(),
            (None, None) => unreachable!("a store has one of them"),
        }
    }

    /// A folder of the test's own, beside an SQLite file.
    pub fn folder(&self) -> PathBuf {
        self.files.as_ref().map_or_else(std::env::temp_dir, |files| files.0.clone())
    }

    /// Opens it.
    pub fn open(&self, clock: Clock) -> Db {
        Db::open(self.target(), 8, clock).expect("a database that opens")
    }
}

/// A clock that a test sets.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    /// A clock that stands at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets it.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().expect("a clock") = now;
    }

    /// What it shows.
    pub fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("a clock")
    }

    /// The clock as the database takes it.
    pub fn clock(&self) -> Clock {
        Clock::Manual(Arc::clone(&self.0))
    }
}

/// Runs each test on both engines: `on_both_engines! { fn a_rule(engine: Engine) { … } }`.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* fn $name:ident($argument:ident: Engine) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            fn rule($argument: $crate::engine::Engine) $body

            #[test]
            fn sqlite() {
                rule($crate::engine::Engine::Sqlite);
            }

            #[test]
            fn postgres() {
                rule($crate::engine::Engine::Postgres);
            }
        }
    )+};
}

/// Waits for a future, as the service's workers do.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}
