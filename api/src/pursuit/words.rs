//! The closed lists of words of pursuits, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where a pursuit stands: while it is `open`, it keeps others off.
    PursuitState of domain::pursuit::PursuitState {
        /// The master pursues the prospect.
        Open,
        /// It does not any more.
        Closed,
    }

    /// Why a pursuit was closed. `other` needs a note.
    PursuitReason of domain::pursuit::PursuitReason {
        /// The prospect signed with the master.
        Won,
        /// The prospect will not sign.
        Lost,
        /// The master gave it up.
        Abandoned,
        /// A partner had registered the prospect before.
        GivenWay,
        /// Something else, in the words of the note.
        Other,
    }
}
