//! Payout runs: what closed statements owe partners is paid, each statement once, through files that go to the payer's bank.

mod commands;
mod file;
mod handlers;
mod make;
pub(crate) mod step;
pub mod wire;

pub(crate) use handlers::routes;
