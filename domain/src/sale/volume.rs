//! Which sales add up to one volume, for tiers that stand on more than one sale.

use chrono::{Datelike, NaiveDate};

use crate::{
    minimum_sales::AgreementYear,
    money::Currency,
    network::{OrdinalScope, VolumeOver},
    sale::NumberedSale,
};

/// What tells the volumes of one sale from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolumeOf<'a> {
    /// The code of the rule whose tiers ask for it.
    pub rule: &'a str,
    /// What it adds up over.
    pub over: VolumeOver,
    /// The currency of the sale. Two are never added.
    pub currency: Currency,
    /// The first day of the sale's agreement, from which its anniversary years are counted.
    pub agreement_starts_on: NaiveDate,
}

impl NumberedSale {
    /// What its volume adds up in: the sales of which this is the same stand on each other. `None` where nothing adds up, and for a
    /// sale that was signed before its agreement began.
    #[must_use]
    pub fn adds_up_in(&self, volume: VolumeOf<'_>) -> Option<String> {
        let VolumeOf { rule, over, currency, agreement_starts_on } = volume;
        let life = self.counts_in(OrdinalScope::Partner);
        let (agreement, year) = (self.agreement, self.signed_on.year());
        let sales = match over {
            VolumeOver::Annuity => return None,
            VolumeOver::Life => format!("{life}:life"),
            VolumeOver::CalendarYear => format!("{life}:calendar_year:{year}"),
            VolumeOver::AgreementYear => {
                let number = AgreementYear::on(agreement_starts_on, self.signed_on)?.number;
                format!("{life}:agreement_year:{agreement}:{number}")
            }
        };
        Some(format!("{sales}:{}:{rule}", currency.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adds_up_in(over: VolumeOver, day: &str) -> Option<String> {
        let sale = NumberedSale {
            network: "network_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap(),
            partner: "partner_01h2xcejqtf2nbrexx3vqjhp42".parse().unwrap(),
            partnership_type: "ptype_01h2xcejqtf2nbrexx3vqjhp43".parse().unwrap(),
            agreement: "agreement_01h2xcejqtf2nbrexx3vqjhp44".parse().unwrap(),
            signed_on: day.parse().unwrap(),
        };
        let agreement_starts_on = "2025-07-15".parse().unwrap();
        sale.adds_up_in(VolumeOf { rule: "tiered", over, currency: Currency::EUR, agreement_starts_on })
    }

    #[test]
    fn sales_add_up_over_the_years_that_the_rule_says() {
        let days = ["2025-12-31", "2026-01-01", "2026-07-14", "2026-07-15"];
        let same = |over| days.windows(2).map(|two| adds_up_in(over, two[0]) == adds_up_in(over, two[1])).collect::<Vec<_>>();
        assert_eq!(same(VolumeOver::Life), [true, true, true]);
        assert_eq!(same(VolumeOver::CalendarYear), [false, true, true]);
        assert_eq!(same(VolumeOver::AgreementYear), [true, true, false]);
        assert_eq!(adds_up_in(VolumeOver::Annuity, days[0]), None);
        assert_eq!(adds_up_in(VolumeOver::AgreementYear, "2025-07-14"), None, "before the agreement began");
    }

    #[test]
    fn one_key_tells_networks_partners_types_currencies_and_rules_apart() {
        let life = "network_01h2xcejqtf2nbrexx3vqjhp41:partner_01h2xcejqtf2nbrexx3vqjhp42:ptype_01h2xcejqtf2nbrexx3vqjhp43";
        assert_eq!(adds_up_in(VolumeOver::Life, "2026-01-01"), Some(format!("{life}:life:EUR:tiered")));
        let year = "agreement_year:agreement_01h2xcejqtf2nbrexx3vqjhp44:2";
        assert_eq!(adds_up_in(VolumeOver::AgreementYear, "2026-07-15"), Some(format!("{life}:{year}:EUR:tiered")));
    }
}
