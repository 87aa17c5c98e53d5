//! The main components of an entry's calculation, which its statement shows (Directive 86/653/EEC, Article 12(2)).
//!
//! They are written beside the explanation that they are taken from, once, and only read after that.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    explained_division::ExplainedDivision,
    explanation::{AdjustmentExplanation, Explanation, ServiceExplanation},
};
use crate::{entry_fee::explanation::EntryFeeExplanation, wire::Money};

/// The name of a rate in the steps of a computation.
const RATE: &str = domain::commission::Quantity::Rate.code();

/// The main components of an amount's calculation; the whole of it is in the explanation. What does not exist is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Calculation {
    /// The agreement that earned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The sale's number among the partner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 2)]
    pub ordinal: Option<u32>,
    /// The contract year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1)]
    pub year: Option<u32>,
    /// What the rate was taken of, for the whole year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "1200.00")]
    pub base: Option<String>,
    /// The rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "0.15")]
    pub rate: Option<String>,
    /// Of a share, the part of the base that the seller keeps, with what a sub-network adds to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "0.35")]
    pub margin_rate: Option<String>,
    /// The fixed amount that the rule gives instead of a rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "50.00")]
    pub fixed_amount: Option<String>,
    /// What one unit of a service brings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "60.00")]
    pub unit_amount: Option<String>,
    /// How many units it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "7.5")]
    pub quantity: Option<String>,
    /// What the partner calls the service that the fee is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "course-2026-03")]
    pub reference: Option<String>,
    /// Why a master adjusted what is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Another campaign brought the customer.")]
    pub reason: Option<String>,
    /// The whole commission to date of which `entitled_to_date` is a part, where a dispute divided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "100.00")]
    pub divided_to_date: Option<String>,
    /// Which part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "0.6")]
    pub divided_part: Option<String>,
    /// What the rule's trigger has come to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "400.00")]
    pub reached: Option<String>,
    /// What the whole annuity comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "1200.00")]
    pub contracted: Option<String>,
    /// What was due with this line to date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "60.00")]
    pub entitled_to_date: Option<String>,
    /// What was posted before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "0.00")]
    pub posted_before: Option<String>,
    /// Where the line takes something back: what was left of the entry that it corrects, which is the most that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "60.00")]
    pub left_of_corrected: Option<String>,
}

impl From<&Explanation> for Calculation {
    fn from(explanation: &Explanation) -> Self {
        let Explanation {
            contract_id,
            circumstances,
            rule,
            base,
            division,
            computation,
            reached,
            contracted,
            entitled_to_date,
            posted_before,
            left_of_corrected,
            margin_kept,
            ..
        } = explanation;
        let amount = |money: &Money| Some(money.amount.clone());
        // A margin that grows with the stage is computed first.
        let computed = || computation.steps.iter().find(|step| step.result.name == RATE).map(|step| step.result.value.clone());
        let rate = rule.as_ref().and_then(|rate| rate.rate.clone());
        let (rate, margin_rate) = if margin_kept.is_some() { (None, rate.or_else(computed)) } else { (rate, None) };
        let challenger = contract_id.is_none();
        let part = |it: &ExplainedDivision| if challenger { it.challenger_share.clone() } else { it.holder_share.clone() };
        Self {
            agreement_id: Some(circumstances.agreement_id.clone()),
            ordinal: circumstances.ordinal,
            year: Some(circumstances.year),
            base: base.clone(),
            rate,
            margin_rate,
            fixed_amount: rule.as_ref().and_then(|rule| rule.fixed_amount.as_ref()).and_then(|fixed| amount(&fixed.amount)),
            divided_to_date: division.as_ref().and_then(|division| amount(&division.whole)),
            divided_part: division.as_ref().map(part),
            reached: amount(reached),
            contracted: amount(contracted),
            entitled_to_date: amount(entitled_to_date),
            posted_before: amount(posted_before),
            left_of_corrected: left_of_corrected.as_ref().and_then(amount),
            ..Self::default()
        }
    }
}

impl From<&AdjustmentExplanation> for Calculation {
    fn from(explanation: &AdjustmentExplanation) -> Self {
        Self { reason: Some(explanation.reason.clone()), ..Self::default() }
    }
}

impl From<&ServiceExplanation> for Calculation {
    fn from(explanation: &ServiceExplanation) -> Self {
        let ServiceExplanation { reference, agreement_id, rate, quantity, .. } = explanation;
        Self {
            agreement_id: Some(agreement_id.clone()),
            unit_amount: Some(rate.amount.clone()),
            quantity: Some(quantity.clone()),
            reference: reference.clone(),
            ..Self::default()
        }
    }
}

impl From<&EntryFeeExplanation> for Calculation {
    fn from(explanation: &EntryFeeExplanation) -> Self {
        let EntryFeeExplanation { agreement_id, potential, rate, .. } = explanation;
        Self {
            agreement_id: Some(agreement_id.clone()),
            base: Some(potential.amount.clone()),
            rate: Some(rate.clone()),
            ..Self::default()
        }
    }
}
