//! What a sub-network costs its reseller in commissions, and what it brings it by the uplift (R45 to R47).

use std::{cmp::Ordering, collections::BTreeMap};

use crate::{
    commission::offset_ratio,
    id::AgreementId,
    money::{Currency, Decimal, Money},
};

/// What one whole contract year of a reseller's sale comes to for its sub-network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotedYear {
    /// What the reseller owes promoters for it, by their agreements (R47).
    pub commissions: Vec<(AgreementId, Money)>,
    /// The part of its margin that the sub-network brought (R45, D15).
    pub uplift: Money,
}

/// What the years in one currency come to. Currencies are never added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyFigures {
    /// What the reseller owes its promoters.
    pub commissions: Money,
    /// What the sub-network brought it.
    pub uplift: Money,
    /// Which part of the commissions the uplift offsets (R46), to six digits; none where they cost nothing.
    pub offset_ratio: Option<Decimal>,
}

/// The sums of some years in each currency, in the order of the currencies' codes. `None` where they are larger than money can be.
#[must_use]
pub fn figures(years: &[PromotedYear]) -> Option<Vec<CurrencyFigures>> {
    let mut sums: BTreeMap<&'static str, (Currency, Money, Money)> = BTreeMap::new();
    for year in years {
        let currency = year.uplift.currency();
        let nothing = (currency, Money::zero(currency), Money::zero(currency));
        let (_, commissions, uplift) = sums.entry(currency.code()).or_insert(nothing);
        *uplift = uplift.checked_add(year.uplift)?;
        for (_, commission) in &year.commissions {
            *commissions = commissions.checked_add(*commission)?;
        }
    }
    let told = sums.into_values().map(|(_, commissions, uplift)| {
        let offset_ratio = match commissions.sign() {
            Ordering::Greater => Some(offset_ratio(uplift, commissions)?),
            Ordering::Equal | Ordering::Less => None,
        };
        Some(CurrencyFigures { commissions, uplift, offset_ratio })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(commissions: &[&str], uplift: &str, currency: Currency) -> PromotedYear {
        let id: AgreementId = "agreement_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap();
        let money = |text: &str| Money::parse(text, currency).unwrap();
        PromotedYear { commissions: commissions.iter().map(|text| (id, money(text))).collect(), uplift: money(uplift) }
    }

    fn told(years: &[PromotedYear]) -> Vec<(String, String, Option<String>)> {
        let text = |it: CurrencyFigures| {
            (it.commissions.to_string(), it.uplift.to_string(), it.offset_ratio.map(|ratio| ratio.to_string()))
        };
        figures(years).unwrap().into_iter().map(text).collect()
    }

    #[test]
    fn r46_the_uplift_offsets_a_part_of_the_commissions_of_its_own_currency() {
        let (eur, brl) = (Currency::EUR, "BRL".parse().unwrap());
        let years = [
            year(&["100.00"], "50.00", eur),
            year(&["20.00", "30.00"], "25.00", brl),
            year(&["50.00"], "0.00", eur),
            year(&[], "12.50", eur),
        ];
        let expected = [("50.00", "25.00", "0.5"), ("150.00", "62.50", "0.416667")];
        let expected =
            expected.map(|(commissions, uplift, ratio)| (commissions.to_owned(), uplift.to_owned(), Some(ratio.to_owned())));
        assert_eq!(told(&years), expected);
    }

    #[test]
    fn without_commissions_there_is_nothing_to_offset() {
        assert_eq!(told(&[year(&[], "50.00", Currency::EUR)]), [("0.00".to_owned(), "50.00".to_owned(), None)]);
        assert_eq!(told(&[]), []);
    }
}
