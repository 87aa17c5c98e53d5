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

    /// Keeps what is in it, to be copied; nobody may be connected to it any more.
    pub fn keep(self) -> KeptStore {
        match (self.target().path(), self.database) {
            // Its bytes, since a file would outlive a test process.
            (Some(file), _) => KeptStore::Sqlite(std::fs::read(file).expect("a file that can be read")),
            (None, Some(database)) => KeptStore::Postgres(database),
            (None, None) => unreachable!("a store has one of them"),
        }
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

/// What was in a database.
pub enum KeptStore {
    /// The bytes of its file.
    Sqlite(Vec<u8>),
    /// A database of the server's.
    Postgres(TestDatabase),
}

impl KeptStore {
    /// A database with the same in it.
    pub fn copy(&self) -> TestStore {
        match self {
            Self::Sqlite(bytes) => {
                let files = folder();
                std::fs::write(files.0.join("entente.db"), bytes).expect("a file that can be written");
                TestStore { files: Some(files), database: None }
            }
            Self::Postgres(database) => TestStore { files: None, database: Some(database.copy()) },
        }
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
