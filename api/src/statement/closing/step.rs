//! What one step of a closing run puts on which statements, and how it is read.

use domain::id::{EntryId, StatementRunId};
use persistence::{
    db::Conn,
    error::DbError,
    statement::{self as store, Cursor, Run, RunState, Statement},
};

use super::lines;
use crate::problem::Problem;

/// About how many lines one step writes.
const LINES_A_STEP: i64 = 4_000;
/// To how many lines the seal of a statement, and the event that tells of it, come in time.
const LINES_A_SEAL: i64 = 20;

/// Lines that are to be written together.
pub(super) struct Step(Vec<Share>);

/// What of one statement.
struct Share {
    statement: Statement,
    /// The position of the line before.
    position: i32,
    count: i64,
    /// Whether the statement is whole then.
    whole: bool,
}

/// A step that was read.
pub(super) struct Ready {
    pub(super) parts: Vec<Part>,
    cursor: Option<Cursor>,
}

/// What of one statement was read.
pub(super) struct Part {
    pub(super) statement: Statement,
    /// Each line's position, entry and amount in minor units.
    pub(super) lines: Vec<(i32, EntryId, i64)>,
    /// The lines as they stand in the document.
    pub(super) body: String,
    /// Whether the statement is whole with them.
    pub(super) whole: bool,
}

impl Part {
    /// How many entries it states.
    pub(super) fn count(&self) -> i64 {
        i64::try_from(self.lines.len()).unwrap_or(i64::MAX)
    }
}

impl Ready {
    /// Where the last of its statements ends so far.
    pub(super) const fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }
}

/// A run that is not completed, and the steps in which its open statements get the lines that they miss: none when all are sealed.
pub(super) fn plan(conn: &mut Conn, id: StatementRunId) -> Result<Option<(Run, Vec<Step>)>, DbError> {
    let Some(run) = store::run_of(conn, id)?.filter(|run| run.state == RunState::Running) else {
        return Ok(None);
    };
    let open = store::unsealed(conn, &run)?;
    Ok(Some((run, divide(open))))
}

/// Divides what open statements miss into steps: one statement into several where it is longer than a step. Each comes with the
/// position of its last line.
fn divide(open: Vec<(Statement, i32)>) -> Vec<Step> {
    let (mut steps, mut shares, mut left) = (Vec::new(), Vec::new(), LINES_A_STEP);
    for (statement, mut position) in open {
        let mut whole = false;
        while !whole {
            let missing = i64::from(statement.line_count.saturating_sub(position));
            if (missing > left || left == 0) && !shares.is_empty() {
                steps.push(Step(std::mem::take(&mut shares)));
                left = LINES_A_STEP;
            }
            let count = missing.min(left);
            whole = count == missing;
            shares.push(Share { statement: statement.clone(), position, count, whole });
            position = position.saturating_add(i32::try_from(count).unwrap_or(i32::MAX));
            left = left.saturating_sub(count).saturating_sub(LINES_A_SEAL).max(0);
        }
    }
    if !shares.is_empty() {
        steps.push(Step(shares));
    }
    steps
}

impl Step {
    /// Reads what the step writes. Its first statement goes on after `after`, or where the database has it end.
    pub(super) fn read(self, conn: &mut Conn, run: &Run, after: Option<Cursor>) -> Result<Ready, Problem> {
        let mut ready = Ready { parts: Vec::with_capacity(self.0.len()), cursor: after };
        for share in self.0 {
            let Share { statement, position, count, whole } = share;
            let from = match (position, ready.cursor) {
                (0, _) => Cursor::before(run),
                (_, Some(cursor)) => cursor,
                (_, None) => store::cursor_at(conn, &statement, position)?,
            };
            let found = if count > 0 { store::next_lines(conn, run, &statement, position, from, count)? } else { Vec::new() };
            if i64::try_from(found.len()).ok() != Some(count) {
                return Err(Problem::internal(format!("{}: {} lines instead of {count}", statement.id, found.len())));
            }
            ready.cursor = found.last().map(Cursor::at).or(Some(from));
            let body = lines::part(position, &found)?;
            let lines = found.iter().map(|line| (line.position, line.entry, line.amount.minor())).collect();
            ready.parts.push(Part { statement, lines, body, whole });
        }
        Ok(ready)
    }
}
