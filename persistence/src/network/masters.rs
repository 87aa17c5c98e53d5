//! Masters (R8).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    id::{MasterId, NetworkId},
    money::Currency,
    partner::Country,
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{companies, masters},
    view::{Page, paged},
};

/// A master as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Master {
    /// Its id.
    pub id: MasterId,
    /// Its network.
    pub network: NetworkId,
    /// Its code, unique in the network.
    pub code: String,
    /// The name it contracts under.
    pub legal_name: String,
    /// The name it is known by.
    pub display_name: String,
    /// The country it is established in.
    pub country: Country,
    /// The currency it keeps its accounts in.
    pub currency: Currency,
    /// The time zone whose calendar days its dates are (IANA).
    pub time_zone: String,
    /// Its tax id, as it was written.
    pub tax_id: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = masters, treat_none_as_default_value = false, treat_none_as_null = true)]
struct MasterRow {
    id: Uid,
    network_id: Uid,
    code: String,
    legal_name: String,
    display_name: String,
    country: String,
    currency: String,
    time_zone: String,
    tax_id: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Master> for MasterRow {
    fn from(master: &Master) -> Self {
        let Master {
            id,
            network,
            code,
            legal_name,
            display_name,
            country,
            currency,
            time_zone,
            tax_id,
            version,
            created_at,
            updated_at,
        } = master;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            code: code.clone(),
            legal_name: legal_name.clone(),
            display_name: display_name.clone(),
            country: country.code().to_owned(),
            currency: currency.code().to_owned(),
            time_zone: time_zone.clone(),
            tax_id: tax_id.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<MasterRow> for Master {
    type Error = DbError;

    fn try_from(row: MasterRow) -> Result<Self, DbError> {
        let MasterRow {
            id,
            network_id,
            code,
            legal_name,
            display_name,
            country,
            currency,
            time_zone,
            tax_id,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("master {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            code,
            legal_name,
            display_name,
            country: Country::parse(&country).map_err(|_| corrupt("country"))?,
            currency: Currency::from_code(&currency).ok_or_else(|| corrupt("currency"))?,
            time_zone,
            tax_id,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new master.
///
/// # Errors
/// Those of the database.
pub fn insert_master(conn: &mut Conn, master: &Master) -> Result<(), DbError> {
    diesel::insert_into(companies::table)
        .values((
            companies::id.eq(Uid::from(master.id)),
            companies::network_id.eq(Uid::from(master.network)),
            companies::kind.eq("master"),
        ))
        .execute(conn)?;
    diesel::insert_into(masters::table).values(MasterRow::from(master)).execute(conn)?;
    Ok(())
}

/// Keeps a changed master, unless it was changed since `master.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_master(conn: &mut Conn, master: &Master) -> Result<bool, DbError> {
    let before = master.version.saturating_sub(1);
    let unchanged = masters::table.find(Uid::from(master.id)).filter(masters::version.eq(before));
    Ok(diesel::update(unchanged).set(MasterRow::from(master)).execute(conn)? == 1)
}

/// A master of the network.
///
/// # Errors
/// Those of the database.
pub fn find_master(conn: &mut Conn, network: NetworkId, id: MasterId) -> Result<Option<Master>, DbError> {
    one(conn, of_network(network).filter(masters::id.eq(Uid::from(id))))
}

/// The master of the network with this code.
///
/// # Errors
/// Those of the database.
pub fn find_master_by_code(conn: &mut Conn, network: NetworkId, code: &str) -> Result<Option<Master>, DbError> {
    one(conn, of_network(network).filter(masters::code.eq(code.to_owned())))
}

/// Every master of the network, in the order in which they came in.
///
/// # Errors
/// Those of the database.
pub fn masters_of(conn: &mut Conn, network: NetworkId) -> Result<Vec<Master>, DbError> {
    let query = of_network(network).order(masters::id.asc());
    let rows: Vec<MasterRow> = query.select(MasterRow::as_select()).load(conn)?;
    rows.into_iter().map(Master::try_from).collect()
}

/// A page of the network's masters.
///
/// # Errors
/// Those of the database.
pub fn page_masters(conn: &mut Conn, network: NetworkId, page: &Page) -> Result<Vec<Master>, DbError> {
    let rows: Vec<MasterRow> = paged!(of_network(network), masters, page).select(MasterRow::as_select()).load(conn)?;
    rows.into_iter().map(Master::try_from).collect()
}

type Query = masters::BoxedQuery<'static, MultiBackend>;

fn of_network(network: NetworkId) -> Query {
    masters::table.filter(masters::network_id.eq(Uid::from(network))).into_boxed()
}

fn one(conn: &mut Conn, query: Query) -> Result<Option<Master>, DbError> {
    let row: Option<MasterRow> = query.select(MasterRow::as_select()).get_result(conn).optional()?;
    row.map(Master::try_from).transpose()
}
