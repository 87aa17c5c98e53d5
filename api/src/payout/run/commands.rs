//! The use cases of payout runs and payouts: each one transaction.

use domain::{
    id::{PayoutId, PayoutRunId},
    money::Money,
    payout::PayoutState,
};
use persistence::{
    db::{Conn, Tx},
    payout::{self as store, FileFormat},
};
use sha2::{Digest, Sha256};

use super::{
    file::{self, Order},
    step::{Happened, go_on},
    wire::{Payout, PayoutFilters, PayoutHistory, PayoutPage, PayoutRun, PayoutRunPage, PayoutStep, PayoutTally},
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    payout::payer::Payer,
    problem::{Code, Problem, Violation},
    wire::filter_id,
    write::{Change, Work},
};

/// A run with its payouts counted and its files named.
pub(super) fn shown_run(conn: &mut Conn, run: store::PayoutRun) -> Result<PayoutRun, Problem> {
    let payouts = store::payouts_of(conn, run.id)?;
    let tally = PayoutState::ALL.into_iter().filter_map(|state| {
        let there = payouts.iter().filter(|payout| payout.state == state).map(|payout| payout.amount);
        let (count, sum) = (there.clone().count(), Money::sum(there, run.currency));
        (count > 0).then(|| {
            let amount = sum.ok_or_else(|| Problem::internal(format!("{}: a sum", run.id)))?.into();
            Ok::<_, Problem>(PayoutTally { state: state.into(), count, amount })
        })
    });
    let tally: Result<_, Problem> = tally.collect();
    let files = store::files_of(conn, run.id)?;
    Ok(PayoutRun::of(run, tally?, files))
}

