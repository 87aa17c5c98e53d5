//! Black-box tests of Entente over HTTP, and what they stand on.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has to fail and say why")]

pub mod app;
pub mod bulk;
pub mod claims;
pub mod engine;
pub mod last_resort;
pub mod payouts;
pub mod postgres;
pub mod process;
pub mod sales;
