//! The use cases of adjustments: propose, approve, reject.

use domain::{
    decided::Decided,
    id::{AdjustmentId, EntryId},
    ledger::{AdjustmentRefusal, AdjustmentState, DecisionRefusal, Source, adjusting, check_adjustment, decide_adjustment},
};
use persistence::{db::Tx, event::Audience, ledger as store};

use super::wire::{Adjustment, AdjustmentDecision, AdjustmentFilters, AdjustmentPage, NewAdjustment};
use crate::{
    access::Caller,
    extract::Paging,
    ledger::{
        calculation::Calculation,
        explanation::{AboutAdjustment, AdjustmentExplanation},
        journal,
        posting::to_json,
    },
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows an adjustment.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: AdjustmentId) -> Result<Adjustment, Problem> {
    let found = store::find_adjustment(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    Ok(found.into())
}

/// Lists the adjustments that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &AdjustmentFilters,
    paging: &Paging,
) -> Result<AdjustmentPage, Problem> {
    let AdjustmentFilters { ledger_entry_id, state } = filters;
    let entry = filter_id("ledger_entry_id", ledger_entry_id.as_ref())?;
    let filter = store::AdjustmentFilter { entry, state: state.map(Into::into) };
    let found = store::page_adjustments(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |adjustment| (adjustment.id.uuid(), adjustment.updated_at));
    Ok(AdjustmentPage { data: found.into_iter().map(Adjustment::from).collect(), next })
}

