//! A bank's file: ISO 20022 `camt.053` or comma-separated values, read whole or refused whole.

use std::{collections::BTreeMap, str::FromStr};

use chrono::NaiveDate;
use domain::money::{Currency, Money, exponent};
use rust_decimal::Decimal;
use sepa::{
    CreditDebitIndicator, ParseLimits,
    camt::{CashEntry, EntryDetail, EntryStatus, ReportedAmount},
    camt053::parse_camt053_with_limits,
};
use sha2::{Digest, Sha256};

use crate::{
    payout::{
        remittance::statement_of,
        run::step::{payout_of, run_of},
    },
    problem::{Problem, Violation},
};

/// The most bytes that a file may have.
pub(super) const FILE_MAX: usize = 4 * 1024 * 1024;
/// The most movements that a file may have.
const MOVEMENTS_MAX: usize = 10_000;
/// The most unreadable movements that a refusal names.
const FAULTS_MAX: usize = 50;
/// The most characters of a text that is kept.
const TEXT_MAX: usize = 500;

/// A bank's file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BankFile {
    /// How it is written: `camt_053` or `csv`.
    pub(super) format: &'static str,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub(super) content_hash: String,
    /// What moved, in the order of the file.
    pub(super) movements: Vec<Movement>,
}

/// One movement on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Movement {
    pub(super) account: String,
    pub(super) reference: String,
    pub(super) booked_on: NaiveDate,
    pub(super) amount: Money,
    pub(super) end_to_end_id: Option<String>,
    /// The order of the payer that it carried out whole.
    pub(super) order: Option<String>,
    pub(super) text: Option<String>,
    pub(super) counterparty: Option<String>,
    pub(super) return_reason: Option<String>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// ISO 20022 `camt.053`.
    Camt053,
    /// Comma-separated values.
    Csv,
}

impl BankFile {
    /// Reads a file.
    ///
    /// # Errors
    /// `invalid_request`: it is no such file, or has movements that cannot be read, each of which is named.
    pub(super) fn read(written: Written, bytes: &[u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes).map_err(unreadable)?;
        let (format, read) = match written {
            Written::Camt053 => ("camt_053", camt_053(text)?),
            Written::Csv => ("csv", csv_rows(text)?),
        };
        if read.len() > MOVEMENTS_MAX {
            return Err(Problem::invalid(vec![Violation::at("", "too_many_bank_entries").with("limit", MOVEMENTS_MAX)]));
        }
        let (mut movements, mut faults) = (Vec::new(), Vec::new());
        for (row, movement) in read.into_iter().enumerate() {
            match movement {
                Ok(movement) => movements.push(movement),
                Err(reason) => faults
                    .push(Violation::at("", "bank_entry_unreadable").with("row", row.saturating_add(1)).with("reason", reason)),
            }
        }
        faults.truncate(FAULTS_MAX);
        if !faults.is_empty() {
            return Err(Problem::invalid(faults));
        }
        name_the_nameless(&mut movements);
        Ok(Self { format, content_hash: hex(&Sha256::digest(bytes)), movements })
    }
}

fn unreadable(reason: impl std::fmt::Display) -> Problem {
    Problem::invalid(vec![Violation::at("", "bank_file_unreadable").with("reason", reason)])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Gives movements without a reference of the bank's own one that follows from what they say, and from how many before them say
/// the same: so that another file with the same movements names them the same.
fn name_the_nameless(movements: &mut [Movement]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for movement in movements.iter_mut().filter(|movement| movement.reference.is_empty()) {
        let Movement { account, reference: _, booked_on, amount, end_to_end_id, order, text, counterparty, return_reason } =
            movement;
        let said = format!(
            "{account}\n{booked_on}\n{amount} {:?}\n{end_to_end_id:?}\n{order:?}\n{text:?}\n{counterparty:?}\n{return_reason:?}",
            amount.currency()
        );
        let digest = hex(&Sha256::digest(said));
        let before = seen.entry(digest.clone()).or_default();
        movement.reference = format!("{}-{before}", digest.get(..32).unwrap_or_default());
        *before = before.saturating_add(1);
    }
}

fn kept(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect())
}

