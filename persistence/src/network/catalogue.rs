//! The catalogue: what can be sold, and its list prices (R4, R48).
//!
//! Network modules and services and complementary products are everybody's to see. A partner's own items are seen by the
//! partner and by the master that supervises it, and by nobody else (D22).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{CatalogueItemId, CompanyId, NetworkId, PartnerId},
    money::{Currency, Money},
    network::{ItemKind, Period},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{catalogue_items, contracts, lines, partners, prices},
    view::{Page, View, paged},
};

/// A catalogue item as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueItem {
    /// Its id.
    pub id: CatalogueItemId,
    /// Its network.
    pub network: NetworkId,
    /// Who provides it: a partner for a partner's own kinds, a master for all others.
    pub provider: CompanyId,
    /// Its code, unique among the provider's.
    pub code: String,
    /// Whose it is, which decides where its money goes.
    pub kind: ItemKind,
    /// Its name by language, as JSON.
    pub names: String,
    /// The product line it belongs to (D17).
    pub product_line: Option<String>,
    /// Whether it can still be sold.
    pub active: bool,
    /// Its version, raised by each new price too.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A list price, net of tax, until a later one in its currency for its period takes its place. It never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// What it is for.
    pub period: Period,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The amount.
    pub amount: Money,
}

/// Which items of a list are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Only those of a kind.
    pub kind: Option<ItemKind>,
    /// Only those of a product line.
    pub product_line: Option<String>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = catalogue_items, treat_none_as_default_value = false, treat_none_as_null = true)]
struct ItemRow {
    id: Uid,
    network_id: Uid,
    provider_id: Uid,
    code: String,
    kind: String,
    names: String,
    product_line: Option<String>,
    state: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = prices, treat_none_as_default_value = false)]
struct PriceRow {
    item_id: Uid,
    currency: String,
    period: String,
    from_day: NaiveDate,
    amount_minor: i64,
}

