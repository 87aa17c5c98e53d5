//! The JSON of sales.

mod annuity;
mod contract;
mod line;
mod proposal;

pub use annuity::{
    Annuity, AnnuityPage, AnnuityQuery, Instalment, InstalmentKind, InstalmentPage, InstalmentQuery, NewInstalment,
    RecordedInstalment,
};
pub use contract::{Attribution, AttributionRole, Cancellation, Contract, ContractPage, ContractQuery, ContractState};
pub(crate) use line::year_amounts;
pub use line::{DutyOverrides, Line, LineDuties, NewLine, YearAmounts};
pub use proposal::{Decline, NewProposal, Proposal, ProposalPage, ProposalQuery, ProposalState, Revision, Signature};

/// A closed list of words on the wire that mirrors one of the domain.
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident of $domain:path { $($(#[$word_doc:meta])* $word:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_doc])* $word,)+ }

        impl From<$domain> for $name {
            fn from(word: $domain) -> Self {
                use $domain as Of;
                match word { $(Of::$word => Self::$word,)+ }
            }
        }

        impl From<$name> for $domain {
            fn from(word: $name) -> Self {
                match word { $($name::$word => Self::$word,)+ }
            }
        }
    };
}
use mirrored;