/// An amount with its digits, none of which may be lost: a sign, digits and a point, and nothing that stands for digits.
fn money(text: &str, currency: &str) -> Result<Money, String> {
    let currency = Currency::from_code(currency.trim()).ok_or_else(|| format!("currency {currency:?}"))?;
    let digits = text.trim().trim_start_matches(['+', '-']);
    if !digits.chars().all(|character| character.is_ascii_digit() || character == '.') {
        return Err(format!("amount {text:?}"));
    }
    let exact = Decimal::from_str(text.trim()).map_err(|error| format!("amount {text:?}: {error}"))?.normalize();
    let rounded = Money::round(exact, currency).filter(|_| exact.scale() <= exponent(currency));
    rounded.ok_or_else(|| format!("amount {text:?}"))
}

fn reported(amount: &ReportedAmount) -> Result<Money, String> {
    let missing = |what: &str| format!("no {what}");
    let text = amount.amount_raw.as_deref().ok_or_else(|| missing("amount"))?;
    let currency = amount.currency.as_deref().ok_or_else(|| missing("currency"))?;
    let absolute = money(text, currency)?;
    let nothing = Money::zero(absolute.currency());
    match amount.direction {
        Some(CreditDebitIndicator::Credit) => Ok(absolute),
        Some(CreditDebitIndicator::Debit) => nothing.checked_sub(absolute).ok_or_else(|| missing("amount")),
        _ => Err(missing("direction")),
    }
}

fn camt_053(text: &str) -> Result<Vec<Result<Movement, String>>, Problem> {
    let limits = ParseLimits { input_bytes: FILE_MAX, ..ParseLimits::default() };
    let document = parse_camt053_with_limits(text, limits).map_err(unreadable)?;
    let mut movements = Vec::new();
    for statement in &document.statements {
        let account = statement.account.any_id().unwrap_or_default().to_owned();
        // What is not booked yet may still come to nothing.
        for entry in statement.entries.iter().filter(|entry| entry.status == EntryStatus::Booked) {
            movements.extend(of_entry(&account, entry));
        }
    }
    Ok(movements)
}

/// The movements of one booking: one for each transaction that the bank itemises with its amount, else one for all.
fn of_entry(account: &str, entry: &CashEntry) -> Vec<Result<Movement, String>> {
    let itemised = entry.details.len() > 1 && entry.details.iter().all(|detail| detail.amount.amount_raw.is_some());
    if !itemised {
        return vec![movement(account, entry, entry.details.first(), &entry.amount, None)];
    }
    let of_detail = |(place, detail): (usize, &EntryDetail)| {
        let mut amount = detail.amount.clone();
        amount.direction = amount.direction.or(entry.amount.direction);
        movement(account, entry, Some(detail), &amount, Some(place))
    };
    entry.details.iter().enumerate().map(of_detail).collect()
}

fn movement(
    account: &str,
    entry: &CashEntry,
    detail: Option<&EntryDetail>,
    amount: &ReportedAmount,
    place: Option<usize>,
) -> Result<Movement, String> {
    let booked = entry.booking_date().or(entry.value_date()).ok_or("no booking date")?;
    let of_bank = entry.account_servicer_ref.as_deref().unwrap_or_default().trim();
    let reference = match place {
        Some(place) if !of_bank.is_empty() => format!("{of_bank}/{place}"),
        _ => of_bank.to_owned(),
    };
    Ok(Movement {
        account: account.to_owned(),
        reference,
        booked_on: NaiveDate::try_from(booked).map_err(|error| error.to_string())?,
        amount: reported(amount)
            .and_then(|amount| if amount.sign().is_eq() { Err("nothing moved".into()) } else { Ok(amount) })?,
        end_to_end_id: kept(detail.and_then(|detail| detail.end_to_end_id.as_deref())),
        order: kept(entry.batch.as_ref().and_then(|batch| batch.payment_info_id.as_deref().or(batch.message_id.as_deref()))),
        text: kept(detail.and_then(|detail| detail.reference.as_deref()).or(entry.additional_info.as_deref())),
        counterparty: kept(detail.and_then(|detail| detail.counterparty_name.as_deref())),
        return_reason: kept(detail.and_then(|detail| detail.return_reason_code.as_deref())),
    })
}

