//! Changes of rules (R86, R90): an amendment is proposed, linted, simulated on past sales, decided by a second person, and then
//! applies from its day. Where that day is past, what it changes is posted into the open period, and nothing is rewritten.

mod commands;
mod handlers;
mod lint;
mod reach;
mod restate;
mod simulation;
mod uncountable;
pub mod wire;

pub(crate) use handlers::routes;
pub(crate) use reach::list as agreement_amendments;
pub use restate::go_on;
