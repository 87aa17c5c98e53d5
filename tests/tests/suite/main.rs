//! Every black-box test, in one binary: one is linked, and one throw-away server is started.

mod agreement;
mod application;
mod architecture;
mod contract;
mod customer;
mod edge;
mod identity;
mod migrations;
mod network;
mod postgres;
mod registration;
mod storage;
