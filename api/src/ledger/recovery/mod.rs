//! Recovery plans: a partner's debt is netted from its payouts in instalments (D20).

mod commands;
mod handlers;
pub(crate) mod obligation;
pub mod wire;

pub(crate) use commands::follow;
pub(crate) use handlers::routes;
