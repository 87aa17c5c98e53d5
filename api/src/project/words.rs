//! The closed lists of words of projects, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where a project stands: `proposed` waits for the other party, `running` was agreed by both, `completed` reached everything,
    /// `cancelled` was given up, `declined` was not wanted by the other party.
    ProjectState of domain::project::ProjectState {
        /// It waits for the other party.
        Proposed,
        /// Both agreed.
        Running,
        /// Everything was reached.
        Completed,
        /// It was given up.
        Cancelled,
        /// The other party did not want it.
        Declined,
    }

    /// A party of a project: the network `company` whose customer it is for, or the `consultant`.
    ProjectParty of domain::project::ProjectParty {
        /// The network company.
        Company,
        /// The project consultant.
        Consultant,
    }
}
