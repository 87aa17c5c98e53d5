//! The lines of a statement's document.

use std::fmt::Write;

use persistence::statement::{Corrected, Line};

use super::super::wire::StatementLine;
use crate::{ledger::calculation::Calculation, problem::Problem};

/// What ends a document after its last line.
pub(super) const END: &str = "]}";

/// The lines that follow the one at `position`, as they stand in the document.
pub(super) fn part(position: i32, lines: &[Line]) -> Result<String, Problem> {
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

fn shown(line: &Line) -> Result<StatementLine, Problem> {
    let Line { entry, correction, contract, .. } = line;
    let calculation: Calculation =
        serde_json::from_str(&line.calculation).map_err(|error| Problem::internal(format!("{entry}: {error}")))?;
    let stated = correction.and_then(|Corrected { stated, .. }| stated);
    Ok(StatementLine {
        position: line.position,
        ledger_entry_id: entry.to_string(),
        kind: line.kind.into(),
        amount: line.amount.into(),
        dated_on: line.dated_on,
        payable_on: line.payable_on,
        correction: correction.map(|Corrected { why, .. }| why.into()),
        corrects_id: correction.map(|Corrected { entry, .. }| entry.to_string()),
        corrected_amount: correction.map(|Corrected { amount, .. }| amount.into()),
        corrects_statement_id: stated.map(|(statement, _)| statement.to_string()),
        corrected_period: stated.map(|(_, period)| period.to_string()),
        contract_id: contract.map(|id| id.to_string()),
        customer: line.customer.clone(),
        rule: line.rule.clone(),
        calculation,
        explanation: format!("/v1/ledger-entries/{entry}/explanation"),
    })
}
