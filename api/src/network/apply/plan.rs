//! What a file changes: everything compared, nothing written.

use chrono::{DateTime, Utc};
use domain::{
    id::{CompanyId, MasterId},
    money::{Currency, Money},
    partner::Country,
};
use indexmap::IndexMap;
use persistence::{amendment, network as store};

use super::{
    super::{
        definition::{
            CatalogueItemDocument, Code, Fault, MasterDocument, NetworkDefinition, NetworkDocument, PartnershipTypeDocument,
            PoliciesDocument, PriceDocument, QualificationKindDocument, TermsVersionDocument, Texts,
        },
        stored::{read, written},
    },
    Applied, AppliedChange, published,
};
use crate::{problem::Problem, schema::step, write::Work};

/// Everything that a file changes.
pub(super) struct Plan {
    pub(super) network: store::Network,
    /// Every master of the network afterwards.
    pub(super) masters: Vec<MasterId>,
    /// In the order of the file.
    pub(super) steps: Vec<Step>,
}

/// How something is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved {
    New,
    Changed,
    Retired,
}

/// One thing to save, as it is to be afterwards.
pub(super) enum Step {
    Network(Saved, store::Network),
    Master(Saved, store::Master),
    Type(Saved, store::PartnershipType),
    /// New terms of the type with this code.
    Terms(String, store::TermsVersion),
    /// An item and its new prices.
    Item(Saved, store::CatalogueItem, Vec<store::Price>),
}

impl Step {
    /// What happens, as its event says.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Network(Saved::New, _) => "network.created",
            Self::Network(..) => "network.changed",
            Self::Master(Saved::New, _) => "master.created",
            Self::Master(..) => "master.changed",
            Self::Type(Saved::New, _) => "partnership_type.created",
            Self::Type(..) => "partnership_type.changed",
            Self::Terms(..) => "terms.published",
            Self::Item(Saved::New, ..) => "catalogue_item.created",
            Self::Item(Saved::Changed, ..) => "catalogue_item.changed",
            Self::Item(Saved::Retired, ..) => "catalogue_item.retired",
        }
    }

    fn code(&self) -> String {
        match self {
            Self::Network(_, network) => network.code.clone(),
            Self::Master(_, master) => master.code.clone(),
            Self::Type(_, partnership_type) => partnership_type.code.clone(),
            Self::Terms(code, terms) => format!("{code} {}", terms.number),
            Self::Item(_, item, _) => item.code.clone(),
        }
    }
}

impl Plan {
    /// What the plan comes to.
    pub(super) fn applied(&self) -> Applied {
        let changes = self.steps.iter().map(|step| AppliedChange { kind: step.kind(), code: step.code() });
        Applied { network: self.network.id, code: self.network.code.clone(), changes: changes.collect() }
    }
}

/// Compares a definition with what is kept. The inner error is every fault of the definition.
pub(super) fn plan(work: &mut Work<'_, '_>, definition: &NetworkDefinition) -> Result<Result<Plan, Vec<Fault>>, Problem> {
    let NetworkDefinition { network, masters, partnership_types, catalogue, qualifications } = definition;
    let now = work.now()?;
    let (kept, steps, faults) = plan_network(work, network, qualifications, now)?;
    let mut planner = Planner { work, network: kept, policies: &network.policies, now, steps, faults };
    let providers = planner.masters(masters)?;
    planner.types(partnership_types)?;
    planner.items(catalogue, &providers)?;
    let Planner { network, steps, faults, .. } = planner;
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    Ok(Ok(Plan { network, masters: providers.into_values().collect(), steps }))
}

