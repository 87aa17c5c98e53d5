//! One way to read and one way to write, on either engine.
//!
//! A command is a closure over a [`Tx`]. It may run more than once, so it makes no ids and has no outside effects.
//!
//! * **SQLite**: commands go to one writer thread, which commits all that wait in one transaction, each in a savepoint of its
//!   own: full durability at a multiple of the throughput, and one failing command undoes only itself. Reads have a pool.
//! * **PostgreSQL**: commands run serializable in a pool, and run again when the database says that they met another. A
//!   command that has met another once waits for its turn in this process, so that contention ends instead of growing; one that has
//!   met others again and again runs alone in the database, so that its turn comes however many there are.

mod writer;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant as Timer},
};

use chrono::{DateTime, Utc};
use diesel::{
    Connection, ConnectionError, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::TransactionManager,
    r2d2::{self, ManageConnection, Pool, PooledConnection},
};
use rand::Rng;
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::writer::{Pending, Waiting};
pub use crate::conn::{Conn, MultiBackend};
use crate::{
    columns::micros,
    dialect::{self, Writing},
    error::{CommandError, DbError},
};

/// How long a request waits for its turn before it is told to come back.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a command is tried again before it is told to come back.
const RETRY_BUDGET: Duration = Duration::from_secs(15);
/// How often a command may meet others before it runs alone.
const MEETINGS: u32 = 3;

/// Where the database is. The URL's scheme decides the engine; a bare path is refused, because a mistyped URL would make a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `sqlite:` and a path.
    Sqlite(PathBuf),
    /// `postgres://` or `postgresql://`.
    Postgres(String),
}

/// The URL names no engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a database URL begins with sqlite: or postgres://")]
pub struct UnknownScheme;

impl std::str::FromStr for Target {
    type Err = UnknownScheme;

    fn from_str(url: &str) -> Result<Self, UnknownScheme> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(UnknownScheme) } else { Ok(Self::Sqlite(PathBuf::from(path))) };
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(UnknownScheme)
    }
}

impl Target {
    pub(crate) fn connect(&self, writes: bool) -> Result<Conn, ConnectionError> {
        let mut conn = match self {
            Self::Sqlite(path) => Conn::Sqlite(SqliteConnection::establish(&path.to_string_lossy())?),
            Self::Postgres(url) => Conn::Postgres(PgConnection::establish(url)?),
        };
        dialect::prepare(&mut conn, writes).map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(conn)
    }

    /// The file, where the database is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// From the database: the server's clock, or the host's where the database is a local file.
    #[default]
    Database,
    /// From a hand that sets it, to see what happens at an instant.
    Manual(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    fn now(&self, conn: &mut Conn) -> Result<DateTime<Utc>, DbError> {
        match self {
            Self::Database => Ok(dialect::clock(conn)?),
            Self::Manual(now) => Ok(micros(*now.lock().unwrap_or_else(PoisonError::into_inner))),
        }
    }
}

/// What a command works with: a connection inside a transaction, and the time.
pub struct Tx<'c> {
    /// The connection.
    pub conn: &'c mut Conn,
    clock: &'c Clock,
    now: Option<DateTime<Utc>>,
}

impl Tx<'_> {
    /// The time of this transaction, the same each time it is asked for.
    ///
    /// # Errors
    /// Those of the database.
    pub fn now(&mut self) -> Result<DateTime<Utc>, DbError> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        let now = self.clock.now(self.conn)?;
        self.now = Some(now);
        Ok(now)
    }

    /// Does something whole or not at all: of what fails nothing is left, and the transaction goes on.
    ///
    /// # Errors
    /// Those of `part`, and of the database. After one of the database's own the transaction may be of no use any more.
    pub fn whole<T, E: CommandError>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let outer = depth(self.conn);
        Transactions::begin_transaction(self.conn).map_err(DbError::from)?;
        let done = part(self).and_then(|value| {
            Transactions::commit_transaction(self.conn).map_err(DbError::from)?;
            Ok(value)
        });
        if done.is_err() {
            rollback_to(self.conn, outer);
        }
        done
    }
}

struct Manager {
    target: Target,
    writes: bool,
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Conn, r2d2::Error> {
        self.target.connect(self.writes).map_err(r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        diesel::sql_query("SELECT 1").execute(conn).map(drop).map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || Transactions::is_broken_transaction_manager(conn)
    }
}

/// The database.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    target: Target,
    clock: Clock,
    readers: Pool<Manager>,
    turns: Arc<Semaphore>,
    writer: Writer,
}

