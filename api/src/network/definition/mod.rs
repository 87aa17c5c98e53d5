//! A network's definition: everything that makes one network differ from another, as its file says it.
//!
//! A file is read by [`DefinitionFile::read`]: a bad one is refused whole, with every fault and its line. The documents are the wire's types;
//! [`TermsDocument::to_domain`] makes the domain's of them, and [`TermsDocument::with_special`] the terms of one agreement.

mod amendments;
mod benefit;
mod check;
mod convert;
mod convert_rule;
mod fault;
mod fees;
mod obligations;
mod payouts;
mod qualification;
mod read;
mod rule;
mod taxes;
mod terms;
#[cfg(test)]
mod tests;
mod words;
mod yaml;

pub use amendments::AmendmentsDocument;
pub use benefit::BenefitDocument;
pub use check::{KnownCodes, Surroundings};
use chrono::NaiveDate;
pub use fault::{Fault, FileFault};
pub use fees::FeeDocument;
use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};
pub use obligations::ObligationsDocument;
pub use payouts::PayoutsDocument;
pub use qualification::{QualificationKindDocument, kinds as qualification_kinds};
pub use read::{DefinitionFile, read};
pub use rule::{
    BoundsDocument, CountTierDocument, CountTiersDocument, FixedAmountDocument, FixedRateDocument, OfAmount, OfCountTiers,
    OfFixed, OfStage, OfVolumeTiers, RuleDocument, RuleRateDocument, SelectorDocument, StageRateDocument, VolumeTierDocument,
    VolumeTiersDocument, YearsDocument,
};
use serde::{Deserialize, Serialize};
pub use taxes::{StandardRateDocument, TaxesDocument};
pub use terms::{
    ChecklistItemDocument, CounterpartyDocument, DutiesDocument, DutyDocument, EntryFeeDocument, ExpertiseAreaDocument,
    StageConditionsDocument, StageDocument, TermsDocument,
};
use utoipa::ToSchema;
pub use words::{
    AmountPer, Base, BenefitYear, BoundsPer, Capability, DutyKind, EntryFeeFormula, Exclusivity, FeeKind, FeeUnit, ItemKind,
    LegalForm, OrdinalScope, PartYears, Period, Recurrence, Remuneration, Requirement, RuleKind, Side, TierMode, Trigger,
    VolumeOver,
};

use crate::ledger::PeriodLength;

/// A code: the stable name of something within a network. Lower case letters, digits and underscores, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "reseller")]
pub struct Code(pub String);

/// A language: ISO 639-1, with a country where it matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[a-z]{2}(-[A-Z]{2})?$", example = "fr")]
pub struct Language(pub String);

/// The number of a rule of the network: `R64`, or `D13` of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[RD][1-9][0-9]{0,3}$", example = "R64")]
pub struct RuleNumber(pub String);

/// A currency: ISO 4217, three letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "EUR")]
pub struct CurrencyCode(pub String);

/// A country: ISO 3166-1, two letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[A-Z]{2}$", example = "PT")]
pub struct CountryCode(pub String);

/// A decimal fraction between 0 and 1 with at most six digits: `0.15` is 15 %.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", example = "0.15")]
pub struct RateText(pub String);

impl Default for RateText {
    fn default() -> Self {
        Self("0".to_owned())
    }
}

/// An amount of nothing or more, with exactly its currency's number of digits after the point.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = r"^[0-9]{1,15}(\.[0-9]{1,4})?$", example = "1200.00")]
pub struct AmountText(pub String);

/// A text by language. The network's default language is always among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = IndexMap<Language, String>, example = json!({"en": "Reseller", "pt": "Revendedor"}))]
pub struct Texts(pub IndexMap<Language, String>);

/// A whole network: its masters, policies, partnership types, catalogue and kinds of qualification, all by code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkDefinition {
    /// The network itself.
    pub network: NetworkDocument,
    /// The companies that run the network, by code (R8).
    pub masters: IndexMap<Code, MasterDocument>,
    /// The figures a partner can be, by code (R1).
    pub partnership_types: IndexMap<Code, PartnershipTypeDocument>,
    /// What the network sells, by code (R4, R48).
    pub catalogue: IndexMap<Code, CatalogueItemDocument>,
    /// What partners can show that they are able to do, by code (R43, R56, R64, R72). A code never goes: what was granted under
    /// it stays.
    #[serde(default)]
    pub qualifications: IndexMap<Code, QualificationKindDocument>,
}

