//! How far ledger entries have come: which stand on a sealed statement, and which of those were paid.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{prelude::*, sql_types};
use domain::{
    id::EntryId,
    money::{Currency, Money},
    payout::{PayoutState, Stated},
    statement::StatementKind,
};

use crate::{
    columns::{Key, Uid},
    db::Conn,
    error::DbError,
    schema::{entries, payout_parts, payouts, statement_lines, statement_seals, statements},
    statement::tax_rates,
};

/// How far some entries have come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntriesReached {
    /// Those that stand on a sealed statement.
    pub stated: BTreeSet<EntryId>,
    /// Those of them that were paid, and did not come back.
    pub paid: BTreeSet<EntryId>,
}

/// What a line does on its statement, as far as being paid goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LineRole {
    /// A partner owes its master by the statement.
    Remits,
    /// The partner is owed it.
    Owed,
    /// It takes back what another statement stated.
    TakesBack,
    /// It is less that is owed by the same statement.
    Less,
}

impl LineRole {
    /// The role by its code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        match code {
            "remits" => Some(Self::Remits),
            "owed" => Some(Self::Owed),
            "takes_back" => Some(Self::TakesBack),
            "less" => Some(Self::Less),
            _ => None,
        }
    }
}

/// The code of the role of a line `l` on a statement `s`, whose entry corrects that of the line `k`, if there is one.
pub(crate) const LINE_ROLE: &str = "\
CASE WHEN s.kind = 'remittance' THEN 'remits' WHEN l.amount_minor > 0 THEN 'owed' \
WHEN k.statement_id <> l.statement_id THEN 'takes_back' ELSE 'less' END";

/// Whether lines of statements are paid, each found out once. What a statement owes a partner is paid once a payout that takes it is
/// paid; what takes something back, once payouts have taken all of it; what a partner owes its master, once its payments have
/// settled the statement.
#[derive(Debug, Default)]
pub(crate) struct PaidLines {
    known: BTreeMap<(Uid, LineRole), bool>,
}

impl PaidLines {
    /// Whether the lines of a role on a sealed statement are paid.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn holds(&mut self, conn: &mut Conn, statement: Uid, role: LineRole) -> Result<bool, DbError> {
        if let Some(known) = self.known.get(&(statement, role)) {
            return Ok(*known);
        }
        let paid = match role {
            LineRole::Remits => is_remitted(conn, statement)?,
            LineRole::Owed => is_paid_out(conn, statement)?,
            LineRole::TakesBack => is_taken_back(conn, statement)?,
            LineRole::Less => is_paid_out(conn, statement)? || is_taken_back(conn, statement)?,
        };
        self.known.insert((statement, role), paid);
        Ok(paid)
    }
}

/// How far entries have come.
///
/// # Errors
/// Those of the database.
pub fn entries_reached(conn: &mut Conn, entries: &[EntryId]) -> Result<EntriesReached, DbError> {
    let (mut paid, mut reached) = (PaidLines::default(), EntriesReached::default());
    for (entry, statement, role) in roles(conn, entries)? {
        reached.stated.insert(entry.id());
        if paid.holds(conn, statement, role)? {
            reached.paid.insert(entry.id());
        }
    }
    Ok(reached)
}

diesel::alias!(statement_lines as earlier: Earlier);

/// The entries that stand on a sealed statement, with it and with what they do on it.
fn roles(conn: &mut Conn, entries: &[EntryId]) -> Result<Vec<(Uid, Uid, LineRole)>, DbError> {
    let ids: Vec<Uid> = entries.iter().map(|id| Uid::from(*id)).collect();
    let lines: Vec<(Uid, Uid, i64, String, Option<Uid>)> = statement_lines::table
        .inner_join(statement_seals::table.on(statement_seals::statement_id.eq(statement_lines::statement_id)))
        .inner_join(statements::table.on(statements::id.eq(statement_lines::statement_id)))
        .inner_join(entries::table.on(entries::id.eq(statement_lines::entry_id)))
        .left_join(earlier.on(earlier.field(statement_lines::entry_id).nullable().eq(entries::corrects_id)))
        .filter(statement_lines::entry_id.eq_any(ids))
        .select((
            statement_lines::entry_id,
            statement_lines::statement_id,
            statement_lines::amount_minor,
            statements::kind,
            earlier.field(statement_lines::statement_id).nullable(),
        ))
        .load(conn)?;
    let role = |(entry, statement, minor, kind, corrected): (Uid, Uid, i64, String, Option<Uid>)| {
        let role = match corrected {
            _ if kind == StatementKind::Remittance.code() => LineRole::Remits,
            _ if minor > 0 => LineRole::Owed,
            Some(corrected) if corrected != statement => LineRole::TakesBack,
            _ => LineRole::Less,
        };
        (entry, statement, role)
    };
    Ok(lines.into_iter().map(role).collect())
}

