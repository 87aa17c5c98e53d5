//! Support requests.

mod commands;
mod handlers;

pub(super) use handlers::routes;
