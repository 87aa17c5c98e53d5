//! The JSON of entry fees.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{entry_fee::assess, network::EntryFee as EntryFeeTerms};
use persistence::entry_fee as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{network::definition::EntryFeeFormula, pages, problem::Problem, wire::Money, words::mirrored, write::Resource};

mirrored! {
    stored;

    /// Where an entry fee stands: nothing is owed before it is `invoiced`, and nothing of it changes from then on.
    EntryFeeState of domain::entry_fee::EntryFeeState {
        /// Somebody assessed it.
        Assessed,
        /// A second person approved it: it may be invoiced.
        Approved,
        /// A second person refused it: it may be assessed anew.
        Rejected,
        /// It is owed, and frozen.
        Invoiced,
        /// It was paid.
        Paid,
        /// It was taken back before it was invoiced.
        Withdrawn,
    }
}

/// What a partner owes its master for the segment that it is conceded (R58): a part of the segment's commercial potential. The segment
/// says where the partner is expected to sell. It grants no exclusivity: it protects nothing, and may be conceded to others as well
/// (D14).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryFee {
    /// Its id.
    #[schema(example = "entry_fee_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that it is owed to.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner that owes it.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement whose terms ask for it.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// Where it stands.
    pub state: EntryFeeState,
    /// The conceded segment, by the current assessment.
    #[schema(example = "Dental clinics")]
    pub segment: String,
    /// Always false: a conceded segment never grants exclusivity (D14).
    #[schema(example = false)]
    pub grants_exclusivity: bool,
    /// The fee, by the current assessment.
    pub fee: Money,
    /// Every assessment, the first one first: the last one counts, and nothing more comes once it is invoiced.
    pub assessments: Vec<EntryFeeAssessment>,
    /// Who approved or rejected the current assessment: never who made it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// What was said to that decision.
    #[schema(required, example = "The chamber's figures bear it out.")]
    pub decision_note: Option<String>,
    /// How it was invoiced.
    #[schema(required)]
    pub invoice: Option<EntryFeeInvoice>,
    /// How it was paid.
    #[schema(required)]
    pub payment: Option<EntryFeePayment>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was first assessed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for EntryFee {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/entry-fees/{}", self.id))
    }
}

pages!(EntryFeePage of EntryFee);

/// What was assessed: `fee` is `exact`, rounded half up to the digits of its currency, and `exact` is `rate` times `potential`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryFeeAssessment {
    /// Its number, from 1.
    #[schema(example = 1)]
    pub number: u32,
    /// The segment.
    #[schema(example = "Dental clinics")]
    pub segment: String,
    /// What it may bring in a year.
    pub potential: Money,
    /// The rate of the agreement's terms: a decimal.
    #[schema(example = "0.05")]
    pub rate: String,
    /// How the fee follows from them, by the terms.
    pub formula: EntryFeeFormula,
    /// The version of the terms; special terms of the agreement count as well.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: String,
    /// What they come to, before it is rounded: a decimal.
    #[schema(example = "12500")]
    pub exact: String,
    /// The fee.
    pub fee: Money,
    /// What was said to it.
    #[schema(required, example = "1,250 clinics at 200.00 a year.")]
    pub note: Option<String>,
    /// Who made it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub assessed_by: String,
    /// When.
    pub assessed_at: DateTime<Utc>,
}

/// What an assessment comes to before it is rounded; none out of range.
pub(super) fn exact(assessed: &store::Assessment) -> Option<String> {
    let terms = EntryFeeTerms { rate: assessed.rate, formula: assessed.formula };
    assess(terms, assessed.potential).ok().map(|assessed| assessed.exact.to_string())
}

impl EntryFeeAssessment {
    fn of(assessed: store::Assessment) -> Option<Self> {
        let exact = exact(&assessed)?;
        let store::Assessment { number, segment, potential, rate, formula, terms, fee, note, assessed_by, recorded_at } =
            assessed;
        Some(Self {
            number,
            segment,
            potential: potential.into(),
            rate: rate.to_string(),
            formula: formula.into(),
            terms_id: terms.to_string(),
            exact,
            fee: fee.into(),
            note,
            assessed_by,
            assessed_at: recorded_at,
        })
    }
}

/// How an entry fee was invoiced.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryFeeInvoice {
    /// The master's reference of the invoice: each of its entry fees has another one.
    #[schema(example = "F-2026-0117")]
    pub reference: String,
    /// The day of the invoice.
    pub invoiced_on: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// The ledger entry by which the partner owes it.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
}

