//! The closed lists of words of promotions, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where a promotion stands.
    PromotionState of domain::growth::PromotionState {
        /// It waits for its master.
        Proposed,
        /// The stage begins, or has begun, on the day that was decided.
        Approved,
        /// The master refused it.
        Refused,
        /// Whoever proposed it took it back.
        Withdrawn,
    }

    /// What a condition of a stage is about.
    StageConditionKind of domain::growth::ConditionKind {
        /// A qualification that is valid on the first day of the stage (R43).
        Qualification,
        /// Sales that the partner signed itself under agreements of the type. A later cancellation takes none away (D11).
        OwnSales,
        /// Customers with an active contract of the partner's.
        ActiveCustomers,
        /// Whole months in the stage before, until the first day of the new one.
        MonthsInStage,
        /// A mandatory item of the stage's checklist, answered by the master that decides (R28).
        Checklist,
    }
}
