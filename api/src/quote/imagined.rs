//! A sale that nobody made: its parties, its contract and who would earn by it, found as signing finds them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, CustomerId, LineId, ProposalId},
    money::Currency,
    network::{OrdinalScope, RuleKind},
    sale::ContractState,
};
use persistence::{
    agreement, customer, registration,
    sale::{self as store, Role},
};

use super::wire::NewQuote;
use crate::{
    ledger::contract_year::ContractYear,
    network::policies,
    problem::{Problem, Violation},
    sale::commands::{
        annuity, attribution,
        offer::{self, Asked, Offer},
        parties::{Bound, Parties},
        proposal::registration_violations,
        protection::{Inside, Offered, ensure_free},
        today,
    },
    wire,
    write::Work,
};

/// A sale as it would be signed.
pub(super) struct Imagined {
    contract: store::Contract,
    lines: Vec<store::Line>,
    /// The lines that would be sold inside another's protection (R36).
    protected: BTreeSet<LineId>,
    attributions: Vec<store::Attribution>,
}

/// Who would sign.
struct Signer {
    /// The customer, where it is one already.
    id: Option<CustomerId>,
    country: String,
    segment: Option<String>,
}

/// Who would take part in a sale.
struct Cast {
    /// As whose sale the lines are read and held against the rules.
    reads_as: Parties,
    /// The company that would contract the customer.
    seller: CompanyId,
    /// The agreement of the partner that would sell or bring the sale.
    bound: Option<Bound>,
    /// The promoter that asks what it would earn by a sale of the reseller it serves (R26).
    promoter: Option<Bound>,
}

impl Imagined {
    /// Reads what the sale would be; everything that is wrong with it is refused at once.
    pub(super) fn read(work: &mut Work<'_, '_>, new: &NewQuote) -> Result<Self, Problem> {
        let cast = Cast::read(work, new)?;
        let parties = &cast.reads_as;
        let day = match new.signed_on {
            Some(day) => day,
            None => today(work, parties.network, parties.master)?,
        };
        let mut violations = cast.violations(day);
        let currency = wire::currency(&new.currency, "/currency").map_err(|violation| Problem::invalid(vec![violation]))?;
        let asked = Asked { years: new.years, promoters: &new.promoters, introductions: &[], lines: &new.lines };
        let offer = offer::read(work, parties, (currency, day), &asked, &mut violations)?;
        let (customer, inside) = read_prospect(work, &cast, new, &offer, &mut violations)?;
        if !violations.is_empty() {
            return Err(Problem::invalid(violations));
        }
        let Offer { years, promoters, introductions: _, lines } = offer;
        let contract = cast.contract(work, customer, (currency, day, years))?;
        let mut named = Vec::new();
        for id in promoters {
            let found = agreement::find_in_network(work.conn(), contract.network, id)?;
            let found = found.ok_or_else(|| Problem::internal(format!("no {id}")))?;
            named.push(Bound::of(work, found)?);
        }
        let attributions = cast.attributions(work, &contract, &named, new.ordinal)?;
        let protected = inside.iter().map(|inside| inside.line).collect();
        Ok(Self { contract, lines, protected, attributions })
    }

    /// What the sale would come to in each of its contract years.
    pub(super) fn contract_years(&self, work: &mut Work<'_, '_>) -> Result<Vec<ContractYear>, Problem> {
        let mut years = Vec::new();
        for year in 1..=self.contract.years {
            let annuity = annuity::scheduled(work, &self.contract, &self.lines, year)?;
            years.push(ContractYear::of(
                work.conn(),
                self.contract.clone(),
                annuity,
                (&self.lines, &self.protected),
                self.attributions.clone(),
            )?);
        }
        Ok(years)
    }

    /// The company that would contract the customer.
    pub(super) const fn seller(&self) -> CompanyId {
        self.contract.seller
    }

    /// The day it would be signed.
    pub(super) const fn signed_on(&self) -> NaiveDate {
        self.contract.signed_on
    }

    /// The currency of its prices.
    pub(super) const fn currency(&self) -> Currency {
        self.contract.currency
    }
}

impl Cast {
    fn read(work: &mut Work<'_, '_>, new: &NewQuote) -> Result<Self, Problem> {
        let parties = Parties::named(work, new.agreement_id.as_deref())?;
        let Parties { network, master, seller, bound } = parties;
        let reads_as = |bound| Parties { network, master, seller, bound };
        let Some(own) = bound else {
            return Ok(Self { reads_as: reads_as(None), seller, bound: None, promoter: None });
        };
        let served = own.agreement.counterparty.partner().filter(|_| !own.terms.contracts_customers);
        let Some(reseller) = served else {
            let again = Bound::of(work, own.agreement.clone())?;
            return Ok(Self { reads_as: reads_as(Some(own)), seller, bound: Some(again), promoter: None });
        };
        // A promoter learns neither the stage nor the items of the reseller that it serves: its lines are held against what any
        // sale of the network may have (D22).
        Ok(Self { reads_as: reads_as(None), seller: reseller.into(), bound: None, promoter: Some(own) })
    }

    fn violations(&self, day: NaiveDate) -> Vec<Violation> {
        match &self.promoter {
            Some(own) if !own.is_in_force(day) => {
                vec![Violation::at("/agreement_id", "agreement_not_in_force").rule("R7").with("day", day)]
            }
            Some(_) => Vec::new(),
            None => self.reads_as.violations(day),
        }
    }