impl From<&CatalogueItem> for ItemRow {
    fn from(item: &CatalogueItem) -> Self {
        let CatalogueItem { id, network, provider, code, kind, names, product_line, active, version, created_at, updated_at } =
            item;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            provider_id: (*provider).into(),
            code: code.clone(),
            kind: kind.code().to_owned(),
            names: names.clone(),
            product_line: product_line.clone(),
            state: if *active { "active" } else { "retired" }.to_owned(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<ItemRow> for CatalogueItem {
    type Error = DbError;

    fn try_from(row: ItemRow) -> Result<Self, DbError> {
        let ItemRow { id, network_id, provider_id, code, kind, names, product_line, state, version, created_at, updated_at } =
            row;
        let kind = ItemKind::from_code(&kind).ok_or_else(|| DbError::Corrupt(format!("catalogue item {}: kind", id.0)))?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            provider: if kind.is_partners() { CompanyId::Partner(provider_id.id()) } else { CompanyId::Master(provider_id.id()) },
            code,
            kind,
            names,
            product_line,
            active: state == "active",
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

impl TryFrom<PriceRow> for Price {
    type Error = DbError;

    fn try_from(row: PriceRow) -> Result<Self, DbError> {
        let PriceRow { item_id, currency, period, from_day, amount_minor } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("price of {}: {what}", item_id.0));
        let currency = Currency::from_code(&currency).ok_or_else(|| corrupt("currency"))?;
        Ok(Self {
            period: Period::from_code(&period).ok_or_else(|| corrupt("period"))?,
            from: from_day,
            amount: Money::from_minor(amount_minor, currency),
        })
    }
}

/// Keeps a new item.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::ItemCode`] when another item of the provider has the code;
/// [`DbError::Corrupt`] when a master provides a partner's own item, or a partner one of the network's.
pub fn insert_item(conn: &mut Conn, item: &CatalogueItem) -> Result<(), DbError> {
    diesel::insert_into(catalogue_items::table).values(provided(item)?).execute(conn)?;
    Ok(())
}

/// Keeps a changed item, unless it was changed since `item.version - 1`: `false` then.
///
/// # Errors
/// Those of [`insert_item`].
pub fn update_item(conn: &mut Conn, item: &CatalogueItem) -> Result<bool, DbError> {
    let before = item.version.saturating_sub(1);
    let unchanged = catalogue_items::table.find(Uid::from(item.id)).filter(catalogue_items::version.eq(before));
    Ok(diesel::update(unchanged).set(provided(item)?).execute(conn)? == 1)
}

/// The row of an item. Its kind alone tells whether the provider is a partner, so the two must agree.
fn provided(item: &CatalogueItem) -> Result<ItemRow, DbError> {
    if item.kind.is_partners() == item.provider.partner().is_some() {
        Ok(ItemRow::from(item))
    } else {
        Err(DbError::Corrupt(format!("{} cannot provide the {} {}", item.provider, item.kind.code(), item.code)))
    }
}

/// An item of the network, whoever may see it: for those who check the lines of a sale.
///
/// # Errors
/// Those of the database.
pub fn find_item(conn: &mut Conn, network: NetworkId, id: CatalogueItemId) -> Result<Option<CatalogueItem>, DbError> {
    let query = catalogue_items::table.filter(catalogue_items::network_id.eq(Uid::from(network))).into_boxed();
    one(conn, query.filter(catalogue_items::id.eq(Uid::from(id))))
}

/// An item that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_visible_item(conn: &mut Conn, view: &View, id: CatalogueItemId) -> Result<Option<CatalogueItem>, DbError> {
    one(conn, visible(view).filter(catalogue_items::id.eq(Uid::from(id))))
}

/// An item on a contract that `view` took over, wholly or the services on it (R49). Whose it was before is nobody's business: it is
/// as if the company provided it (D22).
///
/// # Errors
/// Those of the database.
pub fn find_item_taken_over(conn: &mut Conn, view: &View, id: CatalogueItemId) -> Result<Option<CatalogueItem>, DbError> {
    let of_contract = lines::proposal_id.eq(contracts::proposal_id).and(lines::number.eq(contracts::number));
    let company = Uid::from(view.company);
    let answered = contracts::answered_by_id.is_not_null().and(contracts::answered_by_id.assume_not_null().eq(company));
    let served = contracts::served_by_id.is_not_null().and(contracts::served_by_id.assume_not_null().eq(company));
    let on_line: i64 = lines::table
        .inner_join(contracts::table.on(of_contract))
        .filter(lines::item_id.eq(Uid::from(id)))
        .filter(answered.or(served))
        .count()
        .get_result(conn)?;
    let found = if on_line > 0 { find_item(conn, view.network, id)? } else { None };
    Ok(found.map(|item| CatalogueItem { provider: view.company, ..item }))
}

/// A page of the items that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_items(conn: &mut Conn, view: &View, filter: &ItemFilter, page: &Page) -> Result<Vec<CatalogueItem>, DbError> {
    let ItemFilter { kind, product_line } = filter;
    let mut query = visible(view);
    if let Some(kind) = kind {
        query = query.filter(catalogue_items::kind.eq(kind.code()));
    }
    if let Some(line) = product_line {
        query = query.filter(catalogue_items::product_line.eq(line.clone()));
    }
    let rows: Vec<ItemRow> = paged!(query, catalogue_items, page).select(ItemRow::as_select()).load(conn)?;
    rows.into_iter().map(CatalogueItem::try_from).collect()
}

/// The product lines that items belong to that `view` may see, retired ones included (D17).
///
/// # Errors
/// Those of the database.
pub fn product_lines(conn: &mut Conn, view: &View) -> Result<BTreeSet<String>, DbError> {
    let lines: Vec<Option<String>> = visible(view).select(catalogue_items::product_line).distinct().load(conn)?;
    Ok(lines.into_iter().flatten().collect())
}

/// The product line that each of these items of the network belongs to, whoever may see it; some belong to none.
///
/// # Errors
/// Those of the database.
pub fn product_lines_of(
    conn: &mut Conn,
    network: NetworkId,
    items: &[CatalogueItemId],
) -> Result<BTreeMap<CatalogueItemId, Option<String>>, DbError> {
    let ids: Vec<Uid> = items.iter().copied().map(Uid::from).collect();
    let lines: Vec<(Uid, Option<String>)> = catalogue_items::table
        .filter(catalogue_items::network_id.eq(Uid::from(network)))
        .filter(catalogue_items::id.eq_any(ids))
        .select((catalogue_items::id, catalogue_items::product_line))
        .load(conn)?;
    Ok(lines.into_iter().map(|(id, line)| (id.id(), line)).collect())
}

/// The codes of the items that a sale of a partner can have, retired ones included, with their product lines: those of the network
/// and the partner's own.
///
/// # Errors
/// Those of the database.
pub fn codes_for(conn: &mut Conn, network: NetworkId, partner: PartnerId) -> Result<Vec<(String, Option<String>)>, DbError> {
    let sold = catalogue_items::kind.ne_all(partners_kinds()).or(catalogue_items::provider_id.eq(Uid::from(partner)));
    let of_network = catalogue_items::table.filter(catalogue_items::network_id.eq(Uid::from(network)));
    Ok(of_network.filter(sold).select((catalogue_items::code, catalogue_items::product_line)).load(conn)?)
}

/// Every item of the network that is no partner's own, retired ones included, in the order in which they came in.
///
/// # Errors
/// Those of the database.
pub fn items_of_masters(conn: &mut Conn, network: NetworkId) -> Result<Vec<CatalogueItem>, DbError> {
    let query = catalogue_items::table
        .filter(catalogue_items::network_id.eq(Uid::from(network)))
        .filter(catalogue_items::kind.ne_all(partners_kinds()))
        .order(catalogue_items::id.asc());
    let rows: Vec<ItemRow> = query.select(ItemRow::as_select()).load(conn)?;
    rows.into_iter().map(CatalogueItem::try_from).collect()
}

/// Adds a price to an item, for good.
///
/// # Errors
/// Those of the database.
pub fn insert_price(conn: &mut Conn, item: CatalogueItemId, price: &Price) -> Result<(), DbError> {
    let Price { period, from, amount } = price;
    let row = PriceRow {
        item_id: item.into(),
        currency: amount.currency().code().to_owned(),
        period: period.code().to_owned(),
        from_day: *from,
        amount_minor: amount.minor(),
    };
    diesel::insert_into(prices::table).values(row).execute(conn)?;
    Ok(())
}

/// Every price of an item, by currency and period, the earliest first.
///
/// # Errors
/// Those of the database.
pub fn prices_of(conn: &mut Conn, item: CatalogueItemId) -> Result<Vec<Price>, DbError> {
    Ok(prices_of_all(conn, &[item])?.into_iter().map(|(_, price)| price).collect())
}

/// Every price of each of `items`, in the order of [`prices_of`].
///
/// # Errors
/// Those of the database.
pub fn prices_of_all(conn: &mut Conn, items: &[CatalogueItemId]) -> Result<Vec<(CatalogueItemId, Price)>, DbError> {
    let ids: Vec<Uid> = items.iter().copied().map(Uid::from).collect();
    let rows: Vec<PriceRow> = prices::table
        .filter(prices::item_id.eq_any(ids))
        .order((prices::item_id.asc(), prices::currency.asc(), prices::period.asc(), prices::from_day.asc()))
        .select(PriceRow::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| Ok((row.item_id.id(), Price::try_from(row)?))).collect()
}

/// The list price of an item that holds on a day: the last that began on it or before.
///
/// # Errors
/// Those of the database.
pub fn price_on(
    conn: &mut Conn,
    item: CatalogueItemId,
    currency: Currency,
    period: Period,
    on: NaiveDate,
) -> Result<Option<Money>, DbError> {
    let minor: Option<i64> = prices::table
        .filter(prices::item_id.eq(Uid::from(item)))
        .filter(prices::currency.eq(currency.code()))
        .filter(prices::period.eq(period.code()))
        .filter(prices::from_day.le(on))
        .order(prices::from_day.desc())
        .limit(1)
        .select(prices::amount_minor)
        .get_result(conn)
        .optional()?;
    Ok(minor.map(|minor| Money::from_minor(minor, currency)))
}

type Query = catalogue_items::BoxedQuery<'static, MultiBackend>;

fn partners_kinds() -> Vec<&'static str> {
    ItemKind::ALL.iter().filter(|kind| kind.is_partners()).map(|kind| kind.code()).collect()
}

fn visible(view: &View) -> Query {
    let query = catalogue_items::table.filter(catalogue_items::network_id.eq(Uid::from(view.network))).into_boxed();
    let everybodys = catalogue_items::kind.ne_all(partners_kinds());
    match view.company {
        CompanyId::Partner(id) => query.filter(everybodys.or(catalogue_items::provider_id.eq(Uid::from(id)))),
        CompanyId::Master(id) => {
            let supervised = partners::table.filter(partners::master_id.eq(Uid::from(id))).select(partners::id);
            query.filter(everybodys.or(catalogue_items::provider_id.eq_any(supervised)))
        }
    }
}

fn one(conn: &mut Conn, query: Query) -> Result<Option<CatalogueItem>, DbError> {
    let row: Option<ItemRow> = query.select(ItemRow::as_select()).get_result(conn).optional()?;
    row.map(CatalogueItem::try_from).transpose()
}
