//! Rows, queries and transactions of Entente, on SQLite and PostgreSQL.
//!
//! One module per capability holds its private rows and its queries; [`db`] is the only way in. What an engine cannot share
//! with the other stands in [`dialect`], and a test counts it.

pub mod academy;
pub mod agreement;
pub mod amendment;
pub mod application;
pub mod benefit;
pub mod columns;
mod conn;
pub mod continuity;
pub mod customer;
pub mod db;
pub mod dialect;
pub mod dispute;
pub mod entry_fee;
pub mod error;
pub mod event;
pub mod expertise;
pub mod finding;
pub mod follow_up;
pub mod growth;
pub mod idempotency;
pub mod identity;
pub mod introduction;
pub mod invariants;
pub mod ledger;
pub mod migrate;
pub mod minimum_sales;
pub mod network;
pub mod partner;
pub mod payout;
pub mod portfolio;
pub mod project;
pub mod pursuit;
pub mod qualification;
pub mod reference;
pub mod registration;
pub mod sale;
pub mod schema;
pub mod statement;
pub mod sub_network;
pub mod support;
pub mod transfer;
pub mod view;