impl Inner {
    /// A connection with a transaction begun. Those that died while nobody used them, with their server, say, are given up for
    /// new ones: before a transaction begins nothing is lost by that.
    fn begun(&self, begin: impl Fn(&mut Conn) -> QueryResult<()>) -> Result<PooledConnection<Manager>, DbError> {
        let mut spare = self.readers.max_size();
        loop {
            let mut conn = self.readers.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
            match begin(&mut conn) {
                Ok(()) => return Ok(conn),
                Err(_) if spare > 0 && Transactions::is_broken_transaction_manager(&mut conn) => spare = spare.saturating_sub(1),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

enum Writer {
    /// One thread that commits in groups.
    Thread(mpsc::Sender<Waiting>),
    /// The pool itself; those that met another command take turns.
    Pool { contended: Arc<Mutex<()>> },
}

impl Db {
    /// Opens the database with a pool of `connections`. It does not connect yet: a database that is away makes requests
    /// answer "busy", not the program end.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when the SQLite file cannot be opened for writing.
    pub fn open(target: Target, connections: u32, clock: Clock) -> Result<Self, DbError> {
        let sqlite = target.path().is_some();
        let readers = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(TURN_TIMEOUT)
            .error_handler(Box::new(r2d2::LoggingErrorHandler))
            .build_unchecked(Manager { target: target.clone(), writes: !sqlite });
        let writer = if sqlite {
            Writer::Thread(writer::start(target.clone(), clock.clone())?)
        } else {
            Writer::Pool { contended: Arc::default() }
        };
        let turns = Arc::new(Semaphore::new(usize::try_from(connections).unwrap_or(1)));
        Ok(Self { inner: Arc::new(Inner { target, clock, readers, turns, writer }) })
    }

    /// Where the database is.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.inner.target
    }

    /// Runs `query` on one snapshot.
    ///
    /// # Errors
    /// Those of `query`, and [`DbError::Busy`] when no connection is free in time.
    pub async fn read<T, E>(&self, query: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: CommandError,
    {
        self.blocking(move |inner| {
            let mut conn = inner.begun(dialect::begin_read)?;
            let mut tx = Tx { conn: &mut conn, clock: &inner.clock, now: None };
            let answer = catch_unwind(AssertUnwindSafe(|| query(&mut tx))).unwrap_or_else(|_| Err(DbError::Panicked.into()));
            rollback_to(&mut conn, 0);
            answer
        })
        .await
    }

    /// Runs `command` in one transaction that is kept if it succeeds. It may run several times.
    ///
    /// # Errors
    /// Those of `command`, and [`DbError::Busy`] when there is no turn in time.
    pub async fn write<T, E>(&self, command: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: CommandError,
    {
        self.write_as(Writing::Beside, command).await
    }

    /// Runs `command` as [`Self::write`] does, from the first time on while no other command writes: for a piece of a long work that
    /// touches so much of what others touch that it would meet them each time. It has to be a short one, as everybody waits for it.
    ///
    /// # Errors
    /// Those of `command`, and [`DbError::Busy`] when there is no turn in time.
    pub async fn write_alone<T, E>(&self, command: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: CommandError,
    {
        self.write_as(Writing::Alone, command).await
    }

    async fn write_as<T, E>(
        &self,
        writing: Writing,
        mut command: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: CommandError,
    {
        match &self.inner.writer {
            Writer::Thread(queue) => {
                let (reply, answer) = oneshot::channel();
                let job = Box::new(Pending::new(command, reply));
                let sent = queue.send_timeout(job, TURN_TIMEOUT).await;
                sent.map_err(|_| DbError::Busy)?;
                answer.await.unwrap_or_else(|_| Err(DbError::Unavailable("the writer ended".to_owned()).into()))
            }
            Writer::Pool { contended } => {
                let contended = Arc::clone(contended);
                self.blocking(move |inner| write_with_retry(inner, &contended, writing, &mut command)).await
            }
        }
    }

    async fn blocking<T, E>(&self, work: impl FnOnce(&Inner) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: CommandError,
    {
        let turn = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(&self.inner.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(DbError::Busy.into()) };
        let inner = Arc::clone(&self.inner);
        let done = tokio::task::spawn_blocking(move || {
            // The work goes on when the caller has gone, and keeps its turn until it ends.
            let _turn = turn;
            work(&inner)
        })
        .await;
        done.unwrap_or_else(|_| Err(DbError::Panicked.into()))
    }
}

type Transactions = <Conn as Connection>::TransactionManager;

fn depth(conn: &mut Conn) -> u32 {
    Transactions::transaction_manager_status_mut(conn).transaction_depth().ok().flatten().map_or(0, std::num::NonZeroU32::get)
}

/// Rolls back until no more than `outer` transactions are open.
fn rollback_to(conn: &mut Conn, outer: u32) {
    let mut open = depth(conn);
    while open > outer {
        if let Err(error) = Transactions::rollback_transaction(conn) {
            log::debug!("rollback: {error}");
        }
        let left = depth(conn);
        if left >= open {
            return;
        }
        open = left;
    }
}

/// One attempt in a transaction that has begun; `Err` leaves nothing behind.
fn attempt<T, E: CommandError>(
    conn: &mut Conn,
    clock: &Clock,
    command: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let outer = depth(conn);
    let mut tx = Tx { conn, clock, now: None };
    let answer = catch_unwind(AssertUnwindSafe(|| command(&mut tx))).unwrap_or_else(|_| Err(DbError::Panicked.into()));
    // A panic may have left savepoints open.
    rollback_to(conn, outer);
    answer
}

fn write_with_retry<T, E: CommandError>(
    inner: &Inner,
    contended: &Mutex<()>,
    mut writing: Writing,
    command: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let started = Timer::now();
    let mut conn = inner.begun(|conn| dialect::begin_write(conn, writing))?;
    let mut turn = None;
    let (mut unique_violations, mut meetings) = (0_u32, 0_u32);
    loop {
        let answer = attempt(&mut conn, &inner.clock, command).and_then(|value| {
            Transactions::commit_transaction(&mut *conn).map_err(DbError::from)?;
            Ok(value)
        });
        let Err(error) = answer else { return answer };
        rollback_to(&mut conn, 0);
        let again = error.database().is_some_and(|failure| {
            if failure.is_unique_violation() {
                unique_violations = unique_violations.saturating_add(1);
                return unique_violations < 3;
            }
            meetings = meetings.saturating_add(1);
            failure.is_retryable()
        });
        if !again {
            return Err(error);
        }
        if started.elapsed() > RETRY_BUDGET {
            return Err(DbError::Busy.into());
        }
        if turn.is_none() {
            turn = Some(contended.lock().unwrap_or_else(PoisonError::into_inner));
        }
        std::thread::sleep(Duration::from_micros(rand::rng().random_range(200..5_000)));
        if meetings >= MEETINGS {
            writing = Writing::Alone;
        }
        dialect::begin_write(&mut conn, writing).map_err(DbError::from)?;
    }
}
