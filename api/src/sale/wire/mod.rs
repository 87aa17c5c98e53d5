//! The JSON of sales.

mod annuity;
mod contract;
mod line;
mod proposal;

pub use annuity::{
    Annuity, AnnuityPage, AnnuityQuery, Fault, Instalment, InstalmentKind, InstalmentPage, InstalmentQuery, NewInstalment,
    RecordedInstalment,
};
pub use contract::{Attribution, AttributionRole, Cancellation, Contract, ContractPage, ContractQuery, ContractState};
pub(crate) use line::year_amounts;
pub use line::{DutyOverrides, Line, LineDuties, NewLine, YearAmounts};
pub(crate) use proposal::Lineage;
pub use proposal::{Decline, NewProposal, Proposal, ProposalPage, ProposalQuery, ProposalState, Revision, Signature};
