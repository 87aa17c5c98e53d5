//! Entry fees (R58, D14): assessed from the potential of a conceded segment, approved by a second person, frozen once invoiced.

mod commands;
pub(crate) mod explanation;
mod handlers;
pub(crate) mod obligation;
mod settlement;
pub mod wire;

pub(crate) use handlers::routes;
pub(crate) use settlement::follow_payments;
pub use settlement::note_settled;
