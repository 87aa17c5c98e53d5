//! The life of a case about a partner that fails its customers: each action is a function from where it stands to where it goes.

use chrono::NaiveDate;

use crate::{code::coded, decided::Decided, id::GuaranteeId};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseState {
    /// It is being prepared.
    Open,
    /// Two people approved its plan.
    Approved,
    /// Customers are going over.
    Executing,
    /// All went over; it can still be taken back.
    Executed,
    /// Customers are coming back.
    Reverting,
    /// What cannot be taken back is being done: protections and proposals.
    Confirming,
    /// That is done.
    Confirmed,
    /// Nothing is left of it.
    Closed,
    /// It was given up before anything was done.
    Withdrawn,
}

coded! {
    CaseState {
        Open => "open",
        Approved => "approved",
        Executing => "executing",
        Executed => "executed",
        Reverting => "reverting",
        Confirming => "confirming",
        Confirmed => "confirmed",
        Closed => "closed",
        Withdrawn => "withdrawn",
    }
}

/// Why a partner is thought to fail its customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseReason {
    /// It cannot pay any more.
    Insolvency,
    /// It gave its business up.
    CeasedBusiness,
    /// It does not do for its customers what it contracted.
    ServiceFailure,
    /// Nobody answers there.
    Unreachable,
    /// It broke its agreements.
    BreachOfContract,
    /// Something else, in the words of the statement.
    Other,
}

coded! {
    CaseReason {
        Insolvency => "insolvency",
        CeasedBusiness => "ceased_business",
        ServiceFailure => "service_failure",
        Unreachable => "unreachable",
        BreachOfContract => "breach_of_contract",
        Other => "other",
    }
}

/// What becomes of the partner's protections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protections {
    /// They go to the partner that takes over.
    Transfer,
    /// They end.
    Release,
}

coded! {
    Protections {
        Transfer => "transfer",
        Release => "release",
    }
}

/// What is done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseAction {
    /// Suspend the partner.
    Suspend,
    /// Say who takes over, use a guarantee, add evidence.
    Amend,
    /// Approve the plan.
    Approve,
    /// Carry it out.
    Execute,
    /// Take back what was carried out.
    Revert,
    /// Make it final.
    Confirm,
    /// Close the case.
    Close,
    /// Give it up.
    Withdraw,
}

coded! {
    CaseAction {
        Suspend => "suspend",
        Amend => "amend",
        Approve => "approve",
        Execute => "execute",
        Revert => "revert",
        Confirm => "confirm",
        Close => "close",
        Withdraw => "withdraw",
    }
}

/// What still hangs on the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Left {
    /// Customers that it answers for, or on whose contracts with a master it does services.
    pub customers: u64,
    /// Contracts that it answers for or does services on, of whichever customers.
    pub contracts: u64,
    /// Proposals of its that are open.
    pub proposals: u64,
    /// Registrations of its that are live.
    pub registrations: u64,
    /// Projects with it or advised by it that go on.
    pub projects: u64,
    /// Customers in portfolios that client managers keep together with it.
    pub portfolio_places: u64,
    /// What it asked of its master's support and is not done.
    pub support_requests: u64,
    /// Introductions to it or of its that wait for an answer.
    pub introductions: u64,
    /// Promoters' agreements with it that have not ended.
    pub promoter_agreements: u64,
}

impl Left {
    /// Whether nothing does.
    #[must_use]
    pub const fn is_nothing(self) -> bool {
        let Self {
            customers,
            contracts,
            proposals,
            registrations,
            projects,
            portfolio_places,
            support_requests,
            introductions,
            promoter_agreements,
        } = self;
        let followed = customers == 0 && contracts == 0 && projects == 0 && portfolio_places == 0;
        let ended = support_requests == 0 && introductions == 0 && promoter_agreements == 0;
        followed && proposals == 0 && registrations == 0 && ended
    }
}

/// Why something is not done with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseRefusal {
    /// Its state does not allow it.
    WrongState {
        /// What was asked.
        action: CaseAction,
        /// Where it stands.
        state: CaseState,
    },
    /// The partner goes on as if nothing were.
    NotSuspended,
    /// Nobody is said to take over.
    NotPlanned,
    /// A guarantee of the partner's own was neither used, nor was it said why not (R50).
    GuaranteeNotConsidered {
        /// Which.
        guarantee: GuaranteeId,
    },
    /// The day of the takeover has not come yet.
    NotYet {
        /// That day.
        from: NaiveDate,
    },
    /// Something still hangs on the partner.
    SomethingLeft(Left),
}

