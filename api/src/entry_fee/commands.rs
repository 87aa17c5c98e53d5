//! The use cases of entry fees: assess, revise, approve, reject, withdraw, invoice, record a payment.

use chrono::NaiveDate;
use domain::{
    agreement::AgreementState,
    decided::Decided,
    entry_fee::{EntryFeeAction, EntryFeeRefusal, EntryFeeState, assess as decide_assessment, decide},
    id::{AgreementId, CompanyId, EntryFeeId, EntryId},
    ledger::{Entry, EntryKind, Parties, Source},
    money::Money,
};
use persistence::{
    agreement,
    db::Tx,
    entry_fee as store,
    error::{Constraint, DbError},
    event::Audience,
    ledger, network,
    payout::RemittanceAccount,
};

use super::{
    explanation::EntryFeeExplanation,
    settlement::follow_payments,
    wire::{
        EntryFee, EntryFeeApproval, EntryFeeFilters, EntryFeePage, EntryFeeRejection, EntryFeeRevision, NewEntryFee,
        NewEntryFeeInvoice, NewEntryFeePayment,
    },
};
use crate::{
    access::Caller,
    agreement::terms_of,
    calendar,
    extract::Paging,
    ledger::{calculation::Calculation, journal, posting::to_json},
    payout::remittance::{Received, keep_payment},
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// The rule by which an entry fee's entry stands in the ledger: no rule of the terms, but their entry fee.
const RULE: &str = "entry_fee";

/// Shows an entry fee.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: EntryFeeId) -> Result<EntryFee, Problem> {
    let found = store::find_entry_fee(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let assessments = store::assessments_of(tx.conn, &[id])?;
    EntryFee::of(found, assessments.into_iter().map(|(_, assessed)| assessed).collect())
}

/// Lists the entry fees that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &EntryFeeFilters,
    paging: &Paging,
) -> Result<EntryFeePage, Problem> {
    let EntryFeeFilters { agreement_id, partner_id, state } = filters;
    let filter = store::EntryFeeFilter {
        agreement: filter_id("agreement_id", agreement_id.as_ref())?,
        partner: filter_id("partner_id", partner_id.as_ref())?,
        state: state.map(Into::into),
    };
    let found = store::page_entry_fees(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |entry_fee| (entry_fee.id.uuid(), entry_fee.updated_at));
    let ids: Vec<_> = found.iter().map(|entry_fee| entry_fee.id).collect();
    let mut assessments = store::assessments_of(tx.conn, &ids)?;
    let data = found.into_iter().map(|entry_fee| {
        let own = assessments.extract_if(.., |(of, _)| *of == entry_fee.id).map(|(_, assessed)| assessed).collect();
        EntryFee::of(entry_fee, own)
    });
    Ok(EntryFeePage { data: data.collect::<Result<_, _>>()?, next })
}

