//! Payouts: where companies are paid, what is paid of what statements state, and how far each payout has come (R10, R15, R25, R47).

mod account;
mod matching;
mod netting;
mod remittance;
mod state;
#[cfg(test)]
mod tests;

pub use account::{AccountFault, AccountNumber, AccountState, AccountVerdict, Confirmation, ConfirmationRefusal, decide_account};
pub use matching::{EntryOutcome, EntryState, meaning};
pub use netting::{Netted, NettedPart, Stated, Unpaid, net};
pub use remittance::{Ageing, Allocated, Bucket, Open, age, allocate};
pub use state::{ApprovalRefusal, PayoutAction, PayoutState, WrongPayoutState, approve, needs_second_person};
