//! The one writer of SQLite: a thread that commits all that wait in one transaction, each command in a savepoint of its own.

use diesel::connection::TransactionManager;
use tokio::sync::{mpsc, oneshot};

use super::{Clock, Conn, Target, Transactions, Tx, attempt, rollback_to};
use crate::{
    dialect,
    error::{CommandError, DbError},
};

/// How many commands one commit takes at most.
const GROUP_MAX: usize = 128;
/// How many commands may wait for the writer.
const QUEUE_MAX: usize = 2048;

/// A command in the writer's queue, whatever it answers.
pub(super) type Waiting = Box<dyn Job>;

/// A command that waits for the writer.
pub(super) trait Job: Send {
    /// Runs the command; whether what it did is to be kept.
    fn run(&mut self, conn: &mut Conn, clock: &Clock) -> bool;
    /// Sends the answer of the last run.
    fn answer(self: Box<Self>);
    /// Sends a failure instead, or the database's to the command itself, which says more than what came of it.
    fn fail(self: Box<Self>, error: DbError);
}

/// A command and who waits for its answer.
pub(super) struct Pending<T, E, F> {
    command: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Pending<T, E, F> {
    pub(super) fn new(command: F, reply: oneshot::Sender<Result<T, E>>) -> Self {
        Self { command, result: None, reply }
    }
}

impl<T: Send, E: CommandError, F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send> Job for Pending<T, E, F> {
    fn run(&mut self, conn: &mut Conn, clock: &Clock) -> bool {
        let result = attempt(conn, clock, &mut self.command);
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>) {
        let this = *self;
        let result = this.result.unwrap_or_else(|| Err(DbError::Busy.into()));
        // The caller may have gone: what was committed stays committed.
        drop(this.reply.send(result));
    }

    fn fail(self: Box<Self>, error: DbError) {
        let this = *self;
        let own = this.result.and_then(Result::err).filter(|own| own.database().is_some());
        drop(this.reply.send(Err(own.unwrap_or_else(|| error.into()))));
    }
}

/// Starts the writer.
///
/// # Errors
/// [`DbError::Unavailable`] when the file cannot be opened for writing.
pub(super) fn start(target: Target, clock: Clock) -> Result<mpsc::Sender<Waiting>, DbError> {
    let mut writer = GroupWriter { target, clock, conn: None };
    writer.connected()?;
    let (sender, mut queue) = mpsc::channel::<Waiting>(QUEUE_MAX);
    std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            while let Some(first) = queue.blocking_recv() {
                let mut group = vec![first];
                while group.len() < GROUP_MAX {
                    let Ok(next) = queue.try_recv() else { break };
                    group.push(next);
                }
                writer.commit_group(group);
            }
        })
        .map_err(|error| DbError::Unavailable(error.to_string()))?;
    Ok(sender)
}

struct GroupWriter {
    target: Target,
    clock: Clock,
    conn: Option<Conn>,
}

impl GroupWriter {
    /// The connection, or a new one in place of one that a failure left in the middle of a transaction: nobody else would.
    fn connected(&mut self) -> Result<&mut Conn, DbError> {
        let sound =
            self.conn.take().and_then(|mut conn| (!Transactions::is_broken_transaction_manager(&mut conn)).then_some(conn));
        let conn = match sound {
            Some(conn) => conn,
            None => self.target.connect(true).map_err(|error| DbError::Unavailable(error.to_string()))?,
        };
        Ok(self.conn.insert(conn))
    }

    /// Runs a group in one transaction. If the commit fails, each command runs again alone, so that the one at fault answers
    /// for it. If there is no transaction to be had, waiting for one again for each would only make the queue longer.
    fn commit_group(&mut self, mut group: Vec<Waiting>) {
        let clock = self.clock.clone();
        let begun = self.connected().and_then(|conn| {
            dialect::begin_write(conn, dialect::Writing::Alone)?;
            Ok(conn)
        });
        let done = match begun {
            Ok(conn) => run_group(conn, &clock, &mut group),
            Err(error) => {
                let away = error.to_string();
                return group.into_iter().for_each(|job| job.fail(DbError::Unavailable(away.clone())));
            }
        };
        match done {
            Ok(()) => group.into_iter().for_each(Job::answer),
            Err(error) if group.len() == 1 => {
                if let Some(only) = group.pop() {
                    only.fail(error);
                }
            }
            Err(_) => group.into_iter().for_each(|job| self.commit_group(vec![job])),
        }
    }
}

fn run_group(conn: &mut Conn, clock: &Clock, group: &mut [Waiting]) -> Result<(), DbError> {
    let mut kept = false;
    for job in group {
        let run = (|| {
            Transactions::begin_transaction(conn)?;
            if job.run(conn, clock) {
                kept = true;
                Transactions::commit_transaction(conn)
            } else {
                Transactions::rollback_transaction(conn)
            }
        })();
        if let Err(error) = run {
            rollback_to(conn, 0);
            return Err(error.into());
        }
    }
    if !kept {
        return Ok(Transactions::rollback_transaction(conn)?);
    }
    Transactions::commit_transaction(conn).map_err(|error| {
        rollback_to(conn, 0);
        error.into()
    })
}