/// The columns that a list of movements has, in any order: the first three are needed.
const COLUMNS: [&str; 9] =
    ["booked_on", "amount", "currency", "account", "reference", "end_to_end_id", "text", "counterparty", "return_reason"];

fn csv_rows(text: &str) -> Result<Vec<Result<Movement, String>>, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let delimiter = if head.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let named: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(str::to_owned).collect();
    let unknown = named.iter().find(|name| !COLUMNS.contains(&name.as_str()));
    let missing = COLUMNS.iter().take(3).find(|column| !named.iter().any(|name| name == *column));
    if let Some(column) = unknown.map(String::as_str).or(missing.copied()) {
        let (expected, column) = (COLUMNS.join(", "), column.chars().take(60).collect::<String>());
        return Err(Problem::invalid(vec![Violation::at("", "bank_columns").with("column", column).with("expected", expected)]));
    }
    let mut movements = Vec::new();
    for row in reader.records().take(MOVEMENTS_MAX.saturating_add(1)) {
        let row = row.map_err(unreadable)?;
        let field = |column: &str| named.iter().position(|name| name == column).and_then(|place| row.get(place));
        movements.push(of_row(&field));
    }
    Ok(movements)
}

/// Whether a reference is one that this service gave: of a payout, of a run or of a remittance.
fn is_of_here(reference: &str) -> bool {
    payout_of(reference).is_some() || run_of(reference).is_some() || statement_of(reference).is_some()
}

