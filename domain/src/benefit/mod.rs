//! Benefits: what a partner gets beside money, by its type and year, and what is left of it (R81 to R85).

mod entitlement;
mod usage;

pub use entitlement::{Benefit, BenefitYear, Entitlement, Exhausted, PartYears};
pub use usage::{BenefitUseState, UseAction};

#[cfg(test)]
mod tests;
