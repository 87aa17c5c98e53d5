//! The closed lists of words of continuity, on the wire. Each mirrors one list of the domain or of the store.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Of which kind a guarantee is. `other` says it in the words of what it covers.
    GuaranteeKind of domain::continuity::GuaranteeKind {
        /// A bank pays.
        BankGuarantee,
        /// An insurer pays.
        Insurance,
        /// Money was deposited.
        Deposit,
        /// Another company steps in by contract.
        Successor,
        /// What customers need to go on is deposited with a third party.
        SourceCodeEscrow,
        /// Something else.
        Other,
    }

    /// Where a guarantee stands.
    GuaranteeState of domain::continuity::GuaranteeState {
        /// It stands, within its days.
        Active,
        /// It was taken back.
        Withdrawn,
    }

    /// Where a case stands: `open → approved → executing → executed → confirming → confirmed → closed`; until it is confirmed it can
    /// be taken back (`reverting`, then `open` again), and before it is carried out it can be `withdrawn`.
    ContinuityState of domain::continuity::CaseState {
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

    /// Why a partner is thought to fail its customers.
    ContinuityReason of domain::continuity::CaseReason {
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

    /// What becomes of the partner's protections.
    TakeoverProtections of domain::continuity::Protections {
        /// They go to the partner that takes over.
        Transfer,
        /// They end.
        Release,
    }
}
