//! Disputes over a protection: both sides are heard, a master decides, another one hears an appeal once (R37, D18).
//!
//! One partner, the **challenger**, says that the protection of another, the **holder**, should not stand in its way. Neither
//! ever learns who the other is (D22): that is kept where disputes are shown. Here is what may happen when ([`hear`],
//! [`speak`], [`decide`], [`appeal`], [`finalise`], [`withdraw`]), what a decision may say ([`rule`]), and how a commission is
//! divided between the two ([`divide`]).

mod division;
mod life;
mod ruling;
mod word;

pub use division::{Division, divide};
pub use life::{Dispute, DisputeRefusal, Hearing, appeal, days_after, decide, finalise, hear, speak, withdraw};
pub use ruling::{Asked, Ruling, RulingRefusal, rule};
pub use word::{DisputeAction, DisputeEffect, DisputeGrounds, DisputeOutcome, DisputeSide, DisputeState, Keeper};

#[cfg(test)]
mod tests;
