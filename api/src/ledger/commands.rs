//! The use cases of the ledger. All of them read; what writes is posting.

use domain::{
    commission::{Evaluation, settle},
    id::{AgreementId, AnnuityId, CompanyId, EntryId, OutcomeId},
    ledger::{EntryKind, EntryState},
    money::Money,
    sub_network::PromotedYear,
};
use persistence::{
    db::Tx,
    ledger::{self as store, BalancesOf},
    sale,
};

use super::{
    balance,
    contract_year::{ContractYear, Place, broken, too_large},
    explanation::explained_line,
    reached::Reached,
    wire::{
        AnnuitySettlement, Balance, BalanceFilters, BalancePage, EntryExplanation, LedgerEntry, LedgerEntryFilters,
        LedgerEntryPage, Outcome, OutcomeFilters, OutcomePage, SettledRule,
    },
};
use crate::{
    access::Caller,
    calendar::{self, Days},
    extract::Paging,
    problem::{Language, Problem},
    wire::{Company, filter_currency, filter_id},
};

/// Shows an entry.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: EntryId) -> Result<LedgerEntry, Problem> {
    let found = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let mut days = Days::at(tx.now()?);
    shown(tx, &mut days, found)
}

/// The entry as it stands on this day where its master is.
fn shown(tx: &mut Tx<'_>, days: &mut Days, posted: store::PostedEntry) -> Result<LedgerEntry, Problem> {
    let today = days.of(tx.conn, posted.network, posted.entry.master)?;
    Ok(LedgerEntry::of(posted, today))
}

/// Lists the entries that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &LedgerEntryFilters,
    paging: &Paging,
) -> Result<LedgerEntryPage, Problem> {
    let LedgerEntryFilters { partner_id, currency, contract_id, annuity_id, kind, role, state } = filters;
    let now = tx.now()?;
    let standing = |state| Ok::<_, Problem>((state, calendar::everywhere(tx.conn, caller.network, now)?));
    let filter = store::EntryFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        currency: filter_currency(currency.as_ref())?,
        contract: filter_id("contract_id", contract_id.as_ref())?,
        annuity: filter_id("annuity_id", annuity_id.as_ref())?,
        kind: kind.map(EntryKind::from),
        side: role.map(store::EntrySide::from),
        state: state.map(EntryState::from).map(standing).transpose()?,
    };
    let found = store::page(tx.conn, &caller.view(), &filter, &paging.page())?;
    let (entries, next) = paging.cut(found, |posted| (posted.entry.id.uuid(), posted.recorded_at));
    let mut days = Days::at(now);
    let data: Result<_, _> = entries.into_iter().map(|posted| shown(tx, &mut days, posted)).collect();
    Ok(LedgerEntryPage { data: data?, next })
}

/// Explains an entry, as it was explained when it was made.
pub(super) fn explain(tx: &mut Tx<'_>, caller: &Caller, id: EntryId) -> Result<EntryExplanation, Problem> {
    let found = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    serde_json::from_str(&found.entry.explanation).map_err(|error| Problem::internal(format!("{id}: {error}")))
}

/// Lists what a company and its counterparties owe each other: the caller's, or a partner's that the caller supervises.
pub(super) fn balances(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &BalanceFilters,
    paging: &Paging,
) -> Result<BalancePage, Problem> {
    let BalanceFilters { partner_id } = filters;
    let now = tx.now()?;
    let of = match filter_id("partner_id", partner_id.as_ref())?.map(CompanyId::Partner) {
        Some(partner) if partner != caller.company => {
            let supervised =
                persistence::partner::find(tx.conn, &caller.view(), partner.partner().ok_or_else(Problem::not_found)?)?;
            if supervised.is_none() {
                return Ok(BalancePage { data: Vec::new(), next: None });
            }
            BalancesOf { network: caller.network, company: partner, seen_by: Some(caller.company) }
        }
        _ => BalancesOf::from(&caller.view()),
    };
    let today = calendar::everywhere(tx.conn, caller.network, now)?;
    let mut found: Vec<(CompanyId, Balance)> = Vec::new();
    for (counterparty, amount) in balance::amounts(store::balances(tx.conn, of, &today, &paging.page())?)? {
        match found.last_mut() {
            Some((known, balance)) if *known == counterparty => balance.amounts.push(amount),
            _ => found.push((counterparty, Balance { counterparty: counterparty.into(), amounts: vec![amount] })),
        }
    }
    let (balances, next) = paging.cut(found, |(counterparty, _)| (persistence::columns::Uid::from(*counterparty).0, now));
    Ok(BalancePage { data: balances.into_iter().map(|(_, balance)| balance).collect(), next })
}

