//! Services of partners for network companies: reported by the one, confirmed or refused by the other that pays (R10, R24, R25).

use std::cmp::Ordering;

use crate::{
    code::coded,
    decided::Decided,
    money::{Decimal, Money},
    network::FeeUnit,
};

/// Where a service stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceState {
    /// The partner reported it: nothing is due by it.
    Reported,
    /// The company that it served confirmed it: its fee is due.
    Confirmed,
    /// That company refused it.
    Refused,
    /// The partner took it back.
    Withdrawn,
}

coded! {
    ServiceState { Reported => "reported", Confirmed => "confirmed", Refused => "refused", Withdrawn => "withdrawn", }
}

impl ServiceState {
    /// Where a reported service stands after a decision. Decided the same way again, nothing changes.
    ///
    /// # Errors
    /// The state that was decided before.
    pub fn decide(self, to: Self) -> Result<Decided<Self>, Self> {
        match self {
            state if state == to => Ok(Decided::Unchanged),
            Self::Reported => Ok(Decided::Changed(to)),
            state => Err(state),
        }
    }
}

/// Why a quantity of a service cannot be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityRefusal {
    /// Nothing, or less.
    NotPositive,
    /// Only time has parts, down to hundredths.
    NotWhole {
        /// How many digits after the point it may have.
        digits: u32,
    },
}

impl QuantityRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPositive => "quantity_not_positive",
            Self::NotWhole { .. } => "quantity_not_whole",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "R24"
    }
}

/// Checks a quantity of units.
///
/// # Errors
/// Every [`QuantityRefusal`] at once.
pub fn check_quantity(unit: FeeUnit, quantity: Decimal) -> Result<(), Vec<QuantityRefusal>> {
    let digits = match unit {
        FeeUnit::Hour | FeeUnit::Day => 2,
        FeeUnit::Piece | FeeUnit::Course => 0,
    };
    let low = (quantity.cmp(&Decimal::ZERO) != Ordering::Greater).then_some(QuantityRefusal::NotPositive);
    let parts = (quantity.normalize().scale() > digits).then_some(QuantityRefusal::NotWhole { digits });
    let refusals: Vec<_> = low.into_iter().chain(parts).collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// Why a service about an introduction cannot be paid by a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntroductionFeeRefusal {
    /// An introduction is one piece.
    NotOne,
    /// It was reported by this fee already, and that was not refused.
    AlreadyReported,
}

impl IntroductionFeeRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotOne => "quantity_not_one",
            Self::AlreadyReported => "introduction_already_reported",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "R24"
    }
}

/// Checks a service about an introduction: what is paid by the piece is paid once for it. Time that is spent on it is not.
///
/// # Errors
/// Every [`IntroductionFeeRefusal`] at once.
pub fn check_introduction_fee(
    unit: FeeUnit,
    quantity: Decimal,
    reported_before: bool,
) -> Result<(), Vec<IntroductionFeeRefusal>> {
    if unit != FeeUnit::Piece {
        return Ok(());
    }
    let not_one = (quantity != Decimal::ONE).then_some(IntroductionFeeRefusal::NotOne);
    let again = reported_before.then_some(IntroductionFeeRefusal::AlreadyReported);
    let refusals: Vec<_> = not_one.into_iter().chain(again).collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// What a quantity of a fee comes to: exactly, and rounded half up to whole minor units. `None` out of range.
#[must_use]
pub fn fee_of(rate: Money, quantity: Decimal) -> Option<(Decimal, Money)> {
    let exact = rate.decimal().checked_mul(quantity)?;
    Some((exact, Money::round(exact, rate.currency())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn r24_time_is_paid_in_parts_and_everything_else_whole() {
        use QuantityRefusal::{NotPositive, NotWhole};
        for unit in [FeeUnit::Hour, FeeUnit::Day] {
            assert_eq!(check_quantity(unit, decimal("7.25")), Ok(()));
            assert_eq!(check_quantity(unit, decimal("7.255")), Err(vec![NotWhole { digits: 2 }]));
        }
        for unit in [FeeUnit::Piece, FeeUnit::Course] {
            assert_eq!(check_quantity(unit, decimal("3.00")), Ok(()));
            assert_eq!(check_quantity(unit, decimal("2.5")), Err(vec![NotWhole { digits: 0 }]));
            assert_eq!(check_quantity(unit, decimal("-0.5")), Err(vec![NotPositive, NotWhole { digits: 0 }]));
            assert_eq!(check_quantity(unit, decimal("0")), Err(vec![NotPositive]));
        }
    }

    #[test]
    fn r24_a_fee_is_its_quantity_times_its_rate_rounded_half_up_at_the_currencys_digits() {
        let of = |text: &str, currency, quantity: &str| {
            let (exact, amount) = fee_of(Money::parse(text, currency).unwrap(), decimal(quantity)).unwrap();
            (exact.normalize().to_string(), amount.to_string())
        };
        let pair = |exact: &str, amount: &str| (exact.to_owned(), amount.to_owned());
        assert_eq!(of("60.00", Currency::EUR, "7.25"), pair("435", "435.00"));
        assert_eq!(of("33.33", Currency::EUR, "0.05"), pair("1.6665", "1.67"));
        assert_eq!(of("5000", Currency::JPY, "0.25"), pair("1250", "1250"));
        assert_eq!(of("0.005", Currency::BHD, "1.5"), pair("0.0075", "0.008"));
    }

    #[test]
    fn r24_an_introduction_is_one_piece_and_paid_once_and_time_spent_on_it_is_paid_as_spent() {
        use IntroductionFeeRefusal::{AlreadyReported, NotOne};
        assert_eq!(check_introduction_fee(FeeUnit::Piece, decimal("1.00"), false), Ok(()));
        assert_eq!(check_introduction_fee(FeeUnit::Piece, decimal("1"), true), Err(vec![AlreadyReported]));
        assert_eq!(check_introduction_fee(FeeUnit::Piece, decimal("2"), true), Err(vec![NotOne, AlreadyReported]));
        for unit in [FeeUnit::Hour, FeeUnit::Day] {
            assert_eq!(check_introduction_fee(unit, decimal("2.5"), true), Ok(()));
        }
    }

    #[test]
    fn a_reported_service_is_decided_once() {
        use ServiceState::{Confirmed, Refused, Reported, Withdrawn};
        for to in [Confirmed, Refused, Withdrawn] {
            assert_eq!(Reported.decide(to), Ok(Decided::Changed(to)));
            for before in [Confirmed, Refused, Withdrawn] {
                let expected = if before == to { Ok(Decided::Unchanged) } else { Err(before) };
                assert_eq!(before.decide(to), expected, "{before:?} {to:?}");
            }
        }
        assert!(ServiceState::ALL.iter().all(|state| ServiceState::from_code(state.code()) == Some(*state)));
    }
}
