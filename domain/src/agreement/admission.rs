//! Everything that makes an agreement inadmissible, all at once.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};

use crate::{
    agreement::{AgreementRefusal, Party},
    id::{AgreementId, MasterId, NetworkId, PartnerId},
    network::{Exclusivity, Terms},
    partner::PartnerRecord,
    qualification::{Shown, unmet},
};

/// Whether an agreement takes its type's terms as they are, or was made on demand (R2, R6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgreementKind {
    /// As they are.
    Standard,
    /// Made on demand, with special terms.
    Special,
}

impl AgreementKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Special];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Special => "special",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// From its first day to its last, both included; without a last day, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first day.
    pub start: NaiveDate,
    /// The last day, still included.
    pub end: Option<NaiveDate>,
}

impl Validity {
    /// Whether the day lies in it.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.start <= day && self.end.is_none_or(|end| day <= end)
    }

    /// The last day of so many months from a day on: the day before the same day so many months later, or the last one of a month that
    /// has no such day. None beyond the calendar.
    #[must_use]
    pub fn last_day_of_months(start: NaiveDate, months: u32) -> Option<NaiveDate> {
        let later = start.checked_add_months(Months::new(months))?;
        if later.day() == start.day() { later.pred_opt() } else { Some(later) }
    }

    /// Whether some day lies in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.end.is_none_or(|end| other.start <= end) && other.end.is_none_or(|end| self.start <= end)
    }
}

/// What an agreement is judged by.
#[derive(Debug, Clone)]
pub struct AgreementFacts<'a> {
    /// The network.
    pub network: NetworkId,
    /// Standard or special.
    pub kind: AgreementKind,
    /// The terms of the type as this agreement takes them: special terms already applied.
    pub terms: &'a Terms,
    /// Whether special terms were applied.
    pub has_special_terms: bool,
    /// The version of the type's terms.
    pub version: TermsVersion,
    /// The partner.
    pub partner: ContractingPartner<'a>,
    /// The other party.
    pub counterparty: CounterpartyFacts,
    /// The exclusivity it grants beside the per-prospect protection.
    pub exclusivity: Vec<ExclusivityGrant>,
    /// From when to when.
    pub validity: Validity,
    /// The day it is signed: the version and language of that day are kept (R90).
    pub signed_on: NaiveDate,
    /// The language it is signed in (R90).
    pub language: String,
    /// The language that counts where two versions of it differ (D1).
    pub governing_language: String,
    /// The master said to supervise it.
    pub supervised_by: MasterId,
    /// The master named in the partner's application (R3).
    pub named_master: MasterId,
}

/// One version of a type's terms (R86, R90).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsVersion {
    /// The first day on which it can be signed.
    pub effective_from: NaiveDate,
    /// The first day of the next version.
    pub superseded_from: Option<NaiveDate>,
    /// The languages in which it exists.
    pub languages: BTreeSet<String>,
}

/// The partner of an agreement.
#[derive(Debug, Clone)]
pub struct ContractingPartner<'a> {
    /// Its id.
    pub id: PartnerId,
    /// Its network.
    pub network: NetworkId,
    /// Its record.
    pub record: &'a PartnerRecord,
    /// What its qualifications say of requirements on the day that counts.
    pub qualified: Shown,
    /// Its other agreements of the same type that are active or suspended (D4).
    pub others_of_type: Vec<OtherAgreement>,
    /// What it is by its other agreements of any type that are active or suspended (R44).
    pub other_roles: Vec<OtherRole>,
}

/// Another agreement of the same partner and type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherAgreement {
    /// Its id.
    pub id: AgreementId,
    /// From when to when.
    pub validity: Validity,
}

/// What a partner is by another agreement of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherRole {
    /// The agreement's id.
    pub id: AgreementId,
    /// From when to when.
    pub validity: Validity,
    /// Whether it contracts customers by it.
    pub contracts_customers: bool,
    /// Whether it is in another partner's sub-network by it.
    pub in_sub_network: bool,
}

/// The other party of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CounterpartyFacts {
    /// A master.
    Master {
        /// Its id.
        id: MasterId,
        /// Its network.
        network: NetworkId,
    },
    /// A partner.
    Partner {
        /// Its id.
        id: PartnerId,
        /// Its network.
        network: NetworkId,
        /// Its agreements that are in force on the day the new one starts.
        agreements: Vec<CounterpartyAgreement>,
    },
}

