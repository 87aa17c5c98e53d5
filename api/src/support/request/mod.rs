//! Support requests.

mod commands;
mod handlers;

pub(crate) use commands::change_master;
pub(super) use handlers::routes;