    /// The company whose sale it would be: the partner that sells or brings it, or the master that sells by itself.
    fn company(&self) -> CompanyId {
        let partner = self.promoter.as_ref().or(self.bound.as_ref()).map(|bound| bound.agreement.partner);
        partner.map_or(self.seller, CompanyId::Partner)
    }

    fn contract(
        &self,
        work: &mut Work<'_, '_>,
        customer: Option<Signer>,
        (currency, signed_on, years): (Currency, NaiveDate, u32),
    ) -> Result<store::Contract, Problem> {
        let proposal: ProposalId = work.new_id();
        let (country, segment) = customer.as_ref().map_or((None, None), |of| (Some(of.country.clone()), of.segment.clone()));
        let now = work.now()?;
        Ok(store::Contract {
            id: work.new_id(),
            network: self.reads_as.network,
            master: self.reads_as.master,
            seller: self.seller,
            partner: self.bound.as_ref().map(|bound| bound.agreement.partner).or(self.seller.partner()),
            customer: customer.and_then(|of| of.id).unwrap_or_else(|| work.new_id()),
            customer_country: country,
            customer_segment: segment,
            proposal,
            number: 1,
            currency,
            signed_on,
            starts_on: signed_on,
            years,
            state: ContractState::Active,
            ended_on: None,
            reason: None,
            at_fault: None,
            issued_with_support: false,
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// Everybody's place in the sale, with the number that it would have, or is assumed to.
    fn attributions(
        &self,
        work: &mut Work<'_, '_>,
        contract: &store::Contract,
        named: &[Bound],
        assumed: Option<u32>,
    ) -> Result<Vec<store::Attribution>, Problem> {
        let scope = policies(work.conn(), contract.network)?.ordinal_scope;
        let mut places = Vec::new();
        let (as_seller, as_promoter) = ((Role::Seller, contract.master.into()), (Role::Promoter, contract.seller));
        if let Some(bound) = &self.bound {
            places.push(assume(attribution(work, contract, bound, as_seller, scope)?, assumed));
        }
        if let Some(promoter) = &self.promoter {
            places.extend(reseller_of(work, contract, scope)?);
            places.push(assume(attribution(work, contract, promoter, as_promoter, scope)?, assumed));
        }
        for promoter in named {
            places.push(attribution(work, contract, promoter, as_promoter, scope)?);
        }
        Ok(places)
    }
}

fn assume(place: store::Attribution, assumed: Option<u32>) -> store::Attribution {
    store::Attribution { ordinal: assumed.unwrap_or(place.ordinal), ..place }
}

/// The place of the reseller that a promoter serves, where it could sell on the day: a promoter's commission may be a part of its
/// margin (D16).
fn reseller_of(
    work: &mut Work<'_, '_>,
    contract: &store::Contract,
    scope: OrdinalScope,
) -> Result<Option<store::Attribution>, Problem> {
    let Some(reseller) = contract.seller.partner() else { return Ok(None) };
    for found in agreement::in_force_of(work.conn(), reseller, contract.signed_on)? {
        let bound = Bound::of(work, found)?;
        let sells = bound.terms.contracts_customers && bound.terms.rules.iter().any(|rule| rule.kind != RuleKind::Commission);
        let staged = agreement::stage_on(work.conn(), bound.agreement.id, contract.signed_on)?.is_some();
        if sells && (staged || bound.terms.stages.is_empty()) {
            let place = attribution(work, contract, &bound, (Role::Seller, contract.master.into()), scope)?;
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Whom the sale would be to, where that is said, and which of its lines a master lets be sold inside another's protection. The
/// prospect has to be free for the company that asks (R36), or its own by a registration.
fn read_prospect(
    work: &mut Work<'_, '_>,
    cast: &Cast,
    new: &NewQuote,
    offer: &Offer,
    violations: &mut Vec<Violation>,
) -> Result<(Option<Signer>, Vec<Inside>), Problem> {
    let refused = |violation| Problem::invalid(vec![violation]);
    let (view, parties) = (work.caller()?.view(), &cast.reads_as);
    let (keys, customer) = match (&new.registration_id, &new.customer_id) {
        (None, None) => return Ok((None, Vec::new())),
        (Some(_), Some(_)) => {
            violations.push(Violation::at("/registration_id", "registration_or_customer").rule("R35"));
            return Ok((None, Vec::new()));
        }
        (Some(text), None) => {
            let id = wire::id(text, "/registration_id").map_err(refused)?;
            let found = registration::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
            violations.extend(registration_violations(work, parties, &found)?);
            let country = found.prospect.country().code().to_owned();
            (found.keys(), Signer { id: None, country, segment: None })
        }
        (None, Some(text)) => {
            let id = wire::id(text, "/customer_id").map_err(refused)?;
            let found = customer::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
            if found.responsible != parties.seller {
                violations.push(Violation::at("/customer_id", "customer_answered_by_another").rule("R51"));
            }
            let country = found.identity.country().code().to_owned();
            let keys = found.identity.keys().iter().map(ToString::to_string).collect();
            (keys, Signer { id: Some(id), country, segment: found.segment })
        }
    };
    let offered = Offered { company: cast.company(), promoters: &offer.promoters, lines: &offer.lines };
    let inside = ensure_free(work, parties.network, &keys, offered)?;
    Ok((Some(customer), inside))
}
