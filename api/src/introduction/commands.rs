//! The use cases of introductions: each one transaction.

use domain::{
    decided::Decided,
    id::{CompanyId, IntroductionId, PartnerId},
    introduction::{Introduction as Status, IntroductionAction, IntroductionReason, IntroductionState},
    network::Capability,
};
use persistence::{
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    introduction as store,
    reference::Referred,
};

use super::wire::{Introduction, IntroductionChange, IntroductionEnd, IntroductionFilters, IntroductionPage, NewIntroduction};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    promotion::{Acting, Pointers, only, violations},
    reference::{self, ensure_as_made},
    registration::prospect::Named,
    wire::{ExternalReference, company_id, filter_company, filter_id},
    write::{Change, Work},
};

/// Whether a company is told what each step led to: what the named company did is its own, and its master's (D22).
fn sees_names(introduction: &store::Introduction, company: CompanyId) -> bool {
    let supervises = company == CompanyId::Master(introduction.master) && introduction.company.partner().is_some();
    supervises || introduction.company == company
}

fn shown(conn: &mut Conn, introduction: store::Introduction, company: CompanyId) -> Result<Introduction, Problem> {
    let way = store::steps_of(conn, introduction.id)?;
    let references = reference::of(conn, company, introduction.id.uuid())?;
    let names = sees_names(&introduction, company);
    Ok(Introduction::of(introduction, way, names, references))
}

/// Shows an introduction.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: IntroductionId) -> Result<Introduction, Problem> {
    let found = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found, caller.company)
}

/// Lists the introductions that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &IntroductionFilters,
    paging: &Paging,
) -> Result<IntroductionPage, Problem> {
    let IntroductionFilters { state, agreement_id, partner_id, company_id } = filters;
    let filters = store::Filters {
        state: state.map(Into::into),
        agreement: filter_id("agreement_id", agreement_id.as_ref())?,
        partner: filter_id("partner_id", partner_id.as_ref())?,
        company: filter_company("company_id", company_id.as_deref())?,
    };
    let found = store::page(tx.conn, &caller.view(), filters, &paging.page())?;
    let (introductions, next) = paging.cut(found, |introduction| (introduction.id.uuid(), introduction.updated_at));
    let ids: Vec<_> = introductions.iter().map(|introduction| introduction.id).collect();
    let uuids: Vec<_> = ids.iter().map(IntroductionId::uuid).collect();
    let mut steps = store::steps_of_all(tx.conn, &ids)?;
    let mut references = reference::of_all(tx.conn, caller.company, &uuids)?;
    let data = introductions.into_iter().map(|introduction| {
        let way = steps.extract_if(.., |step| step.introduction == introduction.id).collect();
        let own = references.extract_if(.., |(id, _)| *id == introduction.id.uuid()).map(|(_, reference)| reference).collect();
        let names = sees_names(&introduction, caller.company);
        Introduction::of(introduction, way, names, own)
    });
    Ok(IntroductionPage { data: data.collect(), next })
}

/// Offers a prospect to a network company.
pub(super) fn offer(work: &mut Work<'_, '_>, new: &NewIntroduction) -> Result<Introduction, Problem> {
    let NewIntroduction { agreement_id, company_id: named, prospect: new_prospect, note, external_references } = new;
    let acting = Acting::own(work, agreement_id)?;
    let of = acting.bound.agreement.clone();
    let (mut wrong, today) = (Vec::new(), acting.today);
    let company = named.as_ref().map_or(Ok(of.counterparty), |text| company_id(text, "/company_id"));
    match &company {
        Ok(company) => {
            let refusals = acting.refusals(work, Capability::Introductions, *company, today)?;
            wrong.extend(violations(&refusals, Pointers::BODY, today));
        }
        Err(violation) => {
            wrong.extend(violations(&acting.own_refusals(Capability::Introductions, today), Pointers::BODY, today));
            wrong.push(violation.clone());
        }
    }
    let prospect = Named::from(new_prospect).read("/prospect").map_err(|found| wrong.extend(found));
    let (Ok(company), Ok(prospect), true) = (company, prospect, wrong.is_empty()) else { return Err(Problem::invalid(wrong)) };
    let now = work.now()?;
    let introduction = store::Introduction {
        id: work.new_id(),
        network: of.network,
        master: of.master,
        partner: of.partner,
        agreement: of.id,
        company,
        prospect,
        tax_id_written: new_prospect.tax_id.clone(),
        email: new_prospect.email.clone(),
        note: note.clone(),
        status: Status::OFFERED,
        answer: None,
        offered_on: today,
        answered: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &introduction).map_err(taken)?;
    refer(work, introduction.id, external_references)?;
    finish(work, "introduction.offered", introduction)
}

