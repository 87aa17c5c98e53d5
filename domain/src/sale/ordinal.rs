//! The number of a sale among a partner's sales, frozen at signing (D11).

use chrono::{Datelike, NaiveDate};

use crate::{
    id::{AgreementId, NetworkId, PartnerId, PartnershipTypeId},
    network::OrdinalScope,
};

/// A sale that is to be numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedSale {
    /// The network.
    pub network: NetworkId,
    /// The partner whose sale it is.
    pub partner: PartnerId,
    /// The type of its agreement.
    pub partnership_type: PartnershipTypeId,
    /// The agreement.
    pub agreement: AgreementId,
    /// The day it was signed.
    pub signed_on: NaiveDate,
}

impl NumberedSale {
    /// What its ordinal is a number in: no two sales have one ordinal in the same (D11).
    #[must_use]
    pub fn counts_in(&self, scope: OrdinalScope) -> String {
        let Self { network, partner, partnership_type, agreement, signed_on } = self;
        let life = format!("{network}:{partner}:{partnership_type}");
        match scope {
            OrdinalScope::Partner => life,
            OrdinalScope::Agreement => format!("{life}:{agreement}"),
            OrdinalScope::Year => format!("{life}:{}", signed_on.year()),
        }
    }
}

/// A sale that a partner signed before, under an agreement of the same type in the same network. Cancelled ones are among them:
/// a cancellation does not renumber (D11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriorSale {
    /// The agreement it was signed under.
    pub agreement: AgreementId,
    /// The day it was signed.
    pub signed_on: NaiveDate,
}

/// The ordinal of a sale signed now, counted from 1 (D11). `None` when there are more sales than can be counted.
#[must_use]
pub fn next_ordinal(scope: OrdinalScope, prior: &[PriorSale], agreement: AgreementId, signed_on: NaiveDate) -> Option<u32> {
    let counts = |sale: &&PriorSale| match scope {
        OrdinalScope::Partner => true,
        OrdinalScope::Agreement => sale.agreement == agreement,
        OrdinalScope::Year => sale.signed_on.year() == signed_on.year(),
    };
    u32::try_from(prior.iter().filter(counts).count()).ok()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinal_is_a_number_in_the_networks_scope() {
        let sale = NumberedSale {
            network: "network_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap(),
            partner: "partner_01h2xcejqtf2nbrexx3vqjhp42".parse().unwrap(),
            partnership_type: "ptype_01h2xcejqtf2nbrexx3vqjhp43".parse().unwrap(),
            agreement: "agreement_01h2xcejqtf2nbrexx3vqjhp44".parse().unwrap(),
            signed_on: "2026-07-01".parse().unwrap(),
        };
        let life =
            "network_01h2xcejqtf2nbrexx3vqjhp41:partner_01h2xcejqtf2nbrexx3vqjhp42:ptype_01h2xcejqtf2nbrexx3vqjhp43".to_owned();
        assert_eq!(sale.counts_in(OrdinalScope::Partner), life);
        assert_eq!(sale.counts_in(OrdinalScope::Agreement), format!("{life}:agreement_01h2xcejqtf2nbrexx3vqjhp44"));
        assert_eq!(sale.counts_in(OrdinalScope::Year), format!("{life}:2026"));
    }

    #[test]
    fn the_ordinal_counts_the_sales_of_the_networks_scope() {
        let agreement = |last| format!("agreement_01h2xcejqtf2nbrexx3vqjhp4{last}").parse().unwrap();
        let sale = |last, day: &str| PriorSale { agreement: agreement(last), signed_on: day.parse().unwrap() };
        let prior = [sale('1', "2025-06-30"), sale('1', "2025-12-31"), sale('2', "2026-01-01")];
        let today = "2026-07-01".parse().unwrap();
        let next = |scope| next_ordinal(scope, &prior, agreement('1'), today);
        assert_eq!(next(OrdinalScope::Partner), Some(4));
        assert_eq!(next(OrdinalScope::Agreement), Some(3));
        assert_eq!(next(OrdinalScope::Year), Some(2));
        assert_eq!(next_ordinal(OrdinalScope::Partner, &[], agreement('1'), today), Some(1));
    }
}
