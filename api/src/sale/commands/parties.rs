//! Whose sale it is: who contracts the customer, and by which agreement a partner takes part.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    agreement::StateHistory,
    id::{AgreementId, CompanyId, MasterId, NetworkId, PartnerId},
    network::{Duty, Requirement, Side, Terms},
    sale::SaleTerms,
};
use persistence::{
    agreement::{self, Agreement},
    db::Conn,
    partner, sale as store, transfer,
};

use crate::{
    agreement::terms_of,
    network::definition::TermsDocument,
    problem::{Problem, Violation},
    qualification, wire,
    write::Work,
};

/// An agreement with its terms, special ones applied, and what it was on each day.
pub(crate) struct Bound {
    pub(crate) agreement: Agreement,
    pub(crate) document: TermsDocument,
    pub(crate) terms: Terms,
    states: StateHistory,
    /// The first day of the agreement that is to take its place.
    taken_from: Option<NaiveDate>,
}

impl Bound {
    /// Reads the terms and the states of an agreement.
    pub(crate) fn of(work: &mut Work<'_, '_>, agreement: Agreement) -> Result<Self, Problem> {
        Self::read(work.conn(), agreement)
    }

    fn read(conn: &mut Conn, agreement: Agreement) -> Result<Self, Problem> {
        let (document, terms) = terms_of(conn, &agreement)?;
        let states = agreement::history_of(conn, agreement.id)?;
        let taken_from = transfer::place_taken_from(conn, agreement.partner, agreement.id)?;
        Ok(Self { agreement, document, terms, states, taken_from })
    }

    /// Whether the agreement has its effects on a day, or had them then (R7): from the day of a transfer on it has none, and be it that
    /// something holds the transfer up (D4).
    pub(crate) fn is_in_force(&self, on: NaiveDate) -> bool {
        self.states.is_in_force(self.agreement.validity(), on) && self.taken_from.is_none_or(|from| on < from)
    }

    /// What is told of a day on which another agreement is to have taken its place, and has not.
    pub(crate) fn transfer_due(&self, on: NaiveDate) -> Option<Violation> {
        let from = self.taken_from.filter(|from| *from <= on)?;
        Some(Violation::at("/agreement_id", "transfer_is_due").rule("D4").with("from", from))
    }
}

/// The parties of a sale.
pub(crate) struct Parties {
    pub(crate) network: NetworkId,
    /// The master that supervises it.
    pub(crate) master: MasterId,
    /// The company that contracts the customer (R11, R13).
    pub(crate) seller: CompanyId,
    /// The agreement by which a partner sells or brings the sale; none where a master sells by itself (D7).
    pub(crate) bound: Option<Bound>,
}

impl Parties {
    /// The parties of a sale under an agreement that the caller names.
    ///
    /// # Errors
    /// `not_found` for an agreement that the caller may not see, or that is another partner's.
    pub(crate) fn named(work: &mut Work<'_, '_>, agreement_id: Option<&str>) -> Result<Self, Problem> {
        let caller = work.caller()?;
        let (network, company, view) = (caller.network, caller.company, caller.view());
        let Some(text) = agreement_id else {
            let master = match company {
                CompanyId::Master(master) => master,
                CompanyId::Partner(id) => partner::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?.master,
            };
            return Ok(Self { network, master, seller: company, bound: None });
        };
        let id: AgreementId = wire::id(text, "/agreement_id").map_err(|violation| Problem::invalid(vec![violation]))?;
        let found = agreement::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
        if company.partner().is_some_and(|partner| partner != found.partner) {
            return Err(Problem::not_found());
        }
        Ok(Self::bound_by(Bound::of(work, found)?))
    }

