//! The JSON of explanations: everything that a reader with decimals needs to compute an amount again (§7.1 of the requirements).
//!
//! It is written once, with the entry or outcome that it explains, and only read after that.

use domain::{
    commission as rules,
    id::EntryId,
    ledger::fee_of,
    money::{Money as Amount, exponent},
    network::Rule,
};
use persistence::{agreement::Agreement, db::Conn, ledger as store, network};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use super::explained_rule::ExplainedRule;
use super::{
    explained_division::ExplainedDivision,
    reached::AnnuityToDate,
    takeover::ExplainedServicePeriod,
    words::{AdjustmentDirection, LedgerEntryKind, NotAppliedReason, Operation, RoundingMode},
};
use crate::{
    entry_fee::explanation::EntryFeeExplanation,
    network::definition::{FeeKind, FeeUnit, ItemKind},
    problem::Problem,
    wire::Money,
    write::Resource,
};

/// Why an entry's amount is what it is.
///
/// `amount` is the difference of `entitled_to_date` and `posted_before`; where less is due than was posted, the entry takes the
/// difference back, but no more than `left_of_corrected`: the rest is taken back of the accrual before it, by the next entry.
/// `entitled_to_date` is the result of the last of the `steps`, each of whose operands is an input, the price or quantity of a line,
/// a value of the rule, `reached`, `contracted`, `earlier_years`, `volume_before` or the result of an
/// earlier step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// Always `sale`.
    #[serde(default)]
    pub about: AboutSale,
    /// The entry.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// The contract; null where the amount is a part of another partner's commission.
    #[schema(required, example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: Option<String>,
    /// The annuity; null where the amount is a part of another partner's commission.
    #[schema(required, example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: Option<String>,
    /// What was known of the sale.
    #[serde(flatten)]
    pub circumstances: Circumstances,
    /// The rule, as it stands in the terms; null where the amount is a part of another partner's commission.
    #[schema(required)]
    pub rule: Option<ExplainedRule>,
    /// Why nothing is due to date by the rule any more; null where something is, or where it rounds to nothing.
    #[schema(required)]
    pub not_due_because: Option<NotAppliedReason>,
    /// What the rate was taken of, for the whole year: an exact decimal, which may have more digits than the currency.
    #[schema(required, example = "1200.00")]
    pub base: Option<String>,
    /// How the commission is divided by the decision of a dispute; null where it is not.
    #[serde(default)]
    #[schema(required)]
    pub division: Option<ExplainedDivision>,
    /// Which days of the contract year are the company's, where another one took the customer over; null where none did. What is
    /// told of the whole is what the whole year brings, and the last steps are the part of these days (D19).
    #[serde(default)]
    #[schema(required)]
    pub service_period: Option<ExplainedServicePeriod>,
    /// The computation.
    #[serde(flatten)]
    pub computation: Computation,
    /// What the rule's trigger has come to: the basis to date (D12). Of a part of another partner's commission, that commission.
    pub reached: Money,
    /// What happened to the annuity, of which `reached` can be computed; null in a quote, and where the amount is a part of another
    /// partner's.
    #[serde(default)]
    #[schema(required)]
    pub to_date: Option<AnnuityToDate>,
    /// What the whole annuity comes to. Of a part of another partner's commission, that commission.
    pub contracted: Money,
    /// What is due by the rule from the annuity's start to date.
    pub entitled_to_date: Money,
    /// What the entries before this one come to, without what was adjusted by decision.
    pub posted_before: Money,
    /// Where the entry takes something back: what was left of the entry that it corrects, after what was taken back of it and
    /// adjusted. What an adjustment took is not taken back again: where nothing is left, no entry takes back the rest.
    #[serde(default)]
    #[schema(required)]
    pub left_of_corrected: Option<Money>,
    /// The entry's amount.
    pub amount: Money,
    /// For a share: what the partner keeps to date of the network lines (R15): `network_net × reached ÷ contracted`, rounded, less
    /// the share.
    #[schema(required)]
    pub margin_kept: Option<Money>,
    /// Where a change of rules counted the sale again: the version of the terms by which it was counted before. What that brought
    /// is `posted_before`; null where there was no such change.
    #[serde(default)]
    #[schema(required)]
    pub replaced_terms: Option<ExplainedTerms>,
}

