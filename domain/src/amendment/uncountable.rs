//! Sales that an amendment's terms cannot count.

use crate::code::coded;

/// Why a sale cannot be counted by some terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UncountableReason {
    /// A rule takes its rate from a stage of growth, and the sale was made in none (R39).
    NoStageInForce,
    /// What it would come to is larger than can be held.
    AmountsTooLarge,
    /// It met a fault of the service, which its operator is told of.
    Failed,
}

coded! {
    UncountableReason {
        NoStageInForce => "no_stage_in_force",
        AmountsTooLarge => "amounts_too_large",
        Failed => "failed",
    }
}

/// What keeps a sale from being counted by some terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncountable {
    /// Why.
    pub reason: UncountableReason,
    /// The codes of the rules that cannot be counted, where it is for rules.
    pub rules: Vec<String>,
}
