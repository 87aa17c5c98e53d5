//! Qualifications (R43, R56, R64, R72): handed in by partners, reviewed by masters, valid for a time. They meet requirements of
//! terms, and open the duties that are closed to whoever is not qualified.

pub(crate) mod commands;
mod gate;
mod handlers;
mod lapse;
pub(crate) mod obligation;
pub mod wire;
mod words;

pub use commands::expire_due;
pub(crate) use gate::{closed_duties, shown};
pub(crate) use handlers::routes;
