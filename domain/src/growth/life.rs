//! The life of a promotion: proposed, then approved, refused or withdrawn.

use chrono::NaiveDate;

use crate::{
    agreement::{Finding, StageHistory, StageRefusal, StageStep, Supervision, SupervisionDecision, SupervisionRefusal, judge},
    code::coded,
    decided::Decided,
    growth::{CheckedCondition, GrowthRecord, checked},
    network::{Side, Stage, Terms},
};

/// Where a promotion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PromotionState {
    /// It waits for its master.
    Proposed,
    /// The stage begins, or has begun, on the day that was decided.
    Approved,
    /// The master refused it.
    Refused,
    /// Whoever proposed it took it back.
    Withdrawn,
}

coded! {
    PromotionState {
        Proposed => "proposed",
        Approved => "approved",
        Refused => "refused",
        Withdrawn => "withdrawn",
    }
}

/// What can be done with a promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PromotionAction {
    /// Let the stage begin.
    Approve,
    /// Do not.
    Refuse,
    /// Take it back.
    Withdraw,
}

coded! {
    PromotionAction {
        Approve => "approve",
        Refuse => "refuse",
        Withdraw => "withdraw",
    }
}

/// An agreement that is to grow.
#[derive(Debug, Clone, Copy)]
pub struct Growth<'a> {
    /// Its terms, special ones applied.
    pub terms: &'a Terms,
    /// Its stages so far.
    pub history: &'a StageHistory,
    /// Its first day.
    pub start: NaiveDate,
    /// Whether it is in force on the first day of the new stage.
    pub in_force: bool,
    /// The day it is now.
    pub today: NaiveDate,
}

/// One rule that a promotion breaks. An answer lists all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrowthRefusal {
    /// The agreement is not in force on the first day of the stage (R7).
    NotInForce,
    /// The agreement has no stage to grow from: its master lets it enter the first one (R40).
    NoStageYet,
    /// Growth goes from each stage to the next (R39).
    NotNextStage {
        /// The next one; none after the last.
        next: Option<String>,
    },
    /// The stage or its day are impossible (R39).
    Stage(StageRefusal),
    /// Something that the stage asks for is not there (R43, R44).
    ConditionNotMet(CheckedCondition),
    /// The stage's checklist is not answered item by item (R28).
    Checklist(SupervisionRefusal),
    /// The other side proposed it.
    ProposedByOther,
}

impl GrowthRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotInForce => "agreement_not_in_force",
            Self::NoStageYet => "no_stage_to_grow_from",
            Self::NotNextStage { .. } => "not_the_next_stage",
            Self::Stage(refusal) => refusal.code(),
            Self::ConditionNotMet(_) => "stage_condition_not_met",
            Self::Checklist(refusal) => refusal.code(),
            Self::ProposedByOther => "proposed_by_other_side",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotInForce => "R7",
            Self::NoStageYet => "R40",
            Self::ConditionNotMet(condition) => condition.kind.rule(),
            Self::NotNextStage { .. } | Self::Stage(_) | Self::ProposedByOther => "R39",
            Self::Checklist(_) => "R28",
        }
    }
}

/// The action is none of this state's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongPromotionState {
    /// Where the promotion stands.
    pub state: PromotionState,
}

impl Growth<'_> {
    /// The stage that comes after the one the agreement has or is to have.
    #[must_use]
    pub fn next(&self) -> Option<&Stage> {
        let current = &self.history.steps().last()?.stage;
        let place = self.terms.stages.iter().position(|stage| stage.code == *current)?;
        self.terms.stages.get(place.checked_add(1)?)
    }
}

/// Every rule that keeps an agreement from growing into a stage from a day on, whatever its conditions come to.
fn broken_rules(growth: &Growth<'_>, step: &StageStep) -> Vec<GrowthRefusal> {
    let mut broken = Vec::new();
    if !growth.in_force {
        broken.push(GrowthRefusal::NotInForce);
    }
    let entered = growth.history.enter(growth.terms, step.clone(), growth.start, growth.today);
    broken.extend(entered.err().into_iter().flatten().map(GrowthRefusal::Stage));
    let next = growth.next().map(|stage| stage.code.clone());
    if growth.history.steps().is_empty() {
        broken.push(GrowthRefusal::NoStageYet);
    } else if growth.terms.stage(&step.stage).is_some() && next.as_deref() != Some(step.stage.as_str()) {
        broken.push(GrowthRefusal::NotNextStage { next });
    }
    broken
}

