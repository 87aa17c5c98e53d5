//! The steps of a closing run: which accounts there are, and what stands on their statements.
//!
//! An account is one partner, one other company and one kind of statement. An entry's amount counts for the payee where the
//! payee is its creditor, and against it where it is its debtor.

use std::{collections::HashMap, sync::LazyLock};

use chrono::NaiveDate;
use diesel::{prelude::*, sql_types};
use domain::{
    id::{CompanyId, ContractId, EntryId, PartnerId, StatementId},
    ledger::{CorrectionKind, EntryKind},
    money::Money,
    statement::{Period, StatementKind, Totals},
};
use uuid::Uuid;

use super::{Run, Statement, StatementRow};
use crate::{
    columns::{Key, Uid},
    db::Conn,
    dialect::insert_statement_lines,
    error::DbError,
    identity::company_of,
    schema::{entries, statement_lines, statement_seals, statements},
};

/// One partner, one other company and one kind, with what the next statement of them states: a balance that is carried on, where
/// nothing is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The partner.
    pub partner: PartnerId,
    /// The other company.
    pub other: CompanyId,
    /// The kind.
    pub kind: StatementKind,
    /// The sum of the entries to state.
    pub lines: Money,
    /// How many they are.
    pub line_count: i32,
    /// The sum of the payments to count.
    pub paid: Money,
    /// How many they are.
    pub payment_count: i32,
}

impl Account {
    /// Who pays, and who is paid.
    #[must_use]
    pub fn parties(&self) -> (CompanyId, CompanyId) {
        let partner = CompanyId::Partner(self.partner);
        match self.kind {
            StatementKind::Earnings => (self.other, partner),
            StatementKind::Remittance => (partner, self.other),
        }
    }
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = Key)]
    partner_id: Uid,
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = Key)]
    other_id: Uid,
    #[diesel(sql_type = sql_types::Text)]
    other_kind: String,
    #[diesel(sql_type = sql_types::BigInt)]
    lines_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    line_count: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    paid_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    payment_count: i64,
}

/// The codes of the entries that stand on remittances, as SQL lists them.
pub(crate) static REMITTED: LazyLock<String> = LazyLock::new(|| {
    let remitted = EntryKind::ALL.iter().filter(|kind| StatementKind::of(**kind) == StatementKind::Remittance);
    remitted.map(|kind| format!("'{}'", kind.code())).collect::<Vec<_>>().join(", ")
});

/// `$3` is the partner that the batch before ended with, `$4` the last one of this batch.
static ACCOUNTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "\
WITH moved AS ( \
  SELECT e.partner_id AS partner_id, \
    CASE WHEN e.kind IN ({remitted}) THEN 'remittance' ELSE 'earnings' END AS kind, \
    e.counterparty_id AS other_id, \
    CASE WHEN (e.creditor_id = e.partner_id) = (e.kind NOT IN ({remitted})) THEN e.amount_minor ELSE -e.amount_minor END AS lines_minor, \
    1 AS line_count, 0 AS paid_minor, 0 AS payment_count \
  FROM entries e WHERE e.network_id = $1 AND e.currency = $2 AND e.partner_id > $3 AND e.partner_id <= $4 \
    AND e.payable_on > $5 AND e.payable_on <= $6 \
  UNION ALL \
  SELECT p.partner_id, p.kind, CASE WHEN p.payer_id = p.partner_id THEN p.payee_id ELSE p.payer_id END, \
    0, 0, p.amount_minor, 1 \
  FROM statement_payments p WHERE p.network_id = $1 AND p.currency = $2 AND p.partner_id > $3 AND p.partner_id <= $4 \
    AND p.dated_on <= $6 AND NOT EXISTS (SELECT 1 FROM statement_payment_lines l WHERE l.payment_id = p.id) \
  UNION ALL \
  SELECT s.partner_id, s.kind, CASE WHEN s.payer_id = s.partner_id THEN s.payee_id ELSE s.payer_id END, 0, 0, 0, 0 \
  FROM statements s WHERE s.network_id = $1 AND s.currency = $2 AND s.partner_id > $3 AND s.partner_id <= $4 \
    AND s.closing_minor <> 0 AND NOT EXISTS (SELECT 1 FROM statements n WHERE n.kind = s.kind AND n.payer_id = s.payer_id \
      AND n.payee_id = s.payee_id AND n.currency = s.currency AND n.number = s.number + 1) \
) SELECT t.partner_id AS partner_id, t.kind AS kind, t.other_id AS other_id, c.kind AS other_kind, t.lines_minor AS lines_minor, \
  t.line_count AS line_count, t.paid_minor AS paid_minor, t.payment_count AS payment_count \
FROM (SELECT partner_id, kind, other_id, CAST(sum(lines_minor) AS BIGINT) AS lines_minor, CAST(sum(line_count) AS BIGINT) AS line_count, \
    CAST(sum(paid_minor) AS BIGINT) AS paid_minor, CAST(sum(payment_count) AS BIGINT) AS payment_count \
  FROM moved GROUP BY partner_id, kind, other_id) t JOIN companies c ON c.id = t.other_id \
ORDER BY t.partner_id, t.kind, t.other_id",
        remitted = *REMITTED
    )
});

