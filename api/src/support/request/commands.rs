//! The use cases of support requests: ask, assign, start, hand over, close, decline.

use domain::{
    decided::Decided,
    id::{AgreementId, CompanyId, CustomerId, ProposalId, RegistrationId, SupportRequestId, UserId},
    sale::ProposalState,
    support::{SupportAction, SupportState},
};
use persistence::{
    agreement::{self, Agreement},
    customer,
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    identity::user,
    registration, sale, support as store,
};

use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    sale::commands::{
        parties::{Bound, not_in_force},
        proposal::mark_as_supported,
    },
    support::wire::{
        HandOver, NewSupportRequest, SupportAssignment, SupportDecline, SupportFilters, SupportRequest, SupportRequestPage,
    },
    wire::{self, filter_id},
    write::{Change, Work},
};

fn shown(conn: &mut Conn, request: store::SupportRequest) -> Result<SupportRequest, Problem> {
    let assignee = request.assignee.map(|id| user::find_self(conn, id)).transpose()?.flatten();
    Ok(SupportRequest::of(request, assignee))
}

/// Shows a request.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: SupportRequestId) -> Result<SupportRequest, Problem> {
    let found = store::find_request(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
}

/// Lists the requests that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &SupportFilters,
    paging: &Paging,
) -> Result<SupportRequestPage, Problem> {
    let SupportFilters { partner_id, assignee_id, document, state } = filters;
    let filter = store::SupportFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        assignee: filter_id("assignee_id", assignee_id.as_ref())?,
        document: document.map(Into::into),
        state: state.map(Into::into),
    };
    let found = store::page_requests(tx.conn, &caller.view(), filter, &paging.page())?;
    let (found, next) = paging.cut(found, |request| (request.id.uuid(), request.updated_at));
    let data = found.into_iter().map(|request| shown(tx.conn, request)).collect::<Result<_, _>>()?;
    Ok(SupportRequestPage { data, next })
}

/// Whom a document is for.
#[derive(Default)]
struct Prospect {
    registration: Option<RegistrationId>,
    customer: Option<CustomerId>,
}

