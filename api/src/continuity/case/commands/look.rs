//! What is seen of a case: lists of cases, of what hangs on their partners, and of what went over.

use domain::id::{CompanyId, ContinuityCaseId, CustomerId};
use persistence::{continuity as store, db::Tx};

use super::{
    super::wire::{
        ContinuityCasePage, ContinuityFilters, ContinuityHolding, ContinuityHoldingFilter, ContinuityHoldingKind,
        ContinuityHoldingPage, ContinuityMove, ContinuityMovePage,
    },
    shown,
    takers::{Offered, Takers},
};
use crate::{access::Caller, extract::Paging, problem::Problem, wire::filter_id};

/// Lists the cases that the caller may see.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &ContinuityFilters,
    paging: &Paging,
) -> Result<ContinuityCasePage, Problem> {
    let ContinuityFilters { partner_id, state } = filters;
    let filters = store::CaseFilters { partner: filter_id("partner_id", partner_id.as_ref())?, state: state.map(Into::into) };
    let found = store::page_cases(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (cases, next) = paging.cut(found, |case| (case.id.uuid(), case.updated_at));
    let data: Result<_, Problem> = cases.into_iter().map(|case| shown(tx.conn, case)).collect();
    Ok(ContinuityCasePage { data: data?, next })
}

pub(super) fn find(tx: &mut Tx<'_>, caller: &Caller, id: ContinuityCaseId) -> Result<store::Case, Problem> {
    store::find_case(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)
}

/// Lists what hangs on the partner.
pub(crate) fn holdings(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ContinuityCaseId,
    filter: &ContinuityHoldingFilter,
    paging: &Paging,
) -> Result<ContinuityHoldingPage, Problem> {
    let case = find(tx, caller, id)?;
    let kind = filter.kind.unwrap_or(ContinuityHoldingKind::Customer);
    let found = store::page_holdings(tx.conn, case.partner, kind.into(), &paging.page())?;
    let (found, next) = paging.cut(found, |holding| (holding.id, holding.updated_at));
    let of_customers: Vec<CustomerId> = found.iter().filter_map(|holding| holding.customer).collect();
    let takers = case.plan.map(|plan| Takers::among(tx.conn, &case, plan, &of_customers)).transpose()?;
    let data = found.into_iter().map(|holding| {
        let to = takers.as_ref().and_then(|takers| goes_to(kind, &holding, takers));
        ContinuityHolding::of(kind, holding, to.map(Into::into))
    });
    Ok(ContinuityHoldingPage { data: data.collect(), next })
}

/// Who takes something over by the plan; nobody what ends.
fn goes_to(kind: ContinuityHoldingKind, holding: &store::Holding, takers: &Takers) -> Option<CompanyId> {
    if holding.ends {
        return None;
    }
    let of_customer = holding.customer.map_or(takers.rest(), |customer| takers.of_customer(customer));
    match kind {
        ContinuityHoldingKind::Agreement | ContinuityHoldingKind::SupportRequest | ContinuityHoldingKind::Introduction => None,
        ContinuityHoldingKind::Registration => takers.of_protection(holding.registration?).map(|(company, _)| company),
        ContinuityHoldingKind::Proposal => {
            let store::Holding { seller, registration, customer, .. } = *holding;
            Some(takers.of_proposal(Offered { seller: seller?, registration, customer }).0)
        }
        ContinuityHoldingKind::Customer
        | ContinuityHoldingKind::Contract
        | ContinuityHoldingKind::Project
        | ContinuityHoldingKind::PortfolioPlace => Some(of_customer.0),
    }
}

/// Lists the customers that went over by the current plan.
pub(crate) fn moves(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ContinuityCaseId,
    paging: &Paging,
) -> Result<ContinuityMovePage, Problem> {
    let case = find(tx, caller, id)?;
    let found = store::page_moves(tx.conn, &case, &paging.page())?;
    let (found, next) = paging.cut(found, |moved| (moved.customer.uuid(), moved.recorded_at));
    Ok(ContinuityMovePage { data: found.into_iter().map(ContinuityMove::from).collect(), next })
}
