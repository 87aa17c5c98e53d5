//! The terms document: one version of a partnership type's terms as they are written, read and signed.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BenefitDocument, Code, FeeDocument, RateText, RuleDocument, RuleNumber, Texts,
    words::{Capability, EntryFeeFormula, Exclusivity, ItemKind, LegalForm, Remuneration, Requirement, RuleKind, Side, Trigger},
};

/// What a partnership type means: who may be one, with whom, under which conditions, with which duties, for what money.
///
/// Everything with a code stands in a map, so that special terms can override it as a JSON merge patch (RFC 7396; R2, R6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsDocument {
    /// The legal forms that may hold an agreement of the type (R9, R13).
    #[schema(min_items = 1)]
    pub legal_forms: BTreeSet<LegalForm>,
    /// What must be on the partner's record before its agreement becomes active (R13, R14, R56, R64, R72).
    #[serde(default)]
    pub requirements: BTreeSet<Requirement>,
    /// The rule of the network that a requirement comes from, as refusals name it; its usual one where none is said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, RuleNumber>, example = json!({ "technical_qualification": "R72" }))]
    pub requirement_rules: BTreeMap<Requirement, RuleNumber>,
    /// Whom the partner contracts with (R26, R29, D5).
    pub counterparty: CounterpartyDocument,
    /// Whether at most one agreement of the type is active for a partner at an instant (D4).
    pub single_agreement: bool,
    /// What exclusivity an agreement may grant beside the per-prospect protection. Territory is never possible (R30, D1).
    pub exclusivity: Exclusivity,
    /// Whether the partner may be the contracting party of a network line (R11, R13).
    pub contracts_customers: bool,
    /// The kinds of lines the partner may put into a sale; a stage may add more (R42, R43).
    pub sells: BTreeSet<ItemKind>,
    /// What the figure does for network companies beside selling (R18 to R22). Nobody who contracts customers promotes for others.
    #[serde(default)]
    pub capabilities: BTreeSet<Capability>,
    /// The areas of expertise within which a figure that advises projects may work, by code (R21).
    #[serde(default)]
    pub expertise_areas: IndexMap<Code, ExpertiseAreaDocument>,
    /// Who has which duty on network lines (R53, R88).
    pub duties: DutiesDocument,
    /// Who bills the partner's own lines to the customer: the partner, or the master it is a subcontractor of (R66, R74).
    pub own_lines_billed_by: Side,
    /// The stages of growth by code; none where a type does not grow (R39).
    #[serde(default)]
    pub stages: IndexMap<Code, StageDocument>,
    /// Points of margin that a sub-network adds, as a fraction: `0.05` is five points (R45, D15).
    #[serde(default)]
    pub margin_uplift: RateText,
    /// What a master checks before it approves an agreement, by code (R28).
    #[serde(default)]
    pub checklist: IndexMap<Code, ChecklistItemDocument>,
    /// How a master supervises agreements of the type, in words (R7, R28).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub supervision_notes: Option<Texts>,
    /// Minimum sales in an anniversary year of the agreement (R57, D13). Left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000, example = 15)]
    pub minimum_sales_per_year: Option<u32>,
    /// The most registrations of prospects that the partner may have at an instant under agreements of the type: those that wait
    /// for somebody and those that protect. Left out where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000, example = 200)]
    pub registrations_max: Option<u32>,
    /// The entry fee, a part of the conceded segment's commercial potential (R58, D14). Left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub entry_fee: Option<EntryFeeDocument>,
    /// The rules that make money move, by code. Where several could count the same line, the most specific one does: see
    /// `RuleDocument`.
    #[serde(default)]
    pub rules: IndexMap<Code, RuleDocument>,
    /// The ways in which a partner of the type may be remunerated (R24).
    #[serde(default)]
    pub remuneration: BTreeSet<Remuneration>,
    /// What services of the partner bring, by code (R24).
    #[serde(default)]
    pub fees: IndexMap<Code, FeeDocument>,
    /// What the partner gets beside money, by code (R81 to R85).
    #[serde(default)]
    pub benefits: IndexMap<Code, BenefitDocument>,
}