fn plan_network(
    work: &mut Work<'_, '_>,
    document: &NetworkDocument,
    qualifications: &IndexMap<Code, QualificationKindDocument>,
    now: DateTime<Utc>,
) -> Result<(store::Network, Vec<Step>, Vec<Fault>), Problem> {
    let NetworkDocument { code, name, default_language, languages, policies } = document;
    let before = store::find_network_by_code(work.conn(), &code.0)?;
    let same_policies = match &before {
        Some(before) => (read::<PoliciesDocument>(&before.policies)? == *policies).then(|| before.policies.clone()),
        None => None,
    };
    let kept_kinds = match &before {
        Some(before) => Some((before.qualifications.as_str(), read::<IndexMap<_, _>>(&before.qualifications)?)),
        None => None,
    };
    let faults = kept_kinds.iter().flat_map(|(_, kept)| removed_kinds(kept, qualifications)).collect();
    let mut after = store::Network {
        id: match &before {
            Some(before) => before.id,
            None => work.new_id(),
        },
        code: code.0.clone(),
        name: name.clone(),
        default_language: default_language.0.clone(),
        languages: languages.iter().map(|language| language.0.clone()).collect(),
        policies: same_policies.map_or_else(|| written(policies), Ok)?,
        qualifications: match kept_kinds {
            Some((kept, same)) if same == *qualifications => kept.to_owned(),
            _ => written(qualifications)?,
        },
        version: before.as_ref().map_or(1, |before| before.version),
        created_at: before.as_ref().map_or(now, |before| before.created_at),
        updated_at: before.as_ref().map_or(now, |before| before.updated_at),
    };
    let Some(before) = before else { return Ok((after.clone(), vec![Step::Network(Saved::New, after)], faults)) };
    if after == before {
        return Ok((after, Vec::new(), faults));
    }
    (after.version, after.updated_at) = (before.version.saturating_add(1), now);
    Ok((after.clone(), vec![Step::Network(Saved::Changed, after)], faults))
}

/// The kinds of qualification that a file leaves out.
fn removed_kinds(
    kept: &IndexMap<Code, QualificationKindDocument>,
    documents: &IndexMap<Code, QualificationKindDocument>,
) -> Vec<Fault> {
    let removed = kept.keys().filter(|code| !documents.contains_key(*code));
    let fault = |Code(code): &Code| {
        let message = format!("the qualification {code} is missing: what was granted under it stays");
        Fault::new("/qualifications", "qualification_removed", message)
    };
    removed.map(fault).collect()
}

struct Planner<'a, 'w, 'c> {
    work: &'a mut Work<'w, 'c>,
    network: store::Network,
    policies: &'a PoliciesDocument,
    now: DateTime<Utc>,
    steps: Vec<Step>,
    faults: Vec<Fault>,
}

