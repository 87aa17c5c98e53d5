//! The use cases of accounting periods: close them, and read which are closed.

use chrono::NaiveDate;
use domain::{
    decided::Decided,
    id::{MasterId, NetworkId, PeriodId},
    ledger::{self as rules, CloseRefusal, PeriodDays},
    money::Currency,
};
use persistence::{db::Tx, event::Audience, ledger as store, network};

use super::wire::{AccountingPeriod, AccountingPeriodPage, NewPeriod, PeriodFilters};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    network::policies,
    problem::{Problem, Violation},
    wire::{self, filter_currency},
    write::{Change, Work},
};

/// Shows a closed period.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: PeriodId) -> Result<AccountingPeriod, Problem> {
    let found = store::find_period(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?;
    Ok(found.into())
}

/// Lists the closed periods of the caller's network.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &PeriodFilters,
    paging: &Paging,
) -> Result<AccountingPeriodPage, Problem> {
    let PeriodFilters { currency } = filters;
    let filter = store::PeriodFilter { currency: filter_currency(currency.as_ref())?, ends_on: None };
    let found = store::page_periods(tx.conn, caller.network, filter, &paging.page())?;
    let (found, next) = paging.cut(found, |period| (period.id.uuid(), period.closed_at));
    Ok(AccountingPeriodPage { data: found.into_iter().map(AccountingPeriod::from).collect(), next })
}

/// Closes the period that a master names, and those before it that are open.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewPeriod) -> Result<AccountingPeriod, Problem> {
    let NewPeriod { currency, ends_on } = new;
    let currency = wire::currency(&currency.0, "/currency").map_err(|violation| Problem::invalid(vec![violation]))?;
    let caller = work.caller()?;
    let network = caller.network;
    let master = caller.company.master().ok_or_else(Problem::not_found)?;
    let closed = close(work, network, master, currency, *ends_on)?;
    if let Some(last) = closed.into_iter().next_back() {
        return Ok(last.into());
    }
    work.nothing_changed();
    let filter = store::PeriodFilter { currency: Some(currency), ends_on: Some(*ends_on) };
    let one = persistence::view::Page { limit: 1, after: None, updated_since: None };
    let known = store::page_periods(work.conn(), network, filter, &one)?.pop();
    known.map(AccountingPeriod::from).ok_or_else(|| Problem::state_conflict("close", "closed"))
}

/// Closes the periods of a currency up to the one that ends on `ends_on`, in their order; those that are closed stay as they are.
///
/// # Errors
/// `invalid_request` where no period ends on that day, or it is not over where the master is.
pub(crate) fn close(
    work: &mut Work<'_, '_>,
    network: NetworkId,
    master: MasterId,
    currency: Currency,
    ends_on: NaiveDate,
) -> Result<Vec<store::Period>, Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), network, master, now)?;
    let length = policies(work.conn(), network)?.accounting.period;
    let closed_through = store::closed_through(work.conn(), network, currency)?;
    let decided = rules::close(length, ends_on, closed_through, today).map_err(|refusals| refused(&refusals))?;
    let Decided::Changed(days) = decided else { return Ok(Vec::new()) };
    days.into_iter().map(|days| close_one(work, network, currency, days)).collect()
}

fn close_one(
    work: &mut Work<'_, '_>,
    network: NetworkId,
    currency: Currency,
    days: PeriodDays,
) -> Result<store::Period, Problem> {
    let (closed_by, closed_at) = (work.actor(), work.now()?);
    let period = store::Period { id: work.new_id(), network, currency, days, closed_by, closed_at };
    store::close_period(work.conn(), &period)?;
    let body = AccountingPeriod::from(period.clone());
    for master in network::masters_of(work.conn(), network)? {
        let audience = Audience { master: Some(master.id), partner: None, counterparty: None };
        work.record(Change { network, kind: "period.closed", subject: body.id.clone(), version: 1, audience, body: &body })?;
    }
    Ok(period)
}

fn refused(refusals: &[CloseRefusal]) -> Problem {
    let violation = |refusal: &CloseRefusal| {
        let at = Violation::at("/ends_on", refusal.code()).rule(refusal.rule());
        match refusal {
            CloseRefusal::NoPeriodEnd { ends_on } => at.with("ends_on", ends_on),
            CloseRefusal::NotOver { today } => at.with("today", today),
            CloseRefusal::BeyondCalendar => at,
        }
    };
    Problem::invalid(refusals.iter().map(violation).collect())
}