/// Asks for support.
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewSupportRequest) -> Result<SupportRequest, Problem> {
    let bound = own_agreement(work, &new.agreement_id)?;
    let (now, of) = (work.now()?, bound.agreement.clone());
    let today = calendar::today(work.conn(), of.network, of.master, now)?;
    let mut violations = Vec::new();
    if !bound.is_in_force(today) {
        violations.push(not_in_force("/agreement_id", "agreement_not_in_force", today));
    }
    if let Some(past) = new.wanted_by.filter(|day| *day < today) {
        violations.push(Violation::at("/wanted_by", "wanted_by_past").with("value", past).with("today", today));
    }
    let prospect = prospect(work, new, &mut violations)?;
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let request = store::SupportRequest {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        partner: of.partner,
        agreement: of.id,
        document: new.document.into(),
        registration: prospect.registration,
        customer: prospect.customer,
        description: new.description.clone(),
        wanted_by: new.wanted_by,
        state: SupportState::Requested,
        assignee: None,
        proposal: None,
        reason: None,
        requested_by: work.actor(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_request(work.conn(), &request)?;
    finish(work, "support_request.requested", request)
}

/// The caller's own agreement.
fn own_agreement(work: &mut Work<'_, '_>, text: &str) -> Result<Bound, Problem> {
    let id: AgreementId = wire::id(text, "/agreement_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let (view, company) = (work.caller()?.view(), work.caller()?.company);
    let found = agreement::find(work.conn(), &view, id)?.filter(|found| CompanyId::Partner(found.partner) == company);
    Bound::of(work, found.ok_or_else(Problem::not_found)?)
}

/// Whom the document is for: a prospect that the caller's registration protects, or a customer that it answers for.
fn prospect(work: &mut Work<'_, '_>, new: &NewSupportRequest, violations: &mut Vec<Violation>) -> Result<Prospect, Problem> {
    let (view, now) = (work.caller()?.view(), work.now()?);
    let invalid = |violation| Problem::invalid(vec![violation]);
    match (&new.registration_id, &new.customer_id) {
        (Some(text), None) => {
            let id = wire::id(text, "/registration_id").map_err(invalid)?;
            let found = registration::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
            if !found.status.is_protecting(now) {
                let idle = Violation::at("/registration_id", "registration_not_accepted");
                violations.push(idle.rule("R35").with("state", found.status.state.code()));
            }
            Ok(Prospect { registration: Some(id), customer: None })
        }
        (None, Some(text)) => {
            let id = wire::id(text, "/customer_id").map_err(invalid)?;
            customer::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
            Ok(Prospect { registration: None, customer: Some(id) })
        }
        (Some(_), Some(_)) | (None, None) => {
            violations.push(Violation::at("/registration_id", "registration_or_customer").rule("R35"));
            Ok(Prospect::default())
        }
    }
}

fn load(work: &mut Work<'_, '_>, id: SupportRequestId) -> Result<store::SupportRequest, Problem> {
    let view = work.caller()?.view();
    let found = store::find_request(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

fn decided(found: &store::SupportRequest, action: SupportAction) -> Result<Decided<SupportState>, Problem> {
    found.state.after(action).map_err(|wrong| Problem::state_conflict(wrong.action.code(), wrong.state.code()))
}

/// Assigns a request to a person of the master.
pub(super) fn assign(
    work: &mut Work<'_, '_>,
    id: SupportRequestId,
    assignment: &SupportAssignment,
) -> Result<SupportRequest, Problem> {
    let found = load(work, id)?;
    let decided = decided(&found, SupportAction::Assign)?;
    let invalid = |violation| Problem::invalid(vec![violation]);
    let assignee: UserId = wire::id(&assignment.assignee_id, "/assignee_id").map_err(invalid)?;
    // The view of the caller's company holds its own people.
    let view = work.caller()?.view();
    let person = user::find(work.conn(), &view, assignee)?.filter(|person| person.state == user::UserState::Active);
    if person.is_none() {
        return Err(invalid(Violation::at("/assignee_id", "unknown_person")));
    }
    let Decided::Changed(state) = decided else { return unchanged(work, found) };
    if found.state == state && found.assignee == Some(assignee) {
        return unchanged(work, found);
    }
    let kept = keep(work, store::SupportRequest { state, assignee: Some(assignee), ..found })?;
    finish(work, "support_request.assigned", kept)
}

/// Notes that somebody is at it.
pub(super) fn start(work: &mut Work<'_, '_>, id: SupportRequestId) -> Result<SupportRequest, Problem> {
    let found = load(work, id)?;
    let Decided::Changed(state) = decided(&found, SupportAction::Start)? else { return unchanged(work, found) };
    let kept = keep(work, store::SupportRequest { state, ..found })?;
    finish(work, "support_request.started", kept)
}

/// Hands a drafted proposal over, and marks it.
pub(super) fn hand_over(work: &mut Work<'_, '_>, id: SupportRequestId, new: &HandOver) -> Result<SupportRequest, Problem> {
    let found = load(work, id)?;
    let invalid = |violation| Problem::invalid(vec![violation]);
    let proposal: ProposalId = wire::id(&new.proposal_id, "/proposal_id").map_err(invalid)?;
    let Decided::Changed(state) = decided(&found, SupportAction::HandOver)? else {
        let same = found.proposal == Some(proposal);
        let conflict = Problem::state_conflict(SupportAction::HandOver.code(), found.state.code());
        return if same { unchanged(work, found) } else { Err(conflict) };
    };
    let view = work.caller()?.view();
    let drafted = sale::find_proposal(work.conn(), &view, proposal)?.ok_or_else(Problem::not_found)?;
    let violations = unfit(&found, &drafted);
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let kept = keep(work, store::SupportRequest { state, proposal: Some(proposal), ..found })?;
    mark_as_supported(work, drafted)?;
    finish(work, "support_request.handed_over", kept)
}

/// What keeps a proposal from being what was asked for.
fn unfit(request: &store::SupportRequest, drafted: &sale::Proposal) -> Vec<Violation> {
    let at = |code| Violation::at("/proposal_id", code).rule("R41");
    let others = drafted.partner != Some(request.partner);
    let elsewhere = request.registration.is_some_and(|it| drafted.registration != Some(it))
        || request.customer.is_some_and(|it| drafted.customer != Some(it));
    let over = !matches!(drafted.state, ProposalState::Draft | ProposalState::Sent);
    [
        others.then(|| at("proposal_of_another")),
        elsewhere.then(|| at("proposal_for_another")),
        over.then(|| at("proposal_not_open").with("state", drafted.state.code())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Ends a request: a partner at any time, its master once it is handed over.
pub(super) fn close(work: &mut Work<'_, '_>, id: SupportRequestId) -> Result<SupportRequest, Problem> {
    let found = load(work, id)?;
    let is_masters = work.caller()?.company.master().is_some();
    if is_masters && found.state.is_open() {
        return Err(Problem::state_conflict(SupportAction::Close.code(), found.state.code()));
    }
    let Decided::Changed(state) = decided(&found, SupportAction::Close)? else { return unchanged(work, found) };
    let kept = keep(work, store::SupportRequest { state, ..found })?;
    finish(work, "support_request.closed", kept)
}

/// Says that a request will not be done.
pub(super) fn decline(work: &mut Work<'_, '_>, id: SupportRequestId, new: &SupportDecline) -> Result<SupportRequest, Problem> {
    let found = load(work, id)?;
    let Decided::Changed(state) = decided(&found, SupportAction::Decline)? else { return unchanged(work, found) };
    let kept = keep(work, store::SupportRequest { state, reason: Some(new.reason.clone()), ..found })?;
    finish(work, "support_request.declined", kept)
}

/// Keeps a changed request as its next version.
fn keep(work: &mut Work<'_, '_>, changed: store::SupportRequest) -> Result<store::SupportRequest, Problem> {
    let before = changed.version;
    let after = store::SupportRequest { version: before.saturating_add(1), updated_at: work.now()?, ..changed };
    let kept = store::update_request(work.conn(), &after).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneHandOver) => {
            Problem::already_exists(Violation::at("/proposal_id", "proposal_handed_over").rule("R41"))
        }
        _ => error.into(),
    })?;
    if kept { Ok(after) } else { Err(Problem::new(Code::VersionMismatch).with("version", before)) }
}

fn unchanged(work: &mut Work<'_, '_>, found: store::SupportRequest) -> Result<SupportRequest, Problem> {
    work.nothing_changed();
    shown(work.conn(), found)
}

/// Declines what a partner asked that failed its customers: it issues no document any more (R49).
///
/// # Errors
/// Those of the database.
pub(crate) fn decline_by(work: &mut Work<'_, '_>, found: store::SupportRequest, reason: &str) -> Result<(), Problem> {
    let Decided::Changed(state) = decided(&found, SupportAction::Decline)? else { return Ok(()) };
    let kept = keep(work, store::SupportRequest { state, reason: Some(reason.to_owned()), ..found })?;
    finish(work, "support_request.declined", kept).map(drop)
}

/// Asks the master that a partner went over to what was asked of the one before: its people begin anew (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn change_master(
    work: &mut Work<'_, '_>,
    id: SupportRequestId,
    (before, successor): (AgreementId, &Agreement),
) -> Result<(), Problem> {
    let found = store::request(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let agreement = if found.agreement == before { successor.id } else { found.agreement };
    let (master, state, left) = (successor.master, found.state.asked_anew(), found.master);
    let after = keep(work, store::SupportRequest { master, agreement, state, assignee: None, ..found })?;
    let (network, version) = (after.network, after.version);
    finish(work, "support_request.master_changed", after)?;
    work.tell_left("support_request.left", (network, id.to_string(), version), left.into())
}

/// Tells the master and the partner.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, request: store::SupportRequest) -> Result<SupportRequest, Problem> {
    let (network, version) = (request.network, request.version);
    let audience = Audience { master: Some(request.master), partner: Some(request.partner), counterparty: None };
    let shown = shown(work.conn(), request)?;
    work.record(Change { network, kind, subject: shown.id.clone(), version, audience, body: &shown })?;
    Ok(shown)
}