/// What stands in an introduction's way: another one of the same promoter, or one that the company accepted before.
fn taken(error: DbError) -> Problem {
    let exists = |code| Problem::already_exists(Violation::at("", code).rule("R18"));
    match error.broken() {
        Some(Constraint::OneLiveIntroduction) => exists("introduced_before"),
        Some(Constraint::OneIntroductionThatCounts) => exists("another_introduction_counts"),
        _ => error.into(),
    }
}

fn load(work: &mut Work<'_, '_>, id: IntroductionId) -> Result<store::Introduction, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Keeps a changed introduction as its next version.
pub(super) fn keep(work: &mut Work<'_, '_>, mut introduction: store::Introduction) -> Result<store::Introduction, Problem> {
    let before = introduction.version;
    introduction.version = before.saturating_add(1);
    introduction.updated_at = work.now()?;
    if store::update(work.conn(), &introduction).map_err(taken)? {
        Ok(introduction)
    } else {
        Err(Problem::new(Code::VersionMismatch).with("version", before))
    }
}

/// Lets the domain decide where an introduction stands, and keeps it. The same again changes nothing.
fn step(
    work: &mut Work<'_, '_>,
    found: store::Introduction,
    (action, kind): (IntroductionAction, &'static str),
    amend: impl FnOnce(&mut store::Introduction),
) -> Result<Introduction, Problem> {
    let decided = found.status.after(action).map_err(|state| Problem::state_conflict(action.word(), state.code()))?;
    let Decided::Changed(status) = decided else {
        work.nothing_changed();
        let company = work.caller()?.company;
        return shown(work.conn(), found, company);
    };
    let mut after = store::Introduction { status, ..found };
    amend(&mut after);
    let after = keep(work, after)?;
    finish(work, kind, after)
}

/// Accepts an introduction: of those of its prospect the one that counts. Its promoter's agreement has to be in force then.
pub(super) fn accept(work: &mut Work<'_, '_>, id: IntroductionId) -> Result<Introduction, Problem> {
    let found = load(work, id)?;
    only(work, found.company)?;
    let acting = Acting::of(work, found.network, found.agreement)?;
    let today = acting.today;
    if found.status.state == IntroductionState::Offered {
        let refusals = acting.refusals(work, Capability::Introductions, found.company, today)?;
        if !refusals.is_empty() {
            return Err(Problem::invalid(violations(&refusals, Pointers::ACTION, today)));
        }
    }
    let by = work.actor();
    step(work, found, (IntroductionAction::Accept, "introduction.accepted"), |after| after.answered = Some((today, by)))
}

fn reason_of(end: &IntroductionEnd) -> Result<IntroductionReason, Problem> {
    let reason = IntroductionReason::from(end.reason);
    let unsaid = reason == IntroductionReason::Other && end.note.is_none();
    if unsaid { Err(Problem::invalid(vec![Violation::at("/note", "note_required")])) } else { Ok(reason) }
}

fn end(
    work: &mut Work<'_, '_>,
    id: IntroductionId,
    said: &IntroductionEnd,
    (action, kind): (fn(IntroductionReason) -> IntroductionAction, &'static str),
) -> Result<Introduction, Problem> {
    let found = load(work, id)?;
    only(work, found.company)?;
    let action = action(reason_of(said)?);
    let today = Acting::of(work, found.network, found.agreement)?.today;
    let by = work.actor();
    step(work, found, (action, kind), |after| {
        after.answer.clone_from(&said.note);
        after.answered = Some((today, by));
    })
}

/// Declines an introduction.
pub(super) fn decline(work: &mut Work<'_, '_>, id: IntroductionId, said: &IntroductionEnd) -> Result<Introduction, Problem> {
    end(work, id, said, (IntroductionAction::Decline, "introduction.declined"))
}

/// Ends an introduction that nothing came of: another one of the prospect may count from now on.
pub(super) fn close(work: &mut Work<'_, '_>, id: IntroductionId, said: &IntroductionEnd) -> Result<Introduction, Problem> {
    end(work, id, said, (IntroductionAction::Close, "introduction.closed"))
}

/// Takes an introduction back that was not answered.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: IntroductionId) -> Result<Introduction, Problem> {
    let found = load(work, id)?;
    only(work, CompanyId::Partner(found.partner))?;
    step(work, found, (IntroductionAction::Withdraw, "introduction.withdrawn"), |_| ())
}

/// Ends an introduction that waits for an answer, because the company or the promoter failed its customers (R49): nobody takes it
/// over, for whoever answers made no contract with its promoter (R26).
///
/// # Errors
/// Those of the database.
pub(crate) fn end_by_failure(
    work: &mut Work<'_, '_>,
    found: store::Introduction,
    failed: PartnerId,
    reason: &str,
) -> Result<(), Problem> {
    if found.partner == failed {
        return step(work, found, (IntroductionAction::Withdraw, "introduction.withdrawn"), |_| ()).map(drop);
    }
    let (today, by) = (Acting::of(work, found.network, found.agreement)?.today, work.actor());
    let decline = IntroductionAction::Decline(IntroductionReason::Other);
    let declined = step(work, found, (decline, "introduction.declined"), |after| {
        after.answer = Some(reason.to_owned());
        after.answered = Some((today, by));
    });
    declined.map(drop)
}

/// Changes what the promoter says of an introduction, or what the caller's other systems call it.
pub(super) fn change(work: &mut Work<'_, '_>, id: IntroductionId, change: &IntroductionChange) -> Result<Introduction, Problem> {
    let IntroductionChange { note, external_references } = change;
    let before = load(work, id)?;
    let company = work.caller()?.company;
    let mut after = before.clone();
    if let Some(note) = note.as_ref().filter(|note| **note != before.note) {
        only(work, CompanyId::Partner(before.partner))?;
        if before.status.state != IntroductionState::Offered {
            return Err(Problem::state_conflict("change", before.status.state.code()));
        }
        after.note.clone_from(note);
    }
    let known = reference::of(work.conn(), company, id.uuid())?;
    let renamed = external_references.as_ref().filter(|references| !reference::are_same(references, &known));
    if after == before && renamed.is_none() {
        work.nothing_changed();
        return shown(work.conn(), before, company);
    }
    let after = keep(work, after)?;
    if let Some(references) = renamed {
        refer(work, id, references)?;
    }
    finish(work, "introduction.changed", after)
}

/// The introduction that the caller calls by this name.
pub(super) fn show_by_reference(tx: &mut Tx<'_>, caller: &Caller, name: &ExternalReference) -> Result<Introduction, Problem> {
    let found = reference::find(tx.conn, caller.company, Referred::Introduction, name)?;
    show(tx, caller, IntroductionId::from_uuid(found.ok_or_else(Problem::not_found)?))
}

/// Makes or changes the introduction that the caller calls by this name: twice the same changes nothing. To whom it introduces whom
/// stays as it was offered.
pub(super) fn upsert(work: &mut Work<'_, '_>, name: &ExternalReference, new: &NewIntroduction) -> Result<Introduction, Problem> {
    let company = work.caller()?.company;
    let mut new = new.clone();
    new.external_references.retain(|reference| reference.system != name.system);
    new.external_references.push(name.clone());
    let Some(found) = reference::find(work.conn(), company, Referred::Introduction, name)? else {
        return offer(work, &new);
    };
    let id = IntroductionId::from_uuid(found);
    let before = load(work, id)?;
    let NewIntroduction { agreement_id, company_id, prospect, note, external_references } = new;
    let identity = Named::from(&prospect).read("/prospect").map_err(Problem::invalid)?;
    let other = [
        (agreement_id != before.agreement.to_string(), "/agreement_id"),
        (company_id.is_some_and(|named| named != before.company.to_string()), "/company_id"),
        (identity != before.prospect || prospect.email != before.email, "/prospect"),
    ];
    ensure_as_made(&other, "R18")?;
    change(work, id, &IntroductionChange { note: Some(note), external_references: Some(external_references) })
}

fn refer(work: &mut Work<'_, '_>, id: IntroductionId, references: &[ExternalReference]) -> Result<(), Problem> {
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Introduction, id.uuid(), references)
}

/// Records what happened to an introduction, for its promoter, the company and the master. What its promoter may see is what each
/// of them may.
pub(super) fn record(work: &mut Work<'_, '_>, kind: &'static str, introduction: &store::Introduction) -> Result<(), Problem> {
    let store::Introduction { id, network, master, partner, company, version, .. } = *introduction;
    let audience = Audience { master: Some(master), partner: Some(partner), counterparty: Some(company) };
    let way = store::steps_of(work.conn(), id)?;
    let body = Introduction::of(introduction.clone(), way, false, Vec::new());
    work.record(Change { network, kind, subject: id.to_string(), version, audience, body: &body })
}

fn finish(work: &mut Work<'_, '_>, kind: &'static str, introduction: store::Introduction) -> Result<Introduction, Problem> {
    record(work, kind, &introduction)?;
    let company = work.caller()?.company;
    shown(work.conn(), introduction, company)
}
