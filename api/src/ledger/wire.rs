//! The JSON of the ledger.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    commission as rules,
    ledger::{Correction, EntryState, Standing},
};
use persistence::ledger as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::explanation::{Circumstances, Computation, ExplainedLine};
pub use super::{
    explanation::EntryExplanation,
    takeover::SettledPart,
    words::{LedgerCorrection, LedgerEntryKind, LedgerEntryState, OutcomeReason},
};
use crate::{
    pages,
    problem::{Language, Problem, say},
    wire::{Company, Money},
    write::Resource,
};

/// One amount that a debtor owes a creditor. Nothing of it changes but its `state`, which follows from days, statements and
/// payouts: what corrects it is an entry of its own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerEntry {
    /// Its id.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The journal it stands in: all that its source posted at once.
    #[schema(example = "journal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub journal_id: String,
    /// What made that journal: an annuity, a service, a decision. Each makes one journal at most of each of its states. For a part
    /// of another partner's commission, the dispute by which it is one.
    #[schema(example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub source_id: String,
    /// What happened: the instalment, the contract that was signed, renewed or cancelled, the decision.
    #[schema(required, example = "instalment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub cause_id: Option<String>,
    /// What it is for.
    pub kind: LedgerEntryKind,
    /// Why it corrects another entry; null where it corrects none (D20).
    #[schema(required)]
    pub correction: Option<LedgerCorrection>,
    /// The entry that it corrects.
    #[schema(required, example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub corrects_id: Option<String>,
    /// How far it has come.
    pub state: LedgerEntryState,
    /// How much, always more than nothing.
    pub amount: Money,
    /// Who owes it.
    pub debtor: Company,
    /// Who is owed it.
    pub creditor: Company,
    /// The partner whose agreement made it.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// That agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The contract; null where it is about no sale, or a part of another partner's commission.
    #[schema(required, example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: Option<String>,
    /// The annuity.
    #[schema(required, example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: Option<String>,
    /// The contract year, from 1.
    #[schema(required, example = 1)]
    pub year: Option<u32>,
    /// The code of the rule that made it.
    #[schema(example = "commission")]
    pub rule: String,
    /// The terms that the rule stands in.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: String,
    /// Their number.
    #[schema(example = 1)]
    pub terms_version: i32,
    /// The sale's number among the partner's (D11); null where it is about none of its own: a part of another one's commission, or
    /// a contract that it took over.
    #[schema(required, example = 2)]
    pub ordinal: Option<u32>,
    /// Its number among the entries by which its rule follows the annuity, from 1; null where it is none of them.
    #[schema(required, example = 1)]
    pub sequence: Option<i32>,
    /// What is due by the rule from the annuity's start to date, this entry included.
    #[schema(required)]
    pub entitled_to_date: Option<Money>,
    /// The day it is dated: that of what it is for (the signature, invoice, payment, credit note, refund or end of the contract), or of
    /// the decision; the first day of the next open period where that day's period is closed.
    pub dated_on: NaiveDate,
    /// The first day on which it may be stated and paid.
    pub payable_on: NaiveDate,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was posted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for LedgerEntry {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/ledger-entries/{}", self.id))
    }
}

pages!(LedgerEntryPage of LedgerEntry);

impl LedgerEntry {
    /// The entry as it stands on a day.
    pub(crate) fn of(posted: store::PostedEntry, today: NaiveDate) -> Self {
        let store::PostedEntry { entry, network: _, journal, source, cause, terms_version, sold, stated, paid, recorded_at } =
            posted;
        let store::Entry {
            id,
            master: _,
            movement,
            partner,
            agreement,
            terms,
            sale,
            rule,
            explanation: _,
            calculation: _,
            dated_on,
            payable_on,
        } = entry;
        let (correction, step) = (movement.correction(), sale.and_then(|sale| sale.step));
        // A part of another partner's commission tells of the dispute, and of nothing by which that partner's sale is known (D22).
        let part_by = sold.and_then(|sold| sold.part_by);
        let shown = sale.filter(|_| part_by.is_none());
        let state = EntryState::on(today, Standing { dated_on, payable_on, stated, paid });
        Self {
            id: id.to_string(),
            journal_id: journal.to_string(),
            source_id: part_by.map_or_else(|| source.id().to_string(), |dispute| dispute.to_string()),
            cause_id: cause.filter(|_| part_by.is_none()),
            kind: movement.kind().into(),
            correction: correction.map(|Correction { kind, corrects: _ }| kind.into()),
            corrects_id: correction.map(|Correction { kind: _, corrects }| corrects.to_string()),
            state: state.into(),
            amount: movement.amount().into(),
            debtor: movement.parties().debtor().into(),
            creditor: movement.parties().creditor().into(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            contract_id: shown.map(|sale| sale.contract.to_string()),
            annuity_id: shown.map(|sale| sale.annuity.to_string()),
            year: sold.map(|sold| sold.year),
            rule,
            terms_id: terms.to_string(),
            terms_version,
            ordinal: sold.filter(|_| part_by.is_none()).and_then(|sold| sold.ordinal),
            sequence: step.map(|step| step.sequence),
            entitled_to_date: step.map(|step| step.entitled.into()),
            dated_on,
            payable_on,
            version: version_in(state),
            created_at: recorded_at,
            updated_at: recorded_at,
        }
    }
}

/// Nothing of an entry changes but how far it has come.
const fn version_in(state: EntryState) -> i64 {
    match state {
        EntryState::Accrued => 1,
        EntryState::Held => 2,
        EntryState::Payable => 3,
        EntryState::Stated => 4,
        EntryState::Paid => 5,
    }
}

/// On which side of an entry you stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LedgerRole {
    /// You owe it.
    Debtor,
    /// You are owed it.
    Creditor,
}

