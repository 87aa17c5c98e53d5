//! Introductions: a promoter connects a network company with a prospect, and sees its way to a customer (R18).

pub(crate) mod commands;
mod handlers;
mod progress;
pub mod wire;
mod words;

pub(crate) use commands::end_by_failure;
pub(crate) use handlers::routes;
pub(crate) use progress::{led_to_customer, led_to_proposal, led_to_registration};
