//! The terms of a partnership type: one version of them, as signed.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    code::coded,
    money::Rate,
    network::{Capability, Duty, DutyTerms, ItemKind, Rule, Side},
};

/// What a partnership type means: who may be one, with whom, under which conditions, with which duties, for what money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The legal forms that may hold an agreement of the type (R9, R13).
    pub legal_forms: BTreeSet<LegalForm>,
    /// What must be on the partner's record before an agreement becomes active (R13, R14, R56, R64, R72).
    pub requirements: BTreeSet<Requirement>,
    /// The rule of the network that a requirement comes from, where it is not the requirement's usual one.
    pub requirement_rules: BTreeMap<Requirement, String>,
    /// Whom the partner contracts with (R26, R29, D5).
    pub counterparty: CounterpartyTerms,
    /// Whether at most one agreement of the type is active for a partner at an instant (D4).
    pub single_agreement: bool,
    /// What exclusivity an agreement may grant beside the per-prospect protection (R30, D1).
    pub exclusivity: Exclusivity,
    /// Whether the partner may be the contracting party of a network line (R11, R13).
    pub contracts_customers: bool,
    /// The kinds of lines the partner may put into a sale; a stage may allow more (R42, R43).
    pub sells: BTreeSet<ItemKind>,
    /// What the figure does for network companies beside selling (R18 to R22).
    pub capabilities: BTreeSet<Capability>,
    /// The areas of expertise within which its partners may advise projects, by code (R21).
    pub expertise_areas: BTreeSet<String>,
    /// Who has which duty on network lines (R53, R88).
    pub duties: BTreeMap<Duty, DutyTerms>,
    /// Who bills the partner's own lines to the customer: the partner, or the master it is a subcontractor of (R66, R74).
    pub own_lines_billed_by: Side,
    /// The stages of growth by code, in the order of growth; empty where a type has none (R39).
    pub stages: Vec<Stage>,
    /// Points of margin that a sub-network adds (R45, D15).
    pub margin_uplift: Rate,
    /// What a master checks before it approves (R28).
    pub checklist: Vec<ChecklistItem>,
    /// Minimum sales in an anniversary year (R57, D13).
    pub minimum_sales_per_year: Option<u32>,
    /// The most live registrations of the partner at an instant; none where there is no limit.
    pub registrations_max: Option<u32>,
    /// The entry fee, a part of the conceded segment's commercial potential (R58, D14).
    pub entry_fee: Option<EntryFee>,
    /// The rules that make money move, by code.
    pub rules: Vec<Rule>,
}

/// The legal form of a partner (R5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegalForm {
    /// A natural person.
    NaturalPerson,
    /// An independent professional: a natural person too.
    IndependentProfessional,
    /// A company.
    Company,
    /// Another legal entity: association, foundation, public body.
    OtherLegalEntity,
}

coded! {
    LegalForm {
        NaturalPerson => "natural_person",
        IndependentProfessional => "independent_professional",
        Company => "company",
        OtherLegalEntity => "other_legal_entity",
    }
}

impl LegalForm {
    /// Whether somebody of this form is a natural person.
    #[must_use]
    pub const fn is_natural(self) -> bool {
        matches!(self, Self::NaturalPerson | Self::IndependentProfessional)
    }
}

/// Something that must be on a partner's record before its agreement becomes active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// A company registration number (R13, R14).
    RegistrationNumber,
    /// A valid tax id (R13, R14).
    TaxId,
    /// The recorded ability to bill customers (R13, R14).
    BillingAbility,
    /// Structure and competence for technical support (R56).
    SupportStructure,
    /// Technical qualification to start up a customer (R64, R72).
    TechnicalQualification,
}

coded! {
    Requirement {
        RegistrationNumber => "registration_number",
        TaxId => "tax_id",
        BillingAbility => "billing_ability",
        SupportStructure => "support_structure",
        TechnicalQualification => "technical_qualification",
    }
}

impl Requirement {
    /// The rule that it usually comes from.
    #[must_use]
    pub const fn usual_rule(self) -> &'static str {
        match self {
            Self::RegistrationNumber | Self::TaxId | Self::BillingAbility => "R13",
            Self::SupportStructure => "R56",
            Self::TechnicalQualification => "R64",
        }
    }
}

impl Terms {
    /// Whether a partner can bring a sale under them: some kind of item may be on it, from the start or from a stage on. Who makes
    /// courses alone brings none (R22).
    #[must_use]
    pub fn brings_sales(&self) -> bool {
        !self.sells.is_empty() || self.stages.iter().any(|stage| !stage.adds.is_empty())
    }

    /// The rule that a requirement comes from: the one that these terms name, else its usual one.
    #[must_use]
    pub fn rule_of(&self, requirement: Requirement) -> &str {
        self.requirement_rules.get(&requirement).map_or(requirement.usual_rule(), String::as_str)
    }
}

/// Whom the partner of an agreement contracts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterpartyTerms {
    /// A standard agreement may be made with a master.
    pub master: bool,
    /// A standard agreement may be made with a partner that holds an active agreement of one of these types.
    pub partner_types: BTreeSet<String>,
    /// A special agreement may be made with a master even where a standard one may not (D5).
    pub special_with_master: bool,
}

/// What exclusivity beside the per-prospect protection an agreement may grant. Territory is never possible (R30, D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exclusivity {
    /// None at all.
    Never,
    /// For a sector or activity, in a special agreement, with a master's explicit approval and reason (D1).
    SpecialSectorOrActivity,
}

/// A step of a partner's growth (R39 to R46).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its code, unique in the terms.
    pub code: String,
    /// The trading margin on network lines.
    pub margin: Rate,
    /// The kinds of lines it lets the partner sell beside the type's (R42, R43).
    pub adds: BTreeSet<ItemKind>,
    /// Whether the partner may have a sub-network of promoters (R44).
    pub sub_network: bool,
    /// What it asks of a partner that grows into it (R43).
    pub conditions: StageConditions,
}

/// What a stage asks of a partner that is promoted to it. A number of nothing asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageConditions {
    /// The codes of qualifications that are valid on its first day.
    pub qualifications: BTreeSet<String>,
    /// The least sales that the partner signed itself.
    pub own_sales: u32,
    /// The least customers with an active contract of the partner's.
    pub active_customers: u32,
    /// The least whole months in the stage before.
    pub months_in_stage: u32,
    /// What the master that decides has to answer.
    pub checklist: Vec<ChecklistItem>,
}

/// One thing a master checks (R28).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistItem {
    /// Its code, unique in the terms.
    pub code: String,
    /// Whether an agreement can be approved without it being met.
    pub mandatory: bool,
}

/// How an entry fee is computed (R58, D14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryFee {
    /// The part of the segment's yearly potential.
    pub rate: Rate,
    /// How the fee follows from it.
    pub formula: EntryFeeFormula,
}

/// How an entry fee follows from a segment's potential, with its version: another formula is another word, so that what was assessed
/// by one can be computed again (D14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryFeeFormula {
    /// The rate times the yearly potential, rounded once, half up.
    RateOfPotential,
}

coded! { EntryFeeFormula { RateOfPotential => "rate_of_potential_1", } }
