//! Quotes (R15 to R17, R45 to R47, R55, R60, R68, R75, R79): what a sale would bring to everyone involved, before it is made.
//!
//! Nothing is written. The sale is imagined, its parties, prices and numbers are found by the functions that make real sales, and
//! its years are evaluated by those that post real ones.

mod commands;
mod handlers;
mod imagined;
pub mod wire;

pub(crate) use handlers::routes;
