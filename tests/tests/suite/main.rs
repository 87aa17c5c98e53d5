//! Every black-box test, in one binary: one is linked, and one throw-away server is started.

mod architecture;
mod contract;
mod customer;
mod edge;
mod migrations;
mod postgres;
mod registration;
mod storage;
