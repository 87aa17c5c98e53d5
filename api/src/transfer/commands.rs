//! The use cases of transfers before their day: each one transaction.

use domain::{
    agreement::AgreementState,
    decided::Decided,
    id::{AgreementId, CompanyId, MasterId, PartnerId, PartnershipTypeId, TransferId},
    transfer::{
        Proposed, TransferKind, TransferRefusal, TransferState, decide as decide_transfer, withdraw as decide_withdrawal,
    },
};
use persistence::{
    agreement::{self, Agreement},
    continuity,
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    network, partner, transfer as store,
    view::Page,
};

use super::wire::{
    NewPartnerTransfer, PartnerTransfer, PartnerTransferDecision, PartnerTransferFilters, PartnerTransferPage,
    PartnerTransferVerdict, PartnerTransferWithdrawal, TransferObstacle,
};
use crate::{
    access::Caller,
    agreement::{
        succession::{self, Succession},
        terms_of,
    },
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    sale,
    wire::{self, filter_id},
    write::{Change, Work},
};

/// What is told of a transfer that is taken back.
const WITHDRAWN: &str = "partner_transfer.withdrawn";
/// Why a transfer is taken back of which the agreement ended before its day.
const AGREEMENT_ENDED: &str = "agreement_ended";

/// Shows a transfer.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: TransferId) -> Result<PartnerTransfer, Problem> {
    PartnerTransfer::of(store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?)
}

/// Lists the transfers that the caller may see.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &PartnerTransferFilters,
    paging: &Paging,
) -> Result<PartnerTransferPage, Problem> {
    let PartnerTransferFilters { partner_id, state, kind } = filters;
    let filters = store::Filters {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        state: state.map(Into::into),
        kind: kind.map(Into::into),
    };
    let found = store::page(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (transfers, next) = paging.cut(found, |transfer| (transfer.id.uuid(), transfer.updated_at));
    let data: Result<_, Problem> = transfers.into_iter().map(PartnerTransfer::of).collect();
    Ok(PartnerTransferPage { data: data?, next })
}

/// What a proposal names, with nothing wrong in it so far.
struct Read {
    partner: partner::Partner,
    agreement: Agreement,
    to_master: MasterId,
    type_id: PartnershipTypeId,
}

/// Proposes a transfer; everything that is wrong with it is said at once.
pub(crate) fn propose(work: &mut Work<'_, '_>, new: &NewPartnerTransfer) -> Result<PartnerTransfer, Problem> {
    let master = work.caller()?.company.master().ok_or_else(Problem::not_found)?;
    let Read { partner, agreement, to_master, type_id } = read(work, master, new)?;
    let id: TransferId = work.new_id();
    let successor: AgreementId = work.new_id();
    let keeps_stage = new.stage.is_none();
    let mut next = Succession {
        id: successor,
        master: to_master,
        type_id,
        stage: new.stage.as_deref(),
        keeps_stages: keeps_stage,
        from: new.from,
    };
    let kept = if keeps_stage { kept_stage(work, &agreement, next)? } else { None };
    let stage = new.stage.clone().or(kept);
    next.stage = stage.as_deref();
    let mut violations = succession::faults(work, &agreement, next)?;
    violations.extend(left_alone(work, &agreement, next)?);
    if continuity::has_open_case(work.conn(), partner.id)? {
        violations.push(Violation::at("/partner_id", "continuity_case_is_open").rule("R49"));
    }
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let now = work.now()?;
    let transfer = store::Transfer {
        id,
        network: partner.network,
        partner: partner.id,
        kind: new.kind.into(),
        from_master: master,
        to_master,
        agreement: agreement.id,
        successor,
        type_id,
        stage,
        keeps_stage,
        from: new.from,
        reason: new.reason.clone(),
        state: TransferState::Proposed,
        proposed_by: work.actor(),
        decided: None,
        note: None,
        held_up_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &transfer).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneTransfer) => Problem::already_exists(Violation::at("/partner_id", "transfer_is_open").rule("D4")),
        _ => error.into(),
    })?;
    finish(work, "partner_transfer.proposed", transfer)
}

