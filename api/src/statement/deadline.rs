//! By when statements are to be given (Directive 86/653/EEC, Article 12): which are not made yet, and masters told of it in time.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{id::NetworkId, money::Currency, statement::Period};
use persistence::{
    db::{Conn, Tx},
    event::Audience,
    network,
    statement::{self as store, Notice},
    view::Page,
};

use super::wire::{DeadlineState, StatementDeadline, StatementDeadlinePage};
use crate::{
    access::Caller,
    calendar,
    network::policies,
    problem::Problem,
    write::{Change, Work},
};

/// How many networks one look takes at most.
const NETWORKS_MAX: i64 = 10_000;

/// A period and currency with entries that no run has stated.
pub(super) struct Deadline {
    period: Period,
    currency: Currency,
    due_on: NaiveDate,
    entries: i64,
    state: DeadlineState,
}

impl Deadline {
    pub(super) fn shown(&self) -> StatementDeadline {
        let Self { period, currency, due_on, entries, state } = self;
        StatementDeadline {
            period: period.to_string(),
            first_day: period.first(),
            last_day: period.last(),
            due_on: *due_on,
            currency: currency.code().to_owned(),
            entry_count: *entries,
            state: *state,
        }
    }
}

/// Whether the period has not ended.
pub(super) fn is_open(deadline: &Deadline) -> bool {
    matches!(deadline.state, DeadlineState::Open)
}

/// Lists the periods whose statements are not made yet.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller) -> Result<StatementDeadlinePage, Problem> {
    let now = tx.now()?;
    let found = deadlines(tx.conn, caller.network, now)?;
    Ok(StatementDeadlinePage { data: found.iter().map(Deadline::shown).collect(), next: None })
}

/// Tells masters of the periods that have ended without statements, and of those whose day has passed, each once. How often it
/// did.
///
/// # Errors
/// Those of the database.
pub fn watch(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let all = Page { limit: NETWORKS_MAX, after: None, updated_since: None };
    let now = work.now()?;
    let mut told = 0_usize;
    for network in network::page_networks(work.conn(), &all)? {
        for deadline in deadlines(work.conn(), network.id, now)? {
            let notices: &[(Notice, &'static str)] = match deadline.state {
                DeadlineState::Open => &[],
                DeadlineState::Due => &[(Notice::Due, "statement.due")],
                DeadlineState::Overdue => &[(Notice::Due, "statement.due"), (Notice::Overdue, "statement.overdue")],
            };
            for (version, (notice, kind)) in (1..).zip(notices) {
                if store::notify(work.conn(), network.id, deadline.currency, deadline.period.last(), *notice, now)? {
                    tell(work, network.id, (kind, version), &deadline)?;
                    told = told.saturating_add(1);
                }
            }
        }
    }
    Ok(told)
}

/// Tells a network's masters. What is told later of a deadline is a later version of it.
fn tell(
    work: &mut Work<'_, '_>,
    network: NetworkId,
    (kind, version): (&'static str, i64),
    deadline: &Deadline,
) -> Result<(), Problem> {
    let body = deadline.shown();
    for master in network::masters_of(work.conn(), network)? {
        let audience = Audience { master: Some(master.id), ..Audience::default() };
        let subject = format!("{} {}", body.period, body.currency);
        work.record(Change { network, kind, subject, version, audience, body: &body })?;
    }
    Ok(())
}

/// The periods up to today's with something to state, by currency and in their order.
pub(super) fn deadlines(conn: &mut Conn, network: NetworkId, now: DateTime<Utc>) -> Result<Vec<Deadline>, Problem> {
    let beyond = || Problem::internal("the calendar ends");
    let length = policies(conn, network)?.accounting.period;
    // A period has ended once it has for every master.
    let mut days = Vec::new();
    for master in network::masters_of(conn, network)? {
        days.push(calendar::of(conn, network, master.id)?.day_of(now));
    }
    let today = days.into_iter().min().unwrap_or_else(|| now.date_naive());
    let current = Period::of(today, length).ok_or_else(beyond)?;
    let mut unstated: BTreeMap<(&'static str, Period), (Currency, i64)> = BTreeMap::new();
    for store::Unstated { currency, payable_on, entries } in store::unstated(conn, network, current.last())? {
        let period = Period::of(payable_on, length).ok_or_else(beyond)?;
        let (_, count) = unstated.entry((currency.code(), period)).or_insert((currency, 0));
        *count = count.saturating_add(entries);
    }
    let deadline = |((_, period), (currency, entries)): ((&'static str, Period), (Currency, i64))| {
        let due_on = period.due_on().ok_or_else(beyond)?;
        let state = match period.has_ended(today) {
            false => DeadlineState::Open,
            true if due_on < today => DeadlineState::Overdue,
            true => DeadlineState::Due,
        };
        Ok(Deadline { period, currency, due_on, entries, state })
    };
    unstated.into_iter().map(deadline).collect()
}
