//! The support desk of a customer: who answers it on a day.

mod commands;
mod handlers;

pub(super) use handlers::routes;
