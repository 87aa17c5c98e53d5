//! Accounting periods that are closed. They are appended and never change; the schema's triggers let none be left out, and no entry
//! be dated into one.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{dsl::max, prelude::*};
use domain::{
    id::{NetworkId, PeriodId},
    ledger::PeriodDays,
    money::Currency,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::periods,
    view::{Page, paged},
};

/// A closed accounting period of one network and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Its id.
    pub id: PeriodId,
    /// The network.
    pub network: NetworkId,
    /// The currency.
    pub currency: Currency,
    /// Its days.
    pub days: PeriodDays,
    /// Who closed it.
    pub closed_by: String,
    /// When.
    pub closed_at: DateTime<Utc>,
}

/// Which periods are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodFilter {
    /// Those of a currency.
    pub currency: Option<Currency>,
    /// The one that ends on a day.
    pub ends_on: Option<NaiveDate>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = periods, treat_none_as_default_value = false)]
struct PeriodRow {
    id: Uid,
    network_id: Uid,
    currency: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    closed_by: String,
    closed_at: At,
}

impl From<&Period> for PeriodRow {
    fn from(period: &Period) -> Self {
        let Period { id, network, currency, days: PeriodDays { starts_on, ends_on }, closed_by, closed_at } = period;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            currency: currency.code().to_owned(),
            starts_on: *starts_on,
            ends_on: *ends_on,
            closed_by: closed_by.clone(),
            closed_at: (*closed_at).into(),
        }
    }
}

impl TryFrom<PeriodRow> for Period {
    type Error = DbError;

    fn try_from(row: PeriodRow) -> Result<Self, DbError> {
        let PeriodRow { id, network_id, currency, starts_on, ends_on, closed_by, closed_at } = row;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            currency: currency.parse().map_err(|_| DbError::Corrupt(format!("period currency {currency}")))?,
            days: PeriodDays { starts_on, ends_on },
            closed_by,
            closed_at: closed_at.0,
        })
    }
}

/// Closes a period: from now on no entry is dated into it, nor before it.
///
/// # Errors
/// Those of the database, which refuses one that is closed and one that leaves a gap.
pub fn close_period(conn: &mut Conn, period: &Period) -> Result<(), DbError> {
    diesel::insert_into(periods::table).values(PeriodRow::from(period)).execute(conn)?;
    Ok(())
}

/// The last day that is closed in a currency; none where no period was closed yet.
///
/// # Errors
/// Those of the database.
pub fn closed_through(conn: &mut Conn, network: NetworkId, currency: Currency) -> Result<Option<NaiveDate>, DbError> {
    let of_currency =
        periods::table.filter(periods::network_id.eq(Uid::from(network))).filter(periods::currency.eq(currency.code()));
    Ok(of_currency.select(max(periods::ends_on)).get_result(conn)?)
}

/// A closed period of a network.
///
/// # Errors
/// Those of the database.
pub fn find_period(conn: &mut Conn, network: NetworkId, id: PeriodId) -> Result<Option<Period>, DbError> {
    let query = periods::table.find(Uid::from(id)).filter(periods::network_id.eq(Uid::from(network)));
    let row: Option<PeriodRow> = query.select(PeriodRow::as_select()).get_result(conn).optional()?;
    row.map(Period::try_from).transpose()
}

/// A page of the closed periods of a network.
///
/// # Errors
/// Those of the database.
pub fn page_periods(conn: &mut Conn, network: NetworkId, filter: PeriodFilter, page: &Page) -> Result<Vec<Period>, DbError> {
    let PeriodFilter { currency, ends_on } = filter;
    let mut query = periods::table.filter(periods::network_id.eq(Uid::from(network))).into_boxed();
    if let Some(currency) = currency {
        query = query.filter(periods::currency.eq(currency.code()));
    }
    if let Some(ends_on) = ends_on {
        query = query.filter(periods::ends_on.eq(ends_on));
    }
    let rows: Vec<PeriodRow> = paged!(query, periods, page, changed closed_at).select(PeriodRow::as_select()).load(conn)?;
    rows.into_iter().map(Period::try_from).collect()
}
