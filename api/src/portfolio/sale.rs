//! The sales to a customer of a portfolio, as far as its client manager may see them (R20, D22).

use domain::id::PortfolioPlaceId;
use persistence::{db::Tx, portfolio as store, sale};

use super::wire::{PortfolioItem, PortfolioSale, PortfolioSalePage};
use crate::{access::Caller, extract::Paging, problem::Problem};

/// Lists the sales of the place's company to its customer, up to the end of the place.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PortfolioPlaceId,
    paging: &Paging,
) -> Result<PortfolioSalePage, Problem> {
    let place = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.place;
    let mut contracts = Vec::new();
    for id in store::page_sales(tx.conn, &place, &paging.page())? {
        contracts.push(sale::contract(tx.conn, id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?);
    }
    let (contracts, next) = paging.cut(contracts, |contract| (contract.id.uuid(), contract.updated_at));
    let ids: Vec<_> = contracts.iter().map(|contract| contract.id).collect();
    let signed: Vec<_> = contracts.iter().map(|contract| (contract.proposal, contract.number, contract.currency)).collect();
    let versions = sale::versions(tx.conn, &signed)?;
    let attributions = sale::attributions_of_all(tx.conn, &ids)?;
    let data = contracts.into_iter().zip(versions).map(|(contract, version)| {
        let in_sale = attributions.iter().any(|it| it.contract == contract.id && it.partner == place.partner);
        shown(contract, &version.lines, in_sale)
    });
    Ok(PortfolioSalePage { data: data.collect(), next })
}

fn shown(contract: sale::Contract, lines: &[sale::Line], in_sale: bool) -> PortfolioSale {
    let sale::Contract { id, signed_on, starts_on, years, state, ended_on, updated_at, .. } = contract;
    let of_network = lines.iter().filter(|line| line.kind.is_network());
    PortfolioSale {
        contract_id: id.to_string(),
        signed_on,
        starts_on,
        years,
        state: state.into(),
        ended_on,
        in_sale,
        items: of_network
            .map(|line| PortfolioItem { item_id: line.item_id.to_string(), kind: line.kind.into(), quantity: line.quantity })
            .collect(),
        updated_at,
    }
}
