//! The life of an agreement: each action is a function from where it stands to where it goes.

use chrono::NaiveDate;

use crate::{
    agreement::{AgreementFacts, AgreementRefusal, Supervision, SupervisionDecision, Validity, broken_rules, judge},
    code::coded,
    decided::Decided,
    id::MasterId,
    network::ChecklistItem,
};

/// Where an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgreementState {
    /// It can still be changed.
    Draft,
    /// It waits for its supervising master.
    Submitted,
    /// The master checks it.
    UnderSupervision,
    /// Approved; in force from its start.
    Active,
    /// In force no more, for the time being.
    Suspended,
    /// Ended by a decision.
    Terminated,
    /// Ended by its end date.
    Expired,
}

impl AgreementState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Submitted, Self::UnderSupervision, Self::Active, Self::Suspended, Self::Terminated, Self::Expired];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::UnderSupervision => "under_supervision",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
            Self::Expired => "expired",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What can be done with an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgreementAction {
    /// Hand it in.
    Submit,
    /// Start checking it.
    BeginSupervision,
    /// Let it take effect.
    Approve,
    /// Send it back to be corrected.
    Refuse,
    /// Stop it for the time being.
    Suspend,
    /// Let a suspended one go on.
    Resume,
    /// End it.
    Terminate,
    /// End it because its last day is over.
    Expire,
    /// Write it otherwise.
    Change,
    /// Enter a stage of growth.
    EnterStage,
}

coded! {
    AgreementAction {
        Submit => "submit",
        BeginSupervision => "begin_supervision",
        Approve => "approve",
        Refuse => "refuse",
        Suspend => "suspend",
        Resume => "resume",
        Terminate => "terminate",
        Expire => "expire",
        Change => "change",
        EnterStage => "enter_stage",
    }
}

/// An agreement under its master's eyes, as far as the supervision asks for it.
#[derive(Debug, Clone, Copy)]
pub struct SupervisedAgreement<'a> {
    /// Where it stands.
    pub state: AgreementState,
    /// The master that supervises it (D21).
    pub master: MasterId,
    /// What the master has to check.
    pub checklist: &'a [ChecklistItem],
    /// Its latest supervision, if it has one.
    pub latest: Option<&'a Supervision>,
}

type Transition = Result<Decided<AgreementState>, Vec<AgreementRefusal>>;

/// Whether what stands in an agreement may be changed: only a draft's, for whatever was handed in is what was supervised (R7).
///
/// # Errors
/// The wrong state.
pub fn may_change(state: AgreementState) -> Result<(), AgreementRefusal> {
    let wrong = AgreementRefusal::WrongState { action: AgreementAction::Change, state };
    if state == AgreementState::Draft { Ok(()) } else { Err(wrong) }
}

/// Whether an agreement may enter a stage of growth: any that has not ended, so that its first stage can begin with it (R39).
///
/// # Errors
/// The wrong state.
pub fn may_enter_stage(state: AgreementState) -> Result<(), AgreementRefusal> {
    let ended = matches!(state, AgreementState::Terminated | AgreementState::Expired);
    if ended { Err(AgreementRefusal::WrongState { action: AgreementAction::EnterStage, state }) } else { Ok(()) }
}

/// Hands a draft in. It must break no rule: what cannot take effect is not worth a master's time.
///
/// # Errors
/// The wrong state and every broken rule, all at once.
pub fn submit(state: AgreementState, facts: &AgreementFacts<'_>) -> Transition {
    step(state, AgreementAction::Submit, &[AgreementState::Draft], AgreementState::Submitted, || broken_rules(facts))
}

/// Starts the supervision of a submitted agreement.
///
/// # Errors
/// The wrong state, or another master than the supervising one.
pub fn begin_supervision(agreement: &SupervisedAgreement<'_>, by: MasterId) -> Transition {
    let mut refusals = stranger(agreement, by);
    let (from, to) = ([AgreementState::Submitted], AgreementState::UnderSupervision);
    match step(agreement.state, AgreementAction::BeginSupervision, &from, to, Vec::new) {
        Ok(decided) => guarded(refusals, decided),
        Err(more) => {
            refusals.extend(more);
            Err(refusals)
        }
    }
}

