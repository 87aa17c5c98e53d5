//! Masters' own pursuits of prospects (R36, D7): while one is open, it keeps partners and other masters off like a protection.

pub(crate) mod commands;
mod handlers;
pub mod wire;
mod words;

pub(crate) use handlers::routes;
