//! Who has the money of a service period when the responsible company changes within it (D19).
//!
//! Margin and share belong to whoever is responsible in the service period, to the day; running commissions of promoters go on
//! as they are, because their places in the sale do not change. An amount of the period is divided by days, cumulatively: each
//! company has what the days to the end of its part come to, rounded, less what those before it have, so that the parts are the
//! whole to the last minor unit.

use chrono::NaiveDate;

use crate::{id::CompanyId, ledger::PeriodDays, money::Money};

/// A company, and the first day on which it is responsible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Responsible {
    /// The company.
    pub company: CompanyId,
    /// Its first day.
    pub from: NaiveDate,
}

/// What one company has of a service period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePart {
    /// The company.
    pub company: CompanyId,
    /// Its days.
    pub days: PeriodDays,
    /// Its part of the amount.
    pub amount: Money,
}

/// Why a service period cannot be divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeoverFault {
    /// Nobody is responsible on the first day of the period.
    NobodyResponsible {
        /// That day.
        on: NaiveDate,
    },
    /// One company after the other: each begins later than the one before.
    NotInOrder {
        /// The day that does not follow.
        from: NaiveDate,
    },
    /// An amount is too large to be computed with.
    OutOfRange,
}

/// Divides what a service period brings among those who are responsible in it. A company that took over before the period has all
/// of it, and one that takes over later none.
///
/// # Errors
/// [`TakeoverFault`]: somebody is responsible on each day, and one company at a time.
pub fn by_service_period(
    amount: Money,
    period: PeriodDays,
    responsible: &[Responsible],
) -> Result<Vec<ServicePart>, TakeoverFault> {
    let in_order = responsible.windows(2).find_map(|pair| match pair {
        [before, after] if after.from <= before.from => Some(after.from),
        _ => None,
    });
    if let Some(from) = in_order {
        return Err(TakeoverFault::NotInOrder { from });
    }
    let first = responsible.iter().rposition(|it| it.from <= period.starts_on);
    let first = first.ok_or(TakeoverFault::NobodyResponsible { on: period.starts_on })?;
    let within = responsible.iter().skip(first).take_while(|it| it.from <= period.ends_on);
    let whole = days_in(period).ok_or(TakeoverFault::OutOfRange)?;
    let (mut parts, mut given) = (Vec::new(), Money::zero(amount.currency()));
    let mut within = within.peekable();
    while let Some(Responsible { company, from }) = within.next() {
        let before_next = within.peek().and_then(|next| next.from.pred_opt());
        let days = PeriodDays { starts_on: (*from).max(period.starts_on), ends_on: before_next.unwrap_or(period.ends_on) };
        let part = to_date(amount, period, days.ends_on, whole)
            .and_then(|to_date| to_date.checked_sub(given))
            .ok_or(TakeoverFault::OutOfRange)?;
        given = given.checked_add(part).ok_or(TakeoverFault::OutOfRange)?;
        parts.push(ServicePart { company: *company, days, amount: part });
    }
    Ok(parts)
}

/// What the days from the period's first to `last` come to, rounded.
fn to_date(amount: Money, period: PeriodDays, last: NaiveDate, whole: i128) -> Option<Money> {
    amount.proportion(days_in(PeriodDays { ends_on: last, ..period })?, whole)
}

