//! The JSON of quotes.

use chrono::NaiveDate;
use domain::{
    commission::{self as rules, OutcomeReason as Reason},
    ledger::Parties,
    network::Rule,
};
use persistence::sale::Attribution;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ledger::{
        contract_year::Place,
        explanation::{Circumstances, Computation, ExplainedLine, ExplainedRule},
        wire::{AnnuitySettlement, LedgerEntryKind, OutcomeReason},
    },
    problem::{Language, say},
    sale::wire::NewLine,
    wire::{Company, Money},
    write::Resource,
};

const fn one_year() -> u32 {
    1
}

/// A sale that could be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuote {
    /// The agreement under which the partner would sell, bring the sale to the master, or promote a sale of the reseller it serves.
    /// Left out where a master would sell by itself (D7).
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The partner's accepted registration of the prospect, where there is one (R35).
    #[serde(default)]
    #[schema(pattern = "^registration_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub registration_id: Option<String>,
    /// The customer, where it is one already.
    #[serde(default)]
    #[schema(pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub customer_id: Option<String>,
    /// The currency of all prices (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// The day it would be signed. Left out: today.
    #[serde(default)]
    #[schema(example = "2026-07-01")]
    pub signed_on: Option<NaiveDate>,
    /// The number that the sale is assumed to have among those of the agreement's partner (D11). Left out: the next one.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    pub ordinal: Option<u32>,
    /// How many contract years it would have.
    #[serde(default = "one_year")]
    #[schema(minimum = 1, maximum = 10, default = 1, example = 1)]
    pub years: u32,
    /// The agreements of the promoters that would take part in the sale (R10).
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    pub promoters: Vec<String>,
    /// What would be sold.
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewLine>,
}

/// What a sale would bring to everyone involved, as far as you may know: a master and the seller see all, another partner its own
/// part (D22).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Quote {
    /// The day it would be signed.
    pub signed_on: NaiveDate,
    /// The currency of all amounts.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The company that would contract the customer.
    pub seller: Company,
    /// Each contract year, whatever will be invoiced or collected when.
    pub contract_years: Vec<QuotedYear>,
    /// What each company would be owed and owe, over all years.
    pub totals: Vec<QuotedTotal>,
}

impl Resource for Quote {}

/// What a sale would bring in one whole contract year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuotedYear {
    /// The contract year, from 1.
    #[schema(minimum = 1, example = 1)]
    pub year: u32,
    /// What the customer would pay for the year, net of tax.
    pub customer_total: Money,
    /// The lines of the year.
    pub lines: Vec<ExplainedLine>,
    /// Where the customer's money would go; shown to masters and to the seller.
    #[schema(required)]
    pub settlement: Option<QuotedSettlement>,
    /// What each rule would make due.
    pub amounts: Vec<QuotedAmount>,
    /// What would earn nothing, and why.
    pub nothing: Vec<QuotedNothing>,
}

/// Where the customer's money of one whole contract year would go.
///
/// It always adds up: `customer_total` = `share_due` + `margin_kept` + `own_lines` + `other_lines`, and `kept` is all of it but
/// `share_due` and what an integrator bills itself (R69 to R74).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuotedSettlement {
    /// What the customer pays for the year, net of tax.
    pub customer_total: Money,
    /// The network lines of it.
    pub network_total: Money,
    /// What a partner that sells owes its master: the share (R15), or the buy price (R55). Nothing where a master sells.
    pub share_due: Money,
    /// What the seller keeps of the network lines: all of them where a master sells.
    pub margin_kept: Money,
    /// The partner's own lines (R42, R43).
    pub own_lines: Money,
    /// Complementary lines.
    pub other_lines: Money,
    /// All that the seller keeps: margin, own and other lines.
    pub kept: Money,
    /// What the other partners of the sale earn by commission (R47).
    pub promoter_commissions: Money,
    /// The points of margin that the seller's sub-network brings, as a fraction (R45, D15).
    #[schema(example = "0.05")]
    pub uplift_rate: String,
    /// What those points come to.
    pub uplift: Money,
    /// Which part of the promoters' commissions the uplift offsets (R46); null where they cost nothing.
    #[schema(required, example = "0.5")]
    pub offset_ratio: Option<String>,
    /// Whether the customer's total is the sum of its parts.
    pub adds_up: bool,
}