/// Proposes an adjustment.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewAdjustment) -> Result<Adjustment, Problem> {
    let NewAdjustment { ledger_entry_id, direction, amount, reason } = new;
    let entry = wire::id(ledger_entry_id, "/ledger_entry_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let corrected =
        supervised(work, entry)?.ok_or_else(|| Problem::invalid(vec![Violation::at("/ledger_entry_id", "unknown_entry")]))?;
    let amount = amount.read("/amount").map_err(|violation| Problem::invalid(vec![violation]))?;
    let left = store::left_of(work.conn(), entry)?;
    check_adjustment((*direction).into(), amount, left).map_err(|refusals| refused(&refusals))?;
    let now = work.now()?;
    let adjustment = store::Adjustment {
        id: work.new_id(),
        network: corrected.network,
        master: corrected.entry.master,
        entry,
        direction: (*direction).into(),
        amount,
        reason: reason.clone(),
        state: AdjustmentState::Proposed,
        proposed_by: work.actor(),
        decided_by: None,
        note: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_adjustment(work.conn(), &adjustment)?;
    record(work, "adjustment.proposed", adjustment)
}

/// The entry, if the caller's master supervises what made it.
fn supervised(work: &mut Work<'_, '_>, entry: EntryId) -> Result<Option<store::PostedEntry>, Problem> {
    let caller = work.caller()?;
    let (view, master) = (caller.view(), caller.company.master());
    let found = store::find(work.conn(), &view, entry)?;
    Ok(found.filter(|posted| Some(posted.entry.master) == master))
}

/// Approves an adjustment: its entry is posted.
pub(super) fn approve(work: &mut Work<'_, '_>, id: AdjustmentId, decision: &AdjustmentDecision) -> Result<Adjustment, Problem> {
    let Some(approved) = decide(work, id, decision, AdjustmentState::Approved)? else { return unchanged(work, id) };
    let left = store::left_of(work.conn(), approved.entry)?;
    check_adjustment(approved.direction, approved.amount, left).map_err(|refusals| refused(&refusals))?;
    post(work, &approved)?;
    record(work, "adjustment.approved", approved)
}

/// Rejects an adjustment.
pub(super) fn reject(work: &mut Work<'_, '_>, id: AdjustmentId, decision: &AdjustmentDecision) -> Result<Adjustment, Problem> {
    let Some(rejected) = decide(work, id, decision, AdjustmentState::Rejected)? else { return unchanged(work, id) };
    record(work, "adjustment.rejected", rejected)
}

fn unchanged(work: &mut Work<'_, '_>, id: AdjustmentId) -> Result<Adjustment, Problem> {
    work.nothing_changed();
    let view = work.caller()?.view();
    let found = store::find_adjustment(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    Ok(found.into())
}

/// The adjustment as it is kept after the decision; none where it was decided so before.
fn decide(
    work: &mut Work<'_, '_>,
    id: AdjustmentId,
    decision: &AdjustmentDecision,
    to: AdjustmentState,
) -> Result<Option<store::Adjustment>, Problem> {
    let (view, actor) = (work.caller()?.view(), work.actor());
    let found = store::find_adjustment(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    let decided = decide_adjustment(found.state, to, found.proposed_by == actor).map_err(|refusal| match refusal {
        DecisionRefusal::SamePerson => Problem::invalid(vec![Violation::at("", "same_person").rule("D20")]),
        DecisionRefusal::WrongState { state } => Problem::state_conflict(to.code(), state.code()),
    })?;
    let Decided::Changed(state) = decided else { return Ok(None) };
    let after = store::Adjustment {
        state,
        decided_by: Some(actor),
        note: decision.note.clone(),
        version: found.version.saturating_add(1),
        updated_at: work.now()?,
        ..found
    };
    if !store::update_adjustment(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", found.version));
    }
    Ok(Some(after))
}

/// Posts the entry of an approved adjustment: like the one it corrects, and beside what its rule made due.
fn post(work: &mut Work<'_, '_>, approved: &store::Adjustment) -> Result<(), Problem> {
    let corrected = supervised(work, approved.entry)?.ok_or_else(Problem::not_found)?;
    let store::PostedEntry { entry: of, network, terms_version, sold, .. } = corrected;
    let movement = adjusting(&of.movement, approved.entry, approved.direction, approved.amount);
    let movement = movement.map_err(|fault| Problem::internal(format!("{}: {fault:?}", approved.id)))?;
    let dated_on = journal::open_day(work, network, of.master, approved.amount.currency())?;
    let id: EntryId = work.new_id();
    let explanation = AdjustmentExplanation {
        about: AboutAdjustment::Adjustment,
        ledger_entry_id: id.to_string(),
        adjustment_id: approved.id.to_string(),
        corrects_id: approved.entry.to_string(),
        corrected_amount: of.movement.amount().into(),
        direction: approved.direction.into(),
        reason: approved.reason.clone(),
        amount: approved.amount.into(),
    };
    let entry = store::Entry {
        id,
        movement,
        sale: of.sale.map(|sale| store::OfSale { step: None, ..sale }),
        explanation: to_json(&explanation)?,
        calculation: to_json(&Calculation::from(&explanation))?,
        dated_on,
        payable_on: of.payable_on.max(dated_on),
        ..of
    };
    let journal = store::Journal {
        id: work.new_id(),
        network,
        source: Source::new(approved.id, 1),
        cause: Some(approved.id.to_string()),
        entries: vec![entry],
        recorded_at: work.now()?,
    };
    journal::append(work, journal, |_| Some((terms_version, sold)))
}

fn refused(refusals: &[AdjustmentRefusal]) -> Problem {
    let violation = |refusal: &AdjustmentRefusal| {
        let at = |pointer| Violation::at(pointer, refusal.code()).rule(refusal.rule());
        match refusal {
            AdjustmentRefusal::NotPositive | AdjustmentRefusal::TooLarge => at("/amount/amount"),
            AdjustmentRefusal::OtherCurrency { entry } => at("/amount/currency").with("expected", entry.currency().code()),
            AdjustmentRefusal::MoreThanLeft { left } => {
                at("/amount/amount").with("left", left).with("currency", left.currency().code())
            }
        }
    };
    Problem::invalid(refusals.iter().map(violation).collect())
}

/// Tells the master; the parties are told of the entry.
fn record(work: &mut Work<'_, '_>, kind: &'static str, adjustment: store::Adjustment) -> Result<Adjustment, Problem> {
    let (network, version) = (adjustment.network, adjustment.version);
    let audience = Audience { master: Some(adjustment.master), partner: None, counterparty: None };
    let shown = Adjustment::from(adjustment);
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
