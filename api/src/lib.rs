//! The network over HTTP, and what its binary does.

pub mod merge_patch;
pub mod network;
pub mod schema;
