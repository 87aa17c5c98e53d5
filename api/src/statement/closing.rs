//! A closing run, step by step. Each step is a transaction that any process may do next: it opens statements, gives them their
//! lines and the parts of their documents, and seals those that are whole. What one step holds in memory has a limit.

mod head;
mod lines;

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
    statement::{self as store, Run, RunState, Statement},
};
use sha2::{Digest, Sha256};

use super::wire;
use crate::{
    problem::{Code, Problem},
    write::{Change, Job, Work},
};

/// About how many lines one step writes.
const LINES_A_STEP: i64 = 8_000;
/// How long a process waits for its turn at a run that another one works on.
const PAUSE: Duration = Duration::from_millis(200);

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// There is more to do.
    Went,
    /// Another process does it now.
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

async fn go_on_with(db: &Db, run: StatementRunId) -> Result<(), Problem> {
    loop {
        let mut job = Job::named("statements");
        match db.write(move |tx| job.run(tx, None, |work| step(work, run))).await? {
            Step::Went => {}
            Step::Elsewhere => tokio::time::sleep(PAUSE).await,
            Step::Completed => return Ok(()),
        }
    }
}

/// The key by which one process at a time works on a run.
fn turn(run: StatementRunId) -> i64 {
    let digest = Sha256::digest(format!("statement run\n{run}"));
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

fn step(work: &mut Work<'_, '_>, id: StatementRunId) -> Result<Step, Problem> {
    if !dialect::try_claim(work.conn(), turn(id))? {
        return Ok(Step::Elsewhere);
    }
    let Some(mut run) = store::run_of(work.conn(), id)?.filter(|run| run.state == RunState::Running) else {
        return Ok(Step::Completed);
    };
    let mut open = store::unsealed(work.conn(), &run)?;
    if open.is_empty() {
        run.sealed_to = run.opened_to;
        head::open_batch(work, &mut run, LINES_A_STEP)?;
        open = store::unsealed(work.conn(), &run)?;
    }
    if open.is_empty() {
        complete(work, run)?;
        return Ok(Step::Completed);
    }
    write_lines(work, &mut run, &open)?;
    keep(work, &mut run)?;
    Ok(Step::Went)
}

/// Gives the open statements their lines, up to the limit of a step, and seals those that are whole.
fn write_lines(work: &mut Work<'_, '_>, run: &mut Run, open: &[(Statement, i32)]) -> Result<(), Problem> {
    let mut left = LINES_A_STEP;
    for (statement, position) in open {
        let missing = i64::from(statement.line_count.saturating_sub(*position));
        if missing > 0 && left == 0 {
            break;
        }
        let count = missing.min(left);
        let part = take(work, run, statement, *position, count)?;
        left = left.saturating_sub(count);
        run.entries_stated = run.entries_stated.saturating_add(count);
        if count == missing {
            seal(work, statement, part)?;
            run.statements_closed = run.statements_closed.saturating_add(1);
        }
    }
    Ok(())
}

/// A part of a document that was written now.
struct Part {
    number: i32,
    body: String,
}

/// Puts `count` further lines on a statement, in the ledger's own terms and in its document.
fn take(work: &mut Work<'_, '_>, run: &Run, statement: &Statement, position: i32, count: i64) -> Result<Option<Part>, Problem> {
    if count == 0 {
        return Ok(None);
    }
    let lines = store::next_lines(work.conn(), run, statement, position, count)?;
    if i64::try_from(lines.len()).ok() != Some(count) {
        return Err(Problem::internal(format!("{}: {} lines instead of {count}", statement.id, lines.len())));
    }
    // The document is written while the database takes the lines.
    let body = std::thread::scope(|scope| {
        let written = scope.spawn(|| lines::part(position, &lines));
        store::take_lines(work.conn(), statement.id, &lines)?;
        written.join().map_err(|_| Problem::internal(format!("{}: its document was not written", statement.id)))?
    })?;
    let number = store::part_count(work.conn(), statement.id)?;
    store::append_part(work.conn(), statement.id, number, &body)?;
    Ok(Some(Part { number, body }))
}

/// Ends a statement's document, of which `written` is the latest part, and seals it, and tells its companies.
fn seal(work: &mut Work<'_, '_>, statement: &Statement, written: Option<Part>) -> Result<(), Problem> {
    let number = match &written {
        Some(part) => part.number.saturating_add(1),
        None => store::part_count(work.conn(), statement.id)?,
    };
    let end = Part { number, body: lines::END.to_owned() };
    store::append_part(work.conn(), statement.id, end.number, &end.body)?;
    let part_count = number.saturating_add(1);
    let latest: Vec<Part> = written.into_iter().chain([end]).collect();
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
fn digest(work: &mut Work<'_, '_>, statement: StatementId, latest: &[Part]) -> Result<String, Problem> {
    let mut digest = Sha256::new();
    for number in 0..latest.first().map_or(0, |part| part.number) {
        let part = store::part(work.conn(), statement, number)?;
        digest.update(part.ok_or_else(|| Problem::internal(format!("{statement}: part {number} is missing")))?);
    }
    latest.iter().for_each(|part| digest.update(&part.body));
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

fn complete(work: &mut Work<'_, '_>, mut run: Run) -> Result<(), Problem> {
    run.state = RunState::Completed;
    run.completed_at = Some(work.now()?);
    keep(work, &mut run)?;
    record(work, "statement_run.completed", run)
}

/// Tells the master that started a run what became of it.
pub(super) fn record(work: &mut Work<'_, '_>, kind: &'static str, run: Run) -> Result<(), Problem> {
    let audience = Audience { master: Some(run.master), ..Audience::default() };
    let (network, subject, version) = (run.network, run.id.to_string(), run.version);
    let body = wire::StatementRun::from(run);
    work.record(Change { network, kind, subject, version, audience, body: &body })
}
