//! What masters are told about statements that are not made yet, each once.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, sql_types};
use domain::{id::NetworkId, money::Currency};

use crate::{
    columns::{At, Key, Uid},
    db::Conn,
    error::DbError,
    schema::statement_notices,
};

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The period has ended.
    Due,
    /// The day by which the law wants the statements has passed.
    Overdue,
}

impl Notice {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Overdue => "overdue",
        }
    }
}

/// Entries of a currency that became payable on a day and that no run has stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unstated {
    /// The currency.
    pub currency: Currency,
    /// The day.
    pub payable_on: NaiveDate,
    /// How many.
    pub entries: i64,
}

#[derive(QueryableByName)]
struct UnstatedRow {
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
    #[diesel(sql_type = sql_types::Date)]
    payable_on: NaiveDate,
    #[diesel(sql_type = sql_types::BigInt)]
    entries: i64,
}

const UNSTATED: &str = "\
SELECT e.currency AS currency, e.payable_on AS payable_on, count(*) AS entries FROM entries e \
LEFT JOIN (SELECT currency, max(last_day) AS last_day FROM statement_runs WHERE network_id = $1 GROUP BY currency) r \
  ON r.currency = e.currency \
WHERE e.network_id = $1 AND e.payable_on <= $2 AND (r.last_day IS NULL OR e.payable_on > r.last_day) \
GROUP BY e.currency, e.payable_on ORDER BY e.currency, e.payable_on";

/// The entries that were payable on a day or before and that no run has stated or is about to, by currency and day.
///
/// # Errors
/// Those of the database.
pub fn unstated(conn: &mut Conn, network: NetworkId, day: NaiveDate) -> Result<Vec<Unstated>, DbError> {
    let rows: Vec<UnstatedRow> =
        diesel::sql_query(UNSTATED).bind::<Key, _>(Uid::from(network)).bind::<sql_types::Date, _>(day).load(conn)?;
    rows.into_iter()
        .map(|UnstatedRow { currency, payable_on, entries }| {
            let currency = currency.parse().map_err(|_| DbError::Corrupt(format!("entry currency {currency}")))?;
            Ok(Unstated { currency, payable_on, entries })
        })
        .collect()
}

/// Notes that masters are told, unless they were: `false` then.
///
/// # Errors
/// Those of the database.
pub fn notify(
    conn: &mut Conn,
    network: NetworkId,
    currency: Currency,
    last_day: NaiveDate,
    notice: Notice,
    at: DateTime<Utc>,
) -> Result<bool, DbError> {
    let key = (Uid::from(network), currency.code(), last_day, notice.code());
    let told: i64 = statement_notices::table.find(key).count().get_result(conn)?;
    if told > 0 {
        return Ok(false);
    }
    diesel::insert_into(statement_notices::table)
        .values((
            statement_notices::network_id.eq(Uid::from(network)),
            statement_notices::currency.eq(currency.code()),
            statement_notices::last_day.eq(last_day),
            statement_notices::kind.eq(notice.code()),
            statement_notices::recorded_at.eq(At::from(at)),
        ))
        .execute(conn)?;
    Ok(true)
}
