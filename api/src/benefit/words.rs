//! The closed lists of words of benefits, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where a use of a benefit stands. While it is `requested`, `granted` or `used`, it counts.
    BenefitUseState of domain::benefit::BenefitUseState {
        /// The partner asked for it.
        Requested,
        /// It will have it.
        Granted,
        /// It had it.
        Used,
        /// The master refused it.
        Refused,
        /// It was given back before it was had.
        Withdrawn,
    }
}
