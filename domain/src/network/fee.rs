//! Fees: what terms pay for services beside commission, by the piece, by time, by the course or in kind (R24).

use crate::{
    code::coded,
    money::{Currency, Money},
};

/// How a service is remunerated (R24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeeKind {
    /// An agreed sum.
    FixedFee,
    /// For time spent.
    TimeFee,
    /// For each course or webinar delivered (R22).
    PerCourseFee,
    /// In goods or services: its value is recorded, and no money moves.
    InKind,
}

coded! {
    FeeKind { FixedFee => "fixed_fee", TimeFee => "time_fee", PerCourseFee => "per_course_fee", InKind => "in_kind", }
}

/// What a fee is for one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeeUnit {
    /// One service.
    Piece,
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// One course or webinar.
    Course,
}

coded! { FeeUnit { Piece => "piece", Hour => "hour", Day => "day", Course => "course", } }

/// A fee of some terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Its code, unique in the terms.
    pub code: String,
    /// How the service is remunerated.
    pub kind: FeeKind,
    /// What it is for one of.
    pub unit: FeeUnit,
    /// What one unit brings, in each currency that it is paid in.
    pub rates: Vec<Money>,
}

/// A contradiction within a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeeFault {
    /// The unit is none of its kind: time is paid by the hour or day, courses by the course, the rest by the piece.
    UnitOfOtherKind,
    /// It is paid in no currency.
    NoRate,
    /// It pays nothing, or less.
    NotPositive {
        /// In which currency.
        currency: Currency,
    },
}

impl Fee {
    /// Every contradiction within the fee.
    #[must_use]
    pub fn faults(&self) -> Vec<FeeFault> {
        let of_kind = match self.kind {
            FeeKind::TimeFee => matches!(self.unit, FeeUnit::Hour | FeeUnit::Day),
            FeeKind::PerCourseFee => self.unit == FeeUnit::Course,
            FeeKind::FixedFee | FeeKind::InKind => self.unit == FeeUnit::Piece,
        };
        let unit = (!of_kind).then_some(FeeFault::UnitOfOtherKind);
        let none = self.rates.is_empty().then_some(FeeFault::NoRate);
        let low = self.rates.iter().filter(|rate| rate.minor() <= 0);
        unit.into_iter().chain(none).chain(low.map(|rate| FeeFault::NotPositive { currency: rate.currency() })).collect()
    }

    /// What one unit brings in a currency, if it is paid in it.
    #[must_use]
    pub fn rate(&self, currency: Currency) -> Option<Money> {
        self.rates.iter().copied().find(|rate| rate.currency() == currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fee(kind: FeeKind, unit: FeeUnit, minor: i64) -> Fee {
        Fee { code: "consulting".to_owned(), kind, unit, rates: vec![Money::from_minor(minor, Currency::EUR)] }
    }

    #[test]
    fn r24_time_is_paid_by_the_hour_or_day_courses_by_the_course_and_the_rest_by_the_piece() {
        use {FeeKind::*, FeeUnit::*};
        let allowed = [(FixedFee, Piece), (TimeFee, Hour), (TimeFee, Day), (PerCourseFee, Course), (InKind, Piece)];
        for kind in FeeKind::ALL {
            for unit in FeeUnit::ALL {
                let expected = if allowed.contains(&(kind, unit)) { vec![] } else { vec![FeeFault::UnitOfOtherKind] };
                assert_eq!(fee(kind, unit, 1).faults(), expected, "{kind:?} {unit:?}");
            }
        }
    }

    #[test]
    fn r24_a_fee_pays_something_in_some_currency() {
        let none = Fee { rates: vec![], ..fee(FeeKind::FixedFee, FeeUnit::Piece, 1) };
        assert_eq!(none.faults(), [FeeFault::NoRate]);
        assert_eq!(fee(FeeKind::FixedFee, FeeUnit::Piece, 0).faults(), [FeeFault::NotPositive { currency: Currency::EUR }]);
        let euros = fee(FeeKind::FixedFee, FeeUnit::Piece, 5_000);
        assert_eq!((euros.rate(Currency::EUR).map(Money::minor), euros.rate(Currency::BRL)), (Some(5_000), None));
    }
}