    /// The parties of a proposal.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn of(work: &mut Work<'_, '_>, proposal: &store::Proposal) -> Result<Self, Problem> {
        let store::Proposal { id, network, master, seller, agreement, .. } = proposal;
        // A partner's own instance is the master's sale: nobody brought it (R84).
        let Some(agreement) = agreement.filter(|_| proposal.benefit.is_none()) else {
            return Ok(Self { network: *network, master: *master, seller: *seller, bound: None });
        };
        let found = agreement::find_in_network(work.conn(), *network, agreement)?;
        let found = found.ok_or_else(|| Problem::internal(format!("{id}: no {agreement}")))?;
        let bound = Bound::of(work, found)?;
        // Who contracts was decided when the proposal was made.
        Ok(Self { seller: *seller, ..Self::bound_by(bound) })
    }

    /// The parties of a sale of a company that takes it over: a partner under its agreement, or the master itself.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn taking_over(
        conn: &mut Conn,
        (network, master): (NetworkId, MasterId),
        agreement: Option<AgreementId>,
    ) -> Result<Self, Problem> {
        let Some(id) = agreement else { return Ok(Self { network, master, seller: master.into(), bound: None }) };
        let found = agreement::find_in_network(conn, network, id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
        Ok(Self::bound_by(Bound::read(conn, found)?))
    }

    fn bound_by(bound: Bound) -> Self {
        let Agreement { network, master, partner, .. } = bound.agreement;
        let seller = if bound.terms.contracts_customers { CompanyId::Partner(partner) } else { CompanyId::Master(master) };
        Self { network, master, seller, bound: Some(bound) }
    }

    /// The partner that sells or brings the sale.
    pub(crate) fn partner(&self) -> Option<PartnerId> {
        self.bound.as_ref().map(|bound| bound.agreement.partner)
    }

    /// The side that contracts the customer.
    pub(crate) const fn side(&self) -> Side {
        match self.seller {
            CompanyId::Master(_) => Side::Master,
            CompanyId::Partner(_) => Side::Partner,
        }
    }

    /// The stage that the agreement has on a day (R39).
    pub(crate) fn stage_on(&self, conn: &mut Conn, on: NaiveDate) -> Result<Option<String>, Problem> {
        let Some(bound) = &self.bound else { return Ok(None) };
        Ok(agreement::stage_on(conn, bound.agreement.id, on)?)
    }

    /// The duties that are closed to the partner on a day, because it is not qualified for them (R64, R72).
    pub(crate) fn closed_on(&self, conn: &mut Conn, on: NaiveDate) -> Result<BTreeMap<Duty, Requirement>, Problem> {
        let Some(Bound { agreement, terms, .. }) = &self.bound else { return Ok(BTreeMap::new()) };
        qualification::closed_duties(conn, (agreement.network, agreement.partner), terms, on)
    }

    /// What the rules of sales ask of the agreement.
    pub(crate) fn sale_terms<'a>(
        &'a self,
        stage: Option<&'a str>,
        closed: &'a BTreeMap<Duty, Requirement>,
    ) -> Option<SaleTerms<'a>> {
        self.bound.as_ref().map(|bound| SaleTerms { terms: &bound.terms, stage, closed })
    }

    /// What keeps the agreement from bringing a sale on a day.
    pub(crate) fn violations(&self, on: NaiveDate) -> Vec<Violation> {
        let Some(bound) = &self.bound else { return Vec::new() };
        let idle = (!bound.is_in_force(on)).then(|| not_in_force("/agreement_id", "agreement_not_in_force", on));
        // A promoter serves its reseller, which names it on its own proposals (R26).
        let served = bound.agreement.counterparty.partner().filter(|_| !bound.terms.contracts_customers);
        let serves = served.map(|_| Violation::at("/agreement_id", "sells_through_counterparty").rule("R26"));
        let none = sells_nothing(&bound.terms);
        idle.into_iter().chain(bound.transfer_due(on)).chain(none.or(serves)).collect()
    }
}

/// Why no sale, and so no prospect either, is its partner's under terms that bring none (R22).
pub(crate) fn sells_nothing(terms: &Terms) -> Option<Violation> {
    (!terms.brings_sales()).then(|| Violation::at("/agreement_id", "sells_nothing").rule("R22"))
}

/// An agreement has no effect on a day.
pub(crate) fn not_in_force(pointer: impl Into<String>, code: &'static str, on: NaiveDate) -> Violation {
    Violation::at(pointer, code).rule("R7").with("day", on)
}
