//! Proposals: made, revised, sent, declined, withdrawn.

use chrono::NaiveDate;
use domain::{
    benefit::UseAction,
    decided::Decided,
    id::{AgreementId, CompanyId, CustomerId, PartnerId, ProposalId, RegistrationId},
    money::Currency,
    network::{Side, Terms},
    sale::{LineDraft, ProposalAction, ProposalState, keeps_duties},
};
use persistence::{
    agreement::Agreement,
    customer,
    db::{Conn, Tx},
    event::Audience,
    reference::Referred,
    registration, sale as store,
};

use super::{
    super::wire::{Decline, Lineage, NewProposal, Proposal, ProposalPage, ProposalQuery, Revision},
    introduced, met_another,
    offer::{self, Asked, Offer},
    own_instance::{self, OwnInstance, discount_of, hold_to_discount},
    parties::Parties,
    protection::{Offered, company_of, ensure_free, ensure_still_free, keys_of},
    today, unheld,
};
use crate::{
    access::Caller,
    agreement::terms_of,
    continuity::suspension,
    extract::Paging,
    introduction::led_to_proposal,
    problem::{Problem, Violation},
    reference,
    wire::{self, ExternalReference, filter_id},
    write::{Change, Work},
};

/// Whether a company is shown who promotes the sale: its seller and masters are (D22).
fn sees_promoters(proposal: &store::Proposal, company: CompanyId) -> bool {
    company.master().is_some() || proposal.seller == company
}

/// What took a proposal over, as far as a company is shown it: no partner learns who took over, nor from whom it did (D22).
fn lineage(conn: &mut Conn, proposals: &[store::Proposal], company: CompanyId) -> Result<Lineage, Problem> {
    if company.master().is_none() {
        return Ok(Lineage::Hidden);
    }
    let ids: Vec<ProposalId> = proposals.iter().map(|proposal| proposal.id).collect();
    Ok(Lineage::Shown(store::successors_of(conn, &ids)?))
}

fn shown(
    proposal: store::Proposal,
    current: store::ProposalVersion,
    company: CompanyId,
    lineage: &Lineage,
    references: Vec<ExternalReference>,
) -> Result<Proposal, Problem> {
    let (id, promoters) = (proposal.id, sees_promoters(&proposal, company));
    Proposal::of(proposal, current, promoters, lineage, references).ok_or_else(|| unheld(id))
}

/// Shows a proposal.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ProposalId) -> Result<Proposal, Problem> {
    let found = store::find_proposal(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let current = store::current_version(tx.conn, &found)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    let lineage = lineage(tx.conn, std::slice::from_ref(&found), caller.company)?;
    shown(found, current, caller.company, &lineage, references)
}

/// Lists the proposals that the caller may see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, query: &ProposalQuery, paging: &Paging) -> Result<ProposalPage, Problem> {
    let ProposalQuery { state, customer_id, registration_id } = query;
    let filters = store::ProposalFilters {
        state: state.map(ProposalState::from),
        customer: filter_id("customer_id", customer_id.as_ref())?,
        registration: filter_id("registration_id", registration_id.as_ref())?,
    };
    let found = store::page_proposals(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (proposals, next) = paging.cut(found, |proposal| (proposal.id.uuid(), proposal.updated_at));
    let versions = store::current_versions(tx.conn, &proposals)?;
    let ids: Vec<_> = proposals.iter().map(|proposal| proposal.id.uuid()).collect();
    let mut references = reference::of_all(tx.conn, caller.company, &ids)?;
    let lineage = lineage(tx.conn, &proposals, caller.company)?;
    let data = proposals.into_iter().zip(versions).map(|(proposal, current)| {
        let own = references.extract_if(.., |(id, _)| *id == proposal.id.uuid()).map(|(_, reference)| reference).collect();
        shown(proposal, current, caller.company, &lineage, own)
    });
    Ok(ProposalPage { data: data.collect::<Result<_, _>>()?, next })
}

/// Whom a proposal is for.
#[derive(Default)]
struct Prospect {
    registration: Option<RegistrationId>,
    customer: Option<CustomerId>,
}

