//! Transfers (D4): a partner goes over to another master, or to another partnership type, from a day on, with everything that hangs
//! on it.

mod commands;
mod execute;
mod handlers;
mod hanging;
pub mod wire;
mod words;

pub(crate) use execute::carry_out_due;
pub use execute::continue_transfers;
pub(crate) use handlers::routes;