impl TermsDocument {
    /// Gives commissions that say no trigger the one that `trigger` has for their code (D12).
    pub(crate) fn fill_triggers(&mut self, trigger: impl Fn(&Code) -> Trigger) {
        for (code, rule) in self.rules.iter_mut().filter(|(_, rule)| rule.kind == RuleKind::Commission) {
            rule.trigger.get_or_insert_with(|| trigger(code));
        }
    }
}

/// Whom the partner of an agreement contracts with (R26, R29, D5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CounterpartyDocument {
    /// Whether a standard agreement may be made with a master.
    pub master: bool,
    /// A standard agreement may be made with a partner that holds an active agreement of one of these types.
    #[serde(default)]
    #[schema(value_type = BTreeSet<Code>)]
    pub partner_types: IndexSet<Code>,
    /// Whether a special agreement may be made with a master even where a standard one may not (D5).
    #[serde(default)]
    pub special_with_master: bool,
}

/// Which side has each duty on network lines by default, and which may have it (R53, R88).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutiesDocument {
    /// Contracts the customer.
    pub contracting: DutyDocument,
    /// Bills the customer.
    pub billing: DutyDocument,
    /// Starts the customer up.
    pub start_up: DutyDocument,
    /// Integrates.
    pub integration: DutyDocument,
    /// Trains.
    pub training: DutyDocument,
    /// Answers the customer's questions (hotline).
    pub support: DutyDocument,
    /// Evolutive maintenance: new versions. Always the master's (R80).
    pub maintenance: DutyDocument,
}

/// Which side has a duty by default, and which may have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyDocument {
    /// The side that has it unless the line says otherwise.
    pub default: Side,
    /// The sides that may have it; the default is one of them.
    #[schema(min_items = 1)]
    pub allowed: BTreeSet<Side>,
}

/// A step of a partner's growth (R39 to R46).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageDocument {
    /// Its place in the order of growth; no two stages share one.
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    pub order: u32,
    /// Its name, by language.
    pub names: Texts,
    /// The trading margin on network lines.
    pub margin: RateText,
    /// The kinds of lines it lets the partner sell beside the type's (R42, R43).
    #[serde(default)]
    pub adds: BTreeSet<ItemKind>,
    /// Whether the partner may have a sub-network of promoters (R44).
    #[serde(default)]
    pub sub_network: bool,
    /// What it asks of a partner that is promoted to it (R43). Left out where it asks for nothing; the first stage always does.
    #[serde(default, skip_serializing_if = "StageConditionsDocument::is_empty")]
    pub conditions: StageConditionsDocument,
}

/// What a stage asks of a partner that is promoted to it, measured from the partner's own record (R43). 0 asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageConditionsDocument {
    /// The qualifications of the network that are valid on the first day of the stage, by code.
    #[serde(default)]
    pub qualifications: BTreeSet<Code>,
    /// The least sales that the partner signed itself under agreements of the type. A later cancellation takes none away (D11).
    #[serde(default)]
    #[schema(maximum = 1_000_000, example = 3)]
    pub own_sales: u32,
    /// The least customers with an active contract of the partner's.
    #[serde(default)]
    #[schema(maximum = 1_000_000, example = 2)]
    pub active_customers: u32,
    /// The least whole months in the stage before, until the first day of this one.
    #[serde(default)]
    #[schema(maximum = 1200, example = 6)]
    pub months_in_stage: u32,
    /// What the master that decides has to answer, by code: a mandatory item that is not met keeps the stage closed (R28).
    #[serde(default)]
    pub checklist: IndexMap<Code, ChecklistItemDocument>,
}

impl StageConditionsDocument {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One thing a master checks (R28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItemDocument {
    /// Whether an agreement cannot be approved without it being met.
    pub mandatory: bool,
    /// What is checked, by language.
    pub texts: Texts,
}

/// An area of expertise (R21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseAreaDocument {
    /// Its name, by language.
    pub names: Texts,
}

/// How an entry fee is computed (R58, D14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryFeeDocument {
    /// The part of the segment's yearly potential.
    pub rate: RateText,
    /// How the fee follows from it. Left out, it is `rate_of_potential_1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub formula: Option<EntryFeeFormula>,
}
