//! Partners (R5, R9, R13, R14): who they are and what is on their record.

pub(crate) mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
