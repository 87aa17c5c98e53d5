//! The use cases of the catalogue: each one transaction.

use domain::{
    id::{CatalogueItemId, CompanyId, PartnerId},
    money::Money,
};
use indexmap::IndexMap;
use persistence::{
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    network as store, partner,
};

use super::wire::{
    CatalogueItem, CatalogueItemChange, CatalogueItemPage, ItemName, ItemNameChange, ItemQuery, ItemState, NewCatalogueItem,
    NewPrice,
};
use crate::{
    access::Caller,
    extract::Paging,
    network::{
        definition::{Language, Texts},
        stored::written,
        texts,
    },
    problem::{Code, Problem, Violation},
    schema::step,
    write::{Change, Work},
};

/// Lists the items that the caller may see.
pub(super) fn list(tx: &mut Tx<'_>, caller: &Caller, query: &ItemQuery, paging: &Paging) -> Result<CatalogueItemPage, Problem> {
    let ItemQuery { kind, product_line } = query;
    let filter = store::ItemFilter { kind: kind.map(Into::into), product_line: product_line.clone() };
    let found = store::page_items(tx.conn, &caller.view(), &filter, &paging.page())?;
    let (items, next) = paging.cut(found, |item| (item.id.uuid(), item.updated_at));
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let mut prices = store::prices_of_all(tx.conn, &ids)?;
    let data = items.into_iter().map(|item| {
        let own = prices.extract_if(.., |(id, _)| *id == item.id).map(|(_, price)| price).collect();
        CatalogueItem::of(item, own)
    });
    Ok(CatalogueItemPage { data: data.collect::<Result<_, _>>()?, next })
}

/// Shows an item.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: CatalogueItemId) -> Result<CatalogueItem, Problem> {
    let view = caller.view();
    let item = match store::find_visible_item(tx.conn, &view, id)? {
        Some(item) => item,
        None => store::find_item_taken_over(tx.conn, &view, id)?.ok_or_else(Problem::not_found)?,
    };
    CatalogueItem::of(item, store::prices_of(tx.conn, id)?)
}