/// Assesses a new entry fee.
pub(super) fn assess(work: &mut Work<'_, '_>, new: &NewEntryFee) -> Result<EntryFee, Problem> {
    let NewEntryFee { agreement_id, segment, potential, note } = new;
    let of = supervised(work, agreement_id)?;
    let current = assessment(work, &of, 1, (segment.trim(), potential, note.as_ref()))?;
    let now = current.recorded_at;
    let assessed = store::EntryFee {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        partner: of.partner,
        agreement: of.id,
        state: EntryFeeState::Assessed,
        current,
        decided_by: None,
        decision_note: None,
        invoice: None,
        payment: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_entry_fee(work.conn(), &assessed).map_err(taken)?;
    finish(work, "entry_fee.assessed", assessed)
}

/// The agreement, which the caller's master supervises and which has not ended.
fn supervised(work: &mut Work<'_, '_>, text: &str) -> Result<agreement::Agreement, Problem> {
    let invalid = |violation| Problem::invalid(vec![violation]);
    let id: AgreementId = wire::id(text, "/agreement_id").map_err(invalid)?;
    let view = work.caller()?.view();
    let found = agreement::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    let ended = matches!(found.state, AgreementState::Terminated | AgreementState::Expired);
    if ended { Err(invalid(Violation::at("/agreement_id", "agreement_ended").rule("R58"))) } else { Ok(found) }
}

/// An assessment by the terms of the agreement, or everything that is wrong with it.
fn assessment(
    work: &mut Work<'_, '_>,
    of: &agreement::Agreement,
    number: u32,
    (segment, potential, note): (&str, &wire::Money, Option<&String>),
) -> Result<store::Assessment, Problem> {
    let (_, terms) = terms_of(work.conn(), of)?;
    let mut violations = Vec::new();
    if terms.entry_fee.is_none() {
        violations.push(Violation::at("/agreement_id", "no_entry_fee").rule("R58"));
    }
    let potential = potential.read("/potential").map_err(|violation| violations.push(violation)).ok();
    let master = network::find_master(work.conn(), of.network, of.master)?;
    let expected = master.ok_or_else(|| Problem::internal(format!("{}: no master", of.id)))?.currency;
    if potential.is_some_and(|potential| potential.currency() != expected) {
        let other = Violation::at("/potential/currency", "entry_fee_in_other_currency").rule("R58");
        violations.push(other.with("expected", expected.code()));
    }
    let assessed = terms.entry_fee.zip(potential).and_then(|(terms, potential)| {
        let refused = |refusal: domain::entry_fee::AssessmentRefusal| {
            violations.push(Violation::at("/potential/amount", refusal.code()).rule(refusal.rule()));
        };
        decide_assessment(terms, potential).map_err(refused).ok().map(|assessed| (terms, potential, assessed))
    });
    let Some((entry_fee, potential, assessed)) = assessed.filter(|_| violations.is_empty()) else {
        return Err(Problem::invalid(violations));
    };
    Ok(store::Assessment {
        number,
        segment: segment.to_owned(),
        potential,
        rate: entry_fee.rate,
        formula: entry_fee.formula,
        terms: of.terms_id,
        fee: assessed.fee,
        note: note.cloned(),
        assessed_by: work.actor(),
        recorded_at: work.now()?,
    })
}

fn taken(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::OneEntryFeeOfSegment | Constraint::OneEntryFeeOfSegmentKey) => {
            Problem::already_exists(Violation::at("/segment", "entry_fee_of_segment_taken").rule("D14"))
        }
        Some(Constraint::InvoiceReference) => Problem::already_exists(Violation::at("/reference", "invoice_reference_taken")),
        _ => error.into(),
    }
}

