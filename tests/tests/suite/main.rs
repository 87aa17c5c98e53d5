//! Every black-box test, in one binary: one is linked, and one throw-away server is started.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has to fail and say why")]

mod agreement;
mod agreement_history;
mod amendment;
mod application;
mod architecture;
mod contract;
mod corrections;
mod customer;
mod dispute;
mod edge;
mod entry_fee;
mod growth;
mod identity;
mod invariants;
mod ledger;
mod ledger_storage;
mod matching;
mod migrations;
mod minimum_sales;
mod network;
mod obligation;
mod payout;
mod period;
mod postgres;
mod processes;
mod promotion;
mod protection;
mod qualification;
mod quote;
mod readme;
mod recompute;
mod registration;
mod registration_life;
mod registration_model;
mod registration_races;
mod registration_time;
mod rules;
mod sale;
mod scope;
mod service;
mod statement;
mod storage;
mod sub_network;
mod support;
