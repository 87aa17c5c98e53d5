//! What sealed statements owe partners, and what partners owe back by them, that no live payout takes yet.

use chrono::NaiveDate;
use diesel::{prelude::*, sql_types};
use domain::{
    id::{CompanyId, NetworkId, PartnerId, StatementId},
    money::{Currency, Money},
    payout::{Stated, Unpaid},
};

use crate::{
    columns::{Key, Uid},
    db::Conn,
    error::DbError,
    statement::tax_rates,
};

/// Statements between a payer and one partner of which something is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAccount {
    /// The partner.
    pub partner: PartnerId,
    /// The statements, the oldest first.
    pub statements: Vec<Unpaid<StatementId>>,
}

#[derive(QueryableByName)]
struct OpenRow {
    #[diesel(sql_type = Key)]
    statement_id: Uid,
    #[diesel(sql_type = Key)]
    partner_id: Uid,
    #[diesel(sql_type = sql_types::BigInt)]
    lines_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    due_minor: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
    vat_ppm: Option<i32>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
    withholding_ppm: Option<i32>,
    #[diesel(sql_type = sql_types::BigInt)]
    back_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    unpaid_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    deferred_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    holders: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    taken_minor: i64,
}

/// What the lines of each statement take back of other statements, and how much of that of such as no live payout pays; what
/// recovery plans keep for later; and what live payouts take of it already.
const OPEN: &str = "\
WITH stated AS ( \
  SELECT s.id AS id, s.partner_id AS partner_id, s.last_day AS last_day, s.lines_minor AS lines_minor, \
    s.lines_minor + s.vat_minor - s.withheld_minor AS due_minor, s.vat_ppm AS vat_ppm, s.withholding_ppm AS withholding_ppm, \
    coalesce((SELECT sum(l.amount_minor) FROM statement_lines l JOIN entries e ON e.id = l.entry_id \
      JOIN statement_lines o ON o.entry_id = e.corrects_id \
      WHERE l.statement_id = s.id AND l.amount_minor < 0 AND o.statement_id <> s.id), 0) AS back_minor, \
    (SELECT count(*) FROM payout_parts p WHERE p.statement_id = s.id AND p.live AND p.kind = 'owed') AS holders, \
    coalesce((SELECT sum(p.amount_minor) FROM payout_parts p \
      WHERE p.statement_id = s.id AND p.live AND p.kind = 'debt'), 0) AS taken_minor \
  FROM statements s JOIN statement_seals t ON t.statement_id = s.id \
  WHERE s.network_id = $1 AND s.payer_id = $2 AND s.currency = $3 AND s.kind = 'earnings' \
) SELECT s.id AS statement_id, s.partner_id AS partner_id, s.lines_minor AS lines_minor, s.due_minor AS due_minor, \
  s.vat_ppm AS vat_ppm, s.withholding_ppm AS withholding_ppm, CAST(s.back_minor AS BIGINT) AS back_minor, s.holders AS holders, CAST(s.taken_minor AS BIGINT) AS taken_minor, \
  CAST(coalesce((SELECT sum(l.amount_minor) FROM statement_lines l JOIN entries e ON e.id = l.entry_id \
    JOIN statement_lines o ON o.entry_id = e.corrects_id \
    WHERE s.back_minor < 0 AND l.statement_id = s.id AND l.amount_minor < 0 AND o.statement_id <> s.id AND NOT EXISTS ( \
      SELECT 1 FROM payout_parts p WHERE p.statement_id = o.statement_id AND p.live AND p.kind = 'owed')), 0) AS BIGINT) AS unpaid_minor, \
  CAST(coalesce((SELECT sum(i.amount_minor) FROM recovery_instalments i JOIN recovery_plans r ON r.id = i.plan_id \
    JOIN statement_lines l ON l.entry_id = r.entry_id JOIN entries e ON e.id = l.entry_id \
    JOIN statement_lines o ON o.entry_id = e.corrects_id \
    WHERE s.back_minor < 0 AND r.state = 'active' AND i.due_on > $4 AND l.statement_id = s.id AND l.amount_minor < 0 \
      AND o.statement_id <> s.id), 0) AS BIGINT) AS deferred_minor \
FROM stated s WHERE s.holders = 0 OR s.back_minor < 0 ORDER BY s.partner_id, s.last_day, s.id";

/// What is open between a payer and its partners in a currency on a day, by partner.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] for amounts that are too large.
pub fn open_accounts(
    conn: &mut Conn,
    network: NetworkId,
    payer: CompanyId,
    currency: Currency,
    day: NaiveDate,
) -> Result<Vec<OpenAccount>, DbError> {
    let rows: Vec<OpenRow> = diesel::sql_query(OPEN)
        .bind::<Key, _>(Uid::from(network))
        .bind::<Key, _>(Uid::from(payer))
        .bind::<sql_types::Text, _>(currency.code())
        .bind::<sql_types::Date, _>(day)
        .load(conn)?;
    let mut accounts: Vec<OpenAccount> = Vec::new();
    for row in rows {
        let (partner, statement) = (row.partner_id.id(), row.statement_id);
        let open = unpaid(&row, currency).ok_or_else(|| DbError::Corrupt(format!("statement {}: its amounts", statement.0)))?;
        let Some(open) = open else { continue };
        match accounts.last_mut() {
            Some(account) if account.partner == partner => account.statements.push(open),
            _ => accounts.push(OpenAccount { partner, statements: vec![open] }),
        }
    }
    Ok(accounts)
}

/// What is open of a statement, if anything is. `None` for amounts that are too large.
fn unpaid(row: &OpenRow, currency: Currency) -> Option<Option<Unpaid<StatementId>>> {
    let money = |minor| Money::from_minor(minor, currency);
    let nothing = money(0);
    let rates = tax_rates(row.vat_ppm, row.withholding_ppm);
    let stated = Stated { lines: money(row.lines_minor), due: money(row.due_minor), back: money(row.back_minor), rates };
    let (owed, debt) = stated.divide()?;
    // What was taken of a debt is below nothing, as the debt is.
    let debt = debt.checked_sub(money(row.taken_minor))?;
    let never_paid = stated.with_taxes(money(row.unpaid_minor))?;
    let open = Unpaid {
        statement: row.statement_id.id(),
        owed: if row.holders == 0 { owed } else { nothing },
        debt,
        unpaid: if never_paid.compare(debt)?.is_lt() { debt } else { never_paid },
        deferred: stated.debt_of(money(row.deferred_minor))?,
    };
    let open_of_it = open.owed.sign().is_gt() || open.debt.sign().is_lt();
    Some(open_of_it.then_some(open))
}
