//! Sessions of published courses: on site or online, with places for so many and no more.

mod commands;
mod handlers;
pub mod wire;

pub(super) use commands::{fill, keep};
pub(super) use handlers::routes;
