//! The closed lists of words of introductions, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where an introduction stands: `offered` waits for the company, `accepted` was taken up by it, then what really happens moves it:
    /// the company `registered` the prospect, `proposed` something to it, `won` it as a customer. It ends `declined` by the company,
    /// `withdrawn` by the promoter, or `closed` by the company, when nothing came of it.
    IntroductionState of domain::introduction::IntroductionState {
        /// It waits for the company.
        Offered,
        /// The company took it up.
        Accepted,
        /// The company registered the prospect.
        Registered,
        /// The prospect has a proposal of the company.
        Proposed,
        /// The prospect is a customer of the company.
        Won,
        /// The company did not take it up.
        Declined,
        /// The promoter took it back.
        Withdrawn,
        /// The company took it up, and nothing came of it.
        Closed,
    }

    /// Why a company does not take an introduction up, or why nothing came of it. `other` needs a note.
    IntroductionReason of domain::introduction::IntroductionReason {
        /// The company knew the prospect before.
        AlreadyKnown,
        /// The prospect does not want what the company sells.
        NotInterested,
        /// The prospect cannot be reached.
        Unreachable,
        /// The company does not sell to such customers.
        OutOfScope,
        /// Something else, in the words of the note.
        Other,
    }

    /// What an introduction led to: a `registration` that the company handed in, a `proposal` that it sent, a `customer` that signed.
    IntroductionStepKind of domain::introduction::IntroductionStep {
        /// The company handed in a registration of the prospect.
        Registration,
        /// The prospect got a proposal of the company.
        Proposal,
        /// It signed with the company.
        Customer,
    }
}
