//! Support requests.

mod commands;
mod handlers;

pub(crate) use commands::{change_master, decline_by};
pub(super) use handlers::routes;
