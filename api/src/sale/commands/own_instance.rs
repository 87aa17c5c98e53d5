//! A partner's own instance at its benefit's discount (R84): a sale by the master whose customer is the partner itself.

use domain::{
    benefit::{BenefitUseState, UseAction},
    commission::OutcomeReason,
    id::{CompanyId, ProposalId},
    money::{Money, Rate},
    network::ItemKind,
    partner::TaxId,
};
use persistence::{benefit as uses, customer, partner, sale as store, view::View};

use super::{
    super::wire::NewProposal,
    introduced::Unplaced,
    offer::{Asked, Offer},
    parties::{Bound, Parties, not_in_force},
    today,
};
use crate::{
    benefit::{Given, Source, benefit_of, end_use, take},
    customer::commands::of_partner,
    problem::{Problem, Violation},
    write::Work,
};

/// A sale of a partner's own instance: its agreement, and the sale's parties.
pub(super) struct OwnInstance {
    /// The agreement whose terms give the benefit.
    pub(super) bound: Bound,
    /// The code of the benefit.
    pub(super) code: String,
    /// The master sells; nobody brings the sale, so that nobody earns by it.
    pub(super) parties: Parties,
}

impl OwnInstance {
    /// The sale that a body asks for by naming a benefit.
    ///
    /// # Errors
    /// `not_found` for an agreement that the caller may not see, or that is another partner's.
    pub(super) fn named(work: &mut Work<'_, '_>, agreement: Option<&str>, code: &str) -> Result<Self, Problem> {
        let missing = || Problem::invalid(vec![Violation::at("/agreement_id", "benefit_agreement_missing").rule("R84")]);
        let parties = Parties::named(work, Some(agreement.ok_or_else(missing)?))?;
        let bound = parties.bound.ok_or_else(missing)?;
        let master = bound.agreement.master;
        let parties = Parties { network: parties.network, master, seller: master.into(), bound: None };
        Ok(Self { bound, code: code.to_owned(), parties })
    }

    /// The benefit on today's day, or what keeps the partner from having it.
    pub(super) fn given(&self, work: &mut Work<'_, '_>) -> Result<Result<Given, Violation>, Problem> {
        let agreement = &self.bound.agreement;
        let day = today(work, agreement.network, agreement.master)?;
        if !self.bound.is_in_force(day) {
            return Ok(Err(not_in_force("/agreement_id", "agreement_not_in_force", day)));
        }
        let given = Given::of(work.conn(), agreement, &self.bound.document, (&self.code, day))?;
        let discounted = given.filter(|given| given.benefit.discount.is_some());
        let missing = || Violation::at("/benefit", "benefit_not_given").rule("R84").with("benefit", &self.code).with("day", day);
        Ok(discounted.ok_or_else(missing))
    }

    /// The customer that the partner itself is, or what keeps it from being one.
    pub(super) fn customer(
        &self,
        work: &mut Work<'_, '_>,
        new: &NewProposal,
    ) -> Result<Result<customer::Customer, Violation>, Problem> {
        let agreement = &self.bound.agreement;
        let view = View { network: agreement.network, company: CompanyId::Partner(agreement.partner) };
        let found = partner::find(work.conn(), &view, agreement.partner)?;
        let found = found.ok_or_else(|| Problem::internal(format!("no {}", agreement.partner)))?;
        let Some(key) = found.record.tax_id.as_ref().map(TaxId::key) else {
            return Ok(Err(Violation::at("/benefit", "partner_without_tax_id").rule("R84")));
        };
        if new.registration_id.is_some() {
            return Ok(Err(Violation::at("/registration_id", "customer_not_the_partner").rule("R84")));
        }
        let known = customer::find_by_keys(work.conn(), agreement.network, Some(&key), None)?.into_iter().next();
        let named = |customer: &customer::Customer| new.customer_id.as_ref().is_none_or(|id| *id == customer.id.to_string());
        match known {
            Some(known) if known.responsible != self.parties.seller => {
                Ok(Err(Violation::at("/benefit", "customer_answered_by_another").rule("R51")))
            }
            Some(known) if named(&known) => Ok(Ok(known)),
            None if new.customer_id.is_none() => Ok(Ok(of_partner(work, &found, agreement.master)?)),
            Some(_) | None => Ok(Err(Violation::at("/customer_id", "customer_not_the_partner").rule("R84"))),
        }
    }

