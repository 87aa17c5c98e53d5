//! Agreements: who may contract with whom, on which terms, under whose supervision (R2, R6, R7, R9 to R14, R26 to R31).

mod admission;
mod history;
mod refusal;
mod stage;
mod state;
mod supervision;

pub use admission::{
    AgreementFacts, AgreementKind, ContractingPartner, CounterpartyAgreement, CounterpartyFacts, ExclusivityGrant,
    ExclusivityScope, OtherAgreement, OtherRole, TermsVersion, Validity, barred, broken_rules, supervising_master,
};
pub use history::{StateHistory, StateStep, counts_from};
pub use refusal::{AgreementRefusal, Party};
pub use stage::{StageHistory, StageRefusal, StageStep};
pub use state::{
    AgreementAction, AgreementState, SupervisedAgreement, begin_supervision, expire, may_change, may_enter_stage, resume, submit,
    supervise, suspend, terminate,
};
pub use supervision::{Finding, FindingOutcome, Supervision, SupervisionDecision, SupervisionRefusal, judge};

#[cfg(test)]
mod admission_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod state_tests;
