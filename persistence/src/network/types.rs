//! Partnership types and the versions of their terms (R1, R86, R90).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::id::{NetworkId, PartnershipTypeId, TermsId};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{partnership_types, terms},
    view::{Page, Place, paged},
};

/// A partnership type as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnershipType {
    /// Its id.
    pub id: PartnershipTypeId,
    /// Its network.
    pub network: NetworkId,
    /// Its code, unique in the network.
    pub code: String,
    /// Its name by language, as JSON.
    pub names: String,
    /// What it is, by language, as JSON.
    pub descriptions: String,
    /// Its version, raised by each further version of its terms too.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One version of a type's terms. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsVersion {
    /// Its id.
    pub id: TermsId,
    /// Its network.
    pub network: NetworkId,
    /// The type whose terms they are.
    pub type_id: PartnershipTypeId,
    /// Its number, from 1 for each type.
    pub number: i32,
    /// The first day on which new agreements are made under it.
    pub effective_from: NaiveDate,
    /// What is signed, by language, as JSON.
    pub texts: String,
    /// What is decided by, as JSON.
    pub document: String,
    /// When it was published.
    pub created_at: DateTime<Utc>,
}

/// Where a version of terms stands among its type's, without what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermsHead {
    /// Its id.
    pub id: TermsId,
    /// The type whose terms they are.
    pub type_id: PartnershipTypeId,
    /// Its number, from 1 for each type.
    pub number: i32,
    /// The first day on which new agreements are made under it.
    pub effective_from: NaiveDate,
    /// When it was published.
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = partnership_types, treat_none_as_default_value = false)]
struct TypeRow {
    id: Uid,
    network_id: Uid,
    code: String,
    names: String,
    descriptions: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = terms, treat_none_as_default_value = false)]
struct TermsRow {
    id: Uid,
    network_id: Uid,
    type_id: Uid,
    number: i32,
    effective_from: NaiveDate,
    texts: String,
    document: String,
    created_at: At,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = terms)]
struct HeadRow {
    id: Uid,
    type_id: Uid,
    number: i32,
    effective_from: NaiveDate,
    created_at: At,
}

impl From<HeadRow> for TermsHead {
    fn from(row: HeadRow) -> Self {
        let HeadRow { id, type_id, number, effective_from, created_at } = row;
        Self { id: id.id(), type_id: type_id.id(), number, effective_from, created_at: created_at.0 }
    }
}

impl From<&TermsVersion> for TermsHead {
    fn from(version: &TermsVersion) -> Self {
        let TermsVersion { id, network: _, type_id, number, effective_from, texts: _, document: _, created_at } = version;
        Self { id: *id, type_id: *type_id, number: *number, effective_from: *effective_from, created_at: *created_at }
    }
}

impl From<&PartnershipType> for TypeRow {
    fn from(partnership_type: &PartnershipType) -> Self {
        let PartnershipType { id, network, code, names, descriptions, version, created_at, updated_at } = partnership_type;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            code: code.clone(),
            names: names.clone(),
            descriptions: descriptions.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl From<TypeRow> for PartnershipType {
    fn from(row: TypeRow) -> Self {
        let TypeRow { id, network_id, code, names, descriptions, version, created_at, updated_at } = row;
        Self {
            id: id.id(),
            network: network_id.id(),
            code,
            names,
            descriptions,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        }
    }
}

impl From<&TermsVersion> for TermsRow {
    fn from(version: &TermsVersion) -> Self {
        let TermsVersion { id, network, type_id, number, effective_from, texts, document, created_at } = version;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            type_id: (*type_id).into(),
            number: *number,
            effective_from: *effective_from,
            texts: texts.clone(),
            document: document.clone(),
            created_at: (*created_at).into(),
        }
    }
}

impl From<TermsRow> for TermsVersion {
    fn from(row: TermsRow) -> Self {
        let TermsRow { id, network_id, type_id, number, effective_from, texts, document, created_at } = row;
        Self {
            id: id.id(),
            network: network_id.id(),
            type_id: type_id.id(),
            number,
            effective_from,
            texts,
            document,
            created_at: created_at.0,
        }
    }
}

/// Keeps a new partnership type.
///
/// # Errors
/// Those of the database.
pub fn insert_type(conn: &mut Conn, partnership_type: &PartnershipType) -> Result<(), DbError> {
    diesel::insert_into(partnership_types::table).values(TypeRow::from(partnership_type)).execute(conn)?;
    Ok(())
}

/// Keeps a changed type, unless it was changed since `partnership_type.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_type(conn: &mut Conn, partnership_type: &PartnershipType) -> Result<bool, DbError> {
    let before = partnership_type.version.saturating_sub(1);
    let unchanged = partnership_types::table.find(Uid::from(partnership_type.id)).filter(partnership_types::version.eq(before));
    Ok(diesel::update(unchanged).set(TypeRow::from(partnership_type)).execute(conn)? == 1)
}

/// A partnership type of the network.
///
/// # Errors
/// Those of the database.
pub fn find_type(conn: &mut Conn, network: NetworkId, id: PartnershipTypeId) -> Result<Option<PartnershipType>, DbError> {
    one_type(conn, types_in(network).filter(partnership_types::id.eq(Uid::from(id))))
}

