//! Customers: prospects that signed, each with exactly one responsible company (R51).

pub(crate) mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
