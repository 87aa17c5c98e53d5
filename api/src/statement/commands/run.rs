//! Closing runs: starting one closes the period in the ledger, so that what it has to state stands still.

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, NetworkId, StatementRunId},
    ledger::PeriodLength,
    money::Currency,
    statement::Period,
};
use persistence::{
    db::Tx,
    error::{Constraint, DbError},
    network,
    statement::{self as store, Run, RunState},
};

use super::super::{
    closing::{record, untaxable},
    wire::{NewStatementRun, StatementRun, StatementRunPage},
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    ledger::period::commands::close,
    network::policies,
    problem::{Code, Problem, Violation},
    wire::currency,
    write::Work,
};

/// Lists the closing runs of the network.
pub(in super::super) fn list_runs(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<StatementRunPage, Problem> {
    let found = store::page_runs(tx.conn, caller.network, &paging.page())?;
    let (found, next) = paging.cut(found, |run| (run.id.uuid(), run.updated_at));
    Ok(StatementRunPage { data: found.into_iter().map(StatementRun::from).collect(), next })
}

/// Shows a closing run.
pub(in super::super) fn show_run(tx: &mut Tx<'_>, caller: &Caller, id: StatementRunId) -> Result<StatementRun, Problem> {
    Ok(store::find_run(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?.into())
}

/// Starts a closing run, or shows the one that was started for the same period and currency before.
pub(in super::super) fn start(work: &mut Work<'_, '_>, new: &NewStatementRun) -> Result<StatementRun, Problem> {
    let caller = work.caller()?;
    let (network, CompanyId::Master(master)) = (caller.network, caller.company) else {
        return Err(Problem::new(Code::Forbidden));
    };
    let (period, currency) = read(new)?;
    let before = store::last_run(work.conn(), network, currency)?;
    if let Some(same) = before.as_ref().filter(|before| before.period == period) {
        work.nothing_changed();
        return Ok(same.clone().into());
    }
    if before.as_ref().is_some_and(|before| before.state == RunState::Running) {
        return Err(running());
    }
    let after = before.map(|before| before.period.last());
    let length = policies(work.conn(), network)?.accounting.period;
    ensure_closable(work, network, (period, length), after)?;
    close(work, network, master, currency, period.last())?;
    let now = work.now()?;
    let mut run = Run {
        id: work.new_id(),
        network,
        currency,
        period,
        due_on: period.due_on().ok_or_else(|| unknown_period(new))?,
        after,
        state: RunState::Running,
        entry_count: 0,
        entries_stated: 0,
        statements_closed: 0,
        opened_to: None,
        sealed_to: None,
        started_by: work.actor(),
        master,
        version: 1,
        created_at: now,
        updated_at: now,
        completed_at: None,
    };
    let untaxable = untaxable(work, &run)?;
    if !untaxable.is_empty() {
        return Err(Problem::invalid(untaxable));
    }
    run.entry_count = store::count_to_state(work.conn(), &run)?;
    store::insert_run(work.conn(), &run).map_err(taken)?;
    record(work, "statement_run.started", run.clone())?;
    Ok(run.into())
}

fn running() -> Problem {
    Problem::state_conflict("start_statement_run", RunState::Running.code())
}

/// What a broken unique key of a run means.
fn taken(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::OneStatementRun) => running(),
        _ => error.into(),
    }
}

fn unknown_period(new: &NewStatementRun) -> Problem {
    Problem::invalid(vec![Violation::at("/period", "unknown_period").with("value", &new.period)])
}

fn read(new: &NewStatementRun) -> Result<(Period, Currency), Problem> {
    let period = new.period.parse::<Period>();
    match (period, currency(&new.currency, "/currency")) {
        (Ok(period), Ok(currency)) => Ok((period, currency)),
        (Ok(_), Err(violation)) => Err(Problem::invalid(vec![violation])),
        (Err(_), read) => Err(unknown_period(new).violations(read.err().into_iter().collect())),
    }
}

/// A period can be closed when it is one of the network's, is past wherever the network's masters are, and comes after the last one
/// that was.
fn ensure_closable(
    work: &mut Work<'_, '_>,
    network: NetworkId,
    (period, length): (Period, PeriodLength),
    after: Option<NaiveDate>,
) -> Result<(), Problem> {
    let now = work.now()?;
    let mut violations = Vec::new();
    let at = |code| Violation::at("/period", code);
    if period.length() != length {
        violations.push(at("wrong_period_length").with("expected", length.code()));
    }
    let mut ended = true;
    for master in network::masters_of(work.conn(), network)? {
        ended = ended && period.has_ended(calendar::of(work.conn(), network, master.id)?.day_of(now));
    }
    if !ended {
        violations.push(at("period_not_ended").with("last_day", period.last()));
    }
    if let Some(after) = after.filter(|after| period.first() <= *after) {
        violations.push(at("period_closed").with("last_day", after));
    }
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations)) }
}
