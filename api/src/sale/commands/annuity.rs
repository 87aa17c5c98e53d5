//! Annuities: scheduled, read, and what is invoiced, collected, credited and refunded of them.

use chrono::{NaiveDate, TimeDelta};
use domain::{
    id::{AnnuityId, CompanyId},
    sale::{ContractState, InstalmentKind, InstalmentRefusal, can_still_record, check_fault, contract_year},
};
use persistence::{
    continuity::answerer_of,
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    sale as store,
};

use super::{
    super::wire::{
        Annuity, AnnuityPage, AnnuityQuery, Instalment, InstalmentPage, NewInstalment, RecordedInstalment, year_amounts,
    },
    met_another, today, unheld,
};
use crate::{
    access::Caller,
    calendar::Days,
    extract::Paging,
    ledger::{posting::post, reached::Reached, volume},
    problem::{Code, Problem, Violation},
    wire::filter_id,
    write::{Change, Work, erased},
};

/// Shows an annuity.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: AnnuityId) -> Result<Annuity, Problem> {
    let found = store::find_annuity(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    Ok(Annuity::from(found))
}

/// Lists the annuities that the caller may see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, query: &AnnuityQuery, paging: &Paging) -> Result<AnnuityPage, Problem> {
    let AnnuityQuery { contract_id, year } = query;
    let filters = store::AnnuityFilters { contract: filter_id("contract_id", contract_id.as_ref())?, year: *year };
    let found = store::page_annuities(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (annuities, next) = paging.cut(found, |annuity| (annuity.id.uuid(), annuity.updated_at));
    Ok(AnnuityPage { data: annuities.into_iter().map(Annuity::from).collect(), next })
}

/// Lists the instalments of an annuity that the caller may see.
pub(crate) fn list_instalments(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: AnnuityId,
    paging: &Paging,
) -> Result<InstalmentPage, Problem> {
    let annuity = store::find_annuity(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let found = store::page_instalments(tx.conn, &annuity, &paging.page())?;
    let (instalments, next) = paging.cut(found, |instalment| (instalment.id.uuid(), instalment.recorded_at));
    Ok(InstalmentPage { data: instalments.into_iter().map(Instalment::from).collect(), next })
}

/// Schedules the `year`th annuity of a contract, which was agreed on a day, and posts what it makes due.
pub(super) fn schedule(
    work: &mut Work<'_, '_>,
    contract: &store::Contract,
    lines: &[store::Line],
    (year, agreed_on): (u32, NaiveDate),
) -> Result<(), Problem> {
    let annuity = scheduled(work, contract, lines, year)?;
    store::insert_annuity(work.conn(), &annuity)?;
    record_change(work, "annuity.scheduled", &annuity, &Annuity::from(annuity.clone()))?;
    // Before anything is posted: what a sale earns stands on what came before it.
    if year == 1 {
        volume::freeze(work, &annuity)?;
    }
    post(work, &annuity, agreed_on, contract.id.to_string())
}

/// How many years one transaction begins.
const BEGUN_AT_ONCE: i64 = 100;

/// Posts what is due of the contract years that cost the customer nothing and whose first day has come: nothing else will ever say
/// that they are reached. How many there were. Any number of processes may do it at once: each year begins once.
pub(crate) fn begin_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    // No calendar is more than a day ahead.
    let latest = now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now).date_naive();
    let mut days = Days::at(now);
    let mut begun = 0_usize;
    for before in store::waiting_annuities(work.conn(), latest, BEGUN_AT_ONCE)? {
        if before.starts_on > days.of(work.conn(), before.network, before.master)? {
            continue;
        }
        let version = before.version.saturating_add(1);
        let after = store::Annuity { version, updated_at: now, waits_for_start: false, ..before };
        if !store::update_annuity(work.conn(), &after)? {
            return Err(met_another(version.saturating_sub(1)));
        }
        record_change(work, "annuity.begun", &after, &Annuity::from(after.clone()))?;
        post(work, &after, after.starts_on, after.contract.to_string())?;
        begun = begun.saturating_add(1);
    }
    if begun == 0 {
        work.nothing_changed();
    }
    Ok(begun)
}

