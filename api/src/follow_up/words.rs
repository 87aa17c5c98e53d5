//! The closed lists of words of follow-ups, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// How somebody was in contact: by `call`, `visit` at their site, `meeting` elsewhere or online, `message`, or in some `other` way.
    ContactKind of domain::follow_up::ContactKind {
        /// By telephone.
        Call,
        /// At their site.
        Visit,
        /// In a meeting elsewhere, or online.
        Meeting,
        /// By letter, e-mail or chat.
        Message,
        /// In another way.
        Other,
    }
}
