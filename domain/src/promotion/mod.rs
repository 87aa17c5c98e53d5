//! What a promoter's figure lets it do, for which company and when (R9, R18 to R22, R26, D5, D6).
//!
//! Introductions, follow-ups, portfolios and projects have rooms of their own; whether a promoter may have a part in one of them is
//! asked here, for all of them.

use std::collections::BTreeSet;

use crate::{id::CompanyId, network::Capability};

/// A promoter on a day, by the agreement that it acts under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promoter<'a> {
    /// What its terms let it do, special ones included.
    pub capabilities: &'a BTreeSet<Capability>,
    /// Whether the agreement is in force on the day (R7).
    pub in_force: bool,
    /// The other party of the agreement.
    pub counterparty: CompanyId,
}

/// The company that a promoter works with on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// The company.
    pub company: CompanyId,
    /// Whether it is a network company on the day: a master, or a partner whose agreement in force lets it contract customers (D6).
    pub is_network_company: bool,
}

/// Why a promoter cannot do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromotionRefusal {
    /// Its figure does not do that (R18 to R22).
    CapabilityMissing {
        /// What it lacks.
        capability: Capability,
        /// What its terms let it do.
        allowed: BTreeSet<Capability>,
    },
    /// Its agreement is not in force (R7).
    AgreementNotInForce,
    /// It serves the other party of its agreement and the masters, and nobody else (R26, D5). Said of a company that does not exist
    /// as well (D22).
    NotServed,
    /// The company contracts no customers now (D6).
    NotANetworkCompany,
}

impl PromotionRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CapabilityMissing { .. } => "capability_missing",
            Self::AgreementNotInForce => "agreement_not_in_force",
            Self::NotServed => "company_not_served",
            Self::NotANetworkCompany => "not_a_network_company",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::CapabilityMissing { capability, .. } => capability.rule(),
            Self::AgreementNotInForce => "R7",
            Self::NotServed => "R26",
            Self::NotANetworkCompany => "D6",
        }
    }
}

/// Everything that keeps a promoter from using a capability of its figure for a company; nothing where it may.
#[must_use]
pub fn broken_rules(capability: Capability, promoter: Promoter<'_>, served: Served) -> Vec<PromotionRefusal> {
    let mut refusals = own_refusals(capability, promoter);
    // A master pays whoever promotes for it; a reseller has promoters of its own (D5).
    if served.company.master().is_none() && served.company != promoter.counterparty {
        refusals.push(PromotionRefusal::NotServed);
    } else if !served.is_network_company {
        refusals.push(PromotionRefusal::NotANetworkCompany);
    }
    refusals
}

/// What keeps a promoter from using a capability of its figure, whoever it is for.
#[must_use]
pub fn own_refusals(capability: Capability, promoter: Promoter<'_>) -> Vec<PromotionRefusal> {
    let Promoter { capabilities, in_force, counterparty: _ } = promoter;
    let lacks = !capabilities.contains(&capability);
    let missing = lacks.then(|| PromotionRefusal::CapabilityMissing { capability, allowed: capabilities.clone() });
    let idle = (!in_force).then_some(PromotionRefusal::AgreementNotInForce);
    missing.into_iter().chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reseller(last: char) -> CompanyId {
        CompanyId::Partner(format!("partner_01h2xcejqtf2nbrexx3vqjhp4{last}").parse().unwrap())
    }

    fn master() -> CompanyId {
        CompanyId::Master("master_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap())
    }

    fn broken(
        capabilities: &[Capability],
        in_force: bool,
        company: CompanyId,
        is_network_company: bool,
    ) -> Vec<PromotionRefusal> {
        let capabilities = capabilities.iter().copied().collect();
        let promoter = Promoter { capabilities: &capabilities, in_force, counterparty: reseller('1') };
        broken_rules(Capability::Introductions, promoter, Served { company, is_network_company })
    }

    #[test]
    fn a_figure_does_exactly_what_its_terms_let_it() {
        for capability in Capability::ALL {
            let capabilities = [capability].into();
            let promoter = Promoter { capabilities: &capabilities, in_force: true, counterparty: master() };
            let served = Served { company: master(), is_network_company: true };
            for asked in Capability::ALL {
                let missing = PromotionRefusal::CapabilityMissing { capability: asked, allowed: capabilities.clone() };
                let expected = if asked == capability { vec![] } else { vec![missing] };
                assert_eq!(broken_rules(asked, promoter, served), expected, "{capability:?} {asked:?}");
            }
        }
    }

    #[test]
    fn a_promoter_serves_its_reseller_and_the_masters_and_nobody_else() {
        let broken = |company, network_company| broken(&[Capability::Introductions], true, company, network_company);
        assert_eq!(broken(reseller('1'), true), []);
        assert_eq!(broken(master(), true), []);
        assert_eq!(broken(reseller('2'), true), [PromotionRefusal::NotServed]);
        // Whether somebody else contracts customers is none of its business (D22).
        assert_eq!(broken(reseller('2'), false), [PromotionRefusal::NotServed]);
        assert_eq!(broken(reseller('1'), false), [PromotionRefusal::NotANetworkCompany]);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let codes: Vec<_> = broken(&[], false, reseller('2'), true).iter().map(|it| (it.code(), it.rule())).collect();
        assert_eq!(codes, [("capability_missing", "R18"), ("agreement_not_in_force", "R7"), ("company_not_served", "R26")]);
    }
}
