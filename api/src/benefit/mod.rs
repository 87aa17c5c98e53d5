//! Benefits (R81 to R85): what terms give a partner beside money, what is left of it, and its uses: asked for, granted, had.

pub(crate) mod commands;
mod given;
mod handlers;
mod take;
pub mod wire;
mod words;

pub(crate) use given::{Given, benefit_of};
pub(crate) use handlers::routes;
pub(crate) use take::{Source, end_use, take};
