//! Amounts, rates and days as people of a language write them.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::{
    problem::{Language, say},
    wire::Money,
};

/// A text of statements in a language.
pub(super) fn text(language: Language, key: &str) -> String {
    say(language, &format!("statement.pdf.{key}"), &[])
}

/// A text of statements with something put in.
pub(super) fn text_with(language: Language, key: &str, params: &[(&'static str, String)]) -> String {
    say(language, &format!("statement.pdf.{key}"), params)
}

/// An amount with the language's separators: `1,234.50`, `1.234,50`, `1 234,50`.
pub(super) fn amount(language: Language, decimal: &str) -> String {
    let (thousands, point) = match language {
        Language::En => (',', '.'),
        Language::Es => ('.', ','),
        // A space that does not break.
        Language::Fr | Language::Pt => ('\u{a0}', ','),
    };
    let digits = decimal.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut written = String::new();
    if digits.len() < decimal.len() {
        written.push('\u{2212}');
    }
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            written.push(thousands);
        }
        written.push(digit);
    }
    if let Some(fraction) = fraction {
        written.push(point);
        written.push_str(fraction);
    }
    written
}

/// An amount with its currency.
pub(super) fn money(language: Language, money: &Money) -> String {
    format!("{}\u{a0}{}", amount(language, &money.amount), money.currency)
}

/// A rate in per cent: `15 %`, `19,6 %`.
pub(super) fn rate(language: Language, fraction: &str) -> String {
    let per_cent = fraction.parse::<Decimal>().ok().and_then(|rate| rate.checked_mul(Decimal::ONE_HUNDRED));
    let Some(per_cent) = per_cent else { return fraction.to_owned() };
    format!("{}\u{a0}%", amount(language, &per_cent.normalize().to_string()))
}

/// A day: `31 Mar 2026` in English, `31/03/2026` elsewhere.
pub(super) fn day(language: Language, day: NaiveDate) -> String {
    match language {
        Language::En => day.format("%-d %b %Y").to_string(),
        _ => day.format("%d/%m/%Y").to_string(),
    }
}

/// A day in a table, without its year where that is the period's.
pub(super) fn short_day(language: Language, of: NaiveDate, year: i32) -> String {
    match (language, of.year() == year) {
        (Language::En, true) => of.format("%-d %b").to_string(),
        (_, true) => of.format("%d/%m").to_string(),
        _ => day(language, of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_language_does_with_any_number_of_decimals() {
        for (decimal, en, es, pt) in [
            ("1234.50", "1,234.50", "1.234,50", "1\u{a0}234,50"),
            ("-0.05", "\u{2212}0.05", "\u{2212}0,05", "\u{2212}0,05"),
            ("1234567", "1,234,567", "1.234.567", "1\u{a0}234\u{a0}567"),
            ("999.125", "999.125", "999,125", "999,125"),
            ("100000", "100,000", "100.000", "100\u{a0}000"),
        ] {
            assert_eq!(amount(Language::En, decimal), en);
            assert_eq!(amount(Language::Es, decimal), es);
            assert_eq!(amount(Language::Pt, decimal), pt);
        }
        assert_eq!(rate(Language::Fr, "0.196"), "19,6\u{a0}%");
        assert_eq!(rate(Language::En, "1"), "100\u{a0}%");
    }
}