/// The word that tells the explanation of an entry that a sale made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AboutSale {
    /// The only one.
    #[default]
    Sale,
}

/// Why an entry's amount is what it is: of a `sale` by its rules, of an `adjustment` by a master's
/// decision, of a `service` by its fee, of an `entry_fee` by its assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "about", mapping(
    ("sale" = "#/components/schemas/Explanation"),
    ("adjustment" = "#/components/schemas/AdjustmentExplanation"),
    ("service" = "#/components/schemas/ServiceExplanation"),
    ("entry_fee" = "#/components/schemas/EntryFeeExplanation"),
)))]
pub enum EntryExplanation {
    /// By the rules of terms.
    Sale(Box<Explanation>),
    /// By a decision.
    Adjustment(AdjustmentExplanation),
    /// By a fee.
    Service(ServiceExplanation),
    /// By an assessment.
    EntryFee(EntryFeeExplanation),
}

/// It is the entry's, which never changes.
impl Resource for EntryExplanation {
    fn version(&self) -> Option<i64> {
        Some(1)
    }
}

/// Why an adjustment's amount is what it is: it was decided so, by two people of a master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdjustmentExplanation {
    /// Always `adjustment`.
    pub about: AboutAdjustment,
    /// The entry.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// The adjustment.
    #[schema(example = "adjustment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub adjustment_id: String,
    /// The entry that it corrects.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub corrects_id: String,
    /// What that entry brought.
    pub corrected_amount: Money,
    /// Whether more is due than that entry says, or less.
    pub direction: AdjustmentDirection,
    /// Why.
    #[schema(example = "The customer was brought by another campaign than was recorded.")]
    pub reason: String,
    /// How much more or less.
    pub amount: Money,
}

/// Why the fee of a service is what it is: its quantity times its rate, rounded (R24).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceExplanation {
    /// Always `service`.
    pub about: AboutService,
    /// The entry.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// The service.
    #[schema(example = "service_01h2xcejqtf2nbrexx3vqjhp41")]
    pub service_id: String,
    /// The introduction, project, course or session of a course that the service is about; null where it names none.
    #[serde(default)]
    #[schema(required, example = "course_01h2xcejqtf2nbrexx3vqjhp41")]
    pub subject_id: Option<String>,
    /// What the partner calls the service; null where it has no name for it.
    #[serde(default)]
    #[schema(required, example = "course-2026-03")]
    pub reference: Option<String>,
    /// The agreement whose terms pay it.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The version of the terms that it was signed under.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: String,
    /// The fee's code in them.
    #[schema(example = "course")]
    pub fee: String,
    /// How it is remunerated.
    pub kind: FeeKind,
    /// What the fee is for one of.
    pub unit: FeeUnit,
    /// What one unit brings.
    pub rate: Money,
    /// How many units: a decimal.
    #[schema(example = "7.5")]
    pub quantity: String,
    /// What they come to exactly: a decimal.
    #[schema(example = "450")]
    pub exact: String,
    /// How that is rounded.
    pub rounding: Rounding,
    /// The fee.
    pub amount: Money,
}

impl ServiceExplanation {
    /// Why the fee of a service is what it is; none out of range.
    pub(super) fn of(entry: EntryId, service: &store::Service) -> Option<Self> {
        let (exact, amount) = fee_of(service.rate, service.quantity)?;
        Some(Self {
            about: AboutService::Service,
            ledger_entry_id: entry.to_string(),
            service_id: service.id.to_string(),
            subject_id: service.subject.map(|subject| subject.written()),
            reference: service.reference.clone(),
            agreement_id: service.agreement.to_string(),
            terms_id: service.terms.to_string(),
            fee: service.fee.clone(),
            kind: service.kind.into(),
            unit: service.unit.into(),
            rate: service.rate.into(),
            quantity: service.quantity.to_string(),
            exact: exact.normalize().to_string(),
            rounding: Rounding { mode: RoundingMode::HalfUp, digits: exponent(amount.currency()) },
            amount: amount.into(),
        })
    }
}

/// The word that tells the explanation of a service's fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AboutService {
    /// The only one.
    Service,
}

/// The word that tells the explanation of an adjustment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AboutAdjustment {
    /// The only one.
    Adjustment,
}