/// The `year`th annuity of a contract, of which nothing was invoiced yet. What its partner bills itself is none of it.
pub(crate) fn scheduled(
    work: &mut Work<'_, '_>,
    contract: &store::Contract,
    lines: &[store::Line],
    year: u32,
) -> Result<store::Annuity, Problem> {
    let beyond = || Problem::invalid(vec![Violation::at("/starts_on", "beyond_calendar").rule("D12")]);
    let (starts_on, ends_on) = contract_year(contract.starts_on, year).ok_or_else(beyond)?;
    let billed = lines.iter().filter(|line| !line.is_billed_apart(contract.seller));
    let (list, contracted) = year_amounts(billed, contract.currency, year).ok_or_else(|| unheld(contract.id))?;
    let nothing = domain::money::Money::zero(contract.currency);
    let now = work.now()?;
    // A year that is not to be paid at all earns nothing when it begins.
    let costs_nothing = contracted.sign().is_eq() && list.sign().is_gt();
    let waits_for_start = costs_nothing && starts_on > today(work, contract.network, contract.master)?;
    Ok(store::Annuity {
        id: work.new_id(),
        network: contract.network,
        master: contract.master,
        partner: contract.partner,
        contract: contract.id,
        year,
        starts_on,
        ends_on,
        currency: contract.currency,
        list,
        contracted,
        invoiced: nothing,
        credited: nothing,
        collected: nothing,
        refunded: nothing,
        version: 1,
        created_at: now,
        updated_at: now,
        waits_for_start,
    })
}

/// Posts what a cancellation leaves of the annuities of a contract: what the days to come and no bill stand for is never performed (D20).
pub(super) fn cut_short(work: &mut Work<'_, '_>, contract: &store::Contract, ended_on: NaiveDate) -> Result<(), Problem> {
    let running = store::Contract { state: ContractState::Active, ..contract.clone() };
    for before in store::annuities_of(work.conn(), contract.id)? {
        // What waits for its first day waits in vain: it is said, though nothing is taken back.
        if !before.waits_for_start && Reached::to_date(&before, contract)?.is_as_much_as(Reached::to_date(&before, &running)?) {
            continue;
        }
        let after = store::Annuity { version: before.version.saturating_add(1), updated_at: work.now()?, ..before };
        if !store::update_annuity(work.conn(), &after)? {
            return Err(met_another(before.version));
        }
        record_change(work, "annuity.cut_short", &after, &Annuity::from(after.clone()))?;
        post(work, &after, ended_on, contract.id.to_string())?;
    }
    Ok(())
}

fn record_change(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    annuity: &store::Annuity,
    body: &dyn erased::Json,
) -> Result<(), Problem> {
    let audience = Audience { master: Some(annuity.master), partner: annuity.partner, counterparty: None };
    let (network, subject, version) = (annuity.network, annuity.id.to_string(), annuity.version);
    work.record(Change { network, kind, subject, version, audience, body })
}

