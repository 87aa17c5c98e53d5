//! What really happens to an introduced prospect moves its introduction (R18): called where the company registers it, sends it a
//! proposal, or signs it.

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, IntroductionId},
    introduction::Introduction as Status,
};
use persistence::{
    introduction::{self as store, Led, Step},
    registration::Registration,
    sale::{Contract, Proposal},
};

use super::commands::{keep, record};
use crate::{calendar, problem::Problem, write::Work};

/// A company handed in a registration of the prospect.
pub(crate) fn led_to_registration(work: &mut Work<'_, '_>, registration: &Registration) -> Result<(), Problem> {
    let company = CompanyId::Partner(registration.partner);
    for introduction in store::counting_for(work.conn(), company, &registration.keys())? {
        let today = today(work, &introduction)?;
        take(work, introduction, Led::Registration(registration.id), today)?;
    }
    Ok(())
}

/// A company sent the prospect, known by `keys`, a proposal.
pub(crate) fn led_to_proposal(work: &mut Work<'_, '_>, proposal: &Proposal, keys: &[String]) -> Result<(), Problem> {
    for introduction in store::counting_for(work.conn(), proposal.seller, keys)? {
        let (today, now) = (today(work, &introduction)?, work.now()?);
        store::follow_proposal(work.conn(), introduction.id, proposal.id, now)?;
        take(work, introduction, Led::Proposal(proposal.id), today)?;
    }
    Ok(())
}

/// The prospect, known by `keys`, signed with a company; `in_sale` are the introductions whose promoters take part in the sale.
pub(crate) fn led_to_customer(
    work: &mut Work<'_, '_>,
    contract: &Contract,
    keys: &[String],
    in_sale: &[IntroductionId],
) -> Result<(), Problem> {
    for introduction in store::counting_for(work.conn(), contract.seller, keys)? {
        let in_sale = in_sale.contains(&introduction.id);
        let led = Led::Customer { contract: contract.id, customer: contract.customer, in_sale };
        take(work, introduction, led, contract.signed_on)?;
    }
    Ok(())
}

fn today(work: &mut Work<'_, '_>, introduction: &store::Introduction) -> Result<NaiveDate, Problem> {
    let now = work.now()?;
    calendar::today(work.conn(), introduction.network, introduction.master, now)
}

/// Notes a step, which counts the first time.
fn take(work: &mut Work<'_, '_>, introduction: store::Introduction, led: Led, reached_on: NaiveDate) -> Result<(), Problem> {
    let step = Step { introduction: introduction.id, led, reached_on, recorded_at: work.now()? };
    if !store::insert_step(work.conn(), &step)? {
        return Ok(());
    }
    let status: Status = introduction.status.reached(led.step());
    let after = keep(work, store::Introduction { status, ..introduction })?;
    record(work, "introduction.progressed", &after)
}
