//! Every black-box test, in one binary: one is linked, and one throw-away server is started.

mod architecture;
mod contract;
mod edge;
mod ledger;
mod migrations;
mod network;
mod postgres;
mod recompute;
mod sale;
mod storage;
