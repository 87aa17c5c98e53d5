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
    schema::{payout_parts, payouts, statement_lines, statement_seals, statements},
};

/// How far some entries have come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntriesReached {
    /// Those that stand on a sealed statement.
    pub stated: BTreeSet<EntryId>,
    /// Those of them that were paid, and did not come back.
    pub paid: BTreeSet<EntryId>,
}

/// How far entries have come. What a statement owes a partner is paid once a payout that takes it is paid; what takes something
/// back, once payouts have taken all of it; what a partner owes its master, once its payments have settled the statement.
///
/// # Errors
/// Those of the database.
pub fn entries_reached(conn: &mut Conn, entries: &[EntryId]) -> Result<EntriesReached, DbError> {
    let ids: Vec<Uid> = entries.iter().map(|id| Uid::from(*id)).collect();
    let lines: Vec<(Uid, Uid, i64, String)> = statement_lines::table
        .inner_join(statement_seals::table.on(statement_seals::statement_id.eq(statement_lines::statement_id)))
        .inner_join(statements::table.on(statements::id.eq(statement_lines::statement_id)))
        .filter(statement_lines::entry_id.eq_any(ids))
        .select((statement_lines::entry_id, statement_lines::statement_id, statement_lines::amount_minor, statements::kind))
        .load(conn)?;
    let of: BTreeSet<Uid> = lines.iter().map(|(_, statement, ..)| *statement).collect();
    let paid = paid_statements(conn, &of)?;
    let mut settled: BTreeMap<Uid, bool> = BTreeMap::new();
    let mut reached = EntriesReached::default();
    for (entry, statement, minor, kind) in lines {
        reached.stated.insert(entry.id());
        let remits = kind == StatementKind::Remittance.code();
        let owed_by_it = !remits && paid.contains(&statement) && (minor > 0 || !takes_back(conn, entry, statement)?);
        let later = !remits && minor > 0;
        let is_paid = owed_by_it || !later && once(&mut settled, statement, || is_settled(conn, statement, remits))?;
        if is_paid {
            reached.paid.insert(entry.id());
        }
    }
    Ok(reached)
}

/// What is known of a statement, found out once.
fn once(known: &mut BTreeMap<Uid, bool>, statement: Uid, find: impl FnOnce() -> Result<bool, DbError>) -> Result<bool, DbError> {
    match known.get(&statement) {
        Some(known) => Ok(*known),
        None => {
            let found = find()?;
            known.insert(statement, found);
            Ok(found)
        }
    }
}

/// The statements of these that a payout has paid.
fn paid_statements(conn: &mut Conn, of: &BTreeSet<Uid>) -> Result<BTreeSet<Uid>, DbError> {
    let paid: Vec<Uid> = payout_parts::table
        .inner_join(payouts::table.on(payouts::id.eq(payout_parts::payout_id)))
        .filter(payout_parts::statement_id.eq_any(of))
        .filter(payout_parts::kind.eq("owed"))
        .filter(payout_parts::live.eq(true))
        .filter(payouts::state.eq(PayoutState::Paid.code()))
        .select(payout_parts::statement_id)
        .load(conn)?;
    Ok(paid.into_iter().collect())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    count: i64,
}

/// Whether an entry takes back what another statement stated.
fn takes_back(conn: &mut Conn, entry: Uid, statement: Uid) -> Result<bool, DbError> {
    const ELSEWHERE: &str = "SELECT count(*) AS count FROM entries e JOIN statement_lines o ON o.entry_id = e.corrects_id \
        WHERE e.id = $1 AND o.statement_id <> $2";
    let found: Count = diesel::sql_query(ELSEWHERE).bind::<Key, _>(entry).bind::<Key, _>(statement).get_result(conn)?;
    Ok(found.count > 0)
}

fn is_settled(conn: &mut Conn, statement: Uid, remits: bool) -> Result<bool, DbError> {
    if remits { is_remitted(conn, statement) } else { is_taken_back(conn, statement) }
}

#[derive(QueryableByName)]
struct TakenRow {
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
    #[diesel(sql_type = sql_types::BigInt)]
    lines_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    due_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    back_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    taken_minor: i64,
}

/// What a statement takes back of others, and what payouts that were paid have taken of it.
const TAKEN: &str = "\
SELECT s.currency AS currency, s.lines_minor AS lines_minor, s.lines_minor + s.vat_minor - s.withheld_minor AS due_minor, \
  CAST(coalesce((SELECT sum(l.amount_minor) FROM statement_lines l JOIN entries e ON e.id = l.entry_id \
    JOIN statement_lines o ON o.entry_id = e.corrects_id \
    WHERE l.statement_id = s.id AND l.amount_minor < 0 AND o.statement_id <> s.id), 0) AS BIGINT) AS back_minor, \
  CAST(coalesce((SELECT sum(p.amount_minor) FROM payout_parts p JOIN payouts y ON y.id = p.payout_id \
    WHERE p.statement_id = s.id AND p.live AND p.kind = 'debt' AND y.state = 'paid'), 0) AS BIGINT) AS taken_minor \
FROM statements s WHERE s.id = $1";

/// Whether payouts that were paid have taken all that a partner owes back by a statement.
fn is_taken_back(conn: &mut Conn, statement: Uid) -> Result<bool, DbError> {
    let row: TakenRow = diesel::sql_query(TAKEN).bind::<Key, _>(statement).get_result(conn)?;
    let corrupt = |what: &str| DbError::Corrupt(format!("statement {}: {what}", statement.0));
    let currency = Currency::from_code(&row.currency).ok_or_else(|| corrupt("currency"))?;
    let money = |minor| Money::from_minor(minor, currency);
    let stated = Stated { lines: money(row.lines_minor), due: money(row.due_minor), back: money(row.back_minor) };
    let (_, debt) = stated.divide().ok_or_else(|| corrupt("its amounts"))?;
    Ok(debt.sign().is_lt() && debt.minor() == row.taken_minor)
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
