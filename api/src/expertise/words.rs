//! The closed lists of words of areas of expertise, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where an area of expertise stands: `declared` waits for a master, `confirmed` has days, `refused` has none, `revoked` was ended
    /// before its time, `withdrawn` was taken back by the consultant.
    ExpertiseState of domain::expertise::ExpertiseState {
        /// It waits for a master.
        Declared,
        /// A master confirmed it.
        Confirmed,
        /// A master did not confirm it.
        Refused,
        /// A master ended it before its time.
        Revoked,
        /// The consultant took it back.
        Withdrawn,
    }
}