/// The entry fee that the caller means to change.
fn load(work: &mut Work<'_, '_>, id: EntryFeeId) -> Result<store::EntryFee, Problem> {
    let view = work.caller()?.view();
    let found = store::find_entry_fee(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// What the domain decides of an action by the caller.
fn decided(work: &Work<'_, '_>, found: &store::EntryFee, action: EntryFeeAction) -> Result<Decided<EntryFeeState>, Problem> {
    decide(found.state, action, found.current.assessed_by == work.actor()).map_err(|refusal| match refusal {
        EntryFeeRefusal::WrongState { action, state } => Problem::state_conflict(action.code(), state.code()),
        EntryFeeRefusal::SamePerson => Problem::invalid(vec![Violation::at("", "same_person").rule("D14")]),
    })
}

/// Assesses an entry fee anew.
pub(super) fn revise(work: &mut Work<'_, '_>, id: EntryFeeId, revision: &EntryFeeRevision) -> Result<EntryFee, Problem> {
    let found = load(work, id)?;
    let Decided::Changed(state) = decided(work, &found, EntryFeeAction::Revise)? else { return unchanged(work, found) };
    let EntryFeeRevision { segment, potential, note } = revision;
    let segment = segment.as_deref().map_or(found.current.segment.as_str(), str::trim);
    let of = supervised(work, &found.agreement.to_string())?;
    let number = found.current.number.saturating_add(1);
    let current = assessment(work, &of, number, (segment, potential, note.as_ref()))?;
    let kept = keep(work, store::EntryFee { state, current, decided_by: None, decision_note: None, ..found })?;
    store::add_assessment(work.conn(), &kept)?;
    finish(work, "entry_fee.revised", kept)
}

/// Approves the current assessment.
pub(super) fn approve(work: &mut Work<'_, '_>, id: EntryFeeId, approval: &EntryFeeApproval) -> Result<EntryFee, Problem> {
    judge(work, id, (EntryFeeAction::Approve, "entry_fee.approved"), approval.note.clone())
}

/// Rejects the current assessment.
pub(super) fn reject(work: &mut Work<'_, '_>, id: EntryFeeId, rejection: &EntryFeeRejection) -> Result<EntryFee, Problem> {
    judge(work, id, (EntryFeeAction::Reject, "entry_fee.rejected"), Some(rejection.reason.clone()))
}

fn judge(
    work: &mut Work<'_, '_>,
    id: EntryFeeId,
    (action, kind): (EntryFeeAction, &'static str),
    decision_note: Option<String>,
) -> Result<EntryFee, Problem> {
    let found = load(work, id)?;
    let Decided::Changed(state) = decided(work, &found, action)? else { return unchanged(work, found) };
    let decided_by = Some(work.actor());
    let kept = keep(work, store::EntryFee { state, decided_by, decision_note, ..found })?;
    finish(work, kind, kept)
}

/// Takes an entry fee back that was not invoiced.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: EntryFeeId) -> Result<EntryFee, Problem> {
    let found = load(work, id)?;
    let Decided::Changed(state) = decided(work, &found, EntryFeeAction::Withdraw)? else { return unchanged(work, found) };
    let kept = keep(work, store::EntryFee { state, ..found })?;
    finish(work, "entry_fee.withdrawn", kept)
}

/// Invoices an approved entry fee: the partner owes it from now on.
pub(super) fn invoice(work: &mut Work<'_, '_>, id: EntryFeeId, new: &NewEntryFeeInvoice) -> Result<EntryFee, Problem> {
    let found = load(work, id)?;
    let NewEntryFeeInvoice { reference, invoiced_on, due_on } = new;
    let Decided::Changed(state) = decided(work, &found, EntryFeeAction::Invoice)? else {
        let same = |known: &store::Invoice| {
            known.reference == *reference && known.due_on == *due_on && invoiced_on.is_none_or(|day| day == known.invoiced_on)
        };
        return repeated(work, found, EntryFeeAction::Invoice, |found| found.invoice.as_ref().is_some_and(same));
    };
    let today = today(work, &found)?;
    let invoiced_on = invoiced_on.unwrap_or(today);
    let mut violations: Vec<_> = in_future("/invoiced_on", invoiced_on, today).into_iter().collect();
    if *due_on < invoiced_on {
        violations.push(Violation::at("/due_on", "due_before_invoice").with("invoiced_on", invoiced_on));
    }
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let entry: EntryId = work.new_id();
    post(work, &found, entry, *due_on)?;
    let invoice = Some(store::Invoice { reference: reference.clone(), invoiced_on, due_on: *due_on, entry });
    let kept = keep(work, store::EntryFee { state, invoice, ..found })?;
    finish(work, "entry_fee.invoiced", kept)
}

/// Records the payment of an invoiced entry fee, in the books: what remittances count leads.
pub(super) fn record_payment(work: &mut Work<'_, '_>, id: EntryFeeId, new: &NewEntryFeePayment) -> Result<EntryFee, Problem> {
    let found = load(work, id)?;
    let NewEntryFeePayment { paid_on, reference } = new;
    let Decided::Changed(state) = decided(work, &found, EntryFeeAction::RecordPayment)? else {
        let same = |known: &store::Payment| known.paid_on == *paid_on && known.reference == *reference;
        return repeated(work, found, EntryFeeAction::RecordPayment, |found| found.payment.as_ref().is_some_and(same));
    };
    let today = today(work, &found)?;
    if let Some(violation) = in_future("/paid_on", *paid_on, today) {
        return Err(Problem::invalid(vec![violation]));
    }
    let received = Received {
        master: found.master,
        partner: found.partner,
        amount: found.current.fee,
        received_on: *paid_on,
        reference: reference.clone(),
    };
    let received = keep_payment(work, received)?;
    let payment = store::Payment { paid_on: *paid_on, reference: reference.clone(), remittance: Some(received.id) };
    let kept = keep(work, store::EntryFee { state, payment: Some(payment), ..found })?;
    follow_payments(work, &account_of(&kept))?;
    finish(work, "entry_fee.paid", kept)
}

/// Between whom an entry fee is owed, and in which currency.
const fn account_of(of: &store::EntryFee) -> RemittanceAccount {
    RemittanceAccount { network: of.network, master: of.master, partner: of.partner, currency: of.current.fee.currency() }
}

pub(super) fn today(work: &mut Work<'_, '_>, of: &store::EntryFee) -> Result<NaiveDate, Problem> {
    let now = work.now()?;
    calendar::today(work.conn(), of.network, of.master, now)
}

fn in_future(pointer: &str, day: NaiveDate, today: NaiveDate) -> Option<Violation> {
    (day > today).then(|| Violation::at(pointer, "dated_in_future").with("today", today))
}

/// The same again changes nothing; another invoice or payment of what has one is refused.
fn repeated(
    work: &mut Work<'_, '_>,
    found: store::EntryFee,
    action: EntryFeeAction,
    is_same: impl FnOnce(&store::EntryFee) -> bool,
) -> Result<EntryFee, Problem> {
    if is_same(&found) { unchanged(work, found) } else { Err(Problem::state_conflict(action.code(), found.state.code())) }
}

/// Posts the fee: the partner owes it to the master, payable from the day it is due.
fn post(work: &mut Work<'_, '_>, of: &store::EntryFee, id: EntryId, due_on: NaiveDate) -> Result<(), Problem> {
    let broken = |what: &str| Problem::internal(format!("{}: {what}", of.id));
    let fee: Money = of.current.fee;
    let parties = Parties::new(CompanyId::Partner(of.partner), CompanyId::Master(of.master)).map_err(|_| broken("parties"))?;
    let movement = Entry::new(parties, fee, EntryKind::EntryFee, None).map_err(|_| broken("amount"))?;
    let dated_on = journal::open_day(work, of.network, of.master, fee.currency())?;
    let terms = network::find_terms(work.conn(), of.current.terms)?.ok_or_else(|| broken("no terms"))?;
    let explanation = EntryFeeExplanation::of(id, of).ok_or_else(|| broken("amount"))?;
    let entry = ledger::Entry {
        id,
        master: of.master,
        movement,
        partner: of.partner,
        agreement: of.agreement,
        terms: of.current.terms,
        sale: None,
        rule: RULE.to_owned(),
        explanation: to_json(&explanation)?,
        calculation: to_json(&Calculation::from(&explanation))?,
        dated_on,
        payable_on: due_on.max(dated_on),
    };
    let journal = ledger::Journal {
        id: work.new_id(),
        network: of.network,
        source: Source::new(of.id, 1),
        cause: Some(of.id.to_string()),
        entries: vec![entry],
        recorded_at: work.now()?,
    };
    journal::append(work, journal, |_| Some((terms.number, None)))
}

/// Keeps a changed entry fee as its next version.
pub(super) fn keep(work: &mut Work<'_, '_>, changed: store::EntryFee) -> Result<store::EntryFee, Problem> {
    let before = changed.version;
    let after = store::EntryFee { version: before.saturating_add(1), updated_at: work.now()?, ..changed };
    if store::update_entry_fee(work.conn(), &after).map_err(taken)? {
        Ok(after)
    } else {
        Err(Problem::new(Code::VersionMismatch).with("version", before))
    }
}

fn shown(work: &mut Work<'_, '_>, entry_fee: store::EntryFee) -> Result<EntryFee, Problem> {
    let assessments = store::assessments_of(work.conn(), &[entry_fee.id])?;
    EntryFee::of(entry_fee, assessments.into_iter().map(|(_, assessed)| assessed).collect())
}

fn unchanged(work: &mut Work<'_, '_>, entry_fee: store::EntryFee) -> Result<EntryFee, Problem> {
    work.nothing_changed();
    shown(work, entry_fee)
}

/// Tells the master and the partner.
pub(super) fn finish(work: &mut Work<'_, '_>, kind: &'static str, entry_fee: store::EntryFee) -> Result<EntryFee, Problem> {
    let (network, version) = (entry_fee.network, entry_fee.version);
    let audience = Audience { master: Some(entry_fee.master), partner: Some(entry_fee.partner), counterparty: None };
    let shown = shown(work, entry_fee)?;
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
