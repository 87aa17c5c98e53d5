//! Continuity: no customer is left alone (R49 to R51, D19).
//!
//! On every day one company [answers](Span) for each customer, and whose it was stays known. Should a partner company fail its
//! customers, a master opens a [case](CaseState): the partner is suspended, its own guarantees come first, a plan says who takes
//! over from which day, two people approve it, and it is carried out customer by customer. Until it is confirmed everything can be
//! taken back; it cannot be closed with one customer left.

mod case;
mod guarantee;
mod responsibility;
mod service;

pub use case::{
    CaseAction, CaseReason, CaseRefusal, CaseState, Considered, Left, Protections, Ready, approve, close, confirm, execute,
    may_amend, may_suspend, may_withdraw, revert, worked_off,
};
pub use guarantee::{
    EndsBeforeStart, GuaranteeKind, GuaranteeState, GuaranteeUseRefusal, check_use, check_validity, left_of,
    withdraw as withdraw_guarantee,
};
pub use responsibility::{Recorded, Span, responsible_on, spans};
pub use service::{not_done_by, partners_services};
