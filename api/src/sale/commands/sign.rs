//! Signing: a proposal becomes a contract with its frozen attributions and its annuities, in one transaction.

use std::borrow::Cow;

use chrono::NaiveDate;
use domain::{
    benefit::UseAction,
    continuity::partners_services,
    decided::Decided,
    id::{CompanyId, ProposalId},
    network::OrdinalScope,
    sale::{ContractState, NumberedSale, ProposalAction, Signing, SigningRefusal, next_ordinal},
};
use persistence::{
    agreement, customer,
    reference::Referred,
    registration,
    sale::{self as store, Role},
};

use super::{
    super::wire::{Contract, Signature},
    annuity, contract, introduced,
    offer::broken_at_signing,
    own_instance,
    parties::{Bound, Parties},
    proposal,
    protection::{answered_by_another, ensure_still_free, freeze, keys_of, view_on},
    today,
};
use crate::{
    agreement::counted_by,
    continuity::suspension,
    customer::commands::from_registration,
    introduction::led_to_customer,
    ledger::{self, division},
    network::policies,
    portfolio,
    problem::{Problem, Violation},
    reference,
    registration::commands::win,
    write::Work,
};

/// Signs the current version of a proposal.
pub(crate) fn sign(work: &mut Work<'_, '_>, id: ProposalId, signature: &Signature) -> Result<Contract, Problem> {
    let found = proposal::load(work, id)?;
    let state = found.state.after(ProposalAction::Sign);
    let Decided::Changed(state) = state.map_err(|wrong| Problem::state_conflict("sign", wrong.state.code()))? else {
        work.nothing_changed();
        let signed = store::contract_of(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("{id}: no contract")))?;
        return contract::with_names(work, signed);
    };
    let version = store::current_version(work.conn(), &found)?;
    let parties = Parties::of(work, &found)?;
    let mut promoters = promoters_of(work, &found, &version)?;
    let Signature { signed_on, starts_on, external_references } = signature;
    let starts_on = starts_on.unwrap_or(*signed_on);
    refuse_broken(work, &found, &parties, &promoters, &version, (*signed_on, starts_on))?;
    let inside = ensure_still_free(work, &parties, &found, (&version.promoters, &version.lines))?;
    let customer = sign_customer(work, &parties, &found)?;
    let signed =
        proposal::keep(work, store::Proposal { state, signed_on: Some(*signed_on), customer: Some(customer.id), ..found })?;
    let mut keys = keys_of(work, &signed)?;
    keys.extend(customer.identity.keys().iter().map(ToString::to_string));
    let (introductions, mut unplaced) =
        introduced::complete(work, &parties, (&signed, &version, &keys), *signed_on, &mut promoters)?;
    let made = make_contract(work, &signed, &version, &customer, (*signed_on, starts_on))?;
    freeze(work, &made, &inside)?;
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Contract, made.id.uuid(), external_references)?;
    let scope = policies(work.conn(), made.network)?.ordinal_scope;
    if let Some(bound) = &parties.bound {
        attribute(work, &made, bound, Role::Seller, made.master.into(), scope)?;
    }
    for promoter in &promoters {
        attribute(work, &made, promoter, Role::Promoter, made.seller, scope)?;
    }
    if let Some(from) = signed.registration {
        division::follow(work, &made, from)?;
    }
    own_instance::end(work, &signed, UseAction::Use)?;
    unplaced.extend(own_instance::unplaced(work, &signed)?);
    proposal::finish(work, "proposal.signed", signed)?;
    let shown = contract::finish(work, "contract.signed", made.clone())?;
    led_to_customer(work, &made, &keys, &introductions)?;
    portfolio::win(work, &made, &promoters, customer.responsible)?;
    for year in 1..=made.years {
        annuity::schedule(work, &made, &version.lines, (year, *signed_on))?;
    }
    for (agreement, reason) in &unplaced {
        ledger::unplaced::tell(work, &made, agreement, *reason)?;
    }
    Ok(shown)
}

fn promoters_of(
    work: &mut Work<'_, '_>,
    proposal: &store::Proposal,
    version: &store::ProposalVersion,
) -> Result<Vec<Bound>, Problem> {
    let mut promoters = Vec::new();
    for id in &version.promoters {
        let found = agreement::find_in_network(work.conn(), proposal.network, *id)?;
        let found = found.ok_or_else(|| Problem::internal(format!("{}: no {id}", proposal.id)))?;
        promoters.push(Bound::of(work, found)?);
    }
    Ok(promoters)
}

/// Refuses a signing that breaks rules: all of them at once.
fn refuse_broken(
    work: &mut Work<'_, '_>,
    proposal: &store::Proposal,
    parties: &Parties,
    promoters: &[Bound],
    version: &store::ProposalVersion,
    (signed_on, starts_on): (NaiveDate, NaiveDate),
) -> Result<(), Problem> {
    let signing = Signing {
        signed_on,
        starts_on,
        valid_until: proposal.valid_until,
        today: today(work, proposal.network, proposal.master)?,
        agreement_in_force: parties.bound.as_ref().map(|bound| bound.is_in_force(signed_on)),
        promoters_in_force: promoters.iter().map(|promoter| promoter.is_in_force(signed_on)).collect(),
    };
    let mut violations: Vec<Violation> =
        signing.broken_rules().into_iter().map(|refusal| refused(refusal, promoters, signed_on)).collect();
    violations.extend(parties.bound.as_ref().and_then(|bound| bound.transfer_due(signed_on)));
    violations.extend(suspension(work, parties.partner(), "")?);
    violations.extend(broken_at_signing(work, parties, signed_on, &version.lines)?);
    violations.extend(introduced::idle_at_signing(work, version)?);
    violations.extend(own_instance::not_granted(work, proposal)?);
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations)) }
}

