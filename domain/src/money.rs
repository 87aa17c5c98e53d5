//! Money and rates. Exact decimals only; two currencies are never added; rounding is half up, always, and has two doors:
//! [`Money::round`] for a decimal and [`Money::proportion`] for a fraction.
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
    /// What is read is written back letter for letter, so a leading zero and a negative zero are no amounts either.
    ///
    /// # Errors
    /// [`InvalidAmount`] when the text is no such number. Nothing is ever rounded on the way in.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidAmount> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !fraction.is_none_or(plain) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(InvalidAmount::NotDecimal);
        }
        let fraction = fraction.unwrap_or_default();
        let found = u32::try_from(fraction.len()).map_err(|_| InvalidAmount::OutOfRange)?;
        if found != exponent(currency) {
            return Err(InvalidAmount::WrongDigits { currency, expected: exponent(currency), found });
        }
        let sign = if digits.len() < text.len() { "-" } else { "" };
        let minor = format!("{sign}{whole}{fraction}").parse::<i64>().map_err(|_| InvalidAmount::OutOfRange)?;
        if minor == 0 && !sign.is_empty() {
            return Err(InvalidAmount::NotDecimal);
        }
        Ok(Self { minor, currency })
    }

    /// Rounds an exact value to whole minor units, half away from zero ("half up").
    #[must_use]
    pub fn round(value: Decimal, currency: Currency) -> Option<Self> {
        let mut rounded = value.round_dp_with_strategy(exponent(currency), RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(exponent(currency));
        if rounded.scale() != exponent(currency) {
            return None;
        }
        Some(Self { minor: i64::try_from(rounded.mantissa()).ok()?, currency })
    }

    /// `self × numerator ÷ denominator`, rounded once to whole minor units: the same half-up rule as [`Money::round`], for
    /// fractions that no decimal can hold (a third of 100.00 EUR). `None` out of range or for a denominator below 1.
    #[must_use]
    pub fn proportion(self, numerator: i128, denominator: i128) -> Option<Self> {
        let minor = divide_half_up(i128::from(self.minor).checked_mul(numerator)?, denominator)?;
        Some(Self { minor: i64::try_from(minor).ok()?, currency: self.currency })
    }

    /// The parts of an amount of nothing or more by these weights: each has the whole minor units of its proportion, and those
    /// that are left go to the largest remainders, the earlier one where two are equal. The parts always add up to the whole.
    /// `None` for less than nothing, and where the weights come to nothing.
    #[must_use]
    pub fn split(self, weights: &[u32]) -> Option<Vec<Self>> {
        let whole = u128::from(u64::try_from(self.minor).ok()?);
        let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        let mut parts = Vec::with_capacity(weights.len());
        for (place, weight) in weights.iter().enumerate() {
            let share = whole.checked_mul(u128::from(*weight))?;
            parts.push((share.checked_div(sum)?, share.checked_rem(sum)?, place));
        }
        let given: u128 = parts.iter().map(|(part, ..)| part).sum();
        let left = usize::try_from(whole.checked_sub(given)?).ok()?;
        parts.sort_by_key(|(_, remainder, place)| (std::cmp::Reverse(*remainder), *place));
        for (part, ..) in parts.iter_mut().take(left) {
            *part = part.checked_add(1)?;
        }
        parts.sort_by_key(|(.., place)| *place);
        parts.into_iter().map(|(part, ..)| Some(Self { minor: i64::try_from(part).ok()?, currency: self.currency })).collect()
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

/// The quotient as a whole number, rounded half away from zero ("half up"). `None` for a denominator below 1.
#[must_use]
pub fn divide_half_up(numerator: i128, denominator: i128) -> Option<i128> {
    if denominator < 1 {
        return None;
    }
    // Most amounts are small, and dividing 64 bits is several times as fast.
    if let (Ok(numerator), Ok(denominator)) = (u64::try_from(numerator), u64::try_from(denominator)) {
        let (quotient, rest) = (numerator.checked_div(denominator)?, numerator.checked_rem(denominator)?);
        let up = rest >= denominator.checked_sub(rest)?;
        return i128::from(quotient).checked_add(i128::from(up));
    }
    let quotient = numerator.checked_div(denominator)?;
    let twice_the_rest = numerator.checked_rem(denominator)?.unsigned_abs().checked_mul(2)?;
    if twice_the_rest < denominator.unsigned_abs() { Some(quotient) } else { quotient.checked_add(numerator.signum()) }
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
        let mut value = Decimal::from_str(text).map_err(|_| InvalidRate::OutOfRange)?;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(text: &str) -> Money {
        Money::parse(text, Currency::EUR).unwrap()
    }

    #[test]
    fn an_amount_is_read_with_exactly_its_currencys_digits() {
        assert_eq!(eur("1234.50").minor(), 123_450);
        assert_eq!(Money::parse("1234", Currency::JPY).unwrap().minor(), 1234);
        assert_eq!(Money::parse("-0.125", Currency::BHD).unwrap().minor(), -125);
        for (text, currency, expected, found) in [
            ("1234", Currency::EUR, 2, 0),
            ("1234.5", Currency::EUR, 2, 1),
            ("1234.500", Currency::EUR, 2, 3),
            ("1.0", Currency::JPY, 0, 1),
            ("1.12", Currency::BHD, 3, 2),
            ("1.1250", Currency::BHD, 3, 4),
            ("1.0000000000000000000000000000000000000001", Currency::EUR, 2, 40),
        ] {
            assert_eq!(
                Money::parse(text, currency),
                Err(InvalidAmount::WrongDigits { currency, expected, found }),
                "{text} {currency:?}"
            );
        }
    }

    #[test]
    fn a_text_that_is_no_plain_number_is_no_amount() {
        for text in [
            "", "-", ".", "1.", ".50", "+1.00", "--1.00", "-+1.00", "1-.00", " 1.00", "1.00 ", "1 000.00", "1,00", "1,000.00",
            "1_000.00", "1e2", "1.00e0", "1E2", "0x1.00", "1.0.0", "1..00", "NaN", "inf", "1.00EUR", "١.٠٠", "01.00", "00.00",
            "-01.00", "-0.00",
        ] {
            assert_eq!(Money::parse(text, Currency::EUR), Err(InvalidAmount::NotDecimal), "{text:?}");
        }
    }

    #[test]
    fn an_amount_beyond_what_is_stored_is_refused() {
        assert_eq!(eur("92233720368547758.07").minor(), i64::MAX);
        assert_eq!(eur("-92233720368547758.08").minor(), i64::MIN);
        for text in ["92233720368547758.08", "-92233720368547758.09", "99999999999999999999999999999999999999.00"] {
            assert_eq!(Money::parse(text, Currency::EUR), Err(InvalidAmount::OutOfRange), "{text}");
        }
        assert_eq!(Money::from_minor(i64::MAX, Currency::EUR).checked_add(eur("0.01")), None);
        assert_eq!(Money::from_minor(i64::MIN, Currency::EUR).checked_sub(eur("0.01")), None);
        assert_eq!(Money::from_minor(i64::MIN, Currency::EUR).checked_abs(), None);
        assert_eq!(Money::from_minor(i64::MAX, Currency::EUR).checked_times(2), None);
    }

    #[test]
    fn two_currencies_are_never_added_nor_compared() {
        let yen = Money::from_minor(100, Currency::JPY);
        assert_eq!(eur("1.00").checked_add(yen), None);
        assert_eq!(eur("1.00").checked_sub(yen), None);
        assert_eq!(eur("1.00").compare(yen), None);
        assert_eq!(Money::sum([eur("1.00"), yen], Currency::EUR), None);
        assert_eq!(Money::sum([eur("1.00"), eur("-0.25")], Currency::EUR), Some(eur("0.75")));
    }

    #[test]
    fn rounding_is_half_up_away_from_zero_at_the_currencys_digits() {
        for (value, currency, expected) in [
            ("0.004", Currency::EUR, "0.00"),
            ("0.005", Currency::EUR, "0.01"),
            ("0.006", Currency::EUR, "0.01"),
            ("0.015", Currency::EUR, "0.02"),
            ("0.025", Currency::EUR, "0.03"),
            ("-0.004999", Currency::EUR, "0.00"),
            ("-0.005", Currency::EUR, "-0.01"),
            ("179.982", Currency::EUR, "179.98"),
            ("7", Currency::EUR, "7.00"),
            ("0.49", Currency::JPY, "0"),
            ("0.5", Currency::JPY, "1"),
            ("1.5", Currency::JPY, "2"),
            ("0.0004", Currency::BHD, "0.000"),
            ("0.0005", Currency::BHD, "0.001"),
        ] {
            let rounded = Money::round(value.parse().unwrap(), currency).unwrap();
            assert_eq!(rounded.to_string(), expected, "{value} {currency:?}");
        }
        assert_eq!(Money::round(Decimal::MAX, Currency::EUR), None);
    }

    #[test]
    fn a_proportion_rounds_once_and_half_up() {
        assert_eq!(eur("100.00").proportion(1, 3), Some(eur("33.33")));
        assert_eq!(eur("100.00").proportion(2, 3), Some(eur("66.67")));
        assert_eq!(eur("0.01").proportion(49, 100), Some(eur("0.00")));
        assert_eq!(eur("0.01").proportion(50, 100), Some(eur("0.01")));
        assert_eq!(eur("-0.01").proportion(50, 100), Some(eur("-0.01")));
        assert_eq!(eur("-0.01").proportion(49, 100), Some(eur("0.00")));
        assert_eq!(Money::from_minor(5, Currency::JPY).proportion(1, 2), Some(Money::from_minor(3, Currency::JPY)));
        assert_eq!(Money::from_minor(i64::MAX, Currency::EUR).proportion(i128::MAX, i128::MAX), None);
        assert_eq!(Money::from_minor(i64::MAX, Currency::EUR).proportion(2, 1), None);
        assert_eq!(eur("0.01").proportion(i128::MAX, i128::MAX), Some(eur("0.01")));
    }

    #[test]
    fn nothing_is_divided_by_zero_or_by_less() {
        assert_eq!(eur("1.00").proportion(1, 0), None);
        assert_eq!(eur("1.00").proportion(1, -1), None);
        assert_eq!(divide_half_up(1, 0), None);
        assert_eq!(divide_half_up(i128::MIN, 1), Some(i128::MIN));
    }

    #[test]
    fn a_rate_is_a_plain_fraction_of_at_most_six_digits() {
        for (text, ppm) in
            [("0", 0), ("1", 1_000_000), ("0.15", 150_000), ("0.150", 150_000), ("0.000001", 1), ("1.000000", 1_000_000)]
        {
            assert_eq!(text.parse::<Rate>().unwrap().ppm(), ppm, "{text}");
        }
        for text in ["", ".", ".5", "1.", "+0.5", "-0.5", "-0", " 0.5", "0.5 ", "0,5", "15%", "1e-1", "0.0000001", "0.1.1", "NaN"]
        {
            assert_eq!(text.parse::<Rate>(), Err(InvalidRate::NotDecimal), "{text:?}");
        }
        for text in ["1.000001", "2", "15", "99999999999999999999999999999999"] {
            assert_eq!(text.parse::<Rate>(), Err(InvalidRate::OutOfRange), "{text}");
        }
    }

    #[test]
    fn a_rate_is_never_more_than_the_whole() {
        let half = Rate::from_ppm(500_000).unwrap();
        assert_eq!(half.checked_add(half), Some(Rate::ONE));
        assert_eq!(half.checked_add(Rate::from_ppm(500_001).unwrap()), None);
        assert_eq!(Rate::from_ppm(1_000_001), Err(InvalidRate::OutOfRange));
        assert_eq!(Rate::from_ppm(150_000).unwrap().complement(), Rate::from_ppm(850_000).unwrap());
        assert_eq!(Rate::from_ppm(150_000).unwrap().to_string(), "0.15");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_letter_for_letter(minor: i64, which in 0..3_usize) {
            let currency = [Currency::EUR, Currency::JPY, Currency::BHD][which];
            let amount = Money::from_minor(minor, currency);
            prop_assert_eq!(Money::parse(&amount.to_string(), currency), Ok(amount));
        }

        #[test]
        fn what_is_read_is_written_back_letter_for_letter(text in "-?[0-9]{1,4}(\\.[0-9]{0,3})?") {
            if let Ok(amount) = Money::parse(&text, Currency::EUR) {
                prop_assert_eq!(amount.to_string(), text);
            }
        }

        #[test]
        fn a_proportion_and_a_rounded_decimal_are_the_same(
            minor in -1_000_000_000_000_i64..1_000_000_000_000, ppm in 0..=1_000_000_u32
        ) {
            let rate = Rate::from_ppm(ppm).unwrap();
            for currency in [Currency::EUR, Currency::JPY, Currency::BHD] {
                let amount = Money::from_minor(minor, currency);
                prop_assert_eq!(
                    amount.proportion(i128::from(ppm), 1_000_000),
                    Money::round(amount.decimal() * rate.decimal(), currency)
                );
            }
        }
    }
}