impl From<LedgerRole> for store::EntrySide {
    fn from(role: LedgerRole) -> Self {
        match role {
            LedgerRole::Debtor => Self::Debtor,
            LedgerRole::Creditor => Self::Creditor,
        }
    }
}

/// Which entries are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LedgerEntryFilters {
    /// Those that a partner owes or is owed.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those in a currency.
    #[param(pattern = "^[A-Z]{3}$", example = "EUR", nullable = false)]
    pub currency: Option<String>,
    /// Those of a contract.
    #[param(
        pattern = "^contract_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "contract_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub contract_id: Option<String>,
    /// Those of an annuity.
    #[param(pattern = "^annuity_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "annuity_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub annuity_id: Option<String>,
    /// Those of a kind.
    #[param(inline, nullable = false)]
    pub kind: Option<LedgerEntryKind>,
    /// Those in which you stand on this side.
    #[param(inline, nullable = false)]
    pub role: Option<LedgerRole>,
    /// Those that have come this far.
    #[param(inline, nullable = false)]
    pub state: Option<LedgerEntryState>,
}

/// What you and one of your counterparties owe each other: the sums of the entries between you, without taxes. An entry is paid once the
/// payouts or payments that its statement comes to are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Balance {
    /// The counterparty.
    pub counterparty: Company,
    /// The sums, one for each currency: two currencies are never added.
    pub amounts: Vec<BalanceAmount>,
}

/// The sums of one currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BalanceAmount {
    /// The sum of the entries that the counterparty owes you, corrections among them.
    pub owed_to_you: Money,
    /// The sum of the entries that you owe the counterparty, corrections among them.
    pub owed_by_you: Money,
    /// What of `owed_to_you` was paid: the sum of its entries in the state `paid`.
    pub paid_to_you: Money,
    /// What of `owed_by_you` was paid.
    pub paid_by_you: Money,
    /// What is still open: `owed_to_you` less `paid_to_you`, less what is open of `owed_by_you`. Below nothing where you owe more.
    pub net: Money,
    /// What of `owed_to_you` is owed back to you: it takes back what you owed (D20).
    pub owed_back_to_you: Money,
    /// What of `owed_by_you` you owe back.
    pub owed_back_by_you: Money,
    /// The same sums by how far the entries have come: one for each state, in their order.
    pub by_state: Vec<BalanceInState>,
}

/// The sums of one currency of what has come equally far.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BalanceInState {
    /// How far.
    pub state: LedgerEntryState,
    /// The sum of the entries that the counterparty owes you, corrections among them.
    pub owed_to_you: Money,
    /// The sum of the entries that you owe the counterparty, corrections among them.
    pub owed_by_you: Money,
    /// What is owed to you less what is owed by you.
    pub net: Money,
}

/// Whose balances are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BalanceFilters {
    /// Those of a partner that you supervise; "you" is the partner then.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
}

pages!(BalancePage of Balance);

/// The parameters of the list of balances.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the parameters; `Paging` reads them")]
pub struct BalanceQuery {
    /// How many counterparties at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<i64>,
    /// The cursor of the page before, from its `next`.
    #[param(
        min_length = 1,
        max_length = 400,
        pattern = "^[A-Za-z0-9_-]+$",
        example = "eyJpZCI6IjAxOTNkNWQ4In0",
        nullable = false
    )]
    after: Option<String>,
}

/// Why a qualifying event earned nothing. It never changes: it says how things stood when it was recorded. Where another reason
/// holds later, that is another outcome: what waited has turned out to earn nothing, say.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Outcome {
    /// Its id.
    #[schema(example = "outcome_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Why.
    pub reason: OutcomeReason,
    /// The reason in words, in your language.
    #[schema(example = "The sale comes before the first one that is paid.")]
    pub detail: String,
    /// The partner that earned nothing.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement that the sale counts for, or that pays a fee for the service.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The contract; null where it is about a service.
    #[schema(required, example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: Option<String>,
    /// The annuity; null where it is about a service.
    #[schema(required, example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: Option<String>,
    /// The contract year, from 1; null where it is about a service.
    #[schema(required, example = 1)]
    pub year: Option<u32>,
    /// The service that brought no money: refused, or remunerated in kind (R24); null where it is about a sale.
    #[schema(required, example = json!(null))]
    pub service_id: Option<String>,
    /// The code of the rule that earned nothing, or of the service's fee; null where no rule of the terms is about such a sale.
    #[schema(required, example = "commission")]
    pub rule: Option<String>,
    /// Whether the rule earned something on the annuity since.
    pub earned_since: bool,
    /// Whether a later outcome gives another reason for the same: the last one holds.
    pub reconsidered_since: bool,
    /// What was known of the sale when the outcome was recorded; null for a service, which says all about itself.
    #[schema(required)]
    pub explanation: Option<Circumstances>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

