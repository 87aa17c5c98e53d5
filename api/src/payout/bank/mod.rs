//! What the payer's bank says: its files are read, and each movement is matched to the payouts or the remittance that it is about.

mod commands;
mod file;
mod handlers;
mod matching;
pub mod wire;

pub(crate) use handlers::routes;
