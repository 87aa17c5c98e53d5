//! Registered domains, by which a prospect is known beside its tax id (D17).

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use thiserror::Error;

/// A registered domain: the part of a host name that somebody registered, `example.co.uk` of `www.example.co.uk`.
///
/// Lower-case and in its ASCII form (punycode), so that two spellings of one domain are equal (D17).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

/// Why a text names no registered domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum InvalidDomain {
    /// It is no host name.
    #[error("not a host name")]
    NotHost,
    /// It is an e-mail address, or a URL with a user in it.
    #[error("a host name has no @")]
    WithUser,
    /// It is an IP address.
    #[error("an IP address is no domain")]
    IpAddress,
    /// Its ending is on no public list of endings (`acme.internal`, `localhost`).
    #[error("not a known ending of domains")]
    UnknownSuffix,
    /// It is a public ending itself, under which others register (`co.uk`).
    #[error("an ending under which others register, not a registered domain")]
    PublicSuffix,
}

impl InvalidDomain {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotHost => "domain_not_host",
            Self::WithUser => "domain_with_user",
            Self::IpAddress => "domain_ip_address",
            Self::UnknownSuffix => "domain_unknown_suffix",
            Self::PublicSuffix => "domain_public_suffix",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D17"
    }
}

impl Domain {
    /// Reads a host name or a URL and keeps its registered domain.
    ///
    /// # Errors
    /// [`InvalidDomain`] for whatever nobody can have registered.
    pub fn parse(text: &str) -> Result<Self, InvalidDomain> {
        let host = host_of(text.trim())?;
        if host.parse::<std::net::Ipv4Addr>().is_ok() {
            return Err(InvalidDomain::IpAddress);
        }
        let ascii = Uts46::new()
            .to_ascii(host.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
            .map_err(|_| InvalidDomain::NotHost)?;
        let suffix = psl::suffix(ascii.as_bytes()).ok_or(InvalidDomain::NotHost)?;
        if !suffix.is_known() {
            return Err(if ascii.parse::<std::net::Ipv4Addr>().is_ok() {
                InvalidDomain::IpAddress
            } else {
                InvalidDomain::UnknownSuffix
            });
        }
        psl::domain_str(&ascii).map(|domain| Self(domain.to_owned())).ok_or(InvalidDomain::PublicSuffix)
    }

    /// The domain, lower-case and in its ASCII form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What separates the parts of a host name, in the scripts that write it otherwise, too.
const FULL_STOPS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

fn host_of(text: &str) -> Result<&str, InvalidDomain> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(InvalidDomain::WithUser);
    }
    if authority.starts_with('[') {
        return Err(InvalidDomain::IpAddress);
    }
    let host = match authority.split_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        Some(_) if authority.parse::<std::net::Ipv6Addr>().is_ok() => return Err(InvalidDomain::IpAddress),
        Some(_) => return Err(InvalidDomain::NotHost),
        None => authority,
    };
    let host = host.strip_suffix(FULL_STOPS).unwrap_or(host);
    if host.is_empty() { Err(InvalidDomain::NotHost) } else { Ok(host) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_registered_domain_are_equal() {
        let spellings = [
            ("www.Example.co.uk", "example.co.uk"),
            ("EXAMPLE.CO.UK.", "example.co.uk"),
            ("https://shop.example.co.uk:8443/a?b#c", "example.co.uk"),
            ("example.co.uk/contact@us", "example.co.uk"),
            ("  acme.pt ", "acme.pt"),
            ("b\u{fc}cher.de", "xn--bcher-kva.de"),
            ("BU\u{308}CHER.de", "xn--bcher-kva.de"),
            ("www.xn--bcher-kva.de", "xn--bcher-kva.de"),
            ("acme\u{3002}com", "acme.com"),
            ("acme\u{ff0e}com\u{3002}", "acme.com"),
            ("//www.acme.pt/", "acme.pt"),
            ("HTTPS://WWW.ACME.PT:443", "acme.pt"),
            ("a.b.c.acme.com.br", "acme.com.br"),
            // Endings that a company offers to its customers keep them apart.
            ("acme.github.io", "acme.github.io"),
            ("www.\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.\u{440}\u{444}", "xn--e1afmkfd.xn--p1ai"),
            ("www.\u{98df}\u{72ee}.\u{516c}\u{53f8}.cn", "xn--85x722f.xn--55qx5d.cn"),
        ];
        for (text, expected) in spellings {
            assert_eq!(Domain::parse(text).as_ref().map(Domain::as_str), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_nobody_can_register_is_refused() {
        let texts = [
            ("", InvalidDomain::NotHost),
            ("   ", InvalidDomain::NotHost),
            ("https://", InvalidDomain::NotHost),
            ("acme .pt", InvalidDomain::NotHost),
            ("acme..pt", InvalidDomain::NotHost),
            ("-acme.pt", InvalidDomain::NotHost),
            ("acme_shop.pt", InvalidDomain::NotHost),
            ("acme.pt:http", InvalidDomain::NotHost),
            ("mailto:acme.pt", InvalidDomain::NotHost),
            ("jane@acme.pt", InvalidDomain::WithUser),
            ("https://jane:pw@acme.pt/", InvalidDomain::WithUser),
            ("192.168.0.1", InvalidDomain::IpAddress),
            ("http://192.168.0.1:80/", InvalidDomain::IpAddress),
            ("\u{ff11}.2.3.4", InvalidDomain::IpAddress),
            ("[::1]", InvalidDomain::IpAddress),
            ("2001:db8::1", InvalidDomain::IpAddress),
            ("localhost", InvalidDomain::UnknownSuffix),
            ("acme.internal", InvalidDomain::UnknownSuffix),
            ("1.2.3", InvalidDomain::UnknownSuffix),
            ("pt", InvalidDomain::PublicSuffix),
            ("co.uk", InvalidDomain::PublicSuffix),
            ("github.io", InvalidDomain::PublicSuffix),
        ];
        for (text, expected) in texts {
            assert_eq!(Domain::parse(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn a_label_longer_than_63_characters_is_no_host() {
        assert!(Domain::parse(&format!("{}.pt", "a".repeat(63))).is_ok());
        assert_eq!(Domain::parse(&format!("{}.pt", "a".repeat(64))), Err(InvalidDomain::NotHost));
    }

    proptest! {
        #[test]
        fn normalising_a_domain_twice_changes_nothing(text in "(https?://)?([a-zA-Z\u{e9}\u{df}0-9-]{1,9}\\.){0,3}(pt|co\\.uk|COM\\.br|de)(/x)?") {
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain.clone()));
                prop_assert!(domain.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
            }
        }

        #[test]
        fn no_text_makes_domain_reading_fail_otherwise_than_by_refusal(text in "\\PC{0,60}") {
            let _ = Domain::parse(&text);
        }
    }
}
