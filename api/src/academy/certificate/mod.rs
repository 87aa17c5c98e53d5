//! Certificates: what whoever passed can show, and how anybody who is shown one verifies it.

mod commands;
mod handlers;
pub mod wire;

pub(super) use commands::record;
pub(super) use handlers::routes;
