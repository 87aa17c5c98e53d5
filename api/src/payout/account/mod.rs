//! Bank accounts: set by their owner, or by a master and confirmed by a second person; dated, and shown masked.

mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
