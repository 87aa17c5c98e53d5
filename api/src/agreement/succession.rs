//! One agreement takes another's place from a day on (D4): at every instant exactly one of the two is in force.

use chrono::NaiveDate;
use domain::{
    agreement::{self as rules, AgreementKind, AgreementState, StageStep, SupervisedAgreement},
    decided::Decided,
    id::{AgreementId, CompanyId, MasterId, PartnershipTypeId},
    network::Terms,
};
use persistence::agreement::{self as store, Agreement};

use super::{
    commands::{hand, save, take_from},
    facts::Gathered,
    refusals::{self, Asked},
    terms_for, terms_of,
    wire::Finding,
};
use crate::{
    problem::{Problem, Violation},
    write::Work,
};

/// What takes an agreement's place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Succession<'a> {
    /// Its id.
    pub(crate) id: AgreementId,
    /// The master that it is made with.
    pub(crate) master: MasterId,
    /// Its partnership type.
    pub(crate) type_id: PartnershipTypeId,
    /// The stage that it begins with.
    pub(crate) stage: Option<&'a str>,
    /// Whether the stages that were decided for later days come with it.
    pub(crate) keeps_stages: bool,
    /// Its first day.
    pub(crate) from: NaiveDate,
}

/// The agreement that takes the place of another one, on the terms in force on its first day (R90): without what was agreed on
/// demand, which is agreed anew.
///
/// # Errors
/// Those of the database.
pub(crate) fn successor(
    work: &mut Work<'_, '_>,
    before: &Agreement,
    next: Succession<'_>,
) -> Result<(Agreement, Terms), Problem> {
    let Succession { id, master, type_id, stage: _, keeps_stages: _, from } = next;
    let now = work.now()?;
    let mut made = Agreement {
        id,
        master,
        counterparty: CompanyId::Master(master),
        type_id,
        terms_id: terms_for(work.conn(), type_id, from)?.id,
        kind: AgreementKind::Standard,
        special_terms: None,
        exclusivity: None,
        starts_on: from,
        ends_on: None,
        state: AgreementState::UnderSupervision,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
        ..before.clone()
    };
    let (_, terms) = terms_of(work.conn(), &made)?;
    take_from(&mut made, &terms);
    Ok((made, terms))
}

/// What keeps an agreement from taking the place of another one: every rule that it would break, as if that one had ended.
///
/// # Errors
/// Those of the database.
pub(crate) fn faults(work: &mut Work<'_, '_>, before: &Agreement, next: Succession<'_>) -> Result<Vec<Violation>, Problem> {
    let (made, terms) = successor(work, before, next)?;
    let mut violations = stage_faults(&terms, next.stage);
    let gathered = Gathered::of(work, &made, terms)?.without(before.id);
    let broken = rules::broken_rules(&gathered.facts(&made));
    violations.extend(broken.iter().map(|refusal| refusals::violation(refusal, Asked::Action)));
    Ok(violations)
}

/// A stage that is named is one of the terms' (R39).
fn stage_faults(terms: &Terms, stage: Option<&str>) -> Vec<Violation> {
    let Some(code) = stage.filter(|code| terms.stages.iter().all(|stage| stage.code != *code)) else { return Vec::new() };
    let known: Vec<&str> = terms.stages.iter().map(|stage| stage.code.as_str()).collect();
    let unknown = Violation::at("/stage", "unknown_stage").rule("R39").with("stage", code).with("known", known.join(", "));
    vec![unknown]
}

/// Whether the master's findings carry an approval of what takes the agreement's place (R7, R28).
///
/// # Errors
/// What is wrong with them, and every rule that would be broken, all at once.
pub(crate) fn judge(
    work: &mut Work<'_, '_>,
    before: &Agreement,
    next: Succession<'_>,
    findings: &[Finding],
) -> Result<(), Problem> {
    let (made, terms) = successor(work, before, next)?;
    supervised(work, before, &made, terms, findings).map(drop)
}

