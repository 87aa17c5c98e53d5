//! Registrations of prospects (R32 to R38): claims with evidence, and the protection that an accepted one gives.

pub(crate) mod commands;
mod handlers;
pub(crate) mod prospect;
pub mod wire;
mod words;

pub(crate) use handlers::routes;
