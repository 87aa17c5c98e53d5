//! The use cases of follow-ups: each one transaction.

use domain::{
    follow_up::{About, FollowUpRefusal, broken_rules},
    id::{CompanyId, FollowUpId, PortfolioPlaceId, ProposalId},
    network::Capability,
    promotion::PromotionRefusal,
};
use persistence::{db::Tx, event::Audience, follow_up as store, portfolio};

use super::wire::{FollowUp, FollowUpFilters, FollowUpPage, NewFollowUp};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Problem, Violation},
    promotion::{Acting, Pointers, violations},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a follow-up.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: FollowUpId) -> Result<FollowUp, Problem> {
    Ok(store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.into())
}

/// Lists the follow-ups that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &FollowUpFilters,
    paging: &Paging,
) -> Result<FollowUpPage, Problem> {
    let FollowUpFilters { proposal_id, portfolio_place_id, partner_id, next_by } = filters;
    let filters = store::Filters {
        proposal: filter_id("proposal_id", proposal_id.as_ref())?,
        place: filter_id("portfolio_place_id", portfolio_place_id.as_ref())?,
        partner: filter_id("partner_id", partner_id.as_ref())?,
        next_by: *next_by,
    };
    let found = store::page(tx.conn, &caller.view(), filters, &paging.page())?;
    let (follow_ups, next) = paging.cut(found, |follow_up| (follow_up.id.uuid(), follow_up.recorded_at));
    Ok(FollowUpPage { data: follow_ups.into_iter().map(FollowUp::from).collect(), next })
}

/// What a contact is about, with the company whose business it is and what its days are held against.
struct Subject {
    subject: store::Subject,
    company: CompanyId,
    about: About,
    /// Whether it followed a customer whose company failed it.
    followed: bool,
}

/// Notes a contact.
pub(super) fn note(work: &mut Work<'_, '_>, new: &NewFollowUp) -> Result<FollowUp, Problem> {
    let NewFollowUp { agreement_id, proposal_id, portfolio_place_id, kind, dated_on, note, next_on } = new;
    let acting = Acting::own(work, agreement_id)?;
    type Find = fn(&mut Work<'_, '_>, &Acting, &str) -> Result<Subject, Problem>;
    let (capability, text, find): (_, _, Find) = match (proposal_id, portfolio_place_id) {
        (Some(text), None) => (Capability::ProposalFollowUp, text, proposal),
        (None, Some(text)) => (Capability::Portfolio, text, place),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::invalid(vec![Violation::at("/proposal_id", "proposal_or_place").rule("R19")]));
        }
    };
    let mut refusals = acting.own_refusals(capability, *dated_on);
    // What its figure does not do is refused before anything is looked up.
    if !acting.bound.terms.capabilities.contains(&capability) {
        return Err(Problem::invalid(violations(&refusals, Pointers::BODY, *dated_on)));
    }
    let Subject { subject, company, about, followed } = find(work, &acting, text)?;
    if followed && acting.ended_by_failure() {
        refusals.retain(|refusal| *refusal != PromotionRefusal::AgreementNotInForce);
    }
    let mut wrong = violations(&refusals, Pointers::BODY, *dated_on);
    wrong.extend(broken_rules(about, *dated_on, *next_on, acting.today).into_iter().map(refused));
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let of = &acting.bound.agreement;
    let follow_up = store::FollowUp {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        company,
        partner: of.partner,
        agreement: of.id,
        subject,
        kind: (*kind).into(),
        dated_on: *dated_on,
        note: note.clone(),
        next_on: *next_on,
        noted_by: work.actor(),
        recorded_at: work.now()?,
    };
    store::insert(work.conn(), &follow_up)?;
    let audience = Audience { master: Some(of.master), partner: Some(of.partner), counterparty: Some(company) };
    let network = of.network;
    let body = FollowUp::from(follow_up);
    work.record(Change { network, kind: "follow_up.noted", subject: body.id.clone(), version: 1, audience, body: &body })?;
    Ok(body)
}

/// A proposal that is followed under the agreement; any other is not there (D22).
fn proposal(work: &mut Work<'_, '_>, acting: &Acting, text: &str) -> Result<Subject, Problem> {
    let id: ProposalId = wire::id(text, "/proposal_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let found = store::find_followed(work.conn(), &[acting.bound.agreement.id], acting.today, id)?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(Subject { subject: store::Subject::Proposal(id), company: found.seller, about: About::Proposal, followed: false })
}

/// A place in the portfolio under the agreement.
fn place(work: &mut Work<'_, '_>, acting: &Acting, text: &str) -> Result<Subject, Problem> {
    let id: PortfolioPlaceId = wire::id(text, "/portfolio_place_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let view = work.caller()?.view();
    let found = portfolio::find(work.conn(), &view, id)?.filter(|found| found.place.agreement == acting.bound.agreement.id);
    let place = found.ok_or_else(Problem::not_found)?.place;
    let (company, about, followed) = (place.company, About::Portfolio(place.days), place.took_over.is_some());
    Ok(Subject { subject: store::Subject::Place(id), company, about, followed })
}

fn refused(refusal: FollowUpRefusal) -> Violation {
    let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        FollowUpRefusal::InFuture { today } => at("/dated_on").with("today", today),
        FollowUpRefusal::NextBeforeThis => at("/next_on"),
        FollowUpRefusal::OutsidePortfolio { days } => {
            let until = days.until.map_or_else(|| "–".to_owned(), |until| until.to_string());
            at("/dated_on").with("from", days.from).with("until", until)
        }
    }
}
