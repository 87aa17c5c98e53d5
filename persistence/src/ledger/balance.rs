//! What a company owes and is owed, summed from the entries.

use diesel::{prelude::*, sql_types};
use domain::{
    id::{CompanyId, NetworkId},
    ledger::EntryState,
    money::{Currency, Money},
};
use uuid::Uuid;

use super::standing::Today;
use crate::{
    columns::{Key, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    payout::{LINE_ROLE, LineRole, PaidLines},
    statement::REMITTED,
    view::{Page, View},
};

/// What a company and one of its counterparties owe each other in one currency, of some entries that have come equally far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The counterparty.
    pub counterparty: CompanyId,
    /// How far the entries have come.
    pub state: EntryState,
    /// The sum of the entries that the counterparty owes.
    pub owed_to_company: Money,
    /// The sum of the entries that the company owes.
    pub owed_by_company: Money,
    /// What of `owed_to_company` the counterparty owes back: it takes back what the company owed.
    pub owed_back_to_company: Money,
    /// What of `owed_by_company` the company owes back.
    pub owed_back_by_company: Money,
}

#[derive(QueryableByName)]
struct BalanceRow {
    #[diesel(sql_type = Key)]
    counterparty_id: Uid,
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
    #[diesel(sql_type = sql_types::Text)]
    state: String,
    #[diesel(sql_type = sql_types::Nullable<Key>)]
    statement_id: Option<Uid>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    role: Option<String>,
    #[diesel(sql_type = sql_types::BigInt)]
    to_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    by_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    back_to_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    back_by_minor: i64,
}

/// `$3` is the master that looks, where it looks at a partner's balances; `$4` the counterparty that the page before ended with, or
/// the highest id there is; `$5` how many counterparties at most. What an entry takes back goes the other way than its kind does.
fn query(today: &Today) -> String {
    let state = today.state_of("e");
    format!(
        "WITH moved AS ( \
           SELECT e.debtor_id, e.creditor_id, e.currency, e.amount_minor AS minor, {state} AS state, s.id AS statement_id, \
             CASE WHEN s.id IS NOT NULL THEN {LINE_ROLE} END AS role, \
             CASE WHEN (e.debtor_id = e.partner_id) = (e.kind NOT IN ({remitted})) THEN e.amount_minor ELSE 0 END AS back \
           FROM entries e LEFT JOIN statement_lines l ON l.entry_id = e.id \
             LEFT JOIN statement_seals t ON t.statement_id = l.statement_id LEFT JOIN statements s ON s.id = t.statement_id \
             LEFT JOIN statement_lines k ON k.entry_id = e.corrects_id \
           WHERE (e.creditor_id = $1 OR e.debtor_id = $1) AND e.network_id = $2 \
             AND ($3 IS NULL OR e.master_id = $3 OR e.debtor_id = $3 OR e.creditor_id = $3) \
         ), owed AS ( \
           SELECT debtor_id AS other_id, currency, state, statement_id, role, minor AS to_minor, 0 AS by_minor, back AS back_to, 0 AS back_by \
           FROM moved WHERE creditor_id = $1 \
           UNION ALL \
           SELECT creditor_id AS other_id, currency, state, statement_id, role, 0 AS to_minor, minor AS by_minor, 0 AS back_to, back AS back_by \
           FROM moved WHERE debtor_id = $1 \
         ), others AS (SELECT DISTINCT other_id FROM owed WHERE other_id < $4 ORDER BY other_id DESC LIMIT $5) \
         SELECT c.id AS counterparty_id, c.kind AS kind, o.currency AS currency, o.state AS state, \
           o.statement_id AS statement_id, o.role AS role, CAST(SUM(o.to_minor) AS BIGINT) AS to_minor, CAST(SUM(o.by_minor) AS BIGINT) AS by_minor, \
           CAST(SUM(o.back_to) AS BIGINT) AS back_to_minor, CAST(SUM(o.back_by) AS BIGINT) AS back_by_minor \
         FROM owed o JOIN others t ON t.other_id = o.other_id JOIN companies c ON c.id = o.other_id \
         GROUP BY c.id, c.kind, o.currency, o.state, o.statement_id, o.role ORDER BY c.id DESC, o.currency, o.state, o.statement_id",
        remitted = *REMITTED
    )
}

/// Whose balances are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalancesOf {
    /// The network.
    pub network: NetworkId,
    /// The company.
    pub company: CompanyId,
    /// Who looks, where it is another one: it sees what it supervises or is a party of.
    pub seen_by: Option<CompanyId>,
}

impl From<&View> for BalancesOf {
    fn from(view: &View) -> Self {
        Self { network: view.network, company: view.company, seen_by: None }
    }
}

/// What a company and its counterparties owe each other, for each currency, state and statement: a page of counterparties, newest first.
///
/// # Errors
/// Those of the database, which refuses a sum that is too large to hold.
pub fn balances(conn: &mut Conn, of: BalancesOf, today: &Today, page: &Page) -> Result<Vec<Balance>, DbError> {
    let BalancesOf { network, company, seen_by } = of;
    let after = page.after.map_or(Uuid::max(), |place| place.id);
    let rows: Vec<BalanceRow> = diesel::sql_query(query(today))
        .bind::<Key, _>(Uid::from(company))
        .bind::<Key, _>(Uid::from(network))
        .bind::<sql_types::Nullable<Key>, _>(seen_by.map(Uid::from))
        .bind::<Key, _>(Uid(after))
        .bind::<sql_types::BigInt, _>(page.limit)
        .load(conn)?;
    let mut paid = PaidLines::default();
    rows.into_iter().map(|row| balance(conn, &mut paid, row)).collect()
}

fn balance(conn: &mut Conn, paid: &mut PaidLines, row: BalanceRow) -> Result<Balance, DbError> {
    let BalanceRow {
        counterparty_id,
        kind,
        currency,
        state,
        statement_id,
        role,
        to_minor,
        by_minor,
        back_to_minor,
        back_by_minor,
    } = row;
    let corrupt = |what: &str| DbError::Corrupt(format!("balance: {what}"));
    let state = match (statement_id, role) {
        (Some(statement), Some(role)) => {
            let role = LineRole::from_code(&role).ok_or_else(|| corrupt("role"))?;
            if paid.holds(conn, statement, role)? { EntryState::Paid } else { EntryState::Stated }
        }
        _ => EntryState::from_code(&state).ok_or_else(|| corrupt("state"))?,
    };
    let currency: Currency = currency.parse().map_err(|_| DbError::Corrupt(format!("entry currency {currency}")))?;
    let money = |minor| Money::from_minor(minor, currency);
    Ok(Balance {
        counterparty: company_of(&kind, counterparty_id)?,
        state,
        owed_to_company: money(to_minor),
        owed_by_company: money(by_minor),
        owed_back_to_company: money(back_to_minor),
        owed_back_by_company: money(back_by_minor),
    })
}