/// Records what was invoiced, collected, credited or refunded of an annuity, and posts what it makes due.
pub(crate) fn record(work: &mut Work<'_, '_>, id: AnnuityId, new: &NewInstalment) -> Result<RecordedInstalment, Problem> {
    let view = work.caller()?.view();
    let before = store::find_annuity(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    let contract = store::contract(work.conn(), before.contract)?;
    let contract = contract.ok_or_else(|| Problem::internal(format!("{id}: no contract")))?;
    // Who contracted the customer bills it, or who took it over; its master may record for it. A partner that brought a sale does
    // neither.
    let answers = answerer_of(work.conn(), &contract)?;
    if view.company != answers && view.company != CompanyId::Master(contract.master) {
        return Err(Problem::new(Code::Forbidden));
    }
    let kind = InstalmentKind::from(new.kind);
    if store::has_instalment(work.conn(), id, kind, &new.reference)? {
        return Err(reference_taken());
    }
    let after = decide(work, &before, &contract, kind, new)?;
    let instalment = store::Instalment {
        id: work.new_id(),
        annuity: id,
        kind,
        amount: read_amount(new)?,
        dated_on: new.dated_on,
        reference: new.reference.clone(),
        reason: new.reason.clone(),
        at_fault: new.at_fault.map(Into::into),
        recorded_at: after.updated_at,
    };
    store::insert_instalment(work.conn(), &instalment).map_err(|error: DbError| match error.broken() {
        Some(Constraint::InstalmentReference) => reference_taken(),
        _ => error.into(),
    })?;
    if !store::update_annuity(work.conn(), &after)? {
        return Err(met_another(before.version));
    }
    let recorded = RecordedInstalment { instalment: instalment.into(), annuity: after.clone().into() };
    record_change(work, event_of(kind), &after, &recorded)?;
    post(work, &after, new.dated_on, recorded.instalment.id.clone())?;
    Ok(recorded)
}

const fn event_of(kind: InstalmentKind) -> &'static str {
    match kind {
        InstalmentKind::Invoice => "annuity.invoiced",
        InstalmentKind::Collection => "annuity.collected",
        InstalmentKind::Credit => "annuity.credited",
        InstalmentKind::Refund => "annuity.refunded",
    }
}

fn reference_taken() -> Problem {
    Problem::already_exists(Violation::at("/reference", "instalment_reference_taken"))
}

fn read_amount(new: &NewInstalment) -> Result<domain::money::Money, Problem> {
    new.amount.read("/amount").map_err(|violation| Problem::invalid(vec![violation]))
}

/// The annuity after the instalment, or everything that is wrong with it.
fn decide(
    work: &mut Work<'_, '_>,
    before: &store::Annuity,
    contract: &store::Contract,
    kind: InstalmentKind,
    new: &NewInstalment,
) -> Result<store::Annuity, Problem> {
    let amount = read_amount(new)?;
    let today = today(work, before.network, before.master)?;
    let mut violations = Vec::new();
    if new.dated_on > today {
        violations.push(Violation::at("/dated_on", "dated_in_future").with("today", today));
    }
    if !can_still_record(kind, before.starts_on, contract.ended_on) {
        let ended_on = contract.ended_on.map(|day| day.to_string()).unwrap_or_default();
        violations.push(Violation::at("", "year_after_contract_end").rule("D20").with("ended_on", ended_on));
    }
    if new.at_fault.is_some() {
        let by_master = work.caller()?.company == CompanyId::Master(before.master);
        let refusals = check_fault(kind, new.reason.is_some(), by_master).err().unwrap_or_default();
        violations.extend(refusals.iter().map(|refusal| Violation::at("/at_fault", refusal.code()).rule(refusal.rule())));
    }
    let refusals = before.state()?.record(kind, amount).err().unwrap_or_default();
    violations.extend(refusals.iter().map(refused));
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let mut after = before.clone();
    let total = match kind {
        InstalmentKind::Invoice => &mut after.invoiced,
        InstalmentKind::Collection => &mut after.collected,
        InstalmentKind::Credit => &mut after.credited,
        InstalmentKind::Refund => &mut after.refunded,
    };
    *total = total.checked_add(amount).ok_or_else(|| unheld(before.id))?;
    after.version = before.version.saturating_add(1);
    after.updated_at = work.now()?;
    Ok(after)
}

fn refused(refusal: &InstalmentRefusal) -> Violation {
    let at = |pointer| Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        InstalmentRefusal::NotPositive => at("/amount/amount"),
        InstalmentRefusal::OtherCurrency { contracted } => at("/amount/currency").with("expected", contracted.currency().code()),
        InstalmentRefusal::MoreThan { kind: _, left } => {
            at("/amount/amount").with("left", left).with("currency", left.currency().code())
        }
    }
}
