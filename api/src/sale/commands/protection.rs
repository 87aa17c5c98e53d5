//! Sales and protections: whether an offer may be made to its prospect, and which of its lines are sold inside the protection of
//! another company (R36).

use domain::id::{AgreementId, CompanyId, LineId, NetworkId, OverrideId, PartnerId, RegistrationId};
use persistence::{
    agreement, customer, network,
    registration::{self, ProtectedLine},
    sale as store,
    view::View,
};

use super::parties::Parties;
use crate::{
    problem::{Problem, Violation},
    registration::commands::{Lifted, Sale, ensure_free_to_sell},
    write::Work,
};

/// What is offered, and who takes part in it.
#[derive(Clone, Copy)]
pub(crate) struct Offered<'a> {
    /// The partner that sells or brings the sale, or the master that sells by itself.
    pub(crate) company: CompanyId,
    /// The promoters' agreements.
    pub(crate) promoters: &'a [AgreementId],
    /// The lines.
    pub(crate) lines: &'a [store::Line],
}

/// A line that is sold inside another's protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inside {
    /// The line.
    pub(crate) line: LineId,
    registration: RegistrationId,
    by_override: OverrideId,
}

/// The company whose sale it is: the partner that sells or brings it, or the master that sells by itself.
pub(super) fn company_of(parties: &Parties) -> CompanyId {
    parties.partner().map_or(parties.seller, CompanyId::Partner)
}

/// Refuses an offer to a prospect with these keys that a protection or a pursuit of another company keeps off, and says which
/// lines a master lets it sell inside a protection.
///
/// # Errors
/// `prospect_not_available`, the same whatever the cause (D22).
pub(crate) fn ensure_free(
    work: &mut Work<'_, '_>,
    network: NetworkId,
    keys: &[String],
    offered: Offered<'_>,
) -> Result<Vec<Inside>, Problem> {
    let Offered { company, promoters, lines } = offered;
    let promoters = partners_of(work, network, promoters)?;
    let items: Vec<_> = lines.iter().map(|line| line.item_id).collect();
    let of_items = network::product_lines_of(work.conn(), network, &items)?;
    let product_lines: Vec<Option<String>> = items.iter().map(|item| of_items.get(item).cloned().flatten()).collect();
    let sale = Sale { keys, product_lines: &product_lines, company, promoters: &promoters };
    let lifted = ensure_free_to_sell(work, &sale)?;
    let inside = lifted.iter().flat_map(|lifted: &Lifted| {
        let covered = lines.iter().zip(&product_lines).filter(|(_, product_line)| lifted.covers(product_line.as_deref()));
        covered.map(|(line, _)| Inside { line: line.id, registration: lifted.registration.id, by_override: lifted.by.id })
    });
    Ok(inside.collect())
}

fn partners_of(work: &mut Work<'_, '_>, network: NetworkId, agreements: &[AgreementId]) -> Result<Vec<PartnerId>, Problem> {
    let mut partners = Vec::new();
    for id in agreements {
        let found = agreement::find_in_network(work.conn(), network, *id)?;
        partners.push(found.ok_or_else(|| Problem::internal(format!("no {id}")))?.partner);
    }
    Ok(partners)
}

/// A customer that another company answers for by now is no longer the seller's to contract (R51).
pub(super) fn answered_by_another() -> Problem {
    Problem::invalid(vec![Violation::at("", "customer_answered_by_another").rule("R51")])
}

/// Who looks at the customer of a proposal. The customer that a partner itself is, its master answers for; on this sale the partner
/// sees it (R84).
///
/// # Errors
/// `authentication_required`.
pub(super) fn view_on(work: &Work<'_, '_>, proposal: &store::Proposal) -> Result<View, Problem> {
    let view = work.caller()?.view();
    let company = if proposal.benefit.is_some() { proposal.seller } else { view.company };
    Ok(View { company, ..view })
}

/// What the prospect of a proposal is known by now.
pub(super) fn keys_of(work: &mut Work<'_, '_>, proposal: &store::Proposal) -> Result<Vec<String>, Problem> {
    let view = view_on(work, proposal)?;
    if let Some(id) = proposal.registration {
        return Ok(registration::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?.keys());
    }
    let id = proposal.customer.ok_or_else(|| Problem::internal(format!("{}: for nobody", proposal.id)))?;
    let found = customer::find(work.conn(), &view, id)?.ok_or_else(answered_by_another)?;
    Ok(found.identity.keys().iter().map(ToString::to_string).collect())
}

/// Refuses to go on with a proposal whose prospect was taken since it was made.
///
/// # Errors
/// Those of [`ensure_free`].
pub(super) fn ensure_still_free(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    proposal: &store::Proposal,
    (promoters, lines): (&[AgreementId], &[store::Line]),
) -> Result<Vec<Inside>, Problem> {
    let keys = keys_of(work, proposal)?;
    let offered = Offered { company: company_of(parties), promoters, lines };
    ensure_free(work, proposal.network, &keys, offered)
}

/// Freezes which lines of a contract were sold inside another's protection.
pub(super) fn freeze(work: &mut Work<'_, '_>, contract: &store::Contract, inside: &[Inside]) -> Result<(), Problem> {
    for Inside { line, registration, by_override } in inside.iter().copied() {
        let sold = ProtectedLine { contract: contract.id, line, registration, by_override, recorded_at: contract.created_at };
        registration::insert_protected_line(work.conn(), &sold)?;
    }
    Ok(())
}