/// Reads whom a proposal is for. The prospect has to be free for the partner (R36), or its own by a registration (R35).
fn read_prospect(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    new: &NewProposal,
    offer: &Offer,
    violations: &mut Vec<Violation>,
) -> Result<Prospect, Problem> {
    let view = work.caller()?.view();
    let (keys, prospect) = match (&new.registration_id, &new.customer_id) {
        (Some(text), None) => {
            let id = wire::id(text, "/registration_id").map_err(|violation| Problem::invalid(vec![violation]))?;
            let found = registration::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
            violations.extend(registration_violations(work, parties, &found)?);
            (found.keys(), Prospect { registration: Some(id), customer: None })
        }
        (None, Some(text)) => {
            let id = wire::id(text, "/customer_id").map_err(|violation| Problem::invalid(vec![violation]))?;
            let found = customer::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
            if found.responsible != parties.seller {
                violations.push(Violation::at("/customer_id", "customer_answered_by_another").rule("R51"));
            }
            let keys = found.identity.keys().iter().map(ToString::to_string).collect();
            (keys, Prospect { registration: None, customer: Some(id) })
        }
        (Some(_), Some(_)) | (None, None) => {
            violations.push(Violation::at("/registration_id", "registration_or_customer").rule("R35"));
            return Ok(Prospect::default());
        }
    };
    violations.extend(introduced::of_others(&offer.introductions, &keys));
    let offered = Offered { company: company_of(parties), promoters: &offer.promoters, lines: &offer.lines };
    ensure_free(work, parties.network, &keys, offered)?;
    Ok(prospect)
}

/// What keeps a registration from leading to a sale: it is another partner's, or protects nothing now (R35).
pub(crate) fn registration_violations(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    found: &registration::Registration,
) -> Result<Vec<Violation>, Problem> {
    let now = work.now()?;
    let at = |code| Violation::at("/registration_id", code);
    let others = (parties.partner() != Some(found.partner)).then(|| at("registration_of_another").rule("R36"));
    let idle = (!found.status.is_protecting(now))
        .then(|| at("registration_not_accepted").rule("R35").with("state", found.status.state.code()));
    Ok(others.into_iter().chain(idle).collect())
}

fn read_validity(valid_until: Option<NaiveDate>, day: NaiveDate) -> Option<Violation> {
    let past = valid_until.filter(|last| *last < day)?;
    Some(Violation::at("/valid_until", "valid_until_past").with("value", past).with("today", day))
}

/// Makes a proposal of a partner's own instance, at the discount of its benefit (R84).
fn create_own(work: &mut Work<'_, '_>, new: &NewProposal, code: &str) -> Result<Proposal, Problem> {
    let own = OwnInstance::named(work, new.agreement_id.as_deref(), code)?;
    let (parties, agreement) = (&own.parties, &own.bound.agreement);
    let day = today(work, parties.network, parties.master)?;
    let mut violations: Vec<Violation> = read_validity(new.valid_until, day).into_iter().collect();
    let currency = wire::currency(&new.currency, "/currency").map_err(|violation| Problem::invalid(vec![violation]))?;
    let asked = Asked::from(new);
    let mut offer = offer::read(work, parties, (currency, day), &asked, &mut violations)?;
    let (given, customer) = (own.given(work)?, own.customer(work, new)?);
    violations.extend([given.as_ref().err().cloned(), customer.as_ref().err().cloned()].into_iter().flatten());
    if let Some(discount) = given.as_ref().ok().and_then(|given| given.benefit.discount).filter(|_| violations.is_empty()) {
        violations.extend(hold_to_discount(discount, &asked, &mut offer));
    }
    let (Ok(given), Ok(customer), true) = (given, customer, violations.is_empty()) else {
        return Err(Problem::invalid(violations));
    };
    let keys: Vec<String> = customer.identity.keys().iter().map(ToString::to_string).collect();
    ensure_free(work, parties.network, &keys, Offered { company: parties.seller, promoters: &[], lines: &offer.lines })?;
    let prospect = Prospect { registration: None, customer: Some(customer.id) };
    let of = (Some(agreement.partner), Some(agreement.id), Some(code.to_owned()));
    let proposal = keep_new(work, new, (parties, currency), of, prospect, offer)?;
    own.take(work, &given, proposal.id)?;
    finish(work, "proposal.created", proposal)
}