/// An agreement in force of a counterparty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterpartyAgreement {
    /// The code of its type.
    pub partnership_type: String,
    /// Whether its terms let it contract customers, which makes it a network company (D6).
    pub contracts_customers: bool,
    /// Whether it may have a sub-network on that day: see [`Terms::allows_sub_network`] (R44).
    pub sub_network: bool,
    /// The master that supervises it.
    pub supervised_by: MasterId,
}

/// What an exclusivity would be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExclusivityScope {
    /// A territory: never possible (R30).
    Territory,
    /// A business sector (D1).
    Sector,
    /// A business activity (D1).
    Activity,
}

impl ExclusivityScope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Territory, Self::Sector, Self::Activity];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Territory => "territory",
            Self::Sector => "sector",
            Self::Activity => "activity",
        }
    }

    /// The scope of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.code() == code)
    }
}

/// An exclusivity that an agreement grants (D1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusivityGrant {
    /// For what.
    pub scope: ExclusivityScope,
    /// The master that explicitly approved it.
    pub approved_by: Option<MasterId>,
    /// Why.
    pub reason: String,
}

impl Terms {
    /// Whether a partner at `stage` may have a sub-network of promoters (R44). Terms without stages set no such step: there the
    /// types that others may contract with say it alone.
    #[must_use]
    pub fn allows_sub_network(&self, stage: Option<&str>) -> bool {
        self.contracts_customers
            && (self.stages.is_empty() || self.stages.iter().any(|step| stage == Some(step.code.as_str()) && step.sub_network))
    }
}

/// Every rule that an agreement of these facts breaks; none for an admissible one.
#[must_use]
pub fn broken_rules(facts: &AgreementFacts<'_>) -> Vec<AgreementRefusal> {
    let mut broken = Vec::new();
    partner_rules(facts, &mut broken);
    counterparty_rules(facts, &mut broken);
    exclusivity_rules(facts, &mut broken);
    paper_rules(facts, &mut broken);
    let expected = supervising_master(facts);
    if facts.supervised_by != expected {
        broken.push(AgreementRefusal::WrongSupervisingMaster { expected });
    }
    broken
}

/// The master that supervises an agreement: that of the reseller party, else the counterparty, else the one named (D21).
#[must_use]
pub fn supervising_master(facts: &AgreementFacts<'_>) -> MasterId {
    match &facts.counterparty {
        CounterpartyFacts::Master { id, .. } => *id,
        CounterpartyFacts::Partner { agreements, .. } => {
            let reseller = qualifying(facts, agreements).find(|agreement| agreement.contracts_customers);
            reseller.map_or(facts.named_master, |agreement| agreement.supervised_by)
        }
    }
}

fn qualifying<'a>(
    facts: &'a AgreementFacts<'_>,
    agreements: &'a [CounterpartyAgreement],
) -> impl Iterator<Item = &'a CounterpartyAgreement> {
    let types = &facts.terms.counterparty.partner_types;
    agreements.iter().filter(|agreement| types.contains(&agreement.partnership_type))
}

/// What keeps somebody from ever holding an agreement of the type, whatever else comes on record: already an application is
/// refused for it (R9, R13).
#[must_use]
pub fn barred(terms: &Terms, record: &PartnerRecord) -> Vec<AgreementRefusal> {
    let mut broken = Vec::new();
    if !terms.legal_forms.contains(&record.legal_form) {
        broken.push(AgreementRefusal::LegalFormNotAllowed { form: record.legal_form, allowed: terms.legal_forms.clone() });
    }
    if record.has_personal_tax_id_of_another() {
        broken.push(AgreementRefusal::PersonalTaxId);
    }
    broken
}

fn partner_rules(facts: &AgreementFacts<'_>, broken: &mut Vec<AgreementRefusal>) {
    let (terms, record) = (facts.terms, facts.partner.record);
    broken.extend(barred(terms, record));
    let lacking = unmet(terms, record, &facts.partner.qualified);
    broken.extend(lacking.into_iter().map(|requirement| {
        let rule = terms.rule_of(requirement).to_owned();
        AgreementRefusal::RequirementNotOnRecord { requirement, rule }
    }));
    if facts.partner.network != facts.network {
        broken.push(AgreementRefusal::OtherNetwork { party: Party::Partner });
    }
    if terms.single_agreement {
        let overlapping = facts.partner.others_of_type.iter().filter(|other| other.validity.overlaps(&facts.validity));
        broken.extend(overlapping.map(|other| AgreementRefusal::SecondAgreement { agreement: other.id }));
    }
}