/// Shows an outcome.
pub(super) fn show_outcome(tx: &mut Tx<'_>, caller: &Caller, id: OutcomeId, language: Language) -> Result<Outcome, Problem> {
    let found = store::find_outcome(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    Outcome::read(found, language)
}

/// Lists the outcomes that the caller may see.
pub(super) fn list_outcomes(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &OutcomeFilters,
    paging: &Paging,
    language: Language,
) -> Result<OutcomePage, Problem> {
    let OutcomeFilters { partner_id, contract_id, reason } = filters;
    let filter = store::OutcomeFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        contract: filter_id("contract_id", contract_id.as_ref())?,
        reason: reason.map(Into::into),
    };
    let found = store::page_outcomes(tx.conn, &caller.view(), &filter, &paging.page())?;
    let (found, next) = paging.cut(found, |recorded| (recorded.outcome.id.uuid(), recorded.outcome.recorded_at));
    let data: Result<_, _> = found.into_iter().map(|recorded| Outcome::read(recorded, language)).collect();
    Ok(OutcomePage { data: data?, next })
}

/// Shows where the money of a contract year goes. It is the business of the seller, of whoever took the contract over, and of the
/// masters that they owe: a partner that only brought the sale, or promoted it, does not see what the others earn by it (D22).
pub(super) fn settlement(tx: &mut Tx<'_>, caller: &Caller, id: AnnuityId) -> Result<AnnuitySettlement, Problem> {
    let (year, seller) = settled_for(tx, caller, id)?.ok_or_else(Problem::not_found)?;
    let mut settlement = settled(&year)?;
    if caller.company == CompanyId::Master(year.annuity.master) {
        return Ok(settlement);
    }
    let companies = year.answering_companies();
    let told = companies.filter(|company| *company == caller.company || year.is_owed_by(caller.company, *company));
    let told: Vec<Company> = told.map(Company::from).collect();
    settlement.parts.retain(|part| told.contains(&part.company));
    if seller != year.contract.seller {
        // By whose agreement it was sold is not the business of the partner that took it over (D22).
        let sold_by = std::mem::replace(&mut settlement.seller, seller.into());
        settlement.rules.retain(|rule| rule.partner_id != sold_by.id);
    }
    Ok(settlement)
}

/// The contract year whose money is the caller's business, with whom it knows as the seller; none where it is not.
fn settled_for(tx: &mut Tx<'_>, caller: &Caller, id: AnnuityId) -> Result<Option<(ContractYear, CompanyId)>, Problem> {
    let Some(annuity) = sale::annuity(tx.conn, id)?.filter(|annuity| annuity.network == caller.network) else {
        return Ok(None);
    };
    let year = ContractYear::load(tx.conn, &annuity)?;
    if sale::find_annuity(tx.conn, &caller.view(), id)?.is_some() {
        if caller.company == CompanyId::Master(annuity.master) {
            let seller = year.contract.seller;
            return Ok(Some((year, seller)));
        }
        if year.is_answered_by(caller.company) {
            return Ok(Some((year, caller.company)));
        }
    }
    let debtor = year.debtor_of(caller.company);
    Ok(debtor.map(|debtor| (year, debtor)))
}

/// What the rules of everybody come to in the whole year.
fn whole_year(year: &ContractYear) -> Result<Vec<(&Place, Evaluation)>, Problem> {
    let reached = Reached::whole(year.contracted()?);
    year.places.iter().map(|place| Ok((place, year.evaluate(place, reached)?))).collect()
}

