//! The use cases of amendments: propose, withdraw, reject, approve.

use domain::{
    amendment::{AmendmentAction, AmendmentState, DecisionRefusal, Reach, Uncountable},
    decided::Decided,
    id::{AmendmentId, ContractId, MasterId, PartnershipTypeId},
};
use persistence::{
    amendment::{self as store, Reached},
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    network::{self, PartnershipType, TermsVersion},
};

use super::{
    lint::{Changes, Said, violations},
    reach, uncountable,
    wire::{
        Amendment, AmendmentDecision, AmendmentFilters, AmendmentHead, AmendmentPage, NewAmendment, UncountedSale,
        UncountedSalePage,
    },
};
use crate::{
    access::Caller,
    extract::Paging,
    network::{apply::publish, policies, read, written},
    problem::{Code, Language, Problem, Violation},
    wire::filter_id,
    write::{Change, Work},
};

/// Shows an amendment.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: AmendmentId) -> Result<Amendment, Problem> {
    let found = store::find(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, &found)
}

/// Lists the amendments of the network.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &AmendmentFilters,
    paging: &Paging,
) -> Result<AmendmentPage, Problem> {
    let AmendmentFilters { partnership_type_id, state } = filters;
    let type_id = filter_id("partnership_type_id", partnership_type_id.as_ref())?;
    let filter = store::AmendmentFilter { type_id, state: state.map(Into::into) };
    let found = store::page(tx.conn, caller.network, filter, &paging.page())?;
    let (found, next) = paging.cut(found, |amendment| (amendment.id.uuid(), amendment.updated_at));
    Ok(AmendmentPage { data: found.iter().map(AmendmentHead::from).collect(), next })
}

/// The amendment with what it changes of the version before it.
fn shown(conn: &mut Conn, amendment: &store::Amendment) -> Result<Amendment, Problem> {
    let versions = network::terms_of(conn, amendment.type_id)?;
    let own = versions.iter().position(|version| Some(version.id) == amendment.terms);
    let before = own.map_or(versions.last(), |own| own.checked_sub(1).and_then(|before| versions.get(before)));
    let changes = Changes::of(&said(amendment)?, before)?;
    Amendment::of(amendment, changes.pointers())
}

fn said(amendment: &store::Amendment) -> Result<Said, Problem> {
    Ok(Said {
        texts: read(&amendment.texts)?,
        terms: read(&amendment.document)?,
        effective_from: amendment.effective_from,
        reach: amendment.reach,
    })
}

/// Proposes an amendment. What could not be approved today is refused, with everything that is wrong with it.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewAmendment) -> Result<Amendment, Problem> {
    let NewAmendment { partnership_type, effective_from, reach, texts, terms, reason } = new;
    let (master, network) = (own_master(work)?, work.caller()?.network);
    let of_type = type_named(work.conn(), network, partnership_type)?
        .ok_or_else(|| Problem::invalid(vec![Violation::at("/partnership_type", "unknown_partnership_type")]))?;
    let trigger = policies(work.conn(), network)?.commission_trigger;
    let mut terms = terms.clone();
    terms.fill_triggers(|_| trigger.into());
    let said = Said { texts: texts.clone(), terms, effective_from: *effective_from, reach: (*reach).into() };
    ensure_sound(work, &of_type, &said, &[])?;
    let now = work.now()?;
    let amendment = store::Amendment {
        id: work.new_id(),
        network,
        master,
        type_id: of_type.id,
        reach: said.reach,
        effective_from: *effective_from,
        texts: written(&said.texts)?,
        document: written(&said.terms)?,
        reason: reason.clone(),
        state: AmendmentState::Proposed,
        proposed_by: work.actor(),
        decided_by: None,
        decision_reason: None,
        terms: None,
        restated_sales: 0,
        turn: 1,
        uncounted_sales: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &amendment)?;
    record(work, "amendment.proposed", &amendment)
}