/// The partnership type of the network with this code.
///
/// # Errors
/// Those of the database.
pub fn find_type_by_code(conn: &mut Conn, network: NetworkId, code: &str) -> Result<Option<PartnershipType>, DbError> {
    one_type(conn, types_in(network).filter(partnership_types::code.eq(code.to_owned())))
}

/// Every partnership type of the network, in the order in which they came in.
///
/// # Errors
/// Those of the database.
pub fn types_of(conn: &mut Conn, network: NetworkId) -> Result<Vec<PartnershipType>, DbError> {
    let query = types_in(network).order(partnership_types::id.asc());
    let rows: Vec<TypeRow> = query.select(TypeRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(PartnershipType::from).collect())
}

/// A page of the network's partnership types.
///
/// # Errors
/// Those of the database.
pub fn page_types(conn: &mut Conn, network: NetworkId, page: &Page) -> Result<Vec<PartnershipType>, DbError> {
    let rows: Vec<TypeRow> = paged!(types_in(network), partnership_types, page).select(TypeRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(PartnershipType::from).collect())
}

/// Publishes a version of terms, for good.
///
/// # Errors
/// Those of the database.
pub fn insert_terms(conn: &mut Conn, version: &TermsVersion) -> Result<(), DbError> {
    diesel::insert_into(terms::table).values(TermsRow::from(version)).execute(conn)?;
    Ok(())
}

/// A version of terms, of whichever network.
///
/// # Errors
/// Those of the database.
pub fn find_terms(conn: &mut Conn, id: TermsId) -> Result<Option<TermsVersion>, DbError> {
    let query = terms::table.find(Uid::from(id)).select(TermsRow::as_select());
    let row: Option<TermsRow> = query.get_result(conn).optional()?;
    Ok(row.map(TermsVersion::from))
}

/// The version of a type's terms that new agreements are made under on a day: the last that takes effect on it or before.
///
/// # Errors
/// Those of the database.
pub fn terms_in_force(conn: &mut Conn, type_id: PartnershipTypeId, on: NaiveDate) -> Result<Option<TermsVersion>, DbError> {
    let query = terms::table
        .filter(terms::type_id.eq(Uid::from(type_id)))
        .filter(terms::effective_from.le(on))
        .order((terms::effective_from.desc(), terms::number.desc()))
        .limit(1);
    let row: Option<TermsRow> = query.select(TermsRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(TermsVersion::from))
}

/// Every version of a type's terms, from the first.
///
/// # Errors
/// Those of the database.
pub fn terms_of(conn: &mut Conn, type_id: PartnershipTypeId) -> Result<Vec<TermsVersion>, DbError> {
    let query = terms::table.filter(terms::type_id.eq(Uid::from(type_id))).order(terms::number.asc());
    let rows: Vec<TermsRow> = query.select(TermsRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(TermsVersion::from).collect())
}

/// The heads of every version of the terms of each of `types`, those of a type from the first.
///
/// # Errors
/// Those of the database.
pub fn terms_heads(conn: &mut Conn, types: &[PartnershipTypeId]) -> Result<Vec<TermsHead>, DbError> {
    let ids: Vec<Uid> = types.iter().copied().map(Uid::from).collect();
    let query = terms::table.filter(terms::type_id.eq_any(ids)).order((terms::type_id.asc(), terms::number.asc()));
    let rows: Vec<HeadRow> = query.select(HeadRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(TermsHead::from).collect())
}

/// A page of a type's terms. They change only by coming in.
///
/// # Errors
/// Those of the database.
pub fn page_terms(conn: &mut Conn, type_id: PartnershipTypeId, page: &Page) -> Result<Vec<TermsHead>, DbError> {
    let mut query = terms::table.filter(terms::type_id.eq(Uid::from(type_id))).limit(page.limit).into_boxed::<MultiBackend>();
    query = if let Some(since) = page.updated_since {
        query = query.filter(terms::created_at.ge(At::from(since)));
        if let Some(Place { updated_at: Some(at), id }) = page.after {
            let (at, id) = (At::from(at), Uid(id));
            query = query.filter(terms::created_at.gt(at).or(terms::created_at.eq(at).and(terms::id.gt(id))));
        }
        query.order((terms::created_at.asc(), terms::id.asc()))
    } else {
        if let Some(place) = page.after {
            query = query.filter(terms::id.lt(Uid(place.id)));
        }
        query.order(terms::id.desc())
    };
    let rows: Vec<HeadRow> = query.select(HeadRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(TermsHead::from).collect())
}

type Query = partnership_types::BoxedQuery<'static, MultiBackend>;

fn types_in(network: NetworkId) -> Query {
    partnership_types::table.filter(partnership_types::network_id.eq(Uid::from(network))).into_boxed()
}

fn one_type(conn: &mut Conn, query: Query) -> Result<Option<PartnershipType>, DbError> {
    let row: Option<TypeRow> = query.select(TypeRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(PartnershipType::from))
}
