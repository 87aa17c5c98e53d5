//! The ledger (R10, R15 to R17, R45 to R47, R55, R60, R68, R75, R79): what is posted, why, what earned nothing, and how the
//! money of a sale adds up.

mod adjustment;
mod balance;
pub(crate) mod calculation;
pub(crate) mod commands;
pub(crate) mod contract_year;
pub(crate) mod division;
mod explained_division;
mod explained_rule;
pub(crate) mod explanation;
mod handlers;
pub(crate) mod journal;
pub(crate) mod period;
pub(crate) mod posting;
pub(crate) mod reached;
pub(crate) mod recovery;
mod service;
pub(crate) mod settlement;
mod takeover;
pub(crate) mod unplaced;
pub(crate) mod volume;
pub mod wire;
pub(crate) mod words;

pub(crate) use handlers::routes;
pub use words::PeriodLength;
