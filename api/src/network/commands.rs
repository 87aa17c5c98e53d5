//! The use cases of networks, masters, partnership types and terms: all of them reads. [`super::apply`] writes.

use chrono::NaiveDate;
use domain::id::{MasterId, PartnershipTypeId, TermsId};
use persistence::{db::Tx, network as store};

use super::wire::{
    Master, MasterPage, Network, NetworkOutline, NetworkOutlinePage, PartnershipType, PartnershipTypePage, Terms, TermsHead,
    TermsPage,
};
use crate::{access::Caller, extract::Paging, problem::Problem};

/// The day whose terms are in force: the same in the whole network, whatever the time zones of its masters.
fn today(tx: &mut Tx<'_>) -> Result<NaiveDate, Problem> {
    Ok(tx.now()?.date_naive())
}

/// Lists every network, with what somebody needs to know who would like to join.
pub(super) fn list_networks(tx: &mut Tx<'_>, paging: &Paging) -> Result<NetworkOutlinePage, Problem> {
    let found = store::page_networks(tx.conn, &paging.page())?;
    let (networks, next) = paging.cut(found, |network| (network.id.uuid(), network.updated_at));
    let outlines = networks.into_iter().map(|network| {
        let masters = store::masters_of(tx.conn, network.id)?;
        let types = store::types_of(tx.conn, network.id)?;
        NetworkOutline::of(network, masters, types)
    });
    Ok(NetworkOutlinePage { data: outlines.collect::<Result<_, Problem>>()?, next })
}

/// Shows the caller's network.
pub(super) fn show_network(tx: &mut Tx<'_>, caller: &Caller) -> Result<Network, Problem> {
    Network::of(store::find_network(tx.conn, caller.network)?.ok_or_else(Problem::not_found)?)
}

/// Lists the network's masters.
pub(super) fn list_masters(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<MasterPage, Problem> {
    let found = store::page_masters(tx.conn, caller.network, &paging.page())?;
    let (masters, next) = paging.cut(found, |master| (master.id.uuid(), master.updated_at));
    Ok(MasterPage { data: masters.into_iter().map(Master::from).collect(), next })
}

/// Shows a master of the network.
pub(super) fn show_master(tx: &mut Tx<'_>, caller: &Caller, id: MasterId) -> Result<Master, Problem> {
    Ok(store::find_master(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?.into())
}

/// Lists the network's partnership types.
pub(super) fn list_types(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<PartnershipTypePage, Problem> {
    let found = store::page_types(tx.conn, caller.network, &paging.page())?;
    let (types, next) = paging.cut(found, |found| (found.id.uuid(), found.updated_at));
    let ids: Vec<_> = types.iter().map(|found| found.id).collect();
    let mut heads = store::terms_heads(tx.conn, &ids)?;
    let today = today(tx)?;
    let data = types.into_iter().map(|found| {
        let own: Vec<_> = heads.extract_if(.., |head| head.type_id == found.id).collect();
        PartnershipType::of(found, &own, today)
    });
    Ok(PartnershipTypePage { data: data.collect::<Result<_, _>>()?, next })
}

/// Shows a partnership type of the network.
pub(super) fn show_type(tx: &mut Tx<'_>, caller: &Caller, id: PartnershipTypeId) -> Result<PartnershipType, Problem> {
    let found = store::find_type(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?;
    let heads = store::terms_heads(tx.conn, &[id])?;
    PartnershipType::of(found, &heads, today(tx)?)
}

/// Lists the terms of a partnership type of the network.
pub(super) fn list_terms(tx: &mut Tx<'_>, caller: &Caller, id: PartnershipTypeId, paging: &Paging) -> Result<TermsPage, Problem> {
    store::find_type(tx.conn, caller.network, id)?.ok_or_else(Problem::not_found)?;
    let found = store::page_terms(tx.conn, id, &paging.page())?;
    let (heads, next) = paging.cut(found, |head| (head.id.uuid(), head.created_at));
    Ok(TermsPage { data: heads.into_iter().map(TermsHead::from).collect(), next })
}

/// Shows a version of terms of the network.
pub(super) fn show_terms(tx: &mut Tx<'_>, caller: &Caller, id: TermsId, language: Option<&str>) -> Result<Terms, Problem> {
    let found = store::find_terms(tx.conn, id)?.filter(|terms| terms.network == caller.network);
    let terms = Terms::of(&found.ok_or_else(Problem::not_found)?)?;
    let Some(language) = language else { return Ok(terms) };
    let network = store::find_network(tx.conn, caller.network)?.ok_or_else(Problem::not_found)?;
    Ok(terms.in_language(language, &network.default_language))
}
