//! What every act of a promoter asks first: whose agreement it is, whether it is in force, what its figure does, and whether the
//! company is one that it serves (R7, R9, R18 to R22, R26, D5, D6).

use chrono::NaiveDate;
use domain::{
    agreement::AgreementState,
    id::{AgreementId, CompanyId, NetworkId},
    network::Capability,
    promotion::{Promoter, PromotionRefusal, Served, broken_rules, own_refusals},
};
use persistence::{
    agreement::{self, Agreement},
    network,
};

use crate::{
    agreement::terms_of,
    calendar,
    problem::{Code, Problem, Violation},
    sale::commands::parties::Bound,
    wire,
    write::Work,
};

/// Why what was with a partner ended that failed its customers.
pub(crate) const PARTNER_FAILED: &str = "partner_failed";

/// The agreement that a promoter acts under, on the day it is where its master is.
pub(crate) struct Acting {
    pub(crate) bound: Bound,
    pub(crate) today: NaiveDate,
}

impl Acting {
    /// The caller's own agreement, named at `/agreement_id`.
    ///
    /// # Errors
    /// `not_found` for one that is not the caller's own.
    pub(crate) fn own(work: &mut Work<'_, '_>, text: &str) -> Result<Self, Problem> {
        let company = work.caller()?.company;
        let acting = Self::seen(work, text)?;
        if CompanyId::Partner(acting.bound.agreement.partner) == company { Ok(acting) } else { Err(Problem::not_found()) }
    }

    /// An agreement that the caller may see, named at `/agreement_id`.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) fn seen(work: &mut Work<'_, '_>, text: &str) -> Result<Self, Problem> {
        let id: AgreementId = wire::id(text, "/agreement_id").map_err(|violation| Problem::invalid(vec![violation]))?;
        let view = work.caller()?.view();
        let found = agreement::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
        Self::under(work, found)
    }

    /// The agreement that something was made under.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn of(work: &mut Work<'_, '_>, network: NetworkId, id: AgreementId) -> Result<Self, Problem> {
        let found = agreement::find_in_network(work.conn(), network, id)?;
        let found = found.ok_or_else(|| Problem::internal(format!("no {id}")))?;
        Self::under(work, found)
    }

    fn under(work: &mut Work<'_, '_>, found: Agreement) -> Result<Self, Problem> {
        let now = work.now()?;
        let today = calendar::today(work.conn(), found.network, found.master, now)?;
        Ok(Self { bound: Bound::of(work, found)?, today })
    }

    /// Everything that keeps the promoter from using a capability for a company on a day.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn refusals(
        &self,
        work: &mut Work<'_, '_>,
        capability: Capability,
        company: CompanyId,
        on: NaiveDate,
    ) -> Result<Vec<PromotionRefusal>, Problem> {
        let Agreement { network, counterparty, .. } = self.bound.agreement;
        // Whether a company that it does not serve contracts customers is not even looked up (D22).
        let may_serve = company.master().is_some() || company == counterparty;
        let is_network_company = may_serve && is_network_company(work, network, company, on)?;
        Ok(broken_rules(capability, self.promoter(on), Served { company, is_network_company }))
    }

    /// Whether the agreement ended because its counterparty failed its customers: what followed one of them to another company goes on
    /// all the same (R49, D19).
    pub(crate) fn ended_by_failure(&self) -> bool {
        ended_by_failure(&self.bound.agreement)
    }

    /// What keeps the promoter from using a capability on a day, whoever it is for.
    pub(crate) fn own_refusals(&self, capability: Capability, on: NaiveDate) -> Vec<PromotionRefusal> {
        own_refusals(capability, self.promoter(on))
    }

    fn promoter(&self, on: NaiveDate) -> Promoter<'_> {
        let Bound { agreement, terms, .. } = &self.bound;
        let in_force = self.bound.is_in_force(on);
        Promoter { capabilities: &terms.capabilities, in_force, counterparty: agreement.counterparty }
    }
}

/// Whether an agreement ended because one of its parties failed its customers.
pub(crate) fn ended_by_failure(agreement: &Agreement) -> bool {
    agreement.state == AgreementState::Terminated && agreement.reason.as_deref() == Some(PARTNER_FAILED)
}

/// Whether a company is a network company on a day: a master, or a partner whose agreement in force lets it contract customers (D6).
fn is_network_company(work: &mut Work<'_, '_>, network: NetworkId, company: CompanyId, on: NaiveDate) -> Result<bool, Problem> {
    let partner = match company {
        CompanyId::Master(id) => return Ok(network::find_master(work.conn(), network, id)?.is_some()),
        CompanyId::Partner(id) => id,
    };
    for held in agreement::in_force_of(work.conn(), partner, on)? {
        if terms_of(work.conn(), &held)?.1.contracts_customers {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where in a request the agreement and the company stand; empty where it names none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pointers {
    pub(crate) agreement: &'static str,
    pub(crate) company: &'static str,
}

impl Pointers {
    /// A body that names both.
    pub(crate) const BODY: Self = Self { agreement: "/agreement_id", company: "/company_id" };
    /// An action, whose body names none.
    pub(crate) const ACTION: Self = Self { agreement: "", company: "" };
}

/// What keeps a promoter from something, as an answer says it.
pub(crate) fn violations(refusals: &[PromotionRefusal], at: Pointers, on: NaiveDate) -> Vec<Violation> {
    let violation = |refusal: &PromotionRefusal| {
        let pointer = match refusal {
            PromotionRefusal::CapabilityMissing { .. } | PromotionRefusal::AgreementNotInForce => at.agreement,
            PromotionRefusal::NotServed | PromotionRefusal::NotANetworkCompany => at.company,
        };
        let violation = Violation::at(pointer, refusal.code()).rule(refusal.rule()).with("day", on);
        match refusal {
            PromotionRefusal::CapabilityMissing { capability, allowed } => {
                let allowed: Vec<&str> = allowed.iter().map(|capability| capability.code()).collect();
                let allowed = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
                violation.with("capability", capability.code()).with("allowed", allowed)
            }
            PromotionRefusal::AgreementNotInForce | PromotionRefusal::NotServed | PromotionRefusal::NotANetworkCompany => {
                violation
            }
        }
    };
    refusals.iter().map(violation).collect()
}

/// Who may see something does not therefore decide it.
///
/// # Errors
/// `forbidden` for any other company than `company`.
pub(crate) fn only(work: &Work<'_, '_>, company: CompanyId) -> Result<(), Problem> {
    if work.caller()?.company == company { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
}