/// Lists an item of the caller's own (R42, R43).
pub(super) fn create(work: &mut Work<'_, '_>, new: &NewCatalogueItem) -> Result<CatalogueItem, Problem> {
    let (partner, network, now) = (own_partner(work)?, work.caller()?.network, work.now()?);
    let NewCatalogueItem { code, kind, names, product_line, prices } = new;
    let names = Texts(names.iter().map(|(language, ItemName(name))| (language.clone(), name.clone())).collect());
    let mut violations = wrong_languages(work, &names)?;
    let prices = read_prices(prices, &mut violations);
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let item = store::CatalogueItem {
        id: work.new_id(),
        network,
        provider: CompanyId::Partner(partner),
        code: code.0.clone(),
        kind: (*kind).into(),
        names: written(&names)?,
        product_line: product_line.clone().map(|line| line.0),
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_item(work.conn(), &item).map_err(code_taken)?;
    for price in &prices {
        store::insert_price(work.conn(), item.id, price)?;
    }
    finish(work, "catalogue_item.created", item)
}

/// Changes an item of the caller's own.
pub(super) fn change(
    work: &mut Work<'_, '_>,
    id: CatalogueItemId,
    change: &CatalogueItemChange,
) -> Result<CatalogueItem, Problem> {
    let before = find_own(work, id)?;
    let CatalogueItemChange { names, product_line, state } = change;
    let mut after = before.clone();
    if let Some(changes) = names {
        let known = texts(&before.names)?;
        let merged = merged(known.clone(), changes);
        let violations = wrong_languages(work, &merged)?;
        if !violations.is_empty() {
            return Err(Problem::invalid(violations));
        }
        if merged != known {
            after.names = written(&merged)?;
        }
    }
    if let Some(line) = product_line {
        after.product_line = line.clone().map(|line| line.0);
    }
    after.active = state.map_or(after.active, |state| state == ItemState::Active);
    if after == before {
        work.nothing_changed();
        return CatalogueItem::of(after, store::prices_of(work.conn(), id)?);
    }
    let kind = if before.active && !after.active { "catalogue_item.retired" } else { "catalogue_item.changed" };
    save(work, kind, after)
}

/// Sets a price of an item of the caller's own, from a day on.
pub(super) fn set_price(work: &mut Work<'_, '_>, id: CatalogueItemId, new: &NewPrice) -> Result<CatalogueItem, Problem> {
    let item = find_own(work, id)?;
    let price = read_price(new, "").map_err(|violation| Problem::invalid(vec![violation]))?;
    let known = store::prices_of(work.conn(), id)?;
    match known.iter().find(|known| same_place(known, &price)) {
        Some(known) if *known == price => {
            work.nothing_changed();
            return CatalogueItem::of(item, store::prices_of(work.conn(), id)?);
        }
        Some(_) => return Err(Problem::already_exists(Violation::at("/from", "price_stands"))),
        None => {}
    }
    if !item.active {
        return Err(Problem::state_conflict("set_catalogue_price", "retired"));
    }
    store::insert_price(work.conn(), id, &price)?;
    save(work, "catalogue_item.changed", item)
}

/// The partner that the caller is of: only partners write items here.
fn own_partner(work: &Work<'_, '_>) -> Result<PartnerId, Problem> {
    work.caller()?.company.partner().ok_or_else(|| Problem::new(Code::Forbidden))
}

/// An item that the caller may see and that is its own, in the version that it means.
fn find_own(work: &mut Work<'_, '_>, id: CatalogueItemId) -> Result<store::CatalogueItem, Problem> {
    let (partner, view) = (own_partner(work)?, work.caller()?.view());
    let item = store::find_visible_item(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    if item.provider != CompanyId::Partner(partner) {
        return Err(Problem::new(Code::Forbidden));
    }
    work.expect_version(item.version)?;
    Ok(item)
}

fn merged(mut names: Texts, changes: &IndexMap<Language, ItemNameChange>) -> Texts {
    for (language, ItemNameChange(change)) in changes {
        match change {
            Some(name) => drop(names.0.insert(language.clone(), name.clone())),
            None => drop(names.0.shift_remove(language)),
        }
    }
    names
}

/// Names stand in the network's default language at least, and in no language that it has not.
fn wrong_languages(work: &mut Work<'_, '_>, names: &Texts) -> Result<Vec<Violation>, Problem> {
    let network = work.caller()?.network;
    let network = store::find_network(work.conn(), network)?.ok_or_else(Problem::not_found)?;
    let at = |language: &str| step("/names", language);
    let unknown = names.0.keys().filter(|language| !network.languages.contains(&language.0)).map(|language| {
        Violation::at(at(&language.0), "language_not_of_network")
            .with("language", &language.0)
            .with("languages", network.languages.join(", "))
    });
    let mut violations: Vec<_> = unknown.collect();
    let default = &network.default_language;
    if !names.0.keys().any(|language| language.0 == *default) {
        violations.push(Violation::at(at(default), "default_language_missing").with("language", default));
    }
    Ok(violations)
}

/// Prices that agree in currency, period and first day: of those there is only one.
fn same_place(one: &store::Price, other: &store::Price) -> bool {
    (one.amount.currency(), one.period, one.from) == (other.amount.currency(), other.period, other.from)
}

fn read_prices(new: &[NewPrice], violations: &mut Vec<Violation>) -> Vec<store::Price> {
    let mut prices: Vec<store::Price> = Vec::new();
    for (position, new) in new.iter().enumerate() {
        let at = format!("/prices/{position}");
        match read_price(new, &at) {
            Ok(price) if prices.iter().any(|other| same_place(other, &price)) => {
                violations.push(Violation::at(at, "duplicate_price"));
            }
            Ok(price) => prices.push(price),
            Err(violation) => violations.push(violation),
        }
    }
    prices
}

fn read_price(new: &NewPrice, at: &str) -> Result<store::Price, Violation> {
    let NewPrice { price, period, from } = new;
    let amount = price.read(&format!("{at}/price"))?;
    if Money::sign(amount).is_lt() {
        return Err(Violation::at(format!("{at}/price/amount"), "negative_price"));
    }
    Ok(store::Price { period: (*period).into(), from: *from, amount })
}

fn code_taken(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::ItemCode) => Problem::already_exists(Violation::at("/code", "item_code_taken")),
        _ => error.into(),
    }
}

fn save(work: &mut Work<'_, '_>, kind: &'static str, mut item: store::CatalogueItem) -> Result<CatalogueItem, Problem> {
    let before = item.version;
    item.version = before.saturating_add(1);
    item.updated_at = work.now()?;
    if !store::update_item(work.conn(), &item)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, item)
}

/// Records what happened to a partner's own item, and shows it: the partner and its master learn it, and nobody else (D22).
fn finish(work: &mut Work<'_, '_>, kind: &'static str, item: store::CatalogueItem) -> Result<CatalogueItem, Problem> {
    let (partner, view) = (own_partner(work)?, work.caller()?.view());
    let master = partner::find(work.conn(), &view, partner)?.map(|partner| partner.master);
    let (network, subject, version) = (item.network, item.id.to_string(), item.version);
    let prices = store::prices_of(work.conn(), item.id)?;
    let shown = CatalogueItem::of(item, prices)?;
    let audience = Audience { master, partner: Some(partner), counterparty: None };
    work.record(Change { network, kind, subject, version, audience, body: &shown })?;
    Ok(shown)
}
