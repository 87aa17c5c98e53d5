//! The ledger: amounts that one company owes another, appended and never changed (R10, D20, §7.3 of the requirements).
//!
//! A commission, share or buy price grows with what was invoiced or collected, so its rule says what is due **to date**. The
//! ledger keeps what was posted, and [`post`] decides the difference that is appended: an accrual when more is due than was
//! posted, a reversal when less is, nothing when they agree. Instalments therefore add up to the rounded whole exactly (D12).

mod entry;
mod journal;
mod posting;

pub use entry::{Correction, CorrectionKind, Entry, EntryFault, EntryKind, EntryState, NotNext, Parties};
pub use journal::{Journal, JournalFault, Source};
pub use posting::{Movement, Posted, PostingFault, post};