fn refused(refusal: SigningRefusal, promoters: &[Bound], signed_on: NaiveDate) -> Violation {
    let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        SigningRefusal::InFuture { today } => at("/signed_on").with("today", today),
        SigningRefusal::RanOut { valid_until } => at("/signed_on").with("valid_until", valid_until),
        SigningRefusal::StartsBeforeSigning { signed_on } => at("/starts_on").with("signed_on", signed_on),
        SigningRefusal::AgreementNotInForce => at("/signed_on").with("day", signed_on),
        SigningRefusal::PromoterNotInForce { promoter } => {
            let agreement = promoters.get(promoter).map(|promoter| promoter.agreement.id.to_string());
            at("/signed_on").with("day", signed_on).with("agreement", agreement.unwrap_or_default())
        }
    }
}

/// The customer that signs: the registered prospect becomes one, which wins the registration, or it is one already.
fn sign_customer(work: &mut Work<'_, '_>, parties: &Parties, proposal: &store::Proposal) -> Result<customer::Customer, Problem> {
    let view = view_on(work, proposal)?;
    if let Some(id) = proposal.registration {
        let found = registration::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
        let violations = proposal::registration_violations(work, parties, &found)?;
        if !violations.is_empty() {
            return Err(Problem::invalid(violations));
        }
        let customer = from_registration(work, &found, parties.seller)?;
        win(work, &found, customer.id)?;
        return Ok(customer);
    }
    let id = proposal.customer.ok_or_else(|| Problem::internal(format!("{}: for nobody", proposal.id)))?;
    let found = customer::find(work.conn(), &view, id)?.filter(|customer| customer.responsible == parties.seller);
    found.ok_or_else(answered_by_another)
}

fn make_contract(
    work: &mut Work<'_, '_>,
    proposal: &store::Proposal,
    version: &store::ProposalVersion,
    customer: &customer::Customer,
    (signed_on, starts_on): (NaiveDate, NaiveDate),
) -> Result<store::Contract, Problem> {
    let now = work.now()?;
    let made = store::Contract {
        id: work.new_id(),
        network: proposal.network,
        master: proposal.master,
        seller: proposal.seller,
        partner: proposal.partner,
        customer: customer.id,
        customer_country: Some(customer.identity.country().code().to_owned()),
        customer_segment: customer.segment.clone(),
        proposal: proposal.id,
        number: proposal.number,
        currency: proposal.currency,
        signed_on,
        starts_on,
        years: version.years,
        state: ContractState::Active,
        ended_on: None,
        reason: None,
        at_fault: None,
        issued_with_support: proposal.issued_with_support,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let services = partners_services(version.lines.iter().map(|line| &line.duties));
    let served_by = made.partner.filter(|_| made.seller.master().is_some() && !services.is_empty());
    store::insert_contract(work.conn(), &made, served_by)?;
    Ok(made)
}

/// Freezes a partner's place in the sale: terms, stage and uplift as of the day of signing, and the sale's number (D11, D15, R39).
fn attribute(
    work: &mut Work<'_, '_>,
    contract: &store::Contract,
    bound: &Bound,
    role: Role,
    payer: CompanyId,
    scope: OrdinalScope,
) -> Result<(), Problem> {
    let attribution = attribution(work, contract, bound, (role, payer), scope)?;
    Ok(store::insert_attribution(work.conn(), &attribution)?)
}

/// A partner's place in the sale, as it is on the day of signing.
pub(crate) fn attribution(
    work: &mut Work<'_, '_>,
    contract: &store::Contract,
    bound: &Bound,
    (role, payer): (Role, CompanyId),
    scope: OrdinalScope,
) -> Result<store::Attribution, Problem> {
    let Bound { agreement: found, document, .. } = bound;
    let signed_on = contract.signed_on;
    let numbered = NumberedSale {
        network: contract.network,
        partner: found.partner,
        partnership_type: found.type_id,
        agreement: found.id,
        signed_on,
    };
    let prior = store::prior_sales(work.conn(), found.partner, found.type_id)?;
    let ordinal = next_ordinal(scope, &prior, found.id, signed_on);
    let (terms_id, document) = match counted_by(work.conn(), found, signed_on)? {
        Some((version, amended)) => (version, Cow::Owned(amended)),
        None => (found.terms_id, Cow::Borrowed(document)),
    };
    let has_promoters = !agreement::promoters_of(work.conn(), found.partner, signed_on)?.is_empty();
    Ok(store::Attribution {
        id: work.new_id(),
        network: contract.network,
        contract: contract.id,
        agreement: found.id,
        partner: found.partner,
        role,
        terms_id,
        terms_in_force: serde_json::to_string(document.as_ref()).map_err(|error| Problem::internal(error.to_string()))?,
        stage: agreement::stage_on(work.conn(), found.id, signed_on)?,
        uplift: role == Role::Seller && has_promoters,
        payer,
        counts_in: numbered.counts_in(scope),
        ordinal: ordinal.ok_or_else(|| Problem::internal(format!("{}: too many sales", found.partner)))?,
        recorded_at: contract.created_at,
    })
}
