//! Networks and their masters; partnership types with their terms; the catalogue (R1, R4, R8, R48, R86).
//!
//! Everything here belongs to the whole network and is seen by everybody in it, but for partners' own catalogue items.
//! Texts by language, policies and terms are JSON, which only its writer reads.

mod catalogue;
mod masters;
mod types;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::NetworkId;

pub use catalogue::{
    CatalogueItem, ItemFilter, Price, codes_for, find_item, find_item_taken_over, find_visible_item, insert_item, insert_price,
    items_of_masters, page_items, price_on, prices_of, prices_of_all, product_lines, product_lines_of, update_item,
};
pub use masters::{Master, find_master, find_master_by_code, insert_master, masters_of, page_masters, update_master};
pub use types::{
    PartnershipType, TermsHead, TermsVersion, find_terms, find_type, find_type_by_code, insert_terms, insert_type, page_terms,
    page_types, terms_heads, terms_in_force, terms_of, types_of, update_type,
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::networks,
    view::{Page, paged},
};

/// A network as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its id.
    pub id: NetworkId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The language that every text of the network has.
    pub default_language: String,
    /// The languages that its texts may have.
    pub languages: Vec<String>,
    /// Its policies, as JSON.
    pub policies: String,
    /// Its kinds of qualification, as JSON.
    pub qualifications: String,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = networks, treat_none_as_default_value = false)]
struct NetworkRow {
    id: Uid,
    code: String,
    name: String,
    default_language: String,
    languages: String,
    policies: String,
    qualifications: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Network> for NetworkRow {
    fn from(network: &Network) -> Self {
        let Network { id, code, name, default_language, languages, policies, qualifications, version, created_at, updated_at } =
            network;
        Self {
            id: (*id).into(),
            code: code.clone(),
            name: name.clone(),
            default_language: default_language.clone(),
            languages: languages.join(" "),
            policies: policies.clone(),
            qualifications: qualifications.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl From<NetworkRow> for Network {
    fn from(row: NetworkRow) -> Self {
        let NetworkRow { id, code, name, default_language, languages, policies, qualifications, version, created_at, updated_at } =
            row;
        Self {
            id: id.id(),
            code,
            name,
            default_language,
            languages: languages.split(' ').map(str::to_owned).collect(),
            policies,
            qualifications,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        }
    }
}

/// Keeps a new network.
///
/// # Errors
/// Those of the database.
pub fn insert_network(conn: &mut Conn, network: &Network) -> Result<(), DbError> {
    diesel::insert_into(networks::table).values(NetworkRow::from(network)).execute(conn)?;
    Ok(())
}

/// Keeps a changed network, unless it was changed since `network.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_network(conn: &mut Conn, network: &Network) -> Result<bool, DbError> {
    let before = network.version.saturating_sub(1);
    let unchanged = networks::table.find(Uid::from(network.id)).filter(networks::version.eq(before));
    Ok(diesel::update(unchanged).set(NetworkRow::from(network)).execute(conn)? == 1)
}

/// A network.
///
/// # Errors
/// Those of the database.
pub fn find_network(conn: &mut Conn, id: NetworkId) -> Result<Option<Network>, DbError> {
    let query = networks::table.find(Uid::from(id)).select(NetworkRow::as_select());
    let row: Option<NetworkRow> = query.get_result(conn).optional()?;
    Ok(row.map(Network::from))
}

/// The network of a code.
///
/// # Errors
/// Those of the database.
pub fn find_network_by_code(conn: &mut Conn, code: &str) -> Result<Option<Network>, DbError> {
    let query = networks::table.filter(networks::code.eq(code)).select(NetworkRow::as_select());
    let row: Option<NetworkRow> = query.get_result(conn).optional()?;
    Ok(row.map(Network::from))
}

/// Every network.
///
/// # Errors
/// Those of the database.
pub fn network_ids(conn: &mut Conn) -> Result<Vec<NetworkId>, DbError> {
    let ids: Vec<Uid> = networks::table.order(networks::id).select(networks::id).load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// A page of all networks.
///
/// # Errors
/// Those of the database.
pub fn page_networks(conn: &mut Conn, page: &Page) -> Result<Vec<Network>, DbError> {
    let every: networks::BoxedQuery<'static, MultiBackend> = networks::table.into_boxed();
    let rows: Vec<NetworkRow> = paged!(every, networks, page).select(NetworkRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Network::from).collect())
}