fn read(work: &mut Work<'_, '_>, master: MasterId, new: &NewPartnerTransfer) -> Result<Read, Problem> {
    let (view, now) = (work.caller()?.view(), work.now()?);
    let mut violations = Vec::new();
    let id: Result<PartnerId, Violation> = wire::id(&new.partner_id, "/partner_id");
    let known = match &id {
        Ok(id) => partner::find(work.conn(), &view, *id)?.ok_or_else(|| Violation::at("/partner_id", "unknown_partner")),
        Err(violation) => Err(violation.clone()),
    };
    let known = known.map_err(|violation| violations.push(violation)).ok();
    let agreement = match &known {
        Some(partner) => {
            read_agreement(work, master, partner, new.agreement_id.as_deref())?.map_err(|it| violations.push(it)).ok()
        }
        None => None,
    };
    let today = calendar::today(work.conn(), view.network, master, now)?;
    if new.from < today {
        violations.push(Violation::at("/from", "transfer_in_past").rule("D4").with("today", today));
    }
    if let Some(agreement) =
        agreement.as_ref().filter(|it| it.starts_on >= new.from || it.ends_on.is_some_and(|end| end < new.from))
    {
        violations.push(Violation::at("/from", "transfer_outside_agreement").rule("D4").with("agreement", agreement.id));
    }
    let target = match &agreement {
        Some(agreement) => read_target(work, master, agreement, new)?.map_err(|it| violations.push(it)).ok(),
        None => None,
    };
    match (known, agreement, target) {
        (Some(partner), Some(agreement), Some((to_master, type_id))) if violations.is_empty() => {
            Ok(Read { partner, agreement, to_master, type_id })
        }
        _ => Err(Problem::invalid(violations)),
    }
}

/// The agreement that ends: an active one that the partner has with the caller's master.
fn read_agreement(
    work: &mut Work<'_, '_>,
    master: MasterId,
    partner: &partner::Partner,
    named: Option<&str>,
) -> Result<Result<Agreement, Violation>, Problem> {
    let view = work.caller()?.view();
    let filters = agreement::Filters { partner: Some(partner.id), state: Some(AgreementState::Active), type_id: None };
    let all = Page { limit: i64::MAX, after: None, updated_since: None };
    let mut active = agreement::page(work.conn(), &view, &filters, &all)?;
    active.retain(|it| it.counterparty == CompanyId::Master(master) && named.is_none_or(|named| it.id.to_string() == named));
    Ok(match (active.pop(), active.is_empty()) {
        (None, _) => Err(Violation::at("/agreement_id", "no_active_agreement").rule("R7")),
        (Some(_), false) => Err(Violation::at("/agreement_id", "several_agreements")),
        (Some(only), true) => Ok(only),
    })
}

/// The master and the type that come: one of them is another one, the other one stays.
fn read_target(
    work: &mut Work<'_, '_>,
    master: MasterId,
    agreement: &Agreement,
    new: &NewPartnerTransfer,
) -> Result<Result<(MasterId, PartnershipTypeId), Violation>, Problem> {
    let at = |pointer: &'static str, code| Violation::at(pointer, code).rule("D4");
    let network = agreement.network;
    match (TransferKind::from(new.kind), &new.to_master_id, &new.partnership_type) {
        (TransferKind::Master, Some(text), None) => {
            let id: MasterId = match wire::id(text, "/to_master_id") {
                Ok(id) => id,
                Err(violation) => return Ok(Err(violation)),
            };
            Ok(match network::find_master(work.conn(), network, id)? {
                _ if id == master => Err(at("/to_master_id", "transfer_to_same_master")),
                None => Err(at("/to_master_id", "unknown_master").with("value", text)),
                Some(_) => Ok((id, agreement.type_id)),
            })
        }
        (TransferKind::PartnershipType, None, Some(code)) => Ok(match network::find_type_by_code(work.conn(), network, code)? {
            None => Err(at("/partnership_type", "unknown_partnership_type").with("value", code)),
            Some(found) if found.id == agreement.type_id => Err(at("/partnership_type", "transfer_to_same_type")),
            Some(found) => Ok((master, found.id)),
        }),
        _ => Ok(Err(at("/kind", "transfer_of_one_thing"))),
    }
}

