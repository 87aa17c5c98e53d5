//! Introductions: a promoter connects a network company with a prospect, and sees the way it takes to a customer (R18).
//!
//! The company accepts an introduction or declines it. Of several that lead it to the same prospect the one accepted first counts,
//! and no promoter learns of another (D22). From then on what really happens moves it: the company registers the prospect, sends
//! it a proposal, wins it. It is the promoter's place in the first sale to the prospect, whether or not the
//! proposal that is signed names it, and in later ones that do.

use crate::{code::coded, decided::Decided};

/// Where an introduction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntroductionState {
    /// It waits for the company.
    Offered,
    /// The company took it up.
    Accepted,
    /// The company registered the prospect.
    Registered,
    /// The prospect has a proposal of the company.
    Proposed,
    /// The prospect is a customer of the company.
    Won,
    /// The company did not take it up.
    Declined,
    /// The promoter took it back.
    Withdrawn,
    /// The company took it up, and nothing came of it.
    Closed,
}

coded! {
    IntroductionState {
        Offered => "offered",
        Accepted => "accepted",
        Registered => "registered",
        Proposed => "proposed",
        Won => "won",
        Declined => "declined",
        Withdrawn => "withdrawn",
        Closed => "closed",
    }
}

/// Why a company does not take an introduction up, or why nothing came of it. None says anything of another partner (D22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntroductionReason {
    /// The company knew the prospect before.
    AlreadyKnown,
    /// The prospect does not want what the company sells.
    NotInterested,
    /// The prospect cannot be reached.
    Unreachable,
    /// The company does not sell to such customers.
    OutOfScope,
    /// Something else, in the company's words.
    Other,
}

coded! {
    IntroductionReason {
        AlreadyKnown => "already_known",
        NotInterested => "not_interested",
        Unreachable => "unreachable",
        OutOfScope => "out_of_scope",
        Other => "other",
    }
}

/// A step of an introduced prospect on its way to a customer. Each is reached once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntroductionStep {
    /// The company handed in a registration of it.
    Registration,
    /// It got a proposal of the company.
    Proposal,
    /// It signed with the company.
    Customer,
}

coded! {
    IntroductionStep {
        Registration => "registration",
        Proposal => "proposal",
        Customer => "customer",
    }
}

/// Where an introduction stands, and why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Introduction {
    /// Where it stands.
    pub state: IntroductionState,
    /// Why it was declined or closed.
    pub reason: Option<IntroductionReason>,
}

/// What a company or a promoter does with an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntroductionAction {
    /// The company takes it up.
    Accept,
    /// The company does not.
    Decline(IntroductionReason),
    /// The promoter takes it back.
    Withdraw,
    /// The company ends what it took up.
    Close(IntroductionReason),
}

impl IntroductionAction {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline(_) => "decline",
            Self::Withdraw => "withdraw",
            Self::Close(_) => "close",
        }
    }
}

impl IntroductionState {
    /// Whether the company has taken the introduction up and not ended it: it is the one that counts for the prospect.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Accepted | Self::Registered | Self::Proposed | Self::Won)
    }

    /// Whether it may still lead to something.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Offered) || self.counts()
    }
}

impl Introduction {
    /// A new one.
    pub const OFFERED: Self = Self { state: IntroductionState::Offered, reason: None };

    /// Where it stands after an action. The same action again, for the same reason, changes nothing.
    ///
    /// # Errors
    /// The state that it stands in, which does not allow the action: only what is offered is accepted, declined or taken back, and
    /// only what was accepted and is no customer yet is closed.
    pub fn after(self, action: IntroductionAction) -> Result<Decided<Self>, IntroductionState> {
        use IntroductionState::{Accepted, Closed, Declined, Offered, Proposed, Registered, Withdrawn};
        let ended = |state, reason| Self { state, reason: Some(reason) };
        let to = match action {
            IntroductionAction::Accept => Self { state: Accepted, reason: None },
            IntroductionAction::Decline(reason) => ended(Declined, reason),
            IntroductionAction::Withdraw => Self { state: Withdrawn, reason: None },
            IntroductionAction::Close(reason) => ended(Closed, reason),
        };
        match (self.state, action) {
            (state, IntroductionAction::Accept) if state.counts() => Ok(Decided::Unchanged),
            _ if self == to => Ok(Decided::Unchanged),
            (Offered, IntroductionAction::Accept | IntroductionAction::Decline(_) | IntroductionAction::Withdraw)
            | (Accepted | Registered | Proposed, IntroductionAction::Close(_)) => Ok(Decided::Changed(to)),
            (state, _) => Err(state),
        }
    }

