//! Remittances: what partners owe their masters by statements, how old it is, what they paid of it, and the reminders they get.

mod commands;
mod handlers;
pub(crate) mod obligation;
mod reminder;
mod standing;
pub mod wire;

pub(crate) use commands::{Received, keep_payment, receive};
pub(crate) use handlers::routes;
pub use reminder::remind;
pub(crate) use standing::{asked, settled, statement_of};