/// A network's name, languages and policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkDocument {
    /// Its code.
    pub code: Code,
    /// Its name.
    #[schema(min_length = 1, max_length = 200, example = "ALTOGA Network")]
    pub name: String,
    /// The language that every text of the network has; one of `languages`.
    pub default_language: Language,
    /// The languages that texts of the network may have (R86).
    #[schema(value_type = BTreeSet<Language>, min_items = 1)]
    pub languages: IndexSet<Language>,
    /// The network's decisions where its documents are silent.
    pub policies: PoliciesDocument,
}

/// A network's decisions where its documents are silent: the `D` numbers, each of them configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoliciesDocument {
    /// When negotiation has started (D2).
    pub negotiation: NegotiationDocument,
    /// How long protection lasts (D3).
    pub protection: ProtectionDocument,
    /// How long the parties of a dispute have to speak and to appeal (R37).
    #[serde(default)]
    pub disputes: DisputesDocument,
    /// For how many prospects a partner may ask whether they are to be had (D22).
    #[serde(default)]
    pub checks: ChecksDocument,
    /// When names are a possible match (D17).
    #[serde(default)]
    pub matching: MatchingDocument,
    /// Which sales count for a partner's ordinal (D11).
    pub ordinal_scope: OrdinalScope,
    /// What a commission waits for unless its rule says otherwise (D12).
    pub commission_trigger: Trigger,
    /// When a payout needs a second person, and when a remittance is due.
    #[serde(default)]
    pub payouts: PayoutsDocument,
    /// When the books are closed, and how debts are recovered (D20).
    #[serde(default)]
    pub accounting: AccountingDocument,
    /// How statements are taxed.
    #[serde(default)]
    pub taxes: TaxesDocument,
    /// What a change of rules may reach (R86, R90).
    #[serde(default)]
    pub amendments: AmendmentsDocument,
    /// From when on something that runs out or is due counts as near.
    #[serde(default)]
    pub obligations: ObligationsDocument,
}

/// When the books are closed, and how debts are recovered (D20).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountingDocument {
    /// How long an accounting period is.
    pub period: PeriodLength,
    /// The most of what is due to a partner that its debts may take of a payout, as a fraction: the rest is left to it. `1` leaves
    /// nothing. What is due to it is what its statements owe it with all taxes, before what they take back of earlier statements: the
    /// same whether the debt stands on a statement of its own or beside what the partner earned (D20). What takes back what was
    /// never paid is no debt: it is set off first, in full.
    pub debt_part: RateText,
}

/// A month, and debts that take all.
impl Default for AccountingDocument {
    fn default() -> Self {
        Self { period: PeriodLength::Month, debt_part: RateText("1".to_owned()) }
    }
}

/// When negotiation counts as started (D2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NegotiationDocument {
    /// How many pieces of dated evidence a registration needs.
    #[schema(maximum = 100, example = 1)]
    pub evidence_min: u32,
    /// How many days evidence may be old when it is handed in: an older date is taken for a mistake.
    #[serde(default = "ten_years")]
    #[schema(minimum = 1, maximum = 36500, example = 3650)]
    pub evidence_max_age_days: u32,
}

/// How old evidence may be where a network does not say.
const fn ten_years() -> u32 {
    3650
}

/// When a protection's end is warned of where a network does not say (D3).
fn month_fortnight_and_eve() -> BTreeSet<u32> {
    BTreeSet::from([30, 14, 3])
}

/// How long a protection lasts (D3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProtectionDocument {
    /// Days from acceptance to expiry.
    #[schema(minimum = 1, maximum = 36500, example = 90)]
    pub days: u32,
    /// The most days that extensions may reach, counted from acceptance; `days` at least.
    #[schema(minimum = 1, maximum = 36500, example = 360)]
    pub cap_days: u32,
    /// How many days before its end the partner and the master are warned, each once.
    #[serde(default = "month_fortnight_and_eve")]
    #[schema(value_type = Vec<u32>, max_items = 20, example = json!([30, 14, 3]))]
    pub warning_days: BTreeSet<u32>,
}

/// How long the parties of a dispute have to speak and to appeal (R37).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputesDocument {
    /// Days from the start of the hearing to each side's deadline, unless the master says otherwise.
    #[schema(minimum = 1, maximum = 3650, example = 14)]
    pub hearing_days: u32,
    /// Days from a decision during which the side that lost something may appeal to another master.
    #[schema(minimum = 1, maximum = 3650, example = 14)]
    pub appeal_days: u32,
}