/// Shows a run.
pub(super) fn show_run(tx: &mut Tx<'_>, caller: &Caller, id: PayoutRunId) -> Result<PayoutRun, Problem> {
    let found = store::find_run(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown_run(tx.conn, found)
}

/// Lists the runs of the caller's company.
pub(super) fn list_runs(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<PayoutRunPage, Problem> {
    let found = store::page_runs(tx.conn, &caller.view(), &paging.page())?;
    let (runs, next) = paging.cut(found, |run| (run.id.uuid(), run.updated_at));
    let data: Result<_, _> = runs.into_iter().map(|run| shown_run(tx.conn, run)).collect();
    Ok(PayoutRunPage { data: data?, next })
}

/// What of a run went to the bank.
pub(super) fn file(tx: &mut Tx<'_>, caller: &Caller, id: PayoutRunId, format: FileFormat) -> Result<store::PayoutFile, Problem> {
    let run = store::find_run(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    store::find_file(tx.conn, run.id, format)?.ok_or_else(Problem::not_found)
}

fn with_parts(conn: &mut Conn, payouts: Vec<store::Payout>) -> Result<Vec<Payout>, Problem> {
    let mut parts = store::parts_of_all(conn, &payouts)?;
    let shown = payouts.into_iter().map(|payout| {
        let own = parts.extract_if(.., |(of, _)| *of == payout.id).map(|(_, part)| part).collect();
        Payout::of(payout, own)
    });
    Ok(shown.collect())
}

/// Shows a payout.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: PayoutId) -> Result<Payout, Problem> {
    let found = store::find_payout(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    with_parts(tx.conn, vec![found])?.pop().ok_or_else(Problem::not_found)
}

/// Lists the payouts that the caller may see.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, filters: &PayoutFilters, paging: &Paging) -> Result<PayoutPage, Problem> {
    let PayoutFilters { payout_run_id, partner_id, state } = filters;
    let filters = store::PayoutFilters {
        run: filter_id("payout_run_id", payout_run_id.as_ref())?,
        partner: filter_id("partner_id", partner_id.as_ref())?,
        state: state.map(PayoutState::from),
    };
    let found = store::page_payouts(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (payouts, next) = paging.cut(found, |payout| (payout.id.uuid(), payout.updated_at));
    Ok(PayoutPage { data: with_parts(tx.conn, payouts)?, next })
}

/// Lists what a payout went through.
pub(super) fn steps(tx: &mut Tx<'_>, caller: &Caller, id: PayoutId) -> Result<PayoutHistory, Problem> {
    let found = store::find_payout(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let steps = store::steps_of(tx.conn, found.id)?;
    Ok(PayoutHistory { data: steps.into_iter().map(PayoutStep::from).collect() })
}

/// Sends a run: makes what goes to the bank, once, and takes its payouts there.
pub(super) fn send(work: &mut Work<'_, '_>, id: PayoutRunId) -> Result<PayoutRun, Problem> {
    let view = work.caller()?.view();
    let run = store::find_run(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(run.version)?;
    if run.sent_at.is_some() {
        work.nothing_changed();
        return shown_run(work.conn(), run);
    }
    let payouts = store::payouts_of(work.conn(), id)?;
    let waiting = payouts.iter().filter(|payout| payout.state == PayoutState::Pending).count();
    let orders: Vec<store::Payout> = payouts.into_iter().filter(|payout| payout.state == PayoutState::Approved).collect();
    if waiting > 0 || orders.is_empty() {
        let state = if waiting > 0 { "pending" } else { "nothing_to_send" };
        let why = (waiting > 0).then(|| Violation::at("", "payouts_pending").with("count", waiting));
        return Err(Problem::state_conflict("send", state).violations(why.into_iter().collect()));
    }
    let (before, now) = (run.version, work.now()?);
    let today = calendar::today(work.conn(), run.network, run.master, now)?;
    let sent = store::PayoutRun {
        // No bank pays on a day that is past.
        execute_on: run.execute_on.max(today),
        sent_by: Some(work.actor()),
        sent_at: Some(now),
        version: before.saturating_add(1),
        updated_at: now,
        ..run
    };
    if !store::update_run(work.conn(), &sent)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    keep_files(work, &sent, &orders)?;
    for payout in orders {
        go_on(work, payout, PayoutState::Sent, &Happened::default())?;
    }
    let shown = shown_run(work.conn(), sent.clone())?;
    record_run(work, "payout_run.sent", &sent, &shown)?;
    Ok(shown)
}

fn keep_files(work: &mut Work<'_, '_>, run: &store::PayoutRun, payouts: &[store::Payout]) -> Result<(), Problem> {
    let payer = store::account(work.conn(), run.account)?;
    let payer = payer.ok_or_else(|| Problem::internal(format!("{}: no account", run.id)))?;
    let mut parts = store::parts_of_all(work.conn(), payouts)?;
    let mut orders = Vec::new();
    for payout in payouts {
        let id = payout.account.ok_or_else(|| Problem::internal(format!("{}: no account", payout.id)))?;
        let account = store::account(work.conn(), id)?;
        let account = account.ok_or_else(|| Problem::internal(format!("{}: no account", payout.id)))?;
        let statements: Vec<_> = parts.extract_if(.., |(of, _)| *of == payout.id).map(|(_, part)| part.statement).collect();
        let periods = store::periods_of(work.conn(), &statements)?;
        orders.push(Order { payout: payout.clone(), account, periods });
    }
    for (format, body) in file::written(run, &payer, orders)? {
        let content_hash = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
        let recorded_at = run.updated_at;
        store::insert_file(work.conn(), &store::PayoutFile { run: run.id, format, body, content_hash, recorded_at })?;
    }
    Ok(())
}

/// Records what happened to a run, for its payer alone: it names all partners (D22).
pub(super) fn record_run(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    run: &store::PayoutRun,
    body: &PayoutRun,
) -> Result<(), Problem> {
    let audience = Payer { company: run.payer, master: run.master }.alone();
    let (network, subject, version) = (run.network, run.id.to_string(), run.version);
    work.record(Change { network, kind, subject, version, audience, body })
}
