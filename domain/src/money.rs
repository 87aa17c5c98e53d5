//! Money and rates. Exact decimals only; two currencies are never added; rounding happens in one place, [`Money::round`].
//!
//! Amounts are held in decimals and stored in minor units. Every operation that could leave the range answers `None` or an
//! error instead of wrapping, and no operation rounds but the one that says so.

use std::{cmp::Ordering, fmt, str::FromStr};

pub use iso_currency::Currency;
pub use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;
use thiserror::Error;

/// The number of digits after the decimal point that `currency` has: 2 for EUR, 0 for JPY, 3 for BHD.
#[must_use]
pub fn exponent(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

/// An exact amount in one currency, always a whole number of minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why a text or number is no amount of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidAmount {
    /// The text is not a plain decimal number.
    #[error("not a decimal number")]
    NotDecimal,
    /// The number of digits after the point differs from the currency's.
    #[error("{currency} has {expected} digits after the point, not {found}", currency = .currency.code())]
    WrongDigits {
        /// The currency.
        currency: Currency,
        /// The digits it has.
        expected: u32,
        /// The digits that were written.
        found: u32,
    },
    /// The amount is larger than can be held (about 92 thousand million million cents).
    #[error("too large")]
    OutOfRange,
}

impl Money {
    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// An amount of whole minor units (cents, for EUR).
    #[must_use]
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads an amount as it stands on the wire: plain decimal digits with exactly the currency's number of digits.
    ///
    /// # Errors
    /// [`InvalidAmount`] when the text is no such number. Nothing is ever rounded on the way in.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidAmount> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && !digits.starts_with('.')
            && !digits.ends_with('.');
        if !plain {
            return Err(InvalidAmount::NotDecimal);
        }
        let value = Decimal::from_str(text).map_err(|_| InvalidAmount::NotDecimal)?;
        if value.scale() != exponent(currency) {
            return Err(InvalidAmount::WrongDigits { currency, expected: exponent(currency), found: value.scale() });
        }
        let minor = i64::try_from(value.mantissa()).map_err(|_| InvalidAmount::OutOfRange)?;
        Ok(Self { minor, currency })
    }

    /// Rounds an exact value to whole minor units, half away from zero ("half up"): the one place where money is rounded.
    #[must_use]
    pub fn round(value: Decimal, currency: Currency) -> Option<Self> {
        let mut rounded = value.round_dp_with_strategy(exponent(currency), RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(exponent(currency));
        if rounded.scale() != exponent(currency) {
            return None;
        }
        Some(Self { minor: i64::try_from(rounded.mantissa()).ok()?, currency })
    }

    /// The amount in minor units, as it is stored.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as an exact decimal in major units.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.minor, exponent(self.currency))
    }

    /// The sum, unless the currencies differ or the range is left.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        (self.currency == other.currency).then_some(())?;
        Some(Self { minor: self.minor.checked_add(other.minor)?, currency: self.currency })
    }

    /// The difference, unless the currencies differ or the range is left.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        (self.currency == other.currency).then_some(())?;
        Some(Self { minor: self.minor.checked_sub(other.minor)?, currency: self.currency })
    }

    /// The amount `count` times, unless the range is left.
    #[must_use]
    pub fn checked_times(self, count: u32) -> Option<Self> {
        Some(Self { minor: self.minor.checked_mul(i64::from(count))?, currency: self.currency })
    }

    /// The sum of `amounts`, which must all be in `currency`.
    #[must_use]
    pub fn sum(amounts: impl IntoIterator<Item = Self>, currency: Currency) -> Option<Self> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// The amount without its sign.
    #[must_use]
    pub fn checked_abs(self) -> Option<Self> {
        Some(Self { minor: self.minor.checked_abs()?, currency: self.currency })
    }

    /// Less, equal or more than nothing.
    #[must_use]
    pub fn sign(self) -> Ordering {
        self.minor.cmp(&0)
    }

    /// Compares two amounts of one currency; amounts of two currencies have no order.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

/// The amount alone, with exactly the currency's digits: `1234.50`, `-3`, `0.125`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

/// A part of a whole: a fraction of parts per million, between 0 and 1 (R55, R68, R75, R79: 0.5, 0.7, 0.5, 0.15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    ppm: u32,
}

/// Why a text is no rate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidRate {
    /// Not a plain decimal fraction of at most six digits.
    #[error("not a decimal fraction with at most six digits")]
    NotDecimal,
    /// Below 0 or above 1.
    #[error("not between 0 and 1")]
    OutOfRange,
}

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self { ppm: 0 };
    /// The whole.
    pub const ONE: Self = Self { ppm: 1_000_000 };

    /// A rate of parts per million.
    ///
    /// # Errors
    /// [`InvalidRate::OutOfRange`] above one million.
    pub fn from_ppm(ppm: u32) -> Result<Self, InvalidRate> {
        if ppm > Self::ONE.ppm { Err(InvalidRate::OutOfRange) } else { Ok(Self { ppm }) }
    }

    /// The rate in parts per million, as it is stored.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.ppm
    }

    /// The rate as an exact decimal fraction.
    #[must_use]
    pub fn decimal(self) -> Decimal {
        Decimal::new(i64::from(self.ppm), 6)
    }

    /// The sum, unless it is more than the whole.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_ppm(self.ppm.checked_add(other.ppm)?).ok()
    }

    /// What is left of the whole.
    #[must_use]
    pub fn complement(self) -> Self {
        Self { ppm: Self::ONE.ppm.saturating_sub(self.ppm) }
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > 6 {
            return Err(InvalidRate::NotDecimal);
        }
        let mut value = Decimal::from_str(text).map_err(|_| InvalidRate::NotDecimal)?;
        if value > Decimal::ONE {
            return Err(InvalidRate::OutOfRange);
        }
        value.rescale(6);
        Self::from_ppm(u32::try_from(value.mantissa()).map_err(|_| InvalidRate::OutOfRange)?)
    }
}

/// The shortest decimal fraction: `0.15`, `1`, `0`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().normalize().fmt(f)
    }
}
