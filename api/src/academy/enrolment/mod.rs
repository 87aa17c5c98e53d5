//! Enrolments: partners' people in sessions, on waiting lists, there or not, and what came of it.

mod advance;
mod commands;
mod handlers;
mod results;
pub mod wire;

pub(super) use advance::advance;
pub use commands::miss_due;
pub(super) use handlers::routes;
