//! Sales: lines with their prices and duties, annuities with their instalments, and where proposals and contracts stand
//! (R11, R13, R53 to R80, R88, D9, D12).

mod annuity;
mod fault;
mod line;
mod ordinal;
mod signing;
mod state;
mod volume;

pub use annuity::{AnnuityLine, AnnuityState, InstalmentKind, InstalmentRefusal, annuity_lines, annuity_total};
pub use fault::{Blameless, Fault, FaultRefusal, check_fault};
pub use line::{
    LineDraft, LineFault, OfferedLine, SaleRefusal, SaleTerms, broken_rules, duties_of, is_billed_apart, keeps_duties,
};
pub use ordinal::{NumberedSale, PriorSale, next_ordinal};
pub use signing::{CancellationRefusal, Signing, SigningRefusal, can_still_record, cancel, contract_year, days_served};
pub use state::{ContractAction, ContractState, ProposalAction, ProposalState, WrongState, runs_on};
pub use volume::VolumeOf;

#[cfg(test)]
mod line_tests;
