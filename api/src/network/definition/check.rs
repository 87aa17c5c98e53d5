//! What a definition's schema cannot say: references, languages, numbers that follow each other, real codes.

use std::collections::{BTreeSet, HashSet};

use domain::money::{Currency, Money};
use indexmap::IndexMap;

use super::{
    CatalogueItemDocument, Code, CurrencyCode, Fault, Language, MasterDocument, NetworkDefinition, NetworkDocument,
    PartnershipTypeDocument, SelectorDocument, StageDocument, TermsDocument, TermsTextDocument, TermsVersionDocument, Texts,
    qualification,
};
use crate::schema::step;

/// Every fault of meaning in `definition`.
pub(super) fn faults(definition: &NetworkDefinition) -> Vec<Fault> {
    let surroundings = Surroundings::from(definition);
    let mut check = Check { masters: &definition.masters, surroundings: &surroundings, faults: Vec::new() };
    let NetworkDefinition { network, masters, partnership_types, catalogue, qualifications } = definition;
    check.network(network);
    for (code, master) in masters {
        check.master(&step("/masters", &code.0), master);
    }
    for (code, partnership_type) in partnership_types {
        check.partnership_type(&step("/partnership_types", &code.0), partnership_type);
    }
    for (code, item) in catalogue {
        check.item(&step("/catalogue", &code.0), item);
    }
    for (code, kind) in qualifications {
        let at = step("/qualifications", &code.0);
        check.texts(&format!("{at}/names"), &kind.names);
        check.texts(&format!("{at}/descriptions"), &kind.descriptions);
    }
    check.faults.extend(qualification::faults(qualifications));
    check.faults
}

/// What a version of terms refers to beyond itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// The language that every text has.
    pub default_language: Language,
    /// The languages that texts may have.
    pub languages: BTreeSet<Language>,
    /// The codes of the network's partnership types.
    pub partnership_types: BTreeSet<String>,
    /// The codes that rules can name lines by, and stages what they ask for.
    pub known: KnownCodes,
}

impl From<&NetworkDefinition> for Surroundings {
    fn from(definition: &NetworkDefinition) -> Self {
        let NetworkDefinition { network, masters: _, partnership_types, catalogue, qualifications } = definition;
        Self {
            default_language: network.default_language.clone(),
            languages: network.languages.iter().cloned().collect(),
            partnership_types: partnership_types.keys().map(|code| code.0.clone()).collect(),
            known: KnownCodes {
                items: catalogue.keys().map(|code| code.0.clone()).collect(),
                product_lines: catalogue.values().map(|item| item.product_line.0.clone()).collect(),
                qualifications: qualifications.keys().map(|code| code.0.clone()).collect(),
            },
        }
    }
}

impl Surroundings {
    /// Every fault of meaning in what is signed and in what is decided by, pointing into `/texts` and `/terms`.
    #[must_use]
    pub fn faults(&self, texts: &IndexMap<Language, TermsTextDocument>, terms: &TermsDocument) -> Vec<Fault> {
        let mut check = Check { masters: &IndexMap::new(), surroundings: self, faults: Vec::new() };
        check.languages("/texts", texts);
        check.terms_and_contradictions("/terms", terms);
        check.faults
    }
}

/// The codes that rules can name lines by, and stages what they ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownCodes {
    /// Those of catalogue items.
    pub items: BTreeSet<String>,
    /// Those of product lines.
    pub product_lines: BTreeSet<String>,
    /// Those of qualifications.
    pub qualifications: BTreeSet<String>,
}

impl KnownCodes {
    /// The codes that rules and stages of `terms` name and nobody knows, pointing into the terms.
    #[must_use]
    pub fn faults(&self, terms: &TermsDocument) -> Vec<Fault> {
        let rules = terms.rules.iter().filter_map(|(code, rule)| Some((code, rule.only.as_ref()?)));
        let named = |(rule, only): (&Code, &SelectorDocument)| {
            let at = format!("{}/only", step("/rules", &rule.0));
            let lists = [
                (&only.items, &self.items, "items", "unknown_catalogue_item"),
                (&only.product_lines, &self.product_lines, "product_lines", "unknown_product_line"),
            ];
            lists.map(|(named, known, list, code)| unknown(named, known, &format!("{at}/{list}"), code))
        };
        let asked_for = |(stage, document): (&Code, &StageDocument)| {
            let at = format!("{}/conditions/qualifications", step("/stages", &stage.0));
            unknown(&document.conditions.qualifications, &self.qualifications, &at, "qualification_not_defined")
        };
        rules.flat_map(named).flatten().chain(terms.stages.iter().flat_map(asked_for)).collect()
    }
}

