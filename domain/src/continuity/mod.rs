//! Continuity: no customer is left alone (R49 to R51, D19).
//!
//! On every day one company [answers](Span) for each customer, and whose it was stays known.

mod responsibility;

pub use responsibility::{Recorded, Span, responsible_on, spans};
