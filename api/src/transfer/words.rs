//! The closed lists of words of transfers, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// What changes by a transfer.
    PartnerTransferKind of domain::transfer::TransferKind {
        /// The master.
        Master,
        /// The partnership type.
        PartnershipType,
    }

    /// Where a transfer stands: `proposed → agreed → executing → done`, or `refused`, or `withdrawn` before its day.
    PartnerTransferState of domain::transfer::TransferState {
        /// It waits for a decision.
        Proposed,
        /// It was agreed, and waits for its day.
        Agreed,
        /// The agreements have changed places; what hangs on them is following.
        Executing,
        /// Everything followed.
        Done,
        /// It was refused.
        Refused,
        /// It was taken back.
        Withdrawn,
    }
}