impl Resource for Outcome {
    fn location(&self) -> Option<String> {
        Some(format!("/v1/outcomes/{}", self.id))
    }
}

pages!(OutcomePage of Outcome);

impl Outcome {
    /// The outcome for a reader of a language.
    ///
    /// # Errors
    /// `internal_error` when its explanation cannot be read.
    pub(super) fn read(recorded: store::RecordedOutcome, language: Language) -> Result<Self, Problem> {
        let store::RecordedOutcome { outcome, year, earned_since, reconsidered_since } = recorded;
        let store::Outcome { id, network: _, partner, agreement, about, rule, reason, recorded_at } = outcome;
        let unreadable = |error: serde_json::Error| Problem::internal(format!("{id}: {error}"));
        let (contract_id, annuity_id, service_id, explanation) = match about {
            store::OutcomeAbout::Annuity { attribution: _, annuity, contract, explanation } => {
                (Some(contract.to_string()), Some(annuity.to_string()), None, Some(explanation))
            }
            store::OutcomeAbout::Service(service) => (None, None, Some(service.to_string()), None),
        };
        Ok(Self {
            id: id.to_string(),
            reason: reason.into(),
            detail: say(language, &format!("outcome.{}", reason.code()), &[]),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            contract_id,
            annuity_id,
            year,
            service_id,
            rule,
            earned_since,
            reconsidered_since,
            explanation: explanation.map(|explanation| serde_json::from_str(&explanation)).transpose().map_err(unreadable)?,
            created_at: recorded_at,
        })
    }
}

/// Which outcomes are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutcomeFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those of a contract.
    #[param(
        pattern = "^contract_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "contract_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub contract_id: Option<String>,
    /// Those of a reason.
    #[param(inline, nullable = false)]
    pub reason: Option<OutcomeReason>,
}

/// Where the money of one whole contract year goes, whatever was invoiced or collected of it.
///
/// It always adds up: `customer_total` = `share_due` + `margin_kept` + `own_lines` + `other_lines`, and `kept` is all of it but
/// `share_due` and what an integrator bills itself, which is that integrator's (R69 to R74): `parts` says what is whose. A share is owed of network lines and of nothing else, so what is not a network line stays with the seller: its own
/// lines, and the complementary ones that it sold (R15 to R17). Where none of those was sold, the total is share, margin and own
/// lines.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnnuitySettlement {
    /// The annuity.
    #[schema(example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: String,
    /// The contract.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// The contract year, from 1.
    #[schema(example = 1)]
    pub year: u32,
    /// The company that contracted the customer, or that answers for the whole year since it took the contract over.
    pub seller: Company,
    /// The lines of the year, those that an integrator bills itself last.
    pub lines: Vec<ExplainedLine>,
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
    /// Complementary lines (R4): whoever provides them, a master too, is paid by the seller outside of this ledger.
    pub other_lines: Money,
    /// All that the seller keeps: margin, own and other lines.
    pub kept: Money,
    /// What the other partners of the sale earn by commission in the whole year (R47).
    pub promoter_commissions: Money,
    /// The points of margin that the seller's sub-network brought, as a fraction (R45, D15).
    #[schema(example = "0.05")]
    pub uplift_rate: String,
    /// What those points come to.
    pub uplift: Money,
    /// Which part of the promoters' commissions the uplift offsets (R46); null where they cost nothing.
    #[schema(required, example = "0.5")]
    pub offset_ratio: Option<String>,
    /// Whether the customer's total is the sum of its parts.
    pub adds_up: bool,
    /// What each rule makes due for the whole year, and how.
    pub rules: Vec<SettledRule>,
    /// What of the year is whose, where another company took the contract over, or an integrator bills its own services beside the
    /// sale; nothing where the seller has all of it. A partner sees its own part.
    pub parts: Vec<SettledPart>,
}

impl Resource for AnnuitySettlement {}

/// What one rule makes due for the whole year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettledRule {
    /// The partner whose agreement the rule is of.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// That agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The rule's code.
    #[schema(example = "margin")]
    pub rule: String,
    /// What is due.
    pub kind: LedgerEntryKind,
    /// How much.
    pub amount: Money,
    /// The computation.
    #[serde(flatten)]
    pub computation: Computation,
}

impl SettledRule {
    /// What a rule makes due, for a partner and its agreement.
    pub(super) fn of(partner_id: String, agreement_id: String, due: &rules::Entitlement) -> Self {
        let rules::Entitlement { rule, kind, amount, margin_kept: _, hold_days: _, explanation } = due;
        let (kind, amount, computation) = ((*kind).into(), (*amount).into(), explanation.into());
        Self { partner_id, agreement_id, rule: rule.clone(), kind, amount, computation }
    }
}
