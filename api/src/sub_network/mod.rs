//! Sub-networks (R26, R27, R44 to R47): a reseller's promoters with what they cost and bring it, and everybody in one tree.

mod handlers;
mod picture;
mod report;
mod tree;
pub mod wire;

pub(crate) use handlers::routes;
