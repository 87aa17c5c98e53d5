//! The lines of a statement's document.

use std::fmt::Write;

use persistence::statement::{Corrected, Line};
use serde::Deserialize;

use super::super::wire::{Calculation, StatementLine};
use crate::{problem::Problem, wire::Money};

/// What ends a document after its last line.
pub(super) const END: &str = "]}";

/// What a line shows of an entry's explanation, which may have more.
#[derive(Deserialize)]
struct Explained {
    agreement_id: Option<String>,
    ordinal: Option<u32>,
    year: Option<u32>,
    base: Option<String>,
    rule: Option<ExplainedRule>,
    /// What one unit of a service brings.
    rate: Option<Money>,
    quantity: Option<String>,
    reason: Option<String>,
    division: Option<ExplainedDivision>,
    reached: Option<Money>,
    contracted: Option<Money>,
    entitled_to_date: Option<Money>,
    posted_before: Option<Money>,
}

#[derive(Deserialize)]
struct ExplainedRule {
    rate: Option<String>,
    fixed_amount: Option<ExplainedAmount>,
}

#[derive(Deserialize)]
struct ExplainedAmount {
    amount: Money,
}

#[derive(Deserialize)]
struct ExplainedDivision {
    whole: Money,
}

impl From<Explained> for Calculation {
    fn from(explained: Explained) -> Self {
        let Explained {
            agreement_id,
            ordinal,
            year,
            base,
            rule,
            rate: unit,
            quantity,
            reason,
            division,
            reached,
            contracted,
            entitled_to_date,
            posted_before,
        } = explained;
        let amount = |money: Option<Money>| money.map(|money| money.amount);
        let (rate, fixed) = rule.map_or((None, None), |rule| (rule.rate, rule.fixed_amount));
        Self {
            agreement_id,
            ordinal,
            year,
            base,
            rate,
            fixed_amount: amount(fixed.map(|fixed| fixed.amount)),
            unit_amount: amount(unit),
            quantity,
            reason,
            divided_to_date: amount(division.map(|division| division.whole)),
            reached: amount(reached),
            contracted: amount(contracted),
            entitled_to_date: amount(entitled_to_date),
            posted_before: amount(posted_before),
        }
    }
}

/// The lines that follow the one at `position`, as they stand in the document.
pub(super) fn part(position: i32, lines: Vec<Line>) -> Result<String, Problem> {
    let mut body = String::new();
    for line in lines {
        if position > 0 || !body.is_empty() {
            body.push(',');
        }
        let line = shown(line)?;
        let json = serde_json::to_string(&line).map_err(|error| Problem::internal(error.to_string()))?;
        body.write_str(&json).map_err(|error| Problem::internal(error.to_string()))?;
    }
    Ok(body)
}

fn shown(line: Line) -> Result<StatementLine, Problem> {
    let Line { position, entry, amount, kind, correction, dated_on, payable_on, contract, customer, rule, explanation } = line;
    let explained: Explained =
        serde_json::from_str(&explanation).map_err(|error| Problem::internal(format!("{entry}: {error}")))?;
    let stated = correction.and_then(|Corrected { stated, .. }| stated);
    Ok(StatementLine {
        position,
        ledger_entry_id: entry.to_string(),
        kind: kind.into(),
        amount: amount.into(),
        dated_on,
        payable_on,
        correction: correction.map(|Corrected { why, .. }| why.into()),
        corrects_id: correction.map(|Corrected { entry, .. }| entry.to_string()),
        corrected_amount: correction.map(|Corrected { amount, .. }| amount.into()),
        corrects_statement_id: stated.map(|(statement, _)| statement.to_string()),
        corrected_period: stated.map(|(_, period)| period.to_string()),
        contract_id: contract.map(|id| id.to_string()),
        customer,
        rule,
        calculation: explained.into(),
        explanation: format!("/v1/ledger-entries/{entry}/explanation"),
    })
}
