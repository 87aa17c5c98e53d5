//! Follow-ups of client managers: the proposals that they follow, and their dated contacts about them and with the customers of their
//! portfolios (R19, R20).

mod commands;
mod followed;
mod handlers;
pub mod wire;
mod words;

pub(crate) use handlers::routes;