fn counterparty_rules(facts: &AgreementFacts<'_>, broken: &mut Vec<AgreementRefusal>) {
    let allowed = &facts.terms.counterparty;
    let network = match &facts.counterparty {
        CounterpartyFacts::Master { network, .. } => {
            let special = facts.kind == AgreementKind::Special && allowed.special_with_master;
            if !allowed.master && !special {
                broken.push(AgreementRefusal::MasterNotAllowed);
            }
            broken.extend(sub_network_rule(facts, false));
            *network
        }
        CounterpartyFacts::Partner { id, network, agreements } => {
            if *id == facts.partner.id {
                broken.push(AgreementRefusal::SameParties);
            }
            broken.extend(sub_network_rule(facts, true));
            if allowed.partner_types.is_empty() {
                broken.push(AgreementRefusal::PartnerNotAllowed);
            } else {
                qualification_rules(facts, agreements, broken);
            }
            *network
        }
    };
    if network != facts.network {
        broken.push(AgreementRefusal::OtherNetwork { party: Party::Counterparty });
    }
}

fn qualification_rules(facts: &AgreementFacts<'_>, agreements: &[CounterpartyAgreement], broken: &mut Vec<AgreementRefusal>) {
    let any = |holds: fn(&CounterpartyAgreement) -> bool| qualifying(facts, agreements).any(holds);
    if !any(|_| true) {
        broken.push(AgreementRefusal::CounterpartyNotQualified { types: facts.terms.counterparty.partner_types.clone() });
    } else if !any(|agreement| agreement.contracts_customers) {
        broken.push(AgreementRefusal::CounterpartyNotNetworkCompany);
    } else if !any(|agreement| agreement.contracts_customers && agreement.sub_network) {
        broken.push(AgreementRefusal::NoSubNetwork);
    }
}

/// A sub-network has promoters, and nobody who contracts customers: neither by this agreement nor by another one at the same time,
/// whichever of the two was there first.
fn sub_network_rule(facts: &AgreementFacts<'_>, joins: bool) -> Option<AgreementRefusal> {
    let sells = facts.terms.contracts_customers;
    let mut at_the_same_time = facts.partner.other_roles.iter().filter(|role| role.validity.overlaps(&facts.validity));
    if joins {
        let contracts = sells || at_the_same_time.any(|role| role.contracts_customers);
        return contracts.then_some(AgreementRefusal::ResellerInSubNetwork);
    }
    (sells && at_the_same_time.any(|role| role.in_sub_network)).then_some(AgreementRefusal::PromoterContracts)
}

fn exclusivity_rules(facts: &AgreementFacts<'_>, broken: &mut Vec<AgreementRefusal>) {
    for grant in &facts.exclusivity {
        let scope = grant.scope;
        if scope == ExclusivityScope::Territory {
            broken.push(AgreementRefusal::TerritoryExclusivity);
            continue;
        }
        if facts.terms.exclusivity == Exclusivity::Never {
            broken.push(AgreementRefusal::ExclusivityNotAllowed { scope });
        }
        if facts.kind != AgreementKind::Special {
            broken.push(AgreementRefusal::ExclusivityNeedsSpecial { scope });
        }
        if grant.approved_by.is_none() {
            broken.push(AgreementRefusal::ExclusivityNotApproved { scope });
        }
        if grant.reason.trim().is_empty() {
            broken.push(AgreementRefusal::ExclusivityWithoutReason { scope });
        }
    }
}

fn paper_rules(facts: &AgreementFacts<'_>, broken: &mut Vec<AgreementRefusal>) {
    if facts.has_special_terms && facts.kind != AgreementKind::Special {
        broken.push(AgreementRefusal::SpecialTermsInStandard);
    }
    broken.extend(facts.terms.faults().into_iter().map(|fault| AgreementRefusal::ContradictoryTerms { fault }));
    if facts.validity.end.is_some_and(|end| end < facts.validity.start) {
        broken.push(AgreementRefusal::EndBeforeStart);
    }
    let languages = BTreeSet::from([&facts.language, &facts.governing_language]);
    for language in languages.into_iter().filter(|language| !facts.version.languages.contains(*language)) {
        let offered = facts.version.languages.clone();
        broken.push(AgreementRefusal::LanguageNotOffered { language: language.clone(), offered });
    }
    if facts.signed_on < facts.version.effective_from {
        broken.push(AgreementRefusal::TermsNotEffective { from: facts.version.effective_from });
    }
    if let Some(since) = facts.version.superseded_from.filter(|since| *since <= facts.signed_on) {
        broken.push(AgreementRefusal::TermsSuperseded { since });
    }
}
