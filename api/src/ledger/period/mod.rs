//! Accounting periods, by network and currency: what is closed takes no more entries (§7.3, D20).

pub(crate) mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
