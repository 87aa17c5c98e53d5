//! The JSON that explains an entry fee: everything that a reader with decimals needs to compute it again (§7.1 of the requirements).

use domain::{id::EntryId, money::exponent};
use persistence::entry_fee as store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire::exact;
use crate::{
    ledger::{explanation::Rounding, words::RoundingMode},
    network::definition::EntryFeeFormula,
    wire::Money,
};

/// Why an entry fee is what it is: the rate of the terms times the segment's yearly potential, rounded (R58, D14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryFeeExplanation {
    /// Always `entry_fee`.
    pub about: AboutEntryFee,
    /// The entry.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// The entry fee.
    #[schema(example = "entry_fee_01h2xcejqtf2nbrexx3vqjhp41")]
    pub entry_fee_id: String,
    /// The agreement whose terms ask for it.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The version of the terms that it was signed under.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: String,
    /// The number of the assessment that was invoiced.
    #[schema(example = 1)]
    pub assessment: u32,
    /// The conceded segment.
    #[schema(example = "Dental clinics")]
    pub segment: String,
    /// What the segment may bring in a year.
    pub potential: Money,
    /// The rate of the terms: a decimal.
    #[schema(example = "0.05")]
    pub rate: String,
    /// How the fee follows from them.
    pub formula: EntryFeeFormula,
    /// What they come to exactly: a decimal.
    #[schema(example = "12500")]
    pub exact: String,
    /// How that is rounded.
    pub rounding: Rounding,
    /// The fee.
    pub amount: Money,
}

impl EntryFeeExplanation {
    /// Why an entry fee is what it is; none out of range.
    pub(super) fn of(entry: EntryId, entry_fee: &store::EntryFee) -> Option<Self> {
        let assessed = &entry_fee.current;
        Some(Self {
            about: AboutEntryFee::EntryFee,
            ledger_entry_id: entry.to_string(),
            entry_fee_id: entry_fee.id.to_string(),
            agreement_id: entry_fee.agreement.to_string(),
            terms_id: assessed.terms.to_string(),
            assessment: assessed.number,
            segment: assessed.segment.clone(),
            potential: assessed.potential.into(),
            rate: assessed.rate.to_string(),
            formula: assessed.formula.into(),
            exact: exact(assessed)?,
            rounding: Rounding { mode: RoundingMode::HalfUp, digits: exponent(assessed.fee.currency()) },
            amount: assessed.fee.into(),
        })
    }
}

/// The word that tells the explanation of an entry fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AboutEntryFee {
    /// The only one.
    EntryFee,
}