/// What could not follow to another partnership type, or stage: promoters, customers and proposals that it is not made for.
fn left_alone(work: &mut Work<'_, '_>, before: &Agreement, next: Succession<'_>) -> Result<Vec<Violation>, Problem> {
    let (_, old) = terms_of(work.conn(), before)?;
    let (_, new) = succession::successor(work, before, next)?;
    let mut violations = Vec::new();
    let promoters = store::promoters_bound_to(work.conn(), before.partner)?;
    if !promoters.is_empty() && !new.allows_sub_network(next.stage) {
        let pointer = if next.type_id == before.type_id { "/stage" } else { "/partnership_type" };
        violations.push(Violation::at(pointer, "promoters_left_alone").rule("R44").with("count", promoters.len()));
    }
    if next.type_id == before.type_id {
        return Ok(violations);
    }
    let at = |code| Violation::at("/partnership_type", code);
    if old.contracts_customers == new.contracts_customers {
        let sent = sale::commands::proposal::sent_for_nothing(work, before.id, &new)?;
        violations.extend((sent > 0).then(|| at("proposals_left_open").rule("R53").with("count", sent)));
        return Ok(violations);
    }
    let left = continuity::left_of(work.conn(), before.partner)?;
    if !new.contracts_customers && (left.customers > 0 || left.contracts > 0) {
        violations.push(at("customers_left_alone").rule("R51").with("count", left.customers));
    }
    if left.proposals > 0 {
        violations.push(at("proposals_left_open").rule("R13").with("count", left.proposals));
    }
    Ok(violations)
}

/// The transfer that the caller means to change.
pub(super) fn load(work: &mut Work<'_, '_>, id: TransferId) -> Result<store::Transfer, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// The agreement of a transfer that ends.
pub(super) fn ending(work: &mut Work<'_, '_>, transfer: &store::Transfer) -> Result<Agreement, Problem> {
    let found = agreement::find_in_network(work.conn(), transfer.network, transfer.agreement)?;
    found.ok_or_else(|| Problem::internal(format!("{}: no {}", transfer.id, transfer.agreement)))
}

/// The stage that a partner goes on with where none is named: the one that its agreement has on that day. Where the type changes, it
/// goes on with none that the new terms do not have; where the type stays, it goes on with that one or not at all (R39).
pub(super) fn kept_stage(work: &mut Work<'_, '_>, before: &Agreement, next: Succession<'_>) -> Result<Option<String>, Problem> {
    let kept = agreement::stage_on(work.conn(), before.id, next.from)?;
    let (_, terms) = succession::successor(work, before, next)?;
    Ok(kept.filter(|code| next.type_id == before.type_id || terms.stage(code).is_some()))
}

/// What takes its place.
pub(super) fn coming(transfer: &store::Transfer) -> Succession<'_> {
    Succession {
        id: transfer.successor,
        master: transfer.to_master,
        type_id: transfer.type_id,
        stage: transfer.stage.as_deref(),
        keeps_stages: transfer.keeps_stage,
        from: transfer.from,
    }
}

/// Decides a transfer.
pub(crate) fn decide(
    work: &mut Work<'_, '_>,
    id: TransferId,
    decision: &PartnerTransferDecision,
) -> Result<PartnerTransfer, Problem> {
    let PartnerTransferDecision { decision, findings, note } = decision;
    let transfer = load(work, id)?;
    let (by, master) = (work.actor(), work.caller()?.company.master().ok_or_else(Problem::not_found)?);
    let accept = *decision == PartnerTransferVerdict::Accept;
    let proposed = Proposed {
        state: transfer.state,
        to_master: transfer.to_master,
        proposed_by: &transfer.proposed_by,
        decided_by: transfer.decided.as_ref().map(|decided| decided.by.as_str()),
    };
    let decided = decide_transfer(&proposed, accept, (master, &by)).map_err(|refusals| refused(&refusals))?;
    let Decided::Changed(state) = decided else {
        return unchanged(work, transfer);
    };
    if accept {
        let before = ending(work, &transfer)?;
        succession::judge(work, &before, coming(&transfer), findings)?;
    } else if note.is_none() {
        return Err(Problem::invalid(vec![Violation::at("/note", "note_required")]));
    }
    let findings = serde_json::to_string(findings).map_err(|error| Problem::internal(error.to_string()))?;
    let decided = Some(store::Decided { by, at: work.now()?, findings });
    let kind = if accept { "partner_transfer.agreed" } else { "partner_transfer.refused" };
    save(work, kind, store::Transfer { state, decided, note: note.clone(), ..transfer })
}

