//! A reseller's sub-network in a period.

use std::{cmp::Ordering, collections::BTreeMap};

use chrono::{Datelike, NaiveDate};
use domain::{
    agreement::Validity,
    id::{AgreementId, PartnerId},
    money::Money,
    sub_network::{PromotedYear, figures},
};
use persistence::{
    agreement::{self, Agreement},
    db::{Conn, Tx},
    network, partner,
    sub_network::{self as store, Days},
};

use super::wire::{SubNetwork, SubNetworkFigures, SubNetworkPeriod, SubNetworkPromoter, SubNetworkYear};
use crate::{
    access::Caller,
    calendar,
    ledger::{contract_year::ContractYear, settlement::promoted},
    problem::{Problem, Violation},
};

/// Shows a partner's sub-network to itself and its master.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: PartnerId, period: &SubNetworkPeriod) -> Result<SubNetwork, Problem> {
    let now = tx.now()?;
    let found = partner::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let today = calendar::today(tx.conn, found.network, found.master, now)?;
    let days = read(period, today)?;
    let agreements = in_force_within(tx.conn, id, days)?;
    let years = promoted_years(tx.conn, id, days)?;
    let sums: Vec<PromotedYear> = years.iter().map(|(_, promoted)| promoted.clone()).collect();
    let figures = figures(&sums).ok_or_else(too_large)?;
    Ok(SubNetwork {
        partner_id: id.to_string(),
        from: days.from,
        to: days.to,
        promoters: promoters(tx.conn, id, agreements, &sums, days)?,
        figures: figures.into_iter().map(SubNetworkFigures::from).collect(),
        years: years.into_iter().map(|(year, _)| year).collect(),
    })
}

fn read(period: &SubNetworkPeriod, today: NaiveDate) -> Result<Days, Problem> {
    let SubNetworkPeriod { from, to } = *period;
    let to = to.unwrap_or(today);
    let from = from.unwrap_or(NaiveDate::from_ymd_opt(to.year(), 1, 1).unwrap_or(to));
    if from > to {
        return Err(Problem::invalid(vec![Violation::of_parameter("to", "period_backwards").with("from", from).with("to", to)]));
    }
    Ok(Days { from, to })
}

/// The promoters' contracts that were in force on some day.
fn in_force_within(conn: &mut Conn, reseller: PartnerId, days: Days) -> Result<Vec<Agreement>, Problem> {
    let mut found = Vec::new();
    let within = Validity { start: days.from, end: Some(days.to) };
    for made in agreement::made_with(conn, reseller)? {
        if agreement::history_of(conn, made.id)?.is_in_force_within(made.validity(), within) {
            found.push(made);
        }
    }
    Ok(found)
}

/// The contract years that begin in some days, as far as the sub-network is concerned.
fn promoted_years(conn: &mut Conn, reseller: PartnerId, days: Days) -> Result<Vec<(SubNetworkYear, PromotedYear)>, Problem> {
    let mut years = Vec::new();
    for annuity in store::years_of_seller(conn, reseller, days)? {
        let promoted = promoted(&ContractYear::load(conn, &annuity)?)?;
        if promoted.commissions.is_empty() && promoted.uplift.sign() == Ordering::Equal {
            continue;
        }
        let commissions = Money::sum(promoted.commissions.iter().map(|(_, amount)| *amount), annuity.currency);
        let year = SubNetworkYear {
            annuity_id: annuity.id.to_string(),
            contract_id: annuity.contract.to_string(),
            year: annuity.year,
            starts_on: annuity.starts_on,
            commissions: commissions.ok_or_else(too_large)?.into(),
            uplift: promoted.uplift.into(),
        };
        years.push((year, promoted));
    }
    Ok(years)
}

fn promoters(
    conn: &mut Conn,
    reseller: PartnerId,
    agreements: Vec<Agreement>,
    years: &[PromotedYear],
    days: Days,
) -> Result<Vec<SubNetworkPromoter>, Problem> {
    let ids: Vec<AgreementId> = agreements.iter().map(|agreement| agreement.id).collect();
    let partners: Vec<PartnerId> = agreements.iter().map(|agreement| agreement.partner).collect();
    let names = store::names_of(conn, &partners)?;
    let mut supervisions = agreement::latest_supervisions(conn, &ids)?;
    let sales = store::promoted_sales(conn, &ids, days)?;
    let mut posted = store::posted_to(conn, reseller, &ids, days)?;
    let mut shown = Vec::new();
    for Agreement { id, network, partner, type_id, state, .. } in agreements {
        let of_type = network::find_type(conn, network, type_id)?;
        shown.push(SubNetworkPromoter {
            agreement_id: id.to_string(),
            partner_id: partner.to_string(),
            name: names.get(&partner).cloned().unwrap_or_default(),
            partnership_type: of_type.map(|of| of.code).unwrap_or_default(),
            state: state.into(),
            supervision: supervisions.extract_if(.., |it| it.agreement == id).next().map(Into::into),
            sales: sales.get(&id).copied().unwrap_or(0),
            commissions: earned(years, id)?.into_iter().map(Into::into).collect(),
            posted: posted.remove(&id).unwrap_or_default().into_iter().map(Into::into).collect(),
        });
    }
    Ok(shown)
}

/// What an agreement earns by some years, for each currency.
fn earned(years: &[PromotedYear], agreement: AgreementId) -> Result<Vec<Money>, Problem> {
    let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
    let own = years.iter().flat_map(|year| &year.commissions).filter(|(of, _)| *of == agreement);
    for (_, amount) in own {
        let sum = sums.entry(amount.currency().code()).or_insert_with(|| Money::zero(amount.currency()));
        *sum = sum.checked_add(*amount).ok_or_else(too_large)?;
    }
    Ok(sums.into_values().collect())
}

fn too_large() -> Problem {
    Problem::invalid(vec![Violation::at("", "amounts_too_large").rule("D12")])
}