impl CaseRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::NotSuspended => "partner_not_suspended",
            Self::NotPlanned => "takeover_not_planned",
            Self::GuaranteeNotConsidered { .. } => "guarantee_not_considered",
            Self::NotYet { .. } => "takeover_not_yet",
            Self::SomethingLeft(_) => "something_left_alone",
        }
    }

    /// The rule of the network.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::WrongState { .. } | Self::NotSuspended | Self::NotPlanned => "R49",
            Self::GuaranteeNotConsidered { .. } => "R50",
            Self::NotYet { .. } | Self::SomethingLeft(_) => "R51",
        }
    }
}

type Transition = Result<Decided<CaseState>, Vec<CaseRefusal>>;

fn wrong(action: CaseAction, state: CaseState) -> Vec<CaseRefusal> {
    vec![CaseRefusal::WrongState { action, state }]
}

/// Whether a case can still be prepared: its plan, its evidence, the use of guarantees. What was approved is opened again by it.
///
/// # Errors
/// The wrong state.
pub fn may_amend(state: CaseState) -> Result<(), Vec<CaseRefusal>> {
    match state {
        CaseState::Open | CaseState::Approved => Ok(()),
        _ => Err(wrong(CaseAction::Amend, state)),
    }
}

/// Whether the partner can be suspended by a case, which happens once.
///
/// # Errors
/// The wrong state.
pub fn may_suspend(state: CaseState, suspended: bool) -> Result<Decided<()>, Vec<CaseRefusal>> {
    match state {
        _ if suspended => Ok(Decided::Unchanged),
        CaseState::Open => Ok(Decided::Changed(())),
        _ => Err(wrong(CaseAction::Suspend, state)),
    }
}

/// Whether a case can be given up: nothing of its plan was carried out.
///
/// # Errors
/// The wrong state.
pub fn may_withdraw(state: CaseState) -> Result<Decided<CaseState>, Vec<CaseRefusal>> {
    match state {
        CaseState::Open | CaseState::Approved => Ok(Decided::Changed(CaseState::Withdrawn)),
        CaseState::Withdrawn => Ok(Decided::Unchanged),
        _ => Err(wrong(CaseAction::Withdraw, state)),
    }
}

/// What has to be there before a plan is approved.
#[derive(Debug, Clone, Copy)]
pub struct Ready<'a> {
    /// Whether the partner was suspended.
    pub suspended: bool,
    /// Whether it is said who takes over.
    pub planned: bool,
    /// The partner's guarantees in force.
    pub guarantees: &'a [Considered],
}

/// A guarantee of the partner's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Considered {
    /// Which.
    pub guarantee: GuaranteeId,
    /// Whether it was used, or said why not.
    pub considered: bool,
}

/// Approves a plan. It takes two different people; the same one again changes nothing.
///
/// # Errors
/// The wrong state, and everything that has to be there before.
pub fn approve(state: CaseState, ready: Ready<'_>, approved_by: &[String], by: &str) -> Transition {
    let approved_already = approved_by.iter().any(|person| person == by);
    match state {
        CaseState::Open => {}
        CaseState::Approved if approved_already => return Ok(Decided::Unchanged),
        _ => return Err(wrong(CaseAction::Approve, state)),
    }
    let Ready { suspended, planned, guarantees } = ready;
    let mut refusals = Vec::new();
    refusals.extend((!suspended).then_some(CaseRefusal::NotSuspended));
    refusals.extend((!planned).then_some(CaseRefusal::NotPlanned));
    let open = guarantees.iter().filter(|it| !it.considered);
    refusals.extend(open.map(|it| CaseRefusal::GuaranteeNotConsidered { guarantee: it.guarantee }));
    if !refusals.is_empty() {
        return Err(refusals);
    }
    if approved_already {
        return Ok(Decided::Unchanged);
    }
    Ok(Decided::Changed(if approved_by.is_empty() { CaseState::Open } else { CaseState::Approved }))
}

/// Begins to carry a plan out, or goes on, from the day of the takeover.
///
/// # Errors
/// The wrong state, or the day has not come.
pub fn execute(state: CaseState, from: NaiveDate, today: NaiveDate) -> Transition {
    match state {
        CaseState::Executed => Ok(Decided::Unchanged),
        CaseState::Approved | CaseState::Executing if today < from => Err(vec![CaseRefusal::NotYet { from }]),
        CaseState::Approved | CaseState::Executing => Ok(Decided::Changed(CaseState::Executing)),
        _ => Err(wrong(CaseAction::Execute, state)),
    }
}

/// Begins to take back what was carried out, or goes on.
///
/// # Errors
/// The wrong state: what was confirmed stays.
pub fn revert(state: CaseState) -> Transition {
    match state {
        CaseState::Executing | CaseState::Executed | CaseState::Reverting => Ok(Decided::Changed(CaseState::Reverting)),
        _ => Err(wrong(CaseAction::Revert, state)),
    }
}

