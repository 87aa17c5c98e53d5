//! The network: its masters, policies, partnership types, terms and catalogue, all of them data (R1, R8, R86).
//!
//! A partnership type means nothing by itself: what it may do, whom it contracts with, which duties it has and what it earns
//! stands in its [`Terms`], in versions that never change once they are published. An agreement points at one version and
//! may override any of it (R2, R6). So two networks with different figures run on the same rules.

mod capability;
mod catalogue;
mod duty;
mod fault;
mod fee;
mod linter;
mod policy;
mod rule;
#[cfg(test)]
pub(crate) mod samples;
mod terms;

pub use capability::Capability;
pub use catalogue::{ItemKind, Period};
pub use duty::{Duties, Duty, DutyTerms, Side};
pub use fault::TermsFault;
pub use fee::{Fee, FeeFault, FeeKind, FeeUnit};
pub use policy::{
    AccountingPolicy, AmendmentPolicy, CheckPolicy, DisputePolicy, MatchingPolicy, NegotiationPolicy, ObligationPolicy,
    OrdinalScope, PayoutPolicy, Policies, ProtectionPolicy,
};
pub use rule::{
    Base, Bounds, BoundsPer, CountTier, Per, Recurrence, Rule, RuleKind, RuleRate, Selector, Specificity, TierMode, Trigger,
    VolumeOver, VolumeTier, Years,
};
pub use terms::{
    ChecklistItem, CounterpartyTerms, EntryFee, EntryFeeFormula, Exclusivity, LegalForm, Requirement, Stage, StageConditions,
    Terms,
};
