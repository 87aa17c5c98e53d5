//! Adjustments: a master changes what an entry says is due, with a reason, once a second person approves (D20).

mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