fn of_row<'r>(field: &dyn Fn(&str) -> Option<&'r str>) -> Result<Movement, String> {
    let needed = |column: &str| field(column).unwrap_or_default();
    let amount = money(needed("amount"), needed("currency"))?;
    if amount.sign().is_eq() {
        return Err("nothing moved".to_owned());
    }
    // Banks that have one column for it give there what the payer wrote: it names what was paid, and may come twice.
    let reference = kept(field("reference")).unwrap_or_default();
    let (reference, named) = if is_of_here(&reference) { (String::new(), Some(reference)) } else { (reference, None) };
    Ok(Movement {
        account: kept(field("account")).unwrap_or_default(),
        reference,
        booked_on: needed("booked_on")
            .parse::<NaiveDate>()
            .map_err(|error| format!("booked_on {:?}: {error}", needed("booked_on")))?,
        amount,
        end_to_end_id: kept(field("end_to_end_id")).or(named),
        order: None,
        text: kept(field("text")),
        counterparty: kept(field("counterparty")),
        return_reason: kept(field("return_reason")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camt(entries: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
            <GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-03T08:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id>
            <Acct><Id><IBAN>PT50000201231234567890154</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"#
        )
    }

    fn entry(amount: &str, direction: &str, details: &str) -> String {
        format!(
            r#"<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>
            <AcctSvcrRef>B1</AcctSvcrRef><BkTxCd/><NtryDtls>{details}</NtryDtls></Ntry>"#
        )
    }

    fn read(written: Written, text: &str) -> Result<Vec<String>, String> {
        let said = |movement: &Movement| {
            let Movement { reference, amount, end_to_end_id, return_reason, .. } = movement;
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            format!("{reference} {amount} {} {}", text(end_to_end_id), text(return_reason)).trim_end().to_owned()
        };
        let file = BankFile::read(written, text.as_bytes()).map_err(|problem| problem.to_string())?;
        Ok(file.movements.iter().map(said).collect())
    }

    #[test]
    fn a_booking_is_one_movement_unless_the_bank_itemises_it() {
        let one = r#"<TxDtls><Refs><EndToEndId>PO1</EndToEndId></Refs></TxDtls>"#;
        let two = r#"<TxDtls><Refs><EndToEndId>PO1</EndToEndId></Refs><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>
                     <TxDtls><Refs><EndToEndId>PO2</EndToEndId></Refs><Amt Ccy="EUR">2.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>"#;
        let back = r#"<TxDtls><Refs><EndToEndId>PO3</EndToEndId></Refs><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"#;
        let text = camt(&format!("{}{}{}", entry("7.00", "DBIT", one), entry("3.50", "DBIT", two), entry("7.00", "CRDT", back)));
        assert_eq!(
            read(Written::Camt053, &text).unwrap(),
            ["B1 -7.00 PO1", "B1/0 -1.00 PO1", "B1/1 -2.50 PO2", "B1 7.00 PO3 AC04"]
        );
    }

    #[test]
    fn hostile_and_broken_files_are_refused_whole() {
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>"#;
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let entity = camt("<Id>&xxe;</Id>");
        for text in [bomb, deep.as_str(), entity.as_str(), "", "<a>", "no XML", "<Document/>"] {
            assert_eq!(
                read(Written::Camt053, text),
                Err("invalid_request bank_file_unreadable".to_owned()),
                "{}",
                &text[..text.len().min(40)]
            );
        }
        for (amount, direction) in
            [("1.005", "DBIT"), ("x", "DBIT"), ("1.00", "BOTH"), ("0.00", "DBIT"), ("99999999999999999999.00", "DBIT")]
        {
            let refused = read(Written::Camt053, &camt(&entry(amount, direction, "")));
            assert_eq!(refused, Err("invalid_request bank_entry_unreadable".to_owned()), "{amount} {direction}");
        }
    }

    #[test]
    fn a_list_names_its_columns_in_any_order_and_may_use_semicolons() {
        let list = "currency;amount;booked_on;end_to_end_id;reference\nEUR;-12.50;2026-03-02;PO1;R1\nJPY;300;2026-03-02;;R2\n";
        assert_eq!(read(Written::Csv, list).unwrap(), ["R1 -12.50 PO1", "R2 300"]);
        assert_eq!(read(Written::Csv, "amount,currency\n1.00,EUR\n"), Err("invalid_request bank_columns".to_owned()));
        assert_eq!(read(Written::Csv, "booked_on,amount,currency,sum\n"), Err("invalid_request bank_columns".to_owned()));
        for amount in ["1e5", "1E2", "1_000.00", "1,000.00", "--1.00", "+-1.00", "", "."] {
            let list = format!("booked_on;amount;currency\n2026-03-02;{amount};EUR\n");
            assert_eq!(read(Written::Csv, &list), Err("invalid_request bank_entry_unreadable".to_owned()), "{amount}");
        }
        let wrong = "booked_on,amount,currency\n2026-02-30,1.00,EUR\n2026-03-02,1.5,JPY\n2026-03-02,1.00,EUR\n";
        let refused = "invalid_request bank_entry_unreadable bank_entry_unreadable";
        assert_eq!(read(Written::Csv, wrong), Err(refused.to_owned()));
    }

    #[test]
    fn movements_without_a_reference_are_named_by_what_they_say() {
        let list = "booked_on,amount,currency,text\n2026-03-02,1.00,EUR,a\n2026-03-02,1.00,EUR,a\n2026-03-02,1.00,EUR,b\n";
        let names = |text: &str| {
            let file = BankFile::read(Written::Csv, text.as_bytes()).unwrap();
            file.movements.into_iter().map(|movement| movement.reference).collect::<Vec<_>>()
        };
        let all = names(list);
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 3, "{all:?}");
        let other = "booked_on,amount,currency,text\n2026-03-02,1.00,EUR,b\n2026-03-02,1.00,EUR,a\n2026-03-02,1.00,EUR,a\n";
        assert_eq!(names(other), [all[2].clone(), all[0].clone(), all[1].clone()]);
    }
}
