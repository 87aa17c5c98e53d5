//! The use cases of the ledger. All of them read; what writes is posting.

use domain::{
    id::{CompanyId, EntryId, OutcomeId},
    ledger::{EntryKind, EntryState},
};
use persistence::{
    db::Tx,
    ledger::{self as store, BalancesOf},
};

use super::{
    balance,
    wire::{
        Balance, BalanceFilters, BalancePage, EntryExplanation, LedgerEntry, LedgerEntryFilters, LedgerEntryPage, Outcome,
        OutcomeFilters, OutcomePage,
    },
};
use crate::{
    access::Caller,
    calendar::{self, Days},
    extract::Paging,
    problem::{Language, Problem},
    wire::{filter_currency, filter_id},
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