/// How an entry fee was paid.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryFeePayment {
    /// The day.
    pub paid_on: NaiveDate,
    /// The reference of the payment.
    #[schema(example = "SEPA 2026-04-02/118")]
    pub reference: String,
    /// The partner's payment in the books, as remittances show it; null where what its master owed it back settled the statement.
    #[schema(required, example = "remittance_payment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub remittance_payment_id: Option<String>,
}

impl EntryFee {
    /// The entry fee with all its assessments, the first one first.
    ///
    /// # Errors
    /// `internal_error` when an assessment cannot be computed again.
    pub(super) fn of(entry_fee: store::EntryFee, assessments: Vec<store::Assessment>) -> Result<Self, Problem> {
        let store::EntryFee {
            id,
            network: _,
            master,
            partner,
            agreement,
            state,
            current,
            decided_by,
            decision_note,
            invoice,
            payment,
            version,
            created_at,
            updated_at,
        } = entry_fee;
        let assessments: Option<Vec<_>> = assessments.into_iter().map(EntryFeeAssessment::of).collect();
        Ok(Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            state: state.into(),
            segment: current.segment,
            grants_exclusivity: false,
            fee: current.fee.into(),
            assessments: assessments.ok_or_else(|| Problem::internal(format!("{id}: an assessment")))?,
            decided_by,
            decision_note,
            invoice: invoice.map(EntryFeeInvoice::from),
            payment: payment.map(EntryFeePayment::from),
            version,
            created_at,
            updated_at,
        })
    }
}

impl From<store::Invoice> for EntryFeeInvoice {
    fn from(invoice: store::Invoice) -> Self {
        let store::Invoice { reference, invoiced_on, due_on, entry } = invoice;
        Self { reference, invoiced_on, due_on, ledger_entry_id: entry.to_string() }
    }
}

impl From<store::Payment> for EntryFeePayment {
    fn from(payment: store::Payment) -> Self {
        let store::Payment { paid_on, reference, remittance } = payment;
        Self { paid_on, reference, remittance_payment_id: remittance.map(|id| id.to_string()) }
    }
}

/// An entry fee to assess. Rate and formula are those of the agreement's terms.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntryFee {
    /// The agreement whose terms ask for it.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The segment that is conceded.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Dental clinics")]
    pub segment: String,
    /// What it may bring in a year, net of tax, in the currency of the master: the fee is owed to it.
    pub potential: Money,
    /// What is said to it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "1,250 clinics at 200.00 a year.")]
    pub note: Option<String>,
}

/// A later assessment of an entry fee that is not invoiced, in place of the current one. It needs an approval of its own.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryFeeRevision {
    /// The segment that is conceded. Left out, it stays.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", nullable = false, example = "Dental clinics")]
    pub segment: Option<String>,
    /// What it may bring in a year, net of tax, in the currency of the master: the fee is owed to it.
    pub potential: Money,
    /// What is said to it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "The partner's own survey.")]
    pub note: Option<String>,
}

/// An approval.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryFeeApproval {
    /// What is said to it.
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 1000,
        pattern = r"\S",
        nullable = false,
        example = "The chamber's figures bear it out."
    )]
    pub note: Option<String>,
}

/// A refusal of an assessment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryFeeRejection {
    /// Why.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "Half of the clinics belong to one chain.")]
    pub reason: String,
}

/// An invoice of an approved entry fee.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntryFeeInvoice {
    /// Your reference of the invoice: each of your entry fees has another one.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "F-2026-0117")]
    pub reference: String,
    /// The day of the invoice: today at the latest. Left out, it is today.
    #[serde(default)]
    #[schema(nullable = false)]
    pub invoiced_on: Option<NaiveDate>,
    /// The day it is due: not before that.
    pub due_on: NaiveDate,
}

/// A payment of an invoiced entry fee.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntryFeePayment {
    /// The day: today at the latest.
    pub paid_on: NaiveDate,
    /// The reference of the payment.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "SEPA 2026-04-02/118")]
    pub reference: String,
}

/// Which entry fees are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryFeeFilters {
    /// Those of an agreement.
    #[param(
        pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "agreement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub agreement_id: Option<String>,
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those in a state.
    #[param(inline, nullable = false)]
    pub state: Option<EntryFeeState>,
}
