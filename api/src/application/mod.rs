//! Applications (R3): a would-be partner asks one named master, and that master decides, once.

mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