/// What the partners that do not sell earn by commission, with the agreements by which they do.
fn commissions_of<'y>(
    year: &'y ContractYear,
    evaluated: &'y [(&'y Place, Evaluation)],
) -> impl Iterator<Item = (AgreementId, Money)> + 'y {
    let others = evaluated.iter().filter(move |(place, _)| CompanyId::Partner(place.attribution.partner) != year.contract.seller);
    others.flat_map(|(place, evaluation)| {
        let agreement = place.attribution.agreement;
        let due = evaluation.entitlements.iter().filter(|due| due.kind == EntryKind::Commission);
        due.map(move |due| (agreement, due.amount))
    })
}

/// What a whole year comes to for the sub-network of the partner that sold it (R45, R47).
pub(crate) fn promoted(year: &ContractYear) -> Result<PromotedYear, Problem> {
    let (contracted, evaluated) = (year.contracted()?, whole_year(year)?);
    let commissions: Vec<_> = commissions_of(year, &evaluated).collect();
    let sum = Money::sum(commissions.iter().map(|(_, amount)| *amount), year.annuity.currency).ok_or_else(too_large)?;
    let uplift = parts(year, contracted, sum)?.uplift_amount;
    Ok(PromotedYear { commissions, uplift })
}

pub(crate) fn settled(year: &ContractYear) -> Result<AnnuitySettlement, Problem> {
    let (annuity, contracted, evaluated) = (&year.annuity, year.contracted()?, whole_year(year)?);
    let commissions = commissions_of(year, &evaluated).map(|(_, amount)| amount);
    let commissions = Money::sum(commissions, annuity.currency).ok_or_else(too_large)?;
    let parts = parts(year, contracted, commissions)?;
    let sum = Money::sum([parts.share_due, parts.margin_kept, parts.own_lines, parts.other_lines], annuity.currency);
    let uplift_rate = year.seller().filter(|place| place.attribution.uplift).map(|place| place.terms.margin_uplift);
    let rules = evaluated.iter().flat_map(|(place, evaluation)| {
        let (partner, agreement) = (place.attribution.partner.to_string(), place.attribution.agreement.to_string());
        evaluation.entitlements.iter().map(move |due| SettledRule::of(partner.clone(), agreement.clone(), due))
    });
    let taken_over = year.settled_parts(&parts)?;
    Ok(AnnuitySettlement {
        annuity_id: annuity.id.to_string(),
        contract_id: annuity.contract.to_string(),
        year: annuity.year,
        seller: year.contract.seller.into(),
        lines: year.lines.iter().enumerate().map(|(index, line)| explained_line(index, line)).collect(),
        customer_total: parts.customer_total.into(),
        network_total: parts.network_net.into(),
        share_due: parts.share_due.into(),
        margin_kept: parts.margin_kept.into(),
        own_lines: parts.own_lines.into(),
        other_lines: parts.other_lines.into(),
        kept: parts.kept.into(),
        promoter_commissions: parts.promoter_commissions.into(),
        uplift_rate: uplift_rate.unwrap_or(domain::money::Rate::ZERO).to_string(),
        uplift: parts.uplift_amount.into(),
        offset_ratio: parts.offset_ratio.map(|ratio| ratio.to_string()),
        adds_up: sum == Some(parts.customer_total),
        rules: rules.collect(),
        parts: taken_over,
    })
}

/// The parts of the customer's money. A master that sells keeps all of it.
fn parts(year: &ContractYear, contracted: Money, commissions: Money) -> Result<domain::commission::Settlement, Problem> {
    let annuity = &year.annuity;
    let settled = match year.seller() {
        Some(place) => settle(&year.facts(place, Reached::whole(contracted)), &place.terms, commissions)
            .map_err(|faults| broken(annuity, &format!("{faults:?}")))?,
        None => None,
    };
    settled.map_or_else(|| year.kept_whole(contracted, commissions), Ok)
}
