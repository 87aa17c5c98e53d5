//! The use cases of benefits: each one transaction.

use chrono::NaiveDate;
use domain::{
    benefit::UseAction,
    decided::Decided,
    id::{AgreementId, BenefitUseId, CompanyId, MasterId, PartnerId},
};
use persistence::{benefit as store, db::Tx, partner};

use super::{
    given::{Given, given_on},
    take::{Source, kind_of, save, take},
    wire::{
        BenefitRefusal, BenefitUse, BenefitUseFilters, BenefitUsePage, NewBenefitUse, PartnerBenefit, PartnerBenefitPage,
        PartnerBenefitQuery,
    },
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Problem, Violation},
    wire::{self, filter_id},
    write::Work,
};

/// Lists what a partner has on a day, and what is left of it.
pub(super) fn list_given(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PartnerId,
    query: &PartnerBenefitQuery,
) -> Result<PartnerBenefitPage, Problem> {
    let found = partner::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let now = tx.now()?;
    let on = match query.day {
        Some(day) => day,
        None => calendar::today(tx.conn, found.network, found.master, now)?,
    };
    let mut data = Vec::new();
    for given in given_on(tx.conn, id, on)? {
        let uses = given.uses(tx.conn)?;
        data.push(PartnerBenefit::of(given, &uses));
    }
    Ok(PartnerBenefitPage { data, next: None })
}

/// Shows a use of a benefit.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: BenefitUseId) -> Result<BenefitUse, Problem> {
    Ok(store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.into())
}

/// Lists the uses of benefits that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &BenefitUseFilters,
    paging: &Paging,
) -> Result<BenefitUsePage, Problem> {
    let BenefitUseFilters { partner_id, agreement_id, benefit, state } = filters;
    let filter = store::BenefitUseFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        agreement: filter_id("agreement_id", agreement_id.as_ref())?,
        benefit: benefit.as_ref().map(|code| code.0.clone()),
        state: state.map(Into::into),
    };
    let found = store::page(tx.conn, &caller.view(), &filter, &paging.page())?;
    let (found, next) = paging.cut(found, |used| (used.id.uuid(), used.updated_at));
    Ok(BenefitUsePage { data: found.into_iter().map(BenefitUse::from).collect(), next })
}

/// Asks for a benefit.
pub(super) fn request(work: &mut Work<'_, '_>, new: &NewBenefitUse) -> Result<BenefitUse, Problem> {
    let NewBenefitUse { benefit, agreement_id, wanted_on, note } = new;
    let (view, own) = (work.caller()?.view(), work.caller()?.company.partner().ok_or_else(Problem::not_found)?);
    let found = partner::find(work.conn(), &view, own)?.ok_or_else(Problem::not_found)?;
    let now = work.now()?;
    let today = calendar::today(work.conn(), found.network, found.master, now)?;
    let wanted_on = wanted_on.unwrap_or(today);
    let agreement: Option<AgreementId> = agreement_id
        .as_deref()
        .map(|text| wire::id(text, "/agreement_id"))
        .transpose()
        .map_err(|violation| Problem::invalid(vec![violation]))?;
    let past = (wanted_on < today).then(|| Violation::at("/wanted_on", "wanted_in_past").with("today", today));
    let given = choose(work, own, (&benefit.0, agreement), wanted_on)?;
    let by_proposal = given.as_ref().filter(|given| given.benefit.discount.is_some());
    let by_proposal = by_proposal.map(|_| Violation::at("/benefit", "benefit_by_proposal").rule("R84"));
    let missing = given.is_none().then(|| not_given("/benefit", &benefit.0, wanted_on));
    let violations: Vec<Violation> = [past, by_proposal, missing].into_iter().flatten().collect();
    let (Some(given), true) = (given, violations.is_empty()) else { return Err(Problem::invalid(violations)) };
    let taken = take(work, &given, (wanted_on, Source::Request), note.clone(), "/benefit")?;
    Ok(taken.map_err(|violation| Problem::invalid(vec![violation]))?.into())
}

/// The benefit that is meant: of the agreement that is named, or of the first that has something left of it, or of the first.
fn choose(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    (code, agreement): (&str, Option<AgreementId>),
    on: NaiveDate,
) -> Result<Option<Given>, Problem> {
    let given = given_on(work.conn(), partner, on)?;
    let meant = |given: &Given| given.benefit.code == code && agreement.is_none_or(|id| given.agreement.id == id);
    let mut first = None;
    for given in given.into_iter().filter(meant) {
        let taken = store::places_taken(work.conn(), given.counted())?;
        if given.entitlement.next_place(&taken).is_ok() {
            return Ok(Some(given));
        }
        first = first.or(Some(given));
    }
    Ok(first)
}

/// The benefit of a code that a partner has on a day, where something is left of it if it can be.
///
/// # Errors
/// Those of the database.
pub(crate) fn chosen(work: &mut Work<'_, '_>, partner: PartnerId, code: &str, on: NaiveDate) -> Result<Option<Given>, Problem> {
    choose(work, partner, (code, None), on)
}

/// No agreement in force on the day gives the benefit.
pub(crate) fn not_given(pointer: &str, code: &str, on: NaiveDate) -> Violation {
    Violation::at(pointer, "benefit_not_given").rule("R81").with("benefit", code).with("day", on)
}

/// Grants a benefit that was asked for.
pub(super) fn grant(work: &mut Work<'_, '_>, id: BenefitUseId) -> Result<BenefitUse, Problem> {
    decide(work, id, UseAction::Grant, None)
}

/// Refuses a benefit that was asked for, for a reason that its partner reads.
pub(super) fn refuse(work: &mut Work<'_, '_>, id: BenefitUseId, refusal: &BenefitRefusal) -> Result<BenefitUse, Problem> {
    decide(work, id, UseAction::Refuse, Some(refusal.reason.clone()))
}

/// Notes that a partner had a benefit.
pub(super) fn note_use(work: &mut Work<'_, '_>, id: BenefitUseId) -> Result<BenefitUse, Problem> {
    decide(work, id, UseAction::Use, None)
}

/// Gives a benefit back that was not had.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: BenefitUseId) -> Result<BenefitUse, Problem> {
    decide(work, id, UseAction::Withdraw, None)
}

/// Lets the master that a partner went over to decide on a benefit of it (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn change_master(work: &mut Work<'_, '_>, id: BenefitUseId, master: MasterId) -> Result<(), Problem> {
    let found = store::by_id(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (network, version, left) = (found.network, found.version.saturating_add(1), found.master);
    save(work, store::BenefitUse { master, ..found }, "benefit_use.master_changed")?;
    work.tell_left("benefit_use.left", (network, id.to_string(), version), left.into())
}

fn decide(work: &mut Work<'_, '_>, id: BenefitUseId, action: UseAction, reason: Option<String>) -> Result<BenefitUse, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    // Its session or its proposal says what becomes of it; whether a proposal's discount is granted is the master's to say (R84).
    let masters = found.proposal.is_some() && matches!(action, UseAction::Grant | UseAction::Refuse);
    if (found.session.is_some() || found.proposal.is_some()) && !masters {
        return Err(Problem::invalid(vec![Violation::at("", "benefit_use_follows")]));
    }
    let decided = found.state.after(action).map_err(|state| Problem::state_conflict(action.code(), state.code()))?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return Ok(found.into());
    };
    let by_master = matches!(work.caller()?.company, CompanyId::Master(_));
    let decided = if by_master { Some((work.actor(), work.now()?)) } else { found.decided.clone() };
    save(work, store::BenefitUse { state, reason, decided, ..found }, kind_of(action))
}
