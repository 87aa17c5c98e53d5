//! The closed lists of words of qualifications, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where a qualification stands: it counts from its first day to its last while it is `granted`; `expired` and `revoked` ones
    /// still count for the days before.
    QualificationState of domain::qualification::QualificationState {
        /// It waits for a master.
        Submitted,
        /// A master granted it.
        Granted,
        /// A master refused it.
        Refused,
        /// The partner took it back.
        Withdrawn,
        /// Its last day is over.
        Expired,
        /// A master took it away.
        Revoked,
    }
}
