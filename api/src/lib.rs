//! The network over HTTP, and what its binary does.
//!
//! One folder per capability: `wire` is its JSON, `handlers` its HTTP, `commands` its use cases, each in one transaction and
//! free of HTTP. The rest is what all of them share: the [`edge`] every request passes, [`write`](mod@write) and [`read`] as the only
//! ways in and out, [`access`] that says who may, [`contract`] that requests are held against, [`problem`] for failures.

rust_i18n::i18n!("locales", fallback = "en");

pub mod academy;
pub mod access;
pub mod agreement;
pub mod amendment;
pub mod app;
pub mod application;
pub mod benefit;
pub(crate) mod calendar;
pub mod cli;
pub mod continuity;
pub mod contract;
pub mod customer;
pub mod dispute;
pub mod edge;
pub mod entry_fee;
pub mod event;
pub mod expertise;
pub mod extract;
pub mod finding;
pub mod follow_up;
pub mod growth;
pub mod health;
pub mod identity;
pub mod introduction;
pub mod jobs;
pub mod ledger;
pub mod limits;
pub mod merge_patch;
pub mod minimum_sales;
pub mod negotiate;
pub mod network;
pub mod obligation;
pub mod pages;
pub mod partner;
pub mod payout;
pub mod portfolio;
pub mod problem;
pub mod project;
pub(crate) mod promotion;
pub mod pursuit;
pub mod qualification;
pub mod quote;
pub mod read;
pub mod reference;
pub mod registration;
pub mod routes;
pub mod sale;
pub mod schema;
pub mod serve;
pub mod statement;
pub mod sub_network;
pub mod support;
pub mod transfer;
pub mod wire;
pub(crate) mod words;
pub mod write;
