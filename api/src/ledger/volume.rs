//! The volumes on which sales stand, for rules whose tiers add up over several of a partner's sales (D11).
//!
//! The sales that add up are links of a chain, each with what came before it and what it counts itself. A sale joins the chains that
//! its rules ask for when it is signed; sales that were signed before under terms that did not ask join first, in their order. A
//! sale that is counted again by other terms joins theirs. What nobody has signed, a quote or a simulation, imagines its links and
//! keeps none.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    commission::{RuleSet, VolumeBefore},
    id::{AttributionId, PartnershipTypeId},
    money::Money,
    network::{Rule, Terms, VolumeOver},
    sale::{NumberedSale, VolumeOf},
};
use persistence::{
    agreement,
    db::Conn,
    sale::{self as store, Annuity, Contract, Unlinked, VolumeLink},
};

use super::{
    contract_year::{ContractYear, Place, too_large},
    reached::Reached,
};
use crate::{problem::Problem, write::Work};

/// The volumes of chains that nobody keeps, for terms that are tried on several sales.
#[derive(Default)]
pub(crate) struct Imagined(BTreeMap<String, ImaginedChain>);

struct ImaginedChain {
    before: BTreeMap<AttributionId, Money>,
    end: Money,
}

/// A chain that a rule of a place asks for.
struct Chain<'p> {
    rule: &'p Rule,
    over: VolumeOver,
    of_type: PartnershipTypeId,
    counts_in: String,
}

/// Makes every partner's place in the sale of an annuity a link of the chains that its terms ask for.
///
/// # Errors
/// Those of the database. Of two sales that would be the same link the later one runs again.
pub(crate) fn freeze(work: &mut Work<'_, '_>, annuity: &Annuity) -> Result<(), Problem> {
    let now = work.now()?;
    let year = ContractYear::load(work.conn(), annuity)?;
    for place in &year.places {
        let linked = links_of(work.conn(), place)?;
        for chain in chains(work.conn(), &year.contract, place)? {
            if linked.contains_key(&chain.counts_in) {
                continue;
            }
            for link in chain.missing(work.conn(), &year.contract, place, now)?.0 {
                store::insert_volume(work.conn(), &link)?;
            }
        }
    }
    Ok(())
}

/// What came before the sale for the rules of a place, as it was frozen.
pub(super) fn frozen(conn: &mut Conn, contract: &Contract, place: &Place) -> Result<Vec<VolumeBefore>, Problem> {
    let chains = chains(conn, contract, place)?;
    let linked = if chains.is_empty() { BTreeMap::new() } else { links_of(conn, place)? };
    let before = |chain: Chain<'_>| linked.get(&chain.counts_in).map(|amount| chain.volume(*amount));
    Ok(chains.into_iter().filter_map(before).collect())
}

/// The same, and where the sale is no link yet, what would come before it if it joined now.
pub(super) fn imagined(
    conn: &mut Conn,
    contract: &Contract,
    place: &Place,
    Imagined(known): &mut Imagined,
) -> Result<Vec<VolumeBefore>, Problem> {
    let mut volumes = Vec::new();
    let chains = chains(conn, contract, place)?;
    let linked = if chains.is_empty() { BTreeMap::new() } else { links_of(conn, place)? };
    for chain in chains {
        let frozen = linked.get(&chain.counts_in).copied();
        let before = match (frozen, known.get(&chain.counts_in)) {
            (Some(before), _) => before,
            (None, Some(imagined)) => imagined.before(place.attribution.id),
            (None, None) => {
                let (links, end) = chain.missing(conn, contract, place, contract.created_at)?;
                let before = links.into_iter().map(|link| (link.attribution, link.before)).collect();
                let imagined = ImaginedChain { before, end };
                let of_place = imagined.before(place.attribution.id);
                known.insert(chain.counts_in.clone(), imagined);
                of_place
            }
        };
        volumes.push(chain.volume(before));
    }
    Ok(volumes)
}

/// What came before a place by each chain that it is a link of.
fn links_of(conn: &mut Conn, place: &Place) -> Result<BTreeMap<String, Money>, Problem> {
    let links = store::volumes_of(conn, place.attribution.id)?;
    Ok(links.into_iter().map(|link| (link.counts_in, link.before)).collect())
}

