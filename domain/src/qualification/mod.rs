//! Qualifications: what a partner has shown that it can do, reviewed by a master and valid for a time (R43, R56, R64, R72).
//!
//! The kinds are the network's data. A valid one meets a requirement of terms, lets a partner enter a stage, and opens the
//! duties that are closed to whoever is not qualified.

mod kind;
mod lapse;
mod state;

pub use kind::{KindFault, QualificationKind, Shown, closed_duties, unmet};
pub use lapse::{AskedBy, asked_by};
pub use state::{Closing, QualificationRefusal, QualificationState, Standing};

#[cfg(test)]
mod tests;
