//! Who a prospect or a customer is, read from a body, with everything that is wrong with it.

use domain::{
    partner::{Country, Domain, TaxId},
    registration::{ProspectIdentity, ProspectKey},
};

use super::wire::NewProspect;
use crate::{
    partner::wire::read_tax_id,
    problem::{Place, Problem, Violation},
};

/// Who is meant by a body's fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'b> {
    /// The name.
    pub name: &'b str,
    /// The country's code.
    pub country: &'b str,
    /// The tax id as it was written.
    pub tax_id: Option<&'b str>,
    /// The domain, host name or URL.
    pub domain: Option<&'b str>,
}

impl<'b> From<&'b NewProspect> for Named<'b> {
    fn from(new: &'b NewProspect) -> Self {
        let NewProspect { name, country, tax_id, domain, email: _ } = new;
        Self { name, country, tax_id: tax_id.as_deref(), domain: domain.as_deref() }
    }
}

impl Named<'_> {
    /// Who it is (D17).
    ///
    /// # Errors
    /// Everything that is wrong, each under `pointer`.
    pub(crate) fn read(self, pointer: &str) -> Result<ProspectIdentity, Vec<Violation>> {
        let Self { name, country, tax_id, domain } = self;
        let keyless = tax_id.is_none() && domain.is_none();
        let keyless = keyless.then(|| Violation::at(pointer, "prospect_without_key").rule("D17"));
        let Keys { country, tax_id, domain } = match (Keys::read(pointer, country, tax_id, domain), keyless) {
            (Ok(keys), None) => keys,
            (keys, keyless) => return Err(keys.err().into_iter().flatten().chain(keyless).collect()),
        };
        ProspectIdentity::new(name, country, tax_id, domain).map_err(|refusals| {
            let at = |code| if code == "prospect_without_name" { format!("{pointer}/name") } else { pointer.to_owned() };
            refusals.into_iter().map(|refusal| Violation::at(at(refusal.code()), refusal.code()).rule(refusal.rule())).collect()
        })
    }
}

/// Where somebody is, and by what they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys {
    /// Where.
    pub(super) country: Country,
    /// The tax id, if it was given.
    pub(super) tax_id: Option<TaxId>,
    /// The registered domain, if it was given.
    pub(super) domain: Option<Domain>,
}

impl Keys {
    /// Reads them.
    ///
    /// # Errors
    /// Everything that is wrong, each under `pointer`.
    pub(super) fn read(pointer: &str, country: &str, tax_id: Option<&str>, domain: Option<&str>) -> Result<Self, Vec<Violation>> {
        let mut violations = Vec::new();
        let mut note = |violation| violations.push(violation);
        let read_country = Country::parse(country)
            .map_err(|_| note(Violation::at(format!("{pointer}/country"), "unknown_country").with("value", country)))
            .ok();
        let tax_id = tax_id
            .zip(read_country)
            .and_then(|(text, country)| read_tax_id(country, text, &format!("{pointer}/tax_id")).map_err(&mut note).ok());
        let domain = domain.and_then(|text| read_domain(text, &format!("{pointer}/domain")).map_err(&mut note).ok());
        let country = read_country.filter(|_| violations.is_empty());
        country.map(|country| Self { country, tax_id, domain }).ok_or(violations)
    }
}

/// The keys of the prospect that a list is narrowed to; none where it is narrowed to nobody.
///
/// # Errors
/// Everything that is wrong with the parameters.
pub(crate) fn read_filter(
    tax_id: Option<&str>,
    country: Option<&str>,
    domain: Option<&str>,
) -> Result<Option<Vec<String>>, Problem> {
    let mut violations = Vec::new();
    let of_parameter = |name, violation: Violation| Violation { place: Place::Query(name), ..violation };
    let read_country = country.map(Country::parse).transpose().unwrap_or_else(|_| {
        violations.push(Violation::of_parameter("country", "unknown_country").with("value", country.unwrap_or_default()));
        None
    });
    if tax_id.is_some() != country.is_some() {
        let (missing, other) = if tax_id.is_some() { ("country", "tax_id") } else { ("tax_id", "country") };
        violations.push(Violation::of_parameter(missing, "parameter_missing").with("other", other));
    }
    let mut keys = Vec::new();
    if let Some((text, country)) = tax_id.zip(read_country) {
        match read_tax_id(country, text, "") {
            Ok(tax_id) => keys.push(ProspectKey::TaxId(tax_id).to_string()),
            Err(violation) => violations.push(of_parameter("tax_id".to_owned(), violation)),
        }
    }
    if let Some(text) = domain {
        match read_domain(text, "") {
            Ok(domain) => keys.push(ProspectKey::Domain(domain).to_string()),
            Err(violation) => violations.push(of_parameter("domain".to_owned(), violation)),
        }
    }
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    Ok((!keys.is_empty()).then_some(keys))
}

fn read_domain(text: &str, pointer: &str) -> Result<Domain, Violation> {
    Domain::parse(text).map_err(|reason| Violation::at(pointer, reason.code()).rule(reason.rule()).with("value", text))
}
