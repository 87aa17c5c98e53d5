//! Simulations: what an amendment would change of the sales of some days, found by the functions that evaluate real ones. Nothing is
//! written but what was found.

mod commands;
mod compute;
pub(crate) mod handlers;
pub mod wire;

pub(super) use compute::would_count;
