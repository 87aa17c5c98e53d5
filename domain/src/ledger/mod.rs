//! The ledger: amounts that one company owes another, appended and never changed (R10, D20, §7.3 of the requirements).
//!
//! A commission, share or buy price grows with what was invoiced or collected, so its rule says what is due **to date**. The
//! ledger keeps what was posted, and [`post`] decides the difference that is appended: an accrual when more is due than was
//! posted; when less is, what is taken back of the accruals it concerns, from the latest one (a reversal, or a clawback of what
//! was paid out); nothing when they agree. Instalments therefore add up to the rounded whole exactly (D12).
//!
//! What a master adjusts by decision stands beside what its rule makes due, for good: a later correction takes back what is left of
//! the accruals after it, and no more (D20).
//!
//! Where rules change for sales that were made, [`restate`] decides the same by adjustments of what was posted.
//!
//! What was closed with its [period](PeriodDays) takes no more entries: corrections go into the open one.

mod adjustment;
mod entry;
mod journal;
mod period;
mod posting;
mod recovery;
mod service;
mod takeover;

pub use adjustment::{
    Adjustable, AdjustmentDirection, AdjustmentRefusal, AdjustmentState, DecisionRefusal, adjusting, check_adjustment,
    decide_adjustment,
};
pub use entry::{Correction, CorrectionKind, Entry, EntryFault, EntryKind, EntryState, Parties, Standing, payable_on};
pub use journal::{JOURNAL_MAX, Journal, JournalFault, Source, can_be_stated};
pub use period::{CloseRefusal, PeriodDays, PeriodLength, close, open_day};
pub use posting::{Movement, OpenAccrual, Posted, PostingFault, post, restate};
pub use recovery::{PlanRefusal, PlanState, PlannedInstalment, check_plan, taken_by};
pub use service::{IntroductionFeeRefusal, QuantityRefusal, ServiceState, check_introduction_fee, check_quantity, fee_of};
pub use takeover::{Responsible, ServicePart, TakeoverFault, by_service_period};
