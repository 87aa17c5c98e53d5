//! Exact decimals of 0 or more, so that each intermediate value can be shown with all its digits.

use std::{cmp::Ordering, fmt};

use crate::money::{Currency, Money, Rate, divide_half_up, exponent};

/// An exact decimal of 0 or more. Nothing rounds it but [`Exact::round`] and [`Exact::divide`].
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    mantissa: i128,
    digits: u32,
}

impl From<Money> for Exact {
    fn from(amount: Money) -> Self {
        Self { mantissa: i128::from(amount.minor()), digits: exponent(amount.currency()) }
    }
}

impl From<Rate> for Exact {
    fn from(rate: Rate) -> Self {
        Self { mantissa: i128::from(rate.ppm()), digits: 6 }
    }
}

impl From<u32> for Exact {
    fn from(count: u32) -> Self {
        Self { mantissa: i128::from(count), digits: 0 }
    }
}

impl Exact {
    /// Nothing.
    pub(super) const ZERO: Self = Self { mantissa: 0, digits: 0 };

    /// The product; `None` beyond what can be held.
    pub(super) fn checked_mul(self, other: Self) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_mul(other.mantissa)?, digits: self.digits.checked_add(other.digits)? })
    }

    /// The sum; `None` beyond what can be held.
    pub(super) fn checked_add(self, other: Self) -> Option<Self> {
        let digits = self.digits.max(other.digits);
        Some(Self { mantissa: self.with_digits(digits)?.checked_add(other.with_digits(digits)?)?, digits })
    }

    /// The difference; `None` beyond what can be held.
    pub(super) fn checked_sub(self, other: Self) -> Option<Self> {
        let digits = self.digits.max(other.digits);
        Some(Self { mantissa: self.with_digits(digits)?.checked_sub(other.with_digits(digits)?)?, digits })
    }

    /// Which one is more; `None` beyond what can be held.
    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        let digits = self.digits.max(other.digits);
        Some(self.with_digits(digits)?.cmp(&other.with_digits(digits)?))
    }

    /// The amount, rounded half up to the currency's digits.
    pub(super) fn round(self, currency: Currency) -> Option<Money> {
        self.over(1, 0, currency)
    }

    /// The amount that the quotient is, rounded half up to the currency's digits; `None` when it is divided by nothing.
    pub(super) fn divide(self, by: Money, currency: Currency) -> Option<Money> {
        self.over(i128::from(by.minor()), exponent(by.currency()), currency)
    }

    /// The same by a whole number.
    pub(super) fn divide_by_count(self, by: u32, currency: Currency) -> Option<Money> {
        self.over(i128::from(by), 0, currency)
    }

    /// `self ÷ (divisor ÷ 10^divisor_digits)`, in minor units.
    fn over(self, divisor: i128, divisor_digits: u32, currency: Currency) -> Option<Money> {
        let up = exponent(currency).checked_add(divisor_digits)?;
        let (numerator, denominator) = match self.digits.checked_sub(up) {
            Some(down) => (self.mantissa, divisor.checked_mul(power_of_ten(down)?)?),
            None => (self.mantissa.checked_mul(power_of_ten(up.checked_sub(self.digits)?)?)?, divisor),
        };
        let minor = divide_half_up(numerator, denominator)?;
        Some(Money::from_minor(i64::try_from(minor).ok()?, currency))
    }

    fn with_digits(self, digits: u32) -> Option<i128> {
        self.mantissa.checked_mul(power_of_ten(digits.checked_sub(self.digits)?)?)
    }
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Two are equal where their values are, however many digits they are held with.
impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Some(Ordering::Equal)
    }
}

impl Eq for Exact {}

/// All its digits but trailing zeros: `179.982`.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fraction = String::new();
        let mut rest = self.mantissa.unsigned_abs();
        for _ in 0..self.digits {
            let digit = rest.checked_rem(10).and_then(|digit| u32::try_from(digit).ok());
            fraction.extend(digit.and_then(|digit| char::from_digit(digit, 10)));
            rest = rest.checked_div(10).unwrap_or(0);
        }
        let fraction: String = fraction.chars().rev().collect();
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { write!(f, "{rest}") } else { write!(f, "{rest}.{fraction}") }
    }
}