fn own_master(work: &Work<'_, '_>) -> Result<MasterId, Problem> {
    work.caller()?.company.master().ok_or_else(Problem::not_found)
}

/// The partnership type of a code or an id.
fn type_named(conn: &mut Conn, network: domain::id::NetworkId, named: &str) -> Result<Option<PartnershipType>, Problem> {
    Ok(match named.parse::<PartnershipTypeId>() {
        Ok(id) => network::find_type(conn, network, id)?,
        Err(_) => network::find_type_by_code(conn, network, named)?,
    })
}

fn ensure_sound(
    work: &mut Work<'_, '_>,
    of_type: &PartnershipType,
    said: &Said,
    uncountable: &[(ContractId, Uncountable)],
) -> Result<(), Problem> {
    // The day whose terms are in force is the same in the whole network.
    let today = work.now()?.date_naive();
    let mut violations = violations(work.conn(), of_type, said, today)?;
    violations.extend(uncountable::violations(uncountable));
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations)) }
}

/// Withdraws an amendment: the master that proposed it does.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: AmendmentId, decision: &AmendmentDecision) -> Result<Amendment, Problem> {
    let found = load(work, id)?;
    if found.master != own_master(work)? {
        return Err(Problem::new(Code::Forbidden));
    }
    let Some(after) = decided(work, found, decision, AmendmentAction::Withdraw)? else { return unchanged(work, id) };
    keep(work, &after)?;
    record(work, "amendment.withdrawn", &after)
}

/// Rejects an amendment.
pub(super) fn reject(work: &mut Work<'_, '_>, id: AmendmentId, decision: &AmendmentDecision) -> Result<Amendment, Problem> {
    let found = load(work, id)?;
    let Some(after) = decided(work, found, decision, AmendmentAction::Reject)? else { return unchanged(work, id) };
    keep(work, &after)?;
    record(work, "amendment.rejected", &after)
}

/// Approves an amendment, unless there are sales that it cannot count: its version is published, and the parties of the agreements that
/// it reaches are told. What it changes of past sales is posted after that, step by step.
pub(super) fn approve(
    work: &mut Work<'_, '_>,
    id: AmendmentId,
    decision: &AmendmentDecision,
    uncountable: &[(ContractId, Uncountable)],
) -> Result<Amendment, Problem> {
    let found = load(work, id)?;
    let of_type = network::find_type(work.conn(), found.network, found.type_id)?;
    let of_type = of_type.ok_or_else(|| Problem::internal(format!("{id}: no type")))?;
    let versions = network::terms_of(work.conn(), found.type_id)?;
    let number = versions.last().map_or(1, |last| last.number.saturating_add(1));
    let restates =
        found.reach == Reach::ExistingAgreements && store::count_reached(work.conn(), &reached_by(&found, number))? > 0;
    let Some(mut after) = decided(work, found, decision, AmendmentAction::Approve { restates })? else {
        return unchanged(work, id);
    };
    ensure_sound(work, &of_type, &said(&after)?, uncountable)?;
    let version = TermsVersion {
        id: work.new_id(),
        network: after.network,
        type_id: after.type_id,
        number,
        effective_from: after.effective_from,
        texts: after.texts.clone(),
        document: after.document.clone(),
        created_at: after.updated_at,
    };
    after.terms = Some(version.id);
    publish(work, of_type, version.clone())?;
    keep(work, &after)?;
    if after.reach == Reach::ExistingAgreements {
        reach::tell(work, &version)?;
    }
    record(work, "amendment.approved", &after)
}