/// The partner of the balance that comes `$4` balances after the partner `$3`, of those that are carried on.
const CARRIED: &str = "\
SELECT s.partner_id AS partner_id FROM statements s \
WHERE s.network_id = $1 AND s.currency = $2 AND s.partner_id > $3 AND s.closing_minor <> 0 \
  AND NOT EXISTS (SELECT 1 FROM statements n WHERE n.kind = s.kind AND n.payer_id = s.payer_id \
    AND n.payee_id = s.payee_id AND n.currency = s.currency AND n.number = s.number + 1) \
ORDER BY s.partner_id LIMIT 1 OFFSET $4";

#[derive(QueryableByName)]
struct PartnerRow {
    #[diesel(sql_type = Key)]
    partner_id: Uid,
}

fn opened_to(run: &Run) -> Uid {
    run.opened_to.map_or(Uid(Uuid::nil()), Uid::from)
}

/// The partner with whose accounts a batch of about `size` entries ends, or of as many balances that are carried on; none when all
/// that are left make one.
///
/// # Errors
/// Those of the database.
pub fn last_partner_of_batch(conn: &mut Conn, run: &Run, size: i64) -> Result<Option<PartnerId>, DbError> {
    let by_entries: Option<Uid> = entries::table
        .filter(entries::network_id.eq(Uid::from(run.network)))
        .filter(entries::currency.eq(run.currency.code()))
        .filter(entries::partner_id.gt(opened_to(run)))
        .filter(entries::payable_on.gt(run.after_day()))
        .filter(entries::payable_on.le(run.period.last()))
        .order(entries::partner_id.asc())
        .offset(size)
        .limit(1)
        .select(entries::partner_id)
        .get_result(conn)
        .optional()?;
    let by_balances: Option<PartnerRow> = diesel::sql_query(CARRIED)
        .bind::<Key, _>(Uid::from(run.network))
        .bind::<sql_types::Text, _>(run.currency.code())
        .bind::<Key, _>(opened_to(run))
        .bind::<sql_types::BigInt, _>(size)
        .get_result(conn)
        .optional()?;
    let last = by_entries.into_iter().chain(by_balances.map(|row| row.partner_id)).min();
    Ok(last.map(Uid::id))
}

/// The accounts of the partners after the ones whose statements are open, up to `last`, with something to state.
///
/// # Errors
/// Those of the database, which refuses a sum that is too large to hold.
pub fn accounts_after(conn: &mut Conn, run: &Run, last: Option<PartnerId>) -> Result<Vec<Account>, DbError> {
    let rows: Vec<AccountRow> = diesel::sql_query(ACCOUNTS.as_str())
        .bind::<Key, _>(Uid::from(run.network))
        .bind::<sql_types::Text, _>(run.currency.code())
        .bind::<Key, _>(opened_to(run))
        .bind::<Key, _>(last.map_or(Uid(Uuid::max()), Uid::from))
        .bind::<sql_types::Date, _>(run.after_day())
        .bind::<sql_types::Date, _>(run.period.last())
        .load(conn)?;
    rows.into_iter().map(|row| account(run, row)).collect()
}

fn account(run: &Run, row: AccountRow) -> Result<Account, DbError> {
    let AccountRow { partner_id, kind, other_id, other_kind, lines_minor, line_count, paid_minor, payment_count } = row;
    let corrupt = |what: &str| DbError::Corrupt(format!("account of {}: {what}", partner_id.0));
    let count = |count: i64| i32::try_from(count).map_err(|_| corrupt("too many lines"));
    Ok(Account {
        partner: partner_id.id(),
        other: company_of(&other_kind, other_id)?,
        kind: StatementKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
        lines: Money::from_minor(lines_minor, run.currency),
        line_count: count(line_count)?,
        paid: Money::from_minor(paid_minor, run.currency),
        payment_count: count(payment_count)?,
    })
}

