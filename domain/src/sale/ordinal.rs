//! The number of a sale among a partner's sales, frozen at signing (D11).

use chrono::{Datelike, NaiveDate};

use crate::{id::AgreementId, network::OrdinalScope};

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