fn days_in(period: PeriodDays) -> Option<i128> {
    let between = period.ends_on.signed_duration_since(period.starts_on).num_days();
    i128::from(between).checked_add(1)
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    fn company(number: u128) -> CompanyId {
        CompanyId::Partner(crate::id::PartnerId::from_uuid(uuid::Uuid::from_u128(number)))
    }

    fn from(number: u128, day_text: &str) -> Responsible {
        Responsible { company: company(number), from: day(day_text) }
    }

    /// The first contract year of a sale signed on 1 March 2026: 365 days.
    fn year() -> PeriodDays {
        PeriodDays { starts_on: day("2026-03-01"), ends_on: day("2027-02-28") }
    }

    fn amounts(parts: &[ServicePart]) -> Vec<(CompanyId, i64)> {
        parts.iter().map(|part| (part.company, part.amount.minor())).collect()
    }

    #[test]
    fn d19_each_has_the_days_on_which_it_is_responsible() {
        // 73 of 365 days are a fifth.
        let parts = by_service_period(eur(36_500), year(), &[from(1, "2020-01-01"), from(2, "2026-05-13")]).unwrap();
        assert_eq!(amounts(&parts), [(company(1), 7_300), (company(2), 29_200)]);
        assert_eq!((parts[0].days.ends_on, parts[1].days.starts_on), (day("2026-05-12"), day("2026-05-13")));
    }

    #[test]
    fn d19_a_takeover_counts_from_its_day_and_not_before() {
        let one_day = |on| by_service_period(eur(36_500), year(), &[from(1, "2020-01-01"), from(2, on)]).unwrap();
        assert_eq!(amounts(&one_day("2026-03-01")), [(company(2), 36_500)]);
        assert_eq!(amounts(&one_day("2026-03-02")), [(company(1), 100), (company(2), 36_400)]);
        assert_eq!(amounts(&one_day("2027-02-28")), [(company(1), 36_400), (company(2), 100)]);
        assert_eq!(amounts(&one_day("2027-03-01")), [(company(1), 36_500)]);
    }

    #[test]
    fn d19_somebody_is_responsible_on_each_day_and_one_company_at_a_time() {
        let divide = |responsible: &[Responsible]| by_service_period(eur(100), year(), responsible);
        assert_eq!(divide(&[]), Err(TakeoverFault::NobodyResponsible { on: day("2026-03-01") }));
        assert_eq!(divide(&[from(1, "2026-03-02")]), Err(TakeoverFault::NobodyResponsible { on: day("2026-03-01") }));
        let twice = [from(1, "2026-01-01"), from(2, "2026-04-01"), from(3, "2026-04-01")];
        assert_eq!(divide(&twice), Err(TakeoverFault::NotInOrder { from: day("2026-04-01") }));
    }

    #[test]
    fn d19_margin_and_share_of_both_come_to_the_customers_money() {
        // 1,000.00 of network lines a year: 30 % margin before the takeover on the 100th day, 25 % after it.
        let parts = by_service_period(eur(100_000), year(), &[from(1, "2026-03-01"), from(2, "2026-06-09")]).unwrap();
        assert_eq!(amounts(&parts), [(company(1), 27_397), (company(2), 72_603)]);
        let margins = [(parts[0].amount, 30), (parts[1].amount, 25)].map(|(part, rate)| part.proportion(rate, 100).unwrap());
        assert_eq!(margins, [eur(8_219), eur(18_151)]);
        let shares = [0, 1].map(|n| parts[n].amount.checked_sub(margins[n]).unwrap());
        assert_eq!(Money::sum(margins.into_iter().chain(shares), Currency::EUR), Some(eur(100_000)));
    }

    proptest! {
        #[test]
        fn d19_however_often_the_responsible_company_changes_the_parts_are_the_whole(
            minor in 0_i64..10_000_000, days in prop::collection::btree_set(1_u64..800, 0..12)
        ) {
            let changes = days.iter().zip(2..).map(|(after, number)| Responsible {
                company: company(number), from: year().starts_on.checked_add_days(Days::new(*after)).unwrap(),
            });
            let responsible: Vec<_> = std::iter::once(from(1, "2026-03-01")).chain(changes).collect();
            let parts = by_service_period(eur(minor), year(), &responsible).unwrap();
            prop_assert_eq!(Money::sum(parts.iter().map(|part| part.amount), Currency::EUR), Some(eur(minor)));
            prop_assert_eq!(parts[0].days.starts_on, year().starts_on);
            prop_assert_eq!(parts.last().unwrap().days.ends_on, year().ends_on);
            for pair in parts.windows(2) {
                prop_assert_eq!(pair[0].days.ends_on.succ_opt(), Some(pair[1].days.starts_on));
            }
            // No part is a minor unit off what its days come to.
            for part in &parts {
                let exact = i128::from(minor) * days_in(part.days).unwrap();
                prop_assert!((exact - i128::from(part.amount.minor()) * 365).abs() <= 365);
            }
        }
    }
}
