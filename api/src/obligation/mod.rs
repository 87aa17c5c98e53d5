//! Obligations: everything that runs out or is due for the caller's company, in one list.
//!
//! There is no table of them. Each capability says what of its own is due, by one small function in its own room (its `obligation`
//! module), and [`sources`] names them all. The list asks each for no more than a page, from where the page before ended.

pub(crate) mod asked;
mod commands;
mod handlers;
mod sources;
pub mod wire;

pub(crate) use asked::{Asked, Obligation};
pub(crate) use handlers::routes;
