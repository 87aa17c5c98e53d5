//! Who a prospect is, and when two of them are the same (D17).

use std::fmt;

use crate::partner::{Country, Domain, TaxId};

/// A prospect as a partner names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProspectIdentity {
    name: String,
    country: Country,
    tax_id: Option<TaxId>,
    domain: Option<Domain>,
}

/// What makes two prospects the same when they share it (D17).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProspectKey {
    /// The tax id, country and number.
    TaxId(TaxId),
    /// The registered domain.
    Domain(Domain),
}

/// `tax_id:PT:501442600`, `domain:acme.pt`: what protections are kept unique by.
impl fmt::Display for ProspectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TaxId(tax_id) => write!(f, "tax_id:{tax_id}"),
            Self::Domain(domain) => write!(f, "domain:{domain}"),
        }
    }
}

/// Why nobody can be known by what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProspectRefusal {
    /// The name is blank.
    NoName,
    /// Neither a tax id nor a registered domain.
    NoKey,
}

impl ProspectRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoName => "prospect_without_name",
            Self::NoKey => "prospect_without_key",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D17"
    }
}

impl ProspectIdentity {
    /// A prospect that can be told from others.
    ///
    /// # Errors
    /// Every [`ProspectRefusal`] at once: it needs a name, and a tax id or a registered domain at least.
    pub fn new(
        name: &str,
        country: Country,
        tax_id: Option<TaxId>,
        domain: Option<Domain>,
    ) -> Result<Self, Vec<ProspectRefusal>> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let nameless = name.is_empty().then_some(ProspectRefusal::NoName);
        let keyless = (tax_id.is_none() && domain.is_none()).then_some(ProspectRefusal::NoKey);
        let refusals: Vec<_> = nameless.into_iter().chain(keyless).collect();
        if refusals.is_empty() { Ok(Self { name, country, tax_id, domain }) } else { Err(refusals) }
    }

    /// Its name, with single spaces.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.country
    }

    /// Its tax id.
    #[must_use]
    pub const fn tax_id(&self) -> Option<&TaxId> {
        self.tax_id.as_ref()
    }

    /// Its registered domain.
    #[must_use]
    pub const fn domain(&self) -> Option<&Domain> {
        self.domain.as_ref()
    }

    /// What it is known by: one key or two, never none.
    #[must_use]
    pub fn keys(&self) -> Vec<ProspectKey> {
        let tax_id = self.tax_id.clone().map(ProspectKey::TaxId);
        tax_id.into_iter().chain(self.domain.clone().map(ProspectKey::Domain)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(name: &str, tax_id: Option<&str>, domain: Option<&str>) -> Result<ProspectIdentity, Vec<ProspectRefusal>> {
        let country = Country::parse("PT").unwrap();
        let tax_id = tax_id.map(|text| TaxId::parse(country, text).unwrap());
        ProspectIdentity::new(name, country, tax_id, domain.map(|text| Domain::parse(text).unwrap()))
    }

    #[test]
    fn a_prospect_is_known_by_tax_id_or_domain() {
        let keys = |tax_id, domain| {
            let keys = identity("Acme", tax_id, domain).unwrap().keys();
            keys.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(keys(Some("501 442 600"), None), ["tax_id:PT:501442600"]);
        assert_eq!(keys(None, Some("www.Acme.pt")), ["domain:acme.pt"]);
        assert_eq!(keys(Some("501442600"), Some("acme.pt")), ["tax_id:PT:501442600", "domain:acme.pt"]);
        assert_eq!(identity("Acme", None, None), Err(vec![ProspectRefusal::NoKey]));
        assert_eq!(identity(" \t", None, None), Err(vec![ProspectRefusal::NoName, ProspectRefusal::NoKey]));
    }
}
