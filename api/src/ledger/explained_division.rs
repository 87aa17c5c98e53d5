//! How a commission is divided between the holder and the challenger of a dispute, as explanations tell it.
//!
//! The holder sees how the whole came to be, and what is left to it. The challenger sees the whole and its part: how it came to
//! be stands in the terms of another partner (D22).

use domain::{
    dispute::divide,
    id::DisputeId,
    money::{Decimal, Money as Amount, Rate},
};
use persistence::sale::Part;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract_year::too_large,
    explanation::{Circumstances, Computation, Explanation, NamedValue, Step},
    words::Operation,
};
use crate::{problem::Problem, wire::Money};

/// How a commission is divided by the decision of a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedDivision {
    /// The dispute.
    #[schema(example = "dispute_01h2xcejqtf2nbrexx3vqjhp41")]
    pub dispute_id: String,
    /// What is divided: the whole commission to date.
    pub whole: Money,
    /// The holder's part of it, which is rounded half up.
    #[schema(example = "0.6")]
    pub holder_share: String,
    /// The challenger's, which is the rest.
    #[schema(example = "0.4")]
    pub challenger_share: String,
}

/// A commission to date, divided.
#[derive(Debug, Clone, Copy)]
pub(super) struct Divided {
    dispute: DisputeId,
    whole: Amount,
    holder_share: Rate,
    /// What is left to the holder.
    pub(super) holder: Amount,
    /// What is the challenger's.
    pub(super) challenger: Amount,
}

impl Divided {
    /// What a part takes of a commission.
    pub(super) fn by(part: &Part, whole: Amount) -> Result<Self, Problem> {
        let division = divide(whole, part.holder_share).ok_or_else(too_large)?;
        let (holder, challenger) = (division.holder, division.challenger);
        Ok(Self { dispute: part.dispute, whole, holder_share: part.holder_share, holder, challenger })
    }

    /// What is told of the division.
    pub(super) fn explained(&self) -> ExplainedDivision {
        ExplainedDivision {
            dispute_id: self.dispute.to_string(),
            whole: self.whole.into(),
            holder_share: self.holder_share.to_string(),
            challenger_share: self.holder_share.complement().to_string(),
        }
    }

    /// Explains what is left to the holder: how the whole came to be, and what is taken of it.
    pub(super) fn explain_rest(&self, mut whole: Explanation) -> Explanation {
        whole.circumstances.inputs.extend(self.inputs());
        if !whole.computation.steps.is_empty() {
            whole.computation.steps.extend(self.holders_steps());
        }
        whole
    }

    /// Explains the challenger's part: by the whole, and by nothing that made it.
    pub(super) fn explain_part(&self, whole: Explanation, mut of_challenger: Circumstances) -> Explanation {
        let mut computation = Computation::none(self.whole);
        if !whole.computation.steps.is_empty() {
            computation.steps.extend(self.holders_steps());
            computation.steps.push(Step {
                operation: Operation::Subtract,
                operands: vec![named("commission", self.whole), named("holder_part", self.holder)],
                result: named("challenger_part", self.challenger),
            });
        }
        of_challenger.inputs.extend(self.inputs());
        Explanation {
            contract_id: None,
            annuity_id: None,
            circumstances: of_challenger,
            rule: None,
            base: None,
            computation,
            reached: self.whole.into(),
            to_date: None,
            contracted: self.whole.into(),
            margin_kept: None,
            replaced_terms: None,
            ..whole
        }
    }

    /// What is known beside the computation of the whole.
    fn inputs(&self) -> [NamedValue; 2] {
        [named("commission", self.whole), named("holder_share", self.holder_share)]
    }

    fn holders_steps(&self) -> [Step; 2] {
        let exact: Decimal = self.whole.decimal().saturating_mul(self.holder_share.decimal()).normalize();
        [
            Step { operation: Operation::Multiply, operands: self.inputs().to_vec(), result: named("divided", exact) },
            Step {
                operation: Operation::Round,
                operands: vec![named("divided", exact)],
                result: named("holder_part", self.holder),
            },
        ]
    }
}

fn named(name: &str, value: impl ToString) -> NamedValue {
    NamedValue { name: name.to_owned(), value: value.to_string() }
}
