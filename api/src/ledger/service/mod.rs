//! Services that terms pay a fee for: reported by a partner, confirmed or refused by the network company that it served, which
//! pays it (R10, R24, R25, R47).

mod commands;
mod handlers;
mod outcome;
mod subject;
pub mod wire;

pub(crate) use handlers::routes;
