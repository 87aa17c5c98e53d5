//! Black-box tests of Entente over HTTP, and what they stand on.

pub mod postgres;
