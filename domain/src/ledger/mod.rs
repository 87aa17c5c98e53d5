//! The ledger: amounts that one company owes another, appended and never changed (R10, D20, §7.3 of the requirements).
//!
//! A commission, share or buy price grows with what was invoiced or collected, so its rule says what is due **to date**. The
//! ledger keeps what was posted, and [`post`] decides the difference that is appended: an accrual when more is due than was
//! posted; when less is, what is taken back of the accruals it concerns, from the latest one (a reversal, or a clawback of what
//! was paid out); nothing when they agree. Instalments therefore add up to the rounded whole exactly (D12).
//!
//! What was closed with its [period](PeriodDays) takes no more entries: corrections go into the open one.

mod entry;
mod journal;
mod period;
mod posting;

pub use entry::{Correction, CorrectionKind, Entry, EntryFault, EntryKind, EntryState, Parties, Standing, payable_on};
pub use journal::{Journal, JournalFault, Source};
pub use period::{CloseRefusal, PeriodDays, PeriodLength, close, open_day};
pub use posting::{Movement, OpenAccrual, Posted, PostingFault, post};