impl From<AnnuitySettlement> for QuotedSettlement {
    fn from(settled: AnnuitySettlement) -> Self {
        let AnnuitySettlement {
            annuity_id: _,
            contract_id: _,
            year: _,
            seller: _,
            lines: _,
            customer_total,
            network_total,
            share_due,
            margin_kept,
            own_lines,
            other_lines,
            kept,
            promoter_commissions,
            uplift_rate,
            uplift,
            offset_ratio,
            adds_up,
            rules: _,
            parts: _,
        } = settled;
        Self {
            customer_total,
            network_total,
            share_due,
            margin_kept,
            own_lines,
            other_lines,
            kept,
            promoter_commissions,
            uplift_rate,
            uplift,
            offset_ratio,
            adds_up,
        }
    }
}

/// What one rule would make due in one whole contract year, and how: `amount` is the result of the last of the `steps`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuotedAmount {
    /// The partner whose agreement the rule is of.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// What would be due.
    pub kind: LedgerEntryKind,
    /// Who would owe it.
    pub debtor: Company,
    /// Who would be owed it.
    pub creditor: Company,
    /// How much.
    pub amount: Money,
    /// For a share: what the partner would keep of the network lines (R15).
    #[schema(required)]
    pub margin_kept: Option<Money>,
    /// What would be known of the sale.
    #[serde(flatten)]
    pub circumstances: Circumstances,
    /// The rule, as it stands in the terms.
    pub rule: ExplainedRule,
    /// What the rate is taken of: an exact decimal, which may have more digits than the currency.
    #[schema(example = "1200.00")]
    pub base: String,
    /// The computation.
    #[serde(flatten)]
    pub computation: Computation,
}

impl QuotedAmount {
    /// What a rule would make due for a place in the sale.
    pub(super) fn of(
        place: &Place,
        circumstances: Circumstances,
        parties: Parties,
        rule: &Rule,
        due: &rules::Entitlement,
    ) -> Self {
        let rules::Entitlement { rule: _, kind, amount, margin_kept, hold_days: _, explanation } = due;
        Self {
            partner_id: place.attribution.partner.to_string(),
            kind: (*kind).into(),
            debtor: parties.debtor().into(),
            creditor: parties.creditor().into(),
            amount: (*amount).into(),
            margin_kept: margin_kept.map(Money::from),
            circumstances,
            rule: rule.into(),
            base: explanation.base.to_string(),
            computation: explanation.into(),
        }
    }
}

/// Why a partner would earn nothing by a rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuotedNothing {
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The number that the sale would have among the partner's (D11).
    #[schema(minimum = 1, example = 1)]
    pub ordinal: u32,
    /// The code of the rule; null where no rule of the terms is about such a sale.
    #[schema(required, example = "commission")]
    pub rule: Option<String>,
    /// Why.
    pub reason: OutcomeReason,
    /// The reason in words, in your language.
    #[schema(example = "The sale comes before the first one that is paid.")]
    pub detail: String,
}

impl QuotedNothing {
    /// Why a place in the sale would earn nothing, in the language of the reader.
    pub(super) fn of(place: &Attribution, rule: Option<String>, reason: Reason, language: Language) -> Self {
        Self {
            partner_id: place.partner.to_string(),
            agreement_id: place.agreement.to_string(),
            ordinal: place.ordinal,
            rule,
            reason: reason.into(),
            detail: say(language, &format!("outcome.{}", reason.code()), &[]),
        }
    }
}

/// What a company would be owed and owe by a sale over all its contract years.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuotedTotal {
    /// The company.
    pub company: Company,
    /// What it would be owed.
    pub owed_to_it: Money,
    /// What it would owe.
    pub owed_by_it: Money,
}