/// Makes a proposal.
pub(crate) fn create(work: &mut Work<'_, '_>, new: &NewProposal) -> Result<Proposal, Problem> {
    if let Some(code) = &new.benefit {
        return create_own(work, new, &code.0);
    }
    let parties = Parties::named(work, new.agreement_id.as_deref())?;
    let day = today(work, parties.network, parties.master)?;
    let mut violations = parties.violations(day);
    violations.extend(suspension(work, parties.partner(), "/agreement_id")?);
    violations.extend(read_validity(new.valid_until, day));
    let currency = wire::currency(&new.currency, "/currency").map_err(|violation| Problem::invalid(vec![violation]))?;
    let offer = offer::read(work, &parties, (currency, day), &Asked::from(new), &mut violations)?;
    let prospect = read_prospect(work, &parties, new, &offer, &mut violations)?;
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let of = (parties.partner(), parties.bound.as_ref().map(|bound| bound.agreement.id), None);
    let proposal = keep_new(work, new, (&parties, currency), of, prospect, offer)?;
    finish(work, "proposal.created", proposal)
}

/// Keeps a new proposal with its first version: of a partner, under an agreement, by a benefit.
fn keep_new(
    work: &mut Work<'_, '_>,
    new: &NewProposal,
    (parties, currency): (&Parties, Currency),
    (partner, agreement, benefit): (Option<PartnerId>, Option<AgreementId>, Option<String>),
    prospect: Prospect,
    offer: Offer,
) -> Result<store::Proposal, Problem> {
    let now = work.now()?;
    let proposal = store::Proposal {
        id: work.new_id(),
        network: parties.network,
        master: parties.master,
        seller: parties.seller,
        partner,
        agreement,
        registration: prospect.registration,
        customer: prospect.customer,
        currency,
        state: ProposalState::Draft,
        number: 1,
        valid_until: new.valid_until,
        signed_on: None,
        benefit,
        reason: None,
        issued_with_support: false,
        follows: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_proposal(work.conn(), &proposal)?;
    keep_version(work, &proposal, offer)?;
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Proposal, proposal.id.uuid(), &new.external_references)?;
    Ok(proposal)
}

fn keep_version(work: &mut Work<'_, '_>, proposal: &store::Proposal, offer: Offer) -> Result<(), Problem> {
    let Offer { years, promoters, introductions, lines } = offer;
    let introductions = introductions.iter().map(|introduction| (introduction.id, introduction.agreement)).collect();
    let (number, recorded_at) = (proposal.number, proposal.updated_at);
    let version = store::ProposalVersion { proposal: proposal.id, number, years, promoters, introductions, lines, recorded_at };
    Ok(store::insert_version(work.conn(), &version)?)
}

