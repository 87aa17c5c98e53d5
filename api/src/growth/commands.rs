//! The use cases of promotions: each one transaction, each decided by the domain.

use domain::{
    agreement::{self as agreements, StageStep},
    decided::Decided,
    growth::{self as rules, CheckedCondition, Decision, GrowthRefusal, PromotionAction, PromotionState},
    id::{AgreementId, CompanyId, PromotionId},
    network::Side,
};
use persistence::{
    agreement::{self, Agreement},
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    growth as store,
};

use super::{
    measure::Grower,
    refusals::{self, Asked},
    wire::{
        AgreementGrowth, NewPromotion, NextStage, Promotion, PromotionApproval, PromotionDenial, PromotionFilters, PromotionPage,
        StageCondition,
    },
};
use crate::{
    access::Caller,
    agreement::{enter_stage, terms_of},
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a promotion.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: PromotionId) -> Result<Promotion, Problem> {
    store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.try_into()
}

/// Lists the promotions that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &PromotionFilters,
    paging: &Paging,
) -> Result<PromotionPage, Problem> {
    let PromotionFilters { partner_id, agreement_id, state } = filters;
    let filters = store::Filters {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        agreement: filter_id("agreement_id", agreement_id.as_ref())?,
        state: state.map(PromotionState::from),
    };
    let found = store::page(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (promotions, next) = paging.cut(found, |promotion| (promotion.id.uuid(), promotion.updated_at));
    Ok(PromotionPage { data: promotions.into_iter().map(Promotion::try_from).collect::<Result<_, _>>()?, next })
}

/// Shows how far an agreement's partner has grown, to itself and its master. What it has done is no business of the reseller that
/// it serves (D22).
pub(super) fn show_growth(tx: &mut Tx<'_>, caller: &Caller, id: AgreementId) -> Result<AgreementGrowth, Problem> {
    let now = tx.now()?;
    let agreement = own_agreement(tx.conn, caller, id)?;
    let grower = Grower::of(tx.conn, agreement, now)?;
    let today = grower.today;
    let latest = grower.history.steps().last();
    let (stage, since) = latest.map(|step| (step.stage.clone(), step.from)).unzip();
    let next = match grower.growth(today).next() {
        None => None,
        Some(next) => {
            let record = grower.record(tx.conn, Some(next), today)?;
            let checked = rules::checked(&next.conditions, &record, &[]);
            let conditions_met = checked.iter().all(CheckedCondition::is_met);
            let conditions = checked.iter().map(StageCondition::from).collect();
            Some(NextStage { stage: next.code.clone(), conditions, conditions_met })
        }
    };
    Ok(AgreementGrowth { agreement_id: id.to_string(), stage, since, next, measured_on: today })
}

/// An agreement of the caller's own, or one that it supervises.
fn own_agreement(conn: &mut Conn, caller: &Caller, id: AgreementId) -> Result<Agreement, Problem> {
    let found = agreement::find(conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    match caller.company {
        CompanyId::Partner(partner) if partner != found.partner => Err(Problem::not_found()),
        CompanyId::Partner(_) | CompanyId::Master(_) => Ok(found),
    }
}

fn side(caller: &Caller) -> Side {
    match caller.company {
        CompanyId::Master(_) => Side::Master,
        CompanyId::Partner(_) => Side::Partner,
    }
}

/// Conditions as they are kept.
fn written(checked: &[CheckedCondition]) -> Result<String, Problem> {
    let conditions: Vec<StageCondition> = checked.iter().map(StageCondition::from).collect();
    serde_json::to_string(&conditions).map_err(|error| Problem::internal(error.to_string()))
}

/// Proposes a promotion, and measures what the stage asks for.
pub(super) fn propose(work: &mut Work<'_, '_>, new: &NewPromotion) -> Result<Promotion, Problem> {
    let NewPromotion { agreement_id, stage, from, note } = new;
    let id = wire::id(agreement_id, "/agreement_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let (caller, now) = (work.caller()?.clone(), work.now()?);
    let agreement = own_agreement(work.conn(), &caller, id)?;
    let grower = Grower::of(work.conn(), agreement, now)?;
    let step = StageStep { from: from.unwrap_or(grower.today), stage: stage.clone() };
    let record = grower.record(work.conn(), grower.terms.stage(stage), step.from)?;
    let conditions = rules::propose(&grower.growth(step.from), &step, &record)
        .map_err(|refusals| refusals::problem(&refusals, Asked::Stage, step.from))?;
    let Agreement { network, master, partner, .. } = grower.agreement;
    let latest = grower.history.steps().last().map(|step| step.stage.clone());
    let promotion = store::Promotion {
        id: work.new_id(),
        network,
        master,
        partner,
        agreement: id,
        stage_before: latest.unwrap_or_default(),
        step,
        state: PromotionState::Proposed,
        proposed_side: side(&caller),
        proposed_by: work.actor(),
        note: note.clone(),
        conditions: written(&conditions)?,
        measured_on: grower.today,
        findings: None,
        reason: None,
        decided: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &promotion).map_err(one_waits)?;
    finish(work, "promotion.proposed", promotion)
}

/// Two promotions that were proposed at the same time: the second one is told what it would have been told later.
fn one_waits(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::OneProposedPromotion) => {
            Problem::already_exists(Violation::at("/agreement_id", "promotion_waits").rule("R39"))
        }
        _ => error.into(),
    }
}

/// A promotion that the caller may see, in the version that it means.
fn load(work: &mut Work<'_, '_>, id: PromotionId) -> Result<store::Promotion, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Approves a promotion: the stage begins on the day that is decided, never before today (R39).
pub(super) fn approve(work: &mut Work<'_, '_>, id: PromotionId, approval: &PromotionApproval) -> Result<Promotion, Problem> {
    let PromotionApproval { reason, from, findings } = approval;
    let (before, view, now) = (load(work, id)?, work.caller()?.view(), work.now()?);
    if before.state == PromotionState::Approved && from.is_none_or(|from| from == before.step.from) {
        work.nothing_changed();
        return before.try_into();
    }
    if before.state != PromotionState::Proposed {
        return Err(Problem::state_conflict(PromotionAction::Approve.code(), before.state.code()));
    }
    let agreement = agreement::find(work.conn(), &view, before.agreement)?.ok_or_else(Problem::not_found)?;
    let grower = Grower::of(work.conn(), agreement, now)?;
    let step = StageStep { from: from.unwrap_or(before.step.from.max(grower.today)), ..before.step.clone() };
    let record = grower.record(work.conn(), grower.terms.stage(&step.stage), step.from)?;
    let answers: Vec<agreements::Finding> = findings.iter().map(agreements::Finding::from).collect();
    let decision = Decision { step: &step, record: &record, findings: &answers };
    let conditions = rules::approve(&grower.growth(step.from), &decision)
        .map_err(|refusals| refusals::problem(&refusals, Asked::Decision, step.from))?;
    enter_stage(work, grower.agreement, step.clone(), Some(reason.clone()))?;
    let findings = serde_json::to_string(findings).map_err(|error| Problem::internal(error.to_string()))?;
    let approved = store::Promotion {
        state: PromotionState::Approved,
        step,
        conditions: written(&conditions)?,
        measured_on: grower.today,
        findings: Some(findings),
        reason: Some(reason.clone()),
        ..before
    };
    decided(work, "promotion.approved", approved)
}

/// Refuses a promotion.
pub(super) fn refuse(work: &mut Work<'_, '_>, id: PromotionId, denial: &PromotionDenial) -> Result<Promotion, Problem> {
    let before = load(work, id)?;
    match rules::refuse(before.state) {
        Err(wrong) => Err(Problem::state_conflict(PromotionAction::Refuse.code(), wrong.state.code())),
        Ok(Decided::Unchanged) => {
            work.nothing_changed();
            before.try_into()
        }
        Ok(Decided::Changed(state)) => {
            let refused = store::Promotion { state, reason: Some(denial.reason.clone()), ..before };
            decided(work, "promotion.refused", refused)
        }
    }
}

/// Takes a promotion back.
pub(super) fn withdraw(work: &mut Work<'_, '_>, id: PromotionId) -> Result<Promotion, Problem> {
    let before = load(work, id)?;
    let by = side(work.caller()?);
    let refused = |refusal: GrowthRefusal| refusals::problem(&[refusal], Asked::Decision, before.step.from);
    rules::may_withdraw(before.proposed_side, by).map_err(refused)?;
    match rules::withdraw(before.state) {
        Err(wrong) => Err(Problem::state_conflict(PromotionAction::Withdraw.code(), wrong.state.code())),
        Ok(Decided::Unchanged) => {
            work.nothing_changed();
            before.try_into()
        }
        Ok(Decided::Changed(state)) => decided(work, "promotion.withdrawn", store::Promotion { state, ..before }),
    }
}

/// Puts a promotion that waits under the agreement that took the place of its own: the master of that one decides it (D4). Where its
/// terms do not have the stage, or not the one before it, the promotion is taken back.
///
/// # Errors
/// Those of the database.
pub(crate) fn follow_agreement(work: &mut Work<'_, '_>, id: PromotionId, successor: &Agreement) -> Result<(), Problem> {
    let found = store::by_id(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (_, terms) = terms_of(work.conn(), successor)?;
    if [&found.stage_before, &found.step.stage].into_iter().any(|code| terms.stage(code).is_none()) {
        let ended = store::Promotion { state: PromotionState::Withdrawn, reason: Some("transferred".to_owned()), ..found };
        return decided(work, "promotion.withdrawn", ended).map(drop);
    }
    let (network, version, left) = (found.network, found.version.saturating_add(1), found.master);
    let after = store::Promotion { agreement: successor.id, master: successor.master, ..found };
    keep(work, "promotion.agreement_changed", after)?;
    if left != successor.master {
        work.tell_left("promotion.left", (network, id.to_string(), version), left.into())?;
    }
    Ok(())
}

/// Keeps a promotion that was decided or taken back.
fn decided(work: &mut Work<'_, '_>, kind: &'static str, promotion: store::Promotion) -> Result<Promotion, Problem> {
    let decided = Some((work.actor(), work.now()?));
    keep(work, kind, store::Promotion { decided, ..promotion })
}

/// Keeps a changed promotion as its next version.
fn keep(work: &mut Work<'_, '_>, kind: &'static str, mut promotion: store::Promotion) -> Result<Promotion, Problem> {
    let before = promotion.version;
    promotion.version = before.saturating_add(1);
    promotion.updated_at = work.now()?;
    if !store::update(work.conn(), &promotion)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, promotion)
}

/// Records what happened to a promotion, for its master and its partner, and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, promotion: store::Promotion) -> Result<Promotion, Problem> {
    let audience = Audience { master: Some(promotion.master), partner: Some(promotion.partner), counterparty: None };
    let (network, subject, version) = (promotion.network, promotion.id.to_string(), promotion.version);
    let body = Promotion::try_from(promotion)?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}
