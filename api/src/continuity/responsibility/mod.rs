//! Who answers for a customer, day by day (R51).

mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
