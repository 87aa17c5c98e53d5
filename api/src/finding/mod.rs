//! Findings for masters: listed, acknowledged, decided. None has a consequence by itself (D13).

pub(crate) mod commands;
mod handlers;
pub(crate) mod obligation;
pub mod wire;

pub(crate) use handlers::routes;