fn supervised(
    work: &mut Work<'_, '_>,
    before: &Agreement,
    made: &Agreement,
    terms: Terms,
    findings: &[Finding],
) -> Result<AgreementState, Problem> {
    let checklist = terms.checklist.clone();
    let gathered = Gathered::of(work, made, terms)?.without(before.id);
    let supervision = rules::Supervision {
        decision: rules::SupervisionDecision::Approve,
        findings: findings.iter().map(rules::Finding::from).collect(),
    };
    let asked = SupervisedAgreement { state: made.state, master: made.master, checklist: &checklist, latest: None };
    let decided = rules::supervise(&asked, made.master, &gathered.facts(made), &supervision);
    match decided.map_err(|broken| refusals::problem(broken, Asked::Action))? {
        Decided::Changed(state) => Ok(state),
        Decided::Unchanged => Ok(made.state),
    }
}

/// Lets one agreement end and the other one begin, in one transaction, by the decision that was taken on its findings.
///
/// # Errors
/// Every rule that is broken by now.
pub(crate) fn succeed(
    work: &mut Work<'_, '_>,
    before: Agreement,
    next: Succession<'_>,
    (findings, note, decided_by): (&[Finding], Option<&str>, &str),
) -> Result<(), Problem> {
    let (made, terms) = successor(work, &before, next)?;
    let wrong = stage_faults(&terms, next.stage);
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let stages = stages_to_enter(work, &before, &terms, (next, decided_by))?;
    let state = supervised(work, &before, &made, terms, findings)?;
    let decided = rules::terminate(before.state).map_err(|broken| refusals::problem(broken, Asked::Action))?;
    if let Decided::Changed(ended) = decided {
        let (ends_on, reason) = (next.from.pred_opt().map(|day| day.max(before.starts_on)), Some("transferred".to_owned()));
        save(work, "agreement.terminated", Agreement { state: ended, ends_on, reason, ..before })?;
    }
    let hand = hand(work, &made)?;
    store::insert(work.conn(), &made, &hand)?;
    let supervision = store::Supervision {
        id: work.new_id(),
        agreement: made.id,
        decision: rules::SupervisionDecision::Approve,
        findings: serde_json::to_string(findings).map_err(|error| Problem::internal(error.to_string()))?,
        note: note.map(str::to_owned),
        decided_by: decided_by.to_owned(),
        decided_at: work.now()?,
    };
    store::add_supervision(work.conn(), &supervision)?;
    for entered in &stages {
        store::add_stage(work.conn(), made.id, entered)?;
    }
    save(work, "agreement.approved", Agreement { state, ..made })?;
    Ok(())
}

/// The stages of what takes an agreement's place: the one that it begins with, since the day on which the partner entered it under the
/// same type, and those that were decided for later days (R39).
fn stages_to_enter(
    work: &mut Work<'_, '_>,
    before: &Agreement,
    terms: &Terms,
    (next, decided_by): (Succession<'_>, &str),
) -> Result<Vec<store::Stage>, Problem> {
    let (decided_at, decided) = (work.now()?, store::stages_of(work.conn(), before.id)?);
    let reached = decided.iter().rfind(|entered| entered.step.from <= next.from);
    let first = next.stage.map(|stage| {
        // A stage that goes on has been the partner's since it was entered: its experience comes with it.
        let goes_on = reached.filter(|entered| entered.step.stage == stage && next.type_id == before.type_id);
        store::Stage {
            step: StageStep { from: goes_on.map_or(next.from, |entered| entered.step.from), stage: stage.to_owned() },
            reason: Some("transferred".to_owned()),
            decided_by: decided_by.to_owned(),
            decided_at,
        }
    });
    let later =
        |entered: &store::Stage| next.keeps_stages && entered.step.from > next.from && terms.stage(&entered.step.stage).is_some();
    Ok(first.into_iter().chain(decided.iter().filter(|entered| later(entered)).cloned()).collect())
}

/// Puts an agreement under the eyes of another master: that of the reseller it is made with went over to it (D21).
///
/// # Errors
/// Those of the database.
pub(crate) fn follow_master(work: &mut Work<'_, '_>, agreement: Agreement, master: MasterId) -> Result<(), Problem> {
    let (id, network, left) = (agreement.id, agreement.network, agreement.master);
    let changed = save(work, "agreement.master_changed", Agreement { master, ..agreement })?;
    work.tell_left("agreement.left", (network, id.to_string(), changed.version), left.into())
}