/// Whether a payout has paid what a statement owes its partner.
fn is_paid_out(conn: &mut Conn, statement: Uid) -> Result<bool, DbError> {
    let paid: i64 = payout_parts::table
        .inner_join(payouts::table.on(payouts::id.eq(payout_parts::payout_id)))
        .filter(payout_parts::statement_id.eq(statement))
        .filter(payout_parts::kind.eq("owed"))
        .filter(payout_parts::live.eq(true))
        .filter(payouts::state.eq(PayoutState::Paid.code()))
        .count()
        .get_result(conn)?;
    Ok(paid > 0)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct TakenRow {
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
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
    taken_minor: i64,
}

/// What a statement takes back of others, and what payouts that were paid have taken of it.
const TAKEN: &str = "\
SELECT s.currency AS currency, s.lines_minor AS lines_minor, s.lines_minor + s.vat_minor - s.withheld_minor AS due_minor, \
  s.vat_ppm AS vat_ppm, s.withholding_ppm AS withholding_ppm, \
  CAST(coalesce((SELECT sum(l.amount_minor) FROM statement_lines l JOIN entries e ON e.id = l.entry_id \
    JOIN statement_lines o ON o.entry_id = e.corrects_id \
    WHERE l.statement_id = s.id AND l.amount_minor < 0 AND o.statement_id <> s.id), 0) AS BIGINT) AS back_minor, \
  CAST(coalesce((SELECT sum(p.amount_minor) FROM payout_parts p JOIN payouts y ON y.id = p.payout_id \
    WHERE p.statement_id = s.id AND p.live AND p.kind = 'debt' AND y.state = 'paid'), 0) AS BIGINT) AS taken_minor \
FROM statements s WHERE s.id = $1";

/// Whether payouts that were paid have taken all that a partner owes back by a statement.
fn is_taken_back(conn: &mut Conn, statement: Uid) -> Result<bool, DbError> {
    let (stated, taken_minor) = stated_by(conn, statement)?;
    let divided = stated.divide();
    let (_, debt) = divided.ok_or_else(|| DbError::Corrupt(format!("statement {}: its amounts", statement.0)))?;
    Ok(debt.sign().is_lt() && debt.minor() == taken_minor)
}

/// What a statement comes to, and what payouts that were paid have taken of what it takes back: nothing, or less.
fn stated_by(conn: &mut Conn, statement: Uid) -> Result<(Stated, i64), DbError> {
    let row: TakenRow = diesel::sql_query(TAKEN).bind::<Key, _>(statement).get_result(conn)?;
    let currency = Currency::from_code(&row.currency)
        .ok_or_else(|| DbError::Corrupt(format!("statement {}: currency {}", statement.0, row.currency)))?;
    let money = |minor| Money::from_minor(minor, currency);
    let rates = tax_rates(row.vat_ppm, row.withholding_ppm);
    let stated = Stated { lines: money(row.lines_minor), due: money(row.due_minor), back: money(row.back_minor), rates };
    Ok((stated, row.taken_minor))
}

/// What the sealed statement comes to on which an entry takes back what an earlier one stated; none before it stands on one.
///
/// # Errors
/// Those of the database.
pub fn stated_debt(conn: &mut Conn, entry: EntryId) -> Result<Option<Stated>, DbError> {
    let roles = roles(conn, &[entry])?;
    let Some((_, statement, _)) = roles.into_iter().find(|(_, _, role)| *role == LineRole::TakesBack) else { return Ok(None) };
    Ok(Some(stated_by(conn, statement)?.0))
}

/// What a partner owes by a statement and the ones before it, and what has settled them: payments, and what the master owes back.
const REMITTED: &str = "\
SELECT count(*) AS count FROM statements s WHERE s.id = $1 AND s.lines_minor + s.vat_minor - s.withheld_minor > 0 AND ( \
  SELECT coalesce(sum(u.lines_minor + u.vat_minor - u.withheld_minor), 0) FROM statements u \
  JOIN statement_seals t ON t.statement_id = u.id \
  WHERE u.kind = s.kind AND u.payer_id = s.payer_id AND u.payee_id = s.payee_id AND u.currency = s.currency \
    AND (u.lines_minor + u.vat_minor - u.withheld_minor < 0 OR u.last_day < s.last_day OR u.id = s.id) \
) <= ( \
  SELECT coalesce(sum(r.amount_minor), 0) FROM remittance_payments r \
  WHERE r.master_id = s.payee_id AND r.partner_id = s.payer_id AND r.currency = s.currency)";

/// Whether what a partner owes by a statement is settled: payments settle the oldest one first.
fn is_remitted(conn: &mut Conn, statement: Uid) -> Result<bool, DbError> {
    let found: Count = diesel::sql_query(REMITTED).bind::<Key, _>(statement).get_result(conn)?;
    Ok(found.count > 0)
}