/// Begins to make a takeover final, or goes on.
///
/// # Errors
/// The wrong state.
pub fn confirm(state: CaseState) -> Transition {
    match state {
        CaseState::Executed | CaseState::Confirming => Ok(Decided::Changed(CaseState::Confirming)),
        CaseState::Confirmed => Ok(Decided::Unchanged),
        _ => Err(wrong(CaseAction::Confirm, state)),
    }
}

/// Where a case at work stands once nothing is left to do.
#[must_use]
pub const fn worked_off(state: CaseState) -> CaseState {
    match state {
        CaseState::Executing => CaseState::Executed,
        CaseState::Reverting => CaseState::Open,
        CaseState::Confirming => CaseState::Confirmed,
        other => other,
    }
}

/// Closes a case: nothing hangs on the partner any more (R51).
///
/// # Errors
/// The wrong state, and what is left.
pub fn close(state: CaseState, left: Left) -> Transition {
    match state {
        CaseState::Closed => Ok(Decided::Unchanged),
        CaseState::Confirmed if left.is_nothing() => Ok(Decided::Changed(CaseState::Closed)),
        CaseState::Confirmed => Err(vec![CaseRefusal::SomethingLeft(left)]),
        _ => Err(wrong(CaseAction::Close, state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: Ready<'_> = Ready { suspended: true, planned: true, guarantees: &[] };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn r49_a_plan_is_approved_by_two_different_people() {
        let (first, second) = ("user_a".to_owned(), "user_b");
        assert_eq!(approve(CaseState::Open, READY, &[], &first), Ok(Decided::Changed(CaseState::Open)));
        let once = [first.clone()];
        assert_eq!(approve(CaseState::Open, READY, &once, &first), Ok(Decided::Unchanged));
        assert_eq!(approve(CaseState::Open, READY, &once, second), Ok(Decided::Changed(CaseState::Approved)));
        assert!(approve(CaseState::Executed, READY, &once, second).is_err());
    }

    #[test]
    fn r50_each_guarantee_of_the_partners_own_is_considered_before() {
        let id = |number| GuaranteeId::from_uuid(uuid::Uuid::from_u128(number));
        let guarantees = [Considered { guarantee: id(1), considered: true }, Considered { guarantee: id(2), considered: false }];
        let ready = Ready { suspended: false, planned: false, guarantees: &guarantees };
        let all =
            vec![CaseRefusal::NotSuspended, CaseRefusal::NotPlanned, CaseRefusal::GuaranteeNotConsidered { guarantee: id(2) }];
        assert_eq!(approve(CaseState::Open, ready, &[], "user_a"), Err(all));
    }

    #[test]
    fn r51_a_takeover_is_carried_out_from_its_day_and_not_before() {
        let on = |today| execute(CaseState::Approved, day("2026-04-01"), day(today));
        assert_eq!(on("2026-03-31"), Err(vec![CaseRefusal::NotYet { from: day("2026-04-01") }]));
        assert_eq!(on("2026-04-01"), Ok(Decided::Changed(CaseState::Executing)));
        assert!(execute(CaseState::Open, day("2026-04-01"), day("2026-04-01")).is_err());
    }

    #[test]
    fn r51_a_case_is_not_closed_with_one_customer_left() {
        let nothing = Left::default();
        assert_eq!(close(CaseState::Confirmed, nothing), Ok(Decided::Changed(CaseState::Closed)));
        for left in [
            Left { customers: 1, ..nothing },
            Left { contracts: 1, ..nothing },
            Left { proposals: 1, ..nothing },
            Left { registrations: 1, ..nothing },
            Left { projects: 1, ..nothing },
            Left { portfolio_places: 1, ..nothing },
            Left { support_requests: 1, ..nothing },
            Left { introductions: 1, ..nothing },
            Left { promoter_agreements: 1, ..nothing },
        ] {
            assert_eq!(close(CaseState::Confirmed, left), Err(vec![CaseRefusal::SomethingLeft(left)]));
        }
        assert!(close(CaseState::Executed, nothing).is_err());
    }

    #[test]
    fn r49_everything_can_be_taken_back_until_it_is_confirmed() {
        for state in [CaseState::Executing, CaseState::Executed, CaseState::Reverting] {
            assert_eq!(revert(state), Ok(Decided::Changed(CaseState::Reverting)));
        }
        for state in [CaseState::Open, CaseState::Approved, CaseState::Confirming, CaseState::Confirmed, CaseState::Closed] {
            assert!(revert(state).is_err(), "{state:?}");
        }
        assert_eq!(worked_off(CaseState::Reverting), CaseState::Open);
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(CaseState::ALL.iter().all(|word| CaseState::from_code(word.code()) == Some(*word)));
        assert!(CaseReason::ALL.iter().all(|word| CaseReason::from_code(word.code()) == Some(*word)));
        assert!(Protections::ALL.iter().all(|word| Protections::from_code(word.code()) == Some(*word)));
    }
}