/// Records a supervision decision. Approved, the agreement takes effect: nothing becomes active without a decision (R7) that
/// answers the checklist (R28), and nothing that breaks a rule does, whatever was found. Refused, it goes back to its draft,
/// with the findings that say what to correct. The same supervision again changes nothing.
///
/// # Errors
/// The wrong state, another master, a supervision that does not carry its decision, and for an approval every broken rule, all
/// at once.
pub fn supervise(
    agreement: &SupervisedAgreement<'_>,
    by: MasterId,
    facts: &AgreementFacts<'_>,
    supervision: &Supervision,
) -> Transition {
    let (action, to) = match supervision.decision {
        SupervisionDecision::Approve => (AgreementAction::Approve, AgreementState::Active),
        SupervisionDecision::Refuse => (AgreementAction::Refuse, AgreementState::Draft),
    };
    let mut refusals = stranger(agreement, by);
    if agreement.state == to && agreement.latest == Some(supervision) {
        return guarded(refusals, Decided::Unchanged);
    }
    if agreement.state != AgreementState::UnderSupervision {
        refusals.push(AgreementRefusal::WrongState { action, state: agreement.state });
    }
    let judged = judge(agreement.checklist, supervision).err().unwrap_or_default();
    refusals.extend(judged.into_iter().map(AgreementRefusal::Supervision));
    if supervision.decision == SupervisionDecision::Approve {
        refusals.extend(broken_rules(facts));
    }
    guarded(refusals, Decided::Changed(to))
}

/// Stops an active agreement for the time being.
///
/// # Errors
/// The wrong state.
pub fn suspend(state: AgreementState) -> Transition {
    step(state, AgreementAction::Suspend, &[AgreementState::Active], AgreementState::Suspended, Vec::new)
}

/// Lets a suspended agreement go on, if it still breaks no rule. It stays on the version it signed, so the version's dates are
/// judged by the day of its signing as before (R90).
///
/// # Errors
/// The wrong state and every broken rule, all at once.
pub fn resume(state: AgreementState, facts: &AgreementFacts<'_>) -> Transition {
    step(state, AgreementAction::Resume, &[AgreementState::Suspended], AgreementState::Active, || broken_rules(facts))
}

/// Ends an agreement, whether it took effect or not.
///
/// # Errors
/// The wrong state: it has expired.
pub fn terminate(state: AgreementState) -> Transition {
    let from = [
        AgreementState::Draft,
        AgreementState::Submitted,
        AgreementState::UnderSupervision,
        AgreementState::Active,
        AgreementState::Suspended,
    ];
    step(state, AgreementAction::Terminate, &from, AgreementState::Terminated, Vec::new)
}

/// Ends an active or suspended agreement whose last day is over.
///
/// # Errors
/// The wrong state, or a last day that is not over.
pub fn expire(state: AgreementState, validity: Validity, today: NaiveDate) -> Transition {
    let from = [AgreementState::Active, AgreementState::Suspended];
    step(state, AgreementAction::Expire, &from, AgreementState::Expired, || match validity.end {
        Some(end) if end < today => vec![],
        end => vec![AgreementRefusal::NotEnded { end }],
    })
}

fn step(
    state: AgreementState,
    action: AgreementAction,
    from: &[AgreementState],
    to: AgreementState,
    rules: impl FnOnce() -> Vec<AgreementRefusal>,
) -> Transition {
    if state == to {
        return Ok(Decided::Unchanged);
    }
    let mut refusals = Vec::new();
    if !from.contains(&state) {
        refusals.push(AgreementRefusal::WrongState { action, state });
    }
    refusals.extend(rules());
    guarded(refusals, Decided::Changed(to))
}

fn stranger(agreement: &SupervisedAgreement<'_>, by: MasterId) -> Vec<AgreementRefusal> {
    (by != agreement.master).then_some(AgreementRefusal::NotSupervisingMaster).into_iter().collect()
}

fn guarded(refusals: Vec<AgreementRefusal>, decided: Decided<AgreementState>) -> Transition {
    if refusals.is_empty() { Ok(decided) } else { Err(refusals) }
}
