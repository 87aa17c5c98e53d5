//! What partners have for their customers, should they fail (R50).

mod commands;
mod handlers;
pub mod wire;

pub(crate) use commands::change_master;
pub(super) use commands::read_amount;
pub(crate) use handlers::routes;
