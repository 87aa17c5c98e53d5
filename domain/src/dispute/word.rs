//! The words for what a dispute is about, where it stands and what came of it.

use crate::code::coded;

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeState {
    /// It waits for the supervising master.
    Opened,
    /// Both sides are heard.
    Evidence,
    /// The supervising master decided; the decision has its effects and may be appealed.
    Decided,
    /// Another master hears an appeal.
    Appealed,
    /// It was decided for good.
    Final,
    /// The challenger took it back before a decision.
    Withdrawn,
}

coded! {
    DisputeState {
        Opened => "opened",
        Evidence => "evidence",
        Decided => "decided",
        Appealed => "appealed",
        Final => "final",
        Withdrawn => "withdrawn",
    }
}

impl DisputeState {
    /// Whether it still waits for something: a partner has one such dispute over a registration at most.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Opened | Self::Evidence | Self::Decided | Self::Appealed => true,
            Self::Final | Self::Withdrawn => false,
        }
    }
}

/// What can be done with a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeAction {
    /// Start hearing both sides.
    Hear,
    /// Add a statement.
    Speak,
    /// Decide it, at first or on appeal.
    Decide,
    /// Ask another master.
    Appeal,
    /// End the time for appeals.
    Finalise,
    /// Take it back.
    Withdraw,
}

coded! {
    DisputeAction {
        Hear => "hear",
        Speak => "speak",
        Decide => "decide",
        Appeal => "appeal",
        Finalise => "finalise",
        Withdraw => "withdraw",
    }
}

/// Why a partner says that a protection should not stand in its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeGrounds {
    /// It negotiated before the protection began (D18).
    PriorNegotiation,
    /// The prospect wants to work with it.
    CustomerPreference,
    /// The registration should not have been accepted.
    InvalidRegistration,
    /// The registration was made to keep others away.
    BadFaith,
}

coded! {
    DisputeGrounds {
        PriorNegotiation => "prior_negotiation",
        CustomerPreference => "customer_preference",
        InvalidRegistration => "invalid_registration",
        BadFaith => "bad_faith",
    }
}

/// How a dispute was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeOutcome {
    /// The challenger is right.
    Upheld,
    /// The holder is.
    Dismissed,
    /// Both are, each in part.
    Shared,
}

coded! { DisputeOutcome { Upheld => "upheld", Dismissed => "dismissed", Shared => "shared", } }

impl DisputeOutcome {
    /// Whether a side lost something by it, and so may appeal.
    #[must_use]
    pub const fn is_lost_by(self, side: DisputeSide) -> bool {
        match self {
            Self::Upheld => matches!(side, DisputeSide::Holder),
            Self::Dismissed => matches!(side, DisputeSide::Challenger),
            Self::Shared => true,
        }
    }
}

/// The two parties of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeSide {
    /// The partner that opened it.
    Challenger,
    /// The partner whose registration it is about.
    Holder,
}

coded! { DisputeSide { Challenger => "challenger", Holder => "holder", } }

/// What a decision does in its own transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeEffect {
    /// The protection ends.
    ReleaseProtection,
    /// The protection goes to the challenger.
    TransferProtection,
    /// The commissions of what was sold by the registration are the challenger's, whole or in part.
    ReattributeCommissions,
}

coded! {
    DisputeEffect {
        ReleaseProtection => "release_protection",
        TransferProtection => "transfer_protection",
        ReattributeCommissions => "reattribute_commissions",
    }
}

/// Whose the protection is after a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keeper {
    /// It stays with the holder.
    Holder,
    /// Nobody's: the prospect is free again.
    Nobody,
    /// It goes to the challenger.
    Challenger,
}

coded! { Keeper { Holder => "holder", Nobody => "nobody", Challenger => "challenger", } }