impl Planner<'_, '_, '_> {
    fn fault(&mut self, pointer: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.faults.push(Fault::new(pointer, code, message));
    }

    /// The network's masters afterwards, by code.
    fn masters(&mut self, documents: &IndexMap<Code, MasterDocument>) -> Result<IndexMap<String, MasterId>, Problem> {
        let mut kept = store::masters_of(self.work.conn(), self.network.id)?;
        let mut masters = IndexMap::new();
        for (code, document) in documents {
            let before = kept.extract_if(.., |master| master.code == code.0).next();
            let (id, step) = self.master(code, document, before)?;
            masters.insert(code.0.clone(), id);
            self.steps.extend(step);
        }
        for store::Master { code, .. } in kept {
            let message = format!("the master {code} is missing: who contracted with it still does");
            self.fault("/masters", "master_removed", message);
        }
        Ok(masters)
    }

    fn master(
        &mut self,
        code: &Code,
        document: &MasterDocument,
        before: Option<store::Master>,
    ) -> Result<(MasterId, Option<Step>), Problem> {
        let MasterDocument { legal_name, display_name, country, currency, time_zone, tax_id } = document;
        let mut after = store::Master {
            id: match &before {
                Some(before) => before.id,
                None => self.work.new_id(),
            },
            network: self.network.id,
            code: code.0.clone(),
            legal_name: legal_name.clone(),
            display_name: display_name.clone(),
            country: Country::parse(&country.0).map_err(|error| Problem::internal(error.to_string()))?,
            currency: known_currency(&currency.0)?,
            time_zone: time_zone.clone(),
            tax_id: tax_id.clone(),
            version: before.as_ref().map_or(1, |before| before.version),
            created_at: before.as_ref().map_or(self.now, |before| before.created_at),
            updated_at: before.as_ref().map_or(self.now, |before| before.updated_at),
        };
        let id = after.id;
        let Some(before) = before else { return Ok((id, Some(Step::Master(Saved::New, after)))) };
        if after == before {
            return Ok((id, None));
        }
        (after.version, after.updated_at) = (before.version.saturating_add(1), self.now);
        Ok((id, Some(Step::Master(Saved::Changed, after))))
    }

    fn types(&mut self, documents: &IndexMap<Code, PartnershipTypeDocument>) -> Result<(), Problem> {
        let mut kept = store::types_of(self.work.conn(), self.network.id)?;
        for (code, document) in documents {
            let before = kept.extract_if(.., |kept| kept.code == code.0).next();
            self.partnership_type(code, document, before)?;
        }
        for store::PartnershipType { code, .. } in kept {
            let message = format!("the partnership type {code} is missing: agreements under it go on");
            self.fault("/partnership_types", "partnership_type_removed", message);
        }
        Ok(())
    }

    fn partnership_type(
        &mut self,
        code: &Code,
        document: &PartnershipTypeDocument,
        before: Option<store::PartnershipType>,
    ) -> Result<(), Problem> {
        let PartnershipTypeDocument { names, descriptions, versions } = document;
        let mut after = store::PartnershipType {
            id: match &before {
                Some(before) => before.id,
                None => self.work.new_id(),
            },
            network: self.network.id,
            code: code.0.clone(),
            names: kept_or_written(before.as_ref().map(|before| before.names.as_str()), names)?,
            descriptions: kept_or_written(before.as_ref().map(|before| before.descriptions.as_str()), descriptions)?,
            version: before.as_ref().map_or(1, |before| before.version),
            created_at: before.as_ref().map_or(self.now, |before| before.created_at),
            updated_at: before.as_ref().map_or(self.now, |before| before.updated_at),
        };
        let terms = self.terms(&step("/partnership_types", &code.0), after.id, versions)?;
        match before {
            None => self.steps.push(Step::Type(Saved::New, after)),
            Some(before) if before != after || !terms.is_empty() => {
                (after.version, after.updated_at) = (before.version.saturating_add(1), self.now);
                self.steps.push(Step::Type(Saved::Changed, after));
            }
            Some(_) => {}
        }
        self.steps.extend(terms.into_iter().map(|terms| Step::Terms(code.0.clone(), terms)));
        Ok(())
    }

    /// The versions of a type's terms that are new. Those that are published are held to what they were.
    fn terms(
        &mut self,
        at: &str,
        type_id: domain::id::PartnershipTypeId,
        versions: &[TermsVersionDocument],
    ) -> Result<Vec<store::TermsVersion>, Problem> {
        let mut kept = store::terms_of(self.work.conn(), type_id)?;
        let free = kept.iter().map(|kept| kept.number).max().unwrap_or_default().saturating_add(1);
        let mut new = Vec::new();
        for (position, document) in versions.iter().enumerate() {
            let number = i32::try_from(document.version).map_err(|error| Problem::internal(error.to_string()))?;
            let Some(before) = kept.extract_if(.., |kept| kept.number == number).next() else {
                new.push(self.new_terms(type_id, number, document)?);
                continue;
            };
            let changed = published::changed(&before, document)?;
            if !changed.is_empty() {
                let message = format!(
                    "version {number} is published and never changes: let it say what it said, and write what differs ({}) into a new \
                     version, number {free}, that takes effect later",
                    changed.join(", ")
                );
                self.fault(format!("{at}/versions/{position}"), "published_terms_changed", message);
            }
        }
        // What came of an amendment was published by two people, and need not stand in the file.
        let amended = amendment::versions_by_amendment(self.work.conn(), type_id)?;
        for store::TermsVersion { number, .. } in kept.into_iter().filter(|version| !amended.contains(&version.id)) {
            let message = format!("version {number} is published and cannot be taken back");
            self.fault(format!("{at}/versions"), "published_terms_removed", message);
        }
        Ok(new)
    }

    fn new_terms(
        &mut self,
        type_id: domain::id::PartnershipTypeId,
        number: i32,
        document: &TermsVersionDocument,
    ) -> Result<store::TermsVersion, Problem> {
        let TermsVersionDocument { version: _, effective_from, texts, terms } = document;
        let mut terms = terms.clone();
        terms.fill_triggers(|_| self.policies.commission_trigger);
        Ok(store::TermsVersion {
            id: self.work.new_id(),
            network: self.network.id,
            type_id,
            number,
            effective_from: *effective_from,
            texts: written(texts)?,
            document: written(&terms)?,
            created_at: self.now,
        })
    }

    fn items(
        &mut self,
        documents: &IndexMap<Code, CatalogueItemDocument>,
        providers: &IndexMap<String, MasterId>,
    ) -> Result<(), Problem> {
        let mut kept = store::items_of_masters(self.work.conn(), self.network.id)?;
        for (code, document) in documents {
            let before = kept.extract_if(.., |item| item.code == code.0).next();
            let provider = providers.get(&document.provider.0).copied();
            let provider = provider.ok_or_else(|| Problem::internal(format!("no master {}", document.provider.0)))?;
            self.item(code, document, provider.into(), before)?;
        }
        for mut item in kept.into_iter().filter(|item| item.active) {
            (item.active, item.version, item.updated_at) = (false, item.version.saturating_add(1), self.now);
            self.steps.push(Step::Item(Saved::Retired, item, Vec::new()));
        }
        Ok(())
    }

    fn item(
        &mut self,
        code: &Code,
        document: &CatalogueItemDocument,
        provider: CompanyId,
        before: Option<store::CatalogueItem>,
    ) -> Result<(), Problem> {
        let CatalogueItemDocument { kind, names, provider: _, product_line, prices } = document;
        let at = step("/catalogue", &code.0);
        let mut after = store::CatalogueItem {
            id: match &before {
                Some(before) => before.id,
                None => self.work.new_id(),
            },
            network: self.network.id,
            provider,
            code: code.0.clone(),
            kind: (*kind).into(),
            names: kept_or_written(before.as_ref().map(|before| before.names.as_str()), names)?,
            product_line: Some(product_line.0.clone()),
            active: true,
            version: before.as_ref().map_or(1, |before| before.version),
            created_at: before.as_ref().map_or(self.now, |before| before.created_at),
            updated_at: before.as_ref().map_or(self.now, |before| before.updated_at),
        };
        let prices = self.prices(&at, after.id, prices)?;
        let Some(before) = before else {
            self.steps.push(Step::Item(Saved::New, after, prices));
            return Ok(());
        };
        let another = "what was sold keeps it: list another item under another code";
        if after.kind != before.kind {
            self.fault(format!("{at}/kind"), "item_kind_changed", format!("it was {}, and {another}", before.kind.code()));
        }
        if after.provider != before.provider {
            self.fault(format!("{at}/provider"), "item_provider_changed", format!("it was another's, and {another}"));
        }
        if after != before || !prices.is_empty() {
            (after.version, after.updated_at) = (before.version.saturating_add(1), self.now);
            self.steps.push(Step::Item(Saved::Changed, after, prices));
        }
        Ok(())
    }

    /// The prices of an item that are new. Those that stand are held to what they were.
    fn prices(
        &mut self,
        at: &str,
        item: domain::id::CatalogueItemId,
        documents: &[PriceDocument],
    ) -> Result<Vec<store::Price>, Problem> {
        let mut kept = store::prices_of(self.work.conn(), item)?;
        let mut new = Vec::new();
        for (position, document) in documents.iter().enumerate() {
            let PriceDocument { currency, period, amount, from } = document;
            let currency = known_currency(&currency.0)?;
            let amount = Money::parse(&amount.0, currency).map_err(|error| Problem::internal(error.to_string()))?;
            let price = store::Price { period: (*period).into(), from: *from, amount };
            let place = |price: &store::Price| (price.amount.currency(), price.period, price.from);
            match kept.extract_if(.., |kept| place(kept) == place(&price)).next() {
                None => new.push(price),
                Some(before) if before == price => {}
                Some(before) => {
                    let message = format!("it was {} and never changes: add a price with a later first day", before.amount);
                    self.fault(format!("{at}/prices/{position}/amount"), "published_price_changed", message);
                }
            }
        }
        for store::Price { period, from, amount } in kept {
            let (currency, period) = (amount.currency().code(), period.code());
            let message = format!("the price {amount} {currency} for {period} from {from} stands and cannot be taken back");
            self.fault(format!("{at}/prices"), "published_price_removed", message);
        }
        Ok(new)
    }
}

/// The kept text, where it says the same: what is written in another order is no change.
fn kept_or_written(kept: Option<&str>, texts: &Texts) -> Result<String, Problem> {
    match kept {
        Some(kept) if read::<Texts>(kept)? == *texts => Ok(kept.to_owned()),
        _ => written(texts),
    }
}

/// A currency of a definition, which was checked when it was read.
fn known_currency(code: &str) -> Result<Currency, Problem> {
    Currency::from_code(code).ok_or_else(|| Problem::internal(format!("currency {code}")))
}