/// Lets an amendment go on with the sales that it could not count.
pub(super) fn resume(work: &mut Work<'_, '_>, id: AmendmentId) -> Result<Amendment, Problem> {
    let found = load(work, id)?;
    let resumed = found.state.after(AmendmentAction::Resume, false);
    let resumed = resumed.map_err(|_| Problem::state_conflict(AmendmentAction::Resume.word(), found.state.code()))?;
    let Decided::Changed(state) = resumed else { return unchanged(work, id) };
    let after = store::Amendment {
        state,
        turn: found.turn.saturating_add(1),
        uncounted_sales: 0,
        version: found.version.saturating_add(1),
        updated_at: work.now()?,
        ..found
    };
    keep(work, &after)?;
    record(work, "amendment.resumed", &after)
}

/// Lists the sales of the caller's master that an amendment could not count, when it was last tried.
pub(super) fn list_uncounted(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: AmendmentId,
    paging: &Paging,
    language: Language,
) -> Result<UncountedSalePage, Problem> {
    let master = caller.company.master().ok_or_else(Problem::not_found)?;
    let amendment = store::find(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?;
    let found = store::page_uncounted(tx.conn, (id, amendment.turn), master, &paging.page())?;
    let (found, next) = paging.cut(found, |sale| (sale.id.uuid(), sale.recorded_at));
    Ok(UncountedSalePage { data: found.iter().map(|sale| UncountedSale::of(sale, language)).collect(), next })
}

/// The sales that an amendment of agreements that exist reaches, as the version of a number.
pub(super) fn reached_by(amendment: &store::Amendment, number: i32) -> Reached {
    Reached { type_id: amendment.type_id, number, from: amendment.effective_from, to: None, master: None }
}

fn load(work: &mut Work<'_, '_>, id: AmendmentId) -> Result<store::Amendment, Problem> {
    let network = work.caller()?.network;
    let found = store::find(work.conn(), network, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// The amendment as it is kept after the decision; none where it was decided so before.
fn decided(
    work: &mut Work<'_, '_>,
    found: store::Amendment,
    decision: &AmendmentDecision,
    action: AmendmentAction,
) -> Result<Option<store::Amendment>, Problem> {
    let actor = work.actor();
    let decided = found.state.after(action, found.proposed_by == actor).map_err(|refusal| match refusal {
        DecisionRefusal::SamePerson => Problem::invalid(vec![Violation::at("", "same_person").rule("R86")]),
        DecisionRefusal::WrongState { state } => Problem::state_conflict(action.word(), state.code()),
    })?;
    let Decided::Changed(state) = decided else { return Ok(None) };
    Ok(Some(store::Amendment {
        state,
        decided_by: Some(actor),
        decision_reason: Some(decision.reason.clone()),
        version: found.version.saturating_add(1),
        updated_at: work.now()?,
        ..found
    }))
}

/// Keeps a changed amendment.
pub(super) fn keep(work: &mut Work<'_, '_>, after: &store::Amendment) -> Result<(), Problem> {
    let kept = store::update(work.conn(), after).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneApplyingAmendment) => Problem::state_conflict("approve", "another_applying"),
        _ => error.into(),
    })?;
    let before = after.version.saturating_sub(1);
    if kept { Ok(()) } else { Err(Problem::new(Code::VersionMismatch).with("version", before)) }
}

fn unchanged(work: &mut Work<'_, '_>, id: AmendmentId) -> Result<Amendment, Problem> {
    work.nothing_changed();
    let found = load(work, id)?;
    shown(work.conn(), &found)
}

/// Tells every master: what all of a network share concerns all who run it, and no partner until it is published.
pub(super) fn record(work: &mut Work<'_, '_>, kind: &'static str, amendment: &store::Amendment) -> Result<Amendment, Problem> {
    let (network, subject, version) = (amendment.network, amendment.id.to_string(), amendment.version);
    let body = AmendmentHead::from(amendment);
    for master in network::masters_of(work.conn(), network)? {
        let audience = Audience { master: Some(master.id), partner: None, counterparty: None };
        work.record(Change { network, kind, subject: subject.clone(), version, audience, body: &body })?;
    }
    shown(work.conn(), amendment)
}
