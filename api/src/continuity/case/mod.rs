//! Cases about partners that fail their customers (R49 to R51, D19): the last resort.

mod commands;
mod handlers;
pub mod wire;

pub use commands::continue_takeovers;
pub(crate) use handlers::routes;