/// What is passed over where a master lets an agreement enter a stage on its own decision, without a promotion: the stages between, and
/// everything that the stage asks for and is not there. A step down passes over nothing (R39).
#[must_use]
pub fn passed_over(growth: &Growth<'_>, step: &StageStep, record: &GrowthRecord) -> Vec<GrowthRefusal> {
    let place = |code: &str| growth.terms.stages.iter().position(|stage| stage.code == code);
    let Some((to, stage)) = place(&step.stage).zip(growth.terms.stage(&step.stage)) else { return Vec::new() };
    let current = growth.history.steps().last().and_then(|latest| place(&latest.stage));
    if current.is_some_and(|current| to <= current) {
        return Vec::new();
    }
    let next = current.map_or(Some(0), |current| current.checked_add(1));
    let named = next.and_then(|next| growth.terms.stages.get(next)).map(|stage| stage.code.clone());
    let jump = (next != Some(to)).then_some(GrowthRefusal::NotNextStage { next: named });
    let unmet = checked(&stage.conditions, record, &[]).into_iter().filter(|condition| !condition.is_met());
    jump.into_iter().chain(unmet.map(GrowthRefusal::ConditionNotMet)).collect()
}

/// Proposes a promotion: what the stage asks for is measured and told, and need not be there yet.
///
/// # Errors
/// Every broken rule at once.
pub fn propose(
    growth: &Growth<'_>,
    step: &StageStep,
    record: &GrowthRecord,
) -> Result<Vec<CheckedCondition>, Vec<GrowthRefusal>> {
    let broken = broken_rules(growth, step);
    if !broken.is_empty() {
        return Err(broken);
    }
    Ok(growth.terms.stage(&step.stage).map(|stage| checked(&stage.conditions, record, &[])).unwrap_or_default())
}

/// What a master decides by.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The stage and its first day.
    pub step: &'a StageStep,
    /// What the partner has done and is.
    pub record: &'a GrowthRecord,
    /// The master's answers to the stage's checklist.
    pub findings: &'a [Finding],
}

/// Approves a promotion: everything that the stage asks for is there, and each item of its checklist is answered.
///
/// # Errors
/// Every broken rule at once.
pub fn approve(growth: &Growth<'_>, decision: &Decision<'_>) -> Result<Vec<CheckedCondition>, Vec<GrowthRefusal>> {
    let Decision { step, record, findings } = *decision;
    let mut broken = broken_rules(growth, step);
    let mut conditions = Vec::new();
    if let Some(stage) = growth.terms.stage(&step.stage) {
        conditions = checked(&stage.conditions, record, findings);
        // A mandatory item that is not met stands among the conditions.
        let answers = Supervision { decision: SupervisionDecision::Refuse, findings: findings.to_vec() };
        let unanswered = judge(&stage.conditions.checklist, &answers).err().unwrap_or_default();
        broken.extend(unanswered.into_iter().map(GrowthRefusal::Checklist));
        let unmet = conditions.iter().filter(|condition| !condition.is_met()).cloned();
        broken.extend(unmet.map(GrowthRefusal::ConditionNotMet));
    }
    if broken.is_empty() { Ok(conditions) } else { Err(broken) }
}

/// Refuses a promotion. Refused again, nothing changes.
///
/// # Errors
/// [`WrongPromotionState`].
pub fn refuse(state: PromotionState) -> Result<Decided<PromotionState>, WrongPromotionState> {
    ended(state, PromotionState::Refused)
}

/// Takes a promotion back, on the side that proposed it. Taken back again, nothing changes.
///
/// # Errors
/// [`WrongPromotionState`].
pub fn withdraw(state: PromotionState) -> Result<Decided<PromotionState>, WrongPromotionState> {
    ended(state, PromotionState::Withdrawn)
}

fn ended(state: PromotionState, to: PromotionState) -> Result<Decided<PromotionState>, WrongPromotionState> {
    match state {
        state if state == to => Ok(Decided::Unchanged),
        PromotionState::Proposed => Ok(Decided::Changed(to)),
        state => Err(WrongPromotionState { state }),
    }
}

/// Whether somebody of a side may take back what `proposed_by` proposed.
///
/// # Errors
/// [`GrowthRefusal::ProposedByOther`].
pub fn may_withdraw(proposed_by: Side, by: Side) -> Result<(), GrowthRefusal> {
    if proposed_by == by { Ok(()) } else { Err(GrowthRefusal::ProposedByOther) }
}