/// The proposal that the caller means to change.
pub(super) fn load(work: &mut Work<'_, '_>, id: ProposalId) -> Result<store::Proposal, Problem> {
    let view = work.caller()?.view();
    let found = store::find_proposal(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Keeps a changed proposal as its next version.
pub(super) fn keep(work: &mut Work<'_, '_>, mut proposal: store::Proposal) -> Result<store::Proposal, Problem> {
    let before = proposal.version;
    proposal.version = before.saturating_add(1);
    proposal.updated_at = work.now()?;
    if store::update_proposal(work.conn(), &proposal)? { Ok(proposal) } else { Err(met_another(before)) }
}

/// Puts a later version in the place of the current one.
pub(crate) fn revise(work: &mut Work<'_, '_>, id: ProposalId, revision: &Revision) -> Result<Proposal, Problem> {
    let before = load(work, id)?;
    before.state.after(ProposalAction::Supersede).map_err(|wrong| Problem::state_conflict("revise", wrong.state.code()))?;
    let parties = Parties::of(work, &before)?;
    let day = today(work, parties.network, parties.master)?;
    let mut violations = parties.violations(day);
    violations.extend(suspension(work, parties.partner(), "")?);
    let valid_until = revision.valid_until.or(before.valid_until);
    violations.extend(read_validity(valid_until, day));
    let asked = Asked::from(revision);
    let mut offer = offer::read(work, &parties, (before.currency, day), &asked, &mut violations)?;
    if let Some(discount) = discount_of(work, &before)?.filter(|_| violations.is_empty()) {
        violations.extend(hold_to_discount(discount, &asked, &mut offer));
    }
    let keys = keys_of(work, &before)?;
    violations.extend(introduced::of_others(&offer.introductions, &keys));
    ensure_still_free(work, &parties, &before, (&offer.promoters, &offer.lines))?;
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let number = before.number.saturating_add(1);
    let after = keep(work, store::Proposal { state: ProposalState::Draft, number, valid_until, ..before })?;
    keep_version(work, &after, offer)?;
    finish(work, "proposal.revised", after)
}

/// Lets the domain decide where a proposal stands, and keeps it. The same again changes nothing.
fn step(
    work: &mut Work<'_, '_>,
    id: ProposalId,
    (action, word, kind): (ProposalAction, &str, &'static str),
    amend: impl FnOnce(&mut store::Proposal),
) -> Result<Proposal, Problem> {
    let mut proposal = load(work, id)?;
    let decided = proposal.state.after(action).map_err(|wrong| Problem::state_conflict(word, wrong.state.code()))?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return with_names(work, proposal);
    };
    proposal.state = state;
    amend(&mut proposal);
    let after = keep(work, proposal)?;
    finish(work, kind, after)
}

/// Notes that the prospect has the proposal. One whose prospect was taken meanwhile is not sent (R36).
pub(crate) fn send(work: &mut Work<'_, '_>, id: ProposalId) -> Result<Proposal, Problem> {
    let before = load(work, id)?;
    let sends = before.state.after(ProposalAction::Send).is_ok_and(|decided| decided.changed().is_some());
    if sends {
        let parties = Parties::of(work, &before)?;
        if let Some(violation) = suspension(work, parties.partner(), "")? {
            return Err(Problem::invalid(vec![violation]));
        }
        let version = store::current_version(work.conn(), &before)?;
        ensure_still_free(work, &parties, &before, (&version.promoters, &version.lines))?;
    }
    let sent = step(work, id, (ProposalAction::Send, "send", "proposal.sent"), |_| ())?;
    if sends {
        let keys = keys_of(work, &before)?;
        led_to_proposal(work, &before, &keys)?;
    }
    Ok(sent)
}

/// Notes that the prospect does not want it.
pub(crate) fn decline(work: &mut Work<'_, '_>, id: ProposalId, decline: &Decline) -> Result<Proposal, Problem> {
    let what = (ProposalAction::Decline, "decline", "proposal.declined");
    let declined = step(work, id, what, |proposal| proposal.reason.clone_from(&decline.reason))?;
    give_back(work, id)?;
    Ok(declined)
}

/// Takes the proposal back.
pub(crate) fn withdraw(work: &mut Work<'_, '_>, id: ProposalId) -> Result<Proposal, Problem> {
    let withdrawn = step(work, id, (ProposalAction::Withdraw, "withdraw", "proposal.withdrawn"), |_| ())?;
    give_back(work, id)?;
    Ok(withdrawn)
}

/// Gives the benefit back that an ended proposal was made with.
fn give_back(work: &mut Work<'_, '_>, id: ProposalId) -> Result<(), Problem> {
    let view = work.caller()?.view();
    let ended = store::find_proposal(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    own_instance::end(work, &ended, UseAction::Withdraw)
}

/// Marks a proposal as issued with its master's support (R41). The contract that it becomes is marked, too.
pub(crate) fn mark_as_supported(work: &mut Work<'_, '_>, proposal: store::Proposal) -> Result<Proposal, Problem> {
    let after = keep(work, store::Proposal { issued_with_support: true, ..proposal })?;
    finish(work, "proposal.issued_with_support", after)
}

/// Takes an open proposal of a partner back that fails its customers.
pub(crate) fn withdraw_by(work: &mut Work<'_, '_>, id: ProposalId, reason: &str) -> Result<(), Problem> {
    let mut proposal = store::proposal(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let decided = proposal.state.after(ProposalAction::Withdraw);
    let decided = decided.map_err(|wrong| Problem::state_conflict("withdraw", wrong.state.code()))?;
    if let Decided::Changed(state) = decided {
        (proposal.state, proposal.reason) = (state, Some(reason.to_owned()));
        let after = keep(work, proposal)?;
        own_instance::end(work, &after, UseAction::Withdraw)?;
        finish(work, "proposal.withdrawn", after)?;
    }
    Ok(())
}

/// How many sent proposals under an agreement could never be signed under other terms.
///
/// # Errors
/// Those of the database.
pub(crate) fn sent_for_nothing(work: &mut Work<'_, '_>, agreement: AgreementId, terms: &Terms) -> Result<usize, Problem> {
    let mut count: usize = 0;
    for found in store::sent_under(work.conn(), agreement)? {
        count = count.saturating_add(usize::from(!can_stand_under(work, &found, terms)?));
    }
    Ok(count)
}

/// Whether an open proposal could still be signed under other terms. Who contracts was decided when it was made, and of what was sent
/// no duty changes any more (R13, R53).
fn can_stand_under(work: &mut Work<'_, '_>, proposal: &store::Proposal, terms: &Terms) -> Result<bool, Problem> {
    if proposal.benefit.is_some() {
        return Ok(true);
    }
    let contracts = proposal.seller.partner().is_some();
    if contracts != terms.contracts_customers || proposal.state == ProposalState::Draft {
        return Ok(contracts == terms.contracts_customers);
    }
    let seller = if contracts { Side::Partner } else { Side::Master };
    let version = store::current_version(work.conn(), proposal)?;
    let drafts: Vec<LineDraft> = version.lines.iter().map(store::Line::draft).collect();
    Ok(keeps_duties(terms, seller, &drafts))
}

/// Puts an open proposal under the agreement that took the place of its own, and its master (D4). One that could never be signed under
/// its terms is taken back.
///
/// # Errors
/// Those of the database.
pub(crate) fn follow_agreement(work: &mut Work<'_, '_>, id: ProposalId, successor: &Agreement) -> Result<(), Problem> {
    let found = store::proposal(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (_, terms) = terms_of(work.conn(), successor)?;
    if !can_stand_under(work, &found, &terms)? {
        return withdraw_by(work, id, "transferred");
    }
    let seller = match found.seller {
        CompanyId::Master(_) => CompanyId::Master(successor.master),
        partner => partner,
    };
    let left = found.master;
    let after = keep(work, store::Proposal { agreement: Some(successor.id), master: successor.master, seller, ..found })?;
    let (network, version) = (after.network, after.version);
    finish(work, "proposal.agreement_changed", after)?;
    if left != successor.master {
        work.tell_left("proposal.left", (network, id.to_string(), version), left.into())?;
    }
    Ok(())
}

/// Records what happened to a proposal, for its master and its partner, and shows it.
pub(super) fn finish(work: &mut Work<'_, '_>, kind: &'static str, proposal: store::Proposal) -> Result<Proposal, Problem> {
    let audience = Audience { master: Some(proposal.master), partner: proposal.partner, counterparty: None };
    let (network, subject, version) = (proposal.network, proposal.id.to_string(), proposal.version);
    let current = store::current_version(work.conn(), &proposal)?;
    // What an event shows is what each of its readers may see, and no names that one company has for it.
    let least = proposal.partner.map_or(proposal.seller, CompanyId::Partner);
    let body = shown(proposal.clone(), current, least, &Lineage::Hidden, Vec::new())?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    with_names(work, proposal)
}

fn with_names(work: &mut Work<'_, '_>, proposal: store::Proposal) -> Result<Proposal, Problem> {
    let company = work.caller()?.company;
    let current = store::current_version(work.conn(), &proposal)?;
    let references = reference::of(work.conn(), company, proposal.id.uuid())?;
    let lineage = lineage(work.conn(), std::slice::from_ref(&proposal), company)?;
    shown(proposal, current, company, &lineage, references)
}
