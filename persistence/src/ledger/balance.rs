//! What a company owes and is owed, summed from the entries.

use diesel::{prelude::*, sql_types};
use domain::{
    id::CompanyId,
    money::{Currency, Money},
};

use crate::{
    columns::{Key, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    view::View,
};

/// What a company and one of its counterparties owe each other in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The counterparty.
    pub counterparty: CompanyId,
    /// The sum of the entries that the counterparty owes.
    pub owed_to_company: Money,
    /// The sum of the entries that the company owes.
    pub owed_by_company: Money,
}

#[derive(QueryableByName)]
struct BalanceRow {
    #[diesel(sql_type = Key)]
    counterparty_id: Uid,
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
    #[diesel(sql_type = sql_types::BigInt)]
    owed_to_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    owed_by_minor: i64,
}

const BALANCES: &str = "\
SELECT c.id AS counterparty_id, c.kind AS kind, e.currency AS currency, \
  CAST(SUM(CASE WHEN e.creditor_id = $1 THEN e.amount_minor ELSE 0 END) AS BIGINT) AS owed_to_minor, \
  CAST(SUM(CASE WHEN e.debtor_id = $1 THEN e.amount_minor ELSE 0 END) AS BIGINT) AS owed_by_minor \
FROM entries e \
JOIN companies c ON c.id = CASE WHEN e.debtor_id = $1 THEN e.creditor_id ELSE e.debtor_id END \
WHERE e.network_id = $2 AND (e.debtor_id = $1 OR e.creditor_id = $1) \
GROUP BY c.id, c.kind, e.currency ORDER BY c.id, e.currency";

/// What the company of `view` and each of its counterparties owe each other, for each currency.
///
/// # Errors
/// Those of the database, which refuses a sum that is too large to hold.
pub fn balances(conn: &mut Conn, view: &View) -> Result<Vec<Balance>, DbError> {
    let rows: Vec<BalanceRow> =
        diesel::sql_query(BALANCES).bind::<Key, _>(Uid::from(view.company)).bind::<Key, _>(Uid::from(view.network)).load(conn)?;
    rows.into_iter().map(Balance::try_from).collect()
}

impl TryFrom<BalanceRow> for Balance {
    type Error = DbError;

    fn try_from(row: BalanceRow) -> Result<Self, DbError> {
        let BalanceRow { counterparty_id, kind, currency, owed_to_minor, owed_by_minor } = row;
        let currency: Currency = currency.parse().map_err(|_| DbError::Corrupt(format!("entry currency {currency}")))?;
        Ok(Self {
            counterparty: company_of(&kind, counterparty_id)?,
            owed_to_company: Money::from_minor(owed_to_minor, currency),
            owed_by_company: Money::from_minor(owed_by_minor, currency),
        })
    }
}