    /// Where it stands after a step of its prospect; the same where it stands further on already, or does not count.
    #[must_use]
    pub fn reached(self, step: IntroductionStep) -> Self {
        let to = match step {
            IntroductionStep::Registration => IntroductionState::Registered,
            IntroductionStep::Proposal => IntroductionState::Proposed,
            IntroductionStep::Customer => IntroductionState::Won,
        };
        if self.state.counts() && self.state < to { Self { state: to, ..self } } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntroductionAction::{Accept, Close, Decline, Withdraw};
    use IntroductionReason::{NotInterested, Unreachable};
    use IntroductionState::{Accepted, Closed, Declined, Offered, Proposed, Registered, Withdrawn, Won};

    fn at(state: IntroductionState) -> Introduction {
        let reason = matches!(state, Declined | Closed).then_some(NotInterested);
        Introduction { state, reason }
    }

    #[test]
    fn r18_only_what_is_offered_is_accepted_declined_or_taken_back() {
        let decided = |state, action| at(state).after(action).map(|decided| decided.changed().map(|after| after.state));
        assert_eq!(decided(Offered, Accept), Ok(Some(Accepted)));
        assert_eq!(decided(Offered, Decline(NotInterested)), Ok(Some(Declined)));
        assert_eq!(decided(Offered, Withdraw), Ok(Some(Withdrawn)));
        assert_eq!(decided(Offered, Close(NotInterested)), Err(Offered));
        for state in [Accepted, Registered, Proposed, Won] {
            assert_eq!(decided(state, Accept), Ok(None), "accepted again, nothing changes");
            assert_eq!(decided(state, Decline(NotInterested)), Err(state));
            assert_eq!(decided(state, Withdraw), Err(state));
            let closed = if state == Won { Err(Won) } else { Ok(Some(Closed)) };
            assert_eq!(decided(state, Close(NotInterested)), closed);
        }
        for state in [Declined, Withdrawn, Closed] {
            assert_eq!(decided(state, Accept), Err(state));
        }
    }

    #[test]
    fn what_ended_ends_again_for_the_same_reason_alone() {
        assert_eq!(at(Declined).after(Decline(NotInterested)), Ok(Decided::Unchanged));
        assert_eq!(at(Declined).after(Decline(Unreachable)), Err(Declined));
        assert_eq!(at(Closed).after(Close(NotInterested)), Ok(Decided::Unchanged));
        assert_eq!(at(Closed).after(Close(Unreachable)), Err(Closed));
        assert_eq!(at(Withdrawn).after(Withdraw), Ok(Decided::Unchanged));
    }

    #[test]
    fn r18_steps_lead_onwards_and_never_back() {
        use IntroductionStep::{Customer, Proposal, Registration};
        let reached = |state, step| at(state).reached(step).state;
        for (state, step, expected) in [
            (Accepted, Registration, Registered),
            (Accepted, Proposal, Proposed),
            (Accepted, Customer, Won),
            (Registered, Registration, Registered),
            (Registered, Proposal, Proposed),
            (Proposed, Registration, Proposed),
            (Proposed, Customer, Won),
            (Won, Proposal, Won),
            (Offered, Customer, Offered),
            (Declined, Customer, Declined),
            (Closed, Proposal, Closed),
            (Withdrawn, Registration, Withdrawn),
        ] {
            assert_eq!(reached(state, step), expected, "{state:?} {step:?}");
        }
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(IntroductionState::ALL.iter().all(|word| IntroductionState::from_code(word.code()) == Some(*word)));
        assert!(IntroductionReason::ALL.iter().all(|word| IntroductionReason::from_code(word.code()) == Some(*word)));
        assert!(IntroductionStep::ALL.iter().all(|word| IntroductionStep::from_code(word.code()) == Some(*word)));
    }
}
