//! Changes of rules: a proposed version of a type's terms, and how it comes to apply.
//!
//! Whoever signed stays on the version that it signed (R86, R90). So an amendment applies to agreements that are made from its day
//! on, unless it says that it reaches agreements that exist and the network allows that: then it changes what sales signed from its
//! day on bring, and nothing else of what was signed. Special agreements stay as they were agreed in any case (R2, R6).
//!
//! An amendment whose day is past when it is approved changes sales that were signed since. Nothing that was posted is rewritten:
//! what they bring by the new terms, less what they brought, is posted into the open period. A sale that those terms cannot count
//! keeps an amendment from being approved; one that turns out to be so later stays as it was, and the amendment says which.

mod check;
mod state;
mod uncountable;

pub use check::{AmendmentFacts, AmendmentRefusal, EarlierVersion, Reach, refusals};
pub use state::{AmendmentAction, AmendmentState, DecisionRefusal};
pub use uncountable::{Uncountable, UncountableReason};