/// What was known of a sale when its rules were evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Circumstances {
    /// The agreement that the sale counts for.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// Whether the agreement's special terms changed those of its type (R2).
    pub special_terms: bool,
    /// The terms that were in force.
    pub terms: ExplainedTerms,
    /// The sale's number among the partner's, frozen at signing (D11); null where it is none of the partner's sales.
    #[schema(required, minimum = 1, example = 2)]
    pub ordinal: Option<u32>,
    /// The contract year.
    #[schema(minimum = 1, example = 1)]
    pub year: u32,
    /// The partner's stage on the day of signing; null where its type has none (R39).
    #[schema(required, example = "daily_helpdesk")]
    pub stage: Option<String>,
    /// The introduction by which a promoter has its place in the sale; null where it has it otherwise (R18).
    #[serde(default)]
    #[schema(required, example = json!(null))]
    pub introduction_id: Option<String>,
    /// What was known, by name; what did not exist is left out.
    pub inputs: Vec<NamedValue>,
    /// The rules of the same terms that did not apply, with the reason.
    pub not_applied: Vec<NotAppliedRule>,
}

/// A version of a partnership type's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedTerms {
    /// Its id.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its number.
    #[schema(example = 1)]
    pub version: i32,
    /// The type's code.
    #[schema(example = "reseller")]
    pub partnership_type: String,
}

impl ExplainedTerms {
    /// The terms that an agreement was signed under.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn of(conn: &mut Conn, agreement: &Agreement) -> Result<Self, Problem> {
        let missing = |what: &str| Problem::internal(format!("{}: {what}", agreement.id));
        let version = network::find_terms(conn, agreement.terms_id)?.ok_or_else(|| missing("no terms"))?;
        let of_type = network::find_type(conn, agreement.network, version.type_id)?.ok_or_else(|| missing("no type"))?;
        Ok(Self { id: version.id.to_string(), version: version.number, partnership_type: of_type.code })
    }
}

/// A computation that can be done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Computation {
    /// The lines that were counted.
    pub lines: Vec<ExplainedLine>,
    /// The lines that were not, because a more specific rule counts them.
    #[serde(default)]
    #[schema(required)]
    pub lost_lines: Vec<LostLine>,
    /// What the rule came to in the earlier years of the contract, before its bounds; null where its bounds are not about the sale.
    #[serde(default)]
    #[schema(required, example = "360")]
    pub earlier_years: Option<String>,
    /// The volume that came before the sale, in the sale's currency, frozen when it was signed: what the rule's base came to in the
    /// first years of the sales before it. Null where the rule has no tiers that add up over several sales.
    #[serde(default)]
    #[schema(required, example = "2400.00")]
    pub volume_before: Option<String>,
    /// What was done, in this order.
    pub steps: Vec<Step>,
    /// How the steps that round do it.
    pub rounding: Rounding,
}

/// A line with its amounts for the year, net of tax (D12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedLine {
    /// Its place among the lines that are due in the year, from 1.
    #[schema(minimum = 1, example = 1)]
    pub position: usize,
    /// Whose its item is.
    pub kind: ItemKind,
    /// The item's code; null where it is not known.
    #[serde(default)]
    #[schema(required, example = "sales_and_purchasing")]
    pub item: Option<String>,
    /// The code of its product line; null where it has none, or it is not known.
    #[serde(default)]
    #[schema(required, example = "business_management")]
    pub product_line: Option<String>,
    /// How many units; null where it is not known.
    #[serde(default)]
    #[schema(required, example = 1)]
    pub quantity: Option<u32>,
    /// Whether it comes back every year.
    pub recurring: bool,
    /// At list prices.
    pub list: Money,
    /// After discounts.
    pub net: Money,
    /// Whether it was sold inside the protection of another partner, by a master's leave: nobody earns by it (R36).
    #[serde(default)]
    #[schema(required)]
    pub protected_by_other: bool,
}

/// One step of a computation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// What was done.
    pub operation: Operation,
    /// With what, in this order.
    pub operands: Vec<NamedValue>,
    /// What came out: an exact decimal.
    pub result: NamedValue,
}

/// A value by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedValue {
    /// What it is.
    #[schema(example = "rate")]
    pub name: String,
    /// The value: a decimal, a whole number, a code, or `true` and `false`.
    #[schema(example = "0.15")]
    pub value: String,
}