/// The number and closing balance of the latest statement of an account.
///
/// # Errors
/// Those of the database.
pub fn previous(conn: &mut Conn, run: &Run, account: &Account) -> Result<Option<(StatementId, i32, Totals)>, DbError> {
    let (payer, payee) = account.parties();
    let row: Option<StatementRow> = statements::table
        .filter(statements::kind.eq(account.kind.code()))
        .filter(statements::payer_id.eq(Uid::from(payer)))
        .filter(statements::payee_id.eq(Uid::from(payee)))
        .filter(statements::currency.eq(run.currency.code()))
        .order(statements::number.desc())
        .select(StatementRow::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| Statement::try_from(row).map(|statement| (statement.id, statement.number, statement.totals))).transpose()
}

/// The statements of a run that are open, in the order of their partners, with the position of the last line that each has.
///
/// # Errors
/// Those of the database.
pub fn unsealed(conn: &mut Conn, run: &Run) -> Result<Vec<(Statement, i32)>, DbError> {
    let sealed = run.sealed_to.map_or(Uid(Uuid::nil()), Uid::from);
    let rows: Vec<StatementRow> = statements::table
        .left_join(statement_seals::table.on(statement_seals::statement_id.eq(statements::id)))
        .filter(statements::run_id.eq(Uid::from(run.id)))
        .filter(statements::partner_id.gt(sealed))
        .filter(statement_seals::statement_id.is_null())
        .order((statements::partner_id.asc(), statements::id.asc()))
        .select(StatementRow::as_select())
        .load(conn)?;
    let mut open: Vec<(Statement, i32)> =
        rows.into_iter().map(|row| Statement::try_from(row).map(|statement| (statement, 0))).collect::<Result<_, _>>()?;
    // Lines are taken for one statement after the other: only the first one can have some.
    if let Some((statement, position)) = open.first_mut() {
        let lines = statement_lines::table.filter(statement_lines::statement_id.eq(Uid::from(statement.id)));
        let last: Option<i32> =
            lines.order(statement_lines::position.desc()).select(statement_lines::position).first(conn).optional()?;
        *position = last.unwrap_or(0);
    }
    Ok(open)
}

/// What an entry belongs to is looked up entry by entry: a join would let PostgreSQL read a whole table for a short statement.
static NEXT_LINES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "\
SELECT e.id AS entry_id, e.amount_minor AS amount_minor, e.kind AS kind, e.correction AS correction, e.corrects_id AS corrects_id, \
  e.dated_on AS dated_on, e.payable_on AS payable_on, CASE WHEN NOT e.divided THEN e.contract_id END AS contract_id, \
  CASE WHEN NOT e.divided THEN \
    (SELECT u.name FROM contracts c JOIN customers u ON u.id = c.customer_id WHERE c.id = e.contract_id) END AS customer, \
  e.rule AS rule, e.calculation AS calculation \
FROM (SELECT id, CASE WHEN creditor_id = $1 THEN amount_minor ELSE -amount_minor END AS amount_minor, kind, correction, corrects_id, \
    dated_on, payable_on, contract_id, rule, calculation, \
    EXISTS (SELECT 1 FROM attributions a WHERE a.id = attribution_id AND a.dispute_id IS NOT NULL) AS divided FROM entries \
  WHERE network_id = $2 AND currency = $3 AND partner_id = $4 AND counterparty_id = $5 AND (kind IN ({remitted})) = $6 \
    AND (payable_on, id) > ($7, $8) AND payable_on <= $9 ORDER BY payable_on, id LIMIT $10) e \
ORDER BY e.payable_on, e.id",
        remitted = *REMITTED
    )
});

/// Up to which of an account's entries lines were taken, in the order of the days from which they may be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    payable_on: NaiveDate,
    entry: Uid,
}

impl Cursor {
    /// Before the first line of a statement.
    #[must_use]
    pub fn before(run: &Run) -> Self {
        Self { payable_on: run.after_day(), entry: Uid(Uuid::max()) }
    }

    /// At a line.
    #[must_use]
    pub fn at(line: &Line) -> Self {
        Self { payable_on: line.payable_on, entry: line.entry.into() }
    }
}

/// Where the line of a statement at `position` is.
///
/// # Errors
/// Those of the database, and [`DbError::Corrupt`] where it has no such line.
pub fn cursor_at(conn: &mut Conn, statement: &Statement, position: i32) -> Result<Cursor, DbError> {
    let found: Option<(NaiveDate, Uid)> = statement_lines::table
        .inner_join(entries::table.on(entries::id.eq(statement_lines::entry_id)))
        .filter(statement_lines::statement_id.eq(Uid::from(statement.id)))
        .filter(statement_lines::position.eq(position))
        .select((entries::payable_on, entries::id))
        .get_result(conn)
        .optional()?;
    let (payable_on, entry) = found.ok_or_else(|| DbError::Corrupt(format!("{}: no line {position}", statement.id)))?;
    Ok(Cursor { payable_on, entry })
}