/// The chains that the rules of a place ask for.
fn chains<'p>(conn: &mut Conn, contract: &Contract, place: &'p Place) -> Result<Vec<Chain<'p>>, Problem> {
    let mut asking = place.terms.rules.iter().filter_map(|rule| Some((rule, rule.accumulates()?))).peekable();
    if asking.peek().is_none() {
        return Ok(Vec::new());
    }
    let of = &place.attribution;
    let found = agreement::find_in_network(conn, of.network, of.agreement)?;
    let found = found.ok_or_else(|| Problem::internal(format!("{}: no {}", of.id, of.agreement)))?;
    let sale = NumberedSale {
        network: of.network,
        partner: of.partner,
        partnership_type: found.type_id,
        agreement: of.agreement,
        signed_on: contract.signed_on,
    };
    let (currency, agreement_starts_on) = (contract.currency, found.starts_on);
    let chain = |(rule, over): (&'p Rule, VolumeOver)| {
        let counts_in = sale.adds_up_in(VolumeOf { rule: &rule.code, over, currency, agreement_starts_on })?;
        Some(Chain { rule, over, of_type: found.type_id, counts_in })
    };
    Ok(asking.filter_map(chain).collect())
}

impl ImaginedChain {
    /// What comes before a place; before one that nobody signed, everything does.
    fn before(&self, place: AttributionId) -> Money {
        self.before.get(&place).copied().unwrap_or(self.end)
    }
}

impl Chain<'_> {
    fn volume(&self, amount: Money) -> VolumeBefore {
        VolumeBefore { rule: self.rule.code.as_str().into(), amount }
    }

    /// The links of the sales that belong to the chain and have not joined it, in the order in which they were signed, and what the
    /// chain comes to with them.
    fn missing(
        &self,
        conn: &mut Conn,
        contract: &Contract,
        place: &Place,
        recorded_at: DateTime<Utc>,
    ) -> Result<(Vec<VolumeLink>, Money), Problem> {
        let last = store::last_volume(conn, &self.counts_in)?;
        let (mut number, mut before) = (0, Money::zero(contract.currency));
        if let Some(last) = last {
            (number, before) = (last.place, last.before.checked_add(last.own).ok_or_else(too_large)?);
        }
        let of = (place.attribution.partner, self.of_type);
        let mut links = Vec::new();
        for sale in store::unlinked(conn, of, contract.currency, &self.counts_in)? {
            if self.adds_up_in(contract, place, &sale).as_ref() != Some(&self.counts_in) {
                continue;
            }
            number = u32::checked_add(number, 1).ok_or_else(too_large)?;
            let own = counted(conn, &sale, &place.terms, &self.rule.code)?.unwrap_or(Money::zero(contract.currency));
            let counts_in = self.counts_in.clone();
            links.push(VolumeLink { attribution: sale.attribution, counts_in, place: number, before, own, recorded_at });
            before = before.checked_add(own).ok_or_else(too_large)?;
        }
        Ok((links, before))
    }

    fn adds_up_in(&self, contract: &Contract, place: &Place, sale: &Unlinked) -> Option<String> {
        let Unlinked { attribution: _, contract: _, agreement, starts_on, signed_on } = *sale;
        let numbered = NumberedSale {
            network: contract.network,
            partner: place.attribution.partner,
            partnership_type: self.of_type,
            agreement,
            signed_on,
        };
        let (over, currency) = (self.over, contract.currency);
        numbered.adds_up_in(VolumeOf { rule: &self.rule.code, over, currency, agreement_starts_on: starts_on })
    }
}

/// What a sale counts for the volume of a rule of some terms; `None` where the rule is not about it.
fn counted(conn: &mut Conn, sale: &Unlinked, terms: &Terms, rule: &str) -> Result<Option<Money>, Problem> {
    let first = store::annuities_of(conn, sale.contract)?.into_iter().next();
    let first = first.ok_or_else(|| Problem::internal(format!("{}: no annuity", sale.contract)))?;
    let mut year = ContractYear::load(conn, &first)?;
    let missing = || Problem::internal(format!("{}: no place {}", sale.contract, sale.attribution));
    let is_its = |place: &Place| place.attribution.id == sale.attribution;
    for place in year.places.iter_mut().filter(|place| is_its(place)) {
        place.terms = terms.clone();
    }
    let place = year.places.iter().find(|place| is_its(place)).ok_or_else(missing)?;
    let facts = year.facts(place, Reached::to_date(&first, &year.contract)?);
    let volumes = RuleSet::of(terms).volumes(&facts).ok_or_else(too_large)?;
    Ok(volumes.into_iter().find(|volume| volume.rule.code == rule).map(|volume| volume.amount))
}