    /// Takes the benefit for a proposal, which must exist.
    pub(super) fn take(&self, work: &mut Work<'_, '_>, given: &Given, proposal: ProposalId) -> Result<(), Problem> {
        let day = today(work, self.parties.network, self.parties.master)?;
        let taken = take(work, given, (day, Source::Proposal(proposal)), None, "/benefit")?;
        taken.map(drop).map_err(|violation| Problem::invalid(vec![violation]))
    }
}

/// Holds an offer to what the benefit is: one instance, at its discount on the list price. A price that is left out is that one.
pub(super) fn hold_to_discount(discount: Rate, asked: &Asked<'_>, offer: &mut Offer) -> Vec<Violation> {
    let one = asked.lines.len() == 1 && offer.promoters.is_empty();
    let instance = offer.lines.iter().all(|line| line.kind == ItemKind::NetworkModule && line.quantity == 1);
    if !one || !instance {
        return vec![Violation::at("/lines", "benefit_is_one_instance").rule("R84")];
    }
    let (Some(line), Some(new)) = (offer.lines.first_mut(), asked.lines.first()) else { return Vec::new() };
    let Some(price) = discounted(line.list, discount) else { return Vec::new() };
    if new.net_price.is_none() {
        line.net = price;
    }
    let wrong =
        (line.net != price).then(|| Violation::at("/lines/0/net_price", "benefit_price").rule("R84").with("price", price));
    wrong.into_iter().collect()
}

/// A list price less a discount, rounded half up.
fn discounted(list: Money, discount: Rate) -> Option<Money> {
    Money::round(list.decimal().checked_mul(discount.complement().decimal())?, list.currency())
}

/// What a proposal's end means for the benefit that it is the discount of: had once it is signed, given back otherwise.
pub(super) fn end(work: &mut Work<'_, '_>, proposal: &store::Proposal, action: UseAction) -> Result<(), Problem> {
    if proposal.benefit.is_none() {
        return Ok(());
    }
    let used = uses::of_proposal(work.conn(), proposal.id)?;
    end_use(work, used, action)
}

/// A benefit is had once its master granted it, and not before (R84).
pub(super) fn not_granted(work: &mut Work<'_, '_>, proposal: &store::Proposal) -> Result<Option<Violation>, Problem> {
    let Some(code) = &proposal.benefit else { return Ok(None) };
    let used = uses::of_proposal(work.conn(), proposal.id)?;
    let granted = used.is_some_and(|used| used.state == BenefitUseState::Granted);
    Ok((!granted).then(|| Violation::at("", "benefit_not_granted").rule("R84").with("benefit", code)))
}

/// Whom it is to be told to that nobody earns by a proposal: the partner that bought its own instance.
pub(super) fn unplaced(work: &mut Work<'_, '_>, proposal: &store::Proposal) -> Result<Option<Unplaced>, Problem> {
    let Some(agreement) = proposal.agreement.filter(|_| proposal.benefit.is_some()) else { return Ok(None) };
    let found = persistence::agreement::find_in_network(work.conn(), proposal.network, agreement)?;
    let found = found.ok_or_else(|| Problem::internal(format!("{}: no {agreement}", proposal.id)))?;
    Ok(Some((found, OutcomeReason::OwnPurchase)))
}

/// The discount of the benefit that a proposal is made with; none for every other proposal.
pub(super) fn discount_of(work: &mut Work<'_, '_>, proposal: &store::Proposal) -> Result<Option<Rate>, Problem> {
    let (Some(code), Some(agreement)) = (&proposal.benefit, proposal.agreement) else { return Ok(None) };
    let found = persistence::agreement::find_in_network(work.conn(), proposal.network, agreement)?;
    let bound = Bound::of(work, found.ok_or_else(|| Problem::internal(format!("{}: no {agreement}", proposal.id)))?)?;
    let (_, benefit) = benefit_of(&bound.document, code).ok_or_else(|| Problem::internal(format!("no benefit {code}")))?;
    Ok(benefit.discount)
}
