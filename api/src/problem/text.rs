//! Texts for people, in their language. Codes never change with it.

use std::{borrow::Cow, collections::BTreeMap, str::FromStr};

/// A language that answers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Portuguese.
    Pt,
}

/// Every language that answers are written in.
pub const LANGUAGES: [Language; 4] = [Language::En, Language::Es, Language::Fr, Language::Pt];

impl Language {
    /// Its language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Pt => "pt",
        }
    }

    /// The best language for an `Accept-Language` header; English where none fits.
    #[must_use]
    pub fn preferred(header: &str) -> Self {
        let mut best = (Self::En, 0);
        for range in header.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let Some(language) = LANGUAGES.into_iter().find(|language| {
                tag.get(..2).is_some_and(|primary| primary.eq_ignore_ascii_case(language.tag()))
                    && matches!(tag.as_bytes().get(2), None | Some(b'-'))
            }) else {
                continue;
            };
            let quality = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if quality > best.1 {
                best = (language, quality);
            }
        }
        best.0
    }
}

/// A quality value (`0.8`) in thousandths.
pub(crate) fn thousandths(quality: &str) -> u32 {
    let (whole, fraction) = quality.trim().split_once('.').unwrap_or((quality.trim(), ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    u32::from_str(whole).unwrap_or(0).min(1).saturating_mul(1000).saturating_add(u32::from_str(&digits).unwrap_or(0)).min(1000)
}

/// The text of `key` in `language`, with `params` put in their places.
#[must_use]
pub fn say(language: Language, key: &str, params: &[(&'static str, String)]) -> String {
    let text = crate::_rust_i18n_translate(language.tag(), key);
    let names: Vec<&str> = params.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = params.iter().map(|(_, value)| value.clone()).collect();
    rust_i18n::replace_patterns(&text, &names, &values)
}

/// The codes that can stand in the `errors` of a problem, each with its text in `language`, in their order. What is put into a text
/// is named in braces.
pub(crate) fn violations(language: Language) -> BTreeMap<String, String> {
    let texts = crate::_rust_i18n_backend().messages_for_locale(language.tag()).unwrap_or_default();
    let of_violation = |(key, text): (Cow<'_, str>, Cow<'_, str>)| {
        key.strip_prefix("violation.").map(|code| (code.to_owned(), text.replace("%{", "{")))
    };
    texts.into_iter().filter_map(of_violation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    #[test]
    fn every_code_of_a_violation_is_told_in_every_language() {
        let codes = |language| violations(language).into_keys().collect::<Vec<_>>();
        let told = codes(Language::En);
        assert!(
            ["not_the_debt", "tier_gap", "same_person"].iter().all(|code| told.iter().any(|known| known == code)),
            "{told:?}"
        );
        for language in LANGUAGES {
            assert_eq!(codes(language), told, "{}", language.tag());
        }
        assert!(violations(Language::Fr)["not_the_debt"].contains("{debt}"));
    }

    #[test]
    fn the_language_with_the_highest_quality_is_spoken() {
        for (header, language) in [
            ("", Language::En),
            ("de", Language::En),
            ("fr", Language::Fr),
            ("fr-CA, en;q=0.9", Language::Fr),
            ("en;q=0.2, pt-BR;q=0.8", Language::Pt),
            ("es;q=0, fr;q=0.1", Language::Fr),
            ("*", Language::En),
            ("frx", Language::En),
        ] {
            assert_eq!(Language::preferred(header), language, "{header}");
        }
    }

    #[test]
    fn every_code_has_its_texts_in_every_language() {
        for code in Code::ALL {
            for part in ["title", "detail"] {
                let key = format!("problem.{}.{part}", code.name());
                for language in LANGUAGES {
                    let text = crate::_rust_i18n_try_translate(language.tag(), &key);
                    assert!(text.is_some(), "{key} is not said in {}", language.tag());
                }
            }
        }
    }
}