fn unknown(named: &BTreeSet<Code>, known: &BTreeSet<String>, at: &str, code: &'static str) -> Vec<Fault> {
    let missing = named.iter().enumerate().filter(|(_, name)| !known.contains(&name.0));
    let fault = |(place, name): (usize, &Code)| {
        let message = format!("the network has no {}", name.0);
        Fault { params: vec![("name", name.0.clone())], ..Fault::new(format!("{at}/{place}"), code, message) }
    };
    missing.map(fault).collect()
}

struct Check<'a> {
    masters: &'a IndexMap<Code, MasterDocument>,
    surroundings: &'a Surroundings,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn add(&mut self, pointer: String, code: &'static str, message: String) {
        self.faults.push(Fault::new(pointer, code, message));
    }

    fn network(&mut self, network: &NetworkDocument) {
        let default = &network.default_language;
        if !network.languages.contains(default) {
            let message = format!("{} is not among the network's languages", default.0);
            self.add("/network/default_language".to_owned(), "unknown_language", message);
        }
        let protection = &network.policies.protection;
        if protection.cap_days < protection.days {
            let message = format!("the cap is shorter than the {} days of a protection", protection.days);
            self.add("/network/policies/protection/cap_days".to_owned(), "too_small", message);
        }
        self.faults.extend(network.policies.payouts.faults("/network/policies/payouts"));
        let checks = &network.policies.checks;
        if checks.warn_at > checks.prospects_per_day {
            let message = format!("nobody is told: a partner may ask for {} prospects at most", checks.prospects_per_day);
            self.add("/network/policies/checks/warn_at".to_owned(), "too_large", message);
        }
        self.faults.extend(network.policies.taxes.faults("/network/policies/taxes"));
        if self.masters.is_empty() {
            self.add("/masters".to_owned(), "no_master", "a network is run by one master at least".to_owned());
        }
    }

    fn master(&mut self, at: &str, master: &MasterDocument) {
        if rust_iso3166::from_alpha2(&master.country.0).is_none() {
            self.add(format!("{at}/country"), "unknown_country", format!("ISO 3166 knows no country {}", master.country.0));
        }
        self.currency(&format!("{at}/currency"), &master.currency);
    }

    fn currency(&mut self, at: &str, code: &CurrencyCode) -> Option<Currency> {
        let currency = Currency::from_code(&code.0);
        if currency.is_none() {
            self.add(at.to_owned(), "unknown_currency", format!("ISO 4217 knows no currency {}", code.0));
        }
        currency
    }

    fn partnership_type(&mut self, at: &str, partnership_type: &PartnershipTypeDocument) {
        let PartnershipTypeDocument { names, descriptions, versions } = partnership_type;
        self.texts(&format!("{at}/names"), names);
        self.texts(&format!("{at}/descriptions"), descriptions);
        for (position, version) in versions.iter().enumerate() {
            let at = format!("{at}/versions/{position}");
            if usize::try_from(version.version).ok() != position.checked_add(1) {
                let message = format!("versions are numbered from 1 without a gap: this is the {}th", position.saturating_add(1));
                self.add(format!("{at}/version"), "wrong_version", message);
            }
            let before = position.checked_sub(1).and_then(|before| versions.get(before));
            if before.is_some_and(|before| before.effective_from >= version.effective_from) {
                let message = "a version takes effect later than the one before".to_owned();
                self.add(format!("{at}/effective_from"), "dates_not_ascending", message);
            }
            self.version(&at, version);
        }
    }

    fn version(&mut self, at: &str, version: &TermsVersionDocument) {
        let TermsVersionDocument { version: _, effective_from: _, texts, terms } = version;
        self.languages(&format!("{at}/texts"), texts);
        self.terms_and_contradictions(&format!("{at}/terms"), terms);
    }

    fn terms_and_contradictions(&mut self, at: &str, terms: &TermsDocument) {
        self.terms(at, terms);
        if let Err(faults) = terms.to_domain() {
            self.faults.extend(faults.into_iter().map(|fault| fault.below(at)));
        }
    }

    fn terms(&mut self, at: &str, terms: &TermsDocument) {
        for (position, code) in terms.counterparty.partner_types.iter().enumerate() {
            if !self.surroundings.partnership_types.contains(&code.0) {
                let message = format!("the network has no partnership type {}", code.0);
                self.add(format!("{at}/counterparty/partner_types/{position}"), "unknown_partnership_type", message);
            }
        }
        for (code, stage) in &terms.stages {
            let at = step(&format!("{at}/stages"), &code.0);
            self.texts(&format!("{at}/names"), &stage.names);
            for (code, item) in &stage.conditions.checklist {
                self.texts(&format!("{}/texts", step(&format!("{at}/conditions/checklist"), &code.0)), &item.texts);
            }
        }
        for (code, area) in &terms.expertise_areas {
            self.texts(&format!("{}/names", step(&format!("{at}/expertise_areas"), &code.0)), &area.names);
        }
        for (code, item) in &terms.checklist {
            self.texts(&format!("{}/texts", step(&format!("{at}/checklist"), &code.0)), &item.texts);
        }
        for (code, rule) in &terms.rules {
            self.texts(&format!("{}/summaries", step(&format!("{at}/rules"), &code.0)), &rule.summaries);
        }
        self.faults.extend(self.surroundings.known.faults(terms).into_iter().map(|fault| fault.below(at)));
        for (code, fee) in &terms.fees {
            self.texts(&format!("{}/texts", step(&format!("{at}/fees"), &code.0)), &fee.texts);
        }
        for (code, benefit) in &terms.benefits {
            self.texts(&format!("{}/texts", step(&format!("{at}/benefits"), &code.0)), &benefit.texts);
        }
        if let Some(notes) = &terms.supervision_notes {
            self.texts(&format!("{at}/supervision_notes"), notes);
        }
    }

    fn texts(&mut self, at: &str, texts: &Texts) {
        self.languages(at, &texts.0);
        for (language, _) in texts.0.iter().filter(|(_, text)| text.trim().is_empty()) {
            self.add(step(at, &language.0), "empty_text", "a text says something".to_owned());
        }
    }

    /// The default language is there, and none that the network has not.
    fn languages<T>(&mut self, at: &str, by_language: &IndexMap<Language, T>) {
        let Surroundings { default_language: default, languages, .. } = self.surroundings;
        if !by_language.contains_key(default) {
            let message = format!("the text in the network's default language {} is missing", default.0);
            let params = vec![("language", default.0.clone())];
            self.faults.push(Fault { params, ..Fault::new(step(at, &default.0), "default_language_missing", message) });
        }
        for language in by_language.keys().filter(|language| !languages.contains(*language)) {
            let message = format!("{} is not among the network's languages", language.0);
            let params = vec![("language", language.0.clone())];
            self.faults.push(Fault { params, ..Fault::new(step(at, &language.0), "unknown_language", message) });
        }
    }

    fn item(&mut self, at: &str, item: &CatalogueItemDocument) {
        let CatalogueItemDocument { kind, names, provider, product_line: _, prices } = item;
        self.texts(&format!("{at}/names"), names);
        self.provider(&format!("{at}/provider"), provider);
        if domain::network::ItemKind::from(*kind).is_partners() {
            let message = "a partner's own items are the partner's to list".to_owned();
            self.add(format!("{at}/kind"), "partners_own_item", message);
        }
        let mut seen = HashSet::new();
        for (position, price) in prices.iter().enumerate() {
            let at = format!("{at}/prices/{position}");
            if let Some(currency) = self.currency(&format!("{at}/currency"), &price.currency)
                && let Err(error) = Money::parse(&price.amount.0, currency)
            {
                self.add(format!("{at}/amount"), "wrong_amount", error.to_string());
            }
            if !seen.insert((&price.currency, price.period, price.from)) {
                let message = "another price of the item has the same currency, period and first day".to_owned();
                self.add(at, "duplicate_price", message);
            }
        }
    }

    fn provider(&mut self, at: &str, provider: &Code) {
        if !self.masters.contains_key(provider) {
            self.add(at.to_owned(), "unknown_master", format!("the network has no master {}", provider.0));
        }
    }
}