/// Takes a transfer back.
pub(crate) fn withdraw(
    work: &mut Work<'_, '_>,
    id: TransferId,
    why: &PartnerTransferWithdrawal,
) -> Result<PartnerTransfer, Problem> {
    let transfer = load(work, id)?;
    let Decided::Changed(state) = decide_withdrawal(transfer.state).map_err(|refusals| refused(&refusals))? else {
        return unchanged(work, transfer);
    };
    save(work, WITHDRAWN, store::Transfer { state, note: Some(why.note.clone()), held_up_by: None, ..transfer })
}

/// Takes an agreed transfer back of which the agreement ended before its day: there is nothing whose place another one could take.
pub(super) fn give_up(work: &mut Work<'_, '_>, transfer: store::Transfer) -> Result<PartnerTransfer, Problem> {
    let (state, note) = (TransferState::Withdrawn, Some(AGREEMENT_ENDED.to_owned()));
    save(work, WITHDRAWN, store::Transfer { state, note, held_up_by: None, ..transfer })
}

/// Notes which rules hold an agreed transfer up; noted before, nothing changes.
pub(super) fn hold_up(work: &mut Work<'_, '_>, id: TransferId, by: &[TransferObstacle]) -> Result<(), Problem> {
    let found = load(work, id)?;
    let written = serde_json::to_string(by).map_err(|error| Problem::internal(error.to_string()))?;
    if found.state != TransferState::Agreed || found.held_up_by.as_ref() == Some(&written) {
        work.nothing_changed();
        return Ok(());
    }
    save(work, "partner_transfer.held_up", store::Transfer { held_up_by: Some(written), ..found }).map(drop)
}

/// Keeps a changed transfer as its next version, tells everybody concerned, and shows it.
pub(super) fn save(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    mut transfer: store::Transfer,
) -> Result<PartnerTransfer, Problem> {
    let before = transfer.version;
    transfer.version = before.saturating_add(1);
    transfer.updated_at = work.now()?;
    if !store::update(work.conn(), &transfer)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, transfer)
}

fn finish(work: &mut Work<'_, '_>, kind: &'static str, transfer: store::Transfer) -> Result<PartnerTransfer, Problem> {
    let audience = Audience {
        master: Some(transfer.from_master),
        partner: Some(transfer.partner),
        counterparty: Some(transfer.to_master.into()),
    };
    let (network, subject, version) = (transfer.network, transfer.id.to_string(), transfer.version);
    let body = PartnerTransfer::of(transfer)?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}

/// Shows a transfer that already is as asked.
pub(super) fn unchanged(work: &mut Work<'_, '_>, transfer: store::Transfer) -> Result<PartnerTransfer, Problem> {
    work.nothing_changed();
    PartnerTransfer::of(transfer)
}

/// What somebody who was refused is told.
pub(super) fn refused(refusals: &[TransferRefusal]) -> Problem {
    let mut violations = Vec::new();
    for refusal in refusals {
        let at = Violation::at("", refusal.code()).rule(refusal.rule());
        violations.push(match *refusal {
            TransferRefusal::WrongState { action, state } => return Problem::state_conflict(action.code(), state.code()),
            TransferRefusal::NotReceivingMaster | TransferRefusal::SamePerson => at,
            TransferRefusal::NotYet { from } => at.with("from", from),
        });
    }
    Problem::invalid(violations)
}
