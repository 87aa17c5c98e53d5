//! Who takes over each thing of the partner's, by the plan and what it names somebody else for.

use std::collections::BTreeMap;

use domain::{
    continuity::Protections,
    id::{CompanyId, CustomerId, RegistrationId},
};
use persistence::{
    continuity::{self as store, Assignment, Plan, ProspectAssignment},
    db::Conn,
    sale::Proposal,
};

use super::plan::Taker;
use crate::problem::Problem;

/// By whom something is offered, and to whom: a protected prospect, or a customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offered {
    pub(super) seller: CompanyId,
    pub(super) registration: Option<RegistrationId>,
    pub(super) customer: Option<CustomerId>,
}

impl From<&Proposal> for Offered {
    fn from(proposal: &Proposal) -> Self {
        let Proposal { seller, registration, customer, .. } = proposal;
        Self { seller: *seller, registration: *registration, customer: *customer }
    }
}

/// The plan of a case, with the customers and the protected prospects that it names somebody else for.
pub(super) struct Takers {
    plan: Plan,
    masters_own: Taker,
    customers: BTreeMap<CustomerId, Taker>,
    prospects: BTreeMap<RegistrationId, Taker>,
}

impl Takers {
    /// All of them.
    pub(super) fn of(conn: &mut Conn, case: &store::Case, plan: Plan) -> Result<Self, Problem> {
        let assigned = store::assignments_of(conn, case)?;
        Self::with(conn, case, plan, assigned)
    }

    /// As far as these customers are concerned.
    pub(super) fn among(conn: &mut Conn, case: &store::Case, plan: Plan, customers: &[CustomerId]) -> Result<Self, Problem> {
        let assigned = store::assignments_among(conn, case, customers)?;
        Self::with(conn, case, plan, assigned)
    }

    fn with(conn: &mut Conn, case: &store::Case, plan: Plan, customers: Vec<Assignment>) -> Result<Self, Problem> {
        let customers = customers.into_iter().map(|Assignment { customer, company, agreement }| (customer, (company, agreement)));
        let prospects = store::prospects_of(conn, case)?.into_iter().map(|assigned| {
            let ProspectAssignment { registration, company, agreement } = assigned;
            (registration, (company, agreement))
        });
        let (customers, prospects) = (customers.collect(), prospects.collect());
        Ok(Self { plan, masters_own: (case.master.into(), None), customers, prospects })
    }

    /// Whoever takes over all that no assignment names.
    pub(super) const fn rest(&self) -> Taker {
        (self.plan.company, self.plan.agreement)
    }

    /// Who takes over a customer with all that hangs on it.
    pub(super) fn of_customer(&self, customer: CustomerId) -> Taker {
        self.customers.get(&customer).copied().unwrap_or(self.rest())
    }

    /// The partner that has a protection from now on; none where it ends, as it does with a master (R36).
    pub(super) fn of_protection(&self, registration: RegistrationId) -> Option<Taker> {
        let named = self.named_for(registration);
        let taker = named.or_else(|| (self.plan.protections == Protections::Transfer).then(|| self.rest()));
        taker.filter(|(company, _)| matches!(company, CompanyId::Partner(_)))
    }

    /// Who is named for a protected prospect by itself.
    pub(super) fn named_for(&self, registration: RegistrationId) -> Option<Taker> {
        self.prospects.get(&registration).copied()
    }

    /// Who offers what a proposal offers from now on. What a master would have contracted is its own already (R11), unless another
    /// partner is to have the prospect: then nobody else can offer it anything (R35).
    pub(super) fn of_proposal(&self, offered: Offered) -> Taker {
        let Offered { seller, registration, customer } = offered;
        if seller.master().is_some() {
            return registration.and_then(|id| self.of_protection(id)).unwrap_or(self.masters_own);
        }
        let by_prospect = registration.and_then(|id| self.named_for(id));
        let by_customer = customer.map(|id| self.of_customer(id));
        by_prospect.or(by_customer).unwrap_or(self.rest())
    }

    /// Every partner that takes something over.
    pub(super) fn all(&self) -> impl Iterator<Item = Taker> {
        let named = self.customers.values().chain(self.prospects.values()).copied();
        std::iter::once(self.rest()).chain(named)
    }
}