/// Up to `limit` entries of a statement after a cursor, as its lines after `position`.
///
/// # Errors
/// Those of the database.
pub fn next_lines(
    conn: &mut Conn,
    run: &Run,
    statement: &Statement,
    position: i32,
    after: Cursor,
    limit: i64,
) -> Result<Vec<Line>, DbError> {
    let rows: Vec<LineRow> = diesel::sql_query(NEXT_LINES.as_str())
        .bind::<Key, _>(Uid::from(statement.payee()))
        .bind::<Key, _>(Uid::from(statement.network))
        .bind::<sql_types::Text, _>(run.currency.code())
        .bind::<Key, _>(Uid::from(statement.partner))
        .bind::<Key, _>(Uid::from(statement.other))
        .bind::<sql_types::Bool, _>(statement.kind == StatementKind::Remittance)
        .bind::<sql_types::Date, _>(after.payable_on)
        .bind::<Key, _>(after.entry)
        .bind::<sql_types::Date, _>(run.period.last())
        .bind::<sql_types::BigInt, _>(limit)
        .load(conn)?;
    let corrects: Vec<Uid> = rows.iter().filter_map(|row| row.corrects_id).collect();
    let corrected = corrected(conn, run, statement, &corrects)?;
    let numbered = (1..).zip(rows);
    numbered.map(|(number, row)| line(statement, position.saturating_add(number), row, &corrected)).collect()
}

/// How many corrected entries one query looks up: few enough that the database goes to each, and reads no table for them.
const CORRECTED_AT_ONCE: usize = 200;

/// The entries of these ids, each with its amount and the statement that it stands on, be it the one that is made now.
fn corrected(conn: &mut Conn, run: &Run, statement: &Statement, ids: &[Uid]) -> Result<HashMap<Uid, CorrectedEntry>, DbError> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(CORRECTED_AT_ONCE) {
        let rows: Vec<CorrectedRow> = entries::table
            .left_join(statement_lines::table.on(statement_lines::entry_id.eq(entries::id)))
            .left_join(statements::table.on(statements::id.nullable().eq(statement_lines::statement_id.nullable())))
            .filter(entries::id.eq_any(some))
            .select(CorrectedRow::as_select())
            .load(conn)?;
        for row in rows {
            found.insert(row.id, row.read(run, statement)?);
        }
    }
    Ok(found)
}

/// Puts lines on a statement, each as its position, its entry and its amount in minor units.
///
/// # Errors
/// Those of the database, which refuses an entry that stands on a statement already.
pub fn take_lines(conn: &mut Conn, statement: StatementId, lines: &[(i32, EntryId, i64)]) -> Result<(), DbError> {
    Ok(insert_statement_lines(conn, statement.into(), lines)?)
}

const TAKE_PAYMENTS: &str = "\
INSERT INTO statement_payment_lines (payment_id, statement_id) \
SELECT p.id, $1 FROM statement_payments p WHERE p.network_id = $2 AND p.currency = $3 AND p.partner_id = $4 AND p.dated_on <= $5 \
  AND p.kind = $6 AND p.payer_id = $7 AND p.payee_id = $8 \
  AND NOT EXISTS (SELECT 1 FROM statement_payment_lines l WHERE l.payment_id = p.id)";

/// Puts the payments that no statement counts yet on a statement.
///
/// # Errors
/// Those of the database.
pub fn take_payments(conn: &mut Conn, statement: &Statement) -> Result<usize, DbError> {
    let taken = diesel::sql_query(TAKE_PAYMENTS)
        .bind::<Key, _>(Uid::from(statement.id))
        .bind::<Key, _>(Uid::from(statement.network))
        .bind::<sql_types::Text, _>(statement.currency().code())
        .bind::<Key, _>(Uid::from(statement.partner))
        .bind::<sql_types::Date, _>(statement.period.last())
        .bind::<sql_types::Text, _>(statement.kind.code())
        .bind::<Key, _>(Uid::from(statement.payer()))
        .bind::<Key, _>(Uid::from(statement.payee()))
        .execute(conn)?;
    Ok(taken)
}

