//! Growth (R39 to R46): how a partner grows into the next stage of its terms, proposed, measured and decided.

mod commands;
mod handlers;
mod measure;
mod refusals;
pub mod wire;
mod words;

pub(crate) use handlers::routes;