/// How an amount is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rounding {
    /// Where the half goes.
    pub mode: RoundingMode,
    /// How many digits are left after the point.
    #[schema(example = 2)]
    pub digits: u32,
}

/// A rule that did not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotAppliedRule {
    /// Its code.
    #[schema(example = "commission")]
    pub rule: String,
    /// What it would have been due for.
    pub kind: LedgerEntryKind,
    /// Why not.
    pub reason: NotAppliedReason,
    /// The more specific rules that took its lines, where that is the reason.
    #[serde(default)]
    #[schema(required)]
    pub lost_to: Vec<WinningRule>,
}

/// A rule that counts what another one would have counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WinningRule {
    /// Its code.
    #[schema(example = "module_commission")]
    pub rule: String,
    /// What it names, most decisive first, which makes it the more specific one: `items`, `product_lines`, `segments`, `countries`.
    pub names: Vec<String>,
}

/// A line that the rule would have counted, had a more specific one not taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LostLine {
    /// Its place among the lines that are due in the year, from 1.
    #[schema(minimum = 1, example = 1)]
    pub position: usize,
    /// The rule that counts it.
    pub to: WinningRule,
}

impl From<&Rule> for WinningRule {
    fn from(rule: &Rule) -> Self {
        let names = rule.only.specificity().named().into_iter().map(str::to_owned).collect();
        Self { rule: rule.code.clone(), names }
    }
}

impl Computation {
    /// No computation at all, for amounts in the currency of `amount`.
    pub(super) fn none(amount: Amount) -> Self {
        let rounding = Rounding { mode: RoundingMode::HalfUp, digits: exponent(amount.currency()) };
        Self { lines: Vec::new(), lost_lines: Vec::new(), earlier_years: None, volume_before: None, steps: Vec::new(), rounding }
    }
}

impl From<&rules::Explanation> for Computation {
    fn from(explanation: &rules::Explanation) -> Self {
        let rules::Explanation { lines, lost, earlier_years, volume_before, steps, rounding, .. } = explanation;
        let lost_line = |lost: &rules::LostLine| {
            let rules::LostLine { line, to } = lost;
            LostLine { position: line.saturating_add(1), to: to.as_ref().into() }
        };
        Self {
            lines: lines.iter().map(|(index, line)| explained_line(*index, line)).collect(),
            lost_lines: lost.iter().map(lost_line).collect(),
            earlier_years: earlier_years.as_ref().map(ToString::to_string),
            volume_before: volume_before.as_ref().map(ToString::to_string),
            steps: steps.iter().map(Step::from).collect(),
            rounding: Rounding { mode: rounding.mode.into(), digits: rounding.digits },
        }
    }
}

/// A line of the year, at its index from 0.
pub(crate) fn explained_line(index: usize, line: &rules::AnnuityLine) -> ExplainedLine {
    let rules::AnnuityLine { kind, item, product_line, quantity, recurring, list, net, protected_by_other } = line;
    ExplainedLine {
        position: index.saturating_add(1),
        kind: (*kind).into(),
        item: item.as_deref().map(str::to_owned),
        product_line: product_line.as_deref().map(str::to_owned),
        quantity: Some(*quantity),
        recurring: *recurring,
        list: (*list).into(),
        net: (*net).into(),
        protected_by_other: *protected_by_other,
    }
}

impl From<&rules::Step> for Step {
    fn from(step: &rules::Step) -> Self {
        let rules::Step { operation, operands, result } = step;
        Self { operation: (*operation).into(), operands: operands.iter().map(NamedValue::from).collect(), result: result.into() }
    }
}

impl From<&rules::Named> for NamedValue {
    fn from(named: &rules::Named) -> Self {
        let rules::Named { name, value } = named;
        Self { name: name.code().to_owned(), value: value.to_string() }
    }
}

impl From<&rules::NotApplied> for NotAppliedRule {
    fn from(not_applied: &rules::NotApplied) -> Self {
        let rules::NotApplied { rule, kind, reason, lost_to } = not_applied;
        let lost_to = lost_to.iter().map(|rule| WinningRule::from(rule.as_ref())).collect();
        Self { rule: rule.clone(), kind: (*kind).into(), reason: (*reason).into(), lost_to }
    }
}