/// Two weeks each, where a network does not say.
impl Default for DisputesDocument {
    fn default() -> Self {
        Self { hearing_days: 14, appeal_days: 14 }
    }
}

/// For how many prospects a partner may ask whether they are to be had, so that nobody fishes (D22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecksDocument {
    /// The most prospects in 24 hours.
    #[schema(minimum = 1, maximum = 1_000_000, example = 250)]
    pub prospects_per_day: u32,
    /// At how many of them its master is told; `prospects_per_day` at most.
    #[schema(minimum = 1, maximum = 1_000_000, example = 100)]
    pub warn_at: u32,
}

impl Default for ChecksDocument {
    fn default() -> Self {
        Self { prospects_per_day: 250, warn_at: 100 }
    }
}

/// When the names of two prospects of one country are a possible match, which a master decides (D17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchingDocument {
    /// From this score on, in thousandths.
    #[schema(minimum = 1, maximum = 1000, example = 800)]
    pub min_score: u16,
}

/// What labelled pairs were measured with, where a network does not say.
impl Default for MatchingDocument {
    fn default() -> Self {
        Self { min_score: domain::registration::matching::Score::POSSIBLE_MATCH.permille() }
    }
}

/// A company that runs the network, provides its applications and supervises agreements (R8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MasterDocument {
    /// The name it contracts under.
    #[schema(min_length = 1, max_length = 200, example = "Altoga Software, Lda.")]
    pub legal_name: String,
    /// The name it is known by.
    #[schema(min_length = 1, max_length = 200, example = "Altoga Software")]
    pub display_name: String,
    /// The country it is established in.
    pub country: CountryCode,
    /// The currency it keeps its accounts in.
    pub currency: CurrencyCode,
    /// The time zone whose calendar days its dates are (IANA).
    #[schema(pattern = "^[A-Z][A-Za-z_]+(/[A-Z][A-Za-z0-9_+-]+)+$", max_length = 64, example = "Europe/Lisbon")]
    pub time_zone: String,
    /// Its tax id, as the country writes it. Left out until it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "PT501964843")]
    pub tax_id: Option<String>,
}

/// A figure of the network (R1): its names and its terms in versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnershipTypeDocument {
    /// Its name, by language.
    pub names: Texts,
    /// What it is, by language.
    pub descriptions: Texts,
    /// Its terms in versions, numbered from 1 without a gap, each effective later than the one before (R86, R90). A version
    /// never changes once it is published: a change is a new version.
    #[schema(min_items = 1)]
    pub versions: Vec<TermsVersionDocument>,
}

/// One version of a partnership type's terms (R86, R90).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsVersionDocument {
    /// Its number, from 1.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    pub version: u32,
    /// The first day on which agreements can be signed under it.
    #[schema(example = "2013-11-16")]
    pub effective_from: NaiveDate,
    /// What a partner reads and signs, by language.
    pub texts: IndexMap<Language, TermsTextDocument>,
    /// What the system does accordingly.
    pub terms: TermsDocument,
}

/// What a partner reads and signs, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsTextDocument {
    /// The title.
    #[schema(min_length = 1, max_length = 200, example = "Reseller")]
    pub title: String,
    /// The whole text.
    #[schema(min_length = 1, max_length = 100_000, example = "Resellers sell to and contract end customers.")]
    pub body: String,
}

/// Something that the network sells (R4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueItemDocument {
    /// Whose it is. A partner's own items are not the network's to list.
    pub kind: ItemKind,
    /// Its name, by language.
    pub names: Texts,
    /// The master that provides it; for a complementary product, the one that lists it (R48).
    pub provider: Code,
    /// The product line it belongs to; a prospect can be protected for some product lines only (D17).
    pub product_line: Code,
    /// Its list prices, net of tax. One without a price is priced in each proposal.
    pub prices: Vec<PriceDocument>,
}

/// A list price, net of tax, until a later one in the same currency for the same period takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceDocument {
    /// The currency.
    pub currency: CurrencyCode,
    /// What it is for.
    pub period: Period,
    /// The amount.
    pub amount: AmountText,
    /// The first day on which it holds.
    #[schema(example = "2024-01-01")]
    pub from: NaiveDate,
}
