//! What a company owes and is owed, summed from the entries.

use diesel::{prelude::*, sql_types};
use domain::{
    id::CompanyId,
    money::{Currency, Money},
};
use uuid::Uuid;

use crate::{
    columns::{Key, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    view::{Page, View},
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

/// `$3` is the counterparty that the page before ended with, or the highest id there is; `$4` how many counterparties at most.
const BALANCES: &str = "\
WITH owed AS ( \
  SELECT debtor_id AS other_id, currency, amount_minor AS to_minor, 0 AS by_minor \
  FROM entries WHERE creditor_id = $1 AND network_id = $2 \
  UNION ALL \
  SELECT creditor_id AS other_id, currency, 0 AS to_minor, amount_minor AS by_minor \
  FROM entries WHERE debtor_id = $1 AND network_id = $2 \
), others AS (SELECT DISTINCT other_id FROM owed WHERE other_id < $3 ORDER BY other_id DESC LIMIT $4) \
SELECT c.id AS counterparty_id, c.kind AS kind, o.currency AS currency, \
  CAST(SUM(o.to_minor) AS BIGINT) AS owed_to_minor, CAST(SUM(o.by_minor) AS BIGINT) AS owed_by_minor \
FROM owed o JOIN others t ON t.other_id = o.other_id JOIN companies c ON c.id = o.other_id \
GROUP BY c.id, c.kind, o.currency ORDER BY c.id DESC, o.currency";

/// What the company of `view` and its counterparties owe each other, for each currency: a page of counterparties, newest first.
///
/// # Errors
/// Those of the database, which refuses a sum that is too large to hold.
pub fn balances(conn: &mut Conn, view: &View, page: &Page) -> Result<Vec<Balance>, DbError> {
    let after = page.after.map_or(Uuid::max(), |place| place.id);
    let rows: Vec<BalanceRow> = diesel::sql_query(BALANCES)
        .bind::<Key, _>(Uid::from(view.company))
        .bind::<Key, _>(Uid::from(view.network))
        .bind::<Key, _>(Uid(after))
        .bind::<sql_types::BigInt, _>(page.limit)
        .load(conn)?;
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
