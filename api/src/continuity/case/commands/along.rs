//! What goes with a customer: its projects, its place in a portfolio, and what was offered to it.

use domain::id::{CompanyId, CustomerId};
use persistence::{continuity as store, sale};

use super::{finish::REASON, fit::ensure_still_fit, hand_over::Hand, plan};
use crate::{
    portfolio::{self, Going},
    problem::Problem,
    project,
    sale::commands::succession::{Carrier, Heir, give_back, succeed, successor_of},
    write::Work,
};

/// Lets all that goes with a customer follow it to whoever answers for it now.
pub(super) fn follow(work: &mut Work<'_, '_>, case: &store::Case, customer: CustomerId, hand: Hand) -> Result<(), Problem> {
    let (before, after) = (CompanyId::Partner(case.partner), hand.company);
    project::follow_all(work, customer, (before, after), (hand.from, case.id))?;
    portfolio::follow(work, Going { customer, before, after, from: hand.from, case: case.id })?;
    let open = sale::open_for_customer(work.conn(), case.partner, customer)?;
    let offered = open.into_iter().filter(|proposal| proposal.seller == before && proposal.benefit.is_none());
    for proposal in offered {
        if successor_of(work, proposal.id)?.is_none() {
            let day = plan::today(work, case)?;
            let carrier = Carrier::of(work.conn(), (case.network, case.master), hand.agreement, day)?;
            succeed(work, &proposal, &carrier, Heir::Customer(customer))?;
        }
    }
    Ok(())
}

/// Lets all that went with a customer come back from whoever answered for it meanwhile.
pub(super) fn come_back(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    (customer, before): (CustomerId, CompanyId),
    hand: Hand,
) -> Result<(), Problem> {
    project::come_back(work, Some(customer), hand.company, (hand.from, case.id))?;
    let today = plan::today(work, case)?;
    portfolio::come_back(work, Going { customer, before, after: hand.company, from: hand.from, case: case.id }, today)?;
    for proposal in sale::open_for_customer(work.conn(), case.partner, customer)? {
        give_back(work, &proposal, REASON)?;
    }
    Ok(())
}

/// Lets the next projects that name no customer yet go over: whoever takes the rest over says which it is. How many.
pub(super) fn follow_without_customer(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    hand: Hand,
    limit: i64,
) -> Result<usize, Problem> {
    let open = persistence::project::going_on_without_customer(work.conn(), case.partner.into(), limit)?;
    let count = open.len();
    if count > 0 {
        ensure_still_fit(work, case, (hand.company, hand.agreement))?;
    }
    for found in open {
        project::follow(work, found, hand.company, (hand.from, case.id))?;
    }
    Ok(count)
}

/// Lets the projects that name no customer yet come back.
pub(super) fn come_back_without_customer(work: &mut Work<'_, '_>, case: &store::Case, hand: Hand) -> Result<(), Problem> {
    project::come_back(work, None, hand.company, (hand.from, case.id))
}
