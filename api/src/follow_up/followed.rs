//! The proposals that a client manager follows (R19, D22).

use chrono::NaiveDate;
use domain::{
    id::{AgreementId, CompanyId, PartnerId, ProposalId},
    network::Capability,
};
use persistence::{
    agreement, customer,
    db::{Conn, Tx},
    follow_up as store, partner, registration,
    sale::Proposal,
};

use super::wire::{FollowedProposal, FollowedProposalPage};
use crate::{access::Caller, agreement::terms_of, calendar, extract::Paging, problem::Problem};

/// The agreements in force today under which the caller follows proposals, and the day it is.
fn following(tx: &mut Tx<'_>, caller: &Caller, own: PartnerId) -> Result<(Vec<AgreementId>, NaiveDate), Problem> {
    let now = tx.now()?;
    let partner = partner::find(tx.conn, &caller.view(), own)?.ok_or_else(Problem::not_found)?;
    let today = calendar::today(tx.conn, partner.network, partner.master, now)?;
    let mut following = Vec::new();
    for held in agreement::in_force_of(tx.conn, own, today)? {
        if terms_of(tx.conn, &held)?.1.capabilities.contains(&Capability::ProposalFollowUp) {
            following.push(held.id);
        }
    }
    Ok((following, today))
}

/// Shows a proposal that the caller follows.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ProposalId) -> Result<FollowedProposal, Problem> {
    let CompanyId::Partner(own) = caller.company else { return Err(Problem::not_found()) };
    let (following, today) = following(tx, caller, own)?;
    let found = store::find_followed(tx.conn, &following, today, id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
}

/// Lists the proposals that the caller follows.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<FollowedProposalPage, Problem> {
    let CompanyId::Partner(own) = caller.company else { return Ok(FollowedProposalPage { data: Vec::new(), next: None }) };
    let (following, today) = following(tx, caller, own)?;
    let found = store::page_followed(tx.conn, &following, today, &paging.page())?;
    let (proposals, next) = paging.cut(found, |proposal| (proposal.id.uuid(), proposal.updated_at));
    let data: Result<_, Problem> = proposals.into_iter().map(|proposal| shown(tx.conn, proposal)).collect();
    Ok(FollowedProposalPage { data: data?, next })
}

fn shown(conn: &mut Conn, proposal: Proposal) -> Result<FollowedProposal, Problem> {
    let prospect = name_of(conn, &proposal)?;
    let Proposal { id, seller, state, number, valid_until, signed_on, updated_at, version, .. } = proposal;
    Ok(FollowedProposal {
        id: id.to_string(),
        company: seller.into(),
        prospect,
        state: state.into(),
        number,
        valid_until,
        signed_on,
        updated_at,
        version,
    })
}

/// The name of whom a proposal is for.
fn name_of(conn: &mut Conn, proposal: &Proposal) -> Result<String, Problem> {
    let missing = || Problem::internal(format!("{}: for nobody", proposal.id));
    let master = persistence::view::View { network: proposal.network, company: CompanyId::Master(proposal.master) };
    if let Some(id) = proposal.registration {
        let found = registration::find(conn, &master, id)?.ok_or_else(missing)?;
        return Ok(found.prospect.name().to_owned());
    }
    let id = proposal.customer.ok_or_else(missing)?;
    Ok(customer::find(conn, &master, id)?.ok_or_else(missing)?.identity.name().to_owned())
}
