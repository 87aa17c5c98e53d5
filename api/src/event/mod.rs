//! The feed of events: everything that happened to what a company may see, in an order that a reader can follow without
//! missing any.

mod handlers;
pub(crate) mod wire;

pub(crate) use handlers::routes;
