//! Portfolios: the customers that client managers won or were handed, each with a network company, from a day on (R20).

mod commands;
mod handlers;
mod sale;
mod takeover;
pub mod wire;

pub(crate) use commands::win;
pub(crate) use handlers::routes;
pub(crate) use takeover::{Going, come_back, follow};
