//! Overrides: a master lets one company sell inside another's protection, with a reason (R36, R37).
//!
//! The holder is told that there is one and why, and not for whom; the company that may sell is not told whose protection it is
//! (D22). What it sells there earns nothing.

mod commands;
mod handlers;
pub mod wire;

pub(super) use handlers::routes;
