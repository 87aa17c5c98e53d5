//! Countries (ISO 3166-1).

use std::fmt;

use rust_iso3166::CountryCode;
use thiserror::Error;

/// A country of ISO 3166-1, known by its alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(CountryCode);

/// The text is no alpha-2 code of ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is no two-letter country code of ISO 3166-1")]
pub struct UnknownCountry {
    /// What was written.
    pub text: String,
}

impl Country {
    /// Reads an alpha-2 code in any case.
    ///
    /// # Errors
    /// [`UnknownCountry`] when ISO 3166-1 knows no such code. `EL` and `UK` are no country codes; `GR` and `GB` are.
    pub fn parse(text: &str) -> Result<Self, UnknownCountry> {
        rust_iso3166::from_alpha2(&text.to_ascii_uppercase()).map(Self).ok_or_else(|| UnknownCountry { text: text.to_owned() })
    }

    /// The alpha-2 code, upper-case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0.alpha2
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_one_of_iso_3166() {
        assert_eq!(Country::parse("pt").unwrap().code(), "PT");
        for text in ["", "P", "PRT", "ZZ", "EL", "UK", "P\u{e9}", " PT"] {
            assert!(Country::parse(text).is_err(), "{text:?}");
        }
    }
}
