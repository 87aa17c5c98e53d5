//! A statement as a table: one row a line, then its balances and taxes, so that the last column adds up.

use super::super::wire::{StatementDocument, StatementHead, StatementLine};
use crate::{ledger::calculation::Calculation, problem::Problem};

const COLUMNS: [&str; 31] = [
    "position",
    "item",
    "ledger_entry_id",
    "correction",
    "corrects_id",
    "corrected_amount",
    "corrected_period",
    "dated_on",
    "payable_on",
    "contract_id",
    "customer",
    "rule",
    "ordinal",
    "year",
    "base",
    "rate",
    "margin_rate",
    "fixed_amount",
    "unit_amount",
    "quantity",
    "reference",
    "reason",
    "divided_to_date",
    "divided_part",
    "reached",
    "contracted",
    "entitled_to_date",
    "posted_before",
    "left_of_corrected",
    "currency",
    "amount",
];

/// The table as CSV (RFC 4180), in UTF-8.
pub(super) fn table(statement: &StatementDocument) -> Result<Vec<u8>, Problem> {
    let broken = |error: String| Problem::internal(error);
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(COLUMNS).map_err(|error| broken(error.to_string()))?;
    let StatementDocument { head, lines } = statement;
    for line in lines {
        table.write_record(row(line)?).map_err(|error| broken(error.to_string()))?;
    }
    for (item, amount) in totals(head) {
        let mut row = vec![String::new(); COLUMNS.len()];
        let cells = [(1, item.to_owned()), (29, head.currency.clone()), (30, amount)];
        for (column, text) in cells {
            if let Some(cell) = row.get_mut(column) {
                *cell = text;
            }
        }
        table.write_record(row).map_err(|error| broken(error.to_string()))?;
    }
    table.into_inner().map_err(|error| broken(error.to_string()))
}

fn row(line: &StatementLine) -> Result<Vec<String>, Problem> {
    let StatementLine {
        position,
        ledger_entry_id,
        kind,
        amount,
        dated_on,
        payable_on,
        correction,
        corrects_id,
        corrected_amount,
        corrects_statement_id: _,
        corrected_period,
        contract_id,
        customer,
        rule,
        calculation,
        explanation: _,
    } = line;
    let Calculation {
        agreement_id: _,
        ordinal,
        year,
        base,
        rate,
        margin_rate,
        fixed_amount,
        unit_amount,
        quantity,
        reference,
        reason,
        divided_to_date,
        divided_part,
        reached,
        contracted,
        entitled_to_date,
        posted_before,
        left_of_corrected,
    } = calculation;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: &Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    Ok(vec![
        position.to_string(),
        word(kind)?,
        ledger_entry_id.clone(),
        correction.as_ref().map(word).transpose()?.unwrap_or_default(),
        text(corrects_id),
        corrected_amount.as_ref().map(|money| money.amount.clone()).unwrap_or_default(),
        text(corrected_period),
        dated_on.to_string(),
        payable_on.to_string(),
        text(contract_id),
        customer.as_deref().map(harmless).unwrap_or_default(),
        rule.clone(),
        number(ordinal),
        number(year),
        text(base),
        text(rate),
        text(margin_rate),
        text(fixed_amount),
        text(unit_amount),
        text(quantity),
        reference.as_deref().map(harmless).unwrap_or_default(),
        reason.as_deref().map(harmless).unwrap_or_default(),
        text(divided_to_date),
        text(divided_part),
        text(reached),
        text(contracted),
        text(entitled_to_date),
        text(posted_before),
        text(left_of_corrected),
        amount.currency.clone(),
        amount.amount.clone(),
    ])
}

/// A word as it stands on the wire.
fn word(word: &impl serde::Serialize) -> Result<String, Problem> {
    let value = serde_json::to_value(word).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// A name that no spreadsheet takes for a formula.
fn harmless(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{name}") } else { name.to_owned() }
}

/// What follows the lines; what is taken off has its sign turned.
fn totals(head: &StatementHead) -> Vec<(&'static str, String)> {
    let withheld = head.tax.withholding.as_ref().map(|withholding| ("withheld", turned(&withholding.amount.amount)));
    let mut rows = vec![("opening_balance", head.opening_balance.amount.clone()), ("vat", head.tax.vat.amount.amount.clone())];
    rows.extend(withheld);
    rows.push(("paid_total", turned(&head.paid_total.amount)));
    rows.push(("closing_balance", head.closing_balance.amount.clone()));
    rows
}

fn turned(amount: &str) -> String {
    match amount.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None if amount.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => format!("-{amount}"),
        None => amount.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_formula_and_what_is_taken_off_has_its_sign_turned() {
        assert_eq!(harmless("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(harmless("Fromagerie"), "Fromagerie");
        for (amount, expected) in [("15.00", "-15.00"), ("-15.00", "15.00"), ("0.00", "0.00"), ("0", "0")] {
            assert_eq!(turned(amount), expected);
        }
    }
}
