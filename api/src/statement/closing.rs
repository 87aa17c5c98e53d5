//! A closing run, step by step. It opens the statements of some partners at a time, gives them their lines and the parts of their
//! documents, and seals those that are whole. What one step writes is a transaction that any process may do next; while the database
//! takes it, the next one is read, since an entry that a run is to state never changes. What is held in memory has a limit.

mod head;
mod lines;
mod step;

pub(super) use head::untaxable;

use std::time::Duration;

use domain::{
    id::{StatementId, StatementRunId},
    statement::TaxTreatment,
};
use persistence::{
    db::Db,
    dialect,
    event::Audience,
    statement::{self as store, Cursor, Run, RunState, Statement},
};
use sha2::{Digest, Sha256};
use step::{Ready, Step};

use super::wire;
use crate::{
    problem::{Code, Problem},
    write::{Change, Job, Work},
};

/// How long a process waits for its turn at a run that another one works on.
const PAUSE: Duration = Duration::from_millis(200);

/// What came of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    /// The run is a version further.
    On,
    /// Another process works on it, or has since it was read.
    Elsewhere,
    /// Everything is done.
    Completed,
}

/// Goes on with every run that is not completed, until all are. Any number of processes may do it at once, and each may be killed at
/// any time: a step is kept whole or not at all.
///
/// # Errors
/// Those of the database.
pub async fn go_on(db: &Db) -> Result<(), Problem> {
    let mut failed = None;
    for run in db.read(|tx| store::running_runs(tx.conn)).await? {
        // What keeps one run from going on is no matter of the others.
        if let Err(problem) = go_on_with(db, run).await {
            failed.get_or_insert(problem);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn go_on_with(db: &Db, id: StatementRunId) -> Result<(), Problem> {
    loop {
        let planned = db.read(move |tx| step::plan(tx.conn, id)).await?;
        let went = match planned {
            None => Went::Completed,
            Some((run, steps)) if steps.is_empty() => in_turn(db, &run, open).await?,
            Some((run, steps)) => write_all(db, run, steps).await?,
        };
        match went {
            Went::On => {}
            Went::Elsewhere => tokio::time::sleep(PAUSE).await,
            Went::Completed => return Ok(()),
        }
    }
}

/// Writes some steps one after the other, and reads each while the database takes the one before.
async fn write_all(db: &Db, mut run: Run, steps: Vec<Step>) -> Result<Went, Problem> {
    let mut steps = steps.into_iter();
    let mut ready = read(db, &run, steps.next(), None).await?;
    while let Some(step) = ready {
        let following = read(db, &run, steps.next(), step.cursor());
        let writing = in_turn(db, &run, move |work, run| write_lines(work, run, &step));
        let (went, read) = tokio::join!(writing, following);
        match went? {
            Went::On => run.version = run.version.saturating_add(1),
            other => return Ok(other),
        }
        ready = read?;
    }
    Ok(Went::On)
}

/// Reads what the next step writes, if there is one; `after` is where the step before ended.
async fn read(db: &Db, run: &Run, step: Option<Step>, after: Option<Cursor>) -> Result<Option<Ready>, Problem> {
    let Some(step) = step else { return Ok(None) };
    let run = run.clone();
    db.read(move |tx| step.read(tx.conn, &run, after)).await.map(Some)
}

/// Writes the next version of a run, if this process has its turn and the run is still the version that was read.
async fn in_turn(
    db: &Db,
    read: &Run,
    mut write: impl FnMut(&mut Work<'_, '_>, Run) -> Result<Went, Problem> + Send + 'static,
) -> Result<Went, Problem> {
    let (id, version) = (read.id, read.version);
    let mut job = Job::named("statements");
    db.write(move |tx| {
        job.run(tx, None, |work| {
            if !dialect::try_claim(work.conn(), turn(id))? {
                return Ok(Went::Elsewhere);
            }
            match store::run_of(work.conn(), id)?.filter(|run| run.version == version) {
                Some(run) => write(work, run),
                None => Ok(Went::Elsewhere),
            }
        })
    })
    .await
}

/// The key by which one process at a time writes of a run.
fn turn(run: StatementRunId) -> i64 {
    let digest = Sha256::digest(format!("statement run\n{run}"));
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// Opens the next statements of a run whose open ones are all sealed; where there are none, it is completed.
fn open(work: &mut Work<'_, '_>, mut run: Run) -> Result<Went, Problem> {
    run.sealed_to = run.opened_to;
    if head::open_batch(work, &mut run)? {
        keep(work, &mut run)?;
        return Ok(Went::On);
    }
    run.state = RunState::Completed;
    run.completed_at = Some(work.now()?);
    keep(work, &mut run)?;
    record(work, "statement_run.completed", run)?;
    Ok(Went::Completed)
}

/// Gives open statements the lines of a step, and seals those that are whole.
fn write_lines(work: &mut Work<'_, '_>, mut run: Run, step: &Ready) -> Result<Went, Problem> {
    for part in &step.parts {
        let written = append(work, part)?;
        run.entries_stated = run.entries_stated.saturating_add(part.count());
        if part.whole {
            seal(work, &part.statement, written)?;
            run.statements_closed = run.statements_closed.saturating_add(1);
        }
    }
    keep(work, &mut run)?;
    Ok(Went::On)
}

/// A part of a document that was written now.
struct Written<'b> {
    number: i32,
    body: &'b str,
}

/// Puts further lines on a statement, in the ledger's own terms and in its document.
fn append<'p>(work: &mut Work<'_, '_>, part: &'p step::Part) -> Result<Option<Written<'p>>, Problem> {
    if part.lines.is_empty() {
        return Ok(None);
    }
    let (statement, body) = (part.statement.id, part.body.as_str());
    store::take_lines(work.conn(), statement, &part.lines)?;
    let number = store::part_count(work.conn(), statement)?;
    store::append_part(work.conn(), statement, number, body)?;
    Ok(Some(Written { number, body }))
}

/// Ends a statement's document, of which `written` is the latest part, and seals it, and tells its companies.
fn seal(work: &mut Work<'_, '_>, statement: &Statement, written: Option<Written<'_>>) -> Result<(), Problem> {
    let number = match &written {
        Some(part) => part.number.saturating_add(1),
        None => store::part_count(work.conn(), statement.id)?,
    };
    let end = Written { number, body: lines::END };
    store::append_part(work.conn(), statement.id, end.number, end.body)?;
    let part_count = number.saturating_add(1);
    let latest: Vec<Written<'_>> = written.into_iter().chain([end]).collect();
    let content_hash = digest(work, statement.id, &latest)?;
    let at = work.now()?;
    store::seal(work.conn(), statement.id, part_count, &content_hash, at)?;
    let sealed = store::Sealed { statement: statement.clone(), content_hash, sealed_at: at };
    let body = wire::Statement::from(sealed);
    let audience =
        Audience { master: Some(statement.master), partner: Some(statement.partner), counterparty: Some(statement.other) };
    let (network, subject) = (statement.network, body.id.clone());
    work.record(Change { network, kind: "statement.closed", subject: subject.clone(), version: 1, audience, body: &body })?;
    if statement.treatment != TaxTreatment::NoRate {
        return Ok(());
    }
    // The network's rates are the masters' matter.
    let audience = Audience { master: Some(statement.master), ..Audience::default() };
    work.record(Change { network, kind: "statement.untaxed", subject, version: 1, audience, body: &body })
}

/// SHA-256 of a document's bytes: those of its latest parts, and before them the ones that were written earlier, read one at a time.
fn digest(work: &mut Work<'_, '_>, statement: StatementId, latest: &[Written<'_>]) -> Result<String, Problem> {
    let mut digest = Sha256::new();
    for number in 0..latest.first().map_or(0, |part| part.number) {
        let part = store::part(work.conn(), statement, number)?;
        digest.update(part.ok_or_else(|| Problem::internal(format!("{statement}: part {number} is missing")))?);
    }
    latest.iter().for_each(|part| digest.update(part.body));
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Keeps a run as its next version.
fn keep(work: &mut Work<'_, '_>, run: &mut Run) -> Result<(), Problem> {
    let before = run.version;
    run.version = before.saturating_add(1);
    run.updated_at = work.now()?;
    if !store::update_run(work.conn(), run)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    Ok(())
}

/// Tells the master that started a run what became of it.
pub(super) fn record(work: &mut Work<'_, '_>, kind: &'static str, run: Run) -> Result<(), Problem> {
    let audience = Audience { master: Some(run.master), ..Audience::default() };
    let (network, subject, version) = (run.network, run.id.to_string(), run.version);
    let body = wire::StatementRun::from(run);
    work.record(Change { network, kind, subject, version, audience, body: &body })
}