/// The entry that a line corrects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// Why it is corrected.
    pub why: CorrectionKind,
    /// The entry.
    pub entry: EntryId,
    /// Its amount.
    pub amount: Money,
    /// The statement that it stands on and that one's period, where it stands on one.
    pub stated: Option<(StatementId, Period)>,
}

/// A line of a statement, with what a reader needs to see of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its position, from 1.
    pub position: i32,
    /// The entry.
    pub entry: EntryId,
    /// Above nothing where the payer owes it, below where the payee does.
    pub amount: Money,
    /// What it is for.
    pub kind: EntryKind,
    /// What it corrects, and why.
    pub correction: Option<Corrected>,
    /// The day it is dated.
    pub dated_on: NaiveDate,
    /// The day from which it may be paid.
    pub payable_on: NaiveDate,
    /// The contract, where it comes from one and is no part of another partner's commission (D22).
    pub contract: Option<ContractId>,
    /// The customer's name, where there is such a contract.
    pub customer: Option<String>,
    /// The rule's code.
    pub rule: String,
    /// The main components of its calculation, as JSON.
    pub calculation: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = entries)]
struct CorrectedRow {
    id: Uid,
    amount_minor: i64,
    kind: String,
    partner_id: Uid,
    counterparty_id: Uid,
    payable_on: NaiveDate,
    #[diesel(select_expression = statements::id.nullable())]
    statement_id: Option<Uid>,
    #[diesel(select_expression = statements::period.nullable())]
    period: Option<String>,
}

/// An entry that is corrected: its amount, and the statement that it stands on with that one's period.
struct CorrectedEntry {
    amount: Money,
    stated: Option<(StatementId, Period)>,
}

impl CorrectedRow {
    /// What is payable in a run's days stands on the statement of its account that the run makes, be that written or not.
    fn read(self, run: &Run, statement: &Statement) -> Result<CorrectedEntry, DbError> {
        let Self { id, amount_minor, kind, partner_id, counterparty_id, payable_on, statement_id, period } = self;
        let corrupt = |what: &str| DbError::Corrupt(format!("entry {}: {what}", id.0));
        let kind = EntryKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?;
        let account = (Uid::from(statement.partner), Uid::from(statement.other), statement.kind);
        let here = (partner_id, counterparty_id, StatementKind::of(kind)) == account
            && payable_on > run.after_day()
            && payable_on <= run.period.last();
        let period = period.map(|period| period.parse::<Period>().map_err(|_| corrupt("period"))).transpose()?;
        let stated = if here { Some((statement.id, statement.period)) } else { statement_id.map(Uid::id).zip(period) };
        Ok(CorrectedEntry { amount: Money::from_minor(amount_minor, statement.currency()), stated })
    }
}

#[derive(QueryableByName)]
struct LineRow {
    #[diesel(sql_type = Key)]
    entry_id: Uid,
    #[diesel(sql_type = sql_types::BigInt)]
    amount_minor: i64,
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    correction: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<Key>)]
    corrects_id: Option<Uid>,
    #[diesel(sql_type = sql_types::Date)]
    dated_on: NaiveDate,
    #[diesel(sql_type = sql_types::Date)]
    payable_on: NaiveDate,
    #[diesel(sql_type = sql_types::Nullable<Key>)]
    contract_id: Option<Uid>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    customer: Option<String>,
    #[diesel(sql_type = sql_types::Text)]
    rule: String,
    #[diesel(sql_type = sql_types::Text)]
    calculation: String,
}

fn line(statement: &Statement, position: i32, row: LineRow, corrected: &HashMap<Uid, CorrectedEntry>) -> Result<Line, DbError> {
    let LineRow {
        entry_id,
        amount_minor,
        kind,
        correction,
        corrects_id,
        dated_on,
        payable_on,
        contract_id,
        customer,
        rule,
        calculation,
    } = row;
    let corrupt = |what: &str| DbError::Corrupt(format!("entry {}: {what}", entry_id.0));
    let correction = match correction.zip(corrects_id) {
        Some((code, corrects)) => {
            let CorrectedEntry { amount, stated } = corrected.get(&corrects).ok_or_else(|| corrupt("corrected entry"))?;
            let why = CorrectionKind::from_code(&code).ok_or_else(|| corrupt("correction"))?;
            Some(Corrected { why, entry: corrects.id(), amount: *amount, stated: *stated })
        }
        None => None,
    };
    Ok(Line {
        position,
        entry: entry_id.id(),
        amount: Money::from_minor(amount_minor, statement.currency()),
        kind: EntryKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
        correction,
        dated_on,
        payable_on,
        contract: contract_id.map(Uid::id),
        customer,
        rule,
        calculation,
    })
}
