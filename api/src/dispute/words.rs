//! The closed lists of words of disputes, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where a dispute stands: `opened` waits for the supervising master, in `evidence` both sides are heard, `decided` may be
    /// appealed, `appealed` waits for another master, `final` and `withdrawn` have ended.
    DisputeState of domain::dispute::DisputeState {
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

    /// Why a partner says that a protection should not stand in its way.
    DisputeGrounds of domain::dispute::DisputeGrounds {
        /// It negotiated before the protection began (D18).
        PriorNegotiation,
        /// The prospect wants to work with it.
        CustomerPreference,
        /// The registration should not have been accepted.
        InvalidRegistration,
        /// The registration was made to keep others away.
        BadFaith,
    }

    /// How a dispute was decided.
    DisputeOutcome of domain::dispute::DisputeOutcome {
        /// The challenger is right.
        Upheld,
        /// The holder is.
        Dismissed,
        /// Both are, each in part.
        Shared,
    }

    /// The two parties: the `challenger` opened it, the `holder` has the registration that it is about.
    DisputeSide of domain::dispute::DisputeSide {
        /// The partner that opened it.
        Challenger,
        /// The partner whose registration it is about.
        Holder,
    }

    /// What a decision does in its own transaction.
    ///
    /// Commissions alone are re-attributed: what a reseller keeps as its margin is money it never passed on, and stays.
    DisputeEffect of domain::dispute::DisputeEffect {
        /// The protection ends.
        ReleaseProtection,
        /// The protection goes to the challenger, until the same instant.
        TransferProtection,
        /// The commissions of what was sold by the registration, and of what will be, are the challenger's: all of them where
        /// the outcome is `upheld`, its share where it is `shared`. New entries say so; nothing stated changes.
        ReattributeCommissions,
    }

    /// Whose the protection is after a decision.
    DisputeKeeper of domain::dispute::Keeper {
        /// The holder's, as before; what had ended in the meantime stays ended.
        Holder,
        /// Nobody's.
        Nobody,
        /// The challenger's.
        Challenger,
    }
}
